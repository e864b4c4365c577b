"""What commits did to notes: one change of each identity, and the version that each note belongs to."""

from __future__ import annotations

import pytest

from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.scan import Combiner, Tracker

ONE, TWO = f"{1:016x}", f"{2:016x}"
A, B, C = f"a-{ONE}.yaml", f"b-{ONE}.yaml", f"c-{ONE}.yaml"
OTHER = f"other-{TWO}.yaml"


def combined(*commits: list[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """The changes of the last of some commits."""
    combiner = Combiner()
    found: list[tuple[str, str, str]] = []
    for number, changes in enumerate(commits):
        found = list(combiner.combine(b"c%d" % number, changes))
    return found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ([], []),
        ([("A", A)], [("A", A)]),
        ([("D", A)], [("D", A)]),
        ([("M", A)], [("M", A)]),
        # a new name, in whichever order
        ([("A", A), ("D", B)], [("R", A)]),
        ([("D", A), ("A", B)], [("R", B)]),
        ([("D", A), ("D", C), ("A", B)], [("R", B)]),
        ([("M", A), ("M", B)], [("M", A), ("M", B)]),
        ([("D", A), ("D", B)], [("D", A), ("D", B)]),
        # a merge says it of each parent
        ([("A", A), ("A", A)], [("A", A)]),
        ([("A", A), ("M", A)], [("M", A)]),
        ([("M", A), ("D", A)], [("M", A)]),
        ([("M", A), ("A", A), ("A", A)], [("M", A)]),
    ],
)
def test_one_change_of_all(changes: list[tuple[str, str]], expected: list[tuple[str, str]]) -> None:
    assert combined(changes) == [(ONE, kind, path) for kind, path in expected]


def test_identities_are_told_apart_and_in_order() -> None:
    assert combined([("A", OTHER), ("A", A), ("D", B)]) == [(ONE, "R", A), (TWO, "A", OTHER)]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([("A", B), ("A", A)], f"commit c0 adds several notes with the same identity {ONE}: {A}, {B}"),
        (
            [("M", B), ("A", A)],
            f"commit c0 changes several notes in different ways with the same identity {ONE}: {A}, {B}",
        ),
        (
            [("M", B), ("D", A)],
            f"commit c0 changes several notes in different ways with the same identity {ONE}: {A}, {B}",
        ),
    ],
)
def test_what_cannot_be_told(changes: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(HistoryError) as caught:
        combined(changes)
    assert str(caught.value) == message


def test_an_identity_that_was_used_twice_and_repaired() -> None:
    """The commits come from the newest to the oldest: both were deleted later."""
    assert combined([("D", A), ("D", B)], [("A", A), ("A", B)]) == []
    # by another repair than that of the same identity it is not
    with pytest.raises(HistoryError, match="adds several notes"):
        combined([("D", OTHER), ("D", f"x-{TWO}.yaml")], [("A", A), ("A", B)])
    with pytest.raises(HistoryError, match="adds several notes"):
        combined([("D", A)], [("A", A), ("A", B)])
    with pytest.raises(HistoryError, match="different ways"):
        combined([("D", A), ("D", B)], [("A", A), ("M", B)])


def tracked(*changes: tuple[str, str, str]) -> dict[str, list[tuple[str, bytes | None]]]:
    """The notes of each version after changes of kind, path and version, each of a commit of its own."""
    tracker = Tracker()
    for number, (kind, path, version) in enumerate(changes):
        tracker.track(kind, (path, b"c%d" % number), version)
    return tracker.by_version()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # it belongs to the version that first had it, with the last text and the last name
        ([("A", A, "1")], {"1": [(A, b"c0")]}),
        ([("M", A, "2"), ("A", A, "1")], {"1": [(A, b"c0")]}),
        ([("M", A, "3"), ("M", A, "2"), ("A", A, "1")], {"1": [(A, b"c0")]}),
        ([("R", B, "2"), ("A", A, "1")], {"1": [(B, b"c0")]}),
        ([("R", C, "3"), ("M", B, "3"), ("R", B, "2"), ("A", A, "1")], {"1": [(C, b"c0")]}),
        # without a commit that adds it there is none
        ([("M", A, "2")], {"2": []}),
        ([("R", A, "2")], {"2": []}),
        # what was deleted is gone, unless it was added again later
        ([("D", A, "2"), ("A", A, "1")], {"1": []}),
        ([("D", A, "3"), ("M", A, "2"), ("A", A, "1")], {"1": []}),
        ([("A", A, "3"), ("D", A, "2"), ("A", A, "1")], {"1": [(A, b"c0")]}),
        ([("M", A, "2"), ("D", A, "2"), ("A", A, "1")], {"1": []}),
        ([("A", A, "2"), ("A", B, "1")], {"1": [(A, b"c0")]}),
        ([("A", A, "2"), ("M", A, "1")], {"1": [(A, b"c0")]}),
        ([("A", A, "1"), ("A", OTHER, "1")], {"1": [(A, b"c0"), (OTHER, b"c1")]}),
        ([("A", A, "2"), ("A", OTHER, "1")], {"2": [(A, b"c0")], "1": [(OTHER, b"c1")]}),
    ],
)
def test_versions(changes: list[tuple[str, str, str]], expected: dict[str, object]) -> None:
    assert tracked(*changes) == expected
