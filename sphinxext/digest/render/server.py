"""The mail server and who to be there: from the environment and from netrc, never from the command line."""

from __future__ import annotations

import netrc
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: The names of the variables.
HOST = "SPHINX_DIGEST_SMTP_HOST"
PORT = "SPHINX_DIGEST_SMTP_PORT"
USER = "SPHINX_DIGEST_SMTP_USER"
PASSWORD = "SPHINX_DIGEST_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
TLS = "SPHINX_DIGEST_SMTP_TLS"

STARTTLS, FROM_THE_START, NO_TLS = "starttls", "tls", "none"

#: The port of each way of encryption, if none is given: submission, submission over TLS, and mail transfer.
_PORTS = {STARTTLS: 587, FROM_THE_START: 465, NO_TLS: 25}


class ServerError(Exception):
    """The server cannot be used as it is described; the message says why."""


@dataclass(frozen=True)
class Server:
    """A mail server. ``tls`` is one of ``starttls``, ``tls`` (from the start of the connection) and ``none``."""

    host: str
    port: int
    tls: str = STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def server_of(environ: Mapping[str, str]) -> Server:
    """The server that the environment names.

    Without a user there, the user and the password are those that netrc has for the host. They are only ever sent
    through an encrypted connection.

    :raises ServerError: if no server is named, or something is wrong with the variables or with netrc.
    """
    host = environ.get(HOST, "").strip()
    if not host:
        raise ServerError(f"{HOST} is not set: it names the server to send through")
    if not _is_host(host):
        raise ServerError(f"{HOST} is '{host}': it must be the name or the address of a server")
    tls = environ.get(TLS, "").strip().lower() or STARTTLS
    if tls not in _PORTS:
        raise ServerError(f"{TLS} is '{tls}': it may be {', '.join(_PORTS)}")
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if bool(user) != bool(password):
        raise ServerError(f"{USER} and {PASSWORD} go together: only one of them is set")
    if tls == NO_TLS:
        if user:
            raise ServerError(f"{TLS} is '{NO_TLS}', and a password is not sent without encryption")
        return Server(host, _port(environ, tls), tls)
    if not user:
        user, password = _from_netrc(host, environ)
    return Server(host, _port(environ, tls), tls, user or None, password or None)


def _is_host(name: str) -> bool:
    """Return True if the system can look for a host of this name."""
    try:
        name.encode("idna")
    except UnicodeError:
        return False
    return name.isprintable() and " " not in name


def _port(environ: Mapping[str, str], tls: str) -> int:
    text = environ.get(PORT, "").strip()
    if not text:
        return _PORTS[tls]
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:6]) < 65536):
        raise ServerError(f"{PORT} is '{text}': it must be a number up to 65535")
    return int(text)


def _from_netrc(host: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """The user and the password of the host's own entry; that of ``default`` is for anything, and is not for mail."""
    file = Path(environ.get("NETRC") or Path("~/.netrc").expanduser())
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise ServerError(f"{file} can be read by others: it holds passwords, so run 'chmod 600' on it")
        user, _, password = netrc.netrc(file).hosts.get(host, ("", "", ""))
    except FileNotFoundError:
        return "", ""
    except (OSError, UnicodeDecodeError) as error:
        raise ServerError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}") from None
    except netrc.NetrcParseError as error:
        raise ServerError(f"{file}:{error.lineno}: cannot be read as netrc") from None
    return (user, password) if user and password else ("", "")
