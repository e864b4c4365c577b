"""The years of weeks that are written without one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sphinxext.digest.model import Period, Place, week_number
from sphinxext.digest.periods import YEARS
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.days import make_day
from sphinxext.digest.schedule.page import Page
from sphinxext.digest.schedule.rows import Mention, Row
from sphinxext.digest.schedule.status import Series

#: Of all years only so many around those that are named can be meant.
_NEAR = 2
_TITLE = re.compile(r"\b((?:19|20)[0-9]{2})\.[0-9]")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The first and the last day of a week, as month and day, and the year of the first if it is written."""

    start: tuple[int, int]
    end: tuple[int, int]
    year: int | None = None

    def in_year(self, year: int) -> Period | None:
        """The days, if the week begins in this year; None if there are no such days."""
        start, end = make_day(year, *self.start), make_day(year + (self.end < self.start), *self.end)
        return Period(start, end) if start and end and (end - start).days < 7 else None


@dataclass(frozen=True, slots=True)
class WrittenWeek:
    """A row of a table: the week as it is written, the name of it, and its events."""

    stretch: Stretch
    words: str
    place: Place
    name: str | None
    mentions: tuple[Mention, ...]


def dated_rows(weeks: Sequence[WrittenWeek], page: Page, series: Series | None, problems: list[Problem]) -> list[Row]:
    """The rows with their years, or nothing after a problem if there is no telling.

    The list of all series tells, or else the years that the table or the texts of its events name, of which the
    majority counts: those with which the weeks begin on Mondays, as texts are known to have kept the year before.
    """
    offsets = _offsets(weeks)
    first = _first_year(weeks, offsets, page, series)
    if first is None:
        place = weeks[0].place
        message = (
            "nothing tells the year of the weeks: write a year into a week (Nov 30-4, 2015), or the day of the "
            "release with its year into the text of that, or list the series in series_status.yaml"
        )
        problems.append(Problem(page.path, place.line, place.column, Code.SCHEDULE_YEAR, message))
        return []
    rows = []
    for week, offset in zip(weeks, offsets, strict=True):
        period = week.stretch.in_year(first + offset)
        if period is None:
            message = f"'{week.words}' is no week of {first + offset}"
            problems.append(Problem(page.path, week.place.line, week.place.column, Code.SCHEDULE_TABLE, message))
            continue
        rows.append(Row(period, week.place, week.name, week.mentions))
    return rows


def _offsets(weeks: Sequence[WrittenWeek]) -> list[int]:
    """For each week how many years after the first one it begins: one more where the months begin anew."""
    offsets, offset = [], 0
    for index, week in enumerate(weeks):
        # only a step back by months is a new year: a row out of order stays in its own
        if index and weeks[index - 1].stretch.start[0] - week.stretch.start[0] > 5:
            offset += 1
        offsets.append(offset)
    return offsets


def _first_year(weeks: Sequence[WrittenWeek], offsets: Sequence[int], page: Page, series: Series | None) -> int | None:
    """The year of the first week."""
    release = next((index for index, week in enumerate(weeks) if week_number(week.name or "") == 0), len(weeks) - 1)
    if series is not None and series.release is not None:
        return _year_of(weeks[release], series.release, offsets[release])
    votes = Counter(_votes(weeks, offsets, page))
    if not votes and (match := _TITLE.search(page.title)):
        return int(match[1]) - offsets[release]
    candidates = {year for vote in votes for year in range(vote - _NEAR, vote + _NEAR + 1) if year in YEARS}
    if not candidates:
        return None
    return max(sorted(candidates), key=lambda year: (_mondays(weeks, offsets, year), votes[year]))


def _year_of(week: WrittenWeek, day: date, offset: int) -> int:
    """The year of the first week, if a day is in one that begins so many years later: the one that puts it nearest."""
    periods = {year: week.stretch.in_year(year) for year in (day.year - 1, day.year, day.year + 1)}
    near = {year: abs((day - period.start).days) for year, period in periods.items() if period}
    return min(near, key=lambda year: near[year], default=day.year) - offset


def _votes(weeks: Sequence[WrittenWeek], offsets: Sequence[int], page: Page) -> Iterable[int]:
    """The years of the first week by all years that are named."""
    for week, offset in zip(weeks, offsets, strict=True):
        if week.stretch.year is not None:
            yield week.stretch.year - offset
        for mention in week.mentions:
            entry = page.entries.get(mention.id)
            for named in entry.days if entry else ():
                for year in (named.year - 1, named.year) if named.year else ():
                    period = week.stretch.in_year(year)
                    if period and named.within(Period(period.start, period.end + timedelta(days=2))):
                        yield year - offset


def _mondays(weeks: Sequence[WrittenWeek], offsets: Sequence[int], first: int) -> int:
    """How many weeks begin on a Monday, with this year for the first."""
    periods = (week.stretch.in_year(first + offset) for week, offset in zip(weeks, offsets, strict=True))
    return sum(period is not None and period.start.weekday() == 0 for period in periods)
