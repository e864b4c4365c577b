"""Schedules whose weeks stand in a table of the prose, without years."""

from __future__ import annotations

from datetime import date

from sphinxext.digest.model import Place, Scope

from .conftest import Files

TABLE = """=======================
 Opal release schedule
=======================

+-------------------+----------------+-------------------------+
| Week              | Cross-project  | Project-specific        |
|                   | events         | events                  |
+============+======+================+=========================+
| Dec 07-11  |      | :ref:`n-final` |                         |
+------------+------+----------------+-------------------------+
| Dec 14-18  | R-4  |                |                         |
+------------+------+----------------+-------------------------+
| Dec 21-25  | R-3  |                | :ref:`lamps <o-lamp>`   |
|            |      +----------------+-------------------------+
|            |      | :ref:`o-1`     | :ref:`o-shade`          |
+------------+------+----------------+-------------------------+
| Dec 28-1   | R-2  |                |                         |
+------------+------+----------------+-------------------------+
| Jan 4-8    | R-1  |                |                         |
+------------+------+----------------+-------------------------+
| Jan 11-15  | R-0  | :ref:`o-final` |                         |
+------------+------+----------------+-------------------------+
"""

PROSE = """
Events
======

.. _o-1:

First
-----

By the 22nd of December 2026.

.. _o-lamp:

Lamps
-----

By 21 December 2025, a slip of the pen.

.. _o-shade:

Shades
------

.. _o-final:

Opal
----

On January 13th.
"""


def test_weeks_of_a_table(files: Files) -> None:
    files.series("opal", rst=TABLE + PROSE)
    schedule, problems = files.read("opal")
    assert schedule is not None
    assert schedule.title == "Opal"
    assert schedule.path == schedule.text_path == "releases/opal/schedule.rst"
    assert [(str(week.period), week.name) for week in schedule.weeks] == [
        ("2026-12-07/2026-12-11", None),
        ("2026-12-14/2026-12-18", "R-4"),
        ("2026-12-21/2026-12-25", "R-3"),
        ("2026-12-28/2027-01-01", "R-2"),
        ("2027-01-04/2027-01-08", "R-1"),
        ("2027-01-11/2027-01-15", "R-0"),
    ]
    assert schedule.release == date(2027, 1, 13)
    assert [(event.id, event.scope, event.place, event.day.day) for event in schedule.events] == [
        ("n-final", Scope.CROSS_PROJECT, Place(9, 23), 9),
        ("o-1", Scope.CROSS_PROJECT, Place(15, 23), 22),
        ("o-lamp", Scope.PROJECT_SPECIFIC, Place(13, 40), 24),
        ("o-shade", Scope.PROJECT_SPECIFIC, Place(15, 40), 24),
        ("o-final", Scope.CROSS_PROJECT, Place(21, 23), 13),
    ]
    assert problems == [
        "releases/opal/schedule.rst:39:4: schedule-contradiction the text names the year 2025, but its week has "
        "2026-12-21"
    ]


def test_year_by_the_list_of_all_series(files: Files) -> None:
    files.series("opal", rst=TABLE)
    files.write("releases/series_status.yaml", "- {name: opal, initial-release: 2021-01-14}\n")
    schedule, problems = files.read("opal")
    assert schedule is not None
    assert schedule.weeks[0].period.start == date(2020, 12, 7)
    assert schedule.release == date(2021, 1, 14)
    assert [problem.split()[1] for problem in problems] == ["schedule-anchor"] * 4


SMALL = """2026.2 Onyx Release Schedule
============================

+----------------+-----+----------+
| Nov 30-4       | R-1 |          |
+----------------+-----+----------+
| Dec 7 - Dec 11 | R-0 | :ref:`o` |
+----------------+-----+----------+
"""


def test_year_in_the_title_or_in_a_week(files: Files) -> None:
    for text, year in ((SMALL, 2026), (SMALL.replace("Nov 30-4      ", "Nov 30-4, 2015"), 2015)):
        files.series("onyx", rst=text)
        schedule, _ = files.read("onyx")
        assert schedule is not None
        assert [str(week.period) for week in schedule.weeks] == [
            f"{year}-11-30/{year}-12-04",
            f"{year}-12-07/{year}-12-11",
        ]


def test_nothing_tells_the_year(files: Files) -> None:
    files.series("opal", rst=TABLE)
    schedule, problems = files.read("opal")
    assert schedule is None
    assert len(problems) == 1
    assert problems[0].startswith("releases/opal/schedule.rst:9:3: schedule-year the year of the weeks is unknown: ")


def test_broken_tables(files: Files) -> None:
    broken = TABLE.replace("| Dec 14-18  | R-4  |", "| Dec 14-18    R-4  |")
    broken = broken.replace("| Jan 4-8    | R-1 ", "| soon       | R-1 ").replace("| R-2 ", "| two ")
    files.series("opal", rst=broken.rstrip().rpartition("\n")[0] + "\n" + PROSE)
    schedule, problems = files.read("opal")
    assert schedule is not None
    assert [week.name for week in schedule.weeks] == [None, "R-3", None, "R-0"]
    assert [problem for problem in problems if "schedule-table" in problem] == [
        "releases/opal/schedule.rst:11:14: schedule-table malformed row: expected '|' in column 14",
        "releases/opal/schedule.rst:17:16: schedule-table a week must have a name such as R-17 or R+0, not 'two'",
        "releases/opal/schedule.rst:19:3: schedule-table 'soon' is not a valid week: write Nov 2-6, Nov 30-4 or "
        "Nov 30-Dec 4",
        "releases/opal/schedule.rst:21:1: schedule-table the border below the last row of the table is missing",
    ]


def test_days_that_do_not_exist(files: Files) -> None:
    files.series("opal", rst=TABLE.replace("Dec 28-1 ", "Feb 30-3 ") + PROSE)
    files.write("releases/series_status.yaml", "- {name: opal, initial-release: 2027-01-14}\n")
    schedule, problems = files.read("opal")
    assert schedule is not None
    assert "2026-12-28" not in {str(week.period.start) for week in schedule.weeks}
    assert any("schedule-table 'Feb 30-3' is not a valid week in" in problem for problem in problems)


def test_no_table(files: Files) -> None:
    files.series("opal", rst=PROSE)
    files.write("releases/schedule.rst", PROSE)
    schedule, problems = files.read("releases", "releases/schedule.rst")
    assert schedule is None
    assert problems == [
        "releases/schedule.rst:1:1: no-schedule there is no table of weeks such as 'Nov 30-4' in the file, and no "
        "schedule.yaml beside it"
    ]
