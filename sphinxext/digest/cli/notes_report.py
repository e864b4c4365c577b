"""``sphinx-digest notes report``: print the release notes of all versions, or of some."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._output import show_problems
from sphinxext.digest.cli._release_config import open_config, query_options, version_option
from sphinxext.digest.cli._release_output import encoded, fails, output_options, show_notes, write_result
from sphinxext.digest.problems import Problem

if TYPE_CHECKING:
    from reno.config import Config

    from sphinxext.digest.cli._release_output import History
    from sphinxext.digest.release.notes import Release


@click.command("report")
@query_options()
@version_option
@click.option("--title", default="Release Notes", show_default=True, help="The title of the document.")
@click.option(
    "--unreleased-version-title", metavar="TITLE", help="The heading of what is not released, instead of a version."
)
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    versions: tuple[str, ...],
    title: str,
    form: str,
    show_source: bool,
    output: Path | None,
    **options: Any,
) -> None:
    """Print the release notes by version, the newest first, and by section.

    As RST this is the document of 'reno report', and the options are reno's. Notes with problems are left out or shown
    as they are written, and the exit status is 1. It stays 0 for what reno accepts, such as a section that it does not
    know.
    """
    from sphinxext.digest.cli._release_output import open_history
    from sphinxext.digest.render.release_notes import outline_by_version

    conf = open_config(ctx.obj, options)
    with open_history(conf) as history:
        problems: list[Problem] = []
        releases = history.releases(versions or list(history.notes), problems)
    if form == "rst":
        data = _as_reno(conf, releases, history, title, show_source=show_source, branch=options["branch"])
    else:
        data, found = show_notes(outline_by_version(conf, releases, title), form, show_source=show_source)
        problems += found
    write_result(data, output)
    if not releases:
        click.echo("no release notes", err=True)
    show_problems(sorted(set(problems)))
    if fails(problems):
        ctx.exit(1)


def _as_reno(
    conf: Config, releases: tuple[Release, ...], history: History, title: str, *, show_source: bool, branch: str | None
) -> bytes:
    from sphinxext.digest.render.release_notes import release_notes_report

    text = release_notes_report(conf, releases, history.contents, title=title, show_source=show_source, branch=branch)
    return encoded(text)
