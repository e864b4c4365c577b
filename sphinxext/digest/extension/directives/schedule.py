"""The directives of a release cycle: ``release-schedule`` has all of its weeks, ``countdown`` one of them.

A schedule is a table of its weeks, and then the descriptions of its events. A countdown is the note of its week with
what the schedule knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from html import escape
from itertools import groupby
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes

from sphinxext.digest.collection.compose import countdown_heading, week_heading
from sphinxext.digest.collection.selection import Selection
from sphinxext.digest.doctree.deadlines import (
    DAY_CLASS,
    EventName,
    coming_line,
    day_node,
    deadlines,
    events_cell,
    for_scopes,
    next_line,
    released_line,
    table,
    time_left,
    week_node,
    week_of_note,
)
from sphinxext.digest.doctree.digest import titled
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.lines import LINKS_CLASS, heading_of, line_with, sentence, source_link
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.extension.dependencies import NotesDependency
from sphinxext.digest.extension.directives.base import (
    COUNTDOWN_SHOWS,
    NotesDirective,
    OptionSpec,
    count_option,
    countdown_parts_option,
    page_or_url_option,
    scopes_option,
)
from sphinxext.digest.extension.directives.period_words import day_option
from sphinxext.digest.extension.domain import DigestDomain, Target
from sphinxext.digest.extension.pictures import LIVE_CLASS, timeline_nodes
from sphinxext.digest.extension.schedules import (
    HTML_PAGES,
    PageLinks,
    ScheduleDependency,
    find_schedule,
    has_schedules,
    remember_schedule,
    schedules_for,
)
from sphinxext.digest.model import (
    ENGLISH,
    MILESTONE,
    Countdown,
    Entry,
    Event,
    Kind,
    Messages,
    Outlook,
    Period,
    Schedule,
    Scope,
    Week,
)
from sphinxext.digest.model.messages import N_, filled
from sphinxext.digest.model.schedule import audience
from sphinxext.digest.problems import Code
from sphinxext.digest.render.timeline import weeks_data

#: Schedules come from elsewhere: what a project allows its own fragments counts for nothing here.
GUARD = Guard()

#: Marks the words behind the name of the current week.
CURRENT_WEEK_CLASS = "digest-current"
_HEADINGS = {
    Scope.CROSS_PROJECT: N_("Cross-project events"),
    Scope.PROJECT_SPECIFIC: N_("Project-specific events"),
}
_WIDTHS = {1: (14, 27, 42), 2: (14, 27, 30, 30)}


def event_anchor(schedule: Schedule, event: Event) -> str:
    """The identifier of an event, by its series and its id."""
    return nodes.make_id(f"{MILESTONE}-{schedule.series}-{event.id}")


def schedule_anchor(schedule: Schedule) -> str:
    """The identifier of the table of a schedule."""
    return nodes.make_id(f"schedule-{schedule.series}")


def _folded(weeks: Iterable[Week], now: date) -> Iterator[list[Week]]:
    """Yield the weeks of each row of a table: those that are over and have no events share one."""
    for (empty, _named), some in groupby(
        weeks, key=lambda week: (not week.events and week.period.end < now, week.name is not None)
    ):
        found = list(some)
        yield from ([found] if empty else ([week] for week in found))


class CycleBuilder:
    """Makes the nodes of one schedule. Each event has one identifier, however many weeks have its id.

    :param now: the day whose week is marked; earlier weeks without events are folded.
    :param descriptions: whether the texts of events are shown; the identifiers are there then, else in the table.
    """

    def __init__(
        self, schedule: Schedule, parser: TextParser, now: date, *, descriptions: bool, messages: Messages = ENGLISH
    ) -> None:
        self.schedule = schedule
        self.now = now
        self.messages = messages
        self.parser = parser
        self.events: dict[str, Event] = {}
        for event in schedule.events:
            self.events.setdefault(event.id, event)
        self._described = {id_ for id_, event in self.events.items() if descriptions and event.text is not None}
        self._placed: set[str] = set()

    def table(self) -> nodes.table:
        """The weeks with their days and events; a column for each scope that has any."""
        schedule = self.schedule
        scopes = [scope for scope in Scope if any(event.scope is scope for event in schedule.events)]
        scopes = scopes or [Scope.CROSS_PROJECT]
        rows = [self._row(weeks, scopes) for weeks in _folded(schedule.weeks, self.now)]
        gettext = self.messages.gettext
        headings = [gettext("Week"), gettext("Dates"), *(gettext(_HEADINGS[scope]) for scope in scopes)]
        found = table(headings, rows, _WIDTHS[len(scopes)])
        found["classes"].append("digest-schedule")
        # some themes repeat the identifier of a table on a box around it, so the first words have it
        heading = next(iter(found.findall(nodes.paragraph)))
        heading.insert(0, nodes.target("", "", ids=[schedule_anchor(schedule)]))
        return found

    def _row(self, weeks: Sequence[Week], scopes: Iterable[Scope]) -> list[list[nodes.Node]]:
        first, last = weeks[0], weeks[-1]
        cells = [[event for event in first.events if event.scope is scope] for scope in scopes]
        names = dict.fromkeys(week.name for week in (first, last) if week.name)
        name = nodes.paragraph("", " – ".join(names))
        if first is self.schedule.week_of(self.now):
            day = nodes.inline("", self.messages.day(self.now), classes=[DAY_CLASS], day=self.now.isoformat())
            words = sentence(self.messages.gettext("(now, {day})"), day=[day])
            name += [nodes.Text(" "), nodes.inline("", "", *words, classes=[CURRENT_WEEK_CLASS])]
        dates = self.messages.week_of_year(Period(first.period.start, last.period.end))
        days = nodes.inline("", dates, classes=[DAY_CLASS], day=first.period.start.isoformat())
        return [[name], [nodes.paragraph("", "", days)], *(events_cell(events, self._name) for events in cells)]

    def _name(self, event: Event) -> list[nodes.Node]:
        """The title of an event: a link to its description, or the place that others link to."""
        anchor = event_anchor(self.schedule, event)
        if event.id in self._described:
            return [nodes.reference("", event.title, internal=True, refid=anchor)]
        if event.id in self._placed:
            return [nodes.Text(event.title)]
        self._placed.add(event.id)
        return [nodes.target("", "", ids=[anchor]), nodes.Text(event.title)]

    def descriptions(self, *, sections: bool) -> list[nodes.Node]:
        """Return the descriptions of the events in order of time, each under its title.

        :param sections: whether sections are allowed here; otherwise the titles are rubrics.
        """
        parts: list[nodes.Node] = []
        for event in self.events.values():
            if event.id in self._described and event.text is not None:
                anchor = event_anchor(self.schedule, event)
                path = self.schedule.text_path or self.schedule.path
                body = [self._when(event), *self.parser.blocks(event.text, path, anchor)]
                parts += titled(heading_of(event.title), body, anchor, MILESTONE, sections=sections)
        return parts

    def _when(self, event: Event) -> nodes.paragraph:
        """The days and weeks of all events that have this id."""
        same = [other for other in self.schedule.events if other.id == event.id]
        line = nodes.paragraph("", "", classes=["digest-when"])
        for number, other in enumerate(same):
            week = self.schedule.week_of(other.day)
            line += [nodes.Text("; ")] if number else []
            line += day_node(other.day, messages=self.messages)
            if week:
                line += [nodes.Text(" "), week_node(week, self.messages)]
        if who := audience(event, self.messages):
            line += nodes.Text(self.messages.gettext(", ") + who)
        return line


class ScheduleReader(NotesDirective):
    """A directive that shows something of the schedule of a series."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **NotesDirective.option_spec,
        "schedule": directives.path,
        "scope": scopes_option,
        "at": day_option,
    }

    @property
    def live(self) -> bool:
        """Return True if the page counts from today, and its script from the day of the reader."""
        return "at" not in self.options

    @property
    def path(self) -> str:
        """Return the place of the schedule, if it is not among those of the project."""
        path: str = self.options.get("schedule", "")
        return path

    def find_schedule(self, query: ScheduleDependency) -> Schedule | None:
        """The schedule with the events that are to be shown, if there is one."""
        schedule = find_schedule(self.build, query)
        return for_scopes(schedule, self.options.get("scope", tuple(Scope))) if schedule else None

    def remember(self, query: ScheduleDependency) -> bool:
        """Remember what the page asks for; returns whether anything was wrong with it, which has been reported."""
        problems = remember_schedule(self.env, query)
        for problem in problems:
            if problem.path == query.path and not problem.line:
                self.warn(problem.code, f"{problem.path}: {problem.message}")
        return bool(problems)

    def names_of_schedules(self) -> str:
        """The known series, for messages."""
        return ", ".join(sorted(schedules_for(self.build, self.settings, self.path).names)) or "none at all"


