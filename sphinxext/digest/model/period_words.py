"""Periods and days as people write them, for every command and directive: ``2026-W48``, ``latest``, ``yesterday``.

Files of the project have ISO dates only, which :mod:`~sphinxext.digest.model.period` parses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from sphinxext.digest.model.period import (
    LATEST,
    WEEKDAYS,
    Calendar,
    Period,
    PeriodError,
    check_year,
    find_interval,
    parse_day,
)
from sphinxext.digest.model.schedule import week_number
from sphinxext.digest.problems import nearest

#: The digests before and after that of today.
PREVIOUS, NEXT = "previous", "next"
_RELATIVE_DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_YEAR = re.compile(r"[0-9]{4}")

#: The ways to write a day, and a period, in messages and in the help of commands.
DAY_FORMS = "YYYY-MM-DD, 'today', 'yesterday', 'tomorrow' or a weekday such as 'monday', the latest one"
PERIOD_FORMS = (
    "START/END (2026-11-23/2026-11-29), an ISO week (2026-W48), a month (2026-11), a year (2026), a week of the "
    "release cycle (R-17), 'latest', 'previous' or 'next'; or a day (2026-11-29, 'today', 'yesterday', 'monday'), for "
    "the digest that it belongs to"
)

_DAY_WORDS = (*_RELATIVE_DAYS, *WEEKDAYS)
_PERIOD_WORDS = (*_DAY_WORDS, LATEST, PREVIOUS, NEXT)
#: Words that are not supported, and those that mean the same.
_MEANT = {
    "current": "today",
    "now": "today",
    "this week": "today",
    "last": PREVIOUS,
    "last week": PREVIOUS,
    "next week": NEXT,
    "newest": LATEST,
}

#: Returns the days of a week of the release cycle (``R-17``).
WeekDays = Callable[[str], Period]


def no_weeks(name: str) -> Period:
    """Refuse the week of a release cycle where no schedule can be asked.

    :raises PeriodError: always.
    """
    raise PeriodError(f"'{name}' is a week of a release cycle, which has no days here")


def no_digests() -> Period:
    """Refuse the latest digest where there is no collection.

    :raises PeriodError: always.
    """
    raise PeriodError("there is no latest digest here")


def find_day(text: str, today: date) -> date | None:
    """Return the day that a text names, or None if it is not of such a form.

    A weekday is the latest one, which can be today.

    :raises PeriodError: if there is no such day.
    """
    word = text.casefold()
    if word in _RELATIVE_DAYS:
        day = today + timedelta(days=_RELATIVE_DAYS[word])
    elif word in WEEKDAYS:
        day = today - timedelta(days=(today.weekday() - WEEKDAYS.index(word)) % 7)
    else:
        return parse_day(text)
    check_year(day)
    return day


def read_day(text: str, today: date) -> date:
    """Return the day that a text names.

    :raises PeriodError: if it names none.
    """
    day = find_day(text, today)
    if day is None:
        raise PeriodError(f"'{text}' is not a day: {_suggestion(text, _DAY_WORDS)} {DAY_FORMS}")
    return day


def read_period(
    text: str, calendar: Calendar, today: date, latest: Callable[[], Period], week: WeekDays = no_weeks
) -> Period:
    """Return the period that a text names: in one of the ways of :data:`PERIOD_FORMS`.

    :param latest: returns the newest digest.
    :param week: returns the days of a week of the release cycle.
    :raises PeriodError: if it names none; ``latest`` and ``week`` raise it as well.
    """
    word = text.casefold()
    if word == LATEST:
        return latest()
    if word in (PREVIOUS, NEXT):
        return calendar.neighbour(today, later=word == NEXT)
    if week_number(text) is not None:
        return week(text)
    day = find_day(text, today)
    if day is not None:
        return calendar.period_of(day)
    if _YEAR.fullmatch(text):
        check_year(first := date(max(int(text), 1), 1, 1))
        return Period(first, first.replace(month=12, day=31))
    found = find_interval(text)
    if found is None:
        raise PeriodError(f"'{text}' is not a period: {_suggestion(text, _PERIOD_WORDS)} {PERIOD_FORMS}")
    return found


def check_period(text: str, today: date) -> None:
    """Make sure that a text names a period, whatever its days are.

    :raises PeriodError: if it does not.
    """
    any_period = Period(today, today)
    read_period(text, Calendar(), today, lambda: any_period, lambda _name: any_period)


def is_relative(text: str) -> bool:
    """Return True if a day or a period is another one tomorrow, or may be."""
    return text.casefold() in (*_DAY_WORDS, PREVIOUS, NEXT)


def is_period_word(text: str) -> bool:
    """Return True if a text is a period in words, or a week of a release cycle."""
    return text.casefold() in _PERIOD_WORDS or week_number(text) is not None


def _suggestion(text: str, words: tuple[str, ...]) -> str:
    """Return ``write``, after a question if a text looks like one of the words, or like a date."""
    word = " ".join(text[:40].casefold().split())
    near = _MEANT.get(word) or nearest(word, words)
    if near not in words:
        near = None
    if near is None and LATEST in words:
        near = _like_dates(word)
    return f"did you mean '{near}'? Write" if near else "write"


def _like_dates(text: str) -> str | None:
    """Return the period that the numbers of a text may be meant for."""
    numbers = re.findall(r"[0-9]+", text)
    if not numbers or len(numbers[0]) != 4:
        return f"R-{int(numbers[0])}" if re.fullmatch(r"r[-+ ]*[0-9]{1,3}", text) else None
    parts = [number.zfill(2) for number in numbers]
    match len(parts):
        case 2:
            guess = f"{parts[0]}-W{parts[1]}" if "w" in text else f"{parts[0]}-{parts[1]}"
        case 3:
            guess = "-".join(parts)
        case 6:
            guess = f"{'-'.join(parts[:3])}/{'-'.join(parts[3:])}"
        case _:
            return None
    try:
        check_period(guess, date(2000, 1, 1))
    except PeriodError:
        return None
    return guess
