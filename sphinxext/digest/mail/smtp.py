"""Send a message through SMTP (RFC 5321): encrypted, with verified certificates, to each recipient at most once.

The settings come from the environment and from netrc, never from the command line. The delivery log has who was sent
what, so that a repeated command sends nothing twice.
"""

from __future__ import annotations

import json
import netrc
import os
import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path
from socket import socket

from sphinxext.digest.files import lock, replace_file
from sphinxext.digest.net import Deadline, DeadlineReader, connect

#: The environment variables.
HOST = "SPHINX_DIGEST_SMTP_HOST"
PORT = "SPHINX_DIGEST_SMTP_PORT"
USER = "SPHINX_DIGEST_SMTP_USER"
PASSWORD = "SPHINX_DIGEST_SMTP_PASSWORD"  # noqa: S105 - the name of a variable
TLS = "SPHINX_DIGEST_SMTP_TLS"

STARTTLS, FROM_THE_START, NO_TLS = "starttls", "tls", "none"

#: The default port of each way of encryption: submission, submission over TLS, and mail transfer.
_PORTS = {STARTTLS: 587, FROM_THE_START: 465, NO_TLS: 25}


class SmtpSettingsError(Exception):
    """The settings of the mail server are invalid or incomplete; the message says why."""


@dataclass(frozen=True)
class SmtpSettings:
    """A mail server and an account. ``tls`` is ``starttls``, ``tls`` (from the start) or ``none``."""

    host: str
    port: int
    tls: str = STARTTLS
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def smtp_settings(environ: Mapping[str, str]) -> SmtpSettings:
    """Read the settings from the environment.

    Without a user there, the user and the password are those that netrc has for the host. They are only ever sent
    through an encrypted connection.

    :raises SmtpSettingsError: if the host is missing, or a variable or netrc is invalid.
    """
    host = environ.get(HOST, "").strip()
    if not host:
        raise SmtpSettingsError(f"{HOST} is not set: set it to the mail server")
    if not _is_host(host):
        raise SmtpSettingsError(f"invalid {HOST} '{host}': expected the name or the address of a server")
    tls = environ.get(TLS, "").strip().lower() or STARTTLS
    if tls not in _PORTS:
        raise SmtpSettingsError(f"invalid {TLS} '{tls}': expected one of {', '.join(_PORTS)}")
    user, password = environ.get(USER, ""), environ.get(PASSWORD, "")
    if bool(user) != bool(password):
        raise SmtpSettingsError(f"only one of {USER} and {PASSWORD} is set: set both, or none")
    if tls == NO_TLS:
        if user:
            raise SmtpSettingsError(f"{TLS} is '{NO_TLS}': a password is never sent without encryption")
        return SmtpSettings(host, _port(environ, tls), tls)
    if not user:
        user, password = from_netrc(host, environ)
    return SmtpSettings(host, _port(environ, tls), tls, user or None, password or None)


def _is_host(name: str) -> bool:
    """Return True if the system can look up a host of this name."""
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
        raise SmtpSettingsError(f"invalid {PORT} '{text}': expected a number up to 65535")
    return int(text)


def from_netrc(host: str, environ: Mapping[str, str]) -> tuple[str, str]:
    """Return the user and the password of the host's own entry; ``default`` is for no server, and is ignored.

    :raises SmtpSettingsError: if the file cannot be read, or others may read it.
    """
    file = Path(environ.get("NETRC") or Path("~/.netrc").expanduser())
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise SmtpSettingsError(f"{file} holds passwords and is readable by other users: run 'chmod 600 {file}'")
        user, _, password = netrc.netrc(file).hosts.get(host, ("", "", ""))
    except FileNotFoundError:
        return "", ""
    except (OSError, UnicodeDecodeError) as error:
        raise SmtpSettingsError(
            f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}"
        ) from None
    except netrc.NetrcParseError as error:
        raise SmtpSettingsError(f"{file}:{error.lineno}: not a valid netrc file") from None
    return (user, password) if user and password else ("", "")


#: The seconds that the server may take for each reply; RFC 5321 allows minutes for the last one.
TIMEOUT = 60
FINAL_TIMEOUT = 600
#: The seconds for everything before the message, and for the end of the session after it.
MAX_TIME, QUIT_TIME = 600, 10
#: The most bytes that the server may send in a session.
MAX_SAID = 4 * 1024 * 1024


