"""The versions that were released in a period, as a digest tells them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from copy import copy

from sphinxext.digest.history.committed import open_scanner
from sphinxext.digest.history.git import PARTIAL, HistoryError, PartialCloneError
from sphinxext.digest.model import Period, ReleasedVersion
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.load import day_of, folder_of, load_releases
from sphinxext.digest.release.records import NotesConfig, Release

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
