"""The cycle as a picture."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from cycles import event, schedule, week
from lxml import etree

from sphinxext.digest.model import Outlook, Schedule
from sphinxext.digest.render.timeline import Shape, description, freeze_of, mark_svg, marks_of, timeline_svg

SVG = "{http://www.w3.org/2000/svg}"
FIRST = date(2026, 10, 5)


def cycle(length: int = 25, **events: str) -> Schedule:
    """Return a cycle with events: ids by the number of a week, such as ``w3``."""
    weeks = []
    for index in range(length):
        monday = FIRST + timedelta(weeks=index)
        here = [event(name, name.upper(), monday) for name in events.get(f"w{index}", "").split()]
        weeks.append(week(monday, length - 1 - index, *here))
    return schedule(*weeks, release=FIRST + timedelta(weeks=length - 1, days=2))


def drawn(made: Schedule, now: date = date(2026, 11, 20), identifier: str = "x") -> etree._Element:
    return etree.fromstring(timeline_svg(made.outlook(now), identifier))


def texts(picture: etree._Element) -> list[str]:
    return [text.text for text in picture.iter(f"{SVG}text")]


FULL = {"w1": "i-ptg", "w6": "i-1", "w19": "i-ff i-3", "w21": "i-rc1", "w24": "i-final"}


def test_marks_are_numbered_and_have_the_shape_of_what_they_are() -> None:
    marks = marks_of(cycle(**FULL))
    assert [(mark.number, mark.week.name, mark.shape) for mark in marks] == [
        (1, "R-23", Shape.DEADLINE),
        (2, "R-18", Shape.MILESTONE),
        (3, "R-5", Shape.FREEZE),
        (4, "R-3", Shape.DEADLINE),
        (5, "R+0", Shape.RELEASE),
    ]


def test_the_release_is_there_without_an_event() -> None:
    (mark,) = marks_of(cycle())
    assert (mark.week.name, mark.shape) == ("R+0", Shape.RELEASE)


def test_shapes_differ_without_colours() -> None:
    shapes = {mark.shape: re.sub(r">\d+<", "><", mark_svg(mark)) for mark in marks_of(cycle(**FULL))}
    assert len(set(shapes.values())) == len(Shape)
    picture = timeline_svg(cycle(**FULL).outlook(FIRST), "x")
    assert set(re.findall(r'(?:fill|stroke)="([^"]*)"', picture)) == {"currentColor", "none", "url(#x-freeze)"}


def test_the_words_in_the_picture() -> None:
    assert texts(drawn(cycle(**FULL))) == [
        *("freeze", "1", "2", "3", "4", "5", "now"),
        *("R-20", "R-15", "R-10", "R-5", "R+0"),
        *("Oct", "Nov", "Dec", "Jan", "Feb", "Mar"),
    ]


def test_it_has_a_name_and_a_description() -> None:
    picture = drawn(cycle(**FULL))
    assert picture.get("role") == "img"
    title, words = (picture.xpath(f"//*[@id='{name}']")[0] for name in picture.get("aria-labelledby").split())
    assert (title.tag, title.text) == (f"{SVG}title", "Timeline of 2027.1 Ibis")
    assert words.tag == f"{SVG}desc"
    assert words.text == (
        "25 weeks from October 5, 2026 to March 26, 2027. Now is November 20, 2026, in week R-18. "
        "The freeze of features begins in week R-5. The release is on March 24, 2027. "
        "Weeks in which something happens have a number; the list below the picture says what it is."
    )


def test_all_identifiers_begin_with_that_of_the_picture() -> None:
    found = drawn(cycle(**FULL), identifier="timeline-page-1").xpath("//@id")
    assert len(found) == len(set(found)) == 3
    assert all(name.startswith("timeline-page-1-") for name in found)


def test_two_of_a_schedule_are_the_same() -> None:
    assert timeline_svg(cycle(**FULL).outlook(FIRST), "x") == timeline_svg(cycle(**FULL).outlook(FIRST), "x")


@pytest.mark.parametrize("length", [1, 2, 20, 29])
@pytest.mark.parametrize("days", [-1, 0, 3, 6, 10_000])
def test_everything_is_within_the_picture(length: int, days: int) -> None:
    picture = drawn(cycle(length, w0="i-ff"), FIRST + timedelta(days=days))
    places = [float(place.removesuffix("%")) for place in picture.xpath("//@x | //@x1 | //@x2") if place.endswith("%")]
    assert places
    assert all(0 <= place <= 100 for place in places)
    inside = days >= 0 and days < 7 * length
    assert ("now" in texts(picture)) == inside


def test_marks_that_would_touch_are_higher() -> None:
    picture = drawn(cycle(w3="a", w4="b", w5="c", w6="d", w10="e"), date(2026, 1, 1))
    heights = [svg.get("y") for svg in picture.iter(f"{SVG}svg") if svg.get("y") and svg.get("y") != "64"]
    assert heights == ["34", "12", "34", "12", "34", "34"]


def test_a_hostile_title_is_text() -> None:
    made = replace(cycle(**FULL), title='</title><script>"&\x00\x1b\ud800')
    picture = timeline_svg(made.outlook(FIRST), "x")
    assert "<script" not in picture
    assert etree.fromstring(picture)[0].text == 'Timeline of </title><script>"&\ufffd\ufffd\ufffd'
    named = cycle(**FULL)
    weeks = tuple(replace(one, name=f"{one.name}<b>") for one in named.weeks)
    assert "R-20<b>" in texts(drawn(replace(named, weeks=weeks)))


@pytest.mark.parametrize("id_", ["ff", "i-ff", "freeze", "feature-freeze", "I-FF"])
def test_the_freeze_of_features(id_: str) -> None:
    first, last = freeze_of(cycle(w19=id_)) or (None, None)
    assert (first and first.name, last and last.name) == ("R-5", "R+0")


@pytest.mark.parametrize("id_", ["o-nova-spec-freeze", "spec-freeze", "i-mf", "off", "unfreeze"])
def test_other_freezes(id_: str) -> None:
    assert freeze_of(cycle(w19=id_)) is None


def test_a_freeze_of_one_project() -> None:
    monday = FIRST + timedelta(weeks=3)
    made = schedule(week(monday, 1, event("p-ff", "Freeze", monday, project="Puffin")))
    assert freeze_of(made) is None


def test_a_cycle_without_weeks() -> None:
    assert timeline_svg(schedule().outlook(FIRST), "x") == ""


def test_nothing_but_weeks() -> None:
    seen: Outlook = cycle().outlook(date(2030, 1, 1))
    assert description(seen) == (
        "25 weeks from October 5, 2026 to March 26, 2027. The release is on March 24, 2027. "
        "Weeks in which something happens have a number; the list below the picture says what it is."
    )
    assert "now" not in texts(drawn(cycle(), date(2030, 1, 1)))
