"""Recognising logs, and going through them: only lines that may matter are looked at closely."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sphinxext.digest.collect.irc import page
from sphinxext.digest.collect.irc.formats import FORMATS, Event, Said, TextLog, format_of
from sphinxext.digest.collect.irc.names import channel_of
from sphinxext.digest.collect.irc.plain import decode_line
from sphinxext.digest.collect.irc.sources import lines_of

#: In how many lines at the beginning of a file one of a known format has to be.
_FIRST_LINES = 200
#: What joins, sessions and conversations say of the channel.
_CHANNEL = re.compile(
    rb"(?:has joined|Join to|[Nn]ow talking (?:on|in)|joined the channel|Session Ident:|Conversation with) (#[^\s,]+)"
)
#: JSON begins so, and logs whose times are in brackets do not.
_JSON = re.compile(rb"\s*(?:\{|\[\s*[\[{\"\]]|\[\Z)")
_MARKS = tuple(mark for form in FORMATS for mark in form.MARK)

#: The number of a line, its anchor on a page of the log, and how to read it.
Found = tuple[int, str | None, Callable[[], Event | None]]


@dataclass(frozen=True, slots=True)
class LogFormat:
    """The format of a log, and what its content says of its channel and its day."""

    log: type[TextLog] = TextLog
    channel: str | None = None
    day: date | None = None
    is_page: bool = False
    is_json: bool = False


def recognise(first: bytes) -> LogFormat | int:
    """Return the format of a log by its beginning; else the line that begins something unknown, 0 if it is empty."""
    lines = _first_lines(first)
    for line in lines:
        if form := format_of(line):
            match = _CHANNEL.search(first)
            return LogFormat(form, channel_of(decode_line(match[1])) if match else None)
    if page.is_page(first) and (page.ROW in first or b"irclog2html" in first):
        return LogFormat(page.PageLog, *page.title_of(first), is_page=True)
    if _JSON.match(first):
        return LogFormat(is_json=True)
    return next((number for number, line in enumerate(lines, 1) if line.strip() and not line.startswith(_MARKS)), 0)


def has_messages(form: type[TextLog], first: bytes) -> bool:
    """Return True if somebody says something in the first lines of a log, as far as its format is understood."""
    log = form(date(2000, 1, 1), timedelta(0))
    return any(isinstance(log.event(line), Said) for line in _first_lines(first))


def _first_lines(first: bytes) -> list[bytes]:
    return [line.rstrip(b"\r") for line in first.split(b"\n", _FIRST_LINES)[:_FIRST_LINES]]


def text_events(log: TextLog, chunks: Iterator[bytes], waiting: Collection[object]) -> Iterator[Found]:
    """The lines of a text that may matter: commands, what may correct them while somebody waits, and marks of days."""
    number = same = 0
    stamp, width, marks = b"", log.STAMP, log.MARK
    for lines in lines_of(chunks):
        for line in lines:
            number += 1
            if width and line:
                if line[:width] == stamp:
                    same += 1
                else:
                    stamp, same = line[:width], 1
            if waiting or b"#success" in line or b"#thanks" in line or line.startswith(marks):
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
