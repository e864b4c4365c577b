"""The files of the fragments folder: which there are, and what tells one state of the folder from another."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from sphinxext.digest.problems import Code, Problem

SUFFIX = ".yaml"

#: How long after a file's time it may still change without a new time: FAT counts in two seconds.
_GRANULARITY_NS = 2_000_000_000


def fingerprint(root: Path, folder: str) -> bytes | None:
    """What tells one state of a folder from another without reading its files: their names, times, sizes and links.

    Which folder a link leads to counts: what git knows of the files, and which links lead out of the folder, depends
    on it. None if a file is so young that it could still change without a new time, or goes while it is looked at.
    """
    started = time.time_ns()
    lines = [os.path.relpath(os.path.realpath(root / folder), os.path.realpath(root))]
    for entry, problem in list_folder(root / folder, folder):
        if entry is None or problem is not None:
            lines.append(str(problem))
            continue
        try:
            status = entry.stat()
            link = Path(entry.path).readlink() if entry.is_symlink() else ""
        except OSError:
            return None
        if max(status.st_mtime_ns, status.st_ctime_ns) > started - _GRANULARITY_NS:
            return None
        lines.append(f"{entry.name} {str(link)!r} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_size}")
    return blake2b("\n".join(lines).encode("utf-8", "surrogateescape"), digest_size=16).digest()


def list_folder(directory: Path, folder: str) -> Iterator[tuple[os.DirEntry[str] | None, Problem | None]]:
    """Each entry that is meant to be a fragment, or what is wrong with it, in alphabetical order."""
    try:
        with os.scandir(directory) as entries:
            found = sorted((entry for entry in entries if _is_meant(entry.name)), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        yield None, unreadable(folder, error)
        return
    for entry in found:
        path = f"{folder}/{entry.name}"
        try:
            yield entry, _refusal(entry, path, directory)
        except OSError as error:
            yield entry, unreadable(path, error)


def _refusal(entry: os.DirEntry[str], path: str, directory: Path) -> Problem | None:
    if not entry.name.isprintable():
        return Problem(path, 0, 0, Code.FILE_NAME, "the name has characters that cannot be shown")
    if not entry.name.endswith(SUFFIX):
        return Problem(path, 0, 0, Code.FILE_NAME, f"the name must end in {SUFFIX}")
    if entry.is_file(follow_symlinks=False):
        return None
    mode = entry.stat().st_mode
    if stat.S_ISDIR(mode):
        return Problem(path, 0, 0, Code.UNREADABLE, "a directory stands where a fragment should be")
    if not stat.S_ISREG(mode):
        return Problem(path, 0, 0, Code.UNREADABLE, "this is not a regular file")
    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(directory.resolve()):
        return Problem(path, 0, 0, Code.OUTSIDE, "the link leads out of the fragments folder")
    return None


def _is_meant(name: str) -> bool:
    return name.lower().endswith((SUFFIX, ".yml")) and not name.startswith(".")


def unreadable(path: str, error: OSError) -> Problem:
    """What is wrong with a file or folder that the system does not give."""
    return Problem(path, 0, 0, Code.UNREADABLE, f"cannot be read: {error.strerror or error}")
