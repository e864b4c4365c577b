"""The directive ``digest``: a whole digest.

The directive ``successbot``.

The directive ``thread-summary``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinxext.digest.collection.compose import compose, counts_in_words, tells_releases
from sphinxext.digest.collection.selection import Selection
from sphinxext.digest.doctree.digest import digest_nodes, digest_summary, note_titles, titled, with_references
from sphinxext.digest.doctree.lines import line_with, links_list, source_link
from sphinxext.digest.extension.dependencies import NotesDependency
from sphinxext.digest.extension.directives.base import (
    NotesDirective,
    OptionSpec,
    count_option,
    elements_of,
    names_option,
    sections_option,
    show_url_in_text,
    state_option,
    url_option,
)
from sphinxext.digest.extension.directives.period_words import day_option
from sphinxext.digest.extension.domain import DIGEST, OBJECT_KINDS, DigestDomain, Target
from sphinxext.digest.extension.html.masthead import Masthead, describe, identifiers_of
from sphinxext.digest.extension.links import PageSummary
from sphinxext.digest.extension.releases import find_released
from sphinxext.digest.model import Entry, Kind, Period, ReleasedVersion, State, Thread, ThreadLinks
from sphinxext.digest.model.period_words import is_period_word
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.options import Settings


class DigestDirective(NotesDirective):
    """A digest: all notes of a period in the order of the sections, and one list of references."""

    required_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **NotesDirective.option_spec,
        "sections": sections_option,
        "groups": names_option,
    }

    def show(self) -> list[nodes.Node]:
        """The digest, with everything in it registered."""
        collection = self.collection
        named = self.period(self.arguments[0])
        entries = self.entries(NotesDependency(self.settings.fragments, Selection(), named))
        period = collection.period(named)
        if not entries and not collection.events_of(period):
            self.warn(Code.EMPTY_PERIOD, f"there are no notes from {period.start} to {period.end}")
        settings = replace(self.settings, **self.chosen("sections", "groups"))
        digest = compose(collection, period, settings, self._released(period, settings), self.messages)
        builder = self.builder(settings)
        parts = digest_nodes(digest, builder, sections=self.sections_allowed)
        # events of earlier digests were counted there
        own = Counter(entry.kind for entry in digest.entries if entry.kind is not Kind.EVENT or entry in entries)
        counts = counts_in_words(own, self.messages)
        description, titles = digest_summary(parts, counts, self.messages), tuple(note_titles(parts)[:3])
        if settings.references:
            parts = with_references(parts, period, sections=self.sections_allowed, messages=self.messages)
        anchor = f"digest-{period.name}"
        target = nodes.target("", "", ids=[anchor])
        name = self._register(period, settings, anchor)
        self._describe(period, description, (self.messages.period(period), counts), titles, entries)
        placed = self.place([target, *parts], builder, digest.entries, primary=True)
        if self.sections_allowed:
            days, words = self.messages.week_of_year(period), self.messages.period(period)
            number = sum(entry.kind in OBJECT_KINDS for entry in digest.entries)
            masthead = Masthead(name, words, days, number, settings.contents, identifiers_of(parts))
            describe(DigestDomain.of(self.env), target, masthead)
        return placed

    def _released(self, period: Period, settings: Settings) -> tuple[ReleasedVersion, ...]:
        """The versions of the period, if the digest names them."""
        if not tells_releases(settings):
            return ()
        found, problems = find_released(self.env, period)
        for problem in problems:
            self.warn(problem.code, f"{problem.path}: {problem.message}")
        return found

    def _register(self, period: Period, settings: Settings, anchor: str) -> str:
        """Let the digest be referred to, by the name that is returned."""
        own = settings.fragments == self.build.project.main.fragments
        name = period.name if own else f"{settings.pages}/{period.name}"
        target = Target(
            DIGEST,
            (name,),
            self.title_of(period),
            self.env.docname,
            anchor,
            primary=self.env.docname == self.build.page_of(self.settings, period),
        )
        DigestDomain.of(self.env).note_target(target)
        return name

    def _describe(
        self,
        period: Period,
        description: str,
        facts: tuple[str, ...],
        titles: tuple[str, ...],
        entries: tuple[Entry, ...],
    ) -> None:
        """Say what the page is about, if it is the digest's own."""
        docname, domain = self.env.docname, DigestDomain.of(self.env)
        if not entries or docname != self.build.page_of(self.settings, period):
            return
        # whoever reads a feed by dates finds a digest where its page is: at its last day
        last = f"{period.name}T00:00:00Z"
        updated = max(last, *(entry.moment.rfc3339 for entry in entries))
        title = self.title_of(period)
        described = PageSummary(self.settings.fragments, title, description, period.name, last, updated, facts, titles)
        domain.note_summary(docname, described)


