"""``schedule.yaml`` with the prose beside it: the weeks, the events and their days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sphinxext.digest.model import Period, Place, Scope
from sphinxext.digest.schedule import REMARKS

from .conftest import TODAY, Files

YAML = """---
start-week: '2026-12-14'
release-week: '2027-01-11'
cycle:
  - start: '2026-12-07'
    end: '2026-12-11'
    x-project:
      - p-final
  - start: 2026-12-14
    end: 2026-12-18
    name: R-4
    x-project: [q-1, q-summit]
    project-specific:
      - q-lamp-freeze
  - start: '2026-12-21'
    end: '2026-12-25'
    name: R-3
    x-project:
  - start: '2026-12-28'
    end: '2027-01-01'
    name: R-2
    x-project: [q-rc1]
  - start: '2027-01-04'
    end: '2027-01-08'
    name: R-1
    x-project: [q-rc1]
  - start: '2027-01-11'
    end: '2027-01-15'
    name: R-0
    x-project: [q-final]
"""

RST = """=============================
2027.1 Quartz Release Schedule
=============================

.. note:: Deadlines are Thursdays.

All events
==========

.. _q-1:
.. _q-first:

*Quartz-1* ``milestone``   \t
--------------------------

17 December, 2026 is the first milestone, see the guide_ and `the model`_.

.. _guide: https://example.org/guide

.. _q-summit:

Summit
------
From 14 to 16 December, 2026 all of us meet.

.. _q-rc1:

Candidates
----------

The week of 28 December, 2026 is the first for candidates, of the same `the model`_.

How
^^^

By tags.

.. _the model: https://example.org/
   model

.. _q-final:

Release
-------

Quartz comes on Wednesday, 13 January, 2027.

Project-specific events
=======================

Lamp
----

.. _q-lamp-freeze:

Lamp freeze
^^^^^^^^^^^

