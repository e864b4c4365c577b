"""The directive ``release-schedule``: the whole cycle of a series; and what it shares with the countdown.

A whole release schedule as docutils nodes: its weeks as a table, and what it says of its events.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinxext.digest.doctree.deadlines import day_node, events_cell, for_scopes, table, week_node
from sphinxext.digest.doctree.digest import titled
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.lines import heading_of
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.extension.directives.base import NotesDirective, OptionSpec, scopes_option
from sphinxext.digest.extension.domain import DigestDomain, Target
from sphinxext.digest.extension.schedules import (
    PageLinks,
    ScheduleDependency,
    find_schedule,
    remember_schedule,
    schedules_for,
)
from sphinxext.digest.model import ENGLISH, MILESTONE, Event, Messages, Schedule, Scope, Week
from sphinxext.digest.model.messages import N_, filled
from sphinxext.digest.problems import Code

#: Schedules come from elsewhere: what a project allows its own fragments counts for nothing here.
GUARD = Guard()

_HEADINGS = {
    Scope.CROSS_PROJECT: N_("Cross-project events"),
    Scope.PROJECT_SPECIFIC: N_("Project-specific events"),
}
_WIDTHS = {1: (6, 27, 42), 2: (6, 27, 30, 30)}


def event_anchor(schedule: Schedule, event: Event) -> str:
    """The identifier of an event, by its series and its id."""
    return nodes.make_id(f"{MILESTONE}-{schedule.series}-{event.id}")


def schedule_anchor(schedule: Schedule) -> str:
    """The identifier of the table of a schedule."""
    return nodes.make_id(f"schedule-{schedule.series}")


class CycleBuilder:
    """Makes the nodes of one schedule. Each event has one identifier, however many weeks have its id.

    :param descriptions: whether the texts of events are shown; the identifiers are there then, else in the table.
    """

    def __init__(
        self, schedule: Schedule, parser: TextParser, *, descriptions: bool, messages: Messages = ENGLISH
    ) -> None:
        self.schedule = schedule
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
        rows = [self._row(week, scopes) for week in schedule.weeks]
        gettext = self.messages.gettext
        headings = [gettext("Week"), gettext("Dates"), *(gettext(_HEADINGS[scope]) for scope in scopes)]
        found = table(headings, rows, _WIDTHS[len(scopes)])
        found["classes"].append("digest-schedule")
        # some themes repeat the identifier of a table on a box around it, so the first words have it
        heading = next(iter(found.findall(nodes.paragraph)))
        heading.insert(0, nodes.target("", "", ids=[schedule_anchor(schedule)]))
        return found

    def _row(self, week: Week, scopes: Iterable[Scope]) -> list[list[nodes.Node]]:
        cells = [[event for event in week.events if event.scope is scope] for scope in scopes]
        texts = (week.name or "", self.messages.week_of_year(week.period))
        words: list[list[nodes.Node]] = [[nodes.paragraph("", text)] for text in texts]
        return [*words, *(events_cell(events, self._name) for events in cells)]

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

        :param sections: whether sections may stand here; otherwise the titles are rubrics.
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
        if event.project or event.scope is Scope.PROJECT_SPECIFIC:
            gettext = self.messages.gettext
            line += nodes.Text(gettext(", ") + (event.project or gettext("for some projects")))
        return line


class ScheduleReader(NotesDirective):
    """A directive that shows something of the schedule of a series."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **NotesDirective.option_spec,
        "schedule": directives.path,
        "scope": scopes_option,
    }

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
        """The series that there are, for messages."""
        return ", ".join(sorted(schedules_for(self.build, self.settings, self.path).names)) or "none at all"


class ReleaseScheduleDirective(ScheduleReader):
    """All weeks of a cycle with their events, and what the schedule says of these."""

    option_spec: ClassVar[OptionSpec] = {**ScheduleReader.option_spec, "no-descriptions": directives.flag}

    def show(self) -> list[nodes.Node]:
        """The table, the link to the calendar, and the descriptions."""
        series = self.arguments[0]
        texts = "no-descriptions" not in self.options
        query = ScheduleDependency(self.settings.fragments, self.path, series, texts=texts, published=True)
        schedule = self.find_schedule(query)
        reported = self.remember(query)
        if schedule is None:
            if not reported:
                self.warn(
                    Code.UNKNOWN_SERIES,
                    f"there is no schedule of a series '{series}'; there are {self.names_of_schedules()}",
                )
            return []
        parser = self.parser(GUARD)
        cycle = CycleBuilder(schedule, parser, descriptions=texts, messages=self.messages)
        links = PageLinks(self.env.docname, self.get_source_info(), self.messages)
        parts = [
            cycle.table(),
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
