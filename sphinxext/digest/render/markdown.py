"""Docutils nodes as Markdown: CommonMark with the tables of GitHub Flavored Markdown.

A paragraph is one line, since comments on GitHub and posts of Discourse take a line's end for a break. Text of
fragments never becomes markup or HTML of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from docutils import nodes

from sphinxext.digest.render.blocks import SILENT, admonition_label, enumerator, indented, is_words, separated
from sphinxext.digest.render.markdown_inline import (
    HARD_BREAK,
    code,
    escaped,
    escaped_beginning,
    inline,
    picture,
    words_of,
)

_FENCE = re.compile(r"`{3,}")
_LANGUAGE = re.compile(r"[a-zA-Z0-9+#-]+")
#: The languages that hosts render as pictures, formulas or suggested changes, instead of showing the code.
_DRAWN = frozenset(
    "d2 dot geojson graphviz kroki math mermaid plantuml stl suggestion topojson vega".split()  # noqa: SIM905
)
#: A bar that would end a cell, even within a code span.
_BAR = re.compile(r"(?<!\\)\|")
_LISTS_APART = ["", "<!-- -->", ""]
_TITLE_LEVEL = 1
_MAX_LEVEL = 6


def markdown_document(title: str, parts: Sequence[nodes.Node], page_url: str | None = None) -> str:
    """Return a digest: its title as the first heading, then its sections.

    :param page_url: the URL of the digest's page, for a line below the title.
    """
    blocks = [_heading(escaped(title), _TITLE_LEVEL)]
    if page_url:
        blocks.append([f"HTML rendered: <{page_url}>"])
    return "\n".join(separated([*blocks, _lines(parts, _TITLE_LEVEL + 1)])) + "\n"


def _lines(parts: Iterable[nodes.Node], level: int, *, tight: bool = False) -> list[str]:
    """Return the lines of blocks, with blank lines between them.

    The links that close a note continue the list before them. A comment separates other lists, which Markdown would
    join.

    :param level: the level of the next heading.
    :param tight: no blank lines but those inside the blocks.
    """
    lines: list[str] = []
    before: nodes.Node | None = None
    for part in parts:
        found = _block(part, level)
        if not found:
            continue
        if isinstance(part, nodes.bullet_list) and isinstance(before, nodes.bullet_list):
            between = [] if "digest-links" in part["classes"] else _LISTS_APART
        elif _is_list(part) and _is_list(before):
            between = _LISTS_APART
        else:
            between = [""] if lines and not tight else []
        lines += [*between, *found]
        before = part
    return lines


def _block(part: nodes.Node, level: int) -> list[str]:
    if isinstance(part, SILENT):
        return []
    for kind, render in _BLOCKS.items():
        if isinstance(part, kind):
            assert isinstance(part, nodes.Element)
            return render(part, level)
    if is_words(part):
        return _paragraph(inline([part] if isinstance(part, nodes.Text | nodes.Inline) else part.children))
    if label := admonition_label(part):
        return _quoted([f"**{label}:**", "", *_lines(part.children, level)])
    lines = _lines(part.children, level)
    # nothing else separates a story without a heading
    return ["***", "", *lines] if "digest-untitled" in part.get("classes", ()) else lines  # type: ignore[attr-defined]


def _paragraph(text: str) -> list[str]:
    line = " ".join(text.split())
    return [escaped_beginning(line)] if line else []


def _heading(text: str, level: int) -> list[str]:
    text = re.sub(r"#+$", lambda match: "\\#" * len(match[0]), text)
    return [f"{'#' * min(level, _MAX_LEVEL)} {escaped_beginning(text)}"]


def _section(node: nodes.Element, level: int) -> list[str]:
    title, *rest = node.children
    return separated([_heading(words_of(title), level), _lines(rest, level + 1)])


def _title(node: nodes.Element, _level: int) -> list[str]:
    words = words_of(node, plain=True)
    return [f"**{words}**"] if words else []


def _items(node: nodes.Element, labels: Iterable[str], level: int) -> list[str]:
    lines: list[str] = []
    loose = any(_is_loose(item) for item in node.children)
    for label, item in zip(labels, node.children, strict=True):
        if lines and loose:
            lines.append("")
        body = _lines(item.children, level, tight=not loose) or [""]
        lines += [f"{label} {body[0]}".rstrip(), *indented(body[1:], " " * (len(label) + 1))]
    return lines


def _is_list(node: nodes.Node | None) -> bool:
    """Return True if a block becomes a list."""
    lists = (nodes.bullet_list, nodes.enumerated_list, nodes.definition_list, nodes.field_list, nodes.option_list)
    return isinstance(node, lists)


def _is_loose(item: nodes.Node) -> bool:
    """Return True if an item has more than a paragraph and the lists below it."""
    return not all(map(_is_list, item.children[1:]))


def _bullet_list(node: nodes.Element, level: int) -> list[str]:
    return _items(node, ["-"] * len(node), level)


def _enumerated_list(node: nodes.Element, level: int) -> list[str]:
    """Return items with numbers, or bullets that begin with letters, which Markdown does not have."""
    labels = [enumerator(node, number) for number in range(1, len(node) + 1)]
    if node.get("enumtype", "arabic") == "arabic":
        return _items(node, [f"{re.sub(r'[^0-9]', '', label)}." for label in labels], level)
    return _items(node, [f"- {escaped(label)}" for label in labels], level)


def _definition_list(node: nodes.Element, level: int) -> list[str]:
    blocks = []
    for item in node.children:
        terms = [words_of(child, plain=True) for child in item.children if not isinstance(child, nodes.definition)]
        bodies = [child for child in item.children if isinstance(child, nodes.definition)]
        body = [line for child in bodies for line in _lines(child.children, level)]
        blocks.append([f"- **{' : '.join(terms)}**", "", *indented(body, "  ")])
    return separated(blocks)


def _field_list(node: nodes.Element, level: int) -> list[str]:
    blocks = []
    for field in node.children:
        name, body = field.children[0], _lines(field.children[-1].children, level) or [""]
        blocks.append([f"- **{words_of(name, plain=True)}:** {body[0]}".rstrip(), *indented(body[1:], "  ")])
    return separated(blocks)


def _option_list(node: nodes.Element, level: int) -> list[str]:
    blocks = []
    for item in node.children:
        options = ", ".join(code(option.astext()) for option in item.children[0].children)
        blocks.append([f"- {options}", "", *indented(_lines(item.children[1].children, level), "  ")])
    return separated(blocks)


def _block_quote(node: nodes.Element, level: int) -> list[str]:
    return _quoted(_lines(node.children, level))


def _admonition(node: nodes.Element, level: int) -> list[str]:
    return _quoted(_lines(node.children, level))


def _attribution(node: nodes.Element, _level: int) -> list[str]:
    return [f"— {words_of(node)}"]


def _literal_block(node: nodes.Element, _level: int) -> list[str]:
    text = node.astext()
    fence = "`" * max((len(run) + 1 for run in _FENCE.findall(text)), default=3)
    classes: list[str] = node.get("classes", [])
    language = node.get("language") or next((name for name in classes if "code" in classes and name != "code"), "")
    is_code = _LANGUAGE.fullmatch(language) and language.lower() not in _DRAWN
    return [fence + (language if is_code else ""), *text.split("\n"), fence]


def _line_block(node: nodes.Element, _level: int) -> list[str]:
    lines = [escaped_beginning(line) for line in _verse(node, "")]
    return HARD_BREAK.join(lines or [""]).split("\n")


def _verse(node: nodes.Element, indent: str) -> list[str]:
    """Return the lines of a line block; indentation is made of spaces that Markdown keeps."""
    lines: list[str] = []
    for line in node.children:
        if isinstance(line, nodes.line_block):
            lines += _verse(line, indent + "\u2003")
        else:
            lines.append(indent + words_of(line))
    return lines


def _table(node: nodes.Element, level: int) -> list[str]:
    """Return a table; the first row is its head, which is empty if it has none."""
    blocks = [_title(child, level) for child in node.children if isinstance(child, nodes.title)]
    for group in node.findall(nodes.tgroup):
        columns = sum(isinstance(child, nodes.colspec) for child in group.children)
        head = [_row(row, columns) for part in group.findall(nodes.thead) for row in part.children]
        body = [_row(row, columns) for part in group.findall(nodes.tbody) for row in part.children]
        first, *rest = [*(head or [[""] * columns]), *body]
        blocks.append([_table_line(first), _table_line(["---"] * columns), *map(_table_line, rest)])
    return separated(blocks)


def _row(row: nodes.Node, columns: int) -> list[str]:
    cells: list[str] = []
    for entry in row.children:
        assert isinstance(entry, nodes.entry)
        cells += [_cell(entry), *[""] * entry.get("morecols", 0)]
    return [*cells, *[""] * columns][:columns]


def _cell(entry: nodes.Node) -> str:
    """Return the content of a cell on one line, with a break before each further paragraph, also in lists."""
    found = [node for node in entry.findall(is_words) if isinstance(node, nodes.TextElement)]
    lines = [words_of(node) for node in found if not is_words(node.parent)]
    return "<br>".join(_BAR.sub(r"\|", line) for line in lines if line)


def _table_line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _footnote(node: nodes.Element, level: int) -> list[str]:
    label, *body = node.children
    first, *rest = _lines(body, level) or [""]
    return [f"\\[{escaped(label.astext())}\\] {first}", *rest]


def _picture(node: nodes.Element, _level: int) -> list[str]:
    return _paragraph(picture(node))


def _transition(_node: nodes.Element, _level: int) -> list[str]:
    return ["***"]


def _quoted(lines: Iterable[str]) -> list[str]:
    return [f"> {line}".rstrip() for line in lines]


_BLOCKS: dict[type[nodes.Node], Callable[[nodes.Element, int], list[str]]] = {
    nodes.section: _section,
    nodes.title: _title,
    nodes.rubric: _title,
    nodes.bullet_list: _bullet_list,
    nodes.enumerated_list: _enumerated_list,
    nodes.definition_list: _definition_list,
    nodes.field_list: _field_list,
    nodes.option_list: _option_list,
    nodes.block_quote: _block_quote,
    nodes.admonition: _admonition,
    nodes.attribution: _attribution,
    nodes.line_block: _line_block,
    nodes.FixedTextElement: _literal_block,
    nodes.table: _table,
    nodes.footnote: _footnote,
    nodes.image: _picture,
    nodes.transition: _transition,
}
