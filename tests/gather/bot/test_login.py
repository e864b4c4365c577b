"""Logging in, on servers that do what a test says: ngIRCd has no SASL."""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sphinxext.digest.gather.bot import BotSettings, Waits
from sphinxext.digest.gather.bot.bot import check
from sphinxext.digest.net.irc import Login, Server
from sphinxext.digest.net.irc.connection import (
    Connection,
    ConnectionLost,
    LoginRefused,
    Registration,
    Security,
    other_nick,
)

from .ircd import BotProgram

WAITS = Waits(connect=5, login=5, silence=0.2, pong=0.2, nickserv=2, check=5, tick=0.02)
LOGIN = Login("successbot", account="robot", password="p4ss wörd")

Answers = Callable[[str], list[str]]


class Script:
    """A server that answers lines as a function says, and keeps them."""

    def __init__(self, answers: Answers, context: ssl.SSLContext | None = None) -> None:
        self.lines: list[str] = []
        self._answers = answers
        self._context = context

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        return Server("127.0.0.1", self._server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while line := (await reader.readline()).decode().strip():
                self.lines.append(line)
                for answer in self._answers(line):
                    writer.write(f"{answer}\r\n".encode())
                if line.startswith("QUIT"):
                    break
        writer.close()


def _welcome(line: str) -> list[str]:
    if line.startswith("JOIN "):
        return [f":successbot!u@h {line}"]
    return (
        [":irc.example.org 001 successbot :Hello", ":irc.example.org 376 successbot :End"] if line == "CAP END" else []
    )


def _sasl(result: str) -> Answers:
    def answers(line: str) -> list[str]:
        match line.split(" "):
            case ["CAP", "LS", _]:
                return ["CAP * LS * :multi-prefix", ":irc CAP * LS :sasl=PLAIN,EXTERNAL server-time"]
            case ["CAP", "REQ", *names]:
                return [f":irc CAP * ACK :{' '.join(names).lstrip(':')}"]
            case ["AUTHENTICATE", "PLAIN"]:
                return ["AUTHENTICATE +"]
            case ["AUTHENTICATE", _]:
                return [result]
        return _welcome(line)

    return answers


async def _register(script: Script, login: Login = LOGIN) -> Registration:
    async with script as server:
        connection = await Connection.open(server, None, WAITS)
        registration = Registration(connection, login)
        try:
            await registration.run(5)
        finally:
            await connection.close("bye")
    return registration


def test_sasl() -> None:
    script = Script(_sasl(":irc 903 successbot :SASL authentication successful"))
    registration = asyncio.run(_register(script))
    assert registration.logged_in
    assert "CAP REQ :server-time sasl" in script.lines
    words = base64.b64encode("\0robot\0p4ss wörd".encode()).decode()
    assert f"AUTHENTICATE {words}" in script.lines
    assert script.lines.index("CAP END") > script.lines.index(f"AUTHENTICATE {words}")


def test_from_the_command_line(clone: Path, bots: Callable[..., BotProgram]) -> None:
    """The password comes from the environment, goes through TLS, and is never in the log."""
    trustme = pytest.importorskip("trustme")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(clone.parent / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    script = Script(_sasl(":irc 903 successbot :yes"), context)

    async def run() -> BotProgram:
        async with script as server:
            options = ("--channel=one", f"--ca={clone.parent / 'ca.pem'}", "--account=robot", "--log-level=debug")
            env = {"SPHINX_DIGEST_IRC_PASSWORD": "p4ss w\u00f6rd"}
            bot = bots(clone, f"--server={server}", *options, "--check", env=env)
            await asyncio.to_thread(bot.wait)
            return bot

    bot = asyncio.run(run())
    words = base64.b64encode("\0robot\0p4ss w\u00f6rd".encode()).decode()
    assert bot.process.returncode == 0, bot.log
    assert f"AUTHENTICATE {words}" in script.lines
    assert "logged in as robot by SASL" in bot.log
    assert "> AUTHENTICATE ***" in bot.log
    assert words not in bot.log
    assert "p4ss" not in bot.log


def test_long_password_is_sent_in_parts() -> None:
    """A part of 400 bytes is followed by another one, which may be empty."""
    # three bytes become four
    login = Login("successbot", account="robot", password="x" * (300 - len("\0robot\0")))
    script = Script(_sasl(":irc 903 successbot :yes"))
    asyncio.run(_register(script, login))
    parts = [line.removeprefix("AUTHENTICATE ") for line in script.lines if line.startswith("AUTHENTICATE ")]
    assert [len(part) for part in parts] == [5, 400, 1]
    assert parts[2] == "+"


def test_sasl_refused() -> None:
    with pytest.raises(LoginRefused, match="refused the account or the password: SASL authentication failed"):
        asyncio.run(_register(Script(_sasl(":irc 904 successbot :SASL authentication failed"))))


def test_nickserv_where_there_is_no_sasl() -> None:
    """Channels may ask who the bot is: it joins them after NickServ has answered."""

    def answers(line: str) -> list[str]:
        if line.startswith("CAP LS"):
            return [":irc 421 * CAP :Unknown command"]
        if line.startswith("USER"):
            return [":irc 001 successbot :Hello", ":irc 422 successbot :No MOTD"]
        if "IDENTIFY" in line:
            return [":NickServ!s@services NOTICE successbot :You are now identified"]
        return _welcome(line)

    script = Script(answers)

    async def run() -> bool:
        async with script as server:
            return await check(BotSettings((server,), ("#one", "#two"), LOGIN, Security(tls=False), waits=WAITS), None)

    assert asyncio.run(run())
    assert script.lines.index("PRIVMSG NickServ :IDENTIFY robot p4ss wörd") < script.lines.index("JOIN #one")
    assert script.lines[-1].startswith("QUIT")


def test_check_says_what_was_not_joined(caplog: pytest.LogCaptureFixture) -> None:
    def answers(line: str) -> list[str]:
        return [":irc 473 successbot #two :Invite only"] if line == "JOIN #two" else _welcome(line)

    def capless(line: str) -> list[str]:
        return [":irc CAP * LS :"] if line.startswith("CAP LS") else answers(line)

    async def run() -> bool:
        waits = Waits(login=5, check=0.5, tick=0.02)
        async with Script(capless) as server:
            settings = BotSettings((server,), ("#one", "#two"), Login("successbot"), Security(tls=False), waits=waits)
            return await check(settings, None)

    assert not asyncio.run(run())
    assert "cannot join #two" in caplog.text
    assert "not joined: #two" in caplog.text


def test_nick_in_use() -> None:
    def answers(line: str) -> list[str]:
        if line.startswith("CAP LS"):
            return [":irc CAP * LS :"]
        if line == "NICK successbot":
            return [":irc 433 * successbot :Nickname is already in use"]
        if line == "NICK successbot_":
            return [":irc 432 * successbot_ :Erroneous nickname"]
        return [":irc 001 succes__ :Hello"] if line == "NICK succes__" else []

    assert asyncio.run(_register(Script(answers), Login("successbot"))).nick == "succes__"


def test_no_nick_at_all() -> None:
    def answers(line: str) -> list[str]:
        return [":irc 433 * x :in use"] if line.startswith("NICK") else []

    with pytest.raises(LoginRefused, match="takes no nick"):
        asyncio.run(_register(Script(answers)))


def test_other_nicks_fit_where_nicks_are_short() -> None:
    assert all(len(other_nick("successbot", attempt, short=True)) <= 9 for attempt in range(1, 9))


def test_silent_server() -> None:
    """It is asked whether it is there, and left if it does not answer."""
    script = Script(lambda line: [])

    async def run() -> None:
        async with script as server:
            connection = await Connection.open(server, None, WAITS)
            try:
                async for _ in connection.messages():
                    raise AssertionError
            finally:
                await connection.close("bye")

    with pytest.raises(ConnectionLost, match="the server is silent"):
        asyncio.run(run())
    assert script.lines == ["PING still-there", "QUIT bye"]


def test_server_that_never_ends_a_line() -> None:
    def answers(line: str) -> list[str]:
        return ["x" * 100_000, ":irc PING :still here"]

    script = Script(answers)

    async def run() -> None:
        async with script as server:
            connection = await Connection.open(server, None, WAITS)
            connection.send_now("NICK", "successbot")
            with suppress(ConnectionLost):
                async with asyncio.timeout(0.15):
                    async for _ in connection.messages():
                        pass
            await connection.close("bye")

    with suppress(TimeoutError):
        asyncio.run(run())
    assert "PONG :still here" in script.lines


def test_no_server() -> None:
    with pytest.raises(ConnectionLost, match="cannot connect"):
        asyncio.run(Connection.open(Server("127.0.0.1", 1), None, WAITS))


def test_password_is_in_no_text() -> None:
    settings = BotSettings((Server("irc.example.org", 6697),), ("#one",), LOGIN)
    assert "p4ss" not in repr(settings)
