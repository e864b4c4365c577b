"""The directive ``release-schedule``: the whole cycle of a series; and what it shares with the countdown."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinxext.digest.doctree.cycle import GUARD, CycleBuilder, event_anchor, schedule_anchor
from sphinxext.digest.doctree.outlook import for_scopes
from sphinxext.digest.extension.cycles import PageLinks
from sphinxext.digest.extension.directives import options
from sphinxext.digest.extension.directives.base import CollectionReader, OptionSpec
from sphinxext.digest.extension.domain import DigestDomain, Target
from sphinxext.digest.extension.schedules import ScheduleQuery, find_schedule, remember_schedule, schedules_for
from sphinxext.digest.model import MILESTONE, Schedule, Scope
from sphinxext.digest.model.words import filled
from sphinxext.digest.problems import Code


class ScheduleReader(CollectionReader):
    """A directive that shows something of the schedule of a series."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **CollectionReader.option_spec,
        "schedule": directives.path,
        "scope": options.scopes,
    }

    @property
    def path(self) -> str:
        """Where the schedule is, if not where those of the project are."""
        path: str = self.options.get("schedule", "")
        return path

    def find_schedule(self, query: ScheduleQuery) -> Schedule | None:
        """The schedule with the events that are to be shown, if there is one."""
        schedule = find_schedule(self.store, query)
        return for_scopes(schedule, self.options.get("scope", tuple(Scope))) if schedule else None

    def remember(self, query: ScheduleQuery) -> bool:
        """Remember what the page asks for; returns whether anything was wrong with it, which has been reported."""
        problems = remember_schedule(self.env, query)
        for problem in problems:
            if problem.path == query.path and not problem.line:
                self.warn(problem.code, f"{problem.path}: {problem.message}")
        return bool(problems)

    def names_of_schedules(self) -> str:
        """The series that there are, for messages."""
        return ", ".join(sorted(schedules_for(self.store, self.settings, self.path).names)) or "none at all"


class ReleaseScheduleDirective(ScheduleReader):
    """All weeks of a cycle with their events, and what the schedule says of these."""

    option_spec: ClassVar[OptionSpec] = {**ScheduleReader.option_spec, "no-descriptions": directives.flag}

    def show(self) -> list[nodes.Node]:
        """The table, the link to the calendar, and the descriptions."""
        series = self.arguments[0]
        texts = "no-descriptions" not in self.options
        query = ScheduleQuery(self.settings.fragments, self.path, series, texts=texts, published=True)
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
        cycle = CycleBuilder(schedule, parser, descriptions=texts, words=self.words)
        links = PageLinks(self.env.docname, self.get_source_info(), self.words)
        parts = [
            cycle.table(),
            *links.closing([], self.settings, schedule),
            *cycle.descriptions(sections=self.sections_allowed),
        ]
        domain = DigestDomain.of(self.env)
        domain.note_problems(self.env.docname, parser.problems)
        title = filled(self.words.gettext("{cycle} release schedule"), cycle=schedule.title)
        self._register((schedule.series,), title, schedule_anchor(schedule))
        for event in cycle.events.values():
            names = (f"{schedule.series}-{event.id}", event.id)
            self._register(names, event.title, event_anchor(schedule, event))
        return self.place(parts, self.builder(), ())

    def _register(self, names: tuple[str, ...], title: str, anchor: str) -> None:
        DigestDomain.of(self.env).note_target(Target(MILESTONE, names, title, self.env.docname, anchor))
