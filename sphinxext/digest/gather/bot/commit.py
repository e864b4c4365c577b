"""Commit single files in a clone that people work in, and push, fetch and merge, with git processes that end in time.

Commits are made in an index of their own: what a person has staged or changed in the clone stays as it is, and a lock
that a killed git has left on the usual index stops nothing. Another thread can kill the processes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from threading import Event, Lock, RLock, Timer

from sphinxext.digest.release.git import GitError, Process, read_output, remote_protocols


class Running:
    """The git processes that run for a clone.

    :meth:`stop` ends all of them from another thread. ``writing`` is a lock to hold while the files or the branch of
    the clone change: one thread commits what another one could be merging. ``unsettled`` are the paths of committed
    files that the usual index does not know of, because somebody else has locked it.
    """

    def __init__(self) -> None:
        self.writing = RLock()
        self.unsettled: set[str] = set()
        self._guard = Lock()
        self._processes: set[Process] = set()
        self._stopped = Event()

    def stop(self) -> None:
        """Kill the processes, and every one that is started later."""
        with self._guard:
            self._stopped.set()
            for process in self._processes:
                process.kill()

    @contextmanager
    def start(
        self,
        root: Path,
        *arguments: str,
        send: bytes = b"",
        variables: Mapping[str, str] | None = None,
        seconds: float | None = None,
    ) -> Iterator[Process]:
        """Start a git process; at the end of the ``with`` block it has ended.

        :param send: what the command reads, and ``variables``: see :class:`~sphinxext.digest.release.git.Process`.
        :param seconds: how long it may take; without it, any time.
        :raises GitError: if git cannot be started, or was killed by :meth:`stop` or after its time.
        """
        stopped = GitError(f"git {_command(arguments)} was stopped")
        if self._stopped.is_set():
            raise stopped
        with Process(root, *arguments, apart=True, send=send, variables=variables) as process:
            late = Event()

            def expire() -> None:
                late.set()
                process.kill()

            timer = Timer(seconds or 0, expire)
            timer.daemon = True
            if seconds is not None:
                timer.start()
            with self._guard:
                self._processes.add(process)
                if self._stopped.is_set():
                    process.kill()
            try:
                yield process
            except GitError:
                if late.is_set():
                    raise GitError(f"git {_command(arguments)} took longer than {seconds:g} seconds") from None
                if self._stopped.is_set():
                    raise stopped from None
                raise
            finally:
                timer.cancel()
                with self._guard:
                    self._processes.discard(process)


def _command(arguments: Sequence[str]) -> str:
    """Return the name of a git command, after the settings that are given to it."""
    return next(word for option, word in zip(("", *arguments), arguments, strict=False) if "-c" not in (option, word))


#: The most seconds for any command to a remote.
REMOTE_TIMEOUT = 60.0
#: After how many seconds a lock on a branch is nobody's any more, and one that our own git must have left.
STALE_LOCK, OWN_STALE_LOCK = 600.0, 3.0
#: The most seconds between the marker and the last lock of our own git.
_OWN_TIME = 30.0
#: The ref of a remote's branch while it is merged: neither a branch nor a ref of the remote's own.
_THEIRS = "refs/sphinx-digest/remote"
_NOTHING = "0" * 40
#: Options that make git wait until a commit is on the disk.
_SAFE = ("-c", "core.fsync=all")


class RejectedError(GitError):
    """The remote has commits that the clone does not have."""


@dataclass(frozen=True)
class Author:
    """The author of commits. Without one, git's own settings name it."""

    name: str
    email: str


