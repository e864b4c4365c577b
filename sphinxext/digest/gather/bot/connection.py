"""Read and write the lines of one connection to an IRC server, without flooding it, until it falls silent."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress

from sphinxext.digest.gather.bot.protocol import MAX_LINE, MAX_TAGS, Message, make_line, parse_line
from sphinxext.digest.gather.bot.replies import Bucket
from sphinxext.digest.gather.bot.settings import Server, Waits

logger = logging.getLogger(__name__)

_CHUNK = 4096
#: Seconds for taking leave of a server.
_LEAVING = 2.0
#: How many bytes may wait for a server that does not read, and how many lines for their turn.
_MOST_UNSENT, _MOST_WAITING = 1 << 20, 1000


class ConnectionLost(Exception):
    """There is no connection, or none any more; the message says why."""


class Connection:
    """An open connection. :meth:`open` makes it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waits: Waits) -> None:
        self._reader = reader
        self._writer = writer
        self._waits = waits
        self._buffer = bytearray()
        # who stops asking for messages leaves the rest to the next one who asks
        self._unread: deque[bytes] = deque()
        self._skipping = False
        self._clock = asyncio.get_running_loop().time
        self._heard = self._clock()
        self._asked = False
        self._last_words = ""
        self._outbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._bucket = Bucket(asyncio.get_running_loop().time)
        self._sender = asyncio.create_task(self._send_in_time())

    @classmethod
    async def open(cls, server: Server, context: ssl.SSLContext | None, waits: Waits) -> Connection:
        """Connect to a server.

        :raises ConnectionLost: if that cannot be done.
        """
        try:
            async with asyncio.timeout(waits.connect):
                reader, writer = await asyncio.open_connection(server.host, server.port, ssl=context)
        except TimeoutError:
            raise ConnectionLost(f"no answer within {waits.connect:g} seconds") from None
        except ssl.SSLCertVerificationError as error:
            raise ConnectionLost(f"the certificate is not trusted: {error.verify_message}") from None
        except (OSError, UnicodeError) as error:
            raise ConnectionLost(f"cannot connect: {getattr(error, 'strerror', None) or error}") from None
        return cls(reader, writer, waits)

    async def messages(self) -> AsyncIterator[Message]:
        """What the server sends, as it comes. Its pings are answered.

        :raises ConnectionLost: at the end.
        """
        while True:
            while self._unread:
                message = parse_line(self._unread.popleft())
                if message is None:
                    continue
                if message.command == "PING":
                    self.send_now("PONG", *message.params[-1:])
                    continue
                if message.command == "ERROR":
                    self._last_words = message.param(-1)
                    logger.warning("the server says: %s", self._last_words)
                yield message
            self._unread += self._lines(await self._read())

    def send(self, command: str, *params: str) -> None:
        """Queue a line until the server bears it, or drop it if a thousand lines are queued already."""
        if self._outbox.qsize() >= _MOST_WAITING:
            logger.warning("not sent, too much waits for the server: %s", command)
            return
        self._outbox.put_nowait(make_line(command, *params))

    def send_now(self, command: str, *params: str) -> None:
        """Send a line before all that waits."""
        logger.debug("> %s %s", command, " ".join(params))
        self._write(make_line(command, *params))

    def send_secret(self, command: str, *params: str) -> None:
        """Send a line before all that waits, and say nothing of its words."""
        logger.debug("> %s ***", command)
        self._write(make_line(command, *params))

    async def close(self, reason: str = "") -> None:
        """Leave, with words for the others, and close the connection."""
        self._sender.cancel()
        if reason:
            self.send_now("QUIT", reason)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_LEAVING):
                await self._writer.drain()
                if reason:
                    # the server closes; a socket closed from here could lose what it was sent
                    while await self._reader.read(_CHUNK):
                        continue
                self._writer.close()
                await self._writer.wait_closed()
        self._writer.transport.abort()
        with suppress(asyncio.CancelledError):
            await self._sender

    async def _read(self) -> bytes:
        """Read some bytes. Ask a server that has not ended a line for long if it is still there."""
        while True:
            end = self._heard + self._waits.silence + (self._waits.pong if self._asked else 0)
            try:
                async with asyncio.timeout_at(end):
                    data = await self._reader.read(_CHUNK)
            except TimeoutError:
                if self._asked:
                    raise ConnectionLost("the server is silent") from None
                self.send_now("PING", "still-there")
                self._asked = True
                continue
            except OSError as error:
                raise ConnectionLost(error.strerror or str(error)) from None
            if not data:
                raise ConnectionLost(self._last_words or "the server closed the connection")
            if b"\n" in data:
                self._heard, self._asked = self._clock(), False
            return data

    def _lines(self, data: bytes) -> list[bytes]:
        """The lines that are complete now, without their ends; one that is longer than any can be is left out."""
        self._buffer += data
        *lines, rest = self._buffer.split(b"\n")
        if lines and self._skipping:
            del lines[0]
            self._skipping = False
        if len(rest) > MAX_LINE + MAX_TAGS:
            logger.warning("a line of the server is too long and left out")
            self._skipping = True
            rest = bytearray()
        self._buffer = rest
        return [bytes(line.rstrip(b"\r")) for line in lines if line.strip()]

    async def _send_in_time(self) -> None:
        while True:
            line = await self._outbox.get()
            await asyncio.sleep(self._bucket.take())
            self._write(line)

    def _write(self, line: bytes) -> None:
        if self._writer.is_closing():
            return
        self._writer.write(line)
        if self._writer.transport.get_write_buffer_size() > _MOST_UNSENT:
            logger.warning("the server does not read what it is sent")
            self._writer.transport.abort()
