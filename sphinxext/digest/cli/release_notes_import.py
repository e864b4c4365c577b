"""Turn fragments of towncrier or scriv, or a changelog, into release notes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from sphinxext.digest.cli._output import as_json, counted, examples, format_option, show_problems, visible
from sphinxext.digest.cli._release_notes import open_config
from sphinxext.digest.gather.changelog.plan import Plan, carry_out, make_plan, read_paths
from sphinxext.digest.gather.changelog.sections import Sections, read_choices
from sphinxext.digest.init.documentation import conf_folders, join
from sphinxext.digest.problems import Code, Problem

if TYPE_CHECKING:
    from reno.config import Config

#: The folder of a documentation of release notes alone, as OpenStack's projects have it.
_OWN_SOURCE = "releasenotes/source"
#: The page of older versions.
_PAGE = "release-history.rst"


@click.command("import", epilog=examples("sphinx-digest release-notes import CHANGELOG.md --dry-run"))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--section",
    "choices",
    metavar="NAME=SECTION",
    multiple=True,
    help="The section for a heading or a type, such as 'Changed=upgrade'. With '*' as NAME, for all that have none. "
    "May be repeated.",
)
@click.option(
    "--unreleased",
    metavar="VERSION",
    multiple=True,
    help="A version of a changelog that is not released yet, although its heading has a date. May be repeated.",
)
@click.option(
    "--history",
    "page",
    metavar="FILE",
    help=f"The page for a changelog's older versions, relative to the project; without it, '{_PAGE}' in the "
    "documentation.",
)
@click.option("--no-history", "without_page", is_flag=True, help="Leave older versions out.")
@click.option("--dry-run", is_flag=True, help="Print what would be written, and write nothing.")
@format_option("'json' has the notes with their texts by section, and the pages.")
@click.option("--rel-notes-dir", "relnotesdir", metavar="DIR", help="The folder instead of 'releasenotes'.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    choices: tuple[str, ...],
    unreleased: tuple[str, ...],
    page: str | None,
    without_page: bool,
    dry_run: bool,
    form: str,
    relnotesdir: str | None,
) -> None:
    """Turn fragments of towncrier or scriv, or a changelog, into release notes and print their paths.

    A PATH is a folder of fragments, one fragment, a project that configures towncrier or scriv, or a changelog in
    Markdown or reStructuredText with a heading for each version. Markdown needs the extra 'markdown'.

    Of a changelog, what is not released becomes notes. Which version a note belongs to is known from git's history
    alone, so that all older versions become one page, with their words as they are and an anchor for each version.

    If there are problems, nothing is written. Importing again adds nothing twice, and leaves alone what was edited.
    """
    if without_page and page is not None:
        raise click.UsageError("--history cannot be used with --no-history.")
    conf = open_config(ctx.obj, {"relnotesdir": relnotesdir})
    sections = Sections(conf, _choices(choices, conf))
    reading = read_paths(paths, sections, unreleased)
    root = Path(conf.reporoot)
    target = None if without_page or not reading.pages else page or _default_page(root, reading.problems)
    plan = make_plan(root, conf, sections, reading, target)
    if not plan.problems and not dry_run:
        carry_out(plan, root, conf)
    _show(plan, form, dry_run=dry_run)
    if plan.problems:
        ctx.exit(1)


def _choices(values: tuple[str, ...], conf: Config) -> dict[str, str]:
    """Return the sections that the command line names, by headings."""
    known = Sections(conf, {})
    try:
        choices = dict(read_choices(values))
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--section") from None
    for name in choices.values():
        if not known.is_known(name):
            message = f"there is no section {name!r}: {known.expected(name)}"
            raise click.BadParameter(message, param_hint="--section")
    return choices


def _default_page(root: Path, problems: list[Problem]) -> str | None:
    """Return the path of the page of older versions in the documentation; report if it is not clear which that is."""
    if (root / _OWN_SOURCE / "conf.py").is_file():
        return f"{_OWN_SOURCE}/{_PAGE}"
    folders = conf_folders(root)
    if len(folders) == 1:
        return join(folders[0], _PAGE)
    found = f"there is a conf.py in each of {', '.join(folders)}" if folders else "no folder has a conf.py"
    message = f"{found}: name a page for older versions with --history, or leave them out with --no-history"
    problems.append(Problem(os.fspath(root), 0, 0, Code.NO_DOCUMENTATION, message))
    return None


def _show(plan: Plan, form: str, *, dry_run: bool) -> None:
    show_problems([*plan.problems, *sorted(plan.hints)])
    for remark in plan.remarks:
        click.echo(visible(remark), err=True)
    written = not plan.problems
    notes, pages = (plan.new, plan.pages) if written else ([], [])
    if form == "json":
        records = {
            "notes": [
                {"path": note.path, "source": note.source, "line": note.line, "prelude": note.prelude}
                | {"sections": note.sections}
                for note in notes
            ],
            "pages": [
                {"path": page.path, "source": page.page.source, "versions": list(page.page.versions)} for page in pages
            ],
        }
        click.echo(as_json(records), nl=False)
    else:
        paths = [*(note.path for note in notes), *(page.path for page in pages)]
        click.echo("".join(f"{visible(path)}\n" for path in paths), nl=False)
    verb = "would be written" if dry_run else "written"
    there = f", {plan.unchanged} there already" if plan.unchanged else ""
    click.echo(f"{counted(len(notes), 'release note')} {verb}{there}", err=True)
    for planned in pages:
        count = counted(len(planned.page.versions), "older version")
        name = Path(planned.path).with_suffix("").name
        click.echo(f"{visible(planned.path)}: {count} {verb}; list '{name}' in a toctree", err=True)
