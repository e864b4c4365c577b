"""Schedules from the network, and the cache of them. A server of our own stands for it."""

from __future__ import annotations

import os
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from web_server import Answer, WebServer

from sphinxext.digest.problems import DigestError
from sphinxext.digest.schedule import fetch
from sphinxext.digest.schedule.fetch import MAX_AGE, cache_folder, fetch_schedules
from sphinxext.digest.schedule.load import load_schedules

from .conftest import TODAY, Files
from .test_schedules import RELEASES, STATUS, yaml


@pytest.fixture
def server(server: WebServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WebServer:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    server.pages["/raw/data/series_status.yaml"] = STATUS.encode()
    for name, release in RELEASES.items():
        server.pages[f"/raw/doc/source/{name}/schedule.yaml"] = yaml(release).encode()
    server.pages["/raw/doc/source/ruby/schedule.rst"] = b"Ruby Release Schedule\n=====================\n"
    return server


def failure(url: str) -> str:
    with pytest.raises(DigestError) as caught:
        fetch_schedules(url, timeout=5)
    assert len(caught.value.problems) == 1
    return str(caught.value)


def age(seconds: float, folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            time = file.stat().st_mtime - seconds
            os.utime(file, (time, time))


def test_a_folder(server: WebServer, files: Files) -> None:
    folder = fetch_schedules(f"{server.url}/raw/")
    assert folder.parent == cache_folder()
    schedules = load_schedules(files.root, files.settings, [str(folder)])
    ruby = schedules.find("current", TODAY)
    assert ruby is not None
    assert (ruby.title, ruby.release_id) == ("Ruby", "2027.10")
    # what is at its end is fetched only when it is asked for; names have the case of the list
    assert "pearl" not in schedules.names
    before = len(server.asked)
    fetch_schedules(f"{server.url}/raw/")
    assert len(server.asked) == before
    fetch_schedules(f"{server.url}/raw/", series=["PEARL"])
    assert "/raw/doc/source/pearl/schedule.yaml" in server.asked[before:]
    assert "pearl" in load_schedules(files.root, files.settings, [str(folder)]).names


def test_the_cache_grows_old(server: WebServer) -> None:
    notes: list[str] = []
    folder = fetch_schedules(f"{server.url}/raw", note=notes.append)
    age(MAX_AGE - 60, folder)
    before = len(server.asked)
    fetch_schedules(f"{server.url}/raw", note=notes.append)
    assert len(server.asked) == before
    age(120, folder)
    server.pages["/raw/doc/source/ruby/schedule.yaml"] = b"cycle: []\n"
    assert fetch_schedules(f"{server.url}/raw", note=notes.append) == folder
    assert len(server.asked) > before
    assert (folder / "doc/source/ruby/schedule.yaml").read_bytes() == b"cycle: []\n"
    assert notes == []
    assert not list(folder.rglob(".*"))


def test_without_network(server: WebServer) -> None:
    notes: list[str] = []
    folder = fetch_schedules(f"{server.url}/raw", note=notes.append)
    age(MAX_AGE, folder)
    server.close()
    assert fetch_schedules(f"{server.url}/raw", note=notes.append) == folder
    assert len(notes) == 1
    assert "using the schedules fetched on" in notes[0]
    assert "schedule-fetch" in failure(f"{server.url}/other")


def test_one_file(server: WebServer, files: Files) -> None:
    file = fetch_schedules(f"{server.url}/raw/doc/source/ruby/schedule.yaml")
    schedule = load_schedules(files.root, files.settings, [str(file)]).find("ruby", TODAY)
    assert schedule is not None
    assert (schedule.title, schedule.release_id) == ("Ruby", "2027.10")
    server.pages["/plans/amber.yaml?raw=1"] = b"{start: 2026-11-16, release: 2026-12-16, milestones: []}"
    file = fetch_schedules(f"{server.url}/plans/amber.yaml?raw=1")
    assert load_schedules(files.root, files.settings, [str(file)]).names == ("amber",)


def test_what_cannot_be_had(server: WebServer) -> None:
    server.pages["/big.yaml"] = b"#" * (1024 * 1024 + 1)
    server.pages["/to-file.yaml"] = "file:///etc/passwd"
    server.pages["/to-ftp.yaml"] = "ftp://example.org/a.yaml"
    server.pages["/loop.yaml"] = "/loop.yaml"
    server.pages["/forbidden.yaml"] = 403
    server.pages["/broken.yaml"] = 500
    server.pages["/none/data/series_status.yaml"] = b"- name: ruby\n- name: ../../etc\n"
    server.pages["/bad/data/series_status.yaml"] = b"a: b"
    for url, part in {
        "/big.yaml": "is larger than 1,048,576 bytes",
        "/to-file.yaml": "'file:///etc/passwd' is not",
        "/to-ftp.yaml": "is not an absolute URL, http or https",
        "/loop.yaml": "redirect",
        "/forbidden.yaml": "the server says 403",
        "/broken.yaml": "the server says 500",
        "/gone.yaml": "/gone.yaml was not found",
        "/nowhere": "/nowhere/data/series_status.yaml",
        "/none": "there is no schedule in",
        "/raw?x=1": "cannot be a folder",
    }.items():
        message = failure(f"{server.url}{url}")
        assert part in message, message
        assert "schedule-fetch" in message
    assert "wrong-type the file must be a list" in failure(f"{server.url}/bad")
    assert not any("etc" in path for path in server.asked)


def test_a_page_that_leads_elsewhere_is_not_read(server: WebServer) -> None:
    sent: list[int] = []

    def leads_to(target: str) -> Answer:
        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(302)
            handler.send_header("Location", target)
            handler.end_headers()
            while not server.ended.wait(0.005) and len(sent) < 2_000:
                handler.wfile.write(b"#" * 1_000)
                sent.append(1_000)

        return answer

    server.pages["/to-ftp.yaml"] = leads_to("ftp://example.org/a.yaml")
    assert "is not an absolute URL" in failure(f"{server.url}/to-ftp.yaml")
    server.pages["/long.yaml"] = leads_to("/plans/amber.yaml")
    server.pages["/plans/amber.yaml"] = b"{start: 2026-11-16, release: 2026-12-16, milestones: []}"
    assert fetch_schedules(f"{server.url}/long.yaml").is_file()
    assert len(sent) < 2_000


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a/b.yaml", "releases", "http://", "https://[x/", "http://a b/"]
)
def test_bad_urls(url: str) -> None:
    assert "schedule-fetch" in failure(url)


def test_bad_cache(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("")
    assert "the cache cannot be written" in failure(f"{server.url}/raw")


def test_a_server_that_is_down_for_a_while(server: WebServer) -> None:
    notes: list[str] = []
    folder = fetch_schedules(f"{server.url}/raw", note=notes.append)
    age(MAX_AGE, folder)
    path = "/raw/data/series_status.yaml"
    for page in (503, server.raw(b"HTTP/1.1 200 x\r\nContent-Length: 999\r\n\r\n- name")):
        server.pages[path] = page
        before = len(server.asked)
        assert fetch_schedules(f"{server.url}/raw", note=notes.append) == folder
        assert len(server.asked) == before + 1
    assert "the server says 503" in notes[0] and "ends too early" in notes[1]
    assert all("using the schedules fetched on" in note for note in notes)
    # one that refuses is up
    server.pages[path] = 403
    assert "the server says 403" in failure(f"{server.url}/raw")


def test_a_file_without_its_end_is_not_kept(server: WebServer) -> None:
    server.pages["/a.yaml"] = server.raw(b"HTTP/1.1 200 x\r\nContent-Length: 999\r\n\r\nstart: 2026-11-16")
    assert "ends too early" in failure(f"{server.url}/a.yaml")
    assert not [path for path in cache_folder().rglob("*") if path.is_file()]


def test_one_deadline_for_all_files(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    status, slow = "/raw/data/series_status.yaml", server.raw(b"HTTP/1.1 200 x\r\nX: ", dribble=b"a")
    monkeypatch.setattr(fetch, "MAX_WHOLE_TIME", 4)
    server.pages["/raw/doc/source/ruby/schedule.yaml"] = slow
    assert "takes longer than" in failure(f"{server.url}/raw")
    assert server.asked == [status, "/raw/doc/source/ruby/schedule.yaml"]
    monkeypatch.setattr(fetch, "MAX_WHOLE_TIME", 0)
    assert "fetching the schedules takes longer than 0 seconds" in failure(f"{server.url}/other")
    monkeypatch.setattr(fetch, "MAX_WHOLE_TIME", 60)
    monkeypatch.setattr(fetch, "MAX_TIME", 0.3)
    assert "takes longer than 0.3 seconds" in failure(f"{server.url}/raw")


@pytest.mark.parametrize("damage", ["age", "absent"])
def test_what_a_server_does_not_have_is_asked_for_once_a_day(server: WebServer, damage: str) -> None:
    fetch_schedules(f"{server.url}/raw")
    missing = "/raw/doc/source/Quartz/schedule.rst"
    assert server.asked.count(missing) == 1
    fetch_schedules(f"{server.url}/raw")
    assert server.asked.count(missing) == 1
    age(MAX_AGE + 1 if damage == "age" else -3600, cache_folder())
    fetch_schedules(f"{server.url}/raw")
    assert server.asked.count(missing) == 2
    server.pages[missing] = b"Quartz\n======\n"
    age(MAX_AGE + 1, cache_folder())
    folder = fetch_schedules(f"{server.url}/raw")
    assert (folder / "doc/source/Quartz/schedule.rst").is_file()
    assert not list(folder.rglob("schedule.rst.absent"))
