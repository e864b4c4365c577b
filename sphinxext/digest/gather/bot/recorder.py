"""Record what channels say: journal entries of successes and thanks, then the journal, the repository and the remote.

Each stage repeats its work until it succeeds.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar
from urllib.parse import quote

from sphinxext.digest.collection.people import People
from sphinxext.digest.collection.retold import RETOLD, same_words
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import Draft
from sphinxext.digest.gather.bot.journal import REMEMBERED, Journal, JournalEntry
from sphinxext.digest.gather.bot.repository import Repository
from sphinxext.digest.gather.irc import WINDOW, Command, Listener, TrackedCommand, draft_success, parse
from sphinxext.digest.net.irc.protocol import Backoff
from sphinxext.digest.release.git import GitError

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds before the second attempt of a stage, and the most there are between two.
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
#: Seconds in which successes come together to one commit.
GATHERED = 0.5
#: The most successes in one commit.
MOST_IN_COMMIT = 200
#: The most successes that wait in memory while the journal cannot be written.
MOST_WAITING = 10_000
#: Seconds for all stages to end. No commit begins in the last seconds of them, and git is killed in the very last.
TIME_TO_END, TIME_TO_PUSH, TIME_TO_DIE = 3.0, 1.5, 0.5


class Stage(Generic[T]):
    """Work on things that come one by one and are done together; after a failure they are done again, later.

    :param name: what the log calls it.
    :param work: called in a thread with what waits.
    :param after: called with what was done.
    :param gather: how many seconds to wait for more.
    :param most: how many things are done together; all that wait without it.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Sequence[T]], None],
        after: Callable[[Sequence[T]], None],
        gather: float = 0.0,
        most: int | None = None,
    ) -> None:
        self.waiting: list[T] = []
        self.ended = asyncio.Event()
        self._name = name
        self._work = work
        self._after = after
        self._gather = gather
        self._most = most
        self._end = 0.0
        self._some = asyncio.Event()
        self._closing = asyncio.Event()
        self._backoff = Backoff(FIRST_WAIT, LONGEST_WAIT)

    def add(self, *things: T) -> None:
        """Let things wait for their work."""
        self.waiting += things
        self._some.set()

    async def finish(self, end: float, limit: float) -> None:
        """Let :meth:`run` work on what waits until it fails, or until ``end``, and wait for that until ``limit``.

        Both are seconds of the loop's clock.
        """
        self._end = end
        self._closing.set()
        self._some.set()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(limit):
                await self.ended.wait()

    async def run(self) -> None:
        """Work until it is closed."""
        clock = asyncio.get_running_loop().time
        while not self._closing.is_set():
            await self._some.wait()
            if self._gather and (self._most is None or len(self.waiting) < self._most):
                await self._pause(self._gather)
            if not await self._attempt():
                await self._pause(self._backoff.next())
        while self.waiting and clock() < self._end and await self._attempt():
            continue
        self.ended.set()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    async def _attempt(self) -> bool:
        self._some.clear()
        batch = self.waiting[: self._most]
        if not batch:
            return True
        try:
            await asyncio.to_thread(self._work, batch)
        except (OSError, GitError) as error:
            self._some.set()
            place = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
            reason = f"{place}{getattr(error, 'strerror', None) or error}"
            logger.error("%s failed, to be repeated: %s (%d waiting)", self._name, reason, len(self.waiting))
            return False
        if self._backoff.failures:
            logger.info("%s works again", self._name)
        self._backoff.reset()
        del self.waiting[: len(batch)]
        if self.waiting:
            self._some.set()
        self._after(batch)
        return True


