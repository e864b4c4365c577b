"""``sphinx-digest init``: set a project up."""

from __future__ import annotations

import difflib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import click

from sphinxext.digest.cli._options import open_valid_project
from sphinxext.digest.cli._output import show_problems, visible
from sphinxext.digest.init.plan import Change, SetupPlan, apply_plan, plan_setup

_NEXT = """\
Next:
- name sphinxext-digest where the documentation's requirements are
- write the first news: sphinx-digest new success "ada: We have digests now."
- check them: sphinx-digest lint
- build the documentation, which has a page of digests then
"""


def _conf_folder(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    if value is not None and not (value / "conf.py").is_file():
        raise click.BadParameter(f"'{value}' has no conf.py.")
    return value


@click.command("init")
@click.option(
    "--docs",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    callback=_conf_folder,
    help="The folder with the conf.py of the documentation, if it is not found or there are several.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show the changes as a patch.")
@click.pass_context
def command(ctx: click.Context, /, docs: Path | None, dry_run: bool) -> None:
    """Set a project up for digests, and print each file that was created or changed.

    This adds the extension to the conf.py of the documentation, and the list of digests to the toctree of its root
    document. It creates releasenotes/digest.yaml, with nothing set, the folder of fragments and, if there is a
    tox.ini, an environment that checks them. Everything else is left exactly as it is, so you can safely run it again.
    If one of the files cannot be written, none is.

    Where it is unclear what to change, a message says what to add by hand, and the exit status is 1.
    """
    project = open_valid_project(ctx.obj)
    folder = None if docs is None else Path(os.path.relpath(docs, project.root)).as_posix()
    plan = plan_setup(project, folder)
    if dry_run:
        click.echo(b"".join(_patch(change) for change in plan.changes), nl=False)
    else:
        apply_plan(plan)
        click.echo("".join(f"{line}\n" for line in _lines(plan)), nl=False)
    _tell(plan, dry_run=dry_run)
    if plan.manual_steps:
        ctx.exit(1)


def _lines(plan: SetupPlan) -> Iterator[str]:
    for change in plan.changes:
        yield f"{'created' if change.before is None else 'changed'} {visible(change.path)}"
    if plan.folder is not None:
        yield f"created {visible(plan.folder)}/"


def _tell(plan: SetupPlan, *, dry_run: bool) -> None:
    if not plan.changes and plan.folder is None:
        click.echo("nothing to change", err=True)
    elif dry_run and plan.folder is not None:
        click.echo(f"{visible(plan.folder)}/ would be created", err=True)
    elif not dry_run:
        click.echo(_NEXT, err=True, nl=False)
    show_problems(plan.manual_steps)


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
