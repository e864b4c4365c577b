"""Text of others never is markup: docutils reads it as the very same text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("docutils")

from docutils import nodes

from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.gather.importer import Block, Form, Post, Words, clean
from sphinxext.digest.gather.importer.references import References, body_rst
from sphinxext.digest.model import Text
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text import rst as escape

#: Characters that mean something to docutils, and a few others.
CHARACTERS = st.sampled_from("`*_|\\:<>[]()#.-+=~^'\"/{}&%$!?,;@ \t1aixZé“”–漢\u00a0😀")
PIECES = st.sampled_from(
    [
        *("``", "`x`__", ".. raw:: html", "|x|", "x_", "__", "::", ":ref:`x`"),
        *("http://e.org/_", "mailto:a@b.org", "https:"),
        *("[1]_", "[#]_", "[x]_", ".. _a: b", "a@b.org", "javascript:x", "file:///etc/passwd"),
        *("  ", "\\ ", ">>> 1", "--x"),
    ]
)
TEXTS = st.lists(st.one_of(CHARACTERS, PIECES, st.text(max_size=3)), max_size=25).map("".join)


def parse(rst: str) -> list[nodes.Node]:
    parser = TextParser(guard_of(Settings()))
    parts = parser.blocks(Text(rst, 1, 1), "x.yaml", "x")
    assert parser.problems == []
    return parts


@given(TEXTS)
def test_paragraph(text: str) -> None:
    text = " ".join(clean(text.replace("\n", " ").replace("\r", " ")).split())
    if not text:
        return
    parts = parse("\n".join(escape.filled(escape.begun(escape.escaped(text)), 0)))
    assert [type(part) for part in parts] == [nodes.paragraph]
    assert parts[0].astext().replace("\n", " ") == text
    for node in parts[0].findall(nodes.Element):
        assert node is parts[0] or (isinstance(node, nodes.reference) and node["refuri"].endswith(node.astext()))


@given(TEXTS, TEXTS)
def test_link(before: str, text: str) -> None:
    before, text = (" ".join(clean(part.replace("\n", " ").replace("\r", " ")).split()) for part in (before, text))
    if not text or text.startswith("<"):
        return
    url = "https://example.org/a_b_?x=`1`&y=(z)*_"
    rst = escape.begun(escape.joined([(escape.escaped(before), False), (escape.link(text, url), True)]))
    parts = parse(rst)
    links = [node for node in parts[0].findall(nodes.reference) if node["refuri"] == url]
    assert len(links) == 1
    assert links[0].astext() == text
    assert parts[0].astext() == before + text


@given(st.lists(st.tuples(st.sampled_from(list(Form)), st.integers(1, 4), TEXTS), max_size=8))
def test_blocks(found: list[tuple[Form, int, str]]) -> None:
    blocks = []
    for form, level, text in found:
        words = " ".join(clean(text.replace("\n", " ").replace("\r", " ")).split())
        if words:
            blocks.append(Block(form, Words.of(words), 1, 0 if form is Form.HEADING else level))
    if not blocks:
        return
    rst = body_rst(blocks, References(Post("x", blocks), []))
    shown = " ".join(part.astext() for part in parse(rst))
    assert shown.split() == " ".join(block.plain for block in blocks).split()


@pytest.mark.parametrize("number", [1, 2, 4, 9])
def test_backslashes_alone_are_a_paragraph(number: int) -> None:
    parser = TextParser(guard_of(Settings()))
    (paragraph,) = parser.blocks(Text(escape.begun(escape.escaped("\\" * number)), 1, 1), "f", "a")
    assert isinstance(paragraph, nodes.paragraph)
    assert paragraph.astext() == "\\" * number
    assert parser.problems == []


def test_where_lines_end() -> None:
    assert escape.filled(f"{'a' * 39} {'b' * 39}", 0) == [f"{'a' * 39} {'b' * 39}"]
    assert escape.filled(f"{'a' * 39} {'b' * 40}", 0) == ["a" * 39, "b" * 40]
    links = "`a <https://e.org/>`__ `b <https://e.org/>`__"
    assert escape.filled(f"{links} {'w' * 40}", 0) == [links, "w" * 40]


def test_an_indent_takes_room() -> None:
    assert escape.filled(f"{'a' * 37} {'b' * 37}", 4) == [f"{'a' * 37} {'b' * 37}"]
    assert escape.filled(f"{'a' * 37} {'b' * 38}", 4) == ["a" * 37, "b" * 38]


def test_what_stays_together_on_a_line() -> None:
    """A line ends at one space before a letter or a digit, and outside of links."""
    first = "w" * 70
    assert escape.filled(f"{first} -------- dashes", 0) == [f"{first} --------", "dashes"]
    assert escape.filled(f"{first} (in brackets)", 0) == [f"{first} (in", "brackets)"]
    assert escape.filled(f"{first}  two-spaces", 0) == [f"{first}  two-spaces"]
    assert escape.filled(f"{first}\\ escaped", 0) == [f"{first}\\ escaped"]
    one, two = "`a link of words <https://e.org/>`__", "`another of them <https://e.org/>`__"
    assert escape.filled(f"{first} {one} end", 0) == [f"{first} {one}", "end"]
    assert escape.filled(f"{first} word {one} {two} {first} 1", 0) == [first, f"word {one} {two}", f"{first} 1"]
    # a sign that is escaped begins no link
    assert escape.filled(f"{first} \\` and some more", 0) == [f"{first} \\` and", "some more"]
    assert escape.filled("", 0) == [""]


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([("see", False), ("`x <u>`__", True)], "see\\ `x <u>`__"),
        ([("see ", False), ("`x <u>`__", True), (".", False)], "see `x <u>`__."),
        ([("`x <u>`__", True), ("s", False)], "`x <u>`__\\ s"),
        ([("`x <u>`__", True), ("", False), ("`y <u>`__", True)], "`x <u>`__\\ `y <u>`__"),
        ([("a *", False), ("b", False)], "a \\*b"),
        ([("a *", False), (" b", False)], "a * b"),
        ([("a", False), ("b", False)], "ab"),
        ([("a *", False), ("b", False), ("c", False)], "a \\*bc"),
        ([("a", False), ("b *", False), ("c", False)], "ab \\*c"),
        ([("a", False), ("b ", False), ("`x <u>`__", True), (",", False), ("c", False)], "ab `x <u>`__,c"),
        ([], ""),
    ],
)
def test_pieces_are_joined(pieces: list[tuple[str, bool]], expected: str) -> None:
    assert escape.joined(pieces) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("- x", "\\- x"), ("1. x", "\\1. x"), ("a) x", "\\a) x"), ("iv. x", "\\iv. x"), ("12.", "\\12.")),
        *(("1.5 x", "1.5 x"), ("word. x", "word. x"), ("“x”", "“x”"), ("`x`__", "`x`__"), ("", "")),
        *(("ends::", "ends:\\:"), ("ends:", "ends:"), ("\\*x", "\\*x"), ("\\\\", "\\ \\\\"), ("(x) y", "\\(x) y")),
    ],
)
def test_beginnings_of_paragraphs(text: str, expected: str) -> None:
    assert escape.begun(text) == expected


@pytest.mark.parametrize(
    "line",
    ["- x", "\u2022 x", "1. x", "a) x", "(iv) x", "#. x", ">>> x", ":x y", "| x", ".. x", "__ x", "====", "= =", "-x"],
)
def test_a_line_that_would_be_no_paragraph(line: str) -> None:
    assert escape.as_paragraph(line) == f"\\ {line}"
    assert [part.astext() for part in parse(escape.as_paragraph(line))] == [line]


@pytest.mark.parametrize("line", ["x - y", "(x y", "a.b", ": x", "..x", "_x", "|x", "==x", "plain"])
def test_a_line_that_is_a_paragraph(line: str) -> None:
    assert escape.as_paragraph(line) == line


def test_a_line_that_would_begin_a_literal_block() -> None:
    assert escape.as_paragraph("look::") == "look\\::"
    assert [part.astext() for part in parse(escape.as_paragraph("look::"))] == ["look::"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see :ref:`x`.", "see x."),
        (":ref:`some text <target>` and :doc:`/page`", "some text and /page"),
        (":py:func:`~a.b` :meth:`!c_`", "a.b c\\_"),
        (":code:`x` :Literal:`y`", ":code:`x` :Literal:`y`"),
        ("\\:ref:`x` a:ref:`x` `x`", "\\:ref:`x` a:ref:`x` `x`"),
    ],
)
def test_roles_of_others_are_their_words(text: str, expected: str) -> None:
    assert escape.without_roles(text) == expected
