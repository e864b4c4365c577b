"""The ``digest`` domain: the targets of references from any page and, through intersphinx, from other projects.

Its data is what the environment remembers of each page. The run-time objects of a build are in one typed attribute,
the build state.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Set
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, TypeVar, cast

from docutils import nodes
from sphinx.domains import Domain, Index, IndexEntry, ObjType
from sphinx.locale import get_translation
from sphinx.roles import XRefRole
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.nodes import make_refnode
from sphinx.util.osutil import relative_uri

from sphinxext.digest.extension.build_state import open_build_state, save_states
from sphinxext.digest.extension.builders import PER_PAGE, file_uri, has_archives, plain_words
from sphinxext.digest.extension.i18n import CATALOGUE
from sphinxext.digest.model import KINDS, MILESTONE, Kind
from sphinxext.digest.problems import Problem
from sphinxext.digest.text import natural_key

if TYPE_CHECKING:
    from docutils.nodes import Element
    from sphinx.addnodes import pending_xref
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.extension.build_state import BuildState


Kept = TypeVar("Kept")


class _Dependency(Protocol):
    @property
    def has_notes(self) -> bool: ...


#: A dependency of a page, its stamp and its answer; see :mod:`.dependencies`.
_Remembered = tuple[_Dependency, object, object]
_ = get_translation(CATALOGUE)

#: The type of object of a whole digest.
DIGEST = "digest"
#: The kinds of note that can be referred to.
OBJECT_KINDS = tuple(note.kind for note in KINDS)
#: The type of object of a version with release notes.
RELEASE = Kind.RELEASE.value
#: The name of the newest of them.
LATEST = "latest"
#: The type of a link to the calendar of a series. It is no object; only a builder knows the way to it from a page.
CALENDAR = "calendar"
#: The type of the placeholder of links to all that is published of a collection, by the folder of its fragments.
PUBLISHED = "published"
#: The type of a link to a page by its name. It is no object: without the page, or without links, its words are left.
PAGE = "page"
#: The types of objects that archives have pages of; what a type is called when it has a name that others have, too.
PERSON, CHANNEL, SERIES = "person", "channel", "series"
#: The attribute of a link to such a page, which a mail leaves out; it says whether its line is nothing but the link.
ARCHIVE, LINE = "digest-archive", "line"
LISTING_TOCTREE = "digest-listing"  #: The attribute of a toctree that a list of digests has.
#: What the types of objects are called.
_TYPES = {
    Kind.SUCCESS.value: _("success"),
    Kind.ITEM.value: _("item"),
    Kind.COUNTDOWN.value: _("countdown"),
    Kind.THREAD.value: _("thread"),
    Kind.STORY.value: _("story"),
    Kind.EVENT.value: _("event"),
    MILESTONE: _("milestone"),
    RELEASE: _("release"),
    PERSON: _("person"),
    CHANNEL: _("channel"),
    SERIES: _("series"),
}
#: Those whose pages are in no toctree, so that books do not have them. Their names are those of people, and may be
#: anything: the role ``any`` does not find them.
_OF_ARCHIVES = (PERSON, CHANNEL, SERIES)
#: Those that are not in the index by themselves; successes are there by the people who told them.
_NOT_IN_INDEX = frozenset({DIGEST, MILESTONE, RELEASE, Kind.SUCCESS.value, *_OF_ARCHIVES})
#: What is remembered of each page, by its name.
_OF_PAGES = (
    "targets", "dependencies", "problems", "remarks", "shown", "described",
    "mastheads", "texts", "listings", "fragments", "circles", "events",
)  # fmt: skip


class Target(NamedTuple):
    """A place on a page that can be referred to. The environment has thousands, and tuples are what it saves fastest.

    ``names`` are all the names it has, the one that never changes first; ``primary`` marks the digest's own page,
    which wins over other pages that show the same note.
    """

    type: str
    names: tuple[str, ...]
    title: str
    docname: str
    anchor: str
    primary: bool = False
    group: str = ""


class NotesTransform(SphinxPostTransform):
    """A change of pages with notes when they are written. It passes by all others, which most of a project are."""

    def is_supported(self) -> bool:
        """Return True for the outputs that it is made for, if the page has notes."""
        return super().is_supported() and DigestDomain.of(self.env).has_notes(self.env.docname)


class NotesIndex(Index):
    """Threads, stories, countdowns and short lists by title, and people, each with the newest of their successes."""

    name = "notes"
    localname = "Index of the digests"
    shortname = "digests"

    @classmethod
    def translate(cls) -> None:
        """Take the names in the language of the build. Sphinx asks the class, and some builders need strings."""
        cls.localname, cls.shortname = str(_("Index of the digests")), str(_("digests"))

    @property
    def has_entries(self) -> bool:
        """True if there is anything in the index; only then pages link to it."""
        targets = cast(DigestDomain, self.domain).targets()
        return any(target.group or target.type not in _NOT_IN_INDEX for target in targets)

    def generate(self, docnames: Iterable[str] | None = None) -> tuple[list[tuple[str, list[IndexEntry]]], bool]:
        """The entries of the index by their first letter."""
        wanted = set(docnames) if docnames is not None else None
        letters: dict[str, list[IndexEntry]] = {}
        people: dict[tuple[str, str], list[Target]] = {}
        domain = cast(DigestDomain, self.domain)
        targets = [target for target in domain.targets() if wanted is None or target.docname in wanted]
        for target in targets:
            if target.type == Kind.SUCCESS and target.group:
                people.setdefault(domain.person(target.group), []).append(target)
            elif target.type not in _NOT_IN_INDEX:
                entry = IndexEntry(target.title, 0, target.docname, target.anchor, str(_TYPES[target.type]), "", "")
                letters.setdefault(letter_of(target.title), []).append(entry)
        for (name, nick), told in people.items():
            # one line to a person, since Sphinx writes the index in each build
            page = domain.find(PERSON, nick)
            newest = page if page is not None and (wanted is None or page.docname in wanted) else told[-1]
            count = domain.build_state.messages.ngettext("{number} success", "{number} successes", len(told))
            entry = IndexEntry(name, 0, newest.docname, newest.anchor, count, "", "")
            letters.setdefault(letter_of(name), []).append(entry)
        by_name = {
            letter: sorted(letters[letter], key=lambda entry: natural_key(entry.name)) for letter in sorted(letters)
        }
        return list(by_name.items()), False


class DigestDomain(Domain):
    """Digests and their notes."""

    name = DIGEST
    label = _("Digest")
    object_types: ClassVar[dict[str, ObjType]] = {
        DIGEST: ObjType(_("digest"), "issue", DIGEST),
        **{name: ObjType(words, name) for name, words in _TYPES.items()},
    }
    roles: ClassVar[dict[str, Any]] = {
        role: XRefRole(innernodeclass=nodes.inline, warn_dangling=True)
        for role in ("issue", DIGEST, *(kind.value for kind in OBJECT_KINDS), MILESTONE, RELEASE, *_OF_ARCHIVES)
    }
    indices: ClassVar[list[type[Index]]] = [NotesIndex]
    data_version = 17
    initial_data: ClassVar[dict[str, Any]] = {part: {} for part in ("folders", "scans", "stubs", *_OF_PAGES)}

    #: The run-time objects of this build, from ``builder-inited`` on.
    build_state: BuildState
    #: The digests before and after each, where that has been asked.
    adjacent: dict[str, Adjacent] | None = None
    #: The process that knows what this domain does.
    _process: int | None = None
    _chosen: dict[tuple[str, str], Target] | None = None
    _by_name: dict[tuple[str, str], Target] | None = None

    @classmethod
    def of(cls, env: BuildEnvironment) -> DigestDomain:
        """The domain of an environment."""
        return cast(DigestDomain, env.get_domain(cls.name))

    def note_target(self, target: Target) -> None:
        """Remember a place that can be referred to."""
        self.data["targets"].setdefault(target.docname, []).append(target)
        self._chosen = self._by_name = self.adjacent = None

    def note_dependency(self, docname: str, remembered: _Remembered) -> None:
        """Remember something outside of its source that a page shows."""
        self.data["dependencies"].setdefault(docname, []).append(remembered)

    def dependencies(self, type_: type[Kept], docname: str | None = None) -> Iterator[tuple[str, Kept]]:
        """Yield the dependencies of a type that a page has, or that all pages have, with the names of the pages."""
        found: dict[str, list[_Remembered]] = self.data["dependencies"]
        for name in found if docname is None else found.keys() & {docname}:
            for one in found[name]:
                if isinstance(one[0], type_):
                    yield name, one[0]

    def has_notes(self, docname: str) -> bool:
        """Return True if a page shows notes or schedules; in an output that is made of all pages, if any does."""
        found: dict[str, list[_Remembered]] = self.data["dependencies"]
        pages = [found.get(docname, ())] if self.build_state.builder.name in PER_PAGE else found.values()
        return any(one[0].has_notes for page in pages for one in page)

    def note_problems(self, docname: str, problems: Iterable[Problem]) -> None:
        """Remember the problems of texts on a page."""
        self.data["problems"].setdefault(docname, []).extend(problems)

    def note_remarks(self, docname: str, problems: Iterable[Problem]) -> None:
        """Remember the problems of texts of other projects on a page."""
        self.data["remarks"].setdefault(docname, []).extend(problems)

    def note_shown(self, docname: str, links: list[tuple[str, str, str, bool]], toc: bytes, toctrees: bytes) -> None:
        """Remember the links of a page, and marks of its table of contents and of its toctrees."""
        self.data["shown"][docname] = (links, toc, toctrees)

    def note_summary(self, docname: str, described: object) -> None:
        """Remember what is said of a page where others refer to it."""
        self.data["described"][docname] = described

    def note_text(self, docname: str, anchor: str, text: str) -> None:
        """Remember the words of a note on a page."""
        self.data["texts"].setdefault(docname, {})[anchor] = text

    def note_event(self, docname: str, anchor: str, data: dict[str, object]) -> None:
        """Remember the data of an event on a page, for search engines."""
        self.data["events"].setdefault(docname, {})[anchor] = data

    def note_fragments(self, docname: str, days: dict[str, str]) -> None:
        """Remember the fragments whose notes are on a page, with the day of the newest of these notes."""
        known = self.data["fragments"].setdefault(docname, {})
        known.update((path, max(day, known.get(path, ""))) for path, day in days.items())

    def note_listing(self, docname: str, folder: str) -> None:
        """Remember that a page lists all digests of the collection whose fragments are in a folder."""
        self.data["listings"].setdefault(docname, []).append(folder)

    def clear_doc(self, docname: str) -> None:
        """Forget what a page has and asked for."""
        for part in _OF_PAGES:
            self.data[part].pop(docname, None)
        self._chosen = self._by_name = self.adjacent = None

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        """Take over what another process found on pages, and the folders that it was the first to read."""
        for docname in docnames:
            for part in _OF_PAGES:
                if docname in otherdata[part]:
                    self.data[part][docname] = otherdata[part][docname]
        self.data["folders"].update(otherdata["folders"])
        self._chosen = self._by_name = self.adjacent = None

    def forget_other_processes(self, docname: str) -> None:
        """In a process that reads a part of the pages, let go of what is known of others.

        All that such a process knows is pickled and sent back, and the others' pages are not taken from it.

        :param docname: the page that is to be read now; pages of this process that were read before it are kept.
        """
        if self._process in (None, os.getpid()):
            self._process = os.getpid()
            return
        self._process = os.getpid()
        for part in _OF_PAGES:
            kept = self.data[part].get(docname)
            self.data[part] = {docname: kept} if kept is not None else {}
        self._chosen = self._by_name = self.adjacent = None

    def targets(self) -> Collection[Target]:
        """Each place once: the digest's own page if the note is there, else the first page that has it."""
        if self._chosen is None:
            self._chosen = {}
            for docname in sorted(self.data["targets"]):
                for target in self.data["targets"][docname]:
                    key = (target.type, target.names[0])
                    if key not in self._chosen or (target.primary and not self._chosen[key].primary):
                        self._chosen[key] = target
        return self._chosen.values()

    def find(self, type_: str, name: str) -> Target | None:
        """The place with a name; ``latest`` is the newest release."""
        if self._by_name is None:
            self._by_name = {}
            for target in self.targets():
                for other in target.names:
                    self._by_name.setdefault((target.type, other), target)
            if (latest := _latest_release(self.targets())) is not None:
                self._by_name.setdefault((RELEASE, LATEST), latest)
        return self._by_name.get((type_, name))

    def person(self, nick: str) -> tuple[str, str]:
        """Return the name of a person, one for all their nicks, and the nick by which :meth:`find` has their page."""
        page = self.find(PERSON, nick)
        if page is not None:
            return page.title, page.names[0]
        build = self.build_state
        known = (build.collection(settings).people for settings in build.project.collections)
        person = next((person for people in known if (person := people.find(nick)) is not None), None)
        return (person.name or person.nick, person.nick) if person else (nick, nick)

    def resolve_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        typ: str,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> nodes.reference | None:
        """The link for a role, or None if there is no such thing."""
        if typ == CALENDAR:
            uri = relative_uri(builder.get_target_uri(fromdocname), file_uri(target))
            return nodes.reference("", "", *contnode.children, refuri=uri, classes=contnode["classes"])
        if typ == PAGE:
            return self._link_to_page(fromdocname, builder, node, contnode)
        found = self.find(DIGEST if typ == "issue" else typ, target)
        if found is None:
            # the digest that has a thread's other part may have no page, or leave threads out; Sphinx puts any node in
            # the place of a reference
            return cast(nodes.reference, contnode) if node.get("optional") else None
        if isinstance(contnode, nodes.reference):
            # it would have been the link to a page elsewhere
            contnode = nodes.inline("", "", *contnode.children)
        if not node.get("refexplicit"):
            classes: list[str] = contnode.get("classes", [])
            contnode = plain_words(found.title)
            contnode["classes"] += classes
        if typ in _OF_ARCHIVES and not has_archives(builder):
            return cast(nodes.reference, contnode)
        if builder.name == "singlehtml":
            # since 8.2 Sphinx itself makes "#document-PAGE#ANCHOR" of it, which leads nowhere
            return nodes.reference("", "", contnode, internal=True, refuri=f"#{found.anchor}", reftitle=found.title)
        return make_refnode(builder, fromdocname, found.docname, found.anchor, contnode, found.title)

    def _link_to_page(
        self, fromdocname: str, builder: Builder, node: pending_xref, content: Element
    ) -> nodes.reference:
        """A link to a page, or its words where it would lead nowhere, or to the page that it is on."""
        docname = node["reftarget"]
        if not has_archives(builder) or docname not in self.env.found_docs or docname == fromdocname:
            return cast(nodes.reference, content)
        link = make_refnode(builder, fromdocname, docname, "", content)
        link[ARCHIVE] = LINE if node.get(LINE) else ""
        return link

    def resolve_any_xref(
        self,
        env: BuildEnvironment,
        fromdocname: str,
        builder: Builder,
        target: str,
        node: pending_xref,
        contnode: Element,
    ) -> list[tuple[str, nodes.reference]]:
        """The links for the role ``any``."""
        links = []
        for type_ in (type_ for type_ in self.object_types if type_ not in _OF_ARCHIVES):
            if (type_, target) == (RELEASE, LATEST):
                continue  # any page or label may be called so
            link = self.resolve_xref(env, fromdocname, builder, type_, target, node, contnode)
            if link is not None:
                links.append((f"{self.name}:{type_}", link))
        return links

    def get_objects(self) -> Iterator[tuple[str, str, str, str, str, int]]:
        """All names, for the inventory.

        None is for the search: that finds headings anyway, and its own links to objects whose identifier is made of
        their name only work where they are shown by that name.
        """
        seen: set[tuple[str, str]] = set()
        for target in self.targets():
            for name in target.names:
                if (target.type, name) not in seen:
                    seen.add((target.type, name))
                    yield name, target.title, target.type, target.docname, target.anchor, -1
        if (RELEASE, LATEST) not in seen and (newest := self.find(RELEASE, LATEST)) is not None:
            yield LATEST, newest.title, RELEASE, newest.docname, newest.anchor, -1


