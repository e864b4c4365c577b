"""A stretch of days."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
#: The months as a countdown's heading has them: short ones in full, others by their first letters.
_SHORT_MONTHS = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")


def month_name(day: date) -> str:
    """The English name of a day's month, whatever the locale.

    Sphinx sets the user's locale, and what is built must not depend on that.
    """
    return _MONTHS[day.month - 1]


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from ``start`` to ``end``, both included."""

    start: date
    end: date

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    @property
    def name(self) -> str:
        """How a digest of this period is known: its last day, in ISO form."""
        return self.end.isoformat()

    @property
    def is_month(self) -> bool:
        """Whether these are all days of one month."""
        start, end = self.start, self.end
        same = (start.year, start.month) == (end.year, end.month)
        return same and start.day == 1 and end.day == monthrange(end.year, end.month)[1]

    @property
    def title(self) -> str:
        """The days in words, as OpenStack's digests have them.

        ``April 9-22`` within a month, ``November 28 to December 4`` across two, with years where they differ;
        ``December 2015`` for a whole month and ``April 9`` for a single day.
        """
        start, end = self.start, self.end
        first, last = f"{month_name(start)} {start.day}", f"{month_name(end)} {end.day}"
        if start == end:
            return first
        if start.year != end.year:
            return f"{first}, {start.year} to {last}, {end.year}"
        if start.month != end.month:
            return f"{first} to {last}"
        if self.is_month:
            return f"{month_name(start)} {start.year}"
        return f"{first}-{end.day}"


def short_title(period: Period) -> str:
    """A week in the words of a countdown's heading: ``Dec 7-11``, ``March 14-18``, ``Nov 30 - Dec 4``."""
    start, end = period.start, period.end
    if start.month == end.month:
        return f"{_SHORT_MONTHS[start.month - 1]} {start.day}-{end.day}"
    return f"{_SHORT_MONTHS[start.month - 1]} {start.day} - {_SHORT_MONTHS[end.month - 1]} {end.day}"
