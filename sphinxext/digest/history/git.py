"""The only module that starts a process: git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path


class GitError(Exception):
    """git is not there, or refused; the message is for the user."""


def read_lines(root: Path, *arguments: str) -> Iterator[str]:
    """The lines that a git command prints, as they come.

    The command runs in the folder ``root`` and never takes a lock. Names are printed as they are, in UTF-8, where git
    does not have to quote them.

    :raises GitError: if git cannot be started or fails; the message is git's own first line.
    """
    command = ["git", "-C", os.fspath(root), "--no-optional-locks", "-c", "core.quotePath=false", *arguments]
    try:
        process = subprocess.Popen(  # noqa: S603 - a fixed program; arguments are options of ours and paths after --
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "LC_ALL": "C"},
            encoding="utf-8",
            errors="surrogateescape",
        )
    except OSError as error:
        raise GitError(f"git cannot be started: {error.strerror or error}") from None
    with process:
        assert process.stdout is not None and process.stderr is not None
        for line in process.stdout:
            yield line.rstrip("\n")
        message = process.stderr.read().strip()
    if process.returncode:
        raise GitError(message.splitlines()[0] if message else f"git ended with status {process.returncode}")
