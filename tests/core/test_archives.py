"""Archives: whose notes are whose, and names of pages that are safe and stay."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.collection.people import page_name
from sphinxext.digest.collection.selection import review_of
from sphinxext.digest.settings.options import Settings

HOSTILE = [
    *(
        "../../etc/passwd",
        "..",
        ".",
        "/",
        "\\",
        "a/b",
        "a\\b",
        "#",
        "?",
        "a b",
        "index",
        "INDEX",
        "CON",
        "nul.txt",
        "-",
    ),
    *("ttx", "ttx_", "ttx-", "_ttx", "ttx-2015", "ttx-0123456789ab", "0123456789ab", "ttx--a", "Ω", "ω ", "ж" * 500),
    *("<b>", "`x`", "a" * 41, "a" * 42, "com1", "x\u202ey", "{year}", "%2e%2e", "ttx.", "~", "é", "e", "-"),
]


def load(folder: Path, **texts: str) -> Collection:
    """The collection of fragments whose names have their numbers at their ends."""
    fragments = folder / "releasenotes" / "digests"
    fragments.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        slug, _, number = name.rpartition("_")
        (fragments / f"{slug}-{number:0>16}.yaml").write_text(text, encoding="utf-8")
    return load_collection(folder, Settings())


def test_names_that_are_safe_are_names_of_pages() -> None:
    for name in ("ttx", "openstack-dev", "2024.1", "dmitri_s", "x86"):
        assert page_name(name) == name
    assert page_name("TTX") == "ttx"


def test_names_that_are_not_safe_have_a_mark() -> None:
    assert page_name("ttx_") == "ttx-481142fb3325"
    assert page_name("ttx-2015").startswith("ttx-2015-")
    pages = [page_name(name) for name in HOSTILE]
    assert len(set(pages)) == len({name.casefold() for name in HOSTILE})


@given(st.text(min_size=1) | st.sampled_from(HOSTILE))
def test_any_name_gives_a_safe_one(name: str) -> None:
    page = page_name(name)
    assert 0 < len(page) <= 40 + 13
    assert set(page) <= set("abcdefghijklmnopqrstuvwxyz0123456789._-")
    assert page[0].isalnum()
    assert page[-1].isalnum()
    assert ".." not in page
    # never the page of a year of another one, nor the list
    assert page != "index"
    assert not (page[-5:-4] == "-" and page[-4:].isdigit())


def test_people_are_who_told_and_who_is_thanked(tmp_path: Path) -> None:
    collection = load(
        tmp_path,
        a_1="date: 2015-12-01\nsuccesses: ['ttx: one', {nick: lea, thanks: TTX, text: two}, {thanks: bo, text: x}]\n",
        b_2="date: 2015-12-02\nsuccesses: [{nick: ttx, thanks: ttx, text: myself}, 'ttx_: other', nobody]\n",
        c_3="date: 2015-12-03\ndraft: true\nsuccesses: ['draft: x']\n",
    )
    people = {
        member.name: (
            [entry.identity[-3:] for entry in member.notes],
            [entry.identity[-3:] for entry in member.thanks],
        )
        for member in collection.archives.people.values()
    }
    assert people == {
        "bo": ([], ["1-3"]),
        "lea": (["1-2"], []),
        "ttx": (["001", "002"], ["1-2"]),
        "ttx_": (["2-2"], []),
    }
    assert collection.archives.people["ttx"].spellings == ("TTX", "ttx")


def test_a_thread_is_known_by_its_first_part(tmp_path: Path) -> None:
    thread = "date: {}\nthreads: [{{title: {}{}}}]\n".format
    collection = load(
        tmp_path,
        z_9=thread("2015-12-01", "First", ""),
        # two parts that go on from one, one of them on the same day
        b_2=thread("2015-12-01", "Second", ", continues: z"),
        c_3=thread("2015-12-20", "Third", ", continues: b"),
        d_4=thread("2015-12-12", "Fork", ", continues: z"),
        # within one digest
        e_5=thread("2015-12-01", "Short", ""),
        f_6=thread("2015-12-02", "Shorter", ", continues: e"),
    )
    chains = collection.archives.threads
    assert list(chains) == ["0000000000000009"]
    (chain,) = chains.values()
    assert [part.note.label for part in chain.parts] == ["First", "Second", "Fork", "Third"]
    assert chain.days == 19
    assert collection.archives.thread_of(chain.parts[2]) is chain


@pytest.mark.parametrize(
    ("number", "pages"), [(100, ["people/x"]), (101, ["people/x", "people/x-2016", "people/x-2015"])]
)
def test_many_notes_have_a_page_to_each_year(tmp_path: Path, number: int, pages: list[str]) -> None:
    told = ["one"] * (number - 1)
    collection = load(
        tmp_path,
        a_1="date: 2015-12-01\nsuccesses: [" + ", ".join(f"'x: {text}'" for text in told) + "]\n",
        b_2="date: 2016-01-01\nsuccesses: [{thanks: x, text: one}]\n",
    )
    assert [page for page in collection.archives.pages(["people"]) if "index" not in page] == pages


def test_a_year_is_reviewed(tmp_path: Path) -> None:
    success = "date: {}\nsuccesses: [{}]\n".format
    collection = load(
        tmp_path,
        a_1=success("2014-12-01", "'old: one', {nick: old, thanks: good, text: x}"),
        b_2=success("2015-12-01", "'old: one', 'new: two', {nick: new, thanks: good, text: x}"),
        c_3=success("2015-12-02", "{nick: old, thanks: good, text: x}, {nick: old, thanks: new, text: y}"),
        d_4="date: 2014-12-03\nthreads: [{title: Long}]\n",
        e_5="date: 2015-02-03\nthreads: [{title: Longer, continues: d}]\n",
    )
    review = review_of(collection, 2015)
    assert {kind.value: number for kind, number in review.counts.items()} == {"success": 5, "thread": 1}
    assert review.people == 3
    assert [member.name for member in review.newcomers] == ["new"]
    assert [(member.name, times) for member, times in review.thanked] == [("good", 2)]
    assert [chain.page for chain in review.longest] == ["0000000000000004"]
    # in the first year everybody is new
    assert review_of(collection, 2014).newcomers == ()
    assert review_of(collection, 2013).counts == {}


def test_archives_without_members_have_no_page(tmp_path: Path) -> None:
    collection = load(tmp_path, a_1="date: 2015-12-01\nsuccesses: [x]\n")
    assert list(collection.archives.pages(("successes", "people", "channels", "series", "threads"))) == [
        "successes/index",
        "successes/2015",
    ]


def test_who_has_many_notes_has_a_page_for_each_year(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Successes have pages of years anyway."""
    monkeypatch.setattr("sphinxext.digest.collection.archives.MAX_NOTES", 2)
    collection = load(
        tmp_path,
        a_1="date: 2014-12-01\nsuccesses: ['lea: x', 'bo: x']\n",
        b_2="date: 2015-12-01\nsuccesses: ['lea: y', 'bo: y', {nick: cy, thanks: bo, text: z}]\n",
    )
    assert [(member.name, member.is_large) for member in collection.archives.people.values()] == [
        *(("bo", True), ("cy", False), ("lea", False))
    ]
    kinds = "successes people"
    assert " ".join(collection.archives.pages(kinds.split())) == (
        "successes/index successes/2015 successes/2014 people/index people/bo people/bo-2015 people/bo-2014 people/cy "
        "people/lea"
    )


