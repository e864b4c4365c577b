"""``sphinx-digest schema``: print a JSON Schema."""

from __future__ import annotations

import click

from sphinxext.digest.cli.output import as_json
from sphinxext.digest.fragments.schema import fragment_schema
from sphinxext.digest.schedule import own_schema


@click.command("schema")
@click.argument("what", metavar="[fragment|schedule]", type=click.Choice(["fragment", "schedule"]), default="fragment")
def command(what: str) -> None:
    """Print the JSON Schema of fragments, for editors that complete and check while one types.

    With 'schedule' it is that of release schedules of a project's own.
    """
    click.echo(as_json(own_schema() if what == "schedule" else fragment_schema()), nl=False)
