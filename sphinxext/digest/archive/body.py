"""The blocks of a section as reStructuredText."""

from __future__ import annotations

from collections.abc import Sequence

from sphinxext.digest.archive import escape
from sphinxext.digest.archive.post import Block, Form
from sphinxext.digest.archive.references import References


def body_rst(blocks: Sequence[Block], references: References, *, base: int = 0) -> str:
    """The text of a note.

    :param base: how many lists around the blocks are not part of the text.
    """
    lines: list[str] = []
    depth = 0
    before: Block | None = None
    for block in blocks:
        if block.form is Form.HEADING and not block.plain.strip():
            continue
        level = max(0, block.level - base) if block.form is not Form.HEADING else 0
        level = min(max(level, 1), depth + 1) if block.form is Form.BULLET else min(level, depth)
        if before is not None and not _are_neighbours(before, block, level, depth):
            lines.append("")
        lines += _block_lines(block, level, references)
        depth, before = level, block
    return "\n".join(lines).strip("\n")


def _are_neighbours(before: Block, block: Block, level: int, depth: int) -> bool:
    """Whether two blocks are lines of one list."""
    return before.form is Form.BULLET and block.form is Form.BULLET and level == depth


def _block_lines(block: Block, level: int, references: References) -> list[str]:
    if block.form is Form.HEADING:
        heading = " ".join(references.rst(block.words, block.line).split())
        return [f".. rubric:: {heading}"]
    if block.form is Form.LITERAL:
        margin = "  " * level
        return [f"{margin}::", "", *(f"{margin}   {line}".rstrip() for line in block.plain.split("\n"))]
    indent = "  " * (level - 1) if block.form is Form.BULLET else "  " * level
    first, rest = (f"{indent}* ", f"{indent}  ") if block.form is Form.BULLET else (indent, indent)
    if "\n" in block.plain.strip():
        return _line_block(block, first, rest, references)
    text = references.rst(block.words, block.line)
    lines = escape.filled(text, len(rest))
    return [f"{rest if count else first}{line}".rstrip() for count, line in enumerate(lines)]


def _line_block(block: Block, first: str, rest: str, references: References) -> list[str]:
    """Lines that end where they do."""
    result: list[str] = []
    for words in block.words.lines():
        lines = escape.filled(references.rst(words, block.line), len(rest) + 2)
        result += [f"{rest}{'  ' if count else '| '}{line}".rstrip() for count, line in enumerate(lines)]
    result[0] = first + result[0][len(rest) :]
    return result
