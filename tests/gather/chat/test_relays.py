"""Bots in exports of chats that say what people say elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxext.digest.gather.irc.relays import Relays

from ..irc.logs import edit, message, room
from .exports import DISCORD, START, discord_message, post, said, slack_message, write, write_lines

#: Of each user only what the chat makes unique counts: an ID, or the name to log in with.
RELAYS = Relays(["BOT7", "bridge", "900", "user7", "@bridge:example.org"])
TOLD = ["2026-03-14T15:00:01 #dev ada: all builds pass"]


def bot_of_slack(text: str, bot: str, second: int) -> dict[str, object]:
    """A message under a name that the bot chose."""
    return {"type": "message", "subtype": "bot_message", "bot_id": bot, "username": "ada"} | {
        "ts": f"{START + second}.0001",
        "text": text,
    }


def test_slack(tmp_path: Path) -> None:
    messages = [
        bot_of_slack("#success all buidls pass", "BOT7", 1),
        bot_of_slack("#success forged", "BOT8", 2),
        slack_message("s/buidls/forged/", "U9", 3, user_profile={"display_name": "ada"}),
        bot_of_slack("s/buidls/builds/", "BOT7", 4),
    ]
    write(tmp_path / "dev", {"x.json": messages})
    assert said(tmp_path / "dev" / "x.json", relays=RELAYS) == TOLD
    assert said(tmp_path / "dev" / "x.json") == []


def test_discord(tmp_path: Path) -> None:
    """A nickname is chosen freely: ``bridge`` there is anybody."""
    bridge = {"author": {"id": "900", "name": "bridge", "nickname": "bridge"}}
    messages = [
        discord_message("**<ada>** #success all buidls pass", number=1, **bridge),
        discord_message("<ada> #success forged", "bridge", 2),
        discord_message("**<bob>** s/buidls/forged/", number=3, **bridge),
        discord_message("**<ada>** s/buidls/builds/", number=4, **bridge),
    ]
    export = write(tmp_path, {"x.json": {**DISCORD, "messages": messages}}) / "x.json"
    assert said(export, relays=RELAYS) == TOLD


@pytest.mark.parametrize(
    ("text", "others"),
    [("<ada@irc> {}", {}), ("{}", {"props": {"override_username": "ada"}}), ("[irc] <ada> {}", {"props": "broken"})],
)
def test_mattermost(tmp_path: Path, text: str, others: dict[str, object]) -> None:
    posts: list[dict[str, object]] = [
        post(text.format("#success all buidls pass"), "bridge", 1, **others),
        post(text.format("#success forged"), "eve", 2, props={"override_username": "bridge"}),
        post(text.format("s/buidls/builds/"), "bridge", 3, **others),
    ]
    lines: list[dict[str, object]] = [{"type": "version", "version": 1}]
    lines += [{"type": "post", "post": {**line, "channel": "dev"}} for line in posts]
    told = said(write_lines(tmp_path / "bulk.jsonl", lines), relays=RELAYS)
    assert told[0] == TOLD[0]
    assert all(" eve: " in line for line in told[1:])


def test_rocket_chat(tmp_path: Path) -> None:
    def line(text: str, user: str, second: int, **others: object) -> dict[str, object]:
        return {"msg": text, "ts": f"2026-03-14T15:00:{second:02}.000Z", "username": user, **others}

    lines = [
        line("#success all buidls pass", "bridge", 1, alias="ada"),
        line("#success forged", "eve", 2, alias="bridge"),
        line("s/buidls/builds/", "bridge", 3, alias="ada"),
        line("[irc] <bob> #success said in the text", "bridge", 4),
    ]
    assert said(write_lines(tmp_path / "dev.json", lines), relays=RELAYS) == [
        *TOLD,
        "2026-03-14T15:00:02 #dev eve: forged",
        "2026-03-14T15:00:04 #dev bob: said in the text",
    ]


def test_matrix(tmp_path: Path) -> None:
    bridge = "@bridge:example.org"
    export = room(
        message("<ada> #success all buidls pass", 1, bridge),
        edit("<ada> #success all builds pass", 2, of=1, sender=bridge),
        message("<ada> #success forged", 3, "@bridge:evil.org"),
    )
    (tmp_path / "room.json").write_text(export, encoding="utf-8")
    assert said(tmp_path / "room.json", relays=RELAYS) == TOLD
