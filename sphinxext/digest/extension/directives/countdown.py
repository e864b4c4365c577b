"""The directive ``countdown``: a week of a release cycle, from its note and from the schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import ClassVar

from docutils import nodes

from sphinxext.digest.collection.compose import countdown_heading, week_heading
from sphinxext.digest.collection.load import Selection
from sphinxext.digest.doctree.deadlines import EventName, deadlines, time_left, week_of_note
from sphinxext.digest.doctree.digest import titled
from sphinxext.digest.doctree.lines import LINKS_CLASS, heading_of, line_with, source_link
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.extension.dependencies import NotesDependency
from sphinxext.digest.extension.directives.base import (
    COUNTDOWN_SHOWS,
    OptionSpec,
    count_option,
    countdown_parts_option,
    day_option,
)
from sphinxext.digest.extension.directives.schedule import ScheduleReader
from sphinxext.digest.extension.domain import DigestDomain, Target
from sphinxext.digest.extension.pictures import timeline_nodes
from sphinxext.digest.extension.schedules import PageLinks, ScheduleDependency, has_schedules, schedules_for
from sphinxext.digest.model import Countdown, Entry, Kind, Messages, Outlook, Schedule, Week
from sphinxext.digest.model.messages import filled
from sphinxext.digest.problems import Code

#: The week of a countdown that means the one of today.
CURRENT = "current"


class CountdownDirective(ScheduleReader):
    """The countdown of a week of a series: its note, and what the schedule of the series knows."""

    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **ScheduleReader.option_spec,
        "show": countdown_parts_option,
        "at": day_option,
        "limit": count_option,
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
            parts += self._titled(_heading(ahead, self.messages), self._body(None, ahead, builder), anchor)
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
            "left": lambda: time_left(ahead, name, self.messages),
            "deadlines": lambda: self._deadlines(ahead, name),
            "timeline": lambda: timeline_nodes(self.env, ahead, name),
        }
        body = [node for part in shown for node in parts[part]()]
        return body + self._closing(lines, ahead.schedule)

    @property
    def _links(self) -> PageLinks:
        return PageLinks(self.env.docname, self.get_source_info(), self.messages)

    def _deadlines(self, ahead: Outlook, name: EventName) -> list[nodes.Node]:
        body = deadlines(ahead, name, self.options.get("limit"), self.messages)
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
