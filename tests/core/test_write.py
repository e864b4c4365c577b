"""Writing fragments: what is written is read again as it was, and no file takes the place of another."""

from __future__ import annotations

import os
import re
import stat
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.fragments import write
from sphinxext.digest.fragments.fields import MAX_NUMBER, SECTION_FIELDS, Field, SectionFields, fields_of
from sphinxext.digest.fragments.folder import read_folder
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import MAX_SLUG, dump_fragment, slug_of, write_new_file, write_new_files
from sphinxext.digest.model import REFUSED_CHARACTER, Deadline, Deadlines, Fragment, Participants, Text
from sphinxext.digest.model.event import MAX_TITLE
from sphinxext.digest.model.keys import Choice, Type
from sphinxext.digest.model.values import MAX_MESSAGES, MAX_NAME
from sphinxext.digest.problems import Code, DigestError

IDENTITY = "3f9c0e5a7b21d846"
STEM = f"x-{IDENTITY}"

_character = st.characters(exclude_categories=["Cs"]).filter(lambda character: not REFUSED_CHARACTER.match(character))
_marks = st.sampled_from([*" \n\t:#-|>&*!%@`'\"\\{}[],?~=.0123456789eExoRyYnN\ufeff\xa0", ": ", " #", "\n\n", "\n  "])
_texts = st.lists(_character | _marks, min_size=1, max_size=40).map("".join).map(str.strip).filter(bool)
_lines = _texts.map(lambda text: " ".join(text.split())).filter(bool)
_VALUES = {
    Type.RST: _texts,
    Type.TITLE: _lines,
    Type.WORDS: _lines,
    Type.THREAD: _lines,
    Type.URL: st.sampled_from(["https://example.org/#a:", "mailto:a@example.org", "ircs://irc.example.org/~x"]),
    Type.MOMENT: st.sampled_from(["2015-12-02", "2015-12-02T14:05:00Z"]),
    Type.WHEN: st.just("2026-05-18T09:00:00+02:00"),
    Type.FLAG: st.sampled_from(["true", "false"]),
    Type.DEADLINES: st.lists(
        st.builds(
            Deadline, st.dates(date(2000, 1, 1), date(2100, 1, 1)), _lines.map(lambda line: line[:MAX_TITLE].strip())
        ),
        min_size=1,
        max_size=5,
    ).map(lambda found: str(Deadlines.of(found))),
    Type.WEEK: st.sampled_from(["R-17", "R+1"]),
    Type.PARTICIPANTS: st.dictionaries(
        _lines.map(lambda name: name[:MAX_NAME].strip()), st.integers(1, MAX_MESSAGES), min_size=1
    ).map(lambda counts: str(Participants(tuple(counts.items())))),
}


def _values(field: Field) -> st.SearchStrategy[Any]:
    return st.sampled_from([*field.type.values]) if isinstance(field.type, Choice) else _VALUES[field.type]


def _notes(section: SectionFields) -> st.SearchStrategy[list[dict[str, str]]]:
    def is_needed(field: Field) -> bool:
        return field.required or (section.short is None and field.name == "focus")

    fields = section.fields.values()
    needed = {field.name: _values(field) for field in fields if is_needed(field)}
    others = {field.name: _values(field) for field in fields if not is_needed(field)}
    return st.lists(st.fixed_dictionaries(needed, optional=others), min_size=1, max_size=3)


_sections = st.fixed_dictionaries({}, optional={name: _notes(section) for name, section in SECTION_FIELDS.items()})


def read(text: str) -> Fragment:
    fragment, problems = read_fragment(text.encode(), "x.yaml", STEM)
    assert problems == []
    assert fragment is not None
    return fragment


def values_of(fragment: Fragment) -> dict[str, list[dict[str, str]]]:
    """The notes of a fragment as they are given to be written, without values that hold if a key is missing."""
    names = {section.note: name for name, section in SECTION_FIELDS.items()}
    sections: dict[str, list[dict[str, str]]] = {}
    for note in fragment.notes:
        fields = {field.name: value for field, value in fields_of(note)}
        name = names.get(type(note), "prelude")
        values = {key: _as_written(value) for key, value in fields.items()}
        sections.setdefault(name, []).append(values)
    return without_defaults(sections)


def _as_written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value.value if isinstance(value, Text) else str(value)


def without_defaults(sections: dict[str, list[dict[str, str]]]) -> dict[str, list[dict[str, str]]]:
    def is_said(name: str, key: str, value: str) -> bool:
        return name not in SECTION_FIELDS or value != SECTION_FIELDS[name].default_of(key)

    return {
        name: [{key: value for key, value in note.items() if is_said(name, key, value)} for note in notes]
        for name, notes in sections.items()
    }


