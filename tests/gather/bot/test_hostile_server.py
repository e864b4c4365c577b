"""Servers that are broken or hostile: none ends the bot, fills its memory, or keeps it without its knowing."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sphinxext.digest.gather.bot import BotSettings, Waits
from sphinxext.digest.gather.bot.bot import enter
from sphinxext.digest.gather.bot.replies import ReplyQueue
from sphinxext.digest.gather.bot.session import Session
from sphinxext.digest.gather.irc.relays import Speech
from sphinxext.digest.net.irc import Login, Server
from sphinxext.digest.net.irc import connection as module
from sphinxext.digest.net.irc.connection import Connection, ConnectionLost, Security
from sphinxext.digest.net.irc.protocol import is_word

WAITS = Waits(connect=5, login=5, silence=0.4, pong=0.3, nickserv=0.1, tick=0.02, answer=0.01, regain=0.05)
WELCOME = b":irc CAP * LS :\r\n:irc 001 successbot :Hello\r\n:irc 376 successbot :End\r\n"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def _listen(
    serve: Serve, context: ssl.SSLContext | None = None
) -> tuple[asyncio.Server, Callable[[], Awaitable[None]]]:
    """Start a server; what ends it with all of its connections."""
    writers: list[asyncio.StreamWriter] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(OSError):
            await serve(reader, writer)

    listener = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=context)

    async def close() -> None:
        listener.close()
        # what the other side closed comes to its end here
        await asyncio.sleep(0.05)
        for writer in writers:
            writer.transport.abort()
        await asyncio.sleep(0.05)

    return listener, close


class Stay:
    """One stay of a bot at a server that does what a function says: what was heard, and how it ended."""

    def __init__(self, serve: Serve, waits: Waits = WAITS, seconds: float = 20, **options: object) -> None:
        self.heard: list[tuple[str, str, str]] = []
        self.renamed: list[tuple[str, str]] = []
        self.replies = ReplyQueue("")
        self.reason = ""
        self.session: Session | None = None
        self._serve = serve
        self._waits = waits
        self._seconds = seconds
        self._options = options

    def run(self) -> Stay:
        asyncio.run(self._run())
        return self

    async def _run(self) -> None:
        listener, close = await _listen(self._serve)
        server = Server("127.0.0.1", listener.sockets[0].getsockname()[1])
        settings = BotSettings(
            (server,), ("#dev", "#infra"), Login("successbot"), Security(tls=False), waits=self._waits
        )
        try:
            async with asyncio.timeout(self._seconds):
                connection = await Connection.open(server, None, self._waits)
                try:
                    self.session = await enter(connection, settings, self.replies, self._hear, self._rename)
                    await self.session.run()
                finally:
                    await connection.close("bye")
        except ConnectionLost as error:
            self.reason = str(error)
        finally:
            await close()

    def _hear(self, speech: Speech, channel: str, _: datetime) -> None:
        self.heard.append((speech.nick, channel, speech.text))

    def _rename(self, before: str, after: str) -> None:
        self.renamed.append((before, after))


def _says(*lines: bytes, pause: float = 0.1) -> Serve:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(WELCOME + b"".join(line + b"\r\n" for line in lines))
        await writer.drain()
        await asyncio.sleep(pause)
        writer.close()

    return serve


@pytest.mark.parametrize(
    "line",
    [
        b":successbot!u@h NICK :a b",
        b":successbot!u@h NICK ::x",
        b":successbot!u@h NICK :",
        b":successbot!u@h NICK",
        b":irc 001 :a b",
        b":irc 001 :",
        b":irc 001",
        b":irc 005",
        b":irc 005 successbot CASEMAPPING= BOT= BOT=xy PREFIX :are supported",
        b":successbot!u@h JOIN",
        b":successbot!u@h JOIN :",
        b":successbot!u@h JOIN :a b",
        b":successbot!u@h PART",
        b":x KICK #dev",
        b":x KICK #dev successbot",
        b":irc 473",
        b":irc 404",
        b":x QUIT",
        b":x QUIT :a.b c.d",
        b"ERROR",
        b"PING",
        b"PING :",
        b"CAP",
        b"CAP * LS",
        b"CAP * ACK :sasl",
        b"CAP * NAK",
        b"AUTHENTICATE +",
        b"@time=9999-99-99T99:99:99Z :a!u@h PRIVMSG #dev :x",
        b"@time=0001-01-01T00:00:00Z :a!u@h PRIVMSG #dev :x",
        b"@time=\xff :a!u@h PRIVMSG #dev :x",
        b"@;;=;= :a PRIVMSG #dev :x",
        b":!@ PRIVMSG #dev :#success x",
        b":a PRIVMSG",
        b":a PRIVMSG #dev",
        b"PRIVMSG #dev :#success from nobody",
        b"\x00\x00\x00",
        b"\xff\xfe\x80" * 100,
        b":" + b"n" * 400 + b" PRIVMSG #dev :#success x",
        b":a!u@h PRIVMSG #dev :" + b"x" * 1_000_000,
    ],
    ids=lambda line: line[:30],
)
def test_lines_that_no_server_sends(line: bytes) -> None:
    """They are left out, and the line after them is read."""
    mode = b":irc 005 successbot BOT=B :are supported"
    stay = Stay(_says(line, mode, b":aya!u@h PRIVMSG #dev :#success still here")).run()
    assert ("aya", "#dev", "#success still here") in stay.heard
    assert not any(nick == "" for nick, _, _ in stay.heard)
    assert stay.session
    assert is_word(stay.session.nick)


def test_what_is_heard() -> None:
    stay = Stay(
        _says(
            b":aya!u@h PRIVMSG #DEV :one",
            b":aya!u@h PRIVMSG #elsewhere :two",
            b":successbot!u@h PRIVMSG #dev :three",
            b"@bot :robot!u@h PRIVMSG #dev :four",
            b":aya!u@h PRIVMSG successbot :five",
            b":aya!u@h PRIVMSG #infra :\x01ACTION six\x01",
            b":aya!u@h NOTICE #infra :seven",
            b":aya!u@h NICK bo",
            b":bo!u@h PRIVMSG #infra eight",
        )
    ).run()
    assert stay.heard == [("aya", "#dev", "one"), ("bo", "#infra", "eight")]
    assert stay.renamed == [("aya", "bo")]
    assert stay.reason == "the server closed the connection"


@pytest.mark.parametrize("number", range(9))
def test_server_that_closes_at_each_stage(number: int) -> None:
    """After so many lines, in the middle of its next one."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers = [b":irc CAP * LS :server-time\r\n", b"", b"", b":irc CAP * ACK :server-time\r\n"]
        answers += [b":irc 001 successbot :Hello\r\n:irc 376 successbot :End\r\n"]
        for answer in (answers + [b":x\r\n"] * 20)[:number]:
            await reader.readline()
            writer.write(answer)
        writer.write(b":irc 00")
        await writer.drain()
        writer.close()

    stay = Stay(serve).run()
    assert stay.reason in ("the server closed the connection", "Connection reset by peer")


