"""Remotes that hang, refuse, go back, or have commits that contradict."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sphinxext.digest.gather.bot import commit as commit_module
from sphinxext.digest.gather.bot.commit import Clone
from sphinxext.digest.gather.bot.journal import JournalEntry
from sphinxext.digest.gather.bot.repository import PushTarget, Repository
from sphinxext.digest.release.git import _NO_REASON, GitError, _complaint

from .entries import FOLDER, make_entries
from .ircd import wait_until


def _many(entry: JournalEntry, number: int) -> list[JournalEntry]:
    return [
        replace(entry, identity=f"{count:016x}", name=f"number-{count}-{count:016x}.yaml", key=str(count))
        for count in range(number)
    ]


def test_conflict_is_named(
    clone: Path, tmp_path: Path, repository: Repository, git: Callable[..., str], make_repository: type
) -> None:
    """Messages have the reason that git gives, and none of its hints."""
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    git("push", "--quiet", str(remote), "main")
    git("clone", "--quiet", str(remote), str(tmp_path / "other"))
    other = make_repository(tmp_path / "other")
    (other.root / "README").write_text("Theirs.\n", encoding="utf-8")
    other.commit("2026-01-02T00:00:00Z")
    other.run("push", "--quiet", "origin", "main")
    (clone / "README").write_text("Ours.\n", encoding="utf-8")
    make_repository(clone).commit("2026-01-02T00:00:00Z")
    repository = replace(repository, target=PushTarget(str(remote), "main"))
    with pytest.raises(GitError, match=r"a person has to do it: CONFLICT \(content\): Merge conflict in README$"):
        repository.publish()
    # a remote that begins anew has nothing to merge
    other.run("checkout", "--quiet", "--orphan", "anew")
    other.commit("2026-01-03T00:00:00Z")
    other.run("push", "--quiet", "--force", "origin", "anew:main")
    head = git("rev-parse", "HEAD")
    with pytest.raises(GitError, match=r"no commit in common with this one, a person has to look at it$"):
        repository.publish()
    assert git("rev-parse", "HEAD") == head
    assert git("ls-remote", str(remote), "main")[:40] == other.run("rev-parse", "anew")


def test_remote_that_goes_back(
    clone: Path, tmp_path: Path, repository: Repository, git: Callable[..., str], make_repository: type
) -> None:
    """What somebody has removed from the remote by force, the bot pushes again with what is new; nothing is lost."""
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    repository = replace(repository, target=PushTarget(str(remote), "main"))
    one, two = make_entries("#success one", "#success two")
    repository.keep([one])
    repository.publish()
    git("clone", "--quiet", str(remote), str(tmp_path / "other"))
    other = make_repository(tmp_path / "other")
    other.run("reset", "--quiet", "--hard", "HEAD~1")
    (other.root / "new").write_text("x\n", encoding="utf-8")
    other.commit("2026-01-03T00:00:00Z")
    other.run("push", "--quiet", "--force", "origin", "main")
    repository.keep([two])
    repository.publish()
    assert git("ls-remote", str(remote), "main")[:40] == git("rev-parse", "HEAD")
    assert (clone / "new").exists()
    assert len(list((clone / FOLDER).iterdir())) == 2


def test_join_only_on_its_branch(
    clone: Path,
    tmp_path: Path,
    repository: Repository,
    git: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A person goes to another branch before the fetch, or in the minute that it takes."""
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    theirs = git("commit-tree", "HEAD^{tree}", "-m", "Theirs", "-p", "HEAD")
    git("push", "--quiet", str(remote), f"{theirs}:refs/heads/main")
    git("branch", "mine")
    before = git("rev-parse", "HEAD")
    ours = replace(repository.clone, branch="main")
    git("checkout", "--quiet", "mine")
    with pytest.raises(GitError, match="on the branch mine, and not on main"):
        ours.join(str(remote), "main")
    assert not git("for-each-ref", "refs/sphinx-digest")
    git("checkout", "--quiet", "main")
    fetch = Clone._fetch

    def slow_fetch(self: Clone, *arguments: str) -> None:
        fetch(self, *arguments)
        git("checkout", "--quiet", "mine")

    monkeypatch.setattr(Clone, "_fetch", slow_fetch)
    with pytest.raises(GitError, match="on the branch mine, and not on main"):
        ours.join(str(remote), "main")
    assert git("rev-parse", "main", "mine").split() == [before, before]
    monkeypatch.undo()
    git("checkout", "--quiet", "main")
    ours.join(str(remote), "main")
    assert git("rev-parse", "main", "mine").split() == [theirs, before]


