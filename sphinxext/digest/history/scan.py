"""A scan: the notes of a branch by the versions that they first were in. The rules are reno's."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from sphinxext.digest.history.changes import Change, Changes, null_merges
from sphinxext.digest.history.git import HistoryError
from sphinxext.digest.history.settings import Config
from sphinxext.digest.history.tracker import Combiner, NoteFile, Tracker
from sphinxext.digest.history.versions import BranchVersions, Versions
from sphinxext.digest.history.walk import told

#: What is not committed belongs to this version.
WORKING_COPY = "*working-copy*"

#: Notes by version, the newest version first, the notes in the order of their paths.
Notes = dict[str, list[NoteFile]]


@dataclass(frozen=True)
class Found:
    """What a scan found; ``commits`` are those it looked at."""

    notes: Notes
    commits: list[bytes]


def scan(conf: Config, branch: str | None, versions: Versions, changes: Changes, working: Iterable[Change]) -> Found:
    """Find the notes of a branch.

    :param branch: where to look; None for what is checked out.
    :param changes: of the folder that ``conf`` names.
    :param working: what is not committed; paths are relative to the repository.
    :raises HistoryError: if the branch or the earliest version is not there, or two notes have one identity.
    :raises GitError: if git fails.
    """
    head = versions.find(branch)
    current = versions.current(branch)
    tagged = versions.on(branch)
    earliest, stop = _limits(conf, branch, versions, tagged)
    tracker = Tracker()
    for kind, path in working:
        tracker.track(kind, (path, None), WORKING_COPY)
    stop_commit = versions.refs.tags[stop] if stop is not None else None
    commits = told(versions.graph, head, stop_commit, lambda part: _null(conf, versions, part))
    changes.load(commits)
    _track(conf, versions, tracker, current, commits, changes.known)
    first = [WORKING_COPY] if current in tagged else [WORKING_COPY, current]
    return Found(_sorted(tracker.by_version(), first, tagged, versions, earliest), commits)


def _limits(
    conf: Config, branch: str | None, versions: Versions, tagged: BranchVersions
) -> tuple[str | None, str | None]:
    """The earliest version to show, and the version at which the scan may stop, if there are such."""
    earliest = conf.earliest_version
    if earliest:
        if earliest not in tagged:
            raise HistoryError(
                f"earliest-version set to unknown revision {earliest!r}: this branch has no such version"
            )
        return earliest, versions.stop_before(earliest, tagged, collapse=conf.collapse_pre_releases, branch=branch)
    if not conf.stop_at_branch_base:
        return None, None
    return _limits_of_branch(conf, branch, versions, tagged) if branch else _limits_of_current(versions, tagged)


def _limits_of_current(versions: Versions, tagged: BranchVersions) -> tuple[str | None, str | None]:
    """What came after the newest series that began on this branch."""
    bases = map(versions.base, reversed(versions.series()))
    stop = next((base for base in bases if base in tagged), None)
    if stop is None:
        return None, None
    try:
        return tagged[tagged.index(stop) + 1], stop
    except IndexError:
        return stop, stop


def _limits_of_branch(
    conf: Config, branch: str, versions: Versions, tagged: BranchVersions
) -> tuple[str | None, str | None]:
    """What came after the series before this one."""
    base = versions.base(branch)
    stop = versions.stop_before(base, tagged, collapse=conf.collapse_pre_releases, branch=branch)
    earliest = base
    if stop is not None and stop in tagged:
        earliest = tagged[tagged.index(stop) - 1]
    if earliest and conf.collapse_pre_releases:
        # the notes of a pre-release are shown with the final release
        earliest = versions.patterns.final(earliest)
    return earliest, stop


def _null(conf: Config, versions: Versions, part: Collection[bytes]) -> set[bytes]:
    """Merges that only brought the tag of another branch: as OpenStack once had them, they merge no notes."""
    if not conf.ignore_null_merges:
        return set()
    parents = versions.graph.parents
    merges = [commit for commit in part if any(map(versions.of_commit, parents[commit][1:]))]
    return null_merges(versions.graph.root, merges, parents)


def _track(
    conf: Config,
    versions: Versions,
    tracker: Tracker,
    current: str,
    commits: Iterable[bytes],
    changes: Mapping[bytes, Iterable[Change]],
) -> None:
    combiner = Combiner()
    ignored = versions.patterns.ignored
    for commit in commits:
        if tags := versions.of_commit(commit):
            current = tags[-1]
        if changes[commit]:
            for identity, kind, path in combiner.combine(commit, changes[commit]):
                if identity not in ignored:
                    # reno's names of files are what the system makes of the folder and the name
                    tracker.track(kind, (os.path.join(conf.notespath, path), commit), current)  # noqa: PTH118


def _sorted(
    notes: Mapping[str, list[NoteFile]],
    first: list[str],
    tagged: BranchVersions,
    versions: Versions,
    earliest: str | None,
) -> Notes:
    """Put the notes into the order of the versions, and those of pre-releases to their final release."""
    by_version: dict[str, list[NoteFile]] = {}
    for version, files in notes.items():
        if versions.conf.collapse_pre_releases:
            final = versions.patterns.final(version)
            version = final if final in first or final in tagged else version
        by_version.setdefault(version, []).extend(files)
    result: Notes = {}
    missing = {version for version, files in by_version.items() if files}
    for version in chain(first, tagged):
        if not missing:
            break
        if version in missing:
            missing.discard(version)
            result[version] = sorted(by_version[version], key=lambda file: file[0])
            if version == earliest:
                break
    return result