Dec 18, 2026 (23:59 UTC), not :ref:`q-1` or :ref:`the end <q-final>` or :ref:`elsewhere`.
"""


def test_weeks_and_events(files: Files) -> None:
    files.series("quartz", YAML, RST)
    schedule, problems = files.read("QUARTZ")
    assert schedule is not None
    assert not problems
    assert (schedule.series, schedule.title, schedule.release_id) == ("quartz", "2027.1 Quartz", "2027.1")
    assert (schedule.path, schedule.text_path) == (
        "releases/quartz/schedule.yaml",
        "releases/quartz/schedule.rst",
    )
    assert schedule.release == date(2027, 1, 13)
    assert [week.name for week in schedule.weeks] == [None, "R-4", "R-3", "R-2", "R-1", "R-0"]
    assert [week.to_release for week in schedule.weeks] == [None, 4, 3, 2, 1, 0]
    assert schedule.weeks[1].place == Place(9, 5)
    assert [(event.id, event.title, event.day.isoformat(), event.exact) for event in schedule.events] == [
        ("p-final", "p-final", "2026-12-09", False),
        ("q-1", "Quartz-1 milestone", "2026-12-17", True),
        ("q-summit", "Summit", "2026-12-17", False),
        ("q-lamp-freeze", "Lamp freeze", "2026-12-18", True),
        ("q-rc1", "Candidates", "2026-12-31", False),
        ("q-rc1", "Candidates", "2027-01-07", False),
        ("q-final", "Release", "2027-01-13", True),
    ]
    lamp = schedule.events[3]
    assert (lamp.scope, lamp.project, lamp.place) == (Scope.PROJECT_SPECIFIC, "Lamp", Place(14, 9))
    assert schedule.events[1].project is None


def test_texts_know_their_lines_and_take_their_targets_along(files: Files) -> None:
    files.series("quartz", YAML, RST)
    schedule, _ = files.read("quartz")
    assert schedule is not None
    texts = {event.id: event.text for event in schedule.events}
    lines = RST.split("\n")
    first = texts["q-1"]
    assert first is not None
    assert first.value.endswith(
        "the guide_ and `the model`_.\n\n.. _guide: https://example.org/guide\n\n"
        ".. _the model: https://example.org/\n   model"
    )
    for text in (first, texts["q-rc1"]):
        assert text is not None
        for index, line in enumerate(text.value.split("\n")):
            if line and not line.startswith(".. rubric::"):
                assert lines[text.line_of(index) - 1] == line
    candidates = texts["q-rc1"]
    assert candidates is not None
    assert ".. rubric:: How\n\n\nBy tags." in candidates.value
    lamp = texts["q-lamp-freeze"]
    assert lamp is not None
    assert lamp.value == r"Dec 18, 2026 (23:59 UTC), not Quartz-1 milestone or the end or elsewhere."


def test_without_prose_ids_are_titles(files: Files) -> None:
    files.series("quartz", YAML)
    schedule, problems = files.read("quartz")
    assert schedule is not None
    assert not problems
    assert schedule.title == "Quartz"
    assert schedule.text_path == ""
    assert {event.title for event in schedule.events} == {event.id for event in schedule.events}
    assert schedule.release == date(2027, 1, 13)
    assert schedule.events[-1].day == schedule.release


def test_release_by_the_list_of_all_series(files: Files) -> None:
    files.series("quartz", YAML, RST.replace("13 January", "14 January"))
    files.write(
        "releases/series_status.yaml",
        "- {name: quartz, release-id: 2027.1, status: future, initial-release: 2027-01-12,\n"
        "   next-phase: {status: development, date: 2026-11-10}}\n"
        "- {name: pearl, release-id: 2026.10, status: maintained, initial-release: 2026-12-08}\n",
    )
    schedule, problems = files.read("quartz")
    assert schedule is not None
    assert schedule.release == date(2027, 1, 12)
    assert schedule.status == "development"
    assert (schedule.events[-1].day, schedule.events[-1].exact) == (date(2027, 1, 12), True)
    assert (schedule.events[0].id, schedule.events[0].day) == ("p-final", date(2026, 12, 8))
    assert problems == [
        "releases/quartz/schedule.rst:46:28: schedule-contradiction the release is on 2027-01-14 in the "
        "text, but on 2027-01-12 in the list of all series"
    ]


@pytest.mark.parametrize("day", ["2027-02-12", "2027-01-08", "2026-01-13"])
def test_release_in_another_week_than_listed(files: Files, day: str) -> None:
    files.series("quartz", YAML, RST)
    files.write("releases/series_status.yaml", f"- {{name: quartz, initial-release: {day}}}\n")
    schedule, problems = files.read("quartz")
    assert schedule is not None
    assert schedule.release == date(2027, 1, 13)
    assert problems == [
        f"releases/quartz/schedule.yaml:27:5: schedule-contradiction the release is on {day} in the list "
        "of all series, but here in the week of 2027-01-11"
    ]


def test_release_on_the_day_that_the_text_names(files: Files) -> None:
    """It counts where nothing else is listed, and is no contradiction where the list has the same day."""
    files.series("quartz", YAML, RST.replace("Wednesday, 13 January", "Thursday, 14 January"))
    for status in ("[]\n", "- {name: quartz, initial-release: 2027-01-14}\n"):
        files.write("releases/series_status.yaml", status)
        schedule, problems = files.read("quartz")
        assert schedule is not None
        assert schedule.release == date(2027, 1, 14)
        assert (schedule.events[-1].day, schedule.events[-1].exact) == (date(2027, 1, 14), True)
        assert problems == []


def test_where_a_text_disagrees(files: Files) -> None:
    """The line and the column are those of the day, wherever in the text it is."""
    yaml = cycle(week("2027-01-04", "2027-01-08", "R-1", "q-1, q-2"), R0)
    texts = ("Due on January 15.", "For all\nof us, this\nis due on January 15, and\ndue by 16 January.")
    rst = "".join(f".. _q-{number}:\n\nOne\n---\n\n{text}\n\n" for number, text in enumerate(texts, 1))
    files.series("quartz", yaml, rst)
    _, problems = files.read("quartz")
    places = [problem.split(" ")[0] for problem in problems if "the text names" in problem]
    assert places == [f"releases/quartz/schedule.rst:{place}:" for place in ("6:8", "15:11", "16:8")]


def week(start: str, end: str, name: str = "", events: str = "") -> str:
    lines = [f"- start: {start}", f"  end: {end}"]
    lines += [f"  name: {name}"] if name else []
    lines += [f"  x-project: [{events}]"] if events else []
    return "\n".join(lines) + "\n"


def cycle(*weeks: str, start: str = "2027-01-04", release: str = "2027-01-11") -> str:
    return f"start-week: {start}\nrelease-week: {release}\ncycle:\n" + "".join(weeks)


R1 = week("2027-01-04", "2027-01-08", "R-1")
R0 = week("2027-01-11", "2027-01-15", "R+0", "q-final")


def remarks(files: Files, yaml: str) -> tuple[list[tuple[str, str | None, str]], list[str]]:
    """The weeks of a schedule and what was remarked."""
    files.series("quartz", yaml)
    schedules = files.load()
    schedule = schedules.find("quartz", TODAY)
    assert schedule is not None
    assert {problem.code for problem in schedules.problems} <= REMARKS
    found = [f"{problem.line}:{problem.column} {problem.message}" for problem in schedules.problems]
    return [
        (str(week.period), week.name, " ".join(event.id for event in week.events)) for week in schedule.weeks
    ], found


def test_rows_twice_and_out_of_order(files: Files) -> None:
    first = week("2026-12-28", "2027-01-01", events="p-final, q-goals")
    second = week("2026-12-21", "2026-12-25")
    weeks, found = remarks(files, cycle(first, second, week("2026-12-28", "2027-01-01", events="p-final"), R1, R0))
    assert weeks == [
        ("2026-12-21/2026-12-25", None, ""),
        ("2026-12-28/2027-01-01", None, "p-final q-goals"),
        ("2027-01-04/2027-01-08", "R-1", ""),
        ("2027-01-11/2027-01-15", "R+0", "q-final"),
    ]
    assert found == [
        "7:3 the week of 2026-12-21 is listed after the week of 2026-12-28; weeks are sorted by date",
        "9:3 duplicate week of 2026-12-28; first listed on line 4",
    ]


def test_row_that_reaches_into_the_next(files: Files) -> None:
    weeks, found = remarks(files, cycle(week("2026-12-28", "2027-01-11"), R1, R0))
    assert weeks[0] == ("2026-12-28/2027-01-01", None, "")
    assert found == ["4:3 the week of 2026-12-28 overlaps the next one, on line 6; it is cut to end on 2027-01-01"]
    weeks, found = remarks(files, cycle(R1, week("2027-01-11", "2027-01-22", "R+0")))
    assert weeks[1] == ("2027-01-11/2027-01-15", "R+0", "")
    assert found == ["7:3 the week of 2027-01-11 has 12 days; it is cut to end on 2027-01-15"]


def test_names_win_over_the_head(files: Files) -> None:
    weeks, found = remarks(files, cycle(R1, R0, start="2026-12-21", release="2027-02-01"))
    assert [name for _, name, _ in weeks] == ["R-1", "R+0"]
    assert found == [
        "1:13 'start-week' is 2026-12-21, but the first week begins on 2027-01-04 according to the names of the weeks",
        "2:15 'release-week' is 2027-02-01, but the release week begins on 2027-01-11 according to the names of the "
        "weeks",
    ]


def test_a_name_of_its_own(files: Files) -> None:
    rows = [week("2026-12-21", "2026-12-25", "R-4"), week("2026-12-28", "2027-01-01", "R-2"), R1, R0]
    weeks, found = remarks(files, cycle(*rows, start="2026-12-21"))
    assert [name for _, name, _ in weeks] == ["R-4", "R-2", "R-1", "R+0"]
    assert found == ["4:3 the week is called R-4, but it is R-3 according to the other weeks; its own name is used"]


def test_weeks_that_begin_on_other_days(files: Files) -> None:
    last = week("2027-01-12", "2027-01-13", "R+0", "q-final, q-final, q-end")
    weeks, found = remarks(files, cycle(R1, last, release="2027-01-13"))
    assert weeks[1] == ("2027-01-12/2027-01-13", "R+0", "q-final q-end")
    assert found == [
        "2:15 'release-week' begins on 2027-01-13, a Wednesday: weeks must begin on a Monday",
        "7:3 the week begins on 2027-01-12, a Tuesday: weeks must begin on a Monday",
        "10:24 duplicate event 'q-final' in this week; first listed on line 10",
    ]
    schedule, _ = files.read("quartz")
    assert schedule is not None
    # the Thursday is not in this week any more
    assert schedule.events[-1].day == date(2027, 1, 13)
    assert schedule.week_of(date(2027, 1, 11)) is schedule.cycle[-1]


def test_weeks_without_any_names(files: Files) -> None:
    rows = [week("2026-12-28", "2027-01-01"), week("2027-01-04", "2027-01-08"), week("2027-01-11", "2027-01-15")]
    weeks, found = remarks(files, cycle(*rows, week("2027-01-18", "2027-01-22")))
    assert [name for _, name, _ in weeks] == [None, "R-1", "R+0", "R+1"]
    assert not found


def test_no_weeks_near_the_release(files: Files) -> None:
    files.series("quartz", cycle(week("2026-12-28", "2027-01-01"), release="2037-01-12"))
    schedules = files.load()
    assert schedules.find("quartz", TODAY) is None
    assert "the schedule has no weeks with names such as R-17" in [problem.message for problem in schedules.problems]


def test_an_event_directly_below_the_heading_of_projects(files: Files) -> None:
    mention = "  project-specific: [q-1]\n"
    rst = ".. _q-1:\n\nProject-specific events\n=======================\n\nAll of them.\n"
    files.series("quartz", cycle(R1 + mention, R0), rst)
    schedule, _ = files.read("quartz")
    assert schedule is not None
    event = schedule.events[0]
    assert (event.id, event.scope, event.project) == ("q-1", Scope.PROJECT_SPECIFIC, None)


def test_events_whose_text_disagrees(files: Files) -> None:
    yaml = cycle(week("2027-01-04", "2027-01-08", "R-1", "q-1, q-2, q-3, q-4"), R0)
    rst = """Quartz release schedule
