"""The next version by the rules of semantic versioning, from the release notes since the last one, as reno counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from packaging.version import InvalidVersion, Version

from sphinxext.digest.problems import Problem
from sphinxext.digest.release.config import NotesConfig
from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.load import read_note
from sphinxext.digest.release.notes import NoteReader
from sphinxext.digest.release.scan import NoteFile
from sphinxext.digest.release.scanner import NoteSource

#: The parts of a version that a note may raise, the most important first.
LEVELS = ("major", "minor", "patch")

#: The version to begin with.
FIRST = "0.1.0"


class SemverConfig(NotesConfig, Protocol):
    """The part of ``reno.config.Config`` that says which sections raise which part of a version."""

    semver_major: list[str]
    semver_minor: list[str]
    semver_patch: list[str]


@dataclass(frozen=True)
class Reason:
    """A section of a note that raises a part of the version."""

    level: str
    section: str
    path: str


@dataclass(frozen=True)
class NextVersion:
    """The next version, the one that it follows, and the reasons, the most important first.

    Without notes since the last version it is that version. Without a tag it is the first, and follows none.
    """

    version: str
    after: str
    reasons: tuple[Reason, ...] = ()


def next_version(conf: SemverConfig, source: NoteSource, problems: list[Problem]) -> NextVersion:
    """Find the next version of the configured branch.

    Before the first tag reno says 0.0.0, or fails. Here it is the version that semantic versioning begins with.

    :param problems: takes what is wrong with notes, which do not count.
    :raises HistoryError: if there are no release notes, or a version that is not of PEP 440.
    """
    found = source.get_notes_by_version(conf.branch)
    versions = list(found)
    if not versions:
        raise HistoryError("there are no release notes that git knows: add new ones (git add), and ask again")
    if not source.get_versions_on_branch(conf.branch) and not set(versions) - {_WORKING_COPY, _UNTAGGED}:
        return NextVersion(FIRST, "")
    count = next((number for number, version in enumerate(versions) if not _is_later(version)), len(versions))
    if not count:
        return NextVersion(versions[0], versions[0])
    base = next((version for version in versions if version != _WORKING_COPY), None)
    if base is None:
        raise HistoryError("there is no version yet, which a next one could follow")
    number = _parsed(base)
    reasons = _reasons(conf, source, found, versions[:count], problems)
    parts = [number.major, number.minor, number.micro]
    if reasons:
        place = LEVELS.index(reasons[0].level)
        parts = [*parts[:place], parts[place] + 1, *[0] * (2 - place)]
    return NextVersion(".".join(map(str, parts)), number.base_version, reasons)


_WORKING_COPY = "*working-copy*"
#: The version of notes where nothing is tagged.
_UNTAGGED = "0.0.0"


def _is_later(version: str) -> bool:
    """Return True for notes that came after the last tag, such as those of ``1.0.0-3``."""
    return version == _WORKING_COPY or bool(_parsed(version).post)


def _parsed(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        raise HistoryError(f"the version {version!r} is not of PEP 440, so that none can be counted from it") from None


def _reasons(
    conf: SemverConfig,
    source: NoteSource,
    found: Mapping[str, Sequence[NoteFile]],
    versions: Sequence[str],
    problems: list[Problem],
) -> tuple[Reason, ...]:
    levels = dict(zip(LEVELS, (conf.semver_major, conf.semver_minor, conf.semver_patch), strict=True))
    known = NoteReader.of(conf)
    names = dict.fromkeys([*known.sections, *(one for part in levels.values() for one in part)])
    reader = replace(known, sections=tuple(names))
    reasons = []
    for file in (file for version in versions for file in found[version]):
        note = read_note(conf, source, reader, file, problems)
        if note is None:
            continue
        for level, sections in levels.items():
            reasons += [Reason(level, section, note.path) for section in sections if note.sections.get(section)]
    return tuple(sorted(reasons, key=lambda reason: LEVELS.index(reason.level)))
