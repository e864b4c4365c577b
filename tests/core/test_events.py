"""Which digests have an event, and in what order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sphinxext.digest.collection.compose import compose
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.fragments.events import read_when
from sphinxext.digest.fragments.fields import ValueProblem
from sphinxext.digest.model import Deadlines
from sphinxext.digest.model.period import parse_interval

Make = Callable[..., Collection]
EVENTS = """
date: 2026-11-20
order: 1
events:
- {title: Last, start: 2026-12-09T20:00:00Z}
- {title: First, start: 2026-12-01, end: 2026-12-09}
- {title: Over when it was told, start: 2026-10-01}
- {title: Day, start: 2026-12-09}
"""


def shown(collection: Collection, period: str) -> list[str]:
    return [entry.note.label for entry in collection.events_of(parse_interval(period))]


def test_until_they_are_over(make_collection: Make) -> None:
    collection = make_collection({"one": EVENTS}, week_start="saturday")

    everything = ["Over when it was told", "First", "Day", "Last"]
    assert shown(collection, "2026-11-14/2026-11-20") == everything
    assert shown(collection, "2026-11-07/2026-11-13") == []
    assert shown(collection, "2026-12-05/2026-12-11") == everything[1:]
    assert shown(collection, "2026-12-12/2026-12-18") == []
    assert [entry.note.label for entry in collection.upcoming_events(date(2026, 12, 9))] == everything[1:]
    assert collection.upcoming_events(date(2026, 11, 19)) == ()


def test_an_order_counts_in_the_digest_that_told_it(make_collection: Make) -> None:
    story = "order: 0\nstories: [{title: Story, text: x}]\n"
    collection = make_collection(
        {"one": EVENTS, "two": f"date: 2026-11-20\n{story}", "three": f"date: 2026-12-05\n{story}"},
        week_start="saturday",
    )

    def kinds(period: str) -> list[str]:
        return [str(section.kind) for section in compose(collection, parse_interval(period)).sections]

    assert kinds("2026-11-14/2026-11-20") == ["story", "event"]
    assert kinds("2026-12-05/2026-12-11") == ["event", "story"]


def test_no_digest_because_an_event_goes_on(make_collection: Make) -> None:
    assert len(make_collection({"one": EVENTS}).digests) == 1


@pytest.mark.parametrize(
    ("text", "written", "clock", "zone"),
    [
        ("2026-12-09", "2026-12-09", "", ""),
        ("2026-12-09T20:00Z", "2026-12-09T20:00:00Z", "20:00", "UTC"),
        ("2026-12-09 20:00:00 +0530", "2026-12-09T20:00:00+05:30", "20:00", "UTC+5:30"),
        ("2026-12-09t01:00-03:30", "2026-12-09T01:00:00-03:30", "01:00", "UTC-3:30"),
        ("2026-12-31T23:30:00+14:00", "2026-12-31T23:30:00+14:00", "23:30", "UTC+14"),
    ],
)
def test_times_keep_their_zone(text: str, written: str, clock: str, zone: str) -> None:
    when = read_when(text)

    assert (str(when), when.clock, when.zone) == (written, clock, zone)
    assert read_when(str(when)) == when


@pytest.mark.parametrize("text", ["2026-12-09T20:00", "2026-12-09T25:00Z", "tomorrow", "0001-01-01", "2026-02-30"])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(ValueProblem):
        read_when(text)


@pytest.mark.parametrize(
    "text", ["x", "2026-02-30: x", "2026-02-01:", "2026-02-01: ", "2026-02-01 x", "9999-01-01: x", ""]
)
def test_deadlines_that_are_none(text: str) -> None:
    assert Deadlines.of_text(text) is None


def test_deadlines_are_by_day() -> None:
    found: Any = Deadlines.of_text("2026-03-01: b\n2026-02-01: a: c")
    assert str(found) == "2026-02-01: a: c\n2026-03-01: b"
