"""Getting in: capabilities, SASL, a nick that is free.

RFC 2812, 3.1 for the registration, https://ircv3.net/specs/extensions/capability-negotiation and
https://ircv3.net/specs/extensions/sasl-3.1 for the rest.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import random

from sphinxext.digest.gather.bot.connection import Connection, ConnectionLost
from sphinxext.digest.gather.bot.protocol import Message, is_word
from sphinxext.digest.gather.bot.settings import Login

logger = logging.getLogger(__name__)

#: What the bot can make use of: the time of a message, and who is a bot.
_WANTED = ("message-tags", "server-time", "sasl")
#: AUTHENTICATE sends so many bytes in a line.
_CHUNK = 400
_SASL_REFUSED = frozenset({"902", "904", "905", "906", "908"})
_NICK_REFUSED = frozenset({"432", "433", "436", "437"})


class LoginRefused(ConnectionLost):
    """The server does not let the bot in."""


class Registration:
    """The way from an open connection to a user of the network. Afterwards ``nick`` is what the bot is called."""

    def __init__(self, connection: Connection, login: Login) -> None:
        self.nick = login.nick
        self.logged_in = False
        self._connection = connection
        self._login = login
        self._offered: set[str] = set()
        self._attempts = 0
        self._negotiating = True

    async def run(self, seconds: float) -> None:
        """Register with the server, within so many seconds.

        :raises ConnectionLost: if that cannot be done.
        """
        send = self._connection.send_now
        send("CAP", "LS", "302")
        send("NICK", self.nick)
        send("USER", "successbot", "0", "*", self._login.realname)
        try:
            async with asyncio.timeout(seconds):
                async for message in self._connection.messages():
                    self._take(message)
                    if message.command == "001":
                        self.nick = message.param(0) if is_word(message.param(0)) else self.nick
                        break
        except TimeoutError:
            raise ConnectionLost(f"no login within {seconds:g} seconds") from None

    def _take(self, message: Message) -> None:
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

    def _take_capabilities(self, message: Message) -> None:
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

    def _try_another_nick(self, message: Message) -> None:
        self._attempts += 1
        if self._attempts > 8:
            raise LoginRefused(f"the server takes no nick of the bot: {message.param(-1)}")
        logger.warning("the nick %s is not to be had: %s", self.nick, message.param(-1))
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