class ReleaseScheduleDirective(ScheduleReader):
    """All weeks of a cycle with their events, and what the schedule says of these."""

    option_spec: ClassVar[OptionSpec] = {**ScheduleReader.option_spec, "no-descriptions": directives.flag}

    def show(self) -> list[nodes.Node]:
        """The table, the link to the calendar, and the descriptions."""
        series = self.arguments[0]
        texts = "no-descriptions" not in self.options
        day = self.options.get("at")
        query = ScheduleDependency(self.settings.fragments, self.path, series, day=day, texts=texts, published=True)
        schedule = self.find_schedule(query)
        now = day or self.build.today
        # the table of a cycle that is over stays as it is
        ahead = schedule is not None and any(week.period.end >= now for week in schedule.weeks)
        reported = self.remember(replace(query, daily=self.live and ahead))
        if schedule is None:
            if not reported:
                self.warn(
                    Code.UNKNOWN_SERIES,
                    f"there is no schedule of a series '{series}'; there are {self.names_of_schedules()}",
                )
            return []
        parser = self.parser(GUARD)
        cycle = CycleBuilder(schedule, parser, now, descriptions=texts, messages=self.messages)
        links = PageLinks(self.env.docname, self.get_source_info(), self.messages)
        table = cycle.table()
        table["classes"] += [LIVE_CLASS] if self.live else []
        parts = [
            table,
            *links.closing([], self.settings, schedule),
            *cycle.descriptions(sections=self.sections_allowed),
        ]
        domain = DigestDomain.of(self.env)
        domain.note_problems(self.env.docname, parser.problems)
        title = filled(self.messages.gettext("{cycle} release schedule"), cycle=schedule.title)
        self._register((schedule.series,), title, schedule_anchor(schedule))
        for event in cycle.events.values():
            names = (f"{schedule.series}-{event.id}", event.id)
            self._register(names, event.title, event_anchor(schedule, event))
        return self.place(parts, self.builder(), ())

    def _register(self, names: tuple[str, ...], title: str, anchor: str) -> None:
        DigestDomain.of(self.env).note_target(Target(MILESTONE, names, title, self.env.docname, anchor))


