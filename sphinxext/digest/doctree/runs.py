"""The words of parsed texts with the addresses of their links, for what reads texts of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docutils import nodes

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import Text
from sphinxext.digest.problems import Problem

#: Words, and where they lead if they are a link.
Run = tuple[str, str | None]


def read_rst(text: Text, path: str) -> tuple[list[Run], list[Problem]]:
    """Parse a text of somebody else, with harmless markup alone.

    :return: its words, with a line feed between two blocks, and what is wrong with its markup.
    """
    parser = TextParser(Guard())
    parts = parser.blocks(text, path, "import")
    return list(_runs(parts)), parser.problems


def allows_directive(name: str) -> bool:
    """Return True if texts of others may have a directive."""
    return Guard().allows_directive(name)


def _runs(parts: Sequence[nodes.Node]) -> Iterator[Run]:
    is_first = True
    for part in parts:
        for holder in part.findall(nodes.TextElement):
            if isinstance(holder.parent, nodes.TextElement) or isinstance(holder, nodes.comment):
                continue
            if not is_first:
                yield "\n", None
            is_first = False
            for words in holder.findall(nodes.Text):
                yield words.astext(), _address_of(words.parent, holder)


def _address_of(node: nodes.Element, holder: nodes.Element) -> str | None:
    while node is not holder:
        if isinstance(node, nodes.reference):
            return str(node["refuri"]) if "refuri" in node else None
        node = node.parent
    return None
