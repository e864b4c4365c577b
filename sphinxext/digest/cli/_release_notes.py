"""The options of reno's commands, and the history of release notes as a command asks for it.

reno, and all else that takes time to load, is imported when it is needed: a list of notes takes less time than that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._output import (
    Decorator,
    add_options,
    as_json,
    format_option,
    output_option,
    show_problems,
    write_result,
)
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings import find_root

if TYPE_CHECKING:
    from reno.config import Config

    from sphinxext.digest.release.scanner import NoteSource
    from sphinxext.digest.render.release_outline import Outline
    from sphinxext.digest.settings.options import Settings


def _names(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> list[str] | None:
    names = [name.strip() for value in values for name in value.split(",")]
    return [name for name in names if name] or None


#: The options of a query by reno's names, in the order of the help.
_QUERY = {
    "branch": click.option("--branch", metavar="NAME", help="The branch, instead of the one that is checked out."),
    "collapse_pre_releases": click.option(
        "--collapse-pre-releases/--no-collapse-pre-releases",
        default=None,
        help="Add the notes of pre-releases to the final release.",
    ),
    "earliest_version": click.option("--earliest-version", metavar="VERSION", help="Stop at this version."),
    "stop_at_branch_base": click.option(
        "--stop-at-branch-base/--no-stop-at-branch-base",
        default=None,
        help="Stop where the series before began, or go through the whole history.",
    ),
    "release_lines": click.option(
        "--release-lines/--no-release-lines",
        default=None,
        help="Give the notes before a pre-release to the earlier version that was made from it.",
    ),
    "ignore_notes": click.option(
        "--ignore-notes",
        metavar="NAMES",
        multiple=True,
        callback=_names,
        help="Leave out these notes: names of files or their 16 digits, with commas between them. May be repeated.",
    ),
    "relnotesdir": click.option(
        "--rel-notes-dir", "relnotesdir", metavar="DIR", help="The folder instead of 'releasenotes'."
    ),
}

version_option = click.option(
    "--version",
    "versions",
    metavar="VERSION",
    multiple=True,
    help="Only this version. May be repeated; versions come in the order given.",
)

_OUTPUT = (
    click.option(
        "--unreleased-version-title", metavar="TITLE", help="The name of what is not released, instead of a version."
    ),
    format_option(
        "'text' is wrapped at 79 columns, 'rst' is for documents of Sphinx, 'json' has a record for each text, as "
        "reStructuredText, with its version and its place.",
        ("text", "markdown", "html", "rst", "json"),
    ),
    click.option(
        "--no-show-source",
        "show_source",
        is_flag=True,
        flag_value=False,
        default=True,
        help="Leave out the comments of the format 'rst' that name the file and the commit of each note.",
    ),
    output_option,
)


#: The message where nothing is found; as in reno, git has to know a note.
NO_NOTES = "no release notes: a new one counts as soon as git knows it (git add)"
#: Adds the parameters ``contributors`` and ``by_component``.
content_options = add_options(
    click.option(
        "--contributors", is_flag=True, help="Name the people who wrote each version, and those who are new."
    ),
    click.option(
        "--by-component", is_flag=True, help="Group the notes by the 'components' of 'digest.yaml', then by section."
    ),
)


def query_options(*, without: Collection[str] = ()) -> Decorator:
    """Add the options by which reno looks for notes, as the parameters that :func:`open_config` takes.

    :param without: names of those to leave out.
    """
    return add_options(*(option for name, option in _QUERY.items() if name not in without))


#: Adds the options of commands that print texts: ``unreleased_version_title``, ``form``, ``show_source``, ``output``.
output_options = add_options(*_OUTPUT)


def open_config(root: Path | None, options: Mapping[str, Any]) -> Config:
    """Read reno's configuration of the project and change it as the command line says.

    :param root: the project; without it, that of the current folder.
    :param options: by reno's names; None leaves an option as it is.
    :raises DigestError: if the configuration is malformed, or has values that reno cannot use.
    """
    from sphinxext.digest.release.config import FOLDER, override, read_config

    remarks: list[Problem] = []
    conf = read_config(root or find_root(Path.cwd()), options.get("relnotesdir") or FOLDER, remarks)
    show_problems(remarks)
    override(conf, **{name: value for name, value in options.items() if value is not None and name != "relnotesdir"})
    return conf


@contextmanager
def open_source(conf: Config) -> Iterator[NoteSource]:
    """Open git's history, or the committed file of notes where there is too little of it.

    :raises DigestError: as :func:`in_history`.
    """
    from sphinxext.digest.release.cache_file import open_scanner

    with in_history(conf), open_scanner(conf) as source:
        yield source


@contextmanager
def in_history(conf: Config) -> Iterator[None]:
    """Turn failures of git and of the history into problems.

    :raises DigestError: with git's message or ours, and names that are near to one that is missing.
    """
    from sphinxext.digest.release.git import GitError, HistoryError, PartialCloneError

    try:
        yield
    except HistoryError as error:
        near = "" if isinstance(error, GitError) else _near_names(conf, str(error))
        if isinstance(error, GitError) and "not a git repository" in str(error):
            near = "; run this in a clone, or name one with 'sphinx-digest --project PATH release-notes'"
        code = Code.SHALLOW if isinstance(error, PartialCloneError) else Code.HISTORY
        raise DigestError(problem_of(conf, f"{error}{near}", code)) from None


def problem_of(conf: Config, message: str, code: Code) -> Problem:
    """A problem of the folder of notes."""
    return Problem(conf.notespath, 0, 0, code, message)


def check_versions(conf: Config, wanted: Iterable[str], known: Collection[str], source: NoteSource) -> None:
    """Make sure that there are notes of all versions that the command line names.

    :raises DigestError: if some have none, with what this clone lacks, which may be the reason.
    """
    if missing := [version for version in wanted if version not in known]:
        raise DigestError(
            *what_is_missing(conf, source),
            *(problem_of(conf, _where(conf, version, known, source), Code.UNKNOWN_VERSION) for version in missing),
        )


def _where(conf: Config, version: str, known: Collection[str], source: NoteSource) -> str:
    """Return the message for a version without notes. One that is tagged may be in another series."""
    if version not in source.get_version_dates():
        return missing_version(version, known)
    if version not in source.get_versions_on_branch(conf.branch):
        return f"version {version!r} is on another branch: name it with --branch"
    if conf.stop_at_branch_base or conf.earliest_version:
        advice = "an earlier --earliest-version" if conf.earliest_version else "--no-stop-at-branch-base"
        return f"there are no notes of version {version!r} in this part of the history: look further with {advice}"
    return missing_version(version, known)


def what_is_missing(conf: Config, source: NoteSource) -> list[Problem]:
    """The problems of what this clone lacks."""
    return [problem_of(conf, message, Code.SHALLOW) for message in source.problems]


def missing_version(version: str, known: Collection[str]) -> str:
    """The message for a version without notes, with versions that are near."""
    others = f": there are those of {_some(known)}" if known else ", nor of any other"
    return f"there are no notes of version {version!r}{_suggestion(version, known) or others}"


def _near_names(conf: Config, message: str) -> str:
    """Suggest a branch or a version instead of a missing one."""
    from sphinxext.digest.release.git import HistoryError
    from sphinxext.digest.release.scanner import Scanner

    try:
        with Scanner(conf) as scanner:
            branches = [conf.default_branch, *scanner.get_series_branches()]
            versions = list(scanner.get_version_dates())
    except HistoryError:
        return ""
    if repr(conf.default_branch) in message and conf.branch != conf.default_branch:
        return "; if the main branch has another name, set reno's option 'default_branch'"
    if conf.branch and repr(conf.branch) in message:
        return _suggestion(conf.branch, branches) or f"; there are {_some(branches)}"
    if conf.earliest_version and repr(conf.earliest_version) in message:
        return _suggestion(conf.earliest_version, versions)
    return ""


def _suggestion(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known))
    return f": did you mean {' or '.join(map(repr, near))}?" if near else ""


def _some(known: Collection[str]) -> str:
    return f"{', '.join(list(known)[:5])}{' and others' if len(known) > 5 else ''}"


def open_settings(root: Path | None, *, by_component: bool) -> Settings:
    """Return the settings of the project that ``--project`` names, or of that of the current folder.

    :param by_component: whether notes are to be grouped.
    :raises DigestError: if they are, and there are no components.
    """
    # commands that show no texts need no settings
    from sphinxext.digest.cli._options import open_project
    from sphinxext.digest.settings.options import SETTINGS_FILE

    project, remarks = open_project(root)
    show_problems(remarks)
    if by_component and not project.main.components:
        message = "there are no components to group notes by: name them in the option 'components'"
        raise DigestError(Problem(SETTINGS_FILE, 0, 0, Code.BAD_SETTING, message))
    return project.main


def show_notes(outline: Outline, form: str, *, show_source: bool) -> tuple[bytes, list[Problem]]:
    """Return the notes in a format, and the problems of their texts, which 'text', 'markdown' and 'html' parse."""
    from sphinxext.digest.render import release_notes as renderer
    from sphinxext.digest.render.release_outline import release_note_records

    if form == "json":
        return as_json(release_note_records(outline)), []
    if form == "rst":
        return encoded(renderer.release_notes_rst(outline, show_source=show_source)), []
    renderers = {
        "text": renderer.release_notes_text,
        "markdown": renderer.release_notes_markdown,
        "html": renderer.release_notes_html,
    }
    text, problems = renderers[form](outline)
    return encoded(text), problems


def encoded(text: str) -> bytes:
    """Encode a text in UTF-8, with escapes for the control characters that escapes in YAML bring about.

    A report of reno's has them as they are, so that they steer the terminal.
    """
    from sphinxext.digest.model import REFUSED_CHARACTER

    text = REFUSED_CHARACTER.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
    return text.encode("utf-8", "backslashreplace")


def finish(ctx: click.Context, data: bytes, output: Path | None, problems: Iterable[Problem], *, empty: bool) -> None:
    """Print the result or write it to a file, and end with status 1 if a problem is more than a remark.

    :raises OSError: if the file cannot be written.
    """
    from sphinxext.digest.release.notes import REMARKS

    write_result(data, output)
    if empty:
        click.echo(NO_NOTES, err=True)
    problems = sorted(set(problems))
    show_problems(problems)
    if any(problem.code not in REMARKS for problem in problems):
        ctx.exit(1)
