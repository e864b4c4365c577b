"""Changelogs: which headings are versions, what is not released, and the page of all others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("markdown_it")
pytest.importorskip("docutils")
pytest.importorskip("reno")

from reno.config import Config

from sphinxext.digest.gather.changelog import Reading
from sphinxext.digest.gather.changelog.rst import pieces_of_rst, with_words
from sphinxext.digest.gather.changelog.sections import Sections
from sphinxext.digest.gather.changelog.versions import read_changelog
from sphinxext.digest.model import Text

#: Titles of versions, and the names of their anchors; nothing for what is not released.
TITLES = {
    "[1.2.0] - 2026-03-05": "1.2.0",
    "1.2.0 (2026-03-05)": "1.2.0",
    "v1.2": "1.2",
    "Version 1.2.0rc1 — 2026-03-05": "1.2.0rc1",
    "gannet 26.1 [YANKED]": "26.1",
    "2026-03-05": "2026-03-05",
    "4 (2026-03-05)": "4",
    "Unreleased": "",
    "[Unreleased]": "",
    "1.3.0 (unreleased)": "",
    "1.3.0 - not yet released": "",
    "dev": "",
    "Next release": "",
}


def read(text: str, name: str = "CHANGELOG.md", unreleased: tuple[str, ...] = (), **folder: Path) -> Reading:
    path = folder["at"] / name
    path.write_text(text, encoding="utf-8")
    reading = Reading()
    read_changelog(path, name, Sections(Config(str(folder["at"])), {}), unreleased, reading)
    return reading


def texts(reading: Reading) -> list[tuple[Any, ...]]:
    return [(*entry.categories, *entry.more, entry.text.value) for _, entry in reading.entries]


@pytest.mark.parametrize(("title", "name"), TITLES.items())
@pytest.mark.parametrize("suffix", [".md", ".rst", ""])
def test_titles(title: str, name: str, suffix: str, tmp_path: Path) -> None:
    headings = [title, "0.9 (2025-01-01)"]
    text = "Changes\n=======\n\n" if suffix != ".md" else "# Changes\n\n"
    for heading in headings:
        text += f"## {heading}\n\n- x\n\n" if suffix == ".md" else f"{heading}\n{'-' * 30}\n\n- x\n\n"
    reading = read(text, f"CHANGELOG{suffix}", at=tmp_path)

    assert reading.problems == []
    assert [page.versions for page in reading.pages] == [(name, "0.9") if name else ("0.9",)]
    assert texts(reading) == ([] if name else [("x",)])


@pytest.mark.parametrize("text", ["", "# Python 3\n", "Words\n-----\n\n1.0 is here.\n", "# Things to do in 2026\n"])
def test_no_versions(text: str, tmp_path: Path) -> None:
    assert [str(problem.code) for problem in read(text, at=tmp_path).problems] in (["not-a-changelog"], ["empty"])


def test_a_line_says_that_a_version_is_not_released(tmp_path: Path) -> None:
    text = "## Version 2.1\n\nUnreleased\n\n- a\n\n## Version 2.0\n\nReleased 2026-03-05\n\n- b\n"
    reading = read(text, at=tmp_path)
    assert texts(reading) == [("a",)]
    assert "Released 2026-03-05" in reading.pages[0].text


def test_a_version_that_the_user_names(tmp_path: Path) -> None:
    reading = read("## 2.0 (2026-03-05)\n\n- b\n", unreleased=("2.0",), at=tmp_path)
    assert texts(reading) == [("b",)]
    assert reading.pages == []


def test_kinds_in_bold_words_and_paragraphs_with_lists(tmp_path: Path) -> None:
    text = (
        "dev\n---\n\n**Bugfixes**\n- One.\n\n**Not a kind**\n\n"
        "Three things:\n\n- a\n- b\n\nAnd one more.\n\n0.9\n---\n- old\n"
    )
    assert texts(read(text, at=tmp_path)) == [
        ("Bugfixes", "One."),
        ("Bugfixes", "**Not a kind**\n\nThree things:\n\n- a\n\n- b"),
        ("Bugfixes", "And one more."),
    ]


RST = """\
.. This is a comment.

=======
History
=======

.. _next:

Unreleased
----------

* Fixed `bug 3`_, with |that|.

  More of it.

.. _bug 3: https://gannet.example/3
.. |that| replace:: this

.. _old:

1.0 (2026-01-12)
----------------

Like `bug 3`_.
"""


def test_a_page_of_rst(tmp_path: Path) -> None:
    """Labels stay with their version; what the rest uses of what is cut comes along."""
    reading = read(RST, "HISTORY.rst", at=tmp_path)
    assert texts(reading) == [
        (
            "Fixed `bug 3`_, with |that|.\n\nMore of it.\n\n"
            ".. _bug 3: https://gannet.example/3\n.. |that| replace:: this",
        )
    ]
    assert reading.pages[0].text == (
        ".. This is a comment.\n\n=======\nHistory\n=======\n\n"
        ".. _history-1.0:\n\n.. _old:\n\n1.0 (2026-01-12)\n----------------\n\nLike `bug 3`_.\n\n"
        ".. _bug 3: https://gannet.example/3\n"
    )


def test_a_page_without_a_title_gets_one(tmp_path: Path) -> None:
    assert (
        read("1.0\n===\n\n* x\n", "HISTORY.rst", at=tmp_path)
        .pages[0]
        .text.startswith("###############\nRelease history\n###############\n\n.. _history-1.0:\n\n1.0\n===\n")
    )
    assert (
        read("# 1.0\n\n- x\n", at=tmp_path)
        .pages[0]
        .text.startswith("Release history\n===============\n\n.. _history-1.0:\n\n1.0\n----\n")
    )


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("It works.", "It works. (#1)"),
        ("Two\nlines.", "Two\nlines. (#1)"),
        ("- item", "- item\n\n(#1)"),
        ("Code::\n\n    x", "Code::\n\n    x\n\n(#1)"),
        (".. note:: x", ".. note:: x\n\n(#1)"),
        ("", "(#1)"),
    ],
)
def test_numbers_of_issues(text: str, result: str) -> None:
    assert with_words(Text(text, 1, 1), "(#1)").value == result


_LINE = st.sampled_from(
    [
        "1.0",
        "Unreleased",
        "====",
        "----",
        "* x",
        "- y",
        "  more",
        ".. _a: b",
        ".. |x| replace:: y",
        "..",
        "",
        "`a`_",
        "::",
    ]
)


@given(st.lists(_LINE, max_size=30))
def test_any_lines(lines: list[str]) -> None:
    """Pieces are in order, do not overlap, and have the lines of the source."""
    end = 1
    for piece in pieces_of_rst("\n".join(lines)):
        assert end <= piece.text.line < piece.end <= len(lines) + 1
        end = piece.end
