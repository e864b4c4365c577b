"""Writing files: each appears with all its content, or what was there stays."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator, Mapping
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


def replace_files(files: Mapping[Path, bytes]) -> None:
    """Write several files as :func:`replace_file` does: all of them, or none if one cannot be written.

    :param files: regular files, or names that no file has yet.
    :raises OSError: if one cannot be written.
    """
    temporary: dict[Path, Path] = {}
    before: dict[Path, bytes | None] = {}
    try:
        for path, data in files.items():
            with writing(path):
                temporary[path] = _write_temporary(path.resolve(), data)
        for path in files:
            with writing(path):
                before[path] = path.read_bytes() if path.exists() else None
                temporary[path].replace(path.resolve())
    except BaseException:
        for path, old in before.items():
            _put_back(path, old)
        raise
    finally:
        for path in temporary.values():
            with suppress(FileNotFoundError):
                path.unlink()


def write_by_way_of(temporary: Path, path: Path, data: bytes) -> None:
    """Write a file that can be had again: it appears with all its content, but the disk is not waited for.

    :param temporary: a name beside it that nobody else uses at the same time.
    :raises OSError: if it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def _put_back(path: Path, old: bytes | None) -> None:
    with suppress(OSError):
        if old is None:
            path.unlink()
        elif path.read_bytes() != old:
            _replace(path.resolve(), old)


def cache_folder(name: str) -> Path:
    """A folder of the user for what can be had again.

    It is in ``XDG_CACHE_HOME`` if that is an absolute path, else in ``~/.cache`` (XDG Base Directory Specification).

    :raises OSError: if nobody knows where the user's files are, as in some containers.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME") or "")
    try:
        return (base if base.is_absolute() else Path.home() / ".cache") / "sphinx-digest" / name
    except RuntimeError:
        raise OSError(errno.ENOENT, "there is no home folder: let XDG_CACHE_HOME name one for copies") from None


def _replace(path: Path, data: bytes) -> None:
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    temporary = _write_temporary(path, data)
    try:
        temporary.replace(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _write_temporary(path: Path, data: bytes) -> Path:
    """Write what is to become a file beside it, with the permissions that it has or is to have."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode(path))
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    return temporary


def _mode(path: Path) -> int:
    """The permissions of a file, or those that a new one has by the user's mask."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
