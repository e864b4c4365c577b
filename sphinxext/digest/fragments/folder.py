"""Reading the fragments folder: what each of its files holds."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sphinxext.digest import safeyaml
from sphinxext.digest.fragments.fields import Type
from sphinxext.digest.fragments.listing import SUFFIX, list_folder, unreadable
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.model import Fragment, Text
from sphinxext.digest.problems import Code, Problem


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
    with without_collector():
        _read_entries(root, folder, reading)
    return reading


def _read_entries(root: Path, folder: str, reading: FolderReading) -> None:
    for entry, problem in list_folder(root / folder, folder):
        if problem is not None:
            reading.problems.append(problem)
        elif entry is not None:
            reading.add_file(entry.path, f"{folder}/{entry.name}")


@contextmanager
def without_collector() -> Iterator[None]:
    """Without Python's cycle collector, which would look through all fragments again and again, and find nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


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
    try:
        with open(file, "rb", buffering=0) as stream:  # noqa: PTH123
            # one byte more than allowed is enough to see that a file is too large
            data = stream.read(min(os.fstat(stream.fileno()).st_size, safeyaml.MAX_BYTES) + 1)
    except OSError as error:
        return None, [unreadable(path, error)]
    return read_fragment(data, path, name.removesuffix(SUFFIX), left_out)
