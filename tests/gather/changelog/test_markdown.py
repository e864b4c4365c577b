"""Markdown as reStructuredText: what docutils makes of it has the same words, links and blocks."""

from __future__ import annotations

import re
from textwrap import dedent

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

pytest.importorskip("markdown_it")
pytest.importorskip("docutils")

from docutils import nodes
from docutils.core import publish_doctree
from markdown_it import MarkdownIt

from sphinxext.digest.gather.changelog import Form
from sphinxext.digest.gather.changelog.markdown import pieces_of_markdown

#: Markdown in one paragraph, and the same in reStructuredText.
INLINE = {
    "Plain words.": "Plain words.",
    "A `call()` and *this* or **that**.": "A ``call()`` and *this* or **that**.",
    "See [the page](https://example.org/a_b_).": "See `the page <https://example.org/a_b\\_>`__.",
    "([#12](https://example.org/12))": "\\(`#12 <https://example.org/12>`__)",
    "[`call()`](https://example.org/)": "`call() <https://example.org/>`__",
    "**Bold with `code` and [a link](u).**": "**Bold with** ``code`` **and** `a link <u>`__\\ **.**",
    "*very*-dashed and un*frigging*believable": "*very*-dashed and un\\ *frigging*\\ believable",
    "<https://example.org/a> and https://example.org/b.": "https://example.org/a and https://example.org/b.",
    "https://example.org/a_/b": "`https://example.org/a\\_/b <https://example.org/a_/b>`__",
    "![alt](https://example.org/a.png)": "`alt <https://example.org/a.png>`__",
    "snake_case, |pipes|, 2 * 3, trail_ and b\\s": "snake_case, \\|pipes\\|, 2 * 3, trail\\_ and b\\\\s",
    "``a `tick` inside``": "``a `tick` inside``",
    "``` a ``b`` c ```": ":literal:`a \\`\\`b\\`\\` c`",
    "{issue}`12` and {py:func}`call`": ":issue:`12` and :py:func:`call`",
    "~~struck~~ &amp; <kbd>Ctrl</kbd><br>next": "struck & Ctrl next",
    'An <a href="https://e.org/">old link</a> for `<name>`': "An `old link <https://e.org/>`__ for ``<name>``",
    "An angle <name> stays": "An angle <name> stays",
    "It ends so::": "It ends so:\\:",
    "[1.0]: not a definition": "\\[1.0]: not a definition",
}

BLOCKS = {
    "code": (
        """
        Run:

        ```console
        $ make it
        ```
        """,
        """
        Run:

        .. code-block:: console

           $ make it
        """,
    ),
    "code in a language that nobody knows": ("```frob\nx\n```", ".. code-block:: text\n\n   x"),
    "code that its language cannot read": ("```json\n{'a'}}\n```", ".. code-block:: text\n\n   {'a'}}"),
    "lists": (
        """
        - one
          - two

            more
        1. a
        2. b
        """,
        "",
    ),
    "alert": ("> [!WARNING]\n> Mind the *gap*.", ".. warning::\n\n   Mind the *gap*."),
    "quote": ("> Quoted.", "   Quoted."),
    "table": (
        "| a | b |\n|---|---|\n| `c` | |\n",
        ".. list-table::\n   :header-rows: 1\n\n   * - a\n     - b\n   * - ``c``\n     -",
    ),
    "html": ("<details><summary>More</summary>\n\nInner\n\n</details>", ""),
}


def rst_of(text: str) -> str:
    pieces = pieces_of_markdown(text, "x.md")
    return "\n\n".join(
        f"- {piece.text.value}".replace("\n", "\n  ").replace("\n  \n", "\n\n")
        if piece.form is Form.ITEM
        else piece.text.value
        for piece in pieces
    )


def parsed(text: str) -> nodes.document:
    settings = {"report_level": 2, "halt_level": 2, "raw_enabled": False, "file_insertion_enabled": False}
    return publish_doctree(text, settings_overrides=settings)


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text)


@pytest.mark.parametrize(("markdown", "rst"), INLINE.items())
def test_inline(markdown: str, rst: str) -> None:
    assert rst_of(markdown) == rst
    html = MarkdownIt("commonmark").enable("strikethrough").render(markdown)
    if "{" not in markdown:  # roles are of Sphinx
        document = parsed(rst)
        shown = re.sub(r"<img[^>]*>", "alt", html.replace("<br>", " ")).replace("&lt;", " ").replace("&gt;", " ")
        plain = re.sub(r"</?\w+[^>]*>" if "<name>" not in markdown else r"</?(?:p|code|a)\b[^>]*>", "", shown)
        assert words_of(document.astext()) == words_of(plain.replace("&amp;", "&"))
        links = [node["refuri"] for node in document.findall(nodes.reference)]
        assert all(link in links for link in re.findall(r'href="([^"]+)"', html))


@pytest.mark.parametrize(("markdown", "rst"), BLOCKS.values(), ids=BLOCKS)
def test_blocks(markdown: str, rst: str) -> None:
    if rst:
        assert rst_of(dedent(markdown).strip("\n")) == (dedent(rst) if rst.startswith("\n") else rst).strip("\n")
    parsed(re.sub(r"\.\. code-block:: \w+", "::", rst_of(dedent(markdown))))


def test_nested_lists() -> None:
    text = "- one\n  - two\n\n    more\n  - three\n\n    four\n- five\n  1. six\n  2. seven\n"
    document = parsed(rst_of(text))
    assert [len(node.children) for node in document.findall(nodes.bullet_list)] == [2, 2]
    assert [len(node.children) for node in document.findall(nodes.enumerated_list)] == [2]
    assert words_of(document.astext()) == ["one", "two", "more", "three", "four", "five", "six", "seven"]


def test_headings_and_items() -> None:
    pieces = pieces_of_markdown("# A *big* `title`\n\nwords\n\n- x\n- y\n", "x.md")
    assert [(piece.form.name, piece.text.line, piece.level, piece.words) for piece in pieces] == [
        ("HEADING", 1, 1, "A big title"),
        ("BLOCK", 3, 0, ""),
        ("ITEM", 5, 0, ""),
        ("ITEM", 6, 0, ""),
    ]


_SIGN = st.sampled_from(
    ["*", "_", "`", "|", "\\", "[", "](u)", "<", ">", ":", "::", "..", "- ", "1. ", "#", "\n", "\n\n"]
)
_WORD = st.sampled_from(["a", "word", "x.y", " ", "  ", "https://e.org/a", "é", "{role}", "&amp;", "|a|b|\n|-|-|\n"])


@given(st.lists(_SIGN | _WORD, max_size=24).map("".join))
@example("a*b*c `d`e")
@example("- \n\n      x")
def test_any_markdown_is_valid(text: str) -> None:
    """Whatever is written, docutils reads the result without a warning, and no word is lost."""
    rst = rst_of(text)
    if re.search(r"\{role\}`", text) or ".. code-block" in rst:
        return
    document = parsed(rst)
    assert isinstance(document, nodes.document)
