"""Logs from the network. A server of our own stands for it, and misbehaves."""

from __future__ import annotations

import gzip
import time
from datetime import date
from http.server import BaseHTTPRequestHandler

import pytest
from web_server import WebServer

from sphinxext.digest.gather.irc import sources
from sphinxext.digest.problems import Code

from .logs import heard, read, told
from .test_formats import EXPECTED, HTML, SUPYBOT, TEMPLATE

LOG = "".join(f"{line}\n" for line in SUPYBOT).encode()
PATH = "/irclogs/%23dev/%23dev.2026-03-14.log"


def failure(url: str) -> str:
    collector = read(url)
    assert told(collector) == []
    (problem,) = collector.problems
    assert (problem.path, problem.line) == (url, 0)
    return problem.message


def test_log(server: WebServer) -> None:
    server.pages[PATH] = LOG
    collector = read(f"{server.url}{PATH}")
    assert told(collector) == EXPECTED
    assert collector.problems == []


def test_page_links_to_its_lines(server: WebServer) -> None:
    server.pages[f"{PATH}.html"] = "\n".join(HTML).encode()
    url = f"{server.url}{PATH}.html"
    assert [one.url for one in heard(read(f"{url}#t2026-03-14T15:02:11"))] == [
        f"{url}#t2026-03-14T15:02:11-2",
        f"{url}#t2026-03-14T15:02:15",
    ]
    assert [str(one.url).partition("#")[0] for one in heard(read(url, url=TEMPLATE))] == [
        "https://logs.example.org/%23dev/%23dev.2026-03-14.log.html"
    ] * 2


INDEX = """<html><h1>Index of /irclogs/%23dev</h1><a href="../">up</a> <A HREF='?C=N;O=D'>name</A>
<a href="%23dev.2026-03-14.log">x</a> <a href="%23dev.2026-03-14.log.html">x</a> <a href="style.css">x</a>
<a href="%23dev.2026-03-15.log">x</a> <a href="/irclogs/%23dev/%23dev.2026-03-13.log#x">x</a> <a href="sub/x.log">x</a>
<a href="http://127.0.0.1:9/x.log">x</a> <a href="http://[">x</a> <a href="index.html">x</a></html>"""


def test_page_that_lists_logs(server: WebServer) -> None:
    folder = "/irclogs/%23dev/"
    server.pages[folder] = INDEX.encode()
    server.pages[PATH] = LOG
    server.pages[f"{PATH}.html"] = "\n".join(HTML).encode()
    for day in (13, 15):
        text = f"2026-03-{day}T10:00:00  <eve> #success On the {day}th"
        server.pages[f"{folder}%23dev.2026-03-{day}.log"] = text.encode()
    collector = read(f"{server.url}{folder}")
    assert collector.problems == []
    assert [line.partition(": ")[2] for line in told(collector)] == [
        *("On the 13th", "See <it>", "See https://e.org/?a&b, all", "On the 15th")
    ]
    assert heard(collector)[1].url == f"{server.url}{PATH}.html#t2026-03-14T15:02:11-2"
    assert EXPECTED[0] in told(read(f"{server.url}{folder}", url=TEMPLATE))
    assert len(told(read(f"{server.url}{folder}", since=date(2026, 3, 15)))) == 3
    server.pages[folder.rstrip("/")] = folder
    assert len(told(read(f"{server.url}{folder.rstrip('/')}"))) == 4
    server.pages[f"{folder}%23dev.2026-03-15.log"] = INDEX.encode()
    assert [problem.code for problem in read(f"{server.url}{folder}").problems] == [Code.NOT_A_LOG]
    server.pages[folder] = b"<html><a href='x.css'>x</a></html>"
    assert [problem.code for problem in read(f"{server.url}{folder}").problems] == [Code.NOT_A_LOG]


def test_packed(server: WebServer) -> None:
    def encoded(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        handler.wfile.write(gzip.compress(gzip.compress(LOG)))

    server.pages[f"{PATH}.gz"] = gzip.compress(LOG)
    server.pages[PATH] = encoded
    assert told(read(f"{server.url}{PATH}.gz")) == told(read(f"{server.url}{PATH}")) == EXPECTED


def test_redirect(server: WebServer) -> None:
    server.pages.update({"/old": PATH, "/round": "/round", "/file": "file:///etc/passwd", PATH: LOG})
    assert told(read(f"{server.url}/old", channel="dev")) == EXPECTED
    assert "infinite loop" in failure(f"{server.url}/round")
    assert "is not allowed" in failure(f"{server.url}/file")


@pytest.mark.parametrize(
    ("status", "message"), [(404, "the server has nothing there"), (410, "nothing there"), (500, "says 500")]
)
def test_no_such_log(server: WebServer, status: int, message: str) -> None:
    server.pages[PATH] = status
    assert message in failure(f"{server.url}{PATH}")


def test_nobody_there(server: WebServer) -> None:
    url = f"{server.url}{PATH}"
    server.server.server_close()
    assert "cannot be fetched" in failure(url)


def test_silence(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "TIMEOUT", 0.2)
    server.pages[PATH] = server.silent()
    assert "timed out" in failure(f"{server.url}{PATH}")


def test_no_end(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages[PATH] = server.never_ending(LOG)
    monkeypatch.setattr(sources, "MAX_DOWNLOAD", 100_000)
    assert "is larger than 100,000 bytes" in failure(f"{server.url}{PATH}")


def test_no_end_in_sight(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages[PATH] = server.never_ending(b"x")
    monkeypatch.setattr("sphinxext.digest.net.http.MAX_TIME", 0.3)
    started = time.monotonic()
    assert "takes longer" in failure(f"{server.url}{PATH}")
    assert time.monotonic() - started < 10


def test_what_becomes_too_large(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages[PATH] = gzip.compress(gzip.compress(LOG + bytes(10_000_000)))
    monkeypatch.setattr(sources, "MAX_UNPACKED", 1_000_000)
    collector = read(f"{server.url}{PATH}")
    assert [problem.message for problem in collector.problems] == ["there are more than 1,000,000 bytes in it"]


@pytest.mark.parametrize(
    "url", ["http://", "https://exa mple.org/", "http://[::1/x", "ftp://example.org/x", "file:///etc/passwd"]
)
def test_no_url(url: str) -> None:
    (problem,) = read(url).problems
    assert "is not a" in problem.message


def test_a_server_that_does_not_answer_is_asked_once(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "TIMEOUT", 2)
    names = [f"%23dev.2026-03-{day}.log" for day in range(10, 30)]
    server.pages["/"] = "".join(f"<a href='{name}'>x</a>" for name in ["a.log", *names]).encode()
    server.pages |= {f"/{name}": server.silent() for name in names} | {
        "/a.log": LOG,
        "/cut": server.raw(b"HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\n"),
    }
    collector = read(f"{server.url}/")
    assert len(server.asked) == 3
    first, *others = [problem.message for problem in collector.problems]
    assert "timed out" in first and len(others) == 19
    assert all(message.startswith("it was not asked for: ") and "timed out" in message for message in others)
    assert len(told(collector)) == 2
    # other servers, files, and a server that only breaks off are asked all the same
    other = f"{server.url.replace('127.0.0.1', 'localhost')}/a.log"
    asked = len(server.asked)
    collector = read(f"{server.url}/{names[0]}", f"{server.url}/a.log", other)
    assert len(server.asked) == asked + 2
    assert len(read(f"{server.url}/cut", f"{server.url}/a.log").problems) == 1
