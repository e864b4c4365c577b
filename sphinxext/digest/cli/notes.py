"""``sphinx-digest notes``: release notes out of git's history."""

from __future__ import annotations

import click

from sphinxext.digest.cli.group import LazyGroup

#: What one can ask of release notes, each a command of its own in the module ``notes_<name>``.
QUESTIONS = {
    "list": "Print versions and the files of their notes.",
    "report": "Print the release notes of all versions, or of some.",
    "since": "Print what changed between two versions or days.",
    "cache": "Write the notes to a file, for where there is no history.",
}


@click.group("notes", cls=LazyGroup, table=QUESTIONS, prefix="notes_")
def command() -> None:
    """Print release notes, placed in versions by git's history as reno does.

    The options of reno hold that 'reno.yaml' or 'releasenotes/config.yaml' has.
    """