def test_years_of_successes_are_newest_first(tmp_path: Path) -> None:
    texts = {f"a_{number}": f"date: {year}-12-01\nsuccesses: [x]\n" for number, year in enumerate((2014, 2016, 2015))}
    assert list(load(tmp_path, **texts).archives.successes) == ["2016", "2015", "2014"]


def test_channels_with_and_without_their_sign_are_one(tmp_path: Path) -> None:
    successes = "[{text: x, channel: '#dev'}, {text: y, channel: dev}, {text: z, channel: '##'}]"
    channels = load(tmp_path, a_1=f"date: 2015-12-01\nsuccesses: {successes}\n").archives.channels
    assert {member.name: len(member.notes) for member in channels.values()} == {"dev": 2, "##": 1}


def test_a_name_is_written_as_most_people_write_it(tmp_path: Path) -> None:
    text = "date: 2015-12-01\nsuccesses: ['quill: a', 'Quill: b', 'Quill: c', 'zoe: d', 'QUILL: e']\n"
    (quill, zoe) = load(tmp_path, a_1=text).archives.people.values()
    assert (quill.name, quill.spellings, zoe.name) == ("Quill", ("QUILL", "Quill", "quill"), "zoe")


def test_notes_of_a_year(tmp_path: Path) -> None:
    texts = {f"a_{year}": f"date: {year}-12-01\nsuccesses: ['quill: {year}']\n" for year in (2014, 2015, 2016)}
    quill = load(tmp_path, **texts).archives.people["quill"]
    assert [entry.note.text.value for entry in quill.within(2015).notes] == ["2015"]  # type: ignore[attr-defined]


