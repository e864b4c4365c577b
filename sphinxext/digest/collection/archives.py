"""Archives of a collection: its notes by year, person, channel, series and thread.

Each of them has an archive page, whose name depends on nothing else in the collection.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from sphinxext.digest.collection.people import People, Person, folded, page_name
from sphinxext.digest.model import Countdown, Entry, Story, Success, Thread, ThreadLinks
from sphinxext.digest.model.period import Calendar
from sphinxext.digest.text import natural_key

#: The name of the page that lists all members of an archive.
INDEX = "index"
#: A member with more notes than this has a page for each year.
MAX_NOTES = 100


@dataclass(frozen=True)
class Member:
    """A person, channel, series or year with its notes.

    ``page`` is the last part of its page's name; ``name`` is the most frequent of all ``spellings``. ``notes`` and
    ``thanks``, which are notes by others that thank this person, are oldest first. ``person`` is what ``people.yaml``
    has of them.
    """

    page: str
    name: str
    spellings: tuple[str, ...]
    notes: tuple[Entry, ...]
    thanks: tuple[Entry, ...] = ()
    #: The stories that this person wrote, and the threads that they took part in.
    others: tuple[Entry, ...] = ()
    person: Person | None = None

    @property
    def given(self) -> tuple[Entry, ...]:
        """The notes in which this person thanks somebody else."""
        return tuple(
            entry for entry in self.notes if isinstance(entry.note, Success) and entry.note.nick and entry.note.thanks
        )

    @property
    def is_large(self) -> bool:
        """Return True if there is a page for each year."""
        return len(self.notes) + len(self.thanks) > MAX_NOTES

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The years that have notes, newest first."""
        return tuple(sorted({entry.moment.day.year for entry in (*self.notes, *self.thanks)}, reverse=True))

    def within(self, year: int) -> Member:
        """Return the member with the notes of one year only."""
        notes, thanks = (
            tuple(entry for entry in entries if entry.moment.day.year == year) for entries in (self.notes, self.thanks)
        )
        return replace(self, notes=notes, thanks=thanks)


@dataclass(frozen=True)
class Chain:
    """A thread that runs over several digests: its parts, oldest first."""

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
        """The number of days between the first and the last part."""
        return (self.newest.moment.day - self.parts[0].moment.day).days


class Archives:
    """The archives of a collection, each built when it is first used.

    :param entries: the notes, oldest first.
    :param threads: the links of threads, by identity.
    :param known: the people that the project has told of.
    """

    def __init__(
        self,
        entries: Iterable[Entry],
        threads: dict[str, ThreadLinks],
        calendar: Calendar,
        known: People | None = None,
    ) -> None:
        self._entries = tuple(entries)
        self._threads = threads
        self._calendar = calendar
        self.known = known or People()

    def __getitem__(self, kind: str) -> dict[str, Member]:
        """Return the members of the archive ``successes``, ``people``, ``channels`` or ``series``, by page."""
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
        told, thanks = _Names(self.known.key), _Names(self.known.key)
        for entry in self._of(Success):
            note = entry.note
            assert isinstance(note, Success)
            if note.nick:
                told.add(note.nick, entry)
            if note.thanks:
                # the name counts as one of theirs though the note is not
                told.spell(note.thanks)
                if not note.nick or self.known.key(note.thanks) != self.known.key(note.nick):
                    thanks.add(note.thanks, entry)
        return {page: self._with_person(member) for page, member in told.members(thanks).items()}

    def _with_person(self, member: Member) -> Member:
        """Add what ``people.yaml`` has of somebody, and what they wrote or took part in."""
        person = self.known.find(member.name)
        names = (person.nick, person.name, *person.aliases) if person else ()
        nicks = [folded(nick) for nick in (*member.spellings, *names) if nick]
        found = {entry.anchor: entry for nick in dict.fromkeys(nicks) for entry in self._others.get(nick, ())}
        others = tuple(sorted(found.values(), key=lambda entry: entry.key))
        return replace(member, name=self.known.name(member.name), person=person, others=others)

    @cached_property
    def _others(self) -> dict[str, list[Entry]]:
        """The stories and threads by the names of their authors and participants."""
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self._entries:
            note = entry.note
            if isinstance(note, Story) and note.author:
                found[folded(note.author)].append(entry)
            elif isinstance(note, Thread) and note.participants:
                for name, _number in note.participants.counts:
                    found[folded(name)].append(entry)
        return found

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
        """Return the thread that a note is a part of, if it runs over several digests."""
        return self._threads_by_part.get(entry.identity)

    def pages(self, kinds: Iterable[str]) -> Iterator[str]:
        """Yield the names of the pages of some archives, without empty archives."""
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
        """Return a whole thread, given its second part."""
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
    """Notes grouped by a name with several spellings."""

    def __init__(self, key: Callable[[str], str] = folded) -> None:
        self._key = key
        self._notes: defaultdict[str, list[Entry]] = defaultdict(list)
        self._spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def spell(self, name: str) -> str:
        """Count a spelling of a name, and return the key of the name."""
        key = self._key(name)
        self._spellings[key][name] += 1
        return key

    def add(self, name: str, entry: Entry) -> None:
        """Add a note to a name."""
        self._notes[self.spell(name)].append(entry)

    def members(self, thanks: _Names | None = None) -> dict[str, Member]:
        """Return a member for each name, by page, sorted by name."""
        found: dict[str, Member] = {}
        for key in sorted(self._spellings, key=natural_key):
            page, spellings = page_name(key), self._spellings[key]
            name = max(spellings, key=lambda spelling: (spellings[spelling], spelling))
            notes, thanked = self._notes.get(key, ()), thanks._notes.get(key, ()) if thanks else ()
            found.setdefault(page, Member(page, name, tuple(sorted(spellings)), tuple(notes), tuple(thanked)))
        return found
