"""Collections: digests and spans in their order, and whose problems are whose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.fragments.folder import read_folder
from sphinxext.digest.model import Fragment, OtherProject
from sphinxext.digest.model.period import parse_interval
from sphinxext.digest.settings.options import default_settings

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
    collection = load_collection(tmp_path, default_settings())
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
    collection = load_collection(tmp_path / "ours", default_settings(), [other])
    assert [problem.path for problem in collection.problems] == ["releasenotes/digests/a-0000000000000001.yaml"]
    assert [problem.path for problem in collection.remarks] == ["theirs: releasenotes/digests/a-0000000000000002.yaml"]