#: Records the recipients that the server has accepted the message for.
Note = Callable[[list[str]], None]


@dataclass
class Outcome:
    """The result of sending a message.

    ``accepted`` are the recipients that the server has accepted it for, ``refused`` the others that it has answered
    for, with its replies. ``failure`` is the reason why the rest did not get it, or empty.
    """

    accepted: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    failure: str = ""

    @property
    def complete(self) -> bool:
        """True if every recipient has the message."""
        return not self.refused and not self.failure


class _Failure(Exception):
    """An error that ends a session; the message is for the user."""


def send(server: SmtpSettings, sender: str, recipients: Sequence[str], data: bytes, note: Note) -> Outcome:
    """Send a message in one session, if there are recipients.

    :param data: the message in ASCII, with CRLF.
    :param note: called as soon as the server has accepted the message, and never before. It may raise OSError.
    """
    outcome = Outcome()
    if recipients:
        try:
            with _session(server) as smtp:
                _transfer(smtp, sender, recipients, data, outcome)
                if outcome.accepted:
                    _note(outcome.accepted, note)
        except _Failure as failure:
            outcome.failure = f"{server}: {failure}"
    return outcome


@contextmanager
def _session(server: SmtpSettings) -> Iterator[_Smtp]:
    """Open a session: encrypted, and logged in if there is an account."""
    smtp = _connect(server)
    try:
        if server.tls == STARTTLS:
            _start_tls(smtp, server)
        if server.user and server.password:
            _log_in(smtp, server.user, server.password)
        yield smtp
    finally:
        smtp.part = Deadline(QUIT_TIME, QUIT_TIME)
        with suppress(smtplib.SMTPException, OSError):
            smtp.quit()
        smtp.close()


