"""Mails: a digest as a message (RFC 5322) with a part of plain text and one of HTML, whose styles are inlined.

The headers that a mailing list writes (``List-*``, ``Precedence``, ``Sender``, ``Reply-To``) are left to it.
``Auto-Submitted`` is left out as well: people have written the text of a digest, and Discourse and ticket systems
refuse generated mail. Styles move to the elements, since many mail readers drop a stylesheet.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from hashlib import blake2b
from typing import Any, TypeVar

from sphinxext.digest.settings.options import Settings

#: Headers of identifiers and URLs, whose long words must not be broken or encoded.
_UNFOLDED = frozenset({"message-id", "in-reply-to", "references", "archived-at"})
#: Headers that this module encodes and folds.
_FOLDED = frozenset({"subject", "from", "to", "cc"})
#: The longest line of them, and the longest word: an encoded word has to fit beside the header's name (RFC 2047, 2).
_MAX_FOLDED = 76
_MAX_WORD = 60
#: The longest text of an encoded word, without ``=?utf-8?b??=``. That of a name is longer, since Python's parser and
#: others put a space between two words of a name.
_MAX_ENCODED = 48
_MAX_ENCODED_NAME = 56
#: The characters that need no encoding in an encoded word, not even in a name (RFC 2047, 5).
_PLAIN_IN_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_DOMAIN = re.compile(r"[A-Za-z0-9._-]+|\[[A-Za-z0-9.:]+\]")
#: The longest address (RFC 5321, 4.5.3.1.3).
_MAX_ADDRESS = 254
#: The longest line of a message, without its end (RFC 5322, 2.1.1).
_MAX_LINE = 998
_MESSAGE_ID = re.compile(r"<[^\s<>@\x00-\x1f\x7f-\uffff]+@[^\s<>@\x00-\x1f\x7f-\uffff]+>")

Piece = TypeVar("Piece", str, bytes)


class HeaderError(ValueError):
    """An invalid address, subject or message identifier; the message says why."""


class _Policy(EmailPolicy):
    """The standard library's policy, but for headers that it would break within a word or lose spaces of.

    Its folding of texts beyond ASCII differs between versions of Python, and before 3.13 it drops spaces. It decodes
    what looks like an encoded word as well, so that a line end could come out of it. So addresses and subjects are
    encoded here, and the standard library takes them as they are.
    """

    def header_store_parse(self, name: str, value: Any) -> tuple[str, str]:
        if name.lower() not in _FOLDED:
            return super().header_store_parse(name, value)
        words = _words_of_text(value) if isinstance(value, str) else _words_of_addresses(value)
        return name, _folded(name, words)

    def fold(self, name: str, value: str) -> str:
        if name.lower() in _UNFOLDED or name.lower() in _FOLDED:
            return f"{name}: {value}{self.linesep}".replace("\n ", f"{self.linesep} ")
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _UNFOLDED or name.lower() in _FOLDED:
            return self.fold(name, value).encode("ascii", "surrogateescape")
        folded: bytes = super().fold_binary(name, value)
        return folded


def _folded(name: str, words: Iterable[str]) -> str:
    """Return the value of a header with line ends before some of its words."""
    lines = [""]
    room = _MAX_FOLDED - len(f"{name}: ")
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > room:
            lines.append(word)
            room = _MAX_FOLDED - 1
        else:
            lines[-1] += f" {word}" if lines[-1] else word
    return "\n ".join(lines)


def _words_of_text(text: str, size: int = _MAX_ENCODED) -> list[str]:
    """Return the words of a text in a header; encoded ones (RFC 2047) where spaces alone do not keep it as it is."""
    words = text.split(" ")
    is_plain = text.isascii() and text.isprintable() and "=?" not in text
    if is_plain and all(0 < len(word) <= _MAX_WORD for word in words):
        return words
    quoted = [_quoted_character(character) for character in text]
    encoded = [character.encode("utf-8", "replace") for character in text]
    if sum(map(len, quoted)) <= sum(map(len, encoded)) * 4 / 3:
        return [f"=?utf-8?q?{''.join(piece)}?=" for piece in _pieces(quoted, size)]
    pieces = (b"".join(piece) for piece in _pieces(encoded, size * 3 // 4))
    return [f"=?utf-8?b?{b64encode(piece).decode('ascii')}?=" for piece in pieces]


def _quoted_character(character: str) -> str:
    if character in _PLAIN_IN_WORD:
        return character
    return "_" if character == " " else "".join(f"={byte:02X}" for byte in character.encode("utf-8", "replace"))


def _pieces(parts: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    """Yield parts in groups of at most this size, without dividing a character."""
    group: list[Piece] = []
    for part in parts:
        if group and sum(map(len, group)) + len(part) > size:
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _words_of_addresses(addresses: Address | Iterable[Address]) -> list[str]:
    """Return the words of addresses with commas between them."""
    found: list[str] = []
    for address in (addresses,) if isinstance(addresses, Address) else addresses:
        name = address.display_name
        words = _words_of_text(name, _MAX_ENCODED_NAME) if name else []
        if words == name.split(" ") and not _ATOMS.fullmatch(name):
            words = '"{}"'.format(re.sub(r'(["\\])', r"\\\1", name)).split(" ")
        found += [*words, f"<{address.addr_spec}>" if name else address.addr_spec]
        found[-1] += ","
    found[-1] = found[-1].removesuffix(",")
    return found


#: The policies of a message that is printed, and of one that goes over the wire.
PRINTED = _Policy()
WIRE = _Policy(linesep=SMTP.linesep)


@dataclass(frozen=True)
class Envelope:
    """The headers of a message that do not come from the digest.

    ``correction`` is 0 for the first message of a digest, and counts the corrections after that; ``in_reply_to`` is
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
        """The recipients, each once."""
        return tuple(dict.fromkeys(address.addr_spec for address in (*self.to, *self.cc)))


