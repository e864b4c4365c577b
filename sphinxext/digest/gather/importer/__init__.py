"""Turn older digests, as mails, web pages and exports, into fragments; here are the records that all steps share.

``sources`` reads the posts of a file, ``sections`` and ``kinds`` find the sections and notes of a post, ``issue``
makes fragments of them, and ``plan`` compares these with what a folder has. A post consists of blocks, and blocks of
words with links.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from itertools import chain

from sphinxext.digest.model import Place


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, and where it leads if it is a link."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """A piece of text with its links. Text is plain; nothing in it is markup."""

    runs: tuple[Run, ...]

    @classmethod
    def of(cls, text: str) -> Words:
        """Words without links."""
        return cls((Run(text),))

    @property
    def plain(self) -> str:
        """The text alone."""
        return self.runs[0].text if len(self.runs) == 1 else "".join(run.text for run in self.runs)

    @property
    def urls(self) -> list[str]:
        """The targets of the links, in order."""
        return [run.url for run in self.runs if run.url]

    def cut(self, start: int) -> Words:
        """Return the words from character ``start`` on."""
        runs = []
        for run in self.runs:
            if len(run.text) > start:
                runs.append(Run(run.text[max(start, 0) :], run.url))
            start -= len(run.text)
        return Words(tuple(runs))

    def until(self, end: int) -> Words:
        """Return the words before character ``end``."""
        runs = []
        for run in self.runs:
            if end > 0:
                runs.append(Run(run.text[:end], run.url))
            end -= len(run.text)
        return Words(tuple(runs))

    def stripped(self) -> Words:
        """Return the words without white space at their ends."""
        plain = self.plain
        return self.until(len(plain.rstrip())).cut(len(plain) - len(plain.lstrip()))

    def on_one_line(self) -> Words:
        """Return the words with a space for each run of line feeds and the spaces around it."""
        if "\n" not in self.plain:
            return self
        lines = [line.runs for line in self.lines() if line.plain]
        return Words(tuple(chain(*lines[:1], *(chain([Run(" ")], runs) for runs in lines[1:]))))

    def lines(self) -> Iterator[Words]:
        """Yield the lines, where there are line feeds in the text."""
        line: list[Run] = []
        for run in self.runs:
            first, *others = run.text.split("\n")
            line.append(Run(first, run.url))
            for text in others:
                yield Words(tuple(line)).stripped()
                line = [Run(text, run.url)]
        yield Words(tuple(line)).stripped()

    def pieces(self, spans: Iterable[tuple[int, int]]) -> Iterator[Words]:
        """Yield the words from one character to another, for spans in order that do not overlap."""
        index = base = 0
        for start, end in spans:
            while index < len(self.runs) and base + len(self.runs[index].text) <= start:
                base += len(self.runs[index].text)
                index += 1
            found: list[Run] = []
            position = base
            for number in range(index, len(self.runs)):
                if position >= end:
                    break
                run = self.runs[number]
                if text := run.text[max(start - position, 0) : end - position]:
                    found.append(Run(text, run.url))
                position += len(run.text)
            yield Words(tuple(found))


class Form(Enum):
    """The form of a block."""

    HEADING = "heading"
    BULLET = "bullet"
    TEXT = "text"
    LITERAL = "literal"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a line of a list, a paragraph, or lines that stay as they are.

    ``level`` counts the lists around from 1 for a line of a list; for a paragraph and for lines it counts the
    lists around them; of a heading it is HTML's, or 0 where there are no levels. ``line`` is where it begins in the
    file. ``gap`` is the number of blank lines before it. ``rst`` is its reStructuredText, with all that is within it,
    where its source has markup.
    """

    form: Form
    words: Words
    line: int
    level: int = 0
    gap: int = 0
    rst: str | None = None

    @property
    def plain(self) -> str:
        """The text alone."""
        return self.words.plain


@dataclass(slots=True)
class Post:
    """One digest, or whatever else was published as one piece.

    ``sent`` is when it was sent or published. ``is_mail`` says that it is to come out again as it was. ``source`` are
    lines of the file, the first of them line ``offset`` + 1, to find places in. ``heads`` says whether headings are
    marked, so that none have to be guessed. ``is_story`` says that the whole post is one story, of ``group``;
    ``is_newsletter`` that its headings have levels and name what is below them. ``number`` is that of its front
    matter.
    """

    path: str
    blocks: list[Block]
    title: str | None = None
    line: int = 1
    sent: datetime | None = None
    author: str | None = None
    url: str | None = None
    is_mail: bool = False
    heads: bool = False
    group: str | None = None
    is_story: bool = False
    is_newsletter: bool = False
    number: int | None = None
    source: list[str] = field(default_factory=list)
    offset: int = 0

    def place(self, text: str, line: int) -> Place:
        """Find a text: its first place from a line on, or else the beginning of that line."""
        left = _MOST
        for number in range(max(line, self.offset + 1), min(line + _FAR, self.offset + len(self.source) + 1)):
            content = self.source[number - self.offset - 1]
            column = content.find(text, 0, left)
            if column >= 0:
                return Place(number, column + 1)
            left -= len(content)
            if left <= 0:
                break
        return Place(line, 1)


#: The number of lines of a block in which a place is searched.
_FAR = 60
#: And how many characters: a page may be one line of a megabyte with thousands of places to find.
_MOST = 20_000

#: Control characters but the line feed, line ends that only some programs know, and code points without characters.
_NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile("(?<! ) *[\xa0\u202f][ \xa0\u202f]*")


def in_utc(when: datetime) -> datetime | None:
    """Return a time in UTC, which a time without a zone is in; None if the calendar ends before it."""
    try:
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except OverflowError:
        return None


def clean(line: str) -> str:
    """Return a line without control characters and tabs, and with usual spaces for those that do not break.

    An invisible byte order mark and zero-width spaces are taken out.
    """
    line = line.replace("\ufeff", "").replace("\u200b", "")
    line = _NO_TEXT.sub(" ", line.expandtabs(8)).rstrip()
    if "\xa0" not in line and "\u202f" not in line:
        return line
    body = line.lstrip()
    return " " * (len(line) - len(body)) + _SPACES.sub(" ", body).rstrip()
