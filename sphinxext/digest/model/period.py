"""Days: the current one, and the periods of digests."""

from __future__ import annotations

import os
import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

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
#: The months as OpenStack's countdown mails have them: short ones in full, others by their first letters.
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
        """The name of the digest of this period: its last day, in ISO form."""
        return self.end.isoformat()

    @property
    def is_month(self) -> bool:
        """Return True if these are all days of one month."""
        start, end = self.start, self.end
        same = (start.year, start.month) == (end.year, end.month)
        return same and start.day == 1 and end.day == monthrange(end.year, end.month)[1]

    @property
    def title(self) -> str:
        """The days in words, the long form of dates.

        ``April 9–22, 2026`` within a month, ``November 28 – December 4, 2026`` across two, with both years where they
        differ; ``December 2026`` for a whole month and ``April 9, 2026`` for a single day.
        """
        if self.is_month:
            return f"{month_name(self.start)} {self.start.year}"
        return _in_words(self, f"{month_name(self.start)} ", f"{month_name(self.end)} ", with_year=True)


def short_days(period: Period, *, with_year: bool = False) -> str:
    """A week in short: ``Dec 7–11``, ``Nov 30 – Dec 4``; with the year ``Dec 7–11, 2026``."""
    first, last = (f"{month_name(day)[:3]} " for day in (period.start, period.end))
    return _in_words(period, first, last, with_year=with_year)


def _in_words(period: Period, first: str, last: str, *, with_year: bool) -> str:
    start, end = period.start, period.end
    year = f", {end.year}" if with_year else ""
    if start == end:
        return f"{last}{end.day}{year}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{first}{start.day}–{end.day}{year}"
    between = f", {start.year}" if with_year and start.year != end.year else ""
    return f"{first}{start.day}{between} – {last}{end.day}{year}"


def plain_title(period: Period) -> str:
    """The days in words as OpenStack's plain-text digests have them.

    ``April 9-22`` within a month, ``November 28 to December 4`` across two, with years where they differ;
    ``December 2015`` for a whole month and ``April 9`` for a single day.
    """
    start, end = period.start, period.end
    first, last = f"{month_name(start)} {start.day}", f"{month_name(end)} {end.day}"
    if start == end:
        return first
    if start.year != end.year:
        return f"{first}, {start.year} to {last}, {end.year}"
    if start.month != end.month:
        return f"{first} to {last}"
    if period.is_month:
        return f"{month_name(start)} {start.year}"
    return f"{first}-{end.day}"


def plain_week(period: Period) -> str:
    """A week as OpenStack's countdown mails have it: ``Dec 7-11``, ``March 14-18``, ``Nov 30 - Dec 4``."""
    start, end = period.start, period.end
    if start == end:
        return f"{_SHORT_MONTHS[start.month - 1]} {start.day}"
    if start.month == end.month:
        return f"{_SHORT_MONTHS[start.month - 1]} {start.day}-{end.day}"
    return f"{_SHORT_MONTHS[start.month - 1]} {start.day} - {_SHORT_MONTHS[end.month - 1]} {end.day}"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKLY, BIWEEKLY, MONTHLY = FREQUENCIES = ("weekly", "biweekly", "monthly")
LATEST = "latest"
_SATURDAY = WEEKDAYS.index("saturday")

#: The supported years of dates.
YEARS = range(1970, 3000)

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INTERVAL = re.compile(rf"({_DAY})/({_DAY})")
_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


class PeriodError(ValueError):
    """An invalid period; the message says what is wrong with it."""


def check_year(*days: date) -> None:
    """Make sure that days are of years for which there are digests, so that no calculation leaves the calendar.

    :raises PeriodError: if they are not.
    """
    for day in days:
        if day.year not in YEARS:
            raise PeriodError(f"the year {day.year} is not one of {YEARS.start} to {YEARS.stop - 1}")


def find_interval(text: str) -> Period | None:
    """Read ``START/END``, an ISO week (``2015-W49``: Monday to Sunday, ISO 8601) or a month (``2015-12``).

    :returns: None if the text is of none of these forms.
    :raises PeriodError: if it names a day that does not exist, or ends before it starts.
    """
    try:
        if match := _INTERVAL.fullmatch(text):
            period = Period(date.fromisoformat(match[1]), date.fromisoformat(match[2]))
        elif match := _WEEK.fullmatch(text):
            monday = date.fromisocalendar(int(match[1]), int(match[2]), 1)
            period = Period(monday, monday + timedelta(days=6))
        elif match := _MONTH.fullmatch(text):
            period = month_of(date(int(match[1]), int(match[2]), 1))
        else:
            return None
    except (ValueError, OverflowError):
        raise PeriodError(f"'{text}' is not a period: there is no such day, week or month") from None
    check_year(period.start, period.end)
    if period.end < period.start:
        raise PeriodError(f"the period '{text}' ends before it starts")
    return period


