"""``sphinx-digest collect schedule``: draft the countdown of a week from a release schedule."""

from __future__ import annotations

from datetime import date

import click

from sphinxext.digest.cli.output import as_json, show_problems, visible
from sphinxext.digest.cli.planned import planned_record, settings_to_write
from sphinxext.digest.cli.project import open_project
from sphinxext.digest.cli.schedules import (
    failures,
    find_schedule,
    find_week,
    open_schedules,
    readable_week,
    schedule_options,
)
from sphinxext.digest.clock import today
from sphinxext.digest.collect.schedule import Draft, draft_countdown, note_of
from sphinxext.digest.collection import load_collection
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import write_new_files
from sphinxext.digest.model import Fragment, split_name
from sphinxext.digest.options import Settings
from sphinxext.digest.problems import DigestError
from sphinxext.digest.project import Project


@click.command("schedule")
@click.argument("series")
@click.argument("week", required=False, callback=readable_week)
@schedule_options
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would be written.")
@click.option("--fragments", metavar="DIR", help="The folder to write to, instead of the project's.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="'text' has the path of the fragment, 'json' the note with all its fields.",
)
@click.pass_context
def command(
    ctx: click.Context,
    /,
    series: str,
    week: str | None,
    sources: tuple[str, ...],
    day: date | None,
    dry_run: bool,
    fragments: str | None,
    form: str,
) -> None:
    """Draft the countdown of a WEEK of a SERIES as a fragment, and print its path.

    SERIES is the name of a release series, its number such as 2027.1, or 'current' for the one under development.
    WEEK is its name, such as R-17, or 'current'. Without it, it is this week, and from Thursday on the next.

    The fragment has what the schedule knows of the week, and is dated to the Thursday before it. Comments at its top
    say what a person has to decide. A week that has a countdown already gets no other.
    """
    project, problems = open_project(ctx.obj)
    if problems:
        raise DigestError(*problems)
    settings = settings_to_write(project, fragments)
    schedules = open_schedules(project, settings, sources, series)
    schedule = find_schedule(schedules, series, day or today())
    found = find_week(schedule, week, day or today())
    draft = draft_countdown(schedule, found, settings)
    known = _known(project, settings, draft)
    if known is None and (entry := note_of(load_collection(project.root, settings), schedule, found)):
        known = entry.fragment.path
    new = [] if known else [_fragment(draft, settings)]
    if new and not dry_run:
        write_new_files(project.root / settings.fragments, {f"{draft.stem}{SUFFIX}": draft.text})
    _show(new, known, form, dry_run=dry_run)
    if problems := failures(schedules):
        show_problems(problems)
        ctx.exit(1)


def _known(project: Project, settings: Settings, draft: Draft) -> str | None:
    """The path of the fragment that was made from this draft, whatever its name and its text are by now."""
    for file in sorted((project.root / settings.fragments).glob(f"*{SUFFIX}")):
        name = split_name(file.stem)
        if name and name[1] == draft.identity:
            return f"{settings.fragments}/{file.name}"
    return None


def _fragment(draft: Draft, settings: Settings) -> Fragment:
    """What the file says to whoever reads it.

    :raises DigestError: if the schedule has something that a fragment cannot have.
    """
    fragment, problems = read_fragment(draft.text.encode(), f"{settings.fragments}/{draft.stem}{SUFFIX}", draft.stem)
    if fragment is None or problems:
        raise DigestError(*problems)
    return fragment


def _show(new: list[Fragment], known: str | None, form: str, *, dry_run: bool) -> None:
    if form == "json":
        click.echo(as_json([planned_record(fragment, note) for fragment in new for note in fragment.notes]), nl=False)
    else:
        click.echo("".join(f"{visible(fragment.path)}\n" for fragment in new), nl=False)
    if known:
        click.echo(f"0 fragments written: {visible(known)} has the countdown of this week", err=True)
    else:
        click.echo(f"1 fragment {'would be written' if dry_run else 'written'}", err=True)
