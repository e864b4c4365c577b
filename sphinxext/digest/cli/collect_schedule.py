"""Draft the countdown of a week from a release schedule."""

from __future__ import annotations

from datetime import date

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._output import visible
from sphinxext.digest.cli.deadlines import (
    failures,
    find_schedule,
    find_week,
    open_schedules,
    readable_week,
    schedule_options,
)
from sphinxext.digest.clock import today
from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.gather.schedule import draft_countdown, note_of


@click.command("schedule")
@click.argument("series")
@click.argument("week", required=False, callback=readable_week)
@schedule_options
@collector
def command(
    run: CollectRun,
    /,
    series: str,
    week: str | None,
    sources: tuple[str, ...],
    day: date | None,
) -> None:
    """Draft the countdown of a WEEK of a SERIES as a fragment, and print its path.

    SERIES is the name of a release series, its number such as 2027.1, or 'current' for the one under development.
    WEEK is its name, such as R-17, or 'current'. Without it, it is this week, and from Thursday on the next.

    The fragment has what the schedule knows of the week, and is dated to the Thursday before it. Comments at its top
    say what a person has to decide. A week that has a countdown already gets no other.
    """
    project, settings = run.project, run.settings
    schedules = open_schedules(project, settings, sources, series)
    schedule = find_schedule(schedules, series, day or today())
    found = find_week(schedule, week, day or today())
    drafts = [draft_countdown(schedule, found, settings)]
    entry = note_of(load_collection(project.root, settings), schedule, found)
    if entry is not None and entry.fragment.identity != drafts[0].identity:
        click.echo(f"{visible(entry.fragment.path)} has the countdown of this week", err=True)
        drafts = []
    run.problems += failures(schedules)
    run.save(drafts)
