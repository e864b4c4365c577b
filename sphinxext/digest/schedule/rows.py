"""Rows of a schedule: read them from ``schedule.yaml`` as openstack/releases has it, and put them in order.

A row is one week as a file has it: its days, its name if it has a valid one, and references to its events. Rows come
from ``schedule.yaml`` or from a table in ``schedule.rst``; ordered, each week occurs once, and every contradiction
between rows is a problem.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from yaml.nodes import Node, ScalarNode

from sphinxext.digest.model import Period, Place, Scope, week_number
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.dates import FRIDAY, WEEK, WEEKDAYS, monday_of
from sphinxext.digest.yaml import compose as safeyaml
from sphinxext.digest.yaml.reader import NodeReader

START, RELEASE, CYCLE = KEYS = ("start-week", "release-week", "cycle")
_SCOPES = {"x-project": Scope.CROSS_PROJECT, "project-specific": Scope.PROJECT_SPECIFIC}
_ROW_KEYS = ("start", "end", "name", *_SCOPES)


@dataclass(frozen=True, slots=True)
class Mention:
    """An event that a row names by its id."""

    id: str
    scope: Scope
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """A week of a file: its days, its name if it has one that can be read, and its events."""

    period: Period
    place: Place
    name: str | None = None
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A day that the head of a file claims for the first or the last week, and where."""

    day: date
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a file in its order, and what its head says of them."""

    path: str
    rows: Sequence[Row]
    start: Claim | None = None
    release: Claim | None = None


def read_cycle(root: Node, reader: NodeReader) -> Table:
    """Read the root of the file. A row with a problem is left out; a missing or wrong head is a problem only."""
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
    return Claim(day, safeyaml.place_of(node)) if day else None


def _read_row(reader: NodeReader, node: Node) -> Row | None:
    values = reader.mapping(node, "a week", _ROW_KEYS)
    if not values or not reader.require(node, values, "a week", "start", "end"):
        return None
    start, end = reader.day(values["start"], "start"), reader.day(values["end"], "end")
    if start is None or end is None:
        return None
    if end < start:
        reader.complain(values["end"], Code.BAD_PERIOD, f"the week that begins on {start} ends before that, on {end}")
        return None
    name = reader.line(values["name"], "name") if "name" in values else None
    if name is not None and week_number(name) is None:
        reader.complain(values["name"], Code.BAD_VALUE, f"a week must be called R-17, R+0 or alike, not '{name}'")
        name = None
    mentions = [
        Mention(id, scope, safeyaml.place_of(item))
        for key, scope in _SCOPES.items()
        if key in values
        for item in reader.items(values[key], key)
        if isinstance(item, ScalarNode) or _refuse(reader, item, key)
        if (id := reader.line(item, key)) is not None
    ]
    return Row(Period(start, end), safeyaml.place_of(node), name, tuple(mentions))


def _refuse(reader: NodeReader, node: Node, key: str) -> bool:
    reader.complain(node, Code.WRONG_TYPE, f"an event in '{key}' must be the id of an anchor")
    return False


class Order:
    """Puts the rows of one table in order.

    ``rows`` are those in order and ``zero`` is the Monday of the week of the release: by the names of the weeks, of
    which the majority counts, or, if none has a name, by what the head of the file says.
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
            self._remark(place, f"{what} begins on {day}, a {WEEKDAYS[day.weekday()]}: weeks are counted from Mondays")

    def _sorted(self) -> list[Row]:
        for before, row in pairwise(self.table.rows):
            if row.period.start < before.period.start:
                message = f"the week of {row.period.start} stands after a later one, that of {before.period.start}"
                self._remark(row.place, f"{message}: weeks are taken in the order of time")
                break
        return sorted(self.table.rows, key=lambda row: row.period.start)

    def _merged(self, rows: list[Row]) -> list[Row]:
        """The rows, with those of one week made one."""
        merged: list[Row] = []
        for row in rows:
            if not merged or monday_of(merged[-1].period.start) != monday_of(row.period.start):
                merged.append(row)
                continue
            first = merged[-1]
            line = first.place.line
            self._remark(
                row.place, f"the week of {row.period.start} stands a second time; the first is in line {line}"
            )
            if first.name and row.name and week_number(first.name) != week_number(row.name):
                self._remark(row.place, f"the week is called {row.name} here and {first.name} in line {line}")
            events = {(mention.id, mention.scope): mention for mention in (*row.mentions, *first.mentions)}
            order = dict.fromkeys((mention.id, mention.scope) for mention in (*first.mentions, *row.mentions))
            merged[-1] = replace(first, name=first.name or row.name, mentions=tuple(events[key] for key in order))
        return [replace(row, mentions=self._once(row.mentions)) for row in merged]

    def _once(self, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
        """The events of a week, each once."""
        seen: dict[str, Mention] = {}
        for mention in mentions:
            if mention.id not in seen:
                seen[mention.id] = mention
            else:
                message = (
                    f"the week has '{mention.id}' a second time; the first is in line {seen[mention.id].place.line}"
                )
                self._remark(mention.place, message)
        return tuple(seen.values())

    def _without_overlaps(self, rows: list[Row]) -> list[Row]:
        """The rows, with those that reach into another week cut at their first Friday."""
        cut = []
        for index, row in enumerate(rows):
            monday = monday_of(row.period.start)
            following = rows[index + 1] if index + 1 < len(rows) else None
            if row.period.end - monday >= WEEK:
                end = max(row.period.start, monday + timedelta(days=FRIDAY))
                if following is not None and following.period.start <= row.period.end:
                    message = f"the week of {row.period.start} reaches into the next, in line {following.place.line}"
                else:
                    message = f"the week of {row.period.start} has {(row.period.end - row.period.start).days + 1} days"
                self._remark(row.place, f"{message}: it is taken to end on {end}")
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
        """The rows with names: where no row has one, by how far they are from the week of the release."""
        named = []
        has_names = any(row.name for row in self.rows)
        start = self.table.start.day if self.table.start else date.min
        for row in self.rows:
            away = (zero - monday_of(row.period.start)) // WEEK
            if row.name is None and not has_names and row.period.end >= start and abs(away) < 1000:
                row = replace(row, name=name_of(away))
            number = week_number(row.name) if row.name else None
            if number is not None and number != away:
                message = f"the week is called {row.name}, but it is {name_of(away)} by the names of the others"
                self._remark(row.place, f"{message}: its own name counts")
            named.append(row)
        return named

    def _check_claims(self, zero: date) -> None:
        first = next((row for row in self.rows if row.name), None)
        for claim, monday, what, week in (
            (self.table.release, zero, "release-week", "that of the release"),
            (self.table.start, monday_of(first.period.start) if first else None, "start-week", "the first one"),
        ):
            if claim is not None and monday is not None:
                self._check_claim(claim, monday, what, week)

    def _check_claim(self, claim: Claim, monday: date, what: str, week: str) -> None:
        self._check_monday(claim.day, claim.place, f"'{what}'")
        if monday_of(claim.day) != monday:
            message = f"'{what}' is {claim.day}, but by the names of the weeks {week} begins on {monday}, which counts"
            self._remark(claim.place, message)


def name_of(number: int) -> str:
    """The name of the week so many weeks before the release, or after it if below zero: ``R-17``, ``R+0``, ``R+1``."""
    return f"R-{number}" if number > 0 else f"R+{-number}"


def _is_near(day: date, number: int) -> bool:
    """Whether the week of the release, so many weeks away, is in the calendar."""
    try:
        day + (number + 1) * WEEK
    except OverflowError:
        return False
    return True
