"""``sphinx-digest collect feed``, with files and with a web server of the tests' own."""

from __future__ import annotations

import gzip
import json
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from web_server import WebServer

from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.joint.index import Index, index_document
from sphinxext.digest.net import http, source

from .conftest import FOLDER, Run

TODAY = {"SOURCE_DATE_EPOCH": "1795132800"}  # 2026-11-20


def feed(*numbers: int, site: str = "https://blog.example.org", title: str = "Blog") -> str:
    items = "".join(
        f"<item><title>Post {number}</title><link>{site}/{number}</link><description>Text {number}</description>"
        f"<pubDate>{10 + number} Nov 2026 10:00 GMT</pubDate></item>"
        for number in numbers
    )
    return f"<rss version='2.0'><channel><title>{title}</title><link>{site}/</link>{items}</channel></rss>"


def files(project: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project / FOLDER).iterdir()}


def test_drafts(run: Run, project: Path) -> None:
    (project / "feed.xml").write_text(feed(1, 2), encoding="utf-8")
    outcome = run("collect", "feed", "feed.xml", "--group", "Blogs")
    assert (outcome.status, outcome.err) == (0, "2 drafts written\n")
    assert [line.rpartition("-")[0] for line in outcome.lines] == [f"{FOLDER.as_posix()}/post-{n}" for n in (1, 2)]
    assert run("lint").err == "2 fragments (2 drafts), 0 problems\n"


def test_twice_adds_nothing_and_touches_nothing(run: Run, project: Path) -> None:
    path = project / "feed.xml"
    path.write_text(feed(1, 2), encoding="utf-8")
    run("collect", "feed", "feed.xml")
    first, second = sorted((project / FOLDER).iterdir())
    first.rename(first.with_name(f"mine{first.name[-22:]}"))
    second.write_text("date: 2026-11-20\nitems: [it is another thing now]\n", encoding="utf-8")
    before = files(project)
    path.write_text(feed(1, 2, 3), encoding="utf-8")
    outcome = run("collect", "feed", "feed.xml")
    assert outcome.err == "1 draft written, 2 there already\n"
    assert {name: data for name, data in files(project).items() if name in before} == before
    assert len(files(project)) == 3


def test_what_is_there_under_another_identity(run: Run, project: Path) -> None:
    (project / "feed.xml").write_text(feed(1), encoding="utf-8")
    mine = project / FOLDER / f"mine-{1:016x}.yaml"
    mine.write_text("date: 2026-11-11\nstories: [{text: x, url: 'https://blog.example.org/1'}]\n", encoding="utf-8")
    outcome = run("collect", "feed", "feed.xml")
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == f"{FOLDER.as_posix()}/{mine.name} has this post\n0 drafts written\n"


def test_dry_run_in_json(run: Run, project: Path) -> None:
    (project / "feed.xml").write_text(feed(1), encoding="utf-8")
    outcome = run("collect", "feed", "feed.xml", "--dry-run", "--format", "json")
    (record,) = json.loads(outcome.out)
    assert {name: record[name] for name in ("kind", "title", "author", "url", "date", "text")} == {
        "kind": "story",
        "title": "Post 1",
        "author": "Blog",
        "url": "https://blog.example.org/1",
        "date": "2026-11-11T10:00:00Z",
        "text": "Text 1",
    }
    assert files(project) == {}


def test_days_and_limit(run: Run, project: Path) -> None:
    (project / "feed.xml").write_text(feed(1, 2, 3, 4), encoding="utf-8")
    options = ["--since", "2026-11-12", "--until", "2026-11-14", "--limit", "2"]
    assert [name[:6] for name in sorted(files(project))] == []
    run("collect", "feed", "feed.xml", *options)
    assert [name[:6] for name in sorted(files(project))] == ["post-3", "post-4"]
    assert run("collect", "feed", "feed.xml", "--limit", "0").status == 2
    assert run("collect", "feed", "feed.xml", "--since", "soon").status == 2
    assert run("collect", "feed").status == 2


def test_an_index_of_another_site(run: Run, project: Path) -> None:
    note = {"kind": "success", "identity": "00000000000000aa", "date": "2026-11-18", "nick": "jo", "text": "Yes"}
    document = index_document("nova", "Nova", "https://nova.example.org/", [note, note | {"identity": "x"}])
    (project / "index.json").write_text(json.dumps(document), encoding="utf-8")
    outcome = run("collect", "feed", "index.json")
    assert (outcome.status, outcome.lines) == (1, [f"{FOLDER.as_posix()}/nova-yes-00000000000000aa.yaml"])
    assert "index.json: bad-record note 2 has no identity: 'x'" in outcome.err
    text = (project / outcome.lines[0]).read_text(encoding="utf-8")
    assert text.startswith("# From Nova, https://nova.example.org/.\n")
    assert "nick: jo\n    text: Yes (Nova)\n" in text
    assert run("collect", "feed", "index.json").out == ""


