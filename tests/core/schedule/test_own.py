"""A project's own schedule: milestones on days."""

from __future__ import annotations

from datetime import date
from typing import Any

import jsonschema
import pytest
import yaml

from sphinxext.digest.model import Place, Scope
from sphinxext.digest.schedule.project_schedule import project_schedule_schema

from .conftest import TODAY, Files

OWN = """\
series: amber
title: Amber 4.0
release-id: 4.10
start: 2023-12-13
release: 2024-03-06
url: https://example.org/amber
milestones:
  - title: Feature freeze!
    date: 2024-02-29
    text: |
      Nothing *new*.

      Not even small things.
  - title: Lamps
    id: lamps
    week: R-10
    project: Lighting
  - title: Party
    date: 2024-03-16
    scope: project-specific
"""


def test_weeks_by_arithmetic(files: Files) -> None:
    files.write("plans/amber-plan.yaml", OWN)
    schedule, problems = files.read("Amber", "plans/amber-plan.yaml")
    assert schedule is not None
    assert not problems
    assert (schedule.series, schedule.title, schedule.release_id) == ("amber", "Amber 4.0", "4.10")
    assert (schedule.url, schedule.path) == ("https://example.org/amber", "plans/amber-plan.yaml")
    assert [week.name for week in schedule.weeks] == [f"R-{number}" for number in range(12, 0, -1)] + ["R+0", "R+1"]
    assert str(schedule.weeks[0].period) == "2023-12-11/2023-12-15"
    events = {event.id: event for event in schedule.events}
    assert [(event.id, event.day, event.exact, event.scope) for event in schedule.events] == [
        ("lamps", date(2023, 12, 28), False, Scope.PROJECT_SPECIFIC),
        ("feature-freeze", date(2024, 2, 29), True, Scope.CROSS_PROJECT),
        ("release", date(2024, 3, 6), True, Scope.CROSS_PROJECT),
        ("party", date(2024, 3, 16), True, Scope.PROJECT_SPECIFIC),
    ]
    freeze = events["feature-freeze"]
    assert freeze.text is not None
    assert (freeze.text.value, freeze.text.line_of(2)) == ("Nothing *new*.\n\nNot even small things.", 13)
    assert freeze.place == Place(8, 5)
    assert events["lamps"].project == "Lighting"
    assert schedule.week_of(date(2024, 3, 17)) is schedule.week("R+1")
    assert schedule.release == date(2024, 3, 6)


def test_the_least_there_can_be(files: Files) -> None:
    files.write("plans/topaz.yaml", "{start: 2026-11-16, release: 2026-11-16, end: 2026-12-01, milestones: []}")
    schedules = files.load("plans")
    assert schedules.names == ("topaz",)
    schedule = schedules.find("current", TODAY)
    assert schedule is not None
    assert not schedules.problems
    assert schedule.title == "Topaz"
    assert [(week.name, len(week.events)) for week in schedule.weeks] == [("R+0", 1), ("R+1", 0), ("R+2", 0)]


def test_a_milestone_on_the_day_of_the_release_is_the_release(files: Files) -> None:
    text = "{start: 2026-11-16, release: 2026-12-16, milestones: [{title: Out, date: 2026-12-16}]}"
    files.write("plan.yaml", text)
    schedule, _ = files.read("plan", "plan.yaml")
    assert schedule is not None
    assert [event.id for event in schedule.events] == ["out"]


def test_a_folder_names_the_series(files: Files) -> None:
    files.series("ruby", OWN)
    schedule, problems = files.read("ruby")
    assert schedule is not None
    assert schedule.series == "ruby"
    assert problems == [
        "releases/ruby/schedule.yaml:1:9: schedule-contradiction the series is called 'amber' here, but its folder "
        "is called 'ruby', which is used"
    ]


