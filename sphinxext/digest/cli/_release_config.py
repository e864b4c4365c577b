"""Where release notes are looked for, and by which rules: reno's configuration and the options that change it.

reno is loaded when it is needed, and so is all else that takes time: a list of notes takes less than that.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._output import show_problems
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.project import find_root

if TYPE_CHECKING:
    from datetime import date

    from reno.config import Config


#: The options of a query by reno's names, in the order of the help.
_QUERY = {
    "branch": click.option(
        "--branch", metavar="NAME", help="The branch to look at, instead of the one that is checked out."
    ),
    "collapse_pre_releases": click.option(
        "--collapse-pre-releases/--no-collapse-pre-releases",
        default=None,
        help="Whether the notes of pre-releases belong to the final release.",
    ),
    "earliest_version": click.option("--earliest-version", metavar="VERSION", help="Stop at this version."),
    "stop_at_branch_base": click.option(
        "--stop-at-branch-base/--no-stop-at-branch-base",
        default=None,
        help="Whether to stop where the series before began, or to go through the whole history.",
    ),
    "ignore_notes": click.option(
        "--ignore-notes",
        metavar="NAMES",
        multiple=True,
        callback=lambda _ctx, _param, values: [name for value in values for name in _names(value)] or None,
        help="Leave out these notes: names of files or their 16 digits, with commas between them. May be repeated.",
    ),
    "relnotesdir": click.option(
        "--rel-notes-dir", "relnotesdir", metavar="DIR", help="The folder instead of 'releasenotes'."
    ),
}
#: Where reno looks for its configuration, below the project.
_FILES = ("{folder}/config.yaml", "reno.yaml")


def query_options(*, without: Collection[str] = ()) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options by which reno looks for notes, as the parameters that :func:`open_config` takes.

    :param without: names of those to leave out.
    """

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for name in reversed([name for name in _QUERY if name not in without]):
            function = _QUERY[name](function)
        return function

    return add


