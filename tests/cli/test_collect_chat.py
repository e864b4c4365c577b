"""``sphinx-digest collect chat``."""

from __future__ import annotations

import json
from pathlib import Path

from gather.chat.exports import DISCORD, SLACK, START, pack, write
from gather.chat.test_replies import slack

from .conftest import FOLDER, Run


def test_drafts(run: Run, project: Path) -> None:
    pack(project / "slack.zip", SLACK)
    arguments = ["collect", "chat", "slack.zip", "--url", "https://gannet.slack.com/archives/{channel-id}/p{id}"]
    outcome = run(*arguments)
    assert (outcome.status, outcome.err, len(outcome.lines)) == (0, "2 drafts written\n", 2)
    [text] = [
        path.read_text(encoding="utf-8") for path in (project / FOLDER).iterdir() if path.name.startswith("for-the-")
    ]
    assert text == (
        "---\ndraft: true\nsuccesses:\n  - nick: bob\n    thanks: Ada Byron\n"
        "    text: for the review (https://example.org/b)\n    channel: dev\n"
        "    url: https://gannet.slack.com/archives/C1/p1773500403000200\n    date: 2026-03-14T15:00:03Z\n"
    )
    assert run(*arguments).err == "0 drafts written, 2 there already\n"
    assert run("lint").status == 0


def test_options(run: Run, project: Path) -> None:
    write(project, {"x.json": DISCORD})
    assert (
        run("collect", "chat", "x.json", "--channel", "#dev", "--format", "json", "--dry-run").out.count('"kind"') == 3
    )
    assert json.loads(run("collect", "chat", "x.json", "--since", "2026-03-15", "--format", "json").out) == []
    outcome = run("collect", "chat", "x.json", "--url", "https://example.org/{line}")
    assert (outcome.status, "expected one of {channel}, {channel-id}, {id}" in outcome.err) == (2, True)
    outcome = run("collect", "chat", "x.json", "--since", "2026-03-15", "--until", "2026-03-14")
    assert (outcome.status, "2026-03-15 is later than 2026-03-14" in outcome.err) == (2, True)


def test_problems(run: Run, project: Path) -> None:
    write(project, {"x.json": DISCORD, "y.json": {}})
    outcome = run("collect", "chat", "x.json", "y.json", "gone.json")
    assert (outcome.status, len(outcome.lines)) == (1, 3)
    assert "y.json: not-a-log this is not an export of a chat that is known" in outcome.err
    assert "gone.json: unreadable" in outcome.err


def test_threads(run: Run, project: Path) -> None:
    slack(project / "export")
    arguments = ["collect", "chat", "export", "--threads", "2"]
    outcome = run(*arguments, "--url", "https://gannet.slack.com/archives/{channel-id}/p{id}")
    assert (outcome.status, outcome.err) == (0, "1 draft written\n")
    text = (project / outcome.lines[0]).read_text(encoding="utf-8")
    assert "# A draft from a chat: 'Shall we drop Python 3.10?'." in text
    assert f"url: https://gannet.slack.com/archives/C1/p{START + 10}000200\n" in text
    assert "  * bob: Yes.\n" in text
    assert run("lint").status == 0
    assert run("collect", "chat", "export").err == "0 drafts written\n"
