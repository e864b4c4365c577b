"""What a page asks of a collection. A page is read again when the answer to one of its questions changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from sphinxext.digest.compose import digest_title
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.model import Entry, Kind, Period
from sphinxext.digest.periods import PeriodError
from sphinxext.digest.selection import Selection, checksum

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.collection import Collection


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
        store, calendar = store_of(env), collection.calendar
        try:
            entries = self.entries(collection, store.today)
            # the same notes can be those of another period, as when the latest digest gets shorter
            period = None if self.period is None else collection.period(self.period)
        except PeriodError as error:
            return str(error).encode()
        digests = [str(calendar.period_of(entry.moment.day)) for entry in entries] if self.names_digests else ()
        around = f"{period} {digests} {store.place_of(collection.settings)}"
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
        store, settings = store_of(env), collection.settings
        state = blake2b(f"{settings.pages} {settings.automatic}".encode(), digest_size=16)
        for period, entries in self.digests(collection):
            kinds = sorted(entry.kind.value for entry in entries)
            page = store.page_of(settings, period)
            line = f"{period} {digest_title(period, settings)} {kinds} {page} {page in env.found_docs}"
            state.update(line.encode())
        return state.digest()
