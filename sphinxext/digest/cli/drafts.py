"""What all commands that collect drafts have in common: their options, writing, and saying what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from sphinxext.digest.cli.output import as_json, show_problems, visible
from sphinxext.digest.cli.planned import planned_record
from sphinxext.digest.collect.draft import Draft, DraftPlan, plan_drafts
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import write_new_files
from sphinxext.digest.problems import Problem


def draft_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--dry-run``, ``--fragments`` and ``--format``: parameters ``dry_run``, ``fragments`` and ``form``."""
    options = (
        click.option("--dry-run", is_flag=True, help="Write nothing; show what would be written."),
        click.option("--fragments", metavar="DIR", help="The folder to write to, instead of the project's."),
        click.option(
            "--format",
            "form",
            type=click.Choice(["text", "json"]),
            default="text",
            show_default=True,
            help="'text' has the paths of the fragments, 'json' the notes with all their fields.",
        ),
    )
    for option in reversed(options):
        function = option(function)
    return function


def save_drafts(
    ctx: click.Context,
    drafts: Iterable[Draft],
    root: Path,
    folder: str,
    form: str,
    *,
    dry_run: bool,
    problems: Sequence[Problem] = (),
) -> None:
    """Write those of the drafts that are new, unless it is a dry run, and say what is new and what was there.

    :param problems: what was found in the sources. With any, or if a draft cannot be a fragment, the exit status is 1;
        what is sound is written all the same.
    """
    plan = plan_drafts(drafts, root, folder)
    if plan.new and not dry_run:
        write_new_files(root / folder, {f"{draft.stem}{SUFFIX}": draft.text for draft, _ in plan.new})
    _show(plan, form, dry_run=dry_run)
    if problems or plan.problems:
        show_problems([*problems, *plan.problems])
        ctx.exit(1)


def _show(plan: DraftPlan, form: str, *, dry_run: bool) -> None:
    fragments = [fragment for _, fragment in plan.new]
    if form == "json":
        records = [planned_record(fragment, note) for fragment in fragments for note in fragment.notes]
        click.echo(as_json(records), nl=False)
    else:
        click.echo("".join(f"{visible(fragment.path)}\n" for fragment in fragments), nl=False)
    number = len(fragments)
    there = f", {len(plan.known)} there already" if plan.known else ""
    verb = "would be written" if dry_run else "written"
    click.echo(f"{number} draft{'' if number == 1 else 's'} {verb}{there}", err=True)
