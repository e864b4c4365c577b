"""Whether a line of a text ends where it does because there was no more room."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

#: What mails are wrapped at unless their lines say otherwise.
USUAL = 79
#: A text with words beyond this column is not wrapped at all.
_LIMIT = 110
_BULLET = re.compile(r"\s*[•*+‣◦▪●-]\s")
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003fffd]")


def columns(text: str) -> int:
    """The columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    none = sum(unicodedata.category(character) in ("Mn", "Me", "Cf") for character in text)
    return len(text) + wide - none


def join_lines(lines: Sequence[str]) -> str:
    """The lines of a paragraph as one. Where both sides are of a script without spaces, none is put in."""
    text = ""
    for line in lines:
        line = line.strip()
        if text and line:
            unspaced = _UNSPACED.match(text[-1]) and _UNSPACED.match(line[0])
            text += line if unspaced else f" {line}"
        else:
            text += line
    return text


class Wrapping:
    """The width that a text was wrapped at, as its lines show it.

    It is at least that of the longest line. It is less than what a line would have had with the first word of the
    next, wherever that certainly is the same paragraph. Of what is left it is the usual width, or the nearest to it.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        widths = [columns(line) for line in lines if "://" not in line and line.count(" ") > 2]
        longest = max(widths, default=0)
        #: The width, or None if the text is not wrapped.
        self.width: int | None = None
        if longest <= _LIMIT:
            self.width = max(longest, min(USUAL, _bound(lines)))

    def is_full(self, line: str, following: str) -> bool:
        """Whether the following line may go on because the next word had no room in this one.

        A word of one letter does not stand at the end of a line: it moves on with the next.
        """
        if self.width is None:
            return False
        first, _, rest = following.strip().partition(" ")
        if columns(first) == 1 and rest:
            first = f"{first} {rest.lstrip().partition(' ')[0]}"
        return not self.has_room(line, first)

    def has_room(self, line: str, word: str) -> bool:
        """Whether a word fits at the end of a line."""
        return self.width is None or columns(line.rstrip()) + 1 + columns(word) <= self.width


def _bound(lines: Sequence[str]) -> int:
    """The largest width at which the sure continuations of lines would have been wrapped."""
    bound = _LIMIT
    for index in range(1, len(lines)):
        before, line = lines[index - 1], lines[index]
        if not before.strip() or not line.strip() or _BULLET.match(line) or "://" in before:
            continue
        indent = len(line) - len(line.lstrip())
        in_list = indent > 0 and bool(_BULLET.match(before) or before.startswith(line[:indent]))
        in_paragraph = index > 1 and bool(lines[index - 2].strip()) and not indent and not _BULLET.match(before)
        if not in_list and not in_paragraph:
            continue
        words = line.split()
        room = columns(words[0]) + (1 + columns(words[1]) if columns(words[0]) == 1 and len(words) > 1 else 0)
        width = columns(before.rstrip()) + 1 + room - 1
        # less than that is a line that somebody ended on purpose
        if width >= _LEAST:
            bound = min(bound, width)
    return bound


_LEAST = 60
