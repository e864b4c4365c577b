"""Periods in every spelling, and the years that titles do not have."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.gather.importer.titles import days_in_name, period_of, read_title, without_tags

SPELLINGS = {
    "November 28 to December 4": "2015-11-28/2015-12-04",
    "Nov 28 - Dec 4": "2015-11-28/2015-12-04",
    "(Nov. 28 – Dec. 4)": "2015-11-28/2015-12-04",
    "(Nov., 28 — Dec., 4)": "2015-11-28/2015-12-04",
    "November 28th through December 4th": "2015-11-28/2015-12-04",
    "November 28 until December 4, 2015": "2015-11-28/2015-12-04",
    "NOVEMBER 28 -- DECEMBER 4": "2015-11-28/2015-12-04",
    "Nov28-Dec4": "2015-11-28/2015-12-04",
    "28 November - 4 December": "2015-11-28/2015-12-04",
    "28 November 2015 to 4 December 2015": "2015-11-28/2015-12-04",
    "2015-11-28 to 2015-12-04": "2015-11-28/2015-12-04",
    "2015-11-28/2015-12-04": "2015-11-28/2015-12-04",
    "Nov., 7-13": "2015-11-07/2015-11-13",
    "November 7–13": "2015-11-07/2015-11-13",
    "November 7 to 13": "2015-11-07/2015-11-13",
    "November 7-13, 2015": "2015-11-07/2015-11-13",
    "7-13 Nov 2015": "2015-11-07/2015-11-13",
    "Sept. 5-11": "2015-09-05/2015-09-11",
    "May 2 - 8": "2015-05-02/2015-05-08",
    "Dec 26, 2014 - Jan 1, 2015": "2014-12-26/2015-01-01",
    "November 27, 2015": "2015-11-27/2015-11-27",
    "27 November 2015": "2015-11-27/2015-11-27",
    "2015-11-27": "2015-11-27/2015-11-27",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize(
    "form", ["Lamp Digest {}", "{} Lamp Digest", "[lamp-dev] [ptl] Lamp Digest, {}", "Lamp Digest: {}!"]
)
def test_spellings(form: str, spelling: str) -> None:
    title = read_title(form.format(spelling))
    assert str(period_of(title, None, date(2015, 12, 7), [])) == SPELLINGS[spelling]
    assert title.words.rstrip("!").strip(" :,-") == "Lamp Digest"
    assert title.is_day == (len(set(SPELLINGS[spelling].split("/"))) == 1)


@pytest.mark.parametrize(
    ("title", "sent", "period"),
    [
        ("April 9-22", "2016-05-06", "2016-04-09/2016-04-22"),
        ("April 9-22", "2016-04-22", "2016-04-09/2016-04-22"),
        ("April 9-22", "2016-04-19", "2016-04-09/2016-04-22"),
        ("April 9-22", "2016-04-01", "2015-04-09/2015-04-22"),
        ("December 26 to January 1", "2016-01-04", "2015-12-26/2016-01-01"),
        ("December 19-25", "2016-01-04", "2015-12-19/2015-12-25"),
        ("December 26 to January 1", "2015-12-31", "2015-12-26/2016-01-01"),
    ],
)
def test_year_of_the_day_it_was_sent(title: str, sent: str, period: str) -> None:
    assert str(period_of(read_title(title), None, date.fromisoformat(sent), [])) == period


def test_year_of_the_name() -> None:
    hints = days_in_name("2015-12-26_2016-01-01.txt")
    assert hints == [date(2015, 12, 26), date(2016, 1, 1)]
    assert str(period_of(read_title("December 26 to January 1"), None, None, hints)) == "2015-12-26/2016-01-01"
    assert str(period_of(read_title("A Digest"), None, None, hints)) == "2015-12-26/2016-01-01"
    assert days_in_name("lumen-digest-20160422") == [date(2016, 4, 22)]
    assert days_in_name("build-1234567890123456-2016-02-30") == []


def test_year_of_the_user() -> None:
    assert str(period_of(read_title("December 26 to January 1"), 2016, None, [])) == "2015-12-26/2016-01-01"


@pytest.mark.parametrize("title", ["A Digest", "February 30-31", "April 9-22", "R-17", "Release 2.0 - 3 lamps"])
def test_what_cannot_be_known(title: str) -> None:
    assert period_of(read_title(title), None, None, []) is None


def test_days_that_do_not_exist() -> None:
    assert period_of(read_title("February 30 to March 4"), 2016, None, []) is None
    assert period_of(read_title("April 22-9"), 2016, None, []) is None


def test_tags() -> None:
    assert without_tags("Re: [lamp-dev]  [all][ptl] A\n Digest") == "A Digest"


@given(st.text(max_size=200))
def test_any_title_can_be_read(text: str) -> None:
    period_of(read_title(text), None, date(2015, 12, 7), days_in_name(text))


@pytest.mark.parametrize(
    ("title", "sent", "hint", "end"),
    [
        ("Week Ending January 6, 2018", date(2019, 1, 8), date(2019, 1, 6), date(2019, 1, 6)),
        ("December 31, 2017 to January 6, 2018", date(2019, 1, 8), date(2019, 1, 6), date(2019, 1, 6)),
        ("Week Ending January 6, 2018", None, date(2019, 1, 6), date(2018, 1, 6)),
        ("Week Ending January 6, 2018", date(2018, 1, 8), date(2019, 1, 6), date(2018, 1, 6)),
        ("Week Ending January 6, 2018", date(2019, 1, 8), date(2019, 1, 7), date(2018, 1, 6)),
    ],
)
def test_the_year_before_in_january(title: str, sent: date | None, hint: date, end: date) -> None:
    """Only the file's name and the day of publication together say that the title is wrong."""
    period = period_of(read_title(title), None, sent, [hint])
    assert period is not None
    assert (period.end, (period.end - period.start).days < 7) == (end, True)