def test_server_that_sends_a_byte_now_and_then() -> None:
    """It never ends a line, so it is as silent as one that sends nothing."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(WELCOME)
        while True:
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)

    assert Stay(serve).run().reason == "the server is silent"


def test_server_that_is_slow_but_answers() -> None:
    """Each line takes its time, and none is lost."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(WELCOME)
        for number in range(4):
            for byte in f":aya!u@h PRIVMSG #dev :{number}\r\n".encode():
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(0.016)
        writer.close()

    stay = Stay(serve).run()
    assert [text for _, _, text in stay.heard] == ["0", "1", "2", "3"]
    assert stay.reason == "the server closed the connection"


def test_login_that_never_ends() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b":irc NOTICE * :wait\r\n")
            await writer.drain()
            await asyncio.sleep(0.02)

    assert Stay(serve, Waits(login=0.5)).run().reason == "no login within 0.5 seconds"


def test_server_that_never_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it is sent does not fill the memory."""
    monkeypatch.setattr(module, "_MOST_UNSENT", 10_000)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(WELCOME)
        while True:
            writer.write(b"PING :" + b"x" * 400 + b"\r\n")
            await writer.drain()

    stay = Stay(serve, Waits(connect=5, login=5)).run()
    assert stay.reason


def test_lines_that_wait_are_not_without_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "_MOST_WAITING", 50)
    lines = [b":irc 005 successbot BOT=B :are supported"] * 500
    stay = Stay(_says(*lines, b":aya!u@h PRIVMSG #dev :#success x")).run()
    assert stay.heard
    assert caplog.text.count("not sent, too much waits for the server: MODE") > 400
    assert stay.session
    assert stay.session._connection._outbox.qsize() <= 50


def test_netsplits_that_nobody_believes() -> None:
    lines = [f":x{number}!u@h QUIT :a.n{number} b.c".encode() for number in range(1000)]
    stay = Stay(_says(*lines)).run()
    assert stay.session
    assert len(stay.session._splits) <= 101


def test_flood_of_thanks() -> None:
    """Each is heard, and the server is still answered."""
    lines = [b":aya!u@h PRIVMSG #dev :#thanks bo for this and that"] * 3000
    stay = Stay(_says(*lines, pause=0.5)).run()
    assert len(stay.heard) == 3000


def test_answers_only_where_the_bot_is() -> None:
    said: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(WELCOME + b":successbot!u@h JOIN #dev\r\n")
        with suppress(TimeoutError):
            async with asyncio.timeout(0.5):
                while line := await reader.readline():
                    said.append(line)
        writer.close()

    stay = Stay(serve)
    stay.replies.add("#dev", "a\r\nQUIT :x", "success")
    stay.replies.add("#infra", "b", "success")
    stay.run()
    private = [line for line in said if line.startswith(b"PRIVMSG")]
    assert private == [b"PRIVMSG #dev :a QUIT :x: Added success to Success page\r\n"]
    assert len(stay.replies) == 1


@pytest.fixture
def certificate(tmp_path: Path) -> Callable[[str], tuple[ssl.SSLContext, ssl.SSLContext]]:
    """Makes the contexts of a server with a certificate for a name, and of a client that trusts its authority."""
    trustme = pytest.importorskip("trustme")

    def make(name: str, **options: object) -> tuple[ssl.SSLContext, ssl.SSLContext]:
        authority = trustme.CA()
        server, client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
        authority.issue_cert(name, **options).configure_cert(server)
        authority.configure_trust(client)
        return server, client

    return make


async def _connect(context: ssl.SSLContext | None, client: ssl.SSLContext | None, serve: Serve) -> None:
    listener, close = await _listen(serve, context)
    port = listener.sockets[0].getsockname()[1]
    try:
        connection = await Connection.open(Server("localhost", port), client, Waits(connect=2, silence=1, pong=1))
        try:
            async for _ in connection.messages():
                break
        finally:
            await connection.close("bye")
    finally:
        await close()


async def _closing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()


async def _silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        await reader.read()
        writer.close()


def test_wrong_tls(certificate: Callable[..., tuple[ssl.SSLContext, ssl.SSLContext]]) -> None:
    server, client = certificate("localhost")
    with pytest.raises(ConnectionLost, match="cannot connect: "):
        asyncio.run(_connect(None, client, _closing))
    with pytest.raises(ConnectionLost, match="no answer within 2 seconds"):
        asyncio.run(_connect(None, client, _silent))
    with pytest.raises(ConnectionLost, match="the certificate is not trusted: "):
        asyncio.run(_connect(server, ssl.create_default_context(), _silent))
    other, client = certificate("irc.example.org")
    with pytest.raises(ConnectionLost, match=r"the certificate is not trusted: .*localhost"):
        asyncio.run(_connect(other, client, _silent))
    old, client = certificate("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(ConnectionLost, match=r"the certificate is not trusted: .*expired"):
        asyncio.run(_connect(old, client, _silent))
    # without TLS at a server that has it
    with pytest.raises(ConnectionLost):
        asyncio.run(_connect(server, None, _silent))
