"""The scanner: release notes from git's history, with the interface of ``reno.scanner.Scanner``."""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol, Self

from sphinxext.digest.release.cache import Cache, key_of
from sphinxext.digest.release.changes import Change, Changes, WorkingCopy
from sphinxext.digest.release.config import RELEASE_LINES, Patterns, ScanConfig, has_release_lines
from sphinxext.digest.release.git import GitDir, GitError, read_output
from sphinxext.digest.release.graph import Graph
from sphinxext.digest.release.refs import Objects, Refs, Repository, RepositoryReader, is_partial, named_repository
from sphinxext.digest.release.scan import NoteFile, Notes, scan
from sphinxext.digest.release.versions import Versions

#: The message for a shallow clone.
CUT = (
    "this clone is shallow, so that the versions of release notes are not known before it begins; fetch the whole "
    "history of all branches (git fetch --unshallow --tags origin '+refs/heads/*:refs/remotes/origin/*', in GitHub's "
    "checkout action fetch-depth: 0) or commit a cache of the notes"
)
#: Options that do not change the result of a scan.
_NO_DIFFERENCE = frozenset({"reporoot", "encoding", "branch"})


class NoteSource(Protocol):
    """A source of release notes by version: git, or a committed file where there is too little of it."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
    def close(self) -> None:
        """Stop the processes of git that may still run."""

    @property
    def problems(self) -> list[str]:
        """The gaps of the last result, each in one line for the user."""

    def get_notes_by_version(self, branch: str | None = None) -> OrderedDict[str, list[NoteFile]]:
        """The notes of each version, the newest version first, as pairs of a path and a commit."""

    def get_file_at_commit(self, filename: str, sha: bytes | str | None) -> bytes | str | None:
        """The content of a note, or None if it is missing."""

    def prepare(self, files: Iterable[NoteFile]) -> None:
        """Get ready for the contents of files that are asked for next."""

    def get_version_dates(self) -> dict[str, int]:
        """The seconds since 1970 at which each tag was made."""

    def get_series_branches(self) -> list[str]:
        """The branches of series, the oldest first."""

    def get_versions_on_branch(self, branch: str | None = None) -> list[str]:
        """All versions of a branch, the newest first, with those that have no notes; empty if they are not known."""


class Scanner:
    """Find the release notes of a repository, as reno does.

    It can replace ``reno.scanner.Scanner``: the public methods take and return the same. Commits are bytes of
    hexadecimal digits.

    :param conf: a ``reno.config.Config``.
    :param untracked: whether notes count that git does not know yet; to reno they do not.
    """

    def __init__(self, conf: ScanConfig, *, untracked: bool = False) -> None:
        self.conf = conf
        self.reporoot = conf.reporoot
        self._root = named_repository(Path(conf.reporoot))
        self._untracked = untracked
        self._patterns = Patterns(conf)
        self._graph = Graph(self._root)
        self._objects = Objects(self._root)
        self._changes = Changes(self._root, _folder(conf), self._graph.parents)
        self._reader: RepositoryReader | None = None
        self._contents: dict[bytes, bytes] = {}
        self._is_restored = False
        self._is_cut = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop the processes of git that may still run."""
        self._graph.close()
        self._objects.close()
        self._contents = {}
        if self._reader is not None:
            self._reader.close()

    def _start_reader(self) -> RepositoryReader:
        if self._reader is None:
            self._reader = RepositoryReader(self._root)
        return self._reader

    @cached_property
    def _repository(self) -> Repository:
        return self._start_reader().repository()

    @cached_property
    def _refs(self) -> Refs:
        return self._start_reader().refs()

    @cached_property
    def _versions(self) -> Versions:
        return Versions(self.conf, self._patterns, self._refs, self._graph)

    @cached_property
    def _cache(self) -> Cache:
        return Cache(key_of(str(self._repository.store), self.conf.notespath))

    def main_branch(self) -> str:
        """Return the name of the default branch; if there is none of this name, of the one that is checked out.

        :raises HistoryError: if there is no commit.
        :raises GitError: if this is not the top folder of a repository, or git fails.
        """
        # git's answer to whether there is a repository
        self._repository  # noqa: B018
        self._refs.find(None)
        name = self._versions.default_branch
        if any(f"{place}{name}" in self._refs.commits for place in ("refs/heads/", "refs/remotes/origin/")):
            return name
        return read_output(self._root, "branch", "--show-current").decode("utf-8", "replace").strip() or name

    def get_notes_by_version(self, branch: str | None = None) -> OrderedDict[str, list[NoteFile]]:
        """The notes of each version, the newest version first.

        A note belongs to the version that first had it. It is a pair of its file, relative to the repository, and the
        commit that has its last content, or None if the working copy has.

        :param branch: the branch to look at, instead of that of the configuration.
        :raises HistoryError: if there is no such branch or version, or if two notes have the same identity.
        :raises GitError: if there is no repository, or git fails.
        """
        branch = branch or self.conf.branch
        working = self._working() if not branch else []
        self._refs.find(branch)
        key = key_of(branch, _dependencies(self.conf, self._repository, self._refs), working)
        kept = _restored(self._cache.result(key))
        if kept is None:
            kept = self._scan(branch, working)
            self._cache.keep_result(key, _to_keep(*kept))
        notes, self._is_cut = kept
        return OrderedDict(notes)

    def _working(self) -> list[Change]:
        """The changes that are not committed, which git looks for concurrently."""
        if isinstance(self._root, GitDir):
            return []
        self._start_reader()
        looking = WorkingCopy(self._root, _folder(self.conf), untracked=self._untracked)
        try:
            if self._repository.is_bare or not self._refs.head:
                return []
            return looking.changes()
        finally:
            looking.close()

    def _scan(self, branch: str | None, working: list[Change]) -> tuple[Notes, bool]:
        # where a shallow clone ends, commits seem to have no parents
        cuts = self._repository.cuts
        if not self._is_restored and not cuts:
            facts = list(self._cache.facts())
            self._graph.restore(facts)
            self._changes.restore(facts)
            self._is_restored = True
        try:
            found = scan(self.conf, branch, self._versions, self._changes, working)
        finally:
            # git may still print much that nobody needs
            self._graph.close()
        if not cuts:
            self._cache.keep_facts([*self._graph.news(), *self._changes.news()])
        return found.notes, not cuts.isdisjoint(found.commits)

    def is_shallow(self) -> bool:
        """Return True if the clone lacks a part of its history.

        :raises GitError: if there is no repository.
        """
        return bool(self._repository.cuts)

    def is_partial(self) -> bool:
        """Return True if the clone may lack the content of old commits.

        :raises GitError: if git fails.
        """
        return is_partial(self._root)

    @property
    def problems(self) -> list[str]:
        """The gaps of the last result, each in one line for the user."""
        return [CUT] if self._is_cut else []

    def get_file_at_commit(self, filename: str, sha: bytes | str | None) -> bytes | str | None:
        """The content of a file in a commit, as bytes, or as text of the working copy if ``sha`` is None.

        None if there is no such file.

        :raises GitError: if git fails.
        """
        if sha is None:
            try:
                return Path(self.reporoot, filename).read_text(encoding=self.conf.encoding)
            except OSError:
                return None
        name = _name_of(filename, sha)
        if name in self._contents:
            return self._contents[name]
        found = self._objects.get(name)
        return found[1] if found else None

    def prepare(self, files: Iterable[NoteFile]) -> None:
        """Read files that are asked for next, all at once."""
        self._contents = self._objects.get_all(_name_of(name, commit) for name, commit in files if commit is not None)

    def get_version_dates(self) -> dict[str, int]:
        """The seconds since 1970 at which each tag was made."""
        return dict(self._refs.dates)

    def get_series_branches(self) -> list[str]:
        """The branches of series, the oldest first; closed ones are known by their tags."""
        return self._versions.series()

    def get_versions_on_branch(self, branch: str | None = None) -> list[str]:
        """All versions of a branch, the newest first, with those that have no notes.

        :raises HistoryError: if there is no such branch.
        """
        return list(self._versions.on(branch))


