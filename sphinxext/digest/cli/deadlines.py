"""``sphinx-digest deadlines``: print what is next by the release schedules.

The options and arguments that name a schedule, a series and a week are here as well, for the other commands that read
schedules.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import click

from sphinxext.digest.cli._options import checked, open_project, readable_day
from sphinxext.digest.cli._output import add_options, as_json, examples, finish, format_option, visible
from sphinxext.digest.model import ENGLISH, Event, Schedule, Week, week_number
from sphinxext.digest.model.period import Calendar, PeriodError, countdown_week, today
from sphinxext.digest.model.period_words import DAY_FORMS, NEXT, PREVIOUS, no_digests, read_period
from sphinxext.digest.model.schedule import DEADLINE_GROUPS, audience, missing_week
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.schedule import REMARKS
from sphinxext.digest.schedule.fetch import fetch_schedules
from sphinxext.digest.schedule.load import CURRENT, Schedules, load_schedules
from sphinxext.digest.settings.options import SETTINGS_FILE, Settings
from sphinxext.digest.settings.project import Project
from sphinxext.digest.text.width import width_of

_GAP = "  "
_URL = re.compile(r"https?://", re.IGNORECASE)
#: From the first to the last day of a week.
_WEEK_DAYS = 6


#: ``--schedule`` and ``--at``, as the parameters ``sources`` and ``day``.
schedule_options = add_options(
    click.option(
        "--schedule",
        "sources",
        metavar="PATH|URL",
        multiple=True,
        help="Use this schedule, or the schedules in this folder, instead of those in the option 'schedules'. May be "
        "repeated.",
    ),
    click.option(
        "--at",
        "day",
        metavar="DATE",
        callback=readable_day,
        help=f"Take this day as today: {DAY_FORMS}. Without it, the day of SOURCE_DATE_EPOCH or today (UTC) counts.",
    ),
)


def _check_week(text: str) -> str:
    if text != CURRENT and week_number(text) is None:
        _day_in_week(text, today())
    return text


def _day_in_week(text: str, today: date) -> date:
    """Return a day of the week that a text names in the words of a period."""
    with suppress(PeriodError):
        period = read_period(text, Calendar(), today, no_digests)
        if (period.end - period.start).days <= _WEEK_DAYS:
            return period.start
    raise PeriodError(
        f"'{text}' is not a week: write its name, such as R-17, an ISO week (2026-W48), a day in it, '{CURRENT}', "
        f"'{PREVIOUS}' or '{NEXT}'"
    )


#: The callback of a WEEK: its name, ``current``, or a period of a week. The schedule knows if there is such a week.
readable_week = checked(_check_week)


@dataclass(frozen=True)
class Deadline:
    """An event, the week that it is in, and the schedule of both."""

    schedule: Schedule
    week: Week
    event: Event


@click.command("deadlines", epilog=examples("sphinx-digest deadlines", "sphinx-digest deadlines current --weeks 4"))
@click.argument("series", required=False)
@schedule_options
@click.option(
    "--weeks", metavar="N", type=click.IntRange(min=1, max=1000), help="Print only N weeks, including this one."
)
@format_option("'json' has an object for each event, with the days of its week and its due date.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    series: str | None,
    sources: tuple[str, ...],
    day: date | None,
    weeks: int | None,
    form: str,
) -> None:
    """Print the deadlines of this week, the next one and later ones, of a SERIES or of all.

    SERIES is the name of a release series, its number such as 2027.1, or 'current' for the one under development.
    """
    project, problems = open_project(ctx.obj)
    settings = next((one for one in project.collections if one.schedules), project.main)
    schedules = open_schedules(project, settings, sources, series)
    day = day or today()
    if series is not None:
        chosen = [find_schedule(schedules, series, day)]
    else:
        chosen = [schedule for name in schedules.names if (schedule := schedules.find(name, day)) is not None]
    found = _ahead(chosen, day, weeks)
    problems += failures(schedules)
    if form == "json":
        click.echo(as_json([deadline_record(deadline) for deadline in found]), nl=False)
    else:
        click.echo("".join(f"{visible(line)}\n" for line in _lines(found, day)), nl=False)
        if not found:
            click.echo(f"no deadlines from {day} on", err=True)
    finish(ctx, problems)


def _ahead(schedules: Iterable[Schedule], day: date, weeks: int | None) -> list[Deadline]:
    """Return the events from the week of a day on, by day, including the earlier days of that week."""
    monday = day - timedelta(days=day.weekday())
    end = monday + timedelta(weeks=weeks) if weeks else date.max
    found = _deadlines(schedules, lambda deadline: monday <= deadline.week.period.end)
    return [deadline for deadline in found if deadline.week.period.start < end]


def deadlines_between(schedules: Iterable[Schedule], first: date, last: date) -> list[Deadline]:
    """Return the events whose days are between two days, both included, by day."""
    return _deadlines(schedules, lambda deadline: first <= deadline.event.day <= last)


def _deadlines(schedules: Iterable[Schedule], is_wanted: Callable[[Deadline], bool]) -> list[Deadline]:
    found = [
        deadline
        for schedule in schedules
        for week in schedule.weeks
        for event in week.events
        if is_wanted(deadline := Deadline(schedule, week, event))
    ]
    return sorted(found, key=lambda deadline: (deadline.event.day, deadline.schedule.series))


def deadline_record(deadline: Deadline) -> dict[str, object]:
    """Return a deadline as a record for other programs."""
    event, week = deadline.event, deadline.week
    return {
        "series": deadline.schedule.series,
        "week": week.name,
        "start": week.period.start.isoformat(),
        "end": week.period.end.isoformat(),
        "day": event.day.isoformat(),
        "id": event.id,
        "title": event.title,
        "scope": str(event.scope),
        "project": event.project,
    }


def _lines(found: Sequence[Deadline], day: date) -> Iterator[str]:
    """Format a table under each of three headings, with the same columns in all of them."""
    monday = day - timedelta(days=day.weekday())
    groups: dict[str, list[tuple[str, ...]]] = {label: [] for label in DEADLINE_GROUPS}
    for deadline in found:
        weeks = max(0, (deadline.week.period.start - monday).days // 7)
        groups[DEADLINE_GROUPS[min(weeks, 2)]].append(_cells(deadline, day))
    rows = [row for group in groups.values() for row in group]
    widths = [max(map(width_of, column)) for column in zip(*rows, strict=True)]
    for number, (heading, group) in enumerate((heading, group) for heading, group in groups.items() if group):
        if number:
            yield ""
        yield heading
        for row in group:
            padded = (cell + " " * (width - width_of(cell)) for cell, width in zip(row, widths, strict=True))
            yield f"{_GAP}{_GAP.join(padded)}".rstrip()


def _cells(deadline: Deadline, day: date) -> tuple[str, ...]:
    event = deadline.event
    who = audience(event)
    title = visible(f"{event.title}, {who}" if who else event.title)
    return (
        event.day.isoformat(),
        visible(deadline.schedule.series),
        visible(deadline.week.name or "-"),
        ENGLISH.distance((event.day - day).days),
        title,
    )


def open_schedules(project: Project, settings: Settings, sources: Sequence[str], series: str | None) -> Schedules:
    """Open the schedules that the command line names, or those of a collection.

    :param sources: paths, relative to the current folder, and URLs, which are fetched.
    :param series: restricts what is fetched to this series.
    :raises DigestError: if there are no schedules, or a URL cannot be fetched.
    """
    if not sources and not settings.schedules:
        message = "no release schedules are known: name them in the option 'schedules', or with --schedule"
        raise DigestError(Problem(SETTINGS_FILE, 0, 0, Code.NO_SCHEDULE, message))
    schedules = load_schedules(project.root, settings, [_local(project, source, series) for source in sources])
    if not schedules.names:
        raise DigestError(*schedules.problems)
    return schedules


def find_schedule(schedules: Schedules, series: str, today: date) -> Schedule:
    """Find the schedule of a series by its name, its number such as 2027.1, or ``current``.

    :raises DigestError: if there is no such schedule, or it has problems.
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
    """Return the problems of the schedules that were read, without mere remarks."""
    return [problem for problem in schedules.problems if problem.code not in REMARKS]


