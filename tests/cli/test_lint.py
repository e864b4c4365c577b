"""``sphinx-digest lint``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import FOLDER, Run

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
GOOD = "date: 2015-12-02\nitems: [A line]\n"
BAD = "date: 2015-12-02\nitems: ['']\n"
MARKED = "date: 2015-12-02\nitems: ['*x*']\n"


def _path(name: str) -> str:
    return f"{FOLDER.as_posix()}/{name}"


def test_all_is_well(run: Run, write: Callable[..., Path]) -> None:
    write("a", GOOD)
    write("b", MARKED, 2)

    result = run("lint")

    assert (result.status, result.out, result.err) == (0, "", "2 fragments, 0 problems\n")


def test_nothing_to_check(run: Run, project: Path) -> None:
    (project / FOLDER).rmdir()

    result = run("lint")

    assert (result.status, result.out, result.err) == (0, "", "0 fragments, 0 problems\n")


def test_all_problems_in_one_run(run: Run, project: Path, write: Callable[..., Path]) -> None:
    (project / "releasenotes" / "digest.yaml").write_text("colour: red\n")
    write(
        "a",
        "---\n"
        "successes:\n"
        "  - text: |\n"
        "      One line,\n"
        "      and `another\n"
        "    url: nonsense\n"
        "    colour: red\n"
        "threads:\n"
        "  - title: ':unknown'\n"
        "    continues: nowhere\n",
    )
    write("b", b"date: 2015-12-02\nitems: ['\xff']\n", 2)
    write("c", "items: ['']\n", 1)
    (project / FOLDER / "d.yaml").write_text("date: 2015-12-02\nitems: ['*d']\n")
    (project / FOLDER / "e.yml").touch()
    (project / FOLDER / "x.yaml").mkdir()

    result = run("lint")

    assert result.status == 1
    assert result.err == "6 fragments, 12 problems\n"
    assert [line.split()[:2] for line in result.lines] == [
        ["releasenotes/digest.yaml:1:1:", "unknown-setting"],
        [_path("a-0000000000000001.yaml:4:7:"), "rst"],
        [_path("a-0000000000000001.yaml:6:10:"), "bad-url"],
        [_path("a-0000000000000001.yaml:7:5:"), "unknown-key"],
        [_path("a-0000000000000001.yaml:9:5:"), "no-date"],
        [_path("b-0000000000000002.yaml:2:10:"), "encoding"],
        [_path("c-0000000000000001.yaml:1:1:"), "duplicate-identity"],
        [_path("c-0000000000000001.yaml:1:9:"), "empty-text"],
        [_path("d.yaml:1:1:"), "file-name"],
        [_path("d.yaml:2:10:"), "rst"],
        [_path("e.yml:1:1:"), "file-name"],
        [_path("x.yaml:1:1:"), "unreadable"],
    ]


def test_what_connects_notes(run: Run, write: Callable[..., Path]) -> None:
    write("a", "date: 2015-12-02\nthreads: [{title: x, continues: nowhere}]\n")
    write("b", GOOD, 2)
    write("c", GOOD, 2)

    assert [line.split()[:2] for line in run("lint").lines] == [
        [_path("a-0000000000000001.yaml:2:33:"), "unknown-thread"],
        [_path("c-0000000000000002.yaml:1:1:"), "duplicate-identity"],
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("items:\n  - text: |\n      .. include:: /etc/passwd\n", "4:7: rst-forbidden"),
        ("items:\n  - text: |\n      .. raw:: html\n\n         <b>\n", "4:7: rst-forbidden"),
        ("prelude: |\n\n  Good.\n\n  *bad\n", "6:3: rst"),
        ("threads: [{title: '*x'}]\n", "2:20: rst"),
        ("threads: [{title: x, summary: '`y'}]\n", "2:32: rst"),
        ("stories: [{text: '`x <javascript:x>`__'}]\n", "2:19: bad-url"),
        (f"prelude: '{'* ' * 300}x'\n", "2:11: rst"),
    ],
)
def test_texts(run: Run, write: Callable[..., Path], text: str, problem: str) -> None:
    write("a", f"date: 2015-12-02\n{text}")

    result = run("lint")

    assert result.status == 1
    assert len(result.lines) == 1
    assert result.out.startswith(f"{_path('a-0000000000000001.yaml')}:{problem} ")


def test_directives_of_sphinx_are_known(run: Run, write: Callable[..., Path]) -> None:
    write("a", "date: 2015-12-02\nprelude: |\n  .. versionadded:: 1.0\n\n     See :ref:`x <y>`.\n")

    assert run("lint").out == ""


def test_what_the_settings_allow(run: Run, project: Path, write: Callable[..., Path]) -> None:
    write("a", "date: 2015-12-02\nprelude: |\n  .. raw:: html\n\n     <b>\n")
    (project / "releasenotes" / "digest.yaml").write_text("fragment_raw: true\n")

    assert run("lint").status == 0


@pytest.fixture
def collections(project: Path) -> None:
    """Two collections, each with a problem and a sound fragment."""
    (project / "releasenotes" / "digest.yaml").write_text(
        "fragments: notes/news\ncollections: {sample: {fragments: notes/sample, fragment_raw: true}}\n"
    )
    for folder in ("news", "sample"):
        (project / "notes" / folder).mkdir(parents=True)
        (project / "notes" / folder / "bad-0000000000000001.yaml").write_text(BAD)
        raw = "date: 2015-12-02\nprelude: |\n  .. raw:: html\n\n     <b>\n"
        (project / "notes" / folder / "raw-0000000000000002.yaml").write_text(raw)


NEWS = ["notes/news/bad-0000000000000001.yaml:2:9:", "notes/news/raw-0000000000000002.yaml:3:3:"]
SAMPLE = ["notes/sample/bad-0000000000000001.yaml:2:9:"]


@pytest.mark.parametrize(
    ("arguments", "expected", "count"),
    [
        ([], [*NEWS, *SAMPLE], 4),
        (["notes"], [*NEWS, *SAMPLE], 4),
        (["."], [*NEWS, *SAMPLE], 4),
        (["notes/news"], NEWS, 2),
        (["notes/sample/"], SAMPLE, 2),
        (["notes/news", "notes/sample"], [*NEWS, *SAMPLE], 4),
        (["notes/news/raw-0000000000000002.yaml"], NEWS[1:], 1),
        (["notes/sample/raw-0000000000000002.yaml"], [], 1),
        (["notes/news/raw-0000000000000002.yaml", "notes/sample/bad-0000000000000001.yaml"], [NEWS[1], *SAMPLE], 2),
        (["notes/news/raw-0000000000000002.yaml", "notes/news"], NEWS, 2),
        (["notes/news", "notes/news/raw-0000000000000002.yaml"], NEWS, 2),
        (["releasenotes/digest.yaml"], [], 0),
        (["--fragments", "notes/sample"], SAMPLE, 2),
    ],
)
@pytest.mark.usefixtures("collections")
def test_what_to_check(run: Run, arguments: list[str], expected: list[str], count: int) -> None:
    result = run("lint", *arguments)

    assert [line.split()[0] for line in result.lines] == expected
    assert result.err.startswith(f"{count} fragment")
    assert result.status == bool(expected)


def test_paths_from_another_folder(run: Run, project: Path, write: Callable[..., Path], monkeypatch) -> None:
    path = write("a", BAD)
    expected = [f"{_path(path.name)}:2:9: empty-text 'items' is empty"]

    monkeypatch.chdir(project / FOLDER)
    assert run("lint", path.name).lines == expected
    assert run("lint", ".").lines == expected
    assert run("lint", path).lines == expected
    monkeypatch.chdir(project.parent)
    assert run("--project", project, "lint", f"project/{_path(path.name)}").lines == expected


def test_a_file_in_the_company_of_its_folder(run: Run, write: Callable[..., Path]) -> None:
    first = write("a", "date: 2015-12-02\nthreads: [x]\n", 1)
    second = write("b", "date: 2015-12-03\nthreads: [{title: y, continues: a}]\n", 2)
    double = write("c", BAD, 1)

    assert run("lint", second).out == ""
    assert [line.split()[1] for line in run("lint", first).lines] == ["duplicate-identity"]
    assert [line.split()[1] for line in run("lint", double).lines] == ["duplicate-identity", "empty-text"]


def test_outside_of_the_project(run: Run, project: Path) -> None:
    folder = project.parent / "elsewhere"
    folder.mkdir()
    path = folder / "a-0000000000000001.yaml"
    path.write_text(BAD)

    for argument in (path, folder):
        assert run("lint", argument).lines == [f"{path}:2:9: empty-text 'items' is empty"]
    assert run("lint", "--fragments", folder).lines == [f"{path}:2:9: empty-text 'items' is empty"]


@pytest.mark.skipif(os.name == "nt", reason="links take a right there")
def test_a_folder_behind_a_link(run: Run, project: Path) -> None:
    (project / FOLDER).rmdir()
    (project / "real").mkdir()
    (project / FOLDER).symlink_to(project / "real")
    (project / "real" / "a-0000000000000001.yaml").write_text(BAD)
    expected = [f"{_path('a-0000000000000001.yaml')}:2:9: empty-text 'items' is empty"]

    assert run("lint").lines == expected
    assert run("lint", FOLDER).lines == expected
    assert run("lint", FOLDER / "a-0000000000000001.yaml").lines == expected


@pytest.mark.parametrize("name", ["note.txt", "a-0000000000000001.yml", "a-0000000000000001"])
def test_a_file_that_is_no_fragment(run: Run, project: Path, name: str) -> None:
    (project / FOLDER / name).write_text(GOOD)

    result = run("lint", FOLDER / name)

    assert result.lines == [f"{_path(name)}:1:1: file-name the name must end in .yaml"]
    assert result.err == "1 fragment, 1 problem\n"


def test_a_file_that_is_not_there(run: Run, write: Callable[..., Path]) -> None:
    write("a", BAD)

    result = run("lint", "nowhere.yaml", FOLDER)

    assert result.status == 1
    assert [line.split()[:2] for line in result.lines] == [
        ["nowhere.yaml:1:1:", "unreadable"],
        [_path("a-0000000000000001.yaml:2:9:"), "empty-text"],
    ]
    assert result.err == "1 fragment, 2 problems\n"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe(run: Run, project: Path) -> None:
    for name in ("a", "b-0000000000000001.yaml"):
        os.mkfifo(project / FOLDER / name)

    assert run("lint", FOLDER / "a").lines == [f"{_path('a')}:1:1: unreadable this is not a regular file"]
    assert len(run("lint").lines) == 1


@pytest.mark.skipif(ROOT, reason="root may read anything")
def test_a_file_that_may_not_be_read(run: Run, write: Callable[..., Path]) -> None:
    path = write("a", GOOD)
    path.chmod(0)

    for arguments in ([], [path]):
        assert run("lint", *arguments).lines == [
            f"{_path(path.name)}:1:1: unreadable cannot be read: Permission denied"
        ]


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_names_that_are_not_text(run: Run, project: Path) -> None:
    for name in (b"\xff-0000000000000001.yaml", b"a\nb-0000000000000002.yaml", b"c,d%:-0000000000000003.yaml"):
        (project / FOLDER / os.fsdecode(name)).write_text(BAD)

    assert [line.split(":")[0] for line in run("lint").lines] == [
        _path("a\\nb-0000000000000002.yaml"),
        _path("c,d%"),
        _path("\\udcff-0000000000000001.yaml"),
    ]
    paths = [record["path"] for record in json.loads(run("lint", "--format", "json").out)]
    assert paths[0] == _path("a\nb-0000000000000002.yaml")
    assert os.fsencode(paths[2]) == b"releasenotes/digests/\xff-0000000000000001.yaml"
    assert [line.split(",line=")[0] for line in run("lint", "--format", "github").lines] == [
        f"::error file={_path('a%0Ab-0000000000000002.yaml')}",
        f"::error file={_path('c%2Cd%25%3A-0000000000000003.yaml')}",
        f"::error file={_path(chr(92))}udcff-0000000000000001.yaml",
    ]


def test_json(run: Run, write: Callable[..., Path]) -> None:
    write("a", 'date: 2015-12-02\nitems: [{text: x, url: "a\\nb"}]\n')
    write("b", GOOD, 1)

    result = run("lint", "--format", "json")

    assert result.status == 1
    assert result.err == "2 fragments, 2 problems\n"
    records = json.loads(result.out)
    assert [list(record) for record in records] == [["path", "line", "column", "code", "message"]] * 2
    assert records[0]["path"] == _path("a-0000000000000001.yaml")
    assert (records[0]["line"], records[0]["column"], records[0]["code"]) == (2, 24, "bad-url")
    assert (records[1]["line"], records[1]["column"], records[1]["code"]) == (1, 1, "duplicate-identity")


def test_json_without_problems(run: Run, write: Callable[..., Path]) -> None:
    write("a", GOOD)

    assert run("lint", "--format", "json").out == "[]\n"


def test_github(run: Run, write: Callable[..., Path]) -> None:
    write("a", 'date: 2015-12-02\nitems: [{text: x, url: "100%\\n::warning::y"}]\n')

    result = run("lint", "--format", "github")

    assert result.status == 1
    (line,) = result.lines
    start = f"::error file={_path('a-0000000000000001.yaml')},line=2,col=24,title=digest.bad-url::'100%25"
    assert line.startswith(start)


def test_fragments_and_paths_exclude_each_other(run: Run, project: Path) -> None:
    result = run("lint", "--fragments", FOLDER, FOLDER)

    assert (result.status, result.out) == (2, "")
    assert "cannot be used together" in result.err


def test_an_unknown_format(run: Run, project: Path) -> None:
    assert run("lint", "--format", "xml").status == 2


_TELL = "import atexit; atexit.register(lambda: print('docutils' in sys.modules, 'sphinx' in sys.modules))"


@pytest.mark.parametrize(("text", "loaded"), [(GOOD, "False False"), (MARKED, "True False")])
def test_docutils_is_loaded_for_markup(start: Run, write: Callable[..., Path], text: str, loaded: str) -> None:
    write("a", text)

    assert start("lint", before=_TELL).out == f"{loaded}\n"


_HIDE = "sys.modules['docutils'] = None"


def test_without_docutils(start: Run, write: Callable[..., Path]) -> None:
    write("a", GOOD)
    assert start("lint", before=_HIDE).status == 0
    write("b", MARKED, 2)
    write("c", MARKED, 3)

    result = start("lint", before=_HIDE)

    assert result.status == 1
    assert result.lines == [
        f"{_path('b-0000000000000002.yaml')}:2:10: rst the text has markup, and docutils, which would check it, is "
        "not installed: pip install docutils"
    ]


def test_without_sphinx(start: Run, write: Callable[..., Path]) -> None:
    write("a", MARKED)

    assert start("lint", before="sys.modules['sphinx'] = None").status == 0


def test_the_samples(run: Run) -> None:
    root = Path(__file__).parents[2]

    result = run("--project", root, "lint", root / "doc" / "sample" / "digests")

    assert (result.status, result.out) == (0, "")


def test_a_text_after_one_that_is_nested_too_deeply(run: Run, write: Callable[..., Path]) -> None:
    deep = "* " * 300
    write("a", f"date: 2015-12-02\nprelude: '{deep}x'\nitems: ['*x']\n")
    write("b", MARKED, 2)

    assert [line.split(":")[2] for line in run("lint").lines] == ["11", "10"]


def test_relative_addresses_are_looked_for(run: Run, project: Path, write: Callable[..., Path]) -> None:
    texts = {
        "a link <../guide/index.html>": "", "a source <../guide/index.rst>": "", "a folder <../guide/>": "",
        "the root </index.html#x>": "", "a place <#thread-1>": "", "a query <?x=1>": "",
        "another digest <2015-11-27.html>": "", "a person <people/wren.html>": "", "a feed <atom.xml>": "",
        "an index <../genindex.html>": "", "a file <../paper.pdf>": "", "one with spaces <../my%20page.html>": "",
        "static <../_static/leaf.txt>": "", "the server </app/>": "", "another one <//example.org/x>": "",
        "nowhere <../guide/nowhere.html>": "the documentation in 'doc' has no such page and no such file",
        "no digest <week.html>": "the documentation in 'doc' has no such page and no such file",
        "no file <../_static/tree.txt>": "the documentation in 'doc' has no such page and no such file",
        "out <../../x.html>": "is not in the documentation",
    }  # fmt: skip
    for name in ("guide/index.rst", "index.md", "my page.rst", "extra/paper.pdf", "_static/leaf.txt", "digests/b.png"):
        (project / "doc" / name).parent.mkdir(parents=True, exist_ok=True)
        (project / "doc" / name).write_text("")
    (project / "doc/conf.py").write_text("html_extra_path = ['extra']\nhtml_static_path = ['_static']\n")
    lines = "".join(f"  - '`{text}`__'\n" for text in texts)
    lines += "  - |\n    .. figure:: b.*\n\n    .. figure:: /guide/c.png\n\n    .. image:: ../guide/d.*\n"
    write("a", f"date: 2015-12-02\nitems:\n{lines}")

    result = run("lint", "--format", "json")

    expected = {
        number: f"a relative address leads nowhere: '{text[:-1].split('<')[1]}' {reason}"
        for number, (text, reason) in enumerate(texts.items(), 3)
        if reason
    }
    picture = "a relative address leads nowhere: the picture '{}' is not in the documentation in 'doc'"
    expected |= {25: picture.format("/guide/c.png"), 27: picture.format("../guide/d.*")}
    found = json.loads(result.out)
    assert {problem["line"]: problem["message"] for problem in found} == expected
    assert {problem["code"] for problem in found} == {"dead-link"}


@pytest.mark.parametrize(
    "conf", ["", "html_extra_path = PATHS\n", "html_static_path = [*PATHS]\n", "html_extra_path += []\n"]
)
def test_no_file_is_missed_where_nobody_knows_the_files(
    run: Run, project: Path, write: Callable[..., Path], conf: str
) -> None:
    write("a", "date: 2015-12-02\nitems: ['`a <../_static/paper.pdf>`__ and `b <../x.html>`__']\n")
    if conf:
        (project / "conf.py").write_text(conf)
        (project / "x.rst").touch()

    assert run("lint").status == 0
