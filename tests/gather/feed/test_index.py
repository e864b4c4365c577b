"""The index of another site: what is published comes back as the same notes, and nothing else does."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.lint import check_texts
from sphinxext.digest.fragments.fields import texts_of
from sphinxext.digest.fragments.write import plan_drafts
from sphinxext.digest.gather.feed import IndexOptions, draft_index
from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.joint.index import Index, index_document, index_schema, note_record
from sphinxext.digest.model import Fragment, Item, Kind, Participants, Story, Success, Thread
from sphinxext.digest.problems import Code, DigestError
from sphinxext.digest.settings.options import Settings

HOME = "https://docs.example.org/nova/"
FRAGMENTS = {
    "all": """
date: 2026-11-18
prelude: Hello
closing: "* Bye"
successes:
  - {nick: ttx, text: It works., date: 2026-11-18T10:00:00Z, channel: nova, url: "https://logs.example.org/1"}
  - "*two* words"
items:
  - {group: Specs, text: A spec, url: "https://review.example.org/1"}
  - Another
countdown:
  - {series: ibis, week: R-2, focus: "* Fix :bug:`1`", dates: Soon}
stories:
  - {title: "A ``story``", author: Jane, text: "See :doc:`the docs </a/b>` and `this <https://example.org>`__."}
