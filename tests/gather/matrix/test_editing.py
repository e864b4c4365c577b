"""What editors do in rooms of a real homeserver: sections, pictures, their own room; and rooms that are upgraded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request

import pytest

from ..bot.conftest import bots, clone, git, kept
from ..bot.ircd import BotProgram, wait_until
from .synapse import Homeserver, User, _open
from .test_bot import BotInRooms, Kept, wait_for

__all__ = ["bots", "clone", "git", "kept"]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
SECTIONS = ("--section", "🚀=Releases", "--section", "🧪=Testing & more")


@pytest.fixture
def bot(homeserver: Homeserver, bots: Callable[..., BotProgram], clone: Path) -> BotInRooms:
    return BotInRooms(homeserver.register("successbot"), bots, clone)


@pytest.fixture
def notes(git: Callable[..., str]) -> Callable[[], str]:
    """All fragments that are committed, one after the other."""

    def notes() -> str:
        # the bot may commit in between
        head = git("rev-parse", "HEAD")
        files = git("ls-tree", "-r", "--name-only", head, "--", "releasenotes/digests").splitlines()
        return "".join(git("show", f"{head}:{file}") for file in files)

    return notes


def react(user: User, room: str, event: str, emoji: str) -> str:
    relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
    return user.send(room, "m.reaction", {"m.relates_to": relation})


def upload(user: User, data: bytes) -> str:
    headers = {"Authorization": f"Bearer {user.token}", "Content-Type": "image/png"}
    request = Request(f"{user.server.url}/_matrix/media/v3/upload", data, headers, method="POST")
    with _open(request, timeout=60) as response:
        return str(json.load(response)["content_uri"])


def test_sections(bot: BotInRooms, ada: User, bob: User, notes: Callable[[], str]) -> None:
    """Reactions of editors, and nobody else's, put messages into groups, also those that the bot passed by."""
    room, desk = ada.make_room("dev"), ada.make_room("desk")
    bob.join(room)
    program = bot.start(room, options=("--editor", ada.identifier, "--editors-room", desk, *SECTIONS))
    said = bob.say(room, "Version *2.0* is out!\n\nThanks to all: https://example.org/2.0")
    react(bob, room, said, "🚀")
    react(ada, room, said, "🚀\ufe0f")
    wait_until(lambda: "group: Releases" in notes())
    assert "Version \\*2.0* is out!" in notes() and "Thanks to all: https://example.org/2.0" in notes()
    assert "url: https://matrix.to/#/!" in notes()
    bob.edit(room, said, "Version 2.1 is out!")
    wait_until(lambda: "text: Version 2.1 is out!" in notes())
    ada.edit(room, said, "forged")
    react(ada, room, said, "🧪")
    wait_until(lambda: "group: Testing & more" in notes() and "Releases" not in notes())
    assert "text: Version 2.1 is out!" in notes()
    wait_until(
        lambda: any("in two sections: it was moved from Releases to Testing" in line for line in bot.said(desk))
    )
    success = bob.say(room, "#success all tests pass")
    wait_until(lambda: "successes:" in notes())
    react(ada, room, success, "🧪")
    wait_until(lambda: "successes:" not in notes() and notes().count("group: Testing & more") == 2)
    other = bob.say(room, "Nothnig")
    bob.edit(room, other, "Nothing")
    react(ada, room, other, "✅")
    wait_until(lambda: any("is in no section" in line for line in bot.said(desk)))
    react(ada, room, other, "🧪")
    wait_until(lambda: "text: Nothing" in notes())
    program.kill()
    program = bot.start(room, options=("--editor", ada.identifier, "--editors-room", desk, *SECTIONS))
    react(ada, room, said, "❌")
    wait_until(lambda: "Version 2.1" not in notes())
    bob.edit(room, said, "Version 2.2 is out!")
    react(ada, room, said, "🚀")
    wait_until(lambda: any("was rejected" in line for line in bot.said(desk)))
    wait_until(lambda: "Version" not in notes())
    bob.redact(room, success)
    wait_until(lambda: "all tests pass" not in notes())
    assert program.stop() == 0


def test_drafts_of_sections(bot: BotInRooms, ada: User, bob: User, notes: Callable[[], str]) -> None:
    room = ada.make_room("dev")
    bob.join(room)
    program = bot.start(room, options=("--draft", "--editor", ada.identifier, *SECTIONS))
    said = bob.say(room, "Version 2.0 is out!")
    react(ada, room, said, "🚀")
    wait_until(lambda: "draft: true" in notes())
    react(ada, room, said, "✅")
    wait_until(lambda: "group: Releases" in notes() and "draft" not in notes())
    assert program.stop() == 0


