"""The directive ``digest-collection``: the list of digests, and their toctree."""

from __future__ import annotations

import re
from collections import Counter
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes

from sphinxext.digest.compose import digest_title
from sphinxext.digest.doctree.summary import shortened
from sphinxext.digest.extension.addresses import Described
from sphinxext.digest.extension.archives.content import ArchiveContent
from sphinxext.digest.extension.archives.queries import ArchiveQuery
from sphinxext.digest.extension.counts import counts_in_words
from sphinxext.digest.extension.directives.base import CollectionReader, OptionSpec
from sphinxext.digest.extension.domain import LISTING_TOCTREE, OBJECT_KINDS, PUBLISHED, DigestDomain
from sphinxext.digest.extension.filter import filter_class
from sphinxext.digest.extension.lookups import MissingPages, remember_lookup
from sphinxext.digest.extension.pictures import activity_nodes
from sphinxext.digest.extension.queries import ListingQuery
from sphinxext.digest.extension.translation import note_words
from sphinxext.digest.model import Entry, Period
from sphinxext.digest.model.words import filled
from sphinxext.digest.options import words_of

_YEAR, _MONTH = len("2015"), len("2015-12")
#: Where there is something to lead to: not in books, nor where all pages are one.
_SITES = "format_html and not builder_epub and not builder_singlehtml"
_SPAN = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2]))?")


def span(argument: str) -> str:
    """A year, ``2015``, or a month, ``2015-12``."""
    text = directives.unchanged_required(argument).strip()
    if not _SPAN.fullmatch(text):
        raise ValueError(f"'{text}' is neither a year nor a month: write 2015 or 2015-12")
    return text


