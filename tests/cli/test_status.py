"""``sphinx-digest status``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Run

Write = Callable[..., Path]
#: 27 November 2026, a Friday: the last day of a week that begins on Saturday.
FRIDAY, SATURDAY = "1795780800", "1795867200"


@pytest.fixture
def notes(write: Write) -> None:
    """A digest with an open and a decided thread, and the next one with a note of its own and drafts."""
    write("plan", "date: 2026-11-18\nthreads: [{title: The plan}, {title: Old, state: done}]\n", 1)
    write("going", "date: 2026-11-18\nthreads: [{title: Going on}]\n", 2)
    write("going-on", "date: 2026-11-24\nthreads: [{title: Going on, continues: going}]\n", 3)
    write("green", "date: 2026-11-25\nsuccesses: ['ada: all green', 'bob: done']\n", 4)
    write(
        "a", "date: 2026-11-25\ndraft: true\nthreads: [{title: X, url: 'https://l.example/1', continues: plan}]\n", 5
    )
    write("b", "date: 2026-11-25\ndraft: true\nthreads: [{title: Y, url: 'https://l.example/2'}]\n", 6)
    write("c", "date: 2026-11-25\ndraft: true\nsuccesses: [{text: x, channel: '#dev'}]\n", 7)
    write("d", "date: 2026-10-01\ndraft: true\nitems: [{text: an item}]\n", 8)
    write("meeting", "date: 2026-11-02\nevents: [{title: Meeting, start: 2026-11-30, end: 2026-12-01}]\n", 9)


@pytest.mark.usefixtures("notes")
def test_text(run: Run) -> None:
    result = run("status", SOURCE_DATE_EPOCH=FRIDAY)

    assert (result.status, result.err) == (0, "")
    assert result.out == (
        "November 21–27, 2026  2026-11-21 to 2026-11-27, due today\n"
        "\n"
        "In the digest\n"
        "    2  Successes\n"
        "    1  Upcoming Events\n"
        "    1  Going on\n"
        "\n"
        "3 drafts to review\n"
        "    2  l.example\n"
        "    1  #dev\n"
        "    >  sphinx-digest review 2026-11-21/2026-11-27\n"
        "    1  of other days: sphinx-digest review --all\n"
        "\n"
        "Open since the last digest\n"
        "  The plan (a draft has what came since)\n"
        "\n"
        "Events\n"
        "  2026-11-30 to 2026-12-01  Meeting\n"
    )


@pytest.mark.usefixtures("notes")
def test_json(run: Run) -> None:
    result = run("status", "--format", "json", SOURCE_DATE_EPOCH=FRIDAY)

    record = json.loads(result.out)
    assert {key: record[key] for key in ("name", "period", "due", "other_drafts", "problems")} == {
        "name": "2026-11-27",
        "period": {"start": "2026-11-21", "end": "2026-11-27"},
        "due": "2026-11-27",
        "other_drafts": 1,
        "problems": 0,
    }
    assert record["sections"] == [
        {"kind": "success", "heading": "Successes", "notes": 2},
        {"kind": "event", "heading": "Upcoming Events", "notes": 1},
        {"kind": "thread", "heading": "Going on", "notes": 1},
    ]
    assert [(draft["title"], draft["source"]) for draft in record["drafts"] if draft["kind"] == "thread"] == [
        ("X", "l.example"),
        ("Y", "l.example"),
    ]
    assert [(thread["title"], thread["has_draft"]) for thread in record["open_threads"]] == [("The plan", True)]
    assert [event["title"] for event in record["events"]] == ["Meeting"]


@pytest.mark.usefixtures("notes")
def test_periods(run: Run) -> None:
    first_day = run("status", SOURCE_DATE_EPOCH=SATURDAY)
    assert first_day.lines[0] == "November 21–27, 2026  2026-11-21 to 2026-11-27, due yesterday"

    other = run("status", "2026-12-01", SOURCE_DATE_EPOCH=FRIDAY)
    assert other.lines[0] == "November 28 – December 4, 2026  2026-11-28 to 2026-12-04, due in 7 days"
    # what the digest of the week before has is continued by none
    assert "  Going on" in other.lines


def test_nothing(run: Run, project: Path) -> None:
    result = run("status", SOURCE_DATE_EPOCH=FRIDAY)

    assert result.lines[2:] == ["In the digest", "  nothing yet: sphinx-digest new, or sphinx-digest collect"]


def test_problems_are_counted(run: Run, write: Write) -> None:
    write("bad", "date: 2026-11-25\nsuccesses: ['ada: *green']\n")

    assert run("status", SOURCE_DATE_EPOCH=FRIDAY).lines[-1] == "  1: sphinx-digest lint"


def test_deadlines_of_the_week_and_the_next(run: Run, schedules: Path) -> None:
    record = json.loads(run("status", "2026-12-15", "--format", "json").out)

    days = [deadline["day"] for deadline in record["deadlines"]]
    assert days == sorted(days)
    assert days
    assert all(record["period"]["start"] <= day <= "2026-12-25" for day in days)


@pytest.mark.parametrize(("variable", "is_bold"), [("FORCE_COLOR", True), ("NO_COLOR", False)])
def test_colour(run: Run, project: Path, variable: str, is_bold: bool) -> None:
    result = run("status", "2026-11-27", **{"NO_COLOR": "", "FORCE_COLOR": "", variable: "1"})

    assert ("\x1b[1m" in result.out) == is_bold


def test_drafts_of_the_digest_before(run: Run, write: Write) -> None:
    write("left", "date: 2026-11-19\ndraft: true\nitems: [{text: Left}]\n", 99)
    assert (
        "    1  of the digest before: sphinx-digest review 2026-11-14/2026-11-20\n"
        in run("status", SOURCE_DATE_EPOCH=FRIDAY).out
    )
    assert json.loads(run("status", "--format", "json", SOURCE_DATE_EPOCH=FRIDAY).out)["left_drafts"] == 1
