"""Dates of schedules: parse the days that English prose names, and place days in their weeks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from sphinxext.digest.model import Period
from sphinxext.digest.model.period import YEARS

WEEK = timedelta(weeks=1)
WEDNESDAY, THURSDAY, FRIDAY = 2, 3, 4
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NUMBER = r"(?<![0-9.])[0-9]{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s{1,20}([0-9]{4})(?![0-9]))?"
#: ``19 November, 2026``, ``7th of June``; ``November 19, 2026``, ``April 7th``; ``2026-11-19``.
_DAY = re.compile(
    rf"({_NUMBER})\s{{1,20}}(?:of\s{{1,20}})?({MONTH}){_YEAR}"
    rf"|\b({MONTH})\s{{1,20}}({_NUMBER})(?![0-9]){_YEAR}"
    r"|(?<![0-9/-])([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})(?![0-9/-])",
    re.IGNORECASE,
)
_TO = r"(?:-|\u2013|\u2014|to\b|until\b|through\b)"
_GOES_ON = re.compile(rf"\s{{0,20}}{_TO}\s{{0,20}}(?:[0-9]|{MONTH}\s{{1,20}}[0-9])", re.IGNORECASE)
_CAME_FROM = re.compile(rf"[0-9](?:st|nd|rd|th)?(?:\s+{MONTH})?(?:,?\s+[0-9]{{4}})?\s*{_TO}\s*$", re.IGNORECASE)
_WEEK_OF = re.compile(r"\bweek\s+(?:of|from|starting)\s+(?:the\s+)?(?:[a-z]{3,6}day,?\s+)?$", re.IGNORECASE)
#: How many characters before a day the expressions above look at.
_BEFORE = 60
#: Read at most this many days: in a text with more, none of them stands out as the deadline.
_MAX_DAYS = 100


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A single day named in prose, with or without a year; ``start`` and ``end`` are offsets in the prose."""

    year: int | None
    month: int
    day: int
    start: int
    end: int

    def within(self, week: Period) -> date | None:
        """Return the matching day of a week, weekend included, or None."""
        monday = monday_of(week.start)
        for day in (monday + timedelta(days=offset) for offset in range(7)):
            if (day.month, day.day) == (self.month, self.day) and self.year in (None, day.year):
                return day
        return None

    def near(self, week: Period, distance: timedelta) -> date | None:
        """Return the day if it is at most ``distance`` from a week; without a year, any year matches."""
        years = (self.year,) if self.year else (week.start.year - 1, week.start.year, week.start.year + 1)
        days = [day for year in years if (day := make_day(year, self.month, self.day)) is not None]
        near = (day for day in days if week.start - distance <= day <= week.end + distance)
        return next(near, None)

    def within_another_year(self, week: Period) -> date | None:
        """Return the day of a week that matches if the year is ignored."""
        return NamedDay(None, self.month, self.day, 0, 0).within(week)


def named_days(prose: str) -> tuple[NamedDay, ...]:
    """Find the single days named in prose, in order. Ends of ranges and ``the week of 1 March`` don't count."""
    found = []
    for match in islice(_DAY.finditer(prose), _MAX_DAYS):
        before = prose[max(0, match.start() - _BEFORE) : match.start()]
        if _GOES_ON.match(prose, match.end()) or _CAME_FROM.search(before) or _WEEK_OF.search(before):
            continue
        if match[7]:
            year, month, day = int(match[7]), int(match[8]), int(match[9])
        else:
            name, number, digits = (match[2], match[1], match[3]) if match[1] else (match[4], match[5], match[6])
            year, month, day = int(digits or 0), month_number(name), int(re.sub("[a-zA-Z]", "", number))
        found.append(NamedDay(year or None, month, day, match.start(), match.end()))
    return tuple(found)


def month_number(name: str) -> int:
    """Return the number of a month, given its English name or an abbreviation of it."""
    return _MONTHS.index(name[:3].lower()) + 1


def make_day(year: int, month: int, day: int) -> date | None:
    """Return a date, or None if it does not exist or is outside :data:`~sphinxext.digest.model.period.YEARS`."""
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def weekday_of(week: Period, weekday: int) -> date:
    """Return a weekday (0 for Monday) of a week, or the nearest day of the week that it has."""
    return min(max(monday_of(week.start) + timedelta(days=weekday), week.start), week.end)


def working_week(day: date) -> Period:
    """Return Monday to Friday of the week of a day."""
    monday = monday_of(day)
    return Period(monday, monday + timedelta(days=FRIDAY))
