"""Collections: digests and spans in their order, and whose problems are whose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.fragments.folder import read_folder
from sphinxext.digest.model import Fragment, OtherProject
from sphinxext.digest.model.period import PeriodError, parse_interval
from sphinxext.digest.settings.options import Settings

Make = Callable[..., Collection]

#: Two notes of a week, in the middle of which a digest of its own begins and ends.
WEEK = {"a": "{date: 2015-11-28, items: [one]}", "b": "{date: 2015-12-01, items: [two]}"}


def names(collection: Collection) -> list[str]:
    return [period.name for period in collection.digests]


def test_an_interval_inside_a_week_ends_before_it(make_collection: Make) -> None:
    """The week has the older note and ends later: digests are in the order of their ends, not of their notes."""
    collection = make_collection(WEEK).with_intervals([parse_interval("2015-11-30/2015-12-02")])
    assert names(collection) == ["2015-12-02", "2015-12-04"]
    assert collection.period("latest").name == "2015-12-04"


def test_spans_are_newest_first(make_collection: Make) -> None:
    days = ("2014-12-30", "2015-11-25", "2015-12-02", "2015-12-09")
    collection = make_collection({f"f{day}": f"{{date: {day}, items: [x]}}" for day in days})
    assert {name: [period.name for period in periods] for name, periods in collection.spans.items()} == {
        "2015": ["2015-12-11", "2015-12-04", "2015-11-27", "2015-01-02"],
        "2015-12": ["2015-12-11", "2015-12-04"],
        "2015-11": ["2015-11-27"],
        "2015-01": ["2015-01-02"],
    }


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [
        ("{date: 2015-12-02, items: [x]}", False),
        ("{items: [{text: x, date: 2015-12-02}]}", False),
        ("{date: 2015-12-01, items: [{text: x, date: 2015-12-02}]}", False),
        ("{items: [x]}", True),
        ("{items: [{text: x, date: 2015-12-02}, y]}", True),
    ],
)
def test_which_collections_use_the_history(
    tmp_path: Path, repository: object, make_collection: Make, fragment: str, expected: bool
) -> None:
    folder = tmp_path / "releasenotes" / "digests"
    folder.mkdir(parents=True)
    (folder / "a-0000000000000001.yaml").write_text(fragment, encoding="utf-8")
    repository.commit("2015-12-02T00:00:00Z")  # type: ignore[attr-defined]
    assert make_collection({"a": fragment}).uses_history is expected


def test_a_note_that_lacks_its_date_would_use_the_history(tmp_path: Path) -> None:
    folder = tmp_path / "releasenotes" / "digests"
    folder.mkdir(parents=True)
    (folder / "a-0000000000000001.yaml").write_text("{items: [x]}", encoding="utf-8")
    collection = load_collection(tmp_path, Settings())
    assert (collection.entries, collection.uses_history) == ((), True)


def test_problems_of_other_projects_are_remarks(tmp_path: Path) -> None:
    """Nobody here can mend them; problems of the project's own notes stay problems."""
    continues = "date: 2015-12-02\nthreads: [{title: x, continues: nothing}]\n"
    for project, number in (("ours", 1), ("theirs", 2)):
        folder = tmp_path / project / "releasenotes" / "digests"
        folder.mkdir(parents=True)
        (folder / f"a-{number:016x}.yaml").write_text(continues, encoding="utf-8")
    theirs: Fragment = read_folder(tmp_path / "theirs", "releasenotes/digests").fragments[0]
    project = OtherProject("theirs", "Theirs", "https://theirs.example.org/")
    other = Fragment(
        f"theirs: {theirs.path}",
        theirs.identity,
        theirs.slug,
        theirs.checksum,
        theirs.date,
        theirs.notes,
        project=project,
    )
    collection = load_collection(tmp_path / "ours", Settings(), [other])
    assert [problem.path for problem in collection.problems] == ["releasenotes/digests/a-0000000000000001.yaml"]
    assert [problem.path for problem in collection.remarks] == ["theirs: releasenotes/digests/a-0000000000000002.yaml"]


def test_own_fragments_stand_for_those_of_others_with_the_same_identity(tmp_path: Path) -> None:
    folder = tmp_path / "releasenotes" / "digests"
    folder.mkdir(parents=True)
    for number, day in ((1, 2), (2, 1)):
        (folder / f"ours-{number:016x}.yaml").write_text(f"{{date: 2015-12-0{day}, items: [ours]}}", encoding="utf-8")
    own = read_folder(tmp_path, "releasenotes/digests").fragments
    others = [replace(own[0], path="theirs: one"), replace(own[0], path="theirs: three", identity=f"{3:016x}")]
    collection = load_collection(tmp_path, Settings(), others)
    assert [entry.fragment.path for entry in collection.entries] == [own[1].path, own[0].path, "theirs: three"]


