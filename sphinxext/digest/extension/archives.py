"""The archives of a collection: links from notes to their pages, and the content of these pages.

There is a page to each person, thread, channel and series, and one of all successes of a year.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Protocol
from urllib.parse import quote

from docutils import nodes

from sphinxext.digest.collection.archives import INDEX, Chain, Member
from sphinxext.digest.collection.compose import count_in_words
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.collection.people import People, Person
from sphinxext.digest.doctree.digest import titled
from sphinxext.digest.doctree.lines import heading_of, line_with, links_list, sentence, source_link, state_badge
from sphinxext.digest.doctree.notes import WHERE_CLASS, NoteBuilder
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.extension.builders import IMPROVEMENT_CLASS, UNSEARCHED_CLASS
from sphinxext.digest.extension.domain import LINE, letter_of
from sphinxext.digest.model import (
    Countdown,
    Entry,
    EventNote,
    Item,
    Kind,
    Messages,
    Story,
    Success,
    Text,
    Thread,
    ThreadLinks,
)
from sphinxext.digest.model.messages import N_, filled
from sphinxext.digest.model.period import countdown_week
from sphinxext.digest.settings.options import Settings, words_of
from sphinxext.digest.text import natural_key

if TYPE_CHECKING:
    from sphinxext.digest.extension.dependencies import ArchiveDependency

#: Makes a link out of its content to a page of an archive, as seen from the folder of the collection's pages.
ToPage = Callable[[str, nodes.Element], nodes.Element]

#: The marks at the ends of words that don't belong to them.
_MARKS = ".,;:!?()\"'“”‘’"


class PageNotes(NoteBuilder):
    """Makes the nodes of notes for the pages of a site, with links to archives, and remembers what it has made.

    :ivar archives: those that the collection has, if any.
    :ivar person: the page of whom all notes are about, so that those he told need not say who told them.
    :ivar known: the people that the project has told of.
    :ivar to_page: makes the links.
    :ivar thread_of: finds the whole of a thread that goes on.
    :ivar days: the fragments that the notes are from, with the day of the newest note of each.
    """

    archives: tuple[str, ...] = ()
    person: str = ""
    known: People = People()
    to_page: ToPage
    thread_of: Callable[[Entry], Chain | None]

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self.days: dict[str, str] = {}
        self._said: dict[str, list[str]] = {}

    def parser_of(self, entry: Entry) -> TextParser:
        """The maker of nodes from the texts of a note."""
        path, day = entry.fragment.path, entry.moment.day.isoformat()
        self.days[path] = max(day, self.days.get(path, ""))
        return super().parser_of(entry)

    def lead_of(self, note: Success) -> list[nodes.Node]:
        """Return the nodes before the text of a success."""
        is_own = self.person and note.nick and not note.thanks and self.known.page(note.nick) == self.person
        return [] if is_own else super().lead_of(note)

    def nick(self, name: str) -> nodes.Element:
        """A name, which leads to the person's page."""
        return self.person_link(name, self.known.page(name))

    def person_link(self, name: str, page: str) -> nodes.Element:
        """A name of somebody whose page is known."""
        content = super().nick(name)
        return self.to_page(f"people/{page}", content) if "people" in self.archives else content

    def all_successes(self) -> list[nodes.list_item]:
        """The line that leads to all successes."""
        if "successes" not in self.archives:
            return []
        return [self._line(f"successes/{INDEX}", self.messages.gettext("All Successes"))]

    def whole_thread(self, entry: Entry) -> list[nodes.list_item]:
        """The line that leads to all parts of a thread."""
        chain = self.thread_of(entry) if "threads" in self.archives else None
        return (
            [self._line(f"threads/{chain.page}", self.messages.gettext("All parts of this thread"))] if chain else []
        )

    def improvement(self, entry: Entry) -> list[nodes.list_item]:
        """The line that leads to the source of a note of this project."""
        if not self.settings.source_url or entry.fragment.project is not None:
            return []
        url = self.settings.source_url.replace("{path}", quote(entry.fragment.path))
        words = self.messages.gettext("Improve this note")
        link = source_link(words, url)
        link["classes"] += [IMPROVEMENT_CLASS, UNSEARCHED_CLASS]
        return [line_with(link)]

    def _line(self, page: str, text: str) -> nodes.list_item:
        return line_of(self.to_page(page, nodes.inline("", text)))

    def blocks(self, text: Text, entry: Entry, lead: str = "") -> list[nodes.Node]:
        """The body elements of a text of a note."""
        blocks = super().blocks(text, entry, lead)
        said = self._said.setdefault(entry.anchor, [])
        said += (word for block in blocks for word in block.astext().split())
        return blocks

    def heading(self, text: Text, entry: Entry) -> nodes.paragraph:
        """The title of a note."""
        heading = super().heading(text, entry)
        self._said.setdefault(entry.anchor, []).extend(heading.astext().split())
        return heading

    def words_of(self, entry: Entry, title: str) -> str:
        """The words of a note that are not in its title, each of them once, in their order."""
        note = entry.note
        said = [*self._said.get(entry.anchor, ())]
        if isinstance(note, Item | Story):
            said += (note.group or "").split()
        elif isinstance(note, Success):
            said += (note.channel or "").split()
        elif isinstance(note, Countdown):
            said += note.label.split()
        elif isinstance(note, EventNote):
            said += (note.venue or "").split()
        known = {word.strip(_MARKS).lower() for word in title.split()} | {""}
        found: dict[str, str] = {}
        for word in said:
            bare = word.strip(_MARKS)
            if bare.lower() not in known:
                found.setdefault(bare.lower(), bare)
        return " ".join(found.values())


