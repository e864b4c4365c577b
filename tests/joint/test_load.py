"""Indexes from the network and the disk, and the copies of them."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from web_server import WebServer

from sphinxext.digest.joint import fetch
from sphinxext.digest.joint.fetch import AT_ONCE, Request, fetch_all
from sphinxext.digest.joint.merge import Joint, load_joint_collection
from sphinxext.digest.model import Thread
from sphinxext.digest.net.http import Answer
from sphinxext.digest.problems import Code
from sphinxext.digest.settings.options import Settings

from .conftest import Open
from .indexes import index, note


def labels(joint: Joint) -> list[str]:
    return [one.label for fragment in joint.read().fragments for one in fragment.notes]


def codes(joint: Joint) -> list[tuple[str, Code]]:
    return [(problem.path, problem.code) for problem in joint.problems]


def test_what_has_not_changed_is_not_sent_again(server: WebServer, open_places: Open) -> None:
    url = f"{server.url}/nova.json"
    server.pages["/nova.json"] = server.tagged(index("nova", note(1)), '"one"')
    first = open_places(url)
    again = open_places(url)
    assert labels(first) == labels(again) == ["Note 1"]
    assert server.headers["/nova.json"]["If-None-Match"] == '"one"'
    assert first.mark == again.mark is not None
    assert not again.problems and not again.remarks
    server.pages["/nova.json"] = server.tagged(index("nova", note(2)), '"two"')
    changed = open_places(url)
    assert labels(changed) == ["Note 2"]
    assert changed.mark not in (None, first.mark)


def test_time_of_the_last_change(server: WebServer, open_places: Open) -> None:
    day = "Tue, 01 Dec 2015 00:00:00 GMT"

    def answer(handler: BaseHTTPRequestHandler) -> None:
        known = handler.headers.get("If-Modified-Since") == day
        handler.send_response(304 if known else 200)
        handler.send_header("Last-Modified", day)
        handler.end_headers()
        handler.wfile.write(b"" if known else index("nova", note(1)))

    server.pages["/nova.json"] = answer
    for _ in range(2):
        assert labels(open_places(f"{server.url}/nova.json")) == ["Note 1"]
    assert server.headers["/nova.json"]["If-Modified-Since"] == day


def test_how_long_a_copy_is_fresh(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    server.pages["/nova.json"] = index("nova", note(1))
    url = f"{server.url}/nova.json"
    for limit in (1, 1, -1):
        assert labels(open_places(url, joint_cache_limit=limit)) == ["Note 1"]
    assert len(server.asked) == 1
    (listed,) = (tmp_path / "copies").glob("*/indexes.json")
    record = json.loads(listed.read_bytes())
    record["copies"][url]["asked"] = time.time() - 2 * 86400
    listed.write_text(json.dumps(record))
    open_places(url, joint_cache_limit=3)
    open_places(url, joint_cache_limit=-1)
    assert len(server.asked) == 1
    open_places(url, joint_cache_limit=1)
    assert len(server.asked) == 2
    for seconds, asked in ((-600, 2), (600, 3)):
        record["copies"][url]["asked"] = time.time() - 86400 - seconds
        listed.write_text(json.dumps(record))
        open_places(url, joint_cache_limit=1)
        assert len(server.asked) == asked


def test_packed(server: WebServer, open_places: Open) -> None:
    packed = gzip.compress(index("nova", note(1)))
    server.pages["/nova.json"] = server.tagged(packed, '"x"', Content_Encoding="gzip")
    assert labels(open_places(f"{server.url}/nova.json")) == ["Note 1"]
    assert server.headers["/nova.json"]["Accept-Encoding"] == "gzip"


BROKEN = {
    "json": (b'{"version": 1, "notes": [', Code.JSON_SYNTAX),
    "nested": (b"[" * 100_000, Code.JSON_SYNTAX),
    "list": (b"[]", Code.NOT_A_FEED),
    "feed": (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', Code.NOT_A_FEED),
    "bytes": (b"\xff\xfe{}", Code.ENCODING),
    "later": (index("nova", note(1), version=2), Code.NOT_A_FEED),
    "nobody": (index(""), Code.NOT_A_FEED),
    "large": (b" " * (17 * 1024 * 1024), Code.SOURCE_FETCH),
    "packed": (gzip.compress(b" " * (17 * 1024 * 1024)), Code.SOURCE_FETCH),
    "gone": (404, Code.SOURCE_FETCH),
    "refused": (403, Code.SOURCE_FETCH),
    "broken": (500, Code.SOURCE_FETCH),
    "loop": ("/nova.json", Code.SOURCE_FETCH),
    "file": ("file:///etc/passwd", Code.SOURCE_FETCH),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_index(server: WebServer, open_places: Open, name: str) -> None:
    page, code = BROKEN[name]
    server.pages |= {"/nova.json": page, "/swift.json": index("swift", note(2)), "/good.json": index("nova", note(1))}
    url, other = f"{server.url}/nova.json", f"{server.url}/swift.json"
    joint = open_places(url, other)
    assert codes(joint) == [(url, code)]
    assert labels(joint) == ["Note 2"]
    if code is not Code.JSON_SYNTAX:
        assert [(problem.line, problem.column) for problem in joint.problems] == [(0, 0)]

    server.pages["/nova.json"] = index("nova", note(1))
    assert labels(open_places(url, other)) == ["Note 1", "Note 2"]
    server.pages["/nova.json"] = page
    joint = open_places(url, other)
    assert labels(joint) == ["Note 1", "Note 2"]
    if code is Code.SOURCE_FETCH:
        # it is there, as far as anybody can tell
        assert not joint.problems and any(url in remark and "copy of 20" in remark for remark in joint.remarks)
        assert all(remark.count(url) == 1 for remark in joint.remarks)
    else:
        assert codes(joint) == [(url, code)] and "copy of 20" in joint.problems[0].message and not joint.remarks
    assert joint.mark is not None


def test_server_that_is_down(server: WebServer, open_places: Open) -> None:
    places = [f"{server.url}/{name}.json" for name in ("nova", "swift")]
    for name in ("nova", "swift"):
        server.pages[f"/{name}.json"] = index(name, note(len(name)))
    before = open_places(places[0])
    server.close()
    joint = open_places(*places)
    assert labels(joint) == labels(before) == ["Note 4"]
    assert codes(joint) == [(places[1], Code.SOURCE_FETCH)]
    assert len(joint.remarks) == 1 and places[0] in joint.remarks[0]


def test_silent_server_is_asked_once(server: WebServer, open_places: Open) -> None:
    names = [f"/{number}.json" for number in range(3 * AT_ONCE)]
    server.pages |= dict.fromkeys(names, server.silent())
    started = time.monotonic()
    joint = open_places(*(f"{server.url}{name}" for name in names), joint_timeout=0.5)
    assert time.monotonic() - started < 20
    assert len(joint.problems) == len(names)
    assert len(server.asked) <= 2 * AT_ONCE


def test_server_without_an_end(server: WebServer) -> None:
    server.pages |= {"/slow": server.never_ending(b" "), "/good": b"{}"}
    started = time.monotonic()
    requests = [Request(f"{server.url.replace('127.0.0.1', 'localhost')}/slow"), Request(f"{server.url}/good")]
    outcomes = dict(fetch_all(requests, timeout=5, longest=1))
    assert time.monotonic() - started < 10
    slow, good = (outcomes[request.url] for request in requests)
    assert isinstance(slow, str) and "takes longer than 1 seconds" in slow
    assert isinstance(good, Answer) and good.data == b"{}"


def test_damaged_copy(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    url = f"{server.url}/nova.json"
    server.pages["/nova.json"] = server.tagged(index("nova", note(1)), '"one"')
    open_places(url)
    (copy,) = set((tmp_path / "copies").glob("*/*.json")) - set((tmp_path / "copies").glob("*/indexes.json"))
    copy.write_bytes(index("nova", note(666)))
    joint = open_places(url)
    assert labels(joint) == []
    assert codes(joint) == [(url, Code.UNREADABLE)]
    assert [(problem.line, problem.column) for problem in joint.problems] == [(0, 0)]
    assert labels(open_places(url)) == ["Note 1"]
    copy.unlink()
    assert labels(open_places(url)) == ["Note 1"]
    for damage in (b"{", b"[]", b'{"version": 1, "copies": {"a": {}}}', b'{"version": 1}'):
        copy.with_name("indexes.json").write_bytes(damage)
        assert labels(open_places(url)) == ["Note 1"]


def test_copies_that_cannot_be_written(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("in the way")
    server.pages["/nova.json"] = index("nova", note(1))
    joint = open_places(f"{server.url}/nova.json")
    assert labels(joint) == ["Note 1"]
    assert joint.mark is None


def test_copies_of_places_that_are_gone(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    for name in ("nova", "swift"):
        server.pages[f"/{name}.json"] = index(name, note(1))
    open_places(f"{server.url}/nova.json", f"{server.url}/swift.json")
    assert len(list((tmp_path / "copies").glob("*/*.json"))) == 3
    open_places(f"{server.url}/swift.json")
    assert len(list((tmp_path / "copies").glob("*/*.json"))) == 2


def test_files(open_places: Open, tmp_path: Path) -> None:
    (tmp_path / "nova.json").write_bytes(index("nova", note(1)))
    (tmp_path / "swift.json").write_bytes(gzip.compress(index("swift", note(2))))
    (tmp_path / "list.txt").write_text("# All of them\n\nnova.json\n  swift.json\nnova.json\n")
    os.mkfifo(tmp_path / "pipe.json")
    assert labels(open_places("list.txt")) == ["Note 1", "Note 2"]
    for file in ("nova.json", "swift.json", "list.txt"):
        os.utime(tmp_path / file, (1, 1))
    time.sleep(2.1)  # so that they cannot change without a new time
    marks = {open_places("list.txt").mark for _ in range(2)}
    assert len(marks) == 1 and None not in marks
    os.utime(tmp_path / "nova.json", (2, 2))
    assert open_places("list.txt").mark not in marks
    bad = open_places("pipe.json", "absent.json", "list.txt")
    assert labels(bad) == ["Note 1", "Note 2"]
    assert codes(bad) == [("pipe.json", Code.UNREADABLE), ("absent.json", Code.UNREADABLE)]


def test_first_day(open_places: Open, tmp_path: Path) -> None:
    old, new = note(1, "thread"), note(2, "thread", date="2015-12-09", continues="note1")
    (tmp_path / "nova.json").write_bytes(index("nova", old, new))
    assert labels(open_places("nova.json")) == ["Thread 1", "Thread 2"]
    (fragment,) = open_places("nova.json", joint_since="2015-12-02").read().fragments
    (thread,) = fragment.notes
    assert isinstance(thread, Thread) and thread.label == "Thread 2" and thread.continues is None


def test_bad_lists(open_places: Open, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("b.txt\nfile:///etc/passwd\nhttps://\n")
    (tmp_path / "b.txt").write_bytes(b"\xff")
    joint = open_places("a.txt", "b.txt", "c.txt")
    assert [(problem.path, problem.line, problem.code) for problem in joint.problems] == [
        ("a.txt", 1, Code.BAD_SETTING),
        ("a.txt", 2, Code.BAD_SETTING),
        ("a.txt", 3, Code.BAD_SETTING),
        ("b.txt", 0, Code.ENCODING),
        ("c.txt", 0, Code.UNREADABLE),
    ]
    assert labels(joint) == []


def test_a_copy_that_the_server_confirmed_is_fresh_again(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    url = f"{server.url}/nova.json"
    server.pages["/nova.json"] = server.tagged(index("nova", note(1)), '"one"')
    open_places(url, joint_cache_limit=1)
    (listed,) = (tmp_path / "copies").glob("*/indexes.json")
    record = json.loads(listed.read_bytes())
    record["copies"][url]["asked"] = time.time() - 2 * 86400
    listed.write_text(json.dumps(record))
    for _ in range(2):
        assert labels(open_places(url, joint_cache_limit=1)) == ["Note 1"]
    assert len(server.asked) == 2
    confirmed = json.loads(listed.read_bytes())["copies"][url]
    assert time.time() - 3600 < confirmed["asked"] <= time.time()
    assert (confirmed["etag"], confirmed["file"]) == ('"one"', record["copies"][url]["file"])


def test_a_file_that_was_just_put_there_may_still_change(open_places: Open, tmp_path: Path) -> None:
    """Whatever its time of modification says, which ``cp -p`` and ``mv`` keep."""
    file = tmp_path / "nova.json"
    file.write_bytes(index("nova", note(1)))
    os.utime(file, (1, 1))
    assert open_places("nova.json").mark is None
    future = time.time() + 3600
    os.utime(file, (future, future))
    assert open_places("nova.json").mark is None


def test_a_server_that_is_down_for_a_while(server: WebServer, open_places: Open) -> None:
    places = [f"{server.url}/{name}.json" for name in ("nova", "swift")]
    server.pages |= {"/nova.json": index("nova", note(1)), "/swift.json": index("swift", note(2))}
    open_places(*places)
    server.pages["/nova.json"] = 503
    joint = open_places(*places)
    assert labels(joint) == ["Note 1", "Note 2"]
    assert len(joint.remarks) == 1 and "503" in joint.remarks[0] and not joint.problems
    # it answers, so that its other files are asked for; so does one that breaks off
    assert server.asked[-2:].count("/swift.json") == 1
    cut = b"HTTP/1.1 200 x\r\nContent-Length: 99\r\n\r\n"
    server.pages |= {f"/{number}.json": server.raw(cut) for number in range(2 * AT_ONCE)}
    before = len(server.asked)
    joint = open_places(*(f"{server.url}/{number}.json" for number in range(2 * AT_ONCE)), places[1])
    assert len(server.asked) - before == 2 * AT_ONCE + 1
    assert all("ends too early" in problem.message for problem in joint.problems)


def test_slow_servers_do_not_hold_a_build(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(handler: BaseHTTPRequestHandler) -> None:
        server.ended.wait(2)
        server.raw(b"HTTP/1.1 200 x\r\n\r\n{}")(handler)

    monkeypatch.setattr(fetch, "MAX_WHOLE_TIME", 1.5)
    names = [f"/{number}" for number in range(2 * AT_ONCE)]
    server.pages |= dict.fromkeys(names, slow)
    outcomes = list(fetch_all([Request(f"{server.url}{name}") for name in names], timeout=5))
    assert sorted(url for url, _ in outcomes) == sorted(f"{server.url}{name}" for name in names)
    assert 0 < len(server.asked) <= AT_ONCE
    left = [outcome for _, outcome in outcomes if isinstance(outcome, str)]
    assert len(left) == len(names) - len(server.asked)
    assert all("the others took longer than 1.5 seconds" in reason for reason in left)


@pytest.mark.parametrize("first", [b"HTTP/1.1 200 OK\r\n", b""])
def test_a_server_that_dribbles_ends_in_time(server: WebServer, first: bytes) -> None:
    server.pages["/slow"] = server.raw(first, dribble=b"HTTP/1.1 100 x\r\n\r\n")
    started = time.monotonic()
    (outcome,) = dict(fetch_all([Request(f"{server.url}/slow")], timeout=30, longest=0.5)).values()
    assert isinstance(outcome, str) and "takes longer than 0.5 seconds" in outcome
    assert time.monotonic() - started < 20


def test_a_copy_that_a_later_version_wrote(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    server.pages["/nova.json"] = index("nova", note(1))
    url = f"{server.url}/nova.json"
    open_places(url)
    (listed,) = (tmp_path / "copies").glob("*/indexes.json")
    record = json.loads(listed.read_bytes())
    for version in (2, "1", None):
        listed.write_text(json.dumps(record | {"version": version}))
        before = len(server.asked)
        assert labels(open_places(url, joint_cache_limit=-1)) == ["Note 1"]
        assert len(server.asked) == before + 1


def test_a_clock_that_was_ahead(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    server.pages["/nova.json"] = index("nova", note(1))
    url = f"{server.url}/nova.json"
    open_places(url)
    (listed,) = (tmp_path / "copies").glob("*/indexes.json")
    record = json.loads(listed.read_bytes())
    record["copies"][url]["asked"] = time.time() + 86400
    listed.write_text(json.dumps(record))
    open_places(url, joint_cache_limit=3)
    assert len(server.asked) == 2


def test_a_server_that_confirms_what_nobody_has(server: WebServer, open_places: Open) -> None:
    server.pages["/nova.json"] = 304
    joint = open_places(f"{server.url}/nova.json")
    assert codes(joint) == [(f"{server.url}/nova.json", Code.SOURCE_FETCH)]
    assert "it is unchanged, but it is not in the cache" in joint.problems[0].message


def test_own_notes_and_those_of_others(
    open_places: Open, make_settings: Callable[..., Settings], tmp_path: Path
) -> None:
    """Problems of places are the project's own; those of notes of others are remarks."""
    folder = tmp_path / "releasenotes" / "digests"
    folder.mkdir(parents=True)
    (folder / f"own-{9:016x}.yaml").write_text("date: 2015-12-02\nitems: [own, {text: x, url: 'no'}]\n")
    early, late = note(2, "thread", continues="note4"), note(4, "thread", date="2015-12-09")
    (tmp_path / "nova.json").write_bytes(index("nova", note(1), early, late, note(3, date="never")))
    joint = open_places("nova.json", "absent.json")
    collection = load_joint_collection(tmp_path, make_settings(), joint)
    assert [entry.note.label for entry in collection.entries] == ["Note 1", "Thread 2", "own", "Thread 4"]
    assert [problem.code for problem in collection.problems] == [Code.BAD_URL, Code.UNREADABLE]
    assert all(problem.path.startswith("nova: ") for problem in collection.remarks)
    assert [problem.code for problem in collection.remarks] == [Code.BAD_RECORD, Code.THREAD_ORDER]


def test_copies_of_other_collections_stay(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    """Each collection of a project removes its own copies alone."""
    for name in ("nova", "swift"):
        server.pages[f"/{name}.json"] = index(name, note(1))
    for fragments, name in (("news", "nova"), ("digests", "swift"), ("news", "nova")):
        joint = open_places(f"{server.url}/{name}.json", fragments=fragments, joint_cache_limit=1)
        assert labels(joint) == labels(joint) == ["Note 1"]
    assert sorted(server.asked) == ["/nova.json", "/swift.json"]


def test_the_mark_changes_with_problems_and_files(server: WebServer, open_places: Open, tmp_path: Path) -> None:
    url = f"{server.url}/nova.json"
    marks = []
    for page in (404, 500, index("nova", note(1)), 500):
        server.pages["/nova.json"] = page
        marks.append(open_places(url).mark)
    assert len(set(marks)) == 3 and marks[2] == marks[3]
    assert open_places("absent.json").mark not in (None, *marks)
    assert open_places().mark not in (None, *marks)
