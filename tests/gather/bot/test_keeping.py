"""The journal, and from it to the repository."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.gather.bot.commit import Author, Clone
from sphinxext.digest.gather.bot.journal import Journal, JournalEntry, JournalError
from sphinxext.digest.gather.bot.repository import PushTarget, Repository
from sphinxext.digest.gather.bot.success_tracker import SuccessTracker, log_url
from sphinxext.digest.release.git import GitError

from .entries import FOLDER, make_entries

NOW = datetime(2015, 12, 1, 14, 5, 30, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal")


def _keep_again(repository: Repository, entries: list[JournalEntry]) -> str | None:
    """Keep entries that may be committed already, as after a failure."""
    return repository.keep(entries, repository.committed(entries))


def test_journal_has_what_is_not_committed(journal: Journal) -> None:
    one, two = make_entries("#success one", "#success two", nick="ttx", now=NOW)
    assert journal.open(NOW) == ([], [])
    journal.add([one, two])
    journal.note_committed([one])
    journal.close()
    assert journal.open(NOW) == ([two], [one])
    journal.close()
    # nobody needs to know the committed one two days later
    assert journal.open(NOW + timedelta(days=2)) == ([two], [])
    journal.close()
    assert journal.open(NOW) == ([two], [])


def test_journal_that_ends_anywhere(journal: Journal) -> None:
    entries = make_entries("#success one", "#success two", nick="ttx", now=NOW)
    journal.open(NOW)
    journal.add(entries[:1])
    size = journal.file.stat().st_size
    journal.add(entries[1:])
    journal.close()
    data = journal.file.read_bytes()
    for end in {*range(0, len(data), 97), size - 1, size, size + 1, len(data) - 1, len(data)}:
        journal.file.write_bytes(data[:end])
        pending, _ = journal.open(NOW)
        assert pending == entries[: (end >= size) + (end == len(data))]
        journal.add(entries[1:])
        journal.close()
        assert journal.open(NOW)[0][-1] == entries[1]
        journal.close()


def test_damaged_line(journal: Journal, caplog: pytest.LogCaptureFixture) -> None:
    entries = make_entries("#success one", "#success two", "#success three", nick="ttx", now=NOW)
    journal.open(NOW)
    journal.add(entries)
    journal.close()
    journal.file.write_bytes(journal.file.read_bytes().replace(b"two", b"Two", 1))
    assert journal.open(NOW)[0] == [entries[0], entries[2]]
    assert "line 2 of the journal is damaged" in caplog.text


def test_journal_on_a_full_disk(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = make_entries("#success one", "#success two", nick="ttx", now=NOW)
    journal.open(NOW)
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        write(descriptor, data[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        journal.add([one])
    monkeypatch.undo()
    journal.add([two])
    journal.close()
    assert journal.open(NOW)[0] == [two]


def test_one_journal_to_a_process(journal: Journal) -> None:
    journal.open(NOW)
    with pytest.raises(JournalError, match="another bot"):
        Journal(journal.file).open(NOW)


def test_keeping_again_adds_nothing(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    entries = make_entries("#success one", "#success two", nick="ttx", now=NOW)
    first = repository.keep(entries)
    assert first
    assert _keep_again(repository, entries) is None
    assert git("rev-parse", "HEAD") == first
    # what a person has removed or renamed stays so
    one, two = sorted((clone / FOLDER).iterdir())
    one.unlink()
    two.rename(two.with_name(f"renamed-{two.stem[-16:]}.yaml"))
    assert _keep_again(repository, entries) is None
    assert [path.name for path in (clone / FOLDER).iterdir()] == [f"renamed-{two.stem[-16:]}.yaml"]


@pytest.mark.parametrize("moment", ["temporary", "empty", "written", "staged", "indexed"])
def test_killed_between_two_steps(clone: Path, repository: Repository, git: Callable[..., str], moment: str) -> None:
    [entry] = make_entries("#success one", nick="ttx", now=NOW)
    (clone / FOLDER).mkdir(parents=True)
    path = clone / FOLDER / entry.name
    match moment:
        case "temporary":
            path.with_name(f".{entry.name}.tmp").write_text(entry.text[:10], encoding="utf-8")
        case "empty":
            path.touch()
        case "written" | "staged":
            path.write_text(entry.text, encoding="utf-8")
            if moment == "staged":
                git("add", str(path))
        case "indexed":
            repository.clone.index.write_bytes(b"half")
            repository.clone.index.with_name("bot-index.lock").touch()
            (clone / ".git" / "index.lock").touch()
    assert _keep_again(repository, [entry])
    assert git("show", f"HEAD:{FOLDER}/{entry.name}") == entry.text.strip()
    assert [path.name for path in (clone / FOLDER).iterdir()] == [entry.name]


@pytest.mark.parametrize(("own", "age"), [(False, 700), (True, 5)])
def test_lock_of_a_killed_git(clone: Path, repository: Repository, own: bool, age: int) -> None:
    """A lock on the branch is somebody's for some minutes; one that a killed bot has left, for some seconds."""
    lock = clone / ".git" / "refs" / "heads" / "main.lock"
    if own:
        marker = repository.clone.index.with_name("bot-index.updating")
        marker.touch()
        os.utime(marker, (time.time() - 8,) * 2)
    lock.touch()
    with pytest.raises(GitError, match=r"main\.lock"):
        repository.keep(make_entries("#success one", nick="ttx", now=NOW))
    if not own:
        repository.clone.index.with_name("bot-index.updating").unlink(missing_ok=True)
    os.utime(lock, (time.time() - age,) * 2)
    assert _keep_again(repository, make_entries("#success one", nick="ttx", now=NOW))
    assert not [path.name for path in (clone / ".git").iterdir() if path.name.startswith("bot-index")]


