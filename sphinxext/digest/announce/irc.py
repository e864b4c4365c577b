"""Announce in a channel on IRC: join it, say it in one to three lines, and leave.

Clients call their users whenever a line has their nick. So a nick of the channel is broken by a character without
width where a title has it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Set
from functools import partial

from sphinxext.digest.announce import AnnounceError, Announcement
from sphinxext.digest.net.irc import ConnectionWaits, Login, Server, check_channel, check_nick, parse_server
from sphinxext.digest.net.irc.connection import Connection, ConnectionLost, Registration, Security
from sphinxext.digest.net.irc.protocol import IrcMessage, fold_case, split_text
from sphinxext.digest.settings.announce_targets import Target

#: The most lines of an announcement, and the characters that are tried first for them.
_LINES, _MOST, _FEWEST, _STEP = 3, 1200, 100, 50
#: What begins a line that goes on, so that no words of a title begin one: they could be a command to a bot.
_GOES_ON, _BEGINS = "\N{HORIZONTAL ELLIPSIS} ", "\N{EN DASH} "
_BREAK = "\u200b"
#: The longest nick that is looked for, and the most nicks: no network has longer ones, or as many in a channel.
_LONGEST, _MOST_NICKS = 64, 100_000
_NICK = re.compile(r"[\w\[\]{}\\|^`-]+")
_WORD = re.compile(r"[^\W_]+")
#: The signs before nicks in the list of a channel, whatever the server calls them.
_MODES = "~&@%+!.*"
#: Replies that say why a channel was not joined, or why nothing may be said there (RFC 2812, 5.2, and later ones).
_REFUSED = frozenset(map(str, (403, 404, 405, 407, 437, 470, 471, 473, 474, 475, 476, 477, 480, 489, 520)))
#: The words of a PING that its PONG repeats.
_SAID = "said"
_WAITS = ConnectionWaits(connect=20, login=30, silence=20, pong=10)
#: Seconds for all of it.
_PATIENCE = 90
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def irc(target: Target, announcement: Announcement, secret: str) -> None:
    """Say it in the target's ``room`` as its ``user``. The secret is the password of the account, or empty."""
    server, security = _server_of(target)
    try:
        channel, nick = check_channel(target.room), check_nick(target.user or "sphinx-digest")
    except ValueError as error:
        needed = str(error) if target.room else "the target needs a 'room', the channel"
        raise AnnounceError(needed) from None
    login = Login(nick, account=nick, password=secret)
    visit = partial(_visit, server, security, login, channel, partial(lines_of, target, announcement, channel))
    try:
        asyncio.run(visit())
    except TimeoutError:
        raise AnnounceError(f"{server} did not answer within {_PATIENCE} seconds") from None
    except ConnectionLost as error:
        text = str(error).replace(secret, "***") if secret else str(error)
        raise AnnounceError(f"{server}: {text}") from None


def lines_of(target: Target, announcement: Announcement, channel: str, nicks: Set[str]) -> list[str]:
    """Return the lines of an announcement, which call none of the nicks.

    As many headlines are said as fit into three lines.
    """
    escape = partial(without_nicks, nicks=nicks)
    for limit in range(_MOST, _FEWEST, -_STEP):
        parts = split_text(channel, announcement.text(target.template, limit, escape), len(_GOES_ON.encode()))
        if len(parts) <= _LINES:
            break
    if not parts:
        raise AnnounceError("there is nothing to say: the template has no words, and the digest no address")
    first, *others = parts[:_LINES]
    return [first if first[0].isalnum() else f"{_BEGINS}{first}", *(f"{_GOES_ON}{part}" for part in others)]


def without_nicks(text: str, nicks: Set[str]) -> str:
    """Return a text in which no word is a nick.

    :param nicks: with their case folded, see :func:`folded`.
    """

    def broken(match: re.Match[str]) -> str:
        word = match[0]
        is_nick = 1 < len(word) <= _LONGEST and folded(word) in nicks
        return f"{word[0]}{_BREAK}{word[1:]}" if is_nick else word

    text = _NICK.sub(broken, text)
    # a part of a word that was broken may be a nick as well
    while (more := _WORD.sub(broken, text)) != text:
        text = more
    return text


