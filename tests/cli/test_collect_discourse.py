"""``sphinx-digest collect discourse``, with a server that answers as https://docs.discourse.org describes it.

The answers are those of "Get the latest topics", "List topics of a category" and "Get a single topic" there.
"""

from __future__ import annotations

import json
from datetime import date
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from web_server import WebServer

from sphinxext.digest.gather import discourse
from sphinxext.digest.gather.discourse import Forum, Place, place_of
from sphinxext.digest.problems import DigestError

from .conftest import FOLDER, Run

PEOPLE = ("tern", "auk", "owl")


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discourse, "PAUSE", 0)


def post(number: int, day: int, words: str, **others: object) -> dict[str, object]:
    """A post; three people take turns."""
    who = PEOPLE[number % 3]
    moment = f"2026-11-{day:02}T10:{number % 60:02}:00.000Z"
    return {"id": 1000 + number, "post_number": number, "username": who, "name": f"{who.title()} Bird",
            "created_at": moment, "cooked": f"<p>{words}</p>", "post_type": 1, **others}  # fmt: skip


def put_topic(server: WebServer, number: int, title: str, posts: list[dict[str, object]], **others: object) -> None:
    """Serve a topic in pages of twenty posts."""
    stream = [one["id"] for one in posts]
    for page in range(1, len(posts) // 20 + 2):
        some = posts[20 * (page - 1) : 20 * page]
        answer = {"id": number, "title": title, "slug": "a-topic", "post_stream": {"posts": some, "stream": stream}}
        path = f"/t/{number}.json" + (f"?page={page}" if page > 1 else "")
        server.pages[path] = json.dumps({**answer, **others}).encode()


def put_list(server: WebServer, path: str, *topics: dict[str, object], more: bool = False) -> None:
    """Serve a page of a list."""
    listing = {"topics": topics, "per_page": 30, **({"more_topics_url": "/latest?page=1"} if more else {})}
    server.pages[path] = json.dumps({"users": [], "topic_list": listing}).encode()


def listed(number: int, posts: int, day: int, **others: object) -> dict[str, object]:
    """A line of a list."""
    moment = f"2026-11-{day:02}T12:00:00.000Z"
    return {"id": number, "posts_count": posts, "like_count": 0, "bumped_at": moment, "archetype": "regular",
            "visible": True, **others}  # fmt: skip


def test_a_topic_becomes_a_thread(run: Run, project: Path, server: WebServer) -> None:
    quote = '<aside class="quote"><div class="title">Auk Bird:</div><blockquote><p>Old words.</p></blockquote></aside>'
    link = {"link_counts": [{"url": "https://example.org/a", "internal": False}]}
    posts = [
        post(
            1, 16, "Hi all,</p><p>Where *should* logs live? Ask me.", **link, actions_summary=[{"id": 2, "count": 4}]
        ),
        post(2, 16, "On the old disk.", reply_to_post_number=1),
        post(3, 17, f"</p>{quote}<p>No, it is full.", reply_to_post_number=2, accepted_answer=True),
        post(4, 17, "closed it", post_type=3),
        post(5, 18, "Spam.", hidden=True),
    ]
    put_topic(server, 7, "Where do logs live?", posts, tags=["infra"], accepted_answer={"post_number": 3})
    put_list(server, "/c/dev/4.json", listed(7, 5, 18), listed(8, 1, 18))
    outcome = run("collect", "discourse", f"{server.url}/c/dev/4", "--period", "2026-W47")
    assert (outcome.status, outcome.err) == (0, "1 draft written\n")
    text = (project / outcome.lines[0]).read_text(encoding="utf-8")
    assert text.startswith(
        "# A draft from a forum: 'Where do logs live?'.\n# Messages: 3, from 2026-11-16 to 2026-11-17"
    )
    note = text.partition("---\n")[2]
    assert note == (
        "date: 2026-11-17\ndraft: true\nthreads:\n  - title: Where do logs live?\n"
        f"    url: {server.url}/t/a-topic/7\n    state: done\n    participants:\n"
        "      Auk Bird: 1\n      Owl Bird: 1\n      Tern Bird: 1\n    summary: |\n"
        "      infra: 3 messages by 3 people from 2026-11-16 to 2026-11-17: Auk Bird (1), Owl\n"
        "      Bird (1), Tern Bird (1).\n\n"
        "      * Auk Bird: Where \\*should* logs live?\n\n"
        "        * Owl Bird: On the old disk.\n\n          * Tern Bird: No, it is full.\n\n"
        "      Links:\n\n      * https://example.org/a\n"
    )
    assert run("lint").status == 0
    # what is not asked for: a topic that is too short
    assert server.asked == ["/c/dev/4.json", "/t/7.json"]
    again = run("collect", "discourse", f"{server.url}/c/dev/4", "--period", "2026-W47")
    assert again.err.endswith("0 drafts written, 1 there already\n")


def test_the_best_topics_first(run: Run, project: Path, server: WebServer) -> None:
    """Those that many like rank above others of the same length; all pages of a long one are read."""
    for number, likes in ((1, 0), (2, 9), (3, 0)):
        size = 45 if number == 3 else 4
        posts = [post(one, 17, "Words.", actions_summary=[{"id": 2, "count": likes}]) for one in range(1, size + 1)]
        put_topic(server, number, f"Topic {number}", posts)
    put_list(server, "/latest.json", *(listed(one, 45 if one == 3 else 4, 17) for one in (1, 2, 3)))
    for top, titles in (("1", {"Topic 3"}), ("2", {"Topic 2", "Topic 3"})):
        outcome = run("collect", "discourse", server.url, "--top", top, "--dry-run", "--format", "json")
        assert {record["title"] for record in json.loads(outcome.out)} == titles
    assert "/t/3.json?page=3" in server.asked


def test_lists_end_where_the_days_begin(server: WebServer) -> None:
    """What is pinned comes first, however old it is; what is hidden or no topic of all is left out."""
    put_list(server, "/latest.json", listed(1, 5, 1, pinned=True), listed(2, 5, 18), listed(3, 5, 18, visible=False),
             listed(4, 5, 18, archetype="private_message"), more=True)  # fmt: skip
    put_list(server, "/latest.json?page=1", listed(2, 5, 18), listed(5, 5, 16), listed(6, 5, 15), more=True)
    put_list(server, "/latest.json?page=2", listed(7, 5, 14), more=True)
    for number in (2, 5):
        put_topic(server, number, f"T{number}", [post(one, 17, "Words.") for one in range(1, 6)])
    forum = Forum(since=date(2026, 11, 16), wait=lambda _seconds: None)
    assert [topic.title for topic in forum.read(server.url)] == ["T2", "T5"]
    assert "/latest.json?page=2" in server.asked and "/latest.json?page=3" not in server.asked


def test_it_waits_where_the_forum_says_so(server: WebServer) -> None:
    waits: list[float] = []
    put_topic(server, 7, "T", [post(1, 17, "Words.")])
    answers = [server.pages["/t/7.json"]]

    def busy(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(429)
        handler.send_header("Retry-After", "17")
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        server.pages["/t/7.json"] = answers[0]

    server.pages["/t/7.json"] = busy
    assert [topic.title for topic in Forum(wait=waits.append).read(f"{server.url}/t/words/7/3")] == ["T"]
    assert 17 in waits


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (404, "there is nothing, or it is not for everybody"),
        (429, "says 429"),
        (b"<html>", "not valid JSON"),
        (b'{"a": 1}', "is it a Discourse forum?"),
        (b"[" * 100_000, ""),
    ],
)
def test_servers_that_are_no_forum(
    run: Run, project: Path, server: WebServer, monkeypatch: pytest.MonkeyPatch, answer: bytes | int, words: str
) -> None:
    monkeypatch.setattr(discourse.time, "sleep", lambda _seconds: None)
    server.pages["/latest.json"] = answer
    outcome = run("collect", "discourse", server.url)
    assert outcome.status == 1
    assert words in outcome.err
    assert list((project / FOLDER).iterdir()) == []


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://e.org", Place("https://e.org")),
        ("https://e.org/latest", Place("https://e.org")),
        ("https://e.org/forum/", Place("https://e.org/forum")),
        ("https://e.org/c/dev/7", Place("https://e.org", "/c/dev/7")),
        ("https://e.org/forum/c/dev/api/12/l/latest.json?page=3", Place("https://e.org/forum", "/c/dev/api/12")),
        ("https://e.org/tag/release", Place("https://e.org", "/tag/release")),
        ("https://e.org/t/some-words/123/4", Place("https://e.org", topic="123")),
        ("https://e.org/t/123", Place("https://e.org", topic="123")),
        ("https://e.org/c/dev", None),
        ("https://user@e.org/c/dev/7", None),
        ("file:///c/dev/7", None),
        ("x", None),
    ],
)
def test_addresses(url: str, place: Place | None) -> None:
    assert place_of(url) == place


def test_an_address_that_is_none() -> None:
    with pytest.raises(DigestError, match="not an address of a forum"):
        Forum().read("notes.txt")
