"""Texts for tests, as the reader of fragments would hand them over."""

from __future__ import annotations

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import Text


def literal(value: str) -> Text:
    """Return a text that begins at the first character of its file."""
    return Text(value, 1, 1)


def parse(value: str, guard: Guard | None = None) -> tuple[str, list[str]]:
    """Parse a text without Sphinx, and return its pseudo-XML and its problems without their file."""
    parser = TextParser(guard or Guard())
    blocks = parser.blocks(literal(value), "f", "n")
    return "".join(block.pformat() for block in blocks), [str(problem)[2:] for problem in parser.problems]