def test_tag_with_the_name_of_the_branch(
    clone: Path, tmp_path: Path, repository: Repository, git: Callable[..., str]
) -> None:
    git("tag", "main", "HEAD")
    assert repository.clone.check() == "main"
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", str(remote))
    repository = replace(
        repository, clone=replace(repository.clone, branch="main"), target=PushTarget(str(remote), "main")
    )
    commit = repository.keep(make_entries("#success one"))
    repository.publish()
    assert git("ls-remote", str(remote)).split() == [commit, "refs/heads/main"]


@pytest.mark.skipif(sys.platform == "win32", reason="a shell is needed")
@pytest.mark.parametrize("service", ["receive-pack", "upload-pack"])
def test_remote_that_hangs(
    clone: Path,
    tmp_path: Path,
    repository: Repository,
    git: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    service: str,
) -> None:
    """A push and a fetch have a time limit, and nothing of them is left behind."""
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", "--initial-branch=main", str(remote))
    theirs = git("commit-tree", "HEAD^{tree}", "-m", "Theirs", "-p", "HEAD")
    git("push", "--quiet", str(remote), f"{theirs}:refs/heads/main")
    program = tmp_path / "ssh"
    program.write_text(
        f'#!/bin/sh\nshift\ncase "$1" in *{service}*) echo $$ > {tmp_path}/pid; exec sleep 60;; esac\n'
        'exec sh -c "$1"\n',
        encoding="utf-8",
    )
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH", str(program))
    monkeypatch.setenv("GIT_SSH_VARIANT", "simple")
    monkeypatch.setattr(commit_module, "REMOTE_TIMEOUT", 2)
    repository = replace(repository, target=PushTarget(f"ssh://example.org{remote}", "main"))
    repository.keep(make_entries("#success one"))
    command = "push" if service == "receive-pack" else "fetch"
    with pytest.raises(GitError, match=f"^git {command} took longer than 2 seconds$"):
        repository.publish()
    pid = int((tmp_path / "pid").read_text(encoding="ascii"))
    wait_until(lambda: not Path(f"/proc/{pid}").exists() or " Z " in Path(f"/proc/{pid}/stat").read_text("ascii"))
    monkeypatch.delenv("GIT_SSH")
    replace(repository, target=PushTarget(str(remote), "main")).publish()
    assert git("ls-remote", str(remote), "main")[:40] == git("rev-parse", "HEAD")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell is needed")
def test_the_reason_of_ssh(
    clone: Path,
    tmp_path: Path,
    repository: Repository,
    git: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = tmp_path / "ssh"
    program.write_text("#!/bin/sh\necho 'git@example.org: Permission denied (publickey).' >&2; exit 255\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("GIT_SSH", str(program))
    monkeypatch.setenv("GIT_SSH_VARIANT", "simple")
    with pytest.raises(GitError, match=r"^git@example\.org: Permission denied \(publickey\)\.$"):
        replace(repository, target=PushTarget("ssh://example.org/x", "main")).publish()


def test_no_remote(clone: Path, repository: Repository, git: Callable[..., str]) -> None:
    git("remote", "add", "origin", str(clone.parent / "nowhere"))
    repository.keep(make_entries("#success one"))
    repository.publish()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("hint: Support for grafts is deprecated\nhint:\n", "status 1 of git"),
        ("hint: Support for grafts\nhint:\nfatal: no such thing\nhint: try another\n", "fatal: no such thing"),
        ("warning: x\nerror: second\nfatal: first\n", "fatal: first"),
        ("some words\nmore\n", "some words"),
        ("\n \n", "status 1 of git"),
        (f"warning: x\nssh: no route\n{_NO_REASON}\n\nPlease make sure\n", "ssh: no route"),
        (f"{_NO_REASON}\n", _NO_REASON),
    ],
)
def test_what_git_says(said: str, reason: str) -> None:
    assert _complaint(said, 1) == reason


def test_remote_that_refuses(clone: Path, tmp_path: Path, repository: Repository, git: Callable[..., str]) -> None:
    remote = tmp_path / "remote.git"
    git("init", "--quiet", "--bare", str(remote))
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    with pytest.raises(GitError, match=r"\[remote rejected\] \(pre-receive hook declined\)$"):
        repository.clone.push(str(remote), "main")
    with pytest.raises(GitError, match="does not appear to be a git repository"):
        repository.clone.push(str(tmp_path / "nowhere"), "main")
