"""The only module that starts a process: git.

A repository may come from anybody: a branch that nobody has looked at, an unpacked archive, a folder of mail. Its
settings can name programs in dozens of places. git is started so that it runs none of them and asks no network.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Self

#: Variables that lead git to another repository, or that change how it reads one. Those of settings stay: a container
#: may need them to trust a folder, and ours come after them.
_DROPPED = frozenset(
    {
        *("GIT_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"),
        *("GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_SHALLOW_FILE", "GIT_NAMESPACE"),
        *("GIT_REPLACE_REF_BASE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_CONFIG", "GIT_ATTR_SOURCE", "GIT_EXTERNAL_DIFF"),
        *("GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
    }
)
#: Options of every command: no locks, no program that a repository names, nothing but what was committed.
_ALWAYS = (
    "--no-pager",
    "--no-optional-locks",
    "--no-replace-objects",
    "--literal-pathspecs",
    # a folder with the files of a bare repository may have been committed into the project
    *("-c", "safe.bareRepository=explicit"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "submodule.recurse=false"),
    *("-c", "fetch.bundleURI="),
    *("-c", "core.quotePath=false"),
    *("-c", "diff.submodule=short"),
    *("-c", f"diff.orderFile={os.devnull}"),
    *("-c", "log.showSignature=false"),
    *("-c", "log.mailmap=false"),
    *("-c", f"mailmap.file={os.devnull}"),
    *("-c", "mailmap.blob="),
    *("-c", "log.follow=false"),
    *("-c", "log.showRoot=true"),
    # files anywhere on the machine: a pipe or a device has no end
    *("-c", f"core.attributesFile={os.devnull}"),
    *("-c", f"core.excludesFile={os.devnull}"),
)
#: Variables for values of settings.
_EMPTY, _FALSE = "SPHINXEXT_DIGEST_EMPTY", "SPHINXEXT_DIGEST_FALSE"
#: The environment that git is started with. Without protocols it reaches no remote and starts nothing for that: no
#: helper, ssh, proxy, or program that asks for a password.
_VARIABLES = {
    "LC_ALL": "C",
    # a repository's grafts would be other parents than those that were committed
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_ALLOW_PROTOCOL": "",
    # git before 2.39.4 does not know this one; there the protocols hold
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    _EMPTY: "",
    _FALSE: "false",
}
#: The protocols of a command that is meant to reach a remote. There are others, such as ``ext``, that run any program.
_REMOTE_PROTOCOLS = "file:git:http:https:ssh"
#: Commands that neither compare, write nor merge files: they have no use for what filters, drivers and hooks are set.
_WITHOUT_FILES = frozenset(
    {
        *(
            "cat-file",
            "check-mailmap",
            "config",
            "diff-index",
            "diff-tree",
            "for-each-ref",
            "log",
            "ls-files",
            "rev-list",
        ),
        *("rev-parse", "show-ref"),
    }
)
#: Settings of drivers that name programs or insist on one, each with the variable that has its value instead.
_OF_DRIVERS = {
    ("filter", "clean"): _EMPTY,
    ("filter", "smudge"): _EMPTY,
    ("filter", "process"): _EMPTY,
    ("filter", "required"): _FALSE,
    ("merge", "driver"): _EMPTY,
}
#: Git's last words where ssh or another program has failed.
_NO_REASON = "fatal: Could not read from remote repository."
#: How much is read at once.
_CHUNK = 1 << 16
#: The message for a partial clone.
PARTIAL = (
    "this clone is partial and lacks files or folders of other commits, which are not fetched automatically; fetch "
    "them once (git fetch --refetch --no-filter, in GitHub's checkout action without filter)"
)
#: Part of git's message where a partial clone lacks an object.
_LACKING = "from promisor remote"


class HistoryError(ValueError):
    """The history does not have the answer; the message is one line for the user."""


class GitError(HistoryError):
    """git is missing or failed; the message is for the user."""


class PartialCloneError(GitError):
    """The clone is partial and lacks an object that is needed. Nothing is fetched for it."""

    def __init__(self) -> None:
        super().__init__(PARTIAL)


@dataclass(frozen=True)
class GitDir:
    """A repository that somebody named by its own folder: a bare one, or the ``.git`` of a working copy.

    Only a named repository may be bare. In any other folder, git finds the repository around it.
    """

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def __truediv__(self, name: str) -> Path:
        return self.path / name


#: Where git is started: the top folder of a working copy or one within it, or a repository that was named.
Place = Path | GitDir


class Process:
    """A git command that runs while others do their work; its output is read when it is needed.

    The command runs in the folder ``root`` and never takes a lock. The repository is that of the folder, even in a
    hook that git runs for another one. No program is run that settings or attributes of the repository name, and no
    remote is reached unless ``variables`` has ``GIT_ALLOW_PROTOCOL``.

    :param root: the top folder of a working copy, or a folder of it that nobody else has filled.
    :param send: what the command reads; None opens a pipe to write to.
    :param aside: whether the output is kept in a file, so that the command never waits until somebody reads.
    :param variables: of the environment, besides those that are there.
    :param apart: whether it goes on when a terminal interrupts us, so that it can end what it has begun.
    :raises GitError: if git cannot be started.
    """

    def __init__(
        self,
        root: Place,
        *arguments: str,
        send: bytes | None = b"",
        aside: bool = False,
        variables: Mapping[str, str] | None = None,
        apart: bool = False,
    ) -> None:
        where = _where(root)
        drivers = [] if arguments[0] in _WITHOUT_FILES else _without_drivers(root)
        command = ["git", *where, *_ALWAYS, *drivers, *arguments]
        self._apart = apart
        # files for its messages and for what it reads: with several pipes git and we could wait for each other
        self._messages = TemporaryFile()  # noqa: SIM115 - closed with the process
        self._aside = TemporaryFile() if aside else None  # noqa: SIM115
        with TemporaryFile() as given:
            given.write(send or b"")
            given.seek(0)
            try:
                self._process = subprocess.Popen(  # noqa: S603 - a fixed program; the arguments are our own
                    command,
                    stdin=subprocess.PIPE if send is None else given if send else subprocess.DEVNULL,
                    stdout=self._aside or subprocess.PIPE,
                    stderr=self._messages,
                    env=environment() | dict(variables or {}),
                    process_group=0 if apart and os.name == "posix" else None,
                )
            except OSError as error:
                self._messages.close()
                raise GitError(f"git cannot be started: {error.strerror or error}") from None
        # one that nobody has closed ends as soon as its input does; in a forked process others may still use it
        weakref.finalize(self, _close, self._streams).atexit = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def output(self) -> IO[bytes]:
        """The output of the command."""
        if self._aside is not None:
            self._process.wait()
            self._aside.seek(0)
            return self._aside
        assert self._process.stdout is not None
        return self._process.stdout

    @property
    def input(self) -> IO[bytes]:
        """The input of the command, if it was started with a pipe."""
        assert self._process.stdin is not None
        return self._process.stdin

    def read_some(self) -> bytes:
        """The next whole lines of the output, as many as have come; nothing at the end.

        :raises GitError: at the end if the command failed.
        """
        data: bytes = self.output.read1(_CHUNK)  # type: ignore[attr-defined] # it is buffered
        if data and not data.endswith(b"\n"):
            data += self.output.readline()
        if not data:
            self.finish()
        return data

    def read(self) -> bytes:
        """All of the output that was not read yet.

        :raises GitError: if the command failed; the message is git's own line that says why.
        """
        data = self.output.read()
        self.finish()
        return data

    def finish(self) -> None:
        """Wait for the end.

        :raises GitError: if the command failed; the message is git's own line that says why.
        """
        status = self._process.wait()
        message = ""
        if status and not self._messages.closed:
            self._messages.seek(0)
            text = self._messages.read().decode("utf-8", "replace")
            message = _LACKING if _LACKING in text else _complaint(text, status)
        self.close()
        if status:
            raise PartialCloneError if _LACKING in message else GitError(message)

    def kill(self) -> None:
        """Make the command fail if it still runs. One that is ``apart`` takes all that it has started with it."""
        if self._process.poll() is not None:
            return
        if self._apart and sys.platform != "win32":
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()

    def close(self) -> None:
        """End the command if it still runs; nothing more is read from it."""
        self.kill()
        _close(self._streams)
        self._process.wait()

    @property
    def _streams(self) -> list[IO[bytes]]:
        streams = (self._process.stdin, self._process.stdout, self._messages, self._aside)
        return [stream for stream in streams if stream is not None]


def _close(streams: Iterable[IO[bytes]]) -> None:
    for stream in streams:
        try:
            stream.close()
        except BrokenPipeError:  # the command ended before it had read all
            continue


def read_output(root: Place, *arguments: str, send: bytes = b"") -> bytes:
    """All that a git command prints.

    :raises GitError: if git cannot be started or fails.
    """
    with Process(root, *arguments, send=send) as process:
        return process.read()


def read_lines(root: Place, *arguments: str) -> Iterator[str]:
    """The lines that a git command prints, as they come.

    Names are printed as they are, in UTF-8, where git does not have to quote them.

    :raises GitError: if git cannot be started or fails; the message is git's own line that says why.
    """
    with Process(root, *arguments) as process:
        for line in process.output:
            yield line.decode("utf-8", "surrogateescape").rstrip("\n")
        process.finish()


def _where(root: Place) -> tuple[str, ...]:
    return (f"--git-dir={root.path}",) if isinstance(root, GitDir) else ("-C", os.fspath(root))


def _without_drivers(root: Place) -> list[str]:
    """Options that leave nothing to run of the filters, merge drivers and hooks that settings define by name.

    :raises GitError: if the settings cannot be read.
    """
    names = read_output(root, "config", "--list", "--name-only", "--null").split(b"\0")
    return override_drivers(os.fsdecode(name) for name in dict.fromkeys(names))


def _complaint(messages: str, status: int) -> str:
    """The line of git's messages that says what is wrong, and what git recommends where it is not to be guessed."""
    lines = [line for line in messages.splitlines() if line.strip()]
    said = [line for line in lines if not line.startswith("hint:")] or [f"status {status} of git"]
    found = [line for mark in ("fatal:", "error:", "") for line in said if line.startswith(mark)]
    complaint = found[0]
    if complaint == _NO_REASON:
        # the program that carries the data has said why, in the lines before
        complaint = next((line for line in said if line != complaint and not line.startswith("warning:")), complaint)
    advice = next((line.strip() for line in lines if "--add safe.directory" in line), "")
    return f"{complaint}; if you trust it: {advice}" if advice else complaint


