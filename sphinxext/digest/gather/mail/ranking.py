"""Rank threads by participants, length and novelty, and tell which ones the collection has."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from math import log2

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.fragments.write import identity_of
from sphinxext.digest.gather.importer.issue import bare_title, known_thread
from sphinxext.digest.gather.mail.header import Message
from sphinxext.digest.gather.mail.threads import MailThread, is_countdown, is_digest, split_subject
from sphinxext.digest.model import Entry, Kind


class Status(StrEnum):
    """The status of a thread in the collection. The values are shown in the table."""

    NEW = ""
    CONTINUES = "continues"
    """An earlier digest has it, and later messages are there."""
    SUMMARIZED = "summarized"
    """A note of the collection has it."""
    DRAFTED = "drafted"
    """There is a draft of it."""
    COUNTDOWN = "countdown"
    """It is the countdown to a release."""
    DIGEST = "digest"
    """It is a digest itself."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A thread with all that is said of it.

    ``messages`` are those that a summary is about: all of the thread, or if it ``continues`` an earlier one those
    since then. ``entry`` is the note or the draft that has the thread. ``tags`` are without the list's own. ``recent``
    is the share of the thread's messages that a summary is about and that are not older than what was asked for.
    """

    thread: MailThread
    title: str
    tags: tuple[str, ...]
    url: str | None
    identity: str
    status: Status
    messages: tuple[Message, ...]
    recent: float
    entry: Entry | None = None

    @property
    def participants(self) -> dict[str, int]:
        """The number of messages by sender, most messages first."""
        return participants_of(self.messages)

    @property
    def first(self) -> datetime | None:
        """The time of the first message, in UTC."""
        return min((message.sent for message in self.messages if message.sent), default=None)

    @property
    def last(self) -> datetime | None:
        """The time of the last message, in UTC."""
        return max((message.sent for message in self.messages if message.sent), default=None)

    @property
    def score(self) -> float:
        """The score of a thread: participants, length and novelty.

        It is ``(2 log2(1 + participants) + log2(1 + messages + likes)) * novelty``: a thread of twice as many people
        gains as much as one of four times as many messages. Novelty is the share of messages that are in no digest yet
        and not older than the first chosen day. Only forums count likes.
        """
        return self.rank if self.is_worthy or self.status is Status.DRAFTED else 0.0

    @property
    def rank(self) -> float:
        """The score of the thread, as it was before it was summarized."""
        people, length = len(self.participants), len(self.messages) + self.thread.likes
        return round((2 * log2(1 + people) + log2(1 + length)) * self.recent, 2)

    @property
    def is_worthy(self) -> bool:
        """True if it is to be drafted."""
        return self.status in (Status.NEW, Status.CONTINUES)

    @property
    def is_there(self) -> bool:
        """True if a fragment has the identity that a draft of it would have."""
        return self.entry is not None and self.entry.fragment.identity == self.identity


@dataclass(frozen=True, slots=True)
class ThreadOptions:
    """The user's choice of threads: ``since`` and ``until`` are days in UTC, both included; ``tags`` are case folded.

    ``chosen`` are beginnings of identities, or Message-IDs.
    """

    top: int | None = None
    min_messages: int = 1
    tags: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    chosen: tuple[str, ...] = ()


def participants_of(messages: Iterable[Message]) -> dict[str, int]:
    """Names to the numbers of their messages, most first. A name counts once, whatever its case."""
    names: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for message in messages:
        counts[names.setdefault(message.sender.casefold(), message.sender)] += 1
    return dict(counts.most_common())


class Known:
    """The threads that a collection has, notes and drafts."""

    def __init__(self, collection: Collection) -> None:
        self.calendar = collection.calendar
        self._identities = {entry.fragment.identity: entry for entry in (*collection.entries, *collection.drafts)}
        self._entries: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
        for entry in (*collection.entries, *collection.drafts):
            if entry.kind is Kind.THREAD:
                for name in _names_of(entry):
                    self._entries[name].append(entry)

    def notes_of(self, identity: str, title: str, url: str | None) -> list[Entry]:
        """Return the notes that have a thread, by identity, URL or title, oldest first."""
        names = [("identity", identity), ("title", bare_title(title))]
        if url:
            names.append(("url", _bare_url(url)))
        found = {id(entry): entry for name in names for entry in self._entries.get(name, ())}
        if not found and identity in self._identities:
            return [self._identities[identity]]
        return sorted(found.values(), key=lambda entry: entry.moment.day)

    def identity_of(self, thread: MailThread) -> str:
        """Return the identity of a thread: that of the message that it begins with.

        A draft may have been made when less of it was known; then it is that of the message that came first then.
        """
        if self._identities:
            for message in thread.messages:
                for one in (message.id, *message.references):
                    if (identity := identity_of("thread", one)) in self._identities:
                        return identity
        return identity_of("thread", thread.root)

    def draft(self, identity: str) -> Entry | None:
        """Return the fragment of an identity, whatever it has become."""
        return self._identities.get(identity)


def make_candidate(
    thread: MailThread, url: str | None, own_tags: frozenset[str], known: Known, options: ThreadOptions
) -> Candidate:
    """Find out what a thread is and what became of it.

    :param own_tags: the tags that lists put before all subjects, case folded.
    """
    subject = next((message.subject for message in thread.messages if split_subject(message.subject)[1]), "")
    tags, title = split_subject(subject)
    tags = tuple(dict.fromkeys(tag for tag in tags if tag.casefold() not in own_tags))
    identity = known.identity_of(thread)
    notes = known.notes_of(identity, title, url)
    status, entry, fresh = _status(thread, notes, known, title)
    if status is Status.CONTINUES and entry is not None:
        identity = _identity_after(identity, entry)
        if (drafted := known.draft(identity)) is not None:
            status, entry = Status.DRAFTED if drafted.fragment.draft else Status.SUMMARIZED, drafted
    elif entry is not None and any(_identity_after(identity, one) == entry.fragment.identity for one in notes):
        identity = entry.fragment.identity
    since = datetime.combine(options.since, time.min, UTC) if options.since else None
    messages = tuple(fresh) if status is Status.CONTINUES else thread.messages
    new = [one for one in messages if since is None or one.sent is None or one.sent >= since]
    recent = len(new) / len(thread.messages)
    return Candidate(thread, title or "(no subject)", tags, url, identity, status, messages, recent, entry)


def choose(candidates: Iterable[Candidate], options: ThreadOptions) -> list[Candidate]:
    """Return those candidates that a user wants, the best first."""
    found = [candidate for candidate in candidates if _is_wanted(candidate, options)]
    found.sort(key=lambda one: (-one.score, -(one.last or _NEVER).timestamp(), one.title, one.thread.root))
    return found[: options.top] if options.top else found


_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


def _is_wanted(candidate: Candidate, options: ThreadOptions) -> bool:
    if options.chosen:
        ids = {message.id for message in candidate.thread.messages}
        return any(one.strip("<>") in ids or candidate.identity.startswith(one.lower()) for one in options.chosen)
    last = candidate.last
    return (
        len(candidate.messages) >= options.min_messages
        and (not options.tags or any(tag.casefold() in options.tags for tag in candidate.tags))
        and (options.since is None or last is None or last.date() >= options.since)
    )


def cut(threads: Iterable[MailThread], until: date | None) -> list[MailThread]:
    """Return the threads as they were at the end of a day in UTC."""
    if until is None:
        return list(threads)
    end = datetime.combine(until, time.max, UTC)
    return [kept for thread in threads if (kept := thread.until(end)) is not None]


def _status(
    thread: MailThread, notes: Sequence[Entry], known: Known, title: str
) -> tuple[Status, Entry | None, list[Message]]:
    """Return the status of a thread, the note that proves it, and the messages that are in no digest yet.

    A thread goes on in a later digest than the one that has its latest note.
    """
    messages = list(thread.messages)
    if is_countdown(title):
        return Status.COUNTDOWN, None, messages
    if is_digest(title):
        return Status.DIGEST, None, messages
    if drafts := [entry for entry in notes if entry.fragment.draft]:
        return Status.DRAFTED, drafts[-1], messages
    if not notes:
        return Status.NEW, None, messages
    latest = notes[-1]
    if latest.kind is not Kind.THREAD:  # somebody made something else of the fragment
        return Status.SUMMARIZED, latest, messages
    end = known.calendar.period_of(latest.moment.day).end
    later = [message for message in messages if message.sent is not None and message.sent.date() > end]
    return (Status.CONTINUES if later else Status.SUMMARIZED), latest, later


def _identity_after(identity: str, entry: Entry) -> str:
    """Return the identity of the part of a thread that continues the one of an entry."""
    return identity_of("thread", identity, entry.fragment.identity)


def _names_of(entry: Entry) -> Iterator[tuple[str, str]]:
    """Return the keys that identify the thread of a note or of a draft."""
    thread = known_thread(entry)
    yield "identity", thread.identity
    if thread.url:
        yield "url", _bare_url(thread.url)
    # what is drafted may be another thread of the same title, such as last week's report
    if not entry.fragment.draft and (title := bare_title(thread.title)):
        yield "title", title


def _bare_url(url: str) -> str:
    """Return a URL without what may differ between two of the same page."""
    return re.sub(r"\Ahttps?://", "", url).rstrip("/")
