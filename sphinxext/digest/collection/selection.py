"""Select notes of a collection for directives and lists, and review a year in numbers and names.

The environment of a build has selections, so that this is loaded by each build, and what reads collections is not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING

from sphinxext.digest.collection.archives import Chain, Member
from sphinxext.digest.model import Countdown, Entry, Kind, Period, Success
from sphinxext.digest.settings.options import shows_number

if TYPE_CHECKING:
    from sphinxext.digest.collection.load import Collection


@dataclass(frozen=True)
class Selection:
    """A filter for notes: a note has to match every field that is not None.

    ``name`` is the identity or the slug of a fragment; ``since`` and ``until`` are days, both included; ``limit``
    keeps the newest.
    """

    kind: Kind | None = None
    period: Period | None = None
    name: str | None = None
    since: date | None = None
    until: date | None = None
    channel: str | None = None
    series: str | None = None
    week: str | None = None
    limit: int | None = None

    def entries(self, collection: Collection) -> tuple[Entry, ...]:
        """Return the selected notes, oldest first."""
        candidates = collection.entries if self.period is None else collection.entries_of(self.period)
        found = [entry for entry in candidates if self._holds(entry)]
        return tuple(found if self.limit is None else found[max(0, len(found) - self.limit) :])

    def _holds(self, entry: Entry) -> bool:
        note, day = entry.note, entry.moment.day
        return (
            (self.kind is None or entry.kind is self.kind)
            and (self.name is None or self.name in (entry.fragment.identity, entry.fragment.slug))
            and (self.since is None or day >= self.since)
            and (self.until is None or day <= self.until)
            and (self.channel is None or (isinstance(note, Success) and _same_channel(note.channel, self.channel)))
            and (self.series is None or (isinstance(note, Countdown) and note.series == self.series))
            and (self.week is None or (isinstance(note, Countdown) and note.week == self.week))
        )


def checksum(entries: tuple[Entry, ...], collection: Collection, hidden: Set[str] = frozenset()) -> bytes:
    """Return a checksum of everything that affects how these notes are rendered.

    That is their files, dates and order, the settings, the digests of the threads before and after them, and the page
    of the whole thread.

    :param hidden: the names of options without an effect.
    """
    values = vars(collection.settings).items()
    state = blake2b(repr([pair for pair in values if pair[0] not in hidden]).encode(), digest_size=16)
    for entry in entries:
        state.update(entry.fragment.checksum)
        state.update(f"{entry.fragment.path} {entry.anchor} {entry.moment}".encode())
        if isinstance(entry.note, Success) and "people" in collection.settings.archives:
            nicks = filter(None, (entry.note.nick, entry.note.thanks))
            state.update(" ".join(map(collection.people.page, nicks)).encode())
        links = collection.threads.get(entry.identity) if entry.kind is Kind.THREAD else None
        if links and "threads" in collection.settings.archives and (chain := collection.archives.thread_of(entry)):
            state.update(chain.page.encode())
        for number, other in enumerate((links.earlier, *links.later) if links else ()):
            if other is not None:
                state.update(f"{number} {other.anchor} {shown_digest(other, collection)}".encode())
    return state.digest()


def shown_digest(entry: Entry, collection: Collection) -> str:
    """Return what a link to the digest of a note depends on: its period, and its number if titles have that."""
    period = collection.calendar.period_of(entry.moment.day)
    return f"{period} {shown_number(period, collection)}"


def shown_number(period: Period, collection: Collection) -> str:
    """Return the number of a digest if titles of digests have that, so that it shows."""
    return str(collection.numbers.of(period)) if shows_number(collection.settings) else ""


def _same_channel(channel: str | None, wanted: str) -> bool:
    return channel is not None and channel.lstrip("#") == wanted.lstrip("#")


#: Name this many of the longest threads and the most thanked people, who need at least this many thanks.
_NAMED, _TIMES = 3, 2


@dataclass(frozen=True)
class Review:
    """A year in numbers and names.

    ``people`` told successes or were thanked; ``newcomers`` are those of them that no earlier year has, if there is an
    earlier one; ``thanked`` has the most thanked with how often they were.
    """

    counts: dict[Kind, int]
    people: int = 0
    newcomers: tuple[Member, ...] = ()
    longest: tuple[Chain, ...] = ()
    thanked: tuple[tuple[Member, int], ...] = ()


def review_of(collection: Collection, year: int) -> Review:
    """Return the review of a year, by the days of its notes."""
    archives = collection.archives
    counts = Counter(entry.kind for entry in collection.entries if entry.moment.day.year == year)
    present = [member for member in archives.people.values() if year in member.years]
    is_first = not any(entry.moment.day.year < year for entry in collection.of_kind(Kind.SUCCESS))
    newcomers = () if is_first else tuple(member for member in present if member.years[-1] == year)
    chains = [
        chain for chain in archives.threads.values() if any(part.moment.day.year == year for part in chain.parts)
    ]
    longest = sorted(chains, key=lambda chain: (-len(chain.parts), -chain.days, chain.page))[:_NAMED]
    thanks = [(member, len(member.within(year).thanks)) for member in present if member.thanks]
    thanked = sorted((pair for pair in thanks if pair[1] >= _TIMES), key=lambda pair: (-pair[1], pair[0].page))
    return Review(dict(counts), len(present), newcomers, tuple(longest), tuple(thanked[:_NAMED]))
