"""``sphinx-digest collect irc``."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import FOLDER, Run

LOG = """\
2026-03-14T15:02:10  *** ada has joined #dev
2026-03-14T15:02:11  <ada> #success Got it
2026-03-14T15:02:11  <bob> #thanks ada: for `it`
2026-03-15T15:02:11  <bob> #success Next day
2026-03-15T15:02:12  <bob> #successful as well
"""
TEMPLATE = "https://logs.example.org/%23{channel}/{date}#t{time}"


@pytest.fixture
def log(project: Path) -> Path:
    path = project.parent / "irclogs" / "%23dev" / "%23dev.log"
    path.parent.mkdir(parents=True)
    path.write_text(LOG, encoding="utf-8")
    return path


def files(project: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((project / FOLDER).iterdir())}


def test_drafts(run: Run, project: Path, log: Path) -> None:
    outcome = run("collect", "irc", log, "--url", TEMPLATE)
    assert (outcome.status, outcome.err) == (0, "3 drafts written\n")
    texts = files(project)
    assert sorted(f"{FOLDER.as_posix()}/{name}" for name in texts) == sorted(outcome.lines)
    assert [name.rpartition("-")[0] for name in texts] == ["for-it", "got-it", "next-day"]
    assert [text for name, text in texts.items() if name.startswith("for-it")] == [
        "---\ndraft: true\nsuccesses:\n  - nick: bob\n    thanks: ada\n    text: for \\`it\\`\n    channel: dev\n"
        "    url: https://logs.example.org/%23dev/2026-03-14#t2026-03-14T15:02:11-2\n    date: 2026-03-14T15:02:11Z\n"
    ]
    checked = run("lint")
    assert (checked.status, checked.err) == (0, "3 fragments (3 drafts), 0 problems\n")
    assert run("report", "2026-03-14").status == 1


def test_twice_adds_nothing_and_touches_nothing(run: Run, project: Path, log: Path) -> None:
    run("collect", "irc", log, "--until", "2026-03-14")
    (first, second) = (project / FOLDER).iterdir()
    first.write_text("an editor was here", encoding="utf-8")
    second.rename(second.with_name(f"renamed{second.name[-22:]}"))
    before = files(project)
    outcome = run("collect", "irc", log)
    assert (outcome.status, outcome.err) == (0, "1 draft written, 2 there already\n")
    assert outcome.lines[0].startswith(f"{FOLDER.as_posix()}/next-day-")
    assert {name: text for name, text in files(project).items() if name in before} == before
    assert len(files(project)) == 3


def test_json(run: Run, project: Path, log: Path) -> None:
    outcome = run(
        "collect",
        "irc",
        log.parent.parent,
        "--dry-run",
        "--format",
        "json",
        "--since",
        "2026-03-14",
        "--until",
        "2026-03-14",
    )
    assert (outcome.status, outcome.err) == (0, "2 drafts would be written\n")
    success, thanks = json.loads(outcome.out)
    assert success == {
        "kind": "success",
        "identity": success["identity"],
        "date": "2026-03-14T15:02:11Z",
        "path": f"{FOLDER.as_posix()}/got-it-{success['identity']}.yaml",
        "nick": "ada",
        "text": "Got it",
        "channel": "dev",
    }
    assert (thanks["kind"], thanks["nick"], thanks["thanks"], thanks["text"]) == (
        "success",
        "bob",
        "ada",
        "for \\`it\\`",
    )
    assert files(project) == {}


def test_completed_drafts_show(run: Run, project: Path, log: Path) -> None:
    run("collect", "irc", log)
    for path in (project / FOLDER).iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    for form in ("text", "rst", "markdown", "html"):
        outcome = run("report", "2026-03-14", "--format", form)
        assert outcome.status == 0
        assert "thanks" in outcome.out
    assert "* bob thanks ada: for `it`\n" in run("report", "2026-03-14").out
    assert "bob thanks ada: for \\`it\\`\n" in run("list").out


def test_what_is_missing_does_not_keep_the_rest_away(run: Run, project: Path, log: Path) -> None:
    (log.parent / "%23dev.2026-03-16.log").write_text("\nnot a log\n", encoding="utf-8")
    outcome = run("collect", "irc", "../none.log", "../irclogs", "http://127.0.0.1:9/x.log")
    assert outcome.status == 1
    assert len(outcome.lines) == 3
    assert outcome.err.splitlines()[0] == "3 drafts written"
    assert "../none.log: unreadable cannot be read: No such file or directory\n" in outcome.err
    assert "../irclogs/%23dev/%23dev.2026-03-16.log:2:1: not-a-log this is not a log of a known format" in outcome.err
    assert "http://127.0.0.1:9/x.log: source-fetch" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Missing argument"),
        (["x", "--since", "yesterdy"], "'yesterdy' is not a day: did you mean 'yesterday'? Write YYYY-MM-DD"),
        (["x", "--since", "2026-03-15", "--until", "2026-03-14"], "2026-03-15 is later than 2026-03-14."),
        (["x", "--url", "https://e.org/{nick}"], "unknown field '{nick}': expected one of {channel}, {date}"),
        (["x", "--url", "javascript:{channel}"], "schemes"),
        (["x", "--utc-offset", "CET"], "write +HH:MM"),
        (["x", "--utc-offset", "+25:00"], "write +HH:MM"),
        (["x", "--channel", "#"], "is not the name of a channel"),
    ],
)
def test_a_wrong_command_line(run: Run, project: Path, arguments: list[str], message: str) -> None:
    outcome = run("collect", "irc", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert message in " ".join(outcome.err.split())


def test_options_for_what_logs_do_not_say(run: Run, project: Path) -> None:
    path = project.parent / "some.log"
    path.write_text("[00:30:00] <ada> #success Got it\n", encoding="utf-8")
    assert "name it with --date" in run("collect", "irc", path).err
    arguments = ("--date", "2026-03-14", "--channel", "#dev", "--utc-offset", "+01:00", "--fragments", "other")
    outcome = run("collect", "irc", path, *arguments, "--format", "json")
    (note,) = json.loads(outcome.out)
    assert (note["date"], note["channel"]) == ("2026-03-13T23:30:00Z", "dev")
    assert note["path"].startswith("other/got-it-")


def test_progress_only_on_a_terminal(start: Run, program: Callable[..., list[str]], project: Path, log: Path) -> None:
    outcome = start("collect", "irc", str(log), "--dry-run")
    assert outcome.err == "3 drafts would be written\n"
    ours, theirs = pty.openpty()
    process = subprocess.Popen(program("collect", "irc", str(log), "--dry-run"), stdout=subprocess.PIPE, stderr=theirs)
    out, _ = process.communicate(timeout=60)
    os.close(theirs)
    shown = b""
    end = time.monotonic() + 10
    while b"written" not in shown and time.monotonic() < end:
        shown += os.read(ours, 10_000)
    os.close(ours)
    assert out.decode() == outcome.out
    assert b"Reading logs" in shown
    assert b"100%" in shown
