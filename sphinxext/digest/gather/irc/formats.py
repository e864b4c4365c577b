"""Recognise the formats of chat logs, and read their messages and changes of nicks.

The text formats are those of Limnoria's ChannelLogger, WeeChat, irssi, ZNC, The Lounge, Textual, mIRC, HexChat,
Konversation, KVIrc and Pidgin; pages of irclog2html have a row with an anchor for each message. Only lines that may
matter are parsed.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import partial
from typing import ClassVar

from sphinxext.digest.gather.irc.sources import channel_of, day_of, lines_of
from sphinxext.digest.gather.irc.stamps import Stamp, day_of_text, read_line, read_stamp, zone_of
from sphinxext.digest.model.period import YEARS
from sphinxext.digest.text import decode_line

_SAID = re.compile(r"<[@+%&~! ]{0,32}(?P<nick>[^\s<>]{1,80}) {0,32}>(?:[ \t](?P<text>.*))?\Z", re.DOTALL)
_RENAMED = re.compile(
    r"(?P<before>\S{1,80}) (?:is now known as|are now known as|changed nick to) (?P<after>\S{1,80})\s*\Z"
)
_MODES = "@+%&~!"


@dataclass(frozen=True, slots=True)
class Said:
    """A message in a channel. ``stamp`` is its time as pages of logs name it, ``YYYY-MM-DDTHH:MM:SS``.

    It is the log's own time where the log has a day and a time in this form; otherwise it is in UTC.
    """

    moment: datetime
    stamp: str
    nick: str
    text: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """Somebody took another nick."""

    before: str
    after: str


Event = Said | Renamed


class UndatedError(Exception):
    """A line whose day nothing tells."""


@dataclass(slots=True)
class TextLog:
    """A log as lines of text: reads one line after the other.

    :param day: of the lines that have only a time, where the name of the file says it.
    :param offset: how far ahead of UTC the times are that name no zone.
    """

    day: date | None
    offset: timedelta
    #: The number of lines read that were of the format.
    known: int = 0

    #: Recognises a line, as bytes; the group ``stamp`` is its time.
    LINE: ClassVar[re.Pattern[bytes]]
    #: The beginnings of lines that are read although they are not messages.
    MARK: ClassVar[tuple[bytes, ...]] = ()
    #: The size of the time in a line, as anchors of its pages have it; 0 if there are no pages of the format.
    STAMP: ClassVar[int] = 0

    @classmethod
    def recognises(cls, line: bytes) -> bool:
        """Return True if a line is of this format."""
        return cls.LINE.match(line) is not None

    def event(self, line: bytes) -> Event | None:
        """Return what a line tells of, or None if it is nothing of importance, such as an action or a notice.

        :raises UndatedError: if somebody says something, and nothing tells on which day.
        """
        match = self.LINE.match(line)
        if match is None:
            return None
        self.known += 1
        return self.event_of(match)

    def event_of(self, match: re.Match[bytes]) -> Event | None:
        """Return the event of a line in this format, or None."""
        body = decode_line(match["body"])
        if said := _SAID.match(body):
            return self.said(match["stamp"], said["nick"], said["text"] or "", _zone_of(match))
        return _renamed(body[4:].lstrip()) if body.startswith("*** ") else None

    def said(self, stamp: bytes, nick: str, text: str, zone: timezone | None = None) -> Said | None:
        """Return a message at a time as the log writes it; None if the time is invalid."""
        written = stamp.decode()
        try:
            if len(written) > len("HH:MM:SS"):
                moment = datetime.fromisoformat(written)
            elif self.day is not None:
                moment = datetime.combine(self.day, time.fromisoformat(written))
            else:
                raise UndatedError
            moment = self.in_utc(moment, zone)
        except (ValueError, OverflowError):
            return None
        if moment.year not in YEARS:
            return None
        return Said(moment, written if "T" in written else f"{moment:%Y-%m-%dT%H:%M:%S}", nick, text)

    def said_at(self, stamp: Stamp, nick: str, text: str) -> Said | None:
        """Return a message at the time of a line; None if the day is invalid.

        :raises UndatedError: if nothing tells the day, or its year.
        """
        day = self.day
        if stamp.day is not None:
            day = stamp.day.after(self.day)
            if day is None and (stamp.day.year is not None or self.day is not None):
                return None
            if stamp.day.year is None:
                self.day = day
        if day is None:
            raise UndatedError
        try:
            moment = self.in_utc(datetime.combine(day, stamp.time), stamp.zone)
        except OverflowError:
            return None
        return Said(moment, f"{moment:%Y-%m-%dT%H:%M:%S}", nick, text) if moment.year in YEARS else None

    def in_utc(self, moment: datetime, zone: timezone | None) -> datetime:
        """Return a time of the log, which is in the zone that the line names, or else in that of the log."""
        if zone is not None:
            return moment.replace(tzinfo=zone).astimezone(UTC)
        return (moment - self.offset).replace(tzinfo=UTC)


class Supybot(TextLog):
    """``2016-03-14T15:02:11  <nick> text``, perhaps with ``+0000`` after the time."""

    LINE = re.compile(
        rb"(?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<zone>Z|[-+]\d\d:?\d\d)? {1,2}(?P<body>[<*-].*)", re.DOTALL
    )
    STAMP = 19


class WeeChat(TextLog):
    """``2016-03-14 15:02:11``, a nick and a text with tabs between; other events have arrows and dashes for a nick."""

    LINE = re.compile(rb"(?P<stamp>[^\t]{4,60})\t(?P<prefix>[^\t]*)\t(?P<body>.*)", re.DOTALL)
    _NOBODY: ClassVar = frozenset({"", "*", "--", "-->", "<--", "=!=", "-"})

    @classmethod
    def recognises(cls, line: bytes) -> bool:
        """Return True if a line is of this format: its first field is a time."""
        match = cls.LINE.match(line)
        return match is not None and read_stamp(match["stamp"]) is not None

    def event_of(self, match: re.Match[bytes]) -> Event | None:
        """Return what a line tells of. The nick may have a sign of its mode before it."""
        stamp = read_stamp(match["stamp"])
        if stamp is None:
            return None
        prefix = decode_line(match["prefix"]).strip("<>")
        body = decode_line(match["body"])
        if prefix == "--":
            return _renamed(body)
        nick = prefix.lstrip(_MODES)
        if prefix.strip() in self._NOBODY or not nick or " " in prefix:
            return None
        return self.said_at(stamp, nick, body)


class Stamped(TextLog):
    """A time in any form and ``<@nick> text``: irssi, ZNC, The Lounge, Textual, mIRC, HexChat, Konversation, KVIrc.

    Pidgin writes ``(time) nick: text``. Lines of their own may say which day it is, such as ``--- Day changed Tue Mar
    15 2016`` and ``Session Start: Sun Jan 05 14:36:54 2020``.
    """

    MARK = (b"--- ", b"**** ", b"Session ", b"### ", b"-1 ### ", b"0 ### ", b"Conversation with ", b"[00:00] --- ")
    _SAYS_DAY: ClassVar = re.compile(
        r"(?:(?:\[00:00\] )?--- (?P<sure>Log opened|Day changed)?|\*{4} |Session \w+:|(?:-?\d )?### "
        r"|Conversation with \S+ at )(?P<day>.*)"
    )
    _CLOCK: ClassVar = re.compile(r"\d{1,2}:\d\d(?::\d\d)?")
    _COLON: ClassVar = re.compile(r"(?P<nick>[^\s:<>*()]{1,80}): (?P<text>.*)\Z", re.DOTALL)

    @classmethod
    def recognises(cls, line: bytes) -> bool:
        """Return True if a line begins with a time, and goes on as lines of logs do."""
        return read_line(line) is not None

    def event(self, line: bytes) -> Event | None:
        """Return what a line tells of; a line that says the day is kept in mind.

        :raises UndatedError: if somebody says something, and nothing tells on which day.
        """
        if line.startswith(self.MARK):
            self._note_day(decode_line(line[:400]))
            return None
        found = read_line(line)
        if found is None:
            return None
        self.known += 1
        stamp, body = found[0], decode_line(found[1])
        if said := _SAID.match(body) or self._COLON.match(body):
            return self.said_at(stamp, said["nick"], said["text"] or "")
        return _renamed(body.removeprefix("***").removeprefix("-!-").removeprefix("*").lstrip())

    def _note_day(self, line: str) -> None:
        match = self._SAYS_DAY.match(line)
        if match is None:
            return
        found = day_of_text(self._CLOCK.sub(" ", match["day"]))
        day = found.after(None) if found else None
        if day is not None or match["sure"]:
            self.day = day


FORMATS: tuple[type[TextLog], ...] = (Supybot, WeeChat, Stamped)


def format_of(line: bytes) -> type[TextLog] | None:
    """Return the format that a line is of, if it is of any."""
    return next((form for form in FORMATS if form.recognises(line)), None)


def _renamed(body: str) -> Renamed | None:
    match = _RENAMED.match(body)
    return Renamed(match["before"], match["after"]) if match else None


def _zone_of(match: re.Match[bytes]) -> timezone | None:
    zone = match.groupdict().get("zone")
    return zone_of(zone.decode()) if zone else None


#: The beginning of a row; rows without a time have no anchor.
ROW = b'<tr id="t'
_ROW = re.compile(
    rb"<tr id=\"(?P<anchor>t(?P<stamp>(?:\d{4}-\d\d-\d\dT)?\d\d:\d\d(?::\d\d)?)(?:-\d+)?)\"[^>]*>\s*"
    rb"<t[hd] class=\"(?P<kind>\w+)\"[^>]*>(?P<nick>[^<]*)"
    rb"(?:</t[hd]>\s*<td class=\"text\"[^>]*>(?P<text>.*?)</td>)?",
    re.DOTALL,
)
_TAG = re.compile(rb"<[^<>]*>")
_RENAMED_IN_PAGE = re.compile(r"(?:\*\*\*|---)\s+(?P<before>\S+) (?:is|are) now known as (?P<after>\S+)\s*\Z")
_TITLE = re.compile(rb"<title>([^<]{0,400})</title>", re.IGNORECASE)
_CHANNEL_OF_PAGE = re.compile(r"#[^\s,]+")


class PageLog(TextLog):
    """A page as a log whose lines are rows of a table."""

    LINE = _ROW

    def event_of(self, match: re.Match[bytes]) -> Event | None:
        """Return the message or change of nick in a row, or None."""
        nick = _words(match["nick"])
        if match["kind"] == b"nick" and match["text"] is not None:
            return self.said(match["stamp"], nick, _words(match["text"]))
        renamed = _RENAMED_IN_PAGE.match(nick)
        return Renamed(renamed["before"], renamed["after"]) if renamed else None


def is_page(start: bytes) -> bool:
    """Return True if the first bytes of a file are those of a page."""
    return start.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def title_of(data: bytes) -> tuple[str | None, date | None]:
    """Return the channel and the day that the title of a page names."""
    match = _TITLE.search(data[:10_000])
    title = html.unescape(decode_line(match[1])) if match else ""
    channel = _CHANNEL_OF_PAGE.search(title)
    return (channel_of(channel[0]) if channel else None), day_of(title.replace("/", " "))


def anchor_of(row: bytes) -> str | None:
    """Return the anchor of a row, without a ``#``."""
    match = _ROW.match(row)
    return match["anchor"].decode() if match else None


def _words(cell: bytes) -> str:
    """Return the text of a cell; the text of its links are their URLs."""
    return html.unescape(decode_line(_TAG.sub(b"", cell)))


#: In how many lines at the beginning of a file one of a known format has to be.
_FIRST_LINES = 200
#: The channel in lines of joins, sessions and conversations.
_CHANNEL_IN_LOG = re.compile(
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
            match = _CHANNEL_IN_LOG.search(first)
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
    """Yield the lines that may matter: commands, possible corrections while a nick waits, and changes of the day."""
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
    """Yield the rows of a page that may matter."""
    number = 1
    for pieces in lines_of(chunks, b"<tr "):
        for piece in pieces:
            if waiting or b"#success" in piece or b"#thanks" in piece:
                row = b"<tr " + piece
                yield number, anchor_of(row), partial(log.event, row)
            number += piece.count(b"\n")
