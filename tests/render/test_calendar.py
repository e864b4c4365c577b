"""The calendar of a schedule, read back with a program that knows nothing of the one that wrote it."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import vobject
import yaml
from cycles import URL, event, new_year, schedule, week
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxext.digest.model import Schedule, Scope
from sphinxext.digest.render.calendar import calendar_of
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.options import Settings

MONDAY = date(2027, 1, 11)
FOLDER = Path(os.environ.get("SPHINXEXT_DIGEST_DATA", "missing"), "schedules")
SERIES = sorted(path.parent.name for path in FOLDER.glob("*/schedule.*") if path.suffix == ".rst")
real = pytest.mark.skipif(not SERIES, reason="SPHINXEXT_DIGEST_DATA does not name the real schedules")


def read_back(data: bytes) -> list[vobject.base.Component]:
    """Return the events of a calendar, after a check of its lines by RFC 5545."""
    lines = data.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in lines)
    for line in lines:
        line.decode()  # no character is cut into halves
    calendar = vobject.readOne(data.decode())
    calendar.validate(raiseException=True)
    events = list(getattr(calendar, "vevent_list", []))
    uids = [found.uid.value for found in events]
    assert len(set(uids)) == len(uids)
    for found in events:
        assert type(found.dtstart.value) is date and type(found.dtend.value) is date
        assert found.dtstart.value < found.dtend.value
        assert found.transp.value == "TRANSPARENT"
        assert found.dtstamp.value.tzinfo is not None
    return events


def days_of(events: list[vobject.base.Component]) -> dict[str, tuple[str, date, date]]:
    return {found.uid.value: (found.summary.value, found.dtstart.value, found.dtend.value) for found in events}


def test_weeks_and_events() -> None:
    assert days_of(read_back(calendar_of(new_year()))) == {
        "Ibis-R-4": ("Ibis R-4 (Feature freeze)", date(2026, 12, 14), date(2026, 12, 19)),
        "Ibis-R-3": ("Ibis R-3", date(2026, 12, 21), date(2026, 12, 26)),
        "Ibis-R-2": ("Ibis R-2 (RC1 deadline)", date(2026, 12, 28), date(2027, 1, 2)),
        "Ibis-R-1": ("Ibis R-1 (Final RC deadline; String freeze)", date(2027, 1, 4), date(2027, 1, 9)),
        "Ibis-R+0": ("Ibis R+0 (2027.1 Ibis release)", date(2027, 1, 11), date(2027, 1, 16)),
        "Ibis-R+1": ("Ibis R+1 (Trailing)", date(2027, 1, 18), date(2027, 1, 23)),
        "Ibis-i-lamp-sprint": ("Ibis R-4: Sprint; first, *half*", date(2026, 12, 17), date(2026, 12, 18)),
        "Ibis-i-lamp-sprint.2": ("Ibis R-1: Sprint", date(2027, 1, 7), date(2027, 1, 8)),
    }


def test_texts_and_links() -> None:
    events = {found.uid.value: found for found in read_back(calendar_of(new_year()))}
    assert events["Ibis-R-4"].description.value == (
        "Feature freeze\n\nNo new features, see the model [1].\n\n[1] - https://example.org/model"
    )
    assert events["Ibis-R-2"].description.value == "RC1 deadline\n\nThe first candidate.\n\n* one\n* two"
    assert not hasattr(events["Ibis-R-3"], "description")
    assert events["Ibis-R-2"].url.value == f"{URL}#i-rc1"
    assert events["Ibis-R-3"].url.value == URL
    assert events["Ibis-i-lamp-sprint"].url.value == f"{URL}#i-lamp-sprint"
    assert events["Ibis-i-lamp-sprint"].categories.value == ["project-specific"]


def test_the_bytes_come_from_the_schedule_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    before = calendar_of(new_year())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert calendar_of(new_year()) == before
    stamps = {found.dtstamp.value for found in read_back(before)}
    assert stamps == {datetime(2026, 12, 7, tzinfo=UTC)}
    assert b"X-WR-CALNAME:2027.1 Ibis release schedule\r\n" in before


def test_an_id_that_is_the_name_of_a_week() -> None:
    made = schedule(week(MONDAY, 0, event("R+0", "Party", MONDAY, specific=True), event("R+0", "More", MONDAY)))
    assert days_of(read_back(calendar_of(made)))["Ibis-R+0.2"][0] == "Ibis R+0: Party"


def test_events_before_the_cycle() -> None:
    known = event("h-final", "2026.2 Heron release", MONDAY, "The release before.")
    made = schedule(week(MONDAY, None, known, event("g-final", "g-final", MONDAY)))
    assert days_of(read_back(calendar_of(made))) == {
        "Ibis-h-final": ("Ibis: 2026.2 Heron release", date(2027, 1, 14), date(2027, 1, 15))
    }


def test_no_weeks() -> None:
    assert read_back(calendar_of(schedule())) == []


@pytest.mark.parametrize("hostile", ["a\r\nEND:VEVENT\r\nX:1", "a\\n;,b", "\x00\x0b\x1b\x85\u2028\u2029", "ü€𝄞" * 60])
def test_hostile_words(hostile: str) -> None:
    made = schedule(
        week(MONDAY, 0, event(hostile, hostile, MONDAY, hostile), event(hostile, hostile, MONDAY, project=hostile)),
        series=f"i{hostile}",
        url=f"https://example.org/{hostile}",
    )
    events = read_back(calendar_of(made))
    assert len(events) == 2
    assert all(found.url.value.isascii() and " " not in found.url.value for found in events)
    assert all("\n" not in found.summary.value for found in events)


@settings(max_examples=50)
@given(st.lists(st.text(max_size=60), min_size=3, max_size=3))
def test_any_words(words: list[str]) -> None:
    id, title, text = words
    made = schedule(week(MONDAY, 0, event(id, title, MONDAY, text), event(id, title, MONDAY, text, specific=True)))
    assert len(read_back(calendar_of(made))) == 2


def test_the_days_of_a_leap_year_and_of_daylight_saving() -> None:
    mondays = [date(2028, 2, 28), date(2028, 3, 20), date(2028, 10, 23)]
    made = schedule(*(week(monday, number) for number, monday in enumerate(reversed(mondays))))
    found = days_of(read_back(calendar_of(replace(made, weeks=tuple(reversed(made.weeks))))))
    assert [end - start for _, start, end in found.values()] == [timedelta(days=5)] * 3
    assert found["Ibis-R-2"][1:] == (date(2028, 2, 28), date(2028, 3, 4))


@pytest.fixture(scope="module")
def schedules() -> dict[str, Schedule]:
    found = load_schedules(FOLDER.parent, Settings(), [os.fspath(FOLDER)])
    made = {name: found.find(name, date(2026, 11, 20)) for name in found.names}
    return {name: one for name, one in made.items() if one is not None}


@real
@pytest.mark.parametrize("series", SERIES)
def test_what_openstack_publishes_is_part_of_it(series: str, schedules: dict[str, Schedule]) -> None:
    ours = days_of(read_back(calendar_of(schedules[series])))
    cycle = schedules[series].cycle
    specific = [event for week in cycle for event in week.events if event.scope is Scope.PROJECT_SPECIFIC]
    assert len(ours) >= len(cycle) + len(specific)
    if (FOLDER / series / "schedule.yaml").exists():
        theirs = published(FOLDER / series)
        assert theirs
        assert {uid: ours.get(uid) for uid in theirs} == theirs


def published(folder: Path) -> dict[str, tuple[str, date, date]]:
    """Return the events of OpenStack's calendar of a series, by the rules of its generator.

    It does not find anchors that are no identifiers of docutils, and shows their ids; here they have their titles.
    """
    text = (folder / "schedule.rst").read_text(encoding="utf-8")
    document = publish_doctree(text, settings_overrides={"report_level": 5, "halt_level": 5})
    name = folder.name.capitalize()
    found = {}
    for row in yaml.safe_load((folder / "schedule.yaml").read_text(encoding="utf-8"))["cycle"]:
        if not row.get("name"):
            continue
        titles = []
        for item in row.get("x-project", []):
            section = document.ids.get(nodes.make_id(item))
            has_title = isinstance(section, nodes.Element) and section.children
            titles.append(section.children[0].astext() if has_title else item)
        summary = f"{name} {row['name']}" + (f" ({'; '.join(titles)})" if titles else "")
        start, end = (date.fromisoformat(str(row[key])) for key in ("start", "end"))
        found[f"{name}-{row['name']}"] = (summary, start, end + timedelta(days=1))
    return found


def test_every_text_has_the_escapes_of_the_format() -> None:
    """With each release of icalendar: those of names that RFC 5545 does not have, too."""
    odd = 'Ibis, "2.0"; part \\n 1: ok'
    only = event(odd, odd, MONDAY, f"{odd}.\n\nMore, and more; yes", specific=True)
    data = calendar_of(replace(schedule(week(MONDAY, 1, only)), title=odd, series=odd))
    lines = data.replace(b"\r\n ", b"").decode().split("\r\n")
    escaped = 'Ibis\\, "2.0"\\; part \\\\n 1: ok'
    assert f"X-WR-CALNAME:{escaped} release schedule" in lines
    texts = ("X-WR-CALNAME", "SUMMARY", "UID", "DESCRIPTION", "PRODID")
    found = [line.partition(":") for line in lines if line.startswith(texts)]
    assert {name for name, _, _ in found} == set(texts)
    for name, _, value in found:
        assert re.fullmatch(r"(?:[^\\,;]|\\[\\,;nN])*", value), name
    assert len([value for _, _, value in found if escaped in value]) > 4
