"""Read the fields of a message's header that threads and summaries need, however malformed it is.

Only the place of a message is kept: most are not summarized, and their bodies are read when they are needed.
"""

from __future__ import annotations

import re
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parsedate_to_datetime
from hashlib import sha1
from itertools import islice
from mmap import mmap
from pathlib import Path
from typing import Protocol

from sphinxext.digest.release.git import GitError, PartialCloneError
from sphinxext.digest.release.refs import Objects
from sphinxext.digest.text import as_windows, visible_text

#: The bytes of a message that are read: headers that name hundreds of recipients fit, large attachments are cut.
MAX_READ = 1024 * 1024
#: The escape of a body line in an mbox that would begin a message.
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)


class Content(Protocol):
    """One message in an archive."""

    def read(self, limit: int = MAX_READ) -> bytes:
        """Return the first bytes of the message without the "From " line of an mbox; b"" if they are unreadable."""


@dataclass(frozen=True, slots=True)
class Slice:
    """A message of an mbox, between two places of it."""

    archive: mmap
    start: int
    end: int

    def read(self, limit: int = MAX_READ) -> bytes:
        """See :meth:`Content.read`."""
        data = self.archive[self.start : min(self.end, self.start + limit)]
        return _QUOTED_FROM.sub(rb"\1", data) if b">From " in data else data


@dataclass(frozen=True, slots=True)
class MailFile:
    """A file that holds one message."""

    path: Path

    def read(self, limit: int = MAX_READ) -> bytes:
        """See :meth:`Content.read`."""
        try:
            with self.path.open("rb") as stream:
                return stream.read(limit)
        except OSError:
            return b""


@dataclass(frozen=True, slots=True)
class Blob:
    """A message in a git repository."""

    objects: Objects
    name: str

    def read(self, limit: int = MAX_READ) -> bytes:
        """See :meth:`Content.read`."""
        try:
            found = self.objects.get(self.name.encode("ascii"))
        except PartialCloneError:
            raise
        except GitError:
            return b""
        return found[1][:limit] if found and found[0] == b"blob" else b""


