"""Versions: the tags of a branch, where series begin, and where a scan may stop. The rules are reno's."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from itertools import count, islice
from typing import Protocol

from sphinxext.digest.release.config import Patterns, ScanConfig, has_release_lines
from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.graph import Graph, tagged_graph
from sphinxext.digest.release.refs import Refs

#: The default branch of reno's configuration, and where branches are.
_DEFAULT, _HEADS, _ORIGIN = "master", "refs/heads/", "refs/remotes/origin/"
#: Numbers and words of a version.
_PARTS = re.compile("[0-9]+|[a-z]+")
#: A scan asks for a branch and the default branch. Whoever asks for one more will ask for those of all series.
_SEVERAL = 3
#: The key of a zero.
_ZERO = (2, 0, "")


def version_parts(version: str) -> list[int | str]:
    """The first three parts of a version, as numbers where they are; ``1.0.0.0rc1`` has the same as ``1.0.0``."""
    parts = [*version.split("."), "0", "0", "0"][:3]
    return [_number(part) for part in parts]


def version_key(version: str) -> list[tuple[int, int, str]]:
    """A key that sorts versions, the lowest first: ``1.0.0.0rc1``, ``1.0``, ``1.0.post1``, ``1.9``, ``1.10``."""
    key: list[tuple[int, int, str]] = []
    for part in [*_PARTS.findall(version.lower().removeprefix("v")), ""]:
        if part.isdecimal():
            # a tag may have more digits than Python makes a number of
            digits = part.lstrip("0")
            key.append((2, len(digits), digits))
            continue
        while key and key[-1] == _ZERO:
            # 1.0 is 1.0.0, and 1.0.0.0rc1 is its pre-release
            key.pop()
        # words come before the end, which comes before "post" and further numbers
        key.append((0 if not part else 1 if part == "post" else -1, 0, part))
    return key


def _unique(versions: Iterable[str]) -> Iterator[str]:
    """Yield each version once."""
    seen: set[str] = set()
    for version in versions:
        if version not in seen:
            seen.add(version)
            yield version


def _number(part: str) -> int | str:
    try:
        return int(part)
    except ValueError:
        return part


class VersionList(Protocol):
    """A list of versions, complete or read lazily."""

    def __contains__(self, version: object, /) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def __getitem__(self, index: int, /) -> str: ...
    def index(self, version: str, /) -> int:
        """The place of a version.

        :raises ValueError: if it is not there.
        """


class BranchVersions:
    """The versions of a branch, the newest first, read no further than somebody asks.

    :param known: says whether a version is on the branch, without reading the list up to it.
    """

    def __init__(self, versions: Iterator[str], known: Callable[[str], bool]) -> None:
        self._read: list[str] = []
        self._rest = versions
        self._known = known

    def __contains__(self, version: object) -> bool:
        return isinstance(version, str) and (version in self._read or self._known(version))

    def __iter__(self) -> Iterator[str]:
        for number in count():
            if not self._reaches(number):
                return
            yield self._read[number]

    def __getitem__(self, index: int) -> str:
        # the last one, by a negative number, may be asked for as of any list
        if not self._reaches(index if index >= 0 else None):
            raise IndexError(index)
        return self._read[index]

    def index(self, version: str) -> int:
        """The place of a version.

        :raises ValueError: if it is not on the branch.
        """
        if version in self:
            for number, other in enumerate(self):
                if other == version:
                    return number
        raise ValueError(version)

    def _reaches(self, number: int | None) -> bool:
        missing = None if number is None else number + 1 - len(self._read)
        if missing is None or missing > 0:
            self._read += islice(self._rest, missing)
        return bool(self._read) if number is None else number < len(self._read)


class Versions:
    """Versions as tags and branches define them.

    Everything here is asked lazily: no history is read that an answer does not need.
    """

    def __init__(self, conf: ScanConfig, patterns: Patterns, refs: Refs, graph: Graph) -> None:
        self.conf = conf
        self.patterns = patterns
        self.refs = refs
        self.graph = graph
        self._bases: dict[str, str | None] = {}
        self._found: set[bytes] = set()
        #: Whether merges with the tags of other branches brought nothing but these, for those that were looked at.
        self.null_merges: dict[bytes, bool] = {}

    @cached_property
    def _tags(self) -> dict[bytes, list[str]]:
        """The versions of each commit: pre-releases first, the older before the newer, the lower before the higher.

        The dates decide first, as in reno, which takes any order of tags with the same date. Such are all lightweight
        tags of a commit, for which its own date counts.
        """
        tags = defaultdict(list)
        for tag, commit in self.refs.tags.items():
            if self.patterns.release.match(tag):
                tags[commit].append(tag)
        for names in tags.values():
            if len(names) > 1:
                names.sort(key=self._order_on_commit)
        return dict(tags)

    @cached_property
    def _line_tags(self) -> dict[bytes, list[str]]:
        """The versions of each commit as release lines have them.

        A project may tag the first pre-release of the next version before it branches off the present one. That tag
        counts as the first version that was made from it, if that is a lower one and came before its own final
        release: what was merged until then was released with that.
        """
        return {commit: list(dict.fromkeys(map(self._of_line, tags))) for commit, tags in self._tags.items()}

    def _of_line(self, tag: str) -> str:
        if not self.patterns.is_pre_release(tag):
            return tag
        final, dates, later = self.patterns.final(tag), self.refs.dates, self._later
        last = dates.get(final)
        for other, key in self._by_version:
            if key >= version_key(tag):
                break
            is_between = dates.get(tag, 0) <= dates.get(other, 0) and (last is None or dates.get(other, 0) <= last)
            if is_between and self.refs.tags[other] in later[self.refs.tags[tag]]:
                released = self.patterns.final(other)
                return released if self.conf.collapse_pre_releases and released in self.refs.tags else other
        return tag

    @cached_property
    def _by_version(self) -> list[tuple[str, list[tuple[int, int, str]]]]:
        """All versions with their keys, the lowest first."""
        known = ((tag, version_key(tag)) for tags in self._tags.values() for tag in tags)
        return sorted(known, key=lambda pair: (pair[1], pair[0]))

    @cached_property
    def _later(self) -> dict[bytes, set[bytes]]:
        """The commits of versions that descend from each of them."""
        later: dict[bytes, set[bytes]] = defaultdict(set)
        # children come before their parents
        for commit, parents in tagged_graph(self.graph.root, self._tags):
            above = later[commit] | ({commit} if commit in self._tags else set())
            for parent in parents:
                later[parent] |= above
        return later

    def _order_on_commit(self, tag: str) -> tuple[bool, int, list[tuple[int, int, str]], str]:
        return not self.patterns.is_pre_release(tag), self.refs.dates.get(tag, 0), version_key(tag), tag

    def of_commit(self, commit: bytes) -> Sequence[str]:
        """The versions that were tagged on a commit; the last one is what it is called."""
        return self._tags_in_use.get(commit, ())

    @cached_property
    def _tags_in_use(self) -> dict[bytes, list[str]]:
        # a scan asks for every commit
        return self._line_tags if has_release_lines(self.conf) else self._tags

    def find(self, branch: str | None) -> bytes:
        """The commit of a branch, whose history is known from now on.

        :raises HistoryError: if there is no such branch.
        """
        commit = self.refs.find(branch)
        self.graph.add(commit)
        if commit not in self._found:
            self._found.add(commit)
            if len(self._found) == _SEVERAL:
                self.graph.add_all([*self._found, *self._all_series()])
        return commit

    def _all_series(self) -> Iterator[bytes]:
        for name in self.series():
            with suppress(HistoryError):
                yield self.refs.find(name)

    def on(self, branch: str | None) -> BranchVersions:
        """The versions of a branch, the newest first."""
        tip = self.find(branch)

        def known(version: str) -> bool:
            return self.commit_of(version, tip) is not None

        versions = (tag for commit in self.graph.by_date(tip) for tag in self.of_commit(commit))
        return BranchVersions(_unique(versions) if has_release_lines(self.conf) else versions, known)

    def commit_of(self, version: str, tip: bytes) -> bytes | None:
        """The commit of a version on the line of a commit, or None if it is not there."""
        own = self.refs.tags.get(version)
        places = [own] if own is not None else []
        if has_release_lines(self.conf):
            places += [commit for commit, tags in self._line_tags.items() if version in tags and commit != own]
        return next(
            (place for place in places if version in self.of_commit(place) and self.graph.is_ancestor(place, tip)),
            None,
        )

    def current(self, branch: str | None) -> str:
        """The version of a branch: the last tag of its line and how many commits came after it."""
        commit = self.find(branch)
        for number in count():
            if tags := self.of_commit(commit):
                return f"{tags[-1]}-{number}" if number else tags[-1]
            parents = self.graph.load(commit)
            if not parents:
                break
            commit = parents[0]
        return "0.0.0"

    @cached_property
    def default_branch(self) -> str:
        """The default branch that is configured.

        reno's own default is ``master``. Without such a branch it is the one that ``origin/HEAD`` points to, or
        without a remote ``main``.
        """
        name, commits = self.conf.default_branch, self.refs.commits
        if name != _DEFAULT or any(f"{place}{name}" in commits for place in (_HEADS, _ORIGIN)):
            return name
        head = commits.get(f"{_ORIGIN}HEAD")
        if head is None:
            return "main" if f"{_HEADS}main" in commits else name
        pointed = sorted(ref.removeprefix(_ORIGIN) for ref, commit in commits.items() if commit == head)
        others = [
            branch
            for branch in pointed
            if f"{_ORIGIN}{branch}" in commits and branch != "HEAD" and not self.patterns.branch.search(branch)
        ]
        return "main" if "main" in others else next(iter(others), name)

    def base(self, branch: str) -> str | None:
        """The newest version that a branch has in common with the default branch.

        :raises HistoryError: if there is no such branch.
        """
        if branch not in self._bases:
            main, tip = self.find(self.default_branch), self.find(branch)
            bases = (
                tags[-1]
                for commit in self.graph.by_date(tip)
                if (tags := self.of_commit(commit)) and self.graph.is_ancestor(commit, main)
            )
            self._bases[branch] = next(bases, None)
        return self._bases[branch]

    def series(self) -> list[str]:
        """The branches of series, the oldest first; closed ones are known by their tags."""
        names = set()
        for ref in self.refs.commits:
            branch = ref.removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")
            if branch != ref and self.patterns.branch.search(branch):
                names.add(branch)
            elif ref.startswith("refs/tags/"):
                match = self.patterns.closed_branch.search(ref.rpartition("/")[-1])
                if match:
                    names.add(self.conf.branch_name_prefix + match.group(1))
        return sorted(names, key=self.patterns.sort_key)

    def earlier(self, branch: str) -> str | None:
        """The series before a branch, or None if it is the first or none at all."""
        names = self.series()
        branch = branch.removeprefix("origin/")
        place = names.index(branch) if branch in names else 0
        return names[place - 1] if place else None

    def stop_before(
        self, earliest: str | None, versions: VersionList, *, collapse: bool, branch: str | None
    ) -> str | None:
        """The version at which a scan may stop so that it sees all of the earliest version.

        :param versions: the versions of the branch, the newest first.
        :param collapse: whether pre-releases belong to their final release.
        """
        if not earliest or earliest not in versions:
            return None
        place = versions.index(earliest) + 1
        if branch and branch != self.default_branch:
            previous = self.earlier(branch)
            return self.base(previous) if previous else None
        if self.patterns.is_pre_release(earliest) and not collapse:
            return next(islice(versions, place, None), None)
        parts = version_parts(earliest)
        return next((other for other in islice(versions, place, None) if version_parts(other) != parts), None)
