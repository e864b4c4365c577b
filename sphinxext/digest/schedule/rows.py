"""Days and rows of a schedule: find the days that English prose names, read rows, and put them in order.

A row is one week as a file has it: its days, its name if it has a valid one, and references to its events. Rows come
from ``schedule.yaml``, as openstack/releases has it, or from a table in ``schedule.rst``; ordered, each week occurs
once, and every contradiction between rows is a problem.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice, pairwise

from yaml.nodes import Node, ScalarNode

from sphinxext.digest.model import Period, Place, Scope, week_number
from sphinxext.digest.model.period import YEARS
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.yaml import place_of
from sphinxext.digest.yaml.reader import NodeReader

WEEK = timedelta(weeks=1)
WEDNESDAY, THURSDAY, FRIDAY = 2, 3, 4
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_NUMBER = r"(?<![0-9.])[0-9]{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:,?\s{1,20}([0-9]{4})(?![0-9]))?"
#: ``19 November, 2026``, ``7th of June``; ``November 19, 2026``, ``April 7th``; ``2026-11-19``.
_DAY = re.compile(
    rf"({_NUMBER})\s{{1,20}}(?:of\s{{1,20}})?({MONTH}){_YEAR}"
    rf"|\b({MONTH})\s{{1,20}}({_NUMBER})(?![0-9]){_YEAR}"
    r"|(?<![0-9/-])([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})(?![0-9/-])",
    re.IGNORECASE,
)
_TO = r"(?:-|\u2013|\u2014|to\b|until\b|through\b)"
_GOES_ON = re.compile(rf"\s{{0,20}}{_TO}\s{{0,20}}(?:[0-9]|{MONTH}\s{{1,20}}[0-9])", re.IGNORECASE)
_CAME_FROM = re.compile(rf"[0-9](?:st|nd|rd|th)?(?:\s+{MONTH})?(?:,?\s+[0-9]{{4}})?\s*{_TO}\s*$", re.IGNORECASE)
_WEEK_OF = re.compile(r"\bweek\s+(?:of|from|starting)\s+(?:the\s+)?(?:[a-z]{3,6}day,?\s+)?$", re.IGNORECASE)
#: How many characters before a day the expressions above look at.
_BEFORE = 60
#: Read at most this many days: in a text with more, none of them stands out as the deadline.
_MAX_DAYS = 100


@dataclass(frozen=True, slots=True)
class NamedDay:
    """A single day named in prose, with or without a year; ``start`` and ``end`` are offsets in the prose."""

    year: int | None
    month: int
    day: int
    start: int
    end: int

    def within(self, week: Period) -> date | None:
        """Return the matching day of a week, weekend included, or None."""
        monday = monday_of(week.start)
        for day in (monday + timedelta(days=offset) for offset in range(7)):
            if (day.month, day.day) == (self.month, self.day) and self.year in (None, day.year):
                return day
        return None

    def near(self, week: Period, distance: timedelta) -> date | None:
        """Return the day if it is at most ``distance`` from a week; without a year, any year matches."""
        years = (self.year,) if self.year else (week.start.year - 1, week.start.year, week.start.year + 1)
        days = [day for year in years if (day := make_day(year, self.month, self.day)) is not None]
        near = (day for day in days if week.start - distance <= day <= week.end + distance)
        return next(near, None)

    def within_another_year(self, week: Period) -> date | None:
        """Return the day of a week that matches if the year is ignored."""
        return NamedDay(None, self.month, self.day, 0, 0).within(week)


def named_days(prose: str) -> tuple[NamedDay, ...]:
    """Find the single days named in prose, in order. Ends of ranges and ``the week of 1 March`` don't count."""
    found = []
    for match in islice(_DAY.finditer(prose), _MAX_DAYS):
        before = prose[max(0, match.start() - _BEFORE) : match.start()]
        if _GOES_ON.match(prose, match.end()) or _CAME_FROM.search(before) or _WEEK_OF.search(before):
            continue
        if match[7]:
            year, month, day = int(match[7]), int(match[8]), int(match[9])
        else:
            name, number, digits = (match[2], match[1], match[3]) if match[1] else (match[4], match[5], match[6])
            year, month, day = int(digits or 0), month_number(name), int(re.sub("[a-zA-Z]", "", number))
        found.append(NamedDay(year or None, month, day, match.start(), match.end()))
    return tuple(found)


def month_number(name: str) -> int:
    """Return the number of a month, given its English name or an abbreviation of it."""
    return _MONTHS.index(name[:3].lower()) + 1