=======================

.. _q-1:

One
---

14 January is the first milestone.

.. _q-2:

Two
---

By the 5th of
January 2026, that is.

.. _q-3:

On 5 January 2027 or on January 6th.
"""
    files.series("quartz", yaml, rst)
    schedule, problems = files.read("quartz")
    assert schedule is not None
    assert [(event.title, event.day.day, event.exact) for event in schedule.cycle[0].events] == [
        ("One", 7, False),
        ("Two", 7, False),
        ("q-3", 7, False),
        ("q-4", 7, False),
    ]
    assert problems == [
        "releases/quartz/schedule.rst:9:1: schedule-contradiction the text names 14 January, but the event is listed "
        "in the week of 2027-01-04",
        "releases/quartz/schedule.rst:16:8: schedule-contradiction the text names the year 2026, but its week has "
        "2027-01-05",
        "releases/quartz/schedule.yaml:7:30: schedule-anchor 'q-4' has no anchor in releases/quartz/schedule.rst",
        "releases/quartz/schedule.yaml:11:15: schedule-anchor 'q-final' has no anchor in releases/quartz/schedule.rst",
    ]


def test_deadlines_that_are_not_in_their_week(files: Files) -> None:
    """A text may name the day of its event outside of the week; other days that it mentions count for nothing."""
    yaml = cycle(week("2027-01-04", "2027-01-08", "R-1", "q-1, q-2, q-3, q-4, q-5, q-6, q-7"), R0)
    texts = (
        "Confirm your address by this date (December 30th, 2026\nat 00:00 UTC).",
        "It is due on Friday, January 15.",
        "The deadline is 2027-02-15.",
        "After December 30, 2026 there was no other.",
        "The deadline: January 5. It was due December 30.",
        "It is due on January 1. The deadline is January 2.",
        "Not long before 14 January is the time for it.",
    )
    rst = "".join(f".. _q-{number}:\n\nOne\n---\n\n{text}\n\n" for number, text in enumerate(texts, 1))
    files.series("quartz", yaml, rst)
    schedule, problems = files.read("quartz")
    assert schedule is not None
    assert [(event.day.isoformat(), event.exact) for event in schedule.cycle[0].events] == [
        ("2026-12-30", True),
        ("2027-01-15", True),
        ("2027-01-07", False),
        ("2027-01-07", False),
        ("2027-01-05", True),
        ("2027-01-07", False),
        ("2027-01-07", False),
    ]
    assert [problem.partition(" the text names ")[::2] for problem in problems if "the text names" in problem] == [
        (
            f"releases/quartz/schedule.rst:{place} schedule-contradiction",
            f"{day}, but the event is listed in the week of 2027-01-04",
        )
        for place, day in (
            ("6:36:", "30 December 2026"),
            ("14:22:", "15 January"),
            ("21:17:", "15 February 2027"),
            ("35:37:", "30 December"),
            ("42:14:", "1 January"),
            ("42:41:", "2 January"),
        )
    ]


def test_a_deadline_outside_of_its_week_is_ahead_until_its_day(files: Files) -> None:
    yaml = cycle(week("2027-01-04", "2027-01-08", "R-1", "q-1, q-2"), R0)
    texts = ("It is due on Friday, January 15.", "It is due on Sunday, January 10.")
    rst = "".join(f".. _q-{number}:\n\nOne\n---\n\n{text}\n\n" for number, text in enumerate(texts, 1))
    files.series("quartz", yaml, rst)
    schedule, _problems = files.read("quartz")
    assert schedule is not None
    groups = ("this_week", "next_week", "later")

    def found(day: str) -> list[list[str]]:
        outlook = schedule.outlook(date.fromisoformat(day))
        return [[event.id for event in getattr(outlook, group) if event.id != "q-final"] for group in groups]

    assert found("2027-01-05") == [["q-2"], ["q-1"], []]
    assert found("2027-01-12") == [["q-1"], [], []]
    assert found("2027-01-19") == [[], [], []]


def test_leap_day_and_long_and_short_cycles(files: Files) -> None:
    for weeks, release in ((29, date(2028, 3, 6)), (20, date(2024, 3, 4))):
        rows = [release - timedelta(weeks=number) for number in range(weeks, -1, -1)]
        yaml = cycle(
            *(week(f"{row}", f"{row + timedelta(days=4)}", f"R-{(release - row).days // 7}") for row in rows),
            start=f"{rows[0]}",
            release=f"{release}",
        )
        files.series("quartz", yaml)
        schedule, problems = files.read("quartz")
        assert schedule is not None
        assert not problems
        assert len(schedule.cycle) == weeks + 1
        assert [week.to_release for week in schedule.cycle] == list(range(weeks, -1, -1))
        leap = schedule.week_of(date(release.year, 2, 29))
        assert leap is not None
        assert leap.to_release == 1
        new_year = schedule.week_of(date(release.year, 1, 1))
        assert new_year is not None
        assert date(release.year, 1, 1) in Period(new_year.period.start, new_year.period.end + timedelta(days=2))
        assert schedule.week("R0") == schedule.week("R+0") == schedule.week("R-0") == schedule.cycle[-1]
