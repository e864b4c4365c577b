"""The base classes of directives: reading a collection, linking to what it has, and placing its notes on a page.

The checks of options are docutils' kind: functions from a text to a value, which raise ValueError for the user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import count
from typing import Any, ClassVar

import docutils
from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from sphinxext.digest.collection.compose import digest_title
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.collection.people import people_file
from sphinxext.digest.doctree.events import TITLE_CLASS, event_data
from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.lines import PROJECT_NAME_CLASS, SOURCE_CLASS, sentence
from sphinxext.digest.doctree.notes import WHERE_CLASS
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.extension.archives import PageNotes
from sphinxext.digest.extension.build_state import BuildState
from sphinxext.digest.extension.builders import ignore_commands
from sphinxext.digest.extension.config import guard_in_build
from sphinxext.digest.extension.dependencies import CollectionLookup, NotesDependency, remember
from sphinxext.digest.extension.directives.option_names import SuggestsOptions
from sphinxext.digest.extension.directives.period_words import resolve_day, resolve_period
from sphinxext.digest.extension.domain import OBJECT_KINDS, PAGE, RELEASE, DigestDomain, Target, build_state_of
from sphinxext.digest.extension.links import HomesDependency, PageHome
from sphinxext.digest.extension.pictures import participants_nodes, refusal_of_picture
from sphinxext.digest.extension.schedules import PageLinks, outlook_in_digest
from sphinxext.digest.extension.translation import PageCatalogue, note_words
from sphinxext.digest.extension.warnings import warn_at
from sphinxext.digest.fragments.fields import ValueProblem, check_url
from sphinxext.digest.model import Countdown, Entry, EventNote, Messages, Period, Scope, State, Success, Thread
from sphinxext.digest.model.period import PeriodError
from sphinxext.digest.problems import Code, DigestError
from sphinxext.digest.settings.options import SECTIONS, Settings, dated

#: The classes of nodes that follow the words of a line.
_ASIDES = frozenset({PROJECT_NAME_CLASS, SOURCE_CLASS, WHERE_CLASS})

#: The outputs that do not say where a link leads; since docutils 0.22 manual pages do.
_WITHOUT_LINKS = "format_text" if docutils.__version_info__ >= (0, 22) else "format_text or format_man"


OptionSpec = dict[str, Callable[[str], object]]


class CollectionReader(SuggestsOptions, SphinxDirective):
    """A directive that reads a collection, and remembers what the page depends on."""

    option_spec: ClassVar[OptionSpec] = {"fragments": directives.path}

    def run(self) -> list[nodes.Node]:
        """Return what the collection has, or nothing after a warning."""
        remember(self.env, CollectionLookup(self.options.get("fragments")))
        try:
            self.settings = self.find_settings()
        except DigestError as error:
            for problem in error.problems:
                warn_at(self.get_location(), problem.code, f"{problem.path}: {problem.message}")
            return []
        # the folder may be one that no collection of the project has, which nothing else has looked at
        self.build.is_current(self.settings)
        self.options = {name: resolve_day(self.env, value) for name, value in self.options.items()}
        try:
            return self.show()
        except PeriodError as error:
            self.warn(Code.BAD_PERIOD, str(error))
            return []

    def show(self) -> list[nodes.Node]:
        """Return the nodes for the page."""
        raise NotImplementedError

    @property
    def build(self) -> BuildState:
        """The run-time objects of this build."""
        return build_state_of(self.env)

    @property
    def messages(self) -> Messages:
        """Our own words in the language of the build."""
        return dated(self.build.messages, self.settings)

    @property
    def collection(self) -> Collection:
        """The collection that the directive is about."""
        return self.build.collection(self.settings)

    def find_settings(self) -> Settings:
        """Return the settings of the collection, by the option ``fragments``."""
        folder = self.options.get("fragments")
        return self.build.settings_for(folder) if folder else self.build.project.main

    def chosen(self, *names: str) -> dict[str, Any]:
        """Return those of the options that were given."""
        return {name: self.options[name] for name in names if name in self.options}

    def warn(self, code: Code, message: str) -> None:
        """Report a problem of the directive itself."""
        warn_at(self.get_location(), code, message)

    def place_nothing(self, words: str, command: str) -> list[nodes.Node]:
        """Return what an empty list says: that it is empty, and the command that changes that."""
        nothing = nodes.paragraph("", "", *sentence(words, command=[nodes.literal("", command)]))
        note_words(self.env, [nothing])
        return [nothing]

    def period(self, text: str) -> str:
        """Return a period as a page remembers it: words that mean another one tomorrow become its days.

        :raises PeriodError: if it cannot be understood.
        """
        return resolve_period(self.env, self.settings, text)

    def entries(self, query: NotesDependency) -> tuple[Entry, ...]:
        """Return the notes that a dependency finds, which is remembered.

        :raises PeriodError: if its period cannot be understood.
        """
        remember(self.env, query)
        return query.entries(self.collection, self.build.today)

    def title_of(self, period: Period) -> str:
        """Return the title of the digest of a period."""
        return digest_title(period, self.collection.numbers.of(period), self.settings, self.messages)

    @property
    def sections_allowed(self) -> bool:
        """True if the directive is where a section may be."""
        return isinstance(self.state_machine.node, nodes.document | nodes.section)


class LinkingDirective(CollectionReader):
    """A directive whose nodes refer to notes, pages and releases. Where they are missing, the words stay."""

    def to_thread(self, entry: Entry) -> list[nodes.Node]:
        """Refer to the digest of a thread, where that has a page."""
        period = self.collection.calendar.period_of(entry.moment.day)
        title = self.title_of(period)
        content = nodes.inline("", title)
        return [self.to_note(entry, content) if self.build.has_pages(self.settings) else content]

    def to_note(self, entry: Entry, content: nodes.Element) -> nodes.Element:
        """Refer to a note in its digest."""
        return self._reference(entry.kind.value, entry.identity, content)

    def to_page(self, page: str, content: nodes.Element) -> nodes.Element:
        """Refer to a page of the collection, as seen from the folder of its pages."""
        return self.to_document(f"{self.settings.pages}/{page}", content)

    def to_document(self, docname: str, content: nodes.Element) -> nodes.Element:
        """Refer to a document, where an output has it."""
        return self._reference(PAGE, docname, content)

    def to_release(self, version: str) -> list[nodes.Node]:
        """Refer to the release notes of a version, where a page has them."""
        return [self._reference(RELEASE, version, nodes.inline("", version))]

    def _reference(self, type_: str, target: str, content: nodes.Element) -> addnodes.pending_xref:
        return PageLinks(self.env.docname, self.get_source_info(), self.messages).xref(type_, target, content)

    def refuse_picture(self, uri: str) -> bool:
        """Report a picture that may not be shown, and return True if it may not."""
        reason = refusal_of_picture(self.env, uri)
        if reason:
            self.warn(Code.BAD_VALUE, f"{people_file(self.settings.fragments)}: the picture '{uri}' {reason}")
        return bool(reason)


class NotesDirective(LinkingDirective):
    """A directive that makes nodes of notes, and places them on the page."""

    def builder(self, settings: Settings | None = None, *, shown: Iterable[Entry] = ()) -> PageNotes:
        """Return what makes nodes of notes, in the ways of this page.

        :param shown: notes whose translations are those of their digests.
        """
        settings = settings or self.settings
        place = self.get_source_info()
        builder = PageNotes(
            settings,
            self.parser(guard_in_build(self.env, settings), {self._page_of(entry) for entry in shown}),
            self,
            lambda entry: outlook_in_digest(self.env, self.settings, entry, place),
            self.messages,
        )
        builder.settings_path = self.build.settings_path
        if self.build.has_pages(self.settings):
            builder.archives = settings.archives
        builder.known = self.collection.people
        builder.to_page, builder.thread_of = self.to_page, self.collection.archives.thread_of
        builder.people_of = partial(participants_nodes, self.env)
        builder.home_of = self._home_of
        self._homes: dict[str, PageHome] = {}
        return builder

    def parser(self, guard: Guard, docnames: Iterable[str] = ()) -> TextParser:
        """Return what makes nodes of texts, translated ones where the page has a catalogue, or those pages have."""
        return TextParser(
            guard,
            self.state.document.settings,
            with_sphinx=True,
            root=self.build.project.root,
            translation=PageCatalogue.of(self.env, docnames),
            refusal_of_picture=partial(refusal_of_picture, self.env),
        )

    def _home_of(self, entry: Entry) -> PageHome:
        page = self._page_of(entry)
        if page not in self._homes:
            self._homes[page] = PageHome(page, self.env, self.settings)
        return self._homes[page]

    def _page_of(self, entry: Entry) -> str:
        return self.build.page_of(self.settings, self.collection.calendar.period_of(entry.moment.day))

    def place(
        self, parts: list[nodes.Node], builder: PageNotes, entries: Iterable[Entry], *, primary: bool = False
    ) -> list[nodes.Node]:
        """Return nodes as they go onto the page: with unique identifiers, registered together with their problems."""
        domain = DigestDomain.of(self.env)
        domain.note_problems(self.env.docname, builder.parser.problems)
        domain.note_remarks(self.env.docname, builder.foreign.problems)
        domain.note_fragments(self.env.docname, builder.days)
        elements = elements_of(parts)
        anchors = self._unique_identifiers(elements)
        for entry in entries:
            node = anchors.get(entry.anchor)
            if node is not None and entry.kind in OBJECT_KINDS:
                target = self._target(entry, node, primary=primary)
                domain.note_target(target)
                if isinstance(entry.note, EventNote):
                    domain.note_event(target.docname, target.anchor, event_data(entry.note, target.title))
                domain.note_text(target.docname, target.anchor, builder.words_of(entry, target.title))
        ignore_commands(elements)
        for node in elements:
            show_url_in_text(node)
        note_words(self.env, elements)
        if any(home.is_used for home in self._homes.values()):
            remember(self.env, HomesDependency(self.settings.fragments))
        return parts

    def _unique_identifiers(self, elements: list[nodes.Element]) -> dict[str, nodes.Element]:
        """Register the identifiers with the document.

        Those that it has already get a number, as where a page shows a note twice; what refers to them follows.
        """
        known = self.state.document.ids
        anchors = {}
        renamed: dict[str, str] = {}
        for node in elements:
            identifiers: list[str] = node.get("ids", [])
            for index, name in enumerate(identifiers):
                free = name
                if known.get(name, node) is not node:
                    free = next(other for other in _numbered(name) if other not in known)
                    identifiers[index] = renamed[name] = free
                known[free] = anchors[free] = node
        if renamed:
            for node in elements:
                if "backrefs" in node:
                    node["backrefs"] = [renamed.get(name, name) for name in node["backrefs"]]
                if "refid" in node:
                    node["refid"] = renamed.get(node["refid"], node["refid"])
        return anchors

    def _target(self, entry: Entry, node: nodes.Element, *, primary: bool) -> Target:
        note = entry.note
        names = [entry.identity]
        if note.index == 1 and entry.fragment.slug:
            names.append(entry.fragment.slug)
        if isinstance(note, Countdown) and note.week and entry.fragment.project is None:
            names.append(f"{note.series}-{note.week}")
        title = _title_of(node, note.label)
        group = note.nick or "" if isinstance(note, Success) else ""
        if group and title.startswith(f"{group}: "):
            title = title.removeprefix(f"{group}: ")
        if isinstance(note, Countdown):
            title = note.label
        if isinstance(note, EventNote):
            # other digests show it, too; its own is that of its date
            title, primary = _event_title(node) or note.label, primary and self._page_of(entry) == self.env.docname
        assert not isinstance(note, Thread) or title
        return Target(entry.kind.value, tuple(names), title, self.env.docname, entry.anchor, primary, group)


def _numbered(name: str) -> Iterator[str]:
    """Names like this one that no note has."""
    return (f"{name}-copy-{number}" for number in count(2))


def _title_of(node: nodes.Element, label: str) -> str:
    """The words of the heading, the rubric or the line that has an anchor."""
    holder = node
    if isinstance(node, nodes.section):
        holder = node.next_node(nodes.title) or node
    elif isinstance(node, nodes.target) and isinstance(node.parent, nodes.paragraph):
        holder = node.parent
    words = " ".join(_words_of(holder).split()) or label
    return words if len(words) <= 100 else words[:99].rsplit(" ", 1)[0] + "…"


def _event_title(node: nodes.Element) -> str:
    """The words of an event's title, which is in a line with when and where it is."""
    line = node.parent
    named = [child for child in line.children if isinstance(child, nodes.inline) and TITLE_CLASS in child["classes"]]
    return " ".join(named[0].astext().split()) if named else ""


