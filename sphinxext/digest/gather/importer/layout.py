"""Parse plain text into blocks: bullets by their indents, headings directly above them, paragraphs, indented lines.

A line that could have held the next word ends on purpose; others were wrapped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sphinxext.digest.gather.importer import Block, Form, Words

#: The width of wrapped mails, unless their lines show another.
USUAL = 79
#: A text with words beyond this column is not wrapped at all.
_LIMIT = 110
_BULLET_IN_WRAPPED = re.compile(r"\s*[•*+‣◦▪●-]\s")
_UNSPACED = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003fffd]")


def columns(text: str) -> int:
    """Return the columns that a text takes in a terminal."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    none = sum(unicodedata.category(character) in ("Mn", "Me", "Cf") for character in text)
    return len(text) + wide - none


def join_lines(lines: Sequence[str]) -> str:
    """Return the lines of a paragraph as one. Where both sides are of a script without spaces, none is put in."""
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
        """Return True if the following line may go on because the next word did not fit into this one.

        A word of one letter is not left at the end of a line: it moves on with the next.
        """
        if self.width is None:
            return False
        first, _, rest = following.strip().partition(" ")
        if columns(first) == 1 and rest:
            first = f"{first} {rest.lstrip().partition(' ')[0]}"
        return not self.has_room(line, first)

    def has_room(self, line: str, word: str) -> bool:
        """Return True if a word fits at the end of a line."""
        return self.width is None or columns(line.rstrip()) + 1 + columns(word) <= self.width


def _bound(lines: Sequence[str]) -> int:
    """Return the largest width at which the sure continuations of lines would have been wrapped."""
    bound = _LIMIT
    for index in range(1, len(lines)):
        before, line = lines[index - 1], lines[index]
        if not before.strip() or not line.strip() or _BULLET_IN_WRAPPED.match(line) or "://" in before:
            continue
        indent = len(line) - len(line.lstrip())
        in_list = indent > 0 and bool(_BULLET_IN_WRAPPED.match(before) or before.startswith(line[:indent]))
        in_paragraph = (
            index > 1 and bool(lines[index - 2].strip()) and not indent and not _BULLET_IN_WRAPPED.match(before)
        )
        if not in_list and not in_paragraph:
            continue
        words = line.split()
        room = columns(words[0]) + (1 + columns(words[1]) if columns(words[0]) == 1 and len(words) > 1 else 0)
        width = columns(before.rstrip()) + room
        # less than that is a line that somebody ended on purpose
        if width >= _LEAST:
            bound = min(bound, width)
    return bound


_LEAST = 60


_BULLET = re.compile(r"(?P<indent> *)(?P<mark>[•‣◦▪●·*+-])(?P<space> +)(?P<text>\S.*)")
_UNDERLINE = re.compile(r"={4,}|-{4,}|~{4,}|\*{4,}")
_SURE = "•‣◦▪●·"
_MARKS = "*-+"
_END = re.compile(r"[.:;?!)\]”’\"'…]\Z")
#: Lists are not nested deeper; what is, counts as the last level.
MAX_LEVEL = 8
#: Lines that are indented so far beyond the text around stay as they are.
_LITERAL = 4


@dataclass(slots=True)
class _Item:
    """A line of a list that may still go on: where its bullet and its text begin."""

    mark: str
    indent: int
    margin: int


@dataclass(slots=True)
class _Open:
    """A block whose lines are being collected."""

    form: Form
    line: int
    level: int
    gap: int
    lines: list[str]
    margin: int
    is_one_piece: bool = True


def blocks_of_text(lines: Sequence[str], first: int) -> list[Block]:
    """Return the blocks of a text.

    :param lines: clean, without their ends.
    :param first: the number of the first of them in the file.
    """
    return _Layout(lines, first).run()


