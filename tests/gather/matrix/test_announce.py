"""``sphinx-digest announce`` in a room of a real homeserver."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from sphinxext.digest.cli.group import cli

from .synapse import Homeserver, User

URL = "https://docs.example.org/digests/2026-11-22.html"
Announce = Callable[..., Result]


@pytest.fixture
def announce(homeserver: Homeserver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Announce:
    """Announces a digest in a room as a user; its titles try to call people, and to be markup."""
    fragments = tmp_path / "project" / "releasenotes" / "digests"
    fragments.mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    def run(user: User, room: str, called: User, *arguments: str, token: str = "") -> Result:
        threads = (f"Locks for @room and {called.identifier}", f"Bob B. and {called.nick}", "<b>bold</b> \\*words\\*")
        lines = "".join(f"  - {{title: '{title}', summary: x}}\n" for title in threads)
        (fragments / f"a-{1:016x}.yaml").write_text(f"date: 2026-11-20\nthreads:\n{lines}", encoding="utf-8")
        (fragments.parent / "digest.yaml").write_text(
            "base_url: https://docs.example.org/\n"
            f"announce: [{{name: room, kind: matrix, url: '{homeserver.url}', room: '{room}'}}]\n",
            encoding="utf-8",
        )
        secret = {"SPHINX_DIGEST_ANNOUNCE_ROOM": token or user.token}
        return CliRunner().invoke(cli, ["announce", "2026-11-20", "--to", "room", *arguments], env=secret)

    return run


def notices(user: User, room: str) -> list[dict[str, object]]:
    return [event["content"] for event in user.events(room) if event["content"].get("msgtype") == "m.notice"]


def test_announced_once_and_to_nobody(announce: Announce, ada: User, bob: User, tmp_path: Path) -> None:
    """By the room's alias or identifier; the server takes what it is told again for the same."""
    room = ada.make_room("news")
    bob.join(room)
    alias = f"#news-{ada.nick}:localhost"
    result = announce(ada, alias, bob)
    assert (result.exit_code, result.output) == (0, "room: announced\n")
    [content] = notices(bob, room)
    body = str(content["body"])
    assert body.startswith("November 16")
    assert body.endswith(f" {URL}")
    assert "<b>bold</b> *words*" in body
    assert "@room" not in body
    assert content["m.mentions"] == {}
    assert "formatted_body" not in content
    # the delivery log knows it; without the log the server does
    assert "has it since" in announce(ada, alias, bob).output
    (tmp_path / "state").rename(tmp_path / "lost")
    assert announce(ada, room, bob).exit_code == 0
    assert len(notices(bob, room)) == 1
    assert announce(ada, room, bob, "--again").exit_code == 0
    assert len(notices(bob, room)) == 2
    # the words that call somebody are the control: the server counts them
    assert bob.call("GET", "notifications?only=highlight")["notifications"] == []
    ada.say(room, "Bob B.: look at this")
    assert len(bob.call("GET", "notifications?only=highlight")["notifications"]) == 1


def test_what_the_server_refuses(announce: Announce, ada: User, bob: User) -> None:
    private = ada.make_room(preset="private_chat")
    for room, token, said in (
        (private, "", "403"),
        ("#nowhere:localhost", "", "the server does not know the room #nowhere:localhost"),
        (private, "wrong", "401"),
    ):
        result = announce(bob, room, ada, token=token)
        assert result.exit_code == 1
        assert said in result.output
        assert bob.token not in result.output
    assert notices(ada, private) == []
