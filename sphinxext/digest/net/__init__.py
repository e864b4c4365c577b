"""Talk to servers, within limits of size and time.

Here is the deadline that holds for a whole conversation, even if the server sends byte by byte.
"""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_RESOLUTION = "nobody answers which address the name has"


@dataclass
class Deadline:
    """The time that a conversation may take: looking up the name, connecting, TLS, and every byte in both directions.

    :param silence: seconds without a byte after which the server counts as gone.
    :param longest: seconds for everything, from now on.
    """

    silence: float
    longest: float
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self.extend(self.longest)

    def extend(self, longest: float) -> None:
        """Give the rest of the conversation a number of seconds, from now on."""
        self.longest = longest
        self._end = time.monotonic() + longest

    def left(self) -> float:
        """Return how many seconds the next byte may take.

        :raises TimeoutError: if the deadline is over.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"it takes longer than {self.longest:g} seconds")
        return min(self.silence, left)


class DeadlineReader(io.RawIOBase):
    """The bytes that come in on a socket, with the deadline checked at each of them.

    A timeout of the socket alone ends nothing: it starts again with each byte.

    :param count: is told how many bytes have come, and may raise an error.
    """

    def __init__(self, sock: socket.socket, deadline: Deadline, count: Callable[[int], None] | None = None) -> None:
        super().__init__()
        self._sock = sock
        self._raw = sock.makefile("rb", buffering=0)
        self._deadline = deadline
        self._count = count

    def readable(self) -> bool:
        """Return True, as a stream that can be read has to."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """Read what is there into a buffer, and return how many bytes that is.

        :raises TimeoutError: if the server is silent, or the deadline is over.
        """
        self._sock.settimeout(self._deadline.left())
        try:
            number: int | None = self._raw.readinto(buffer)
        except TimeoutError:
            self._deadline.left()  # if that is over as well, it says more
            raise
        if self._count is not None:
            self._count(number or 0)
        return number

    def close(self) -> None:
        """Let go of the socket."""
        self._raw.close()
        super().close()


def connect(host: str, port: int, deadline: Deadline, check: Callable[[str], None] | None = None) -> socket.socket:
    """Connect to the first address of a host that answers.

    :param check: is told each address, as a number, before it is tried, and may raise an error.
    :raises OSError: if none answers; a :exc:`TimeoutError` if the deadline is over.
    """
    reason: OSError = OSError("its name has no address")
    for address in _addresses(host, port, deadline):
        if check is not None:
            check(address)
        left = deadline.left()
        try:
            sock = socket.create_connection((address, port), left)
        except OSError as error:
            reason = error
            continue
        # a handshake of TLS takes this for all of its steps
        sock.settimeout(deadline.left())
        return sock
    deadline.left()
    raise reason


def _addresses(host: str, port: int, deadline: Deadline) -> Iterator[str]:
    """Look up the addresses of a host. Nothing can interrupt that, so a thread that takes too long is left behind."""
    result: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            result.put([str(entry[4][0]) for entry in found])
        except (OSError, ValueError) as error:
            result.put(error)

    threading.Thread(target=look_up, daemon=True).start()
    try:
        found = result.get(timeout=deadline.left())
    except Empty:
        raise TimeoutError(_RESOLUTION) from None
    if isinstance(found, Exception):
        raise found
    yield from dict.fromkeys(found)
