"""What the pages of archives ask of a collection."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from sphinxext.digest.extension.queries import HIDDEN
from sphinxext.digest.extension.store import store_of
from sphinxext.digest.model import Entry
from sphinxext.digest.registers import INDEX, Chain, Member
from sphinxext.digest.review import review_of
from sphinxext.digest.selection import checksum

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.collection import Collection

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
        store, settings = store_of(env), collection.settings
        around = f"{self.kinds(collection)} {store.list_of(settings)} {store.place_of(settings)}"
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
        place = store_of(env).place_of(collection.settings)
        return _of_notes(parts, collection) + f"{numbers} {place}".encode("utf-8", "surrogatepass")


def _of_notes(entries: Iterable[Entry], collection: Collection) -> bytes:
    found = tuple(entries)
    periods = [str(collection.calendar.period_of(entry.moment.day)) for entry in found]
    return checksum(found, collection, _HIDDEN) + repr(periods).encode()
