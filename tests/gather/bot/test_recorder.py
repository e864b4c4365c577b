"""The stages from the journal to the remote: in parts, again after failures, and within a time at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.gather.bot import recorder as module
from sphinxext.digest.gather.bot.bot import DaemonThreads
from sphinxext.digest.gather.bot.journal import Journal, JournalEntry
from sphinxext.digest.gather.bot.recorder import MOST_IN_COMMIT, MOST_WAITING, Recorder, Stage
from sphinxext.digest.release.git import GitError

ENTRY = JournalEntry("0" * 16, "key", "2026-03-02T14:05:30+00:00", "a-0.yaml", "text", "success", "aya", "#dev")


def _entries(number: int, start: int = 0) -> list[JournalEntry]:
    return [replace(ENTRY, identity=f"{count:016x}", key=f"{count}") for count in range(start, start + number)]


WAITS = (module.FIRST_WAIT, module.LONGEST_WAIT, module.GATHERED)


def test_numbers_that_the_documentation_has() -> None:
    assert (MOST_IN_COMMIT, MOST_WAITING) == (200, 10_000)
    # with two seconds for taking leave of the server, which are the same ones, all of it is five
    assert module.TIME_TO_END <= 3
    assert 0 < module.TIME_TO_DIE < module.TIME_TO_PUSH < module.TIME_TO_END
    assert WAITS == (1, 300, 0.5)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.02)
    monkeypatch.setattr(module, "GATHERED", 0.05)


class FakeJournal:
    """A journal in memory. ``failures`` are raised first."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.added: list[JournalEntry] = []
        self.committed: list[JournalEntry] = []

    def add(self, entries: Sequence[JournalEntry]) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.added += entries

    def note_committed(self, entries: Sequence[JournalEntry]) -> None:
        self.committed += entries

    def open(self, now: object) -> tuple[list[JournalEntry], list[JournalEntry]]:
        return [], []

    def close(self) -> None:
        """Nothing is open."""


class FakeRepository:
    """A repository that remembers what it was asked. ``failures`` are raised by what keeps, first."""

    def __init__(self, *failures: Exception, target: object = None, known: Collection[JournalEntry] = ()) -> None:
        self.failures = list(failures)
        self.target = target
        self.kept: list[list[JournalEntry]] = []
        self.asked: list[int] = []
        self.given: list[set[str]] = []
        self.published = 0
        self.stopped = False
        self._known = {entry.identity for entry in known}
        self.work: Callable[[], None] = lambda: None

    def committed(self, entries: Sequence[JournalEntry]) -> set[str]:
        self.asked.append(len(entries))
        return {entry.identity for entry in entries} & self._known

    def keep(self, entries: Sequence[JournalEntry], committed: set[str]) -> str:
        self.work()
        if self.failures:
            raise self.failures.pop(0)
        self.kept.append(list(entries))
        self.given.append(set(committed))
        return "0123456789abcdef"

    def publish(self) -> None:
        self.published += 1

    def stop(self) -> None:
        self.stopped = True


def _run(recorder: Recorder, work: Callable[[], Awaitable[Any]]) -> bool:
    """Let a recorder work while something is done, and end it; whether all is safe."""

    async def run() -> bool:
        asyncio.get_running_loop().set_default_executor(DaemonThreads())
        running = asyncio.create_task(recorder.run())
        await work()
        safe = await recorder.finish()
        assert recorder.has_ended or not recorder._repository.failures  # type: ignore[attr-defined]
        running.cancel()
        return safe

    return asyncio.run(run())


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


def test_backlog_comes_in_commits_of_some_hundred() -> None:
    journal, repository, recorded = FakeJournal(), FakeRepository(), list[JournalEntry]()
    recorder = Recorder(journal, repository, recorded.extend)  # type: ignore[arg-type]
    pending = _entries(2 * MOST_IN_COMMIT + 50)

    async def work() -> None:
        recorder.replay(pending)
        await _until(lambda: len(journal.committed) == len(pending))

    assert _run(recorder, work)
    assert [len(part) for part in repository.kept] == [MOST_IN_COMMIT, MOST_IN_COMMIT, 50]
    assert journal.committed == pending
    assert repository.asked == [len(pending)]
    # they were in the journal, and nobody is answered
    assert not journal.added
    assert not recorded
    assert MOST_IN_COMMIT <= 500


