"""Selections: which notes a directive or a list shows, and when they have to be shown anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.collection.selection import Selection, checksum, review_of
from sphinxext.digest.model import Kind
from sphinxext.digest.model.period import parse_interval

Make = Callable[..., Collection]

NOTES = {
    "wins": """
date: 2015-12-02
successes:
- {text: s1, channel: openstack-dev}
- {text: s2, channel: "#openstack-dev", date: 2015-12-01}
- {text: s3, channel: openstack-infra}
- {text: s4}
""",
    "cycle": """
date: 2015-12-04
countdown:
- {series: mitaka, week: R-17, focus: a}
- {series: newton, week: R-40, focus: b}
- {series: mitaka, focus: c, date: 2015-12-11}
""",
    "saga": "{date: 2015-11-20, threads: [t1, t2]}",
}


@pytest.mark.parametrize(
    ("selection", "labels"),
    [
        ({}, "t1 t2 s2 s1 s3 s4 mitaka/R-17 newton/R-40 mitaka"),
        ({"kind": Kind.THREAD}, "t1 t2"),
        ({"kind": Kind.STORY}, ""),
        ({"period": parse_interval("2015-W49")}, "s2 s1 s3 s4 mitaka/R-17 newton/R-40"),
        ({"period": parse_interval("2015-W49"), "kind": Kind.THREAD}, ""),
        ({"name": "saga"}, "t1 t2"),
        ({"name": "0000000000000001"}, "s2 s1 s3 s4"),
        ({"name": "nothing"}, ""),
        ({"since": date(2015, 12, 4)}, "mitaka/R-17 newton/R-40 mitaka"),
        ({"until": date(2015, 12, 1)}, "t1 t2 s2"),
        ({"since": date(2015, 12, 1), "until": date(2015, 12, 1)}, "s2"),
        ({"channel": "openstack-dev"}, "s2 s1"),
        ({"channel": "#openstack-infra"}, "s3"),
        ({"channel": "openstack"}, ""),
        ({"series": "mitaka"}, "mitaka/R-17 mitaka"),
        ({"series": "newton"}, "newton/R-40"),
        ({"week": "R-40"}, "newton/R-40"),
        ({"series": "mitaka", "week": "R-40"}, ""),
        ({"limit": 2}, "newton/R-40 mitaka"),
        ({"limit": 1, "kind": Kind.SUCCESS}, "s4"),
        ({"limit": 100}, "t1 t2 s2 s1 s3 s4 mitaka/R-17 newton/R-40 mitaka"),
        ({"limit": 0}, ""),
    ],
)
def test_selection(make_collection: Make, selection: dict[str, Any], labels: str) -> None:
    entries = Selection(**selection).entries(make_collection(NOTES))
    assert " ".join(entry.note.label.replace(" ", "/") for entry in entries) == labels


def test_countdown_of_a_week(make_collection: Make) -> None:
    """The latest one, whatever the case of its series."""
    notes = {
        "a": "{series: heron, week: R-4, focus: a}, {series: ibis, week: R-3, focus: b}",
        "b": "{series: Heron, week: R-3, focus: c}, {series: heron, focus: d}",
        "c": "{series: heron, week: R-3, focus: e}, {series: ibis, week: R-5, focus: f}",
    }
    collection = make_collection(
        {slug: f"{{date: 2015-12-0{day}, countdown: [{text}]}}" for day, (slug, text) in enumerate(notes.items(), 1)}
    )

    def focus_of(series: str, number: int) -> str | None:
        schedule, week = SimpleNamespace(series=series), SimpleNamespace(to_release=number)
        entry: Any = collection.countdown_of(schedule, week)  # type: ignore[arg-type] # all that it looks at
        return entry and entry.note.focus.value

    found = [focus_of(series, number) for series in ("HERON", "ibis", "jay") for number in (3, 4, 5)]
    assert found == ["e", "a", None, "b", None, "f", None, None, None]


THREADS = {
    "first": "{date: 2015-11-20, threads: [a]}",
    "second": "{date: 2015-11-27, threads: [{title: a, continues: first}], successes: [s]}",
    "third": "{date: 2015-12-04, threads: [b]}",
}


class TestChecksum:
    """The checksum changes with what shows, and with nothing else."""

    @pytest.fixture
    def of_second(self, make_collection: Make) -> Callable[..., bytes]:
        """The checksum of the notes of the second fragment, after some files were changed and options set."""

        def of_second(options: dict[str, Any] | None = None, /, **changed: str) -> bytes:
            collection = make_collection(THREADS | changed, **(options or {}))
            return checksum(tuple(collection.find("second")), collection)

        return of_second

    def test_nothing_changes(self, of_second: Callable[..., bytes]) -> None:
        assert of_second() == of_second()

    @pytest.mark.parametrize(
        "changed",
        [
            {"second": "{date: 2015-11-27, threads: [{title: b, continues: first}], successes: [s]}"},
            {"second": "{date: 2015-11-28, threads: [{title: a, continues: first}], successes: [s]}"},
            {"second": THREADS["second"] + "\n# a comment"},
            {"first": "{date: 2015-11-13, threads: [a]}"},
            {"third": "{date: 2015-12-04, threads: [{title: a, continues: second}]}"},
        ],
        ids=["text", "date", "file", "digest of the earlier part", "a later part"],
    )
    def test_what_shows(self, of_second: Callable[..., bytes], changed: dict[str, str]) -> None:
        assert of_second(**changed) != of_second()

    @pytest.mark.parametrize(
        "changed",
        [
            {"first": "{date: 2015-11-19, threads: [a]}"},
            {"first": "{date: 2015-11-20, threads: [{title: a, summary: longer}]}"},
            {"third": "{date: 2015-12-03, threads: [c]}"},
            {"fourth": "{date: 2015-11-27, successes: [another]}"},
        ],
        ids=["day of the earlier part", "text of the earlier part", "another thread", "another fragment"],
    )
    def test_what_does_not_show(self, of_second: Callable[..., bytes], changed: dict[str, str]) -> None:
        assert of_second(**changed) == of_second()

    def test_a_success_has_nothing_of_a_thread_in_the_same_file(self, make_collection: Make) -> None:
        found = set()
        for first in (THREADS["first"], "{date: 2015-11-13, threads: [a]}"):
            collection = make_collection(THREADS | {"first": first})
            entries = Selection(kind=Kind.SUCCESS, name="second").entries(collection)
            assert [entry.note.label for entry in entries] == ["s"]
            found.add(checksum(entries, collection))
        assert len(found) == 1

    @pytest.mark.parametrize("options", [{"title": "Digest"}, {"references": False}, {"period": "monthly"}])
    def test_settings(self, of_second: Callable[..., bytes], options: dict[str, Any]) -> None:
        assert of_second(options) != of_second()

    @pytest.mark.parametrize(("archives", "shows"), [(["threads"], True), (["people"], False)])
    def test_page_of_the_whole_thread(self, make_collection: Make, archives: list[str], shows: bool) -> None:
        """It is named by the first part, which the third one shows in no other way."""
        chain = {
            "first": "{date: 2015-11-20, threads: [a]}",
            "second": "{date: 2015-11-27, threads: [{title: a, continues: first}]}",
            "third": "{date: 2015-12-04, threads: [{title: a, continues: second}]}",
            "other": "{date: 2015-12-04, items: [x]}",
        }
        found = set()
        for slugs in (("other", "second", "third", "first"), ("first", "second", "third", "other")):
            collection = make_collection({slug: chain[slug] for slug in slugs}, archives=archives)
            found.add(checksum(tuple(collection.find("third")), collection))
        assert (len(found) == 2) is shows

    def test_settings_that_do_not_show(self, make_collection: Make) -> None:
        hidden, shown = frozenset({"title"}), frozenset({"News"})
        found = {
            title: [checksum(c.entries, c, names) for names in (hidden, shown)]
            for title in ("News", "Digest")
            if (c := make_collection(THREADS, title=title))
        }
        assert found["News"][0] == found["Digest"][0]
        assert found["News"][1] != found["Digest"][1]

    def test_an_interval_of_a_page_moves_the_earlier_part(self, make_collection: Make) -> None:
        collection = make_collection(THREADS)
        with_page = collection.with_intervals([parse_interval("2015-11-14/2015-11-21")])
        entries = tuple(collection.find("second"))
        assert checksum(entries, with_page) != checksum(entries, collection)

    def test_order(self, make_collection: Make) -> None:
        collection = make_collection(THREADS)
        assert checksum(collection.entries, collection) != checksum(collection.entries[::-1], collection)

    def test_day_of_the_first_merge(self, make_collection: Make, repository: Any) -> None:
        fragment = {"second": "{successes: [s]}"}
        with pytest.raises(Exception, match="no-date"):
            make_collection(fragment)
        found = set()
        for day in ("2015-12-01T00:00:00Z", "2015-12-02T00:00:00Z"):
            repository.run("update-ref", "-d", "HEAD")
            repository.commit(day)
            collection = make_collection(fragment)
            found.add(checksum(collection.entries, collection))
        assert len(found) == 2


CHAINS = {
    "short": "{date: 2015-01-05, threads: [a]}",
    "one": "{date: 2015-01-05, threads: [b]}",
    "two": "{date: 2015-01-05, threads: [c]}",
    "long": "{date: 2015-01-05, threads: [d]}",
    "three": "{date: 2015-01-05, threads: [e]}",
    "short-2": "{date: 2015-01-12, threads: [{title: a, continues: short}]}",
    "one-2": "{date: 2015-01-26, threads: [{title: b, continues: one}]}",
    "two-2": "{date: 2015-01-26, threads: [{title: c, continues: two}]}",
    "long-2": "{date: 2015-02-16, threads: [{title: d, continues: long}]}",
    "three-2": "{date: 2015-01-12, threads: [{title: e, continues: three}]}",
    "three-3": "{date: 2015-01-19, threads: [{title: e, continues: three-2}]}",
}


THANKED = ("dee", "cat", "ann", "bob", "cat", "dee", "ann", "bob", "eve", "bob", "zoe")


class TestReview:
    """The review of a year names those with the most of it."""

    def test_longest_threads(self, make_collection: Make) -> None:
        """By their parts, then by their days, then by their pages; not more than three."""
        review = review_of(make_collection(CHAINS), 2015)
        assert [chain.parts[0].note.label for chain in review.longest] == ["e", "d", "b"]

    def test_longest_threads_are_those_of_the_year(self, make_collection: Make) -> None:
        over = {"early": "{date: 2014-12-29, threads: [x]}", "late": "{date: 2016-01-04, threads: [y]}"}
        over["early-2"] = "{date: 2015-01-05, threads: [{title: x, continues: early}]}"
        collection = make_collection(over | {"late-2": "{date: 2016-01-11, threads: [{title: y, continues: late}]}"})
        labels = {
            year: [chain.parts[0].note.label for chain in review_of(collection, year).longest]
            for year in range(2013, 2018)
        }
        assert labels == {2013: [], 2014: ["x"], 2015: ["x"], 2016: ["y"], 2017: []}

    def test_most_thanked(self, make_collection: Make) -> None:
        """By how often, then by their pages; not more than three, and none that was thanked once."""
        thanks = [f"{{text: x, thanks: {name}}}" for name in THANKED]
        collection = make_collection(
            {
                "now": f"{{date: 2015-06-01, successes: [{', '.join(thanks)}]}}",
                "before": "{date: 2014-06-01, successes: [{text: x, thanks: zoe}, {text: x, thanks: eve}]}",
            }
        )
        review = review_of(collection, 2015)
        assert [(member.name, times) for member, times in review.thanked] == [("bob", 3), ("ann", 2), ("cat", 2)]
        assert review.people == 6
        assert review_of(collection, 2014).thanked == ()

    def test_newcomers(self, make_collection: Make) -> None:
        collection = make_collection(
            {
                str(year): f"{{date: {year}-06-01, successes: ['{name}: x', 'all: y']}}"
                for year, name in enumerate("abc", 2014)
            }
        )
        names = {year: [one.name for one in review_of(collection, year).newcomers] for year in range(2013, 2018)}
        assert names == {2013: [], 2014: [], 2015: ["b"], 2016: ["c"], 2017: []}
        two = {Kind.SUCCESS: 2}
        counts = {year: dict(review_of(collection, year).counts) for year in range(2013, 2018)}
        assert counts == {2013: {}, 2014: two, 2015: two, 2016: two, 2017: {}}
