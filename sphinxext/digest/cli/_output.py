"""Results and messages: problems in three formats, and text that is safe to print."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable

import click

from sphinxext.digest.problems import Problem

FORMATS = ("text", "json", "github")

#: Characters without a width that scripts and emoji are made with.
_JOINERS = "\u200c\u200d"


def visible(text: str) -> str:
    """A text as one line without anything that steers a terminal: such characters become escapes."""
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    harmless = character.isprintable() or character in _JOINERS or unicodedata.category(character) == "Zs"
    return character if harmless else character.encode("unicode_escape").decode()


def show_problems(problems: Iterable[Problem]) -> None:
    """Print problems as messages, on standard error."""
    text = "".join(f"{visible(str(problem))}\n" for problem in problems)
    click.echo(text, err=True, nl=False)


def format_problems(problems: Iterable[Problem], form: str) -> bytes:
    """Problems as results, in UTF-8.

    A problem of a whole file stands at its beginning, so that every result has a line and a column.

    :param form: one of :data:`FORMATS`. ``github`` are workflow commands, which become annotations.
    """
    if form == "json":
        return as_json([_record(problem) for problem in problems])
    line = _annotation if form == "github" else _line
    return "".join(f"{line(problem)}\n" for problem in problems).encode("utf-8", "backslashreplace")


def as_json(value: object) -> bytes:
    """A value as JSON in UTF-8. What UTF-8 cannot hold, such as bytes of a file's name, is written as an escape."""
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


def _annotation(problem: Problem) -> str:
    """A workflow command; GitHub's runner decodes ``%25``, ``%0D``, ``%0A``, and in properties ``%3A`` and ``%2C``."""
    place = f"line={problem.line or 1},col={problem.column or 1}"
    title = f"digest.{problem.code}"
    return f"::error file={_property(problem.path)},{place},title={_property(title)}::{_data(problem.message)}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
