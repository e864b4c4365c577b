"""Each operation of the journal and of the repository fails, or is the last one of a process that is killed."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.gather.bot.commit import Author, Clone
from sphinxext.digest.gather.bot.journal import Journal, JournalEntry
from sphinxext.digest.gather.bot.recorder import Recorder
from sphinxext.digest.gather.bot.repository import Repository
from sphinxext.digest.release.git import GitError

from .entries import FOLDER, NOW, make_entries
from .faults import Faults, Killed

#: All operations from the start to the commit take minutes: without the variable, each eighth is tried.
STEP = 1 if "SPHINXEXT_DIGEST_SOAK" in os.environ else 8
#: None is a kill.
ERRORS = [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS, None]
NAMES = [errno.errorcode[error] if error else "kill" for error in ERRORS]


def _again(work: Callable[[], object]) -> None:
    """Do some work, and once more if it fails, as a stage of the recorder does."""
    try:
        work()
    except (OSError, GitError):
        work()


@pytest.mark.parametrize("error", ERRORS, ids=NAMES)
def test_journal(tmp_path: Path, error: int | None) -> None:
    """Nothing that was acknowledged is lost or there twice."""
    entries = make_entries(*(f"#success number {number}" for number in range(6)))
    struck = 0
    for number in itertools.count(1):
        folder = tmp_path / str(number) / "bot"
        first = Journal(folder / "journal")
        first.open(NOW)
        first.add(entries[:2])
        first.note_committed(entries[:1])
        first.close()

        faults, acknowledged = Faults(folder, number, error), set(entries[:2])
        committed = {entries[0]}
        journal = Journal(folder / "journal")
        with faults.around():
            try:
                _use(journal, entries[2:], acknowledged, committed)
            except OSError:  # at the opening: the program ends with a message, and is started again
                journal = Journal(folder / "journal")
                _use(journal, entries[2:], acknowledged, committed)
            except Killed:
                pass
        faults.release()
        last = Journal(folder / "journal")
        pending, done = last.open(NOW)
        last.close()
        found = [*pending, *done]
        assert acknowledged <= {*found}, faults.done
        assert len(found) == len({*found}), faults.done
        assert committed <= {*done}, faults.done
        if not faults.has_struck:
            break
        struck = number
    assert struck > 30


def _use(
    journal: Journal, entries: list[JournalEntry], acknowledged: set[JournalEntry], committed: set[JournalEntry]
) -> None:
    pending, _ = journal.open(NOW)
    for entry in entries:
        _again(lambda entry=entry: journal.add([entry]))  # type: ignore[misc]
        acknowledged.add(entry)
        if pending:
            _again(lambda pending=pending: journal.note_committed(pending))  # type: ignore[misc]
            committed |= {*pending}
            pending = []
    journal.close()


class Place:
    """A clone, and what a bot does with it."""

    def __init__(self, root: Path, entries: list[JournalEntry], acknowledged: set[JournalEntry]) -> None:
        self.root = root
        self._entries = entries
        self._acknowledged = acknowledged
        self.journal = Journal(root / ".git" / "bot" / "journal")

    def work(self) -> list[JournalEntry]:
        """All that a bot does from its start to its end, in one thread; the entries that the journal had."""
        clone = Clone(self.root, self.root / ".git" / "bot" / "index", Author("Bot", "bot@example.org"), "main")
        recorder = Recorder(self.journal, Repository(clone, FOLDER), lambda _: None)
        pending, done = self.journal.open(NOW)
        recorder.replay(pending)
        if pending:
            _again(lambda: recorder._keep(pending))
        for part in (self._entries[:2], self._entries[2:]):
            new = [entry for entry in part if entry not in (*pending, *done)]
            if new:
                _again(lambda new=new: self.journal.add(new))  # type: ignore[misc]
                self._acknowledged |= {*new}
                _again(lambda new=new: recorder._keep(new))  # type: ignore[misc]
        self.journal.close()
        return pending


@pytest.mark.parametrize("error", [errno.ENOSPC, None], ids=["error", "kill"])
def test_all_the_way(clone: Path, tmp_path: Path, make_repository: type, error: int | None) -> None:
    """From the journal to the commit: everything that was acknowledged is committed at the end, once."""
    entries = make_entries("#success teh gate works", "#success another", "s/another/a second/", "#success a third")
    assert len(entries) == 4
    struck = 0
    for number in itertools.count(1, STEP):
        root = shutil.copytree(clone, tmp_path / f"clone-{number}")
        acknowledged: set[JournalEntry] = set()
        place = Place(root, entries, acknowledged)
        # all errors in turn: each operation has one of them
        kind = error and ERRORS[number // STEP % 4]
        faults = Faults(root, number, kind)
        with faults.around():
            try:
                place.work()
            except (OSError, GitError):  # at the start: the program ends with a message
                place.journal.close()
            except Killed:
                pass
        faults.release()

        # the next start has all to do that is in the journal, and that alone
        last = Place(root, [], set())
        last.work()
        repository = make_repository(root)
        names = repository.run("ls-tree", "-r", "--name-only", "HEAD", FOLDER).splitlines()
        identities = [name.rpartition("-")[2].removesuffix(".yaml") for name in names]
        assert len(identities) == len({*identities}), faults.done
        assert {entry.identity for entry in acknowledged} <= {*identities}, faults.done
        if entries[2] in acknowledged:
            assert "text: a second" in repository.run("grep", "--no-index", "", "--", FOLDER)
        # an index that could not be written is a matter of git status alone, and a file that could not be removed is
        # removed with the next success
        repository.run("reset", "--quiet")
        left = repository.run("status", "--porcelain").splitlines()
        assert all(line.endswith(".yaml.tmp") for line in left), faults.done
        assert not last.work(), "all is committed"
        shutil.rmtree(root)
        if not faults.has_struck:
            break
        struck = number
    assert struck > 60
    assert any("start git" in operation for operation in faults.done)
