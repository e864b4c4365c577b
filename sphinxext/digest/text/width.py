"""Wrapping text for a terminal, where some characters take two columns and some none."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: What a mail is wrapped at.
WIDTH = 79

#: Stands for a space at which a line may not end.
NO_BREAK = "\x00"

_WORD = re.compile(r"([ \n]*)([^ \n]+)")
_JOINER = "\u200d"
_EMOJI_STYLE = "\ufe0f"
_REGIONAL = range(0x1F1E6, 0x1F200)
_SKIN_TONES = range(0x1F3FB, 0x1F400)
#: Scripts that are written without spaces, so that a line may end after any character.
_UNSPACED = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60"
    "\U00020000-\U0003fffd]"
)
#: What does not begin a line in those scripts.
_CLOSING = "、。，．・：；？！）」』】〉》〕］｝々ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"  # noqa: RUF001


def width_of(text: str) -> int:
    """The columns that a text takes in a terminal.

    Wide and full-width characters (Unicode Standard Annex #11) and emoji take two, combining and formatting
    characters none; what is joined by a zero-width joiner takes as much as its first part, a flag two columns.
    """
    if text.isascii():
        return len(text)
    columns = 0
    previous = 0
    joined = half_flag = False
    for character in text:
        code = ord(character)
        if joined or (code in _SKIN_TONES and previous == 2):
            joined = False
        elif character == _JOINER:
            joined = previous == 2
        elif character == _EMOJI_STYLE:
            columns += previous == 1
            previous = 2
        elif code in _REGIONAL:
            columns += 0 if half_flag else 2
            previous, half_flag = 2, not half_flag
            continue
        elif width := _width_of_character(character):
            columns += width
            previous = width
        half_flag = False
    return columns


def _width_of_character(character: str) -> int:
    if character == NO_BREAK:
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def wrap(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    """Lines of at most ``width`` columns, the first one after ``first`` and the others after ``rest``.

    A word is never broken, however long, so that URLs stay whole, and words that :data:`NO_BREAK` joins stay
    together; between characters of scripts that are written without spaces a line may end. A line does not end with
    a word of one letter. Spaces within a line stay as many as they are.
    """
    lines: list[str] = []
    line: list[str] = []
    columns = width_of(first)
    for space, piece in _pieces(text):
        gap = space if line else ""
        taken = width_of(gap + piece)
        if line and columns + taken > width:
            carried = line[-1].lstrip() + gap if len(line) > 1 and width_of(line[-1].strip()) == 1 else ""
            if carried and width_of(rest + carried + piece) <= width:
                line.pop()
            else:
                carried = ""
            lines.append("".join(line))
            line, gap = [carried] if carried else [], ""
            columns = width_of(rest + carried)
            taken = width_of(piece)
        line.append(gap + piece)
        columns += taken
    lines.append("".join(line))
    indents = [first, *[rest] * (len(lines) - 1)]
    return [(indent + line).replace(NO_BREAK, " ").rstrip() for indent, line in zip(indents, lines, strict=True)]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """What stays together on a line, each with the spaces before it."""
    for match in _WORD.finditer(text):
        space, word = match[1].replace("\n", " "), match[2]
        if not _UNSPACED.search(word):
            yield space, word
            continue
        piece = ""
        for character in word:
            may_break = piece and (_UNSPACED.match(character) or _UNSPACED.match(piece[-1]))
            if may_break and character not in _CLOSING and _width_of_character(character):
                yield space, piece
                piece, space = "", ""
            piece += character
        yield space, piece
