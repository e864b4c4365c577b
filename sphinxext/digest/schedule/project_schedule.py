"""A project's own schedule: its keys, its JSON Schema, and its reader.

One file is one series: milestones on days, and weeks that are computed. Weeks go from Monday to Friday and are named
after their distance to the release, as in ``R-12``; the release week is ``R+0``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from yaml.nodes import Node, ScalarNode

from sphinxext.digest.model import REFUSED_CHARACTER, Event, Place, Schedule, Scope, Text, Week, week_number
from sphinxext.digest.problems import Code
from sphinxext.digest.schedule.rows import THURSDAY, monday_of, name_of, weekday_of, working_week
from sphinxext.digest.schedule.sources import Source
from sphinxext.digest.yaml import is_string, place_of
from sphinxext.digest.yaml.reader import NodeReader, read_text

#: The version of JSON Schema that the schema is written in.
DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: The keys of the file, with the help of each.
FIELDS = {
    "series": "The short name of the series, as pages and commands use it; without it, the name of the file.",
    "title": "The name for readers; without it, the series, capitalized.",
    "release-id": "The number of the release.",
    "start": "A day in the first week of the cycle.",
    "release": "The day of the release.",
    "end": "A day in the last week, if that is after the release.",
    "url": "The page that has the schedule for readers; the id of a milestone is an anchor there.",
    "milestones": "The milestones, in any order.",
}
REQUIRED = ("start", "release", "milestones")

#: The keys of a milestone, with the help of each. A title is required, and either a date or a week.
MILESTONE_FIELDS = {
    "title": "The name of the milestone.",
    "id": "The identifier for references; by default the title in lower case, with hyphens.",
    "date": "The day by which it is due.",
    "week": "The week in which it is due, instead of a day: R-5. The due date is its Thursday.",
    "text": "A description in reStructuredText.",
    "project": "The part of the project that it is for; by default it is for all.",
    "scope": "The audience, if 'project' does not tell it.",
}

SERIES = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
ID = r"[^\s<>`]{1,200}"
URL = r"https?://[^\s/<>\"][^\s<>\"]*"
WEEK = r"R[-+]?[0-9]{1,3}"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LINE = r"\S"


def project_schedule_schema() -> dict[str, object]:
    """Return the JSON Schema of a project's own schedule, draft 2020-12, for completion and checks in editors.

    Only the reader checks whether a day exists and is in the cycle.
    """
    values: dict[str, dict[str, object]] = {
        "series": _pattern(SERIES),
        "title": _text(),
        "release-id": {"type": ["string", "number"], "minLength": 1},
        **{name: _pattern(_DAY) for name in ("start", "release", "end")},
        "url": _pattern(URL),
        "milestones": {"type": "array", "items": _milestone()},
    }
    return {
        "$schema": DIALECT,
        "title": "Release schedule",
        "description": "The milestones of one release cycle.",
        **_mapping(values, FIELDS, REQUIRED),
    }


def _milestone() -> dict[str, object]:
    values: dict[str, dict[str, object]] = {
        "title": _text(),
        "id": _pattern(ID),
        "date": _pattern(_DAY),
        "week": _pattern(WEEK),
        "text": _text(),
        "project": _text(),
        "scope": {"type": "string", "enum": [str(scope) for scope in Scope]},
    }
    one_of = [{"required": ["date"]}, {"required": ["week"]}]
    return {"title": "Milestone", **_mapping(values, MILESTONE_FIELDS, ("title",)), "oneOf": one_of}


def _mapping(
    values: Mapping[str, dict[str, object]], help: dict[str, str], required: tuple[str, ...]
) -> dict[str, object]:
    properties = {name: {"title": name.capitalize(), "description": help[name], **values[name]} for name in help}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _pattern(pattern: str) -> dict[str, object]:
    return {"type": "string", "pattern": f"^{pattern}$"}


def _text() -> dict[str, object]:
    return {"type": "string", "minLength": 1, "pattern": _LINE}


KEYS = tuple(FIELDS)
#: The maximum number of weeks before the release, and after it.
MAX_BEFORE, MAX_AFTER = 156, 52

_MILESTONE_KEYS = tuple(MILESTONE_FIELDS)
_NO_ID = re.compile(r"[\W_]+")
#: Patterns of values by key, and the message for values that don't match.
_FORMS = {
    "series": (re.compile(SERIES), "may have only letters, digits, '.', '-' and '_'"),
    "url": (re.compile(URL, re.IGNORECASE), "must be an absolute URL, http or https"),
    "id": (re.compile(ID), "must be one word, without '<', '>' and '`'"),
    "scope": (re.compile("|".join(Scope)), f"must be {' or '.join(Scope)}"),
}


@dataclass(frozen=True, slots=True)
class _Cycle:
    """The Mondays of the first week, of the release week, and of the last week that the file asks for."""

    start: date
    zero: date
    end: date

    def number(self, day: date) -> int:
        """Return the distance of a day's week to the release week, negative after it."""
        return (self.zero - monday_of(day)).days // 7

    def holds(self, day: date) -> bool:
        """Return True if a milestone may be on a day: from the first week on, and not too long after the release."""
        return self.start <= day and self.number(day) >= -MAX_AFTER


