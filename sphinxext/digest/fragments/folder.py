"""Read the folder of fragments: which files there are, and what tells one state of the folder from another."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.model import Fragment, Text
from sphinxext.digest.model.keys import Type
from sphinxext.digest.problems import Code, Problem, unreadable
from sphinxext.digest.yaml import MAX_BYTES

SUFFIX = ".yaml"

#: How long after a file's time it may still change without a new time: FAT counts in two seconds.
_GRANULARITY_NS = 2_000_000_000


def fingerprint(root: Path, folder: str, *beside: str) -> bytes | None:
    """Return a fingerprint of a folder without reading its files: their names, times, sizes and links.

    Which folder a link leads to counts: what git knows of the files, and which links lead out of the folder, depends
    on it. None if a file is so young that it could still change without a new time, or goes while it is looked at.

    :param beside: further files, relative to the project, that are read with the folder.
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
    for path in beside:
        try:
            status = (root / path).stat()
        except OSError:
            continue
        if max(status.st_mtime_ns, status.st_ctime_ns) > started - _GRANULARITY_NS:
            return None
        lines.append(f"{path} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_size}")
    return blake2b("\n".join(lines).encode("utf-8", "surrogateescape"), digest_size=16).digest()


def list_folder(directory: Path, folder: str) -> Iterator[tuple[os.DirEntry[str] | None, Problem | None]]:
    """Yield each entry that is meant to be a fragment, or what is wrong with it, in alphabetical order."""
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
        return Problem(path, 0, 0, Code.UNREADABLE, "a directory is in the place of a file")
    if not stat.S_ISREG(mode):
        return Problem(path, 0, 0, Code.UNREADABLE, "this is not a regular file")
    if entry.is_symlink() and not Path(entry.path).resolve().is_relative_to(directory.resolve()):
        return Problem(path, 0, 0, Code.OUTSIDE, "the link leads out of the folder")
    return None


def _is_meant(name: str) -> bool:
    return name.lower().endswith((SUFFIX, ".yml")) and not name.startswith(".")


@dataclass(slots=True)
class FolderReading:
    """The fragments of a folder, in alphabetical order of their files, and the problems of all files.

    ``left_out`` has the texts of notes that are left out because of a problem, by the path of their file.
    """

    fragments: list[Fragment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, list[tuple[Type, Text]]] = field(default_factory=dict)

    def add_file(self, file: str | Path, path: str) -> None:
        """Read one file; see :func:`read_file`."""
        left_out: list[tuple[Type, Text]] = []
        fragment, problems = read_file(file, path, left_out)
        self.problems += problems
        if fragment is not None:
            self.fragments.append(fragment)
        if left_out:
            self.left_out[path] = left_out


def read_folder(root: Path, folder: str) -> FolderReading:
    """Read all fragments of a folder. A folder that does not exist holds none.

    :param root: the project.
    :param folder: relative to the project, with ``/`` between its parts; it begins the path of every problem.
    """
    reading = FolderReading()
    _read_entries(root, folder, reading)
    return reading


def _read_entries(root: Path, folder: str, reading: FolderReading) -> None:
    for entry, problem in list_folder(root / folder, folder):
        if problem is not None:
            reading.problems.append(problem)
        elif entry is not None:
            reading.add_file(entry.path, f"{folder}/{entry.name}")


def read_file(
    file: str | Path, path: str, left_out: list[tuple[Type, Text]] | None = None
) -> tuple[Fragment | None, list[Problem]]:
    """Read one file; see :func:`~sphinxext.digest.fragments.read.read_fragment`.

    :param file: where it is.
    :param path: how problems name it.
    """
    name = os.path.basename(file)  # noqa: PTH119 - a Path costs more than the reading
    if not name.endswith(SUFFIX):
        return None, [Problem(path, 0, 0, Code.FILE_NAME, f"the name must end in {SUFFIX}")]
    data = read_bytes(file, path)
    if isinstance(data, Problem):
        return None, [data]
    return read_fragment(data, path, name.removesuffix(SUFFIX), left_out)


def read_bytes(file: str | Path, path: str) -> bytes | Problem:
    """Read a file up to one byte more than a file may have, which is enough to see that it is too large.

    :param file: where it is.
    :param path: how problems name it.
    """
    try:
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123
            return stream.read(min(os.fstat(stream.fileno()).st_size, MAX_BYTES) + 1)
    except OSError as error:
        return unreadable(path, error)
