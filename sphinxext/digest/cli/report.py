"""``sphinx-digest report``: print one digest."""

from __future__ import annotations

from pathlib import Path

import click

from sphinxext.digest.cli._digests import open_digest
from sphinxext.digest.cli._options import format_option, fragments_to_read, readable_period
from sphinxext.digest.cli._output import show_problems
from sphinxext.digest.files import replace_file
from sphinxext.digest.render.report import FORMATS


@click.command("report")
@click.argument("period", callback=readable_period)
@format_option(
    "'text' is the plain text of the mail, 'html' a document of its own, 'rst' and 'markdown' have the digest to "
    "paste somewhere, 'json' has all fields of the notes.",
    list(FORMATS),
)
@fragments_to_read
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output; it appears complete or not at all.",
)
@click.pass_context
def command(ctx: click.Context, /, period: str, form: str, fragments: str | None, output: Path | None) -> None:
    """Print the digest of a PERIOD. No Sphinx project is needed.

    PERIOD is START/END (2015-11-28/2015-12-04), an ISO week (2015-W49), a month (2015-12), a day, which stands for
    the digest that it belongs to, or 'latest'. Notes with problems are left out or shown as they are written, and
    the exit status is 1.
    """
    source, problems = open_digest(ctx.obj, period, fragments)
    text, found = FORMATS[form](source)
    data = text.encode("utf-8", "backslashreplace")
    if output is None:
        click.echo(data, nl=False)
    else:
        replace_file(output, data)
    problems = sorted({*problems, *found})
    if problems:
        show_problems(problems)
        ctx.exit(1)
