"""``schedule.yaml`` as openstack/releases has it: the rows of a cycle.

Rows, prose and the list of all series together: a schedule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from yaml.nodes import Node, ScalarNode

from sphinxext.digest.model import Event, Period, Place, Schedule, Scope, Week, week_number
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.dates import Claim, Mention, Row, Table, working_week
from sphinxext.digest.schedule.due_dates import DueDays
from sphinxext.digest.schedule.nodes import NodeReader
from sphinxext.digest.schedule.order import Order
from sphinxext.digest.schedule.rst_prose import Entry, Page
from sphinxext.digest.schedule.status import Statuses
from sphinxext.digest.yaml import compose as safeyaml

START, RELEASE, CYCLE = KEYS = ("start-week", "release-week", "cycle")
_SCOPES = {"x-project": Scope.CROSS_PROJECT, "project-specific": Scope.PROJECT_SPECIFIC}
_ROW_KEYS = ("start", "end", "name", *_SCOPES)


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


_NUMBERED = re.compile(r"([0-9]{4}\.[0-9]{1,2})\b")
_RELEASE = re.compile(r"[^\W_]+-(?:release|final)", re.IGNORECASE)
_PROJECTS = "project-specific"
_ELECTIONS = "election"


def build_schedule(
    series: str, table: Table, page: Page | None, statuses: Statuses, problems: list[Problem]
) -> Schedule | None:
    """A schedule out of what was read, or None if it has no weeks.

    :param page: None if there is no prose.
    :param problems: is added to.
    """
    order = Order(table, problems)
    if order.zero is None or not any(row.name for row in order.rows):
        message = "there are no weeks with names such as R-17 in the schedule"
        problems.append(Problem(table.path, 1, 1, Code.NO_SCHEDULE, message))
        return None
    status = statuses.get(series)
    days = DueDays(page or Page(""), statuses, status, problems)
    weeks = tuple(_Weeks(table.path, page, days, problems).week(row) for row in order.rows)
    zero = next((row for row in order.rows if row.name and week_number(row.name) == 0), None)
    week = zero.period if zero else working_week(order.zero)
    entries: Mapping[str, Entry] = page.entries if page else {}
    ids = [mention.id for mention in zero.mentions if _RELEASE.fullmatch(mention.id)] if zero else []
    place = zero.place if zero else Place(1, 1)
    release = days.release(week, entries.get(ids[0]) if ids else None, table.path, place)
    title, release_id = _title(series, page), status.release_id if status else None
    if release_id is None and (match := _NUMBERED.match(title)):
        release_id = match[1]
    return Schedule(
        series=series,
        title=title if page and page.title else " ".join(filter(None, (release_id, title))),
        weeks=weeks,
        release=release,
        path=table.path,
        text_path=page.path if page else "",
        release_id=release_id,
        status=status.status if status else None,
    )


def _title(series: str, page: Page | None) -> str:
    return page.title if page and page.title else series.capitalize()


@dataclass
class _Weeks:
    """Makes the weeks of one schedule out of its rows."""

    path: str
    page: Page | None
    days: DueDays
    problems: list[Problem]

    def week(self, row: Row) -> Week:
        number = week_number(row.name) if row.name else None
        events = tuple(self.event(mention, row.period, number) for mention in row.mentions)
        return Week(period=row.period, place=row.place, name=row.name, to_release=number, events=events)

    def event(self, mention: Mention, week: Period, number: int | None) -> Event:
        entry = self.page.entries.get(mention.id) if self.page else None
        if entry is None:
            self.check_anchor(mention, number)
        day, exact = self.days.due(mention.id, week)
        return Event(
            id=mention.id,
            title=entry.title if entry else mention.id,
            scope=mention.scope,
            week=week,
            day=day,
            place=mention.place,
            exact=exact,
            text=entry.text if entry else None,
            project=_project(entry) if entry and mention.scope is Scope.PROJECT_SPECIFIC else None,
        )

    def check_anchor(self, mention: Mention, number: int | None) -> None:
        """Remark on an event without an anchor. The release before the cycle has none, as a rule."""
        if self.page is None or (number is None and _RELEASE.fullmatch(mention.id)):
            return
        message = f"'{mention.id}' has no anchor in {self.page.path}"
        problem = Problem(self.path, mention.place.line, mention.place.column, Code.SCHEDULE_ANCHOR, message)
        self.problems.append(problem)


def _project(entry: Entry) -> str | None:
    """The project that an event is of: the heading above it, which is below "Project-specific events"."""
    above = entry.headings[-2:]
    if len(above) < 2 or _PROJECTS not in above[0].lower() or above[1].lower().startswith(_ELECTIONS):
        return None
    return above[1]