def folded(nick: str) -> str:
    """Return a nick as it is compared, by the rules of the servers and of clients."""
    return fold_case(nick.casefold())


def _server_of(target: Target) -> tuple[Server, Security]:
    """Return the server of a target, and the security of its connections: plain ones are for this computer alone."""
    scheme, _, text = target.url.partition("://")
    if scheme not in ("irc", "ircs"):
        raise AnnounceError("the target needs a 'url', such as ircs://irc.example.org")
    server = parse_server(text.removesuffix("/"), tls=scheme == "ircs")
    if scheme == "irc" and server.host.lower() not in _LOOPBACK:
        raise AnnounceError(f"nothing is said on {server} without encryption: write ircs://")
    return server, Security(tls=scheme == "ircs")


async def _visit(
    server: Server, security: Security, login: Login, channel: str, lines: Callable[[Set[str]], list[str]]
) -> None:
    """Say lines in a channel.

    :param lines: called with the nicks that are there.
    :raises ConnectionLost: if that cannot be done.
    :raises AnnounceError: if there is nothing to say.
    """
    async with asyncio.timeout(_PATIENCE):
        connection = await Connection.open(server, security.context(), _WAITS)
        try:
            registration = Registration(connection, login)
            await registration.run(_WAITS.login)
            if login.password and not registration.logged_in:
                raise ConnectionLost("the server has no login by SASL, so the password was not sent")
            await _Channel(connection, registration.nick, channel).say(lines)
        finally:
            await connection.close("sphinx-digest")


class _Refused(ConnectionLost):
    """The server does not let a channel be joined, or spoken in."""


class _Channel:
    """A channel that is joined to say something."""

    def __init__(self, connection: Connection, nick: str, name: str) -> None:
        self._connection = connection
        self._nick = nick
        self._name = name
        self._nicks: set[str] = set()

    async def say(self, lines: Callable[[Set[str]], list[str]]) -> None:
        """Join, and say lines; return when the server has taken them.

        :raises ConnectionLost: if it does not let the user in, or refuses a line.
        """
        await self._wait_for(lambda message: message.command in ("376", "422"))
        self._connection.send("JOIN", self._name)
        await self._wait_for(lambda message: message.command == "366" and self._is_here(message.param(1)))
        for line in lines(frozenset(self._nicks - {folded(self._nick)})):
            self._connection.send("PRIVMSG", self._name, line)
        # what comes back after all lines
        self._connection.send("PING", _SAID)
        try:
            await self._wait_for(lambda message: message.command == "PONG" and message.param(-1) == _SAID)
        except _Refused:
            raise
        except ConnectionLost as error:
            reason = f"it may have been said, or not: {error}. Look into {self._name} before you repeat it"
            raise ConnectionLost(reason) from None

    async def _wait_for(self, is_it: Callable[[IrcMessage], bool]) -> None:
        async for message in self._connection.messages():
            self._take(message)
            if is_it(message):
                return

    def _is_here(self, channel: str) -> bool:
        return folded(channel) == folded(self._name)

    def _take(self, message: IrcMessage) -> None:
        if message.command in _REFUSED and self._is_here(message.param(1)):
            raise _Refused(f"{self._name}: {message.param(-1)}")
        if message.command == "353" and self._is_here(message.param(-2)):
            names = message.param(-1).split() if len(self._nicks) < _MOST_NICKS else ()
            self._nicks |= {folded(name.lstrip(_MODES).partition("!")[0]) for name in names}
        elif message.command == "005":
            # the mode that says that a user is a bot: https://ircv3.net/specs/extensions/bot-mode
            marks = [token[4:] for token in message.params[1:-1] if token.startswith("BOT=") and len(token) == 5]
            for mark in marks:
                self._connection.send("MODE", self._nick, f"+{mark}")