def find_week(schedule: Schedule, name: str | None, today: date) -> Week:
    """Find the week of a cycle by its name, or by a period such as ``2026-W48`` or a day.

    ``current`` is the week of today. Without a name, it is the week that a countdown of today is about; see
    :func:`~sphinxext.digest.model.period.countdown_week`.

    :raises DigestError: if the cycle has no such week.
    """
    if name is not None and week_number(name) is not None:
        week, wanted = schedule.week(name), f"week {name}"
    else:
        day = countdown_week(today).start if name is None else today if name == CURRENT else _day_in_week(name, today)
        week, wanted = schedule.week_of(day), f"the week of {day}"
    if week is None:
        raise DigestError(Problem(schedule.path, 0, 0, Code.UNKNOWN_SERIES, missing_week(schedule, wanted)))
    return week


def _local(project: Project, source: str, series: str | None) -> str:
    """Return the path of a source, relative to the project unless it is absolute; a URL is fetched first."""
    if not _URL.match(source):
        if Path(source).is_absolute():
            return source
        try:
            return Path(os.path.relpath(source, project.root)).as_posix()
        except ValueError:  # it is on another drive
            return os.fspath(Path.cwd() / source)
    wanted = [series] if series and series != CURRENT else []
    return os.fspath(fetch_schedules(source, series=wanted, note=lambda text: click.echo(visible(text), err=True)))
