"""The only module that starts a process: git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile

#: Variables by which git tells the hooks that it runs where they are; they would take the place of the folder.
_OF_A_HOOK = frozenset({"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"})


class GitError(Exception):
    """git is not there, or refused; the message is for the user."""


def read_lines(root: Path, *arguments: str) -> Iterator[str]:
    """The lines that a git command prints, as they come.

    The command runs in the folder ``root`` and never takes a lock. Names are printed as they are, in UTF-8, where git
    does not have to quote them. The repository is that of the folder, even in a hook that git runs for another one.

    :raises GitError: if git cannot be started or fails; the message is git's own line that says why.
    """
    command = ["git", "-C", os.fspath(root), "--no-optional-locks", "-c", "core.quotePath=false", *arguments]
    # a file for its messages: with two pipes git would wait for ever if it had more to say than one of them holds
    with TemporaryFile() as messages:
        try:
            process = subprocess.Popen(  # noqa: S603 - a fixed program; arguments are options of ours and paths after --
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=messages,
                env={name: value for name, value in os.environ.items() if name not in _OF_A_HOOK} | {"LC_ALL": "C"},
                encoding="utf-8",
                errors="surrogateescape",
            )
        except OSError as error:
            raise GitError(f"git cannot be started: {error.strerror or error}") from None
        with process:
            assert process.stdout is not None
            for line in process.stdout:
                yield line.rstrip("\n")
        if process.returncode:
            messages.seek(0)
            lines = messages.read().decode("utf-8", "replace").splitlines() or [f"status {process.returncode} of git"]
            raise GitError(next((line for line in lines if line.startswith("fatal:")), lines[0]))
