"""Registers of a collection: who told successes and whom they thank, where they were told, which threads go on.

Each person, channel, series, year and thread has a page; what it is called depends on its name alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from sphinxext.digest.model import Countdown, Entry, Success, ThreadLinks
from sphinxext.digest.model.period import Calendar

#: What the page with all the members of a register is called.
INDEX = "index"
#: With more notes than this a member has a page to each year.
MAX_NOTES = 100

_UNUSUAL = re.compile(r"[^a-z0-9._-]+|[._-]{2,}")
_LONGEST = 40
#: Names that would be those of other pages, and those that Windows has for devices.
_TAKEN = re.compile(r"index|(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?|.*-\d{4}|(?:.*-)?[0-9a-f]{12}")


@dataclass(frozen=True)
class Member:
    """Somebody or something that notes belong to.

    ``page`` is the last part of the name of its page, ``name`` what it is called, ``spellings`` are all the ways in
    which notes have that. ``notes`` are oldest first, and so are those that ``thank`` a person without being his own.
    """

    page: str
    name: str
    spellings: tuple[str, ...]
    notes: tuple[Entry, ...]
    thanks: tuple[Entry, ...] = ()

    @property
    def is_large(self) -> bool:
        """Whether there is a page to each year."""
        return len(self.notes) + len(self.thanks) > MAX_NOTES

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years that have notes, newest first."""
        return tuple(sorted({entry.moment.day.year for entry in (*self.notes, *self.thanks)}, reverse=True))

    def within(self, year: int) -> Member:
        """The same with the notes of one year."""
        notes, thanks = (
            tuple(entry for entry in entries if entry.moment.day.year == year) for entries in (self.notes, self.thanks)
        )
        return Member(self.page, self.name, self.spellings, notes, thanks)


@dataclass(frozen=True)
class Chain:
    """A thread that runs over several digests: its parts, oldest first. All others lead back to the first of them."""

    parts: tuple[Entry, ...]

    @property
    def page(self) -> str:
        """The last part of the name of its page, which survives edits and renames of all its parts."""
        return self.parts[0].identity

    @property
    def newest(self) -> Entry:
        """The last part."""
        return self.parts[-1]

    @property
    def days(self) -> int:
        """How many days lie between the first and the last part."""
        return (self.newest.moment.day - self.parts[0].moment.day).days