def _folder(conf: ScanConfig) -> str:
    """The folder of notes as git writes it."""
    return conf.notespath.replace(os.sep, "/")


def _name_of(filename: str, commit: bytes | str) -> bytes:
    """Return the name that git has for a file in a commit."""
    name = filename.replace(os.sep, "/").encode("utf-8", "surrogateescape")
    return (commit.encode() if isinstance(commit, str) else commit) + b":" + name


def _dependencies(conf: ScanConfig, repository: Repository, refs: Refs) -> list[object]:
    """The dependencies of a scan's result, apart from the branch and changes that are not committed."""
    options = {name: getattr(conf, name) for name in ScanConfig.__annotations__ if name not in _NO_DIFFERENCE}
    if has_release_lines(conf):
        options[RELEASE_LINES] = True
    names = {ref: commit.decode() for ref, commit in (refs.commits | refs.objects).items()}
    return [options, refs.head.decode(), names, sorted(cut.decode() for cut in repository.cuts)]


def _to_keep(notes: Notes, is_cut: bool) -> object:
    return [
        [
            [version, [[path, commit.decode() if commit else None] for path, commit in files]]
            for version, files in notes.items()
        ],
        is_cut,
    ]


def _restored(kept: Any) -> tuple[Notes, bool] | None:
    if kept is None:
        return None
    notes, is_cut = kept
    restored = {
        version: [(path, commit.encode() if commit else None) for path, commit in files] for version, files in notes
    }
    return restored, is_cut


@dataclass(frozen=True, slots=True)
class NotesState:
    """The state of a repository. As long as ``stamp`` is the same, so are all release notes.

    ``is_partial`` is only set where a committed cache of notes may have more.
    """

    stamp: bytes
    is_shallow: bool = False
    is_partial: bool = False


def notes_state(root: Path, folder: str) -> NotesState:
    """Look at branches, tags, and changes that are not committed, without a scan.

    :param root: the top folder of a repository, or a folder without one that has a committed cache of notes.
    :param folder: of the notes, relative to it.
    """
    # what a folder without a repository has
    cache = file_status(root / folder / "reno.cache")
    parts: list[object] = [cache]
    is_shallow = lacks_objects = False
    place = named_repository(root)
    try:
        reader = RepositoryReader(place)
        try:
            repository, refs = reader.repository(), reader.refs()
        finally:
            reader.close()
        is_shallow = bool(repository.cuts)
        lacks_objects = bool(cache) and is_partial(place)
        parts += [refs.head, sorted(refs.commits.items()), sorted(refs.objects.items()), sorted(repository.cuts)]
        if refs.head and not repository.is_bare:
            parts += _uncommitted(root, folder)
    except GitError as error:
        parts.append(str(error))
    stamp = blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return NotesState(stamp, is_shallow, lacks_objects)


def _uncommitted(root: Path, folder: str) -> list[object]:
    working = WorkingCopy(root, folder, untracked=True)
    try:
        return [(kind, path, file_status(root / path)) for kind, path in working.changes()]
    finally:
        working.close()


def file_status(file: Path) -> tuple[int, ...]:
    """Return the times and the size of a file, which change with any edit; nothing without a file."""
    try:
        status = file.stat()
    except OSError:
        return ()
    # the time of the last change of status cannot be set: an edit that keeps the other time and the size shows as well
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size
