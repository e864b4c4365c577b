"""The bot in rooms of a real homeserver."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sphinxext.digest.cli._matrix import TOKEN

from ..bot.conftest import bots, clone, git, ircd, kept, people
from ..bot.ircd import BotProgram, Ircd, Person, wait_until
from .synapse import Homeserver, User

__all__ = ["bots", "clone", "git", "ircd", "kept", "people"]

Kept = Callable[[], list[str]]
ENCRYPTION = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}


class BotInRooms:
    """A bot's user, and the programs that were started for it."""

    def __init__(self, user: User, start: Callable[..., BotProgram], root: Path) -> None:
        self.user = user
        self._start = start
        self._root = root

    def start(self, *rooms: str, options: tuple[str, ...] = ()) -> BotProgram:
        """A bot that listens."""
        arguments = ["--matrix", self.user.server.url, *(word for room in rooms for word in ("--room", room))]
        author = ("--author", "SuccessBot <bot@example.org>")
        log = self._root.parent / f"{self._root.name}-bot.log"
        before = log.read_text(encoding="utf-8").count("listening in ") if log.exists() else 0
        bot = self._start(self._root, *arguments, *author, *options, env={TOKEN: self.user.token})
        bot.wait_log("listening in ", before + 1 if rooms else 0)
        return bot

    def check(self, room: str, token: str = "") -> BotProgram:
        """A bot that only looks whether it can join a room."""
        arguments = ("--matrix", self.user.server.url, "--room", room, "--check")
        return self._start(self._root, *arguments, env={TOKEN: token or self.user.token})

    def said(self, room: str) -> list[str]:
        """What the bot answered."""
        events = self.user.events(room)
        found = [event for event in events if event["sender"] == self.user.identifier]
        return [event["content"]["body"] for event in found if event["type"] == "m.room.message"]


@pytest.fixture
def bot(homeserver: Homeserver, bots: Callable[..., BotProgram], clone: Path) -> BotInRooms:
    return BotInRooms(homeserver.register("successbot"), bots, clone)


def wait_for(kept: Kept, *texts: str) -> None:
    """Wait until just these successes are committed."""
    wait_until(lambda: kept() == sorted(texts), f"{texts}, not {kept()}")


def test_successes(bot: BotInRooms, ada: User, bob: User, kept: Kept, git: Callable[..., str]) -> None:
    """Of two users in two rooms, answered, with names resolved; edited, corrected and taken back."""
    rooms = [ada.make_room("dev"), ada.make_room("docs")]
    for room in rooms:
        bob.join(room)
        ada.say(room, "#success before the bot came")
    program = bot.start(f"#dev-{ada.nick}:localhost", rooms[1])
    program.wait_log("listening in docs")
    first = ada.say(rooms[0], "#success all buidls pass")
    bob.say(rooms[1], "#thanks Ada Byron for the *builds*")
    ada.send(rooms[0], "m.room.message", {"msgtype": "m.notice", "body": "#success of a notice"})
    wait_for(kept, "all buidls pass", "for the \\*builds*")
    ada.edit(rooms[0], first, "#success all builds pass")
    wait_for(kept, "all builds pass", "for the \\*builds*")
    bob.edit(rooms[0], first, "#success forged by another one")
    second = bob.say(rooms[0], "#sucess misspelled")
    bob.edit(rooms[0], second, "#success well spelled")
    bob.say(rooms[1], "#success a secert")
    secret = bob.say(rooms[1], "s/secert/secret/")
    wait_for(kept, "a secret", "all builds pass", "for the \\*builds*", "well spelled")
    bob.redact(rooms[1], secret)
    bob.redact(rooms[0], second)
    wait_for(kept, "a secret", "all builds pass", "for the \\*builds*")
    notes = git("grep", "-h", "-E", "nick|thanks|channel|url", "HEAD", "--", "releasenotes/digests")
    assert f"thanks: {ada.nick}" in notes and f"nick: {bob.nick}" in notes and f"channel: docs-{ada.nick}" in notes
    assert "url: https://matrix.to/#/!" in notes
    wait_until(lambda: len(bot.said(rooms[0])) == 3)
    page = "(https://wiki.example.org/Successes)"
    assert bot.said(rooms[0])[:2] == [
        f"{ada.nick}: Added success to Success page {page}",
        f"{ada.nick}: Corrected success",
    ]
    [answer, *_] = [event for event in ada.events(rooms[0]) if event["sender"] == bot.user.identifier][1:]
    assert answer["content"]["msgtype"] == "m.notice"
    assert answer["content"]["m.relates_to"] == {"m.in_reply_to": {"event_id": first}}
    assert program.stop() == 0
    assert ada.token not in program.log and bot.user.token not in program.log


