"""Release notes as records, with their places, and what lies between two versions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from reno.config import Config

from sphinxext.digest.problems import Problem
from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.load import (
    History,
    SpanError,
    first_sentence,
    parse_span,
    released_versions,
    select_versions,
)
from sphinxext.digest.release.notes import NoteReader, Release
from sphinxext.digest.release.scanner import Scanner

READER = NoteReader("prelude", ("features", "fixes"))


def read(text: str) -> tuple[Any, list[str]]:
    """What a note has, and its problems."""
    problems: list[Problem] = []
    parts = READER.read(text.encode(), "a.yaml", problems)
    return parts, [str(problem).partition(" ")[0] for problem in problems]


def test_texts_with_their_lines() -> None:
    parts, problems = read("---\nfixes:\n  - One.\n  - |\n    Two\n\n    lines.\nprelude: >\n  Folded\n  words.\n")
    assert problems == []
    prelude, sections, end, component = parts
    assert component == ""
    assert end == "\n"
    assert (prelude.value, prelude.line) == ("Folded words.", 9)
    assert [(text.value, text.line, text.column) for text in sections["fixes"]] == [
        ("One.", 3, 5),
        ("Two\n\nlines.", 5, 5),
    ]


def test_sections_are_in_the_order_of_the_configuration() -> None:
    (_prelude, sections, _end, _component), _problems = read("fixes: one\nfeatures: [two]\n")
    assert {name: [text.value for text in texts] for name, texts in sections.items()} == {
        "features": ["two"],
        "fixes": ["one"],
    }
    assert list(sections) == ["features", "fixes"]


@pytest.mark.parametrize(
    ("text", "problems", "kept"),
    [
        ("", ["a.yaml:1:1: wrong-type"], None),
        ("text", ["a.yaml:1:1: wrong-type"], None),
        ("fixes:\n  - Bug #12 is fixed\n  - Fine # why\n", ["a.yaml:2:9: yaml-comment"], {"fixes": ["Bug", "Fine"]}),
        ("- list", ["a.yaml:1:1: wrong-type"], None),
        ("a: [", ["a.yaml:1:5: yaml-syntax"], None),
        ("fixes:", ["a.yaml:1:7: empty-text"], {}),
        ("fixes: ['', ' ', x]", ["a.yaml:1:9: empty-text", "a.yaml:1:13: empty-text"], {"fixes": ["x"]}),
        ("fixes: [5, x]", ["a.yaml:1:9: wrong-type"], {"fixes": ["x"]}),
        ("fixes: {a: b}", ["a.yaml:1:8: wrong-type"], {}),
        ("fixes:\n  - a: b\n  - x\n", ["a.yaml:2:5: wrong-type"], {"fixes": ["x"]}),
        ("prelude: [a]", ["a.yaml:1:10: wrong-type"], {}),
        ("fix: [a]\nfixes: [x]", ["a.yaml:1:1: unknown-section"], {"fixes": ["x"]}),
        ("fixes: [a]\nfixes: [x]", ["a.yaml:2:1: duplicate-key"], {"fixes": ["x"]}),
        ("? [a]\n: b\n", ["a.yaml:1:3: wrong-type"], {}),
        ("\ufefffixes: [x]\r\n", [], {"fixes": ["x"]}),
    ],
)
def test_what_is_wrong(text: str, problems: list[str], kept: dict[str, list[str]] | None) -> None:
    parts, found = read(text)
    assert [f"{place} {code}" for place, _, code in (p.rpartition(": ") for p in _full(text))] == [
        p.replace(": ", " ") for p in problems
    ]
    assert len(found) == len(problems)
    if kept is None:
        assert parts is None
    else:
        assert {name: [text.value for text in texts] for name, texts in parts[1].items()} == kept


def _full(text: str) -> list[str]:
    problems: list[Problem] = []
    READER.read(text.encode(), "a.yaml", problems)
    return [f"{problem.location}: {problem.code}" for problem in problems]


@pytest.fixture
def conf(repository: Any) -> Config:
    """A repository with three versions, one without notes, and a note that is not released."""
    folder = repository.root / "releasenotes" / "notes"
    folder.mkdir(parents=True)
    for number, tag in enumerate(("1.0.0", "1.1.0", "2.0.0", ""), 1):
        if tag != "1.1.0":
            (folder / f"n-{number:016x}.yaml").write_text(f"fixes: [Fixed {number}.]\nprelude: In {tag or 'work'}.\n")
        repository.commit(f"2015-0{number}-01T00:00:00Z")
        if tag:
            repository.run("tag", tag, date=f"2015-0{number}-01T00:00:00Z")
    conf = Config(str(repository.root))
    conf.override(default_branch="main")
    return conf


def load(conf: Config) -> tuple[Release, ...]:
    problems: list[Problem] = []
    with Scanner(conf) as scanner:
        releases = History(conf, scanner).releases(problems)
    assert problems == []
    return releases


def test_releases(conf: Config) -> None:
    releases = load(conf)
    assert [(release.version, release.is_released, str(release.day), release.count) for release in releases] == [
        ("2.0.0-1", False, "None", 1),
        ("2.0.0", True, "2015-03-01", 1),
        ("1.0.0", True, "2015-01-01", 1),
    ]
    (note,) = releases[1].notes
    assert (note.path, note.identity) == ("releasenotes/notes/n-0000000000000003.yaml", "0000000000000003")
    assert note.commit is not None
    assert [text.value for _note, text in releases[1].preludes] == ["In 2.0.0."]


@pytest.mark.parametrize(
    ("span", "versions"),
    [
        ("1.0.0..2.0.0", ["2.0.0"]),
        ("1.0.0..", ["2.0.0-1", "2.0.0"]),
        ("1.1.0", ["2.0.0-1", "2.0.0"]),
        ("..1.1.0", ["1.0.0"]),
        ("2.0.0..2.0.0", []),
        ("2015-01-01..2015-03-01", ["2.0.0", "1.0.0"]),
        ("2015-01-02..2015-03-01", ["2.0.0"]),
        ("2015-03-02..", ["2.0.0-1"]),
        ("1.0.0..2015-03-01", ["2.0.0"]),
        ("..", ["2.0.0-1", "2.0.0", "1.0.0"]),
    ],
)
def test_spans(conf: Config, span: str, versions: list[str]) -> None:
    with Scanner(conf) as scanner:
        known = scanner.get_versions_on_branch(conf.branch)
        assert select_versions(History(conf, scanner).days, parse_span(span), known) == versions


@pytest.mark.parametrize("span", ["", "2.0.0..1.0.0", "9.9..", "2015-02-30..", "2015-03-01..2015-01-01"])
def test_wrong_spans(conf: Config, span: str) -> None:
    with Scanner(conf) as scanner, pytest.raises(SpanError):
        select_versions(History(conf, scanner).days, parse_span(span), scanner.get_versions_on_branch(conf.branch))


def test_released_versions(conf: Config) -> None:
    problems: list[Problem] = []
    assert [(version.version, version.summary) for version in released_versions(conf, problems)] == [
        ("1.0.0", "In 1.0.0."),
        ("2.0.0", "In 2.0.0."),
    ]
    assert problems == []


def test_no_repository(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert released_versions(Config(str(tmp_path)), problems) == ()
    assert [problem.code for problem in problems] == ["history"]
    with Scanner(Config(str(tmp_path))) as scanner, pytest.raises(HistoryError):
        History(Config(str(tmp_path)), scanner)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("The first. The second.", "The first."),
        ("Version 13.0.0 is\nthere! Really.", "Version 13.0.0 is there!"),
        ("No end", "No end"),
        ("See ``code.py``, *this* and `that <https://e.org/a.b>`_.", "See code.py, this and that."),
        (":ref:`Words <label>` and :py:func:`~a.b`.", "Words and b."),
        ("2*3*4 stays.", "2*3*4 stays."),
        (".. note:: no", ""),
        ("* a list", ""),
        ("Code::\n\n  x", ""),
        ("", ""),
    ],
)
def test_first_sentences(text: str, sentence: str) -> None:
    assert first_sentence(text) == sentence
