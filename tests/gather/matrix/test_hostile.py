"""Homeservers that answer anything, and texts of people who want to be more than text."""

from __future__ import annotations

import json
import logging
import random
import tracemalloc
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from fuzz.targets import TARGETS, attempt
from web_server import WebServer

from sphinxext.digest.gather.irc.collector import LogOptions
from sphinxext.digest.gather.matrix import LONGEST_WAIT, MatrixClient, MatrixError, check_room, check_server
from sphinxext.digest.gather.matrix.history import RoomCollector, read_history

from ..chat.test_hostile import wrong_somewhere

ROOM = "!room:example.org"
CORPUS = Path(__file__).parents[2] / "fuzz" / "corpus"


def refuse(status: int, body: object) -> Callable[[BaseHTTPRequestHandler], None]:
    """A page that is refused."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"<html>", "the server's answer is not JSON: is this the URL of a Matrix server?"),
        (b"[" * 100_000, "the server's answer is not JSON"),
        (b"[]", "the server's answer is not an object of JSON"),
        (403, "127.0.0.1 says 403 Forbidden"),
        (refuse(403, {"errcode": "M_FORBIDDEN", "error": "no\x1b[31m\nway"}), "the server says M_FORBIDDEN: no way"),
        (refuse(500, {"errcode": ["x"], "error": {}}), "127.0.0.1 says 500 "),
        ("https://elsewhere.example.org/", "127.0.0.1 says 302 Found"),
    ],
)
def test_answers(server: WebServer, answer: Any, said: str) -> None:
    """A redirect is not followed either: the token would go with it."""
    server.pages["/_matrix/client/v3/account/whoami"] = answer
    with pytest.raises(MatrixError, match=said.replace("?", r"\?")):
        MatrixClient(server.url, "token").get("account", "whoami")


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [(1500, 1.55), (10**30, LONGEST_WAIT), (-1, 2.0), ("soon", 2.0), (True, 2.0), (float("nan"), 2.0)],
)
def test_rate_limits(server: WebServer, wait: object, seconds: float) -> None:
    """The server says how long; whatever it says, it is neither forever nor at once."""
    waited: list[float] = []

    def sleep(time: float) -> None:
        waited.append(time)
        server.pages["/_matrix/client/v3/account/whoami"] = b'{"user_id": "@a:b"}'

    refusal = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": wait}
    server.pages["/_matrix/client/v3/account/whoami"] = refuse(429, refusal)
    assert MatrixClient(server.url, "token", sleep).get("account", "whoami") == {"user_id": "@a:b"}
    assert waited == pytest.approx([seconds])


def test_limit_without_end(server: WebServer) -> None:
    server.pages["/_matrix/client/v3/account/whoami"] = refuse(429, {"errcode": "M_LIMIT_EXCEEDED"})
    waited: list[float] = []
    with pytest.raises(MatrixError, match="M_LIMIT_EXCEEDED"):
        MatrixClient(server.url, "token", waited.append).get("account", "whoami")
    assert len(waited) == 20


def test_no_token_without_encryption() -> None:
    with pytest.raises(MatrixError, match=r"never sent to matrix\.example\.org without encryption: use https"):
        MatrixClient("http://matrix.example.org", "token").get("account", "whoami")


def test_pages_that_never_end(server: WebServer) -> None:
    """The same position again is the end."""
    event = {
        "type": "m.room.message",
        "sender": "@ada:example.org",
        "event_id": "$1",
        "origin_server_ts": 1773496800000,
        "content": {"msgtype": "m.text", "body": "#success once"},
    }
    page = json.dumps({"chunk": [event, 1, None], "end": "again"}).encode()
    collector = RoomCollector(LogOptions())

    class Same(MatrixClient):
        def call(self, method: str, path: tuple[str, ...], *_: object) -> dict[str, Any]:
            if path[-1] == "messages":
                return json.loads(page)
            if path[-1] == "joined_members":
                return {"joined": [3]}
            raise MatrixError("gone", 404)

    collector.read_room(Same(server.url, "token"), ROOM)
    [draft] = collector.drafts()
    assert "text: once" in draft.text


@pytest.mark.parametrize("room", ["dev", "#dev", "!", "#a b:c", "!a/../b", "!a\x1b", "@ada:example.org", "#:x", ""])
def test_no_rooms(room: str) -> None:
    with pytest.raises(ValueError, match="is not a room: write its alias"):
        check_room(room)


@pytest.mark.parametrize(
    "url", ["matrix.example.org", "ftp://example.org", "https://a:b@c", "https://a/?b", "https://a/#b"]
)
def test_no_servers(url: str) -> None:
    with pytest.raises(ValueError):
        check_server(url)


@pytest.mark.parametrize("target", ["matrix-room", "matrix-sync"])
def test_wrong_types(target: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is wrong in an answer, nobody sees an exception."""
    # the bot escapes in its log what pytest would send as it is
    caplog.set_level(logging.CRITICAL, logger="sphinxext.digest.gather.bot")
    for file in sorted((CORPUS / target).iterdir()):
        others = list(wrong_somewhere(json.loads(file.read_bytes())))
        for other in random.Random(1).sample(others, min(150, len(others))):
            attempt(TARGETS[target], json.dumps(other).encode())


def test_long_history() -> None:
    """Of a hundred thousand messages only those that matter stay in memory, and what was said before them."""
    texts = {40_001: "#success at last", 40_000: "s/las/l/", 70_000: "#sucess edited", 39_990: "unimportant"}

    class Long(MatrixClient):
        pages = 0

        def call(self, method: str, path: tuple[str, ...], *_: object) -> dict[str, Any]:
            if path[-1] == "joined_members":
                return {}
            if path[-1] != "messages":
                raise MatrixError("gone", 404)
            self.pages += 1
            first = (self.pages - 1) * 250
            chunk = [message(number, texts.get(number, "x" * 500)) for number in range(first, first + 250)]
            if self.pages == 100:
                chunk[0]["content"] |= {
                    "m.relates_to": {"rel_type": "m.replace", "event_id": "$70000"},
                    "m.new_content": {"msgtype": "m.text", "body": "#success edited"},
                }
            return {"chunk": chunk, "end": str(self.pages)} if self.pages < 400 else {"chunk": chunk}

    def message(number: int, text: str) -> dict[str, Any]:
        content: dict[str, Any] = {"msgtype": "m.text", "body": text}
        stamp = 1773496800000 - number
        common = {"type": "m.room.message", "sender": "@ada:example.org", "event_id": f"${number}"}
        return {**common, "origin_server_ts": stamp, "content": content}

    tracemalloc.start()
    try:
        room = read_history(Long("https://example.org", "token"), ROOM)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [one.text for one in room.messages if one.replaces is None][:1] == ["#sucess edited"]
    assert len(room.messages) < 10
    assert peak < 5_000_000
