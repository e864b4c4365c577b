"""Read the times at the beginning of log lines, in the forms of many programs, and days in other lines.

Known are times with and without seconds, of 24 or 12 hours, with and without a zone, and seconds since the epoch. The
day before or after a time is ISO (also with ``.`` or ``/``), ``19.08.2026``, or has the English name of the month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from sphinxext.digest.model import month_name

#: More than any zone is ahead of or behind UTC.
_MAX_OFFSET = timedelta(hours=24)
_MONTHS = {
    name: number
    for number in range(1, 13)
    for full in [month_name(date(2000, number, 1)).lower()]
    for name in (full, full[:3], full[:4])
}
#: Codes of colours that mIRC writes into logs.
_CODES = re.compile(rb"\x03(?:\d{1,2}(?:,\d{1,2})?)?|[\x02\x0f\x11\x16\x1d-\x1f]")
_LINE = re.compile(
    rb"(?:\d{1,3} (?=[\[\d]))?"  # KVIrc: the kind of the line
    rb"[\[({]?(?:(?P<epoch>\d{10})(?:\.\d+)?"
    rb"|(?:(?P<day>[^<>\[\](){}:*\t]{1,40}?)(?:[\])}] ?[\[({]|[ T,_])\s?)?"
    rb"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    rb"(?: ?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
    rb"(?: ?(?P<zone>Z|[-+]\d\d:?\d\d)| [A-Z]{2,5})?"
    rb"(?: (?P<year>\d{4}))?)[\])}]?\s{0,2}(?P<body>[<*-].*|(?<=\)\s)\S.*)",
    re.DOTALL,
)
_NUMERIC_DAY = re.compile(
    r"(?<!\d)(?:(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{1,2})([/.-])(\d{1,2})\6(\d{4})|(\d{4})(\d\d)(\d\d))(?!\d)"
)
_WORD = re.compile(r"[^\W\d_]+|\d+")
#: More words than any day has with its weekday.
_MAX_WORDS = 12


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a log; ``year`` is None where the log does not repeat it in each line."""

    year: int | None
    month: int
    day: int

    def after(self, earlier: date | None) -> date | None:
        """Return the day as a date, of the first year in which it is not before another one, or None."""
        if self.year is None and earlier is None:
            return None
        first = self.year if self.year is not None or earlier is None else earlier.year
        assert first is not None
        # eight years may pass between two leap days
        for year in range(first, first + (9 if self.year is None else 1)):
            try:
                found = date(year, self.month, self.day)
            except ValueError:
                continue
            if self.year is not None or earlier is None or found >= earlier - timedelta(days=1):
                return found
        return None


@dataclass(frozen=True, slots=True)
class Stamp:
    """The time of a line: with its day, if it has one, and with its zone, if it names one as an offset."""

    time: time
    day: Day | None = None
    zone: timezone | None = None


def read_line(line: bytes) -> tuple[Stamp, bytes] | None:
    """Return the time of a line, and what comes after it; None if the line does not begin with a time."""
    match = _LINE.match(_CODES.sub(b"", line) if line[:1] < b" " or b"\x03" in line[:80] else line)
    stamp = _stamp_of(match) if match else None
    return (stamp, match["body"]) if match and stamp else None


def read_stamp(text: bytes) -> Stamp | None:
    """Return the time that a text alone is."""
    found = read_line(text + b" -")
    return found[0] if found and found[1] == b"-" else None


def day_of_text(text: str) -> Day | None:
    """Return the day that a text names, such as ``Sun Jan  5 10:28:36 2020``; None if it names none."""
    if match := _NUMERIC_DAY.search(text):
        return _numeric_day(match)
    month = day = year = None
    for word in _WORD.findall(text)[:_MAX_WORDS]:
        if not word.isdecimal():
            month = month or _MONTHS.get(word.lower())
        elif len(word) == 4:
            year = year or int(word)
        elif len(word) <= 2:
            day = day or int(word)
    return Day(year, month, day) if month and day and day <= 31 else None


def _numeric_day(match: re.Match[str]) -> Day | None:
    groups = match.groups()
    if groups[0]:
        return _possible(int(groups[0]), int(groups[2]), int(groups[3]))
    if groups[8]:
        return _possible(int(groups[8]), int(groups[9]), int(groups[10]))
    first, second, year = int(groups[4]), int(groups[6]), int(groups[7])
    if groups[5] == "/" and first <= 12 and second <= 12 and first != second:
        return None  # of the two ways to read it, nobody knows which
    day, month = (second, first) if second > 12 else (first, second)
    return _possible(year, month, day)


def _possible(year: int, month: int, day: int) -> Day | None:
    return Day(year, month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _stamp_of(match: re.Match[bytes]) -> Stamp | None:
    if match["epoch"]:
        moment = datetime.fromtimestamp(int(match["epoch"]), UTC)
        return Stamp(moment.time(), Day(moment.year, moment.month, moment.day), UTC)
    clock, day = _clock_of(match), None
    if match["day"] is not None or match["year"] is not None:
        words = b" ".join(part for part in (match["day"], match["year"]) if part is not None)
        day = day_of_text(words.decode("utf-8", "replace"))
        if day is None:
            return None
    if clock is None:
        return None
    return Stamp(clock, day, zone_of(match["zone"].decode()) if match["zone"] else None)


def _clock_of(match: re.Match[bytes]) -> time | None:
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match["half"] in b"Pp" else 0)
    try:
        return time(hour, int(match["minute"]), int(match["second"] or 0))
    except ValueError:
        return None


def zone_of(text: str) -> timezone | None:
    """Return the zone of ``Z``, ``+HHMM`` or ``-HH:MM``, None for any other text."""
    if text == "Z":
        return UTC
    match = re.fullmatch(r"([-+])(\d\d):?(\d\d)", text, re.ASCII)
    if match is None or int(match[3]) >= 60:
        return None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return timezone(-offset if match[1] == "-" else offset) if offset < _MAX_OFFSET else None


def offset_of(text: str) -> timedelta:
    """Return how far ahead of UTC a clock is, written as ``+HH:MM`` or ``Z``.

    :raises ValueError: with a message for the user, if it is not that.
    """
    zone = zone_of(text)
    offset = zone.utcoffset(None) if zone else None
    if offset is None:
        raise ValueError(f"'{text}' is not an offset: write +HH:MM or -HH:MM")
    return offset
