"""Events of calendars."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from sphinxext.digest.gather.ics import EventOptions, draft_events, next_day, read_calendar
from sphinxext.digest.problems import DigestError

CALENDAR = (Path(__file__).parents[1] / "fuzz" / "corpus" / "ics" / "events").read_text(encoding="utf-8")
TODAY = date(2026, 12, 1)


def drafts(text: str, **options: object) -> list[str]:
    found = read_calendar(text.replace("\n", "\r\n").encode(), "x.ics")
    return [draft.text for draft in draft_events([found], EventOptions(TODAY, **options))]  # type: ignore[arg-type]


def test_days_and_times_and_the_next_day_of_what_recurs() -> None:
    hour, days = drafts(CALENDAR)
    assert (
        "    start: 2027-03-18\n    end: 2027-03-19\n    place: Ardglas\n    url: https://days.gannet.example/" in days
    )
    assert "Two days, and one boat." in days
    # in winter time, since the first Thursday of December is left out
    assert "start: 2027-01-07T18:00:00+01:00\n    end: 2027-01-07T19:30:00+01:00\n    online: true" in hour
    assert "It recurs (FREQ=MONTHLY;BYDAY=1TH)" in hour
    assert len(drafts(CALENDAR, limit=1)) == 1
    assert drafts(CALENDAR, since=date(2027, 3, 20))[0].count("Office hour")


def test_the_same_event_is_drafted_once() -> None:
    calendar = read_calendar(CALENDAR.encode(), "x")
    first, again = (
        [draft.identity for draft in draft_events([calendar], EventOptions(day))] for day in (TODAY, date(2026, 12, 8))
    )
    assert first == again


def test_what_is_left_out() -> None:
    private = CALENDAR.replace("SUMMARY:Petrel", "CLASS:PRIVATE\nSUMMARY:Petrel").replace(
        "UID:2", "STATUS:CANCELLED\nUID:2"
    )
    assert read_calendar(private.encode(), "x").private == 2
    broken = read_calendar(CALENDAR.replace("20270318", "20270230").encode(), "x")
    assert [(problem.line, problem.message) for problem in broken.problems] == [
        (4, "the event has no title or no start")
    ]
    for data in (b"", b"BEGIN:VEVENT\n", b"\xff"):
        with pytest.raises(DigestError):
            read_calendar(data, "x")


@pytest.mark.parametrize(
    ("rule", "day"),
    [
        ("FREQ=DAILY", "2026-12-01"),
        ("FREQ=DAILY;INTERVAL=3", "2026-12-02"),
        ("FREQ=WEEKLY", "2026-12-05"),
        ("FREQ=WEEKLY;BYDAY=MO,TU", "2026-12-01"),
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-12-08"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-12-25"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-12-31"),
        ("FREQ=YEARLY", "2027-10-03"),
        ("FREQ=WEEKLY;COUNT=3", None),
        ("FREQ=WEEKLY;UNTIL=20261101", None),
        ("FREQ=SECONDLY", None),
        ("FREQ=DAILY;INTERVAL=0", None),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", None),
        ("FREQ=DAILY;COUNT=9999;BYMONTH=13", None),
    ],
)
def test_next_days(rule: str, day: str | None) -> None:
    assert str(next_day(rule, date(2026, 10, 3), TODAY)) == str(day)


def test_time_that_it_takes() -> None:
    event = (
        "BEGIN:VEVENT\nUID:{}\nSUMMARY:x\nDTSTART:20000101\nRRULE:FREQ=DAILY;COUNT=9999;BYMONTHDAY=31\nEND:VEVENT\n"
    )
    hostile = (
        "BEGIN:A\n" * 100_000,
        "X:a\n " + "a\n " * 500_000,
        "X" + ";A=b" * 100_000 + ":x\n",
        'X;A="' * 100_000 + "\n",
        "".join(map(event.format, range(50))),
    )
    for text in hostile:
        begun = time.process_time()
        drafts(f"BEGIN:VCALENDAR\n{text}END:VCALENDAR\n")
        assert time.process_time() - begun < 5


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/Berlin", "2027-07-01T10:00:00+02:00"),
        ("W. Europe Standard Time", "2027-07-01T10:00:00+02:00"),
        ("Nowhere/Land", "2027-07-01"),
        ("../../etc/passwd", "2027-07-01"),
    ],
)
def test_zones(zone: str, start: str) -> None:
    event = f"BEGIN:VEVENT\nSUMMARY:x\nDTSTART;TZID={zone}:20270701T100000\nEND:VEVENT\n"
    assert f"    start: {start}\n" in drafts(f"BEGIN:VCALENDAR\n{event}END:VCALENDAR\n")[0]
