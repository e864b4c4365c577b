"""What all commands that collect drafts have in common: their options, writing, and saying what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from sphinxext.digest.cli._options import format_option, fragments_to_write, planned_record, readable_day
from sphinxext.digest.cli._output import as_json, show_problems, visible
from sphinxext.digest.fragments.draft import Draft, DraftPlan, plan_drafts
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import write_new_files
from sphinxext.digest.net.http import NO_SUCH_FILE, NOTHING_THERE
from sphinxext.digest.problems import Code, Problem


def draft_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--dry-run``, ``--fragments`` and ``--format``: parameters ``dry_run``, ``fragments`` and ``form``."""
    options = (
        click.option("--dry-run", is_flag=True, help="Write nothing; show what would be written."),
        fragments_to_write,
        format_option("'text' has the paths of the fragments, 'json' the notes with all their fields."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def day_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--since`` and ``--until``, days in UTC, both included: parameters ``since`` and ``until``."""
    for name, which in (("until", "latest"), ("since", "earliest")):
        text = f"The {which} day that counts, YYYY-MM-DD."
        function = click.option(f"--{name}", metavar="DATE", callback=readable_day, help=text)(function)
    return function


@dataclass
class Tally:
    """What the commands of a round came to: how many drafts are new and were there, and the notes as records."""

    new: int = 0
    known: int = 0
    records: list[dict[str, object]] = field(default_factory=list)
    #: The addresses of the source that are those of days: a server may have nothing for some of them.
    dated: frozenset[str] = frozenset()

    def is_missing_day(self, problem: Problem) -> bool:
        """Return True for the problem of an address that a server does not have, and does not have to."""
        is_missing = problem.code is Code.SOURCE_FETCH and problem.message in (NOTHING_THERE, NO_SUCH_FILE)
        return is_missing and problem.path in self.dated

    @classmethod
    def of(cls, ctx: click.Context) -> Tally | None:
        """The tally of the round that a command is a part of, if it is one."""
        found = ctx.meta.get(__name__)
        return found if isinstance(found, cls) else None

    def begin(self, ctx: click.Context) -> None:
        """Count what the commands below a context do from now on."""
        ctx.meta[__name__] = self


def show_known(paths: Iterable[str], what: str) -> None:
    """Say which fragments have something under another identity, so that it is not drafted."""
    for path in paths:
        click.echo(f"{visible(path)} {what}", err=True)


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
        what is sound is written all the same. In a round, an address of a day that the server does not have is only
        mentioned.
    """
    plan = plan_drafts(drafts, root, folder)
    if plan.new and not dry_run:
        write_new_files(root / folder, {f"{draft.stem}{SUFFIX}": draft.text for draft, _ in plan.new})
    tally = Tally.of(ctx)
    _show(plan, form, tally, dry_run=dry_run)
    missing = [problem for problem in problems if tally is not None and tally.is_missing_day(problem)]
    for problem in missing:
        click.echo(f"{visible(problem.path)}: {problem.message}; it is left out", err=True)
    failures = [problem for problem in (*problems, *plan.problems) if problem not in missing]
    if failures:
        show_problems(failures)
        ctx.exit(1)


def _show(plan: DraftPlan, form: str, tally: Tally | None, *, dry_run: bool) -> None:
    """Print the results. In a round, which has one JSON document of all, notes are only kept for that."""
    fragments = [fragment for _, fragment in plan.new]
    if form == "json":
        records = [planned_record(fragment, note) for fragment in fragments for note in fragment.notes]
        if tally is None:
            click.echo(as_json(records), nl=False)
        else:
            tally.records += records
    else:
        click.echo("".join(f"{visible(fragment.path)}\n" for fragment in fragments), nl=False)
    if tally is not None:
        tally.new += len(fragments)
        tally.known += len(plan.known)
    click.echo(summary(len(fragments), len(plan.known), dry_run=dry_run), err=True)


def summary(new: int, known: int, *, dry_run: bool) -> str:
    """How many drafts were written, or would be, and how many were there."""
    there = f", {known} there already" if known else ""
    verb = "would be written" if dry_run else "written"
    return f"{new} draft{'' if new == 1 else 's'} {verb}{there}"
