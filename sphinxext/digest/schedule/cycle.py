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
from sphinxext.digest.schedule.rows import (
    THURSDAY,
    WEDNESDAY,
    Mention,
    NamedDay,
    OrderedRows,
    Row,
    Table,
    monday_of,
    weekday_of,
    working_week,
)
from sphinxext.digest.schedule.rst_prose import AnchorSection, SchedulePage
from sphinxext.digest.schedule.sources import Series, SeriesList

#: The release of a series by its first letter: ``i-final``, or ``s-release`` up to Stein.
_SERIES_RELEASE = re.compile(r"([^\W_])[a-z]*-(?:release|final)", re.IGNORECASE)
_NUMBERED = re.compile(r"([0-9]{4}\.[0-9]{1,2})\b")
_RELEASE = re.compile(r"[^\W_]+-(?:release|final)", re.IGNORECASE)
_PROJECTS = "project-specific"
_ELECTIONS = "election"
_IS_THE = re.compile(r"\s+is\s+the\b")
#: Phrases that make the day after them the due date: ``by this date (``, ``the deadline is Friday, ``, ``due on``.
_DUE = re.compile(
    r"\b(?:this\s+(?:date|day)\s*\(|deadline(?:\s*[:(]|\s+is)|due(?:\s+(?:on|by))?)\s*(?:on\s+)?(?:[a-z]+day,?\s+)?$",
    re.IGNORECASE,
)
#: Trust a deadline in the text over its week up to this distance.
_NEAR = timedelta(days=14)
#: How many characters before a day the expression above looks at.
_BEFORE = 60


class DueDates:
    """Work out the due dates of one schedule's events, and report where its texts contradict its weeks."""

    def __init__(
        self, page: SchedulePage, series_list: SeriesList, series: Series | None, problems: list[Problem]
    ) -> None:
        self.page = page
        self.series_list = series_list
        self.series = series
        self.problems = problems
        self.checked: set[str] = set()

    def due(self, id: str, week: Period) -> tuple[date, bool]:
        """Return the due date of an event in a week, and True if the schedule names that day."""
        section = self.page.sections.get(id)
        named = self._named(section, week) if section else None
        if section is not None and id not in self.checked:
            self.checked.add(id)
            self._check(section, week)
        if match := _SERIES_RELEASE.fullmatch(id):
            return self._release(match[1], week, section, named)
        return (named, True) if named else (weekday_of(week, THURSDAY), False)

    def release(self, week: Period, section: AnchorSection | None, path: str, place: Place) -> date:
        """Return the day of the series' own release.

        :param week: the release week.
        :param section: the section about the release.
        """
        named = self._named(section, week) if section else None
        expected = self.series.release if self.series else None
        if expected is not None:
            if _in_week(expected, week):
                return expected
            message = f"the release is on {expected} in the list of all series, but here in the week of {week.start}"
            self.problems.append(Problem(path, place.line, place.column, Code.SCHEDULE_CONTRADICTION, message))
        return named or weekday_of(week, WEDNESDAY)

    def _release(
        self, letter: str, week: Period, section: AnchorSection | None, named: date | None
    ) -> tuple[date, bool]:
        known = self.series_list.released_in_week(week.start, letter)
        if known and named and known != named and section:
            message = f"the release is on {named} in the text, but on {known} in the list of all series"
            self._remark(section, section.days[0].start, message)
        day = known or named
        return (day, True) if day else (weekday_of(week, WEDNESDAY), False)

    def _named(self, section: AnchorSection, week: Period) -> date | None:
        """Return the one day of the week that the text names, or else the one deadline near the week."""
        days = {day for one in section.days if (day := one.within(week)) is not None}
        if not days:
            days = {
                day for one in section.days if _is_due(section, one) and (day := one.near(week, _NEAR)) is not None
            }
        return days.pop() if len(days) == 1 else None

    def _check(self, section: AnchorSection, week: Period) -> None:
        assert section.text is not None or not section.days
        for one in section.days:
            if one.within(week):
                continue
            meant = one.within_another_year(week)
            if meant:
                self._remark(section, one.start, f"the text names the year {one.year}, but its week has {meant}")
            elif _opens(section, one) or _is_due(section, one):
                message = f"the text names {_words(one)}, but the event is listed in the week of {week.start}"
                self._remark(section, one.start, message)

    def _remark(self, section: AnchorSection, offset: int, message: str) -> None:
        assert section.text is not None
        value = section.text.value
        line = section.text.line_of(value.count("\n", 0, offset))
        column = offset - value.rfind("\n", 0, offset)
        self.problems.append(Problem(self.page.path, line, column, Code.SCHEDULE_CONTRADICTION, message))


