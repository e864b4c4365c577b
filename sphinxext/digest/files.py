"""Writing files: each appears with all its content, or what was there stays."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Let an error say which file cannot be written; a full disk does not tell, or a temporary file is named.

    :raises OSError: of the same kind as what was raised inside, with this path.
    """
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, f"cannot be written: {error.strerror or error}", os.fspath(path)) from None


def replace_file(path: Path, data: bytes) -> None:
    """Write a file that appears with all its content or stays as it was.

    What a link leads to is replaced, not the link; a file that is there keeps its permissions. What is no regular
    file, such as a device, is written to.

    :raises OSError: if it cannot be written.
    """
    with writing(path):
        _replace(path.resolve(), data)


def _replace(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode(path))
        temporary.replace(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _mode(path: Path) -> int:
    """The permissions of a file, or those that a new one has by the user's mask."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
