"""Events of calendars, iCalendar (RFC 5545), as drafts.

The lines are read here, and not by the library that writes our calendars: it takes milliseconds for each event, and
minutes for some files. Only events and what a draft has of them are read; one that recurs is drafted for its next day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sphinxext.digest.fragments.write import Draft, identity_of, make_draft, plain_paragraph, plain_title, web_url
from sphinxext.digest.gather.importer.html import blocks_of_html
from sphinxext.digest.model import When
from sphinxext.digest.model.period import PeriodError, check_year
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import visible_lines, visible_text

#: Events after so many are not read, nor are the ends of longer lines.
MAX_EVENTS, MAX_LINE = 10_000, 50_000
#: The most characters of a title, of a place, and of a text: only its beginning is needed.
_MAX_TITLE, _MAX_PLACE, _MAX_TEXT = 300, 200, 600
#: For so many days the next time of an event that recurs is looked for, and its times are counted.
_AHEAD, _COUNTED = 366, 20 * 366
#: The most days that an event leaves out.
_MAX_EXCEPTIONS = 1000

_LINE = re.compile(
    r'(?P<name>[A-Za-z0-9-]++)(?P<parameters>(?:;[A-Za-z0-9-]++=(?:"[^"]*+"|[^";:]++|,)*+)*+):(?P<value>.*+)',
    re.DOTALL,
)
_PARAMETER = re.compile(r';(?P<name>[A-Za-z0-9-]++)=(?P<value>"[^"]*+"|[^";:]*+)')
_ESCAPE = re.compile(r"\\(.)")
_TIME = re.compile(r"(?P<day>[0-9]{8})(?:T(?P<time>[0-9]{6})(?P<utc>Z)?)?")
_DURATION = re.compile(
    r"\+?P(?:(?P<weeks>[0-9]{1,3})W)?(?:(?P<days>[0-9]{1,4})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,4})H)?(?:(?P<minutes>[0-9]{1,5})M)?(?:(?P<seconds>[0-9]{1,6})S)?)?"
)
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,3}")
_BY_DAY = re.compile(r"(?P<number>[+-]?[1-5])?(?P<day>MO|TU|WE|TH|FR|SA|SU)")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
#: The parts of a rule that are understood here.
_RULE_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "WKST"}
_TAG = re.compile(r"</?[a-z]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Property:
    """The value of a line, with its parameters by their names in capitals."""

    value: str
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The value as text, without escapes."""
        return _ESCAPE.sub(lambda match: "\n" if match[1] in "nN" else match[1], self.value)


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """An event of a calendar. ``end`` is its last day, or the time at which it ends."""

    uid: str
    title: str
    start: When
    end: When | None = None
    place: str = ""
    online: bool = False
    url: str | None = None
    text: str = ""
    rule: str = ""
    recurrence: date | None = None
    exceptions: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class ParsedCalendar:
    """A calendar: its title and its events. ``private`` counts events that are private or cancelled."""

    title: str
    events: tuple[CalendarEvent, ...]
    private: int = 0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class EventOptions:
    """The events to draft: those of these days, and no more than ``limit``, the next ones."""

    today: date
    since: date | None = None
    until: date | None = None
    limit: int | None = None


