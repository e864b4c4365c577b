"""The graph of commits, read lazily from git, and the order in which reno walks through it.

git prints commits from the newest to the oldest, so that the first lines are enough for a scan of the current series.
Nothing here trusts that order, since clocks are wrong at times: every question reads on until the answer is known.

reno's order differs from git's ``--topo-order``: after a merge, the merged branch comes first, back to where it
branched off, and then the line that it was merged into. So a commit that a tag of the line does not contain never
comes after the tag.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from heapq import heappop, heappush

from sphinxext.digest.release.cache import Facts
from sphinxext.digest.release.git import GitError, Place, Process, read_output
from sphinxext.digest.release.refs import Objects, date_of

#: The number of steps to single ancestors that costs as much as reading the whole graph.
_PATIENCE = 40_000
#: The number of commits read beyond those that are needed: a wrong result takes a clock that is wrong by all of them.
_MARGIN = 2_000
#: git shows a date before 1970 as a date from here on; the commit itself has the right one.
_FIRST_DOUBTFUL_DATE = 1 << 33

#: The number of starting points of earlier scans that are cached; their ancestors are not read again.
_MOST_TIPS = 200
#: The bytes of cached lines that are parsed at once.
_CHUNK = 1 << 17
_LINES, _TIPS = "G", "T"
_HERE, _BELOW = 1, 2


class Graph:
    """Parents and dates of commits, by their names in hexadecimal digits.

    ``parents`` and ``dates`` have those commits that were read. :meth:`add` says whose history will be asked for.
    """

    def __init__(self, root: Place) -> None:
        self.root = root
        self.parents: dict[bytes, tuple[bytes, ...]] = {}
        self.dates: dict[bytes, int] = {}
        self._is_complete = False
        self._tips: list[bytes] = []
        # lines, and how far they are read
        self._kept: list[tuple[bytes, int]] = []
        self._new: list[bytes] = []
        self._new_tips: list[bytes] = []
        self._process: Process | None = None
        self._objects = Objects(root)
        self._steps = 0
        self._ancestors: dict[bytes, set[bytes]] = {}
        # the tips that questions are about, each with its bit; and of commits the bits of their descendants
        self._bits: dict[bytes, int] = {}
        self._marks: dict[bytes, int] = {}

    def restore(self, kept: Iterable[Facts]) -> None:
        """Load the cached facts of the same repository; they are parsed lazily."""
        for kind, facts in kept:
            if kind == _LINES and facts:
                self._kept.append((facts, 0))
            elif kind == _TIPS:
                self._tips += facts.split()
        del self._tips[:-_MOST_TIPS]

    def news(self) -> list[Facts]:
        """Return the facts that were learned since the last call."""
        lines, tips = b"".join(self._new), b" ".join(self._new_tips)
        self._new, self._new_tips = [], []
        return [(_LINES, lines), (_TIPS, tips)]

    def add(self, tip: bytes) -> None:
        """Make a commit and its ancestors known.

        The first is read as it is needed. Of each later one all is read that its predecessors do not have.

        :raises GitError: if git does not know the commit.
        """
        if tip in self._tips or tip in self.parents:
            return
        if not self._tips:
            self._start([tip])
        else:
            self._take(self._read_apart([tip]))
        self._tips.append(tip)
        self._new_tips.append(tip)

    def add_all(self, tips: Iterable[bytes]) -> None:
        """Make commits known that will be asked for one after the other; those that git does not know are left out."""
        tips = list(dict.fromkeys(tips))
        self._bits, self._marks = {tip: 1 << number for number, tip in enumerate(tips)}, {}
        new = [tip for tip in tips if tip not in self._tips and tip not in self.parents]
        if not new or not self._tips:
            return
        with suppress(GitError):
            self._take(self._read_apart(new))
            new = [tip for tip in new if tip in self.parents]
            self._tips += new
            self._new_tips += new

    def _read_apart(self, tips: Iterable[bytes]) -> bytes:
        names = [*tips, *(b"^" + other for other in self._tips)]
        # a commit that was known once may have been thrown away since
        return read_output(self.root, *_REV_LIST, "--ignore-missing", "--stdin", send=b"\n".join(names) + b"\n")

    def load(self, commit: bytes) -> tuple[bytes, ...]:
        """The parents of a commit, which is read if it was not yet.

        :raises GitError: if git does not have the commit.
        """
        while (parents := self.parents.get(commit)) is None:
            if not self._read_on():
                raise GitError(f"{commit.decode()} is missing in the repository, or is not a commit")
        return parents

    def load_all(self) -> None:
        """Read all that is not known yet."""
        while self._read_on():
            pass

    def close(self) -> None:
        """Stop reading; what was read stays."""
        if self._process is not None:
            self._process.close()
            self._process = None
        self._objects.close()

    def by_date(self, tip: bytes) -> Iterator[bytes]:
        """A commit and its ancestors, the newest known first; of two with the same date the one with the lower name.

        A commit comes after one of its children, and before it only if all paths to it lead over older ones. This is
        the order of dulwich's walker.
        """
        self.load(tip)
        heap = [(-self.dates[tip], tip)]
        seen = {tip}
        while heap:
            commit = heappop(heap)[1]
            yield commit
            for parent in self.parents[commit]:
                if parent not in seen:
                    seen.add(parent)
                    self.load(parent)
                    heappush(heap, (-self.dates[parent], parent))

    def is_ancestor(self, commit: bytes, tip: bytes) -> bool:
        """Return True if an object is an ancestor of a commit, or the commit itself; a tag may name any object."""
        if self._is_complete and tip in self.parents and commit not in self.parents:
            return False
        if commit == tip:
            return True
        if not self._is_commit(commit):
            return False
        self.add(tip)
        self.add(commit)
        if self._steps > _PATIENCE:
            self.load_all()
        if self._is_complete:
            return self._is_marked(commit, tip) if tip in self._bits else commit in self.ancestors(tip)
        return commit in self.between(tip, commit, only_stop=True)

    def _is_marked(self, commit: bytes, tip: bytes) -> bool:
        """Return True if a commit is an ancestor of a tip. One walk answers it for all tips."""
        if len(self._marks) != len(self.parents):
            self._marks = _marks(self.parents, self._bits)
        return bool(self._marks[commit] & self._bits[tip])

    def ancestors(self, tip: bytes) -> set[bytes]:
        """A commit and all its ancestors."""
        known = self._ancestors.get(tip)
        if known is None:
            self.load_all()
            known, todo = {tip}, [tip]
            parents = self.parents
            while todo:
                for parent in parents[todo.pop()]:
                    if parent not in known:
                        known.add(parent)
                        todo.append(parent)
            self._ancestors[tip] = known
        return known

    def between(self, tip: bytes, stop: bytes, *, only_stop: bool = False) -> set[bytes]:
        """A part of a commit's history that has all commits which are not ancestors of another one.

        :param tip: the commit.
        :param stop: the other one. It is in the result if it is an ancestor of ``tip``, and so are ancestors of both,
            but not all of them.
        :param only_stop: end as soon as ``stop`` is known to be an ancestor of ``tip``.
        """
        marks = {tip: _HERE}
        marks[stop] = marks.get(stop, 0) | _BELOW
        heap = [(-self.dates[commit], commit) for commit in (tip, stop) if self.load(commit) is not None]
        heap.sort()
        open_ends = {tip} - {stop}
        done = set()
        margin = 0 if only_stop else _MARGIN
        while heap and (open_ends or margin) and not (only_stop and marks[stop] & _HERE):
            if not open_ends:
                margin -= 1
            self._steps += 1
            commit = heappop(heap)[1]
            mark = marks[commit]
            open_ends.discard(commit)
            if mark & _HERE:
                done.add(commit)
            for parent in self.parents[commit]:
                known = marks.get(parent, 0)
                if known | mark == known:
                    continue
                marks[parent] = known | mark
                if known | mark == _HERE:
                    open_ends.add(parent)
                else:
                    open_ends.discard(parent)
                self.load(parent)
                heappush(heap, (-self.dates[parent], parent))
        return done | {stop} if marks[stop] & _HERE else done

    def _is_commit(self, name: bytes) -> bool:
        return name in self.parents or (self._objects.get(name) or (b"",))[0] == b"commit"

    def _start(self, tips: list[bytes]) -> None:
        self._process = Process(self.root, *_REV_LIST, "--stdin", send=b"\n".join(tips) + b"\n")

    def _read_on(self) -> bool:
        """Read some more and return True, or False at the end."""
        if self._is_complete:
            return False
        if self._kept:
            self._read_kept()
            return True
        if self._process is None:
            missing = {*self._above(), *self._new_tips} - self.parents.keys()
            if not missing:
                self._is_complete = True
                return False
            self._start(sorted(missing))
        assert self._process is not None
        data = self._process.read_some()
        if not data:
            self._process = None
            self._is_complete = True
        self._take(data)
        return True

    def _read_kept(self) -> None:
        """Read some of what was kept, the newest commits first."""
        self._kept.sort(key=_next_date)
        lines, start = self._kept.pop()
        end = lines.find(b"\n", start + _CHUNK) + 1 or len(lines)
        self._parse(lines[start:end])
        if end < len(lines):
            self._kept.append((lines, end))

    def _above(self) -> set[bytes]:
        """All commits that are parents."""
        return {parent for parents in self.parents.values() for parent in parents}

    def _take(self, data: bytes) -> None:
        self._new.append(data)
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        """Remember what git printed: the date of a commit, the commit, its parents."""
        parents, dates = self.parents, self.dates
        for line in data.splitlines():
            date, commit, *others = line.split()
            parents[commit] = tuple(others)
            seconds = dates[commit] = int(date)
            if not 0 < seconds < _FIRST_DOUBTFUL_DATE:
                _, content = self._objects.get(commit) or (b"", b"")
                dates[commit] = date_of(content)


def _marks(parents: Mapping[bytes, tuple[bytes, ...]], bits: Mapping[bytes, int]) -> dict[bytes, int]:
    """Give each commit the bits of all that it is an ancestor of."""
    waiting = dict.fromkeys(parents, 0)
    for others in parents.values():
        for parent in others:
            waiting[parent] += 1
    marks = {commit: bits.get(commit, 0) for commit in parents}
    todo = [commit for commit, count in waiting.items() if not count]
    while todo:
        commit = todo.pop()
        mark = marks[commit]
        for parent in parents[commit]:
            marks[parent] |= mark
            waiting[parent] -= 1
            if not waiting[parent]:
                todo.append(parent)
    return marks


def tagged_graph(root: Place, commits: Iterable[bytes]) -> Iterator[tuple[bytes, list[bytes]]]:
    """Yield commits with a branch or a tag, and each with the nearest of those before it; children come first.

    :param commits: those to begin with.
    :raises GitError: if git fails.
    """
    names = b"".join(commit + b"\n" for commit in commits)
    options = ("--simplify-by-decoration", "--parents", "--topo-order", "--ignore-missing", "--stdin")
    for line in read_output(root, "rev-list", *options, send=names).splitlines() if names else ():
        commit, *parents = line.split()
        yield commit, parents


def _next_date(lines: tuple[bytes, int]) -> int:
    """The date that the next line begins with."""
    text, start = lines
    return int(text[start : start + 32].split()[0])


_REV_LIST = ("rev-list", "--parents", "--timestamp")


class _Beyond(Exception):
    """The walk left the part of the graph whose children are known."""


def commits_in_order(
    graph: Graph, head: bytes, stop: bytes | None, find_null: Callable[[Collection[bytes]], set[bytes]]
) -> list[bytes]:
    """A commit and its ancestors in reno's order, up to a certain one.

    :param graph: has to know ``head``.
    :param stop: the last commit, if the walk comes to it; None for the whole history.
    :param find_null: returns the merges among some commits that are left out with all that they merged.
    :raises GitError: if git fails.
    """
    if stop is not None:
        part = graph.between(head, stop)
        try:
            return _walked(graph.parents, head, stop, part, find_null(part))
        except _Beyond:
            pass
    part = graph.ancestors(head)
    return _walked(graph.parents, head, stop, part, find_null(part))


def _walked(
    parents: Mapping[bytes, tuple[bytes, ...]],
    head: bytes,
    stop: bytes | None,
    part: Collection[bytes],
    null: Collection[bytes],
) -> list[bytes]:
    """Walk through a part of the graph.

    :raises _Beyond: where the walk comes to a commit that is not in ``part``.
    """
    walk = _Walk(parents, part)
    ordered: list[bytes] = []
    todo = {head: None}  # ordered, the last is next
    while todo:
        commit, _ = todo.popitem()
        if commit not in part:
            raise _Beyond
        following = parents[commit]
        if commit in null:
            # as if it and what it merged were done: only the line goes on
            walk.finish(*following[1:], commit)
            following = following[:1]
        elif walk.waiting[commit]:
            # it comes again after its last child
            continue
        else:
            walk.finish(commit)
            ordered.append(commit)
            if commit == stop:
                break
        todo.update((parent, None) for parent in following if parent not in walk.done and parent not in todo)
    return ordered


class _Walk:
    """The state of a walk: the finished commits, and the number of children that each commit waits for."""

    def __init__(self, parents: Mapping[bytes, tuple[bytes, ...]], part: Collection[bytes]) -> None:
        self.done: set[bytes] = set()
        self.waiting = dict.fromkeys(part, 0)
        self._parents = parents
        self._part = part
        for commit in part:
            before = parents[commit]
            # few commits have several parents, and hardly any has one of them twice
            for parent in before if len(before) < 2 else set(before):
                self.waiting[parent] = self.waiting.get(parent, 0) + 1

    def finish(self, *commits: bytes) -> None:
        """Mark commits as done, so that their parents no longer wait for them."""
        for commit in commits:
            if commit not in self.done:
                self.done.add(commit)
                for parent in set(self._parents[commit]) if commit in self._part else ():
                    self.waiting[parent] -= 1
