"""The command ``sphinx-digest``: one file for each of its commands."""

from __future__ import annotations


def main() -> None:
    """Run the command; the entry point of the distribution."""
    from sphinxext.digest.cli.group import cli

    cli(prog_name="sphinx-digest")
