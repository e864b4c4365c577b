"""The scanner: what git knows of release notes, with the interface of ``reno.scanner.Scanner``."""

from __future__ import annotations

import os
from collections import OrderedDict
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from sphinxext.digest.release.cache import Cache, key_of
from sphinxext.digest.release.changes import Change, Changes, WorkingCopy
from sphinxext.digest.release.git import GitDir, Objects
from sphinxext.digest.release.graph import Graph
from sphinxext.digest.release.refs import Asked, Refs, Repository, is_partial, named_repository
from sphinxext.digest.release.scan import NoteFile, Notes, scan
from sphinxext.digest.release.settings import Patterns, ScanConfig
from sphinxext.digest.release.versions import VersionList, Versions

#: What a shallow clone cannot tell, and what to do.
CUT = (
    "this clone is shallow, so that the versions of release notes are not known before it begins; fetch the whole "
    "history of all branches (git fetch --unshallow --tags origin '+refs/heads/*:refs/remotes/origin/*', in GitHub's "
    "checkout action fetch-depth: 0) or commit a cache of the notes"
)
#: These do not change what a scan finds.
_NO_DIFFERENCE = frozenset({"reporoot", "encoding", "branch"})


class Scanner:
    """Finds the release notes of a repository, as reno does.

    It can be put in the place of ``reno.scanner.Scanner``: the methods, with those that begin with an underscore and
    that reno's tests use, take and return the same. Commits are bytes of hexadecimal digits.

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
        self._asked: Asked | None = None
        self._is_restored = False
        self._is_cut = False
        self._repo = _Head(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the processes that may still run."""
        self._graph.close()
        self._objects.close()
        if self._asked is not None:
            self._asked.close()

    def _ask(self) -> Asked:
        if self._asked is None:
            self._asked = Asked(self._root)
        return self._asked

    @cached_property
    def _repository(self) -> Repository:
        return self._ask().repository()

    @cached_property
    def _refs(self) -> Refs:
        return self._ask().refs()

    @cached_property
    def _versions(self) -> Versions:
        return Versions(self.conf, self._patterns, self._refs, self._graph)

    @cached_property
    def _cache(self) -> Cache:
        return Cache(key_of(str(self._repository.store), self.conf.notespath))

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
        """What is not committed, asked while git tells the rest."""
        if isinstance(self._root, GitDir):
            return []
        self._ask()
        looking = WorkingCopy(self._root, _folder(self.conf), untracked=self._untracked)
        try:
            if self._repository.is_bare or not self._refs.head:
                return []
            return looking.changes()
        finally:
            looking.close()

    def _scan(self, branch: str | None, working: list[Change]) -> tuple[Notes, bool]:
        # where a shallow clone ends, commits do not tell the truth
        cuts = self._repository.cuts
        if not self._is_restored and not cuts:
            facts = list(self._cache.facts())
            self._graph.restore(facts)
            self._changes.restore(facts)
            self._is_restored = True
        try:
            found = scan(self.conf, branch, self._versions, self._changes, working)
        finally:
            # git may still have much to tell that nobody needs
            self._graph.close()
        if not cuts:
            self._cache.keep_facts([*self._graph.news(), *self._changes.news()])
        return found.notes, not cuts.isdisjoint(found.commits)

    def is_shallow(self) -> bool:
        """Whether the clone lacks a part of its history.

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
        """What is wrong with the last result, each in one line for the user."""
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
        commit = sha.encode() if isinstance(sha, str) else sha
        name = filename.replace(os.sep, "/").encode("utf-8", "surrogateescape")
        found = self._objects.get(commit + b":" + name)
        return found[1] if found else None

    def get_version_dates(self) -> dict[str, int]:
        """The seconds since 1970 at which each tag was made."""
        return dict(self._refs.dates)

    def get_series_branches(self) -> list[str]:
        """The branches of series, the oldest first; closed ones are known by their tags."""
        return self._versions.series()

    def _get_ref(self, name: str | None) -> bytes:
        return self._refs.find(name)

    def _get_tags_on_branch(self, branch: str | None) -> list[str]:
        return list(self._versions.on(branch))

    def _get_current_version(self, branch: str | None = None) -> str:
        return self._versions.current(branch)

    def _get_branch_base(self, branch: str) -> str | None:
        return self._versions.base(branch)

    def _get_earlier_branch(self, branch: str) -> str | None:
        return self._versions.earlier(branch)

    def _find_scan_stop_point(
        self,
        earliest_version: str | None,
        versions_by_date: VersionList,
        collapse_pre_releases: bool,
        branch: str | None,
    ) -> str | None:
        return self._versions.stop_before(
            earliest_version, versions_by_date, collapse=collapse_pre_releases, branch=branch
        )


def _folder(conf: ScanConfig) -> str:
    """The folder of notes as git writes it."""
    return conf.notespath.replace(os.sep, "/")


def _dependencies(conf: ScanConfig, repository: Repository, refs: Refs) -> list[object]:
    """What the result of a scan depends on, apart from the branch and what is not committed."""
    options = {name: getattr(conf, name) for name in ScanConfig.__annotations__ if name not in _NO_DIFFERENCE}
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


class _Head:
    """What reno's tests ask of its repository."""

    def __init__(self, scanner: Scanner) -> None:
        self._scanner = scanner

    def head(self) -> bytes:
        return self._scanner._get_ref(None)