#: The week of a countdown that means the one of today.
CURRENT = "current"


class CountdownDirective(ScheduleReader):
    """The countdown of a week of a series: its note, and what the schedule of the series knows."""

    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **ScheduleReader.option_spec,
        "show": countdown_parts_option,
        "limit": count_option,
        "notes": page_or_url_option,
    }

    def show(self) -> list[nodes.Node]:
        """The countdown under its heading."""
        series, *rest = self.arguments
        wanted = rest[0] if rest else CURRENT
        schedule, entries, reported = self._ask(series, wanted)
        week = self._week(schedule, wanted, entries) if schedule else None
        if schedule is None or (week is None and wanted != CURRENT):
            if not reported and (not entries or schedule is not None):
                self.warn(Code.UNKNOWN_SERIES, self._missing(series, wanted, schedule))
            return self._show(entries, None)
        if wanted == CURRENT:
            # a note of a week that is over is old news, when the schedule knows better
            entries = tuple(entry for entry in entries if week_of_note(schedule, entry) is week)
        return self._show(entries, schedule.outlook(self._now(wanted, entries), week))

    def _ask(self, series: str, wanted: str) -> tuple[Schedule | None, tuple[Entry, ...], bool]:
        """The schedule and the notes, if there are any, and whether something wrong has been reported."""
        day, published = self.options.get("at"), has_schedules(self.settings, self.path)
        # asked also where the project has no schedules yet, or its settings cannot be read: that may change
        query = ScheduleDependency(self.settings.fragments, self.path, series, day=day, published=published)
        schedule = self.find_schedule(query)
        entries = self._entries(schedule.series if schedule else series, wanted)
        counted = day is None and (wanted == CURRENT or not entries)
        reported = self.remember(replace(query, daily=schedule is not None and counted))
        return schedule, entries, reported and schedule is None

    def _entries(self, series: str, wanted: str) -> tuple[Entry, ...]:
        """The notes of the week, or the newest one of the days until now."""
        current = wanted == CURRENT
        selection = Selection(
            kind=Kind.COUNTDOWN,
            series=series,
            week=None if current else wanted,
            until=self.options.get("at") if current else None,
            limit=1 if current else None,
        )
        query = NotesDependency(self.settings.fragments, selection, current=current and "at" not in self.options)
        return self.entries(query)

    def _week(self, schedule: Schedule, wanted: str, entries: tuple[Entry, ...]) -> Week | None:
        """The week that is meant: for the current one that of the newest note, if it is not over."""
        if wanted != CURRENT:
            return schedule.week(wanted)
        now = self._now(wanted, entries)
        ahead = week_of_note(schedule, entries[-1]) if entries else None
        return ahead if ahead is not None and ahead.period.end >= now else schedule.week_of(now)

    def _now(self, wanted: str, entries: tuple[Entry, ...]) -> date:
        """The day from which days are counted: as the option says, or that of the note of a week that was named."""
        if "at" in self.options:
            day: date = self.options["at"]
            return day
        return entries[-1].moment.day if entries and wanted != CURRENT else self.build.today

    def _show(self, entries: tuple[Entry, ...], ahead: Outlook | None) -> list[nodes.Node]:
        """Each note under its heading, with the last of them what the schedule knows."""
        builder = self.builder()
        builder.outlook_of = None
        parts: list[nodes.Node] = []
        for entry in entries:
            own = ahead if entry is entries[-1] else None
            body = self._body(entry, own, builder)
            if own and own.week:
                heading = _heading(own, self.messages)
            else:
                heading = countdown_heading(entry, with_series=False, messages=self.messages)
            parts += self._titled(heading, body, entry.anchor)
        if not entries and ahead is not None:
            anchor = _anchor(ahead)
            # a week in the heading would be over before the next build
            named = ahead if not self.live or len(self.arguments) > 1 else replace(ahead, week=None)
            parts += self._titled(_heading(named, self.messages), self._body(None, ahead, builder), anchor)
            self._register(ahead, anchor)
        return self.place(parts, builder, entries)

    def _titled(self, heading: str, body: list[nodes.Node], anchor: str) -> list[nodes.Node]:
        return titled(heading_of(heading), body, anchor, Kind.COUNTDOWN, sections=self.sections_allowed)

    def _body(self, entry: Entry | None, ahead: Outlook | None, builder: NoteBuilder) -> list[nodes.Node]:
        """The parts that are to be shown, in their order, and the links that close them."""
        shown = self.options.get("show", COUNTDOWN_SHOWS)
        note = builder.countdown(entry) if entry is not None and "note" in shown else []
        if ahead is None:
            return note
        lines = _taken_links(note)
        name = self._links.names(ahead.schedule)
        parts: dict[str, Callable[[], list[nodes.Node]]] = {
            "note": lambda: note,
            "left": lambda: self._left(ahead, name),
            "deadlines": lambda: self._deadlines(ahead, name),
            "timeline": lambda: timeline_nodes(self.env, ahead, name, live=self.live),
        }
        body = [node for part in shown for node in parts[part]()]
        return body + self._closing(lines, ahead.schedule)

    @property
    def _links(self) -> PageLinks:
        return PageLinks(self.env.docname, self.get_source_info(), self.messages)

    def _left(self, ahead: Outlook, name: EventName) -> list[nodes.Node]:
        """The box with the time that is left, and what the script may put into it on a later day."""
        box = time_left(ahead, name, self.messages, self._release_notes())
        if self.live:
            box["classes"].append(LIVE_CLASS)
            box += _later_lines(ahead, name, self.messages, self._release_notes())
        return [box]

    def _release_notes(self) -> list[nodes.Node]:
        """Return the link to the notes of the release, if the directive says where they are."""
        place, text = self.options.get("notes"), self.messages.gettext("Release notes")
        if place is None:
            return []
        return [source_link(text, place) if ":" in place else self.to_document(place, nodes.inline("", text))]

    def _deadlines(self, ahead: Outlook, name: EventName) -> list[nodes.Node]:
        body = deadlines(ahead, name, self.options.get("limit"), self.messages)
        listing = body[0] if body else None
        if self.live and isinstance(listing, nodes.bullet_list):
            listing["classes"].append(LIVE_CLASS)
            listing["now"] = ahead.now.isoformat()
        label = nodes.paragraph("", self.messages.gettext("Upcoming Deadlines & Dates:"), classes=["digest-label"])
        return [label, *body] if body else []

    def _closing(self, lines: list[nodes.list_item], schedule: Schedule) -> list[nodes.Node]:
        """Return the end of the countdown: the links of its note, to the whole schedule, and to its calendar."""
        if schedule.url:
            link = source_link(self.messages.gettext("Release schedule"), schedule.url)
            lines.append(line_with(link))
        return self._links.closing(lines, self.settings, schedule)

    def _register(self, ahead: Outlook, anchor: str) -> None:
        """Let the countdown of a week that has no note be referred to, as those of notes can be."""
        if ahead.week is not None and ahead.week.name:
            name = f"{ahead.schedule.series}-{ahead.week.name}"
            title = f"{ahead.schedule.series} {ahead.week.name}"
            target = Target(Kind.COUNTDOWN.value, (name,), title, self.env.docname, anchor)
            DigestDomain.of(self.env).note_target(target)

    def _missing(self, series: str, wanted: str, schedule: Schedule | None) -> str:
        if schedule is not None:
            first, last = schedule.cycle[0].name, schedule.cycle[-1].name
            return f"the cycle of the series '{series}' has no week '{wanted}': its weeks are {first} to {last}"
        notes = [entry.note for entry in self.collection.of_kind(Kind.COUNTDOWN)]
        known = dict.fromkeys(note.series for note in notes if isinstance(note, Countdown))
        if series in known:
            return f"there is no countdown of the series '{series}' for the week '{wanted}'"
        if has_schedules(self.settings, self.path):
            known |= dict.fromkeys(sorted(schedules_for(self.build, self.settings, self.path).names))
        return f"there is no countdown of a series '{series}'; there are {', '.join(known) or 'none at all'}"


