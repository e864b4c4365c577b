"""The directives ``successbot`` and ``countdown``."""

from __future__ import annotations

from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinxext.digest.compose import countdown_heading
from sphinxext.digest.doctree.digest import titled
from sphinxext.digest.extension.directives import options
from sphinxext.digest.extension.directives.base import CollectionReader, OptionSpec
from sphinxext.digest.extension.queries import NotesQuery
from sphinxext.digest.model import Countdown, Kind
from sphinxext.digest.problems import Code
from sphinxext.digest.selection import Selection

#: The week of a countdown that means the newest one that is not later than today.
CURRENT = "current"


class SuccessBotDirective(CollectionReader):
    """Successes, oldest first, with the lines that close them."""

    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **CollectionReader.option_spec,
        "since": options.day,
        "until": options.day,
        "limit": options.count,
        "channel": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        """The list of successes."""
        selection = Selection(kind=Kind.SUCCESS, **self.chosen("since", "until", "limit", "channel"))
        query = NotesQuery(self.settings.fragments, selection, self.arguments[0] if self.arguments else None)
        entries = self.entries(query)
        builder = self.builder()
        listing = builder.success_list(entries)
        return self.place([listing] if listing.children else [], builder, entries)


class CountdownDirective(CollectionReader):
    """The countdown of a week of a series, from its note."""

    required_arguments = 1
    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {**CollectionReader.option_spec}

    def show(self) -> list[nodes.Node]:
        """The countdown under its heading."""
        series = self.arguments[0]
        week = self.arguments[1] if len(self.arguments) > 1 else CURRENT
        current = week == CURRENT
        selection = Selection(
            kind=Kind.COUNTDOWN, series=series, week=None if current else week, limit=1 if current else None
        )
        entries = self.entries(NotesQuery(self.settings.fragments, selection, current=current))
        if not entries:
            self.warn(Code.UNKNOWN_SERIES, self._missing(series, week))
            return []
        builder = self.builder()
        parts: list[nodes.Node] = []
        for entry in entries:
            heading: list[nodes.Node] = [nodes.Text(countdown_heading(entry, with_series=False))]
            parts += titled(
                heading, builder.countdown(entry), entry.anchor, entry.kind, sections=self.sections_allowed
            )
        return self.place(parts, builder, entries)

    def _missing(self, series: str, week: str) -> str:
        notes = [entry.note for entry in self.collection.of_kind(Kind.COUNTDOWN)]
        known = dict.fromkeys(note.series for note in notes if isinstance(note, Countdown))
        if series in known:
            return f"there is no countdown of the series '{series}' for the week '{week}'"
        return f"there is no countdown of a series '{series}'; there are {', '.join(known) or 'none at all'}"
