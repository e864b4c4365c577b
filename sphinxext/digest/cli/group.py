"""What all commands share: loading them, the options before them, and how they end.

Groups of commands that are loaded when they are needed.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any

import click

from sphinxext.digest import __version__
from sphinxext.digest.cli._output import show_problems
from sphinxext.digest.problems import DigestError


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


#: The commands and what they do. Each is the object ``command`` in the module of its name, which is loaded only when
#: it is needed.
COMMANDS = {
    "init": "Set a project up for digests.",
    "new": "Write a fragment and print its path.",
    "lint": "Check fragments and settings.",
    "list": "Print notes, one to a line.",
    "import": "Turn older digests into fragments.",
    "report": "Print one digest as text, HTML, RST, Markdown or JSON.",
    "mail": "Make a mail of a digest, or send it.",
    "deadlines": "Print what is next by the release schedules.",
    "countdown": "Print the mail of a week of a release cycle.",
    "threads": "Print the threads of mailing lists to choose from.",
    "collect": "Draft fragments from what other programs know.",
    "notes": "Print release notes out of git's history.",
    "bot": "Run SuccessBot on IRC.",
    "schema": "Print the JSON Schema of fragments or of schedules.",
}

#: The status of a command that the user interrupted, as shells have it: 128 and the number of the signal.
INTERRUPTED = 130


class DigestGroup(LazyGroup):
    """The group of all commands, which turns what stops them into messages and exit statuses."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; characters that the terminal cannot show are written as escapes."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; this is the one place where errors become messages."""
        try:
            return super().invoke(ctx)
        except DigestError as error:
            show_problems(error.problems)
            ctx.exit(1)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            raise  # nobody reads on; click ends the process quietly
        except OSError as error:
            _forget_output()
            place = f"{os.fsdecode(error.filename)}: " if error.filename else ""
            click.echo(f"sphinx-digest: {place}{error.strerror or error}", err=True)
            ctx.exit(1)


def _forget_output() -> None:
    """Keep Python from writing, as it ends, what could not be written before."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        return
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=DigestGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    "root",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="The project. Without it, the nearest folder from here upward that has a 'releasenotes' folder or is a "
    "repository.",
)
@click.version_option(__version__, prog_name="sphinx-digest", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, root: Path | None) -> None:
    """Community digests out of small YAML fragments.

    The exit status is 0 when all is well, 1 when problems were found, and 2 when the command line is wrong. Results
    go to standard output, messages to standard error.
    """
    ctx.obj = root