class Registers:
    """The registers of a collection, each made when it is first asked for.

    :param entries: the notes, oldest first.
    :param threads: the neighbours of threads, by identity.
    """

    def __init__(self, entries: Iterable[Entry], threads: dict[str, ThreadLinks], calendar: Calendar) -> None:
        self._entries = tuple(entries)
        self._threads = threads
        self._calendar = calendar

    def __getitem__(self, kind: str) -> dict[str, Member]:
        """The members of the register ``successes``, ``people``, ``channels`` or ``series``, by their pages."""
        members: dict[str, Member] = getattr(self, kind)
        return members

    @cached_property
    def successes(self) -> dict[str, Member]:
        """All successes by their years, newest first."""
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self._of(Success):
            found[f"{entry.moment.day.year:04}"].append(entry)
        return {year: Member(year, year, (year,), tuple(found[year])) for year in sorted(found, reverse=True)}

    @cached_property
    def people(self) -> dict[str, Member]:
        """The people who told successes, or are thanked in some, by name."""
        told, thanks = _Names(), _Names()
        for entry in self._of(Success):
            note = entry.note
            assert isinstance(note, Success)
            if note.nick:
                told.add(note.nick, entry)
            if note.thanks:
                # the name counts as one of theirs though the note is not
                told.spell(note.thanks)
                if not note.nick or folded(note.thanks) != folded(note.nick):
                    thanks.add(note.thanks, entry)
        return told.members(thanks)

    @cached_property
    def channels(self) -> dict[str, Member]:
        """The channels that successes were told in, by name."""
        found = _Names()
        for entry in self._of(Success):
            if isinstance(entry.note, Success) and entry.note.channel:
                found.add(entry.note.channel.lstrip("#") or entry.note.channel, entry)
        return found.members()

    @cached_property
    def series(self) -> dict[str, Member]:
        """The series that have countdowns, the one with the newest first."""
        found = _Names()
        for entry in self._of(Countdown):
            assert isinstance(entry.note, Countdown)
            found.add(entry.note.series, entry)
        members = sorted(found.members().items(), key=lambda item: item[1].notes[-1].key, reverse=True)
        return dict(members)

    @cached_property
    def threads(self) -> dict[str, Chain]:
        """The threads that run over several digests, by their pages, those with the newest parts first."""
        chains = [self._chain(links.later[0]) for links in self._threads.values() if links.later and not links.earlier]
        period_of = self._calendar.period_of
        several = [chain for chain in chains if len({period_of(part.moment.day) for part in chain.parts}) > 1]
        return {chain.page: chain for chain in sorted(several, key=lambda chain: chain.newest.key, reverse=True)}

    def thread_of(self, entry: Entry) -> Chain | None:
        """The thread that a summary is a part of, if that runs over several digests."""
        return self._threads_by_part.get(entry.identity)

    def pages(self, kinds: Iterable[str]) -> Iterator[str]:
        """The names of the pages of some registers, those with nobody in them left out."""
        for kind in kinds:
            members: dict[str, Member] | dict[str, Chain] = getattr(self, kind)
            if not members:
                continue
            yield f"{kind}/{INDEX}"
            for page, member in members.items():
                yield f"{kind}/{page}"
                if kind != "successes" and isinstance(member, Member) and member.is_large:
                    yield from (f"{kind}/{page}-{year:04}" for year in member.years)

    @cached_property
    def _threads_by_part(self) -> dict[str, Chain]:
        return {part.identity: chain for chain in self.threads.values() for part in chain.parts}

    def _chain(self, entry: Entry) -> Chain:
        """The whole of a thread, from a second part of it."""
        first = self._threads[entry.identity].earlier
        assert first is not None
        parts = [first]
        for part in parts:
            parts += self._threads[part.identity].later
        # parts of one day stay in the order in which they go on
        return Chain(tuple(sorted(parts, key=lambda part: part.moment.day)))

    def _of(self, note: type) -> Iterator[Entry]:
        return (entry for entry in self._entries if isinstance(entry.note, note))


class _Names:
    """Notes by names, which people write in several ways."""

    def __init__(self) -> None:
        self._notes: defaultdict[str, list[Entry]] = defaultdict(list)
        self._spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def spell(self, name: str) -> str:
        """Remember a way to write a name; returns the one that stands for all of them."""
        key = folded(name)
        self._spellings[key][name] += 1
        return key

    def add(self, name: str, entry: Entry) -> None:
        """Remember a note."""
        self._notes[self.spell(name)].append(entry)

    def members(self, thanks: _Names | None = None) -> dict[str, Member]:
        """A member to each name, by page, in the order of the names."""
        found: dict[str, Member] = {}
        for key in sorted(self._spellings):
            page, spellings = page_name(key), self._spellings[key]
            name = max(spellings, key=lambda spelling: (spellings[spelling], spelling))
            notes, thanked = self._notes.get(key, ()), thanks._notes.get(key, ()) if thanks else ()
            found.setdefault(page, Member(page, name, tuple(sorted(spellings)), tuple(notes), tuple(thanked)))
        return found


def folded(name: str) -> str:
    """What names have in common that differ by case alone, as nicks and channels of IRC do not."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def page_name(name: str) -> str:
    """The last part of the name of a page, for any name that somebody may give himself.

    A name that could stand for another one is followed by a mark of its own, so that no name ever depends on which
    others there are.
    """
    key = folded(name)
    slug = _UNUSUAL.sub("-", key)[:_LONGEST].strip("._-")
    if slug == key and not _TAKEN.fullmatch(key):
        return slug
    mark = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    return f"{slug}-{mark}" if slug else mark
