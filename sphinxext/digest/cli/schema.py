"""``sphinx-digest schema``: print a JSON Schema."""

from __future__ import annotations

import click

from sphinxext.digest.cli._output import as_json, examples
from sphinxext.digest.collection.people import people_schema
from sphinxext.digest.fragments.schema import fragment_schema
from sphinxext.digest.joint.index import index_schema
from sphinxext.digest.schedule.project_schedule import project_schedule_schema

#: Makes each schema.
SCHEMAS = {
    "fragment": fragment_schema,
    "schedule": project_schedule_schema,
    "index": index_schema,
    "people": people_schema,
}


@click.command("schema", epilog=examples("sphinx-digest schema", "sphinx-digest schema index"))
@click.argument(
    "what", metavar="[fragment|schedule|index|people]", type=click.Choice(list(SCHEMAS)), default="fragment"
)
def command(what: str) -> None:
    """Print the JSON Schema of fragments, for editors that complete and check while you type.

    'schedule' is the schema of a project's own release schedule, 'index' that of digests/index.json, in which a build
    publishes all notes for other sites and programs, 'people' that of people.yaml.
    """
    click.echo(as_json(SCHEMAS[what]()), nl=False)