def read_calendar(data: bytes, source: str) -> ParsedCalendar:
    """Read a calendar. Events that are invalid are left out and reported.

    :raises DigestError: if it is not a calendar.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DigestError(Problem(source, 0, 0, Code.ENCODING, "is not UTF-8")) from None
    if not re.match(r"\s*BEGIN:VCALENDAR\b", text[:1000], re.IGNORECASE):
        raise DigestError(Problem(source, 1, 1, Code.NOT_A_FEED, "is not a calendar: it has no BEGIN:VCALENDAR"))
    title, zone, private = "", "", 0
    events: list[CalendarEvent] = []
    problems: list[Problem] = []
    for number, found in _components(text):
        if found.keys() <= {"X-WR-CALNAME", "X-WR-TIMEZONE"}:
            title = title or visible_text(found.get("X-WR-CALNAME", _Property("")).text[:_MAX_TITLE])
            zone = zone or found.get("X-WR-TIMEZONE", _Property("")).value.strip()
        elif _is_private(found):
            private += 1
        elif (event := _event(found, zone)) is not None:
            events.append(event)
        elif len(problems) < _MAX_PROBLEMS:
            problems.append(Problem(source, number, 1, Code.BAD_RECORD, "the event has no title or no start"))
    return ParsedCalendar(title, tuple(events), private, tuple(problems))


_MAX_PROBLEMS = 20


def _is_private(found: dict[str, _Property]) -> bool:
    def value(name: str) -> str:
        return found[name].value.strip().upper() if name in found else ""

    return value("STATUS") == "CANCELLED" or value("CLASS") in ("PRIVATE", "CONFIDENTIAL")


def _components(text: str) -> Iterator[tuple[int, dict[str, _Property]]]:
    """Yield the needed properties of the calendar, one by one, and those of each event, with its first line."""
    depth, begun, events = 0, 0, 0
    current: dict[str, _Property] | None = None
    for number, line in _unfolded(text):
        match = _LINE.fullmatch(line)
        if match is None:
            continue
        name, value = match["name"].upper(), match["value"]
        if name == "BEGIN":
            depth += 1
            if depth == 2 and value.strip().upper() == "VEVENT":
                current, begun, events = {}, number, events + 1
        elif name == "END":
            depth -= 1
            if depth == 1 and current is not None:
                yield begun, current
                current = None
        elif depth == 1 and name in ("X-WR-CALNAME", "X-WR-TIMEZONE"):
            yield number, {name: _Property(value)}
        elif depth == 2 and current is not None:
            _add(current, name, _Property(value, _parameters(match["parameters"])))
        if events > MAX_EVENTS:
            return


def _add(found: dict[str, _Property], name: str, one: _Property) -> None:
    """Add a property; those days of an event that are left out may be on several lines."""
    if name == "EXDATE" and name in found:
        one = _Property(f"{found[name].value},{one.value}"[:MAX_LINE], one.parameters)
    elif name in found:
        return
    found[name] = one


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with the numbers of their first parts; parts that begin with a space continue the one before."""
    parts: list[str] = []
    first, length = 1, 0
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if line[:1] in (" ", "\t"):
            if length < MAX_LINE:
                parts.append(line[1:])
                length += len(line)
            continue
        if parts:
            yield first, "".join(parts)[:MAX_LINE]
        parts, first, length = [line], number, len(line)
    yield first, "".join(parts)[:MAX_LINE]


def _parameters(text: str) -> dict[str, str]:
    return {match["name"].upper(): match["value"].strip('"') for match in _PARAMETER.finditer(text)}


def _event(found: dict[str, _Property], zone: str) -> CalendarEvent | None:
    """Return an event, or None if it has no title or no start."""

    def text(name: str, limit: int) -> str:
        return visible_text(found[name].text[: limit * 4])[:limit].strip() if name in found else ""

    start = _when(found.get("DTSTART"), zone)
    title = text("SUMMARY", _MAX_TITLE)
    if start is None or not title:
        return None
    place, url = text("LOCATION", _MAX_PLACE), web_url(found["URL"].value.strip()) if "URL" in found else None
    address = web_url(place) if "://" in place else None
    recurrence = _when(found.get("RECURRENCE-ID"), zone)
    return CalendarEvent(
        uid=text("UID", _MAX_TITLE),
        title=title,
        start=start,
        end=_end(found, start, zone),
        place="" if address else place,
        online=address is not None or "CONFERENCE" in found or "X-GOOGLE-CONFERENCE" in found,
        url=url or address,
        text=_description(found["DESCRIPTION"].text) if "DESCRIPTION" in found else "",
        rule=found["RRULE"].value.strip().upper()[:500] if "RRULE" in found else "",
        recurrence=recurrence.day if recurrence else None,
        exceptions=frozenset(_days(found["EXDATE"], zone)) if "EXDATE" in found else frozenset(),
    )


def _description(text: str) -> str:
    """Return the beginning of a text as plain words; some calendars have HTML in it."""
    text = visible_lines(text[: _MAX_TEXT * 10])
    if _TAG.search(text):
        blocks, _, _ = blocks_of_html(text, 1)
        text = " ".join(block.plain for block in blocks)
    words = visible_text(text)
    if len(words) <= _MAX_TEXT:
        return words
    return f"{words[:_MAX_TEXT].rsplit(' ', 1)[0]} …"


