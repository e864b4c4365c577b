"""The release notes of a working copy, as they are in their folder and in the folders within it."""

from __future__ import annotations

import os
import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sphinxext.digest.fragments.folder import list_folder, read_bytes
from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.changes import unique_id
from sphinxext.digest.release.config import NotesConfig
from sphinxext.digest.release.notes import NoteReader

_IDENTITY = re.compile("[0-9a-f]{16}")


@dataclass(slots=True)
class NotesReading:
    """The notes of a folder: their paths, the texts with the paths of their files, and the problems of all files.

    ``components`` are the names that the notes may have; without any, all will do.
    """

    paths: list[str] = field(default_factory=list)
    texts: list[tuple[str, Text]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    components: tuple[str, ...] = ()


def read_notes_folder(
    conf: NotesConfig, only: Container[str] | None = None, components: Iterable[str] = ()
) -> NotesReading:
    """Read the release notes of a working copy. A folder that does not exist holds none.

    :param only: the paths of the files to report on, relative to the repository. The others are read all the same,
        since their texts may have the targets of links.
    :param components: the names that the key of components may have; without any, all will do.
    """
    reading = NotesReading(components=tuple(components))
    folder = conf.notespath.replace(os.sep, "/")
    for directory, name in _folders(Path(conf.reporoot), folder):
        for entry, problem in list_folder(directory, name):
            if problem is not None:
                reading.problems.append(problem)
            elif entry is not None:
                _read(Path(entry.path), f"{name}/{entry.name}", conf, reading)
    reading.problems += _same_identities(reading.paths)
    if only is not None:
        reading.problems = [problem for problem in reading.problems if problem.path in only]
    return reading


def _folders(root: Path, folder: str) -> Iterator[tuple[Path, str]]:
    """Yield the folder and those within it, each with its path from the repository; links are not followed."""
    top = root / folder
    for place, folders, _files in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        below = Path(place).relative_to(top).as_posix()
        yield Path(place), folder if below == "." else f"{folder}/{below}"


def _read(file: Path, path: str, conf: NotesConfig, reading: NotesReading) -> None:
    reading.paths.append(path)
    content = read_bytes(file, path)
    if isinstance(content, Problem):
        reading.problems.append(content)
        return
    if not _IDENTITY.fullmatch(unique_id(path)):
        message = "the name must end in '-' and 16 hexadecimal digits, by which a note is known when it is renamed"
        reading.problems.append(Problem(path, 0, 0, Code.FILE_NAME, message))
    read_content(content, path, conf, reading)


def read_content(content: bytes, path: str, conf: NotesConfig, reading: NotesReading) -> None:
    """Add the texts and problems of a note."""
    reader = NoteReader.of(conf, strict=True, components=reading.components)
    parts = reader.read(content, path, reading.problems)
    if parts is not None:
        prelude, sections, _end, _component = parts
        texts = [*([prelude] if prelude else []), *(text for section in sections.values() for text in section)]
        reading.texts += [(path, text) for text in texts]


def _same_identities(paths: list[str]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for path in sorted(paths):
        identity = unique_id(path)
        if (other := first.setdefault(identity, path)) != path:
            message = f"{other} has the same identity, {identity}: give one of them another"
            yield Problem(path, 0, 0, Code.DUPLICATE_IDENTITY, message)
