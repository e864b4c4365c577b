"""The day by which an event is due.

OpenStack's schedules say that deadlines are the Thursday of the week that they stand in, unless their text names
another day. Releases come out on the day that the list of all series has: a Wednesday for nearly all of them.

What is ahead in a cycle.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from sphinxext.digest.model import Outlook, Period, Place, Schedule, Week, month_name
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.dates import THURSDAY, WEDNESDAY, NamedDay, monday_of, weekday_of
from sphinxext.digest.schedule.rst_prose import Entry, Page
from sphinxext.digest.schedule.status import Series, Statuses

#: The release itself: ``i-final``, or ``s-release`` up to Stein.
_RELEASE = re.compile(r"([^\W_])[a-z]*-(?:release|final)", re.IGNORECASE)
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
        if match := _RELEASE.fullmatch(id):
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


def outlook(schedule: Schedule, now: date, week: Week | None = None) -> Outlook:
    """What is ahead in a cycle, seen from a day.

    :param now: the day from which the days are counted.
    :param week: the week that it is for; without it the week of ``now``.
    """
    week = week or schedule.week_of(now)
    start = week.period.start if week else now - timedelta(days=now.weekday())
    monday = start - timedelta(days=start.weekday())
    ends = [monday + timedelta(weeks=count) for count in (1, 2)]
    ahead = [event for event in schedule.events if event.week.end >= monday]
    coming = next((event for event in sorted(ahead, key=lambda event: event.day) if event.day >= now), None)
    return Outlook(
        schedule=schedule,
        now=now,
        week=week,
        this_week=tuple(event for event in ahead if event.week.start < ends[0]),
        next_week=tuple(event for event in ahead if ends[0] <= event.week.start < ends[1]),
        later=tuple(event for event in ahead if event.week.start >= ends[1]),
        next=coming,
        days_to_next=(coming.day - now).days if coming else None,
        days_to_release=(schedule.release - now).days,
        weeks_to_release=week.to_release if week else None,
    )
