"""The format of a project's own schedule: its keys, and the JSON Schema of it."""

from __future__ import annotations

from typing import Any

from sphinxext.digest.model import Scope

#: The version of JSON Schema that the schema is written in.
DIALECT = "https://json-schema.org/draft/2020-12/schema"

#: The keys of the file, and what each of them means.
FIELDS = {
    "series": "The short name of the series, as pages and commands use it; without it, the name of the file.",
    "title": "The name for readers; without it, the series, capitalized.",
    "release-id": "The number of the release.",
    "start": "A day in the first week of the cycle.",
    "release": "The day of the release.",
    "end": "A day in the last week, if that is after the release.",
    "url": "The page that has the schedule for readers; the id of a milestone is an anchor there.",
    "milestones": "What happens, in any order.",
}
REQUIRED = ("start", "release", "milestones")

#: The keys of a milestone, and what each of them means. It has a title, and a date or a week.
MILESTONE_FIELDS = {
    "title": "What it is called.",
    "id": "How it is referred to; without it, the title in lower case, with hyphens.",
    "date": "The day by which it is due.",
    "week": "The week in which it is due, instead of a day: R-5. Its Thursday counts.",
    "text": "What there is to know about it, in reStructuredText.",
    "project": "The part of the project that it is for; without it, it is for all.",
    "scope": "Whom it is for, where the project does not tell.",
}

SERIES = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
ID = r"[^\s<>`]{1,200}"
URL = r"https?://[^\s/<>\"][^\s<>\"]*"
WEEK = r"R[-+]?[0-9]{1,3}"
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_LINE = r"\S"


def own_schema() -> dict[str, Any]:
    """The JSON Schema of a project's own schedule, draft 2020-12, for editors that complete and check.

    It says nothing about what only the reader can tell: whether a day exists, and whether it is in the cycle.
    """
    values: dict[str, Any] = {
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


def _milestone() -> dict[str, Any]:
    values = {
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


def _mapping(values: dict[str, Any], help: dict[str, str], required: tuple[str, ...]) -> dict[str, Any]:
    properties = {name: {"title": name.capitalize(), "description": help[name], **values[name]} for name in help}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def _pattern(pattern: str) -> dict[str, Any]:
    return {"type": "string", "pattern": f"^{pattern}$"}


def _text() -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "pattern": _LINE}
