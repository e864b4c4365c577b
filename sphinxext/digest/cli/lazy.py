"""Groups of commands that are loaded when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from keyword import iskeyword
from typing import Any

import click


class LazyGroup(click.Group):
    """A group whose list of commands comes from a table, without loading any of them.

    :param table: the names of the commands and what they do, in the order in which one needs them. Each is the object
        ``command`` in the module of its name.
    :param prefix: begins the names of the modules.
    """

    def __init__(self, *args: Any, table: Mapping[str, str], prefix: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.table = table
        self.prefix = prefix

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        if cmd_name not in self.table:
            return None
        module = f"{self.prefix}{cmd_name}"
        command = import_module(f"sphinxext.digest.cli.{module}{'_' if iskeyword(module) else ''}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(self.table.items()))
