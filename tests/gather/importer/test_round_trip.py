"""A mail in the canonical layout comes out of a report as it was."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("docutils")

from sphinxext.digest.text.width import NO_BREAK, wrap

from .reporting import import_files, report

HEADER = """\
From: Ann Writer <ann@example.org>
Subject: [example-dev] Example Mailing List Digest November 28 to December 4
Date: Sat, 05 Dec 2015 10:00:00 +0000
MIME-Version: 1.0
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: 8bit

"""

#: Words of texts, many of which are markup to somebody.
REFERENCES = "§¶†‡¤"
WORDS = st.sampled_from(
    [
        *("[§]", "[¶].", "[†][‡]", "word[¤]", "([§])", "“[¶]”", "[†]-[‡]", "[§]"),
        *("the", "gate", "is", "a", "broken", "release", "of", "libraries.", "Übung", "“quoted”", "(see", "below)"),
        *("team's", "nova:", "10.0.0", "e.g.", "I", "really?", "long-words-with-hyphens", "x", "tag:example"),
        *("*not*", "**very**", "`code`", "``x``", "|sub|", "foo_", "foo__", "_bar", "foo_bar", "`a`_", "[1]_", "[a]"),
        *("\\", "\\o/", "*", "-", "+", "--", "::", "x::", "..", ".._", "|", ":", ":role:`x`", "a.", "1)", "#", "@me"),
        *("http://example.org/a_b", "https://example.org/x_?y=(1)", "mail@example.org", "<b>", "&amp;", "{x}", "~"),
        *("漢字", "é", "/path/to", "==", "____", "=>", "i.", "(iv)", "PEP", "RFC", "2822", "[#]_", "'", '"', "^", "$"),
    ]
)
FIRST = st.sampled_from(
    ["Teams", "the", "1.", "*not*", "a.", "..", "`x`", "“Now”", "Übung", ":field:", "--long", "|", ">>>"]
)
TEXT = st.builds(lambda first, rest: " ".join([first, *rest]), FIRST, st.lists(WORDS, max_size=30))
HEADING = st.builds(
    lambda words: " ".join(["Topic", *words]),
    st.lists(st.sampled_from(["of", "*x*", "foo_", "Gate:", "and", "CI?"]), max_size=6),
)
NICKS = st.sampled_from(["ttx", "dims_", "o-k", "*star", "a.b"])


def tree(depth: int) -> st.SearchStrategy[list[tuple[str, list]]]:
    below = st.just([]) if depth == 4 else st.one_of(st.just([]), st.deferred(lambda: tree(depth + 1)))
    return st.lists(st.tuples(TEXT, below), min_size=1, max_size=3)


def bullets(items: list[tuple[str, list]], level: int = 0) -> list[str]:
    lines = []
    indent = "  " * level
    for text, below in items:
        lines += [indent + line for line in wrap(text, "*-+*"[level] + " ", "  ", 79 - len(indent))]
        lines += bullets(below, level + 1)
    return lines


def numbered(body: str) -> str:
    """A digest whose references have their numbers, by first appearance, with the list at the end."""
    order = list(dict.fromkeys(character for character in body if character in REFERENCES))
    for number, character in enumerate(order, 1):
        body = body.replace(f"[{character}]", f"[{number}]")
    lines = [f"[{number}] - https://example.org/{ord(character)}/a_(b)_" for number, character in enumerate(order, 1)]
    return body + "".join(f"{line}\n" for line in ["", *lines]) if lines else body


def thread(heading: str, items: list[tuple[str, list]], url: bool) -> list[str]:
    last = ["* Full thread: https://lists.example.org/archives/2015-December/" + "x" * 40] if url else []
    return [*wrap(heading), *bullets(items), *last]


def successes(heading: str, items: list[tuple[str, str]], closing: list[str]) -> list[str]:
    lines = [line for nick, text in items for line in wrap(f"{nick}: {text}", "* ", "  ")]
    return [
        heading,
        *lines,
        *[line for text in closing for line in wrap(text.replace("All: ", f"All:{NO_BREAK}"), "* ", "  ")],
    ]


def story(heading: str, paragraphs: list[str]) -> list[str]:
    lines = wrap(heading)
    for number, text in enumerate(paragraphs):
        lines += [*([""] if number else []), *wrap(text)]
    return lines


def items(heading: str, lines: list[tuple[str, bool]]) -> list[str]:
    return [
        *wrap(heading),
        *(line for text, ref in lines for line in wrap(f"{text} [¤]" if ref else text, "* ", "  ")),
    ]


def countdown(heading: str, parts: list[list[tuple[str, list]]], url: bool) -> list[str]:
    lines = [heading]
    for label, part in zip(("Focus", "General Notes", "Release Actions", "Important Dates"), parts, strict=True):
        lines += [f"* {label}:", *bullets(part, 1)]
    return lines + (["* Full thread: https://lists.example.org/archives/2015-December/1.html"] if url else [])


SHORT = st.builds(
    " ".join, st.lists(st.sampled_from(["API", "guide_", "*for*", "10.0.", "a_b", "v2"]), min_size=1, max_size=5)
)
COUNTDOWNS = [
    "Release Countdown For Week R-17, Dec 7-11",
    "Release countdown for week R-17, Dec 7-11",
    "Count Down R-17",
    "Release Countdown for the mitaka cycle",
]
CLOSINGS = st.lists(
    st.sampled_from(["All: https://example.org/wiki/Successes", "All Successes", "All", "Tell us yours via IRC."]),
    max_size=2,
    unique=True,
)
SECTIONS = st.lists(
    st.one_of(
        st.builds(thread, HEADING, tree(1), st.booleans()),
        st.builds(thread, HEADING, tree(1), st.just(True)),
        st.builds(story, HEADING, st.lists(TEXT, min_size=1, max_size=3)),
        st.builds(items, HEADING, st.lists(st.tuples(SHORT, st.booleans()), min_size=1, max_size=4)),
        st.builds(countdown, st.sampled_from(COUNTDOWNS), st.lists(tree(2), min_size=4, max_size=4), st.booleans()),
    ),
    min_size=1,
    max_size=4,
)
DIGESTS = st.builds(
    lambda first, rest: numbered("\n\n".join("\n".join(section) for section in [*first, *rest]) + "\n"),
    st.lists(
        st.builds(
            successes,
            st.sampled_from(["Success Bot Says", "SuccessBot Says"]),
            st.lists(st.tuples(NICKS, TEXT), min_size=1, max_size=3),
            CLOSINGS,
        ),
        max_size=1,
    ),
    SECTIONS,
)


def round_trip(body: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        file = root / "mail.eml"
        file.write_text(HEADER + body, encoding="utf-8")
        import_files(root, file)
        return report(root, "2015-12-04")


@settings(suppress_health_check=list(HealthCheck))
@given(DIGESTS)
def test_mails_come_out_as_they_were(body: str) -> None:
    assert round_trip(body) == body
