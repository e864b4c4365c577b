"""Pictures in pages: who took part in a thread, and the digests of a year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from lxml import etree

from sphinxext.digest.model import Participants, Period
from sphinxext.digest.render.pictures import activity_svg, description, participants_words, people_svg

SVG = "{http://www.w3.org/2000/svg}"


def people(*numbers: int, name: str = "P{}") -> Participants:
    return Participants(tuple((name.format(index), number) for index, number in enumerate(numbers, 1)))


def texts(picture: str) -> list[str]:
    return [text.text or "" for text in etree.fromstring(picture).iter(f"{SVG}text")]


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        ((1,), "1 person, 1 message: P1"),
        ((1, 4), "2 people, 5 messages: P2, P1"),
        ((1, 1, 1, 1, 1), "5 people, 5 messages: P1, P2, P3, P4, P5"),
        ((1, 2, 3, 4, 5, 6), "6 people, 21 messages: P6, P5, P4 and 3 others"),
    ],
)
def test_the_line(numbers: tuple[int, ...], words: str) -> None:
    assert participants_words(people(*numbers)) == words


def test_people_with_bars() -> None:
    picture = people_svg(people(1, 8, 2, 4), "x")
    assert texts(picture) == ["P2", "8", "P4", "4", "P3", "2", "P1", "1"]
    root = etree.fromstring(picture)
    widths = [bar.get("width") for bar in root.iter(f"{SVG}rect")][1::2]
    assert widths == ["100%", "50%", "25%", "12.5%"]
    assert root.get("role") == "img"
    named = {element.get("id"): element.text for element in root if element.get("id")}
    assert [named[name] for name in root.get("aria-labelledby").split()] == [
        "Messages of each person",
        "P2 (8), P4 (4), P3 (2), P1 (1)",
    ]


def test_those_who_wrote_least_share_a_bar() -> None:
    assert texts(people_svg(people(9, 8, 7, 6, 5, 4, 3, 2), "x"))[-2:] == ["P8", "2"]
    assert texts(people_svg(people(9, 8, 7, 6, 5, 4, 3, 2, 2), "x"))[-2:] == ["2 others", "4"]


@pytest.mark.parametrize("numbers", [(1,), (3, 2, 1), (2, 2, 2, 2, 2, 2)])
def test_a_picture_of_people_that_would_say_nothing_is_none(numbers: tuple[int, ...]) -> None:
    assert people_svg(people(*numbers), "x") == ""


def test_hostile_names() -> None:
    name = "</text><script>alert(1)</script>&{} \x00\x1b[31m \u202e" + "x" * 90
    picture = people_svg(people(4, 3, 2, 1, name=name), "x")
    assert "<script" not in picture
    assert all(len(text) <= 30 for text in texts(picture))


def weeks(numbers: list[int], first: date = date(2015, 1, 3)) -> list[tuple[Period, int]]:
    days = [first + timedelta(weeks=index) for index in range(len(numbers))]
    return [(Period(day, day + timedelta(days=6)), number) for day, number in zip(days, numbers, strict=True)]


def test_a_year() -> None:
    digests = weeks([2, 4, 8, 1, 1, 1, 1, 3])
    picture = activity_svg(2015, digests, "Notes", "x")
    bars = list(etree.fromstring(picture).iter(f"{SVG}rect"))
    assert [bar.get("height") for bar in bars] == ["15", "30", "60", "7.5", "7.5", "7.5", "7.5", "22.5"]
    titles = [bar.findtext(f"{SVG}title") for bar in bars]
    assert titles[:2] == ["January 3–9, 2015: 2 notes", "January 10–16, 2015: 4 notes"]
    assert texts(picture) == ["8 notes", "Jan", "Mar", "May", "Jul", "Sep", "Nov"]
    places = [float(bar.get("x").rstrip("%")) for bar in bars]
    widths = [float(bar.get("width").rstrip("%")) for bar in bars]
    ends = [place + width for place, width in zip(places, widths, strict=True)]
    assert all(end < place for end, place in zip(ends, places[1:], strict=False))
    assert places[0] == pytest.approx(100 * 2 / 365, abs=0.2)
    assert description(digests) == "8 digests with 21 notes; that of January 17–23, 2015 has the most, 8."


def test_days_of_another_year_are_not_in_the_picture() -> None:
    digests = weeks([1, 2, 3, 4, 5, 6, 7, 8], first=date(2014, 12, 27))
    first = next(etree.fromstring(activity_svg(2015, digests, "Notes", "x")).iter(f"{SVG}rect"))
    assert 0 <= float(first.get("x").rstrip("%")) < 0.2
    assert float(first.get("width").rstrip("%")) < 1


@pytest.mark.parametrize("numbers", [[1], [1, 2, 3, 4, 5, 6, 7], [3] * 40])
def test_a_picture_of_a_year_that_would_say_nothing_is_none(numbers: list[int]) -> None:
    assert activity_svg(2015, weeks(numbers), "Notes", "x") == ""
