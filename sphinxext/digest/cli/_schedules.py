"""Release schedules on the command line: SERIES, WEEK, ``--schedule`` and ``--at``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from sphinxext.digest.cli._options import readable_day
from sphinxext.digest.cli._output import visible
from sphinxext.digest.model import Schedule, Week, week_number
from sphinxext.digest.model.period import countdown_week
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.schedule import REMARKS
from sphinxext.digest.schedule.fetch import fetch_schedules
from sphinxext.digest.schedule.load import CURRENT, Schedules, load_schedules
from sphinxext.digest.settings.options import SETTINGS_FILE, Settings
from sphinxext.digest.settings.project import Project

_URL = re.compile(r"https?://", re.IGNORECASE)


def schedule_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--schedule`` and ``--at``, as the parameters ``sources`` and ``day``."""
    function = click.option(
        "--at",
        "day",
        metavar="DATE",
        callback=readable_day,
        help="The day that counts as today, YYYY-MM-DD. Without it, that of SOURCE_DATE_EPOCH, or today (UTC).",
    )(function)
    return click.option(
        "--schedule",
        "sources",
        metavar="PATH|URL",
        multiple=True,
        help="Take this schedule, or the schedules in this folder, instead of those that the option 'schedules' names "
        "in the settings. May be repeated.",
    )(function)


def readable_week(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A week's name or ``current``, if it can be read; whether there is such a week is for the schedule to say."""
    if value is not None and value != CURRENT and week_number(value) is None:
        raise click.BadParameter(f"'{value}' is not a week: write its name, such as R-17, or '{CURRENT}'.")
    return value


def open_schedules(project: Project, settings: Settings, sources: Sequence[str], series: str | None) -> Schedules:
    """The schedules that the command line names, or else those of a collection.

    :param sources: paths, relative to the current folder, and URLs, which are fetched.
    :param series: the one that is wanted, if it is one.
    :raises DigestError: if there are none, or a URL cannot be fetched.
    """
    if not sources and not settings.schedules:
        message = "no release schedules are known: name them in the option 'schedules', or with --schedule"
        raise DigestError(Problem(SETTINGS_FILE, 0, 0, Code.NO_SCHEDULE, message))
    schedules = load_schedules(project.root, settings, [_local(project, source, series) for source in sources])
    if not schedules.names:
        raise DigestError(*schedules.problems)
    return schedules


def find_schedule(schedules: Schedules, series: str, today: date) -> Schedule:
    """The schedule of a series: its name, its number such as 2027.1, or ``current``.

    :raises DigestError: if there is none, or it cannot be used.
    """
    schedule = schedules.find(series, today)
    if schedule is not None:
        return schedule
    problems = failures(schedules)
    if series.strip().casefold() not in schedules.names or not problems:
        message = f"there is no schedule of '{series}': there are {', '.join(schedules.names)}"
        problems.append(Problem(series, 0, 0, Code.UNKNOWN_SERIES, message))
    raise DigestError(*problems)


def failures(schedules: Schedules) -> list[Problem]:
    """What is wrong with the schedules that were read, without mere remarks on them."""
    return [problem for problem in schedules.problems if problem.code not in REMARKS]


def find_week(schedule: Schedule, name: str | None, today: date) -> Week:
    """The week of a cycle by its name.

    ``current`` is the week of today. Without a name it is the week that a countdown which is written today is about,
    see :func:`~sphinxext.digest.model.period.countdown_week`.

    :raises DigestError: if the cycle has no such week.
    """
    if name is None or name == CURRENT:
        day = countdown_week(today).start if name is None else today
        week, wanted = schedule.week_of(day), f"the week of {day}"
    else:
        week, wanted = schedule.week(name), f"week {name}"
    if week is None:
        cycle = schedule.cycle
        span = "has no weeks with names"
        if cycle:
            first, last = cycle[0], cycle[-1]
            span = f"goes from {first.name} ({first.period.start}) to {last.name} ({last.period.end})"
        message = f"{wanted} is outside the cycle of {schedule.series}, which {span}"
        raise DigestError(Problem(schedule.path, 0, 0, Code.UNKNOWN_SERIES, message))
    return week


def _local(project: Project, source: str, series: str | None) -> str:
    """Where a source is on this machine, relative to the project if it was written so; a URL is fetched."""
    if not _URL.match(source):
        if Path(source).is_absolute():
            return source
        try:
            return Path(os.path.relpath(source, project.root)).as_posix()
        except ValueError:  # it is on another drive
            return os.fspath(Path.cwd() / source)
    wanted = [series] if series and series != CURRENT else []
    return os.fspath(fetch_schedules(source, series=wanted, note=lambda text: click.echo(visible(text), err=True)))
