"""Release schedules: the weeks of a cycle with their events, and the outlook from a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sphinxext.digest.model.messages import ENGLISH, N_, Messages
from sphinxext.digest.model.period import Period
from sphinxext.digest.model.values import Place, Text

#: The name of the role that refers to an event, and the prefix of its class and identifier.
MILESTONE = "milestone"
#: The labels of deadlines, by the weeks until then.
DEADLINE_GROUPS = (N_("This week"), N_("Next week"), N_("Later"))


class Scope(StrEnum):
    """The audience of an event."""

    CROSS_PROJECT = "cross-project"
    PROJECT_SPECIFIC = "project-specific"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A milestone, a deadline, a meeting: something that a week of a cycle is known for.

    ``id`` is its name in the schedule, as in ``i-rc1``, and ``title`` its heading in plain text, or else the ``id``.
    ``week`` are the days of the week that lists it; ``day`` is the one by which it is
    due, and ``exact`` says that the schedule itself names that day, which may be near the week instead of in it.
    """

    id: str
    title: str
    scope: Scope
    week: Period
    day: date
    place: Place
    exact: bool = False
    text: Text | None = None
    project: str | None = None

    @property
    def due_week(self) -> Period:
        """The days of the week in which it is due: ``week``, or Monday to Friday of a day outside of that."""
        monday = self.day - timedelta(days=self.day.weekday())
        if self.week.start - timedelta(days=self.week.start.weekday()) == monday:
            return self.week
        return Period(monday, max(monday + timedelta(days=4), self.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week of a cycle.

    ``name`` is the schedule's own name for it (``R-17``, ``R+0``); ``to_release`` counts the weeks from it to the
    week of the release, and is below zero after that. Both are None in a week before the cycle.
    """

    period: Period
    place: Place
    name: str | None = None
    to_release: int | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The cycle of a release series.

    ``series`` is the short name (``indri``), ``title`` the one for readers (``2027.1 Indri``), ``release_id`` the
    number if there is one. ``weeks`` are in the order of time, each once. ``release`` is the day of the release and
    ``path`` the file that says all this, relative to the project where it is inside; the texts of events may be in
    another one, ``text_path``. ``url`` is the page that has the schedule for readers; an ``id`` is an anchor there.
    """

    series: str
    title: str
    weeks: tuple[Week, ...]
    release: date
    path: str
    text_path: str = ""
    release_id: str | None = None
    status: str | None = None
    url: str | None = None

    @property
    def cycle(self) -> tuple[Week, ...]:
        """The weeks that have a name."""
        return tuple(week for week in self.weeks if week.name is not None)

    @property
    def events(self) -> tuple[Event, ...]:
        """All events in the order of time. Ids can repeat."""
        return tuple(event for week in self.weeks for event in week.events)

    def week(self, name: str) -> Week | None:
        """Return the week with a name; ``R-0``, ``R+0`` and ``R0`` are equal."""
        wanted = week_number(name)
        return next((week for week in self.cycle if week.to_release == wanted), None) if wanted is not None else None

    def week_of(self, day: date) -> Week | None:
        """Return the week of the cycle that contains a day, weekend included."""
        monday = day - timedelta(days=day.weekday())
        return next(
            (week for week in self.cycle if week.period.start - timedelta(days=week.period.start.weekday()) == monday),
            None,
        )

    def outlook(self, now: date, week: Week | None = None) -> Outlook:
        """Return the deadlines ahead, seen from a day.

        :param now: the day that days are counted from.
        :param week: the week that the outlook is for; by default the week of ``now``.
        """
        week = week or self.week_of(now)
        start = week.period.start if week else now
        monday = start - timedelta(days=start.weekday())
        ends = [monday + timedelta(weeks=count) for count in (1, 2)]
        ahead = [event for event in self.events if event.due_week.end >= monday]
        coming = next((event for event in sorted(ahead, key=lambda event: event.day) if event.day >= now), None)
        return Outlook(
            schedule=self,
            now=now,
            week=week,
            this_week=tuple(event for event in ahead if event.due_week.start < ends[0]),
            next_week=tuple(event for event in ahead if ends[0] <= event.due_week.start < ends[1]),
            later=tuple(event for event in ahead if event.due_week.start >= ends[1]),
            next=coming,
            days_to_next=(coming.day - now).days if coming else None,
            days_to_release=(self.release - now).days,
            weeks_to_release=week.to_release if week else None,
        )


def missing_week(schedule: Schedule, wanted: str) -> str:
    """Return the message that a cycle does not have a week."""
    span = "has no weeks with names"
    if cycle := schedule.cycle:
        first, last = cycle[0], cycle[-1]
        span = f"goes from {first.name} ({first.period.start}) to {last.name} ({last.period.end})"
    return f"{wanted} is outside the cycle of {schedule.series}, which {span}"


def audience(event: Event, messages: Messages = ENGLISH) -> str:
    """Return the project that an event is for, ``for some projects``, or nothing if it is for all."""
    if event.project or event.scope is Scope.CROSS_PROJECT:
        return event.project or ""
    return messages.gettext("for some projects")


def week_number(name: str) -> int | None:
    """Parse the name of a week to its distance to the release: 17 for ``R-17``, -1 for ``R+1``."""
    sign, digits = name[1:2], name[2:] if name[1:2] in ("-", "+") else name[1:]
    if name[:1] not in ("R", "r") or not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        return None
    return -int(digits) if sign == "+" else int(digits)


def week_label(name: str) -> str | None:
    """Normalize the name of a week for fragments, ``R-7`` for ``r7``, or return None if it is invalid."""
    number = week_number(name)
    if number is None or len(name.lstrip("Rr-+")) > 2:
        return None
    return name.upper() if name[1:2] in ("-", "+") else f"R-{name[1:]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """The deadlines ahead in a cycle, seen from one day.

    ``week`` is the week that the outlook is for, which need not be the week of ``now``. The deadlines are those of
    the week itself, of the one after it, and of all later ones; ``next`` is the first that is not over on ``now``.
    Days are whole days from ``now``, below zero if they are over.
    """

    schedule: Schedule
    now: date
    week: Week | None
    this_week: tuple[Event, ...]
    next_week: tuple[Event, ...]
    later: tuple[Event, ...]
    next: Event | None
    days_to_next: int | None
    days_to_release: int
    weeks_to_release: int | None
