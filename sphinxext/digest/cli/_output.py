"""Results on standard output, messages on standard error, and the ends of commands.

Results are bytes in UTF-8. Messages are lines without anything that steers a terminal.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import click

from sphinxext.digest.files import replace_file
from sphinxext.digest.problems import Problem, nearest

#: What adds options to the function of a command.
Decorator = Callable[[Callable[..., object]], Callable[..., object]]

FORMATS = ("text", "json", "github")

#: Characters without a width that scripts and emoji are made with.
_JOINERS = "\u200c\u200d"


class Failure(click.ClickException):
    """An error that ends a command with a message and the status 1."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the message as those of the command are printed."""
        click.echo(f"sphinx-digest: {visible(self.message)}", file=file, err=file is None)

    @classmethod
    def of(cls, error: OSError) -> Failure:
        """Name the file and the reason of an error of the operating system."""
        place = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        return cls(f"{place}{error.strerror or error}")


def add_options(*decorators: Decorator) -> Decorator:
    """Return a decorator that adds several options, in this order."""

    def add(function: Callable[..., object]) -> Callable[..., object]:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return add


def examples(*lines: str) -> str:
    """Return the end of a command's help: command lines, as they are."""
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines)


class Choice(click.Choice[str]):
    """One of a few values; a mistyped one gets a suggestion."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the value, or suggest another."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            near = nearest(str(value), self.choices)
            if near is None:
                raise
            raise click.BadParameter(f"{error.message.rstrip('.')}: did you mean '{near}'?", ctx, param) from None


def format_option(explained: str, formats: Sequence[str] = ("text", "json")) -> Decorator:
    """Add the option ``--format``, as the parameter ``form``.

    :param explained: describes the formats.
    :param formats: one of them is ``text``, the default.
    """
    return click.option("--format", "form", type=Choice(formats), default="text", show_default=True, help=explained)


#: Where results go, if not to standard output.
output_option = click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to this file instead of standard output. It is replaced atomically.",
)


def write_result(data: bytes, output: Path | None) -> None:
    """Print a result, or write it to a file.

    :raises OSError: if it cannot be written.
    """
    if output is None:
        click.echo(data, nl=False)
    else:
        replace_file(output, data)


def terminal_width() -> int | None:
    """Return the columns of the terminal; a pipe and a file have room for everything."""
    return shutil.get_terminal_size().columns if sys.stdout and sys.stdout.isatty() else None


def visible(text: str) -> str:
    """Return a text as one line in which characters that steer a terminal are escapes."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    harmless = character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs"
    return character if harmless else character.encode("unicode_escape").decode()


def use_of_color(environ: Mapping[str, str]) -> bool | None:
    """Return what the environment says of colour, as click has it: yes, no, or None for "on terminals".

    Variables that are set and not empty count; ``NO_COLOR`` (https://no-color.org) wins over ``FORCE_COLOR``.
    """
    return False if environ.get("NO_COLOR") else True if environ.get("FORCE_COLOR") else None


def show_problems(problems: Iterable[Problem]) -> None:
    """Print problems as messages."""
    text = "".join(f"{visible(str(problem))}\n" for problem in problems)
    click.echo(text, err=True, nl=False)


def finish(ctx: click.Context, problems: Collection[Problem]) -> None:
    """End a command that has printed its result: with status 1 if there are problems, which are printed."""
    if problems:
        show_problems(problems)
        ctx.exit(1)


def show_hints(hints: Iterable[Problem], form: str) -> None:
    """Print what may be right as it is: as messages, or in the format ``github`` as notices."""
    if form == "github":
        click.echo("".join(f"{_annotation(hint, 'notice')}\n" for hint in hints).encode("utf-8"), nl=False)
    else:
        show_problems(hints)


def counted(count: int, what: str) -> str:
    """Return a number with its noun."""
    return f"{count} {what}{'' if count == 1 else 's'}"


def format_problems(problems: Iterable[Problem], form: str) -> bytes:
    """Format problems as the results of a command.

    A problem of a whole file is placed at its beginning, so that every result has a line and a column.

    :param form: one of :data:`FORMATS`. ``github`` are workflow commands, which become annotations.
    """
    if form == "json":
        return as_json([_record(problem) for problem in problems])
    line = _annotation if form == "github" else _line
    return "".join(f"{line(problem)}\n" for problem in problems).encode("utf-8", "backslashreplace")


def as_json(value: object) -> bytes:
    """Format a value as JSON in UTF-8; bytes of a file's name that are not UTF-8 become escapes."""
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode("utf-8", "backslashreplace")


def _record(problem: Problem) -> dict[str, object]:
    return {
        "path": problem.path,
        "line": problem.line or 1,
        "column": problem.column or 1,
        "code": str(problem.code),
        "message": problem.message,
    }


def _line(problem: Problem) -> str:
    place = f"{problem.path}:{problem.line or 1}:{problem.column or 1}"
    return visible(f"{place}: {problem.code} {problem.message}")


def _annotation(problem: Problem, level: str = "error") -> str:
    """Format a workflow command; GitHub decodes ``%25``, ``%0D``, ``%0A``, and in properties ``%3A``, ``%2C``."""
    place = f"line={problem.line or 1},col={problem.column or 1}"
    title = f"digest.{problem.code}"
    return f"::{level} file={_property(problem.path)},{place},title={_property(title)}::{_data(problem.message)}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