def test_burst_is_one_commit(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    journal, repository, recorded = FakeJournal(), FakeRepository(), list[JournalEntry]()
    recorder = Recorder(journal, repository, recorded.extend)  # type: ignore[arg-type]

    async def work() -> None:
        for entry in _entries(20):
            recorder.add(entry)
            await asyncio.sleep(0)
        await _until(lambda: journal.committed)

    assert _run(recorder, work)
    assert recorded == journal.added == journal.committed == _entries(20)
    assert len(repository.kept) == 1
    assert repository.asked == []
    assert caplog.messages == ["committed 20 as 0123456789ab"]


def test_full_commit_does_not_wait_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "GATHERED", 60)
    journal, repository = FakeJournal(), FakeRepository()
    recorder = Recorder(journal, repository, lambda _: None)  # type: ignore[arg-type]

    async def work() -> None:
        recorder.replay(_entries(2 * MOST_IN_COMMIT))
        await _until(lambda: len(repository.kept) == 2)

    assert _run(recorder, work)


def test_what_was_committed_before_a_failure_is_asked_for() -> None:
    """At the start for all that the journal had, and then only for what failed."""
    pending, new = _entries(3), _entries(2, 3)
    journal, repository = FakeJournal(), FakeRepository(known=[pending[0], new[1]])
    recorder = Recorder(journal, repository, lambda _: None)  # type: ignore[arg-type]

    async def work() -> None:
        recorder.replay(pending)
        await _until(lambda: len(journal.committed) == 3)
        assert repository.given == [{pending[0].identity}]
        repository.failures = [GitError("no"), OSError(28, "No space left on device")]
        recorder.add(new[0])
        recorder.add(new[1])
        await _until(lambda: len(journal.committed) == 5)

    assert _run(recorder, work)
    assert repository.asked[0] == 3
    assert len(repository.asked) in (3, 4)
    assert new[1].identity in repository.given[-1]


def test_disk_that_has_room_later(caplog: pytest.LogCaptureFixture) -> None:
    journal, recorded = FakeJournal(OSError(28, "No space left on device", "journal")), list[JournalEntry]()
    recorder = Recorder(journal, FakeRepository(), recorded.extend)  # type: ignore[arg-type]
    caplog.set_level("INFO")

    async def work() -> None:
        recorder.add(ENTRY)
        await _until(lambda: recorded)

    assert _run(recorder, work)
    assert journal.added == [ENTRY]
    failed = "writing the journal failed, to be repeated: journal: No space left on device (1 waiting)"
    assert caplog.messages[:2] == [failed, "writing the journal works again"]


def test_last_attempts_fail(caplog: pytest.LogCaptureFixture) -> None:
    """It ends all the same, and says what is not safe."""
    failures = [OSError(28, "No space left on device") for _ in range(1000)]
    repository = FakeRepository(*[GitError("no") for _ in range(1000)])
    recorder = Recorder(FakeJournal(*failures), repository, lambda _: None)  # type: ignore[arg-type]

    async def work() -> None:
        recorder.replay(_entries(2, 5))
        recorder.add(ENTRY)
        await asyncio.sleep(0.1)

    assert not _run(recorder, work)
    assert any(message.startswith('not recorded: {"identity": "0000') for message in caplog.messages)
    assert "2 in the journal, to be committed at the next start" in caplog.messages
    assert repository.stopped


def test_end_brings_all_to_its_place() -> None:
    journal, repository = FakeJournal(), FakeRepository(target="remote")
    recorder = Recorder(journal, repository, lambda _: None)  # type: ignore[arg-type]

    async def work() -> None:
        await asyncio.sleep(0)
        for entry in _entries(3 * MOST_IN_COMMIT):
            recorder.add(entry)

    assert _run(recorder, work)
    assert len(journal.committed) == 3 * MOST_IN_COMMIT
    assert repository.published >= 1