def make_day(year: int, month: int, day: int) -> date | None:
    """Return a date, or None if it does not exist or is outside :data:`~sphinxext.digest.model.period.YEARS`."""
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def monday_of(day: date) -> date:
    """Return the Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def weekday_of(week: Period, weekday: int) -> date:
    """Return a weekday (0 for Monday) of a week, or the nearest day of the week that it has."""
    return min(max(monday_of(week.start) + timedelta(days=weekday), week.start), week.end)


def working_week(day: date) -> Period:
    """Return Monday to Friday of the week of a day."""
    monday = monday_of(day)
    return Period(monday, monday + timedelta(days=FRIDAY))


START, RELEASE, CYCLE = KEYS = ("start-week", "release-week", "cycle")
_SCOPES = {"x-project": Scope.CROSS_PROJECT, "project-specific": Scope.PROJECT_SPECIFIC}
_ROW_KEYS = ("start", "end", "name", *_SCOPES)


@dataclass(frozen=True, slots=True)
class Mention:
    """A reference from a row to an event, by its id."""

    id: str
    scope: Scope
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """One week of a file; ``name`` is None if it is missing or invalid."""

    period: Period
    place: Place
    name: str | None = None
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """The day that the head of a file gives for its first week or its release week."""

    day: date
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file in file order, and the days that its head gives."""

    path: str
    rows: Sequence[Row]
    start: Claim | None = None
    release: Claim | None = None


def read_cycle(root: Node, reader: NodeReader) -> Table:
    """Read the root node of ``schedule.yaml``. Rows with a problem are left out; the head is optional."""
    values = reader.mapping(root, "a schedule", KEYS)
    reader.require(root, values, "a schedule", *KEYS)
    claims = {name: _read_claim(reader, values[name], name) for name in (START, RELEASE) if name in values}
    rows = []
    for node in reader.items(values[CYCLE], CYCLE) if CYCLE in values else ():
        if (row := _read_row(reader, node)) is not None:
            rows.append(row)
    return Table(reader.path, rows, claims.get(START), claims.get(RELEASE))


def _read_claim(reader: NodeReader, node: Node, name: str) -> Claim | None:
    day = reader.day(node, name)
    return Claim(day, place_of(node)) if day else None


def _read_row(reader: NodeReader, node: Node) -> Row | None:
    values = reader.mapping(node, "a week", _ROW_KEYS)
    if not values or not reader.require(node, values, "a week", "start", "end"):
        return None
    start, end = reader.day(values["start"], "start"), reader.day(values["end"], "end")
    if start is None or end is None:
        return None
    if end < start:
        reader.complain(values["end"], Code.BAD_PERIOD, f"the week ends on {end}, before it begins on {start}")
        return None
    name = reader.line(values["name"], "name") if "name" in values else None
    if name is not None and week_number(name) is None:
        reader.complain(values["name"], Code.BAD_VALUE, f"a week must have a name such as R-17 or R+0, not '{name}'")
        name = None
    mentions = [
        Mention(id, scope, place_of(item))
        for key, scope in _SCOPES.items()
        if key in values
        for item in reader.items(values[key], key)
        if isinstance(item, ScalarNode) or _refuse(reader, item, key)
        if (id := reader.line(item, key)) is not None
    ]
    return Row(Period(start, end), place_of(node), name, tuple(mentions))


def _refuse(reader: NodeReader, node: Node, key: str) -> bool:
    reader.complain(node, Code.WRONG_TYPE, f"an event in '{key}' must be the id of an anchor")
    return False


