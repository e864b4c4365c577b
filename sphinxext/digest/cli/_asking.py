"""Ask on a terminal for what a command line does not say."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from sphinxext.digest.cli._output import visible
from sphinxext.digest.problems import DigestError


def is_interactive() -> bool:
    """Return True if somebody can read a question and answer it."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def ask(question: str, choice: click.Choice[str] | None = None, check: Callable[[str], object] | None = None) -> str:
    """Ask on standard error until there is a valid answer.

    :param check: raises :class:`DigestError` for an answer that is not valid.
    """

    def read(text: str) -> str:
        if choice is not None:
            return str(choice.convert(text, None, None))
        try:
            if check is not None:
                check(text)
        except DigestError as error:
            raise click.UsageError(visible("; ".join(problem.message for problem in error.problems))) from None
        return text

    return str(click.prompt(question, type=choice, value_proc=read, err=True))
