"""Git processes that another thread can end, and that end by themselves after a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Lock, RLock, Timer
from typing import Any

from sphinxext.digest.history.git import GitError, Process


class Running:
    """The git processes that run for a clone.

    :meth:`stop` ends all of them from another thread. ``writing`` is a lock to hold while the files or the branch of
    the clone change: one thread commits what another one could be merging. ``unsettled`` are the paths of committed
    files that the usual index does not know of, because somebody else has locked it.
    """

    def __init__(self) -> None:
        self.writing = RLock()
        self.unsettled: set[str] = set()
        self._guard = Lock()
        self._processes: set[Process] = set()
        self._stopped = Event()

    def stop(self) -> None:
        """Kill the processes, and every one that is started later."""
        with self._guard:
            self._stopped.set()
            for process in self._processes:
                process.kill()

    @contextmanager
    def start(self, root: Path, *arguments: str, seconds: float | None = None, **options: Any) -> Iterator[Process]:
        """Start a git process; at the end of the ``with`` block it has ended.

        :param seconds: how long it may take; without it, any time.
        :param options: see :class:`~sphinxext.digest.history.git.Process`.
        :raises GitError: if git cannot be started, or was killed by :meth:`stop` or after its time.
        """
        stopped = GitError(f"git {_command(arguments)} was stopped")
        if self._stopped.is_set():
            raise stopped
        with Process(root, *arguments, apart=True, **options) as process:
            limit = _Limit(process, seconds)
            with self._guard:
                self._processes.add(process)
                if self._stopped.is_set():
                    process.kill()
            try:
                yield process
            except GitError:
                if limit.passed:
                    raise GitError(f"git {_command(arguments)} took longer than {seconds:g} seconds") from None
                if self._stopped.is_set():
                    raise stopped from None
                raise
            finally:
                limit.cancel()
                with self._guard:
                    self._processes.discard(process)


class _Limit:
    """Kills a process after some seconds, if it has a limit at all."""

    def __init__(self, process: Process, seconds: float | None) -> None:
        self.passed = False
        self._process = process
        self._timer: Timer | None = None
        if seconds is not None:
            self._timer = Timer(seconds, self._pass)
            self._timer.daemon = True
            self._timer.start()

    def _pass(self) -> None:
        self.passed = True
        self._process.kill()

    def cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _command(arguments: Sequence[str]) -> str:
    """The name of a git command, after the settings that are given to it."""
    return next(word for option, word in zip(("", *arguments), arguments, strict=False) if "-c" not in (option, word))
