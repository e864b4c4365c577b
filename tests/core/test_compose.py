"""Composing: which sections a digest has, in which order, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sphinxext.digest.collection.compose import compose, tells_releases
from sphinxext.digest.collection.load import Collection
from sphinxext.digest.model import Digest, Kind, Messages, Origin, Period, ReleasedVersion, Section, Text
from sphinxext.digest.model.period import parse_interval

Make = Callable[..., Collection]

WEEK = parse_interval("2015-11-28/2015-12-04")
ALL_KINDS = """
date: 2015-12-02
prelude: Welcome
stories: [{title: Story, text: text}]
threads: [Thread]
countdown: [{series: mitaka, week: R-17, focus: text}]
items: [Item]
successes: [Success]
"""


def heading(section: Section) -> str | None:
    return section.heading.value if isinstance(section.heading, Text) else section.heading


def headings(digest: Digest) -> list[str | None]:
    return [heading(section) for section in digest.sections]


def outline(digest: Digest) -> dict[str | None, list[str]]:
    """The labels of the notes under each heading, which must be there only once."""
    found = {heading(section): [entry.note.label for entry in section.entries] for section in digest.sections}
    assert len(found) == len(digest.sections)
    return found


@pytest.fixture
def digest_of(make_collection: Make) -> Callable[..., Digest]:
    """The digest of a week, from one fragment and the options."""

    def digest_of(fragment: str, **options: Any) -> Digest:
        return compose(make_collection({"one": fragment}, **options), WEEK)

    return digest_of


class TestSections:
    """Their order is that of the settings."""

    def test_default_order(self, digest_of: Callable[..., Digest]) -> None:
        assert headings(digest_of(ALL_KINDS)) == [
            None,
            "Successes",
            "In Brief",
            "Release Countdown For Week R-17, Nov 30 – Dec 4",
            "Thread",
            "Story",
        ]

    def test_order_of_the_settings(self, digest_of: Callable[..., Digest]) -> None:
        digest = digest_of(ALL_KINDS, sections=["stories", "threads", "successes"])
        assert headings(digest) == [None, "Story", "Thread", "Successes"]

    def test_what_is_left_out_is_not_among_the_notes(self, digest_of: Callable[..., Digest]) -> None:
        digest = digest_of(ALL_KINDS, sections=["stories"])
        assert [entry.kind for entry in digest.entries] == [Kind.PRELUDE, Kind.STORY]
        assert digest.threads == {}

    def test_no_sections(self, digest_of: Callable[..., Digest]) -> None:
        assert headings(digest_of(ALL_KINDS, sections=[])) == [None]

    def test_other_settings_than_those_of_the_collection(self, make_collection: Make, make_settings: Any) -> None:
        collection = make_collection({"one": ALL_KINDS})
        assert headings(compose(collection, WEEK, make_settings(sections=["threads"]))) == [None, "Thread"]

    def test_each_prelude_has_a_section_in_the_order_of_time(self, make_collection: Make) -> None:
        collection = make_collection(
            {"a": "{date: 2015-12-02, prelude: second}", "b": "{date: 2015-12-01, prelude: first}"}
        )
        labels = [entry.note.label for entry in compose(collection, WEEK).entries]
        assert labels == ["first", "second"]

    def test_a_period_without_notes(self, make_collection: Make) -> None:
        assert compose(make_collection({"one": ALL_KINDS}), parse_interval("2014-01")).sections == ()


class TestSuccesses:
    """The oldest comes first."""

    def test_by_time_then_file_then_place_in_the_file(self, make_collection: Make) -> None:
        collection = make_collection(
            {
                "b": "date: 2015-12-02\nsuccesses: [b1, b2, {text: b3, date: 2015-12-02T09:00:00Z}]",
                "a": "date: 2015-12-02\nsuccesses: [{text: a1, date: 2015-12-02T08:00:00Z}, a2, a3]",
                "c": "date: 2015-12-01\nsuccesses: [c1]",
            }
        )
        assert outline(compose(collection, WEEK)) == {"Successes": ["c1", "a2", "a3", "b1", "b2", "a1", "b3"]}

    def test_times_are_compared_in_utc(self, digest_of: Callable[..., Digest]) -> None:
        digest = digest_of(
            "successes: [{text: later, date: 2015-12-02T08:00:00Z}, {text: earlier, date: 2015-12-02T09:30:00+02:00}]"
        )
        assert outline(digest) == {"Successes": ["earlier", "later"]}

    def test_heading_of_the_settings(self, digest_of: Callable[..., Digest]) -> None:
        digest = digest_of("{date: 2015-12-02, successes: [a]}", success_heading="Success Bot Says")
        assert headings(digest) == ["Success Bot Says"]


GROUPS = """
date: 2015-12-02
stories:
- {title: alone, text: text}
- {title: s1, group: Specs, text: text}
- {title: n1, group: News, text: text}
- {title: n2, group: News, text: text}
items:
- {text: i1, group: Specs}
- loose
- {text: i2, group: Guidelines}
- {text: i3, group: Specs}
- {text: brief, group: In Brief}
"""


class TestGroups:
    """Notes of a group stand together under one heading: items first, then stories."""

    def test_items_and_stories(self, digest_of: Callable[..., Digest]) -> None:
        assert outline(digest_of(GROUPS)) == {
            "Specs": ["Specs: i1", "Specs: i3", "s1"],
            "In Brief": ["loose", "In Brief: brief"],
            "Guidelines": ["Guidelines: i2"],
            "alone": ["alone"],
            "News": ["n1", "n2"],
        }

    def test_kind_of_their_sections(self, digest_of: Callable[..., Digest]) -> None:
        kinds = {heading(section): section.kind for section in digest_of(GROUPS).sections}
        assert (kinds["Specs"], kinds["News"], kinds["alone"]) == (Kind.ITEM, Kind.STORY, Kind.STORY)

    def test_stories_alone_where_items_are_left_out(self, digest_of: Callable[..., Digest]) -> None:
        assert outline(digest_of(GROUPS, sections=["stories"])) == {
            "alone": ["alone"],
            "Specs": ["s1"],
            "News": ["n1", "n2"],
        }

    def test_items_alone_where_stories_are_left_out(self, digest_of: Callable[..., Digest]) -> None:
        assert outline(digest_of(GROUPS, sections=["items"])) == {
            "Specs": ["Specs: i1", "Specs: i3"],
            "In Brief": ["loose", "In Brief: brief"],
            "Guidelines": ["Guidelines: i2"],
        }

    def test_no_note_is_lost_in_any_order_of_sections(self, make_collection: Make, make_settings: Any) -> None:
        collection = make_collection({"one": GROUPS})
        for sections in (["items", "stories"], ["stories", "items"]):
            for groups in ([], ["Specs"], ["In Brief"], ["News", "Nothing"]):
                digest = compose(collection, WEEK, make_settings(sections=sections, groups=groups))
                outline(digest)  # no heading stands twice
                assert sorted(map(id, digest.entries)) == sorted(map(id, collection.entries))

    def test_standing_groups_come_first_even_empty(self, digest_of: Callable[..., Digest]) -> None:
        digest = digest_of(GROUPS, groups=["News", "Nothing", "Specs"])
        assert list(outline(digest).items()) == [
            ("News", ["n1", "n2"]),
            ("Nothing", []),
            ("Specs", ["Specs: i1", "Specs: i3", "s1"]),
            ("In Brief", ["loose", "In Brief: brief"]),
            ("Guidelines", ["Guidelines: i2"]),
            ("alone", ["alone"]),
        ]

    def test_standing_groups_come_where_the_first_of_their_sections_is(self, digest_of: Callable[..., Digest]) -> None:
        digest = digest_of(ALL_KINDS, groups=["Nothing"], sections=["threads", "stories", "successes", "items"])
        assert headings(digest) == [None, "Thread", "Nothing", "Story", "Successes", "In Brief"]

    def test_ungrouped_items_in_a_standing_group(self, digest_of: Callable[..., Digest]) -> None:
        digest = digest_of(GROUPS, groups=["In Brief"], sections=["items"])
        assert next(iter(outline(digest).items())) == ("In Brief", ["loose", "In Brief: brief"])

    def test_a_story_with_neither_group_nor_title(self, digest_of: Callable[..., Digest]) -> None:
        assert outline(digest_of("{date: 2015-12-02, stories: [words]}")) == {None: ["words"]}


class TestCountdowns:
    """The heading says which week it is about; the note is written in the week before."""

    @pytest.mark.parametrize(
        ("notes", "expected"),
        [
            (["{series: mitaka, week: R-17, focus: a}"], ["Week R-17, Dec 7–11"]),
            (["{series: mitaka, focus: a}"], ["the Week of Dec 7–11"]),
            (
                ["{series: mitaka, week: R-17, focus: a}", "{series: newton, focus: a}"],
                ["Week R-17, Dec 7–11 (Mitaka)", "the Week of Dec 7–11 (Newton)"],
            ),
            (
                ["{series: 'heron LTS', week: R-1, focus: a}", "{series: '2026.1', week: R+0, focus: a}"],
                ["Week R-1, Dec 7–11 (Heron LTS)", "Week R+0, Dec 7–11 (2026.1)"],
            ),
            (
                ["{series: mitaka, week: R-17, focus: a, date: 2015-11-28}", "{series: mitaka, week: R-16, focus: a}"],
                ["Week R-17, Nov 30 – Dec 4", "Week R-16, Dec 7–11"],
            ),
        ],
    )
    def test_heading(self, digest_of: Callable[..., Digest], notes: list[str], expected: list[str]) -> None:
        digest = digest_of("date: 2015-12-04\ncountdown:\n" + "".join(f"- {note}\n" for note in notes))
        assert headings(digest) == [f"Release Countdown For {words}" for words in expected]


class TestThreads:
    """Threads are linked to their earlier and later parts in other digests."""

    @pytest.fixture
    def collection(self, make_collection: Make) -> Collection:
        return make_collection(
            {
                "saga": "{date: 2015-11-20, threads: [The Saga, Another]}",
                "saga-2": "{date: 2015-11-27, threads: [Something, {title: The Saga, continues: saga}]}",
                "saga-3": "date: 2015-12-04\nthreads: [{title: The Saga, continues: saga-2}]",
                "branch": "date: 2015-12-04\nthreads: [{title: The Saga, continues: '0000000000000002'}]",
            }
        )

    def links(self, collection: Collection, digest: Digest) -> dict[str, tuple[str | None, list[str]]]:
        return {
            name: (links.earlier and links.earlier.anchor, [later.anchor for later in links.later])
            for name, links in digest.threads.items()
        }

    def test_the_first_part(self, collection: Collection) -> None:
        assert self.links(collection, compose(collection, parse_interval("2015-11-14/2015-11-20"))) == {
            "0000000000000001": (None, ["thread-0000000000000002-2"]),
            "0000000000000001-2": (None, []),
        }

    def test_the_part_between(self, collection: Collection) -> None:
        assert self.links(collection, compose(collection, parse_interval("2015-11-21/2015-11-27"))) == {
            "0000000000000002": (None, []),
            "0000000000000002-2": (
                "thread-0000000000000001",
                ["thread-0000000000000004", "thread-0000000000000003"],
            ),
        }

    def test_the_last_parts(self, collection: Collection) -> None:
        assert self.links(collection, compose(collection, WEEK)) == {
            "0000000000000003": ("thread-0000000000000002-2", []),
            "0000000000000004": ("thread-0000000000000002-2", []),
        }

    def test_each_thread_has_a_section_under_its_title(self, collection: Collection) -> None:
        digest = compose(collection, parse_interval("2015-11-14/2015-11-20"))
        assert outline(digest) == {"The Saga": ["The Saga"], "Another": ["Another"]}


def test_identities_and_anchors(digest_of: Callable[..., Digest]) -> None:
    digest = digest_of("{date: 2015-12-02, successes: [a, b], threads: [c]}")
    assert [entry.anchor for entry in digest.entries] == [
        "success-0000000000000001",
        "success-0000000000000001-2",
        "thread-0000000000000001",
    ]


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("{period}", "December 26, 2015 – January 1, 2016"),
        ("Digest of {period}", "Digest of December 26, 2015 – January 1, 2016"),
        ("{year}: {start}–{end}", "2016: 2015-12-26–2016-01-01"),
        ("Digest", "Digest"),
        ("{{{year}}}", "{2016}"),
    ],
)
def test_title(make_collection: Make, template: str, title: str) -> None:
    collection = make_collection({"one": ALL_KINDS}, title=template)
    assert compose(collection, parse_interval("2015-12-26/2016-01-01")).title == title


class TestOwnOrder:
    """Fragments with an order change places among each other, and may have headings of their own."""

    def test_kinds_can_be_mixed(self, make_collection: Make) -> None:
        fragments = {
            "a": "date: 2015-12-02\norder: 4\nthreads: [Last]\n",
            "b": "date: 2015-12-02\norder: 3\ncountdown: [{series: mitaka, week: R-17, focus: text}]\n",
            "c": "date: 2015-12-02\norder: 2\nthreads: [First]\n",
            "d": "date: 2015-12-02\norder: 1\nprelude: Hello\nstories: [{title: Story, text: text}]\n",
        }
        digest = compose(make_collection(fragments), WEEK)
        assert headings(digest) == [None, "Story", "First", "Release Countdown For Week R-17, Nov 30 – Dec 4", "Last"]

    def test_a_group_has_the_order_of_its_first_note(self, make_collection: Make) -> None:
        fragments = {
            "a": "date: 2015-12-01\norder: 1\nitems: [{group: G, text: x}]\n",
            "b": "date: 2015-12-02\norder: 2\nthreads: [Thread]\n",
            "c": "date: 2015-12-03\norder: 3\nitems: [{group: G, text: y}]\n",
        }
        assert headings(compose(make_collection(fragments), WEEK)) == ["G", "Thread"]
        fragments |= {"a": fragments["c"], "c": fragments["a"].replace("12-01", "12-04")}
        assert headings(compose(make_collection(fragments), WEEK)) == ["Thread", "G"]

    def test_others_keep_their_places(self, make_collection: Make) -> None:
        fragments = {
            "a": "date: 2015-12-02\norder: 2\nsuccesses: [Success]\n",
            "b": "date: 2015-12-02\nthreads: [Thread]\n",
            "c": "date: 2015-12-02\norder: 1\nstories: [{title: Story, text: text}]\n",
        }
        assert headings(compose(make_collection(fragments), WEEK)) == ["Story", "Thread", "Successes"]

    def test_sections_are_still_chosen_by_the_settings(self, make_collection: Make) -> None:
        fragments = {
            "a": "date: 2015-12-02\norder: 2\nsuccesses: [Success]\n",
            "b": "date: 2015-12-02\norder: 1\nthreads: [Thread]\n",
        }
        assert headings(compose(make_collection(fragments, sections=["successes"]), WEEK)) == ["Successes"]

    def test_heading(self, digest_of: Callable[..., Digest]) -> None:
        fragment = f"heading: Count Down\n{ALL_KINDS}"
        assert headings(digest_of(fragment, sections=["successes", "countdown"])) == [None, "Count Down", "Count Down"]


class TestReleases:
    """The versions that were released have a section where the settings have one."""

    VERSIONS = (ReleasedVersion("2.0.0", date(2015, 12, 1), 3),)

    @pytest.mark.parametrize(
        ("period", "expected"),
        [
            ("2015-11-28/2015-12-04", "Released This Week"),
            ("2015-11-28/2015-12-03", "Releases"),
            ("2015-11-28/2015-12-05", "Releases"),
            ("2015-12", "Releases"),
        ],
    )
    def test_heading(self, make_collection: Make, period: str, expected: str) -> None:
        collection = make_collection({"one": ALL_KINDS}, sections=["threads", "releases"])
        digest = compose(collection, parse_interval(period), released=self.VERSIONS)
        assert headings(digest) == [None, "Thread", expected]
        section = digest.sections[-1]
        assert (section.kind, section.name, section.released) == (Kind.RELEASE, expected, self.VERSIONS)
        assert (section.entries, section.origin) == ((), Origin.OURS)

    def test_nothing_was_released(self, make_collection: Make) -> None:
        collection = make_collection({"one": ALL_KINDS}, sections=["releases", "threads"])
        assert headings(compose(collection, WEEK)) == [None, "Thread"]

    def test_where_the_settings_have_no_section(self, make_collection: Make) -> None:
        collection = make_collection({"one": ALL_KINDS}, sections=["threads"])
        assert headings(compose(collection, WEEK, released=self.VERSIONS)) == [None, "Thread"]
        assert not tells_releases(collection.settings)
        assert tells_releases(make_collection({}, sections=["threads", "releases"]).settings)


class TestOrigins:
    """Whose words a heading is: ours are translated, the others are as they are written."""

    def origins(self, digest: Digest) -> dict[str | None, tuple[Origin, str]]:
        return {heading(section): (section.origin, section.name) for section in digest.sections}

    def test_headings(self, digest_of: Callable[..., Digest]) -> None:
        fragment = ALL_KINDS + "closing: Bye\n"
        found = self.origins(digest_of(fragment, groups=["Ours"]))
        assert found["Successes"] == (Origin.OURS, "")
        assert found["In Brief"] == (Origin.OURS, "In Brief")
        assert found["Ours"] == (Origin.SETTINGS, "Ours")
        assert found["Release Countdown For Week R-17, Nov 30 – Dec 4"] == (Origin.OURS, "")
        assert found["Thread"] == found["Story"] == (Origin.FRAGMENT, "")
        assert self.origins(digest_of(fragment, success_heading="Yay"))["Yay"] == (Origin.SETTINGS, "")
        found = self.origins(digest_of(f"heading: Own\n{fragment}", sections=["successes"]))
        assert found["Own"] == (Origin.FRAGMENT, "")
        found = self.origins(digest_of(f"heading: Own\n{fragment}", sections=["countdown"]))
        assert found["Own"] == (Origin.FRAGMENT, "")
        assert self.origins(digest_of(GROUPS))["Specs"] == (Origin.FRAGMENT, "Specs")

    def test_closing_is_below_the_successes(self, digest_of: Callable[..., Digest]) -> None:
        digest = digest_of(ALL_KINDS + "closing: Bye\n", sections=["successes"])
        assert outline(digest)["Successes"] == ["Success", "Bye"]
        assert headings(digest_of("{date: 2015-12-02, closing: Bye, items: [x]}")) == ["In Brief"]

    def test_the_first_heading_of_the_successes_counts(self, make_collection: Make) -> None:
        success = "{{date: 2015-12-0{}, successes: [s]{}}}".format
        fragments = {"a": success(1, ""), "b": success(2, ", heading: B"), "c": success(3, ", heading: C")}
        assert headings(compose(make_collection(fragments), WEEK)) == ["B"]


class Upper(Messages):
    """A language whose words are ours in capitals."""

    def gettext(self, message: str) -> str:
        return message if "{" in message else message.upper()

    def week(self, period: Period) -> str:
        return f"week of {period.start}"

    def period(self, period: Period) -> str:
        return f"{period.start} {period.end}"


def test_words_of_another_language(make_collection: Make) -> None:
    collection = make_collection(
        {"one": ALL_KINDS}, sections=["successes", "items", "countdown", "releases"], title="Of {period}"
    )
    digest = compose(collection, WEEK, released=TestReleases.VERSIONS, messages=Upper())
    assert digest.title == "Of 2015-11-28 2015-12-04"
    assert [(heading(section), section.name) for section in digest.sections[1:]] == [
        ("SUCCESSES", ""),
        ("IN BRIEF", "In Brief"),
        ("Release Countdown For Week R-17, week of 2015-11-30", ""),
        ("RELEASED THIS WEEK", "Released This Week"),
    ]
