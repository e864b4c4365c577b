"""Record what channels say: journal entries of successes and thanks, then the journal, the repository and the remote.

Each stage repeats its work until it succeeds.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Generic, TypeVar

from sphinxext.digest.gather.bot.journal import Journal, JournalEntry
from sphinxext.digest.gather.bot.repository import Repository
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
