"""``sphinx-digest release-notes check``: see to it that a change has a release note."""

from __future__ import annotations

from pathlib import Path

import click

from sphinxext.digest.cli._options import open_valid_project
from sphinxext.digest.cli._output import FORMATS, examples, format_option, format_problems, visible
from sphinxext.digest.cli._release_notes import in_history, open_config, problem_of
from sphinxext.digest.problems import Code, DigestError
from sphinxext.digest.release.changed_files import Change, DepthError, read_change

_SHOWN = 3


@click.command("check", epilog=examples("sphinx-digest release-notes check --base origin/main"))
@click.option(
    "--base",
    metavar="REF",
    help="The branch or commit that the change is for. Without it, the first parent of the last commit.",
)
@format_option("'text' has one line for each problem, 'github' makes annotations in GitHub's workflows.", FORMATS)
@click.option("--rel-notes-dir", "relnotesdir", metavar="DIR", help="The folder instead of 'releasenotes'.")
@click.pass_context
def command(ctx: click.Context, /, base: str | None, form: str, relnotesdir: str | None) -> None:
    """Check that a change adds or edits a release note, and print its path.

    The change is the last commit, or what is merged by it; with --base it is all commits since that branch. None is
    needed if all files match 'release_note_exempt' in 'releasenotes/digest.yaml' or were only renamed, or if a commit
    message has the line 'Release-Note: none'.
    """
    project = open_valid_project(ctx.obj)
    conf = open_config(project.root, {"relnotesdir": relnotesdir})
    try:
        with in_history(conf):
            change = read_change(project.root, Path(conf.notespath).as_posix(), project.main.release_note_exempt, base)
    except DepthError as error:
        raise DigestError(problem_of(conf, str(error), Code.SHALLOW)) from None
    if change.notes:
        click.echo("".join(f"{visible(path)}\n" for path in change.notes), nl=False)
    elif not change.others:
        click.echo("no release note is needed: no file needs one", err=True)
    elif change.waived_by:
        click.echo(f"no release note is needed: {change.waived_by} says so", err=True)
    else:
        problem = problem_of(conf, _message(change), Code.NO_RELEASE_NOTE)
        click.echo(format_problems([problem], form), nl=False)
        ctx.exit(1)


def _message(change: Change) -> str:
    """Say what needs a note, and what to do."""
    more = len(change.others) - _SHOWN
    files = ", ".join(change.others[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    advice = (
        f"the change has no release note, but changes {files}: run 'sphinx-digest release-notes new', or put the line "
        "'Release-Note: none' into the commit message"
    )
    if change.is_shallow:
        advice += " (this clone is shallow: messages of earlier commits of the change may be missing; fetch-depth: 0)"
    return advice
