"""The formats of logs that are lines of text, and how to tell them.

Known from what the programs write: Limnoria's ChannelLogger, ZNC's log module, WeeChat's logger, irssi.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import ClassVar

from sphinxext.digest.collect.irc.plain import decode_line
from sphinxext.digest.periods import YEARS

_SAID = re.compile(r"<[@+%&~! ]?(?P<nick>[^\s<>]+)>(?: (?P<text>.*))?\Z", re.DOTALL)
_RENAMED = re.compile(r"(?P<before>\S+) (?:is|are) now known as (?P<after>\S+)\s*\Z")
_MODES = "@+%&~!"
#: More than any zone is ahead of or behind UTC.
_MAX_OFFSET = timedelta(hours=24)


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

    #: Recognises a line, as bytes; the group ``stamp`` is its time.
    LINE: ClassVar[re.Pattern[bytes]]
    #: How lines begin that have to be read even if nobody says anything in them.
    MARK: ClassVar[bytes] = b"\x00\x00"
    #: How many bytes of a line are its second as an anchor of a page names it; 0 if no such pages are made.
    STAMP: ClassVar[int] = 0

    def event(self, line: bytes) -> Event | None:
        """What a line tells of, or None if it is nothing of importance, such as an action or a notice.

        :raises UndatedError: if somebody says something, and nothing tells on which day.
        """
        match = self.LINE.match(line)
        return self.event_of(match) if match else None

    def event_of(self, match: re.Match[bytes]) -> Event | None:
        """What a line tells of that looks like one of this format."""
        body = decode_line(match["body"])
        if said := _SAID.match(body):
            return self.said(match["stamp"], said["nick"], said["text"] or "", _zone_of(match))
        if body.startswith(("*** ", "-!- ")) and (renamed := _RENAMED.match(body[4:].lstrip())):
            return Renamed(renamed["before"], renamed["after"])
        return None

    def said(self, stamp: bytes, nick: str, text: str, zone: timezone | None = None) -> Said | None:
        """A message at a time as the log has it; None if there is no such time."""
        written = stamp.decode()
        try:
            if len(written) > len("HH:MM:SS"):
                moment = datetime.fromisoformat(written.replace(" ", "T"))
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

    def in_utc(self, moment: datetime, zone: timezone | None) -> datetime:
        """A time of the log, which is in the zone that the line names, or else in that of the log."""
        if zone is not None:
            return moment.replace(tzinfo=zone).astimezone(UTC)
        return (moment - self.offset).replace(tzinfo=UTC)


class Supybot(TextLog):
    """``2016-03-14T15:02:11  <nick> text``, perhaps with ``+0000`` after the time."""

    LINE = re.compile(
        rb"(?P<stamp>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?P<zone>Z|[-+]\d\d:?\d\d)? {1,2}(?P<body>[<*-].*)", re.DOTALL
    )
    STAMP = 19


class Znc(TextLog):
    """``[15:02:11] <nick> text``; the day is in the name of the file."""

    LINE = re.compile(rb"\[(?P<stamp>\d\d:\d\d:\d\d)(?:\.\d+)?\] (?P<body>[<*-].*)", re.DOTALL)


class Irssi(TextLog):
    """``15:02 <@nick> text``; lines ``--- Day changed Tue Mar 15 2016`` say which day it is."""

    LINE = re.compile(rb"(?:(?P<stamp>\d\d:\d\d(?::\d\d)?) (?P<body>[ <*-].*)|--- (?P<mark>[A-Z].*))", re.DOTALL)
    MARK = b"--- "
    _DAY: ClassVar = re.compile(
        r"(?:Log opened|Day changed) (?:\w+ (?P<month>[A-Z][a-z]{2}) +(?P<day>\d{1,2})(?: \d\d:\d\d(?::\d\d)?)?"
        r" (?P<year>\d{4})|.*?(?P<iso>\d{4}-\d\d-\d\d))"
    )
    _MONTHS: ClassVar = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

    def event_of(self, match: re.Match[bytes]) -> Event | None:
        """What a line tells of; lines that say the day are kept in mind."""
        if match["mark"] is None:
            return super().event_of(match)
        mark = match["mark"].decode("utf-8", "replace")
        if mark.startswith(("Log opened", "Day changed")):
            self.day = self._day_of(mark)
        return None

    def _day_of(self, mark: str) -> date | None:
        found = self._DAY.match(mark)
        try:
            if found is None:
                return None
            if found["iso"]:
                return date.fromisoformat(found["iso"])
            return date(int(found["year"]), self._MONTHS.index(found["month"]) + 1, int(found["day"]))
        except ValueError:
            return None


class WeeChat(TextLog):
    """``2016-03-14 15:02:11``, a nick and a text with tabs between; other events have arrows and dashes for a nick."""

    LINE = re.compile(rb"(?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\t(?P<prefix>[^\t]*)\t(?P<body>.*)", re.DOTALL)
    _NOBODY: ClassVar = frozenset({"", "*", "--", "-->", "<--", "=!=", "-"})

    def event_of(self, match: re.Match[bytes]) -> Event | None:
        """What a line tells of. The nick may have a sign of its mode before it."""
        prefix = decode_line(match["prefix"])
        body = decode_line(match["body"])
        if prefix == "--":
            renamed = _RENAMED.match(body)
            return Renamed(renamed["before"], renamed["after"]) if renamed else None
        nick = prefix.lstrip(_MODES)
        if prefix.strip() in self._NOBODY or not nick or " " in prefix:
            return None
        return self.said(match["stamp"], nick, body)


FORMATS: tuple[type[TextLog], ...] = (Supybot, Znc, WeeChat, Irssi)


def format_of(line: bytes) -> Callable[[date | None, timedelta], TextLog] | None:
    """The format that a line is of, if it is of any."""
    return next((form for form in FORMATS if form.LINE.match(line)), None)


def _zone_of(match: re.Match[bytes]) -> timezone | None:
    zone = match.groupdict().get("zone")
    return zone_of(zone.decode()) if zone else None


def zone_of(text: str) -> timezone | None:
    """The zone of ``Z``, ``+HHMM`` or ``-HH:MM``, None if there is no such one."""
    if text == "Z":
        return UTC
    match = re.fullmatch(r"([-+])(\d\d):?(\d\d)", text, re.ASCII)
    if match is None or int(match[3]) >= 60:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset) if offset < _MAX_OFFSET else None
