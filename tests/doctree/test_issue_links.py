"""Numbers of issues and changes that become links."""

from __future__ import annotations

import time

import pytest
from docutils import nodes

from sphinxext.digest.doctree.guard import ReleaseNotesGuard
from sphinxext.digest.doctree.issue_links import IssueLinks
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import Text
from sphinxext.digest.settings.release_notes import issue_links

LINKS = issue_links(
    {
        "#{number}": "https://e.org/i/{number}",
        "LP#{number}": "https://bugs.e.org/{number}?a=%20",
        "Closes-Bug: #{number}": "https://closes.e.org/{number}",
        "[{number}]": "https://brackets.e.org/{number}",
        "{change}": "https://review.e.org/q/{change}",
    }
)


def links(text: str) -> list[tuple[str, str]]:
    """The words and the addresses of the links; the text must stay the same."""
    paragraph = nodes.paragraph("", "", nodes.Text(text))
    IssueLinks(LINKS).add_to([paragraph])
    assert paragraph.astext() == text
    return [(link.astext(), link["refuri"]) for link in paragraph.findall(nodes.reference)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Fixed #12.", [("#12", "https://e.org/i/12")]),
        ("#1", [("#1", "https://e.org/i/1")]),
        ("(#1, #2)", [("#1", "https://e.org/i/1"), ("#2", "https://e.org/i/2")]),
        ("See LP#3", [("LP#3", "https://bugs.e.org/3?a=%20")]),
        ("Closes-Bug: #4", [("Closes-Bug: #4", "https://closes.e.org/4")]),
        ("as in [5],", [("[5]", "https://brackets.e.org/5")]),
        ("I0123abcdef in", [("I0123abcdef", "https://review.e.org/q/I0123abcdef")]),
        (f"I{'0a' * 20}", [(f"I{'0a' * 20}", f"https://review.e.org/q/I{'0a' * 20}")]),
        (f"I{'0a' * 20}b", []),
        ("#12a", []),
        ("a#12", []),
        ("page#12 &#12; /#12 ##12", []),
        ("#1234567890123", []),
        ("# 12 and #", []),
        ("Ideas and I012", []),
    ],
)
def test_texts(text: str, expected: list[tuple[str, str]]) -> None:
    assert links(text) == expected


def test_code_formulas_and_links_stay() -> None:
    text = "#1"
    parts: list[nodes.Node] = [
        nodes.paragraph("", "", nodes.literal("", text), nodes.math("", text)),
        nodes.paragraph("", "", nodes.reference("", "", nodes.emphasis("", text), refuri="https://e.org")),
        nodes.literal_block("", text),
        nodes.bullet_list("", nodes.list_item("", nodes.paragraph("", "", nodes.strong("", text)))),
    ]
    IssueLinks(LINKS).add_to(parts)
    found = [link["refuri"] for part in parts for link in part.findall(nodes.reference)]
    assert found == ["https://e.org", "https://e.org/i/1"]


def parsed(text: str) -> list[nodes.Node]:
    return list(TextParser(ReleaseNotesGuard()).blocks(Text(text, 1, 1), "note.yaml", "note"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("Fixed #1.", "Fixed `#1 <https://e.org/i/1>`__."),
        ("``#1``, `a #1 <https://x.org>`__, :ref:`#1`", "``#1``, `a #1 <https://x.org>`__, :ref:`#1`"),
        ("``#1`` and (#2)", "``#1`` and (`#2 <https://e.org/i/2>`__)"),
        ("*as #1 says*, #2", "*as #1 says*, `#2 <https://e.org/i/2>`__"),
        ("Run::\n\n  make #1\n\nfor LP#3", "Run::\n\n  make #1\n\nfor `LP#3 <https://bugs.e.org/3?a=%20>`__"),
        ("A\n\n* #2", "A\n\n* `#2 <https://e.org/i/2>`__"),
        ("I0123abcdef", "`I0123abcdef <https://review.e.org/q/I0123abcdef>`__"),
        ("as in [5]", "as in `[5] <https://brackets.e.org/5>`__"),
        ("Nothing", "Nothing"),
    ],
)
def test_links_in_the_source(source: str, expected: str) -> None:
    assert IssueLinks(LINKS).in_source(source, parsed) == expected


def test_many_numbers_take_no_time_of_their_own() -> None:
    start = time.process_time()
    IssueLinks(LINKS).in_source("``#1`` #1 " * 300, parsed)
    assert time.process_time() - start < 20


def test_nothing_to_link() -> None:
    paragraph = nodes.paragraph("", "#1")
    IssueLinks(()).add_to([paragraph])
    assert not list(paragraph.findall(nodes.reference))


@pytest.mark.parametrize("worst", ["#", "#1", "LP", "Closes-Bug: ", "I0", "[1", "#1234567890123 "])
def test_any_text_takes_time_with_its_length(worst: str) -> None:
    text = worst * (1_000_000 // len(worst))
    start = time.process_time()
    links(text)
    assert time.process_time() - start < 20
