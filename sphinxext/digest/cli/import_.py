"""Turn older digests into fragments."""

from __future__ import annotations

import os
from pathlib import Path

import click

from sphinxext.digest.cli._options import (
    checked,
    draft_options,
    open_valid_project,
    period_in,
    planned_record,
    readable_period,
    settings_to_write,
)
from sphinxext.digest.cli._output import as_json, examples, show_problems, visible
from sphinxext.digest.fragments.fields import check_url
from sphinxext.digest.gather.importer.issue import ImportOptions
from sphinxext.digest.gather.importer.plan import Plan, carry_out, make_plan
from sphinxext.digest.gather.importer.sources import files_of
from sphinxext.digest.model.period import YEARS
from sphinxext.digest.settings.options import SETTINGS_FILE, Settings


@click.command(
    "import",
    epilog=examples(
        "sphinx-digest import old-digests.mbox --dry-run", "sphinx-digest import newsletter.txt --period 2024-W03"
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--year",
    metavar="YEAR",
    type=click.IntRange(YEARS.start, YEARS.stop - 1),
    help="The year of the digests' last days, where neither a date nor the file's name says it.",
)
@click.option(
    "--period",
    metavar="PERIOD",
    callback=readable_period,
    help="The period of the digest, whatever its title says.",
)
@click.option(
    "--base-url",
    metavar="URL",
    callback=checked(check_url),
    help="The address that relative links in Markdown are relative to, where the file does not say it.",
)
@click.option(
    "--number",
    "numbers",
    is_flag=True,
    help="Keep the number that a newsletter has in its front matter, its title or its file's name.",
)
@click.option("--series", metavar="NAME", help="The release series that countdowns are about, where it is not said.")
@draft_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    files: tuple[Path, ...],
    dry_run: bool,
    year: int | None,
    period: str | None,
    base_url: str | None,
    numbers: bool,
    series: str | None,
    fragments: str | None,
    form: str,
) -> None:
    """Turn older digests into fragments and print their paths.

    A FILE is a mail (a raw message, an mbox, or the text of an archive's page), a web page (its text or its HTML), a
    newsletter in Markdown or reStructuredText, a feed, or an export of WordPress (WXR) with many posts; or a folder of
    such files. Each section of
    a digest becomes a fragment. A digest of other days than the calendar has is added to the intervals of the
    settings, if the folder is one of the project's.

    What cannot be known, such as a URL that got lost, is reported and left as it is. The exit status is 1 only if
    something could not be imported. Importing a file again changes nothing, and leaves alone what has been edited.
    """
    project = open_valid_project(ctx.obj)
    settings = settings_to_write(project, fragments)
    named = [(file, os.fspath(file)) for name in files for file in files_of(name)]
    days = period_in(project.root, settings, period) if period else None
    options = ImportOptions(year, days, series.lower() if series else None, base_url, numbers)
    plan = make_plan(project, settings, named, options)
    if not dry_run:
        carry_out(plan, project)
    _show(plan, settings, form, dry_run=dry_run)
    if plan.failed:
        ctx.exit(1)


def _show(plan: Plan, settings: Settings, form: str, *, dry_run: bool) -> None:
    show_problems(sorted(plan.problems))
    for remark in plan.remarks:
        click.echo(visible(remark), err=True)
    if form == "json":
        click.echo(
            as_json([planned_record(fragment, note) for _, fragment in plan.new for note in fragment.notes]), nl=False
        )
    else:
        click.echo("".join(f"{visible(fragment.path)}\n" for _, fragment in plan.new), nl=False)
    verb = "would be written" if dry_run else "written"
    if plan.intervals:
        added = "would be added" if dry_run else "added"
        click.echo(f"{SETTINGS_FILE}: {added} to the intervals: {', '.join(plan.intervals)}", err=True)
    number = len(plan.new)
    unchanged = f", {plan.unchanged} there already" if plan.unchanged else ""
    click.echo(f"{number} fragment{'' if number == 1 else 's'} {verb}{unchanged}", err=True)
