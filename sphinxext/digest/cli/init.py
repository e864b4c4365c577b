"""``sphinx-digest init``: set a project up."""

from __future__ import annotations

import difflib
import io
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from sphinxext.digest.cli._options import open_valid_project
from sphinxext.digest.cli._output import examples, show_problems, visible
from sphinxext.digest.cli._release_notes import open_config, problem_of
from sphinxext.digest.init.documentation import conf_folders
from sphinxext.digest.init.extras import EDITOR_SETTINGS, PRE_COMMIT, editor_files, pre_commit_file
from sphinxext.digest.init.placement import RootDocument
from sphinxext.digest.init.plan import Change, SetupPlan, Step, Wishes, apply_plan, describe, plan_new, plan_setup
from sphinxext.digest.init.release_notes import changes_elsewhere, has_release_notes
from sphinxext.digest.init.toctrees import Toctree
from sphinxext.digest.problems import Code, DigestError
from sphinxext.digest.settings.checks import OptionError, subfolder
from sphinxext.digest.settings.options import SETTINGS_FILE
from sphinxext.digest.settings.project import Project


def _conf_folder(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and not (value / "conf.py").is_file():
        raise click.BadParameter(f"'{value}' has no conf.py.")
    return value


def _valid_pages(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else subfolder(value)
    except OptionError as error:
        raise click.BadParameter(f"'{visible(value or '')}' {error}.") from None


@click.command("init", epilog=examples("sphinx-digest init --dry-run", "sphinx-digest init --yes --docs docs"))
@click.option(
    "--docs",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_conf_folder,
    help="The folder with the conf.py of the documentation, if it is not found or there are several.",
)
@click.option(
    "--toctree",
    metavar="CAPTION|LINE",
    help="The toctree of the root document for the digests, if there are several and none lists a changelog.",
)
@click.option(
    "--pages",
    metavar="DIR",
    callback=_valid_pages,
    help="The folder of the digests' pages, if the documentation has a folder of that name.  [default: digests]",
)
@click.option(
    "--openstack",
    is_flag=True,
    help="Set what OpenStack's digests have: their heading of successes, and weeks from Saturday. Without this option "
    "projects with openstackdocstheme get it.",
)
@click.option(
    "--yes",
    is_flag=True,
    help="Create what a terminal would ask for: a documentation if there is none, .vscode/settings.json with a schema "
    "for editors, and .pre-commit-config.yaml.",
)
@click.option(
    "--release-notes",
    is_flag=True,
    help="Set release notes up instead of digests: a configuration, a first note, a page that shows them, and what to "
    "add to CI.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show the changes as a patch.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    docs: Path | None,
    toctree: str | None,
    pages: str | None,
    openstack: bool,
    yes: bool,
    release_notes: bool,
    dry_run: bool,
) -> None:
    """Set a project up for digests or release notes, and print each file that was created or changed.

    This adds the extension to the conf.py of the documentation, and the list of digests to a toctree of its root
    document: the one that lists a changelog, release notes or news, else the last one with a suitable caption. On a
    terminal you are asked if there is neither. It creates releasenotes/digest.yaml, with nothing set, the folder of
    fragments and, if there is a tox.ini or tox.toml, an environment that checks them. Everything else is left exactly
    as it is, so you can safely run it again. If one of the files cannot be written, none is.

    In a folder without a documentation it offers to create one, and it offers files for editors and pre-commit; --yes
    creates them without asking. On a terminal it also offers release notes to a project that has none.

    What is left to you is printed first, with the lines to paste, and the exit status is 1.
    """
    project = open_valid_project(ctx.obj)
    if pages is not None and pages != project.main.pages and (project.root / SETTINGS_FILE).exists():
        raise click.BadParameter(f"{SETTINGS_FILE} exists: set the option 'pages' there.", param_hint="'--pages'")
    agrees = partial(_agrees, yes=yes)
    main_branch = _main_branch(project) if release_notes else _offered_branch(project)
    wishes = Wishes(not release_notes, main_branch, pages, openstack)
    if docs is None and not conf_folders(project.root) and agrees("There is no documentation. Create one?"):
        plan = plan_new(project, wishes)
    else:
        folder = None if docs is None else Path(os.path.relpath(docs, project.root)).as_posix()
        plan = plan_setup(project, folder, wishes, partial(_choose, toctree))
    _offer(project, plan, agrees)
    _show_steps(plan.manual_steps)
    if dry_run:
        click.echo(b"".join(_patch(change) for change in plan.changes), nl=False)
    else:
        apply_plan(plan)
        click.echo("".join(f"{line}\n" for line in _lines(plan)), nl=False)
    _tell(plan, dry_run=dry_run)
    if plan.manual_steps:
        ctx.exit(1)


def _agrees(question: str, *, yes: bool) -> bool:
    return yes or (_is_terminal() and click.confirm(question, default=True, err=True))


def _is_terminal() -> bool:
    return bool(sys.stdin and sys.stdin.isatty())


def _main_branch(project: Project) -> str:
    """Return the main branch of the project's repository.

    :raises DigestError: if there is no repository with a commit.
    """
    from sphinxext.digest.release.git import HistoryError
    from sphinxext.digest.release.scanner import Scanner

    conf = open_config(project.root, {})
    try:
        with Scanner(conf) as scanner:
            return scanner.main_branch()
    except HistoryError as error:
        message = f"release notes need the top folder of a git repository that has a commit: {error}"
        raise DigestError(problem_of(conf, message, Code.HISTORY)) from None


def _offered_branch(project: Project) -> str | None:
    """Offer release notes where there could be some, when a project is set up for the first time."""
    if not _is_terminal() or has_release_notes(project.root) or (project.root / SETTINGS_FILE).exists():
        return None
    with suppress(DigestError):
        branch = _main_branch(project)
        return branch if click.confirm("There are no release notes. Set them up, too?", err=True) else None
    return None


def _offer(project: Project, plan: SetupPlan, agrees: Callable[[str], bool]) -> None:
    """Offer files for editors and pre-commit, when a project is set up for the first time."""
    if not any(change.path == SETTINGS_FILE for change in plan.changes):
        return
    if not (project.root / EDITOR_SETTINGS).exists() and agrees(f"Create {EDITOR_SETTINGS} with a schema?"):
        plan.create(editor_files(project.main.fragments))
    if not (project.root / PRE_COMMIT).exists() and agrees(f"Create {PRE_COMMIT}?"):
        plan.create({PRE_COMMIT: pre_commit_file()})


def _choose(name: str | None, document: RootDocument) -> Toctree | None:
    """Return the toctree that the user names, or the suitable one, or on a terminal the one of the answer."""
    if name is not None:
        if (toctree := document.named(name)) is None:
            known = f"there are those on {describe(document.toctrees)}" if document.toctrees else "there is none"
            message = visible(f"{document.source.path} has no toctree '{name}': {known}.")
            raise click.BadParameter(message, param_hint="'--toctree'")
        return toctree
    toctree = document.chosen()
    if toctree is not None or not document.toctrees or not _is_terminal():
        return toctree
    return _ask(document)


def _ask(document: RootDocument) -> Toctree:
    click.echo(f"Which toctree of {visible(document.source.path)} is for the digests?", err=True)
    for number, toctree in enumerate(document.toctrees, 1):
        first = f", begins with {toctree.entries[0].target}" if toctree.entries else ""
        click.echo(f"{number}. {visible(f'line {toctree.start + 1}, {toctree.caption!r}{first}')}", err=True)
    number = click.prompt("Number", type=click.IntRange(1, len(document.toctrees)), err=True)
    return document.toctrees[number - 1]


def _lines(plan: SetupPlan) -> Iterator[str]:
    for change in plan.changes:
        yield f"{'created' if change.before is None else 'changed'} {visible(change.path)}"
    if plan.folder is not None:
        yield f"created {visible(plan.folder)}/"


def _show_steps(steps: list[Step]) -> None:
    for step in steps:
        show_problems([step.problem])
        _show_text(step.text)


def _next(plan: SetupPlan) -> Iterator[str]:
    yield "Next:"
    if plan.takes_over:
        yield (
            "- check your release notes: the directive release-notes is no longer reno.sphinxext's; the result is the "
            "same; to keep reno's, take sphinxext.digest out of this conf.py and name another with --docs"
        )
    place = "deps of [testenv:docs] in tox.ini" if plan.openstack else "requirements of the documentation"
    yield f"- add sphinxext-digest to the {place}"
    if plan.wishes.main_branch is not None:
        if (source := changes_elsewhere(plan.root)) is not None:
            yield f"- turn {source} into release notes: sphinx-digest release-notes import {source}"
        yield '- write a release note with each change: sphinx-digest release-notes new "stale locks"'
    if plan.wishes.digests:
        yield '- write the first news: sphinx-digest new success "ada: We have digests now."'
    yield f"- check them: sphinx-digest {'lint' if plan.wishes.digests else 'release-notes lint'}"
    build = visible(shlex.join(["sphinx-build", plan.documentation, "build/html"]))
    yield f"- look at the pages: {_preview(plan)}{build}"
    if plan.wishes.digests and not any(change.path == EDITOR_SETTINGS for change in plan.changes):
        yield "- let your editor check them too: sphinx-digest schema prints a JSON Schema"


def _preview(plan: SetupPlan) -> str:
    if not plan.wishes.digests:
        return ""
    folder = [] if conf_folders(plan.root) == [plan.documentation] else ["--docs", plan.documentation]
    return f"{visible(shlex.join(['sphinx-digest', 'preview', *folder]))} (with sphinxext-digest[preview]), or "


def _show_text(lines: Iterable[str]) -> None:
    click.echo("".join(f"    {visible(line)}\n" for line in lines), err=True, nl=False)


def _tell(plan: SetupPlan, *, dry_run: bool) -> None:
    if not plan.changes and plan.folder is None:
        click.echo("nothing to change" if not plan.manual_steps else "nothing else to change", err=True)
    elif dry_run and plan.folder is not None:
        click.echo(f"{visible(plan.folder)}/ would be created", err=True)
    elif not dry_run:
        click.echo("".join(f"{line}\n" for line in _next(plan)), err=True, nl=False)
        for path, line, message, text in plan.suggestions:
            click.echo(f"- {message}, in {visible(path)}{f' after line {line}' if line else ''}:", err=True)
            _show_text(text)


def _patch(change: Change) -> bytes:
    """Format a change as ``patch`` and ``git apply`` read it."""
    # latin-1 maps each byte to a character, so that any encoding comes out as it went in
    before, after = (
        [line.decode("latin-1") for line in io.BytesIO(data or b"").readlines()]
        for data in (change.before, change.after)
    )
    name = os.fsencode(change.path).decode("latin-1")
    old = "/dev/null" if change.before is None else f"a/{name}"
    lines = difflib.unified_diff(before, after, old, f"b/{name}")
    marked = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)
    return "".join(marked).encode("latin-1")