class CollectionDirective(CollectionReader):
    """The digests of a collection by year and month, newest first.

    The toctree has the pages of the years, a year's page has those of its months, and a month's page has its digests,
    so that no sidebar ever holds them all.
    """

    option_spec: ClassVar[OptionSpec] = {**CollectionReader.option_spec, "span": span}

    def show(self) -> list[nodes.Node]:
        """The list and a hidden toctree."""
        wanted = self.options.get("span", "")
        query = ListingQuery(self.settings.fragments, wanted)
        self.ask(query)
        digests = query.digests(self.collection)
        if not digests:
            nothing = nodes.paragraph("", self.words.gettext("There are no digests yet."))
            note_words(self.env, [nothing])
            return [nothing]
        self._look_for_pages(digests)
        self._describe(digests, wanted)
        archives, published = ([], []) if wanted else (self._archives(), self._published())
        drawn = self._picture(digests, wanted) if len(wanted) == _YEAR else []
        listed = self._list(digests, wanted)
        if not wanted and self.store.place_of(self.settings) >= 0:
            DigestDomain.of(self.env).note_listing(self.env.docname, self.settings.fragments)
            listed["classes"].append(filter_class(self.settings))
        return [*archives, *published, *drawn, listed, self._toctree(digests, wanted)]

    def _look_for_pages(self, digests: list[tuple[Period, tuple[Entry, ...]]]) -> None:
        """Remember the pages that there are no links to since they are missing; Sphinx tells of those that go."""
        spans = {period.name[:length] for period, _entries in digests for length in (_YEAR, _MONTH)}
        names = {f"{self.settings.pages}/{name}" for name in spans}
        names |= {self.store.page_of(self.settings, period) for period, _entries in digests}
        if missing := names - self.env.found_docs:
            remember_lookup(self.env, MissingPages(frozenset(missing)))

    def _picture(self, digests: list[tuple[Period, tuple[Entry, ...]]], year: str) -> list[nodes.Node]:
        numbers = [
            (period, sum(entry.kind in OBJECT_KINDS for entry in entries)) for period, entries in reversed(digests)
        ]
        return activity_nodes(self.env, int(year), numbers)

    def _archives(self) -> list[nodes.Node]:
        """The line of links to the archives."""
        query = ArchiveQuery(self.settings.fragments)
        self.ask(query)
        builder = self.builder()
        return self.place(ArchiveContent(self, builder).navigation(query.kinds(self.collection)), builder, ())

    def _describe(self, digests: list[tuple[Period, tuple[Entry, ...]]], wanted: str) -> None:
        """Say what a page of the collection lists."""
        docname, words = self.env.docname, self.words
        if docname != f"{self.settings.pages}/{wanted or 'index'}" or self.store.place_of(self.settings) < 0:
            return
        end = digests[0][0].end
        title = words_of(self.settings, "collection_title", words)
        if wanted:
            title = words.month_of_year(end) if len(wanted) == _MONTH else words.year(end)
        number = words.ngettext("{number} digest", "{number} digests", len(digests))
        counts = Counter(entry.kind for _period, entries in digests for entry in entries)
        text = words.gettext(", ").join(filter(None, [number, counts_in_words(counts, words)]))
        description = filled(words.gettext("{title}: {text}"), title=title, text=text)
        DigestDomain.of(self.env).note_described(
            docname, Described(self.settings.fragments, title, shortened(description))
        )

    def _published(self) -> list[nodes.Node]:
        """The place of the links to feeds and calendars, which only a build of a site has."""
        if self.store.place_of(self.settings) < 0:
            return []
        links = addnodes.pending_xref(
            "", nodes.comment(), refdomain=DigestDomain.name, reftype=PUBLISHED, reftarget=self.settings.fragments,
            refdoc=self.env.docname,
        )  # fmt: skip
        return [addnodes.only("", links, expr=_SITES)]

    def _list(self, digests: list[tuple[Period, tuple[Entry, ...]]], wanted: str) -> nodes.Element:
        """Years, and in them months, and in them digests, from below ``wanted`` on."""
        if len(wanted) == _MONTH:
            lines = [self._line(period, entries) for period, entries in digests]
            return nodes.bullet_list("", *lines, bullet="*", classes=["digest-list"])
        length = _MONTH if wanted else _YEAR
        parts: dict[str, list[tuple[Period, tuple[Entry, ...]]]] = {}
        for period, entries in digests:
            parts.setdefault(period.name[:length], []).append((period, entries))
        items = []
        for name, members in parts.items():
            end = members[0][0].end
            title = self.words.month(end) if wanted else self.words.year(end)
            term = nodes.term("", "", self._link(f"{self.settings.pages}/{name}", title))
            items.append(nodes.definition_list_item("", term, nodes.definition("", self._list(members, name))))
        return nodes.definition_list("", *items, classes=["digest-years" if not wanted else "digest-months"])

    def _line(self, period: Period, entries: tuple[Entry, ...]) -> nodes.list_item:
        title = digest_title(period, self.settings, self.words)
        counts = Counter(entry.kind for entry in entries)
        summary = counts_in_words(counts, self.words)
        line = nodes.paragraph("", "", self._link(self.store.page_of(self.settings, period), title))
        if summary:
            line += [nodes.Text(" "), nodes.inline("", f"({summary})", classes=["digest-counts"])]
        return nodes.list_item("", line)

    def _link(self, docname: str, title: str) -> nodes.Node:
        content = nodes.inline("", title)
        if docname not in self.env.found_docs:
            return content
        link = addnodes.pending_xref(
            "", content, refdomain="std", reftype="doc", reftarget=f"/{docname}",
            refdoc=self.env.docname, refexplicit=True, refwarn=True,
        )  # fmt: skip
        link.source, link.line = self.get_source_info()
        return link

    def _toctree(self, digests: list[tuple[Period, tuple[Entry, ...]]], wanted: str) -> nodes.Node:
        if len(wanted) == _MONTH:
            docnames = [self.store.page_of(self.settings, period) for period, _ in digests]
        else:
            length = _MONTH if wanted else _YEAR
            names = dict.fromkeys(period.name[:length] for period, _ in digests)
            docnames = [f"{self.settings.pages}/{name}" for name in names]
        found = self.env.found_docs - {self.env.docname}
        docnames = [docname for docname in dict.fromkeys(docnames) if docname in found]
        toctree = addnodes.toctree(
            "",
            parent=self.env.docname,
            entries=[(None, docname) for docname in docnames],
            includefiles=docnames,
            maxdepth=-1,
            caption=None,
            glob=False,
            hidden=True,
            includehidden=False,
            numbered=0,
            titlesonly=True,
            **{LISTING_TOCTREE: True},
        )
        toctree.source, toctree.line = self.get_source_info()
        return nodes.compound("", toctree, classes=["toctree-wrapper"])