def read_project_schedule(root: Node, text: str, reader: NodeReader, source: Source) -> Schedule | None:
    """Read the root node of the file; milestones with a problem are left out.

    :param text: the text of the file.
    :param source: where the file was found; its folder can name the series.
    :returns: None if the days of the cycle are missing or invalid.
    """
    values = reader.mapping(root, "a schedule", KEYS)
    reader.require(root, values, "a schedule", *REQUIRED)
    lines = {key: _line(reader, values[key], key) for key in ("series", "title", "release-id", "url") if key in values}
    cycle, release = _read_cycle(reader, values)
    if cycle is None or release is None:
        return None
    series = source.series or lines.get("series") or source.table.stem
    if (named := lines.get("series")) and named.casefold() != series.casefold():
        message = f"the series is called '{named}' here, but its folder is called '{series}', which is used"
        reader.complain(values["series"], Code.SCHEDULE_CONTRADICTION, message)
    title = lines.get("title") or series.capitalize()
    milestones = _Milestones(reader, text, cycle)
    for node in reader.items(values["milestones"], "milestones") if "milestones" in values else ():
        milestones.read(node)
    if not any(event.day == release for event in milestones.events):
        place = place_of(values["release"])
        milestones.add("release", f"{title} release", Scope.CROSS_PROJECT, release, place, exact=True)
    return Schedule(
        series=series,
        title=title,
        weeks=_weeks(cycle, milestones.events, place_of(values["start"])),
        release=release,
        path=reader.path,
        text_path=reader.path,
        release_id=lines.get("release-id"),
        url=lines.get("url"),
    )


def _line(reader: NodeReader, node: Node, key: str) -> str | None:
    """Read a line of text and check it against the pattern of its key."""
    value = reader.line(node, key)
    if value is not None and key in _FORMS:
        form, message = _FORMS[key]
        if not form.fullmatch(value):
            reader.complain(node, Code.BAD_URL if key == "url" else Code.BAD_VALUE, f"'{key}' {message}")
            return None
    return value


def _read_cycle(reader: NodeReader, values: Mapping[str, Node]) -> tuple[_Cycle | None, date | None]:
    """Read the cycle and the day of the release, or None for each after a problem."""
    found = {key: reader.day(values[key], key) for key in ("start", "release", "end") if key in values}
    start, release = found.get("start"), found.get("release")
    if start is None or release is None:
        return None, None
    if release < start:
        message = f"the release, on {release}, is before the start, on {start}"
        reader.complain(values["release"], Code.BAD_PERIOD, message)
        return None, None
    cycle = _Cycle(monday_of(start), monday_of(release), monday_of(release))
    if cycle.number(start) > MAX_BEFORE:
        message = f"a cycle has at most {MAX_BEFORE} weeks before the release, but {start} is earlier"
        reader.complain(values["start"], Code.BAD_PERIOD, message)
        return None, None
    end = found.get("end")
    if end is None:
        return cycle, release
    if end < release or not cycle.holds(end):
        message = f"'end' must be at most {MAX_AFTER} weeks after the release, on {release}, not {end}"
        reader.complain(values["end"], Code.BAD_PERIOD, message)
        return cycle, release
    return _Cycle(cycle.start, cycle.zero, monday_of(end)), release


