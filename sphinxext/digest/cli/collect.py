"""``sphinx-digest collect``: draft fragments from what other programs know."""

from __future__ import annotations

import click

from sphinxext.digest.cli.lazy import LazyGroup

#: The sources, each a command of its own in the module ``collect_<name>``.
SOURCES = {
    "schedule": "Draft the countdown of a week from a release schedule.",
}


@click.group("collect", cls=LazyGroup, table=SOURCES, prefix="collect_")
def command() -> None:
    """Draft fragments from what other programs know.

    A draft is a fragment like any other, to be read and completed by a person before it is merged. Collecting again
    adds nothing that is there already, and leaves alone what has been edited.
    """