def test_reactions_and_threads(bot: BotInRooms, ada: User, kept: Kept) -> None:
    room = ada.make_room("dev")
    bot.start(room, options=("--react", "🎉"))
    root = ada.say(room, "How is it?")
    thread = {"rel_type": "m.thread", "event_id": root, "m.in_reply_to": {"event_id": root}}
    told = ada.say(room, "#success in a thread", **{"m.relates_to": thread})
    wait_for(kept, "in a thread")

    def reactions() -> list[object]:
        return [event["content"]["m.relates_to"] for event in ada.events(room) if event["type"] == "m.reaction"]

    wait_until(reactions)
    assert reactions() == [{"rel_type": "m.annotation", "event_id": told, "key": "🎉"}]
    assert bot.said(room) == []


def test_editors(bot: BotInRooms, ada: User, bob: User, kept: Kept, git: Callable[..., str]) -> None:
    """Their reactions, and nobody else's, accept and reject; who was rejected cannot come back by an edit."""
    room = ada.make_room("dev")
    bob.join(room)
    program = bot.start(room, options=("--draft", "--editor", ada.identifier))

    def react(user: User, event: str, emoji: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": emoji}
        return user.send(room, "m.reaction", {"m.relates_to": relation})

    def drafts() -> int:
        head = git("rev-parse", "HEAD")
        files = git("ls-tree", "-r", "--name-only", head, "--", "releasenotes/digests").splitlines()
        return sum("draft: true" in git("show", f"{head}:{file}") for file in files)

    good, bad = bob.say(room, "#success good"), bob.say(room, "#success bad")
    wait_for(kept, "bad", "good")
    assert drafts() == 2
    react(bob, good, "✅")
    react(ada, bad, "❌\ufe0f")
    wait_for(kept, "good")
    assert drafts() == 1
    accepted = react(ada, good, "✅")
    wait_until(lambda: drafts() == 0)
    bob.edit(room, bad, "#success bad again")
    bob.edit(room, good, "#success better")
    wait_for(kept, "better")
    # what an editor has not seen is a draft again
    assert drafts() == 1
    program.kill()
    program = bot.start(room, options=("--draft", "--editor", ada.identifier))
    ada.redact(room, accepted)
    react(ada, good, "✅")
    wait_until(lambda: drafts() == 0)
    assert kept() == ["better"]
    assert program.stop() == 0


def test_kill(bot: BotInRooms, ada: User, kept: Kept) -> None:
    """What was said while the bot was away is heard, more than one answer of the server has, and nothing twice."""
    room = ada.make_room("dev")
    program = bot.start(room)
    told = ada.say(room, "#success told twice")
    wait_for(kept, "told twice")
    for number in range(3):
        ada.say(room, f"#success number {number} before it died")
        program.kill()
        for missed in range(6):
            ada.say(room, f"#success number {missed} in its absence {number}")
        program = bot.start(room)
    ada.edit(room, told, "#success told once")
    texts = [f"number {number} before it died" for number in range(3)]
    texts += [f"number {missed} in its absence {number}" for number in range(3) for missed in range(6)]
    wait_for(kept, "told once", *texts)
    assert program.stop() == 0


def test_the_same_events_again(bot: BotInRooms, ada: User, clone: Path, kept: Kept) -> None:
    """As after a kill between the journal and the position: nothing is recorded or answered again."""
    room = ada.make_room("dev")
    program = bot.start(room)
    ada.say(room, "#success first")
    wait_for(kept, "first")
    wait_until(lambda: len(bot.said(room)) == 1)
    state = clone / ".git" / "sphinx-digest-bot" / "matrix.json"
    wait_until(lambda: program.stop() == 0)
    before = state.read_text(encoding="utf-8")
    program = bot.start(room)
    told = ada.say(room, "#success the same words")
    ada.say(room, "s/same/very same/")
    ada.say(room, "#success gone again")
    wait_for(kept, "first", "gone again", "the very same words")
    wait_until(lambda: len(bot.said(room)) == 4)
    program.kill()
    state.write_text(before, encoding="utf-8")
    program = bot.start(room)
    ada.say(room, "#success last")
    wait_for(kept, "first", "gone again", "last", "the very same words")
    wait_until(lambda: len(bot.said(room)) == 5)
    ada.redact(room, told)
    wait_for(kept, "first", "gone again", "last")
    assert program.stop() == 0


def test_gap(bot: BotInRooms, ada: User, kept: Kept) -> None:
    """A server leaves events out of a sync that are more than it was asked for; they are fetched."""
    room = ada.make_room("dev")
    program = bot.start(room)
    assert program.stop() == 0
    for number in range(300):
        ada.say(room, f"#success number {number}" if number % 50 == 0 else f"number {number}")
    program = bot.start(room)
    wait_for(kept, *(f"number {number}" for number in range(0, 300, 50)))
    assert "events that the server left out" in program.log
    wait_until(lambda: re.search(r"Added [56] successes to Success page", "".join(bot.said(room))))
    assert program.stop() == 0


def test_invitations(bot: BotInRooms, ada: User, bob: User, kept: Kept) -> None:
    """Only of those who may invite; the room is known after a restart."""
    room, other = ada.make_room("dev"), bob.make_room("evil")
    program = bot.start(options=("--inviter", ada.identifier))
    bob.invite(other, bot.user)
    program.wait_log("refused the invitation of @bob")
    ada.say(room, "#success before the invitation")
    ada.invite(room, bot.user)
    program.wait_log("listening in dev")
    ada.say(room, "#success by invitation")
    wait_for(kept, "by invitation")
    program.kill()
    ada.say(room, "#success after it died")
    program = bot.start(options=("--inviter", ada.identifier))
    wait_for(kept, "after it died", "by invitation")
    ada.call("POST", f"rooms/{room}/kick", {"user_id": bot.user.identifier})
    program.wait_log("was made to leave dev")
    assert program.stop() == 0


def test_kicked_from_a_room_of_the_settings(bot: BotInRooms, ada: User, kept: Kept) -> None:
    room = ada.make_room("dev")
    program = bot.start(room)
    ada.call("POST", f"rooms/{room}/kick", {"user_id": bot.user.identifier})
    program.wait_log(r"was made to leave dev-\S+, back in")
    program.wait_log("listening in .* again")
    ada.say(room, "#success after it came back")
    wait_for(kept, "after it came back")
    assert program.stop() == 0


def test_removed_while_it_was_away(bot: BotInRooms, ada: User, kept: Kept) -> None:
    """What was said while the bot was in the room counts, and what was said while it was not does not."""
    room = ada.make_room("dev")
    bot.start(room).kill()
    ada.say(room, "#success before it was removed")
    ada.call("POST", f"rooms/{room}/kick", {"user_id": bot.user.identifier})
    ada.say(room, "#success while it was not there")
    program = bot.start(room)
    ada.say(room, "#success after it came back")
    wait_for(kept, "after it came back", "before it was removed")
    assert program.stop() == 0


def test_encrypted_rooms(bot: BotInRooms, ada: User, kept: Kept) -> None:
    """The bot says why, and leaves; also when a room becomes encrypted."""
    encrypted = ada.make_room(initial_state=[ENCRYPTION])
    room = ada.make_room("dev")
    program = bot.start(room, options=("--room", encrypted))
    program.wait_log("is encrypted, and cannot be read: left it")
    ada.call("PUT", f"rooms/{room}/state/m.room.encryption", ENCRYPTION["content"])
    program.wait_log("is encrypted, and cannot be read: left it", 2)
    for one in (encrypted, room):
        said = [event for event in ada.events(one) if event["sender"] == bot.user.identifier]
        bodies = [event["content"]["body"] for event in said if event["type"] == "m.room.message"]
        assert bodies == [
            "This room is encrypted, and I can read only rooms that are not: I leave it, so nothing is recorded here."
        ]
        assert said[-1]["content"]["membership"] == "leave"
    assert program.stop() == 0


def test_check(bot: BotInRooms, ada: User) -> None:
    room, private = ada.make_room("dev"), ada.make_room(preset="private_chat")
    assert bot.check(room).wait() == 0
    program = bot.check(private)
    assert program.wait() == 1
    assert f"ERROR cannot join {private}, next attempt in" in program.log
    program = bot.check(room, "wrong")
    assert program.wait() == 1
    assert "the server says M_UNKNOWN_TOKEN" in program.log


def test_both_networks(bot: BotInRooms, ircd: Ircd, people: Callable[..., Person], ada: User, kept: Kept) -> None:
    room = ada.make_room("dev")
    irc = ("--server", f"127.0.0.1:{ircd.port}", "--no-tls", "--channel", "#dev")
    program = bot.start(room, options=irc)
    program.wait_log("joined #dev")
    people(ircd.port, "ttx", "#dev").say("#dev", "#success on IRC")
    ada.say(room, "#success on Matrix")
    wait_for(kept, "on IRC", "on Matrix")
    assert program.stop() == 0


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Homeserver]:
    """A server with a limit on messages, which a test may stop."""
    server = Homeserver(tmp_path / "synapse", "{per_second: 2, burst_count: 2}")
    yield server.start()
    server.stop()


