"""Lists of changes from Gerrit to items."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.gather.gerrit import (
    ChangeList,
    ChangeOptions,
    Vote,
    draft_changes,
    query_url,
    read_changes,
    site_of,
    unasked,
)
from sphinxext.digest.model import Item
from sphinxext.digest.problems import Code, DigestError

SITE = "https://review.example.org"
TODAY = date(2026, 11, 20)


def change(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "_number": number,
        "project": "openstack/specs",
        "subject": f"Change {number}",
        "status": "NEW",
        "updated": "2026-11-18 12:00:00.000000000",
        "labels": {"Code-Review": {"all": [{"value": 2}, {"value": 0}]}, "Verified": {"all": [{"value": 1}]}},
        **fields,
    }


def rest(*changes: Any) -> ChangeList:
    return read_changes(f")]}}'\n{json.dumps(changes)}".encode(), "changes.json", SITE)


def lines(*changes: Any) -> ChangeList:
    return read_changes("\n".join(map(json.dumps, changes)).encode(), "changes.json")


def items(found: ChangeList, **options: Any) -> list[Item]:
    notes = []
    for draft in draft_changes(found.changes, ChangeOptions(TODAY, **options)):
        fragment, problems = read_fragment(draft.text.encode(), f"{draft.stem}.yaml", draft.stem)
        assert fragment and fragment.draft and not problems
        (note,) = fragment.notes
        assert isinstance(note, Item)
        notes.append(note)
    return notes


def test_an_answer_of_the_rest_api() -> None:
    (item,) = items(rest(change(7, subject="Add *all* |x| `y`_")), group="Specs")
    assert (item.group, item.text.value) == ("Specs", r"Add \*all* \|x| \`y\`\_")
    assert item.url == "https://review.example.org/c/openstack/specs/+/7"
    assert not rest(change(1)).more
    assert rest(change(1), change(2, _more_changes=True)).more


def test_answers_of_several_queries() -> None:
    found = rest([change(1), change(2)], [change(2), change(3)])
    assert [item.text.value for item in items(found)] == ["Change 1", "Change 2", "Change 3"]


def test_lines_of_a_query() -> None:
    url = "https://review.example.org/c/openstack/specs/+/8"
    record = {
        "number": 8,
        "project": "openstack/specs",
        "subject": "A spec",
        "status": "NEW",
        "url": url,
        "lastUpdated": 1763467200,
        "currentPatchSet": {"approvals": [{"type": "Code-Review", "value": "2"}, {"type": "Workflow", "value": "-1"}]},
    }
    found = lines(record, {"type": "stats", "rowCount": 1, "moreChanges": True})
    assert found.more
    (parsed,) = found.changes
    assert parsed.votes == {"Code-Review": (2,), "Workflow": (-1,)}
    assert str(parsed.updated) == "2025-11-18T12:00:00Z"
    (item,) = items(found)
    assert item.url == url
    # both ways to ask are the same change
    (other,) = draft_changes(rest(change(8)).changes, ChangeOptions(TODAY))
    assert draft_changes(found.changes, ChangeOptions(TODAY))[0].identity == other.identity


@pytest.mark.parametrize(
    ("labels", "vote", "fits"),
    [
        ({"Code-Review": {"all": [{"value": 2}]}}, Vote("Code-Review", 2), True),
        ({"Code-Review": {"all": [{"value": 2}]}}, Vote("code-review", 1), True),
        ({"Code-Review": {"all": [{"value": 1}]}}, Vote("Code-Review", 2), False),
        ({"Code-Review": {"all": [{"value": 2}, {"value": -2}]}}, Vote("Code-Review", 2), False),
        ({"Code-Review": {"all": [{"value": 2}, {"value": -1}]}}, Vote("Code-Review", 2), True),
        ({"Code-Review": {"approved": {"_account_id": 1}}}, Vote("Code-Review", 2), True),
        ({"Code-Review": {"approved": {}, "rejected": {}}}, Vote("Code-Review", 2), False),
        ({"Code-Review": {"disliked": {}}}, Vote("Code-Review", -1), True),
        ({}, Vote("Verified", 1), False),
        ({"Verified": "odd", "Code-Review": {"all": "odd"}}, Vote("Verified", 1), False),
    ],
)
def test_votes(labels: dict[str, Any], vote: Vote, fits: bool) -> None:
    assert bool(items(rest(change(1, labels=labels)), votes=(vote,))) is fits


def test_which_changes() -> None:
    found = rest(change(1), change(2, project="openstack/nova"), change(3, updated="2026-11-01 00:00:00.000000000"))

    def numbers(**options: Any) -> list[str]:
        return [item.text.value.split()[1] for item in items(found, **options)]

    assert numbers() == ["1", "2", "3"]
    assert numbers(projects=("openstack/nova",)) == ["2"]
    assert numbers(projects=("openstack/sp*", "x")) == ["1", "3"]
    assert numbers(limit=2) == ["1", "2"]
    assert numbers(since=date(2026, 11, 10)) == ["1", "2"]
    assert numbers(until=date(2026, 11, 10)) == ["3"]


def test_days() -> None:
    def day(until: date | None = None, **fields: Any) -> str:
        (draft,) = draft_changes(rest(change(1, **fields)).changes, ChangeOptions(TODAY, until=until))
        return next(line for line in draft.text.split("\n") if line.startswith("date: "))

    assert day() == "date: 2026-11-20"
    assert day(until=date(2026, 11, 19)) == "date: 2026-11-19"
    assert day(status="MERGED") == "date: 2026-11-18T12:00:00Z"
    assert day(status="MERGED", submitted="2026-11-17 08:00:00.000000000") == "date: 2026-11-17T08:00:00Z"


@pytest.mark.parametrize(
    ("url", "asked", "site"),
    [
        (
            f"{SITE}/q/status:open+project:openstack/specs",
            f"{SITE}/changes/?q=status:open%20project:openstack/specs&o=DETAILED_LABELS&n=100",
            SITE,
        ),
        (f"{SITE}/changes/?q=a&q=b&n=5&o=LABELS", f"{SITE}/changes/?q=a&q=b&n=5&o=LABELS", SITE),
        (
            f"{SITE}/r/q/label:Code-Review%3D2",
            f"{SITE}/r/changes/?q=label:Code-Review%3D2&o=DETAILED_LABELS&n=100",
            f"{SITE}/r",
        ),
        (f"{SITE}/a/changes/?q=x&n=1&o=DETAILED_LABELS", f"{SITE}/a/changes/?q=x&n=1&o=DETAILED_LABELS", SITE),
        ("https://example.org/saved.json", "https://example.org/saved.json", "https://example.org/saved.json"),
    ],
)
def test_addresses_of_queries(url: str, asked: str, site: str) -> None:
    assert query_url(url) == asked
    assert site_of(url) == site


@pytest.mark.parametrize("value", [True, 1, "true", "no", {}, []])
@pytest.mark.parametrize("key", ["is_private", "private"])
def test_private_changes_are_never_drafted(key: str, value: object) -> None:
    hidden = change(1, **{key: value})
    for found in (rest(hidden, change(2)), lines(hidden, change(2))):
        assert [item.text.value for item in items(found, wip=True, abandoned=True)] == ["Change 2"]
        assert found.private == 1
    for sound in (False, None):
        found = rest(change(1, **{key: sound}))
        assert (len(items(found)), found.private) == (1, 0)
    assert rest(change(1, status="DRAFT")).changes == []


@pytest.mark.parametrize(
    ("fields", "wish"),
    [
        ({"work_in_progress": True}, "wip"),
        ({"wip": True}, "wip"),
        ({"wip": "yes"}, "wip"),
        ({"status": "ABANDONED"}, "abandoned"),
        ({"status": "abandoned"}, "abandoned"),
    ],
)
def test_unfinished_and_abandoned_changes_have_to_be_asked_for(fields: dict[str, object], wish: str) -> None:
    found = rest(change(1, **fields), change(2), change(3, status="MERGED", wip=False))
    other = {"wip": "abandoned", "abandoned": "wip"}[wish]
    for options, expected in (({}, [2, 3]), ({other: True}, [2, 3]), ({wish: True}, [1, 2, 3])):
        assert [item.text.value for item in items(found, **options)] == [f"Change {number}" for number in expected]
        left_out = unasked(found.changes, ChangeOptions(TODAY, **options))
        assert [one.number for one in left_out] == ([] if 1 in expected else [1])
    # the limit counts those that are wanted; what the other options leave out is not told
    assert [item.text.value for item in items(found, limit=1)] == ["Change 2"]
    assert unasked(found.changes, ChangeOptions(TODAY, projects=("x",))) == []


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html>", Code.NOT_A_FEED),
        (b"", Code.NOT_A_FEED),
        (b")]}'\n{}", Code.NOT_A_FEED),
        (b")]}'\n[", Code.JSON_SYNTAX),
        (b'{"number": 1}\n{', Code.JSON_SYNTAX),
        (b"[" * 100_000, Code.JSON_SYNTAX),
    ],
)
def test_no_list(data: bytes, code: Code) -> None:
    with pytest.raises(DigestError) as caught:
        read_changes(data, "x")
    assert [problem.code for problem in caught.value.problems] == [code]


@pytest.mark.parametrize(
    "record",
    [
        7,
        {},
        change(1, subject=""),
        change(1, subject="\x1b[31m\u202e"),
        change(1, _number="x"),
        change(1, _number=-1),
        change(1, _number="1" * 5000),
    ],
)
def test_what_is_no_change_is_reported(record: object) -> None:
    found = rest(record, change(2))
    assert [problem.code for problem in found.problems] == [Code.BAD_RECORD]
    assert len(found.changes) == 1


def test_hostile_fields() -> None:
    record = change(
        1, project="../<b>\u202e", url="javascript:alert(1)", status={}, labels=[], updated=[], currentPatchSet=1
    )
    (item,) = items(rest(record))
    assert item.url == "https://review.example.org/c/../%3Cb%3E/+/1"
    assert items(lines(change(1, url="javascript:alert(1)")))[0].url is None


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
records = st.dictionaries(
    st.sampled_from([*change(1), "number", "url", "lastUpdated", "currentPatchSet", "wip", "private"]), values
)


@given(st.lists(records | records.map(lambda record: change(1) | record), max_size=3))
@settings(max_examples=100)
def test_any_record(found: list[dict[str, Any]]) -> None:
    options = ChangeOptions(TODAY, votes=(Vote("Code-Review", -1),))
    draft_changes(rest(*found).changes, options)
    items(rest(*found))
    items(lines(*found, {"type": "stats"}))
