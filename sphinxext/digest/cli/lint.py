"""``sphinx-digest lint``: check everything."""

from __future__ import annotations

import click

from sphinxext.digest.cli.common_options import format_option
from sphinxext.digest.cli.output import FORMATS, format_problems, show_problems
from sphinxext.digest.cli.project import collection_of, open_project
from sphinxext.digest.cli.targets import Targets, check_targets, targets_of
from sphinxext.digest.clock import today
from sphinxext.digest.problems import Problem
from sphinxext.digest.project import Project
from sphinxext.digest.schedule import REMARKS, load_schedules


@click.command("lint")
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@format_option("'text' has one line for each problem, 'github' makes annotations in GitHub's workflows.", FORMATS)
@click.option("--fragments", metavar="DIR", help="Check this folder of fragments instead of the project's.")
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], form: str, fragments: str | None) -> None:
    """Check fragments and settings, and report every problem with its file, line and column.

    Without a PATH, all collections of the project are checked, and the release schedules that the settings name. A
    PATH is a fragment, a folder of fragments, or a folder with collections in it; the settings are checked in any
    case. Drafts are checked like all others, and counted. Contradictions in a schedule of which it is clear what
    counts are remarks: they are shown as messages, and fail nothing.
    """
    if fragments is not None and paths:
        raise click.UsageError("--fragments and PATH exclude each other.")
    project, problems = open_project(ctx.obj)
    findings = check_targets(project.root, _targets(project, paths, fragments))
    found = [*findings.problems]
    remarks: list[Problem] = []
    if not paths and fragments is None:
        found += _check_schedules(project, remarks)
    problems = sorted({*problems, *found, *_check_sources(project)})
    click.echo(format_problems(problems, form), nl=False)
    show_problems(remarks)
    drafts = f" ({_number(len(findings.drafts), 'draft')})" if findings.drafts else ""
    count = _number(len(findings.checked), "fragment")
    click.echo(f"{count}{drafts}, {_number(len(problems), 'problem')}", err=True)
    if problems:
        ctx.exit(1)


def _check_sources(project: Project) -> list[Problem]:
    """The problems of the sources to collect from, whose commands are imported only if there are any."""
    if not any(settings.sources for settings in project.collections):
        return []
    from sphinxext.digest.cli.collect import command as collect
    from sphinxext.digest.cli.collect_round import check_sources

    return check_sources(collect, project)


def _check_schedules(project: Project, remarks: list[Problem]) -> list[Problem]:
    """The problems of the schedules of all collections, each of which is read; mere remarks are added to a list."""
    found: dict[Problem, None] = {}
    for settings in {one.schedules: one for one in project.collections if one.schedules}.values():
        known = load_schedules(project.root, settings)
        for name in known.names:
            known.find(name, today())
        found.update(dict.fromkeys(known.problems))
    remarks += [problem for problem in found if problem.code in REMARKS]
    return [problem for problem in found if problem.code not in REMARKS]


def _targets(project: Project, paths: tuple[str, ...], fragments: str | None) -> Targets:
    if paths:
        return targets_of(project, paths)
    targets = Targets()
    for settings in project.collections if fragments is None else [collection_of(project, fragments)]:
        targets.add(settings)
    return targets


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
