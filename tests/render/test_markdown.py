"""The report in Markdown, read by a parser of CommonMark with GitHub's tables: text stays text."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import pytest
from docutils import nodes
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt

from sphinxext.digest.render.markdown import markdown_document

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXTS = st.text(st.sampled_from("ab1 *`_|\\:<>[](){}.,-#+=~'&;!/x\té日") | st.characters(codec="utf-8"), max_size=40)
OUTER = {"html", "body", "h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "br"}


def tree(markdown: str) -> html.HtmlElement:
    return html.document_fromstring(f"<body>{READER.render(markdown)}</body>")


def paragraph(*children: nodes.Node) -> html.HtmlElement:
    """The elements of a paragraph after it was Markdown, without those around it."""
    body = tree(markdown_document("T", [nodes.paragraph("", "", *children)]))
    (found,) = body.findall(".//p")
    return found


def line(text: str) -> str:
    text = "".join(char for char in text if char.isprintable() or char in " \t")
    return " ".join(text.split())


@given(TEXTS)
@example("# a")
@example("1. a")
@example("a_b_ _c_")
@example("![a](b)")
@example("&amp; &#38;")
@example("<b>")
@example("a\\")
@example("--- | ---")
@example("<!-- -->")
@example("[a]: b")
def test_text_is_itself_in_a_paragraph_an_item_a_title_and_a_cell(text: str) -> None:
    text = line(text)
    if not text:
        return
    for part in (
        nodes.paragraph("", text),
        nodes.bullet_list("", nodes.list_item("", nodes.paragraph("", text)), nodes.list_item("")),
        nodes.section("", nodes.title("", text), nodes.paragraph("", "Body")),
        table(text),
        nodes.line_block("", nodes.line("", "first"), nodes.line("", text), nodes.line("", "last")),
    ):
        body = tree(markdown_document("T", [part]))
        assert {node.tag for node in body.iter()} <= OUTER, body
        assert line(text) in [line(found) for found in body.itertext()], READER.render(markdown_document("T", [part]))


def table(text: str) -> nodes.table:
    rows = [nodes.row("", nodes.entry("", nodes.paragraph("", cell))) for cell in ("head", text)]
    group = nodes.tgroup("", nodes.colspec(), nodes.thead("", rows[0]), nodes.tbody("", rows[1]), cols=1)
    return nodes.table("", group)


@given(TEXTS)
def test_code_is_itself(text: str) -> None:
    text = line(text)
    if text:
        code = paragraph(nodes.literal("", text)).find("code")
        assert code is not None
        assert code.text == text


@given(TEXTS)
def test_a_literal_block_is_itself(text: str) -> None:
    text = text.replace("\x00", "").replace("\r", "").strip("\n")
    text = "".join(char for char in text if char.isprintable() or char in " \n")
    body = tree(markdown_document("T", [nodes.literal_block(text, f"x{text}")]))
    assert body.find(".//pre/code").text == f"x{text}\n"


@pytest.mark.parametrize(
    "url",
    ["https://e.org/(a)_b", "https://e.org/a)b", "https://e.org/`|\\*", "https://e.org/?a&amp;b", "mailto:a@b.c"],
)
@pytest.mark.parametrize("text", ["text", "[x]", "a](b", "!", "https://e.org"])
def test_links_lead_where_they_should(url: str, text: str) -> None:
    link = paragraph(nodes.Text("See!"), nodes.reference("", text, refuri=url)).find("a")
    assert link is not None
    assert link.text_content() == text
    assert unquote(link.get("href")) == url


def test_a_url_stands_for_itself() -> None:
    url = "https://e.org/a_b_(c)"
    link = paragraph(nodes.reference("", url, refuri=url)).find("a")
    assert (link.text, link.get("href")) == (url, url)


def test_nested_lists_are_nested(one_text: Callable[..., str]) -> None:
    body = tree(one_text("markdown", "* one\n\n  * two\n\n    #. three\n\n       #. four"))
    assert body.find(".//ul/li/ul/li/ol/li/ol/li").text_content().strip() == "four"


def test_lists_that_follow_each_other_stay_apart(one_text: Callable[..., str]) -> None:
    body = tree(one_text("markdown", "- one\n\n..\n\n- two\n\n1. three"))
    assert [node.tag for node in body.find(".//h1").itersiblings() if node.tag != "p"][-1:] == ["ol"]


def test_tables(one_text: Callable[..., str]) -> None:
    body = tree(one_text("markdown", "=====  ===\nA      B\n=====  ===\n``|``  x\n1      *y*\n=====  ==="))
    assert [[cell.text_content() for cell in row.iter("th", "td")] for row in body.iter("tr")] == [
        ["A", "B"],
        ["|", "x"],
        ["1", "y"],
    ]