def test_two_files_with_one_identity(tmp_path: Path) -> None:
    folder = tmp_path / "releasenotes" / "digests"
    folder.mkdir(parents=True)
    for slug in ("b", "a", "c"):
        file = folder / f"{slug}-0123456789abcdef.yaml"
        file.write_text(f"{{date: 2015-12-01, items: [{slug}]}}", encoding="utf-8")
    collection = load_collection(tmp_path, Settings())
    assert [entry.note.label for entry in collection.entries] == ["a"]
    assert [str(problem).partition(" has the same")[0].rpartition("/")[-1] for problem in collection.problems] == [
        "a-0123456789abcdef.yaml"
    ] * 2
    assert [
        (problem.path.rpartition("/")[-1][0], problem.line, problem.column) for problem in collection.problems
    ] == [
        ("b", 0, 0),
        ("c", 0, 0),
    ]


def test_drafts_are_in_no_digest(make_collection: Make) -> None:
    draft = "{date: 2015-12-01, draft: true, threads: [a], items: [x]}"
    later = "{date: 2015-12-02, threads: [b]}"
    collection = make_collection({"draft": draft, "later": later})
    assert [entry.note.label for entry in collection.entries] == ["b"]
    assert sorted(entry.note.label for entry in collection.drafts) == ["a", "x"]
    assert collection.find("draft") == [] and len(collection.find("later")) == 1


def test_periods_that_a_user_names(make_collection: Make) -> None:
    collection = make_collection(WEEK)
    for text, name in {"2015-12-01": "2015-12-04", "2015-12-05": "2015-12-11", "2015-W49": "2015-12-06"}.items():
        assert collection.period(text).name == name
    with pytest.raises(PeriodError, match="there is no latest digest: the collection has no notes"):
        make_collection({}).period("latest")


def test_notes_of_a_period(make_collection: Make) -> None:
    """A digest of the calendar has what an interval leaves it; any other period has the notes of its days."""
    interval = parse_interval("2015-11-30/2015-12-02")
    collection = make_collection(WEEK).with_intervals([interval])
    labels = {
        text: [entry.note.label for entry in collection.entries_of(parse_interval(text))]
        for text in ("2015-11-28/2015-12-04", "2015-11-30/2015-12-02", "2015-11-28/2015-12-01", "2015-11")
    }
    assert labels == {
        "2015-11-28/2015-12-04": ["one"],
        "2015-11-30/2015-12-02": ["two"],
        "2015-11-28/2015-12-01": ["one", "two"],
        "2015-11": ["one"],
    }


def test_where_a_thread_goes_on(make_collection: Make) -> None:
    """By slug or identity; of several threads the one with the same title."""
    thread = "{{date: 2015-12-0{}, threads: [{{title: {}, continues: {}}}]}}".format
    collection = make_collection(
        {
            "two": "{date: 2015-12-01, threads: [a, b]}",
            "x": thread(2, "b", "two"),
            "y": thread(3, "other", "x"),
            "z": thread(3, "other", "'0000000000000002'"),
        }
    )
    assert {
        identity: (links.earlier and links.earlier.identity, [entry.identity for entry in links.later])
        for identity, links in collection.threads.items()
    } == {
        f"{1:016}-2": (None, [f"{2:016}"]),
        f"{2:016}": (f"{1:016}-2", [f"{3:016}", f"{4:016}"]),
        f"{3:016}": (f"{2:016}", []),
        f"{4:016}": (f"{2:016}", []),
    }


def test_remarks_are_sorted(tmp_path: Path) -> None:
    thread = "date: 2015-12-02\nthreads: [{title: x, continues: nothing}]\n"
    folder = tmp_path / "releasenotes" / "digests"
    folder.mkdir(parents=True)
    (folder / f"a-{1:016x}.yaml").write_text(thread, encoding="utf-8")
    (fragment,) = read_folder(tmp_path, "releasenotes/digests").fragments
    project = OtherProject("theirs", "Theirs", "https://theirs.example.org/")
    others = [
        replace(fragment, path=f"theirs: {name}", identity=f"{number:016x}", project=project)
        for number, name in enumerate("cab", 2)
    ]
    collection = load_collection(tmp_path, Settings(), others)
    assert [problem.path for problem in collection.remarks] == ["theirs: a", "theirs: b", "theirs: c"]
