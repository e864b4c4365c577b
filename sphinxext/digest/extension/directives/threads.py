"""The directive ``thread-summary``."""

from __future__ import annotations

import re
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives

from sphinxext.digest.doctree.digest import titled
from sphinxext.digest.doctree.lines import line_with, links_list, source_link
from sphinxext.digest.extension.directives import options
from sphinxext.digest.extension.directives.base import CollectionReader, OptionSpec, elements_of, show_url_in_text
from sphinxext.digest.extension.domain import DigestDomain, Target
from sphinxext.digest.extension.queries import NotesQuery
from sphinxext.digest.model import Entry, Kind, State, Thread, ThreadLinks
from sphinxext.digest.periods import LATEST
from sphinxext.digest.problems import Code
from sphinxext.digest.selection import Selection

_PERIOD = re.compile(r"\d{4}-(?:W?\d{2})(?:-\d{2}(?:/\S*)?)?")


class ThreadSummaryDirective(CollectionReader):
    """Thread summaries out of fragments, or one that is written on the page.

    Without a body the argument is a fragment's identity or slug, or a period. With a body it is the title.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[OptionSpec] = {
        **CollectionReader.option_spec,
        "since": options.day,
        "until": options.day,
        "limit": options.count,
        "url": options.url,
        "state": options.state,
        "continues": directives.unchanged_required,
    }

    def show(self) -> list[nodes.Node]:
        """The summaries, each under its title."""
        for name in ("since", "until", "limit") if self.content else ("url", "state", "continues"):
            if name in self.options:
                where = "for threads of fragments" if self.content else "for a summary that stands in the body"
                self.warn(Code.BAD_VALUE, f"the option '{name}' is {where}")
        return self._written_here() if self.content else self._from_fragments()

    def _from_fragments(self) -> list[nodes.Node]:
        argument = self.arguments[0].strip()
        is_period = argument == LATEST or _PERIOD.fullmatch(argument) is not None
        chosen = self.chosen("since", "until", "limit")
        selection = Selection(kind=Kind.THREAD, name=None if is_period else argument, **chosen)
        entries = self.entries(NotesQuery(self.settings.fragments, selection, argument if is_period else None))
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
            lines.append(line_with(source_link(self.words.gettext("Full thread"), url)))
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
        query = NotesQuery(self.settings.fragments, Selection(kind=Kind.THREAD, name=name), names_digests=True)
        entries = self.entries(query)
        if len(entries) != 1:
            found = "no thread" if not entries else "several threads"
            self.warn(Code.UNKNOWN_THREAD, f"'continues' names {found}: '{name}'")
            return None
        return entries[0]
