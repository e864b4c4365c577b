"""Sentences of our own words with nodes in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from docutils import nodes

_PLACE = re.compile(r"\{(\w+)\}")


def sentence(pattern: str, **parts: str | Sequence[nodes.Node]) -> list[nodes.Node]:
    """The nodes of a pattern such as ``Release: {day} ({left})``, with words or nodes in its places.

    Whoever translates a pattern may order its places as the language wants it.
    """
    found: list[nodes.Node] = []
    text = ""
    for number, piece in enumerate(_PLACE.split(pattern)):
        part = parts.get(piece, f"{{{piece}}}") if number % 2 else piece
        if isinstance(part, str):
            text += part
            continue
        found += [nodes.Text(text), *part] if text else part
        text = ""
    return [*found, nodes.Text(text)] if text else found


def heading_of(words: str, source: str | None = None, line: int | None = None) -> nodes.paragraph:
    """Words that are to become a heading.

    :param source: the file that they come from, where they are a project's: that makes them translatable. Ours, which
        come from our own catalogues, have none.
    """
    heading = nodes.paragraph(words if source else "", words)
    heading.source, heading.line = source, line
    return heading
