"""Draft events from calendars."""

from __future__ import annotations

from typing import Any

import click

from sphinxext.digest.cli._drafts import CollectRun, collector, read_input
from sphinxext.digest.cli._options import day_options
from sphinxext.digest.cli._output import examples
from sphinxext.digest.gather.ics import EventOptions, draft_events, read_calendar
from sphinxext.digest.model.period import today


@click.command(
    "ics", epilog=examples("sphinx-digest collect ics https://calendar.example.org/community.ics --until 2027-03-31")
)
@click.argument("sources", metavar="FILE|URL...", nargs=-1, required=True)
@day_options
@click.option("--limit", metavar="N", type=click.IntRange(1), help="No more than the N next events.")
@collector
def command(run: CollectRun, /, sources: tuple[str, ...], **choice: Any) -> None:
    """Draft an event of each entry in calendars, and print the paths of the fragments.

    A FILE, a URL, or '-' for the standard input is a calendar in the format iCalendar, such as the address that a
    calendar service publishes it at. An event has the title, the days or times, the place, the address and the
    beginning of the text. Private and cancelled ones are never drafted.

    Events that are over are left out, unless '--since' names an earlier day. An event that recurs is drafted for its
    next day only; run the command again after it.
    """
    found = run.read(sources, lambda source: read_calendar(read_input(source), source))
    run.problems += [problem for calendar in found for problem in calendar.problems]
    private = sum(calendar.private for calendar in found)
    if private:
        click.echo(f"{private} event{' is' if private == 1 else 's are'} left out, private or cancelled", err=True)
    run.save(draft_events(found, EventOptions(today(), **choice)))