def test_what_list_prints_is_what_an_index_holds(run: Run, project: Path) -> None:
    (project / FOLDER / f"a-{1:016x}.yaml").write_text("date: 2026-11-18\nitems: [One, Two]\n", encoding="utf-8")
    records = json.loads(run("list", "--format", "json").out)
    index = read_feed(json.dumps(index_document("p", "P", "", records)).encode(), "x")
    assert isinstance(index, Index)
    assert [note.fields["text"] for note in index.notes] == ["One", "Two"]


def test_one_broken_source_keeps_no_other_from_being_read(run: Run, project: Path) -> None:
    (project / "feed.xml").write_text(feed(1), encoding="utf-8")
    (project / "bad.xml").write_text("<rss>", encoding="utf-8")
    outcome = run("collect", "feed", "bad.xml", "none.xml", FOLDER.as_posix(), "feed.xml", "ftp://x.example/")
    assert (outcome.status, len(outcome.lines)) == (1, 1)
    for text in (
        "bad.xml:1:6: xml-syntax",
        "none.xml: unreadable",
        "digests: unreadable",
        "ftp://x.example/: source-fetch",
    ):
        assert text in outcome.err


def test_from_the_network(run: Run, project: Path, server: WebServer) -> None:
    def packed(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.end_headers()
        handler.wfile.write(gzip.compress(feed(2).encode()))

    server.pages |= {
        "/1.xml": feed(1).encode(),
        "/2.xml": packed,
        "/3.xml.gz": gzip.compress(feed(3).encode()),
        "/moved": "/1.xml",
        "/relative": b"<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>u:9</id><title>R</title><link href='r'/>"
        b"</entry></feed>",
    }
    urls = [f"{server.url}/{name}" for name in ("moved", "1.xml", "2.xml", "3.xml.gz", "relative")]
    outcome = run("collect", "feed", *urls, "--format", "json", **TODAY)
    assert outcome.status == 0
    found = {record.get("title", record["text"]): record["url"] for record in json.loads(outcome.out)}
    assert list(found) == ["Post 1", "Post 2", "Post 3", "R"]
    assert found["R"] == f"{server.url}/r"


def test_what_the_network_may_do(run: Run, project: Path, server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "MAX_TIME", 2)
    monkeypatch.setattr(source, "MAX_BYTES", 1_000_000)
    monkeypatch.setattr(source.read_source, "__kwdefaults__", {"timeout": 0.5, "max_bytes": 1_000_000})
    server.pages |= {
        "/good": feed(1).encode(),
        "/slow": server.never_ending(b" "),
        "/endless": server.never_ending(b"x" * 100_000),
        "/silent": server.silent(),
        "/error": 500,
        "/loop": "/loop",
        "/file": "file:///etc/passwd",
        "/bomb": gzip.compress(b"\0" * 50_000_000),
        "/cut": gzip.compress(feed(1).encode())[:-20],
        "/page": b"<!doctype html><link rel='alternate' type='application/rss+xml' href='/good'>",
    }
    names = [name for name in server.pages if name != "/good"]
    outcome = run("collect", "feed", *(f"{server.url}{name}" for name in ["/none", *names, "/good"]))
    assert (outcome.status, len(outcome.lines)) == (1, 1)
    messages = {
        "/none": "source-fetch the server has nothing there",
        "/slow": "takes longer than",
        "/endless": "is larger than 1,000,000 bytes",
        "/silent": "timed out",
        "/error": "the server says 500",
        "/loop": "source-fetch",
        "/file": "source-fetch",
        "/bomb": "too-large",
        "/cut": "cannot be unpacked: it ends too early",
        "/page": f"its feed is {server.url}/good",
    }
    for name, message in messages.items():
        assert any(f"{server.url}{name}" in line and message in line for line in outcome.err.splitlines()), name
    assert "Traceback" not in outcome.err


def test_a_port_without_a_server(run: Run, project: Path) -> None:
    outcome = run("collect", "feed", "http://127.0.0.1:1/feed.xml")
    assert (outcome.status, outcome.out) == (1, "")
    assert "source-fetch" in outcome.err
