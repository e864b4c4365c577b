"""What a page asks of a collection. A page is read again when the answer to one of its questions changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

from sphinxext.digest.compose import digest_title
from sphinxext.digest.model import Entry, Period
from sphinxext.digest.periods import PeriodError
from sphinxext.digest.selection import Selection, checksum

if TYPE_CHECKING:
    from sphinxext.digest.collection import Collection


class Query(Protocol):
    """A question to the collection whose fragments are in ``folder``."""

    @property
    def folder(self) -> str:
        """The folder of the fragments, as the settings have it."""

    def checksum(self, collection: Collection, today: date) -> bytes:
        """A value that changes with anything that shows."""


@dataclass(frozen=True)
class NotesQuery:
    """A question for notes.

    ``period`` is as the user wrote it, since ``latest`` and the day of a digest change their meaning with the
    collection; with ``current`` notes of days to come are left out.
    """

    folder: str
    selection: Selection
    period: str | None = None
    current: bool = False

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

    def checksum(self, collection: Collection, today: date) -> bytes:
        """A value that changes with anything that shows."""
        try:
            return checksum(self.entries(collection, today), collection)
        except PeriodError as error:
            return str(error).encode()


@dataclass(frozen=True)
class ListingQuery:
    """A question for the digests of a collection, of a year (``2015``), or of a month (``2015-12``)."""

    folder: str
    span: str = ""

    def digests(self, collection: Collection) -> list[tuple[Period, tuple[Entry, ...]]]:
        """The digests with their notes, newest first."""
        periods = collection.spans.get(self.span, ()) if self.span else reversed(collection.digests)
        return [(period, collection.digests[period]) for period in periods]

    def checksum(self, collection: Collection, _today: date) -> bytes:
        """A value that changes with anything that shows."""
        state = blake2b(digest_size=16)
        for period, entries in self.digests(collection):
            kinds = sorted(entry.kind.value for entry in entries)
            state.update(f"{period} {digest_title(period, collection.settings)} {kinds}".encode())
        return state.digest()
