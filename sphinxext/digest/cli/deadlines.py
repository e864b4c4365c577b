"""``sphinx-digest deadlines``: print what is next by the release schedules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import click

from sphinxext.digest.cli._options import format_option, open_project
from sphinxext.digest.cli._output import as_json, show_problems, visible
from sphinxext.digest.cli._schedules import failures, find_schedule, open_schedules, schedule_options
from sphinxext.digest.clock import today
from sphinxext.digest.model import Event, Schedule, Scope, Week
from sphinxext.digest.text.width import width_of

_GAP = "  "


@dataclass(frozen=True)
class Deadline:
    """An event, the week that it is in, and the schedule of both."""

    schedule: Schedule
    week: Week
    event: Event


@click.command("deadlines")
@click.argument("series", required=False)
@schedule_options
@click.option("--weeks", metavar="N", type=click.IntRange(min=1, max=1000), help="Only N weeks, this one included.")
@format_option("'json' has an object for each event, with the days of its week and the one by which it is due.")
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
        click.echo(as_json([_record(deadline) for deadline in found]), nl=False)
    else:
        click.echo("".join(f"{visible(line)}\n" for line in _lines(found, day)), nl=False)
        if not found:
            click.echo(f"no deadlines from {day} on", err=True)
    if problems:
        show_problems(problems)
        ctx.exit(1)


def _ahead(schedules: Iterable[Schedule], day: date, weeks: int | None) -> list[Deadline]:
    """The events from the week of a day on, in the order of their days. Those of its first days are among them."""
    monday = day - timedelta(days=day.weekday())
    end = monday + timedelta(weeks=weeks) if weeks else date.max
    found = [
        Deadline(schedule, week, event)
        for schedule in schedules
        for week in schedule.weeks
        for event in week.events
        if monday <= week.period.end and week.period.start < end
    ]
    return sorted(found, key=lambda deadline: (deadline.event.day, deadline.schedule.series))


def _record(deadline: Deadline) -> dict[str, object]:
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
    """A table under each of three headings, whose columns are those of all of them."""
    monday = day - timedelta(days=day.weekday())
    groups: dict[str, list[tuple[str, ...]]] = {"This week": [], "Next week": [], "Later": []}
    for deadline in found:
        weeks = max(0, (deadline.week.period.start - monday).days // 7)
        groups[("This week", "Next week", "Later")[min(weeks, 2)]].append(_cells(deadline, day))
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
    title = visible(event.title)
    if event.scope is Scope.PROJECT_SPECIFIC:
        title += f" ({event.project or 'project-specific'})"
    return (
        event.day.isoformat(),
        visible(deadline.schedule.series),
        visible(deadline.week.name or "-"),
        _distance((event.day - day).days),
        title,
    )


def _distance(days: int) -> str:
    if days in (-1, 0, 1):
        return ("yesterday", "today", "tomorrow")[days + 1]
    return f"in {days} days" if days > 0 else f"{-days} days ago"
