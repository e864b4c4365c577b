"""Where notes belong, told from the changes of commits, the newest first. The rules are reno's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sphinxext.digest.history.changes import Change
from sphinxext.digest.history.git import HistoryError
from sphinxext.digest.history.names import unique_id

#: A note's file, relative to the repository, and the commit that has it as it is now; None for the working copy.
NoteFile = tuple[str, bytes | None]


class Combiner:
    """Makes one change to a note of all that a commit did to files of the same identity."""

    def __init__(self) -> None:
        # deleted with several names at once: somebody repaired an identity that was used twice
        self._repaired: set[str] = set()

    def combine(self, commit: bytes, changes: Iterable[Change]) -> Iterator[tuple[str, str, str]]:
        """The identity, the kind (``R`` for a new name) and the path of each change.

        :raises HistoryError: if the commit has several new files of one identity, or does to them what cannot be told.
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
            # a merge that adds what no parent had, or what one had otherwise
            return [("A" if kinds == {"A"} else "M", changes[0][1])]
        if kinds == {"A"} and identity in self._repaired:
            return []
        what = "adds several notes" if kinds == {"A"} else "changes several notes in different ways"
        raise HistoryError(
            f"commit {commit.decode()} {what} with the same identity {identity}: {', '.join(sorted(paths))}"
        )


class Tracker:
    """Collects the changes of notes from the newest to the oldest.

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
