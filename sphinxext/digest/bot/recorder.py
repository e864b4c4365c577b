"""What was heard goes to the journal, the repository and the remote: each stage repeats its work until it succeeds."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Generic, TypeVar

from sphinxext.digest.bot.backoff import Backoff
from sphinxext.digest.bot.journal import Entry, Journal
from sphinxext.digest.bot.keeper import Keeper
from sphinxext.digest.history.git import GitError

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds before the second attempt of a stage, and the most there are between two.
FIRST_WAIT, LONGEST_WAIT = 1.0, 300.0
#: Seconds in which successes come together to one commit.
GATHERED = 0.5
#: How many successes wait in memory at most when the journal cannot be written.
MOST_WAITING = 10_000


class Stage(Generic[T]):
    """Work on things that come one by one and are done together; after a failure all of it is done again, later.

    :param name: what the log calls it.
    :param work: called in a thread with what waits.
    :param after: called with what was done.
    :param gather: how many seconds to wait for more.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[Sequence[T]], None],
        after: Callable[[Sequence[T]], None],
        gather: float = 0.0,
    ) -> None:
        self.waiting: list[T] = []
        self.ended = asyncio.Event()
        self._name = name
        self._work = work
        self._after = after
        self._gather = gather
        self._some = asyncio.Event()
        self._closing = asyncio.Event()
        self._backoff = Backoff(FIRST_WAIT, LONGEST_WAIT)

    def add(self, *things: T) -> None:
        """Let things wait for their work."""
        self.waiting += things
        self._some.set()

    def close(self) -> None:
        """Let :meth:`run` end after one last attempt at what waits."""
        self._closing.set()
        self._some.set()

    async def run(self) -> None:
        """Work until it is closed."""
        while not self._closing.is_set():
            await self._some.wait()
            if self._gather:
                await self._pause(self._gather)
            if not await self._attempt():
                await self._pause(self._backoff.next())
        if self.waiting:
            await self._attempt()
        self.ended.set()

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return

    async def _attempt(self) -> bool:
        self._some.clear()
        batch = list(self.waiting)
        if not batch:
            return True
        try:
            await asyncio.to_thread(self._work, batch)
        except (OSError, GitError) as error:
            self._some.set()
            place = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
            reason = f"{place}{getattr(error, 'strerror', None) or error}"
            logger.error("%s failed, to be repeated: %s (%d waiting)", self._name, reason, len(batch))
            return False
        if self._backoff.failures:
            logger.info("%s works again", self._name)
        self._backoff.reset()
        del self.waiting[: len(batch)]
        self._after(batch)
        return True


class Recorder:
    """Takes entries, calls back when they are safe in the journal, and brings them into the repository.

    :param recorded: called with the entries that were written to the journal.
    """

    def __init__(self, journal: Journal, keeper: Keeper, recorded: Callable[[Sequence[Entry]], None]) -> None:
        self._journal = journal
        self._keeper = keeper
        self._recorded = recorded
        self._journaling = Stage("writing the journal", journal.add, self._after_journal)
        self._keeping = Stage("committing", self._keep, self._after_commit, GATHERED)
        self._publishing: Stage[None] = Stage("pushing", lambda _: keeper.publish(), lambda _: None)
        self._again = True

    def add(self, entry: Entry) -> bool:
        """Record an entry; whether there is a place for it."""
        if len(self._journaling.waiting) >= MOST_WAITING:
            logger.error("not recorded, too many wait for the journal: %s", _told(entry))
            return False
        self._journaling.add(entry)
        return True

    def replay(self, pending: Sequence[Entry]) -> None:
        """Take up what the journal had at the start, and what may not have been pushed."""
        self._keeping.add(*pending)
        self._publish()

    async def run(self) -> None:
        """Work until :meth:`finish` is called."""
        await asyncio.gather(self._journaling.run(), self._keeping.run(), self._publishing.run())

    async def finish(self, running: Awaitable[None]) -> bool:
        """Bring all to where it belongs, each stage once more; whether everything is at least in the journal."""
        self._journaling.close()
        await self._journaling.ended.wait()
        self._keeping.close()
        await self._keeping.ended.wait()
        self._publishing.close()
        await running
        for entry in self._journaling.waiting:
            logger.error("not recorded: %s", _told(entry))
        if left := len(self._keeping.waiting):
            logger.warning("%d in the journal, to be committed at the next start", left)
        return not self._journaling.waiting

    def _after_journal(self, entries: Sequence[Entry]) -> None:
        self._recorded(entries)
        self._keeping.add(*entries)

    def _keep(self, entries: Sequence[Entry]) -> None:
        again, self._again = self._again, True
        commit = self._keeper.keep(entries, again=again)
        self._journal.note_committed(entries)
        self._again = False
        if commit:
            logger.info("committed %d as %.12s", len(entries), commit)

    def _after_commit(self, entries: Sequence[Entry]) -> None:
        self._publish()

    def _publish(self) -> None:
        if self._keeper.target is not None:
            self._publishing.add(None)


def _told(entry: Entry) -> str:
    """All of an entry on one line, for a person who has to record it by hand."""
    return json.dumps(asdict(entry))
