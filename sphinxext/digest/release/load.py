"""From a scan of the history to releases with their notes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from sphinxext.digest.history.committed import open_scanner
from sphinxext.digest.history.git import HistoryError, PartialCloneError
from sphinxext.digest.history.names import unique_id
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.read import NoteReader
from sphinxext.digest.release.records import NoteScanner, NotesConfig, Release, ReleaseNote

#: A note's path and its commit, as a scanner has them.
_File = tuple[str, bytes | None]


def load_releases(
    conf: NotesConfig,
    problems: list[Problem],
    *,
    scanner: NoteScanner | None = None,
    versions: Iterable[str] | None = None,
    untracked: bool = False,
) -> tuple[Release, ...]:
    """The releases of a branch with their notes, the newest first, as reno reports them.

    Which there are is said by the options: the branch, ``earliest_version``, ``stop_at_branch_base``,
    ``collapse_pre_releases``, ``ignore_notes``. Versions without notes are left out.

    Nothing is raised for what is wrong with the repository or with notes. Problems have paths relative to the
    repository: a note's own, or for the history the folder of notes.

    :param conf: a ``reno.config.Config``.
    :param problems: takes what is wrong: a branch that is not there, a shallow clone, a note that is no YAML ...
    :param scanner: what tells the notes of versions, if not the one that
        :func:`~sphinxext.digest.history.committed.open_scanner` chooses. Who gives one also closes it.
    :param versions: those to take, in this order, instead of all that there are.
    :param untracked: whether notes count that git does not know yet. It has no effect on a scanner that is given.
    """
    try:
        if scanner is not None:
            return _load(conf, problems, scanner, versions)
        with open_scanner(conf, untracked=untracked) as own:
            return _load(conf, problems, own, versions)
    except HistoryError as error:
        problems.append(Problem(folder_of(conf), 0, 0, Code.HISTORY, str(error)))
        return ()


def folder_of(conf: NotesConfig) -> str:
    """The folder of notes, relative to the repository."""
    return conf.notespath.replace(os.sep, "/")


def sections_of(conf: NotesConfig) -> list[tuple[str, str, int]]:
    """The name, the heading and the level (1 to 3) of each section, in the order of reports; no prelude."""
    return [(section.name, section.title, section.section_level) for section in conf.sections]


def prelude_title(conf: NotesConfig) -> str:
    """The heading of the preludes."""
    return conf.prelude_section_name.replace("_", " ").title()


def _load(
    conf: NotesConfig, problems: list[Problem], scanner: NoteScanner, versions: Iterable[str] | None
) -> tuple[Release, ...]:
    # a scanner that others share may be made for another branch
    files: Mapping[str, list[_File]] = scanner.get_notes_by_version(conf.branch)
    problems += [Problem(folder_of(conf), 0, 0, Code.SHALLOW, text) for text in getattr(scanner, "problems", ())]
    if versions is not None:
        files = _chosen(conf, files, versions, problems)
    reader = NoteReader(conf.prelude_section_name, tuple(section.name for section in conf.sections))
    dates = scanner.get_version_dates()
    releases = []
    for version, found in files.items():
        notes = [_note(conf, scanner, reader, file, problems) for file in found]
        title = (conf.unreleased_version_title or version) if "-" in version else version
        releases.append(
            Release(version, title, day_of(dates.get(version)), tuple(note for note in notes if note is not None))
        )
    return tuple(releases)


def _chosen(
    conf: NotesConfig, files: Mapping[str, list[_File]], versions: Iterable[str], problems: list[Problem]
) -> dict[str, list[_File]]:
    chosen = {}
    for version in versions:
        if version in files:
            chosen[version] = files[version]
        else:
            there = ", ".join(files) or "none at all"
            message = f"there are no notes of a version '{version}'; there are those of {there}"
            problems.append(Problem(folder_of(conf), 0, 0, Code.UNKNOWN_VERSION, message))
    return chosen


def _note(
    conf: NotesConfig, scanner: NoteScanner, reader: NoteReader, file: _File, problems: list[Problem]
) -> ReleaseNote | None:
    name, commit = file
    path = name.replace(os.sep, "/")
    try:
        content = scanner.get_file_at_commit(name, commit)
    except PartialCloneError as error:
        problem = Problem(folder_of(conf), 0, 0, Code.SHALLOW, str(error))
        if problem not in problems:
            problems.append(problem)
        return None
    except (UnicodeError, LookupError) as error:
        problems.append(Problem(path, 1, 1, Code.ENCODING, f"the file cannot be read: {error}"))
        return None
    if content is None:
        problems.append(Problem(path, 0, 0, Code.UNREADABLE, "the file is not there"))
        return None
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    parts = reader.read(data, path, problems)
    if parts is None:
        return None
    return ReleaseNote(path, unique_id(name), commit.decode() if commit else None, *parts)


def day_of(seconds: int | None) -> date | None:
    """The day (UTC) of seconds since 1970, or None if there is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC).date() if seconds is not None else None
    except (ValueError, OverflowError, OSError):
        return None
