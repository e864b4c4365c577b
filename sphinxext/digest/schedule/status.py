"""``series_status.yaml``: all release series, their numbers, their states and the days of their releases.

The format is that of openstack/releases, ``data/series_status.yaml``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yaml.nodes import Node, SequenceNode

from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.schedule.dates import monday_of
from sphinxext.digest.schedule.nodes import NodeReader, read_file
from sphinxext.digest.yaml import compose as safeyaml

DEVELOPMENT = "development"
FUTURE = "future"


@dataclass(frozen=True, slots=True)
class Series:
    """A release series.

    ``status`` is how the file calls its state, ``next_status`` what that becomes on ``next_day``, if it says so.
    """

    name: str
    release_id: str | None = None
    status: str | None = None
    release: date | None = None
    next_status: str | None = None
    next_day: date | None = None

    def status_on(self, day: date) -> str | None:
        """The state on a day. The past is not known: a state counts until the next one begins."""
        if self.next_status and self.next_day and day >= self.next_day:
            return self.next_status
        return self.status


class Statuses:
    """All series of one file, by their names in lower case."""

    def __init__(self, series: tuple[Series, ...] = ()) -> None:
        self.series = series
        self._by_name = {one.name.casefold(): one for one in reversed(series)}
        self._by_week: dict[tuple[date, str], date] = {}
        for one in reversed(series):
            if one.release:
                self._by_week[monday_of(one.release), one.name[:1].casefold()] = one.release

    def get(self, name: str) -> Series | None:
        """The series of a name, in any case."""
        return self._by_name.get(name.casefold())

    def released_in_week(self, day: date, letter: str) -> date | None:
        """The day of the release of a series that begins with a letter, if it is in the week of a day."""
        return self._by_week.get((monday_of(day), letter.casefold()))

    def current(self, day: date) -> Series | None:
        """The series under development on a day.

        It is the one that is released next, for whatever day, which the states cannot tell of the past. Only while
        that is still ``future``, because the release before it is late, another one that is in development counts.
        """
        ahead = [one for one in self.series if one.release and one.release >= day]
        coming = min(ahead, key=lambda one: one.release or day, default=None)
        if coming is not None and coming.status_on(day) != FUTURE:
            return coming
        developed = [one for one in self.series if one.status_on(day) == DEVELOPMENT]
        return max(developed, key=lambda one: one.release or date.max, default=coming)


def read_statuses(file: Path, path: str, problems: list[Problem]) -> Statuses:
    """Read the file. What is not sound of it is a problem and left out."""
    text = read_file(file, path, problems)
    before = len(problems)
    root = safeyaml.compose(text, path, problems, max_aliases=0) if text is not None else None
    if root is None:
        if text is not None and len(problems) == before:
            problems.append(Problem(path, 1, 1, Code.EMPTY, "there is nothing in the file"))
        return Statuses()
    reader = NodeReader(path, problems)
    if not isinstance(root, SequenceNode):
        reader.complain(root, Code.WRONG_TYPE, "the file must be a list of series")
        return Statuses()
    found = (_read_series(reader, node) for node in root.value)
    return Statuses(tuple(one for one in found if one is not None))


def _read_series(reader: NodeReader, node: Node) -> Series | None:
    before = len(reader.problems)
    values = reader.mapping(node, "a series")
    if len(reader.problems) > before and not values:
        return None
    if not reader.require(node, values, "a series", "name"):
        return None
    name = reader.line(values["name"], "name")
    phase = reader.mapping(values["next-phase"], "'next-phase'") if "next-phase" in values else {}
    lines = {key: reader.line(values[key], key) if key in values else None for key in ("release-id", "status")}
    release = reader.day(values["initial-release"], "initial-release") if "initial-release" in values else None
    next_status = reader.line(phase["status"], "status") if "status" in phase else None
    next_day = reader.day(phase["date"], "date") if "date" in phase else None
    if name is None:
        return None
    return Series(name, lines["release-id"], lines["status"], release, next_status, next_day)
