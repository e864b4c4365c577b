"""Commits in a clone that others work with: links, locks, and what a killed process has left."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sphinxext.digest.gather.bot.commit import Author, Clone
from sphinxext.digest.gather.bot.journal import JournalEntry
from sphinxext.digest.gather.bot.repository import PushTarget, Repository
from sphinxext.digest.gather.bot.success_tracker import SuccessTracker
from sphinxext.digest.release.git import GitError

from .entries import FOLDER, NOW, make_entries


def _keep_again(repository: Repository, entries: list[JournalEntry]) -> str | None:
    return repository.keep(entries, repository.committed(entries))


def _many(entry: JournalEntry, number: int) -> list[JournalEntry]:
    return [
        replace(entry, identity=f"{count:016x}", name=f"number-{count}-{count:016x}.yaml", key=str(count))
        for count in range(number)
    ]


def test_more_entries_than_a_command_line_has_room_for(
    clone: Path, repository: Repository, git: Callable[..., str]
) -> None:
    [one] = make_entries("#success one")
    many = _many(one, 25_000)
    assert repository.keep(many[:3])
    assert repository.committed(many) == {f"{FOLDER}/{entry.name}" for entry in many[:3]}
    assert repository.committed([]) == set()


def test_folder_is_listed_once(clone: Path, repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    [one] = make_entries("#success one")
    listed: list[str] = []
    for name in ("scandir", "listdir"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda path=".", real=real: (listed.append(os.fspath(path)), real(path))[1])
    many = _many(one, 60)
    assert repository.keep(many[:30])
    assert _keep_again(repository, many)
    assert listed.count(str(clone / FOLDER)) == 2


@pytest.mark.parametrize("place", ["outside", "beside", ".git/hooks", "loop"])
def test_folder_that_becomes_a_link(
    clone: Path,
    tmp_path: Path,
    repository: Repository,
    git: Callable[..., str],
    make_repository: type,
    place: str,
) -> None:
    """A commit of somebody else, which the bot merges, puts a link in the place of the folder."""
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    first, second = make_entries("#success one", "#success two")
    repository = replace(repository, target=PushTarget(str(remote), "main"))
    repository.keep([first])
    repository.publish()
    other = tmp_path / "other"
    git("clone", "--quiet", str(remote), str(other))
    targets = {"outside": tmp_path / "outside", "beside": clone / "beside", "loop": clone / FOLDER}
    target = targets.get(place, clone / place)
    if place != "loop":
        target.mkdir(parents=True, exist_ok=True)
    before = sorted(target.iterdir()) if place != "loop" else []
    shutil.rmtree(other / FOLDER)
    (other / FOLDER).symlink_to(target)
    elsewhere = make_repository(other)
    elsewhere.commit("2026-01-02T00:00:00Z")
    elsewhere.run("push", "--quiet", "origin", "main")
    repository.clone.join(str(remote), "main")
    assert (clone / FOLDER).is_symlink()

    with pytest.raises(GitError, match="the folder releasenotes/digests is not in the clone, or is a link"):
        repository.keep([second])
    if place != "loop":
        assert sorted(target.iterdir()) == before
    git("rm", "--quiet", FOLDER)
    git("commit", "--quiet", "--message", "No link")
    assert _keep_again(repository, [second])
    assert [path.name for path in (clone / FOLDER).iterdir()] == [second.name]


def test_project_that_becomes_a_link(clone: Path, tmp_path: Path, git: Callable[..., str]) -> None:
    project = clone / "docs"
    project.mkdir()
    repository = Repository(Clone(project, clone / ".git" / "bot-index", Author("Bot", "bot@example.org")), FOLDER)
    repository.keep(make_entries("#success one"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    git("init", "--quiet", str(elsewhere))
    shutil.rmtree(project)
    project.symlink_to(elsewhere)
    with pytest.raises(GitError):
        repository.keep(make_entries("#success two"))
    assert [path.name for path in elsewhere.iterdir()] == [".git"]


@pytest.mark.parametrize("folder", ["../outside", ".git/x", "docs/.GIT/x"])
def test_folder_that_was_never_in_the_clone(clone: Path, repository: Repository, folder: str) -> None:
    with pytest.raises(GitError, match="is not in the clone"):
        repository.clone.check_folder(folder)
    repository.clone.check_folder("docs/new")


def test_nobody_who_commits(clone: Path, git: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone is only as good as the names of the author and of the committer, which git may have from anywhere."""
    git("config", "user.useConfigOnly", "true")
    git("config", "--unset", "user.name")
    git("config", "--unset", "user.email")
    for role, other in (("AUTHOR", "COMMITTER"), ("COMMITTER", "AUTHOR")):
        with monkeypatch.context() as patch:
            patch.setenv(f"GIT_{role}_NAME", "Aya")
            patch.setenv(f"GIT_{role}_EMAIL", "aya@example.org")
            with pytest.raises(GitError, match="no email was given"):
                Clone(clone, clone / ".git" / "bot-index").check()
            patch.setenv(f"GIT_{other}_NAME", "Aya")
            patch.setenv(f"GIT_{other}_EMAIL", "aya@example.org")
            assert Clone(clone, clone / ".git" / "bot-index").check() == "main"


