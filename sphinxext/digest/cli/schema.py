"""``sphinx-digest schema``: print the JSON Schema of fragments."""

from __future__ import annotations

import click

from sphinxext.digest.cli.output import as_json
from sphinxext.digest.fragments.schema import fragment_schema


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of fragments, for editors that complete and check while one types."""
    click.echo(as_json(fragment_schema()), nl=False)
