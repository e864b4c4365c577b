"""The directive ``digest``: a whole digest."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import ClassVar

from docutils import nodes

from sphinxext.digest.compose import compose, digest_title, tells_releases
from sphinxext.digest.doctree.digest import digest_nodes, with_references
from sphinxext.digest.doctree.summary import digest_summary
from sphinxext.digest.extension.addresses import Described
from sphinxext.digest.extension.counts import counts_in_words
from sphinxext.digest.extension.directives import options
from sphinxext.digest.extension.directives.base import CollectionReader, OptionSpec
from sphinxext.digest.extension.domain import DIGEST, DigestDomain, Target
from sphinxext.digest.extension.masthead import describe
from sphinxext.digest.extension.queries import NotesQuery
from sphinxext.digest.extension.releases import find_released
from sphinxext.digest.model import Entry, Period, ReleasedVersion
from sphinxext.digest.options import Settings
from sphinxext.digest.problems import Code
from sphinxext.digest.render.feed import rfc3339
from sphinxext.digest.selection import Selection


class DigestDirective(CollectionReader):
    """A digest: all notes of a period in the order of the sections, and one list of references."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **CollectionReader.option_spec,
        "sections": options.sections,
        "groups": options.names,
    }

    def show(self) -> list[nodes.Node]:
        """The digest, with everything in it registered."""
        collection = self.collection
        query = NotesQuery(self.settings.fragments, Selection(), self.arguments[0])
        entries = self.entries(query)
        period = collection.period(self.arguments[0])
        if not entries:
            self.warn(Code.EMPTY_PERIOD, f"there are no notes from {period.start} to {period.end}")
        settings = replace(self.settings, **self.chosen("sections", "groups"))
        digest = compose(collection, period, settings, self._released(period, settings), self.words)
        builder = self.builder(settings)
        parts = digest_nodes(digest, builder, sections=self.sections_allowed)
        counts = counts_in_words(Counter(entry.kind for entry in digest.entries), self.words)
        description = digest_summary(parts, counts, self.words)
        if settings.references:
            parts = with_references(parts, period, sections=self.sections_allowed, words=self.words)
        anchor = f"digest-{period.name}"
        target = nodes.target("", "", ids=[anchor])
        name = self._register(period, settings, anchor)
        self._describe(period, description, entries)
        placed = self.place([target, *parts], builder, digest.entries, primary=True)
        if self.sections_allowed:
            days = self.words.week_of_year(period)
            describe(DigestDomain.of(self.env), target, name, days, counts, parts)
        return placed

    def _released(self, period: Period, settings: Settings) -> tuple[ReleasedVersion, ...]:
        """The versions of the period, if the digest shall tell them."""
        if not tells_releases(settings):
            return ()
        found, problems = find_released(self.env, period)
        for problem in problems:
            self.warn(problem.code, f"{problem.path}: {problem.message}")
        return found

    def _register(self, period: Period, settings: Settings, anchor: str) -> str:
        """Let the digest be referred to, by the name that is returned."""
        own = settings.fragments == self.store.project.main.fragments
        name = period.name if own else f"{settings.pages}/{period.name}"
        target = Target(
            DIGEST,
            (name,),
            digest_title(period, settings, self.words),
            self.env.docname,
            anchor,
            primary=self.env.docname == self.store.page_of(self.settings, period),
        )
        DigestDomain.of(self.env).note_target(target)
        return name

    def _describe(self, period: Period, description: str, entries: tuple[Entry, ...]) -> None:
        """Say what the page is about, if it is the digest's own."""
        docname, domain = self.env.docname, DigestDomain.of(self.env)
        if not entries or docname != self.store.page_of(self.settings, period):
            return
        times = sorted(rfc3339(entry.moment) for entry in entries)
        title = digest_title(period, self.settings, self.words)
        described = Described(self.settings.fragments, title, description, period.name, times[0], times[-1])
        domain.note_described(docname, described)