class _Smtp(smtplib.SMTP):
    """A session with a deadline: smtplib itself waits for the end of a reply as long as bytes of it arrive."""

    def __init__(self, server: SmtpSettings) -> None:
        self.part = Deadline(TIMEOUT, MAX_TIME)
        self._answer = Deadline(FINAL_TIMEOUT, TIMEOUT)
        self._context = ssl.create_default_context() if server.tls == FROM_THE_START else None
        self._said = 0
        super().__init__(server.host, server.port, timeout=TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket:
        sock = connect(host, port, self.part)
        return self._context.wrap_socket(sock, server_hostname=host) if self._context else sock

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply within its own deadline and that of this part of the session."""
        if self.file is None and self.sock is not None:
            self.file = BufferedReader(DeadlineReader(self.sock, self._answer, self._count))
        self._answer.extend(self.part.left())
        return super().getreply()

    def _count(self, number: int) -> None:
        self._said += number
        if self._said > MAX_SAID:
            raise OSError("the server sends too much")


def _connect(server: SmtpSettings) -> _Smtp:
    with _explained("cannot connect"):
        return _Smtp(server)


def _start_tls(smtp: smtplib.SMTP, server: SmtpSettings) -> None:
    with _explained("cannot start an encrypted connection"):
        smtp.ehlo_or_helo_if_needed()
        if not smtp.has_extn("starttls"):
            raise _Failure("the server does not offer STARTTLS, and nothing is sent without encryption")
        # it raises an error unless the server agrees
        smtp.starttls(context=ssl.create_default_context())


def _log_in(smtp: smtplib.SMTP, user: str, password: str) -> None:
    with _explained("cannot log in"):
        try:
            smtp.login(user, password)
        except smtplib.SMTPAuthenticationError as error:
            raise _Failure(f"the server refused the user or the password: {error.smtp_code}") from None
        except UnicodeEncodeError:
            raise _Failure("the user and the password must be ASCII") from None


def _transfer(smtp: _Smtp, sender: str, recipients: Sequence[str], data: bytes, outcome: Outcome) -> None:
    with _explained("the connection was lost before the message was sent"):
        smtp.ehlo_or_helo_if_needed()
        size = [f"SIZE={len(data)}"] if smtp.has_extn("size") else []
        code, answer = smtp.mail(sender, size)
        if code != 250:
            raise _Failure(f"the server refused the sender {sender}: {_said(code, answer)}")
        taken = []
        for recipient in recipients:
            code, answer = smtp.rcpt(recipient)
            if code in (250, 251):
                taken.append(recipient)
            else:
                outcome.refused[recipient] = _said(code, answer)
                if code == 421:
                    raise _Failure(f"the server ended the session: {_said(code, answer)}")
    if not taken:
        return
    with _explained("the connection was lost before the server accepted the message"):
        smtp.part = Deadline(FINAL_TIMEOUT, FINAL_TIMEOUT)
        try:
            code, answer = smtp.data(data)
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, _bytes(error.smtp_error)
    if code != 250:
        raise _Failure(f"the server refused the message: {_said(code, answer)}")
    outcome.accepted += taken


def _note(accepted: list[str], note: Note) -> None:
    try:
        note(accepted)
    except OSError as error:
        reason = f"the delivery log cannot be written: {error.filename}: {error.strerror}"
        raise _Failure(f"the message was sent, but {reason}. If you repeat the command, it is sent again") from None


@contextmanager
def _explained(what: str) -> Iterator[None]:
    """Turn the exceptions of smtplib, ssl and the system into a failure that says what was going on."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise _Failure(f"{what}: {_said(error.smtp_code, _bytes(error.smtp_error))}") from None
    except ssl.SSLCertVerificationError as error:
        raise _Failure(f"{what}: the certificate is not trusted: {error.verify_message}") from None
    except (smtplib.SMTPException, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
        raise _Failure(f"{what}: {reason}") from None


def _bytes(answer: str | bytes) -> bytes:
    return answer.encode() if isinstance(answer, str) else answer


def _said(code: int, answer: bytes) -> str:
    """Return a reply of the server on one line."""
    return f"{code} {' '.join(answer.decode('utf-8', 'backslashreplace').split())}".strip()


_VERSION = 1


class DeliveryLogError(Exception):
    """The delivery log cannot be read, so that nobody knows what was sent before."""


def delivery_log_file(environ: Mapping[str, str]) -> Path:
    """Return the path of the log, by the XDG Base Directory Specification: a relative path there is ignored."""
    base = Path(environ.get("XDG_STATE_HOME", ""))
    if not base.is_absolute():
        base = Path("~/.local/state").expanduser()
    return base / "sphinx-digest" / "sent.json"


class DeliveryLog:
    """The addresses that a server has accepted each message for, by its identifier, with the time (UTC).

    Within :meth:`locked` no other process can change the log.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._sent: dict[str, dict[str, str]] = {}

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Wait for the lock, and read the log.

        :raises DeliveryLogError: if the file is not a valid log.
        :raises OSError: if the log cannot be written. Send nothing then.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self.file.with_suffix(".lock").open("a+b") as stream:
            lock(stream.fileno())
            self.load()
            self._write()  # fail before anything is sent, not after
            yield

    def load(self) -> None:
        """Read the log without locking it.

        :raises DeliveryLogError: if the file is not a valid log.
        """
        self._sent = self._read()

    def times(self, identifier: str, recipients: Iterable[str]) -> dict[str, str]:
        """Return the recipients that a server has accepted a message for, each with the time."""
        known = self._sent.get(identifier, {})
        return {recipient: known[_key(recipient)] for recipient in recipients if _key(recipient) in known}

    def add(self, identifier: str, recipients: Iterable[str]) -> None:
        """Record that a server has accepted a message for these recipients.

        :raises OSError: if it cannot be written.
        """
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self._sent.setdefault(identifier, {}).update({_key(recipient): now for recipient in recipients})
        self._write()

    def _read(self) -> dict[str, dict[str, str]]:
        try:
            record = json.loads(self.file.read_bytes())
            if record["version"] != _VERSION:
                message = f"was written by another version: expected {_VERSION}, found {record['version']!r}"
                raise DeliveryLogError(f"{self.file} {message}")
            return {str(name): dict(recipients) for name, recipients in record["sent"].items()}
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            message = "is not a valid delivery log: repair it, or move it away so that nothing counts as sent"
            raise DeliveryLogError(f"{self.file} {message}") from None

    def _write(self) -> None:
        data = json.dumps({"version": _VERSION, "sent": self._sent}, ensure_ascii=False, indent=1).encode() + b"\n"
        replace_file(self.file, data, mode=0o600)


def _key(recipient: str) -> str:
    """Return an address with its host in lower case, which is how addresses are compared."""
    user, _, host = recipient.rpartition("@")
    return f"{user}@{host.lower()}"