def _opens(section: AnchorSection, one: NamedDay) -> bool:
    """Return True if a text begins with a day, as in "19 November is the first milestone"."""
    return one.start == 0 and section.text is not None and _IS_THE.match(section.text.value, one.end) is not None


def _is_due(section: AnchorSection, one: NamedDay) -> bool:
    """Return True if a text names a day as the deadline, as in "by this date (August 20th)"."""
    return (
        section.text is not None
        and _DUE.search(section.text.value[max(0, one.start - _BEFORE) : one.start]) is not None
    )


def _in_week(day: date, week: Period) -> bool:
    return monday_of(day) == monday_of(week.start)


def _words(one: NamedDay) -> str:
    """Format a day with or without its year: ``15 December`` or ``15 December 2016``."""
    return " ".join(filter(None, (str(one.day), month_name(date(2000, one.month, 1)), str(one.year or ""))))


def build_schedule(
    series: str, table: Table, page: SchedulePage | None, series_list: SeriesList, problems: list[Problem]
) -> Schedule | None:
    """Build a schedule, or return None if it has no weeks.

    :param page: None if there is no prose.
    :param problems: the list to add problems to.
    """
    ordered = OrderedRows(table, problems)
    if ordered.zero is None or not any(row.name for row in ordered.rows):
        message = "the schedule has no weeks with names such as R-17"
        problems.append(Problem(table.path, 1, 1, Code.NO_SCHEDULE, message))
        return None
    status = series_list.get(series)
    days = DueDates(page or SchedulePage(""), series_list, status, problems)
    weeks = tuple(_WeekBuilder(table.path, page, days, problems).week(row) for row in ordered.rows)
    zero = next((row for row in ordered.rows if row.name and week_number(row.name) == 0), None)
    week = zero.period if zero else working_week(ordered.zero)
    sections: Mapping[str, AnchorSection] = page.sections if page else {}
    ids = [mention.id for mention in zero.mentions if _RELEASE.fullmatch(mention.id)] if zero else []
    place = zero.place if zero else Place(1, 1)
    release = days.release(week, sections.get(ids[0]) if ids else None, table.path, place)
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


def _title(series: str, page: SchedulePage | None) -> str:
    return page.title if page and page.title else series.capitalize()


@dataclass
class _WeekBuilder:
    """Build the weeks of one schedule from its rows."""

    path: str
    page: SchedulePage | None
    days: DueDates
    problems: list[Problem]

    def week(self, row: Row) -> Week:
        number = week_number(row.name) if row.name else None
        events = tuple(self.event(mention, row.period, number) for mention in row.mentions)
        return Week(period=row.period, place=row.place, name=row.name, to_release=number, events=events)

    def event(self, mention: Mention, week: Period, number: int | None) -> Event:
        section = self.page.sections.get(mention.id) if self.page else None
        if section is None:
            self.check_anchor(mention, number)
        day, exact = self.days.due(mention.id, week)
        return Event(
            id=mention.id,
            title=section.title if section else mention.id,
            scope=mention.scope,
            week=week,
            day=day,
            place=mention.place,
            exact=exact,
            text=section.text if section else None,
            project=_project(section) if section and mention.scope is Scope.PROJECT_SPECIFIC else None,
        )

    def check_anchor(self, mention: Mention, number: int | None) -> None:
        """Report an event without an anchor. The release before the cycle rarely has one."""
        if self.page is None or (number is None and _RELEASE.fullmatch(mention.id)):
            return
        message = f"'{mention.id}' has no anchor in {self.page.path}"
        problem = Problem(self.path, mention.place.line, mention.place.column, Code.SCHEDULE_ANCHOR, message)
        self.problems.append(problem)


def _project(section: AnchorSection) -> str | None:
    """Return the project of an event: the heading above it, below "Project-specific events"."""
    above = section.headings[-2:]
    if len(above) < 2 or _PROJECTS not in above[0].lower() or above[1].lower().startswith(_ELECTIONS):
        return None
    return above[1]