def _when(one: _Property | None, zone: str) -> When | None:
    """Return a day, or a time with its offset; a time without a known zone is only a day."""
    match = _TIME.fullmatch(one.value.strip()) if one is not None else None
    if one is None or match is None:
        return None
    try:
        day = datetime.strptime(match["day"], "%Y%m%d").replace(tzinfo=UTC).date()
        check_year(day)
        if match["time"] is None:
            return When(day)
        hour, minute, second = (int(match["time"][at : at + 2]) for at in (0, 2, 4))
        clock = time(hour, minute, min(second, 59))
        zone_info = UTC if match["utc"] else _zone(one.parameters.get("TZID") or zone)
        return When(day, datetime.combine(day, clock, zone_info)) if zone_info is not None else When(day)
    except (ValueError, PeriodError):
        return None


def _zone(name: str) -> ZoneInfo | None:
    """Return a time zone by its name in the IANA database or on Windows, or None if it is unknown."""
    if not _ZONE.fullmatch(name):
        from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

        name = WINDOWS_TO_OLSON.get(name, "")
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, LookupError):
        return None


def _days(one: _Property, zone: str) -> Iterator[date]:
    for value in one.value.split(",", _MAX_EXCEPTIONS)[:_MAX_EXCEPTIONS]:
        if when := _when(_Property(value, one.parameters), zone):
            yield when.day


def _end(found: dict[str, _Property], start: When, zone: str) -> When | None:
    """Return the end of an event, by its own or its duration, if it is after the start and of the same form."""
    end = _when(found.get("DTEND"), zone)
    if end is None and "DURATION" in found and (match := _DURATION.fullmatch(found["DURATION"].value.strip())):
        length = timedelta(**{name: int(number) for name, number in match.groupdict("0").items()})
        end = When(start.day + length) if start.time is None else _moved(start, length)
    if end is None or (end.time is None) is not (start.time is None):
        return None
    if end.time is None:
        # the day after the last one
        end = When(end.day - timedelta(days=1))
        return end if end.day > start.day else None
    return end if start.time and end.time > start.time else None


def _moved(when: When, by: timedelta) -> When:
    assert when.time is not None
    moved = (when.time.astimezone(UTC) + by).astimezone(when.time.tzinfo)
    return When(moved.date(), moved)


def draft_events(calendars: Iterable[ParsedCalendar], options: EventOptions) -> list[Draft]:
    """Return a draft of each event that is not over, the next ones first."""
    since = options.since or options.today
    found: dict[tuple[str, date | None], tuple[CalendarEvent, str]] = {}
    for calendar in calendars:
        replaced: dict[str, set[date]] = {}
        for event in calendar.events:
            if event.recurrence:
                replaced.setdefault(event.uid, set()).add(event.recurrence)
        for event in calendar.events:
            coming = _coming(event, since, replaced.get(event.uid, set()))
            if coming and (options.until is None or coming.start.day <= options.until):
                found.setdefault((event.uid or event.title, coming.recurrence), (coming, calendar.title))
    events = sorted(found.values(), key=lambda pair: (pair[0].start.day, pair[0].title, pair[0].uid))
    return [_draft(event, title, options.today) for event, title in events[: options.limit]]


def _coming(event: CalendarEvent, since: date, replaced: set[date]) -> CalendarEvent | None:
    """Return an event that is not over on a day; of one that recurs, the next time."""
    last = (event.end or event.start).day
    if event.rule and not event.recurrence:
        length = last - event.start.day
        day = next_day(event.rule, event.start.day, since - length, event.exceptions | replaced)
        return _on(event, day) if day is not None else None
    return event if last >= since else None


def _on(event: CalendarEvent, day: date) -> CalendarEvent:
    """Return an event that recurs on one of its days, at the same time of that day."""
    by = day - event.start.day

    def moved(when: When) -> When:
        return When(when.day + by, when.time + by if when.time else None)

    return CalendarEvent(
        event.uid, event.title, moved(event.start), moved(event.end) if event.end else None, event.place,
        event.online, event.url, event.text, event.rule, day,
    )  # fmt: skip


