"""When an event is, and its deadlines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sphinxext.digest.model.period import check_year

#: Maximum number of deadlines of an event.
MAX_DEADLINES = 50
#: Maximum length of the title of a deadline.
MAX_TITLE = 200

_DEADLINE = re.compile(r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2}): (?P<title>\S(?:[^\n]*\S)?)")


@dataclass(frozen=True, slots=True)
class When:
    """A day, or a time with its offset from UTC: people at the place of an event read it from their clocks."""

    day: date
    time: datetime | None = None

    @property
    def clock(self) -> str:
        """The time as people write it, such as ``18:30``; empty for a day."""
        return f"{self.time:%H:%M}" if self.time else ""

    @property
    def zone(self) -> str:
        """The offset, such as ``UTC``, ``UTC+2`` or ``UTC-3:30``; empty for a day."""
        if self.time is None:
            return ""
        hours, minutes = divmod(abs(round((self.time.utcoffset() or timedelta()).total_seconds() / 60)), 60)
        sign = "-" if (self.time.utcoffset() or timedelta()) < timedelta() else "+"
        return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "") if hours or minutes else "UTC"

    def __str__(self) -> str:
        if self.time is None:
            return self.day.isoformat()
        return self.time.isoformat(timespec="seconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day by which something has to be done for an event; the title is plain text."""

    day: date
    title: str


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of an event, by day.

    As a string it has one line to a deadline, ``YYYY-MM-DD: title``, for records whose values are texts.
    """

    days: tuple[Deadline, ...]

    @classmethod
    def of(cls, deadlines: Iterable[Deadline]) -> Deadlines:
        """Return deadlines in the order of their days; those of one day keep their order."""
        return cls(tuple(sorted(deadlines, key=lambda deadline: deadline.day)))

    @classmethod
    def of_text(cls, text: str) -> Deadlines | None:
        """Parse a string of this form, or return None if a line is malformed or there are too many."""
        found: list[Deadline] = []
        for line in text.strip().split("\n"):
            match = _DEADLINE.fullmatch(line)
            if match is None or len(match["title"]) > MAX_TITLE or len(found) == MAX_DEADLINES:
                return None
            try:
                day = date.fromisoformat(match["day"])
                check_year(day)
            except ValueError:
                return None
            found.append(Deadline(day, match["title"]))
        return cls.of(found)

    def __str__(self) -> str:
        return "\n".join(f"{one.day.isoformat()}: {one.title}" for one in self.days)