@given(
    sections=_sections,
    prelude=st.none() | _texts,
    date=st.none() | _VALUES[Type.MOMENT],
    number=st.none() | st.integers(1, MAX_NUMBER),
)
def test_what_is_written_is_read_again(
    sections: dict[str, Any], prelude: str | None, date: str | None, number: int | None
) -> None:
    if not sections and not prelude:
        return

    text = dump_fragment(sections, date=date, number=number, prelude=prelude)

    fragment = read(text)
    expected = without_defaults(sections)
    if prelude:
        expected["prelude"] = [{"text": prelude}]
    assert values_of(fragment) == expected
    assert str(fragment.date) == str(date)
    assert fragment.number == number


@given(value=_texts)
def test_other_readers_find_the_same_string(value: str) -> None:
    text = dump_fragment({"items": [{"text": value}]})

    assert yaml.safe_load(text)["items"][0]["text"].strip() == value


@given(value=_texts)
def test_writing_is_stable(value: str) -> None:
    text = dump_fragment({"stories": [{"text": value}]})

    assert dump_fragment(values_of(read(text))) == text


@given(value=_lines)
def test_a_line_stays_a_line(value: str) -> None:
    assert dump_fragment({"items": [{"text": value}]}).count("\n") == 3


def test_form() -> None:
    text = dump_fragment(
        {
            "threads": [{"summary": "* One\n\n  * Two  é\n", "title": "Where lock files live", "url": None}],
            "successes": [{"text": "Nova mitaka-1 published!", "nick": "ttx"}, {"text": "yes"}],
        },
        date="2015-12-02",
        prelude="Hello:\n\nworld.",
    )

    assert text == (
        "---\n"
        "date: 2015-12-02\n"
        "prelude: |\n"
        "  Hello:\n"
        "\n"
        "  world.\n"
        "successes:\n"
        "  - nick: ttx\n"
        "    text: Nova mitaka-1 published!\n"
        '  - text: "yes"\n'
        "threads:\n"
        "  - title: Where lock files live\n"
        "    summary: |\n"
        "      * One\n"
        "\n"
        "        * Two  é\n"
    )


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("A short text.", "A short text."),
        ("  spaces around  ", "spaces around"),
        ("x" * 500, "x" * 500),
        ("Zoë Ōkonkwo ☃ 🎉", "Zoë Ōkonkwo ☃ 🎉"),
        ("https://example.org/#a,b", "https://example.org/#a,b"),
        ("Note: this", '"Note: this"'),
        ("ends with:", '"ends with:"'),
        ("a #comment", '"a #comment"'),
        ("*emphasis*", '"*emphasis*"'),
        ("'quoted'", "\"'quoted'\""),
        ('"quoted"', "'\"quoted\"'"),
        ("`a\\b`", "'`a\\b`'"),
        ("it's `a\\b`", "it's `a\\b`"),
        ('- it\'s "x"', "'- it''s \"x\"'"),
        ("null", '"null"'),
        ("2015-12-02", '"2015-12-02"'),
        ("13.0.0", '"13.0.0"'),
        ("1e3", '"1e3"'),
        ("a\tb", '"a\\tb"'),
        ("a\x1b[31m", '"a\\x1b[31m"'),
        ("a\u2028b", '"a\\u2028b"'),
        ("\ufeffa", '"\\ufeffa"'),
        ("a\nb", "|\n      a\n      b"),
        ("  a\nb", "|2\n        a\n      b"),
        ("\n \n  a\n b\n\n", "|2\n        a\n       b"),
        ("a \nb", '"a \\nb"'),
        ("a\n\tb", '"a\\n\\tb"'),
        ("a\n \nb", '"a\\n \\nb"'),
        ("a\r\nb", '"a\\r\\nb"'),
        ('a\n"\x07\\', '"a\\n\\"\\x07\\\\"'),
    ],
)
def test_forms_of_texts(value: str, written: str) -> None:
    assert dump_fragment({"items": [{"text": value}]}) == f"---\nitems:\n  - text: {written}\n"


def test_a_first_line_that_is_indented_stays_so() -> None:
    text = dump_fragment({"items": [{"text": "  A quotation\n\nand more"}]})

    assert values_of(read(text)) == {"items": [{"text": "  A quotation\n\nand more"}]}


