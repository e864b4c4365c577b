"""Events: in digests until they are over, the directive, the calendar, data for search engines, other projects."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import pytest

from sphinxext.digest.extension.domain import DigestDomain

from .building import Build, Project, empty_project
from .outputs import parse_page

DECEMBER_1 = 1796083200  # 2026
DAY = 86400
CONF = 'project = "Tern"\ndigest_base_url = "https://docs.example.org/"\ndigest_week_start = "saturday"\n'
INDEX = "Title\n=====\n\n.. toctree::\n\n   digests/index\n   next\n   then\n\nSee :digest:event:`summit`.\n"
NEXT = "Next\n====\n\n.. upcoming-events::\n"
THEN = "Then\n====\n\n.. upcoming-events::\n   :at: 2026-12-01\n   :limit: 1\n"
SUMMIT = """\
date: 2026-11-20
events:
- title: Open *infrastructure* summit
  start: 2027-05-18
  end: 2027-05-20
  place: Berlin
  online: true
  url: https://summit.example.org/
  deadlines: [{title: Call for papers, date: 2026-12-02}, {title: Tickets, date: 2027-02-01}]
  text: Bring a friend, <b>.
- title: Sprint
  start: 2026-12-02T18:00:00+01:00
  end: 2026-12-02T20:00:00+01:00
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(DECEMBER_1))
    project = empty_project(tmp_path / "src", CONF)
    for name, text in (("index", INDEX), ("next", NEXT), ("then", THEN)):
        project.write(f"{name}.rst", text)
    project.fragment("summit-1", SUMMIT)
    project.fragment("this-2", "date: 2026-12-01\nsuccesses: [one]\n")
    project.fragment("later-3", "date: 2026-12-08\nsuccesses: [two]\n")
    project.fragment("after-4", "date: 2027-06-01\nsuccesses: [three]\n")
    project.age()
    return project


def lines(build: Build, page: str) -> list[str]:
    """The first lines of the events on a page, and their deadlines."""
    found = parse_page(build.outdir / f"{page}.html").xpath("//ul[contains(@class, 'digest-events')]//li/p[1]")
    return [" ".join(line.text_content().replace("[1]", "").split()) for line in found]


SUMMIT_LINE = "Open infrastructure summit : May 18–20, 2027, Berlin, online"


def test_each_digest_has_them_until_they_are_over(project: Project) -> None:
    build = project.build(fail_on_warning=True)

    assert lines(build, "digests/2026-11-20")[0] == "Sprint: December 2, 2026, 18:00–20:00 UTC+1"
    assert lines(build, "digests/2026-12-04") == [
        "This week: Sprint: December 2, 2026, 18:00–20:00 UTC+1",
        SUMMIT_LINE,
        "This week: Call for papers: December 2, 2026",
        "Tickets: February 1, 2027",
    ]
    assert lines(build, "digests/2026-12-11") == [SUMMIT_LINE, "Tickets: February 1, 2027"]
    assert lines(build, "digests/2027-06-04") == []
    # they are counted where they were told
    assert "1 success, 2 events" not in build.text("digests/2026-12-04.html")
    mail = build.text("digests/2026-12-11.txt")
    assert "Upcoming Events\n* Open *infrastructure* summit [1]: May 18–20, 2027, Berlin, online\n" in mail
    assert "[1] - https://summit.example.org/" in mail


def test_a_reference_leads_to_the_digest_that_told_it(project: Project) -> None:
    build = project.build(fail_on_warning=True)

    target = DigestDomain.of(build.env).find("event", "summit")
    assert target is not None
    assert (target.docname, target.anchor) == ("digests/2026-11-20", "event-0000000000000001")
    assert target.title == "Open infrastructure summit"
    assert 'href="digests/2026-11-20.html#event-0000000000000001"' in build.text("index.html")


def test_the_directive(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    build = project.build(fail_on_warning=True)
    assert lines(build, "then") == ["Sprint: December 2, 2026, 18:00–20:00 UTC+1"]
    assert [line.partition(":")[0] for line in lines(build, "next")] == [
        "Sprint", "Open infrastructure summit ".strip(), "Call for papers", "Tickets",
    ]  # fmt: skip
    assert 'href="digests/events.ics"' in build.text("next.html")

    # a day later nothing is over; two days later the sprint is, and the page that counts from a day of its own stays
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(DECEMBER_1 + 2 * DAY))
    build = project.build(fail_on_warning=True)
    assert build.read == ["next"]
    assert lines(build, "next") == [
        "Open infrastructure summit: May 18–20, 2027, Berlin, online",
        "Tickets: February 1, 2027",
    ]
    assert project.build(fail_on_warning=True).read == []

    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(DECEMBER_1 + 300 * DAY))
    build = project.build(fail_on_warning=True)
    said = " ".join(parse_page(build.outdir / "next.html").text_content().split())
    assert 'There are no upcoming events. A note announces one: sphinx-digest new event "Summit" --start' in said


def test_an_edit_reads_the_digests_that_show_it(project: Project) -> None:
    project.build(fail_on_warning=True)
    project.fragment("summit-1", SUMMIT.replace("Berlin", "Lisbon"))

    build = project.build(fail_on_warning=True)

    assert set(build.read) >= {"next", "digests/2026-11-20", "digests/2026-12-04", "digests/2026-12-11"}
    assert "digests/2027-06-04" not in build.read
    assert "Lisbon" in lines(build, "digests/2026-12-11")[0]


