"""The formats of logs that are lines of text, and how to tell them.

Known from what the programs write: Limnoria's ChannelLogger, WeeChat's logger, irssi, ZNC, The Lounge, Textual, mIRC,
HexChat, Konversation, KVIrc, Pidgin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import ClassVar

from sphinxext.digest.gather.irc.stamps import Stamp, day_of_text, read_line, read_stamp, zone_of
from sphinxext.digest.model.period import YEARS
from sphinxext.digest.text.encoding import decode_line

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
    #: How many lines were of the format, among those that were read.
    known: int = 0

    #: Recognises a line, as bytes; the group ``stamp`` is its time.
    LINE: ClassVar[re.Pattern[bytes]]
    #: How lines begin that have to be read even if nobody says anything in them.
    MARK: ClassVar[tuple[bytes, ...]] = ()
    #: How many bytes of a line are its second as an anchor of a page names it; 0 if no such pages are made.
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
        """What a line tells of that looks like one of this format."""
        body = decode_line(match["body"])
        if said := _SAID.match(body):
            return self.said(match["stamp"], said["nick"], said["text"] or "", _zone_of(match))
        return _renamed(body[4:].lstrip()) if body.startswith("*** ") else None

    def said(self, stamp: bytes, nick: str, text: str, zone: timezone | None = None) -> Said | None:
        """A message at a time as the log has it; None if there is no such time."""
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
        """Return a message at a time as the line has it; None if there is no such day.

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
