"""The events of a collection and their deadlines as a calendar: iCalendar, RFC 5545, with texts in plain text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any

from sphinxext.digest.doctree.digest import plain_words
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.model import Deadline, Entry, EventNote, When
from sphinxext.digest.render.calendar import UNTYPED, add_text, new_calendar, one_line, plain_text
from sphinxext.digest.render.digest import mail_text

PRODUCT = "-//sphinxext-digest//Events//EN"
#: What follows the identity of an event in its UID, which has to be unique in the world.
_DOMAIN = "@sphinxext-digest"
#: A width that no paragraph reaches: calendars wrap the text.
_UNLIMITED = 1_000_000


def events_calendar(
    entries: Iterable[Entry], builder: NoteBuilder, title: str, page_of: Callable[[Entry], str] = lambda _entry: ""
) -> bytes:
    """Return events as an iCalendar file, each deadline as an event of one day.

    The UID of an event is made of its identity, so it stays the same when its fragment is edited or renamed; that of a
    deadline is made of its title as well. The bytes are reproducible: the time stamps are those of the notes.

    :param page_of: returns the address of a note, which an event without a URL of its own has.
    """
    calendar = new_calendar(PRODUCT, title)
    for entry in entries:
        assert isinstance(entry.note, EventNote)
        name = plain_words(builder.heading(entry.note.title, entry))
        url = entry.note.url or page_of(entry)
        calendar.add_component(_event(entry, entry.note, name, url, builder))
        for component in _deadlines(entry, entry.note, name, url):
            calendar.add_component(component)
    data: bytes = calendar.to_ical()
    return data


def _event(entry: Entry, note: EventNote, name: str, url: str, builder: NoteBuilder) -> Any:
    component = _component(entry, entry.anchor, name, url)
    component.add("dtstart", _value(note.start))
    if note.start.time is None:
        component.add("dtend", note.last_day + timedelta(days=1))
    elif note.end is not None:
        component.add("dtend", _value(note.end))
    place = ", ".join(part for part in (note.venue, "online" if note.online else None) if part)
    if place:
        add_text(component, "location", one_line(place))
    if note.text is not None:
        text = mail_text(builder.blocks(note.text, entry), width=_UNLIMITED).strip()
        add_text(component, "description", plain_text(text))
    return component


def _deadlines(entry: Entry, note: EventNote, name: str, url: str) -> Iterator[Any]:
    """Yield the deadlines; those with the same title are counted."""
    seen: dict[str, int] = {}
    for one in note.deadlines.days if note.deadlines else ():
        seen[one.title] = seen.get(one.title, 0) + 1
        yield _deadline(entry, one, seen[one.title], name, url)


def _deadline(entry: Entry, deadline: Deadline, number: int, name: str, url: str) -> Any:
    digits = blake2b(f"{deadline.title} {number}".encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    component = _component(entry, f"{entry.anchor}-{digits}", f"{name}: {deadline.title}", url)
    component.add("dtstart", deadline.day)
    component.add("dtend", deadline.day + timedelta(days=1))
    return component


def _component(entry: Entry, uid: str, summary: str, url: str) -> Any:
    component = UNTYPED.Event()
    add_text(component, "uid", f"{uid}{_DOMAIN}")
    component.add("dtstamp", entry.moment.time or datetime.combine(entry.moment.day, time(), UTC))
    add_text(component, "summary", one_line(summary))
    component.add("transp", "TRANSPARENT")
    if url:
        component.add("url", url)
    return component


def _value(when: When) -> date | datetime:
    return when.time.astimezone(UTC) if when.time else when.day
