"""The reading time."""

from __future__ import annotations

import pytest
from docutils import nodes

from sphinxext.digest.doctree.lines import length, minutes_words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("one two, three", 3),
        # as much as four words
        ("日本語の文章です。十字", 4),
        ("Sphinx の使い方", 3),
        ("한국어 문장", 2),
    ],
)
def test_length(text: str, expected: int) -> None:
    assert length([nodes.paragraph("", text)]) == expected


def test_what_is_for_one_format_alone_is_not_counted() -> None:
    raw = nodes.raw("", "<b>one two</b>", format="html")
    assert length([nodes.paragraph("", "", nodes.Text("three "), nodes.emphasis("", "four"), raw)]) == 2


@pytest.mark.parametrize(("number", "expected"), [(0, "1 minute"), (290, "1 minute"), (310, "2 minutes")])
def test_minutes(number: int, expected: str) -> None:
    assert minutes_words(number) == f"{expected} to read"
