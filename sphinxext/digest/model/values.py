"""The values of notes: texts with their places in a file, moments, and people with the numbers of their messages."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache

#: What no text may have: control characters but tabs and line feeds, what only some programs take for a line end, and
#: what is no character. YAML itself refuses most of them, but not their escapes in double quotes.
REFUSED_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column of a file, both counted from 1; columns count characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Text:
    """The reStructuredText of a field, without empty lines at its ends.

    ``line`` and ``column`` say where the value begins in the file. Where the lines of the value do not simply follow
    each other, as in folded and quoted scalars, ``lines`` names the file's line for each of them; where they do not
    all begin at the same column, ``columns`` names that. Both are empty otherwise. ``is_line`` is set where the text
    is one line of inline markup, whatever it begins with.
    """

    value: str
    line: int
    column: int
    lines: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    is_line: bool = False

    def as_line(self) -> Text:
        """Return the text as inline markup if it is one line, and not a directive or another of reST's ``..`` blocks.

        In a line such as a success, "M. Curie joins" is a name and not the thirteenth item of a list.
        """
        return self if "\n" in self.value or self.value.startswith(".. ") else replace(self, is_line=True)

    def line_of(self, index: int) -> int:
        """Return the file's line (from 1) for line ``index`` (from 0) of the value."""
        if self.lines:
            return self.lines[max(0, min(index, len(self.lines) - 1))]
        return self.line + index

    def column_of(self, index: int) -> int:
        """Return the file's column (from 1) at which line ``index`` (from 0) of the value begins."""
        lines = _lines_of(self.value)
        index = max(0, min(index, len(lines) - 1))
        return self._margin(index) + len(lines[index]) - len(lines[index].lstrip())

    def cut(self, start: int) -> Text:
        """Return the text from character ``start`` on, which begins a word."""
        first = self.value.count("\n", 0, start)
        offset = start - (self.value.rfind("\n", 0, start) + 1)
        margins = [self._margin(index) for index in range(first, self.value.count("\n") + 1)]
        margins[0] += offset
        columns = tuple(margins) if len(set(margins)) > 1 else ()
        return Text(self.value[start:], self.line_of(first), margins[0], self.lines[first:], columns)

    def _margin(self, index: int) -> int:
        return self.columns[min(index, len(self.columns) - 1)] if self.columns else self.column

    @property
    def first_line(self) -> str:
        """The first line of the value, for lists and messages."""
        return self.value.split("\n", 1)[0].strip()


@lru_cache(maxsize=8)
def _lines_of(value: str) -> list[str]:
    """Return the lines of a text, cached because every problem in it needs them."""
    return value.split("\n")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time in UTC where it is known."""

    day: date
    time: datetime | None = None

    def is_after(self, other: Moment) -> bool:
        """Return True if it is certainly later than another moment; on one day only times decide."""
        if self.time and other.time:
            return self.time > other.time
        return self.day > other.day

    @property
    def rfc3339(self) -> str:
        """The time in UTC as of RFC 3339; a day without a time begins at midnight."""
        return str(self) if self.time else f"{self.day.isoformat()}T00:00:00Z"

    def __str__(self) -> str:
        return self.time.strftime("%Y-%m-%dT%H:%M:%SZ") if self.time else self.day.isoformat()


#: Maximum length of a name; keys of YAML may not be much longer.
MAX_NAME = 100
#: Maximum number of messages of one person.
MAX_MESSAGES = 99_999

_LINE = re.compile(r"(?P<name>\S(?:[^\n]*\S)?): (?P<number>[1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Participants:
    """Names, in the order in which they were given, each with the number of messages that the person wrote.

    As a string it has one line to a person, ``name: number``, for records whose values are texts.
    """

    counts: tuple[tuple[str, int], ...]

    @classmethod
    def of_text(cls, text: str) -> Participants | None:
        """Parse a string of this form, or return None if a line is malformed or a name is duplicate."""
        found: dict[str, int] = {}
        for line in text.strip().split("\n"):
            match = _LINE.fullmatch(line)
            if match is None or match["name"] in found or len(match["name"]) > MAX_NAME:
                return None
            found[match["name"]] = int(match["number"])
        return cls(tuple(found.items()))

    @property
    def messages(self) -> int:
        """The total number of messages."""
        return sum(number for _name, number in self.counts)

    @property
    def by_number(self) -> tuple[tuple[str, int], ...]:
        """Return the participants, those who wrote most first; ties keep their order."""
        return tuple(sorted(self.counts, key=lambda count: -count[1]))

    def __str__(self) -> str:
        return "\n".join(f"{name}: {number}" for name, number in self.counts)
