"""Load a collection: the notes of a folder with their dates, order, and threads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from sphinxext.digest.collection.archives import Archives
from sphinxext.digest.collection.numbers import Numbers, contradictions, count_digests, find_anchors
from sphinxext.digest.collection.people import People, read_people
from sphinxext.digest.fragments.folder import FolderReading, read_folder
from sphinxext.digest.model import (
    Countdown,
    Entry,
    EventNote,
    Fragment,
    Kind,
    Moment,
    Period,
    Schedule,
    Thread,
    ThreadLinks,
    Week,
    week_number,
)
from sphinxext.digest.model.period import Calendar, PeriodError, today
from sphinxext.digest.model.period_words import WeekDays, no_weeks, read_period
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.first_merge import FirstMerges, first_merges
from sphinxext.digest.settings.options import Settings


@dataclass(frozen=True)
class Collection:
    """All notes of a folder, oldest first, and the calendar that gives them to digests.

    ``threads`` has the links of each thread that has any, by the identity of its entry. ``drafts`` are unfinished;
    they are among ``entries`` only if the settings say so. ``remarks`` are problems of other projects' notes, which
    cannot be fixed here.
    """

    settings: Settings
    calendar: Calendar
    entries: tuple[Entry, ...] = ()
    threads: dict[str, ThreadLinks] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    drafts: tuple[Entry, ...] = ()
    remarks: tuple[Problem, ...] = ()
    people: People = field(default_factory=People)

    @cached_property
    def digests(self) -> dict[Period, tuple[Entry, ...]]:
        """The periods that have notes, oldest first, each with its notes."""
        found: defaultdict[Period, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            found[self.calendar.period_of(entry.moment.day)].append(entry)
        return {period: tuple(found[period]) for period in sorted(found, key=lambda period: period.end)}

    @cached_property
    def numbers(self) -> Numbers:
        """The numbers of the digests."""
        return count_digests(self.digests, find_anchors(self.entries, self.calendar))

    @cached_property
    def spans(self) -> dict[str, tuple[Period, ...]]:
        """The periods of the digests, newest first, by the year (``2015``) and the month (``2015-12``) they end in."""
        found: defaultdict[str, list[Period]] = defaultdict(list)
        for period in reversed(self.digests):
            for span in (period.name[:4], period.name[:7]):
                found[span].append(period)
        return {span: tuple(periods) for span, periods in found.items()}

    @cached_property
    def archives(self) -> Archives:
        """The notes by person, channel, series, year and thread, for archive pages."""
        return Archives(self.entries, self.threads, self.calendar, self.people)

    def entries_of(self, period: Period) -> tuple[Entry, ...]:
        """Return the notes of a period: those of its digest if the calendar has it, else those of its days."""
        if period in self.digests and period not in self.calendar.intervals:
            return self.digests[period]
        return tuple(entry for entry in self.entries if entry.moment.day in period)

    def events_of(self, period: Period) -> tuple[Entry, ...]:
        """Return the events that the digest of a period shows, by their start.

        These are its own, and those of earlier digests that are not over before the period begins.
        """
        own = {id(entry) for entry in self.entries_of(period) if entry.kind is Kind.EVENT}
        return by_start(
            entry
            for entry in self.of_kind(Kind.EVENT)
            if id(entry) in own or (entry.moment.day < period.start and _last_day(entry) >= period.start)
        )

    def upcoming_events(self, day: date) -> tuple[Entry, ...]:
        """Return the events that were announced by a day and are not over on it, by their start."""
        return by_start(entry for entry in self.of_kind(Kind.EVENT) if entry.moment.day <= day <= _last_day(entry))

    @property
    def uses_history(self) -> bool:
        """Return True if a note takes its day from git, or would if it could."""
        return any(problem.code is Code.NO_DATE for problem in self.problems) or any(
            entry.note.date is None and entry.fragment.date is None for entry in self.entries
        )

    def with_intervals(self, intervals: Iterable[Period]) -> Collection:
        """Return the collection with more intervals in its calendar."""
        return replace(self, calendar=self.calendar.with_intervals(intervals))

    def period(self, text: str, day: date | None = None, week: WeekDays = no_weeks) -> Period:
        """Return the period that a text names; see :func:`~sphinxext.digest.model.period_words.read_period`.

        :param day: the day that relative words count from; by default today.
        :raises PeriodError: if the text is not a valid period, or the latest digest is asked for and there is none.
        """
        return read_period(text, self.calendar, day or today(), self._latest, week)

    def _latest(self) -> Period:
        if not self.digests:
            raise PeriodError("there is no latest digest: the collection has no notes")
        return next(reversed(self.digests))

    def of_kind(self, kind: Kind) -> Iterator[Entry]:
        """Yield the notes of a kind, oldest first."""
        return (entry for entry in self.entries if entry.kind is kind)

    def countdown_of(self, schedule: Schedule, week: Week) -> Entry | None:
        """Return the countdown for a week of a schedule, the latest one if there are several."""
        series, found = schedule.series.casefold(), None
        for entry in self.of_kind(Kind.COUNTDOWN):
            note = entry.note
            assert isinstance(note, Countdown)
            if note.series.casefold() == series and week_number(note.week or "") == week.to_release:
                found = entry
        return found

    def find(self, name: str) -> list[Entry]:
        """Find the notes of fragments with this identity or slug."""
        return [entry for entry in self.entries if name in (entry.fragment.identity, entry.fragment.slug)]


def by_start(events: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return events by the day that they begin on; those of one day by time, days without a time first."""

    def key(entry: Entry) -> tuple[object, ...]:
        assert isinstance(entry.note, EventNote)
        start = entry.note.start
        return (start.day, start.time.timestamp() if start.time else 0, *entry.key)

    return tuple(sorted(events, key=key))


