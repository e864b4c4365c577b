"""Texts for release notes out of pieces: each item of a list below a category, and each paragraph without a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sphinxext.digest.gather.changelog import Entry, Form, Piece
from sphinxext.digest.gather.changelog.rst import plain_words, with_definitions
from sphinxext.digest.gather.changelog.sections import Sections
from sphinxext.digest.model import Text

#: Bold words that are a paragraph: a heading, if they name a category.
_BOLD = re.compile(r"\*\*([^*\n]{1,80})\*\*:?")
#: The level of such headings, which is below all others.
_LOWEST = 99
#: What only defines targets or substitutions: texts that use them take them along.
_DEFINITION = re.compile(r"\.\. (?:_(?!_)|\|)")


def entries_of(
    pieces: Sequence[Piece], path: str, sections: Sections, known: Mapping[str, str], key: str = ""
) -> Iterator[Entry]:
    """Yield the entries of a part of a file.

    :param path: how problems name the file.
    :param known: definitions of the file, by their names.
    :param key: what an entry is known by; without it, by its category and its words.
    """
    headings: list[Piece] = []
    blocks: list[Piece] = []
    for piece in _with_bold_headings(pieces, sections):
        if piece.form is Form.HEADING:
            yield from _entries(blocks, headings, path, known, key)
            blocks = []
            headings = [*(one for one in headings if one.level < piece.level), piece]
        else:
            blocks.append(piece)
    yield from _entries(blocks, headings, path, known, key)


def _with_bold_headings(pieces: Sequence[Piece], sections: Sections) -> Iterator[Piece]:
    for piece in pieces:
        bold = _BOLD.fullmatch(piece.text.value) if piece.form is Form.BLOCK else None
        if bold is not None and sections.knows(words := plain_words(bold[1]).rstrip(":")):
            yield replace(piece, form=Form.HEADING, level=_LOWEST, words=words)
        elif not (piece.form is Form.BLOCK and _DEFINITION.match(piece.text.value)):
            yield piece


def _entries(
    blocks: Sequence[Piece], headings: Sequence[Piece], path: str, known: Mapping[str, str], key: str
) -> Iterator[Entry]:
    categories = (headings[0].words,) if headings else ()
    more = tuple(heading.words for heading in headings[1:])
    for text in _texts(blocks):
        name = key or f"{'/'.join((*categories, *more))}\n{' '.join(text.value.split())}"
        yield Entry(path, with_definitions(text, dict(known)), categories, name, more)


def _texts(blocks: Sequence[Piece]) -> Iterator[Text]:
    """Yield each item of a list, and what is between lists as one text, with the list that it introduces."""
    together: list[Piece] = []
    is_introduced = False
    for piece in blocks:
        if piece.form is Form.ITEM and not is_introduced:
            yield from _joined(together)
            together = []
            yield piece.text
            continue
        if piece.form is Form.BLOCK and together and together[-1].form is Form.ITEM:
            yield from _joined(together)
            together = []
        together.append(piece)
        is_introduced = piece.text.value.endswith(":") if piece.form is Form.BLOCK else True
    yield from _joined(together)


def _joined(pieces: Sequence[Piece]) -> Iterator[Text]:
    values: list[str] = []
    numbers: list[int] = []
    for piece in pieces:
        lines = piece.text.value.split("\n")
        if values:
            values.append("")
            numbers.append(piece.text.line)
        margin = "  " if piece.form is Form.ITEM else ""
        values += [f"{'- ' if margin and not index else margin}{line}".rstrip() for index, line in enumerate(lines)]
        numbers += [piece.text.line_of(index) for index in range(len(lines))]
    if values:
        yield Text("\n".join(values), numbers[0], pieces[0].text.column, tuple(numbers))