class OrderedRows:
    """The rows of one table sorted by date, each week once and named.

    ``zero`` is the Monday of the release week. The majority of the weeks' names decides; if no week has a name, the
    head of the file does.
    """

    def __init__(self, table: Table, problems: list[Problem]) -> None:
        self.table = table
        self.problems = problems
        for row in table.rows:
            self._check_monday(row.period.start, row.place, "the week")
        self.rows = self._without_overlaps(self._merged(self._sorted()))
        self.zero = self._zero()
        if self.zero is not None:
            self.rows = self._named(self.zero)
            self._check_claims(self.zero)

    def _remark(self, place: Place, message: str) -> None:
        problem = Problem(self.table.path, place.line, place.column, Code.SCHEDULE_CONTRADICTION, message)
        self.problems.append(problem)

    def _check_monday(self, day: date, place: Place, what: str) -> None:
        if day.weekday():
            self._remark(place, f"{what} begins on {day}, a {WEEKDAYS[day.weekday()]}: weeks must begin on a Monday")

    def _sorted(self) -> list[Row]:
        for before, row in pairwise(self.table.rows):
            if row.period.start < before.period.start:
                message = f"the week of {row.period.start} is listed after the week of {before.period.start}"
                self._remark(row.place, f"{message}; weeks are sorted by date")
                break
        return sorted(self.table.rows, key=lambda row: row.period.start)

    def _merged(self, rows: list[Row]) -> list[Row]:
        """Merge rows of the same week."""
        merged: list[Row] = []
        for row in rows:
            if not merged or monday_of(merged[-1].period.start) != monday_of(row.period.start):
                merged.append(row)
                continue
            first = merged[-1]
            line = first.place.line
            self._remark(row.place, f"duplicate week of {row.period.start}; first listed on line {line}")
            if first.name and row.name and week_number(first.name) != week_number(row.name):
                self._remark(row.place, f"the week is called {row.name} here and {first.name} on line {line}")
            events = {(mention.id, mention.scope): mention for mention in (*row.mentions, *first.mentions)}
            order = dict.fromkeys((mention.id, mention.scope) for mention in (*first.mentions, *row.mentions))
            merged[-1] = replace(first, name=first.name or row.name, mentions=tuple(events[key] for key in order))
        return [replace(row, mentions=self._once(row.mentions)) for row in merged]

    def _once(self, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
        """Remove duplicate events of a week."""
        seen: dict[str, Mention] = {}
        for mention in mentions:
            if mention.id not in seen:
                seen[mention.id] = mention
            else:
                message = (
                    f"duplicate event '{mention.id}' in this week; first listed on line {seen[mention.id].place.line}"
                )
                self._remark(mention.place, message)
        return tuple(seen.values())

    def _without_overlaps(self, rows: list[Row]) -> list[Row]:
        """Cut rows longer than a week at their first Friday."""
        cut = []
        for index, row in enumerate(rows):
            monday = monday_of(row.period.start)
            following = rows[index + 1] if index + 1 < len(rows) else None
            if row.period.end - monday >= WEEK:
                end = max(row.period.start, monday + timedelta(days=FRIDAY))
                if following is not None and following.period.start <= row.period.end:
                    message = f"the week of {row.period.start} overlaps the next one, on line {following.place.line}"
                else:
                    message = f"the week of {row.period.start} has {(row.period.end - row.period.start).days + 1} days"
                self._remark(row.place, f"{message}; it is cut to end on {end}")
                row = replace(row, period=Period(row.period.start, end))
            cut.append(row)
        return cut

    def _zero(self) -> date | None:
        votes = Counter(
            monday_of(row.period.start) + number * WEEK
            for row in self.rows
            if (number := week_number(row.name or "")) is not None and _is_near(row.period.start, number)
        )
        if votes:
            return max(votes, key=lambda monday: (votes[monday], monday))
        return monday_of(self.table.release.day) if self.table.release else None

    def _named(self, zero: date) -> list[Row]:
        """Name the rows by their distance from the release week, if none of them has a name of its own."""
        named = []
        has_names = any(row.name for row in self.rows)
        start = self.table.start.day if self.table.start else date.min
        for row in self.rows:
            away = (zero - monday_of(row.period.start)) // WEEK
            if row.name is None and not has_names and row.period.end >= start and abs(away) < 1000:
                row = replace(row, name=name_of(away))
            number = week_number(row.name) if row.name else None
            if number is not None and number != away:
                message = f"the week is called {row.name}, but it is {name_of(away)} according to the other weeks"
                self._remark(row.place, f"{message}; its own name is used")
            named.append(row)
        return named

    def _check_claims(self, zero: date) -> None:
        first = next((row for row in self.rows if row.name), None)
        for claim, monday, what, week in (
            (self.table.release, zero, "release-week", "the release week"),
            (self.table.start, monday_of(first.period.start) if first else None, "start-week", "the first week"),
        ):
            if claim is not None and monday is not None:
                self._check_claim(claim, monday, what, week)

    def _check_claim(self, claim: Claim, monday: date, what: str, week: str) -> None:
        self._check_monday(claim.day, claim.place, f"'{what}'")
        if monday_of(claim.day) != monday:
            message = f"'{what}' is {claim.day}, but {week} begins on {monday} according to the names of the weeks"
            self._remark(claim.place, message)


def name_of(number: int) -> str:
    """Return the name of a week by its distance to the release week: ``R-17`` for 17, ``R+0``, ``R+1`` for -1."""
    return f"R-{number}" if number > 0 else f"R+{-number}"


def _is_near(day: date, number: int) -> bool:
    """Return True if the release week, ``number`` weeks after a day, is a valid date."""
    try:
        day + (number + 1) * WEEK
    except OverflowError:
        return False
    return True