def _heading(ahead: Outlook, messages: Messages) -> str:
    if ahead.week is not None:
        return week_heading(str(ahead.week.name), ahead.week.period, messages)
    return filled(messages.gettext("Release Countdown For {cycle}"), cycle=ahead.schedule.title)


def _later_lines(ahead: Outlook, name: EventName, messages: Messages, released: Sequence[nodes.Node]) -> addnodes.only:
    """Return the lines that the box of a countdown may have on a later day, in an element that browsers don't show.

    :param released: follows the sentence that the series was released.
    """
    schedule, now = ahead.schedule, ahead.now
    coming = sorted((event for event in schedule.events if event.day >= now), key=lambda event: event.day)
    lines = [next_line(event, now, name, messages) for event in coming]
    lines += [coming_line(schedule.release, now, messages)] if schedule.release >= now else []
    lines.append(released_line(ahead, messages, released))
    start = nodes.raw("", f'<template data-weeks="{escape(weeks_data(schedule))}">', format="html")
    end = nodes.raw("", "</template>", format="html")
    # what a search finds has to be on the page
    listing = nodes.bullet_list("", *lines, bullet="*", classes=["no-search"])
    return addnodes.only("", start, listing, end, expr=HTML_PAGES)


def _taken_links(note: list[nodes.Node]) -> list[nodes.list_item]:
    """The links that close a note, which is without them then: they come after all else."""
    last = note[-1] if note else None
    if not isinstance(last, nodes.bullet_list) or LINKS_CLASS not in last["classes"]:
        return []
    note.pop()
    return [item for item in last.children if isinstance(item, nodes.list_item)]


def _anchor(ahead: Outlook) -> str:
    week = f"-{ahead.week.name}" if ahead.week is not None else ""
    return str(nodes.make_id(f"{Kind.COUNTDOWN}-{ahead.schedule.series}{week}"))
