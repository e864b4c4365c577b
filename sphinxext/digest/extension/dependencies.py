"""What a page asks of a collection. A page is read again when the answer to one of its questions changes.

What the pages of archives ask of a collection.

Which pages have to be read again.

Lookups that come before a question to a collection: which collection, which pages, which repository.

Their answers are cheap, so they are compared in every build. Like any other answer, a failure is remembered: a page
that asked for a folder, a setting or a repository that was missing or broken is read again when there is one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from sphinxext.digest.collection.archives import INDEX, Chain, Member
from sphinxext.digest.collection.compose import digest_title
from sphinxext.digest.collection.selection import Selection, checksum, review_of
from sphinxext.digest.extension.domain import DigestDomain, build_state_of
from sphinxext.digest.model import Entry, Kind, Period
from sphinxext.digest.model.period import PeriodError
from sphinxext.digest.problems import DigestError

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.collection.load import Collection


#: The options that show on no page, or that other parts of a checksum tell: the list's title is that of its source, a
#: calendar shows by the periods that it makes, and where a schedule is linked to is a question to the schedule.
HIDDEN = frozenset({
    "automatic", "collection_title", "base_url", "sources", "schedule_url",
    "period", "week_start", "anchor", "intervals", "publish", "feed_limit", "feeds",
    "joint", "joint_cache_limit", "joint_since", "joint_timeout",
})  # fmt: skip
_OF_DIGESTS = frozenset({"sections", "groups", "empty_group", "success_heading", "references", "schedules"})
_OF_SUCCESSES = frozenset({"success_closing", "success_url"})
#: The options that do not show, by the kind of notes that are on a page; a digest has all kinds.
_HIDDEN_FOR = {
    None: HIDDEN,
    Kind.SUCCESS: HIDDEN | _OF_DIGESTS | {"title"},
    Kind.THREAD: HIDDEN | _OF_DIGESTS | _OF_SUCCESSES,
    Kind.COUNTDOWN: HIDDEN | _OF_DIGESTS | _OF_SUCCESSES | {"title", "pages", "archives"},
}


class Query(Protocol):
    """A question to the collection whose fragments are in ``folder``."""

    @property
    def folder(self) -> str:
        """The folder of the fragments, as the settings have it."""

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """A value that changes with anything that shows."""


@dataclass(frozen=True)
class NotesQuery:
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
        build, calendar = build_state_of(env), collection.calendar
        try:
            entries = self.entries(collection, build.today)
            # the same notes can be those of another period, as when the latest digest gets shorter
            period = None if self.period is None else collection.period(self.period)
        except PeriodError as error:
            return str(error).encode()
        digests = [str(calendar.period_of(entry.moment.day)) for entry in entries] if self.names_digests else ()
        around = f"{period} {digests} {build.place_of(collection.settings)}"
        return checksum(entries, collection, _HIDDEN_FOR[self.selection.kind]) + around.encode()


@dataclass(frozen=True)
class ListingQuery:
    """A question for the digests of a collection, of a year (``2015``), or of a month (``2015-12``)."""

    folder: str
    span: str = ""

    def digests(self, collection: Collection) -> list[tuple[Period, tuple[Entry, ...]]]:
        """The digests with their notes, newest first."""
        periods = collection.spans.get(self.span, ()) if self.span else reversed(collection.digests)
        return [(period, collection.digests[period]) for period in periods]

    def checksum(self, collection: Collection, env: BuildEnvironment) -> bytes:
        """A value that changes with anything that shows."""
        build, settings = build_state_of(env), collection.settings
        state = blake2b(f"{settings.pages} {settings.automatic}".encode(), digest_size=16)
        for period, entries in self.digests(collection):
            kinds = sorted(entry.kind.value for entry in entries)
            page = build.page_of(settings, period)
            line = f"{period} {digest_title(period, settings)} {kinds} {page} {page in env.found_docs}"
            state.update(line.encode())
        return state.digest()


_OF_YEAR = re.compile(r"(.*)-(\d{4})")
_HIDDEN = HIDDEN - {"collection_title"}


@dataclass(frozen=True)
class ArchiveQuery:
    """A question for a page of an archive, by the parts of its name: ``people`` and ``ttx``, ``index``, ``ttx-2015``.

    Without a ``kind`` it is one for the archives that there are, which all of them answer with.
    """

    folder: str
    kind: str = ""
    page: str = INDEX

    def kinds(self, collection: Collection) -> list[str]:
        """The archives that have pages."""
        return [kind for kind in collection.settings.archives if getattr(collection.registers, kind)]

    def chain(self, collection: Collection) -> Chain | None:
        """The thread that a page is about."""
        return collection.registers.threads.get(self.page)

    def member(self, collection: Collection) -> Member | None:
        """The person, channel, series or year that a page is about, with all notes or those of a year."""
        members = collection.registers[self.kind]
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
            chains = [chain] if chain else collection.registers.threads.values() if self.page == INDEX else ()
            return _of_notes((part for one in chains for part in one.parts), collection)
        if self.page == INDEX:
            members = collection.registers[self.kind].values()
            counts = [(one.page, one.spellings, one.name, len(one.notes), len(one.thanks)) for one in members]
            return repr(counts).encode("utf-8", "surrogatepass") + _of_notes((), collection)
        member = self.member(collection)
        if member is None:
            return b""
        about = f"{member.name!r} {member.spellings} {[len(member.within(year).notes) for year in member.years]}"
        is_list = member.is_large and self.kind != "successes" and self.year is None
        notes = _of_notes(() if is_list else (*member.notes, *member.thanks), collection)
        return f"{about} {len(member.notes)}".encode("utf-8", "surrogatepass") + notes


@dataclass(frozen=True)
class ReviewQuery:
    """A question for the review of a year."""

    folder: str
    year: int

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
    periods = [str(collection.calendar.period_of(entry.moment.day)) for entry in found]
    return checksum(found, collection, _HIDDEN) + repr(periods).encode()


class Lookup(Protocol):
    """A dependency of a page whose answer is cheap."""

    def answer(self, env: BuildEnvironment) -> object:
        """Return the answer, also where it is a failure. Nothing is raised."""


@dataclass(frozen=True)
class CollectionLookup:
    """The collection of a directive; ``folder`` is its option ``fragments``, None for the project's own collection."""

    folder: str | None

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
class MissingPages:
    """Pages that a list of digests would link to if the project had them."""

    docnames: frozenset[str]

    def answer(self, env: BuildEnvironment) -> object:
        """Return the names of those that exist."""
        return self.docnames & env.found_docs


