"""Tables of plain text: columns side by side, a rule below the head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from docutils import nodes

from sphinxext.digest.render.wrap import width_of

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
    """A table in at most ``width`` columns where its words allow it."""
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
    """The cells of each row in their columns; a column that a cell from above reaches into stays empty."""
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
    """The widest line of each column; where the table is too wide, the widest columns give way."""
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
