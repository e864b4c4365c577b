"""Mbox files to the places of their messages, without reading these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from typing import IO

from sphinxext.digest.collect.mail.content import Slice

_FROM_LINE = re.compile(rb"(?:^|(?<=\A\xef\xbb\xbf))From [^\r\n]*\r?\n", re.MULTILINE)
#: A time of day, or one word alone: a sentence that begins with "From" has neither.
_TIME = re.compile(rb"\d\d:\d\d")
_ONE_WORD = re.compile(rb"From \S+\s*")
#: A sender and a time as the C library writes it (RFC 4155), or as mails do: no other line looks like that.
_SURE_POSTMARK = re.compile(
    rb"From \S[^\r\n]* (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +"
    rb"(?:[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d(?::\d\d)?(?: [A-Z+-][A-Za-z0-9]{0,5})? \d{4}"
    rb"|\d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)?)(?: [A-Z+-][A-Za-z0-9]{0,5})?\s*"
)
#: What git writes above a patch, which somebody may have put below a text.
_OF_PATCH = re.compile(rb"From [0-9a-f]{40,64} Mon Sep 17 00:00:00 2001\s*")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")
_OF_MAIL = re.compile(
    rb"(?:From|To|Subject|Date|Message-ID|In-Reply-To|Received|Return-Path|Delivered-To)[ \t]*:", re.IGNORECASE
)
#: Lines of servers that moved a message from one mbox to another.
_QUOTED = re.compile(rb"(?:>+From [^\r\n]*\r?\n)*")
#: How much of a header is looked at, in bytes: the first two fields.
_LOOKED_AT = 8192


def is_mbox(head: bytes) -> bool:
    """Whether a file that begins like this is an mbox."""
    return head.lstrip(b"\r\n").startswith(b"From ")


def split_mbox(stream: IO[bytes]) -> Iterator[tuple[Slice, bytes]]:
    """Split an mbox into its messages, each with the line that begins it.

    As RFC 4155 has it, a line that begins with ``From`` and a time begins a message after an empty line. Some archives
    leave that line out (Pipermail does below an attachment), and some have postmarks of their own. Where one of the
    two is missing, the header that follows has to look like that of a mail. A line of a body that was not quoted is
    told by what follows as well: a header does not.

    :param stream: a file of the system, which is mapped into memory.
    :raises OSError: if it cannot be read.
    """
    try:
        archive = mmap(stream.fileno(), 0, access=ACCESS_READ)
    except ValueError:  # there is nothing in it
        return
    before: tuple[int, bytes] | None = None
    for match in _FROM_LINE.finditer(archive):
        if not _begins_message(archive, match):
            continue
        if before is not None:
            yield Slice(archive, before[0], match.start()), before[1]
        before = match.end(), match[0].rstrip()
    if before is not None:
        yield Slice(archive, before[0], len(archive)), before[1]


def _begins_message(archive: mmap, match: re.Match[bytes]) -> bool:
    above = archive[max(0, match.start() - 4) : match.start()].replace(b"\r", b"")
    is_apart = not above.strip(b"\n\xef\xbb\xbf") or above.endswith(b"\n\n")
    start = _QUOTED.match(archive, match.end()).end()  # type: ignore[union-attr] # it matches everywhere
    head = archive[start : start + _LOOKED_AT]
    if is_apart and (_TIME.search(match[0]) or _ONE_WORD.fullmatch(match[0])):
        return _FIELD.match(head) is not None or _is_empty(head, match[0])
    if is_apart:
        return _is_header(head, 2)
    return bool(_SURE_POSTMARK.fullmatch(match[0]) and not _OF_PATCH.fullmatch(match[0]) and _is_header(head, 1))


def _is_header(head: bytes, least: int) -> bool:
    """Return True if a text begins with so many fields of a header, one of which only mails have."""
    first = _FIELD.match(head)
    second = _FIELD.match(head, first.end()) if first else None
    fields = [one for one in (first, second) if one]
    return len(fields) >= least and any(_OF_MAIL.match(head, one.start()) for one in fields)


def _is_empty(head: bytes, postmark: bytes) -> bool:
    """Return True if a message without any header begins here, which is reported, not lost."""
    return head.startswith((b"\n", b"\r\n")) and _SURE_POSTMARK.fullmatch(postmark) is not None
