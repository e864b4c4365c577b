"""Findings with excerpts, as a terminal shows them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Run

Write = Callable[..., Path]
NAME = "releasenotes/digests/a-0000000000000001.yaml"


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


@pytest.fixture(autouse=True)
def colour(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 80 columns, as far as one can tell from outside."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")


def test_line_and_mark(run: Run, write: Write) -> None:
    write("a", "date: 2015-12-02\nitems: [{text: 'some *emphasis here', nix: 1}]\n")

    result = run("lint")

    assert "\x1b[1m" in result.out
    assert plain(result.out) == (
        f"{NAME}:2:17: rst Inline emphasis start-string without end-string.\n"
        "   |\n"
        " 2 | items: [{text: 'some *emphasis here', nix: 1}]\n"
        "   |                 ^\n"
        f"{NAME}:2:39: unknown-key a note in 'items' has no key 'nix'; it has group, text, url, date\n"
        "   |\n"
        " 2 | items: [{text: 'some *emphasis here', nix: 1}]\n"
        "   |                                       ^\n"
    )


@pytest.mark.parametrize(
    ("variables", "is_rich"),
    [
        ({"NO_COLOR": "1"}, False),
        ({"FORCE_COLOR": ""}, False),
        ({}, True),
    ],
)
def test_only_where_it_is_wanted(run: Run, write: Write, variables: dict[str, str], is_rich: bool) -> None:
    write("a", "date: 2015-12-02\nitems: [{nix: 1}]\n")

    assert ("\n   |\n" in plain(run("lint", **variables).out)) == is_rich
    assert "\n   |" not in run("lint", "--format", "github").out


def test_long_lines_wide_characters_and_tabs(run: Run, write: Write) -> None:
    write("a", f"date: 2015-12-02\nitems: [{{text: '{'word ' * 100}', nix: 1}}]\n")
    write("b", "date: 2015-12-02\nitems: [{text: '\u6f22\u5b57', nix: 1}]\n", 2)

    long, wide = re.findall(r" 2 \| (.*)\n +\| ( *\^)\n", plain(run("lint").out))

    assert long[0].startswith("...")
    assert long[0][len(long[1]) - 1 :].startswith("nix")
    assert len(long[0]) <= 76
    # each of the two characters takes two columns
    assert len(wide[1]) - 1 == wide[0].index("nix") + 2


def test_nothing_steers_the_terminal(run: Run, write: Write) -> None:
    write("a", "date: 2015-12-02\nitems: [{te\u202ext: x, nix: 1}] # \x1b[2J\n".encode())

    assert "\x1b[2J" not in run("lint").out
    assert "\u202e" not in run("lint").out


def test_missing_lines_and_files(run: Run, project: Path, write: Write) -> None:
    write("a", "")
    (project / "releasenotes" / "digests" / "b-0000000000000002.yaml").mkdir()

    result = run("lint")

    assert result.status == 1
    assert len(plain(result.out).splitlines()) >= 2


def test_release_notes(run: Run, project: Path) -> None:
    notes = project / "releasenotes" / "notes"
    notes.mkdir()
    (notes / "x-0000000000000001.yaml").write_text("---\nfixes:\n  - a `broken\n")

    result = run("release-notes", "lint")

    assert result.status == 1
    assert " 3 |   - a `broken\n" in plain(result.out)
