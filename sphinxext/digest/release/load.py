"""From a scan of the history to releases with their notes.

The versions that were released in a period, as a digest tells them.

Releases as the reStructuredText that reno's report and its directive have, each line with its place.

The labels and headings are an interface: links from elsewhere lead to what is made of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from datetime import UTC, date, datetime
from typing import NamedTuple

from sphinxext.digest.model import Period, ReleasedVersion, Text
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.cache_file import open_scanner
from sphinxext.digest.release.git import PARTIAL, HistoryError, PartialCloneError
from sphinxext.digest.release.notes import NoteReader, NoteScanner, NotesConfig, Release, ReleaseNote
from sphinxext.digest.release.settings import unique_id

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
        :func:`~sphinxext.digest.release.cache_file.open_scanner` chooses. Who gives one also closes it.
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


_SENTENCE = re.compile(r".*?[.!?](?=\s|$)")
#: Marks of inline markup, each with what stays of it.
_MARKUP = (
    (re.compile(r"``(.+?)``"), r"\1"),
    (re.compile(r":[\w:+.-]+:`([^`<]+?)\s*<[^`>]*>`"), r"\1"),
    (re.compile(r":[\w:+.-]+:`~(?:[^`]*\.)?([^`]+)`"), r"\1"),
    (re.compile(r":[\w:+.-]+:`([^`]+)`"), r"\1"),
    (re.compile(r"`([^`<]+?)\s*<[^`>]*>`_+"), r"\1"),
    (re.compile(r"`([^`]+)`_*"), r"\1"),
    (re.compile(r"(?<!\w)(\*\*|\*)(?=\S)(.+?)(?<=\S)\1(?!\w)"), r"\2"),
    (re.compile(r"\\(.)"), r"\1"),
)
#: How a paragraph begins, and not a list, a directive or another block.
_WORDS = re.compile(r"(?![*+-] |::|\.\. )[\w`*\"'“‘(:]")


def released_versions(
    conf: NotesConfig, problems: list[Problem], period: Period | None = None
) -> tuple[ReleasedVersion, ...]:
    """The versions whose tags were made in a period, oldest first, on the current branch and those of all series.

    Pre-releases are versions of their own, so that what a digest says stays true after the final release. Versions
    without notes are left out. No history is read if no tag is of the period.

    :param conf: a ``reno.config.Config``; what it says of the branch and of limits does not count.
    :param period: None for all versions.
    """
    told = _told(tagged_releases(conf, problems, period))
    return tuple(sorted(told, key=lambda version: (version.day, version.version)))


def tagged_releases(conf: NotesConfig, problems: list[Problem], period: Period | None = None) -> list[Release]:
    """The releases of which :func:`released_versions` tells, with their notes, in no order."""
    conf = copy(conf)
    conf.collapse_pre_releases, conf.stop_at_branch_base = False, False
    conf.earliest_version = conf.branch = None
    found: dict[str, Release] = {}
    of_notes: list[Problem] = []
    try:
        with open_scanner(conf) as scanner:
            days = {version: day_of(seconds) for version, seconds in scanner.get_version_dates().items()}
            wanted = {version for version, day in days.items() if day and (period is None or day in period)}
            for branch in (None, *reversed(scanner.get_series_branches())):
                if not wanted - found.keys():
                    break
                conf.branch = branch
                there = scanner.get_notes_by_version(branch).keys() & (wanted - found.keys())
                for release in load_releases(conf, of_notes, scanner=scanner, versions=sorted(there)):
                    found.setdefault(release.version, release)
    except PartialCloneError as error:
        of_notes.append(Problem(folder_of(conf), 0, 0, Code.SHALLOW, str(error)))
    except HistoryError as error:
        problems.append(Problem(folder_of(conf), 0, 0, Code.HISTORY, str(error)))
    # whoever shows the notes on a page reports the rest
    problems += {problem for problem in of_notes if problem.message == PARTIAL}
    return list(found.values())


def _told(releases: Iterable[Release]) -> Iterator[ReleasedVersion]:
    for release in releases:
        if release.day is not None and release.notes:
            summary = first_sentence(release.preludes[0][1].value) if release.preludes else ""
            yield ReleasedVersion(release.version, release.day, release.count, summary)


def first_sentence(text: str) -> str:
    """The first sentence of a text of reStructuredText as plain words; nothing if it does not begin with words."""
    words = " ".join(text.split("\n\n", 1)[0].split())
    if not _WORDS.match(words) or words.endswith("::"):
        return ""
    sentence = _SENTENCE.match(words)
    plain = sentence[0] if sentence else words
    for mark, rest in _MARKUP:
        plain = mark.sub(rest, plain)
    return plain


#: What is below the headings of sections, by their level.
_UNDERLINES = {1: "-", 2: "^", 3: "~"}


class Line(NamedTuple):
    """A line of a report. One that a note has names the note's path and its line there, from 1."""

    text: str
    path: str | None = None
    line: int = 0


def label_of(release: Release, title: str = "", branch: str | None = None, section: str = "") -> str:
    """The label of a version, or of one of its sections by the section's heading.

    :param title: of the whole report.
    :param branch: that the directive names.
    """
    parts = [title or "relnotes", release.title + (f"_{branch.replace('/', '_')}" if branch else "")]
    return "_".join([*parts, section] if section else parts)


def report_lines(
    conf: NotesConfig, releases: Iterable[Release], *, title: str = "", branch: str | None = None
) -> Iterator[Line]:
    """The lines of a report.

    :param title: a heading above all.
    :param branch: is a part of labels if it is given.
    """
    if title:
        rule = Line("=" * len(title))
        yield from (rule, Line(title), rule, Line(""))
    for release in releases:
        yield from _heading(label_of(release, title, branch), release.title, "=" * len(release.title))
        if conf.add_release_date:
            yield from (Line(f"Release Date: {release.day or 'Unknown'}"), Line(""))
        if release.preludes:
            heading = prelude_title(conf)
            yield from _heading(label_of(release, title, branch, heading), heading, "-" * len(heading))
        for note, text in release.preludes:
            yield from (*_source(note), *_placed(note, text), Line(""))
        for name, heading, level in sections_of(conf):
            if texts := release.texts(name):
                underline = _UNDERLINES[level] * len(heading)
                yield from _heading(label_of(release, title, branch, heading), heading, underline)
                for note, text in texts:
                    yield from (*_source(note), *_placed(note, text, "- "), Line(""))
                yield Line("")


def _heading(label: str, title: str, underline: str) -> Iterator[Line]:
    # a colon before a space would end the label, and the rest would be its target
    escaped = label.replace(": ", r"\: ")
    yield from (Line(f".. _{escaped}:"), Line(""), Line(title), Line(underline), Line(""))


def _source(note: ReleaseNote) -> Iterator[Line]:
    """A comment that says where a text comes from; it also keeps it apart from the one before."""
    yield from (Line(f".. {note.path} @ {note.commit}", note.path, 1), Line(""))


def _placed(note: ReleaseNote, text: Text, bullet: str = "") -> Iterator[Line]:
    for index, content in enumerate(text.value.split("\n")):
        before = bullet if not index else " " * len(bullet)
        yield Line(before + content, note.path, text.line_of(index))