BAD = {
    "missing": ("milestones: []", ["1:1 missing-key a schedule needs the key 'release'", "'start'"], False),
    "unknown": (f"{OWN}weeks: 3\n", ["21:1 unknown-key a schedule has no key 'weeks'"], True),
    "order": (
        OWN.replace("2024-03-06", "2023-03-06"),
        ["5:10 bad-period the release, on 2023-03-06, is before"],
        False,
    ),
    "long": (OWN.replace("2023-12-13", "1999-12-13"), ["4:8 bad-period a cycle has at most 156 weeks"], False),
    "date": (OWN.replace("2024-02-29", "29.2.2024"), ["9:11 bad-date 'date' must be a day such as"], True),
    "leap": (OWN.replace("2024-02-29", "2023-02-29"), ["9:11 bad-date 'date' cannot be read: there is no such"], True),
    "before": (OWN.replace("2024-02-29", "2023-02-28"), ["9:11 bad-value 2023-02-28 is not in the cycle"], True),
    "late": (OWN.replace("2024-03-16", "2026-03-16"), ["19:11 bad-value 2026-03-16 is not in the cycle"], True),
    "year": (OWN.replace("2024-02-29", "1024-02-29"), ["9:11 bad-date 'date' cannot be read: the year 1024"], True),
    "week": (OWN.replace("R-10", "ten"), ["16:11 bad-value 'week' must be a week such as R-17 or R+1"], True),
    "outside": (OWN.replace("R-10", "R-13"), ["16:11 bad-value 2023-12-07 is not in the cycle"], True),
    "both": (
        OWN.replace("week: R", "date: 2024-01-01\n    week: R"),
        ["14:5 missing-key a milestone needs either"],
        True,
    ),
    "title": (OWN.replace("title: Party", "id: party"), ["18:5 missing-key a milestone needs the key 'title'"], True),
    "id": (OWN.replace("id: lamps", "id: two words"), ["15:9 bad-value 'id' must be one word"], True),
    "scope": (OWN.replace("scope: project", "scope: my"), ["20:12 bad-value 'scope' must be cross-project or"], True),
    "url": (OWN.replace("https:", "javascript:"), ["6:6 bad-url 'url' must be an absolute URL"], True),
    "series": (
        OWN.replace("series: amber", "series: ../amber"),
        ["1:9 bad-value 'series' may have only letters"],
        True,
    ),
    "list": (OWN[: OWN.index("  - title")] + "  a: b\n", ["8:3 wrong-type 'milestones' must be a list"], True),
    "text": (
        OWN.replace("text: |", "text: [a]\n    #").replace("      Nothing", "#").replace("      Not", "#"),
        ["10:11 wrong-type 'text' must be a text"],
        True,
    ),
    "scalar": (OWN.replace("title: Amber 4.0", "title: [a]"), ["2:8 wrong-type 'title' must be a text"], True),
    "alias": (
        OWN.replace("title: Party", "title: &a Party").replace("id: lamps", "id: *a"),
        ["15:9 yaml-aliases"],
        False,
    ),
    "other": ("a: b\n", ["1:1 no-schedule this is not a release schedule"], False),
    "empty": ("", ["1:1 no-schedule"], False),
    "syntax": ("a: [", ["yaml-syntax"], False),
    "encoding": (b"title: \xff\n", ["1:8 encoding"], False),
    "large": ("#" * 1_100_000, ["too-large"], False),
    "deep": ("milestones: " + "[" * 1000, ["yaml-nesting"], False),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name: str, files: Files) -> None:
    text, expected, usable = BAD[name]
    files.write("own.yaml", text)
    schedules = files.load("own.yaml")
    schedule = schedules.find(schedules.names[0], TODAY)
    assert (schedule is not None) is usable
    problems = [f"{found.line}:{found.column} {found.code} {found.message}" for found in schedules.problems]
    assert len(problems) == len(expected), problems
    for problem, part in zip(problems, expected, strict=True):
        assert part in problem


def load(text: str) -> Any:
    """YAML as editors read it, but for days, which JSON has not."""
    return yaml.load(text, Loader=yaml.BaseLoader)


def test_schema() -> None:
    schema = project_schedule_schema()
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    assert not list(validator.iter_errors(load(OWN)))
    for name in (
        "missing",
        "unknown",
        "date",
        "week",
        "both",
        "title",
        "id",
        "scope",
        "url",
        "series",
        "list",
        "text",
    ):
        text = BAD[name][0]
        assert isinstance(text, str)
        assert list(validator.iter_errors(load(text))), name