def _last_day(entry: Entry) -> date:
    assert isinstance(entry.note, EventNote)
    return entry.note.last_day


def load_collection(root: Path, settings: Settings, others: Iterable[Fragment] = ()) -> Collection:
    """Load the fragments of a collection.

    :param root: the root folder of the project.
    :param others: fragments of other projects, as in :func:`place_fragments`.
    """
    return place_fragments(root, settings, read_folder(root, settings.fragments), others)


def place_fragments(
    root: Path, settings: Settings, reading: FolderReading, others: Iterable[Fragment] = ()
) -> Collection:
    """Build a collection from fragments: give their notes moments, order and links.

    :param others: fragments of other projects, with unique identities. One of the project's own with the same identity
        replaces it.
    """
    problems = list(reading.problems)
    people = read_people(root, settings.fragments, problems)
    fragments = _unique(reading.fragments, problems)
    own = {fragment.identity for fragment in fragments}
    fragments += [fragment for fragment in others if fragment.identity not in own]
    placed = sorted(_entries(root, settings, fragments, problems), key=lambda entry: entry.key)
    entries = [entry for entry in placed if settings.drafts or not entry.fragment.draft]
    drafts = tuple(entry for entry in placed if entry.fragment.draft)
    threads = _connect([entry for entry in entries if entry.kind is Kind.THREAD], problems)
    problems += contradictions(find_anchors(entries, settings.calendar))
    theirs = {fragment.path for fragment in fragments if fragment.project is not None}
    remarks = tuple(sorted(problem for problem in problems if problem.path in theirs))
    problems = sorted(problem for problem in problems if problem.path not in theirs)
    return Collection(settings, settings.calendar, tuple(entries), threads, tuple(problems), drafts, remarks, people)


def _unique(fragments: Iterable[Fragment], problems: list[Problem]) -> list[Fragment]:
    seen: dict[str, Fragment] = {}
    for fragment in fragments:
        first = seen.setdefault(fragment.identity, fragment)
        if first is not fragment:
            message = f"{first.path} has the same identity, {fragment.identity}: give one of them another"
            problems.append(Problem(fragment.path, 0, 0, Code.DUPLICATE_IDENTITY, message))
    return list(seen.values())


def _entries(root: Path, settings: Settings, fragments: list[Fragment], problems: list[Problem]) -> list[Entry]:
    entries = []
    merges: FirstMerges | None = None
    for fragment in fragments:
        undated = None
        for note in fragment.notes:
            moment = note.date or fragment.date
            if moment is None:
                merges = merges or first_merges(root, settings.fragments)
                day = merges.days.get(fragment.identity)
                if day is None:
                    undated = undated or note
                    continue
                moment = Moment(day)
            entries.append(Entry(fragment, note, moment))
        if undated is not None and merges is not None:
            place = undated.place
            message = f"the note has no date, nor has the fragment, and {merges.reason}: add 'date: YYYY-MM-DD'"
            problems.append(Problem(fragment.path, place.line, place.column, Code.NO_DATE, message))
    return entries


def _connect(threads: list[Entry], problems: list[Problem]) -> dict[str, ThreadLinks]:
    """Find the thread that each thread continues, and turn the links around."""
    known: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in threads:
        for name in {entry.fragment.identity, entry.fragment.slug}:
            known[name].append(entry)
    earlier: dict[str, Entry] = {}
    later: defaultdict[str, list[Entry]] = defaultdict(list)
    beginnings: dict[str, str] = {}
    for entry in threads:
        found = _earlier(entry, known, beginnings, problems)
        if found is not None:
            earlier[entry.identity] = found
            later[found.identity].append(entry)
            beginnings[entry.identity] = found.identity
    return {name: ThreadLinks(earlier.get(name), tuple(later.get(name, ()))) for name in {**earlier, **later}}


def _earlier(
    entry: Entry, known: dict[str, list[Entry]], beginnings: dict[str, str], problems: list[Problem]
) -> Entry | None:
    note = entry.note
    if not isinstance(note, Thread) or note.continues is None:
        return None
    candidates = [other for other in known.get(note.continues, ()) if other is not entry]
    if len(candidates) > 1:
        same = [other for other in candidates if other.note.label == note.label]
        candidates = same if len(same) == 1 else candidates
    place = note.continues_place or note.place
    if not candidates and note.continues in known:
        code, message = Code.UNKNOWN_THREAD, "a thread cannot continue itself"
    elif not candidates:
        code, message = Code.UNKNOWN_THREAD, f"there is no fragment '{note.continues}' with a thread"
    elif len(candidates) > 1:
        code, message = Code.AMBIGUOUS_THREAD, f"'{note.continues}' names several threads, not one with the same title"
    elif candidates[0].moment.is_after(entry.moment):
        code, message = Code.THREAD_ORDER, f"the thread of '{note.continues}' is later, not earlier"
    elif _beginning(candidates[0].identity, beginnings) == entry.identity:
        code, message = Code.THREAD_ORDER, f"the thread of '{note.continues}' continues this one in turn"
    else:
        return candidates[0]
    problems.append(Problem(entry.fragment.path, place.line, place.column, code, message))
    return None


def _beginning(name: str, beginnings: dict[str, str]) -> str:
    """Find the first part of a thread, as far as its parts are connected.

    :param beginnings: earlier parts by later ones. Paths are compressed, as a thread may have many thousand parts.
    """
    while (earlier := beginnings.get(name)) is not None:
        beginnings[name] = beginnings.get(earlier, earlier)
        name = beginnings[name]
    return name