#: The most bytes of a header.
_MAX_HEADER = 128 * 1024
#: The most characters that are read of a subject and of a sender.
_MAX_TEXT = 4000
_MAX_DATE = 200
#: The most Received lines that are read for the time of a message without a Date.
_MAX_SERVERS = 30
_END = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_WANTED = re.compile(
    rb"^(from|subject|date|message-id|in-reply-to|references|archived-at|list-id)[ \t]*:"
    rb"([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)",
    re.IGNORECASE | re.MULTILINE,
)
_COMMENT = re.compile(r"\s*(?:\([^()]*\)\s*)*")
#: A message-id ends at its bracket, or where the header ends; a bracket that another one follows begins nothing.
_ID = re.compile(r"<([^<>]*)(?:>|\Z)")
_ONLY_ID = re.compile(r"[\s<]*<\s*[^<>\s]+\s*>[\s>]*(?:\([^()]*\)\s*)*")
#: Message-ids without their brackets, as some programs write them.
_BARE_IDS = re.compile(r"[^\s<>(),;@]+@[^\s<>(),;@]+(?:[\s,;]+[^\s<>(),;@]+@[^\s<>(),;@]+)*")
#: A sender in Pipermail: the address without its sign, and the name as a comment.
_MASKED = re.compile(r"(?P<address>\S+ at [^\s(]+)(?P<rest>.*)", re.DOTALL)
_NAMED = re.compile(r"(?P<name>\"(?:[^\"\\]|\\.)*\"\s*|[^<>]*)<(?P<address>[^<>]*)>", re.DOTALL)
#: A name that Google Groups has put into quotes, and what follows them.
_QUOTED_NAME = re.compile(r"'(?P<name>.+?)'(?:\s+(?P<rest>\S.*))?", re.DOTALL)
#: The suffix of a name in mails that a list sends in its own name because of DMARC.
_VIA = re.compile(r" (?:via|vía|über|ueber) \S.*")
_IN_BRACKETS = re.compile(r"(?P<name>[^(\[]+)[(\[](?P<words>[^()\[\]]+)[)\]]")
_OF_LISTS = frozenset({"list", "lists", "group", "groups", "googlegroups", "mailman", "ml"})
_LIST_ID = re.compile(r"<([^<>.\s]+)(?=[.\s>])[^<>]*>")
_RECEIVED = re.compile(rb"^received[ \t]*:([^\r\n]*(?:\r?\n[ \t][^\r\n]*)*)", re.IGNORECASE | re.MULTILINE)
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
    """Read the header of a message; return None if it has none.

    A message without Message-ID has the one that notmuch gives it, by the SHA-1 of its bytes.

    :param postmark: the line that begins it in an mbox. Its time, taken for UTC, is used where Date has none that
        can be true. Where it has none either, the time of the last server in Received is.
    """
    data = content.read(_MAX_HEADER)
    end = _END.search(data)
    header = data[: end.start()] if end else data
    fields: dict[bytes, bytes] = {}
    for match in _WANTED.finditer(header):
        fields.setdefault(match[1].lower(), match[2])
    if not fields:
        return None
    identity = _first_id(_raw(fields, b"message-id")) or _missing(content)
    references, parent = _references(fields, identity)
    list_id = _LIST_ID.search(_raw(fields, b"list-id"))
    sender, masked = _sender(_raw(fields, b"from")[:_MAX_TEXT], list_id[1] if list_id else None)
    return Message(
        identity,
        sender,
        visible_text(decoded(_raw(fields, b"subject")[:_MAX_TEXT])),
        _sent(_raw(fields, b"date"), postmark) or _received(header),
        references,
        parent,
        masked,
        _first_id(_raw(fields, b"archived-at")),
        list_id[1] if list_id else None,
        content,
    )


def decoded(text: str) -> str:
    """Return a header with its encoded words (RFC 2047) decoded; words in charsets that nobody knows are guessed."""
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
    """Return a header without folding; bytes beyond ASCII are UTF-8, or else Windows-1252."""
    data = re.sub(rb"\r?\n(?=[ \t])", b"", fields.get(name, b"")).strip()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return as_windows(data)


def _ids(text: str) -> list[str]:
    """Return the message-ids in a header as notmuch reads them: the text in angle brackets, without white space."""
    found = ("".join(_COMMENT.sub("", match, count=1).split()) for match in _ID.findall(text))
    return [one for one in found if one]


def _first_id(text: str) -> str | None:
    """Return the message-id of a header, or the whole of the header if it is not in brackets."""
    found = _ids(text)
    return found[0] if found else visible_text(text).strip("<> ") or None


def _named_ids(text: str) -> list[str]:
    """Return the message-ids in a header that names other messages, also those without brackets."""
    found = _ids(text)
    return found or (re.split(r"[\s,;]+", text) if _BARE_IDS.fullmatch(text) else [])


def _references(fields: dict[bytes, bytes], own: str) -> tuple[tuple[str, ...], str | None]:
    reply = _raw(fields, b"in-reply-to")
    answered = _named_ids(reply)
    named = [one for one in (*_named_ids(_raw(fields, b"references")), *answered) if one != own]
    is_clear = _ONLY_ID.fullmatch(reply) or _BARE_IDS.fullmatch(reply)
    parent = answered[0] if is_clear and len(answered) == 1 and answered[0] != own else None
    return tuple(dict.fromkeys(named)), parent


def _missing(content: Content) -> str:
    data = content.read(1 << 30)
    # the empty line before the next message belongs to the mbox
    data = re.sub(rb"(?<=\n)\r?\n\Z", b"", data)
    return f"notmuch-sha1-{sha1(data, usedforsecurity=False).hexdigest()}"