@dataclass(frozen=True)
class Clone:
    """A clone to commit to.

    :param root: a folder of it, with no links on the way; paths are relative to that.
    :param index: a file that nobody else uses, in the folder of :func:`git_path`.
    :param branch: the one that has to be checked out for anything to be done; any without it.
    """

    root: Path
    index: Path
    author: Author | None = None
    branch: str = ""
    running: Running = field(default_factory=Running, compare=False, repr=False)

    def commit(self, paths: Sequence[str], message: str) -> str | None:
        """Commit files as they are in the folder, on the branch that is checked out, and return the commit's hash.

        Files that are gone there are removed. It is None if all of that is committed already. All of them are
        committed, or none.

        :raises GitError: if git refuses, or another branch is checked out.
        """
        with self.running.writing:
            ref = self._check_branch()
            head = self._find(f"{ref}^{{commit}}")
            self._forget_index()
            if head:
                self._run("read-tree", head)
            self._run("update-index", "--add", "--remove", "-z", "--stdin", send=_joined(paths))
            tree = self._run("write-tree")
            if head and tree == self._find(f"{head}^{{tree}}"):
                return None
            commit = self._commit_tree(tree, [head] if head else [], message)
            with self._marked():
                self._update(ref, commit, head, message)
                self._forget_index()
                self._settle(paths)
            return commit

    def settle(self, paths: Iterable[str]) -> None:
        """Let the usual index know of files that are committed, if a killed process has not come to it.

        :raises GitError: if no branch is checked out, or for some seconds after a git of ours was killed.
        """
        with self._marked():
            self._settle(paths)

    def check(self) -> str:
        """Return the name of the branch that is checked out, if commits can be made.

        :raises GitError: if there is no branch, or nobody to be their author.
        """
        ref = self._check_branch()
        self._run("var", "GIT_COMMITTER_IDENT")
        self._run("var", "GIT_AUTHOR_IDENT")
        return _short(ref)

    def check_folder(self, folder: str) -> None:
        """Check that a folder, which may be missing, is in the clone and not reached through a link.

        A merged commit can replace any folder by a link: check each time before writing there.

        :param folder: relative to the root.
        :raises GitError: if it is outside, in ``.git``, or a link.
        """
        place = Path(os.path.normpath(self.root / folder))
        try:
            real = place.resolve()
        except (OSError, RuntimeError):  # a loop of links
            real = None
        top = Path(self._run("rev-parse", "--show-toplevel"))
        inside = place.is_relative_to(top) and ".git" not in (part.lower() for part in place.relative_to(top).parts)
        if real != place or not inside:
            raise GitError(f"the folder {folder} is not in the clone, or is a link: nothing is written there")

    def committed(self, paths: Iterable[str]) -> set[str]:
        """Return the paths that a commit of the branch has ever added, even if they were removed later.

        :raises GitError: if git refuses, or another branch is checked out.
        """
        given = set(paths)
        ref = self._check_branch()
        if not given or not self._find(f"{ref}^{{commit}}"):
            return set()
        options = ("--format=", "--name-only", "-z", "--relative", "--full-history", "-m", "--diff-filter=AR")
        # git is asked about folders: the paths may be more than a command line has room for
        folders = sorted({os.fspath(PurePosixPath(path).parent) for path in given})
        output = self._read("log", *options, ref, "--", *folders, variables={})
        return {os.fsdecode(name).strip("\n") for name in output.split(b"\0") if name} & given

    def push(self, remote: str, branch: str) -> None:
        """Push what is checked out to a branch of a remote, never by force.

        :raises RejectedError: if the branch has other commits; see :meth:`join`.
        :raises GitError: if it cannot be done.
        """
        ref = self._check_branch()
        options = ("--porcelain", "--no-recurse-submodules", "--", remote, f"{ref}:refs/heads/{branch}")
        with self._remote("push", *options) as process:
            output = process.output.read().decode("utf-8", "replace")
            try:
                process.finish()
            except GitError as error:
                refusals = [line.split("\t")[-1] for line in output.splitlines() if line.startswith("!")]
                if any("fetch first" in line or "non-fast-forward" in line for line in refusals):
                    raise RejectedError("the remote has commits that are not in the clone") from None
                raise GitError(refusals[0] if refusals else str(error)) from None

    def join(self, remote: str, branch: str) -> None:
        """Take in what a remote's branch has: as the new state of ours, or by a merge. Nothing local is lost by it.

        :raises GitError: if it cannot be fetched, or conflicts with commits or changes in the clone.
        """
        self._check_branch()
        self._fetch(remote, branch)
        with self.running.writing:
            # the fetch may have taken a minute, in which a person may have gone to another branch
            ref = self._check_branch()
            head, theirs = self._run("rev-parse", ref), self._run("rev-parse", _THEIRS)
            base = self._find_base(head, theirs)
            if base == theirs:
                return
            message = f"Merge branch '{branch}' of the remote"
            new = theirs if base == head else self._merge(head, theirs, message)
            with self._marked():
                with suppress(GitError):  # it fails where files were changed, which does not matter here
                    self._run("update-index", "-q", "--refresh", variables={})
                # the folder first: it refuses to take the place of what was changed
                self._run("read-tree", "-m", "-u", head, new, variables={})
                self._update(ref, new, head, message)

    def _check_branch(self) -> str:
        """Return the ref of the branch that is checked out, unless a person has switched to another one."""
        try:
            ref = self._run("symbolic-ref", "HEAD")
        except GitError as error:
            message = "no branch is checked out" if "not a symbolic ref" in str(error) else str(error)
            raise GitError(message) from None
        if self.branch and _short(ref) != self.branch:
            raise GitError(f"the clone is on the branch {_short(ref)}, and not on {self.branch}")
        return ref

    def _find_base(self, head: str, theirs: str) -> str:
        try:
            return self._run("merge-base", head, theirs)
        except GitError:
            message = "the remote's branch has no commit in common with this one, a person has to look at it"
            raise GitError(message) from None

    def _merge(self, head: str, theirs: str, message: str) -> str:
        with self._start("merge-tree", "--write-tree", head, theirs) as process:
            output = process.output.read().decode("utf-8", "replace")
            try:
                process.finish()
            except GitError as error:
                # conflicts are not errors to git, which tells them with the result
                reason = next((line for line in output.splitlines() if line.startswith("CONFLICT")), error)
                message = f"the remote's branch cannot be merged, a person has to do it: {reason}"
                raise GitError(message) from None
        return self._commit_tree(output.splitlines()[0], [head, theirs], message)

    def _fetch(self, remote: str, branch: str) -> None:
        refspec = f"+refs/heads/{branch}:{_THEIRS}"
        options = ("--quiet", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head", "--", remote, refspec)
        with self._remote("fetch", *options) as process:
            process.read()

    @property
    def _variables(self) -> dict[str, str]:
        """No questions to a person who is not there, and who makes the commits."""
        variables = {"GIT_TERMINAL_PROMPT": "0"}
        if self.author is not None:
            for role in ("AUTHOR", "COMMITTER"):
                variables |= {f"GIT_{role}_NAME": self.author.name, f"GIT_{role}_EMAIL": self.author.email}
        return variables

    @property
    def _private(self) -> dict[str, str]:
        return {"GIT_INDEX_FILE": os.fspath(self.index)}

    def _forget_index(self) -> None:
        for file in (self.index, self.index.with_name(f"{self.index.name}.lock")):
            file.unlink(missing_ok=True)

    def _settle(self, paths: Iterable[str]) -> None:
        options = ("--quiet", "--pathspec-from-file=-", "--pathspec-file-nul")
        self.running.unsettled |= {*paths}
        # git status calls the files deleted if it fails: they are committed all the same, and come with the next ones
        with suppress(GitError):
            self._run("reset", *options, send=_joined(sorted(self.running.unsettled)), variables={})
            self.running.unsettled.clear()

    def _commit_tree(self, tree: str, parents: Sequence[str], message: str) -> str:
        of = [option for parent in parents for option in ("-p", parent)]
        return self._run("commit-tree", tree, *of, send=f"{message}\n".encode())

    def _update(self, ref: str, commit: str, before: str, message: str) -> None:
        """Move a branch to a commit, if nobody else has moved it (compare and swap)."""
        self._run("update-ref", "-m", f"commit: {message.splitlines()[0]}", ref, commit, before or _NOTHING)

    @contextmanager
    def _marked(self) -> Iterator[None]:
        """Leave a marker while git takes locks: who finds one knows that a git of ours was killed, with its locks.

        :raises GitError: while such locks are there: a marker of now would make them look like those of others.
        """
        marker = self.index.with_name(f"{self.index.name}.updating")
        with self.running.writing:
            names = ("HEAD", self._run("symbolic-ref", "--quiet", "HEAD"), _THEIRS, "index")
            marked = marker.stat().st_mtime if marker.exists() else None
            for name in names:
                _remove_left(git_path(self.root, f"{name}.lock"), marked)
            marker.touch()
            yield
            marker.unlink(missing_ok=True)

    def _find(self, name: str) -> str:
        try:
            return self._run("rev-parse", "--quiet", "--verify", name)
        except GitError:
            return ""

    def _run(self, *arguments: str, send: bytes = b"", variables: Mapping[str, str] | None = None) -> str:
        return self._read(*arguments, send=send, variables=variables).decode("utf-8", "surrogateescape").strip()

    def _read(self, *arguments: str, send: bytes = b"", variables: Mapping[str, str] | None = None) -> bytes:
        with self._start(*arguments, send=send, variables=variables) as process:
            return process.read()

    @contextmanager
    def _start(
        self, *arguments: str, send: bytes = b"", variables: Mapping[str, str] | None = None
    ) -> Iterator[Process]:
        """Start a git process that works with our own index, unless there are other ``variables``."""
        given = {**self._variables, **(self._private if variables is None else variables)}
        with self.running.start(self.root, *_SAFE, *arguments, send=send, variables=given) as process:
            yield process

    @contextmanager
    def _remote(self, *arguments: str) -> Iterator[Process]:
        """Start a git process that talks to a remote."""
        variables = self._variables | remote_protocols()
        with self.running.start(self.root, *arguments, variables=variables, seconds=REMOTE_TIMEOUT) as process:
            yield process


def git_path(root: Path, name: str) -> Path:
    """Return the path of a file of ours in git's own folder, where nothing is committed.

    :raises GitError: if the folder is not in a repository.
    """
    path = read_output(root, "rev-parse", "--git-path", name).decode("utf-8", "surrogateescape").rstrip("\n")
    return root / path


def _short(ref: str) -> str:
    # not git's own short name, which changes as soon as a tag has the same one
    return ref.removeprefix("refs/heads/")


def _joined(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _remove_left(lock: Path, marked: float | None) -> None:
    """Remove a lock that a killed git has left.

    No git takes long to update a branch. An index may be locked for as long as a person writes a message, so that only
    the lock is removed that goes with our marker.

    :raises GitError: if it goes with our marker and is so young that its git may still be about to end.
    """
    try:
        made = lock.stat().st_mtime
        # a clock that was put back has made it in the future
        age = abs(time.time() - made)
        is_own = marked is not None and marked <= made <= marked + _OWN_TIME
        if is_own and age <= OWN_STALE_LOCK:
            raise GitError(f"{lock} was left by a git that was killed, and is removed in some seconds")
        if is_own or (age > STALE_LOCK and lock.name != "index.lock"):
            lock.unlink()
    except FileNotFoundError:
        return