def test_series_with_the_newest_countdown_come_first(tmp_path: Path) -> None:
    texts = {
        f"a_{number}": f"date: 2015-12-0{day}\ncountdown: [{{series: {series}, focus: x}}]\n"
        for number, (series, day) in enumerate((("heron", 1), ("ibis", 3), ("gannet", 2), ("heron", 2)))
    }
    series = load(tmp_path, **texts).archives.series
    assert {member.name: len(member.notes) for member in series.values()} == {"ibis": 1, "heron": 2, "gannet": 1}
    assert list(series) == ["ibis", "heron", "gannet"]


def test_how_long_a_name_may_be() -> None:
    assert page_name("a" * 40) == "a" * 40
    assert page_name("a" * 41).startswith("a" * 40 + "-")
    assert len(page_name("a" * 41)) == len(page_name("a" * 500)) == 53
    # what is cut off at a sign does not end with it
    assert page_name("a" * 39 + "-b").startswith("a" * 39 + "-") and "--" not in page_name("a" * 39 + "-b")


@pytest.mark.parametrize("name", ["index", "con", "lpt1", "x-2015", "x-0123456789ab", "0123456789ab"])
def test_names_of_others_have_a_mark(name: str) -> None:
    assert page_name(name) != name
    assert page_name(f"{name}x") == f"{name}x"
    assert page_name("aux.txt") != "aux.txt" and page_name("auxtxt") == "auxtxt"


def test_many_successes_of_a_year_are_one_page(tmp_path: Path) -> None:
    text = "date: 2015-12-01\nsuccesses: [" + ", ".join("x" for _ in range(101)) + "]\n"
    assert list(load(tmp_path, a_1=text).archives.pages(["successes"])) == ["successes/index", "successes/2015"]


def test_thanks_of_a_year(tmp_path: Path) -> None:
    texts = {f"a_{year}": f"date: {year}-12-01\nsuccesses: [{{thanks: x, text: y}}]\n" for year in (2014, 2015, 2015)}
    member = load(tmp_path, **texts).archives.people["x"]
    assert member.years == (2015, 2014)
    assert [entry.moment.day.year for entry in member.within(2015).thanks] == [2015]
    assert member.within(2016).thanks == member.within(2015).notes == ()


def test_threads_with_the_newest_parts_come_first(tmp_path: Path) -> None:
    thread = "date: {}\nthreads: [{{title: {}{}}}]\n".format
    collection = load(
        tmp_path,
        a_1=thread("2015-11-01", "Old", ""),
        b_2=thread("2015-12-20", "Old", ", continues: a"),
        c_3=thread("2015-11-02", "New", ""),
        d_4=thread("2015-12-21", "New", ", continues: c"),
        e_5=thread("2015-11-03", "Oldest", ""),
        f_6=thread("2015-11-20", "Oldest", ", continues: e"),
        g_7=thread("2015-12-22", "Alone", ""),
    )
    archives = collection.archives
    assert [int(page) for page in archives.threads] == [3, 1, 5]
    assert [chain.days for chain in archives.threads.values()] == [49, 49, 17]
    assert [chain.newest.note.label for chain in archives.threads.values()] == ["New", "Old", "Oldest"]
    found = [archives.thread_of(entry) for entry in collection.entries]
    assert [int(chain.page) if chain else None for chain in found] == [1, 3, 5, 5, 1, 3, None]
    assert list(archives.pages(["threads"])) == ["threads/index", *(f"threads/{page:016}" for page in (3, 1, 5))]


def test_thanks_count_as_much_as_what_somebody_told(tmp_path: Path) -> None:
    for told, thanked, large in ((51, 51, True), (51, 49, False), (1, 100, True), (49, 51, False)):
        notes = ["'x: y'"] * told + ["{thanks: x, text: y}"] * thanked
        collection = load(tmp_path, a_1=f"date: 2015-12-01\nsuccesses: [{', '.join(notes)}]\n")
        assert collection.archives.people["x"].is_large is large
