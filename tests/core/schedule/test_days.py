"""The days that prose names."""

from __future__ import annotations

from datetime import date

import pytest

from sphinxext.digest.model import Period
from sphinxext.digest.schedule.rows import named_days, weekday_of, working_week
from sphinxext.digest.schedule.rst_prose import plain_title

WEEK = Period(date(2026, 11, 16), date(2026, 11, 20))


@pytest.mark.parametrize(
    ("prose", "days"),
    [
        ("19 November, 2026 is a milestone", [(2026, 11, 19)]),
        ("by Nov 19, 2026.", [(2026, 11, 19)]),
        ("by Thursday 19 Nov\n2026 (23:59 UTC)", [(2026, 11, 19)]),
        ("the 7th of June, 2017", [(2017, 6, 7)]),
        ("by 4 Dec, 2017 (23:59)", [(2017, 12, 4)]),
        ("by this date (February 19th, 2025 at noon)", [(2025, 2, 19)]),
        ("06 January, 2022", [(2022, 1, 6)]),
        ("on April 7th.", [(None, 4, 7)]),
        ("On 7 July 2023 and 25 July 2023, too", [(2023, 7, 7), (2023, 7, 25)]),
        ("2026-11-19 and not 2026-11-19-1 or /2026-11-19/", [(2026, 11, 19)]),
        ("Sept. 3", [(None, 9, 3)]),
        ("Dec 1-3 is a window", []),
        ("December 1 - 3, 2026", []),
        ("From 12 to 16 October, 2026", []),
        ("From June 13 to June 15, 2023, we meet", []),
        ("The week of March 28 to April 1st is the last", []),
        ("31 October \u2013 3 November with a deadline of 2 November", [(None, 11, 2)]),
        ("The week of 1 March, 2027 is the target", []),
        ("the week starting Monday, March 1 is", []),
        ("release 20-24 February 2017 in Atlanta", []),
        ("version 12.19 of november, marching 300 mays", []),
        ("November 2026 has 30 days, 2026.2 November", []),
    ],
)
def test_named_days(prose: str, days: list[tuple[int | None, int, int]]) -> None:
    assert [(one.year, one.month, one.day) for one in named_days(prose)] == days


def test_days_of_a_week() -> None:
    (named,) = named_days("22 November")
    assert named.within(WEEK) == date(2026, 11, 22)
    assert named.within(Period(date(2026, 11, 23), date(2026, 11, 27))) is None
    (other,) = named_days("19 November 2025")
    assert other.within(WEEK) is None
    assert other.within_another_year(WEEK) == date(2026, 11, 19)
    assert weekday_of(Period(date(2022, 3, 28), date(2022, 3, 30)), 3) == date(2022, 3, 30)
    assert working_week(date(2026, 11, 22)) == WEEK


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("Plain  title", "Plain title"),
        ("*Feature* **freeze** of ``nova``", "Feature freeze of nova"),
        ("The `guide`_ and `more <https://example.org>`__", "The guide and more"),
        ("See :ref:`the end <q-final>` or :doc:`index`", "See the end or index"),
        ("guide_ for python_client 2*3*4 \\*", "guide for python_client 2*3*4 *"),
    ],
)
def test_plain_titles(title: str, plain: str) -> None:
    assert plain_title(title) == plain
