"""``sphinx-digest lint``: check everything."""

from __future__ import annotations

import click

from sphinxext.digest.cli.output import FORMATS, format_problems
from sphinxext.digest.cli.project import collection_of, open_project
from sphinxext.digest.cli.targets import Targets, check_targets, targets_of
from sphinxext.digest.project import Project


@click.command("lint")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="'text' has one line for each problem, 'github' makes annotations in GitHub's workflows.",
)
@click.option("--fragments", metavar="DIR", help="Check this folder of fragments instead of the project's.")
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], form: str, fragments: str | None) -> None:
    """Check fragments and settings, and report every problem with its file, line and column.

    Without a PATH, all collections of the project are checked. A PATH is a fragment, a folder of fragments, or a
    folder with collections in it; the settings are checked in any case.
    """
    if fragments is not None and paths:
        raise click.UsageError("--fragments and PATH exclude each other.")
    project, problems = open_project(ctx.obj)
    found, count = check_targets(project.root, _targets(project, paths, fragments))
    problems = sorted({*problems, *found})
    click.echo(format_problems(problems, form), nl=False)
    click.echo(f"{_number(count, 'fragment')}, {_number(len(problems), 'problem')}", err=True)
    if problems:
        ctx.exit(1)


def _targets(project: Project, paths: tuple[str, ...], fragments: str | None) -> Targets:
    if paths:
        return targets_of(project, paths)
    targets = Targets()
    for settings in project.collections if fragments is None else [collection_of(project, fragments)]:
        targets.add(settings)
    return targets


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
