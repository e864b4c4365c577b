"""Docutils nodes for what is ahead in a release cycle: the time left, the deadlines, the weeks as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from docutils import nodes

from sphinxext.digest.doctree.lines import line_with, sentence
from sphinxext.digest.model import ENGLISH, Countdown, Entry, Event, Messages, Outlook, Schedule, Scope, Week
from sphinxext.digest.model.messages import N_, filled
from sphinxext.digest.model.period import countdown_week
from sphinxext.digest.model.schedule import DEADLINE_GROUPS, audience

#: Marks the words of a day, whose ``day`` is the same in ISO form.
DAY_CLASS = "digest-day"
#: Marks the time that is left; its ``week`` is that of the countdown, the ``days`` of its lines are those until then.
LEFT_CLASS = "digest-left"
#: Marks the deadlines that are over.
PASSED_CLASS = "digest-passed"
#: Marks the distance to a day in words.
DISTANCE_CLASS = "digest-distance"
#: The event of the release week, if the schedule has none for it.
RELEASE = N_("Release")
#: The deadlines of later weeks that a digest names.
LATER_IN_DIGEST = 3

#: Inline nodes that name an event, and lead to where there is more about it.
EventName = Callable[[Event], list[nodes.Node]]


def plain_name(event: Event) -> list[nodes.Node]:
    """Return the title of an event without a link."""
    return [nodes.Text(event.title)]


def for_scopes(schedule: Schedule, scopes: Iterable[Scope]) -> Schedule:
    """Return a schedule with the events of some scopes only."""
    wanted = frozenset(scopes)
    if wanted == frozenset(Scope):
        return schedule
    weeks = [
        replace(week, events=tuple(event for event in week.events if event.scope in wanted)) for week in schedule.weeks
    ]
    return replace(schedule, weeks=tuple(weeks))


def week_of_note(schedule: Schedule, entry: Entry) -> Week | None:
    """Return the week that a countdown is about: the one that it names, or that of its day."""
    note = entry.note
    assert isinstance(note, Countdown)
    if note.week:
        return schedule.week(note.week)
    return schedule.week_of(countdown_week(entry.moment.day).start)


def outlook_of_note(schedule: Schedule, entry: Entry) -> Outlook | None:
    """Return what is ahead for all projects in the week of a countdown, seen from its day."""
    schedule = for_scopes(schedule, (Scope.CROSS_PROJECT,))
    week = week_of_note(schedule, entry)
    return schedule.outlook(entry.moment.day, week) if week is not None else None


def day_node(day: date, *classes: str, messages: Messages = ENGLISH) -> nodes.inline:
    """Return a day in words, with its date for programs."""
    return nodes.inline("", messages.day_of_year(day), classes=[DAY_CLASS, *classes], day=day.isoformat())


def distance_node(days: int, messages: Messages = ENGLISH) -> nodes.inline:
    """Return the distance to a day in words: ``in 15 days``, ``today``, ``3 days ago``."""
    return nodes.inline("", messages.distance(days), classes=[DISTANCE_CLASS])


def time_left(
    outlook: Outlook,
    name: EventName = plain_name,
    messages: Messages = ENGLISH,
    released: Sequence[nodes.Node] = (),
) -> nodes.container:
    """Return the days to the next deadline and to the release, and the day that they count from.

    :param released: follows the sentence that the series was released, such as a link to its release notes.
    """
    today = [day_node(outlook.now, "digest-now", messages=messages)]
    now = nodes.paragraph("", "", *sentence(messages.gettext("As of {day}:"), day=today))
    lines = [next_line(outlook.next, outlook.now, name, messages)] if outlook.next is not None else []
    lines.append(release_line(outlook, messages, released))
    week = outlook.week.name if outlook.week is not None else None
    listing = nodes.bullet_list("", *lines, bullet="*")
    return nodes.container("", now, listing, classes=[LEFT_CLASS], **({"week": week} if week else {}))


def next_line(event: Event, now: date, name: EventName, messages: Messages = ENGLISH) -> nodes.list_item:
    """Return the line of the next deadline."""
    pattern = messages.gettext("Next deadline: {event}, {day} ({left})")
    return _counted("digest-upcoming", event.day, now, pattern, messages, event=name(event))


def release_line(
    outlook: Outlook, messages: Messages = ENGLISH, released: Sequence[nodes.Node] = ()
) -> nodes.list_item:
    """Return the line of the release: when it comes, or that it was."""
    release, now = outlook.schedule.release, outlook.now
    return released_line(outlook, messages, released) if release < now else coming_line(release, now, messages)


def coming_line(release: date, now: date, messages: Messages = ENGLISH) -> nodes.list_item:
    """Return the line of a release that comes."""
    return _counted("digest-coming", release, now, messages.gettext("Release: {day} ({left})"), messages)


def released_line(outlook: Outlook, messages: Messages = ENGLISH, after: Sequence[nodes.Node] = ()) -> nodes.list_item:
    """Return the line of a release that was: ``Heron was released on November 19, 2026 · 11 days ago``."""
    pattern = messages.gettext("{cycle} was released on {day} · {left}")
    title, release = [nodes.Text(outlook.schedule.title)], outlook.schedule.release
    line = _counted("digest-released", release, outlook.now, pattern, messages, cycle=title)
    if after:
        paragraph = line.children[0]
        assert isinstance(paragraph, nodes.paragraph)
        paragraph += [nodes.Text(" · "), *after]
    return line


def _counted(
    css_class: str, day: date, now: date, pattern: str, messages: Messages, **parts: Sequence[nodes.Node]
) -> nodes.list_item:
    days = (day - now).days
    left = [distance_node(days, messages)]
    line = line_with(*sentence(pattern, day=[day_node(day, messages=messages)], left=left, **parts))
    line["classes"].append(css_class)
    line["days"] = days
    return line


def deadlines(
    outlook: Outlook, name: EventName = plain_name, limit: int | None = None, messages: Messages = ENGLISH
) -> list[nodes.Node]:
    """Return the deadlines of this week, of the next one, and later ones, each list under its label.

    Those that are over come last.

    :param limit: the most deadlines to show that are still ahead.
    """
    passed: list[Event] = []
    items = []
    for label, events in zip(DEADLINE_GROUPS, (outlook.this_week, outlook.next_week, outlook.later), strict=True):
        passed += [event for event in events if event.day < outlook.now]
        shown = [event for event in events if event.day >= outlook.now][:limit]
        limit = None if limit is None else limit - len(shown)
        if shown:
            items.append(_group(messages.gettext(label), shown, outlook, name, messages))
    if passed:
        over = messages.ngettext("{number} deadline has passed", "{number} deadlines have passed", len(passed))
        items.append(_group(over, passed, outlook, name, messages))
        items[-1]["classes"].append(PASSED_CLASS)
    return [nodes.bullet_list("", *items, bullet="*", classes=["digest-deadlines"])] if items else []


def _group(
    label: str, events: Iterable[Event], outlook: Outlook, name: EventName, messages: Messages
) -> nodes.list_item:
    lines = [deadline_line(event, outlook, name, messages) for event in events]
    words = filled(messages.gettext("{label}:"), label=label)
    heading = nodes.paragraph("", words, classes=["digest-label"])
    return nodes.list_item("", heading, nodes.bullet_list("", *lines, bullet="*"))


def next_deadlines(outlook: Outlook, name: EventName = plain_name, messages: Messages = ENGLISH) -> list[nodes.Node]:
    """Return the deadlines for a digest: those of this week and the next one, and the first of the later ones."""
    events = (*outlook.this_week, *outlook.next_week, *outlook.later[:LATER_IN_DIGEST])
    lines = [deadline_line(event, outlook, name, messages) for event in events]
    return [nodes.bullet_list("", *lines, bullet="*", classes=["digest-dates"])] if lines else []


def deadline_line(event: Event, outlook: Outlook, name: EventName, messages: Messages = ENGLISH) -> nodes.list_item:
    """Return a line such as ``RC1 deadline: March 4, 2027 (R-3 week)``, as in OpenStack's mails."""
    day = [day_node(event.day, messages=messages)]
    line = sentence(messages.gettext("{event}: {day}"), event=name(event), day=day)
    if week := outlook.schedule.week_of(event.day):
        line += [nodes.Text(" "), week_node(week, messages)]
    if who := audience(event, messages):
        line.append(nodes.Text(messages.gettext(", ") + who))
    if event.day < outlook.now:
        line += [nodes.Text(messages.gettext(", ")), distance_node((event.day - outlook.now).days, messages)]
    return line_with(*line)


