"""Where a value stands in its file, and texts and moments that remember it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column of a file, both counted from 1; columns count characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Text:
    """The reStructuredText of a field, without white space at its ends.

    ``line`` and ``column`` say where the first character stands in the file. ``lines`` names the file's line for each
    line of the value where these do not simply follow each other, as in folded and quoted scalars; it is empty
    otherwise.
    """

    value: str
    line: int
    column: int
    lines: tuple[int, ...] = ()

    def line_of(self, index: int) -> int:
        """The file's line (from 1) for line ``index`` (from 0) of the value."""
        if self.lines:
            return self.lines[max(0, min(index, len(self.lines) - 1))]
        return self.line + index

    def column_of(self, index: int) -> int:
        """The file's column (from 1) at which line ``index`` (from 0) of the value begins, past its indentation."""
        lines = self.value.split("\n")
        line = lines[max(0, min(index, len(lines) - 1))]
        return self.column + len(line) - len(line.lstrip())

    @property
    def first_line(self) -> str:
        """The first line of the value, for lists and messages."""
        return self.value.split("\n", 1)[0]


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time in UTC where it is known."""

    day: date
    time: datetime | None = None

    @property
    def key(self) -> datetime:
        """What notes are ordered by: the time, or the beginning of the day (UTC)."""
        return self.time or datetime.combine(self.day, time.min, UTC)

    def __str__(self) -> str:
        return self.time.strftime("%Y-%m-%dT%H:%M:%SZ") if self.time else self.day.isoformat()
