"""Running the command in a terminal: a pseudo-terminal on which a test types and reads."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from collections.abc import Sequence

#: How long a test waits for an answer, in seconds.
PATIENCE = 60


class Terminal:
    """A program in a terminal of some size. It ends with the ``with`` block."""

    def __init__(
        self, arguments: Sequence[str | bytes], lines: int = 40, columns: int = 100, env: dict[str, str] | None = None
    ) -> None:
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        variables = {**os.environ, "TERM": "xterm", "COLUMNS": str(columns), "LINES": str(lines), **(env or {})}
        self._process = subprocess.Popen(
            list(arguments), stdin=theirs, stdout=theirs, stderr=theirs, env=variables, start_new_session=True
        )
        os.close(theirs)
        self.text = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._ours)

    def press(self, keys: str) -> None:
        """Type keys."""
        os.write(self._ours, keys.encode())

    def until(self, words: str) -> str:
        """Wait until the terminal shows some words; return what it has shown since it was last asked."""
        shown = ""
        deadline = time.monotonic() + PATIENCE
        while words not in shown:
            more = self._read(deadline)
            assert more is not None, f"the program ended without {words!r}:\n{shown}"
            shown += more
        return shown

    def end(self) -> tuple[int, str]:
        """Wait for the program's end; return its status and what it has shown since it was last asked."""
        shown = ""
        deadline = time.monotonic() + PATIENCE
        while (more := self._read(deadline)) is not None:
            shown += more
        return self._process.wait(PATIENCE), shown

    def _read(self, deadline: float) -> str | None:
        """Return some more of the output, or None at its end."""
        left = deadline - time.monotonic()
        ready, _, _ = select.select([self._ours], [], [], max(0, left))
        assert ready, f"there was no answer:\n{self.text[-2000:]}"
        try:
            data = os.read(self._ours, 65536)
        except OSError:  # the other end is closed
            return None
        if not data:
            return None
        text = data.decode(errors="replace").replace("\r\n", "\n")
        self.text += text
        return text
