"""``sphinx-digest lint``: check fragments, settings, sources, release schedules and release notes."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

import click

from sphinxext.digest.cli._excerpts import print_findings
from sphinxext.digest.cli._options import collection_of, open_project
from sphinxext.digest.cli._output import (
    FORMATS,
    counted,
    examples,
    format_option,
    show_hints,
    show_problems,
)
from sphinxext.digest.cli.release_notes_lint import NotesTargets
from sphinxext.digest.doctree.lint import check_collection
from sphinxext.digest.doctree.text_checks import Findings
from sphinxext.digest.model.period import today
from sphinxext.digest.problems import Code, Problem, unreadable
from sphinxext.digest.schedule import REMARKS
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.options import SETTINGS_FILE, Settings
from sphinxext.digest.settings.project import Project, settings_for_folder


@dataclass(slots=True)
class Targets:
    """Collections to check, by their folders, each with the files to report on, or None for all of them.

    ``missing`` are the problems of the arguments themselves.
    """

    settings: dict[str, Settings] = field(default_factory=dict)
    files: dict[str, set[str] | None] = field(default_factory=dict)
    missing: list[Problem] = field(default_factory=list)

    def add(self, settings: Settings, file: str | None = None) -> None:
        """Add a collection, or one file of it, by the name in its folder."""
        folder = settings.fragments
        self.settings[folder] = settings
        if file is None:
            self.files[folder] = None
        elif (files := self.files.setdefault(folder, set())) is not None:
            files.add(f"{folder}/{file}")


def targets_of(project: Project, arguments: tuple[str, ...]) -> Targets:
    """Return the targets that files and folders on the command line mean.

    A folder means the collections in it, or is a folder of fragments itself. A file is checked together with its
    folder. The settings file adds nothing, since the settings are always checked.

    :param arguments: paths, relative to the current folder.
    """
    targets = Targets()
    for argument in arguments:
        path = Path(os.path.abspath(argument))  # noqa: PTH100 - resolve() would follow a link that is a fragment
        name = os.path.relpath(path, project.root) if path.is_relative_to(project.root) else os.fspath(path)
        try:
            mode = path.stat().st_mode
        except OSError as error:
            targets.missing.append(unreadable(Path(name).as_posix(), error))
            continue
        if stat.S_ISDIR(mode):
            _add_folder(project, path, targets)
        elif not stat.S_ISREG(mode):
            message = "this is not a regular file"
            targets.missing.append(Problem(Path(name).as_posix(), 0, 0, Code.UNREADABLE, message))
        elif path != project.root / SETTINGS_FILE:
            targets.add(settings_for_folder(project, os.fspath(path.parent)), path.name)
    return targets


def _add_folder(project: Project, path: Path, targets: Targets) -> None:
    within = [settings for settings in project.collections if (project.root / settings.fragments).is_relative_to(path)]
    for settings in within or [settings_for_folder(project, os.fspath(path))]:
        targets.add(settings)


def check_targets(root: Path, targets: Targets) -> Findings:
    """Check all targets, and return the findings together."""
    found = [check_collection(root, settings, targets.files[folder]) for folder, settings in targets.settings.items()]
    return Findings(
        frozenset().union(*(one.checked for one in found)),
        frozenset().union(*(one.drafts for one in found)),
        tuple(sorted({*targets.missing, *(problem for one in found for problem in one.problems)})),
        tuple(sorted({hint for one in found for hint in one.hints})),
    )


@click.command(
    "lint", epilog=examples("sphinx-digest lint", "sphinx-digest lint releasenotes/digests --format github")
)
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@format_option("'text' has one line for each problem, 'github' makes annotations in GitHub's workflows.", FORMATS)
@click.option("--fragments", metavar="DIR", help="Check the fragments of this folder instead of the project's.")
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], form: str, fragments: str | None) -> None:
    """Check fragments, settings and release notes, and report every problem with its file, line and column.

    Without a PATH, all collections of the project, its release notes and the release schedules in the settings are
    checked. A PATH is a fragment, a release note, a folder of them, or a folder with such folders in it; the settings
    are checked in any case. Drafts are checked like other fragments, and counted.

    Contradictions in a schedule that have a clear answer, and text that looks like Markdown, are messages, and the
    exit status stays 0.
    """
    if fragments is not None and paths:
        raise click.UsageError("--fragments and PATH cannot be used together.")
    project, problems = open_project(ctx.obj)
    notes = NotesTargets(project.root, paths) if fragments is None else None
    rest = notes.rest if notes is not None else ()
    findings = check_targets(project.root, _targets(project, rest, fragments)) if rest or not paths else Findings()
    of_notes = notes.check() if notes is not None else Findings()
    found = [*findings.problems, *of_notes.problems]
    remarks: list[Problem] = []
    if not paths and fragments is None:
        found += _check_schedules(project, remarks)
    problems = sorted({*problems, *found, *_check_sources(project)})
    print_findings(ctx, problems, form, project.root)
    show_problems(remarks)
    show_hints([*findings.hints, *of_notes.hints], form)
    click.echo(_summary(findings, of_notes, problems), err=True)
    if problems:
        ctx.exit(1)


def _summary(findings: Findings, of_notes: Findings, problems: list[Problem]) -> str:
    drafts = f" ({counted(len(findings.drafts), 'draft')})" if findings.drafts else ""
    parts = [f"{counted(len(findings.checked), 'fragment')}{drafts}"]
    parts += [counted(len(of_notes.checked), "release note")] if of_notes.checked else []
    return ", ".join([*parts, counted(len(problems), "problem")])


def _check_sources(project: Project) -> list[Problem]:
    """Return the problems of the sources to collect from; their commands are imported only if there are any."""
    if not any(settings.sources for settings in project.collections):
        return []
    from sphinxext.digest.cli.collect import check_sources
    from sphinxext.digest.cli.collect import command as collect

    return check_sources(collect, project)


def _check_schedules(project: Project, remarks: list[Problem]) -> list[Problem]:
    """Read the schedules of all collections, return their problems, and add mere remarks to a list."""
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