def version_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--version``, as the parameter ``versions``."""
    return click.option(
        "--version",
        "versions",
        metavar="VERSION",
        multiple=True,
        help="Only this version. May be repeated; versions come in the order given.",
    )(function)


def open_config(root: Path | None, options: Mapping[str, Any]) -> Config:
    """The configuration of reno in the project, with what the command line changes.

    :param root: the project; without it, that of the current folder.
    :param options: by reno's names; None leaves an option as it is.
    :raises DigestError: if the configuration cannot be read, or has values that reno cannot use.
    """
    from reno.config import Config

    root = root or find_root(Path.cwd())
    folder = options.get("relnotesdir") or "releasenotes"
    files = [Path(name.format(folder=folder)) for name in _FILES]
    place = next((file.as_posix() for file in files if (root / file).is_file()), files[0].as_posix())
    remarks: list[str] = []
    try:
        with _heard(remarks):
            conf = Config(str(root), folder)
    except ValueError as error:
        raise _unusable(place, f"reno cannot use it: {error}") from None
    except (AttributeError, LookupError, TypeError):
        message = "reno cannot use it: it must be a mapping of options, in which 'sections' is a list of pairs"
        raise _unusable(place, message) from None
    except Exception as error:
        if (mark := getattr(error, "problem_mark", None)) is None:
            raise
        problem = getattr(error, "problem", None) or str(error)
        raise DigestError(Problem(place, mark.line + 1, mark.column + 1, Code.YAML_SYNTAX, problem)) from None
    show_problems(Problem(place, 0, 0, Code.UNKNOWN_SETTING, remark) for remark in remarks)
    for message in _wrong_values(conf):
        raise _unusable(place, message)
    changes = {name: value for name, value in options.items() if value is not None and name != "relnotesdir"}
    conf.override(**changes)
    return conf


@contextmanager
def in_history(conf: Config) -> Iterator[None]:
    """Turn what cannot be told from the history into a problem.

    :raises DigestError: with what git or the history says, and names that are near to one that is not there.
    """
    from sphinxext.digest.release.git import GitError, HistoryError, PartialCloneError

    try:
        yield
    except PartialCloneError as error:
        raise DigestError(*what_is_missing(conf, [str(error)])) from None
    except HistoryError as error:
        near = "" if isinstance(error, GitError) else _near_names(conf, str(error))
        raise DigestError(Problem(conf.notespath, 0, 0, Code.HISTORY, f"{error}{near}")) from None


def what_is_missing(conf: Config, messages: list[str]) -> list[Problem]:
    """What the history cannot tell in this clone."""
    return [Problem(conf.notespath, 0, 0, Code.SHALLOW, message) for message in messages]


def check_versions(conf: Config, wanted: Sequence[str], known: list[str], missing_history: list[Problem]) -> None:
    """Make sure that there are notes of all versions that the command line names.

    :param missing_history: what may be the reason if there are none.
    :raises DigestError: if there are none of some.
    """
    if missing := [version for version in wanted if version not in known]:
        raise DigestError(
            *missing_history,
            *(
                Problem(conf.notespath, 0, 0, Code.UNKNOWN_VERSION, missing_version(version, known))
                for version in missing
            ),
        )


def missing_version(version: str, known: list[str]) -> str:
    """What to say of a version without notes: those that are near."""
    others = f": there are those of {_some(known)}" if known else ", nor of any other"
    return f"there are no notes of version {version!r}{_suggestion(version, known) or others}"


def day_of(seconds: int | None) -> date | None:
    """The day in UTC, or None if it is in no year that has a name."""
    from datetime import UTC, datetime

    try:
        return datetime.fromtimestamp(seconds, UTC).date() if seconds is not None else None
    except (OverflowError, OSError, ValueError):
        return None


def _names(value: str) -> list[str]:
    return [name.strip() for name in value.split(",") if name.strip()]


def _unusable(place: str, message: str) -> DigestError:
    return DigestError(Problem(place, 0, 0, Code.BAD_SETTING, message))


@contextmanager
def _heard(remarks: list[str]) -> Iterator[None]:
    """Collect what reno says of its configuration to its log, which otherwise nobody hears."""

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            remarks.append(record.getMessage())

    logger, listener = logging.getLogger("reno.config"), Listener(logging.WARNING)
    logger.addHandler(listener)
    try:
        yield
    finally:
        logger.removeHandler(listener)


def _wrong_values(conf: Config) -> Iterator[str]:
    """What is wrong with the values of options, which reno takes as they are."""
    for name, value in conf.options.items():
        if name == "sections":
            if not all(isinstance(part, str) for section in value for part in section[:2]):
                yield "'sections' must be a list of pairs of strings"
        elif message := _wrong_value(value, conf.get_default(name)):
            yield f"{name!r} {message}"
        elif name.endswith("_re") and (message := _wrong_expression(value)):
            yield f"{name!r} is no regular expression: {message}"


def _wrong_value(value: object, default: object) -> str:
    """What is wrong with a value that stands in the place of a default."""
    if isinstance(default, list):
        is_list = isinstance(value, list | tuple) and all(isinstance(part, str) for part in value)
        return "" if is_list else "must be a list of strings"
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "must be true or false"
    is_text = isinstance(value, str) or (value is None and default is None)
    return "" if is_text else f"must be a string: put {value} between quotes"


def _wrong_expression(value: str) -> str:
    try:
        re.compile(value, re.VERBOSE)
    except re.error as error:
        return str(error)
    return ""


def _near_names(conf: Config, message: str) -> str:
    """What may have been meant by a branch or a version that is not there."""
    from sphinxext.digest.release.git import HistoryError
    from sphinxext.digest.release.scanner import Scanner

    try:
        with Scanner(conf) as scanner:
            branches = [conf.default_branch, *scanner.get_series_branches()]
            versions = list(scanner.get_version_dates())
    except HistoryError:
        return ""
    if repr(conf.default_branch) in message and conf.branch != conf.default_branch:
        return "; if the main branch has another name, the option 'default_branch' of reno has to say so"
    if conf.branch and repr(conf.branch) in message:
        return _suggestion(conf.branch, branches) or f"; there are {_some(branches)}"
    if conf.earliest_version and repr(conf.earliest_version) in message:
        return _suggestion(conf.earliest_version, versions)
    return ""


def _suggestion(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known)
    return f"; near to it: {', '.join(near)}" if near else ""


def _some(known: list[str]) -> str:
    return f"{', '.join(known[:5])}{' and others' if len(known) > 5 else ''}"
