"""Atomic writes of outputs, cached records of a build beside the environment, and records of what was written."""

from __future__ import annotations

import pickle
from collections.abc import Set
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sphinx.errors import SphinxError

from sphinxext.digest.files import write_unsynced

_SUM_SIZE = 16


def write_output(file: Path, data: bytes) -> None:
    """Write a file. What was there stays if it cannot be written or the process ends meanwhile.

    :raises SphinxError: if it cannot be written, with a message for the user.
    """
    try:
        write_unsynced(file, data)
    except OSError as error:
        raise SphinxError(f"{file} cannot be written: {error.strerror or error}") from None


def write_if_changed(file: Path, data: bytes) -> None:
    """Write a file unless it has this content already, so that its time stays.

    :raises SphinxError: as :func:`write_output`.
    """
    try:
        is_same = file.read_bytes() == data
    except OSError:
        is_same = False
    if not is_same:
        write_output(file, data)


def checksum(data: bytes) -> bytes:
    """Return a short value that is another one for other data."""
    return blake2b(data, digest_size=_SUM_SIZE).digest()


def mark_of(*parts: object) -> bytes:
    """Return a short value that changes with any of these."""
    return checksum(repr(parts).encode("utf-8", "surrogatepass"))


def checksum_of_file(file: Path) -> bytes | None:
    """Return the checksum of the content of a file, or None if it cannot be read."""
    try:
        return checksum(file.read_bytes())
    except OSError:
        return None


def remove_output(outdir: Path, path: str, expected: bytes) -> None:
    """Remove a file, and the folders in ``outdir`` that become empty, if the file is as a build has written it.

    A file that somebody else has put there, or edited, stays, and so does one that cannot be removed.

    :param expected: the checksum of the content that the build gave it.
    """
    file = outdir / path
    if checksum_of_file(file) != expected:
        return
    with suppress(OSError):
        file.unlink()
        for folder in file.relative_to(outdir).parents[:-1]:
            (outdir / folder).rmdir()


def save_data(file: Path, data: bytes) -> bool:
    """Write a cache entry and return True, or leave the old one and return False.

    It only saves work: later builds do without an entry that cannot be written or read.
    """
    try:
        write_unsynced(file, checksum(data) + data)
    except OSError:
        return False
    return True


def load_data(file: Path) -> bytes | None:
    """Return a cache entry, or None if it is missing or damaged."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    data = content[_SUM_SIZE:]
    return data if content[:_SUM_SIZE] == checksum(data) else None


def save_record(file: Path, version: int, record: object) -> bool:
    """Save a record as :func:`save_data` does; ``version`` tells those of other releases apart."""
    return save_data(file, pickle.dumps((version, record)))


def load_record(file: Path, version: int) -> Any:
    """Return a saved record, or None if it is missing, damaged or of another version."""
    data = load_data(file)
    if data is None:
        return None
    try:
        # Sphinx's own environment, which is next to it, is read in the same way
        found, record = pickle.loads(data)  # noqa: S301
    except Exception:  # such as a class that is gone
        return None
    return record if found == version else None


@dataclass
class Written:
    """The checksums with which the pages in an output folder were written.

    ``tree`` is a mark of all titles, toctrees and headings, which counts if every page has the whole tree,
    ``shows_tree``; ``titles`` is one without the headings, which counts if every page has that, ``shows_titles``.
    ``state`` is a mark of the environment if all pages were written with it: as long as nothing is read, no page has
    to be looked at.
    """

    state: bytes = b""
    pages: dict[str, bytes] = field(default_factory=dict)
    tree: bytes = b""
    titles: bytes = b""
    shows_tree: bool = False
    shows_titles: bool = False


@dataclass
class Writes:
    """The pages of the output: what the last build wrote them with, and what this one does.

    ``before`` is None where nothing is remembered, ``expected`` until all pages have been read. ``read`` are the pages
    that this build reads, ``written`` those that it writes. ``is_alone`` is False if another build wrote into the same
    folder at the same time. From the end of the build on, ``is_finished``, pages are resolved again for what is
    published beside them, but not written. ``has_failed`` is True after a page could not be written.
    """

    before: Written | None = None
    expected: Written | None = None
    read: Set[str] = frozenset()
    written: set[str] = field(default_factory=set)
    is_alone: bool = True
    is_finished: bool = False
    has_failed: bool = False