def _words_of(node: nodes.Element) -> str:
    """The words of a heading or a line, without the links that are put after it."""
    words: list[str] = []
    for child in node.children:
        if isinstance(child, nodes.Text):
            words.append(child.astext())
        elif isinstance(child, nodes.Element) and not _ASIDES.intersection(child.get("classes", ())):
            words.append(_words_of(child))
        elif words[-1:] == [" "]:
            words.pop()
    return "".join(words)


def elements_of(parts: Iterable[nodes.Node]) -> list[nodes.Element]:
    """All elements in nodes, from one walk: a page has thousands."""
    return [node for part in parts for node in part.findall() if isinstance(node, nodes.Element)]


def show_url_in_text(link: nodes.Element) -> None:
    """Show the URL itself after "Full thread" in outputs without links: plain text and manual pages."""
    if isinstance(link, nodes.reference) and SOURCE_CLASS in link["classes"] and link["refuri"] != link.astext():
        url = addnodes.only("", nodes.inline("", f": {link['refuri']}"), expr=_WITHOUT_LINKS)
        link.parent.insert(link.parent.index(link) + 1, url)


#: The parts of a countdown, in the order in which they are shown if nothing else is said.
COUNTDOWN_SHOWS = ("left", "note", "deadlines", "timeline")


def count_option(argument: str) -> int:
    """A whole number from 1."""
    number: int = directives.positive_int(argument)
    return number


