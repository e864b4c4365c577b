"""The option ``sources``: what it takes and refuses, and days in paths."""

from __future__ import annotations

from datetime import date

import pytest

from sphinxext.digest.plugins import COLLECTORS, installed
from sphinxext.digest.settings.checks import OptionError
from sphinxext.digest.settings.collect_sources import Source, sources, with_days

SINCE, UNTIL = date(2026, 11, 28), date(2026, 12, 4)


def test_good() -> None:
    assert sources([]) == ()
    entries = [
        {"irc": "logs/", "channel": "#openstack", "url": "https://logs.example.org/"},
        {"mbox": ["a", " b "], "top": 5, "tag": ["release", "ptl"], "all": True},
        {"schedule": "current", "at": date(2026, 12, 4)},
    ]
    first, second, third = sources(entries)
    assert first == Source("irc", ("logs/",), (("channel", "#openstack"), ("url", "https://logs.example.org/")))
    assert second == Source("mbox", ("a", "b"), (("top", "5"), ("tag", ("release", "ptl")), ("all", True)))
    assert third.options == (("at", "2026-12-04"),)
    assert str(second) == "mbox a b"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x", "must be a list of mappings"),
        ({"feed": "x"}, "must be a list of mappings"),
        (["x"], "entry 1 is not one"),
        ([{"feed": "x"}, {1: "x"}], "entry 2 is not one"),
        ([{}], "entry 1 has none of them"),
        ([{"blog": "x"}], f"{', '.join(installed(COLLECTORS))} in each entry: entry 1 has none"),
        ([{"feed": "x", "irc": "y"}], "entry 1 has feed and irc"),
        ([{"feed": ""}], "as 'feed' in entry 1 (feed)"),
        ([{"feed": []}], "has an empty list as 'feed'"),
        ([{"feed": None}], "must have a text"),
        ([{"feed": {}}], "must have a text"),
        ([{"feed": True}], "must have a text"),
        ([{"feed": "a\nb"}], "control characters"),
        ([{"feed": "a\x1bb"}], "control characters"),
        ([{"feed": "x", "limit": 1.5}], "as 'limit' in entry 1 (feed): put it in quotes"),
        ([{"feed": "x", "--limit": 1}], "without dashes"),
        ([{"feed": "x", "a b": 1}], "not the name of an option"),
        ([{"feed": "x", "group": ["a", {}]}], "as 'group'"),
    ],
)
def test_refused(value: object, message: str) -> None:
    with pytest.raises(OptionError) as caught:
        sources(value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain {x} {}", ["plain {x} {}"]),
        ("{year}-{month-name}.txt.gz", ["2026-November.txt.gz", "2026-December.txt.gz"]),
        ("?start={since}&end={end}", ["?start=2026-11-28&end=2026-12-05"]),
        ("{until}", ["2026-12-04"]),
        ("{year}/{month}", ["2026/11", "2026/12"]),
    ],
)
def test_days(text: str, found: list[str]) -> None:
    assert with_days(text, SINCE, UNTIL) == found


def test_every_day() -> None:
    found = with_days("{date} {day}", SINCE, UNTIL)
    assert (len(found), found[0], found[-1]) == (7, "2026-11-28 28", "2026-12-04 04")
    with pytest.raises(OptionError, match="the limit is 400"):
        with_days("{date}", date(2000, 1, 1), UNTIL)
    assert with_days("{since}", date(2000, 1, 1), UNTIL) == ["2000-01-01"]


def test_a_slip_in_the_name_of_a_source() -> None:
    with pytest.raises(OptionError, match="entry 2 has 'githib': did you mean 'github'"):
        sources([{"irc": "x"}, {"githib": "o/r", "top": 3}])
