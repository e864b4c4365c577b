"""Recognising logs, and going through them: only lines that may matter are looked at closely.

Pages that irclog2html makes of logs: one row of a table to each event, with an anchor.

Links to lines of logs.

A template is a URL with these words in braces: ``channel`` without its ``#``, ``date`` (``YYYY-MM-DD``), ``time`` as
irclog2html names its anchors (``YYYY-MM-DDTHH:MM:SS``, and ``-2`` for the second line of a second), ``year``,
``month``, ``day``, ``line`` (the number of the line).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from urllib.parse import quote

from sphinxext.digest.fragments.values import ValueProblem, check_url
from sphinxext.digest.gather.irc.formats import FORMATS, Event, Renamed, Said, TextLog, format_of
from sphinxext.digest.gather.irc.sources import channel_of, day_of, lines_of
from sphinxext.digest.text.encoding import decode_line

#: How a row begins, and what is known of it: rows without a time have no anchor.
ROW = b'<tr id="t'
_ROW = re.compile(
    rb"<tr id=\"(?P<anchor>t(?P<stamp>(?:\d{4}-\d\d-\d\dT)?\d\d:\d\d(?::\d\d)?)(?:-\d+)?)\"[^>]*>\s*"
    rb"<t[hd] class=\"(?P<kind>\w+)\"[^>]*>(?P<nick>[^<]*)"
    rb"(?:</t[hd]>\s*<td class=\"text\"[^>]*>(?P<text>.*?)</td>)?",
    re.DOTALL,
)
_TAG = re.compile(rb"<[^<>]*>")
_RENAMED = re.compile(r"(?:\*\*\*|---)\s+(?P<before>\S+) (?:is|are) now known as (?P<after>\S+)\s*\Z")
_TITLE = re.compile(rb"<title>([^<]{0,400})</title>", re.IGNORECASE)
_CHANNEL_OF_PAGE = re.compile(r"#[^\s,]+")


class PageLog(TextLog):
    """A page as a log whose lines are rows of a table."""

    LINE = _ROW

    def event_of(self, match: re.Match[bytes]) -> Event | None:
        """What a row tells of: a message, a new nick, or something else in a row of one cell."""
        nick = _words(match["nick"])
        if match["kind"] == b"nick" and match["text"] is not None:
            return self.said(match["stamp"], nick, _words(match["text"]))
        renamed = _RENAMED.match(nick)
        return Renamed(renamed["before"], renamed["after"]) if renamed else None


def is_page(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a page."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def title_of(data: bytes) -> tuple[str | None, date | None]:
    """The channel and the day that the title of a page names."""
    match = _TITLE.search(data[:10_000])
    title = html.unescape(decode_line(match[1])) if match else ""
    channel = _CHANNEL_OF_PAGE.search(title)
    return (channel_of(channel[0]) if channel else None), day_of(title.replace("/", " "))


def anchor_of(row: bytes) -> str | None:
    """The anchor of a row, without a ``#``."""
    match = _ROW.match(row)
    return match["anchor"].decode() if match else None


def _words(cell: bytes) -> str:
    """The text of a cell; the text of its links are their URLs."""
    return html.unescape(decode_line(_TAG.sub(b"", cell)))


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
    if is_page(first) and (ROW in first or b"irclog2html" in first):
        return LogFormat(PageLog, *title_of(first), is_page=True)
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
                yield number, anchor_of(row), partial(log.event, row)
            number += piece.count(b"\n")


WORDS = ("channel", "date", "time", "year", "month", "day", "line")
_WORD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a log: what it says, its anchor on a page of the log if that is known, and its number."""

    said: Said
    anchor: str | None
    number: int


def check_template(template: str) -> None:
    """Make sure that a template has known words only, and becomes a URL.

    :raises ValueProblem: if not.
    """
    for match in _WORD.finditer(template):
        if match[1] not in WORDS:
            known = ", ".join(f"{{{word}}}" for word in WORDS)
            raise ValueProblem(f"'{match[0]}' is none of {known}")
    check_url(_WORD.sub("1", template))


def fill(template: str, channel: str | None, line: Line) -> str | None:
    """The link to a line; None if it needs a channel and nothing says it."""
    if channel is None and "{channel}" in template:
        return None
    time = line.anchor.removeprefix("t") if line.anchor and "T" in line.anchor else line.said.stamp
    values = {
        "channel": quote(channel or "", safe="", errors="replace"),
        "date": line.said.stamp[:10],
        "time": time,
        "year": line.said.stamp[:4],
        "month": line.said.stamp[5:7],
        "day": line.said.stamp[8:10],
        "line": str(line.number),
    }
    return _WORD.sub(lambda match: values[match[1]], template)