""",
    "thread-one": "date: 2026-11-10\nthreads: [{title: Locks, summary: '* a', url: 'https://lists.example.org/1'}]\n",
    "thread-two": "date: 2026-11-19\n"
    "threads: [{title: Locks (again), state: done, continues: '0000000000000002', summary: '* b',\n"
    "  participants: {'Zoë Okonkwo: Marsh': 3, 'yes': 1}}]\n",
}


def published(collection: Collection) -> dict[str, Any]:
    """The document of a collection, as it comes from the network."""
    document = index_document("nova", "Nova", HOME, map(note_record, collection.entries))
    result = json.loads(json.dumps(document))
    jsonschema.validate(result, index_schema())
    return result


def index_of(document: dict[str, Any]) -> Index:
    index = read_feed(json.dumps(document).encode(), "index.json")
    assert isinstance(index, Index)
    return index


def drafted(document: dict[str, Any], tmp_path: Path, **options: Any) -> dict[str, Fragment]:
    """The fragments that come of a document, by their identities; all of them are good ones."""
    drafts = draft_index(index_of(document), IndexOptions(Settings(), **options))
    plan = plan_drafts(drafts, tmp_path, "none")
    assert not plan.problems
    fragments = [fragment for _, fragment in plan.new]
    texts = [("", kind, text) for fragment in fragments for note in fragment.notes for kind, text in texts_of(note)]
    assert check_texts(texts, Settings()) == []
    return {fragment.identity: fragment for fragment in fragments}


def note(**fields: object) -> dict[str, Any]:
    record = {"kind": "item", "identity": "0123456789abcdef", "date": "2026-11-18", "text": "x", **fields}
    return {
        "version": 1,
        "project": "nova",
        "notes": [{key: value for key, value in record.items() if value is not None}],
    }


def test_round_trip(make_collection: Callable[..., Collection], tmp_path: Path) -> None:
    found = drafted(published(make_collection(FRAGMENTS)), tmp_path)
    assert sorted(found) == [f"{number:016x}" for number in (1, 2, 3)]
    everything = found[f"{1:016x}"]
    assert everything.draft and everything.slug == "nova-all"
    first, second, one, two, countdown, story = everything.notes
    assert isinstance(first, Success) and isinstance(second, Success)
    assert (first.nick, first.text.value, str(first.date)) == ("ttx", "It works. (Nova)", "2026-11-18T10:00:00Z")
    assert (first.channel, first.url, second.text.value) == ("nova", "https://logs.example.org/1", "*two* words")
    assert isinstance(one, Item) and isinstance(two, Item)
    assert [(item.group, item.text.value) for item in (one, two)] == [("Nova: Specs", "A spec"), ("Nova", "Another")]
    assert countdown.label == "ibis R-2"
    assert isinstance(story, Story) and story.title is not None
    assert (story.title.value, story.author, story.group) == ("A ``story``", "Jane", "Nova")
    assert story.text.value == "See the docs and `this <https://example.org>`__."
    thread = found[f"{3:016x}"].notes[0]
    assert isinstance(thread, Thread)
    assert (thread.title.value, thread.continues, thread.state) == ("Nova: Locks (again)", "0000000000000002", "done")
    assert thread.participants == Participants((("Zoë Okonkwo: Marsh", 3), ("yes", 1)))


def test_the_sample(tmp_path: Path) -> None:
    from sphinxext.digest.collection.load import load_collection
    from sphinxext.digest.settings.project import load_project

    root = Path(__file__).parents[3]
    project, _ = load_project(root)
    settings = project.for_fragments("doc/sample/digests")
    assert settings is not None
    collection = load_collection(root, settings)
    found = drafted(published(collection), tmp_path)
    assert set(found) == {
        entry.fragment.identity for entry in collection.entries if entry.kind not in (Kind.PRELUDE, Kind.CLOSING)
    }


def test_which_notes(make_collection: Callable[..., Collection], tmp_path: Path) -> None:
    document = published(make_collection(FRAGMENTS))
    assert [*drafted(document, tmp_path, since=date(2026, 11, 19))] == [f"{3:016x}"]
    assert [*drafted(document, tmp_path, until=date(2026, 11, 10))] == [f"{2:016x}"]
    assert [*drafted(document, tmp_path, limit=1)] == [f"{3:016x}"]
    (item,) = [found for found in drafted(document, tmp_path, group="All")[f"{1:016x}"].notes if found.index == 2][1:]
    assert isinstance(item, Item) and item.group == "All"


def test_a_thread_continues_only_what_is_here(make_collection: Callable[..., Collection], tmp_path: Path) -> None:
    fragments = FRAGMENTS | {"thread-two": FRAGMENTS["thread-two"].replace("'0000000000000002'", "thread-one")}
    document = published(make_collection(fragments))
    since = date(2026, 11, 19)
    for options, continues in (
        ({}, f"{2:016x}"),
        ({"since": since}, None),
        ({"since": since, "known": frozenset({f"{2:016x}"})}, f"{2:016x}"),
    ):
        thread = drafted(document, tmp_path, **options)[f"{3:016x}"].notes[0]
        assert isinstance(thread, Thread)
        assert thread.continues == continues


@pytest.mark.parametrize(
    "text",
    [
        ".. raw:: html\n\n   <script>alert(1)</script>",
        ".. include:: /etc/passwd",
        "Broken *markup",
        "`link <javascript:alert(1)>`__",
        ":download:`x </etc/passwd>`",
        ".. unknown::",
        "\u202e*evil*\u202c \x1b[31mred",
        "=====\nTitle\n=====",
        "> " * 500,
    ],
)
def test_hostile_text(tmp_path: Path, text: str) -> None:
    (fragment,) = drafted(note(text=text), tmp_path).values()
    (item,) = fragment.notes
    assert isinstance(item, Item)
    assert "\u202e" not in item.text.value and "\x1b" not in item.text.value
    assert not item.text.value.startswith("..")
    (fragment,) = drafted(note(kind="story", title=text, text="x"), tmp_path).values()
    assert len(fragment.notes) == 1


def test_lesser_fields_that_are_wrong_are_left_out(tmp_path: Path) -> None:
    (fragment,) = drafted(note(url="javascript:alert(1)", group="a\x1b[31m\nb"), tmp_path).values()
    (item,) = fragment.notes
    assert isinstance(item, Item)
    assert (item.url, item.group) == (None, "nova: a b")
    (fragment,) = drafted(note(kind="thread", title="T", state="odd", continues="a/b"), tmp_path).values()
    assert len(fragment.notes) == 1
    for wrong in ("Ann", "Ann: 0", "Ann: 1\nAnn: 2", f"{'x' * 101}: 1", "\x1b[31m: 1", "Ann: 1\n\n"):
        (fragment,) = drafted(note(kind="thread", title="T", participants=wrong), tmp_path).values()
        (thread,) = fragment.notes
        assert isinstance(thread, Thread)
        assert (thread.participants is None) == (wrong != "Ann: 1\n\n")


@pytest.mark.parametrize(
    "wrong",
    [
        {"identity": "x"},
        {"identity": "../../etc/passwd"},
        {"identity": None},
        {"kind": "release"},
        {"kind": []},
        {"date": "soon"},
        {"date": None},
        {"text": None},
        {"text": 7},
        {"text": ""},
        {"url": 1},
    ],
)
def test_what_is_no_note_is_reported(wrong: dict[str, object]) -> None:
    index = index_of(note(**wrong))
    assert index.notes == ()
    assert [problem.code for problem in index.problems] == [Code.BAD_RECORD]


@pytest.mark.parametrize(
    "document",
    [
        {"version": 2, "project": "nova", "notes": []},
        {"version": 1, "notes": []},
        {"version": 1, "project": "\x1b[31m", "notes": []},
        {"version": 1, "project": "nova", "notes": [1] * 100_001},
    ],
)
def test_what_is_no_index(document: dict[str, Any]) -> None:
    with pytest.raises(DigestError) as caught:
        index_of(document)
    assert caught.value.problems[0].code is Code.NOT_A_FEED


def test_many_problems_are_not_all_told() -> None:
    assert len(index_of({"version": 1, "project": "nova", "notes": [1] * 1000}).problems) == 20


def test_anything(tmp_path: Path) -> None:
    values: list[object] = [
        None,
        1,
        "",
        "x",
        "\x00",
        "*",
        [],
        {},
        "2026-11-18",
        "0123456789abcdef",
        "thread",
        "item",
        "R-1",
        "Ann: 3",
    ]
    random.seed(1)
    names = [
        "kind",
        "identity",
        "date",
        "text",
        "title",
        "url",
        "continues",
        "state",
        "week",
        "series",
        "group",
        "path",
        "participants",
    ]
    for _ in range(500):
        chosen = {name: random.choice(values) for name in names}
        drafted(
            note(**{"kind": "item", **(chosen if random.random() < 0.5 else {**chosen, "kind": "thread"})}), tmp_path
        )


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(index_schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(note(text=None), index_schema())