def names_option(argument: str) -> tuple[str, ...]:
    """Texts separated by commas."""
    found = tuple(name.strip() for name in directives.unchanged_required(argument).split(",") if name.strip())
    if not found:
        raise ValueError("at least one name is needed")
    return found


def sections_option(argument: str) -> tuple[str, ...]:
    """Names of sections, separated by commas or spaces."""
    found = tuple(directives.unchanged_required(argument).replace(",", " ").split())
    for name in found:
        if name not in SECTIONS:
            raise ValueError(f"there is no section '{name}': there are {', '.join(SECTIONS)}")
    return found


def url_option(argument: str) -> str:
    """A URL of one of the schemes that fragments may use."""
    try:
        return check_url(directives.unchanged_required(argument).strip())
    except ValueProblem as error:
        raise ValueError(str(error)) from None


def page_or_url_option(argument: str) -> str:
    """A URL, or the name of a page."""
    text = directives.unchanged_required(argument).strip()
    return url_option(text) if ":" in text else text


def state_option(argument: str) -> State:
    """Read the state of a thread."""
    states = {state.value: state for state in State}
    return states[directives.choice(argument, list(states))]


def switch_option(argument: str | None) -> bool:
    """True or false; an option without a value is true, as a flag is."""
    text = (argument or "").strip().lower()
    if text in ("", "true", "yes", "on", "1"):
        return True
    if text in ("false", "no", "off", "0"):
        return False
    raise ValueError("must be true or false")


def scopes_option(argument: str) -> tuple[Scope, ...]:
    """Whom events are for: one scope, or ``all``."""
    choice = directives.choice(argument, [*(scope.value for scope in Scope), "all"])
    return tuple(Scope) if choice == "all" else (Scope(choice),)


def countdown_parts_option(argument: str) -> tuple[str, ...]:
    """Names of parts of a countdown, separated by commas or spaces."""
    found = tuple(directives.unchanged_required(argument).replace(",", " ").split())
    for name in found:
        if name not in COUNTDOWN_SHOWS:
            raise ValueError(f"a countdown has no part '{name}': there are {', '.join(COUNTDOWN_SHOWS)}")
    return tuple(dict.fromkeys(found))