class Recorder:
    """Takes entries, calls back when they are safe in the journal, and brings them into the repository.

    :param recorded: called with the entries that were written to the journal.
    """

    def __init__(
        self, journal: Journal, repository: Repository, recorded: Callable[[Sequence[JournalEntry]], None]
    ) -> None:
        self._journal = journal
        self._repository = repository
        self._recorded = recorded
        self._journaling = Stage("writing the journal", journal.add, self._after_journal)
        self._keeping = Stage("committing", self._keep, self._after_commit, GATHERED, MOST_IN_COMMIT)
        self._publishing: Stage[None] = Stage("pushing", lambda _: repository.publish(), lambda _: None)
        # entries that may be committed already, and the paths of those that are
        self._unsure: Sequence[JournalEntry] = ()
        self._committed: set[str] = set()

    @property
    def is_full(self) -> bool:
        """Return True if too many entries wait for the journal."""
        return len(self._journaling.waiting) >= MOST_WAITING

    def add(self, entry: JournalEntry) -> None:
        """Record an entry."""
        self._journaling.add(entry)

    def replay(self, pending: Sequence[JournalEntry]) -> None:
        """Commit what the journal has pending at the start, and push what may not have been pushed."""
        self._unsure = list(pending)
        self._keeping.add(*pending)
        self._publish()

    async def run(self) -> None:
        """Work until :meth:`finish` is called."""
        await asyncio.gather(self._journaling.run(), self._keeping.run(), self._publishing.run())

    async def finish(self) -> bool:
        """Journal, commit and push as much as there is time for; return True if everything is in the journal.

        It takes no longer than :data:`TIME_TO_END`. Then git is killed, and the rest is committed at the next start.
        """
        end = asyncio.get_running_loop().time() + TIME_TO_END
        last = end - TIME_TO_DIE
        await self._journaling.finish(last, end)
        await self._keeping.finish(end - TIME_TO_PUSH, last)
        await self._publishing.finish(last, last)
        self._repository.stop()
        for stage in (self._keeping, self._publishing):
            await stage.finish(0, end)
        for entry in self._journaling.waiting:
            logger.error("not recorded: %s", _told(entry))
        if left := len(self._keeping.waiting):
            logger.warning("%d in the journal, to be committed at the next start", left)
        return not self._journaling.waiting

    @property
    def has_ended(self) -> bool:
        """Return True if no thread works for a stage any more."""
        return all(stage.ended.is_set() for stage in (self._journaling, self._keeping, self._publishing))

    def _after_journal(self, entries: Sequence[JournalEntry]) -> None:
        self._recorded(entries)
        self._keeping.add(*entries)

    def _keep(self, entries: Sequence[JournalEntry]) -> None:
        if self._unsure:
            self._committed |= self._repository.committed(self._unsure)
        self._unsure = entries  # as long as this has not come to its end
        commit = self._repository.keep(entries, self._committed)
        self._journal.note_committed(entries)
        self._unsure = ()
        if commit:
            logger.info("committed %d as %.12s", len(entries), commit)

    def _after_commit(self, entries: Sequence[JournalEntry]) -> None:
        self._publish()

    def _publish(self) -> None:
        if self._repository.target is not None:
            self._publishing.add(None)


def _told(entry: JournalEntry) -> str:
    """Return all of an entry on one line, for a person who has to record it by hand."""
    return json.dumps(asdict(entry))


#: The number of commands that are remembered before old ones are looked for.
_FEW = 1000
#: The most messages of Matrix whose edits are known; each has its entry in the journal as long as that remembers it.
_MOST_EVENTS = 20_000
#: The line of a fragment that makes it a draft.
_DRAFT = "draft: true\n"


@dataclass(frozen=True, slots=True)
class Origin:
    """The message on Matrix, by which a success is known when it is told of again, edited or removed.

    :param event: the room and the message: nobody removes messages of other rooms.
    """

    event: str
    sender: str
    room: str
    url: str = ""

    @property
    def scope(self) -> str:
        """The listeners' key: people of two servers may have one nick, and rooms one name."""
        return f"{self.room} {self.sender.partition(':')[2]}"


