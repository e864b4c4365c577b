"""Words are wrapped by the columns that a terminal gives them."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import Text
from sphinxext.digest.render.text import text_lines
from sphinxext.digest.text.width import NO_BREAK, WIDTH, width_of, wrap

WORDS = st.text(st.sampled_from("abc xyz.,-é日本、。한👍🏽e\u0301\uff57"), max_size=200)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain ASCII",
        "Zoë",
        "Zoe\u0308",
        "日本語のテキスト",
        "\uff46\uff55\uff4c\uff4c \uff57\uff49\uff44\uff54\uff48",
        "ﾊﾝｶｸ",
        "한국어 텍스트",
        "中文、标点。",
        "🎉",
        "🎉🎉 done",
        "👍🏽",
        "👩‍👩‍👧‍👦",
        "👩‍👧 and words",
        "👍🏽👍🏽 and words",
        "🇳🇱 a 🇪🇺 words",
        "🇳🇱🇪🇺",
        "🇳🇱 🇪🇺",
        "❤️",
        "☎️ call",
        "1️⃣",
        "“quotes” – and… dashes",
        "עברית",
        "العربية",
        "हिन्दी"[:2],
        "zero\u200bwidth",
        "soft\u00adhyphen"[:4],
        "½ → ∞ ≤",
        "½ 🏳️‍🌈",
    ],
)
def test_width_is_that_of_a_terminal(text: str) -> None:
    assert width_of(text) == wcswidth(text)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("\x07é", 1),
        ("é\x1b[0m日\n", 6),
        ("é\x85\x9f", 1),
        (f"é{NO_BREAK}b", 3),
        (f"é{NO_BREAK}b\x07", 3),
        ("\x07\u0301", 0),
    ],
)
def test_control_characters_take_no_column(text: str, columns: int) -> None:
    assert width_of(text) == columns


def test_a_spacing_mark_that_combines_has_no_column() -> None:
    assert width_of("가\u302e") == 2


def test_a_space_that_does_not_break_has_a_column() -> None:
    assert width_of(f"é{NO_BREAK}é") == 3
    assert width_of(f"e{NO_BREAK}e") == 3


@given(WORDS, st.integers(10, 80))
def test_no_word_is_lost_or_broken(text: str, width: int) -> None:
    lines = wrap(text, "* ", "  ", width)
    assert lines[0].startswith("*")
    together = "".join(lines)[1:]
    assert re.sub(r"\s", "", together) == re.sub(r"\s", "", text)
    latin = [word for word in text.split() if word.isascii()]
    found = " ".join(lines).split()
    assert [word for word in latin if word not in found] == []


@given(WORDS, st.integers(10, 80))
def test_a_line_is_too_wide_only_for_one_word(text: str, width: int) -> None:
    for line in wrap(text, "* ", "  ", width):
        assert width_of(line) <= width or " " not in line[2:].strip()


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=12), max_size=40))
def test_lines_are_as_full_as_they_can_be(words: list[str]) -> None:
    lines = wrap(" ".join(words))
    assert " ".join(lines) == " ".join(words)
    for line, after in pairwise(lines):
        first = after.split()[0]
        fits = len(line) + 1 + len(first) <= WIDTH
        assert not fits or len(first) == 1, "a line has room for the next word"


def test_a_line_does_not_end_with_a_word_of_one_letter() -> None:
    assert wrap("and then there was a mail", width=20) == ["and then there was", "a mail"]
    # but for one that would be alone with a word that is too long
    assert wrap("see a 01234567890123456789", width=20) == ["see a", "01234567890123456789"]


def test_urls_and_what_is_joined_stay_whole() -> None:
    url = "https://example.org/" + "x" * 100
    assert wrap(f"See {url} there") == ["See", url, "there"]
    assert wrap(f"Full{NO_BREAK}thread:{NO_BREAK}{url}", "* ", "  ") == [f"* Full thread: {url}"]


def test_scripts_without_spaces_break_anywhere_but_before_a_closing_sign() -> None:
    assert wrap("日本語です。次", width=8) == ["日本語で", "す。次"]
    assert wrap("日本語で。次の文", width=8) == ["日本語", "で。次の", "文"]
    assert wrap("日本語abcdef", width=8) == ["日本語", "abcdef"]
    assert wrap("abcdef日本語", width=8) == ["abcdef日", "本語"]


#: Blocks with words that fill several lines, in the places of ``LONG``.
BLOCKS = {
    "paragraph": "LONG",
    "list": "* LONG\n* LONG\n\n  * LONG\n\n    LONG",
    "numbers": "9. LONG\n10. LONG\n\n    LONG",
    "definition": "LONG\n  LONG\n\n  LONG",
    "field": ":Field: LONG\n\n  LONG\n:Other: LONG",
    "option": "-a  LONG\n\n    LONG",
    "quote": "x\n\n    LONG\n\n    -- LONG",
    "verse": "| LONG\n|   LONG",
    "footnote": "[1]_\n\n.. [1] LONG\n\n   LONG",
    "note": ".. note:: LONG\n\n   LONG",
    "title": ".. admonition:: x\n\n   LONG",
    "picture": ".. image:: a.png\n   :alt: LONG",
}


@pytest.mark.parametrize("around", ["", "* ", "    "], ids=["alone", "in a list", "in a quotation"])
@pytest.mark.parametrize("name", BLOCKS)
def test_blocks_fill_their_lines(name: str, around: str) -> None:
    """No line is too long, and the next word never has room, whatever comes before."""
    source, letters = BLOCKS[name], "bcde"[: BLOCKS[name].count("LONG")]
    for letter in letters:
        source = source.replace("LONG", f"{letter}{letter} " * 60, 1)
    if around:
        source = "x\n\n" + around + source.replace("\n", "\n" + " " * len(around))
    parser = TextParser(Guard())
    blocks = parser.blocks(Text(source, 1, 1), "f", "n")
    assert parser.problems == []
    for width in range(40, 46):
        lines = text_lines(blocks, width)
        assert max(map(len, lines)) <= width
        for letter in letters:
            full = [line for line in lines if letter * 2 in line][:-1]
            assert full
            assert min(map(len, full)) + 3 > width