@pytest.mark.parametrize(
    ("sections", "message"),
    [
        ({"news": [{"text": "x"}]}, "no section 'news'"),
        ({"items": [{"text": "x", "nick": "y"}]}, "no key 'nick'"),
        ({"items": [{"text": None}]}, "no keys"),
        ({"items": [{"text": "\udcff"}]}, "surrogates"),
        ({"threads": [{"title": "x", "participants": "Ann, Bob"}]}, "not of the form"),
        ({"threads": [{"title": "x", "participants": "Ann: 2\nAnn: 3"}]}, "not of the form"),
    ],
)
def test_what_cannot_be_written(sections: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        dump_fragment(sections)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Nova mitaka-1 (13.0.0.0b1) published!", "nova-mitaka-1-13-0-0-0b1-published"),
        ("Zoë’s Größe, Łódź — don't", "zoes-grosse-lodz-dont"),
        ("Ærøskøbing", "aeroskobing"),
        ("ΑΒΓ", "note"),
        ("東京", "note"),
        ("", "note"),
        ("../../etc/passwd", "etc-passwd"),
        (".-hidden", "hidden"),
        ("word " * 30, "word-" * 9 + "word"),
        ("x" * 80, "x" * MAX_SLUG),
        ("short " + "y" * 60, "short"),
        ("ﬁne ²", "fine-2"),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@given(text=st.text())
def test_every_slug_can_be_a_name(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug_of(text))
    assert len(slug_of(text)) <= MAX_SLUG


def test_a_new_file(tmp_path: Path) -> None:
    folder = tmp_path / "releasenotes" / "digests"

    path = write_new_file(folder, "A Slug", "items: [é]\n")

    assert re.fullmatch(r"a-slug-[0-9a-f]{16}\.yaml", path.name)
    assert path.read_bytes() == "items: [é]\n".encode()
    assert list(folder.iterdir()) == [path]
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_given_identity(tmp_path: Path) -> None:
    assert write_new_file(tmp_path, "a", "", IDENTITY).name == f"a-{IDENTITY}.yaml"

    with pytest.raises(DigestError) as caught:
        write_new_file(tmp_path, "b", "", IDENTITY)

    assert [problem.code for problem in caught.value.problems] == [Code.DUPLICATE_IDENTITY]
    assert [path.name for path in tmp_path.iterdir()] == [f"a-{IDENTITY}.yaml"]


def test_a_new_identity_is_of_no_other_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"old-{IDENTITY}.yaml").touch()
    identities = iter([IDENTITY, "00000000000000ff"])
    monkeypatch.setattr(write.secrets, "token_hex", lambda _size: next(identities))

    assert write_new_file(tmp_path, "new", "").name == "new-00000000000000ff.yaml"


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    path = tmp_path / f"a-{IDENTITY}.yaml"
    link = os.link

    def appear(source: Path, target: Path) -> None:
        path.write_text("of somebody else")
        if not links:
            raise PermissionError
        link(source, target)

    monkeypatch.setattr(os, "link", appear)

    with pytest.raises(FileExistsError):
        write_new_file(tmp_path, "a", "mine", IDENTITY)
    assert path.read_text() == "of somebody else"
    assert list(tmp_path.iterdir()) == [path]


def without_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a file system that has none."""

    def refuse(*_names: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)


def test_where_there_are_no_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_source: Path, _target: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)

    path = write_new_file(tmp_path, "a", "mine")

    assert path.read_text() == "mine"
    assert list(tmp_path.iterdir()) == [path]


def test_where_there_are_no_links_and_the_file_cannot_get_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(Path, "replace", refuse)

    with pytest.raises(PermissionError, match="cannot be written: Operation not permitted"):
        write_new_file(tmp_path, "a", "mine")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("links", [True, False])
def test_what_a_killed_process_has_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    """Its file may be half, or another name of a fragment that somebody has renamed since."""
    renamed = tmp_path / "renamed-00000000000000ff.yaml"
    renamed.write_text("of somebody else")
    (tmp_path / f".a-{IDENTITY}.yaml.tmp").hardlink_to(renamed)
    if not links:
        without_links(monkeypatch)

    path = write_new_file(tmp_path, "a", "mine", IDENTITY)

    assert path.read_text() == "mine"
    assert renamed.read_text() == "of somebody else"
    assert sorted(tmp_path.iterdir()) == [path, renamed]


@pytest.mark.parametrize("links", [True, False])
def test_all_new_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    """The name of the last one is taken by the time that the others have theirs."""
    if not links:
        without_links(monkeypatch)
    names = [f"{letter}-00000000000000f{letter}.yaml" for letter in "abc"]
    (tmp_path / names[2]).write_text("of somebody else")

    with pytest.raises(FileExistsError, match="cannot be written"):
        write_new_files(tmp_path, dict.fromkeys(names, "mine"))

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(names[2], "of somebody else")]


def test_a_disk_that_is_full_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)

    with pytest.raises(OSError, match="No space left"):
        write_new_file(tmp_path, "a", "mine")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_being_written_is_no_fragment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(os, "fsync", lambda _descriptor: seen.append(read_folder(tmp_path, ".")))

    write_new_file(tmp_path, "a", "mine")

    assert [(reading.fragments, reading.problems) for reading in seen] == [([], [])]