def _latest_release(targets: Iterable[Target]) -> Target | None:
    """Return the highest version with release notes, a pre-release only if there is no other; None without any."""
    releases = [target for target in targets if target.type == RELEASE]
    if not releases:
        return None
    # most builds have no release notes
    from sphinxext.digest.release.versions import version_key

    def order(target: Target) -> tuple[bool, list[tuple[int, int, str]]]:
        key = version_key(target.title)
        # a word other than "post" makes a pre-release
        return all(place >= 0 for place, _length, _digits in key), key

    return max(releases, key=order)


def build_state_of(env: BuildEnvironment) -> BuildState:
    """Return the run-time objects of the build that an environment belongs to."""
    return DigestDomain.of(env).build_state


def open_build(app: Sphinx) -> None:
    """Give the domain the run-time objects of this build."""
    domain = DigestDomain.of(app.env)
    domain.build_state = open_build_state(app, domain)
    domain.forget_other_processes("")


def begin_reading(app: Sphinx, docname: str, _source: list[str]) -> None:
    """Send back from a process that reads some of the pages only what it found on them."""
    DigestDomain.of(app.env).forget_other_processes(docname)


def end_build(app: Sphinx, exception: Exception | None) -> None:
    """Keep what the folders of fragments were like, after a build that came to its end, and stop what still runs."""
    if "histories" in vars(build := build_state_of(app.env)):
        build.histories.close()
    if exception is None:
        save_states(app, DigestDomain.of(app.env))


