"""Docutils nodes as the plain text of a mail, and labels, indents and blank lines for all formats of text.

A heading is directly above its body, with one blank line between sections. Lists are tight and their bullets
show their level: ``*``, ``-``, ``+`` and ``*`` again. Tables have a rule below their head. URLs are never broken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from docutils import nodes

from sphinxext.digest.doctree.lines import PROJECT_NAME_CLASS, SOURCE_CLASS
from sphinxext.digest.doctree.notes import LABEL_CLASS, WHERE_CLASS
from sphinxext.digest.model import ENGLISH, Messages
from sphinxext.digest.model.messages import N_
from sphinxext.digest.text.width import NO_BREAK, WIDTH, width_of, wrap

_ADMONITIONS = {
    "attention": N_("Attention"),
    "caution": N_("Caution"),
    "danger": N_("Danger"),
    "error": N_("Error"),
    "hint": N_("Hint"),
    "important": N_("Important"),
    "note": N_("Note"),
    "tip": N_("Tip"),
    "warning": N_("Warning"),
    "seealso": N_("See also"),
}
_NUMERALS = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))

#: The elements that are not part of a text: transforms have used them, or they are for one format.
SILENT = (
    nodes.comment,
    nodes.target,
    nodes.substitution_definition,
    nodes.raw,
    nodes.system_message,
    nodes.pending,
    nodes.colspec,
)


def admonition_label(node: nodes.Node, messages: Messages = ENGLISH) -> str | None:
    """Return the label of an admonition that has no title of its own."""
    label = _ADMONITIONS.get(getattr(node, "tagname", ""))
    return messages.gettext(label) if label else None


def is_words(node: nodes.Node) -> bool:
    """Return True if an element contains words and no blocks."""
    if isinstance(node, nodes.Text):
        return True
    return isinstance(node, nodes.TextElement) and not any(
        isinstance(child, nodes.Body) and not isinstance(child, nodes.Inline) for child in node.children
    )


def enumerator(node: nodes.Element, number: int) -> str:
    """Return the label of an item of an enumerated list: ``3.``, ``(iv)``, ``b)``.

    :param number: the number of the item, from 1.
    """
    kind = node.get("enumtype", "arabic")
    number += int(node.get("start", 1)) - 1
    if kind in ("loweralpha", "upperalpha"):
        label = chr(ord("a" if kind == "loweralpha" else "A") + (number - 1) % 26)
    elif kind in ("lowerroman", "upperroman"):
        label = _roman(number) if kind == "upperroman" else _roman(number).lower()
    else:
        label = str(number)
    return f"{node.get('prefix', '')}{label}{node.get('suffix', '.')}"


def _roman(number: int) -> str:
    label = ""
    for value, letters in _NUMERALS:
        label += letters * (number // value)
        number %= value
    return label


def separated(blocks: Iterable[list[str]]) -> list[str]:
    """Return the lines of blocks, with blank lines between them."""
    return list(chain.from_iterable((*lines, "") for lines in blocks if lines))[:-1]


def indented(lines: Iterable[str], indent: str) -> list[str]:
    """Return lines with an indent before those that are not blank."""
    return [indent + line if line else "" for line in lines]


_GAP = "  "
#: A width that no line needs.
_UNLIMITED = 10_000

#: Renders the content of a cell in a number of columns.
RenderCell = Callable[[nodes.Node, int], list[str]]


@dataclass(frozen=True)
class _Cell:
    """An entry of a table with the first column and the number of columns that it takes."""

    entry: nodes.Node
    column: int
    span: int


def table_lines(table: nodes.Node, render: RenderCell, width: int) -> list[str]:
    """Return a table in at most ``width`` columns if its words allow it."""
    group = next(iter(table.findall(nodes.tgroup)))
    head = [row for part in group.children if isinstance(part, nodes.thead) for row in part.children]
    body = [row for part in group.children if isinstance(part, nodes.tbody) for row in part.children]
    rows = _cells([*head, *body], sum(isinstance(part, nodes.colspec) for part in group.children))
    widths = _column_widths(rows, render, width)
    lines: list[str] = []
    for index, row in enumerate(rows):
        lines += _row_lines(row, widths, render)
        if index + 1 == len(head):
            lines.append(_GAP.join("-" * column for column in widths))
    return lines


def _cells(rows: Sequence[nodes.Node], columns: int) -> list[list[_Cell]]:
    """Return the cells of each row in their columns; a column that a cell above spans stays empty."""
    taken = [0] * columns
    found = []
    for row in rows:
        cells = []
        column = 0
        for entry in row.children:
            assert isinstance(entry, nodes.entry)
            while column < columns and taken[column]:
                column += 1
            span = entry.get("morecols", 0) + 1
            cells.append(_Cell(entry, column, span))
            for index in range(column, min(column + span, columns)):
                taken[index] = entry.get("morerows", 0) + 1
            column += span
        taken = [max(0, rows_left - 1) for rows_left in taken]
        found.append(cells)
    return found


def _column_widths(rows: list[list[_Cell]], render: RenderCell, width: int) -> list[int]:
    """Return the widths of columns: their widest lines, or less for the widest columns of a table that is too wide."""
    cells = sorted((cell for row in rows for cell in row), key=lambda cell: cell.span)
    columns = max((cell.column + cell.span for cell in cells), default=1)
    widths = [1] * columns
    least = [1] * columns
    for cell in cells:
        lines = render(cell.entry, _UNLIMITED)
        _widen(widths, cell, max(map(width_of, lines), default=0))
        _widen(least, cell, max((width_of(word) for line in lines for word in line.split()), default=0))
    room = width - len(_GAP) * (columns - 1)
    while sum(widths) > room:
        shrinkable = [index for index in range(columns) if widths[index] > least[index]]
        if not shrinkable:
            break
        widest = max(shrinkable, key=lambda index: widths[index])
        widths[widest] -= 1
    return widths


def _widen(widths: list[int], cell: _Cell, width: int) -> None:
    """Make room for a cell in the last of its columns."""
    room = sum(widths[cell.column : cell.column + cell.span]) + len(_GAP) * (cell.span - 1)
    widths[cell.column + cell.span - 1] += max(0, width - room)


def _row_lines(row: list[_Cell], widths: list[int], render: RenderCell) -> list[str]:
    blocks = []
    for cell in row:
        room = sum(widths[cell.column : cell.column + cell.span]) + len(_GAP) * (cell.span - 1)
        blocks.append(render(cell.entry, room))
    lines = []
    for parts in zip_longest(*blocks, fillvalue=""):
        line = ""
        for cell, part in zip(row, parts, strict=True):
            start = sum(widths[: cell.column]) + len(_GAP) * cell.column
            # a word that is wider than its cells pushes the rest of the line
            gap = max(start - width_of(line), len(_GAP) if line else 0)
            line += " " * gap + part if part else ""
        lines.append(line.rstrip())
    return lines or [""]


BULLETS = "*-+"


def text_lines(parts: Iterable[nodes.Node], width: int = WIDTH, messages: Messages = ENGLISH) -> list[str]:
    """Return the lines of body elements and sections, with one blank line between sections and between paragraphs.

    :param width: the columns of a line; longer words are not broken.
    :param messages: the extension's own, for the labels of admonitions.
    """
    return _Renderer(width, messages).blocks(parts, 0)


class _Renderer:
    """Renders blocks to lines without indentation, which callers add."""

    def __init__(self, width: int, messages: Messages) -> None:
        self.width = width
        self.own_words = messages

    def blocks(self, parts: Iterable[nodes.Node], level: int, indent: int = 0) -> list[str]:
        """Blocks with blank lines where they belong: everywhere but around lists.

        :param level: how many bullet lists are around.
        :param indent: how many columns are taken already.
        """
        lines: list[str] = []
        before: nodes.Node | None = None
        for part in parts:
            found = self.block(part, level, indent) if not isinstance(part, SILENT) else []
            if not found:
                continue
            if before is not None and not _close(before, part, inside_list=level > 0):
                lines.append("")
            lines += found
            before = part
        return lines

    def block(self, part: nodes.Node, level: int, indent: int) -> list[str]:
        """Return the lines of one body element."""
        for kind, render in _BLOCKS.items():
            if isinstance(part, kind):
                assert isinstance(part, nodes.Element)
                return render(self, part, level, indent)
        if is_words(part):
            return self.words(inline_text(part), indent)
        label = admonition_label(part, self.own_words)
        children = part.children
        if isinstance(part, nodes.admonition) and children and isinstance(children[0], nodes.title):
            label, children = inline_text(children[0]), children[1:]
        body = self.blocks(children, level, indent + (2 if label else 0))
        return [f"{label}:", *indented(body, "  ")] if label else body

    def words(self, text: str, indent: int) -> list[str]:
        """Wrapped words."""
        return wrap(text, width=self.width - indent) if text.strip() else []

    def section(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        title, *rest = node.children
        return self.words(inline_text(title), indent) + self.blocks(rest, level, indent)

    def bullet_list(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        bullet = BULLETS[level % len(BULLETS)] + " "
        return self.items(node, [bullet] * len(node), level + 1, indent)

    def enumerated_list(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        labels = [f"{enumerator(node, number)} " for number in range(1, len(node) + 1)]
        width = max(map(len, labels), default=0)
        return self.items(node, [label.ljust(width) for label in labels], level, indent)

    def items(self, node: nodes.Element, labels: list[str], level: int, indent: int) -> list[str]:
        """Return the items of a list, without blank lines between them."""
        lines: list[str] = []
        for label, item in zip(labels, node.children, strict=True):
            body = self.blocks(item.children, level, indent + len(label)) or [""]
            lines.append((label + body[0]).rstrip())
            lines += indented(body[1:], " " * len(label))
        return lines

    def definition_list(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        lines: list[str] = []
        for item in node.findall(nodes.definition_list_item):
            if item.parent is not node:
                continue
            terms = [inline_text(term) for term in item.children if not isinstance(term, nodes.definition)]
            lines += self.words(" : ".join(terms), indent)
            for definition in item.findall(nodes.definition):
                if definition.parent is item:
                    lines += indented(self.blocks(definition.children, level, indent + 2), "  ")
        return lines

    def field_list(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        lines: list[str] = []
        for field in node.children:
            name, body = field.children[0], list(field.children[-1].children)
            label = f"{inline_text(name)}: "
            words = inline_text(body.pop(0)) if body and is_words(body[0]) else ""
            lines += wrap(words, label, "  ", self.width - indent)
            rest = self.blocks(body, level, indent + 2)
            lines += ["", *indented(rest, "  ")] if words and rest else indented(rest, "  ")
        return lines

    def option_list(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        lines: list[str] = []
        for item in node.children:
            lines.append(", ".join(option.astext() for option in item.children[0].children))
            lines += indented(self.blocks(item.children[1].children, level, indent + 4), "    ")
        return lines

    def block_quote(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        return indented(self.blocks(node.children, level, indent + 4), "    ")

    def attribution(self, node: nodes.Element, _level: int, indent: int) -> list[str]:
        return wrap(inline_text(node), "-- ", "   ", self.width - indent)

    def literal_block(self, node: nodes.Element, _level: int, _indent: int) -> list[str]:
        return indented(node.astext().split("\n"), "    ")

    def line_block(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        lines: list[str] = []
        for line in node.children:
            if isinstance(line, nodes.line_block):
                lines += indented(self.line_block(line, level, indent + 4), "    ")
            else:
                lines += self.words(inline_text(line), indent) or [""]
        return lines

    def table(self, node: nodes.Element, _level: int, indent: int) -> list[str]:
        caption = [inline_text(title) for title in node.children if isinstance(title, nodes.title)]
        return [*caption, *table_lines(node, self.cell, self.width - indent)]

    def cell(self, entry: nodes.Node, width: int) -> list[str]:
        return _Renderer(width, self.own_words).blocks(entry.children, 0)

    def footnote(self, node: nodes.Element, level: int, indent: int) -> list[str]:
        label = f"{_footnote_label(node.children[0].astext())} "
        body = self.blocks(node.children[1:], level, indent + len(label)) or [""]
        return [label + body[0], *indented(body[1:], " " * len(label))]


_BLOCKS: dict[type[nodes.Node], Callable[[_Renderer, nodes.Element, int, int], list[str]]] = {
    # first what there is most of
    nodes.paragraph: lambda renderer, node, _level, indent: renderer.words(inline_text(node), indent),
    nodes.bullet_list: _Renderer.bullet_list,
    nodes.section: _Renderer.section,
    nodes.enumerated_list: _Renderer.enumerated_list,
    nodes.definition_list: _Renderer.definition_list,
    nodes.field_list: _Renderer.field_list,
    nodes.docinfo: _Renderer.field_list,
    nodes.option_list: _Renderer.option_list,
    nodes.block_quote: _Renderer.block_quote,
    nodes.line_block: _Renderer.line_block,
    nodes.attribution: _Renderer.attribution,
    nodes.FixedTextElement: _Renderer.literal_block,
    nodes.table: _Renderer.table,
    nodes.footnote: _Renderer.footnote,
    nodes.citation: _Renderer.footnote,
    nodes.image: lambda renderer, node, _level, indent: renderer.words(_alternative(node), indent),
    nodes.transition: lambda _renderer, _node, _level, _indent: ["----"],
}


def inline_text(node: nodes.Node) -> str:
    """Return the words of a text element in a mail.

    Emphasis and literals keep marks, a link whose text says where it leads is followed by its URL, and a picture is
    its alternative text. Links to the log of a channel are left out.
    """
    if isinstance(node, nodes.Text):
        return node.astext()
    if isinstance(node, nodes.image):
        return _alternative(node)
    if isinstance(node, SILENT):
        return ""
    classes = node.get("classes", ()) if isinstance(node, nodes.Element) else ()
    if WHERE_CLASS in classes or PROJECT_NAME_CLASS in classes:
        return node.astext() if PROJECT_NAME_CLASS in classes else ""
    text = "".join(inline_text(child) for child in node.children)
    if isinstance(node, nodes.emphasis | nodes.title_reference):
        return f"*{text}*"
    if isinstance(node, nodes.strong):
        return f"**{text}**"
    if isinstance(node, nodes.literal):
        return f"`{text}`"
    if isinstance(node, nodes.footnote_reference | nodes.citation_reference):
        return _footnote_label(text)
    if isinstance(node, nodes.reference) and SOURCE_CLASS in node["classes"] and node["refuri"] != text:
        return f"{text}: {node['refuri']}".replace(" ", NO_BREAK)
    return text


def _close(before: nodes.Node, after: nodes.Node, *, inside_list: bool) -> bool:
    """Return True if there is no blank line between two blocks.

    A list follows its introduction, and a bullet list the one before, as if they were one. A heading inside the text
    is directly above its body.
    """
    if isinstance(before, nodes.rubric | nodes.title):
        return True
    if isinstance(before, nodes.Element) and LABEL_CLASS in before["classes"]:
        return True
    if isinstance(after, nodes.bullet_list):
        return inside_list or isinstance(before, nodes.bullet_list)
    return False


def _footnote_label(label: str) -> str:
    """``[#1]`` for a footnote, since ``[1]`` is a link."""
    return f"[#{label}]" if label.isdecimal() else f"[{label}]"


def _alternative(node: nodes.Node) -> str:
    alternative: str = node.get("alt") or node.get("uri", "")  # type: ignore[attr-defined]
    return f"[{alternative}]" if alternative else ""
