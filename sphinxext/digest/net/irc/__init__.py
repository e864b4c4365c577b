"""Connect to IRC: servers, logins, waits, and the names that there are.

:mod:`~sphinxext.digest.net.irc.connection` has the connection, :mod:`~sphinxext.digest.net.irc.protocol` its lines.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

# what a server says is shown by those who want a log of it, and by nobody else
logging.getLogger(__name__).addHandler(logging.NullHandler())

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
class Login:
    """The identity of a client. With a ``password`` it logs in to the ``account``."""

    nick: str
    realname: str = "sphinx-digest"
    user: str = "sphinx-digest"
    account: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class ConnectionWaits:
    """The waits in seconds: for a connection, a login, before a silent server is pinged, and for the answer."""

    connect: float = 30
    login: float = 60
    silence: float = 120
    pong: float = 60


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
