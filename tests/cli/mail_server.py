"""A mail server on the loopback interface that refuses, and goes away, when a test wants it to."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "releases", "p4ss word"


@dataclass
class Inbox:
    """What a server has taken: pairs of the recipients and the message.

    ``answers`` are its answers to recipients, or to the whole message for ``DATA``. Where ``drop`` is a command, the
    connection ends there without an answer.
    """

    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    drop: str = ""
    users: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    sessions: int = 0

    @property
    def recipients(self) -> list[str]:
        """Everyone that the server has taken a message for, once for each time."""
        return [recipient for recipients, _ in self.received for recipient in recipients]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        self.encrypted.append(session.ssl is not None)
        if answer := self.answers.get("MAIL"):
            return answer
        envelope.mail_from = address
        return self._end(server, "MAIL") or "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return self._end(server, "RCPT") or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if answer := self.answers.get("DATA"):
            return answer
        if dropped := self._end(server, "DATA"):
            return dropped
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received.append((list(envelope.rcpt_tos), message))
        return self._end(server, "QUIT") or "250 taken"

    def _end(self, server: SMTP, command: str) -> str:
        if self.drop != command:
            return ""
        if command == "QUIT":  # after the answer, before the end of the session
            server.loop.call_later(0.05, server.transport.abort)
            return "250 taken"
        server.transport.abort()
        return "421 gone"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.users.append(data.login.decode())
        return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()), handled=False)


class Certificates:
    """A certificate for ``localhost``, and the file of the authority that vouches for it."""

    def __init__(self, file: str) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(file)
        self.file = file
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost").configure_cert(self.context)


@contextmanager
def serving(
    inbox: Inbox, context: ssl.SSLContext | None = None, *, login: bool = False, tls_first: bool = False
) -> Iterator[int]:
    """Serve on a free port; the port.

    :param context: the certificate, for STARTTLS, or with ``tls_first`` for encryption from the start.
    :param login: whether only :data:`USER` may send.
    """
    options: dict[str, Any] = {}
    if context is not None:
        options |= {"ssl_context": context} if tls_first else {"tls_context": context, "require_starttls": True}
    if login:
        options |= {"authenticator": inbox.authenticate, "auth_required": True, "auth_require_tls": not tls_first}
    controller = Controller(inbox, hostname="localhost", port=_free_port(), **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    with socket.create_server(("localhost", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
