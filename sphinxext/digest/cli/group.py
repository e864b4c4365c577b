"""The group of all commands: loading them when they are needed, the options before them, and their exit statuses.

It is not in ``__init__``, where the module ``list`` would hide the builtin.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest import __version__, plugins
from sphinxext.digest.cli._output import Failure, examples, show_problems, use_of_color
from sphinxext.digest.plugins import installed, summary_of
from sphinxext.digest.problems import DigestError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class SuggestingGroup(click.Group):
    """A group that suggests a command for one that it does not have."""

    #: What a command is called in messages.
    noun = "command"

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command of a command line, or suggest others."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            if args[0].startswith("-"):
                raise
            message = error.message.replace("command", self.noun, 1)
            names = self.list_commands(ctx)
            near = get_close_matches(args[0], names)
            if near:
                message = f"{message} Did you mean {' or '.join(map(repr, near))}?"
            elif len(names) <= _FEW:
                message = f"{message} There are {', '.join(names)}."
            raise click.UsageError(message, ctx) from None


class LazyGroup(SuggestingGroup):
    """A group that lists its commands from a table and from entry points, and loads one only to run it.

    :param table: the names of the commands and their summaries, in the order in which a user needs them. Each command
        is the object ``command`` in the module of its name, with ``_`` for ``-``; with an empty summary it has a place
        in the order, and an entry point brings it.
    :param headings: of the parts of the table in the help, each by the name of its first command.
    :param prefix: of the names of the modules.
    :param entries: the group of entry points that are commands as well.
    """

    def __init__(
        self,
        *args: Any,
        table: Mapping[str, str] | None = None,
        headings: Mapping[str, str] | None = None,
        prefix: str = "",
        entries: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.table = table or {}
        self.headings = headings or {}
        self.prefix = prefix
        self.entries = entries

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table, then in alphabetical order."""
        found = self._installed()
        names = [name for name, summary in self.table.items() if summary or name in found]
        return list(dict.fromkeys([*names, *found]))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; those of the table win over others of the same name."""
        if self.table.get(cmd_name):
            module = f"{self.prefix}{cmd_name}".replace("-", "_")
            command = import_module(f"sphinxext.digest.cli.{module}").command
            assert isinstance(command, click.Command)
            return command
        found = self._installed()
        if cmd_name in found:
            return _load(found[cmd_name])
        if self.entries and (cmd_name in self.table or not found):
            raise click.ClickException(f"The command '{cmd_name}' is not installed: install sphinxext-digest again.")
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without loading them."""
        found = self._installed()
        parts: list[tuple[str, list[tuple[str, str]]]] = [("Commands", [])]
        for name in self.list_commands(ctx):
            if name in self.headings:
                parts.append((self.headings[name], []))
            elif self.headings and name not in self.table and parts[-1][0] != _OTHERS:
                parts.append((_OTHERS, []))
            parts[-1][1].append((name, self.table.get(name) or summary_of(found[name])))
        # one column of names for all parts
        width = max((len(name) for _, rows in parts for name, _ in rows), default=0)
        for heading, rows in parts:
            if rows:
                with formatter.section(heading):
                    formatter.write_dl([(name.ljust(width), summary) for name, summary in rows])

    def _installed(self) -> Mapping[str, EntryPoint]:
        return installed(self.entries) if self.entries else {}


#: Name all commands in a message if there are no more than this.
_FEW = 10


def _load(entry: EntryPoint) -> click.Command:
    try:
        command = entry.load()
    except (ImportError, AttributeError) as error:
        command = error
    if not isinstance(command, click.Command):
        reason = command if isinstance(command, Exception) else "it is not a click command"
        raise click.ClickException(f"The command '{entry.name}' ({entry.value}) cannot be loaded: {reason}.")
    return command


#: The heading of commands that other distributions bring.
_OTHERS = "Other commands"
#: The commands and their summaries. What gathers comes from entry points, so that only its own module is imported.
COMMANDS = {
    "init": "Set a project up for digests or release notes.",
    "new": "Write a fragment and print its path.",
    "lint": "Check fragments, settings and release notes.",
    "list": "Print notes, one to a line.",
    "status": "Show what the next digest has, and what to do for it.",
    "review": "Go through the drafts one by one.",
    "preview": "Show a digest with its drafts in a browser.",
    "report": "Print one digest as text, HTML, RST, Markdown or JSON.",
    "mail": "Print a digest as a mail, or send it.",
    "announce": "Tell the world of a digest in a sentence.",
    "collect": "Draft fragments from logs, mails, feeds and more.",
    "threads": "",
    "import": "",
    "bot": "",
    "release-notes": "Write and check release notes; print them from git's history.",
    "deadlines": "Print the next deadlines of the release schedules.",
    "countdown": "Print the weekly mail of a release countdown.",
    "schema": "Print a JSON Schema for editors.",
    "completion": "Print what makes a shell complete commands and options.",
}
#: The headings above some of them in the help.
HEADINGS = {
    "init": "Write",
    "preview": "Publish",
    "collect": "Gather",
    "release-notes": "Release",
    "schema": "Tools",
}

#: The exit status after SIGINT, as in shells: 128 and the number of the signal.
INTERRUPTED = 130


class DigestGroup(LazyGroup):
    """The group of all commands, which turns errors into messages and exit statuses."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line; characters that the terminal cannot encode become escapes."""
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="backslashreplace")
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. This is the one place where errors become messages."""
        try:
            return super().invoke(ctx)
        except DigestError as error:
            show_problems(error.problems)
            ctx.exit(1)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            raise  # the reader has closed the pipe; click ends the process quietly
        except OSError as error:
            _forget_output()
            raise Failure.of(error) from None


def _forget_output() -> None:
    """Keep Python from trying again, as it exits, to write output that could not be written."""
    with suppress(OSError, ValueError):
        sys.stdout.flush()
        return
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=DigestGroup,
    table=COMMANDS,
    headings=HEADINGS,
    entries=plugins.COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=examples(
        "sphinx-digest init",
        'sphinx-digest new success "ada: The build is green!"',
        "sphinx-digest report latest",
    ),
)
@click.option(
    "--project",
    "root",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path),
    help="The project's folder. Without it, the nearest folder from here upward that has a 'releasenotes' folder or "
    "is a repository.",
)
@click.version_option(__version__, prog_name="sphinx-digest", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context, root: Path | None) -> None:
    """Turn small YAML fragments into community digests.

    The exit status is 0 if all is well, 1 if problems were found, and 2 if the command line is wrong. Results go to
    standard output, messages to standard error.
    """
    ctx.obj = root
    ctx.color = use_of_color(os.environ)
