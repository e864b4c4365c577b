"""Run SuccessBot on IRC and Matrix: it hears successes and thanks, and commits them as fragments.

Here are its settings: channels, rooms and waits; and the operator's log, one line per event in UTC, without
secrets and control characters.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TextIO

from sphinxext.digest.gather.irc.relays import Relays
from sphinxext.digest.net.irc import ConnectionWaits, Login, Server
from sphinxext.digest.net.irc.connection import Security

#: Who the bot is, unless it is told otherwise.
LOGIN = Login("successbot", realname="SuccessBot of sphinx-digest", user="successbot")


@dataclass(frozen=True)
class Waits(ConnectionWaits):
    """The bot's waits in seconds.

    ``rejoin`` is for a channel that does not let it in, ``regain`` for its nick, ``answer`` between two answers.
    """

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
    :param sections: emoji of editors' reactions, each with the heading of the group that it puts a message into.
    :param editors_room: the ID or alias of the room in which editors ask, and are warned.
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
    sections: tuple[tuple[str, str], ...] = ()
    picture: str = "\N{CAMERA}"
    editors_room: str = ""


@dataclass(frozen=True)
class BotSettings:
    """All that a bot is told. Several ``servers`` are of one network, and are tried in turn; there may be none.

    What ``relays`` say on IRC is said by others.
    """

    servers: tuple[Server, ...]
    channels: tuple[str, ...]
    login: Login
    security: Security = field(default_factory=Security)
    url: str = ""
    ignored: tuple[str, ...] = ()
    waits: Waits = Waits()
    matrix: MatrixSettings | None = None
    relays: Relays = field(default_factory=Relays)


LEVELS = ("debug", "info", "warning", "error")
#: The names of the loggers of all modules of the bot, and of its connections.
_NAMES = ("sphinxext.digest.gather.bot", "sphinxext.digest.net.irc")
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
    for logger in map(logging.getLogger, _NAMES):
        logger.setLevel(level.upper())
        logger.propagate = False
        logger.addHandler(handler)
    return handler


def stop_log(handler: logging.Handler) -> None:
    """Leave logging as it was before."""
    for logger in map(logging.getLogger, _NAMES):
        logger.removeHandler(handler)
        logger.propagate = True


def _one_line(text: str) -> str:
    if not text.isprintable():
        text = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return text if len(text) <= _MAX_LINE else f"{text[:_MAX_LINE]} ..."
