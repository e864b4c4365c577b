"""The report in Markdown, read by a parser of CommonMark with GitHub's tables: text stays text."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import process_time
from urllib.parse import unquote

import pytest
from docutils import nodes
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.tasklists import tasklists_plugin

from sphinxext.digest.render.markdown import markdown_document

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXTS = st.text(st.sampled_from("ab1 *`_|\\:<>[](){}.,-#+=~'&;!/x\té日") | st.characters(codec="utf-8"), max_size=40)
OUTER = {"html", "body", "h1", "h2", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "br"}


def tree(markdown: str) -> html.HtmlElement:
    return html.document_fromstring(f"<body>{READER.render(markdown)}</body>")


def paragraph(*children: nodes.Node) -> html.HtmlElement:
    """Return the elements of a paragraph of Markdown after rendering, without those around it."""
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


#: Reads more than GitHub does.
GITHUB = (
    MarkdownIt("commonmark")
    .enable(["table", "strikethrough"])
    .use(dollarmath_plugin)
    .use(footnote_plugin)
    .use(tasklists_plugin)
)
#: GitHub's own markup in the text of a page, outside of code and links.
ON_GITHUB = {
    "mention": r"(?<![a-zA-Z0-9])@[a-zA-Z0-9]",
    "issue": r"#[0-9]|(?i:\bgh-[0-9])",
    "commit": r"\b(?![0-9]+\b)[0-9a-f]{7,40}\b",
    "emoji": r":(?=[0-9]*[a-z+_-]|100:)[a-zA-Z0-9+_-]+:",
}
WORDS = [
    "Fixed #12 and org/repo#13, GH-14 and gh-15",
    "#16 first, (#17) and repo#18.",
    "thanks @octocat, @org/team and (@x-y) _@z_ é@wren @@twice",
    ":+1: :tada: :100: and a:white_check_mark: x",
    "$x$ and $$y$$ and $`z`$ cost $5",
    "deadbeefcafebabe0123456789abcdef01234567 and abc1234 or org/r@0a1b2c3",
    "[ ] todo", "[x] done", "[^1] foot", "[^1]: foot", "[!NOTE]", "<details><summary>x</summary>",
    "=====", "== title", "---", "--- a", "- - -", "+ plus", "- dash", "1. one", "1) one", "#heading", "# heading",
    "***", "~~~", "~~strike~~ ~sub~", "```", "> quote", ": x", ":---", "| a |", "a<!-- c -->b", "&amp; &#35; &copy;",
    "C:\\dir\\n", "snake_case_word and __dunder__", "a\\", "![img](x) [link](http://evil.example)", "* a", "_ _ _",
]  # fmt: skip


def texts_of(element: html.HtmlElement) -> list[str]:
    """Yield the texts outside of code and links."""
    return [
        str(text)
        for text in element.xpath(".//text()")
        if not text.getparent().xpath("ancestor-or-self::*[self::code or self::a]")
    ]


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("kind", ["paragraph", "item", "title", "cell", "verse", "quote", "story"])
def test_nothing_means_something_on_github(text: str, kind: str) -> None:
    words = nodes.paragraph("", text)
    parts: dict[str, nodes.Node] = {
        "paragraph": words,
        "item": nodes.bullet_list("", nodes.list_item("", words), nodes.list_item("", nodes.paragraph("", "b"))),
        "title": nodes.section("", nodes.title("", text), nodes.paragraph("", "Body")),
        "cell": table(text),
        "verse": nodes.line_block("", nodes.line("", "first"), nodes.line("", text)),
        "quote": nodes.block_quote("", words),
        "story": nodes.container("", nodes.paragraph("", "Title"), words),
    }
    markdown = markdown_document("T", [parts[kind]])
    body = html.document_fromstring(f"<body>{GITHUB.render(markdown)}</body>")
    shown = "".join(body.itertext()).replace("\u200b", "")
    assert " ".join(text.split()) in " ".join(shown.split())
    for name, pattern in ON_GITHUB.items():
        assert [found for found in texts_of(body) if re.search(pattern, found)] == [], name
    tags = {element.tag for element in body.iter() if isinstance(element.tag, str)}
    assert tags <= OUTER | {"code", "blockquote", "h3"} | ({"a"} if "http" in text else set())
    assert not body.xpath("//*[@class]")
    assert [element.tag for element in body.xpath("//h1 | //h2")] == (["h1", "h2"] if kind == "title" else ["h1"])


def test_marks_that_meet_are_looked_at_together() -> None:
    """Elements without marks of their own, such as a link that became words, hide nothing."""
    for children in (
        [nodes.Text("@"), nodes.Text("octocat")],
        [nodes.Text("@"), nodes.inline("", "octo"), nodes.Text("cat")],
        [nodes.Text("#"), nodes.reference("", "12", refid="x")],
        [nodes.Text("G"), nodes.inline("", "", nodes.inline("", "H-12"))],
        [nodes.strong("", "", nodes.Text(":"), nodes.emphasis("", "tada"), nodes.Text(":"))],
    ):
        text = "".join(texts_of(paragraph(*children)))
        assert "\u200b" in text
        assert not any(re.search(pattern, text) for pattern in ON_GITHUB.values())


def test_what_means_nothing_is_left_alone() -> None:
    text = "me@example.org wrote at 10:30:45 of issue # 5, 20151204 and 1234567 in std:: or C# and a: b"
    assert markdown_document("T", [nodes.paragraph("", text)]) == f"# T\n\n{text}\n"
    link = nodes.reference("", "https://e.org/@wren/#12", refuri="https://e.org/@wren/#12")
    assert "<https://e.org/@wren/#12>" in markdown_document("T", [nodes.paragraph("", "", link)])


@pytest.mark.parametrize("language", ["mermaid", "math", "GeoJSON", "suggestion"])
def test_code_is_shown_as_code(language: str) -> None:
    block = nodes.literal_block("a", "a", language=language)
    assert markdown_document("T", [block]) == "# T\n\n```\na\n```\n"


@pytest.mark.parametrize("text", ["@", ":a", "0", "#", "a1", "gh", "gh-", "$", ":0", ":100"])
def test_long_texts_take_no_time(text: str) -> None:
    before = process_time()
    markdown_document("T", [nodes.paragraph("", text * (1_000_000 // len(text)))])
    assert process_time() - before < 10
