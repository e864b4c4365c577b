"""Atomic writes, lock files and the user's cache folder.

Every file that the package writes goes through here: a reader finds the old content or the new one, never a part.

==========================  ==========================================================================
:func:`replace_file`        what a user keeps: the disk has it when the function returns (fsync)
:func:`replace_files`       several such files, all of them or none
:func:`create_files`        new files, all of them or none, never in the place of another
:func:`write_unsynced`      caches and outputs, which can be made again: the disk is not waited for
==========================  ==========================================================================
"""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Name the file in an error: that of a full disk names none, or a temporary file.

    :raises OSError: of the same kind as what was raised inside, with this path.
    """
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, f"cannot be written: {error.strerror or error}", os.fspath(path)) from None


def replace_file(path: Path, data: bytes, *, mode: int | None = None, temporary: Path | None = None) -> None:
    """Write a file atomically, and wait until the disk has it.

    The target of a symbolic link is replaced, not the link; a file keeps its permissions. Anything but a regular
    file, such as a device, is written to.

    :param mode: the permissions of a new file; those of the user's mask without it.
    :param temporary: a name beside it that only the caller uses, so that a killed process leaves at most one file.
    :raises OSError: if it cannot be written.
    """
    with writing(path):
        _replace(path.resolve(), data, mode, temporary)


def replace_files(files: Mapping[Path, bytes]) -> None:
    """Write several files like :func:`replace_file`: all of them, or none if one cannot be written.

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
            _restore(path, old)
        raise
    finally:
        for path in temporary.values():
            with suppress(FileNotFoundError):
                path.unlink()


def create_files(files: Mapping[Path, bytes]) -> list[Path]:
    """Create files and return their paths: all of them, or none. They get their names when all are complete.

    :raises FileExistsError: if there is a file with one of the names.
    :raises OSError: if one cannot be written.
    """
    # fragments are read from the folder meanwhile: they never have names that begin with a dot
    temporary = {path: path.with_name(f".{path.name}.tmp") for path in files}
    created: list[Path] = []
    try:
        for path, data in files.items():
            with writing(path):
                # what a killed process has left may be another name of a finished file, which must not be written to
                temporary[path].unlink(missing_ok=True)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
                _write_synced(os.open(temporary[path], flags, 0o666), data)
        for path in files:
            with writing(path):
                _link_new(temporary[path], path)
            created.append(path)
    except BaseException:
        for path in created:
            path.unlink(missing_ok=True)
        raise
    finally:
        for path in temporary.values():
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return created


def write_unsynced(path: Path, data: bytes, *, is_private: bool = False) -> None:
    """Write a file of a cache or an output atomically, without waiting for the disk. Missing folders are made.

    Several processes and threads may write the same file at once. A killed one leaves at most one temporary file,
    ``.new`` behind its name, which the next write takes.

    :param is_private: nobody but the user may read it.
    :raises OSError: if it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700 if is_private else 0o777)
    mode = 0o600 if is_private else 0o666
    temporary = path.with_name(f"{path.name}.new")
    descriptor = _claim(temporary, mode)
    if descriptor is None:
        temporary = _write_temporary(path, data, mode & ~_umask(), sync=False)
    try:
        if descriptor is None:
            temporary.replace(path)
            return
        with os.fdopen(descriptor, "wb") as stream:
            stream.truncate()
            stream.write(data)
            stream.flush()
            temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def lock(descriptor: int, *, wait: bool = True) -> bool:
    """Lock an open file until it is closed; return False if another process or descriptor has locked it.

    The lock ends with the process. Not with :mod:`filelock`: after an error at the closing of a file its lock objects
    cannot be used again, as SuccessBot has to, and it cannot lock a file that is written at the same time.

    :param wait: wait until it is free.
    :raises OSError: if the file system has no locks.
    """
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except (BlockingIOError, PermissionError):
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, where the system can do that.

    :raises OSError: if it fails.
    """
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # a file system that cannot do it
                raise
        finally:
            os.close(descriptor)


def cache_folder(name: str) -> Path:
    """Return a folder in the user's cache.

    It is in ``XDG_CACHE_HOME`` if that is an absolute path, else in ``~/.cache`` (XDG Base Directory Specification).

    :raises OSError: if the user has no home folder, as in some containers.
    """
    base = Path(os.environ.get("XDG_CACHE_HOME") or "")
    try:
        return (base if base.is_absolute() else Path.home() / ".cache") / "sphinx-digest" / name
    except RuntimeError:
        raise OSError(errno.ENOENT, "there is no home folder: set XDG_CACHE_HOME to a folder for the cache") from None


def _restore(path: Path, old: bytes | None) -> None:
    with suppress(OSError):
        if old is None:
            path.unlink()
        elif path.read_bytes() != old:
            _replace(path.resolve(), old)


def _replace(path: Path, data: bytes, mode: int | None = None, temporary: Path | None = None) -> None:
    if path.exists() and not path.is_file():
        path.write_bytes(data)
        return
    temporary = _write_temporary(path, data, mode, temporary)
    try:
        temporary.replace(path)
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def _write_temporary(
    path: Path, data: bytes, mode: int | None = None, temporary: Path | None = None, *, sync: bool = True
) -> Path:
    """Write the content of a file to a temporary one beside it, with the permissions of the file."""
    if temporary is None:
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
        temporary = Path(name)
    else:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        _write_synced(descriptor, data, sync=sync)
        temporary.chmod(_mode(path, mode))
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise
    return temporary


def _write_synced(descriptor: int, data: bytes, *, sync: bool = True) -> None:
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        if sync:
            os.fsync(stream.fileno())


def _mode(path: Path, mode: int | None) -> int:
    """Return the permissions of a file, or those that a new one gets."""
    try:
        return path.stat().st_mode & 0o777
    except FileNotFoundError:
        return 0o666 & ~_umask() if mode is None else mode


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _link_new(temporary: Path, path: Path) -> None:
    """Give a file its name, which no other file may have."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # a file system without links: take the name with an empty file, and put the other in its place
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
        try:
            temporary.replace(path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def _claim(temporary: Path, mode: int) -> int | None:
    """Open a temporary file for this writer alone; None if another one has it.

    It is its own lock file: one beside each output would be published with the site. A random name would be left
    there for ever by a build that is killed.
    """
    if sys.platform == "win32":
        return None  # a file that is open cannot be replaced there
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT, mode)
    try:
        # the other writer may have moved the file to its place meanwhile
        if lock(descriptor, wait=False) and temporary.stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
    except FileNotFoundError:
        pass
    except OSError:  # a file system without locks
        return descriptor
    os.close(descriptor)
    return None
