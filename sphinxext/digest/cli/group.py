"""What all commands share: loading them, the options before them, and how they end."""

from __future__ import annotations

import io
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from sphinxext.digest import __version__
from sphinxext.digest.cli.lazy import LazyGroup
from sphinxext.digest.cli.output import show_problems
from sphinxext.digest.problems import DigestError

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