def parse_interval(text: str) -> Period:
    """Read a period by its days, as :func:`find_interval` does.

    :raises PeriodError: if the text is none.
    """
    period = find_interval(text)
    if period is None:
        raise PeriodError(
            f"'{text}' is not a period: write START/END (2026-11-23/2026-11-29), an ISO week (2026-W48) or a month "
            "(2026-11)"
        )
    return period


def parse_day(text: str) -> date | None:
    """The day that ``text`` names as ``YYYY-MM-DD``, or None if it is not of that form.

    :raises PeriodError: if there is no such day.
    """
    if not re.fullmatch(_DAY, text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise PeriodError(f"there is no such day as '{text}'") from None
    check_year(day)
    return day


def month_of(day: date) -> Period:
    """Return the calendar month of a day."""
    return Period(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


@dataclass(frozen=True)
class Calendar:
    """The calendar of digests, which assigns days to periods.

    ``week_start`` is a name out of :data:`WEEKDAYS`. A two-week period begins in every second week counted from the
    week of ``anchor``. An interval wins over the regular periods for the days that it holds; of two intervals that
    share a day, the one that ends first.
    """

    frequency: str = WEEKLY
    week_start: str = "monday"
    anchor: date = date(2000, 1, 1)
    intervals: tuple[Period, ...] = field(default=())

    def with_intervals(self, intervals: Iterable[Period]) -> Calendar:
        """Return the calendar with more intervals."""
        together = tuple(sorted({*self.intervals, *intervals}, key=lambda period: (period.end, period.start)))
        return Calendar(self.frequency, self.week_start, self.anchor, together)

    def period_of(self, day: date) -> Period:
        """Return the period of the digest that a day belongs to."""
        for interval in self.intervals:
            if day in interval:
                return interval
        return self.regular_period_of(day)

    def regular_period_of(self, day: date) -> Period:
        """Return the week, two weeks or month of a day, ignoring intervals."""
        if self.frequency == MONTHLY:
            return month_of(day)
        start = self._week_start(day)
        if self.frequency == WEEKLY:
            return Period(start, start + timedelta(days=6))
        weeks = (start - self._week_start(self.anchor)).days // 7
        start -= timedelta(weeks=weeks % 2)
        return Period(start, start + timedelta(days=13))

    def neighbour(self, day: date, *, later: bool) -> Period:
        """Return the period after, or before, the one that a day belongs to."""
        period = self.period_of(day)
        beside = period.end + timedelta(days=1) if later else period.start - timedelta(days=1)
        check_year(beside)
        return self.period_of(beside)

    def period_to_edit(self, today: date) -> Period:
        """Return the period whose digest is being written: until its first working day is over, the one before it."""
        period = self.period_of(today)
        days = ((period.start + timedelta(days=count)).weekday() for count in range((today - period.start).days))
        return self.neighbour(today, later=False) if all(day >= _SATURDAY for day in days) else period

    def _week_start(self, day: date) -> date:
        return day - timedelta(days=(day.weekday() - WEEKDAYS.index(self.week_start)) % 7)


def countdown_week(day: date) -> Period:
    """The working week, Monday to Friday, that a countdown written on ``day`` is about.

    A countdown is written at the end of a week about the next one, or at its beginning about that week itself:
    from Thursday on it is the next week's.
    """
    reference = day + timedelta(days=4)
    monday = reference - timedelta(days=reference.weekday())
    return Period(monday, monday + timedelta(days=4))


def long_day(day: date) -> str:
    """A day in the words of a deadline: ``March 4th, 2027``."""
    suffix = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{month_name(day)} {day.day}{suffix}, {day.year}"


def now() -> datetime:
    """Return the time in UTC, or that of ``SOURCE_DATE_EPOCH`` (seconds since 1970).

    See https://reproducible-builds.org/specs/source-date-epoch/. A value that is no number, or one of no time that
    there is, counts as none.
    """
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    if seconds.isascii() and seconds.isdecimal():
        try:
            return datetime.fromtimestamp(int(seconds), UTC)
        except (ValueError, OverflowError, OSError):
            pass
    return datetime.now(UTC)


def day_of(seconds: int | None) -> date | None:
    """Return the day (UTC) of seconds since 1970, or None without seconds or outside the years of Python."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date() if seconds is not None else None
    except (ValueError, OverflowError, OSError):
        return None


def today() -> date:
    """Return the current day in UTC; see :func:`now`."""
    return now().date()
