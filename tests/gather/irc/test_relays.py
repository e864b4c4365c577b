"""Who spoke behind a relay, in the forms of the programs that are known; and who only says so."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sphinxext.digest.gather.irc.relays import Relays, Speech

from .logs import edit, message, read, room, told, write

RELAYS = Relays(["bridge", "@bridge:example.org"])


@pytest.mark.parametrize(
    ("text", "nick", "said"),
    [
        ("<ada> #success one", "ada", "#success one"),  # discord-irc, TeleIRC, Limnoria
        ("<ada@oftc> #success one", "ada", "#success one"),  # Limnoria, with the network
        ("[irc] <ada> #success one", "ada", "#success one"),  # matterbridge
        ("[tg] @ada: #success one", "ada", "#success one"),
        ("ada: #success one", "ada", "#success one"),
        ("\x0304<ada> \x0f#success one", "ada", "#success one"),  # matterbridge with its colours
        ("<\x0312ada\x0f> #success one", "ada", "#success one"),  # discord-irc with its own
        ("<a\u200bda> #success one", "ada", "#success one"),  # so that nobody is called
        ("<@a\u200bda:e\u200bxample.org> #success one", "ada", "#success one"),  # Heisenbridge
        ("<Ada Byron> #success one", "Ada Byron", "#success one"),
        ("**<ada>** #success one", "ada", "#success one"),
        ("<ada@home> s/one/two/", "ada", "s/one/two/"),
        ("<eve> <ada> #success one", "eve", "<ada> #success one"),
        ("<eve> ada: #success one", "eve", "ada: #success one"),
        ("<\u202eada\u202c> #success one", "ada", "#success one"),
    ],
)
def test_forms(text: str, nick: str, said: str) -> None:
    assert RELAYS.speech("Bridge", "Bridge", text) == Speech(f"Bridge {nick}", nick, said)


@pytest.mark.parametrize(
    "text",
    [
        "#success one",
        "",
        "<ada>",
        "<> #success one",
        "<\u200b> #success one",
        "https://example.org #success",
        "a b: c",
    ],
)
def test_the_relay_itself(text: str) -> None:
    """What nobody is named for is nobody's."""
    assert RELAYS.speech("bridge", "bridge", text) is None


def test_everybody_else() -> None:
    for sender in ("eve", "bridge_", "@bridge:evil.org", "bridge:example.org", "bridge ada"):
        text = "<ada> #success forged"
        assert RELAYS.speech(sender, sender, text) == Speech(sender, sender, text)
    assert "bridge" not in Relays()


@pytest.mark.parametrize("text", ["<" * 100_000, "[" * 100_000, "[a] " * 50_000, "@" * 100_000, "<" + "a" * 200_000])
def test_hostile_texts_take_no_time(text: str) -> None:
    started = time.perf_counter()
    RELAYS.speech("bridge", "bridge", text)
    assert time.perf_counter() - started < 1


def test_log(tmp_path: Path) -> None:
    """A person behind the relay can correct what they told, and nobody else of that nick can."""
    log = write(
        tmp_path / "#dev" / "2026-03-14.log",
        "[15:00:00] <bridge> <ada@oftc> #success all buidls pass",
        "[15:00:10] <ada> s/all/no/",
        "[15:00:20] <bridge> [tg] <ada> s/buidls/builds/",
        "[15:00:30] <bridge> <bob> #thanks ada for it",
        "[15:00:40] <eve> <ada> #success forged",
        "[15:00:50] <bridge> <eve> <ada> #success forged again",
        "[15:01:00] <bridge> #success of nobody",
    )
    assert told(read(log, relays=RELAYS)) == [
        "2026-03-14T15:00:00 #dev ada: all builds pass",
        "2026-03-14T15:00:30 #dev bob thanks ada: for it",
    ]
    assert told(read(log)) == ["2026-03-14T15:01:00 #dev bridge: of nobody"]


def test_export_of_a_room(tmp_path: Path) -> None:
    """On Matrix a relay is known by its ID, which nobody else can have; it can edit what it passed on."""
    bridge, other = "@bridge:example.org", "@bridge:evil.org"
    export = room(
        message("<ada> #success all buidls pass", 1, bridge),
        edit("<ada> #success all builds pass", 2, of=1, sender=bridge),
        edit("<eve> #success taken over", 3, of=1, sender=bridge),
        message("<ada> #success forged", 4, other),
    )
    (tmp_path / "room.json").write_text(export, encoding="utf-8")
    assert told(read(tmp_path / "room.json", relays=RELAYS)) == ["2026-03-14T15:00:01 #dev ada: all builds pass"]
