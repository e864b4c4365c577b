"""Mbox files to the places of their messages, without reading these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from mmap import ACCESS_READ, mmap
from typing import IO

from sphinxext.digest.collect.mail.content import Slice

_FROM_LINE = re.compile(rb"(?:^|(?<=\A\xef\xbb\xbf))From [^\r\n]*\r?\n", re.MULTILINE)
#: A time of day, or one word alone: a sentence that begins with "From" has neither.
_POSTMARK = re.compile(rb"From (?:.*\d\d:\d\d.*|\S+)\s*", re.DOTALL)
_HEADER = re.compile(rb"[!-9;-~]+:")


def is_mbox(head: bytes) -> bool:
    """Whether a file that begins like this is an mbox."""
    return head.lstrip(b"\r\n").startswith(b"From ")


def split_mbox(stream: IO[bytes]) -> Iterator[tuple[Slice, bytes]]:
    """The messages of an mbox, each with the line that begins it.

    As RFC 4155 has it, a line that begins with ``From`` and a time begins a message after an empty line. Where such a
    line of a body was not quoted, it is told by what follows: a header does not.

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
    if above.strip(b"\n\xef\xbb\xbf") and not above.endswith(b"\n\n"):
        return False
    if _POSTMARK.fullmatch(match[0]) is None:
        return False
    return _HEADER.match(archive[match.end() : match.end() + 200]) is not None
