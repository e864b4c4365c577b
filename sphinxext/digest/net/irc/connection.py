"""Connect to an IRC server and log in: lines in and out within limits, capabilities, SASL, a free nick.

RFC 2812, 3.1 defines the registration, https://ircv3.net/specs/extensions/capability-negotiation and
https://ircv3.net/specs/extensions/sasl-3.1 the rest. A connection ends when the server falls silent.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import random
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sphinxext.digest.net.irc import ConnectionWaits, Login, Server
from sphinxext.digest.net.irc.protocol import MAX_LINE, MAX_TAGS, Bucket, IrcMessage, is_word, make_line, parse_line

logger = logging.getLogger(__name__)

_CHUNK = 4096
#: Seconds for taking leave of a server.
_LEAVING = 2.0
#: The most bytes that wait for a server that does not read, and the most lines that wait for their turn.
_MOST_UNSENT, _MOST_WAITING = 1 << 20, 1000


@dataclass(frozen=True)
class Security:
    """The security of connections. ``authority`` is a file of certificates in place of the system's.

    Without ``verify`` anybody can be the server; without ``tls`` anybody can listen.
    """

    tls: bool = True
    verify: bool = True
    authority: Path | None = None

    def context(self) -> ssl.SSLContext | None:
        """Return the context of connections; None for no encryption.

        :raises OSError: if the file of certificates cannot be read, or holds none.
        """
        if not self.tls:
            return None
        context = ssl.create_default_context(cafile=self.authority)
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


class ConnectionLost(Exception):
    """The connection failed or was lost; the message says why."""


class Connection:
    """An open connection. :meth:`open` makes it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waits: ConnectionWaits) -> None:
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
    async def open(cls, server: Server, context: ssl.SSLContext | None, waits: ConnectionWaits) -> Connection:
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

    async def messages(self) -> AsyncIterator[IrcMessage]:
        """Yield the server's messages as they come, and answer its pings.

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
        """Return the complete lines without their ends. Lines longer than the protocol allows are dropped."""
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


#: The capabilities that are used: the time of a message, bots among the senders, and login.
_WANTED = ("message-tags", "server-time", "sasl")
#: The most bytes that a line of AUTHENTICATE sends.
_CHUNK = 400
_SASL_REFUSED = frozenset({"902", "904", "905", "906", "908"})
_NICK_REFUSED = frozenset({"432", "433", "436", "437"})


class LoginRefused(ConnectionLost):
    """The server does not let the user in."""


class Registration:
    """The way from an open connection to a user of the network. Afterwards ``nick`` is what it is called."""

    def __init__(self, connection: Connection, login: Login) -> None:
        self.nick = login.nick
        self.logged_in = False
        self._connection = connection
        self._login = login
        self._offered: set[str] = set()
        self._attempts = 0
        self._negotiating = True

    async def run(self, seconds: float) -> None:
        """Register with the server within a number of seconds.

        :raises ConnectionLost: if that fails.
        """
        send = self._connection.send_now
        send("CAP", "LS", "302")
        send("NICK", self.nick)
        send("USER", self._login.user, "0", "*", self._login.realname)
        try:
            async with asyncio.timeout(seconds):
                async for message in self._connection.messages():
                    self._take(message)
                    if message.command == "001":
                        self.nick = message.param(0) if is_word(message.param(0)) else self.nick
                        break
        except TimeoutError:
            raise ConnectionLost(f"no login within {seconds:g} seconds") from None

    def _take(self, message: IrcMessage) -> None:
        command = message.command
        if command == "CAP":
            self._take_capabilities(message)
        elif command == "AUTHENTICATE" and message.param(0) == "+":
            self._authenticate()
        elif command == "903":
            self.logged_in = True
            logger.info("logged in as %s by SASL", self._login.account)
            self._end_negotiation()
        elif command in _SASL_REFUSED:
            raise LoginRefused(f"the server refused the account or the password: {message.param(-1)}")
        elif command in _NICK_REFUSED:
            self._try_another_nick(message)
        elif command in ("464", "465"):
            raise LoginRefused(f"the server does not let the bot in: {message.param(-1)}")

    def _take_capabilities(self, message: IrcMessage) -> None:
        kind = message.param(1).upper()
        names = message.param(-1).split()
        if kind == "LS":
            # a capability may have a value, as in sasl=PLAIN,EXTERNAL
            self._offered |= {name.partition("=")[0] for name in names if _usable(name)}
            if message.param(2) != "*":
                self._request()
        elif kind == "NAK":
            self._end_negotiation()
        elif kind == "ACK" and self._negotiating:
            if "sasl" in names and self._login.password:
                self._connection.send_now("AUTHENTICATE", "PLAIN")
            else:
                self._end_negotiation()

    def _request(self) -> None:
        wanted = [name for name in _WANTED if name in self._offered and (name != "sasl" or self._login.password)]
        if wanted:
            self._connection.send_now("CAP", "REQ", " ".join(wanted))
        else:
            self._end_negotiation()

    def _authenticate(self) -> None:
        """SASL PLAIN (RFC 4616), in lines of 400 bytes; one that is full is followed by another."""
        words = ("", self._login.account, self._login.password)
        text = base64.b64encode("\0".join(words).encode()).decode()
        for start in range(0, len(text) + 1, _CHUNK):
            self._connection.send_secret("AUTHENTICATE", text[start : start + _CHUNK] or "+")

    def _end_negotiation(self) -> None:
        if self._negotiating:
            self._negotiating = False
            self._connection.send_now("CAP", "END")

    def _try_another_nick(self, message: IrcMessage) -> None:
        self._attempts += 1
        if self._attempts > 8:
            raise LoginRefused(f"the server takes no nick of the bot: {message.param(-1)}")
        logger.warning("the nick %s is not available: %s", self.nick, message.param(-1))
        self.nick = other_nick(self._login.nick, self._attempts, short=message.command == "432")
        self._connection.send_now("NICK", self.nick)


def other_nick(nick: str, attempt: int, *, short: bool = False) -> str:
    """Another nick, for the first or a later attempt; with ``short`` one of the nine characters of RFC 2812."""
    stem = nick[:6] if short else nick
    if attempt <= 2:
        return f"{stem}{'_' * attempt}"
    return f"{stem[:6]}{random.randrange(100, 1000)}"  # noqa: S311 - nobody gains from guessing it


def _usable(name: str) -> bool:
    key, _, value = name.partition("=")
    return key != "sasl" or not value or "PLAIN" in value.upper().split(",")
