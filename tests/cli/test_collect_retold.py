"""The same success on two networks, collected from both."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from gather.chat.exports import START, slack_message, write

from .conftest import FOLDER, SETTINGS, WEEKS, Run

#: 2026-03-14T15:00:00Z is START of the other export.
LOG = """\
2026-03-14T15:00:00  <ada> #success All *builds* pass
2026-03-14T15:00:10  <bridge> <bob@slack> #thanks ada, eve and plover for it
2026-03-14T15:00:20  <eve> <ada> #success Forged
2026-03-14T15:00:30  <ada> #success Only here
"""
PEOPLE = "ada:\n  aliases: [Ada Byron]\n"


@pytest.fixture
def networks(project: Path) -> Path:
    """A log, an export of Slack with the same, and settings that know the relay and the people."""
    log = project / "logs" / "#dev.log"
    log.parent.mkdir()
    log.write_text(LOG, encoding="utf-8")
    write(
        project / "slack",
        {
            "users.json": [
                {"id": "U1", "name": "ada", "real_name": "Ada Byron"},
                {"id": "U2", "name": "bob", "real_name": "Bob"},
            ],
            "general/2026-03-14.json": [
                slack_message("#success all builds pass!", second=59),
                slack_message("#thanks ada, eve and plover for it", "U2", 9),
                slack_message("#success Another one", second=30),
                slack_message("#success Only here", second=91),
                {"subtype": "bot_message", "bot_id": "B7", "username": "ada", "text": "#success Behind a bot"}
                | {"ts": f"{START + 50}.0001", "type": "message"},
                {"subtype": "bot_message", "bot_id": "B8", "username": "ada", "text": "#success By another bot"}
                | {"ts": f"{START + 50}.0002", "type": "message"},
            ],
        },
    )
    (project / "releasenotes" / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (project / SETTINGS).write_text(f"relays: [bridge, B7]\n{WEEKS}", encoding="utf-8")
    return project


def told(project: Path) -> list[str]:
    found = []
    for path in (project / FOLDER).iterdir():
        lines = path.read_text(encoding="utf-8").splitlines()
        values = dict(line.strip(" -").split(": ", 1) for line in lines if ": " in line)
        found.append(f"{values['nick']}: {values['text']}")
    return sorted(found)


EVERYTHING = [
    "Ada Byron: Another one",
    "Ada Byron: Only here",
    "ada: All \\*builds* pass",
    "ada: Behind a bot",
    "ada: Only here",
    "bob: for it",
]
IRC, SLACK = ("collect", "irc", "logs"), ("collect", "chat", "slack")


@pytest.mark.parametrize(("first", "second"), [(IRC, SLACK), (SLACK, IRC)])
def test_two_rounds(run: Run, networks: Path, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    """What the first round drafted is there already for the second, also after a person renamed and published it."""
    assert run(*first).status == 0
    for path in (networks / FOLDER).iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
        path.rename(path.with_name(f"renamed-{path.stem[-16:]}.yaml"))
    outcome = run(*second)
    assert outcome.status == 0
    assert ", 2 there already" in outcome.err
    others = {
        "ada: All \\*builds* pass": "Ada Byron: all builds pass!",
        "bob: for it": "Bob: for it",
    }
    expected = EVERYTHING if first == IRC else [others.get(line, line) for line in EVERYTHING]
    assert told(networks) == sorted(expected)
    assert "0 drafts written" in run(*first).err
    assert "0 drafts written" in run(*second).err


def test_a_dry_round(run: Run, networks: Path) -> None:
    """A round that writes nothing knows what it would have written."""
    text = "sources:\n  - {irc: logs}\n  - {chat: slack}\n"
    (networks / SETTINGS).write_text(f"relays: [bridge, B7]\n{text}{WEEKS}", encoding="utf-8")
    days = ("--since", "2026-03-01", "--until", "2026-03-31")
    notes = json.loads(run("collect", "--dry-run", "--format", "json", *days).out)
    assert len(notes) == len(EVERYTHING) + 2  # thanks to three
    assert run("collect", *days).status == 0
    assert told(networks) == EVERYTHING


def test_without_settings(run: Run, networks: Path) -> None:
    """Nobody is believed who is not named, and people of two nicks are two."""
    (networks / SETTINGS).write_text(WEEKS, encoding="utf-8")
    (networks / "releasenotes" / "people.yaml").unlink()
    assert run(*IRC).status == 0
    assert run(*SLACK).status == 0
    assert told(networks) == [
        "Ada Byron: Another one",
        "Ada Byron: Only here",
        "Ada Byron: all builds pass!",
        "Bob: for it",
        "ada: All \\*builds* pass",
        "ada: Only here",
    ]


def test_people_with_a_problem(run: Run, networks: Path) -> None:
    """It is reported, and drafts are written all the same."""
    (networks / "releasenotes" / "people.yaml").write_text("ada: [x]\n", encoding="utf-8")
    outcome = run(*IRC)
    assert outcome.status == 1
    assert "releasenotes/people.yaml:1:6: wrong-type" in outcome.err
    assert len(told(networks)) == 3
