"""Periods and days in words (``previous``, ``yesterday``, ``R-17``) on pages, which are read again as they change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from docutils.parsers.rst import directives

from sphinxext.digest.extension.dependencies import Dependency, remember
from sphinxext.digest.extension.domain import build_state_of
from sphinxext.digest.extension.schedules import ScheduleDependency, remember_schedule, schedules_for
from sphinxext.digest.model import Period, week_number
from sphinxext.digest.model.period import PeriodError
from sphinxext.digest.model.period_words import is_relative, no_digests, read_day, read_period

if TYPE_CHECKING:
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.settings.options import Settings


@dataclass(frozen=True)
class RelativeDay:
    """The value of an option: a day in words, such as ``yesterday``."""

    word: str


def day_option(argument: str) -> date | RelativeDay:
    """A day: ``YYYY-MM-DD``, or a word such as ``yesterday``."""
    text = directives.unchanged_required(argument).strip()
    try:
        day = read_day(text, date(2000, 1, 1))
    except PeriodError as error:
        raise ValueError(str(error)) from None
    return RelativeDay(text) if is_relative(text) else day


@dataclass(frozen=True)
class DayDependency(Dependency):
    """The day that a word means."""

    word: str
    reason = "a day in words is another one now"

    def answer(self, env: BuildEnvironment) -> date:
        """Return the day."""
        return read_day(self.word, build_state_of(env).today)


@dataclass(frozen=True)
class PeriodDependency(Dependency):
    """The period of a collection's calendar that a word means."""

    folder: str
    word: str
    reason = "a period in words is another one now"

    def answer(self, env: BuildEnvironment) -> Period:
        """Return the period; no fragment is read for it."""
        build = build_state_of(env)
        settings = build.settings_for(self.folder)
        calendar = settings.calendar.with_intervals(build.explicit_pages(settings))
        return read_period(self.word, calendar, build.today, no_digests)


def resolve_day(env: BuildEnvironment, value: object) -> object:
    """Return the day of a relative one, which is remembered, and any other value as it is."""
    if not isinstance(value, RelativeDay):
        return value
    found = DayDependency(value.word)
    remember(env, found)
    return found.answer(env)


def resolve_period(env: BuildEnvironment, settings: Settings, text: str) -> str:
    """Return the days of a period in words, which is remembered, and any other text as it is.

    :raises PeriodError: if it is a week of a release cycle, and no series under development has it.
    """
    if week_number(text) is not None:
        # the schedule of the series under development; it is asked as well where there is none yet
        remember_schedule(env, ScheduleDependency(settings.fragments, "", _CURRENT))
        build = build_state_of(env)
        return str(schedules_for(build, settings).week_days(text, build.today))
    if is_relative(text):
        found = PeriodDependency(settings.fragments, text)
        remember(env, found)
        return str(found.answer(env))
    return text


#: The name of the series under development.
_CURRENT = "current"
