"""The order in which a history is told: what was merged comes before the line that it was merged into."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from sphinxext.digest.release import graph as walk

from .graphs import make_graph


def told(text: str, stop: str | None = None, null: str = "") -> str:
    """The commits in the order of the walk from the first one."""
    graph = make_graph(text)
    merges = {name.encode() for name in null.split()}
    head = next(iter(graph.parents))
    found = walk.commits_in_order(graph, head, stop.encode() if stop else None, lambda part: merges & set(part))
    return b" ".join(found).decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c:b b:a a:", "c b a"),
        # a merge: first what was merged, back to where it branched off
        ("m:a2,b2 a2:a1 b2:b1 a1:r b1:r r:q q:", "m b2 b1 a2 a1 r q"),
        # dates make no difference
        ("m:a2,b2 b2:b1 b1:r a2:a1 a1:r r:q q:", "m b2 b1 a2 a1 r q"),
        # three parents, the last one first
        ("m:a,b,c a:r b:r c:r r:", "m c b a r"),
        # a branch that was merged twice
        ("n:m,b2 m:a,b1 b2:b1 a:r b1:r r:", "n b2 m b1 a r"),
        # a line that comes back to what was merged
        ("n:a2,m a2:a1 m:b1,a1 b1:r a1:r r:", "n m b1 a2 a1 r"),
        # two roots
        ("m:a,b a: b:", "m b a"),
        # a merge of a commit with itself counts once
        ("m:a,a a:r r:", "m a r"),
    ],
)
def test_orders(text: str, expected: str) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    ("stop", "expected"),
    [("r", "m b2 b1 a2 a1 r"), ("b2", "m b2"), ("a2", "m b2 b1 a2"), ("m", "m"), ("q", "m b2 b1 a2 a1 r q")],
)
def test_stops(stop: str, expected: str) -> None:
    assert told("m:a2,b2 a2:a1 b2:b1 a1:r b1:r r:q q:", stop) == expected


@pytest.mark.parametrize(
    ("text", "null", "expected"),
    [
        # neither the merge nor what it merged is told, and the line goes on
        ("h:m m:a,b a:r b:r r:q q:", "m", "h a r q"),
        ("m:a,b a:r b:r r:q q:", "m", "a r q"),
        # the same is merged by two of them: it is done once
        ("n:m,b m:a,b a:r b:r r:q q:", "n m", "a r q"),
        # of three parents too
        ("m:a,b,c a:r b:r c:r r:", "m", "a r"),
        # another merge is told
        ("n:m,c m:a,b c:a a:r b:r r:", "m", "n c a r"),
        # nor is it where another line comes from there later
        ("n:c,m c:b m:a,b a:r b:r r:q q:", "m", "n a r q c"),
        # what a merge brought is not told, even if others come from there
        ("n:m,c c:b m:a,b a:r b:r r:", "m", "n c a r"),
    ],
)
def test_null_merges(text: str, null: str, expected: str) -> None:
    assert told(text, null=null) == expected


def test_a_walk_does_not_leave_what_is_known_to_matter() -> None:
    """What waits for another child says nothing of its parents yet."""
    graph = make_graph("m:a,b a:r b:r r:q q:")
    part: Collection[bytes] = {b"m", b"a", b"b", b"r"}
    assert walk._walked(graph.parents, b"m", b"r", part, ()) == [b"m", b"b", b"a", b"r"]
    with pytest.raises(walk._Beyond):
        walk._walked(graph.parents, b"m", None, part, ())


def test_beyond_the_stop_all_of_the_history_is_asked() -> None:
    """A null merge hides the commit to stop at, whose ancestors are more than are looked at first."""
    chain = " ".join(f"c{number}:c{number + 1}" for number in range(3000))
    text = f"m:a,s s:c0 a:c0 {chain} c3000:"
    assert told(text, "s", null="m") == " ".join(["a", *(f"c{number}" for number in range(3001))])
