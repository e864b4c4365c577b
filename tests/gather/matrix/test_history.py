"""``sphinx-digest collect matrix``, with rooms of a real homeserver."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sphinxext.digest.cli._matrix import TOKEN
from sphinxext.digest.cli.group import cli
from sphinxext.digest.gather.matrix import history

from .synapse import Homeserver, User

Collect = Callable[..., Result]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without notes."""
    root = tmp_path / "project"
    (root / "releasenotes" / "digests").mkdir(parents=True)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def collect(project: Path, homeserver: Homeserver) -> Collect:
    """Collects from rooms as a user."""

    def run(user: User, *arguments: str) -> Result:
        return CliRunner().invoke(
            cli, ["collect", "matrix", "--server", homeserver.url, *arguments], env={TOKEN: user.token}
        )

    return run


def notes(result: Result) -> list[dict[str, str]]:
    """The notes that a run printed, by their texts."""
    assert result.exit_code == 0, result.output
    return sorted(json.loads(result.stdout), key=lambda note: note["text"])


def test_history(ada: User, bob: User, collect: Collect) -> None:
    """Messages as they are now: edited, removed, with the nicks of those who are thanked by the names they show."""
    room = ada.make_room("gannet-dev")
    bob.join(room)
    first = ada.say(room, "#success all buidls pass")
    ada.edit(room, first, "#success all builds pass")
    gone = bob.say(room, "#success something secret")
    bob.redact(room, gone)
    bob.say(room, "#thanks Ada Byron for the builds")
    ada.send(room, "m.room.message", {"msgtype": "m.notice", "body": "#success of a bot"})
    ada.say(room, "#success *not* a `role`\x1b[31m \u202e")
    reply = {"m.relates_to": {"m.in_reply_to": {"event_id": first}}}
    bob.say(room, "> <@ada:localhost> #success all builds pass\n\n#success and the docs", **reply)
    found = notes(collect(ada, room, "--since", "today", "--format", "json"))
    assert [note["text"] for note in found] == [
        "\\*not* a \\`role\\`",
        "all builds pass",
        "and the docs",
        "for the builds",
    ]
    assert {note["channel"] for note in found} == {f"gannet-dev-{ada.nick}"}
    assert found[3]["thanks"] == ada.nick and found[3]["nick"] == bob.nick
    assert found[1]["url"].startswith("https://matrix.to/#/!") and found[1]["url"].endswith(f"/{first}")
    alias = f"#gannet-dev-{ada.nick}:localhost"
    assert "0 drafts written, 4 there already" in collect(bob, alias).output


def test_behind_a_relay(ada: User, bob: User, project: Path, collect: Collect) -> None:
    """What the relay of the settings passes on is said, and corrected, by those whom it names."""
    (project / "releasenotes" / "digest.yaml").write_text(f"relays: ['{bob.identifier}']\n", encoding="utf-8")
    room = ada.make_room("bridged")
    bob.join(room)
    bob.say(room, "<tern> #success all buidls pass")
    bob.say(room, "<auk> #success the dcos build")
    bob.say(room, "<tern> some other words")
    bob.say(room, "<auk> s/dcos/docs/")
    bob.say(room, "<tern> s/buidls/builds/")
    ada.say(room, "<tern> #success forged")
    bob.say(room, "#success of nobody")
    told = [(note["nick"], note["text"]) for note in notes(collect(ada, room, "--format", "json"))]
    assert told == [("tern", "all builds pass"), ("auk", "the docs build")]


def test_many_pages(ada: User, collect: Collect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "PAGE", 3)
    room = ada.make_room("long")
    for number in range(10):
        ada.say(room, f"#success number {number} of ten")
    assert len(notes(collect(ada, room, "--format", "json"))) == 10
    monkeypatch.setattr(history, "MAX_PAGES", 2)
    result = collect(ada, room)
    assert result.exit_code == 1
    assert "source-fetch the room has more than 6 events: choose days with --since" in result.output


def test_rooms_that_cannot_be_read(ada: User, bob: User, collect: Collect) -> None:
    """Each is reported, and keeps no other back."""
    good = ada.make_room("open")
    ada.say(good, "#success of the open room")
    private = ada.make_room(preset="private_chat")
    encryption = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    encrypted = ada.make_room(initial_state=[encryption])
    bob.join(encrypted)
    bob.join(good)
    result = collect(bob, private, encrypted, "#nowhere:localhost", "dev", good)
    assert result.exit_code == 1
    assert "1 draft written" in result.output
    assert f"{private}: source-fetch the server says M_FORBIDDEN: " in result.output
    assert f"{encrypted}: source-fetch the room is encrypted: nothing in it can be read by a program" in result.output
    assert "#nowhere:localhost: source-fetch the server says M_NOT_FOUND: " in result.output
    assert "dev: bad-value 'dev' is not a room: write its alias, such as #dev:example.org, or its ID" in result.output


def test_tokens(ada: User, project: Path, homeserver: Homeserver, tmp_path: Path) -> None:
    """A token is in the environment or in netrc; it is never shown."""
    room = ada.make_room("tokens")
    ada.say(room, "#success with netrc")
    netrc = tmp_path / "netrc"
    netrc.write_text(f"machine 127.0.0.1 login ada password {ada.token}\n", encoding="utf-8")
    netrc.chmod(stat.S_IRUSR)
    arguments = ["collect", "matrix", "--server", homeserver.url, room]
    assert "1 draft written" in CliRunner().invoke(cli, arguments, env={"NETRC": str(netrc)}).output
    result = CliRunner().invoke(cli, arguments, env={TOKEN: "wrong-token"})
    assert result.exit_code == 1
    assert "the server says M_UNKNOWN_TOKEN" in result.output
    assert "wrong-token" not in result.output
    result = CliRunner().invoke(cli, arguments, env={"NETRC": "none"})
    assert result.exit_code == 1
    assert f"{TOKEN} is not set" in result.output
