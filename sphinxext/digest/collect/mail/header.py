"""The header of a message to what threads and summaries need of it, whatever state it is in."""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime
from hashlib import sha1

from sphinxext.digest.archive.decode import as_windows
from sphinxext.digest.archive.mail import parsed_address
from sphinxext.digest.collect.mail.content import Content
from sphinxext.digest.collect.plain import visible_text

#: How many bytes of a message its header may have.
_MAX_HEADER = 128 * 1024
#: How many characters of a subject and of a sender are read; the rest is no such thing.
_MAX_TEXT = 4000
_END = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_WANTED = re.compile(
    rb"^(from|subject|date|message-id|in-reply-to|references|archived-at|list-id)[ \t]*:"
    rb"((?:[^\r\n]*)(?:\r?\n[ \t]+[^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_COMMENT = re.compile(r"\s*(?:\([^()]*\)\s*)*")
_ID = re.compile(r"<\s*([^>]*)>?")
_ONLY_ID = re.compile(r"\s*<[^<>\s]+>\s*(?:\([^()]*\)\s*)*")
#: How Pipermail writes a sender: the address without its sign, and the name as a comment.
_MASKED = re.compile(r"(?P<address>\S+ at \S+?)\s*(?:\((?P<name>.*)\))?\s*", re.DOTALL)
_NAMED = re.compile(r"(?P<name>[^<>]*?)\s*<(?P<address>[^<>]*)>.*", re.DOTALL)
#: What a list puts behind a name when it sends in its own name, as lists do because of DMARC.
_VIA = re.compile(r"\s+via\s+\S.*\Z", re.IGNORECASE)
_POSTMARK_TIME = re.compile(
    rb"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+(?P<day>\d{1,2})\s+(?P<time>\d\d:\d\d(?::\d\d)?)"
    rb"(?:\s+[A-Z]{3,4})?(?:\s+(?P<zone>[+-]\d{4}))?\s+(?P<year>\d{4})(?:\s+(?P<zone2>[+-]\d{4}))?"
)
#: The time that git writes into the first line of every patch.
_OF_GIT = datetime(2001, 9, 17, tzinfo=UTC)
#: No mailing list is older.
_OLDEST = datetime(1975, 1, 1, tzinfo=UTC)
#: A clock that is behind by more than this is wrong; a moderator may take weeks.
_BEHIND = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its header tells it. All texts are decoded, of one line, and plain.

    ``id`` is without the angle brackets. ``sender`` is a name, or the address if there is no name. ``sent`` is in UTC,
    None if nothing tells it. ``references`` are the messages that it names, those of References first; ``parent`` is
    the one that it answers by In-Reply-To, if that names exactly one. ``masked`` says that the address is, as
    Pipermail does it; ``archived_at`` is the URL that the list gave it (RFC 5064).
    """

    id: str
    sender: str
    subject: str
    sent: datetime | None
    references: tuple[str, ...]
    parent: str | None
    masked: bool
    archived_at: str | None
    list_id: str | None
    content: Content


def read_message(content: Content, postmark: bytes = b"") -> Message | None:
    """Read the header of a message; None if there is none.

    A message without Message-ID has the one that notmuch gives it, by the SHA-1 of its bytes.

    :param postmark: the line that begins it in an mbox. Its time, taken for UTC, is used where Date has none that
        can be true.
    """
    data = content.read(_MAX_HEADER)
    end = _END.search(data)
    fields: dict[bytes, bytes] = {}
    for match in _WANTED.finditer(data, 0, end.start() if end else len(data)):
        fields.setdefault(match[1].lower(), match[2])
    if not fields:
        return None
    identity = _first_id(_raw(fields, b"message-id")) or _missing(content)
    references, parent = _references(fields, identity)
    sender, masked = _sender(_raw(fields, b"from")[:_MAX_TEXT])
    list_id = re.search(r"<([^<>.\s]+)[^<>]*>", _raw(fields, b"list-id"))
    return Message(
        identity,
        sender,
        visible_text(decoded(_raw(fields, b"subject")[:_MAX_TEXT])),
        _sent(_raw(fields, b"date"), postmark),
        references,
        parent,
        masked,
        _first_id(_raw(fields, b"archived-at")),
        list_id[1] if list_id else None,
        content,
    )


def decoded(text: str) -> str:
    """A header with its encoded words (RFC 2047) decoded; words in charsets that nobody knows are guessed."""
    if "=?" not in text:
        return text
    try:
        parts = decode_header(text)
    except (HeaderParseError, Base64Error, ValueError):
        return text
    return "".join(part if isinstance(part, str) else _as_text(part, charset) for part, charset in parts)


def _as_text(data: bytes, charset: str | None) -> str:
    if charset is None:
        # decode_header has turned the text around encoded words into bytes
        return data.decode("raw-unicode-escape", "replace")
    for name in (charset, "utf-8"):
        try:
            return data.decode(name)
        except (LookupError, ValueError):
            continue
    return as_windows(data)


def _raw(fields: dict[bytes, bytes], name: bytes) -> str:
    """A header without folding; bytes beyond ASCII are UTF-8, or else Windows-1252."""
    data = re.sub(rb"\r?\n(?=[ \t])", b"", fields.get(name, b"")).strip()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return as_windows(data)


def _ids(text: str) -> list[str]:
    """The message-ids in a header, as notmuch reads them: what stands between angle brackets, without white space."""
    found = ("".join(_COMMENT.sub("", match, count=1).split()) for match in _ID.findall(text))
    return [one for one in found if one]


def _first_id(text: str) -> str | None:
    """The message-id of a header, or the whole of the header if it is not in brackets."""
    found = _ids(text)
    return found[0] if found else visible_text(text) or None


def _references(fields: dict[bytes, bytes], own: str) -> tuple[tuple[str, ...], str | None]:
    reply = _raw(fields, b"in-reply-to")
    answered = _ids(reply)
    named = [one for one in (*_ids(_raw(fields, b"references")), *answered) if one != own]
    parent = answered[0] if _ONLY_ID.fullmatch(reply) and answered and answered[0] != own else None
    return tuple(dict.fromkeys(named)), parent


def _missing(content: Content) -> str:
    data = content.read(1 << 30)
    # the empty line before the next message belongs to the mbox
    data = re.sub(rb"(?<=\n)\r?\n\Z", b"", data)
    return f"notmuch-sha1-{sha1(data, usedforsecurity=False).hexdigest()}"


def _sender(text: str) -> tuple[str, bool]:
    """The name of a sender, or the address, and whether the address is masked."""
    if masked := _MASKED.fullmatch(text):
        name = visible_text(decoded(masked["name"] or "")).strip("\"' ")
        return _VIA.sub("", name) or visible_text(masked["address"]), True
    named = _NAMED.fullmatch(text)
    name, address = (named["name"].replace("\\", ""), named["address"]) if named else parsed_address(text)
    name = visible_text(decoded(name)).strip("\"' ")
    return _VIA.sub("", name) or visible_text(address) or visible_text(decoded(text)) or "(unknown)", False


def _sent(text: str, postmark: bytes) -> datetime | None:
    """When a message was sent, in UTC: by Date, or where that cannot be true by the postmark."""
    when, stamped = _sane(_time(text)), _sane(_stamped(postmark))
    if stamped == _OF_GIT:
        stamped = None
    if when is None or (stamped is not None and stamped - when > _BEHIND):
        return stamped or when
    return when


def _stamped(postmark: bytes) -> datetime | None:
    match = _POSTMARK_TIME.search(postmark)
    if match is None:
        return None
    zone = match["zone"] or match["zone2"] or b"+0000"
    parts = (match["day"], match["month"], match["year"], match["time"], zone)
    return _time(b" ".join(parts).decode("ascii"))


def _time(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text)
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _sane(when: datetime | None) -> datetime | None:
    # the real time, not the one for reproducible builds, which may be before that of the mail
    return when if when is not None and _OLDEST < when < datetime.now(UTC) + timedelta(days=2) else None
