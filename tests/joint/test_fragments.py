"""What becomes of the notes of several projects."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.collection.load import Collection, place_fragments
from sphinxext.digest.fragments.folder import FolderReading, read_folder
from sphinxext.digest.joint.merge import MAX_TEXT, Joined, parse_index
from sphinxext.digest.model import Fragment, OtherProject, Participants, Story, Success, Thread
from sphinxext.digest.problems import Code, DigestError
from sphinxext.digest.settings.options import Settings

from .indexes import HOME, index, note


def joined(*indexes: bytes) -> Joined:
    result = Joined()
    for data in indexes:
        result.add(parse_index(data, "index.json"))
    return result


def placed(found: Joined, reading: FolderReading | None = None) -> Collection:
    return place_fragments(Path(), Settings(), reading or FolderReading(), found.fragments)


def named(found: Joined) -> list[tuple[str, str]]:
    return [(fragment.identity, fragment.path.partition(":")[0]) for fragment in found.fragments]


def test_a_note_knows_where_it_is_from() -> None:
    page = f"{HOME}/nova/digests/2015-12-04.html#success-1"
    (fragment,) = joined(index("nova", note(1, page=page, text="\n\n  a\n* b\n\n"))).fragments
    assert fragment.project == OtherProject("nova", "Nova", f"{HOME}/nova/")
    assert fragment.path == f"nova: releasenotes/digests/note1-{1:016x}.yaml"
    assert (fragment.slug, fragment.identity) == ("nova/note1", f"{1:016x}")
    (one,) = fragment.notes
    assert (one.page, one.place.line, one.label) == (page, 3, "a")
    assert str(one.date) == "2015-12-01"
    (bad,) = joined(index("nova", note(1, page="javascript:alert(1)", line=-1, path=3))).fragments
    assert (bad.notes[0].page, bad.notes[0].place.line, bad.slug) == (None, 1, "")
    assert bad.path == f"nova: {1:016x}"


def test_texts_begin_at_the_line_of_their_note() -> None:
    notes = (note(1, line=7, text="\n \n  a\n\nb\n\n"), note(2, "story", line=9, title="T", text="\na\x07"))
    first, second = (fragment.notes[0] for fragment in joined(index("nova", *notes)).fragments)
    assert isinstance(first, Success) and isinstance(second, Story)
    assert first.text.value.split("\n")[1:] == ["", "b"]
    assert second.text.value == "a"
    places = [(text.line, text.column) for text in (first.text, second.text, second.title)]
    assert places == [(7, 1), (9, 1), (9, 1)]


def test_names_are_names() -> None:
    (fragment,) = joined(index("a b: c\n../x", note(1, path=f"x/../`y` z\x1b[31m-{1:016x}.yaml"))).fragments
    assert fragment.project is not None
    assert fragment.project.name == "a-b-c-..-x"
    assert fragment.slug == "a-b-c-..-x/y-z-31m"
    assert fragment.path.isprintable()


def test_all_kinds_of_note() -> None:
    data = index(
        "nova",
        note(
            1,
            "thread",
            state="done",
            summary="* a",
            participants="Ann: 2\nBo: 1",
            url="https://lists.example.org/1",
            title="Two\nlines",
        ),
        note(2, "story", title="T", author="Ann", group="News", text="x\x07\u2028y"),
        note(3, "countdown", week="R-3"),
        note(4, "item", group="G", url="https://example.org"),
        note(5, "prelude"),
        note(6, identity=f"{5:016x}-2"),
    )
    collection = placed(joined(data))
    assert [entry.kind.value for entry in collection.entries] == ["thread", "story", "countdown", "item", "success"]
    thread, story = (entry.note for entry in collection.entries[:2])
    assert isinstance(thread, Thread) and isinstance(story, Story)
    assert (thread.title.value, thread.state, thread.url) == ("Two lines", "done", "https://lists.example.org/1")
    assert thread.participants == Participants((("Ann", 2), ("Bo", 1)))
    assert (story.author, story.group, story.text.value) == ("Ann", "News", "x y")
    assert collection.entries[-1].identity == f"{5:016x}-2"
    assert not collection.problems and not collection.remarks


def test_the_same_words_come_once_and_others_under_another_identity() -> None:
    shared = note(1, "thread", summary="* The same")
    found = joined(index("nova", shared), index("swift", shared), index("heron", note(1, text="Else")))
    (first, nova), (second, heron) = named(found)
    assert (first, nova, heron) == (f"{1:016x}", "nova", "heron")
    assert second != first and len(second) == 16
    assert named(joined(index("nova", shared), index("swift", shared), index("heron", note(1, text="Else")))) == [
        (first, nova),
        (second, heron),
    ]
    assert not placed(found).problems


def test_the_own_note_stands_in_the_place_of_others(
    make_collection: Callable[..., Collection], tmp_path: Path
) -> None:
    make_collection({"mine": "successes: ['me: edited']\ndate: 2015-12-01\n"})
    own = read_folder(tmp_path, Settings().fragments)
    collection = placed(joined(index("nova", note(1), note(2))), own)
    assert [entry.note.label for entry in collection.entries] == ["Note 2", "me: edited"]


def test_parts_of_threads() -> None:
    threads = [note(1, "thread"), note(2, "thread", continues="note1"), note(3, "thread", continues=f"{2:016x}")]
    both = joined(index("nova", *threads), index("swift", *(one | {"title": "Else"} for one in threads)))
    collection = placed(both)
    assert not collection.problems and not collection.remarks
    parts = {
        entry.identity: [entry.fragment.path[:4], entry.note.label]
        + [links.earlier.fragment.path[:4] for links in [collection.threads[entry.identity]] if links.earlier]
        for entry in collection.entries
    }
    assert sorted(parts.values()) == [
        ["nova", "Thread 1"], ["nova", "Thread 2", "nova"], ["nova", "Thread 3", "nova"],
        ["swif", "Else"], ["swif", "Else", "swif"], ["swif", "Else", "swif"],
    ]  # fmt: skip
    # what is not there is nobody's problem here, and names of others are not ours
    alone = placed(joined(index("nova", note(2, "thread", continues="note1")), index("swift", note(1, "thread"))))
    assert not alone.threads and not alone.problems
    later = placed(joined(index("nova", note(1, "thread", continues="note2"), note(2, "thread", date="2015-12-20"))))
    assert [problem.code for problem in later.remarks] == [Code.THREAD_ORDER] and not later.problems


def test_an_own_thread_continues_that_of_another_project(
    make_collection: Callable[..., Collection], tmp_path: Path
) -> None:
    found = joined(index("nova", note(0xA, "thread")))
    with_thread = "threads: [{title: T, continues: nova/note10}]\ndate: 2015-12-02\n"
    folder = tmp_path / Settings().fragments
    folder.mkdir(parents=True)
    (folder / f"own-{5:016x}.yaml").write_text(with_thread)
    collection = placed(found, read_folder(tmp_path, Settings().fragments))
    assert not collection.problems
    assert collection.threads[f"{5:016x}"].earlier is not None


def test_bad_notes_are_left_out() -> None:
    found = joined(
        index("nova", note(1, text="x" * (MAX_TEXT + 1)), note(2), note(2), {"kind": "x"}, 3, note(4, date="x"))
    )
    assert [fragment.identity for fragment in found.fragments] == [f"{2:016x}"]
    assert {problem.code for problem in found.problems} == {Code.BAD_RECORD}
    assert len(found.problems) == 5
    assert all(problem.path.startswith("nova: ") for problem in found.problems)


def test_checksums_tell_what_shows() -> None:
    def checksum(**changes: object) -> bytes:
        fields = {name: value for name, value in changes.items() if name != "title"}
        envelope = {name: value for name, value in changes.items() if name == "title"}
        fragment: Fragment = joined(index("nova", note(1, **fields), **envelope)).fragments[0]
        return fragment.checksum

    changed = [
        checksum(**{name: value}) for name, value in (("text", "y"), ("nick", "n"), ("page", HOME), ("title", "T"))
    ]
    assert len({checksum(), *changed}) == 5
    assert checksum() == checksum()


def test_a_thread_of_many_parts_takes_no_longer_than_others() -> None:
    """Where each part was compared with all before it, this took ten seconds and more."""
    number = 16_000
    parts = (note(part, "thread", continues=f"{part - 1:016x}") for part in range(2, number))
    found = joined(index("nova", note(1, "thread"), *parts))
    begun = time.process_time()
    collection = placed(found)
    assert time.process_time() - begun < 5
    assert len(collection.threads) == number - 1


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"\xff", Code.ENCODING), (b"[]", Code.NOT_A_FEED), (b'{"version": 1}', Code.NOT_A_FEED)],
)
def test_what_is_not_an_index_has_no_line(data: bytes, code: Code) -> None:
    with pytest.raises(DigestError) as caught:
        parse_index(data, "index.json")
    (problem,) = caught.value.problems
    assert (problem.path, problem.line, problem.column, problem.code) == ("index.json", 0, 0, code)