def letter_of(text: str) -> str:
    """Return the heading of a name in an index."""
    first = next((character for character in text if character.isalnum()), "")
    return first.upper() if first.isalpha() else "0-9"


class AdjacentDigest(NamedTuple):
    """A digest as its neighbours name it. The anchor is empty where the whole page is this digest's."""

    title: str
    docname: str
    anchor: str


#: The digest before one and the one after it.
Adjacent = tuple[AdjacentDigest | None, AdjacentDigest | None]


def adjacent_digests(domain: DigestDomain) -> dict[str, Adjacent]:
    """The neighbours of each digest, by its name; those of a collection follow each other by their last days."""
    if domain.adjacent is None:
        collections: dict[str, dict[str, AdjacentDigest]] = {}
        for target in domain.targets():
            if target.type == DIGEST and target.primary:
                name = target.names[0]
                collections.setdefault(name.rpartition("/")[0], {})[name] = _adjacent_digest(domain, target)
        domain.adjacent = {}
        for digests in collections.values():
            names = sorted(digests)
            found = [None, *(digests[name] for name in names), None]
            for place, name in enumerate(names):
                domain.adjacent[name] = (found[place], found[place + 2])
    return domain.adjacent


def _adjacent_digest(domain: DigestDomain, target: Target) -> AdjacentDigest:
    same = [other for other in domain.data["targets"][target.docname] if other.type == DIGEST]
    return AdjacentDigest(target.title, target.docname, target.anchor if len(same) > 1 else "")


def setup(app: Sphinx) -> None:
    """Register the domain, and the build state that it leads to."""
    NotesIndex.translate()
    app.add_domain(DigestDomain)
    app.connect("builder-inited", open_build)
    app.connect("source-read", begin_reading)
    app.connect("build-finished", end_build)