def next_day(rule: str, start: date, since: date, excluded: Iterable[date] = ()) -> date | None:
    """Return the first day from ``since`` on for which a rule holds, or None.

    Days are tried one by one, for a year, so that no rule takes long. A rule that is not understood holds for its
    first day alone.
    """
    without = frozenset(excluded)
    parts = dict(part.partition("=")[::2] for part in rule.split(";") if "=" in part)
    until = _TIME.fullmatch(parts.get("UNTIL", ""))
    last = _when(_Property(until[0]), "") if until else None
    interval, count = (_number(parts.get(name, "1")) for name in ("INTERVAL", "COUNT"))
    if not set(parts) <= _RULE_PARTS or parts.get("FREQ") not in _HOLDS or not interval or not count:
        return start if start >= since and start not in without else None
    day = start if "COUNT" in parts else max(start, since)
    times = 0
    for _number_of_day in range(_COUNTED if "COUNT" in parts else _AHEAD):
        if (last and day > last.day) or ("COUNT" in parts and times >= count):
            return None
        if day == start or _HOLDS[parts["FREQ"]](parts, start, day, interval):
            times += 1
            if day >= since and day not in without:
                return day
        day += timedelta(days=1)
    return None


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else 0


def _daily(parts: dict[str, str], start: date, day: date, interval: int) -> bool:
    return (day - start).days % interval == 0 and _is_named(parts, day, default=True)


def _weekly(parts: dict[str, str], start: date, day: date, interval: int) -> bool:
    weeks = ((day - timedelta(days=day.weekday())) - (start - timedelta(days=start.weekday()))).days // 7
    return weeks % interval == 0 and _is_named(parts, day, default=day.weekday() == start.weekday())


def _monthly(parts: dict[str, str], start: date, day: date, interval: int) -> bool:
    months = (day.year - start.year) * 12 + day.month - start.month
    return months % interval == 0 and _is_named(parts, day, default=day.day == start.day)


def _yearly(parts: dict[str, str], start: date, day: date, interval: int) -> bool:
    same = "BYMONTH" in parts or day.month == start.month
    return same and (day.year - start.year) % interval == 0 and _is_named(parts, day, default=day.day == start.day)


_HOLDS = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly, "YEARLY": _yearly}


def _is_named(parts: dict[str, str], day: date, *, default: bool) -> bool:
    """Return True if the parts of a rule that name days name this one; without such parts, ``default``."""
    if "BYMONTH" in parts and str(day.month) not in parts["BYMONTH"].split(",", 20):
        return False
    if "BYMONTHDAY" in parts:
        days = parts["BYMONTHDAY"].split(",", 40)
        from_end = (day + timedelta(days=1)).month != day.month and "-1" in days
        return str(day.day) in days or from_end
    if "BYDAY" not in parts:
        return default
    for match in map(_BY_DAY.fullmatch, parts["BYDAY"].split(",", 20)):
        if match and _WEEKDAYS[day.weekday()] == match["day"] and _is_nth(day, match["number"]):
            return True
    return False


def _is_nth(day: date, number: str | None) -> bool:
    """Return True if a day is the nth of its weekday in its month; negative numbers count from the end."""
    if number is None:
        return True
    if number.startswith("-"):
        return (day + timedelta(days=7 * -int(number))).month != day.month and (
            day + timedelta(days=7 * (-int(number) - 1))
        ).month == day.month
    return (day.day - 1) // 7 + 1 == int(number)


def _draft(event: CalendarEvent, title: str, today: date) -> Draft:
    note: dict[str, object] = {"title": plain_title(event.title), "start": event.start, "end": event.end}
    note |= {"place": event.place or None, "online": True if event.online else None, "url": event.url}
    if event.text:
        note["text"] = "\n".join(plain_paragraph(event.text, 6))
    comment = [f"From the calendar {title}." if title else "From a calendar."]
    if event.rule:
        comment.append(f"It recurs ({event.rule[:100]}): this is its next day.")
    comment.append("Read it, and delete these lines and 'draft' if it is news.")
    identity = identity_of("event", event.uid or f"{event.title} {event.start}", event.recurrence or "")
    return make_draft(identity, event.title, {"events": [note]}, date=today, comment=map(visible_text, comment))