def week_node(week: Week, messages: Messages = ENGLISH) -> nodes.inline:
    """Return the name of a week, after a day in it."""
    text = filled(messages.gettext("({week} week)"), week=week.name)
    return nodes.inline("", text, classes=["digest-week"])


def weeks_table(outlook: Outlook, name: EventName = plain_name, messages: Messages = ENGLISH) -> nodes.table:
    """Return the weeks with events, and that of today, as a table: the text of the picture of the cycle."""
    schedule = outlook.schedule
    now, release = schedule.week_of(outlook.now), schedule.week_of(schedule.release)
    rows: list[Sequence[list[nodes.Node]]] = []
    for week in schedule.cycle:
        if week.events or week is now or week is release:
            label = messages.gettext("{week} (now)") if week is now else "{week}"
            cells = [filled(label, week=week.name), messages.week_of_year(week.period)]
            unnamed: list[nodes.Node] = (
                [_words(messages.gettext(RELEASE))] if week is release and not week.events else []
            )
            first: list[list[nodes.Node]] = [[_words(cell)] for cell in cells]
            rows.append([*first, unnamed or events_cell(week.events, name)])
    headings = [messages.gettext("Week"), messages.gettext("Dates"), messages.gettext("Events")]
    return table(headings, rows, (10, 27, 38))


def events_cell(events: Sequence[Event], name: EventName) -> list[nodes.Node]:
    """Return events in a cell of a table: several as a list, since paragraphs run together in plain text."""
    lines = [nodes.paragraph("", "", *name(event)) for event in events]
    if len(lines) < 2:
        return list(lines)
    return [nodes.bullet_list("", *[nodes.list_item("", line) for line in lines], bullet="*")]


def table(headings: Sequence[str], rows: Iterable[Sequence[list[nodes.Node]]], widths: Sequence[int]) -> nodes.table:
    """Return a table with a row of headings.

    :param widths: the columns' shares of the width, and their widths in plain text.
    """
    head = nodes.row("", *[nodes.entry("", _words(heading)) for heading in headings])
    body = [nodes.row("", *[nodes.entry("", *cell) for cell in row]) for row in rows]
    group = nodes.tgroup(cols=len(headings))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += [nodes.thead("", head), nodes.tbody("", *body)]
    return nodes.table("", group, classes=["digest-weeks"])


def _words(text: str) -> nodes.paragraph:
    return nodes.paragraph("", text)
