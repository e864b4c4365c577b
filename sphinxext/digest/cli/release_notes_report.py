"""``sphinx-digest release-notes report``: print the release notes of versions as a document."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._output import examples
from sphinxext.digest.cli._release_notes import (
    check_versions,
    content_options,
    encoded,
    finish,
    open_config,
    open_settings,
    open_source,
    output_options,
    query_options,
    show_notes,
    version_option,
)

if TYPE_CHECKING:
    from sphinxext.digest.problems import Problem


@click.command("report", epilog=examples("sphinx-digest release-notes report --version 2.0.0 --format markdown"))
@query_options()
@version_option
@click.option("--title", default="Release Notes", show_default=True, help="The title of the document.")
@content_options
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    versions: tuple[str, ...],
    title: str,
    contributors: bool,
    by_component: bool,
    form: str,
    show_source: bool,
    output: Path | None,
    **options: Any,
) -> None:
    """Print the release notes by version, the newest first, and by section.

    As RST this is the document of 'reno report', and the options are reno's. Notes with problems are left out or shown
    as they are written, and the exit status is 1. It stays 0 for what reno accepts, such as an unknown section.
    """
    from sphinxext.digest.release.load import History
    from sphinxext.digest.render.release_notes import report_lines, with_issue_links
    from sphinxext.digest.render.release_outline import outline_by_version

    settings = open_settings(ctx.obj, by_component=by_component)
    components = settings.components if by_component else ()
    conf = open_config(ctx.obj, options)
    problems: list[Problem] = []
    with open_source(conf) as source:
        history = History(conf, source)
        check_versions(conf, versions, history.files, source)
        releases = history.releases(problems, versions or None, contributors=contributors)
    if form in ("rst", "json"):
        releases = with_issue_links(releases, settings.issue_links)
    if form == "rst":
        lines = report_lines(
            conf, releases, title=title, branch=options["branch"], show_source=show_source, components=components
        )
        data = encoded("".join(f"{line.text}\n" for line in lines))
    else:
        outline = replace(outline_by_version(conf, releases, title, components), issues=settings.issue_links)
        data, found = show_notes(outline, form, show_source=show_source)
        problems += found
    finish(ctx, data, output, problems, empty=not releases)
