"""Which lines are headings of notes."""

from __future__ import annotations

import pytest

from sphinxext.digest.gather.importer.html import blocks_of_html
from sphinxext.digest.gather.importer.layout import blocks_of_text
from sphinxext.digest.gather.importer.sections import PostSection, join_parts, sections_of

CONTEST = """\
A Contest for Lamps

We look for a lamp to hang above the door. Here is your chance to draw it.

Send it in by Friday.

Rules:

  • It is your own work.
  • It has three colours at most.

Prizes:

  • A lamp for the winner.

The small print:

  • One lamp for each person.
"""


def titles(text: str) -> list[str]:
    return [section.title for section in sections(text)]


def sections(text: str) -> list[PostSection]:
    if text.startswith("<"):
        blocks, heads, _ = blocks_of_html(text, 1)
        return join_parts(sections_of(blocks, heads=heads))
    return join_parts(sections_of(blocks_of_text(text.split("\n"), 1), heads=False))


def mail(text: str) -> str:
    """The layout of mails: bullets in the first column, directly below their headings."""
    return (
        text.replace("Lamps\n\n", "Lamps\n")
        .replace(":\n\n  • ", ":\n* ")
        .replace("\n\n  • ", "\n* ")
        .replace("  • ", "* ")
    )


@pytest.mark.parametrize("form", [str, mail])
def test_short_paragraphs_with_a_colon_are_no_headings(form: type[str]) -> None:
    text = form(CONTEST)
    assert titles(text) == ["A Contest for Lamps"]
    [section] = sections(text)
    words = " ".join(block.plain for block in section.body)
    for label in ("Rules:", "Prizes:", "The small print:"):
        assert label in words
    more = form(f"{CONTEST}\nOil\n\n  • It is here.\n\nWicks\n\n  • They are, too.\n")
    assert titles(more) == ["A Contest for Lamps", "Oil", "Wicks"]


def test_on_a_page() -> None:
    page = (
        "<p>Here is your chance to draw a lamp.</p><p>Rules:</p><ul><li>One.</li></ul><p><b>Prizes:</b></p>"
        "<ul><li>Two.</li></ul><p>Print:</p><ul><li>Three.</li></ul>"
    )
    assert titles(f"<h2>A Contest</h2>{page}") == ["A Contest"]
    assert titles(f"<p><b>A Contest</b></p>{page}") == ["A Contest"]
    assert titles(page) == [""]
    assert titles("<h2>Rules:</h2><p>a</p><h2>Prizes</h2><p>b</p><h2>Print:</h2><p>c</p>") == [
        "Rules:",
        "Prizes",
        "Print:",
    ]


def test_a_text_that_begins_without_a_heading() -> None:
    assert titles(CONTEST.partition("\n")[2]) == [""]


def test_headings_that_are_all_written_so_are_headings() -> None:
    assert titles("Wicks:\n\n  • One. Two.\n\nOil:\n\n  • Three. Four.\n") == ["Wicks:", "Oil:"]
    assert titles("SuccessBot Says\n\n  • a: b\n\nWicks:\n\n  • One. Two.\n\nOil:\n\n  • Three. Four.\n") == [
        *("SuccessBot Says", "Wicks:", "Oil:")
    ]
    text = "Hello, here is the digest of the week.\n\nWicks:\n\n  • One. Two.\n  • Full thread\n\nOil:\n\n  • Three.\n"
    assert titles(text) == ["", "Wicks:", "Oil:"]


def test_what_a_label_does_not_belong_to() -> None:
    """Neither to a thread that has its last line, nor to successes, nor to another label."""
    closed = "Wicks\n\n  • One. Two.\n  • Full thread: https://e.org/1\n\nOil:\n\n  • Three. Four.\n"
    assert titles(closed) == ["Wicks", "Oil:"]
    known = (
        "SuccessBot Says\n\n  • a: b\n\nOil:\n\n  • Three. Four.\n\nMore oil:\n\n  • Five.\n\nWicks\n\n  • One. Two.\n"
    )
    assert titles(known) == ["SuccessBot Says", "Oil:", "More oil:", "Wicks"]
    assert titles("Wicks\n\n  • One. Two.\n\nSuccesses:\n\n  • a: b\n\nCountdown R-3:\n\n  • c\n") == [
        *("Wicks", "Successes:", "Countdown R-3:")
    ]
    thread = "Wicks\n\nA story of wicks.\n\nOil:\n\n  • Three. Four.\n  • Full thread: https://e.org/1\n"
    assert titles(thread) == ["Wicks", "Oil:"]


def test_a_label_directly_below_a_heading() -> None:
    [section] = sections("A Contest\n\nRules:\n\n  • One.\n\nPrizes:\n\n  • Two.\n")
    assert [block.plain for block in section.body] == ["Rules:", "One.", "Prizes:", "Two."]
