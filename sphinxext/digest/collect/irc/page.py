"""Pages that irclog2html makes of logs: one row of a table to each event, with an anchor."""

from __future__ import annotations

import html
import re
from datetime import date

from sphinxext.digest.collect.irc.formats import Event, Renamed, TextLog
from sphinxext.digest.collect.irc.names import channel_of, day_of
from sphinxext.digest.collect.irc.plain import decode_line

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
_CHANNEL = re.compile(r"#[^\s,]+")


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
    channel = _CHANNEL.search(title)
    return (channel_of(channel[0]) if channel else None), day_of(title.replace("/", " "))


def anchor_of(row: bytes) -> str | None:
    """The anchor of a row, without a ``#``."""
    match = _ROW.match(row)
    return match["anchor"].decode() if match else None


def _words(cell: bytes) -> str:
    """The text of a cell; the text of its links are their URLs."""
    return html.unescape(decode_line(_TAG.sub(b"", cell)))
