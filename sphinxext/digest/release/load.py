"""From a scan of the history to releases with their notes: those of a branch, of a period, or of a span ``A..B``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date

from sphinxext.digest.model import Period, ReleasedVersion
from sphinxext.digest.model.period import PeriodError, day_of, parse_day
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.cache_file import open_scanner
from sphinxext.digest.release.changes import unique_id
from sphinxext.digest.release.config import NotesConfig
from sphinxext.digest.release.contributors import add_contributors
from sphinxext.digest.release.git import PARTIAL, HistoryError, PartialCloneError
from sphinxext.digest.release.notes import NoteReader, Release, ReleaseNote
from sphinxext.digest.release.scan import NoteFile
from sphinxext.digest.release.scanner import NoteSource

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


class History:
    """The release notes of the configured branch: a source that is asked once for what takes time.

    :param conf: a ``reno.config.Config``. Its options say which versions there are: the branch, ``earliest_version``,
        ``stop_at_branch_base``, ``collapse_pre_releases``, ``ignore_notes``. Versions without notes are left out.
    :param source: closed by the caller.
    :ivar files: the notes of each version, the newest version first.
    :ivar problems: the gaps of this clone, as problems of the folder of notes.
    :ivar days: the day (UTC) of each version's tag, None without a tag.
    :raises HistoryError: if there is no such branch or version.
    :raises GitError: if there is no repository, or git fails.
    """

    def __init__(self, conf: NotesConfig, source: NoteSource) -> None:
        self.conf = conf
        self.source = source
        self.files: Mapping[str, list[NoteFile]] = source.get_notes_by_version(conf.branch)
        self.problems = [Problem(folder_of(conf), 0, 0, Code.SHALLOW, text) for text in source.problems]
        dates = source.get_version_dates()
        self.days = {version: day_of(dates.get(version)) for version in self.files}

    def releases(
        self, problems: list[Problem], versions: Iterable[str] | None = None, *, contributors: bool = False
    ) -> tuple[Release, ...]:
        """Read the notes of versions, in reno's order.

        :param problems: takes what is wrong with notes, which are left out, with paths relative to the repository,
            and the gaps of this clone.
        :param versions: those to take, in this order, instead of all.
        :param contributors: name the people who wrote each version, see :func:`.contributors.add_contributors`.
        :raises GitError: if contributors are asked for, and git cannot tell them.
        """
        problems += self.problems
        conf = self.conf
        reader = NoteReader.of(conf)
        releases = []
        wanted = list(self.files if versions is None else self._known(versions, problems))
        self.source.prepare(file for version in wanted for file in self.files[version])
        for version in wanted:
            found = [read_note(conf, self.source, reader, file, problems) for file in self.files[version]]
            title = (conf.unreleased_version_title or version) if "-" in version else version
            notes = tuple(note for note in found if note is not None)
            releases.append(Release(version, title, self.days[version], notes))
        if contributors:
            return add_contributors(conf, releases, self.source.get_versions_on_branch(conf.branch))
        return tuple(releases)

    def _known(self, versions: Iterable[str], problems: list[Problem]) -> Iterator[str]:
        for version in versions:
            if version in self.files:
                yield version
                continue
            others = ", ".join(self.files) or "none at all"
            message = f"there are no notes of version {version!r}; there are those of {others}"
            problems.append(Problem(folder_of(self.conf), 0, 0, Code.UNKNOWN_VERSION, message))


def folder_of(conf: NotesConfig) -> str:
    """The folder of notes, relative to the repository, with slashes."""
    return conf.notespath.replace(os.sep, "/")


def history_problem(conf: NotesConfig, error: HistoryError) -> Problem:
    """A failure of git or of the history as a problem of the folder of notes."""
    code = Code.SHALLOW if isinstance(error, PartialCloneError) else Code.HISTORY
    return Problem(folder_of(conf), 0, 0, code, str(error))


def read_note(
    conf: NotesConfig, source: NoteSource, reader: NoteReader, file: NoteFile, problems: list[Problem]
) -> ReleaseNote | None:
    """Read a note as it was at its commit; None, after a problem, if it cannot be used."""
    name, commit = file
    path = name.replace(os.sep, "/")
    try:
        content = source.get_file_at_commit(name, commit)
    except PartialCloneError as error:
        if (problem := history_problem(conf, error)) not in problems:
            problems.append(problem)
        return None
    except (UnicodeError, LookupError) as error:
        problems.append(Problem(path, 1, 1, Code.ENCODING, f"the file cannot be read: {error}"))
        return None
    if content is None:
        problems.append(Problem(path, 0, 0, Code.UNREADABLE, "the file is missing"))
        return None
    data = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    parts = reader.read(data, path, problems)
    if parts is None:
        return None
    return ReleaseNote(path, unique_id(name), commit.decode() if commit else None, *parts)


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
    """The releases of :func:`released_versions` with their notes, in no order."""
    conf = copy(conf)
    conf.collapse_pre_releases, conf.stop_at_branch_base = False, False
    conf.earliest_version = conf.branch = None
    found: dict[str, Release] = {}
    of_notes: list[Problem] = []
    try:
        with open_scanner(conf) as source:
            days = {version: day_of(seconds) for version, seconds in source.get_version_dates().items()}
            wanted = {version for version, day in days.items() if day and (period is None or day in period)}
            for branch in (None, *reversed(source.get_series_branches())):
                if not wanted - found.keys():
                    break
                conf.branch = branch
                history = History(conf, source)
                new = history.files.keys() & (wanted - found.keys())
                found |= {release.version: release for release in history.releases(of_notes, sorted(new))}
    except PartialCloneError as error:
        of_notes.append(history_problem(conf, error))
    except HistoryError as error:
        problems.append(history_problem(conf, error))
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


class SpanError(ValueError):
    """An invalid span; the message is one line for the user."""


@dataclass(frozen=True, slots=True)
class Span:
    """The versions after ``start``, up to ``end``. Either is a version or a day, or None for no limit.

    As in git, a version at the start is excluded, since the reader has it already. A day is included at both ends, as
    in the periods of digests.
    """

    start: str | date | None
    end: str | date | None

    def __str__(self) -> str:
        return f"{self.start or ''}..{self.end or ''}"


def parse_span(text: str) -> Span:
    """Read ``A..B``, ``A..``, ``..B`` or ``A``, which is the same as ``A..``.

    :raises SpanError: if it is malformed, or a day is not in the calendar.
    """
    start, dots, end = text.strip().partition("..")
    span = Span(_limit(start), _limit(end))
    if not dots and not start:
        raise SpanError("the span is empty: write A..B with versions or days (YYYY-MM-DD)")
    if isinstance(span.start, date) and isinstance(span.end, date) and span.end < span.start:
        raise SpanError(f"{span} ends before it starts")
    return span


def _limit(text: str) -> str | date | None:
    text = text.strip()
    try:
        return parse_day(text) or text or None
    except PeriodError as error:
        raise SpanError(str(error)) from None


def select_versions(days: Mapping[str, date | None], span: Span, versions: Iterable[str] = ()) -> list[str]:
    """The versions in a span that have notes, the newest first.

    Notes that are not released yet are in spans without an end.

    :param days: all versions of the branch that have notes, as in :attr:`History.days` if the configuration stops
        neither at the base of the branch nor at an earliest version.
    :param versions: those of the branch that have no notes as well, so that a limit can be one of them.
    :raises SpanError: if there is no such version, or the end is before the start.
    """
    order = _order(days, versions)
    start = _place(span.start, order) if isinstance(span.start, str) else len(order)
    end = _place(span.end, order) if isinstance(span.end, str) else -1
    if start < end:
        raise SpanError(f"{span} ends before it starts")
    return [version for version, day in days.items() if end <= order[version] < start and _in_days(day, span)]


def _order(names: Iterable[str], versions: Iterable[str]) -> dict[str, int]:
    """The place of each version, 0 for the newest; versions without a tag come first."""
    tagged = dict.fromkeys(versions)
    return {name: place for place, name in enumerate([*(name for name in names if name not in tagged), *tagged])}


def _place(version: str, order: dict[str, int]) -> int:
    if version not in order:
        raise SpanError(f"there is no version {version!r} on this branch")
    return order[version]


def _in_days(day: date | None, span: Span) -> bool:
    if day is None:
        return span.end is None
    after = not isinstance(span.start, date) or span.start <= day
    return after and (not isinstance(span.end, date) or day <= span.end)
