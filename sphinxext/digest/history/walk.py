"""The order in which a history is told: reno's, in which a branch stands before the line that it was merged into.

It differs from git's ``--topo-order``: after a merge, what was merged comes first, back to where it branched off, and
then the line that it was merged into. So what a tag of the line does not have yet never stands below it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from sphinxext.digest.history.graph import Graph


class _Beyond(Exception):
    """The walk left the part of the graph whose children are known."""


def told(
    graph: Graph, head: bytes, stop: bytes | None, find_null: Callable[[Collection[bytes]], set[bytes]]
) -> list[bytes]:
    """A commit and its ancestors in reno's order, up to a certain one.

    :param graph: has to know ``head``.
    :param stop: the last commit, if the walk comes to it; None for the whole history.
    :param find_null: says which of some commits are merges to leave out, with all that they merged.
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
    told: list[bytes] = []
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
            told.append(commit)
            if commit == stop:
                break
        todo.update((parent, None) for parent in following if parent not in walk.done and parent not in todo)
    return told


class _Walk:
    """How far a walk is: what is done, and how many children each commit waits for."""

    def __init__(self, parents: Mapping[bytes, tuple[bytes, ...]], part: Collection[bytes]) -> None:
        self.done: set[bytes] = set()
        self.waiting = dict.fromkeys(part, 0)
        self._parents = parents
        self._part = part
        for commit in part:
            for parent in set(parents[commit]):
                self.waiting[parent] = self.waiting.get(parent, 0) + 1

    def finish(self, *commits: bytes) -> None:
        """Let nothing wait for these any longer."""
        for commit in commits:
            if commit not in self.done:
                self.done.add(commit)
                for parent in set(self._parents[commit]) if commit in self._part else ():
                    self.waiting[parent] -= 1