def _sender(text: str, list_id: str | None) -> tuple[str, bool]:
    """Return the name of a sender, or the address if there is no name, and True if the address is masked."""
    if masked := _masked(text):
        name, address = masked
    elif named := _NAMED.match(text):
        name, address = named["name"].replace("\\", ""), named["address"]
    else:
        address, _, comment = text.partition("(")
        address = next((word.strip(",;") for word in address.split() if "@" in word), address)
        name = comment.rpartition(")")[0]
    address = visible_text(address)
    name = _own_name(visible_text(decoded(name)), address, list_id)
    return name or address or visible_text(decoded(text)) or "(unknown)", masked is not None


def _masked(text: str) -> tuple[str, str] | None:
    """Return the name and the address of a sender as Pipermail writes it, or None for other forms."""
    found = _MASKED.fullmatch(text)
    rest = found["rest"].strip() if found else ""
    if found is None or (rest and not (rest.startswith("(") and rest.endswith(")"))):
        return None
    return rest[1:-1], found["address"]


def _own_name(name: str, address: str, list_id: str | None) -> str:
    """Return the name of a person without what a list adds to it: ``'Ann Example' via dev`` is ``Ann Example``.

    The word between the name and that of the list is known in some languages. In others it is found between a name
    in quotes, as Google Groups writes it, or before the name of the list.
    """
    name = name.strip('" ')
    lists = _names_of_list(address, list_id)
    if (quoted := _QUOTED_NAME.fullmatch(name)) and not (quoted["rest"] or "")[:1].isupper():
        name = quoted["name"]
    if (bracket := _IN_BRACKETS.fullmatch(name)) and (
        _VIA.match(f" {bracket['words'].lower()}") or not lists.isdisjoint(bracket["words"].casefold().split())
    ):
        name = bracket["name"]
    name = _VIA.sub("", name)
    words = name.split(" ")
    word, last = ["", *words][-2:]
    if len(words) > 2 and ((last.casefold() in lists and _is_small(word)) or (word in lists and _is_small(last))):
        name = " ".join(words[:-2])
    return name.strip("\"' ")


def _names_of_list(address: str, list_id: str | None) -> frozenset[str]:
    """Return the names of the list that has this address; none if it may be the address of a person."""
    local, _, domain = address.casefold().partition("@")
    is_list = not _OF_LISTS.isdisjoint(domain.split(".")) or (list_id or "").casefold() == local
    return frozenset({local}) if local and is_list else frozenset()


def _is_small(word: str) -> bool:
    return word == word.lower() and word.isalpha()


def _sent(text: str, postmark: bytes) -> datetime | None:
    """Return when a message was sent, in UTC: by its Date, or by the postmark if the Date is implausible."""
    when, stamped = _sane(_time(text)), _sane(_stamped(postmark))
    if stamped == _OF_GIT:
        stamped = None
    if when is None or (stamped is not None and stamped - when > _BEHIND):
        return stamped
    return when


def _received(header: bytes) -> datetime | None:
    """Return the time at which the last server received a message, in UTC; None if none of them says it."""
    for match in islice(_RECEIVED.finditer(header), _MAX_SERVERS):
        _, *parts = match[1].decode("latin-1").split(";", _MAX_SERVERS)
        for part in reversed(parts):
            if (when := _sane(_time(part))) is not None:
                return when
    return None


def _stamped(postmark: bytes) -> datetime | None:
    match = _POSTMARK_TIME.search(postmark)
    if match is None:
        return None
    zone = match["zone"] or match["zone2"] or b"+0000"
    parts = (match["day"], match["month"], match["year"], match["time"], zone)
    return _time(b" ".join(parts).decode("ascii"))


def _time(text: str) -> datetime | None:
    try:
        when = parsedate_to_datetime(text[:_MAX_DATE])
        return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _sane(when: datetime | None) -> datetime | None:
    # the real time, not the one for reproducible builds, which may be before that of the mail
    return when if when is not None and _OLDEST < when < datetime.now(UTC) + timedelta(days=2) else None
