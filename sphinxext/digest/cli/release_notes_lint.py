"""``sphinx-digest release-notes lint``: check the release notes of the working copy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sphinxext.digest.cli._excerpts import print_findings
from sphinxext.digest.cli._output import (
    FORMATS,
    counted,
    examples,
    format_option,
    show_hints,
    show_problems,
)
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.settings import find_root

if TYPE_CHECKING:
    from reno.config import Config

    from sphinxext.digest.doctree.text_checks import Findings

_FOLDER = "releasenotes"


class NotesTargets:
    """The release notes that arguments of the command line mean.

    :ivar only: the paths of files to report on, relative to the project; None for all of them.
    :ivar rest: the arguments that mean something else, or something else besides.
    """

    def __init__(self, root: Path, arguments: tuple[str, ...], folder: str = _FOLDER) -> None:
        """Sort the arguments.

        :param root: the project.
        :param arguments: paths, relative to the current folder; without any, all release notes are meant.
        :param folder: of reno's configuration, relative to the project.
        """
        self.root = root
        self.remarks: list[Problem] = []
        self.conf = self._config(folder)
        self.only: set[str] | None = set() if arguments else None
        self.rest: tuple[str, ...] = arguments
        if self.conf is not None:
            notes = root / self.conf.notespath
            self.rest = tuple(one for one in arguments if not self._takes(notes, one))

    def _config(self, folder: str) -> Config | None:
        """Read reno's configuration, where there are any signs of reno."""
        if not any((self.root / path).exists() for path in (f"{folder}/notes", f"{folder}/config.yaml", "reno.yaml")):
            return None
        from sphinxext.digest.release.config import read_config

        return read_config(self.root, folder, self.remarks)

    def _takes(self, notes: Path, argument: str) -> bool:
        """Add the release notes at a path, and return True if nothing else can be meant."""
        path = Path(os.path.abspath(argument))  # noqa: PTH100 - resolve() would follow a link
        if notes.is_relative_to(path):
            self.only = None
            return path == notes
        if not path.is_relative_to(notes) or not path.exists():
            return False
        if self.only is not None:
            files = path.rglob("*.yaml") if path.is_dir() else [path]
            self.only.update(file.relative_to(self.root).as_posix() for file in files)
        return True

    def check(self) -> Findings:
        """Check the notes."""
        from sphinxext.digest.doctree.lint import check_release_notes
        from sphinxext.digest.doctree.text_checks import Findings

        if self.conf is None or (self.only is not None and not self.only):
            return Findings()
        show_problems(self.remarks)
        return check_release_notes(self.root, self.conf, self.only, self._components())

    def _components(self) -> list[str]:
        """Return the names of components, if notes may name them by a key."""
        from sphinxext.digest.release.config import component_key

        if not component_key(self.conf):
            return []
        from sphinxext.digest.settings.project import load_project

        return [one.name for one in load_project(self.root)[0].main.components]


@click.command("lint", epilog=examples("sphinx-digest release-notes lint"))
@click.argument("paths", metavar="[PATH]...", nargs=-1)
@format_option("'text' has one line for each problem, 'github' makes annotations in GitHub's workflows.", FORMATS)
@click.option(
    "--rel-notes-dir", "folder", metavar="DIR", default=_FOLDER, help="The folder instead of 'releasenotes'."
)
@click.pass_context
def command(ctx: click.Context, /, paths: tuple[str, ...], form: str, folder: str) -> None:
    """Check the release notes of the working copy, and report every problem with its file, line and column.

    Without a PATH, all of them are checked. A PATH is a release note, or a folder with release notes in it. Directives
    and roles are those of the extensions that the documentation's 'conf.py' names; it is not run.

    Text that looks like Markdown is a hint, and the exit status stays 0.
    """
    targets = NotesTargets(ctx.obj or find_root(Path.cwd()), paths, folder)
    findings = targets.check()
    missing = [Problem(path, 0, 0, Code.UNREADABLE, "there are no release notes here") for path in _foreign(targets)]
    problems = sorted({*missing, *findings.problems})
    print_findings(ctx, problems, form, targets.root)
    show_hints(findings.hints, form)
    count = counted(len(findings.checked), "release note")
    click.echo(f"{count}, {counted(len(problems), 'problem')}", err=True)
    if problems:
        ctx.exit(1)


def _foreign(targets: NotesTargets) -> list[str]:
    """Return the arguments without any release notes."""
    return [] if targets.only is None else list(targets.rest)