def line_of(link: nodes.Element) -> nodes.list_item:
    """A line of a list that is nothing but a link; where there are no such links, there is no line."""
    link[LINE] = True
    return nodes.list_item("", nodes.paragraph("", "", link))


#: What an archive is called over the list of its pages.
NAMES = {
    "successes": N_("All Successes"),
    "people": N_("People"),
    "threads": N_("Threads"),
    "channels": N_("Channels"),
    "series": N_("Release Series"),
}
COUNTS_CLASS, NAVIGATION_CLASS = "digest-counts", "digest-archives"
_WEEK = 7
#: Until so many days a span is told in days.
_DAYS = 13


class _Page(Protocol):
    """The directive on an archive page."""

    settings: Settings

    @property
    def messages(self) -> Messages: ...
    @property
    def collection(self) -> Collection: ...
    @property
    def sections_allowed(self) -> bool: ...

    def to_thread(self, entry: Entry) -> list[nodes.Node]: ...
    def to_note(self, entry: Entry, content: nodes.Element) -> nodes.Element: ...
    def to_page(self, page: str, content: nodes.Element) -> nodes.Element: ...
    def to_document(self, docname: str, content: nodes.Element) -> nodes.Element: ...
    def refuse_picture(self, uri: str) -> bool: ...


class ArchiveContent:
    """Makes the nodes of one page."""

    def __init__(self, reader: _Page, builder: PageNotes) -> None:
        self.reader, self.builder, self.messages = reader, builder, reader.messages

    def navigation(self, kinds: Iterable[str], list_of: str = "") -> list[nodes.Node]:
        """The links to all archives, and to the list of digests whose page is given."""
        lines = []
        if list_of:
            title = words_of(self.reader.settings, "collection_title", self.messages)
            lines.append(line_of(self.reader.to_document(list_of, nodes.inline("", title))))
        for kind in kinds:
            name = nodes.inline("", self.messages.gettext(NAMES[kind]))
            lines.append(line_of(self.reader.to_page(f"{kind}/{INDEX}", name)))
        return [nodes.bullet_list("", *lines, bullet="*", classes=[NAVIGATION_CLASS])] if lines else []

    def title_of_member(self, kind: str, member: Member, year: int | None) -> str:
        """The head of the page of a person, channel, series or year."""
        if kind == "successes":
            return filled(self.messages.gettext("Successes of {year}"), year=self._year(int(member.name)))
        name = self.name_of(kind, member)
        return filled(self.messages.gettext("{name}, {year}"), name=name, year=self._year(year)) if year else name

    def name_of(self, kind: str, member: Member) -> str:
        """Return the displayed name of a person, channel or series."""
        if kind == "successes":
            return self._year(int(member.name))
        if kind == "channels":
            return f"#{member.name.lstrip('#')}"
        return f"{member.name[:1].upper()}{member.name[1:]}" if kind == "series" else member.name

    def index(self, kind: str, members: Iterable[Member]) -> list[nodes.Node]:
        """A list of people, channels, series or years."""
        if kind != "people":
            return [self._list([self._line(kind, member) for member in members])]
        people = list(members)
        by_letter = sorted(people, key=lambda member: (letter_of(member.name), natural_key(member.name), member.page))
        items = []
        for letter, some in groupby(by_letter, key=lambda member: letter_of(member.name)):
            listing = self._list([self._line(kind, member) for member in some])
            items.append(nodes.definition_list_item("", nodes.term("", letter), nodes.definition("", listing)))
        letters = nodes.definition_list("", *items, classes=["digest-letters"])
        return [*self._newcomers(people), letters, *self._invitation()]

    def _newcomers(self, people: list[Member]) -> list[nodes.Node]:
        """The people whom the newest year has and no earlier one, if there is an earlier one."""
        newest = max(member.years[0] for member in people)
        found = [member for member in people if member.years[-1] == newest]
        if len(found) == len(people) or not found:
            return []
        words = filled(self.messages.gettext("New in {year}:"), year=self._year(newest))
        found.sort(key=lambda member: (natural_key(member.name), member.page))
        listing = self._list([self._line("people", member) for member in found])
        return [nodes.paragraph("", words, classes=["digest-label"]), listing]

    def member(self, query: ArchiveDependency, member: Member) -> list[nodes.Node]:
        """The notes of somebody or something, newest first, or a list of the years."""
        kind, year = query.kind, query.year
        parts: list[nodes.Node] = []
        about = kind == "people" and year is None
        if about and member.person is not None:
            parts += self._introduction(member, member.person)
        if kind != "successes":
            parts.append(nodes.paragraph("", self.counts(kind, member), classes=[COUNTS_CLASS]))
        if about:
            parts += self._record(member)
        if member.is_large and kind != "successes" and year is None:
            lines = [self._line(kind, member.within(year), year) for year in member.years]
            return [*parts, self._list(lines)]
        if kind == "successes" or year is not None:
            spans = {f"{day.moment.day:%Y-%m}": day.moment.day for day in (*member.notes, *member.thanks)}
            length, name = len("2015-12"), self.messages.month
        else:
            spans = {f"{year:04}": date(year, 1, 1) for year in member.years}
            length, name = len("2015"), self.messages.year
        for span, day in sorted(spans.items(), reverse=True):
            notes, thanks = (
                [entry for entry in reversed(entries) if entry.moment.day.isoformat()[:length] == span]
                for entries in (member.notes, member.thanks)
            )
            heading = heading_of(name(day))
            body = self._of_kind(kind, notes, thanks)
            parts += titled(heading, body, f"in-{span}", "span", sections=self.reader.sections_allowed)
        return [*parts, *(self._invitation() if kind in ("people", "successes") else ())]

    def _invitation(self) -> list[nodes.Node]:
        """The link with which readers tell news of their own, if the project has an address for that."""
        url = self.reader.settings.add_url
        return links_list([line_with(source_link(self.messages.gettext("Add yours"), url))] if url else [])

    def all_successes(self, query: ArchiveDependency, years: Iterable[Member]) -> list[nodes.Node]:
        """A list of the years, and the successes of the newest one."""
        members = list(years)
        year = self._year(int(members[0].name))
        newest = titled(
            heading_of(year),
            self.member(replace(query, page=members[0].page), members[0]),
            f"in-{members[0].page}",
            "span",
            sections=self.reader.sections_allowed,
        )
        return [*self.index(query.kind, members), *newest]

    def _introduction(self, member: Member, person: Person) -> list[nodes.Node]:
        """Who somebody is: the picture, the nicks, and the link of ``people.yaml``."""
        gettext, parts = self.messages.gettext, list[nodes.Node]()
        if person.picture and not self.reader.refuse_picture(person.picture):
            # the name is the title of the page
            parts.append(nodes.image("", uri=person.picture, alt="", classes=["digest-portrait"]))
        nicks = [nick for nick in dict.fromkeys((person.nick, *person.aliases)) if nick != member.name]
        lines = []
        if nicks:
            lines.append(line_with(nodes.Text(filled(gettext("Nicks: {names}"), names=gettext(", ").join(nicks)))))
        if person.link:
            lines.append(line_with(source_link(person.link, person.link)))
        return [*parts, *links_list(lines)]

    def _record(self, member: Member) -> list[nodes.Node]:
        """The first and the latest success, and the threads and stories of somebody."""
        gettext = self.messages.gettext
        first_and_last = dict.fromkeys((member.notes[0], member.notes[-1])) if member.notes else ()
        lines = []
        labels = (gettext("First success: {day}"), gettext("Latest success: {day}"))
        for label, entry in zip(labels, first_and_last, strict=False):
            day = self.reader.to_note(entry, nodes.inline("", self.messages.day_of_year(entry.moment.day)))
            lines.append(line_with(*sentence(label, day=[day])))
        for entry in reversed(member.others):
            title = self.reader.to_note(entry, nodes.inline("", entry.note.label))
            of_kind = (
                gettext("Thread: {title}, {day}") if entry.kind is Kind.THREAD else gettext("Story: {title}, {day}")
            )
            day_words = self.messages.day_of_year(entry.moment.day)
            lines.append(line_with(*sentence(of_kind, title=[title], day=day_words)))
        return [self._list(lines)] if lines else []

    def counts(self, kind: str, member: Member) -> str:
        """Return the number of notes of a person, channel or series, in words."""
        counts = []
        if member.notes:
            counted = Kind.COUNTDOWN if kind == "series" else Kind.SUCCESS
            counts.append(count_in_words(counted, len(member.notes), self.messages))
        if member.thanks:
            times = len(member.thanks)
            counts.append(self.messages.ngettext("thanked {number} time", "thanked {number} times", times))
        if kind == "people" and member.given:
            ngettext, times = self.messages.ngettext, len(member.given)
            counts.append(ngettext("thanked others {number} time", "thanked others {number} times", times))
        return self.messages.gettext(", ").join(counts)

    def chains(self, chains: Iterable[Chain], list_of: str) -> list[nodes.Node]:
        """A list of threads, and where all others are."""
        title = nodes.inline("", words_of(self.reader.settings, "collection_title", self.messages))
        words = self.messages.gettext("Threads that run over several digests. All others are in {digests}.")
        about = nodes.paragraph("", "", *sentence(words, digests=[self.reader.to_document(list_of, title)]))
        items = []
        for chain in chains:
            link = self.reader.to_page(f"threads/{chain.page}", nodes.inline("", self.title_of_chain(chain)))
            run = nodes.inline("", self.run_of(chain), classes=[COUNTS_CLASS])
            items.append(line_with(link, *self._state_of(chain), nodes.Text(" "), run))
        return [about, self._list(items)]

    def chain(self, chain: Chain) -> list[nodes.Node]:
        """All parts of a thread, each under the title of its digest."""
        run = nodes.paragraph("", self.run_of(chain), *self._state_of(chain), classes=[COUNTS_CLASS])
        parts: list[nodes.Node] = [run]
        shown = self.title_of_chain(chain)
        # this is the page that the parts lead to elsewhere
        self.builder.archives = tuple(name for name in self.builder.archives if name != "threads")
        for entry in chain.parts:
            assert isinstance(entry.note, Thread)
            body = self.builder.thread(entry, ThreadLinks())
            own = self.builder.heading(entry.note.title, entry)
            if own.astext() != shown:
                own["classes"].append("digest-label")
                body.insert(0, own)
            heading = nodes.paragraph("", "", *self.reader.to_thread(entry))
            parts += titled(
                heading, body, entry.anchor, entry.kind, sections=self.reader.sections_allowed, state=entry.note.state
            )
        return parts

    def title_of_chain(self, chain: Chain) -> str:
        """The title that a thread began with, as plain words."""
        first = chain.parts[0]
        assert isinstance(first.note, Thread)
        return self.builder.heading(first.note.title, first).astext()

    def run_of(self, chain: Chain) -> str:
        """Return the number of parts of a thread and its duration, in words."""
        ngettext, newest = self.messages.ngettext, chain.newest
        weeks = round(chain.days / _WEEK)
        days = ngettext("{number} day", "{number} days", chain.days)
        return filled(
            self.messages.gettext("{parts} from {start} to {end} ({span})"),
            parts=ngettext("{number} part", "{number} parts", len(chain.parts)),
            start=self.messages.day_of_year(chain.parts[0].moment.day),
            end=self.messages.day_of_year(newest.moment.day),
            span=days if chain.days <= _DAYS else ngettext("{number} week", "{number} weeks", weeks),
        )

    def _state_of(self, chain: Chain) -> list[nodes.Node]:
        """Return the badge with the state that a thread is in now."""
        newest = chain.newest.note
        assert isinstance(newest, Thread)
        return state_badge(newest.state, self.messages)

    def _line(self, kind: str, member: Member, year: int | None = None) -> nodes.list_item:
        """A line of a list of pages, with the number of notes."""
        page = f"{member.page}-{year:04}" if year else member.page
        name = self._year(year) if year else self.name_of(kind, member)
        link = self.reader.to_page(f"{kind}/{page}", nodes.inline("", name))
        counts = nodes.inline("", f"({self.counts(kind, member)})", classes=[COUNTS_CLASS])
        return line_with(link, nodes.Text(" "), counts)

    def _of_kind(self, kind: str, notes: list[Entry], thanks: list[Entry]) -> list[nodes.Node]:
        """Notes as the archives show them: all successes in their digests, those of somebody by their days."""
        if kind == "series":
            return self._countdowns(notes)
        return self._by_digest(notes) if kind == "successes" else self._successes(notes, thanks)

    def _by_digest(self, notes: list[Entry]) -> list[nodes.Node]:
        """Successes below the titles of their digests."""
        period_of = self.reader.collection.calendar.period_of
        parts: list[nodes.Node] = []
        for _period, some in groupby(notes, key=lambda entry: period_of(entry.moment.day)):
            entries = list(some)
            parts.append(nodes.paragraph("", "", *self.reader.to_thread(entries[0]), classes=["digest-label"]))
            parts.append(self._list(map(_without_target, map(self.builder.success, entries)), "digest-successes"))
        return parts

    def _successes(self, notes: list[Entry], thanks: list[Entry]) -> list[nodes.Node]:
        """Successes as a list, and those that thank somebody as another one."""
        parts: list[nodes.Node] = []
        if notes:
            parts.append(self._list([self._success(entry) for entry in notes], "digest-successes"))
        if thanks:
            label = nodes.paragraph("", self.messages.gettext("Thanked by others:"), classes=["digest-label"])
            parts += [label, self._list([self._success(entry) for entry in thanks], "digest-successes")]
        return parts

    def _success(self, entry: Entry) -> nodes.list_item:
        """A success with its day, which leads to its digest."""
        item = _without_target(self.builder.success(entry))
        # around the link: the colour of remarks has less contrast than a link's may have left
        link = self.reader.to_note(entry, nodes.inline("", self.messages.day(entry.moment.day)))
        first = item.children[0]
        assert isinstance(first, nodes.Element)
        first += [nodes.Text(" "), nodes.inline("", "", link, classes=[WHERE_CLASS])]
        return item

    def _countdowns(self, notes: list[Entry]) -> list[nodes.Node]:
        """Countdowns as a list: the week, the digest, and what to focus on."""
        items = []
        for entry in notes:
            note = entry.note
            assert isinstance(note, Countdown)
            week = nodes.inline("", note.week or self.messages.week(countdown_week(entry.moment.day)))
            week["classes"].append("digest-label")
            line = sentence(
                self.messages.gettext("{week} in {digest}"), week=[week], digest=self.reader.to_thread(entry)
            )
            focus = self.builder.blocks(note.focus, entry) if note.focus else []
            target = nodes.target("", "", ids=[entry.anchor])
            items.append(nodes.list_item("", nodes.paragraph("", "", target, *line), *focus))
        return [self._list(items)]

    def _list(self, items: Iterable[nodes.Node], name: str = "digest-list") -> nodes.bullet_list:
        return nodes.bullet_list("", *items, bullet="*", classes=[name])

    def _year(self, year: int) -> str:
        return self.messages.year(date(year, 1, 1))


def _without_target(item: nodes.list_item) -> nodes.list_item:
    """A success without its identifier: links lead to its digest, and of a page's nodes each one costs."""
    first = item.children[0]
    assert isinstance(first, nodes.Element)
    if isinstance(first.children[0], nodes.target):
        del first[0]
    return item
