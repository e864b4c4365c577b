"""Split Markdown of changelogs into pieces in reStructuredText."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sphinxext.digest.gather.changelog import Form, Piece
from sphinxext.digest.gather.markdown import (
    Line,
    blocks_as_rst,
    end_of,
    first_line,
    inline_as_rst,
    inline_words,
    parse_markdown,
)
from sphinxext.digest.model import Text

if TYPE_CHECKING:
    from markdown_it.token import Token


def pieces_of_markdown(text: str, path: str) -> list[Piece]:
    """Split Markdown into headings, items of lists, and other blocks, each as reStructuredText.

    :raises DigestError: if markdown-it-py is not installed.
    """
    tokens = parse_markdown(text, path)
    pieces: list[Piece] = []
    position = 0
    while position < len(tokens):
        token, end = tokens[position], end_of(tokens, position)
        if token.type in ("bullet_list_open", "ordered_list_open"):
            inner = position + 1
            while inner < end:
                after = end_of(tokens, inner)
                pieces.append(_piece(Form.ITEM, tokens[inner], blocks_as_rst(tokens[inner + 1 : after])))
                inner = after + 1
        elif token.type == "heading_open":
            inline = tokens[position + 1]
            piece = _piece(Form.HEADING, token, [(inline_as_rst(inline), first_line(token))])
            pieces.append(replace(piece, level=int(token.tag[1:]), words=" ".join(inline_words(inline).split())))
        else:
            pieces.append(_piece(Form.BLOCK, token, blocks_as_rst(tokens[position : end + 1])))
        position = end + 1
    return [piece for piece in pieces if piece.text.value]


def markdown_line(text: str, path: str) -> str:
    """Return a line of Markdown as inline markup of reStructuredText.

    :raises DigestError: if markdown-it-py is not installed.
    """
    return "".join(inline_as_rst(token) for token in parse_markdown(text, path) if token.type == "inline")


def _piece(form: Form, token: Token, lines: Sequence[Line]) -> Piece:
    numbers = tuple(number or first_line(token) for _, number in lines)
    value = "\n".join(line for line, _ in lines)
    return Piece(form, Text(value, first_line(token), 1, numbers), (token.map or [0, 0])[1] + 1)