class SuccessTracker:
    """Knows which commands were recorded, and makes the journal entries of others by the rules of the log collector.

    :param known: entries of the journal.
    :param draft: whether fragments are drafts, which are published only after a person has completed them.
    :param log_url: a template for the line in the channel's log, with ``{channel}``, ``{date}`` and ``{time}``.
    :param people: who has several nicks.
    """

    def __init__(
        self, known: Iterable[JournalEntry], *, draft: bool = False, log_url: str = "", people: People | None = None
    ) -> None:
        self._draft = draft
        self._log_url = log_url
        self._people = people or People()
        # by key: how many times the same words were told on a day, and the entry of the last time
        self._latest: dict[str, tuple[int, JournalEntry]] = {}
        self._listeners: dict[str, Listener] = {}
        # by id() of the command, which is kept here so that no other object gets the same one
        self._recent: dict[int, tuple[TrackedCommand, JournalEntry]] = {}
        self._most_latest = self._most_recent = _FEW
        # by event: the last entry, and that of a message which tells again what was told elsewhere
        self._events: dict[str, JournalEntry] = {}
        self._copies: dict[str, JournalEntry] = {}
        # by person and words: the last entry
        self._said: dict[tuple[str, str], JournalEntry] = {}
        # by id(): commands of which others were recorded
        self._repeated: dict[int, TrackedCommand] = {}
        for entry in known:
            if not entry.before:
                self._remember(entry)
            self._note_event(entry)
            self._note_words(entry, entry.words)

    def hear(
        self,
        nick: str,
        channel: str,
        text: str,
        moment: datetime,
        origin: Origin | None = None,
        *,
        speaker: str = "",
    ) -> tuple[JournalEntry, bool] | None:
        """Return the entry of the command that a message gives or corrects, and whether it is new.

        None if it is no command, or one that was told elsewhere within a minute.

        :param moment: in any time zone.
        :param origin: of a message on Matrix; one that was recorded is not new, however often it comes.
        :param speaker: who may correct it; by default whoever has the nick, or on Matrix the sender.
        """
        moment = moment.astimezone(UTC)
        listener = self._listeners.setdefault(origin.scope if origin else channel, Listener(channel))
        one = listener.hear(nick, text, moment, speaker=origin.sender if origin else speaker)
        listener.heard.clear()
        if one is None or one.current is None:
            return None
        self._forget(moment)
        if (found := self._recent.get(id(one))) is not None:
            return self._corrected(one, *found)
        if self._is_copy(one, origin):
            return None
        if origin and (known := self._events.get(origin.event)) is not None:
            one.url = known.url or None
            self._recent[id(one)] = one, known
            return None if known.is_removal else (known, False)
        return self._new_entry(one, origin)

    def edit(self, event: str, sender: str, text: str) -> tuple[JournalEntry, bool] | None:
        """Return the entry of a success whose message was edited by its author, and whether it is new; else None.

        A text without a command takes it back.
        """
        last = self._events.get(event) or self._copies.get(event)
        if last is None or last.sender != sender or last.closed:
            return None
        command = parse(text)
        if command is None:
            return self._replaced(last, "")
        one = self._tracked(last, command)
        for tracked, entry in self._recent.values():
            if entry.identity == last.identity:
                tracked.current = command
        return self._replaced(last, self._draft_of(one).text)

    def take_back(self, event: str) -> tuple[JournalEntry, bool] | None:
        """Return the entry that takes the success of a message back, and whether it is new; else None."""
        last = self._events.get(event) or self._copies.get(event)
        return self._replaced(replace(last, closed=True), "") if last is not None else None

    def accept(self, event: str) -> tuple[JournalEntry, bool] | None:
        """Return the entry of a success that is no draft any more, and whether it is new; else None."""
        last = self._events.get(event) or self._copies.get(event)
        if last is None or last.is_removal:
            return None
        lines = last.text.splitlines(keepends=True)
        if _DRAFT in lines:
            lines.remove(_DRAFT)
        return self._replaced(last, "".join(lines))

    def knows(self, event: str) -> bool:
        """Return True if a message was recorded."""
        return event in self._events or event in self._copies

    def _replaced(self, last: JournalEntry, text: str) -> tuple[JournalEntry, bool]:
        if text == last.text:
            return last, False
        entry = replace(last, text=text, before=last.text)
        self._note(entry)
        for tracked, other in self._recent.values():
            if other.identity == last.identity:
                tracked.current = tracked.current if text else None
        return entry, True

    def _note(self, entry: JournalEntry) -> None:
        """Remember a correction wherever the entry is known."""
        self._note_event(entry)
        for key, (tracked, other) in self._recent.items():
            if other.identity == entry.identity:
                self._recent[key] = tracked, entry
        for said, other in self._said.items():
            if other.identity == entry.identity:
                self._said[said] = entry
        for known in (self._events, self._copies):
            for event, other in known.items():
                if other.identity == entry.identity:
                    known[event] = replace(entry, event=event, sender=other.sender)

    def _note_event(self, entry: JournalEntry) -> None:
        if entry.event and entry.event not in self._copies:
            _put(self._events, entry)

    def rename(self, before: str, after: str) -> None:
        """Let commands be corrected under a new nick."""
        for listener in self._listeners.values():
            listener.rename(before, after)

    def _forget(self, moment: datetime) -> None:
        """Forget old commands whenever as many as all the recent ones were added."""
        if len(self._recent) > self._most_recent:
            self._recent = {key: found for key, found in self._recent.items() if moment - found[0].changed <= WINDOW}
            self._most_recent = max(_FEW, 2 * len(self._recent))
            self._repeated = {key: one for key, one in self._repeated.items() if key in self._recent}
        if len(self._latest) > self._most_latest:
            self._latest = {key: last for key, last in self._latest.items() if moment - last[1].time <= REMEMBERED}
            self._most_latest = max(_FEW, 2 * len(self._latest))
            self._said = {key: last for key, last in self._said.items() if moment - last.time <= REMEMBERED}

    def _remember(self, entry: JournalEntry) -> None:
        self._latest[entry.key] = self._repeats(entry.key) + 1, entry

    def _note_words(self, entry: JournalEntry, words: str) -> None:
        if words:
            self._said[self._people.key(entry.nick), words] = entry

    def _is_copy(self, one: TrackedCommand, origin: Origin | None) -> bool:
        """Return True if the same person has told the same elsewhere within a minute.

        What corrects the copy, edits or removes it then counts for what was recorded.
        """
        known = self._said.get((self._people.key(one.nick), self._words(one.command)))
        if known is None or abs(one.moment - known.time) > RETOLD:
            return False
        if (known.event.partition(" ")[0] or known.channel) == (origin.room if origin else one.channel):
            return False
        tracked = next((tracked for tracked, last in self._recent.values() if last.identity == known.identity), None)
        self._recent[id(one)] = tracked or self._tracked(known, one.command), known
        self._repeated[id(one)] = one
        if origin is not None:
            _put(self._copies, replace(known, event=origin.event, sender=origin.sender))
        return True

    def _words(self, command: Command) -> str:
        return f"{command.kind} {same_words(command.text, map(self._people.key, command.recipients))}"

    @staticmethod
    def _tracked(entry: JournalEntry, command: Command) -> TrackedCommand:
        return TrackedCommand(entry.nick, entry.channel, entry.time, command, entry.url or None)

    def _repeats(self, key: str) -> int:
        return self._latest[key][0] if key in self._latest else 0

    def _new_entry(self, one: TrackedCommand, origin: Origin | None) -> tuple[JournalEntry, bool]:
        key = one.identity
        if key in self._latest and abs(one.moment - self._latest[key][1].time) <= WINDOW:
            return self._latest[key][1], False
        assert one.channel is not None
        one.repeat = self._repeats(key) + 1
        one.url = log_url(self._log_url, one.channel, one.moment) if self._log_url else None
        if origin is not None and not one.url:
            one.url = origin.url or None
        draft = self._draft_of(one)
        name, time = f"{draft.stem}{SUFFIX}", one.moment.isoformat(timespec="seconds")
        kind = str(one.command.kind)
        words = self._words(one.command)
        entry = JournalEntry(draft.identity, key, time, name, draft.text, kind, one.nick, one.channel, words=words)
        if origin is not None:
            entry = replace(entry, event=origin.event, sender=origin.sender, url=one.url or "")
        self._remember(entry)
        self._note_event(entry)
        self._note_words(entry, words)
        self._recent[id(one)] = one, entry
        return entry, True

    def _corrected(
        self, said: TrackedCommand, one: TrackedCommand, last: JournalEntry
    ) -> tuple[JournalEntry, bool] | None:
        """Return the entry of a correction, and whether it is new.

        :param said: what was corrected: the command of the entry, or one that told the same elsewhere.
        """
        if id(said) in self._repeated:
            if last.is_removal:
                return None
            # the same correction on both networks is one as well
            if said.current and one.current and self._words(said.current) == self._words(one.current):
                return None
            one.current = said.current
        text = self._draft_of(one).text
        if text == last.text:
            return last, False
        entry = replace(last, text=text, before=last.text)
        self._note(entry)
        if one.current:
            self._note_words(entry, self._words(one.current))
        return entry, True

    def _draft_of(self, one: TrackedCommand) -> Draft:
        return draft_success(one, is_draft=self._draft)


def _put(known: dict[str, JournalEntry], entry: JournalEntry) -> None:
    known[entry.event] = entry
    if len(known) > _MOST_EVENTS:
        del known[next(iter(known))]


def log_url(template: str, channel: str, moment: datetime) -> str:
    """Fill the template of a :class:`SuccessTracker` for a moment in UTC."""
    fields = {"channel": quote(channel, safe=""), "date": f"{moment:%Y-%m-%d}", "time": f"{moment:%H:%M:%S}"}
    return re.sub(r"\{(channel|date|time)\}", lambda match: fields[match[1]], template)
