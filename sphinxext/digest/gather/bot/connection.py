"""A connection to a server: messages come, lines go, and it ends when the other side falls silent.

Saying no more than a server bears: a bucket of tokens for all lines, and a queue of answers.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from sphinxext.digest.gather.bot.protocol import MAX_LINE, MAX_TAGS, Message, make_line, parse_line, split_text
from sphinxext.digest.gather.bot.settings import Server, Waits

#: What a told success and told thanks are called in an answer: what was added, in the singular and in the plural.
WORDS = {"success": ("success", "successes", "Success"), "thanks": ("your thanks", "thanks", "Thanks")}
#: With more than so many answers waiting for a channel, one line answers all of them.
SINGLE_ANSWERS = 3
#: How many different people one line names.
_MOST_NICKS = 12


@dataclass
class Bucket:
    """Tokens for lines: so many at once, and then one in each interval (RFC 1459, 8.10 lets one line in two seconds).

    ``clock`` gives seconds that never go back.
    """

    clock: Callable[[], float]
    capacity: float = 5
    interval: float = 2.0
    _tokens: float = field(init=False)
    _filled: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._filled = self.capacity, self.clock()

    def take(self) -> float:
        """Take a token, and say how many seconds to wait before the line may be sent."""
        now = self.clock()
        self._tokens = min(self.capacity, self._tokens + (now - self._filled) / self.interval)
        self._filled = now
        self._tokens -= 1
        return max(0.0, -self._tokens * self.interval)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that waits: to whom, and what was added, a key of :data:`WORDS`, or else the words to say."""

    nick: str
    kind: str
    words: str = ""


class AnswerQueue:
    """The answers of all channels, each channel in its turn.

    Where many wait, as after a burst, they become few: one line names several people and the number of successes.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: OrderedDict[str, list[Answer]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def add(self, channel: str, answer: Answer) -> None:
        """Let an answer wait."""
        self._waiting.setdefault(channel, []).append(answer)

    def next(self, ready: Callable[[str], bool]) -> tuple[str, str] | None:
        """The next channel and one line for it, which is taken from the queue; None if there is none to send.

        :param ready: whether something can be said in a channel.
        """
        channel = next(filter(ready, self._waiting), None)
        if channel is None:
            return None
        waiting = self._waiting.pop(channel)
        taken = _taken_together(waiting) if len(waiting) > SINGLE_ANSWERS else waiting[:1]
        text = self._text(taken)
        # the nicks are as many as fit; a name that is longer than a line can be loses its end
        while len(split_text(channel, text)) > 1 and len(nicks := _nicks(taken)) > 1:
            taken = [answer for answer in taken if answer.nick != nicks[-1]]
            text = self._text(taken)
        chosen = set(map(id, taken))
        if rest := [answer for answer in waiting if id(answer) not in chosen]:
            self._waiting[channel] = rest
        return channel, split_text(channel, text)[0]

    def _text(self, answers: list[Answer]) -> str:
        to = ", ".join(_nicks(answers))
        if answers[0].words:
            return f"{to}: {answers[0].words}"
        one, many, page = WORDS[answers[0].kind]
        number = len(answers)
        what = f"Added {one if number == 1 else f'{number} {many}'} to {page} page"
        return f"{to}: {what} ({self._url})" if self._url else f"{to}: {what}"


def _taken_together(waiting: list[Answer]) -> list[Answer]:
    """Those that say the same as the first, of no more people than one line names."""
    first = waiting[0]
    same = [answer for answer in waiting if (answer.kind, answer.words) == (first.kind, first.words)]
    named = set(_nicks(same)[:_MOST_NICKS])
    return [answer for answer in same if answer.nick in named]


def _nicks(answers: list[Answer]) -> list[str]:
    return list(dict.fromkeys(answer.nick for answer in answers))


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
