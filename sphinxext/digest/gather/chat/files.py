"""Find the JSON files of an export: one file, a folder, or a zip archive, which is never unpacked to disk."""

from __future__ import annotations

import lzma
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from sphinxext.digest.gather.irc.sources import MAX_UNPACKED, BrokenError, chunks_of
from sphinxext.digest.problems import Code, DigestError, Problem, unreadable

_ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz")
_ZIP = b"PK\x03\x04"
#: The most files of an archive, and how much larger than itself it may become; text becomes ten times as large.
MAX_FILES = 500_000
MAX_RATIO, MIN_ALLOWED = 100, 64 * 1024 * 1024
#: What malformed entries raise; a RuntimeError is an encrypted one, or a compression that is unknown.
_BROKEN = (OSError, EOFError, ValueError, RuntimeError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file of an export. ``name`` is how problems call it; ``inner`` is its path, which names channels of Slack."""

    name: str
    inner: PurePosixPath
    chunks: Callable[[], Iterator[bytes]]

    @property
    def folder(self) -> str:
        """The name of the folder that it is in."""
        return self.inner.parent.name

    @property
    def stem(self) -> str:
        """Its name without the ending."""
        return self.inner.name.partition(".")[0]


@contextmanager
def export_files(argument: str) -> Iterator[list[ExportFile]]:
    """Find the files of an export in the order of their names. They can be read until the context ends.

    :raises DigestError: if there is nothing that can be read.
    """
    path = Path(argument)
    if path.is_dir():
        yield [_on_disk(file) for file in _files_in(path)]
    elif _is_zip(path):
        with _opened(path) as archive:
            yield _in_archive(path, archive)
    else:
        yield [_on_disk(path)]


def _is_zip(path: Path) -> bool:
    try:
        if path.exists() and not path.is_file():
            raise DigestError(Problem(path.as_posix(), 0, 0, Code.UNREADABLE, "this is neither a file nor a folder"))
        with path.open("rb") as stream:
            return stream.read(len(_ZIP)) == _ZIP
    except (OSError, ValueError) as error:
        raise DigestError(unreadable(path.as_posix(), error)) from None


def _files_in(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.lower().endswith(_ENDINGS) and not name.startswith(".") and (path := Path(root, name)).is_file():
                yield path


def _on_disk(path: Path) -> ExportFile:
    def chunks() -> Iterator[bytes]:
        with path.open("rb") as stream:
            yield from chunks_of(stream)

    # not resolve(), which would follow links
    return ExportFile(path.as_posix(), PurePosixPath(Path(os.path.abspath(path)).as_posix()), chunks)  # noqa: PTH100


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        message = f"the zip archive cannot be read: {error}"
        raise DigestError(Problem(path.as_posix(), 0, 0, Code.UNREADABLE, message)) from None
    with archive:
        yield archive


def _in_archive(path: Path, archive: zipfile.ZipFile) -> list[ExportFile]:
    """Return the JSON files of an archive. Their names are only read, so it does not matter where they would lead."""
    entries = [one for one in archive.infolist() if not one.is_dir() and one.filename.lower().endswith(_ENDINGS)]
    if len(entries) > MAX_FILES:
        message = f"there are more than {MAX_FILES:,} files in the archive"
        raise DigestError(Problem(path.as_posix(), 0, 0, Code.TOO_LARGE, message))
    budget = _Budget(min(MAX_UNPACKED, MIN_ALLOWED + MAX_RATIO * path.stat().st_size))
    files = []
    for entry in sorted(entries, key=lambda one: one.filename):
        inner = PurePosixPath(entry.filename.replace("\\", "/"))
        if not inner.name.startswith(".") and "__MACOSX" not in inner.parts:
            files.append(ExportFile(f"{path.as_posix()}/{entry.filename}", inner, budget.reader(archive, entry)))
    return files


class _Budget:
    """The bytes that may still come out of an archive."""

    def __init__(self, allowed: int) -> None:
        self._allowed = self._left = allowed

    def reader(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Callable[[], Iterator[bytes]]:
        """Return a function that reads an entry.

        :raises BrokenError: when it is read, if it is malformed or encrypted, or the archive unpacks to too much.
        """

        def chunks() -> Iterator[bytes]:
            try:
                with archive.open(entry) as stream:
                    yield from self._limited(chunks_of(cast(BinaryIO, stream)))
            except _BROKEN as error:
                raise BrokenError(f"it cannot be unpacked: {error}") from None

        return chunks

    def _limited(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._left -= len(chunk)
            if self._left < 0:
                message = f"the archive unpacks to more than {self._allowed:,} bytes: unpack it, and name the folder"
                raise BrokenError(message, Code.TOO_LARGE)
            yield chunk