def test_lock_on_a_branch_of_any_name(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    """Only the index may be locked for long, whatever comes before or after it by its name."""
    git("checkout", "--quiet", "-b", "devel")
    lock = clone / ".git" / "refs" / "heads" / "devel.lock"
    lock.touch()
    os.utime(lock, (time.time() - 700,) * 2)
    (entry,) = make_entries("#success one", nick="ttx", now=NOW)
    assert _keep_again(repository, [entry])
    assert not lock.exists()


def test_index_of_a_killed_git(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    """The usual index may be locked by a person; by a killed bot it is not locked for long."""
    lock, marker = clone / ".git" / "index.lock", repository.clone.index.with_name("bot-index.updating")
    lock.touch()
    os.utime(lock, (1, 1))
    assert repository.keep(make_entries("#success one", nick="ttx", now=NOW))
    assert lock.exists()
    marker.touch()
    before = time.time() - 5
    for path in (lock, marker):
        os.utime(path, (before, before))
    assert git("status", "--porcelain")
    assert repository.keep(make_entries("#success two", nick="ttx", now=NOW))
    assert not lock.exists()
    assert not marker.exists()
    # what was committed meanwhile is made good at the next start
    assert _keep_again(repository, make_entries("#success one", "#success two", nick="ttx", now=NOW)) is None
    assert not git("status", "--porcelain")


def test_killed_twice(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    """A lock of ours that is there for some seconds more does not make the next one look like that of a person."""
    index, branch = clone / ".git" / "index.lock", clone / ".git" / "refs" / "heads" / "main.lock"
    marker = repository.clone.index.with_name("bot-index.updating")
    for path in (marker, index):
        path.touch()
    with pytest.raises(GitError, match=r"index\.lock was left by a git that was killed"):
        repository.keep(make_entries("#success one", nick="ttx", now=NOW))
    branch.touch()
    for path in (marker, index, branch):
        os.utime(path, (time.time() - 5,) * 2)
    assert _keep_again(repository, make_entries("#success one", nick="ttx", now=NOW))
    assert not [path for path in (index, branch, marker) if path.exists()]
    assert not git("status", "--porcelain")


def test_killed_while_a_person_commits(clone: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lock of a person stays, and ours is told from it."""
    index, branch = clone / ".git" / "index.lock", clone / ".git" / "refs" / "heads" / "main.lock"
    index.touch()

    def die(*_: object) -> None:
        branch.touch()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Clone, "_update", die)
        repository.keep(make_entries("#success one", nick="ttx", now=NOW))
    marker = repository.clone.index.with_name("bot-index.updating")
    for number, path in enumerate((index, marker, branch)):
        os.utime(path, (time.time() - 5 + number / 100,) * 2)
    assert _keep_again(repository, make_entries("#success one", nick="ttx", now=NOW))
    assert index.exists()
    assert not branch.exists()
    assert not marker.exists()


def test_first_commit_of_a_repository(tmp_path: Path, make_repository: type) -> None:
    new = make_repository(tmp_path / "new")
    repository = Repository(Clone(new.root, new.root / ".git" / "bot-index"), FOLDER)
    entries = make_entries("#success one", nick="ttx", now=NOW)
    assert _keep_again(repository, entries) == new.run("rev-parse", "HEAD")
    assert new.run("log", "-1", "--format=%an %s") == "Tester Add success of ttx in #dev"


def test_correction(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    first, second = make_entries("#success teh gate works", "s/teh/the/", nick="ttx", now=NOW)
    assert first.identity == second.identity
    assert first.name == second.name
    repository.keep([first])
    repository.keep([second])
    path = clone / FOLDER / first.name
    assert "text: the gate works\n" in path.read_text(encoding="utf-8")
    assert git("log", "-1", "--format=%s") == "Correct success of ttx in #dev"
    path.write_text("edited\n", encoding="utf-8")
    [third] = make_entries("#success teh gate works", "s/works/worked/", nick="ttx", now=NOW)[1:]
    assert repository.keep([third]) is None
    assert path.read_text(encoding="utf-8") == "edited\n"


def test_correction_in_one_commit_with_the_first(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    entries = make_entries("#success teh gate works", "s/teh/the/", nick="ttx", now=NOW)
    assert repository.keep(entries)
    assert "text: the gate works\n" in git("show", f"HEAD:{FOLDER}/{entries[0].name}")
    assert _keep_again(repository, entries) is None


def test_same_words_again() -> None:
    """Within five minutes they are one success; later they are told again, after a restart as well."""
    tracker = SuccessTracker([])
    times = [NOW, NOW + timedelta(minutes=4), NOW + timedelta(minutes=30)]
    heard = [tracker.hear("ttx", "#dev", "#success It works", time) for time in times]
    first, repeated, later = [found[0] if found[1] else None for found in heard if found]
    assert first
    assert later
    assert repeated is None
    assert first.identity != later.identity
    restarted = SuccessTracker([first, later])
    for minutes, is_new in ((31, False), (60, True)):
        found = restarted.hear("ttx", "#dev", "#success It works", NOW + timedelta(minutes=minutes))
        assert found
        assert found[1] is is_new
        if is_new:
            assert found[0].identity not in (first.identity, later.identity)


@pytest.mark.parametrize("draft", [False, True])
def test_drafts(draft: bool) -> None:
    tracker = SuccessTracker([], draft=draft, log_url="https://example.org/{channel}.{date}.html#t{date}T{time}")
    found = tracker.hear("ttx", "#dev", "#thanks fungi for draft: true", NOW)
    assert found
    entry = found[0]
    assert "https://example.org/%23dev.2015-12-01.html#t2015-12-01T14:05:30" in entry.text
    fragment, problems = read_fragment(entry.text.encode(), "x", entry.name.removesuffix(".yaml"))
    assert not problems
    assert fragment is not None
    assert fragment.draft is draft


def test_log_url() -> None:
    assert log_url("{channel}{x}{time}", "#a b", NOW) == "%23a%20b{x}14:05:30"


def test_push_after_others(clone: Path, tmp_path: Path, git: Callable[..., str], make_repository: type) -> None:
    """What others have pushed is merged: as it is where nothing was committed here, and never by force."""
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    git("push", "--quiet", str(remote), "main")
    git("clone", "--quiet", str(remote), str(tmp_path / "other"))
    other = make_repository(tmp_path / "other")
    (other.root / "theirs").write_text("x\n", encoding="utf-8")
    other.commit("2001-01-02T00:00:00Z")
    other.run("push", "--quiet", "origin", "main")
    (clone / "README").write_text("My change.\n", encoding="utf-8")

    author = Author("SuccessBot", "bot@example.org")
    repository = Repository(
        Clone(clone, clone / ".git" / "bot-index", author), FOLDER, PushTarget(str(remote), "main")
    )
    repository.keep(make_entries("#success one", nick="ttx", now=NOW))
    repository.publish()
    assert git("ls-remote", str(remote), "main")[:40] == git("rev-parse", "HEAD")
    assert (clone / "theirs").read_text(encoding="utf-8") == "x\n"
    assert (clone / "README").read_text(encoding="utf-8") == "My change.\n"
    assert git("status", "--porcelain") == "M README"
    assert git("rev-list", "--count", "--merges", "HEAD") == "1"

    # a change of theirs that contradicts one in the clone waits for a person
    other.run("pull", "--quiet")
    (other.root / "README").write_text("Their change.\n", encoding="utf-8")
    other.commit("2001-01-03T00:00:00Z")
    other.run("push", "--quiet", "origin", "main")
    repository.keep(make_entries("#success two", nick="ttx", now=NOW))
    head = git("rev-parse", "HEAD")
    with pytest.raises(GitError, match="README"):
        repository.publish()
    assert git("rev-parse", "HEAD") == head
    assert (clone / "README").read_text(encoding="utf-8") == "My change.\n"
    (clone / "README").write_text("A project.\n", encoding="utf-8")
    repository.publish()
    assert git("ls-remote", str(remote), "main")[:40] == git("rev-parse", "HEAD")


def test_another_branch_waits(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    """What a person does on another branch is neither committed to nor pushed."""
    repository = replace(
        repository, clone=replace(repository.clone, branch="main"), target=PushTarget(str(clone), "successes")
    )
    git("checkout", "--quiet", "-b", "mine")
    for work in (lambda: repository.keep(make_entries("#success one", nick="ttx", now=NOW)), repository.publish):
        with pytest.raises(GitError, match="on the branch mine, and not on main"):
            work()
    git("checkout", "--quiet", "main")
    assert _keep_again(repository, make_entries("#success one", nick="ttx", now=NOW))


def test_no_branch(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    assert repository.clone.check() == "main"
    git("checkout", "--quiet", "--detach")
    with pytest.raises(GitError, match="no branch is checked out"):
        repository.clone.check()
