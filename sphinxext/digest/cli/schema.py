"""``sphinx-digest schema``: print a JSON Schema."""

from __future__ import annotations

import click

from sphinxext.digest.cli._output import as_json
from sphinxext.digest.fragments.schema import fragment_schema
from sphinxext.digest.joint.index import index_schema
from sphinxext.digest.schedule.project_schedule import own_schema

#: What there are schemas of.
WHAT = ("fragment", "schedule", "index")


@click.command("schema")
@click.argument("what", metavar="[fragment|schedule|index]", type=click.Choice(WHAT), default="fragment")
def command(what: str) -> None:
    """Print the JSON Schema of fragments, for editors that complete and check while one types.

    With 'schedule' it is that of release schedules of a project's own, with 'index' that of digests/index.json, which
    tells other sites and programs of all notes.
    """
    schema = {"schedule": own_schema, "index": index_schema}.get(what, fragment_schema)
    click.echo(as_json(schema()), nl=False)
