"""Reports, mails and lists with the notes of other projects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from joint.indexes import HOME, index, note
from web_server import WebServer

from .conftest import Run


@pytest.fixture
def server(server: WebServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WebServer:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    text = ":ref:`A part <there>` of |it| and *more*"
    page = f"{HOME}/nova/1"
    server.pages["/nova.json"] = index("nova", note(1, nick="ann", text=text, page=page), note(2, "thread"))
    return server


@pytest.fixture
def joined(project: Path, server: WebServer) -> Path:
    """A project with a note of its own and those of another one."""
    settings = f"joint: ['{server.url}/nova.json']\njoint_cache_limit: 0\n"
    (project / "releasenotes/digest.yaml").write_text(settings)
    (project / f"releasenotes/digests/a-{9:016x}.yaml").write_text("date: 2015-12-02\nsuccesses: ['me: Mine']\n")
    return project


REPORTS = {
    "text": "* ann: A part of |it| and *more* (Nova)\n* me: Mine\n",
    "html": 'href="https://docs.example.org/nova/1">Nova</a>)',
    "rst": "(`Nova <https://docs.example.org/nova/1>`__)",
    "markdown": "([Nova](https://docs.example.org/nova/1))",
    "json": '"project": "nova"',
}


@pytest.mark.usefixtures("joined")
@pytest.mark.parametrize("form", REPORTS)
def test_report(run: Run, form: str) -> None:
    outcome = run("report", "2015-12-01", "--format", form)
    assert outcome.status == 0
    assert REPORTS[form] in outcome.out
    assert ":ref:" not in outcome.out or form == "json"
    assert outcome.err == ""


@pytest.mark.usefixtures("joined")
def test_mail_and_list(run: Run) -> None:
    mail = run("mail", "2015-12-01", "--from", "a@example.org", "--to", "b@example.org", "--no-html")
    assert mail.status == 0 and "(Nova)" in mail.out
    listed = run("list", "--format", "json")
    records = json.loads(listed.out)
    assert [(record["identity"][-1], record.get("project")) for record in records] == [
        ("1", "nova"), ("2", "nova"), ("9", None),
    ]  # fmt: skip
    assert records[0]["page"] == f"{HOME}/nova/1"
    assert run("list", "--fragments", "releasenotes/notes").status == 1


def test_server_that_is_down(run: Run, joined: Path, server: WebServer, tmp_path: Path) -> None:
    assert run("list").status == 0
    assert not [*joined.glob("**/*.json")] and [*(tmp_path / "cache/sphinx-digest/joint").glob("**/*.json")]
    server.pages["/nova.json"] = 503
    outcome = run("list")
    assert outcome.status == 0 and len(outcome.lines) == 3
    assert "the server says 503" in outcome.err and "the copy of 20" in outcome.err
    other = server.url + "/other.json"
    (joined / "releasenotes/digest.yaml").write_text(f"joint: ['{other}']\n")
    outcome = run("report", "2015-12-01")
    assert outcome.status == 1 and "* me: Mine" in outcome.out
    assert outcome.err.startswith(f"{other}: source-fetch ")


@pytest.mark.usefixtures("joined")
def test_without_a_home(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", nobody)
    outcome = run("list")
    assert outcome.status == 1
    assert outcome.err == "sphinx-digest: there is no home folder: set XDG_CACHE_HOME to a folder for the cache\n"


def test_what_is_wrong_with_notes_of_others_is_counted(run: Run, joined: Path, server: WebServer) -> None:
    server.pages["/nova.json"] = index("nova", note(1), {"kind": "x"}, note(2, date="x"))
    outcome = run("list")
    assert (outcome.status, outcome.err) == (0, "sphinx-digest: notes of nova: 2 problem(s)\n")
    server.asked.clear()
    assert run("lint").status == 0
    assert server.asked == []
