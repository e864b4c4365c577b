"""The dependencies of pages: what each of them shows, and what makes it outdated.

While a page is read, each of its dependencies is remembered with a stamp, which is cheap to get, and an answer, which
changes with anything that shows. The next build compares the stamps, and where they differ the answers. A page whose
answer is another one is read again, and ``-v`` says why.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

from sphinx.util import logging

from sphinxext.digest.collection.archives import INDEX, Chain, Member
from sphinxext.digest.collection.compose import digest_title
from sphinxext.digest.collection.selection import Selection, checksum, review_of, shown_digest, shown_number
from sphinxext.digest.extension.domain import DigestDomain, build_state_of
from sphinxext.digest.model import Entry, EventNote, Kind, Period, Prelude, Story, Thread
from sphinxext.digest.model.period import PeriodError
from sphinxext.digest.problems import DigestError
from sphinxext.digest.settings.options import EVENTS

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.collection.load import Collection


logger = logging.getLogger(__name__)

#: The options that show on no page, or that other parts of a checksum tell: the list's title is that of its source, a
#: calendar shows by the periods that it makes, and where a schedule is linked to is a question to the schedule.
HIDDEN = frozenset({
    "automatic", "collection_title", "base_url", "sources", "relays", "announce", "schedule_url",
    "period", "week_start", "anchor", "intervals", "publish", "feed_limit", "feeds",
    "components", "issue_links", "joint", "joint_cache_limit", "joint_since", "joint_timeout",
})  # fmt: skip
_OF_DIGESTS = frozenset({"sections", "groups", "empty_group", "success_heading", "references", "schedules"})
_OF_SUCCESSES = frozenset({"add_url", "success_closing", "success_url"})
#: The options that do not show, by the kind of notes that are on a page; a digest has all kinds.
_HIDDEN_FOR = {
    None: HIDDEN,
    Kind.SUCCESS: HIDDEN | _OF_DIGESTS | {"source_url", "title"},
    Kind.THREAD: HIDDEN | _OF_DIGESTS | _OF_SUCCESSES,
    Kind.COUNTDOWN: HIDDEN | _OF_DIGESTS | _OF_SUCCESSES | {"title", "pages", "archives"},
    Kind.EVENT: HIDDEN | _OF_DIGESTS | _OF_SUCCESSES | {"source_url", "title", "archives"},
}


class Dependency(Protocol):
    """Something outside of its source that a page shows. It is pickled, and compared with others."""

    #: True if the page shows notes of digests or schedules, which transforms look for.
    has_notes: ClassVar[bool] = True

    @property
    def reason(self) -> str:
        """Why a page with another answer is read again, for the log."""
        return "what it shows changed"

    def stamp(self, env: BuildEnvironment) -> object:
        """Return a value that is cheap to get: as long as it is the same, so is the answer. None tells nothing."""
        return None

    def answer(self, env: BuildEnvironment) -> object:
        """Return a value that changes with anything that the page shows."""

    def is_current(self, env: BuildEnvironment, stamp: object) -> bool:
        """Return True if the answer must be the same as when the page had this stamp."""
        return stamp is not None and self.stamp(env) == stamp

    def is_same(self, env: BuildEnvironment, answer: object) -> bool:
        """Return True if a page with this answer would get the same now."""
        return self.answer(env) == answer


class Remembered(NamedTuple):
    """A dependency of a page, with what it was like when the page was read."""

    dependency: Dependency
    stamp: object
    answer: object


def remember(env: BuildEnvironment, dependency: Dependency) -> None:
    """Remember a dependency of the page that is being read, so that it is read again when the answer changes."""
    found = Remembered(dependency, dependency.stamp(env), dependency.answer(env))
    DigestDomain.of(env).note_dependency(env.docname, found)


class CollectionDependency(Dependency):
    """A dependency on the collection whose fragments are in ``folder``, as the settings have it.

    Its stamp is that of the folder, which the environment remembers once for all pages.
    """

    folder: str

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """Return a value that changes with anything that shows."""
        raise NotImplementedError

    def stamp(self, env: BuildEnvironment) -> object:
        """Return the same value always: the folder itself is compared."""
        return ""

    def answer(self, env: BuildEnvironment) -> object:
        """Return the checksum."""
        build = build_state_of(env)
        return self.checksum(build.collection(build.settings_for(self.folder)), env)

    def is_current(self, env: BuildEnvironment, stamp: object) -> bool:
        """Return True if no fragment and no setting has changed."""
        build = build_state_of(env)
        return stamp == self.stamp(env) and build.is_current(build.settings_for(self.folder))


@dataclass(frozen=True)
class NotesDependency(CollectionDependency):
    """A question for notes.

    ``period`` is as the user wrote it, since ``latest`` and the day of a digest change their meaning with the
    collection; with ``current`` notes of days to come are left out, with ``names_digests`` the page says which digests
    the notes are in.
    """

    folder: str
    selection: Selection
    period: str | None = None
    current: bool = False
    names_digests: bool = False

    @property
    def reason(self) -> str:
        """Why a page with other notes is read again."""
        return "the notes that it shows changed" if self.period is None else "the notes of its period changed"

    def stamp(self, env: BuildEnvironment) -> object:
        """Return the day, if the notes of days to come are left out."""
        return build_state_of(env).today if self.current else ""

    def entries(self, collection: Collection, today: date) -> tuple[Entry, ...]:
        """The notes.

        :raises PeriodError: if the period cannot be understood.
        """
        selection = self.selection
        if self.period is not None:
            selection = replace(selection, period=collection.period(self.period))
        if self.current:
            selection = replace(selection, until=today)
        return selection.entries(collection)

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """A value that changes with anything that shows."""
        build = build_state_of(env)
        try:
            entries = self.entries(collection, build.today)
            # the same notes can be those of another period, as when the latest digest gets shorter
            period = None if self.period is None else collection.period(self.period)
        except PeriodError as error:
            return str(error).encode()
        digests = [shown_digest(entry, collection) for entry in entries] if self.names_digests else ()
        number = ""
        if period is not None and self.selection == Selection():
            entries = (*entries, *(entry for entry in collection.events_of(period) if entry not in entries))
            number = shown_number(period, collection)
        around = f"{period} {number} {digests} {build.place_of(collection.settings)}"
        return checksum(entries, collection, _HIDDEN_FOR[self.selection.kind]) + around.encode()


@dataclass(frozen=True)
class EventsDependency(CollectionDependency):
    """A question for the events that are not over on a day, or today."""

    folder: str
    day: date | None = None
    reason = "an event is over, or its note changed"

    def stamp(self, env: BuildEnvironment) -> object:
        """Return the day."""
        return self.day or build_state_of(env).today

    def entries(self, collection: Collection, today: date) -> tuple[Entry, ...]:
        """The events, by their start."""
        return collection.upcoming_events(self.day or today)

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """A value that changes with anything that shows."""
        build = build_state_of(env)
        day = self.day or build.today
        entries = self.entries(collection, day)
        deadlines = [len(entry.note.deadlines_from(day)) for entry in entries if isinstance(entry.note, EventNote)]
        around = f"{deadlines} {build.place_of(collection.settings)} {EVENTS in collection.settings.publish}"
        return checksum(entries, collection, _HIDDEN_FOR[Kind.EVENT]) + around.encode()


@dataclass(frozen=True)
class ListingDependency(CollectionDependency):
    """A question for the digests of a collection, of a year (``2015``), or of a month (``2015-12``)."""

    folder: str
    span: str = ""
    reason = "the digests that it lists changed"

    def digests(self, collection: Collection) -> list[tuple[Period, tuple[Entry, ...]]]:
        """The digests with their notes, newest first."""
        periods = collection.spans.get(self.span, ()) if self.span else reversed(collection.digests)
        return [(period, collection.digests[period]) for period in periods]

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """A value that changes with anything that shows."""
        build, settings = build_state_of(env), collection.settings
        # the title of the collection is in those of the pages of its years and months
        shown = f"{settings.pages} {settings.automatic} {settings.collection_title}"
        state = blake2b(shown.encode(), digest_size=16)
        for period, entries in self.digests(collection):
            kinds = sorted(entry.kind.value for entry in entries)
            page = build.page_of(settings, period)
            title = digest_title(period, collection.numbers.of(period), settings)
            line = f"{period} {title} {kinds} {page} {page in env.found_docs}"
            state.update(line.encode())
            is_card = not self.span and period == next(reversed(collection.digests))
            state.update("".join(_shown_in_lists(entry, is_card=is_card) for entry in entries).encode())
        return state.digest()


def _shown_in_lists(entry: Entry, *, is_card: bool) -> str:
    """Return what lists of digests show of a note; only the card above the list has a prelude."""
    note = entry.note
    if isinstance(note, Thread):
        return f"{note.title.value} {note.state}\n"
    if isinstance(note, Story):
        return f"{note.title.value if note.title else ''}\n"
    return f"{note.text.value}\n" if is_card and isinstance(note, Prelude) else ""


_OF_YEAR = re.compile(r"(.*)-(\d{4})")
_HIDDEN = HIDDEN - {"collection_title"}


@dataclass(frozen=True)
class ArchiveDependency(CollectionDependency):
    """A question for a page of an archive, by the parts of its name: ``people`` and ``ttx``, ``index``, ``ttx-2015``.

    Without a ``kind`` it asks for the names of the archives, which are a part of every answer.
    """

    folder: str
    kind: str = ""
    page: str = INDEX
    reason = "the notes of its archive changed"

    def kinds(self, collection: Collection) -> list[str]:
        """The archives that have pages."""
        return [kind for kind in collection.settings.archives if getattr(collection.archives, kind)]

    def chain(self, collection: Collection) -> Chain | None:
        """The thread that a page is about."""
        return collection.archives.threads.get(self.page)

    def member(self, collection: Collection) -> Member | None:
        """The person, channel, series or year that a page is about, with all notes or those of a year."""
        members = collection.archives[self.kind]
        if self.page in members:
            return members[self.page]
        found = _OF_YEAR.fullmatch(self.page)
        if found and (member := members.get(found[1])) and int(found[2]) in member.years:
            return member.within(int(found[2]))
        return None

    @property
    def year(self) -> int | None:
        """The year of a page that has only that of somebody or something."""
        found = _OF_YEAR.fullmatch(self.page)
        return int(found[2]) if found else None

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """A value that changes with anything that shows."""
        build, settings = build_state_of(env), collection.settings
        around = f"{self.kinds(collection)} {build.list_of(settings)} {build.place_of(settings)}"
        state = blake2b(around.encode(), digest_size=16)
        state.update(self._answer(collection))
        return state.digest()

    def _answer(self, collection: Collection) -> bytes:
        if not self.kind:
            return collection.settings.pages.encode()
        if self.kind == "threads":
            chain = self.chain(collection)
            chains = [chain] if chain else collection.archives.threads.values() if self.page == INDEX else ()
            return _of_notes((part for one in chains for part in one.parts), collection)
        if self.page == INDEX:
            members = collection.archives[self.kind].values()
            counts = [
                (one.page, one.spellings, one.name, len(one.notes), len(one.thanks), one.years) for one in members
            ]
            shown = next(iter(members)).notes if self.kind == "successes" and members else ()
            return repr(counts).encode("utf-8", "surrogatepass") + _of_notes(shown, collection)
        member = self.member(collection)
        if member is None:
            return b""
        others = [(entry.anchor, entry.moment, entry.note) for entry in member.others]
        years = [len(member.within(year).notes) for year in member.years]
        about = f"{member.name!r} {member.person} {others} {member.spellings} {years}"
        is_list = member.is_large and self.kind != "successes" and self.year is None
        notes = _of_notes(() if is_list else (*member.notes, *member.thanks), collection)
        return f"{about} {len(member.notes)}".encode("utf-8", "surrogatepass") + notes


@dataclass(frozen=True)
class ReviewDependency(CollectionDependency):
    """A question for the review of a year."""

    folder: str
    year: int
    reason = "the notes of its year changed"

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """A value that changes with anything that shows."""
        review = review_of(collection, self.year)
        names = [(member.page, member.name) for member in review.newcomers]
        thanked = [(member.page, member.name, times) for member, times in review.thanked]
        numbers = f"{sorted(review.counts.items())} {review.people} {names} {thanked}"
        parts = tuple(part for chain in review.longest for part in chain.parts)
        place = build_state_of(env).place_of(collection.settings)
        return _of_notes(parts, collection) + f"{numbers} {place}".encode("utf-8", "surrogatepass")


def _of_notes(entries: Iterable[Entry], collection: Collection) -> bytes:
    found = tuple(entries)
    digests = [shown_digest(entry, collection) for entry in found]
    return checksum(found, collection, _HIDDEN) + repr(digests).encode()


@dataclass(frozen=True)
class CollectionLookup(Dependency):
    """The collection of a directive; ``folder`` is its option ``fragments``, None for the project's own collection."""

    folder: str | None
    reason = "its collection has another folder or other settings"

    def answer(self, env: BuildEnvironment) -> object:
        """Return the project's root, and the fragments folder and the place of the collection, or the problems."""
        build = build_state_of(env)
        root = os.path.relpath(build.project.root, env.srcdir)
        try:
            settings = build.settings_for(self.folder) if self.folder else build.project.main
        except DigestError as error:
            return root, error.problems
        return root, settings.fragments, build.place_of(settings)