@dataclass(frozen=True)
class RepositoryLookup:
    """The repository of release notes; see :func:`~sphinxext.digest.extension.releases.find_repository`."""

    folder: str | None
    notes: str

    def answer(self, env: BuildEnvironment) -> object:
        """Return the path of the repository, or None."""
        from sphinxext.digest.extension.releases import find_repository

        root = find_repository(env, self.folder, self.notes)
        return None if root is None else str(root)


def remember_lookup(env: BuildEnvironment, lookup: Lookup) -> None:
    """Remember a lookup of the page that is being read, so that it is read again when the answer changes."""
    DigestDomain.of(env).note_lookup(env.docname, lookup, lookup.answer(env))


def outdated_documents(
    _app: Sphinx, env: BuildEnvironment, added: Set[str], changed: Set[str], removed: Set[str]
) -> Iterable[str]:
    """The documents for whose questions the collections have other answers than when they were read.

    Those that have another file now are among them, those that have lost a page of their toctree, and those for which
    a lookup has another answer.
    """
    build = build_state_of(env)
    queries: dict[str, list[tuple[Query, bytes]]] = DigestDomain.of(env).data["queries"]
    known = added | changed | removed
    # first, since nothing can be asked of a collection that is gone
    build.outdated = frozenset(_with_other_lookups(env, known))
    outdated = [
        docname
        for docname, asked in queries.items()
        if docname not in known | build.outdated and any(_has_changed(env, *pair) for pair in asked)
    ]
    # a toctree without one of its pages, such as the list of digests when another page takes its place
    parents = [docname for docname, children in env.toctree_includes.items() if not removed.isdisjoint(children)]
    return [*outdated, *build.outdated, *({*build.replaced, *parents} - known)]


def _with_other_lookups(env: BuildEnvironment, known: Set[str]) -> Iterable[str]:
    """Return the documents for which a lookup has another answer now."""
    lookups: dict[str, list[tuple[Lookup, object]]] = DigestDomain.of(env).data["lookups"]
    # most pages look up the same
    answers = {lookup: lookup.answer(env) for made in lookups.values() for lookup, _before in made}
    return (
        docname
        for docname, made in lookups.items()
        if docname not in known and any(answers[lookup] != before for lookup, before in made)
    )


def _has_changed(env: BuildEnvironment, query: Query, before: bytes) -> bool:
    build = build_state_of(env)
    settings = build.settings_for(query.folder)
    current = isinstance(query, NotesQuery) and query.current
    if build.is_current(settings) and not current:
        return False
    return query.checksum(build.collection(settings), env) != before
