"""Events on pages and in mails: what they are called, when and where they are, and their deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from docutils import nodes

from sphinxext.digest.doctree.lines import FACTS_CLASS, line_with, list_item_of, project_after, sentence
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.model import ENGLISH, Deadline, Entry, EventNote, Messages, Period, When

#: The class of the list of events, and of what marks those of the digest's own days.
EVENTS_CLASS, NOW_CLASS = "digest-events", "digest-current"
#: The class of the title of an event.
TITLE_CLASS = "digest-event"
_WEEK = 7


def event_facts(note: EventNote, messages: Messages = ENGLISH) -> str:
    """Return when and where an event is: ``May 18-20, 2027, Berlin, online``."""
    facts = [_when(note, messages), note.venue, messages.gettext("online") if note.online else None]
    return messages.gettext(", ").join(fact for fact in facts if fact)


def event_data(note: EventNote, name: str) -> dict[str, object]:
    """Return the data of an event.

    :param name: its title as plain text.
    """
    modes = {(True, True): "Mixed", (False, True): "Online", (True, False): "Offline"}
    mode = modes.get((bool(note.venue), bool(note.online)))
    location: list[dict[str, str]] = []
    if note.venue:
        location.append({"@type": "Place", "name": note.venue, "address": note.venue})
    if note.online and note.url:
        location.append({"@type": "VirtualLocation", "url": note.url})
    data = {
        "@type": "Event",
        "name": name,
        "startDate": str(note.start),
        "endDate": str(note.end or ""),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{mode}EventAttendanceMode" if mode else "",
        "location": location[0] if len(location) == 1 else location,
        "url": note.url or "",
    }
    return {name: value for name, value in data.items() if value}


def now_words(days: Period, period: Period | None, messages: Messages = ENGLISH) -> str:
    """Return the mark of what is in a digest's own days, such as ``This week``, or an empty string."""
    if period is None or days.start > period.end or days.end < period.start:
        return ""
    if period.is_month:
        return messages.gettext("This month")
    is_week = (period.end - period.start).days < _WEEK
    return messages.gettext("This week") if is_week else messages.gettext("In these days")


def deadline_facts(deadline: Deadline, messages: Messages = ENGLISH) -> str:
    """Return the day of a deadline."""
    return messages.day_of_year(deadline.day)


def event_list(
    entries: Iterable[Entry], builder: NoteBuilder, since: date, period: Period | None = None
) -> nodes.bullet_list:
    """Return events as a list, each with its text, and with the deadlines that are not over.

    :param since: the first day whose deadlines are shown.
    :param period: the days of the digest, whose events are marked.
    """
    items = [event_item(entry, builder, since, period) for entry in entries]
    return nodes.bullet_list("", *items, bullet="*", classes=[EVENTS_CLASS])


def event_item(entry: Entry, builder: NoteBuilder, since: date, period: Period | None = None) -> nodes.list_item:
    """Return one event as an item of the list."""
    note, messages = entry.note, builder.messages
    assert isinstance(note, EventNote)
    first = builder.heading(note.title, entry)
    pattern = messages.gettext("{title}: {text}")
    name: list[nodes.Node] = [nodes.inline("", "", *first.children, classes=[TITLE_CLASS])]
    if note.url and not any(isinstance(node, nodes.reference) for node in first.findall(nodes.Element)):
        name = [nodes.inline("", "", nodes.reference("", "", *first.children, refuri=note.url), classes=[TITLE_CLASS])]
    facts = nodes.inline("", event_facts(note, messages), classes=[FACTS_CLASS])
    line = sentence(pattern, title=name, text=[facts])
    if words := now_words(note.days, period, messages):
        line = sentence(pattern, title=[nodes.inline("", words, classes=[NOW_CLASS])], text=line)
    first.clear()
    first += line
    blocks: list[nodes.Node] = [first, *(builder.blocks(note.text, entry) if note.text else ())]
    deadlines = [_deadline(one, period, messages) for one in note.deadlines_from(since)]
    if deadlines:
        blocks.append(nodes.bullet_list("", *deadlines, bullet="*"))
    return list_item_of(entry, blocks, builder.draft_mark(entry), project_after(entry))


def _deadline(deadline: Deadline, period: Period | None, messages: Messages) -> nodes.list_item:
    pattern = messages.gettext("{title}: {text}")
    line = sentence(pattern, title=[nodes.Text(deadline.title)], text=[nodes.Text(deadline_facts(deadline, messages))])
    if words := now_words(Period(deadline.day, deadline.day), period, messages):
        line = sentence(pattern, title=[nodes.inline("", words, classes=[NOW_CLASS])], text=line)
    return line_with(*line)


def _when(note: EventNote, messages: Messages) -> str:
    start, end = note.start, note.end
    if start.time is None or end is None or end.time is None:
        return _days(note, messages) if start.time is None else _moment(start, start.clock, messages)
    if start.day == end.day and start.zone == end.zone:
        return _moment(start, f"{start.clock}–{end.clock}", messages)
    return f"{_moment(start, start.clock, messages)} – {_moment(end, end.clock, messages)}"


def _days(note: EventNote, messages: Messages) -> str:
    days = note.days
    return messages.day_of_year(days.start) if days.start == days.end else messages.week_of_year(days)


def _moment(when: When, clock: str, messages: Messages) -> str:
    return messages.gettext(", ").join((messages.day_of_year(when.day), f"{clock} {when.zone}"))