def test_pictures(
    bot: BotInRooms, ada: User, bob: User, clone: Path, git: Callable[..., str], notes: Callable[[], str]
) -> None:
    """A picture is saved in the docs, once, and shown below the note before it by the same person."""
    (clone / "doc" / "source").mkdir(parents=True)
    (clone / "doc" / "source" / "conf.py").write_text("", encoding="utf-8")
    room, desk = ada.make_room("dev"), ada.make_room("desk")
    bob.join(room)
    options = ("--editor", ada.identifier, "--editors-room", desk, *SECTIONS, "--pictures", "doc/source/news")
    program = bot.start(room, options=options)
    said = bob.say(room, "The new pages are there.")
    ada.say(room, "Nice")
    content = {"msgtype": "m.image", "body": "The `front` page\nin blue", "filename": "x.png", "url": upload(bob, PNG)}
    shown = bob.send(room, "m.room.message", content)
    react(ada, room, shown, "📷")
    wait_until(lambda: any("has no message in a section" in line for line in bot.said(desk)))
    react(ada, room, said, "🚀")
    wait_until(lambda: "The new pages" in notes())
    react(ada, room, shown, "📷\ufe0f")
    wait_until(lambda: ".. image:: /news/" in notes())
    assert "      :alt: The `front` page in blue" in notes()
    [path] = git("ls-tree", "-r", "--name-only", "HEAD", "--", "doc/source/news").splitlines()
    assert path.endswith(".png") and (clone / path).read_bytes() == PNG
    svg = {**content, "body": "x", "url": upload(bob, b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>")}
    for odd in (svg, {**content, "url": "https://example.org/x.png"}, {**content, "url": "mxc://localhost/gone"}):
        react(ada, room, bob.send(room, "m.room.message", odd), "📷")
    wait_until(lambda: sum("picture" in line for line in bot.said(desk)) >= 4)
    assert notes().count(".. image::") == 1
    assert program.stop() == 0


def test_the_editors_room(bot: BotInRooms, ada: User, bob: User, kept: Kept) -> None:
    """Editors ask there, and nobody else is answered; a success there is none."""
    room, desk = ada.make_room("dev"), ada.make_room("desk")
    bob.join(room), bob.join(desk)
    program = bot.start(room, options=("--editor", ada.identifier, "--editors-room", f"#desk-{ada.nick}:localhost"))
    bob.say(room, "#success all tests pass")
    wait_for(kept, "all tests pass")
    bob.say(desk, "status")
    bob.say(desk, "#success at the desk")
    for words in ("status", "!details", "Preview", "help", "nonsense"):
        ada.say(desk, words)
    wait_until(lambda: len(bot.said(desk)) >= 4)
    status, details, preview, usage = bot.said(desk)
    assert "In the digest\n    1  Successes" in status
    assert "all tests pass" in details and "releasenotes/digests/all-tests-pass-" in details
    assert "all tests pass" in preview and f"{bob.nick}: " in preview
    assert usage == "I answer to: status, details, preview."
    assert kept() == ["all tests pass"]
    assert program.stop() == 0


def test_an_editors_room_that_lets_nobody_in(bot: BotInRooms, ada: User, bob: User, notes: Callable[[], str]) -> None:
    """The bot works without it, and comes as soon as it is invited."""
    room, desk = ada.make_room("dev"), ada.make_room(preset="private_chat")
    program = bot.start(room, options=("--editor", ada.identifier, "--editors-room", desk, *SECTIONS))
    program.wait_log("cannot join")
    said = bob.join(room).say(room, "Version 2.0 is out!")
    react(ada, room, ada.say(room, "Nothing"), "✅")
    react(ada, room, said, "🚀")
    wait_until(lambda: "group: Releases" in notes())
    ada.invite(desk, bot.user)
    program.wait_log("invited by")
    ada.say(desk, "help")
    wait_until(lambda: bot.said(desk))
    assert program.stop() == 0


def test_upgraded_rooms(bot: BotInRooms, ada: User, kept: Kept) -> None:
    """The bot follows, also if that happened in its absence; what was said before it came counts."""
    room = ada.make_room("dev", room_version="9")
    program = bot.start(room)
    ada.say(room, "#success in the old one")
    wait_for(kept, "in the old one")
    heir = ada.call("POST", f"rooms/{room}/upgrade", {"new_version": "10"})["replacement_room"]
    ada.say(heir, "#success in the new one")
    wait_for(kept, "in the new one", "in the old one")
    assert program.stop() == 0
    last = ada.call("POST", f"rooms/{heir}/upgrade", {"new_version": "11"})["replacement_room"]
    ada.say(last, "#success in the third one")
    program = bot.start(room)
    ada.say(last, "#success after it came")
    wait_until(lambda: "after it came" in kept())
    assert program.stop() == 0


def test_graves_that_lead_astray(bot: BotInRooms, ada: User, bob: User, kept: Kept) -> None:
    """A room that does not say that it takes the place of another is left again."""
    room, other = ada.make_room("dev"), bob.make_room("evil")
    program = bot.start(room)
    ada.call("PUT", f"rooms/{room}/state/m.room.tombstone", {"body": "x", "replacement_room": other})
    program.wait_log("does not say that it takes its place")
    bob.say(other, "#success in the wrong one")
    members = bob.call("GET", f"rooms/{other}/joined_members")["joined"]
    assert bot.user.identifier not in members
    assert kept() == []
    assert program.stop() == 0
