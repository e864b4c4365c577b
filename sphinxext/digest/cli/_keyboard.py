"""Single keys from a terminal, without the Enter key."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import click

if sys.platform != "win32":
    import termios
    import tty

#: The keys that end a dialogue: Ctrl-C, Ctrl-D, Escape.
_ENDS = "\x03\x04\x1b"
#: What stands for the end.
QUIT = "q"


class Keyboard:
    """The keyboard of the terminal that is the standard input, between the beginning and the end of a ``with`` block.

    Unlike with :func:`click.getchar` keys that are pressed ahead are not lost.
    """

    def __enter__(self) -> Self:
        if sys.platform != "win32":
            self._settings = termios.tcgetattr(sys.stdin)
            self._by_key()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._by_line()

    def key(self) -> str:
        """Wait for a key, and return it in lower case; keys that end a dialogue are :data:`QUIT`."""
        if sys.platform == "win32":
            key = click.getchar()
        else:
            data = os.read(sys.stdin.fileno(), 1)
            while data and len(data) < 4 and data[0] >= 0xC0 and _is_cut(data):
                data += os.read(sys.stdin.fileno(), 1)
            key = data.decode(errors="replace")
        return QUIT if not key or key in _ENDS else key.lower()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Give the terminal to another program, or to a question that is answered by a line."""
        self._by_line()
        try:
            yield
        finally:
            self._by_key()

    def _by_key(self) -> None:
        if sys.platform != "win32":
            tty.setcbreak(sys.stdin.fileno(), termios.TCSADRAIN)

    def _by_line(self) -> None:
        if sys.platform != "win32":
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._settings)


def _is_cut(data: bytes) -> bool:
    """Return True if bytes are the beginning of a character in UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False
