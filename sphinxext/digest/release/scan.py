"""A scan: the notes of a branch by the version that first has them, found by walking from the newest commit back.

The rules are reno's.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from sphinxext.digest.release.changes import Change, Changes, null_merges, unique_id
from sphinxext.digest.release.config import ScanConfig
from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.graph import commits_in_order
from sphinxext.digest.release.versions import BranchVersions, Versions

#: A note's file, relative to the repository, and the commit that has it as it is now; None for the working copy.
NoteFile = tuple[str, bytes | None]


class Combiner:
    """Combine all that a commit did to files of the same identity into one change to a note."""

    def __init__(self) -> None:
        # deleted with several names at once: somebody repaired an identity that was used twice
        self._repaired: set[str] = set()

    def combine(self, commit: bytes, changes: Iterable[Change]) -> Iterator[tuple[str, str, str]]:
        """The identity, the kind (``R`` for a new name) and the path of each change.

        :raises HistoryError: if the commit has several new files of one identity, or changes them in different ways.
        """
        by_identity: dict[str, list[Change]] = defaultdict(list)
        for kind, path in changes:
            by_identity[unique_id(path)].append((kind, path))
        for identity, all_changes in sorted(by_identity.items()):
            for kind, path in self._combined(commit, identity, all_changes):
                yield identity, kind, path

    def _combined(self, commit: bytes, identity: str, changes: list[Change]) -> list[Change]:
        kinds = {kind for kind, _ in changes}
        paths = {path for _, path in changes}
        if len(changes) == 1:
            return changes
        if kinds == {"A", "D"}:
            return [("R", next(path for kind, path in changes if kind == "A"))]
        if kinds == {"M"}:
            return changes
        if kinds == {"D"}:
            self._repaired.add(identity)
            return changes
        if len(paths) == 1:
            # a merge that adds a file that no parent has, or that differs from one parent's
            return [("A" if kinds == {"A"} else "M", changes[0][1])]
        if kinds == {"A"} and identity in self._repaired:
            return []
        what = "adds several notes" if kinds == {"A"} else "changes several notes in different ways"
        raise HistoryError(
            f"commit {commit.decode()} {what} with the same identity {identity}: {', '.join(sorted(paths))}"
        )


class Tracker:
    """Collect the changes of notes from the newest to the oldest.

    A note belongs to the version where it was first seen, under its last name, with its last content.
    """

    def __init__(self) -> None:
        self._versions: dict[str, str] = {}
        self._files: dict[str, NoteFile] = {}
        # changed by a commit; they are notes only if there is an older commit that adds them
        self._changed: dict[str, NoteFile] = {}
        self._deleted: set[str] = set()

    def track(self, kind: str, file: NoteFile, version: str) -> None:
        """Take a change of a note: ``A``, ``D``, ``M``, or ``R`` for a new name."""
        identity = unique_id(file[0])
        self._versions[identity] = version
        if kind == "D":
            # one that a newer commit has added again is there already
            self._deleted.add(identity)
        elif identity in self._deleted:
            return
        elif kind == "A":
            self._files.setdefault(identity, self._changed.pop(identity, file))
        elif identity not in self._files:
            self._changed.setdefault(identity, file)

    def by_version(self) -> dict[str, list[NoteFile]]:
        """The notes of each version that was seen, in no particular order."""
        notes: dict[str, list[NoteFile]] = {version: [] for version in self._versions.values()}
        for identity, version in self._versions.items():
            if identity in self._files:
                notes[version].append(self._files[identity])
        return notes


#: The version of changes that are not committed.
WORKING_COPY = "*working-copy*"

#: Notes by version, the newest version first, the notes in the order of their paths.
Notes = dict[str, list[NoteFile]]


@dataclass(frozen=True)
class Found:
    """The result of a scan, and the commits that it visited."""

    notes: Notes
    commits: list[bytes]


def scan(
    conf: ScanConfig, branch: str | None, versions: Versions, changes: Changes, working: Iterable[Change]
) -> Found:
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
    stop_commit = versions.commit_of(stop, head) or versions.refs.tags[stop] if stop is not None else None
    commits = commits_in_order(versions.graph, head, stop_commit, lambda part: _null(conf, versions, part))
    changes.load(commits)
    _track(conf, versions, tracker, current, commits, changes.known)
    first = [WORKING_COPY] if current in tagged else [WORKING_COPY, current]
    return Found(_sorted(tracker.by_version(), first, tagged, versions, earliest), commits)


def _limits(
    conf: ScanConfig, branch: str | None, versions: Versions, tagged: BranchVersions
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
    """The limits to what came after the newest series that began on this branch."""
    bases = map(versions.base, reversed(versions.series()))
    stop = next((base for base in bases if base in tagged), None)
    if stop is None:
        return None, None
    try:
        return tagged[tagged.index(stop) + 1], stop
    except IndexError:
        return stop, stop


def _limits_of_branch(
    conf: ScanConfig, branch: str, versions: Versions, tagged: BranchVersions
) -> tuple[str | None, str | None]:
    """The limits to what came after the series before this one."""
    base = versions.base(branch)
    stop = versions.stop_before(base, tagged, collapse=conf.collapse_pre_releases, branch=branch)
    earliest = base
    if stop is not None and stop in tagged:
        earliest = tagged[tagged.index(stop) - 1]
    if earliest and conf.collapse_pre_releases:
        # the notes of a pre-release are shown with the final release
        earliest = versions.patterns.final(earliest)
    return earliest, stop


def _null(conf: ScanConfig, versions: Versions, part: Collection[bytes]) -> set[bytes]:
    """Find merges that only brought the tag of another branch, as OpenStack once made them: they merge no notes."""
    if not conf.ignore_null_merges:
        return set()
    parents, known = versions.graph.parents, versions.null_merges
    merges = [commit for commit in part if any(map(versions.of_commit, parents[commit][1:]))]
    new = [commit for commit in merges if commit not in known]
    found = null_merges(versions.graph.root, new, parents)
    known.update((commit, commit in found) for commit in new)
    return {commit for commit in merges if known[commit]}


def _track(
    conf: ScanConfig,
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