def calendar(build: Build) -> dict[str, icalendar.cal.Component]:
    found = icalendar.Calendar.from_ical((build.outdir / "digests/events.ics").read_bytes())
    assert found["X-WR-CALNAME"] == "Tern: Events"
    return {str(event["UID"]): event for event in found.walk("VEVENT")}


def test_the_calendar(project: Project) -> None:
    events = calendar(project.build(fail_on_warning=True))

    summit, sprint = (events[f"event-0000000000000001{number}@sphinxext-digest"] for number in ("", "-2"))
    assert (summit["DTSTART"].dt, summit["DTEND"].dt) == (date(2027, 5, 18), date(2027, 5, 21))
    assert (summit["SUMMARY"], summit["LOCATION"]) == ("Open infrastructure summit", "Berlin, online")
    assert summit["DESCRIPTION"] == "Bring a friend, <b>."
    assert sprint["DTEND"].dt == datetime(2026, 12, 2, 19, tzinfo=UTC)
    assert sprint["URL"] == "https://docs.example.org/digests/2026-11-20.html#event-0000000000000001-2"
    deadlines = {str(event["SUMMARY"]): event["DTSTART"].dt for event in events.values() if ": " in event["SUMMARY"]}
    assert deadlines == {
        "Open infrastructure summit: Call for papers": date(2026, 12, 2),
        "Open infrastructure summit: Tickets": date(2027, 2, 1),
    }

    # the same events after an edit and under another name
    (project.fragments / "summit-0000000000000001.yaml").unlink()
    project.fragment("renamed-1", SUMMIT.replace("Berlin", "Lisbon").replace("2027-02-01", "2027-03-01"))
    assert calendar(project.build(fail_on_warning=True)).keys() == events.keys()


def test_no_calendar_without_events_or_against_the_settings(project: Project) -> None:
    build = project.build(fail_on_warning=True, digest_publish=["index"])
    assert not (build.outdir / "digests/events.ics").exists()
    assert "events.ics" not in build.text("next.html")
    assert "events.ics" in project.build(fail_on_warning=True).text("digests/index.html")

    project.write("index.rst", INDEX.partition("See")[0])
    (project.fragments / "summit-0000000000000001.yaml").unlink()
    build = project.build(fail_on_warning=True)
    assert not (build.outdir / "digests/events.ics").exists()
    assert "events.ics" not in build.text("digests/index.html")


def test_a_series_called_events_has_a_calendar_of_another_name(make_settings: object) -> None:
    from types import SimpleNamespace

    from sphinxext.digest.extension.schedules import calendar_path

    assert calendar_path("digests", SimpleNamespace(series="Events")) == "digests/series-events.ics"  # type: ignore[arg-type]
    assert calendar_path("digests", SimpleNamespace(series="Heron")) == "digests/heron.ics"  # type: ignore[arg-type]


def test_the_data_for_search_engines(project: Project) -> None:
    build = project.build(fail_on_warning=True)

    scripts = parse_page(build.outdir / "next.html").xpath("//script[@type='application/ld+json']/text()")
    sprint, summit = map(json.loads, scripts)
    assert sprint == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": "Sprint",
        "startDate": "2026-12-02T18:00:00+01:00",
        "endDate": "2026-12-02T20:00:00+01:00",
        "eventStatus": "https://schema.org/EventScheduled",
        "url": "https://docs.example.org/next.html#event-0000000000000001-2",
    }
    assert summit["location"] == [
        {"@type": "Place", "name": "Berlin", "address": "Berlin"},
        {"@type": "VirtualLocation", "url": "https://summit.example.org/"},
    ]
    assert summit["eventAttendanceMode"] == "https://schema.org/MixedEventAttendanceMode"
    assert "</script><" not in "".join(scripts)


def test_events_of_other_projects(project: Project) -> None:
    events = [
        {"title": "Theirs", "start": "2026-12-24", "end": "2026-12-01", "online": True, "place": "Rome"},
        {"title": "No start"},
        {"title": "Odd", "start": "2026-12-25", "deadlines": "x", "online": "yes"},
    ]
    notes = [
        {"kind": "event", "identity": f"{number:016x}", "date": "2026-11-30", **event}
        for number, event in enumerate(events, 16)
    ]
    unknown = {"kind": "podcast", "identity": f"{99:016x}", "date": "2026-11-30", "title": "x"}
    document = {"version": 1, "project": "gull", "title": "Gull", "home": "", "notes": [*notes, unknown]}
    project.write("gull.json", json.dumps(document))

    build = project.build(digest_joint=["gull.json"])

    found = lines(build, "digests/2026-12-11")
    assert found[:2] == ["Theirs: December 24, 2026, Rome, online (Gull)", "Odd: December 25, 2026 (Gull)"]
    assert build.warnings == []


@pytest.mark.parametrize(("language", "words"), [("de", "Kommende Veranstaltungen"), ("ja", "今後のイベント")])
def test_other_languages(project: Project, language: str, words: str) -> None:
    build = project.build(fail_on_warning=True, language=language)

    assert words in build.text("digests/2026-12-04.html")
