"""Operations on files that fail, or before which the process is killed: the first, the second, and so on."""

from __future__ import annotations

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.release import git as git_module

#: Operations by their names in ``os``: those that are told a path first, and those that are told a descriptor.
_OF_PATHS = ("open", "replace", "rename", "link", "unlink", "mkdir", "scandir")
_OF_DESCRIPTORS = ("write", "read", "fsync", "ftruncate", "lseek", "fstat", "close")


class Killed(BaseException):
    """The process is no more."""


class Faults:
    """What happens to a process: an operation fails, or the process is killed before it or in the middle of it.

    :param folder: only operations on files in it count, and the start of a git process.
    :param number: of the operation, from 1; 0 for none.
    :param error: the number of the error that it fails with; None kills the process.
    """

    def __init__(self, folder: Path, number: int, error: int | None) -> None:
        self.done: list[str] = []
        self._folder = os.fspath(folder)
        self._number = number
        self._error = error
        self._descriptors: set[int] = set()
        self._open = os.open

    @property
    def has_struck(self) -> bool:
        return 0 < self._number <= len(self.done)

    @contextmanager
    def around(self) -> Iterator[None]:
        """Let it happen in a ``with`` block."""
        with pytest.MonkeyPatch.context() as patch:
            for name in _OF_PATHS:
                patch.setattr(os, name, self._of_path(name, getattr(os, name)))
            for name in _OF_DESCRIPTORS:
                patch.setattr(os, name, self._of_descriptor(name, getattr(os, name)))
            patch.setattr(os, "fdopen", self._of_descriptor("fdopen", os.fdopen, count=False))
            patch.setattr(io, "open", self._of_path("open", io.open))
            patch.setattr(git_module.subprocess, "Popen", self._start)
            yield

    def release(self) -> None:
        """Close what a killed process had open, and with it its locks."""
        for descriptor in self._descriptors:
            with suppress(OSError):
                os.close(descriptor)

    def strike(self, operation: str, part: Callable[[], object] | None = None) -> None:
        """Count an operation, and let it fail if it is its turn.

        :param part: does a part of the operation, which is what is left of one that failed.
        """
        if self._error is None and self.has_struck:
            raise Killed
        self.done.append(operation)
        if len(self.done) != self._number:
            return
        if part is not None:
            part()
        if self._error is None:
            raise Killed
        raise OSError(self._error, os.strerror(self._error))

    def _of_path(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def operation(path: Any, *arguments: Any, **options: Any) -> Any:
            ours = not isinstance(path, int) and os.fspath(path).startswith(self._folder)
            if ours:
                self.strike(f"{name} {Path(path).name}")
            result = real(path, *arguments, **options)
            if ours and isinstance(result, int):
                self._descriptors.add(result)
            return _Stream(result, self) if ours and isinstance(result, io.IOBase) else result

        return operation

    def _of_descriptor(self, name: str, real: Callable[..., Any], *, count: bool = True) -> Callable[..., Any]:
        def operation(descriptor: int, *arguments: Any, **options: Any) -> Any:
            if descriptor not in self._descriptors:
                return real(descriptor, *arguments, **options)
            if count:
                half = (lambda: real(descriptor, arguments[0][: len(arguments[0]) // 2])) if name == "write" else None
                self.strike(name, half)
            result = real(descriptor, *arguments, **options)
            if name == "close":
                self._descriptors.discard(descriptor)
            return _Stream(result, self) if name == "fdopen" else result

        return operation

    def _start(self, command: list[str], **options: Any) -> Any:
        self.strike(f"start git {' '.join(command[20:22])}")
        return subprocess_popen(command, **options)


subprocess_popen = subprocess.Popen


class _Stream:
    """A file whose operations may fail."""

    def __init__(self, stream: Any, faults: Faults) -> None:
        self._stream = stream
        self._faults = faults

    def __enter__(self) -> _Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def read(self, *arguments: Any) -> Any:
        self._faults.strike("read")
        return self._stream.read(*arguments)

    def write(self, data: Any) -> Any:
        self._faults.strike("write", lambda: (self._stream.write(data[: len(data) // 2]), self._stream.flush()))
        return self._stream.write(data)

    def flush(self) -> None:
        self._faults.strike("flush")
        self._stream.flush()
