"""``sphinx-digest list``: print notes, one to a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import click

from sphinxext.digest.cli._options import (
    collection_of,
    fragments_to_read,
    load_whole_collection,
    open_project,
    period_argument,
    period_of,
    readable_day,
)
from sphinxext.digest.cli._output import Choice, as_json, examples, finish, format_option, terminal_width, visible
from sphinxext.digest.collection.selection import Selection
from sphinxext.digest.joint.index import note_record
from sphinxext.digest.model import Entry, Kind
from sphinxext.digest.text.width import cut


@click.command(
    "list",
    epilog=examples(
        "sphinx-digest list latest", "sphinx-digest list --kind thread --since monday", "sphinx-digest list --drafts"
    ),
)
@period_argument(required=False)
@click.option(
    "--kind",
    type=Choice([str(kind) for kind in Kind if kind is not Kind.RELEASE]),
    help="Print only notes of this kind.",
)
@click.option("--since", metavar="DAY", callback=readable_day, help="Print only notes of this day and later.")
@click.option("--until", metavar="DAY", callback=readable_day, help="Print only notes of this day and earlier.")
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Print only the newest N notes.")
@click.option("--channel", metavar="NAME", help="Print only successes from this channel.")
@click.option("--series", metavar="NAME", help="Print only countdowns of this series.")
@click.option("--drafts", is_flag=True, help="Print only the notes of drafts, which are published nowhere.")
@fragments_to_read
@format_option("'json' has all fields of the notes.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    period: str | None,
    kind: str | None,
    drafts: bool,
    fragments: str | None,
    form: str,
    since: date | None,
    until: date | None,
    limit: int | None,
    channel: str | None,
    series: str | None,
) -> None:
    """Print the notes of a PERIOD, or all of them, oldest first."""
    project, problems = open_project(ctx.obj)
    collection = load_whole_collection(project.root, collection_of(project, fragments))
    if drafts:
        collection = replace(collection, entries=collection.drafts)
    days = period_of(project.root, collection, period) if period else None
    selection = Selection(Kind(kind) if kind else None, days, since=since, until=until, channel=channel, series=series)
    entries = replace(selection, limit=limit).entries(collection)
    if form == "json":
        click.echo(as_json([note_record(entry) for entry in entries]), nl=False)
    else:
        width = terminal_width()
        click.echo("".join(f"{_line(entry, width)}\n" for entry in entries), nl=False)
    finish(ctx, [*problems, *collection.problems])


def _line(entry: Entry, width: int | None) -> str:
    line = f"{entry.moment.day}  {entry.kind:<9}  {entry.identity:<18}  {visible(entry.note.label)}".rstrip()
    return line if width is None else cut(line, width, "...")
