"""Periods and days in words, as commands and directives take them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.model.period import Calendar, Period, PeriodError
from sphinxext.digest.model.period_words import (
    check_period,
    is_period_word,
    is_relative,
    no_digests,
    read_day,
    read_period,
)
from sphinxext.digest.schedule.load import Schedules

#: A Wednesday.
TODAY = date(2026, 11, 25)
LATEST = Period(date(2026, 11, 9), date(2026, 11, 15))
RELEASE_WEEK = Period(date(2026, 7, 6), date(2026, 7, 12))


def read(text: str, calendar: Calendar | None = None, today: date = TODAY) -> str:
    return str(read_period(text, calendar or Calendar(), today, lambda: LATEST, lambda _name: RELEASE_WEEK))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23/2026-11-29", "2026-11-23/2026-11-29"),
        ("2026-W48", "2026-11-23/2026-11-29"),
        ("2026-11", "2026-11-01/2026-11-30"),
        ("2026", "2026-01-01/2026-12-31"),
        ("2026-11-20", "2026-11-16/2026-11-22"),
        ("today", "2026-11-23/2026-11-29"),
        ("yesterday", "2026-11-23/2026-11-29"),
        ("tomorrow", "2026-11-23/2026-11-29"),
        ("monday", "2026-11-23/2026-11-29"),
        ("Thursday", "2026-11-16/2026-11-22"),
        ("latest", str(LATEST)),
        ("LATEST", str(LATEST)),
        ("previous", "2026-11-16/2026-11-22"),
        ("next", "2026-11-30/2026-12-06"),
        ("R-17", str(RELEASE_WEEK)),
        ("r+1", str(RELEASE_WEEK)),
    ],
)
def test_periods(text: str, expected: str) -> None:
    assert read(text) == expected
    check_period(text, TODAY)


@pytest.mark.parametrize(
    ("calendar", "before", "after"),
    [
        (Calendar(week_start="saturday"), "2026-11-14/2026-11-20", "2026-11-28/2026-12-04"),
        (Calendar("biweekly"), "2026-10-26/2026-11-08", "2026-11-23/2026-12-06"),
        (Calendar("monthly"), "2026-10-01/2026-10-31", "2026-12-01/2026-12-31"),
        (
            Calendar().with_intervals([Period(date(2026, 11, 9), date(2026, 11, 22))]),
            "2026-11-09/2026-11-22",
            "2026-11-30/2026-12-06",
        ),
    ],
)
def test_the_digests_before_and_after(calendar: Calendar, before: str, after: str) -> None:
    today = date(2026, 11, 18) if calendar.frequency == "biweekly" else TODAY
    assert (read("previous", calendar, today), read("next", calendar, today)) == (before, after)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20", "2026-11-20"),
        ("today", "2026-11-25"),
        ("yesterday", "2026-11-24"),
        ("tomorrow", "2026-11-26"),
        ("wednesday", "2026-11-25"),
        ("Thursday", "2026-11-19"),
        ("tuesday", "2026-11-24"),
    ],
)
def test_days(text: str, expected: str) -> None:
    assert str(read_day(text, TODAY)) == expected


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("lastest", "latest"),
        ("yesteday", "yesterday"),
        ("Moday", "monday"),
        ("last week", "previous"),
        ("this  week", "today"),
        ("next week", "next"),
        ("current", "today"),
        ("2026-w48", "2026-W48"),
        ("2026W48", "2026-W48"),
        ("2026-9", "2026-09"),
        ("2026/11/23", "2026-11-23"),
        ("2026-11-23..2026-11-29", "2026-11-23/2026-11-29"),
        ("R -17", "R-17"),
    ],
)
def test_a_wrong_period_and_the_one_that_was_meant(text: str, near: str) -> None:
    with pytest.raises(PeriodError) as caught:
        read(text)
    message = str(caught.value)
    assert message.startswith(f"'{text}' is not a period: did you mean '{near}'? Write START/END (")
    read(near)


@pytest.mark.parametrize("text", ["", "soon", "2026-11-23..2026-13-29", "17", "2015-W49-1-1", "٢٠١٥", "2026-W99x"])
def test_what_is_like_nothing(text: str) -> None:
    with pytest.raises(PeriodError, match="is not a period: write START/END"):
        read(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2026-W54", "there is no such day, week or month"),
        ("2026-11-31", "there is no such day as '2026-11-31'"),
        ("0000", "the year 1 is not one of 1970 to 2999"),
        ("3000", "the year 3000 is not one of"),
        ("2026-11-29/2026-11-23", "ends before it starts"),
    ],
)
def test_periods_that_there_are_not(text: str, message: str) -> None:
    with pytest.raises(PeriodError, match=message):
        read(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yesterdy", "'yesterdy' is not a day: did you mean 'yesterday'? Write YYYY-MM-DD, 'today'"),
        ("latest", "'latest' is not a day: write YYYY-MM-DD"),
        ("last week", "'last week' is not a day: write YYYY-MM-DD"),
        ("2026-11", "'2026-11' is not a day: write YYYY-MM-DD"),
        ("2026-02-30", "there is no such day as '2026-02-30'"),
    ],
)
def test_what_is_not_a_day(text: str, message: str) -> None:
    with pytest.raises(PeriodError) as caught:
        read_day(text, TODAY)
    assert str(caught.value).startswith(message)


def test_latest_where_there_is_no_collection() -> None:
    with pytest.raises(PeriodError, match="no latest digest"):
        read_period("latest", Calendar(), TODAY, no_digests)
    with pytest.raises(PeriodError, match="'R-1' is a week of a release cycle"):
        read_period("R-1", Calendar(), TODAY, no_digests)


def test_words() -> None:
    assert all(map(is_relative, ("today", "Friday", "previous", "next")))
    assert not any(map(is_relative, ("latest", "2026", "R-17", "2026-11-25", "")))
    assert all(map(is_period_word, ("today", "latest", "R-17")))
    assert not any(map(is_period_word, ("2026", "the-next", "")))


@given(st.text(max_size=60), st.dates(date(1971, 1, 1), date(2998, 12, 31)))
def test_any_text(text: str, today: date) -> None:
    try:
        check_period(text, today)
    except PeriodError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-22", "2026-11-16"),
        ("2026-11-23", "2026-11-16"),
        ("2026-11-24", "2026-11-23"),
    ],
)
def test_the_period_to_edit(day: str, expected: str) -> None:
    assert str(Calendar().period_to_edit(date.fromisoformat(day)).start) == expected


def test_the_period_to_edit_of_other_calendars() -> None:
    # August 1, 2026 is a Saturday, September 1 a Tuesday
    for day, start in (("2026-08-03", "2026-07-01"), ("2026-08-04", "2026-08-01"), ("2026-09-01", "2026-08-01")):
        assert str(Calendar("monthly").period_to_edit(date.fromisoformat(day)).start) == start
    assert str(Calendar("monthly").period_to_edit(date(2026, 9, 2)).start) == "2026-09-01"


CYCLE = """\
start-week: 2026-11-02
release-week: 2026-11-16
cycle:
  - {start: 2026-11-02, end: 2026-11-06, name: R-2, x-project: [h-ff]}
  - {start: 2026-11-10, end: 2026-11-13, name: R-1, x-project: [h-rc1]}
  - {start: 2026-11-16, end: 2026-11-20, name: R+0, x-project: [h-final]}
"""


def test_weeks_of_the_series_under_development(tmp_path: Path) -> None:
    folder = tmp_path / "schedules" / "heron"
    folder.mkdir(parents=True)
    (folder / "schedule.yaml").write_text(CYCLE, encoding="utf-8")
    schedules = Schedules(tmp_path, ["schedules"])
    assert str(schedules.week_days("R-1", date(2026, 11, 3))) == "2026-11-09/2026-11-15"
    with pytest.raises(
        PeriodError, match=r"week R-9 is outside the cycle of heron, which goes from R-2 \(2026-11-02\)"
    ):
        schedules.week_days("R-9", date(2026, 11, 3))
    with pytest.raises(
        PeriodError, match=r"no series is under development on 2027-06-01: there are schedules of heron"
    ):
        schedules.week_days("R-1", date(2027, 6, 1))
    with pytest.raises(PeriodError, match="no release schedules are known: name them in the option 'schedules'"):
        Schedules(tmp_path).week_days("R-1", date(2026, 11, 3))
