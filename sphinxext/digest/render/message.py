"""A digest as a message: RFC 5322, with a part of plain text and one of HTML.

What a list writes itself (``List-*``, ``Precedence``, ``Sender``, ``Reply-To``) is left to it. ``Auto-Submitted`` is
left out as well: people have written what a digest says, and Discourse and ticket systems refuse what is generated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from hashlib import blake2b

from sphinxext.digest.options import Settings

#: Headers of identifiers and URLs, whose long words must not be broken or encoded.
_UNFOLDED = frozenset({"message-id", "in-reply-to", "references", "archived-at"})
#: How long a line of a message may be, without its end (RFC 5322, 2.1.1).
_MAX_LINE = 998
_MESSAGE_ID = re.compile(r"<[^\s<>@\x00-\x1f\x7f-\uffff]+@[^\s<>@\x00-\x1f\x7f-\uffff]+>")


class HeaderError(ValueError):
    """An address, a subject or an identifier that a message cannot have; the message says why."""


class _Policy(EmailPolicy):
    """The standard library's rules, but for headers that it would break in the middle of a word."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _UNFOLDED:
            return f"{name}: {value}{self.linesep}".encode("ascii", "surrogateescape")
        folded: bytes = super().fold_binary(name, value)
        return folded


#: For a message as it is printed, and as it goes over the wire.
PRINTED = _Policy()
WIRE = _Policy(linesep=SMTP.linesep)


@dataclass(frozen=True)
class Envelope:
    """What the headers of a message say, besides what comes from the digest.

    ``correction`` is 0 for a digest as it is first sent, and counts the corrections after that; ``in_reply_to`` is
    the identifier of another message than the digest itself; ``date`` has a time zone.
    """

    sender: Address
    to: tuple[Address, ...]
    subject: str
    date: datetime
    cc: tuple[Address, ...] = ()
    correction: int = 0
    in_reply_to: str | None = None
    page_url: str | None = None

    @property
    def recipients(self) -> tuple[str, ...]:
        """The addresses that the message goes to, each once."""
        return tuple(dict.fromkeys(address.addr_spec for address in (*self.to, *self.cc)))


def parse_addresses(text: str) -> tuple[Address, ...]:
    """The addresses in a text, ``Name <user@host>`` or ``user@host``, with commas between them.

    Names of hosts in other scripts are written as RFC 5890 has them, since not every server takes others.

    :raises HeaderError: if there is none, or anything else.
    """
    _check_line(text)
    try:
        header = PRINTED.header_factory("to", text)
        addresses = () if header.defects else header.addresses
    except (MessageError, IndexError):  # the standard library's parser stumbles over some texts
        addresses = ()
    if not addresses or not all(address.username and address.domain for address in addresses):
        raise HeaderError(f"'{text}' is not an address such as 'Name <user@host>'")
    return tuple(map(_encoded, addresses))


def parse_message_id(text: str) -> str:
    """The identifier of a message, with or without its angle brackets.

    :raises HeaderError: if it is none.
    """
    identifier = text.strip()
    identifier = identifier if identifier.startswith("<") else f"<{identifier}>"
    if not _MESSAGE_ID.fullmatch(identifier) or len(identifier) > _MAX_LINE // 2:
        raise HeaderError(f"'{text}' is not the identifier of a message, such as '<name@host>'")
    return identifier


def check_subject(text: str) -> str:
    """A subject.

    :raises HeaderError: if it is empty or not one line.
    """
    _check_line(text)
    if not text.strip():
        raise HeaderError("the subject is empty")
    return text.strip()


def message_id(name: str, settings: Settings, sender: Address, correction: int = 0) -> str:
    """The identifier of a digest's message: the same whenever the message is made.

    It depends on the digest's name, on the collection (where it is published, its pages and title) and on the
    sender's address. A correction has its own.
    """
    parts = (settings.base_url, settings.pages, settings.collection_title, sender.addr_spec.lower())
    collection = blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
    number = f".correction-{correction}" if correction else ""
    return f"<digest.{name}{number}.{collection}@{sender.domain.lower()}>"


def make_message(name: str, settings: Settings, envelope: Envelope, text: str, html: str | None) -> EmailMessage:
    """The message of a digest.

    :param name: the digest's.
    :param text: the plain text.
    :param html: a document with inlined styles, or None for a message of plain text only.
    """
    message = EmailMessage(PRINTED)
    message["From"] = envelope.sender
    message["To"] = envelope.to
    if envelope.cc:
        message["Cc"] = envelope.cc
    message["Subject"] = f"[Correction] {envelope.subject}" if envelope.correction else envelope.subject
    message["Date"] = format_datetime(envelope.date)
    message["Message-ID"] = message_id(name, settings, envelope.sender, envelope.correction)
    earlier = envelope.in_reply_to
    if envelope.correction and earlier is None:
        earlier = message_id(name, settings, envelope.sender)
    if earlier:
        message["In-Reply-To"] = earlier
        message["References"] = earlier
    if envelope.page_url and envelope.page_url.isascii() and len(envelope.page_url) < _MAX_LINE // 2:
        message["Archived-At"] = f"<{envelope.page_url}>"  # RFC 5064
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    _set_text(message, text)
    if html is not None:
        message.make_alternative(boundary=_boundary(message["Message-ID"]))
        message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = "en"  # setting the content takes away such headers
    return message


def _set_text(message: EmailMessage, text: str) -> None:
    """Plain text as it is if every server takes it so, else in quoted-printable, which is never encoded again."""
    as_it_is = text.isascii() and all(len(line) <= _MAX_LINE for line in text.split("\n"))
    as_it_is = as_it_is and not re.search(r"^From ", text, re.MULTILINE)
    if as_it_is:
        message.set_content(text, charset="us-ascii", cte="7bit", params={"format": "fixed"})
        return
    message.set_content(text, charset="utf-8", cte="quoted-printable", params={"format": "fixed"})
    # archives in files of the format mbox would put a ">" before it
    payload: str = message.get_payload()  # type: ignore[assignment] # the content is not multipart
    message.set_payload(re.sub(r"^From ", "=46rom ", payload, flags=re.MULTILINE))


def _boundary(identifier: str) -> str:
    """Always the same for a message; its characters come together in no part of quoted-printable."""
    return f"=_digest_{blake2b(identifier.encode(), digest_size=12).hexdigest()}"


def _encoded(address: Address) -> Address:
    if not address.username.isascii():
        raise HeaderError(f"'{address.addr_spec}' has characters before the '@' that not every server takes")
    try:
        domain = address.domain.encode("idna").decode() if not address.domain.isascii() else address.domain
    except UnicodeError:
        raise HeaderError(f"'{address.domain}' is no name of a host") from None
    return Address(address.display_name, address.username, domain)


def _check_line(text: str) -> None:
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", text):
        raise HeaderError("a header has to be one line of text, without control characters")
