"""Recognising logs, and going through them: only lines that may matter are looked at closely."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sphinxext.digest.collect.irc import page
from sphinxext.digest.collect.irc.formats import Event, TextLog, format_of
from sphinxext.digest.collect.irc.names import channel_of
from sphinxext.digest.collect.irc.plain import decode_line
from sphinxext.digest.collect.irc.sources import lines_of

#: In how many lines at the beginning of a file one of a known format has to be.
_FIRST_LINES = 200
_JOINED = re.compile(rb"(?:has joined|Join to) (#[^\s,]+)")

#: The number of a line, its anchor on a page of the log, and how to read it.
Found = tuple[int, str | None, Callable[[], Event | None]]


@dataclass(frozen=True, slots=True)
class LogFormat:
    """The format of a log, and what its content says of its channel and its day."""

    log: Callable[[date | None, timedelta], TextLog] = TextLog
    channel: str | None = None
    day: date | None = None
    is_page: bool = False
    is_json: bool = False


def recognise(first: bytes) -> LogFormat | int:
    """The format of a log by its beginning; else the line that begins something unknown, 0 if there is nothing."""
    lines = first.split(b"\n", _FIRST_LINES)[:_FIRST_LINES]
    for line in lines:
        if form := format_of(line.rstrip(b"\r")):
            match = _JOINED.search(first)
            return LogFormat(form, channel_of(decode_line(match[1])) if match else None)
    if page.is_page(first) and (page.ROW in first or b"irclog2html" in first):
        return LogFormat(page.PageLog, *page.title_of(first), is_page=True)
    if first.lstrip()[:1] in (b"{", b"["):
        return LogFormat(is_json=True)
    return next((number for number, line in enumerate(lines, 1) if line.strip(b"\r\t ")), 0)


def text_events(log: TextLog, chunks: Iterator[bytes], waiting: Collection[object]) -> Iterator[Found]:
    """The lines of a text that may matter: commands, what may correct them while somebody waits, and marks of days."""
    number = same = 0
    stamp, width, mark = b"", log.STAMP, log.MARK
    for lines in lines_of(chunks):
        for line in lines:
            number += 1
            if width and line:
                if line[:width] == stamp:
                    same += 1
                else:
                    stamp, same = line[:width], 1
            if waiting or b"#success" in line or b"#thanks" in line or line.startswith(mark):
                anchor = f"t{decode_line(stamp)}{f'-{same}' if same > 1 else ''}" if width else None
                yield number, anchor, partial(log.event, line.rstrip(b"\r"))


def page_events(log: TextLog, chunks: Iterator[bytes], waiting: Collection[object]) -> Iterator[Found]:
    """The rows of a page that may matter."""
    number = 1
    for pieces in lines_of(chunks, b"<tr "):
        for piece in pieces:
            if waiting or b"#success" in piece or b"#thanks" in piece:
                row = b"<tr " + piece
                yield number, page.anchor_of(row), partial(log.event, row)
            number += piece.count(b"\n")
