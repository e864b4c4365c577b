"""Adding to ``conf.py``: the extension is loaded, and all else is as it was, to the byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sphinxext.digest.init.conf import (
    EXTENSION,
    TextFile,
    has_extension,
    parse_conf,
    python_encoding,
    read_text_file,
    with_extension,
)
from sphinxext.digest.problems import DigestError


def read(tmp_path: Path, data: bytes) -> TextFile:
    (tmp_path / "conf.py").write_bytes(data)
    return read_text_file(tmp_path, "conf.py", python_encoding)


def changed(tmp_path: Path, text: str) -> str:
    conf = parse_conf(read(tmp_path, text.encode()))
    assert not has_extension(conf)
    new = with_extension(conf)
    again = parse_conf(read(tmp_path, new.encoded()))
    assert has_extension(again)
    return new.encoded().decode()


def run(text: str) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(compile(text, "conf.py", "exec"), names)
    return names


#: What stands in the file, and what then stands there.
LISTS = [
    ("extensions = []\n", 'extensions = ["sphinxext.digest"]\n'),
    ("x = 'y'\nextensions = [ ]", "x = 'y'\nextensions = ['sphinxext.digest' ]"),
    ("extensions = ['a']\n", "extensions = ['a', 'sphinxext.digest']\n"),
    ("extensions = ['a',]\n", "extensions = ['a', 'sphinxext.digest',]\n"),
    ("x=0; extensions = ['a' , \"b\" ]; y = 1\n", "x=0; extensions = ['a' , \"b\", \"sphinxext.digest\" ]; y = 1\n"),
    ("extensions: list[str] = ['a']  # ours\n", "extensions: list[str] = ['a', 'sphinxext.digest']  # ours\n"),
    ("extensions = [\n]\n", 'extensions = [\n    "sphinxext.digest",\n]\n'),
    ("extensions = [  # none\n  # 'a',\n]\n", "extensions = [  # none\n    'sphinxext.digest',\n  # 'a',\n]\n"),
    ("extensions = [\n  'a',\n  'b',\n]\n", "extensions = [\n  'a',\n  'b',\n  'sphinxext.digest',\n]\n"),
    ("extensions = [\n\t'a'\n]\n", "extensions = [\n\t'a',\n\t'sphinxext.digest',\n]\n"),
    (
        "extensions = [\n    'a',\n    'b'  # last\n    # 'c',\n]\n",
        "extensions = [\n    'a',\n    'b',  # last\n    'sphinxext.digest',\n    # 'c',\n]\n",
    ),
    ("extensions = ['a',\n       'b']\n", "extensions = ['a',\n       'b',\n       'sphinxext.digest']\n"),
    ("extensions = ['a',\n    'b',]\n", "extensions = ['a',\n    'b',\n    'sphinxext.digest',]\n"),
    ("extensions = ['a', 'b'\n]\n", "extensions = ['a', 'b', 'sphinxext.digest'\n]\n"),
    ("extensions = [\n    *('a', 'b'),\n    ('c'\n     '.d'),\n]\n",
     "extensions = [\n    *('a', 'b'),\n    ('c'\n     '.d'),\n    'sphinxext.digest',\n]\n"),
    ("extensions = [f'{1}é€', r\"a\"]\n", "extensions = [f'{1}é€', r\"a\", \"sphinxext.digest\"]\n"),
    ("extensions = (['a'])\n", "extensions = (['a', 'sphinxext.digest'])\n"),
    ("extensions = ['a']\nextensions += ['b']\n", "extensions = ['a', 'sphinxext.digest']\nextensions += ['b']\n"),
    ("extensions = [\n    'a',\n]\nif 0:\n    extensions += ['b']\n",
     "extensions = [\n    'a',\n    'sphinxext.digest',\n]\nif 0:\n    extensions += ['b']\n"),
    ("extensions = ['a']\nif 1:\n    extensions.append('b')\n",
     "extensions = ['a', 'sphinxext.digest']\nif 1:\n    extensions.append('b')\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), LISTS)
def test_a_list_that_is_written_out(tmp_path: Path, before: str, after: str) -> None:
    assert changed(tmp_path, before) == after
    was, now = list(run(before)["extensions"]), list(run(after)["extensions"])
    now.remove(EXTENSION)
    assert now == was


@pytest.mark.parametrize(
    "before",
    [
        "extensions = ('a', 'b')\n",
        "extensions = list(map(str, 'ab'))\n",
        "extensions = ['a'] + ['b']",
        "extensions = others = ['a']\n",
        "extensions, x = ['a'], 1\n",
        "extensions = ['a']\nextensions = [x for x in extensions]\n",
        "extensions = ['a']\nif extensions:\n    extensions = ['b']\n",
        "extensions = ['a']\nif extensions:\n    extensions = [*extensions, 'b']\n",
        "extensions = ['a']\nexec('extensions = [1]')\n",
        "extensions = ['a']\nglobals()['extensions'] = ['b']\n",
        "extensions = ['a']\nfrom os import *\n",
        "from os import *\nextensions = 'a'.split()\nextensions.append('b')\n",
        "from os import sep as extensions\n",
    ],
)
def test_a_list_that_is_made_in_another_way(tmp_path: Path, before: str) -> None:
    after = changed(tmp_path, before)
    kept, line = after[: len(before)], after[len(before) :]
    assert kept == before
    quote = '"' if before.count('"') > before.count("'") or "'" not in before else "'"
    assert line.strip("\n") == f"extensions = [*extensions, {quote}{EXTENSION}{quote}]"
    assert list(run(after)["extensions"]) == [*run(before)["extensions"], EXTENSION]


@pytest.mark.parametrize("before", ["", "project = 'x'", "project = 'x'\n", "# extensions = []\n", "\ufeffx = 1\n"])
def test_no_list(tmp_path: Path, before: str) -> None:
    after = changed(tmp_path, before)
    assert after.startswith(before)
    assert run(after.removeprefix("\ufeff"))["extensions"] == [EXTENSION]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("from string import *\n", []),
        ("exec('extensions = (1, 2)')\n", [1, 2]),
        ("globals().update({'extensions': ['a']})\n", ["a"]),
        ("if 1:\n    extensions = ['a']\n", ["a"]),
        ("if 0:\n    extensions = ['a']\n", []),
        ("try:\n    from base import extensions\nexcept ImportError:\n    pass\n", []),
        ("def f():\n    global extensions\n    extensions = ['a']\nf()\n", ["a"]),
        ("def f():\n    global extensions\n    extensions = ['a']\n", []),
    ],
)
def test_a_list_from_anywhere(tmp_path: Path, before: str, expected: list[object]) -> None:
    """A line at the end works for all of them, if the list has a value or not."""
    after = changed(tmp_path, before)
    assert after.startswith(before)
    assert run(after)["extensions"] == [*expected, EXTENSION]


def test_code_run_in_another_namespace(tmp_path: Path) -> None:
    before = "about = {}\nexec('x = 1', about)\nextensions = ['a']\n"
    assert changed(tmp_path, before) == before.replace("['a']", "['a', 'sphinxext.digest']")


@pytest.mark.parametrize(
    "text",
    [
        "extensions = ['sphinxext.digest']\n",
        "extensions = [\n    'a',\n    \"sphinxext.digest\",\n]\n",
        "extensions = f(['sphinxext.digest'])\n",
        "extensions = []\nif 1:\n    extensions += ['sphinxext.digest']\n",
        "from base import *\nextensions.append('sphinxext.digest')\n",
        "def setup(app):\n    app.setup_extension('sphinxext.digest')\n",
    ],
)
def test_it_is_there(tmp_path: Path, text: str) -> None:
    assert has_extension(parse_conf(read(tmp_path, text.encode())))


@pytest.mark.parametrize(
    "text",
    [
        "extensions = []  # 'sphinxext.digest'\n",
        "extensions = ['sphinxext.digests', 'sphinxext']\n",
        "extensions = []\nnames = ['sphinxext.digest']\n",
        '"""sphinxext.digest"""\nextensions = []\n',
    ],
)
def test_it_only_seems_to_be_there(tmp_path: Path, text: str) -> None:
    assert not has_extension(parse_conf(read(tmp_path, text.encode())))


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize(
    ("start", "encoding"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"# coding: latin-1\n", "latin-1"),
        (b"# coding: cp1251\n", "cp1251"),
    ],
)
@pytest.mark.parametrize("form", ["[\n    'a',  # %s\n]\n", "['a', '%s']\n", "list('%s')\n", "['%s']"])
def test_bytes(tmp_path: Path, start: bytes, encoding: str, end: bytes, form: str) -> None:
    """A byte order mark, an encoding and the ends of lines stay; nothing but the new element is added."""
    letter = "ж" if encoding == "cp1251" else "é"
    text = f"author = '{letter}'; extensions = {form % letter}"
    data = (start + text.encode(encoding)).replace(b"\n", end)
    new = with_extension(parse_conf(read(tmp_path, data)))
    after = new.encoded()
    for line in (b"extensions = [*extensions, 'sphinxext.digest']" + end, b"'sphinxext.digest'"):
        before, found, behind = after.partition(line)
        if found:
            break
    assert found
    assert re.sub(rb"[,\s]", b"", before + behind) == re.sub(rb"[,\s]", b"", data)
    assert set(re.findall(rb"\r\n|\r|\n", after)) <= {end, *re.findall(rb"\r\n|\r|\n", data)}
    assert len(data) < len(after)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"x = 1\nextensions = [\n", "conf.py:2:14: python-syntax '[' was never closed"),
        (b"x = 1\n  y = 2\n", "conf.py:2:"),
        ("é = 1; x = = 2\n".encode(), "conf.py:1:12: python-syntax invalid syntax"),
        (b"# coding: nonsense\n", "conf.py:1:1: python-syntax unknown encoding: nonsense"),
        (b"# x\ny = '\xff'\n", "conf.py:1:1: python-syntax invalid or missing encoding"),
        (b"# coding: utf-8\n#\n#\ny = '\xff'\n", "conf.py:4:1: encoding the file is not in its encoding, utf-8"),
        (b"# coding: utf-7\nx = '+AGE-'\n", "conf.py:1:1: encoding the file cannot be written back as it is"),
        (b"x = '\0'\n", "conf.py:1:1: python-syntax "),
        (b"x = " + b"(" * 9000 + b")" * 9000, "conf.py:1:"),
        (b"#" * 5_000_000, "conf.py: too-large the file is larger than 4,194,304 bytes"),
    ],
)
def test_what_is_not_python(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(DigestError) as raised:
        parse_conf(read(tmp_path, data))
    assert str(raised.value).startswith(message)
