"""``sphinx-digest release-notes cache``: write the notes to a file, for where there is no history."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from sphinxext.digest.cli._output import examples, visible
from sphinxext.digest.cli._release_notes import in_history, open_config, query_options


@click.command("cache", epilog=examples("sphinx-digest release-notes cache"))
@query_options()
@click.option(
    "--output",
    metavar="FILE",
    help="Write to this file instead of 'reno.cache' in the folder of notes; '-' is standard output.",
)
@click.pass_context
def command(ctx: click.Context, /, output: str | None, **options: Any) -> None:
    """Write the notes of all versions to a file, and print its path.

    Where the file is committed or packed, release notes can be made in shallow clones and source distributions, which
    lack git's history. It has the current branch and all series, or only --branch. reno can read it, too.
    """
    from sphinxext.digest.release.cache_file import write_cache_file

    conf = open_config(ctx.obj, options)
    with in_history(conf):
        if output == "-":
            with TemporaryDirectory() as folder:
                written = write_cache_file(conf, Path(folder, "reno.cache"))
                click.echo(written.read_bytes(), nl=False)
            return
        written = write_cache_file(conf, Path(output) if output else None)
    click.echo(visible(output or os.path.relpath(written)))
