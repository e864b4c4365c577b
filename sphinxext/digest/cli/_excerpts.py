"""Findings on a terminal: each with the line of its file, and a mark below what is meant."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from sphinxext.digest.cli._output import format_problems, visible
from sphinxext.digest.problems import Problem
from sphinxext.digest.text.width import cut, width_of

#: Larger files are not read for an excerpt.
_MAX_BYTES = 4 * 1024 * 1024
#: The columns before the mark that stay visible in a line that is cut.
_BEFORE = 40


def print_findings(ctx: click.Context, problems: Sequence[Problem], form: str, root: Path) -> None:
    """Print problems as results: on a terminal with excerpts and colour, elsewhere a line for each.

    :param form: the format, which only matters elsewhere if it is ``text``.
    :param root: what the paths of the problems are relative to.
    """
    is_rich = ctx.color or (ctx.color is None and sys.stdout is not None and sys.stdout.isatty())
    if form != "text" or not is_rich:
        click.echo(format_problems(problems, form), nl=False)
        return
    click.echo("".join(f"{line}\n" for line in _lines(problems, root)), nl=False)


def _lines(problems: Iterable[Problem], root: Path) -> Iterator[str]:
    columns = shutil.get_terminal_size().columns
    path, lines = "", []
    for problem in problems:
        if problem.path != path:
            path, lines = problem.path, _read(root / problem.path)
        place = f"{click.style(visible(problem.path), bold=True)}:{problem.line or 1}:{problem.column or 1}"
        code = click.style(str(problem.code), fg="red", bold=True)
        yield f"{place}: {code} {visible(problem.message)}"
        if 0 < problem.line <= len(lines):
            yield from _excerpt(lines[problem.line - 1], problem, columns)


def _excerpt(line: str, problem: Problem, columns: int) -> Iterator[str]:
    """Yield the line with its number, and the mark below it, as far as the terminal has room for them."""
    number = str(problem.line)
    margin = " " * len(number)
    start = max(problem.column - 1, 0)
    before, after = visible(line[:start].expandtabs(4)), visible(line[start:].expandtabs(4))
    if width_of(before) + len(number) + 4 > columns - _BEFORE // 2:
        before = f"...{before[-_BEFORE:]}"
    bar = click.style("|", fg="cyan")
    text = cut(before + after, max(columns - len(number) - 4, 20), "...")
    yield f" {margin} {bar}"
    yield f" {click.style(number, fg='cyan')} {bar} {text}"
    mark = " " * width_of(before) + click.style("^", fg="red", bold=True)
    yield f" {margin} {bar} {mark if problem.column else ''}".rstrip()


def _read(file: Path) -> list[str]:
    """Return the lines of a file; none if it is no regular file, or a large one."""
    try:
        if not file.is_file() or file.stat().st_size > _MAX_BYTES:
            return []
        data = file.read_bytes()
    except OSError:
        return []
    return data.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