@dataclass(frozen=True)
class MissingPages(Dependency):
    """Pages that a list of digests would link to if the project had them."""

    docnames: frozenset[str]
    reason = "a page that was missing exists now"

    def answer(self, env: BuildEnvironment) -> object:
        """Return the names of those that exist."""
        return self.docnames & env.found_docs


def outdated_documents(
    _app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> Iterable[str]:
    """Return the documents that have to be read again though their files have not changed, and log why."""
    known = added | changed | removed
    outdated: dict[str, str] = {}
    for docname, reason in _outdated(env, known, removed):
        if docname not in known:
            outdated.setdefault(docname, reason)
    for docname, reason in outdated.items():
        logger.verbose("reading %s again: %s", docname, reason)
    return list(outdated)


def _outdated(env: BuildEnvironment, known: Set[str], removed: Set[str]) -> Iterator[tuple[str, str]]:
    domain = DigestDomain.of(env)
    for docname in domain.build_state.replaced:
        yield docname, "its source is another file"
    for docname, children in env.toctree_includes.items():
        # such as the list of digests when another page takes the place of one of them
        if not removed.isdisjoint(children):
            yield docname, "a page of its toctree is gone"
    for docname in domain.data["circles"]:
        if docname in env.found_docs:
            # other pages may have changed
            yield docname, "its toctree was left incomplete to avoid a circle"
    remembered: dict[str, list[Remembered]] = domain.data["dependencies"]
    # most pages look up the same
    compared: dict[Remembered, Remembered | None] = {}
    for docname in [docname for docname in remembered if docname not in known]:
        now: list[Remembered] = []
        for before in remembered[docname]:
            if before not in compared:
                compared[before] = _compared(env, before)
            found = compared[before]
            if found is None:
                yield docname, before.dependency.reason
                break
            now.append(found)
        else:
            remembered[docname] = now


def _compared(env: BuildEnvironment, before: Remembered) -> Remembered | None:
    """Return what to remember of a dependency from now on, or None if its answer is another one."""
    dependency = before.dependency
    try:
        if dependency.is_current(env, before.stamp):
            return before
        if dependency.is_same(env, before.answer):
            return before._replace(stamp=dependency.stamp(env))
    except DigestError:
        # the folder or the repository is gone
        return None
    return None


def setup(app: Sphinx) -> None:
    """Register the one listener that compares dependencies."""
    app.connect("env-get-outdated", outdated_documents)