class SuccessBotDirective(NotesDirective):
    """Successes, oldest first, with the lines that close them."""

    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {
        **NotesDirective.option_spec,
        "since": day_option,
        "until": day_option,
        "limit": count_option,
        "channel": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        """The list of successes."""
        selection = Selection(kind=Kind.SUCCESS, **self.chosen("since", "until", "limit", "channel"))
        period = self.period(self.arguments[0]) if self.arguments else None
        entries = self.entries(NotesDependency(self.settings.fragments, selection, period))
        builder = self.builder()
        listing = builder.success_list(entries)
        return self.place([listing] if listing.children else [], builder, entries)


_PERIOD = re.compile(r"\d{4}(?:-W?\d{2}(?:-\d{2}(?:/\S*)?)?)?")


class ThreadSummaryDirective(NotesDirective):
    """Thread summaries out of fragments, or one that is written on the page.

    Without a body the argument is a fragment's identity or slug, or a period. With a body it is the title.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[OptionSpec] = {
        **NotesDirective.option_spec,
        "since": day_option,
        "until": day_option,
        "limit": count_option,
        "url": url_option,
        "state": state_option,
        "continues": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        """The summaries, each under its title."""
        for name in ("since", "until", "limit") if self.content else ("url", "state", "continues"):
            if name in self.options:
                where = "for threads of fragments" if self.content else "for a summary in the body"
                self.warn(Code.BAD_VALUE, f"the option '{name}' is {where}")
        return self._written_here() if self.content else self._from_fragments()

    def _from_fragments(self) -> list[nodes.Node]:
        argument = self.arguments[0].strip()
        is_period = is_period_word(argument) or _PERIOD.fullmatch(argument) is not None
        chosen = self.chosen("since", "until", "limit")
        selection = Selection(kind=Kind.THREAD, name=None if is_period else argument, **chosen)
        period = self.period(argument) if is_period else None
        entries = self.entries(NotesDependency(self.settings.fragments, selection, period))
        if not entries:
            if is_period:
                self.warn(Code.EMPTY_PERIOD, f"there is no thread in the period '{argument}'")
            else:
                self.warn(Code.UNKNOWN_FRAGMENT, f"there is no fragment '{argument}' with a thread")
        builder = self.builder()
        parts: list[nodes.Node] = []
        for entry in entries:
            assert isinstance(entry.note, Thread)
            body = builder.thread(entry, self.collection.threads.get(entry.identity, ThreadLinks()))
            heading = builder.heading(entry.note.title, entry)
            parts += titled(
                heading, body, entry.anchor, entry.kind, sections=self.sections_allowed, state=entry.note.state
            )
        return self.place(parts, builder, entries)

    def _written_here(self) -> list[nodes.Node]:
        """The summary in the body, which is parsed as the rest of the page is."""
        title = self.arguments[0]
        slug = re.sub(r"[\W_]+", "-", title.lower()).strip("-")
        body = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, body)
        lines = []
        if url := self.options.get("url"):
            lines.append(line_with(source_link(self.messages.gettext("Full thread"), url)))
        if earlier := self._earlier():
            lines.append(self.builder().neighbour(earlier))
        words, messages = self.state.inline_text(title, self.lineno)
        heading = nodes.paragraph(title, "", *words, *messages)
        self.set_source_info(heading)
        parts = titled(
            heading,
            [*body.children, *links_list(lines)],
            f"thread-{nodes.make_id(slug) or 'summary'}",
            Kind.THREAD,
            sections=self.sections_allowed,
            state=self.options.get("state", State.OPEN),
        )
        elements = elements_of(parts)
        anchor = next(iter(self._unique_identifiers(elements)))
        for node in elements:
            show_url_in_text(node)
        text = nodes.paragraph("", "", *[node.deepcopy() for node in words]).astext()
        DigestDomain.of(self.env).note_target(Target(Kind.THREAD.value, (slug,), text, self.env.docname, anchor))
        return parts

    def _earlier(self) -> Entry | None:
        name = self.options.get("continues")
        if name is None:
            return None
        query = NotesDependency(self.settings.fragments, Selection(kind=Kind.THREAD, name=name), names_digests=True)
        entries = self.entries(query)
        if len(entries) != 1:
            found = "no thread" if not entries else "several threads"
            self.warn(Code.UNKNOWN_THREAD, f"'continues' names {found}: '{name}'")
            return None
        return entries[0]