class _Milestones:
    """Reader of milestones, which become events."""

    def __init__(self, reader: NodeReader, source: str, cycle: _Cycle) -> None:
        self.reader = reader
        self.source = source
        self.cycle = cycle
        self.events: list[Event] = []

    def read(self, node: Node) -> None:
        """Read a milestone, and add it if it is valid."""
        values = self.reader.mapping(node, "a milestone", _MILESTONE_KEYS)
        if not values or not self.reader.require(node, values, "a milestone", "title"):
            return
        keys = ("title", "id", "project", "scope")
        lines = {key: _line(self.reader, values[key], key) for key in keys if key in values}
        text = self.text(values["text"]) if "text" in values else None
        day = self.day(node, values)
        title = lines.get("title")
        if title is None or day is None:
            return
        project = lines.get("project")
        scope = lines.get("scope") or (Scope.PROJECT_SPECIFIC if project else Scope.CROSS_PROJECT)
        name = lines.get("id") or _NO_ID.sub("-", title.lower()).strip("-") or "milestone"
        place = place_of(node)
        self.add(name, title, Scope(scope), day, place, exact="date" in values, text=text, project=project)

    def add(
        self,
        name: str,
        title: str,
        scope: Scope,
        day: date,
        place: Place,
        *,
        exact: bool,
        text: Text | None = None,
        project: str | None = None,
    ) -> None:
        """Add an event to the week of its day."""
        event = Event(
            id=name,
            title=title,
            scope=scope,
            week=working_week(day),
            day=day,
            place=place,
            exact=exact,
            text=text,
            project=project,
        )
        self.events.append(event)

    def day(self, node: Node, values: Mapping[str, Node]) -> date | None:
        """Return the day of a milestone, from its date or its week, or None after a problem."""
        if ("date" in values) == ("week" in values):
            message = "a milestone needs either the key 'date' or the key 'week'"
            self.reader.complain(node, Code.MISSING_KEY, message)
            return None
        key = "date" if "date" in values else "week"
        day = self.reader.day(values[key], key) if key == "date" else self.thursday(values[key])
        if day is not None and not self.cycle.holds(day):
            message = (
                f"{day} is not in the cycle, which begins on {self.cycle.start} "
                f"and ends {MAX_AFTER} weeks after the release"
            )
            self.reader.complain(values[key], Code.BAD_VALUE, message)
            return None
        return day

    def thursday(self, node: Node) -> date | None:
        """Return the Thursday of a named week, or None after a problem."""
        name = self.reader.line(node, "week")
        if name is None:
            return None
        number = week_number(name)
        if number is None:
            self.reader.complain(node, Code.BAD_VALUE, f"'week' must be a week such as R-17 or R+1, not '{name}'")
            return None
        try:
            return weekday_of(working_week(self.cycle.zero - timedelta(weeks=number)), THURSDAY)
        except OverflowError:
            self.reader.complain(node, Code.BAD_VALUE, f"the week {name} is out of range")
            return None

    def text(self, node: Node) -> Text | None:
        """Read a text of one or more lines, or return None after a problem."""
        if not isinstance(node, ScalarNode) or not is_string(node):
            self.reader.complain(node, Code.WRONG_TYPE, "'text' must be a text")
        elif not node.value.strip():
            self.reader.complain(node, Code.EMPTY_TEXT, "'text' is empty")
        elif REFUSED_CHARACTER.search(node.value):
            self.reader.complain(node, Code.BAD_VALUE, "'text' has a character that is not allowed")
        else:
            return read_text(node, self.source)
        return None


def _weeks(cycle: _Cycle, events: list[Event], place: Place) -> tuple[Week, ...]:
    """Build all weeks of the cycle, and later ones up to the last event."""
    ordered = sorted(events, key=lambda event: event.day)
    last = max(cycle.end, *(event.week.start for event in ordered))
    weeks = []
    for count in range((last - cycle.start).days // 7 + 1):
        period = working_week(cycle.start + timedelta(weeks=count))
        number = cycle.number(period.start)
        of_week = tuple(event for event in ordered if event.week == period)
        week = Week(
            period=period,
            place=of_week[0].place if of_week else place,
            name=name_of(number),
            to_release=number,
            events=of_week,
        )
        weeks.append(week)
    return tuple(weeks)
