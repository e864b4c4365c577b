"""A release schedule as a calendar: iCalendar, RFC 5545, with texts in plain text.

The calendar contains what OpenStack publishes for a series, with the same summaries, UIDs and days as its own
generator (``doc/source/_exts/ics.py`` of openstack/releases): an event for each week that has a name, with the
cross-project events of the week in its summary. Project-specific events follow as events of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

import icalendar

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.model import REFUSED_CHARACTER, Event, Schedule, Scope, Week
from sphinxext.digest.render.digest import mail_text
from sphinxext.digest.text import URL_CHARACTERS

#: A width that no paragraph reaches: calendars wrap the text.
_UNLIMITED = 1_000_000
#: Markup that only the page of the schedule can resolve: roles of Sphinx, references to its other parts.
_UNRESOLVED = re.compile(r"(?::[\w.+-]{1,60}){0,4}:?`~?([^`<>\n]++)(?:\s*+<[^`<>]*+>)?+`_{0,2}")
_UNRESOLVED_WORD = re.compile(r"(?<![\w.-])([\w.-]+)(?<!_)__?(?!\w)")

#: Schedules may use nothing that reads the machine, whatever a project allows its own fragments.
_GUARD = Guard(frozenset(), False, False)


def series_name(schedule: Schedule) -> str:
    """Return the name of a series with a capital letter, as in OpenStack's calendars: ``Epoxy``."""
    return f"{schedule.series[:1].upper()}{schedule.series[1:]}"


def text_of_event(event: Event, schedule: Schedule) -> str:
    """Return the text of an event as paragraphs of plain text, each on one line, with a list of its links.

    References to something outside of the text become their words.
    """
    if event.text is None:
        return ""
    parser = TextParser(_GUARD)
    parts = parser.blocks(event.text, schedule.text_path or schedule.path, event.id)
    text = mail_text(parts, width=_UNLIMITED).strip()
    return without_markup(text) if parser.problems else text


def without_markup(text: str) -> str:
    """Return a text with the words of references and roles in place of their markup."""
    return _UNRESOLVED_WORD.sub(r"\1", _UNRESOLVED.sub(lambda found: found[1].rstrip(), text))


#: Some releases of icalendar have types for what they make, and others have not.
UNTYPED: Any = icalendar

PRODUCT = "-//sphinxext-digest//Release schedule//EN"

_LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")


@dataclass(frozen=True)
class _Appointment:
    """An event of the calendar, which takes all of the days from ``start`` to ``end``."""

    uid: str
    summary: str
    start: date
    end: date
    scope: Scope
    description: str
    url: str | None


def calendar_of(schedule: Schedule) -> bytes:
    """Return a schedule as an iCalendar file, in UTF-8 with the line ends and the folded lines of RFC 5545.

    The bytes are reproducible: the time stamps are midnight UTC of the schedule's first day. Events don't make anybody
    busy (``TRANSP:TRANSPARENT``), and ``DTEND`` is the day after the last one.
    """
    calendar = new_calendar(PRODUCT, f"{schedule.title} release schedule")
    first = min((week.period.start for week in schedule.weeks), default=schedule.release)
    stamp = datetime.combine(first, time(), UTC)
    for appointment in [*_weeks(schedule), *_events(schedule)]:
        calendar.add_component(_component(appointment, stamp))
    data: bytes = calendar.to_ical()
    return data


def new_calendar(product: str, title: str) -> Any:
    """Return an empty calendar."""
    calendar = UNTYPED.Calendar()
    calendar.add("prodid", product)
    calendar.add("version", "2.0")
    add_text(calendar, "x-wr-calname", one_line(title))
    return calendar


def _weeks(schedule: Schedule) -> Iterator[_Appointment]:
    """Yield the weeks of the cycle with their cross-project events, as in OpenStack's calendars."""
    name = series_name(schedule)
    for week in schedule.cycle:
        events = [event for event in week.events if event.scope is Scope.CROSS_PROJECT]
        titles = "; ".join(event.title for event in events)
        parts = [part for event in events for part in (event.title, text_of_event(event, schedule)) if part]
        yield _Appointment(
            uid=f"{name}-{week.name}",
            summary=f"{name} {week.name} ({titles})" if titles else f"{name} {week.name}",
            start=week.period.start,
            end=week.period.end,
            scope=Scope.CROSS_PROJECT,
            description="\n\n".join(parts),
            url=_url(schedule, events[0] if events else None),
        )


def _events(schedule: Schedule) -> Iterator[_Appointment]:
    """Yield the other events: project-specific ones, and those of weeks without a name.

    An unexplained id in a week without a name belongs to an earlier series. An id may repeat; its events are counted
    in their UIDs.
    """
    name = series_name(schedule)
    taken = {f"{name}-{week.name}" for week in schedule.cycle}
    for week in schedule.weeks:
        for event in week.events:
            if week.name is not None and event.scope is Scope.CROSS_PROJECT:
                continue
            if week.name is None and event.title == event.id and event.text is None:
                continue
            uid, count = f"{name}-{event.id}", 1
            while uid in taken:
                count += 1
                uid = f"{name}-{event.id}.{count}"
            taken.add(uid)
            yield _appointment(schedule, week, event, uid)


def _appointment(schedule: Schedule, week: Week, event: Event, uid: str) -> _Appointment:
    label = f"{series_name(schedule)} {week.name}" if week.name else series_name(schedule)
    return _Appointment(
        uid=uid,
        summary=f"{label}: {event.title}",
        start=event.day,
        end=event.day,
        scope=event.scope,
        description=text_of_event(event, schedule),
        url=_url(schedule, event),
    )


def _component(appointment: _Appointment, stamp: datetime) -> icalendar.Event:
    component: icalendar.Event = UNTYPED.Event()
    add_text(component, "uid", one_line(appointment.uid))
    component.add("dtstamp", stamp)
    component.add("dtstart", appointment.start)
    component.add("dtend", appointment.end + timedelta(days=1))
    add_text(component, "summary", one_line(appointment.summary))
    component.add("transp", "TRANSPARENT")
    component.add("categories", [str(appointment.scope)])
    if appointment.description:
        add_text(component, "description", plain_text(appointment.description))
    if appointment.url:
        component.add("url", appointment.url)
    return component


def add_text(component: Any, name: str, text: str) -> None:
    """Add a property that is a text of RFC 5545, which has escapes for some characters.

    icalendar 7 knows no type of a property that the RFC does not have, and would write its value as it is.
    """
    component.add(name, UNTYPED.vText(text))


def _url(schedule: Schedule, event: Event | None) -> str | None:
    """Return the URL of the schedule's page at the anchor of an event, quoted."""
    if not schedule.url:
        return None
    page = quote(schedule.url, safe=URL_CHARACTERS)
    return f"{page}#{quote(event.id)}" if event is not None and "#" not in page else page


def plain_text(text: str) -> str:
    """Return a text without control characters, which the library does not escape."""
    return REFUSED_CHARACTER.sub("\ufffd", _LINE_END.sub("\n", text))


def one_line(text: str) -> str:
    """Return a text without control characters, on one line."""
    return " ".join(plain_text(text).split())