@pytest.mark.parametrize("hanging", ["journal", "repository"])
def test_end_does_not_wait_for_what_hangs(monkeypatch: pytest.MonkeyPatch, hanging: str) -> None:
    monkeypatch.setattr(module, "TIME_TO_END", 0.6)
    monkeypatch.setattr(module, "TIME_TO_PUSH", 0.3)
    monkeypatch.setattr(module, "TIME_TO_DIE", 0.1)
    journal, repository = FakeJournal(), FakeRepository()
    if hanging == "journal":
        journal.add = lambda entries: time.sleep(20)  # type: ignore[method-assign]
    repository.work = lambda: time.sleep(20)
    recorder = Recorder(journal, repository, lambda _: None)  # type: ignore[arg-type]

    async def work() -> None:
        recorder.add(ENTRY)
        await asyncio.sleep(0.2)

    before = time.monotonic()
    safe = _run(recorder, work)
    assert time.monotonic() - before < 5
    assert safe is (hanging == "repository")
    assert not recorder.has_ended
    assert repository.stopped


def test_no_commit_is_begun_when_the_time_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TIME_TO_END", 4)
    monkeypatch.setattr(module, "TIME_TO_PUSH", 3.9)
    journal, repository = FakeJournal(), FakeRepository()
    repository.work = lambda: time.sleep(0.2)
    recorder = Recorder(journal, repository, lambda _: None)  # type: ignore[arg-type]

    async def work() -> None:
        recorder.replay(_entries(100 * MOST_IN_COMMIT))
        await _until(lambda: repository.kept)

    assert _run(recorder, work)
    assert recorder.has_ended
    # a commit takes 0.2 s, and none begins in the last 3.9 s of 4 s
    assert 1 <= len(repository.kept) < 7
    assert repository.stopped


def test_stage_without_work() -> None:
    async def run() -> list[int]:
        done: list[int] = []
        stage: Stage[int] = Stage("x", done.extend, lambda _: None)
        running = asyncio.create_task(stage.run())
        await asyncio.sleep(0)
        now = asyncio.get_running_loop().time()
        await stage.finish(now + 5, now + 5)
        await running
        return done

    assert asyncio.run(run()) == []


def test_unexpected_errors_are_not_hidden() -> None:
    async def run() -> None:
        stage: Stage[int] = Stage("x", lambda things: things.no_such_thing(), lambda _: None)  # type: ignore[attr-defined]
        stage.add(1)
        await stage.run()

    with pytest.raises(AttributeError):
        asyncio.run(run())


def test_threads_that_nobody_waits_for() -> None:
    executor = DaemonThreads()
    hanging = executor.submit(time.sleep, 60)
    assert executor.submit(lambda a, b: a + b, 1, b=2).result(10) == 3
    assert isinstance(executor.submit(int, "x").exception(10), ValueError)
    cancelled = executor.submit(time.sleep, 0)
    cancelled.cancel()
    before = time.monotonic()
    executor.shutdown(wait=True)
    assert time.monotonic() - before < 10
    assert not hanging.done()


def test_real_journal_and_recorder(tmp_path: Path) -> None:
    """What is committed is not pending at the next start."""

    journal = Journal(tmp_path / "journal")
    now = datetime(2026, 3, 2, 15, tzinfo=UTC)
    journal.open(now)
    recorder = Recorder(journal, FakeRepository(), lambda _: None)  # type: ignore[arg-type]
    entries = _entries(3)

    async def work() -> None:
        recorder.add(entries[0])
        await _until(lambda: recorder._repository.kept)  # type: ignore[attr-defined]
        recorder._repository.failures = [GitError("no") for _ in range(1000)]  # type: ignore[attr-defined]
        recorder.add(entries[1])
        recorder.add(entries[2])

    assert _run(recorder, work)
    journal.close()
    assert journal.open(now) == (entries[1:], entries[:1])
