"""A text that is said to be plain must be for docutils what is made of it without docutils: one paragraph of text."""

from __future__ import annotations

import re

import pytest
from docutils import nodes
from docutils.frontend import get_default_settings
from docutils.parsers.rst import Parser
from docutils.utils import new_document
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sphinxext.digest.text.rst import as_paragraph, is_plain

#: Characters of markup, similar ones, and white space that some programs take for the end of a line.
PIECES = (
    *"abiVX1905éß中²½٣Ⅳ ",
    *".,:;!?()[]{}<>“”‘’«»„'\"`*|_\\@/-–—=~+#$%&^…",
    *"\n\t\r\v\f\x1c\x1d\x1e\x85\u2028\u2029\xa0\u200b\u3000\ufeff\x00",
    *("::", "--", ": ", " :", "//", "..", ".. ", "...", "==", "====", "~~~~", "* ", "- ", "+ ", "| ", ">>> ", ":a: "),
    *("http", "https:", "mailto:", "www.", "tel:1", "h323:2", "x@y.example", "PEP", "RFC", "PEP 8", "RFC 2822"),
    *(
        "a. ",
        "1) ",
        "(a) ",
        "iv. ",
        "#. ",
        "e.g.",
        "i.e. ",
        "10:30",
        "ttx: ",
        "  ",
        " \n",
        "\n ",
        "\n\n",
        "[1]_",
        "a_",
    ),
)


def parsed(text: str) -> tuple[list[nodes.Node], list[str]]:
    """Return the nodes that docutils makes of a text, with all its messages of any level."""
    configuration = get_default_settings(Parser)
    configuration.report_level, configuration.halt_level, configuration.warning_stream = 1, 6, False
    configuration.pep_references = configuration.rfc_references = True
    document = new_document("text", configuration)
    messages: list[str] = []
    document.reporter.attach_observer(lambda message: messages.append(message.astext()))
    Parser().parse(text, document)
    return document.children, messages


def assert_is_one_text(text: str) -> None:
    blocks, messages = parsed(text)
    assert messages == []
    assert [type(block) for block in blocks] == [nodes.paragraph]
    assert [type(child) for child in blocks[0].children] == [nodes.Text]
    assert blocks[0].astext() == text


@settings(max_examples=3000)
@given(st.sampled_from("aAiV1é中“"), st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
def test_no_markup_is_taken_for_plain(begin: str, rest: str) -> None:
    text = begin + rest
    if is_plain(text):
        assert_is_one_text(text)


@settings(max_examples=500)
@given(st.text(min_size=1, max_size=40))
def test_no_text_of_any_characters_is_wrongly_taken_for_plain(text: str) -> None:
    if is_plain(text):
        assert_is_one_text(text)


#: Words as people write them, with punctuation at their ends.
WORDS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "(", "“", "'", '"', "‘", "-", "#", "$", "~", "/"]),
    st.sampled_from(
        (
            *("a", "I", "V", "9", "iv", "xx", "A.B", "e.g", "10:30", "9:05:30", "1:1", "http:9"),
            *("tel:1", "news:2", "H323:1", "a:1", "mid-2015", "1.0.0", "don't", "x/y", "www.x"),
        )
    ),
    st.sampled_from(["", "", "", ",", ".", ":", ";", ")", "?", "!", "”", "'", '"', "...", "::"]),
)
LINES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)


@settings(max_examples=1500)
@given(st.lists(LINES, min_size=1, max_size=3).map("\n".join))
@example("http:9")
@example("tel:112 is answered")
@example("Moved h323:1 to the attic")
@example("a\n= b")
@example("A. Nother is welcome")
@example("1. First")
@example("i) is a numeral")
@example("See\nhttp://example.org")
def test_no_prose_is_wrongly_taken_for_plain(text: str) -> None:
    if is_plain(text):
        assert_is_one_text(text)


@pytest.mark.parametrize("space", sorted(set(re.findall(r"\s", "".join(map(chr, range(0x110000))))) | {"\x00"}))
def test_white_space_that_docutils_changes_is_not_plain(space: str) -> None:
    for text in (f"a{space}b", f"a{space}", f"a {space}\nb", f"a\n{space}b"):
        if is_plain(text):
            assert_is_one_text(text)


@pytest.mark.parametrize(
    "text",
    [
        "Got reno in all keystone projects.",
        "ttx: Nova mitaka-1 (13.0.0.0b1) published!",
        "We meet at 10:30, or at 9:05:30.",
        "“Quoted” from the beginning",
        "Über alles, über Grenzen — 中文 too",
        "Two lines\nof one paragraph",
        "e.g. this one",
        "Don't panic; it's 50% done & dusted",
    ],
)
def test_usual_lines_need_no_parser(text: str) -> None:
    assert is_plain(text)
    assert_is_one_text(text)


@pytest.mark.parametrize(
    "text",
    [
        *("*a*", "`a`", "``a``", "|a|", "a_", "[1]_", "a\\ b", "x@y.example", "http://example.org", "<a>", "Code::"),
        *(
            "* a",
            "- a",
            "+ a",
            "#. a",
            "1. a",
            "a) b",
            "(a) b",
            "| a",
            "> a",
            ">>> a",
            ":a: b",
            ".. a",
            "-a b",
            "/a b",
        ),
        *("a\n=", "a\n===", "a\n  b", "a\n\nb", "===\na\n===", "a -- b", "PEP 8", "RFC 2822", " a", "a ", "", "\n"),
    ],
)
def test_what_may_be_markup_is_not_plain(text: str) -> None:
    assert not is_plain(text)


#: Lines of people that docutils takes for a list, options, quotes, a heading or something else.
LINES = (
    *(
        "1. Alpha",
        "2026. A year",
        "A. Smith elected",
        "M. Curie joins",
        "I. Introduction",
        "(a) first",
        "3) third",
        "#. x",
    ),
    *(
        "(iv) x",
        "e. g. that",
        "a)",
        "- dash",
        "-",
        "+ plus",
        "* star",
        "*",
        "\u2022 x",
        "\u2023 x",
        "\u2043 x",
        "--",
        "| bar",
        "|",
    ),
    *(
        "-f option is gone",
        "--verbose is gone",
        "-o FILE works",
        "--file=X  y",
        "-f, --file x",
        "/V is gone",
        "> quoted",
    ),
    *(":field: value", ":a b: c", ">>> 1", ".. dots", "..", "...and more", "__ x", "__", "::", "so it is::", "==="),
    *("=====  ====", "+--+", "+==+", "-----", "~~", "!!!!", ".. note:: x", ".. [1] x", ".. _a: b"),
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_is_a_paragraph(line: str) -> None:
    blocks, messages = parsed(as_paragraph(line))
    assert messages == []
    assert [(type(block), block.astext()) for block in blocks] == [(nodes.paragraph, line)]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join))
def test_any_line_is_a_paragraph(text: str) -> None:
    line = " ".join(text.replace("\0", "").split())
    if not line:
        return
    blocks, _ = parsed(as_paragraph(line))
    assert [type(block) for block in blocks if not isinstance(block, nodes.system_message)] == [nodes.paragraph]


@pytest.mark.parametrize("line", ["Plain", "With *stress*", "*Stress* first", "`a <b>`__", "“Quoted”"])
def test_most_lines_stay_as_they_are(line: str) -> None:
    assert as_paragraph(line) == line
