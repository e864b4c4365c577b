"""The directive ``digest-collection``: the list of digests, and their toctree.

The directive ``digest-archive``: a page of an archive.

The directive ``digest-review``: a year in review.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.transforms import Transform
from sphinx import addnodes

from sphinxext.digest.collection.archives import INDEX, Chain, Member
from sphinxext.digest.collection.compose import counts_in_words
from sphinxext.digest.collection.selection import Review, review_of
from sphinxext.digest.doctree.digest import MAX_LENGTH, plain_words, shortened
from sphinxext.digest.doctree.lines import joined, line_with, sentence, state_badge
from sphinxext.digest.extension.archives import COUNTS_CLASS, NAMES, ArchiveContent
from sphinxext.digest.extension.dependencies import (
    ArchiveDependency,
    ListingDependency,
    MissingPages,
    ReviewDependency,
    remember,
)
from sphinxext.digest.extension.directives.base import NotesDirective, OptionSpec, elements_of
from sphinxext.digest.extension.domain import (
    CHANNEL,
    LISTING_TOCTREE,
    OBJECT_KINDS,
    PERSON,
    PUBLISHED,
    SERIES,
    DigestDomain,
    Target,
)
from sphinxext.digest.extension.html.archives import title_in
from sphinxext.digest.extension.html.filter import filter_class
from sphinxext.digest.extension.html.masthead import HEADLINE_CLASS, WEEK_CLASS
from sphinxext.digest.extension.links import PageSummary
from sphinxext.digest.extension.pictures import activity_nodes
from sphinxext.digest.extension.translation import keep_from_translators
from sphinxext.digest.model import Entry, Kind, Period, Story, Thread
from sphinxext.digest.model.messages import filled
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.options import ARCHIVES, shows_number, words_of

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


class CollectionDirective(NotesDirective):
    """The digests of a collection by year and month, newest first.

    The toctree has the pages of the years, a year's page has those of its months, and a month's page has its digests,
    so that no sidebar ever holds them all.
    """

    option_spec: ClassVar[OptionSpec] = {**NotesDirective.option_spec, "span": span}

    def show(self) -> list[nodes.Node]:
        """The list and a hidden toctree."""
        wanted = self.options.get("span", "")
        query = ListingDependency(self.settings.fragments, wanted)
        remember(self.env, query)
        digests = query.digests(self.collection)
        if not digests:
            words = self.messages.gettext("There are no digests yet. The first note makes one: {command}")
            return self.place_nothing(words, _FIRST_NOTE)
        self._look_for_pages(digests)
        self._describe(digests, wanted)
        self._notes = self.builder(shown=[entry for _period, entries in digests for entry in entries])
        latest = [] if wanted else [self._latest(*digests[0])]
        archives, published = ([], []) if wanted else (self._archives(), self._published())
        drawn = self._picture(digests, wanted) if len(wanted) == _YEAR else []
        listed = self._list(digests, wanted)
        # a list is made of no fragment in particular
        self._notes.days.clear()
        self.place([*latest, listed], self._notes, ())
        if not wanted and self.build.place_of(self.settings) >= 0:
            DigestDomain.of(self.env).note_listing(self.env.docname, self.settings.fragments)
            listed["classes"].append(filter_class(self.settings))
        return [*latest, *archives, *published, *drawn, listed, self._toctree(digests, wanted)]

    def _look_for_pages(self, digests: list[tuple[Period, tuple[Entry, ...]]]) -> None:
        """Remember the missing pages, which nothing links to; Sphinx tells of pages that go."""
        spans = {period.name[:length] for period, _entries in digests for length in (_YEAR, _MONTH)}
        names = {f"{self.settings.pages}/{name}" for name in spans}
        names |= {self.build.page_of(self.settings, period) for period, _entries in digests}
        if missing := names - self.env.found_docs:
            remember(self.env, MissingPages(frozenset(missing)))

    def _picture(self, digests: list[tuple[Period, tuple[Entry, ...]]], year: str) -> list[nodes.Node]:
        numbers = [
            (period, sum(entry.kind in OBJECT_KINDS for entry in entries)) for period, entries in reversed(digests)
        ]
        return activity_nodes(self.env, int(year), numbers)

    def _archives(self) -> list[nodes.Node]:
        """The line of links to the archives."""
        query = ArchiveDependency(self.settings.fragments)
        remember(self.env, query)
        builder = self.builder()
        return self.place(ArchiveContent(self, builder).navigation(query.kinds(self.collection)), builder, ())

    def _describe(self, digests: list[tuple[Period, tuple[Entry, ...]]], wanted: str) -> None:
        """Say what a page of the collection lists."""
        docname, messages = self.env.docname, self.messages
        if docname != f"{self.settings.pages}/{wanted or 'index'}" or self.build.place_of(self.settings) < 0:
            return
        end = digests[0][0].end
        collection = title = words_of(self.settings, "collection_title", messages)
        if wanted:
            title = messages.month_of_year(end) if len(wanted) == _MONTH else messages.year(end)
        number = messages.ngettext("{number} digest", "{number} digests", len(digests))
        counts = Counter(entry.kind for _period, entries in digests for entry in entries)
        text = messages.gettext(", ").join(filter(None, [number, counts_in_words(counts, messages)]))
        description = filled(messages.gettext("{title}: {text}"), title=title, text=text)
        DigestDomain.of(self.env).note_summary(
            docname, PageSummary(self.settings.fragments, title_in(collection, title), shortened(description))
        )

    def _published(self) -> list[nodes.Node]:
        """The place of the links to feeds and calendars, which only a build of a site has."""
        if self.build.place_of(self.settings) < 0:
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
            return nodes.bullet_list("", *lines, bullet="*", classes=["digest-list", "digest-days"])
        length = _MONTH if wanted else _YEAR
        parts: dict[str, list[tuple[Period, tuple[Entry, ...]]]] = {}
        for period, entries in digests:
            parts.setdefault(period.name[:length], []).append((period, entries))
        items = []
        for name, members in parts.items():
            end = members[0][0].end
            title = self.messages.month(end) if wanted else self.messages.year(end)
            term = nodes.term("", "", self._link(f"{self.settings.pages}/{name}", title))
            items.append(nodes.definition_list_item("", term, nodes.definition("", self._list(members, name))))
        return nodes.definition_list("", *items, classes=["digest-years" if not wanted else "digest-months"])

    def _latest(self, period: Period, entries: tuple[Entry, ...]) -> nodes.Element:
        """The newest digest as a card: its title, its prelude, what it is about, and the numbers of its notes."""
        title = self.title_of(period)
        link = self._link(self.build.page_of(self.settings, period), title)
        headline = nodes.paragraph("", "", link, classes=[HEADLINE_CLASS], days=self.messages.period(period))
        kicker = nodes.paragraph("", self.messages.gettext("Latest digest"), classes=["digest-kicker"])
        parts: list[nodes.Node] = [kicker, headline]
        for entry in entries:
            if entry.kind is Kind.PRELUDE:
                parts += self._notes.prelude(entry)
        if titles := self._titles(entries):
            lines = [line_with(*title) for title in titles]
            parts.append(nodes.bullet_list("", *lines, bullet="*", classes=["digest-about"]))
        if counts := self._counts(entries):
            parts.append(nodes.paragraph("", counts, classes=[COUNTS_CLASS]))
        return nodes.container("", *parts, classes=["digest-latest"])

    def _line(self, period: Period, entries: tuple[Entry, ...]) -> nodes.list_item:
        """The days of a digest, what it is about, and the numbers of its notes."""
        link = self._link(self.build.page_of(self.settings, period), self._days(period))
        line: list[nodes.Node] = [nodes.inline("", "", link, classes=[WEEK_CLASS])]
        if titles := self._titles(entries):
            about = nodes.inline("", "", *joined(titles, self.messages.gettext("; ")), classes=["digest-about"])
            line = sentence(self.messages.gettext("{title}: {text}"), title=line, text=[about])
        if counts := self._counts(entries):
            line += [nodes.Text(" "), nodes.inline("", f"({counts})", classes=[COUNTS_CLASS])]
        return line_with(*line)

    def _days(self, period: Period) -> str:
        """The days of a digest in short, with years where they differ; or the name of its month.

        Its number comes first if titles have numbers.
        """
        has_years = period.is_month or period.start.year != period.end.year
        days = self.messages.period(period) if has_years else self.messages.week(period)
        return f"{self.collection.numbers.of(period)} · {days}" if shows_number(self.settings) else days

    def _titles(self, entries: tuple[Entry, ...]) -> list[list[nodes.Node]]:
        """The titles of threads, with their states, and of stories."""
        found: list[list[nodes.Node]] = []
        for entry in entries:
            note = entry.note
            if isinstance(note, Thread | Story) and note.title:
                badge = state_badge(note.state, self.messages) if isinstance(note, Thread) else []
                found.append([nodes.Text(plain_words(self._notes.heading(note.title, entry))), *badge])
        return found

    def _counts(self, entries: tuple[Entry, ...]) -> str:
        return counts_in_words(Counter(entry.kind for entry in entries), self.messages)

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
            docnames = [self.build.page_of(self.settings, period) for period, _ in digests]
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
        place = nodes.pending(ToctreePlacing, {"content": nodes.compound("", toctree, classes=["toctree-wrapper"])})
        self.state.document.note_pending(place)
        return place


class ToctreePlacing(Transform):
    """Puts the toctree of a list where its placeholder is.

    A page with a ``toctree`` of its own is not expected beside ``sphinx-external-toc``, which looks at priority 100.
    """

    default_priority = 101

    def apply(self, **_arguments: object) -> None:
        """Replace the placeholder."""
        place = self.startnode
        assert isinstance(place, nodes.pending)
        place.replace_self(place.details["content"])


_TYPES = {"people": PERSON, "channels": CHANNEL, "series": SERIES}


class ArchiveDirective(NotesDirective):
    """A person, a thread, a channel, a series, a year of successes; or the list of all of them.

    At the beginning of a page it has its own title.
    """

    required_arguments = 1
    optional_arguments = 1
    option_spec: ClassVar[OptionSpec] = {**NotesDirective.option_spec}

    def show(self) -> list[nodes.Node]:
        """The page."""
        if self.arguments[0] not in ARCHIVES:
            self.warn(Code.BAD_VALUE, f"there is no archive '{self.arguments[0]}': there are {', '.join(ARCHIVES)}")
            return []
        page = self.arguments[1] if len(self.arguments) > 1 else INDEX
        query = ArchiveDependency(self.settings.fragments, self.arguments[0], page)
        remember(self.env, query)
        entries = self._entries(query)
        if entries is None:
            self.warn(Code.BAD_VALUE, f"the archive '{query.kind}' has no page '{page}'")
            return []
        content = ArchiveContent(self, self.builder(shown=entries))
        anchor = f"{query.kind}-{page}"
        title, body = self._content(query, content, anchor)
        self._describe(query, title, body)
        listing = self.build.list_of(self.settings)
        parts = [*content.navigation(query.kinds(self.collection), listing), *body]
        if isinstance(self.state_machine.node, nodes.document):
            parts = [nodes.section("", nodes.title("", title), *parts, ids=[anchor])]
        else:
            parts.insert(0, nodes.target("", "", ids=[anchor]))
        elsewhere = self.place(parts, content.builder, ())
        keep_from_translators(elements_of(elsewhere))
        return elsewhere

    def _entries(self, query: ArchiveDependency) -> list[Entry] | None:
        """The notes whose texts are shown; None if there is no such page."""
        archives = self.collection.archives
        if query.kind == "threads":
            chain = query.chain(self.collection)
            if chain is not None:
                return list(chain.parts)
            return [found.parts[0] for found in archives.threads.values()] if query.page == INDEX else None
        if query.page == INDEX:
            years = list(archives.successes.values()) if query.kind == "successes" else []
            return list(years[0].notes) if years else []
        member = query.member(self.collection)
        return None if member is None else [*member.notes, *member.thanks]

    def _content(self, query: ArchiveDependency, content: ArchiveContent, anchor: str) -> tuple[str, list[nodes.Node]]:
        """The title, and the nodes below it."""
        archives = self.collection.archives
        if query.kind == "threads":
            chain = query.chain(self.collection)
            if chain is not None:
                return content.title_of_chain(chain), content.chain(chain)
            listing = self.build.list_of(self.settings)
            return self.messages.gettext(NAMES[query.kind]), content.chains(archives.threads.values(), listing)
        member = query.member(self.collection) if query.page != INDEX else None
        if member is None:
            members = archives[query.kind].values()
            all_years = query.kind == "successes" and members
            body = content.all_successes(query, members) if all_years else content.index(query.kind, members)
            return self.messages.gettext(NAMES[query.kind]), body
        if query.year is None:
            self._register(query, member, anchor)
        if query.kind == "people":
            content.builder.person = member.page
        return content.title_of_member(query.kind, member, query.year), content.member(query, member)

    def _describe(self, query: ArchiveDependency, title: str, body: Iterable[nodes.Node]) -> None:
        """Say what a page of an archive is about: its title, and the beginning of what is on it."""
        docname = self.env.docname
        if docname != f"{self.settings.pages}/{query.kind}/{query.page}" or self.build.place_of(self.settings) < 0:
            return
        words, length = list[str](), 0
        for line in (line for part in body for line in part.findall(nodes.paragraph)):
            words.append(plain_words(line))
            length += len(words[-1])
            if length > MAX_LENGTH:
                break
        text = self.messages.gettext("; ").join(word.rstrip(".。") for word in words if word)
        described = filled(self.messages.gettext("{title}: {text}"), title=title, text=text) if text else title
        whole = title_in(words_of(self.settings, "collection_title", self.messages), title)
        DigestDomain.of(self.env).note_summary(
            docname, PageSummary(self.settings.fragments, whole, shortened(described))
        )

    def _register(self, query: ArchiveDependency, member: Member, anchor: str) -> None:
        """Let roles find a person, a channel or a series; a name with a space in it would break the inventory."""
        if query.kind not in _TYPES:
            return
        names = [member.page, *(name for name in member.spellings if name.isprintable() and " " not in name)]
        title = " ".join(member.name.split())
        target = Target(_TYPES[query.kind], tuple(dict.fromkeys(names)), title, self.env.docname, anchor, primary=True)
        DigestDomain.of(self.env).note_target(target)


#: What makes the first digest.
_FIRST_NOTE = 'sphinx-digest new success "ada: We have digests now."'
_REVIEW_YEAR = re.compile(r"[0-9]{4}")
#: So many newcomers are named.
_NAMED = 30


class ReviewDirective(NotesDirective):
    """A year in as few lines as say something; nothing where there is nothing to say."""

    required_arguments = 1

    def show(self) -> list[nodes.Node]:
        """A list of lines."""
        if not _REVIEW_YEAR.fullmatch(self.arguments[0]):
            self.warn(Code.BAD_VALUE, f"'{self.arguments[0]}' is not a year: write 2015")
            return []
        query = ReviewDependency(self.settings.fragments, int(self.arguments[0]))
        remember(self.env, query)
        review = review_of(self.collection, query.year)
        builder = self.builder(shown=[chain.parts[0] for chain in review.longest])
        self._content = ArchiveContent(self, builder)
        items = [line_with(*line) for line in self._lines(review)]
        listing = nodes.bullet_list("", *items, bullet="*", classes=["digest-review"])
        return self.place([listing] if items else [], builder, ())

    def _lines(self, review: Review) -> Iterable[list[nodes.Node]]:
        gettext = self.messages.gettext
        # people first: who is new looks for their name
        if review.newcomers:
            names = self._joined([self._person(member) for member in review.newcomers[:_NAMED]])
            more = len(review.newcomers) - _NAMED
            if more > 0:
                others = self.messages.ngettext("{number} other", "{number} others", more)
                names = sentence(gettext("{names} and {others}"), names=names, others=others)
            yield sentence(gettext("Here for the first time: {names}"), names=names)
        # the prelude and the closing of a digest are not counted
        if numbers := counts_in_words(review.counts, self.messages):
            yield self._numbers(numbers, review.people)
        if review.thanked:
            people = [self._times(member, times) for member, times in review.thanked]
            yield sentence(gettext("Most thanked: {names}"), names=self._joined(people))
        if review.longest:
            threads = self._joined([self._chain(chain) for chain in review.longest])
            yield sentence(gettext("Longest threads: {threads}"), threads=threads)

    def _numbers(self, counts: str, number: int) -> list[nodes.Node]:
        """Return the number of notes of each kind, and the number of people, in words."""
        numbers: list[nodes.Node] = [nodes.Text(counts)]
        if not number:
            return numbers
        people = self.messages.ngettext("{number} person", "{number} people", number)
        return sentence(self.messages.gettext("{notes}; {people} in the successes"), notes=numbers, people=people)

    def _person(self, member: Member) -> list[nodes.Node]:
        return [self._content.builder.person_link(member.name, member.page)]

    def _times(self, member: Member, times: int) -> list[nodes.Node]:
        return [*self._person(member), nodes.Text(f" ({times})")]

    def _chain(self, chain: Chain) -> list[nodes.Node]:
        title = nodes.inline("", self._content.title_of_chain(chain))
        link = self.to_page(f"threads/{chain.page}", title)
        parts = self.messages.ngettext("{number} part", "{number} parts", len(chain.parts))
        return [link, nodes.Text(f" ({parts})")]

    def _joined(self, parts: list[list[nodes.Node]]) -> list[nodes.Node]:
        """Nodes with commas between them."""
        return joined(parts, self.messages.gettext(", "))