def override_drivers(names: Iterable[str]) -> list[str]:
    """Options that leave nothing to run of what settings define under names of their own.

    :param names: all settings that there are, as ``git config --list --name-only`` prints them.
    """
    options = []
    for name in names:
        section = name.partition(".")[0]
        rest, _, last = name.rpartition(".")
        if (section, last) == ("hook", "command"):
            options.append(f"--config-env={rest}.enabled={_FALSE}")
        elif (section, last) in _OF_DRIVERS:
            # and not by "-c", for which a name ends at its first "="
            options.append(f"--config-env={name}={_OF_DRIVERS[section, last]}")
    return options


def remote_protocols() -> dict[str, str]:
    """The variables of a command that is meant to reach a remote: protocols, unless the user has named others."""
    return {"GIT_ALLOW_PROTOCOL": os.environ.get("GIT_ALLOW_PROTOCOL", _REMOTE_PROTOCOLS)}


def environment() -> dict[str, str]:
    """The variables with which git is started."""
    kept = {name: value for name, value in os.environ.items() if name not in _DROPPED and not _is_trace(name, value)}
    return kept | _VARIABLES


def _is_trace(name: str, value: str) -> bool:
    """Return True for a trace that would be among git's messages, and not in a file."""
    return name.startswith("GIT_TRACE") and not Path(value).is_absolute()
