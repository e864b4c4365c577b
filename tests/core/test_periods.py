"""Periods: what users write, what digests cover, and how both are called."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.model import Entry, Fragment, Moment, Period, Place, Success, Text, month_name
from sphinxext.digest.model.period import (
    FREQUENCIES,
    WEEKDAYS,
    Calendar,
    PeriodError,
    countdown_week,
    long_day,
    month_of,
    now,
    parse_day,
    parse_interval,
    plain_title,
    plain_week,
    short_days,
    today,
)
from sphinxext.digest.settings.options import Settings

ONE_DAY = timedelta(days=1)
ANCHOR = date(2015, 11, 28)
"""A Saturday."""


def period(text: str) -> Period:
    start, end = text.split("/")
    return Period(date.fromisoformat(start), date.fromisoformat(end))


days = st.dates(date(1970, 1, 1), date(2999, 12, 31))
calendars = st.builds(Calendar, st.sampled_from(FREQUENCIES), st.sampled_from(WEEKDAYS), days)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015-11-28/2015-12-04", "2015-11-28/2015-12-04"),
        ("2015-12-04/2015-12-04", "2015-12-04/2015-12-04"),
        ("2015-W49", "2015-11-30/2015-12-06"),
        ("2015-W01", "2014-12-29/2015-01-04"),
        ("2015-W53", "2015-12-28/2016-01-03"),
        ("2016-W01", "2016-01-04/2016-01-10"),
        ("2020-W53", "2020-12-28/2021-01-03"),
        ("2015-12", "2015-12-01/2015-12-31"),
        ("2015-02", "2015-02-01/2015-02-28"),
        ("2016-02", "2016-02-01/2016-02-29"),
        ("2000-02", "2000-02-01/2000-02-29"),
        ("2100-02", "2100-02-01/2100-02-28"),
        ("1970-01", "1970-01-01/1970-01-31"),
        ("2999-12", "2999-12-01/2999-12-31"),
    ],
)
def test_period_in_words_of_a_user(text: str, expected: str) -> None:
    assert str(parse_interval(text)) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "is not a period: write"),
        ("last week", "is not a period: write"),
        ("latest", "is not a period: write"),
        ("2015", "is not a period: write"),
        ("2015-12-04", "is not a period: write"),
        ("2015-49", "there is no such day, week or month"),
        ("2015-W49-1", "is not a period: write"),
        ("2015-w49", "is not a period: write"),
        ("2015-W9", "is not a period: write"),
        ("2015-11-28 / 2015-12-04", "is not a period: write"),
        ("2015-11-28/2015-12-04/2015-12-11", "is not a period: write"),
        ("2015-11-28/2015-12", "is not a period: write"),
        ("2015-12\n", "is not a period: write"),
        ("٢٠١٥-12", "is not a period: write"),
        ("2015-13", "there is no such day, week or month"),
        ("2015-00", "there is no such day, week or month"),
        ("2015-W00", "there is no such day, week or month"),
        ("2016-W53", "there is no such day, week or month"),
        ("0000-W01", "there is no such day, week or month"),
        ("9999-W52", "there is no such day, week or month"),
        ("9999-W53", "there is no such day, week or month"),
        ("2015-02-29/2015-03-01", "there is no such day, week or month"),
        ("2015-12-04/2015-11-28", "ends before it starts"),
        ("1969-12", "the year 1969 is not one of 1970 to 2999"),
        ("1970-W01", "the year 1969 is not one of 1970 to 2999"),
        ("2999-12-31/3000-01-01", "the year 3000 is not one of 1970 to 2999"),
    ],
)
def test_what_is_not_a_period(text: str, why: str) -> None:
    with pytest.raises(PeriodError) as caught:
        parse_interval(text)
    assert why in str(caught.value)


@pytest.mark.parametrize(
    ("text", "day"), [("2015-12-04", date(2015, 12, 4)), ("2016-02-29", date(2016, 2, 29)), ("2015-12", None)]
)
def test_day_in_words_of_a_user(text: str, day: date | None) -> None:
    assert parse_day(text) == day


@pytest.mark.parametrize("text", ["2015-02-29", "2015-13-01", "0001-01-01", "9999-12-31"])
def test_what_is_not_a_day(text: str) -> None:
    with pytest.raises(PeriodError):
        parse_day(text)


def test_a_digest_covers_monday_to_sunday() -> None:
    assert str(Calendar().period_of(date(2015, 12, 2))) == "2015-11-30/2015-12-06"


@pytest.mark.parametrize(
    ("week_start", "expected"),
    [
        ("monday", "2015-11-30/2015-12-06"),
        ("tuesday", "2015-12-01/2015-12-07"),
        ("wednesday", "2015-12-02/2015-12-08"),
        ("thursday", "2015-11-26/2015-12-02"),
        ("friday", "2015-11-27/2015-12-03"),
        ("saturday", "2015-11-28/2015-12-04"),
        ("sunday", "2015-11-29/2015-12-05"),
    ],
)
def test_week_of_a_wednesday(week_start: str, expected: str) -> None:
    assert str(Calendar(week_start=week_start).period_of(date(2015, 12, 2))) == expected


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2015-11-27", "2015-11-14/2015-11-27"),
        ("2015-11-28", "2015-11-28/2015-12-11"),
        ("2015-12-11", "2015-11-28/2015-12-11"),
        ("2015-12-12", "2015-12-12/2015-12-25"),
    ],
)
def test_two_weeks_count_from_the_anchor_both_ways(day: str, expected: str) -> None:
    assert str(Calendar("biweekly", "saturday", ANCHOR).period_of(date.fromisoformat(day))) == expected


def test_the_anchor_may_be_any_day_of_its_week() -> None:
    for days in range(7):
        calendar = Calendar("biweekly", "saturday", ANCHOR + days * ONE_DAY)
        assert str(calendar.period_of(ANCHOR)) == "2015-11-28/2015-12-11"


def test_monthly() -> None:
    assert str(Calendar("monthly").period_of(date(2016, 2, 29))) == "2016-02-01/2016-02-29"


class TestIntervals:
    """Intervals of their own win over the calendar for the days they hold."""

    calendar = Calendar(week_start="saturday").with_intervals([period("2015-11-21/2015-12-02")])

    def test_for_their_days(self) -> None:
        assert str(self.calendar.period_of(date(2015, 11, 21))) == "2015-11-21/2015-12-02"
        assert str(self.calendar.period_of(date(2015, 12, 2))) == "2015-11-21/2015-12-02"

    def test_but_not_for_others_of_a_week(self) -> None:
        assert str(self.calendar.period_of(date(2015, 12, 3))) == "2015-11-28/2015-12-04"
        assert str(self.calendar.regular_period_of(date(2015, 12, 2))) == "2015-11-28/2015-12-04"

    def test_of_two_the_one_that_ends_first(self) -> None:
        both = self.calendar.with_intervals([period("2015-11-30/2015-12-04"), period("2015-12-01/2015-12-01")])
        assert str(both.period_of(date(2015, 12, 1))) == "2015-12-01/2015-12-01"
        assert str(both.period_of(date(2015, 12, 2))) == "2015-11-21/2015-12-02"
        assert str(both.period_of(date(2015, 12, 3))) == "2015-11-30/2015-12-04"

    def test_the_same_twice(self) -> None:
        assert self.calendar.with_intervals(self.calendar.intervals) == self.calendar


class TestCollection:
    """Which notes a period has, and what a user may call it."""

    def collection(self, *days: str) -> Collection:
        entries = []
        for day in sorted(days):
            note = Success(place=Place(1, 1), text=Text(day, 1, 1))
            entries.append(Entry(Fragment(day, day, day, b"", None, (note,)), note, Moment(date.fromisoformat(day))))
        return Collection(Settings(), Calendar(week_start="saturday"), tuple(entries))

    def shown(self, collection: Collection) -> dict[str, list[str]]:
        return {str(period): [str(entry.moment) for entry in notes] for period, notes in collection.digests.items()}

    def test_digests_are_the_periods_with_notes(self) -> None:
        collection = self.collection("2015-12-04", "2015-12-05", "2015-11-28", "2016-03-11")
        assert self.shown(collection) == {
            "2015-11-28/2015-12-04": ["2015-11-28", "2015-12-04"],
            "2015-12-05/2015-12-11": ["2015-12-05"],
            "2016-03-05/2016-03-11": ["2016-03-11"],
        }

    def test_an_interval_takes_notes_from_the_weeks(self) -> None:
        collection = self.collection("2015-11-21", "2015-11-28", "2015-12-04")
        collection = collection.with_intervals([period("2015-11-21/2015-12-02")])
        assert self.shown(collection) == {
            "2015-11-21/2015-12-02": ["2015-11-21", "2015-11-28"],
            "2015-11-28/2015-12-04": ["2015-12-04"],
        }
        assert len(collection.entries_of(period("2015-11-28/2015-12-04"))) == 1

    def test_an_interval_has_all_notes_of_its_days(self) -> None:
        both = [period("2015-11-21/2015-12-02"), period("2015-12-01/2015-12-04")]
        collection = self.collection("2015-12-01", "2015-12-03").with_intervals(both)
        assert self.shown(collection) == {
            "2015-11-21/2015-12-02": ["2015-12-01"],
            "2015-12-01/2015-12-04": ["2015-12-03"],
        }
        assert len(collection.entries_of(both[1])) == 2

    def test_any_other_period_has_the_notes_of_its_days(self) -> None:
        collection = self.collection("2015-11-30", "2015-12-01", "2015-12-31", "2016-01-01")
        assert [str(entry.moment) for entry in collection.entries_of(parse_interval("2015-12"))] == [
            "2015-12-01",
            "2015-12-31",
        ]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("latest", "2015-12-05/2015-12-11"),
            ("2015-12-04", "2015-11-28/2015-12-04"),
            ("2015-W49", "2015-11-30/2015-12-06"),
            ("2020-01-01", "2019-12-28/2020-01-03"),
        ],
    )
    def test_names_of_periods(self, text: str, expected: str) -> None:
        assert str(self.collection("2015-12-01", "2015-12-10").period(text)) == expected

    def test_nothing_is_latest_where_there_is_nothing(self) -> None:
        with pytest.raises(PeriodError, match="no notes"):
            self.collection().period("latest")

    @pytest.mark.parametrize("text", ["2015-02-30", "9999-12-31", "0001-01-01"])
    def test_a_day_that_is_not_there(self, text: str) -> None:
        with pytest.raises(PeriodError):
            self.collection("2015-12-01").period(text)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("2016-04-09/2016-04-22", "April 9–22, 2016"),
        ("2015-11-28/2015-12-04", "November 28 – December 4, 2015"),
        ("2015-12-26/2016-01-01", "December 26, 2015 – January 1, 2016"),
        ("2015-12-01/2016-12-31", "December 1, 2015 – December 31, 2016"),
        ("2015-12-01/2015-12-31", "December 2015"),
        ("2016-02-01/2016-02-28", "February 1–28, 2016"),
        ("2015-01-01/2015-12-31", "January 1 – December 31, 2015"),
        ("2016-04-09/2016-04-09", "April 9, 2016"),
    ],
)
def test_title_of_a_period(text: str, title: str) -> None:
    assert period(text).title == title


@pytest.mark.parametrize(
    ("text", "title", "with_year"),
    [
        ("2026-09-05/2026-09-18", "Sep 5–18", "Sep 5–18, 2026"),
        ("2026-06-29/2026-07-03", "Jun 29 – Jul 3", "Jun 29 – Jul 3, 2026"),
        ("2026-12-28/2027-01-03", "Dec 28 – Jan 3", "Dec 28, 2026 – Jan 3, 2027"),
        ("2026-09-05/2026-09-05", "Sep 5", "Sep 5, 2026"),
    ],
)
def test_short_days_of_a_period(text: str, title: str, with_year: str) -> None:
    assert (short_days(period(text)), short_days(period(text), with_year=True)) == (title, with_year)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("2016-04-09/2016-04-22", "April 9-22"),
        ("2015-11-28/2015-12-04", "November 28 to December 4"),
        ("2015-12-26/2016-01-01", "December 26, 2015 to January 1, 2016"),
        ("2015-12-01/2016-12-31", "December 1, 2015 to December 31, 2016"),
        ("2015-12-01/2015-12-31", "December 2015"),
        ("2016-02-01/2016-02-29", "February 2016"),
        ("2016-02-01/2016-02-28", "February 1-28"),
        ("2016-02-02/2016-02-29", "February 2-29"),
        ("2015-01-01/2015-12-31", "January 1 to December 31"),
        ("2016-04-09/2016-04-09", "April 9"),
    ],
)
def test_plain_title_of_a_period(text: str, title: str) -> None:
    assert plain_title(period(text)) == title


def test_a_digest_is_known_by_its_last_day() -> None:
    assert period("2015-11-28/2015-12-04").name == "2015-12-04"


def test_names_of_months() -> None:
    assert [month_name(date(2015, month, 1))[:3] for month in range(1, 13)] == [
        *("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    ]


@pytest.mark.parametrize(
    ("day", "title"),
    [
        ("2015-12-04", "Dec 7-11"),
        ("2016-03-11", "March 14-18"),
        ("2015-12-03", "Dec 7-11"),
        ("2015-12-05", "Dec 7-11"),
        ("2015-12-06", "Dec 7-11"),
        ("2015-12-07", "Dec 7-11"),
        ("2015-12-09", "Dec 7-11"),
        ("2015-12-10", "Dec 14-18"),
        ("2015-11-27", "Nov 30 - Dec 4"),
        ("2015-12-24", "Dec 28 - Jan 1"),
        ("2016-01-01", "Jan 4-8"),
        ("2016-02-25", "Feb 29 - March 4"),
        ("2016-02-29", "Feb 29 - March 4"),
        ("2015-02-26", "March 2-6"),
        ("2016-04-29", "May 2-6"),
        ("2016-05-27", "May 30 - June 3"),
        ("2016-07-29", "Aug 1-5"),
        ("2016-09-02", "Sept 5-9"),
    ],
)
def test_the_week_that_a_countdown_is_about(day: str, title: str) -> None:
    assert plain_week(countdown_week(date.fromisoformat(day))) == title


@given(days, calendars)
def test_every_day_is_in_just_one_period(day: date, calendar: Calendar) -> None:
    period = calendar.period_of(day)
    assert day in period
    assert calendar.period_of(period.start) == calendar.period_of(period.end) == period


@given(days, calendars)
def test_periods_follow_each_other_without_gaps(day: date, calendar: Calendar) -> None:
    period = calendar.period_of(day)
    assert calendar.period_of(period.end + ONE_DAY).start == period.end + ONE_DAY
    assert calendar.period_of(period.start - ONE_DAY).end == period.start - ONE_DAY


@given(days, calendars)
def test_periods_have_their_lengths(day: date, calendar: Calendar) -> None:
    period = calendar.period_of(day)
    length = (period.end - period.start).days + 1
    if calendar.frequency == "monthly":
        assert period == month_of(day)
    else:
        assert length == {"weekly": 7, "biweekly": 14}[calendar.frequency]
        assert WEEKDAYS[period.start.weekday()] == calendar.week_start


@given(days, days, calendars)
def test_an_interval_holds_its_days_and_no_others(one: date, other: date, calendar: Calendar) -> None:
    interval = Period(min(one, other), max(one, other))
    with_interval = calendar.with_intervals([interval])
    assert with_interval.period_of(one) == with_interval.period_of(other) == interval
    after = interval.end + ONE_DAY
    assert with_interval.period_of(after) == calendar.period_of(after)


@given(days)
def test_a_countdown_is_about_the_week_that_begins_next_or_has_begun(day: date) -> None:
    week = countdown_week(day)
    assert (week.start.weekday(), week.end.weekday()) == (0, 4)
    assert -2 <= (week.start - day).days <= 4


@given(days)
def test_a_period_is_read_as_it_is_shown(day: date) -> None:
    for text in (f"{day}/{day}", "{:04}-W{:02}".format(*day.isocalendar()), f"{day:%Y-%m}"):
        try:
            assert day in parse_interval(text)
        except PeriodError:
            assert day.isocalendar().week in (1, 53)  # the week reaches into a year for which there are no digests


def test_days_of_deadlines() -> None:
    ordinals = [long_day(date(2027, 3, day)).removesuffix(", 2027").split()[1] for day in range(1, 32)]
    assert " ".join(ordinals) == (
        "1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th 13th 14th 15th 16th 17th 18th 19th 20th 21st 22nd 23rd "
        "24th 25th 26th 27th 28th 29th 30th 31st"
    )


@pytest.mark.parametrize(
    ("epoch", "day"),
    [("0", date(1970, 1, 1)), ("951782399", date(2000, 2, 28)), ("951782400", date(2000, 2, 29))],
)
def test_the_time_of_a_reproducible_build(monkeypatch: pytest.MonkeyPatch, epoch: str, day: date) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert today() == day
    assert now() == datetime.fromtimestamp(int(epoch), UTC)


@pytest.mark.parametrize("epoch", ["", "soon", "-1", "1.5", "²", "9" * 30])
def test_what_is_no_time_counts_as_none(monkeypatch: pytest.MonkeyPatch, epoch: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert abs(datetime.now(UTC) - now()) < timedelta(minutes=1)
