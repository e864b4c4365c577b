"""``sphinx-digest release-notes``: the commands for release notes."""

from __future__ import annotations

import click

from sphinxext.digest import plugins
from sphinxext.digest.cli._output import examples
from sphinxext.digest.cli.group import LazyGroup

#: The commands and their summaries. What gathers comes from an entry point, so that only its own module is imported.
COMMANDS = {
    "new": "Write a release note and print its path.",
    "lint": "Check release notes.",
    "check": "Check that a change has a release note.",
    "next": "Print the next version.",
    "list": "Print versions and the files of their notes.",
    "report": "Print the release notes of all versions, or of some.",
    "since": "Print what changed between two versions or days.",
    "import": "",
    "cache": "Write the notes to a file, for where there is no history.",
}


@click.group(
    "release-notes",
    cls=LazyGroup,
    table=COMMANDS,
    prefix="release_notes_",
    entries=plugins.RELEASE_NOTES,
    epilog=examples("sphinx-digest release-notes report", "sphinx-digest release-notes since 2.0.0"),
)
def command() -> None:
    """Write release notes, check them, and print them, placed in versions by git's history as reno does.

    The options of reno in 'reno.yaml' or 'releasenotes/config.yaml' apply.
    """
