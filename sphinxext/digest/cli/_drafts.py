"""Run a collector: the loop over its sources, writing drafts, and the summary."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TypeVar

import click

from sphinxext.digest.cli._options import (
    Days,
    days_of,
    draft_options,
    open_valid_project,
    planned_record,
    settings_to_write,
)
from sphinxext.digest.cli._output import as_json, show_problems, visible
from sphinxext.digest.collection.retold import leave_out_retold
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.review import rejected_drafts
from sphinxext.digest.fragments.write import Draft, DraftPlan, plan_drafts, write_new_files
from sphinxext.digest.model import Fragment
from sphinxext.digest.net.http import NO_SUCH_FILE, NOTHING_THERE
from sphinxext.digest.net.source import MAX_BYTES, STANDARD_INPUT, read_source, unpacked
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.release.first_merge import removed_identities
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.settings.project import Project


@dataclass
class Tally:
    """The totals of a round: how many drafts are new, were there, were rejected before, and the notes as records."""

    new: int = 0
    known: int = 0
    rejected: int = 0
    records: list[dict[str, object]] = field(default_factory=list)
    #: What a dry run would have written.
    fragments: list[Fragment] = field(default_factory=list)
    #: The URLs with dates: a server may have nothing for some days.
    dated: frozenset[str] = frozenset()

    def is_missing_day(self, problem: Problem) -> bool:
        """Return True if a problem is that a server has nothing for a day."""
        is_missing = problem.code is Code.SOURCE_FETCH and problem.message in (NOTHING_THERE, NO_SUCH_FILE)
        return is_missing and problem.path in self.dated

    @classmethod
    def of(cls, ctx: click.Context) -> Tally | None:
        """Return the tally of the round that a command is part of, or None."""
        found = ctx.meta.get(__name__)
        return found if isinstance(found, cls) else None

    def begin(self, ctx: click.Context) -> None:
        """Count for the commands below a context from now on."""
        ctx.meta[__name__] = self


Item = TypeVar("Item")


@dataclass
class CollectRun:
    """One run of a collector: the project, and the problems of its sources so far."""

    ctx: click.Context
    project: Project
    settings: Settings
    form: str
    dry_run: bool
    problems: list[Problem] = field(default_factory=list)

    def read(self, sources: Iterable[str], read: Callable[[str], Item]) -> list[Item]:
        """Read each source once. One that cannot be read adds to the problems and does not stop the others."""
        found: list[Item] = []
        for source in dict.fromkeys(sources):
            try:
                found.append(read(source))
            except DigestError as error:
                self.problems += error.problems
        return found

    def save(self, drafts: Iterable[Draft]) -> None:
        """Write the new drafts, unless it is a dry run, and print what is new and what was there.

        The exit status is 1 if there are problems, or a draft that is not a valid fragment; valid ones are written all
        the same. In a round, a URL with a date that the server does not have is only mentioned.
        """
        root, folder = self.project.root, self.settings.fragments
        tally = Tally.of(self.ctx)
        plan = plan_drafts(drafts, root, folder, lambda: rejected_identities(root, folder))
        leave_out_retold(plan, root, folder, self.problems, tally.fragments if tally else ())
        if tally is not None and self.dry_run:
            tally.fragments += [fragment for _, fragment in plan.new]
        if plan.new and not self.dry_run:
            write_new_files(root / folder, {f"{draft.stem}{SUFFIX}": draft.text for draft, _ in plan.new})
        _show(plan, self.form, tally, dry_run=self.dry_run)
        missing = [problem for problem in self.problems if tally is not None and tally.is_missing_day(problem)]
        for problem in missing:
            click.echo(f"{visible(problem.path)}: {problem.message}; it is left out", err=True)
        failures = [problem for problem in (*self.problems, *plan.problems) if problem not in missing]
        if failures:
            show_problems(failures)
            self.ctx.exit(1)


def read_input(source: str) -> bytes:
    """Read a file or a URL, gzipped or not, or for ``-`` the standard input.

    :raises DigestError: if it cannot be read or is too large.
    """
    if source != STANDARD_INPUT:
        return read_source(source)
    return unpacked(sys.stdin.buffer.read(MAX_BYTES + 1), source)


def collector(function: Callable[..., None]) -> Callable[..., object]:
    """Make a function the body of a collector's command: it gets a :class:`CollectRun` and its own options.

    :raises DigestError: when it is called, if the project's settings have problems.
    """

    @wraps(function)
    def run(ctx: click.Context, /, dry_run: bool, fragments: str | None, form: str, **options: object) -> None:
        project = open_valid_project(ctx.obj)
        settings = settings_to_write(project, fragments)
        if (period := options.pop("period", None)) is not None:
            options["since"], options["until"] = _days(project.root, settings, options, str(period))
        function(CollectRun(ctx, project, settings, form, dry_run), **options)

    return draft_options(click.pass_context(run))


def _days(root: Path, settings: Settings, options: Mapping[str, object], period: str) -> Days:
    since, until = (day if isinstance(day, date) else None for day in map(options.get, ("since", "until")))
    return days_of(root, settings, since, until, period)


def _show(plan: DraftPlan, form: str, tally: Tally | None, *, dry_run: bool) -> None:
    """Print the results. In a round, notes are kept for the one JSON document of all."""
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
        tally.rejected += plan.rejected
    click.echo(summary(len(fragments), len(plan.known), plan.rejected, dry_run=dry_run), err=True)


def rejected_identities(root: Path, folder: str) -> frozenset[str]:
    """Return the identities of drafts that were rejected in a review, or whose files were removed, as git knows.

    :param folder: the fragments folder, relative to the project.
    """
    return removed_identities(root, folder) | frozenset(rejected_drafts(root / folder))


def summary(new: int, known: int, rejected: int, *, dry_run: bool) -> str:
    """Say how many drafts were written, or would be, how many were there, and how many nobody wants."""
    there = f", {known} there already" if known else ""
    there += f", {rejected} rejected before" if rejected else ""
    verb = "would be written" if dry_run else "written"
    return f"{new} draft{'' if new == 1 else 's'} {verb}{there}"
