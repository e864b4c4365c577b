"""Release notes in the formats of the commands that print them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli.common_options import format_option
from sphinxext.digest.cli.output import as_json
from sphinxext.digest.files import replace_file

if TYPE_CHECKING:
    from sphinxext.digest.problems import Problem
    from sphinxext.digest.render.release_notes import Outline

_FORMATS = ("text", "markdown", "rst", "json")


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--format``, ``--no-show-source`` and ``--output``, as ``form``, ``show_source`` and ``output``."""
    for option in (
        click.option(
            "--output",
            metavar="FILE",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write to this file instead of standard output; it appears complete or not at all.",
        ),
        click.option(
            "--no-show-source",
            "show_source",
            is_flag=True,
            flag_value=False,
            default=True,
            help="Leave out the comments of the format 'rst' that name the file and the commit of each note.",
        ),
        format_option(
            "'text' is wrapped at 79 columns, 'rst' is for documents of Sphinx, 'json' has a record for each "
            "text, as reStructuredText, with its version and its place.",
            _FORMATS,
        ),
    ):
        function = option(function)
    return function


def fails(problems: Iterable[Problem]) -> bool:
    """Return True if one of the problems is more than a remark on what reno accepts."""
    from sphinxext.digest.release.read import REMARKS

    return any(problem.code not in REMARKS for problem in problems)


def show_notes(outline: Outline, form: str, *, show_source: bool) -> tuple[bytes, list[Problem]]:
    """The notes in a format, and the problems of their texts, which only 'text' and 'markdown' have to know."""
    if form == "json":
        from sphinxext.digest.render.release_notes_json import release_note_records

        return as_json(release_note_records(outline)), []
    if form == "rst":
        from sphinxext.digest.render.release_notes_rst import release_notes_rst

        return encoded(release_notes_rst(outline, show_source=show_source)), []
    from sphinxext.digest.render import release_notes_text as renderer

    render = renderer.release_notes_text if form == "text" else renderer.release_notes_markdown
    text, problems = render(outline)
    return encoded(text), problems


def encoded(text: str) -> bytes:
    """A text in UTF-8, without what steers a terminal, which escapes in YAML bring about: such characters are escapes.

    A report of reno's has them as they are.
    """
    from sphinxext.digest.model import REFUSED_CHARACTER

    text = REFUSED_CHARACTER.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
    return text.encode("utf-8", "backslashreplace")


def write_result(data: bytes, output: Path | None) -> None:
    """Print a result, or write it to a file.

    :raises OSError: if it cannot be written.
    """
    if output is None:
        click.echo(data, nl=False)
    else:
        replace_file(output, data)