def test_restart_of_the_server_and_its_limits(
    own_server: Homeserver, bots: Callable[..., BotProgram], clone: Path, kept: Kept
) -> None:
    ada = own_server.register("ada")
    bot = BotInRooms(own_server.register("successbot"), bots, clone)
    room = ada.make_room("dev")
    program = bot.start(room)
    others = [own_server.register("user").join(room) for _ in range(6)]
    for number, user in enumerate(others[:3]):
        user.say(room, f"#success number {number}")
        time.sleep(0.1)
    wait_for(kept, "number 0", "number 1", "number 2")
    wait_until(lambda: sum(map(len, bot.said(room))) and len(bot.said(room)) >= 1)
    own_server.stop()
    program.wait_log("next attempt in")
    own_server.start()
    for number, user in enumerate(others[3:], 3):
        user.say(room, f"#success number {number}")
    wait_for(kept, *(f"number {number}" for number in range(6)))
    wait_until(lambda: sum(line.count("Added success") for line in bot.said(room)) == 6)
    assert program.stop() == 0


def test_bridged_networks(
    bot: BotInRooms,
    ircd: Ircd,
    people: Callable[..., Person],
    ada: User,
    bob: User,
    clone: Path,
    kept: Kept,
    git: Callable[..., str],
) -> None:
    """A success on Matrix that a relay passes on to IRC is one, and so is one that goes the other way."""
    folder = clone / "releasenotes"
    settings = folder / "digest.yaml"
    relays = f"relays: [bridge, '{bob.identifier}']\n"
    settings.write_text(f"{settings.read_text(encoding='utf-8')}{relays}", encoding="utf-8")
    (folder / "people.yaml").write_text(f"ada:\n  aliases: [{ada.nick}]\n", encoding="utf-8")
    room = ada.make_room("dev")
    bob.join(room)
    program = bot.start(room, options=("--server", f"127.0.0.1:{ircd.port}", "--no-tls", "--channel", "#dev"))
    program.wait_log("joined #dev")
    bridge, ttx = (people(ircd.port, nick, "#dev") for nick in ("bridge", "ttx"))
    # from Matrix to IRC, where it is corrected
    first = ada.say(room, "#success All buidls pass!")
    wait_for(kept, "All buidls pass!")
    bridge.say("#dev", "[matrix] <ada> #success all buidls pass")
    # from IRC to Matrix
    ttx.say("#dev", "#success on IRC")
    wait_for(kept, "All buidls pass!", "on IRC")
    copy = bob.say(room, "<ttx> #success on IRC")
    ada.say(room, "<ttx> #success forged")
    bob.say(room, "<eve> #success only behind the bridge")
    wait_for(kept, "All buidls pass!", "on IRC", "only behind the bridge")
    ada.edit(room, first, "#success all builds pass")
    bob.edit(room, copy, "<ttx> #success on both")
    wait_for(kept, "all builds pass", "on both", "only behind the bridge")
    bob.redact(room, copy)
    wait_for(kept, "all builds pass", "only behind the bridge")
    assert program.stop() == 0
    said = [line for line in bridge.lines if "successbot" in line and "PRIVMSG" in line]
    assert [line.rpartition(":")[2].strip() for line in said if "ttx" in line] != []
    assert not any("ada" in line for line in said)
    assert "forged" not in git("log", "-p")