@pytest.mark.parametrize("kind", ["link", "folder", "device"])
def test_correction_of_what_is_no_file(clone: Path, repository: Repository, tmp_path: Path, kind: str) -> None:
    first, second = make_entries("#success teh gate works", "s/teh/the/")
    repository.keep([first])
    path = clone / FOLDER / first.name
    path.unlink()
    target = tmp_path / "target"
    target.write_text(first.text, encoding="utf-8")
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(target if kind == "link" else "/dev/zero")
    assert repository.keep([second]) is None
    assert target.read_text(encoding="utf-8") == first.text
    assert path.is_dir() if kind == "folder" else path.is_symlink()


def test_folder_that_a_person_has_removed(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    """Nothing that was committed comes back, and neither does the folder."""
    entries = make_entries("#success teh gate works", "s/teh/the/", "#success two")
    repository.keep(entries)
    git("rm", "--quiet", "-r", FOLDER)
    git("commit", "--quiet", "--message", "Gone")
    head = git("rev-parse", "HEAD")
    assert _keep_again(repository, entries) is None
    assert git("rev-parse", "HEAD") == head
    assert not (clone / FOLDER).exists()


def test_what_a_killed_process_has_left(clone: Path, repository: Repository) -> None:
    """Its own files are removed, and what has their names but is a folder of somebody else stays."""
    folder = clone / FOLDER
    folder.mkdir(parents=True)
    [entry] = make_entries("#success one")
    left = (f".{entry.name}.tmp", f".{entry.name}.x1y2.tmp")
    for name in left:
        (folder / name).touch()
    others = (".other.tmp", f".{entry.name}", "x.yaml.tmp", "empty-0123456789abcdef.yaml")
    for name in others:
        (folder / name).touch()
    (folder / ".folder.yaml.tmp").mkdir()
    (folder / ".link.yaml.tmp").symlink_to(clone)
    assert repository.keep([entry])
    assert sorted(path.name for path in folder.iterdir()) == sorted((*others, ".folder.yaml.tmp", entry.name))


def test_nothing_to_keep(tmp_path: Path, make_repository: type) -> None:
    """There is no commit without a success, also where there is none at all."""
    new = make_repository(tmp_path / "new")
    repository = Repository(Clone(new.root, new.root / ".git" / "bot-index"), FOLDER)
    assert repository.committed([]) == set()
    assert repository.keep([]) is None
    assert not new.run("for-each-ref")


def test_message_of_a_commit(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    tracker = SuccessTracker([])
    words = [("#dev", "one"), ("#dev", "two"), ("#dev", "three"), ("#infra", "four"), ("#infra", "five")]
    heard = [tracker.hear("a\u202eya", channel, f"#success {text}", NOW) for channel, text in words]
    one, two, three, four, five = (found[0] for found in heard if found and found[1])
    for entries in ([one], [two, three], [four, five, replace(one, identity="0" * 16, name=f"x-{'0' * 16}.yaml")]):
        repository.keep(entries)
    assert git("log", "-3", "--format=%s").splitlines() == [
        "Add 3 successes and thanks from 2 channels",
        "Add 2 successes and thanks from #dev",
        "Add success of aya in #dev",
    ]
    assert git("log", "-1", "-g", "--format=%gs") == "commit: Add 3 successes and thanks from 2 channels"


def test_nothing_is_started_after_a_stop(clone: Path, repository: Repository) -> None:
    repository.stop()
    with pytest.raises(GitError, match=r"^git [a-z-]+ was stopped$"):
        repository.keep(make_entries("#success one"))
    assert not (clone / FOLDER).exists()


def test_clock_that_was_put_back(clone: Path, repository: Repository) -> None:
    """Locks that a killed git has left are then of the future."""
    marker, lock = repository.clone.index.with_name("bot-index.updating"), clone / ".git" / "index.lock"
    for path in (marker, lock):
        path.touch()
        os.utime(path, (time.time() + 7200,) * 2)
    assert repository.keep(make_entries("#success one"))
    assert not lock.exists()


def test_index_that_a_person_has_locked(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    """The next commit lets the index know of the files of this one as well, and so does the next start."""
    one, two, three = make_entries("#success one", "#success two", "#success three")
    lock = clone / ".git" / "index.lock"
    lock.touch()
    assert repository.keep([one])
    lock.unlink()
    assert git("status", "--porcelain")
    assert repository.keep([two])
    assert not git("status", "--porcelain")
    assert not repository.clone.running.unsettled
    lock.touch()
    assert repository.keep([three])
    lock.unlink()
    started = replace(repository, clone=Clone(clone, repository.clone.index, repository.clone.author))
    assert _keep_again(started, [one, two, three]) is None
    assert not git("status", "--porcelain")
