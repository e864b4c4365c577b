"""Wrap text by columns: some characters take two of them in a terminal, and some none."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Columns of a mail.
WIDTH = 79

#: Stands for a space at which a line may not end.
NO_BREAK = "\x00"

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_WORD = re.compile(r"([ \n]*)([^ \n]+)")
#: Scripts that are written without spaces, so that a line may end after any character.
_UNSPACED = re.compile(
    "[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60"
    "\U00020000-\U0003fffd]"
)
#: What does not begin a line in those scripts.
_CLOSING = "、。，．・：；？！）」』】〉》〕］｝々ーぁぃぅぇぉっゃゅょァィゥェォッャュョ"  # noqa: RUF001


def width_of(text: str) -> int:
    """Return the columns that a text takes in a terminal; control characters take none."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth  # takes longer than all that most commands and builds do with widths

    columns = wcswidth(text.replace(NO_BREAK, " "))
    return columns if columns >= 0 else wcswidth(_CONTROL.sub("", text.replace(NO_BREAK, " ")))


def cut(text: str, columns: int, ellipsis: str = "…") -> str:
    """Shorten a text that takes more columns, and end it with an ellipsis then."""
    if width_of(text) <= columns:
        return text
    text = text[:columns]
    while width_of(text) > columns - len(ellipsis):
        text = text[:-1]
    return text.rstrip() + ellipsis


def wrap(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    """Return lines of at most ``width`` columns, the first one after ``first`` and the others after ``rest``.

    A word is never broken, however long, so that URLs stay whole, and words that :data:`NO_BREAK` joins stay
    together; between characters of scripts that are written without spaces a line may end. A line does not end with
    a word of one letter. Spaces within a line are kept.
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
    """Yield what stays together on a line, each with the spaces before it."""
    for match in _WORD.finditer(text):
        space, word = match[1].replace("\n", " "), match[2]
        if not _UNSPACED.search(word):
            yield space, word
            continue
        piece = ""
        for character in word:
            may_break = piece and (_UNSPACED.match(character) or _UNSPACED.match(piece[-1]))
            if may_break and character not in _CLOSING and width_of(character):
                yield space, piece
                piece, space = "", ""
            piece += character
        yield space, piece