class _Layout:
    """Goes through lines and keeps the list items that are open."""

    def __init__(self, lines: Sequence[str], first: int) -> None:
        self.lines = lines
        self.first = first
        self.wrapping = Wrapping(lines)
        self.blocks: list[Block] = []
        self.items: list[_Item] = []
        self.open: _Open | None = None
        self.gap = 0

    def run(self) -> list[Block]:
        for index, line in enumerate(self.lines):
            if not line.strip():
                self.gap += 1
                continue
            bullet = _BULLET.fullmatch(line)
            if self.is_underline(line):
                self.close(heading=True)
            elif bullet and self.is_bullet(index, bullet):
                self.add_bullet(index, bullet)
            else:
                self.add_line(index, line)
            self.gap = 0
        self.close()
        return self.blocks

    def is_underline(self, line: str) -> bool:
        """Return True if a line does nothing but make a heading of the one above it."""
        above = self.open if not self.gap else None
        alone = above is not None and above.form is Form.TEXT and not above.level and len(above.lines) == 1
        return alone and _UNDERLINE.fullmatch(line) is not None

    def is_bullet(self, index: int, match: re.Match[str]) -> bool:
        """Return True if a line that begins with the character of a bullet is one.

        A wrapped line may begin with such a character, at the indent of the text that it continues. A bullet is
        at the indent of one before it, or begins a list of its own: below a line that had room for it, before
        another of its kind, or with lines of its own further in. Where nothing tells, the words do.
        """
        mark, indent = match["mark"], len(match["indent"])
        if mark in _SURE or self.open is None:
            return True
        if self.gap:
            return self.open.form is not Form.LITERAL or indent < self.open.margin
        if any(item.indent == indent for item in self.items):
            return True
        if self.items and indent < self.items[-1].margin:
            return indent > 0
        before = self.lines[index - 1]
        if not self.wrapping.is_full(before, line := match[0]):
            return True
        if not self.items and not self.open.is_one_piece:
            return False  # a list is never directly below a text that has a heading
        return self.may_begin_list(index, mark, indent, before, line)

    def may_begin_list(self, index: int, mark: str, indent: int, before: str, line: str) -> bool:
        following = self.lines[index + 1] if index + 1 < len(self.lines) else ""
        if following.strip():
            next_indent = len(following) - len(following.lstrip())
            bullet = _BULLET.fullmatch(following)
            if next_indent > indent:
                return True
            if next_indent == indent:
                return bullet is not None and bullet["mark"] == mark
        *others, last = before.split()
        if others and columns(last) == 1 and not self.wrapping.has_room(before, mark):
            return True  # in the same text a word of one letter would have moved on to the next line
        level = len(self.items)
        if self.items and self.items[0].mark in _MARKS:
            start = _MARKS.index(self.items[0].mark)
            if mark != _MARKS[(start + level) % len(_MARKS)]:
                return False
        words = line.strip()[1:].lstrip()
        return bool(_END.search(before)) or words[:1].isupper()

    def add_bullet(self, index: int, match: re.Match[str]) -> None:
        indent = len(match["indent"])
        # a text directly above a list is its heading
        above = self.open if self.gap == 0 else None
        if above and above.form is Form.TEXT and not above.level:
            self.close(heading=True)
        else:
            self.close()
        while self.items and self.items[-1].indent >= indent:
            self.items.pop()
        margin = indent + 1 + len(match["space"])
        self.items.append(_Item(match["mark"], indent, margin))
        level = min(len(self.items), MAX_LEVEL)
        self.open = _Open(Form.BULLET, self.first + index, level, self.gap, [match["text"]], margin)

    def add_line(self, index: int, line: str) -> None:
        indent = len(line) - len(line.lstrip())
        if self.open is not None and self.open.form is Form.LITERAL:
            if indent >= self.open.margin:
                self.open.lines += [""] * self.gap + [line]
                return
        elif self.open is not None and not self.gap and self.goes_on(index, indent):
            self.open.is_one_piece &= self.wrapping.is_full(self.open.lines[-1], line)
            self.open.lines.append(line)
            return
        self.close()
        while self.items and self.items[-1].margin > indent:
            self.items.pop()
        margin = self.items[-1].margin if self.items else 0
        form = Form.LITERAL if self.gap and indent >= margin + _LITERAL else Form.TEXT
        level = min(len(self.items), MAX_LEVEL)
        margin = indent if form is Form.LITERAL else margin
        self.open = _Open(form, self.first + index, level, self.gap, [line], margin)

    def goes_on(self, index: int, indent: int) -> bool:
        """Return True if a line belongs to the bullet or text of the line before it."""
        assert self.open is not None
        if self.open.form is Form.TEXT or indent > 0:
            return True
        return self.wrapping.is_full(self.lines[index - 1], self.lines[index])

    def close(self, *, heading: bool = False) -> None:
        """End the open block. Text after a line with room left begins with a heading."""
        block, self.open = self.open, None
        if block is None:
            return
        if block.form is Form.LITERAL:
            text = "\n".join(line[block.margin :] for line in block.lines)
            self.blocks.append(Block(Form.LITERAL, Words.of(text), block.line, block.level, block.gap))
            return
        lines, line, gap = block.lines, block.line, block.gap
        if block.form is Form.TEXT and not block.level:
            count = len(lines) if heading and block.is_one_piece else self.heading_of(lines)
            if count:
                words = Words.of(join_lines(lines[:count]))
                self.blocks.append(Block(Form.HEADING, words, line, 0, gap))
                lines, line, gap = lines[count:], line + count, 0
        if self.wrapping.width is None and block.form is Form.TEXT:
            # nothing is wrapped: each line is a paragraph
            for number, text in enumerate(lines):
                words = Words.of(text.strip())
                self.blocks.append(Block(block.form, words, line + number, block.level, 0 if number else gap))
        elif lines:
            text = self.with_breaks(lines) if block.form is Form.TEXT and not block.level else join_lines(lines)
            self.blocks.append(Block(block.form, Words.of(text), line, block.level, gap))

    def with_breaks(self, lines: list[str]) -> str:
        """Join the lines of a paragraph, with line feeds where the next word would have fit into the line."""
        pieces: list[list[str]] = [[lines[0]]]
        for before, line in pairwise(lines):
            if self.wrapping.is_full(before, line):
                pieces[-1].append(line)
            else:
                pieces.append([line])
        return "\n".join(map(join_lines, pieces))

    def heading_of(self, lines: list[str]) -> int:
        """Return the number of lines at the beginning of a paragraph that are a heading above it."""
        if self.wrapping.width is None:
            return 0
        for count, (line, after) in enumerate(pairwise(lines), 1):
            if not self.wrapping.is_full(line, after):
                return 0 if line.endswith((".", ",", ";")) else count
        return 0
