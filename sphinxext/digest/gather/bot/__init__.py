"""Run SuccessBot on IRC and Matrix: it hears successes and thanks, and commits them as fragments.

Here are its settings: servers, login, channels and waits; and the operator's log, one line per event in UTC, without
secrets and control characters.
"""

from __future__ import annotations

import logging
import re
import ssl
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from sphinxext.digest.gather.irc.relays import Relays

#: The ports of IRC with TLS (RFC 7194) and without.
TLS_PORT, PLAIN_PORT = 6697, 6667


@dataclass(frozen=True)
class Server:
    """A server of a network."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


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


@dataclass(frozen=True)
class Login:
    """The identity of the bot. With a ``password`` it logs in to the ``account`` by SASL, or else by NickServ."""

    nick: str
    realname: str = "SuccessBot of sphinx-digest"
    account: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Waits:
    """The bot's waits in seconds: for a connection, a login, before it pings a silent server and for the answer.

    ``rejoin`` is for a channel that does not let it in, ``regain`` for its nick, ``answer`` between two answers.
    """

    connect: float = 30
    login: float = 60
    silence: float = 120
    pong: float = 60
    nickserv: float = 10
    rejoin: float = 30
    longest_rejoin: float = 600
    regain: float = 60
    answer: float = 2
    reconnect: float = 5
    longest_reconnect: float = 300
    stable: float = 120
    check: float = 60
    tick: float = 1


@dataclass(frozen=True)
class MatrixSettings:
    """The homeserver, and the rooms to be in: those named, and those that the ``inviters`` invite to.

    :param reaction: the emoji that the bot reacts with in place of an answer.
    :param ignored: nicks, or IDs such as ``@bot:example.org``.
    :param editors: whose reactions accept or reject a success, by their IDs.
    :param relays: whose messages are those of others, by their IDs.
    """

    server: str
    rooms: tuple[str, ...]
    token: str = field(repr=False)
    inviters: tuple[str, ...] = ()
    reaction: str = ""
    ignored: tuple[str, ...] = ()
    editors: tuple[str, ...] = ()
    accept: str = "\N{WHITE HEAVY CHECK MARK}"
    reject: str = "\N{CROSS MARK}"
    relays: Relays = field(default_factory=Relays)


@dataclass(frozen=True)
class BotSettings:
    """All that a bot is told. Several ``servers`` are of one network, and are tried in turn; there may be none.

    What ``relays`` say on IRC is said by others.
    """

    servers: tuple[Server, ...]
    channels: tuple[str, ...]
    login: Login
    security: Security = Security()
    url: str = ""
    ignored: tuple[str, ...] = ()
    waits: Waits = Waits()
    matrix: MatrixSettings | None = None
    relays: Relays = field(default_factory=Relays)


def parse_server(text: str, *, tls: bool) -> Server:
    """Return a server as people write it: ``host``, ``host:port``, ``[address]:port``.

    :raises ValueError: if it is invalid.
    """
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]") or (":" in host and not host.endswith("]")):
        host, port = text, str(TLS_PORT if tls else PLAIN_PORT)
    host = host.removeprefix("[").removesuffix("]")
    if not host or not host.isprintable() or " " in host or "/" in host:
        raise ValueError(f"invalid server '{text}': expected HOST or HOST:PORT")
    if not (port.isascii() and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise ValueError(f"invalid port '{port}': expected a number up to 65535")
    return Server(host, int(port))


def check_channel(text: str) -> str:
    """Return the name of a channel, with its mark; ``#`` if it has none (RFC 2812, 1.3).

    :raises ValueError: if no channel can have it.
    """
    name = text if text.startswith(("#", "&", "+", "!")) else f"#{text}"
    if len(name) < 2 or len(name.encode()) > 200 or not name.isprintable() or " " in name or "," in name:
        raise ValueError(f"'{text}' is not a valid channel name")
    return name


def check_nick(text: str) -> str:
    """Return a nick (RFC 2812, 2.3.1, and characters beyond ASCII, which some servers take).

    :raises ValueError: if nobody can have it.
    """
    if not text or len(text) > 64 or text[0] in "0123456789-#&+!:$" or not text.isprintable():
        raise ValueError(f"'{text}' is not a valid nick")
    if any(character in " ,*?!@.:" for character in text):
        raise ValueError(f"'{text}' is not a valid nick: it has a forbidden character")
    return text


LEVELS = ("debug", "info", "warning", "error")
#: The name of the loggers of all modules of the bot.
_NAME = "sphinxext.digest.gather.bot"
#: The longest line: one with all fields of a success that could not be recorded fits.
_MAX_LINE = 5000
#: A user and a password in a URL.
_CREDENTIALS = re.compile(r"(?<=://)[^/\s@]*@")


class OperatorFormatter(logging.Formatter):
    """``2026-11-20T22:17:46Z INFO joined #channel``: what others have said is quoted with escapes."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__()
        self._secrets = tuple(filter(None, secrets))

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record; that of a failure that nobody expected is followed by its trace."""
        time = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        text = f"{time} {record.levelname} {_one_line(record.getMessage())}"
        if record.exc_info:
            text = f"{text}\n{self.formatException(record.exc_info)}"
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return _CREDENTIALS.sub("***@", text)


def start_log(level: str, secrets: Iterable[str], stream: TextIO | None = None) -> logging.Handler:
    """Write what the bot has to say from a level on; the handler, for :func:`stop_log`.

    :param secrets: texts that are never written.
    :param stream: standard error without it.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(OperatorFormatter(secrets))
    logger = logging.getLogger(_NAME)
    logger.setLevel(level.upper())
    logger.propagate = False
    logger.addHandler(handler)
    return handler


def stop_log(handler: logging.Handler) -> None:
    """Leave logging as it was before."""
    logger = logging.getLogger(_NAME)
    logger.removeHandler(handler)
    logger.propagate = True


def _one_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return text if len(text) <= _MAX_LINE else f"{text[:_MAX_LINE]} ..."
