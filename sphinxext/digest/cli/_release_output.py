"""Release notes in the formats of the commands that print them.

The history of release notes as one command asks it: once, and with messages that a user can act on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._options import format_option
from sphinxext.digest.cli._output import as_json
from sphinxext.digest.cli._release_config import check_versions, day_of, in_history, what_is_missing
from sphinxext.digest.files import replace_file
from sphinxext.digest.problems import Problem
from sphinxext.digest.release.cache_file import CacheFile, open_scanner
from sphinxext.digest.release.load import load_releases
from sphinxext.digest.release.notes import Release
from sphinxext.digest.release.scan import NoteFile

if TYPE_CHECKING:
    from reno.config import Config

    from sphinxext.digest.release.scanner import Scanner
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
    from sphinxext.digest.release.notes import REMARKS

    return any(problem.code not in REMARKS for problem in problems)


def show_notes(outline: Outline, form: str, *, show_source: bool) -> tuple[bytes, list[Problem]]:
    """The notes in a format, and the problems of their texts, which only 'text' and 'markdown' have to know."""
    if form == "json":
        from sphinxext.digest.render.release_notes import release_note_records

        return as_json(release_note_records(outline)), []
    if form == "rst":
        from sphinxext.digest.render.release_notes import release_notes_rst

        return encoded(release_notes_rst(outline, show_source=show_source)), []
    from sphinxext.digest.render import release_notes as renderer

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


class History:
    """A scanner that is asked only once for what takes time, and that remembers what notes hold.

    :ivar contents: of the notes that were read, by their paths.
    """

    def __init__(self, conf: Config, scanner: Scanner | CacheFile) -> None:
        self.conf = conf
        self.scanner = scanner
        self.notes: OrderedDict[str, list[NoteFile]] = scanner.get_notes_by_version()
        self.contents: dict[str, bytes | str] = {}

    @property
    def problems(self) -> list[str]:
        """What this clone cannot tell."""
        return self.scanner.problems

    def get_notes_by_version(self, branch: str | None = None) -> OrderedDict[str, list[NoteFile]]:
        """The notes of each version of the configured branch, the newest version first."""
        return self.notes

    def get_file_at_commit(self, filename: str, sha: bytes | str | None) -> bytes | str | None:
        """The content of a note."""
        content = self.scanner.get_file_at_commit(filename, sha)
        if content is not None:
            self.contents[filename] = content
        return content

    def get_version_dates(self) -> dict[str, int]:
        """The seconds since 1970 at which each tag was made."""
        return self.scanner.get_version_dates()

    def bare_releases(self) -> list[Release]:
        """All versions without their notes, to choose from."""
        dates = self.get_version_dates()
        return [Release(version, version, day_of(dates.get(version)), ()) for version in self.notes]

    def releases(self, versions: Sequence[str], problems: list[Problem]) -> tuple[Release, ...]:
        """Versions with the texts of their notes, in the given order.

        :param problems: takes what is wrong with notes, and what this clone cannot tell.
        :raises DigestError: if there are no notes of a version.
        """
        check_versions(self.conf, versions, list(self.notes), what_is_missing(self.conf, self.problems))
        return load_releases(self.conf, problems, scanner=self, versions=versions)


@contextmanager
def open_history(conf: Config) -> Iterator[History]:
    """The history of a project.

    :raises DigestError: if it cannot be told.
    """
    with in_history(conf), open_scanner(conf) as scanner:
        yield History(conf, scanner)
