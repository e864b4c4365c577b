"""Draft the countdown of a week from a release schedule."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._output import examples, visible
from sphinxext.digest.cli.deadlines import (
    failures,
    find_schedule,
    find_week,
    open_schedules,
    readable_week,
    schedule_options,
)
from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.fragments.write import Draft, make_draft
from sphinxext.digest.fragments.write import identity_of as draft_identity
from sphinxext.digest.model import (
    Schedule,
    Week,
    week_label,
)
from sphinxext.digest.model.period import plain_week, today
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.render.countdown import DECISIONS, countdown_fields, one_line
from sphinxext.digest.settings.options import Settings


@click.command(
    "schedule", epilog=examples("sphinx-digest collect schedule current", "sphinx-digest collect schedule heron R-5")
)
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
    WEEK is its name, such as R-17; 'current', 'previous' or 'next'; an ISO week (2026-W48), or a day in it. Without
    it, it is this week, and from Thursday on the next.

    The fragment has what the schedule knows of the week, and is dated to the Thursday before it. Comments at its top
    say what a person has to decide. A week that has a countdown already gets no other.
    """
    project, settings = run.project, run.settings
    schedules = open_schedules(project, settings, sources, series)
    schedule = find_schedule(schedules, series, day or today())
    found = find_week(schedule, week, day or today())
    drafts = [draft_countdown(schedule, found, settings)]
    entry = load_collection(project.root, settings).countdown_of(schedule, found)
    if entry is not None and entry.fragment.identity != drafts[0].identity:
        click.echo(f"{visible(entry.fragment.path)} has the countdown of this week", err=True)
        drafts = []
    run.problems += failures(schedules)
    run.save(drafts)


def countdown_day(week: Week) -> date:
    """Return the day on which the countdown of a week is written: the Thursday before it.

    It is the first day whose countdown is this week's, see
    :func:`~sphinxext.digest.model.period.countdown_week`, and it is in the digest before the week wherever digests
    begin on a day from Friday to Monday.
    """
    start = week.period.start
    return start - timedelta(days=start.weekday() + 4)


def identity_of(schedule: Schedule, week: Week) -> str:
    """Return the identity of the fragment that is drafted for a week: 16 hexadecimal digits, always the same ones."""
    return draft_identity("countdown", schedule.series.casefold(), week.to_release)


def draft_countdown(schedule: Schedule, week: Week, settings: Settings) -> Draft:
    """Draft the fragment of a named week. Comments at its top say what a person has to decide.

    :raises DigestError: if no fragment can have the week, which is a hundred others away from the release.
    """
    label = week_label(week.name or "")
    if label is None:
        message = f"the week {week.name} is too far away for a countdown"
        raise DigestError(Problem(schedule.path, 0, 0, Code.BAD_VALUE, message))
    fields = countdown_fields(schedule, week, settings)
    note = {"series": schedule.series, "week": label, **fields}
    return make_draft(
        identity_of(schedule, week),
        f"countdown {schedule.series} {week.name}",
        {"countdown": [note]},
        date=countdown_day(week),
        comment=_comment(schedule, week, fields),
    )


def _comment(schedule: Schedule, week: Week, fields: dict[str, str]) -> Iterable[str]:
    series = one_line(schedule.title)
    yield f"A draft from the release schedule of {series}: week {week.name}, {plain_week(week.period)}."
    yield "The schedule does not know the following. Decide it, write it below, and delete these lines and 'draft'."
    for name, decision in DECISIONS.items():
        yield f"- {name}: {decision.format(week=week.name)}{'' if name in fields else ' (empty so far)'}"
