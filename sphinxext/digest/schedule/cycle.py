"""Schedules of release cycles, built from rows, prose and the list of all series.

The due date of an event follows OpenStack's rules: a deadline is the Thursday of its week, unless its text names
another day. A release comes out on the day that the list of all series gives, a Wednesday for nearly all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sphinxext.digest.model import Event, Period, Place, Schedule, Scope, Week, month_name, week_number
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.dates import THURSDAY, WEDNESDAY, NamedDay, monday_of, weekday_of, working_week
from sphinxext.digest.schedule.rows import Mention, Order, Row, Table
from sphinxext.digest.schedule.rst_prose import Entry, Page
from sphinxext.digest.schedule.sources import Series, Statuses

#: The release of a series by its first letter: ``i-final``, or ``s-release`` up to Stein.
_SERIES_RELEASE = re.compile(r"([^\W_])[a-z]*-(?:release|final)", re.IGNORECASE)
_NUMBERED = re.compile(r"([0-9]{4}\.[0-9]{1,2})\b")
_RELEASE = re.compile(r"[^\W_]+-(?:release|final)", re.IGNORECASE)
_PROJECTS = "project-specific"
_ELECTIONS = "election"
_IS_THE = re.compile(r"\s+is\s+the\b")
#: What makes the day after it the event's own: ``by this date (``, ``the deadline is Friday, ``, ``due on``.
_DUE = re.compile(
    r"\b(?:this\s+(?:date|day)\s*\(|deadline(?:\s*[:(]|\s+is)|due(?:\s+(?:on|by))?)\s*(?:on\s+)?(?:[a-z]+day,?\s+)?$",
    re.IGNORECASE,
)
#: How far from its week a day may be for the text to be right and the week to be wrong.
_NEAR = timedelta(days=14)
#: How far the expression above looks back.
_BEFORE = 60


class DueDays:
    """Says when the events of one schedule are due, and remarks where its texts disagree with its weeks."""

    def __init__(self, page: Page, statuses: Statuses, series: Series | None, problems: list[Problem]) -> None:
        self.page = page
        self.statuses = statuses
        self.series = series
        self.problems = problems
        self.checked: set[str] = set()

    def due(self, id: str, week: Period) -> tuple[date, bool]:
        """The day of an event in a week, and whether the schedule names that day."""
        entry = self.page.entries.get(id)
        named = self._named(entry, week) if entry else None
        if entry is not None and id not in self.checked:
            self.checked.add(id)
            self._check(entry, week)
        if match := _SERIES_RELEASE.fullmatch(id):
            return self._release(match[1], week, entry, named)
        return (named, True) if named else (weekday_of(week, THURSDAY), False)

    def release(self, week: Period, entry: Entry | None, path: str, place: Place) -> date:
        """The day of the series' own release, which is in a week.

        :param entry: what the schedule says about the release.
        """
        named = self._named(entry, week) if entry else None
        expected = self.series.release if self.series else None
        if expected is not None:
            if _in_week(expected, week):
                return expected
            message = (
                f"the list of all series has the release on {expected}, but here it is in the week of {week.start}"
            )
            self.problems.append(Problem(path, place.line, place.column, Code.SCHEDULE_CONTRADICTION, message))
        return named or weekday_of(week, WEDNESDAY)

    def _release(self, letter: str, week: Period, entry: Entry | None, named: date | None) -> tuple[date, bool]:
        known = self.statuses.released_in_week(week.start, letter)
        if known and named and known != named and entry:
            message = f"the text names {named} as the day of the release, but it is {known} by the list of all series"
            self._remark(entry, entry.days[0].start, message)
        day = known or named
        return (day, True) if day else (weekday_of(week, WEDNESDAY), False)

    def _named(self, entry: Entry, week: Period) -> date | None:
        """Return the one day of the week that the text names, or a day near the week that it names as the deadline."""
        days = {day for one in entry.days if (day := one.within(week)) is not None}
        if not days:
            days = {day for one in entry.days if _is_due(entry, one) and (day := one.near(week, _NEAR)) is not None}
        return days.pop() if len(days) == 1 else None

    def _check(self, entry: Entry, week: Period) -> None:
        assert entry.text is not None or not entry.days
        for one in entry.days:
            if one.within(week):
                continue
            meant = one.within_another_year(week)
            if meant:
                self._remark(entry, one.start, f"the text names the year {one.year}, but the week is that of {meant}")
            elif _opens(entry, one) or _is_due(entry, one):
                message = f"the text names {_words(one)}, which is not in the week of {week.start} that it stands in"
                self._remark(entry, one.start, message)

    def _remark(self, entry: Entry, offset: int, message: str) -> None:
        assert entry.text is not None
        value = entry.text.value
        line = entry.text.line_of(value.count("\n", 0, offset))
        column = offset - value.rfind("\n", 0, offset)
        self.problems.append(Problem(self.page.path, line, column, Code.SCHEDULE_CONTRADICTION, message))


def _opens(entry: Entry, one: NamedDay) -> bool:
    """Return True if a text begins with a day, as in "19 November is the first milestone"."""
    return one.start == 0 and entry.text is not None and _IS_THE.match(entry.text.value, one.end) is not None


def _is_due(entry: Entry, one: NamedDay) -> bool:
    """Return True if a text names a day as the deadline, as in "by this date (August 20th)"."""
    return (
        entry.text is not None and _DUE.search(entry.text.value[max(0, one.start - _BEFORE) : one.start]) is not None
    )


def _in_week(day: date, week: Period) -> bool:
    return monday_of(day) == monday_of(week.start)


def _words(one: NamedDay) -> str:
    """A day as it is named, in one form: ``15 December`` or ``15 December 2016``."""
    return " ".join(filter(None, (str(one.day), month_name(date(2000, one.month, 1)), str(one.year or ""))))


def build_schedule(
    series: str, table: Table, page: Page | None, statuses: Statuses, problems: list[Problem]
) -> Schedule | None:
    """A schedule out of what was read, or None if it has no weeks.

    :param page: None if there is no prose.
    :param problems: is added to.
    """
    order = Order(table, problems)
    if order.zero is None or not any(row.name for row in order.rows):
        message = "there are no weeks with names such as R-17 in the schedule"
        problems.append(Problem(table.path, 1, 1, Code.NO_SCHEDULE, message))
        return None
    status = statuses.get(series)
    days = DueDays(page or Page(""), statuses, status, problems)
    weeks = tuple(_Weeks(table.path, page, days, problems).week(row) for row in order.rows)
    zero = next((row for row in order.rows if row.name and week_number(row.name) == 0), None)
    week = zero.period if zero else working_week(order.zero)
    entries: Mapping[str, Entry] = page.entries if page else {}
    ids = [mention.id for mention in zero.mentions if _RELEASE.fullmatch(mention.id)] if zero else []
    place = zero.place if zero else Place(1, 1)
    release = days.release(week, entries.get(ids[0]) if ids else None, table.path, place)
    title, release_id = _title(series, page), status.release_id if status else None
    if release_id is None and (match := _NUMBERED.match(title)):
        release_id = match[1]
    return Schedule(
        series=series,
        title=title if page and page.title else " ".join(filter(None, (release_id, title))),
        weeks=weeks,
        release=release,
        path=table.path,
        text_path=page.path if page else "",
        release_id=release_id,
        status=status.status if status else None,
    )


def _title(series: str, page: Page | None) -> str:
    return page.title if page and page.title else series.capitalize()


@dataclass
class _Weeks:
    """Makes the weeks of one schedule out of its rows."""

    path: str
    page: Page | None
    days: DueDays
    problems: list[Problem]

    def week(self, row: Row) -> Week:
        number = week_number(row.name) if row.name else None
        events = tuple(self.event(mention, row.period, number) for mention in row.mentions)
        return Week(period=row.period, place=row.place, name=row.name, to_release=number, events=events)

    def event(self, mention: Mention, week: Period, number: int | None) -> Event:
        entry = self.page.entries.get(mention.id) if self.page else None
        if entry is None:
            self.check_anchor(mention, number)
        day, exact = self.days.due(mention.id, week)
        return Event(
            id=mention.id,
            title=entry.title if entry else mention.id,
            scope=mention.scope,
            week=week,
            day=day,
            place=mention.place,
            exact=exact,
            text=entry.text if entry else None,
            project=_project(entry) if entry and mention.scope is Scope.PROJECT_SPECIFIC else None,
        )

    def check_anchor(self, mention: Mention, number: int | None) -> None:
        """Remark on an event without an anchor. The release before the cycle has none, as a rule."""
        if self.page is None or (number is None and _RELEASE.fullmatch(mention.id)):
            return
        message = f"'{mention.id}' has no anchor in {self.page.path}"
        problem = Problem(self.path, mention.place.line, mention.place.column, Code.SCHEDULE_ANCHOR, message)
        self.problems.append(problem)


def _project(entry: Entry) -> str | None:
    """The project that an event is of: the heading above it, which is below "Project-specific events"."""
    above = entry.headings[-2:]
    if len(above) < 2 or _PROJECTS not in above[0].lower() or above[1].lower().startswith(_ELECTIONS):
        return None
    return above[1]