def parse_addresses(text: str) -> tuple[Address, ...]:
    """Parse addresses, ``Name <user@host>`` or ``user@host``, separated by commas.

    Internationalized host names are encoded (RFC 5890), since not every server accepts others.

    :raises HeaderError: if the text is empty or invalid.
    """
    _check_line(text)
    try:
        header = PRINTED.header_factory("to", text)
        addresses = () if header.defects else header.addresses
    except (MessageError, IndexError, ValueError, TypeError, AttributeError, RecursionError):
        addresses = ()  # the standard library's parser fails at some texts, and recurses for each comment
    if not addresses or not all(address.username and address.domain for address in addresses):
        raise HeaderError(f"'{text}' is not a valid address: expected one such as 'Name <user@host>'")
    return tuple(map(_encoded, addresses))


def parse_sender(text: str) -> Address:
    """Parse the one address that a message is from.

    :raises HeaderError: if it is invalid, or there are several.
    """
    addresses = parse_addresses(text)
    if len(addresses) > 1:
        raise HeaderError("a message has one sender: give one address")
    return addresses[0]


def parse_message_id(text: str) -> str:
    """Parse the identifier of a message, with or without its angle brackets.

    :raises HeaderError: if it is invalid.
    """
    identifier = text.strip()
    identifier = identifier if identifier.startswith("<") else f"<{identifier}>"
    if not _MESSAGE_ID.fullmatch(identifier) or len(identifier) > _MAX_LINE // 2:
        raise HeaderError(f"'{text}' is not a valid message identifier: expected one such as '<name@host>'")
    return identifier


def check_subject(text: str) -> str:
    """Return a subject without white space around it.

    :raises HeaderError: if it is empty or not one line.
    """
    _check_line(text)
    if not text.strip():
        raise HeaderError("the subject is empty")
    return text.strip()


def message_id(name: str, settings: Settings, sender: Address, correction: int = 0) -> str:
    """Return the identifier of a digest's message, which is reproducible.

    It depends on the digest's name, on the collection (where it is published, its pages and title) and on the
    sender's address. Each correction has its own.
    """
    parts = (settings.base_url, settings.pages, settings.collection_title, sender.addr_spec.lower())
    collection = blake2b("\n".join(parts).encode(), digest_size=8).hexdigest()
    number = f".correction-{correction}" if correction else ""
    return f"<digest.{name}{number}.{collection}@{sender.domain.lower()}>"


def make_message(name: str, settings: Settings, envelope: Envelope, text: str, html: str | None) -> EmailMessage:
    """Compose the message of a digest.

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
    if envelope.page_url and re.fullmatch(r"[!-~]+", envelope.page_url) and len(envelope.page_url) < _MAX_LINE // 2:
        message["Archived-At"] = f"<{envelope.page_url}>"  # RFC 5064
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    _set_text(message, text)
    if html is not None:
        message.make_alternative(boundary=_boundary(message["Message-ID"]))
        message.add_alternative(html, subtype="html", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = "en"  # setting the content takes away such headers
    return message


def _set_text(message: EmailMessage, text: str) -> None:
    """Set plain text: unencoded if every server accepts that, else quoted-printable, which no server encodes again."""
    as_it_is = text.isascii() and all(len(line) <= _MAX_LINE for line in text.split("\n"))
    as_it_is = as_it_is and not re.search(r"^From ", text, re.MULTILINE)
    if as_it_is:
        message.set_content(text, charset="us-ascii", cte="7bit", params={"format": "fixed"})
        return
    message.set_content(text, charset="utf-8", cte="quoted-printable", params={"format": "fixed"})
    # archives in the format mbox would put a ">" before it
    payload: str = message.get_payload()  # type: ignore[assignment] # the content is not multipart
    message.set_payload(re.sub(r"^From ", "=46rom ", payload, flags=re.MULTILINE))


def _boundary(identifier: str) -> str:
    """Return a reproducible boundary, whose characters never come together in quoted-printable."""
    return f"=_digest_{blake2b(identifier.encode(), digest_size=12).hexdigest()}"


def _encoded(address: Address) -> Address:
    """Return the address as servers accept it. Its parts were decoded, so they are checked again."""
    for part in (address.display_name, address.username, address.domain):
        _check_line(part)
    if not address.username.isascii():
        raise HeaderError(
            f"'{address.addr_spec}' has characters before the '@' that not every server accepts: use ASCII"
        )
    try:
        domain = address.domain.encode("idna").decode() if not address.domain.isascii() else address.domain
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        raise HeaderError(f"'{address.domain}' is not a valid host name")
    encoded = Address(address.display_name, address.username, domain)
    if len(encoded.addr_spec) > _MAX_ADDRESS:
        raise HeaderError(f"an address is longer than {_MAX_ADDRESS} characters")
    return encoded


def _check_line(text: str) -> None:
    if re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]", text):
        raise HeaderError("a header must be one line of text, without control characters")


EXTRA = "sphinxext-digest[mail]"


class InlinerMissing(Exception):
    """css-inline is not installed."""


def with_inlined_styles(html: str) -> str:
    """Return a document whose elements have the styles of its stylesheet.

    Rules that cannot be inlined, the colours for dark screens, stay in the stylesheet. Nothing is fetched.

    :raises InlinerMissing: if css-inline is not installed.
    """
    try:
        import css_inline
    except ModuleNotFoundError as error:
        if error.name != "css_inline":
            raise
        raise InlinerMissing from None
    inlined: str = css_inline.inline(html, keep_at_rules=True, load_remote_stylesheets=False)
    return inlined
