"""A stretch of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


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
    def title(self) -> str:
        """The days in words, as OpenStack's digests have them.

        ``April 9-22`` within a month, ``November 28 to December 4`` across two, with years where they differ;
        ``December 2015`` for a whole month and ``April 9`` for a single day.
        """
        start, end = self.start, self.end
        if start == end:
            return f"{start:%B} {start.day}"
        if start.year != end.year:
            return f"{start:%B} {start.day}, {start.year} to {end:%B} {end.day}, {end.year}"
        if start.month != end.month:
            return f"{start:%B} {start.day} to {end:%B} {end.day}"
        if start.day == 1 and (end + timedelta(days=1)).day == 1:
            return f"{start:%B} {start.year}"
        return f"{start:%B} {start.day}-{end.day}"
