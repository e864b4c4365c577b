"""Small exports of each kind, as their programs write them. In each, Ada Byron and bob tell the same."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from sphinxext.digest.gather.chat.collector import ChatCollector
from sphinxext.digest.gather.irc.collector import LogOptions
from sphinxext.digest.problems import DigestError

from ..irc.logs import told

#: 2026-03-14T15:00:00Z.
START = 1773500400


def slack_message(text: str, user: str = "U1", second: int = 0, **others: object) -> dict[str, object]:
    return {"type": "message", "user": user, "ts": f"{START + second}.000200", "text": text, **others}


SLACK = {
    "users.json": [
        {"id": "U1", "name": "ada.b", "profile": {"display_name": "", "real_name": "Ada Byron"}, "deleted": False},
        {"id": "U2", "name": "robert", "real_name": "Robert R.", "profile": {"display_name": "bob"}},
    ],
    "channels.json": [{"id": "C1", "name": "dev", "created": 1, "members": ["U1", "U2"], "is_archived": False}],
    "groups.json": [{"id": "C2", "name": "core", "created": 1, "members": ["U1"]}],
    "dms.json": [{"id": "D12345678", "created": 1, "members": ["U1", "U2"]}],
    "dev/2026-03-14.json": [
        {
            "type": "message",
            "subtype": "channel_join",
            "user": "U1",
            "ts": f"{START}.000100",
            "text": "#success joined",
        },
        slack_message(
            "#success Docs build &lt;fast&gt; in <#C1|dev>, see <https://example.org/a|example.org>", second=1
        ),
        slack_message("s/fast/quickly/", second=2),
        slack_message("#thanks <@U1> for the <https://example.org/b|review>", "U2", 3, edited={"user": "U2"}),
    ],
    "core/2026-03-14.json": [slack_message("#success Secret")],
    "D12345678/2026-03-14.json": [slack_message("#success Between us")],
    "integration_logs.json": [{"user_id": "U1", "date": "1"}],
}


def discord_message(text: str, name: str = "ada", number: int = 0, **others: object) -> dict[str, object]:
    return {
        "id": f"90{number}",
        "type": "Default",
        "timestamp": f"2026-03-14T16:00:{number:02}.1234567+01:00",
        "timestampEdited": None,
        "content": text,
        "author": {"id": f"1{len(name)}", "name": name, "nickname": "Ada Byron" if name == "ada" else name},
        "mentions": [],
        **others,
    }


DISCORD = {
    "guild": {"id": "77", "name": "Gannet", "iconUrl": "https://example.org/x.png"},
    "channel": {"id": "88", "type": "GuildTextChat", "categoryId": "1", "name": "dev", "topic": None},
    "dateRange": {"after": None, "before": None},
    "messages": [
        discord_message("#success Docs build quickly <:tada:123>", number=1),
        discord_message(
            "#thanks <@!13> for the review", "bob", 2, mentions=[{"id": "13", "name": "ada", "nickname": "Ada Byron"}]
        ),
        discord_message(
            "#thanks @Ada Byron: for more", "bob", 3, mentions=[{"id": "13", "name": "ada", "nickname": "Ada Byron"}]
        ),
        discord_message("#success pinned", number=4, type="ChannelPinnedMessage"),
    ],
    "messageCount": 4,
}


def zulip_message(text: str, sender: int, recipient: int, second: int = 0) -> dict[str, object]:
    return {"id": 102, "sender": sender, "recipient": recipient, "content": text, "date_sent": START + second}


ZULIP = {
    "realm.json": {
        "zerver_realm": [{"id": 1, "string_id": "gannet", "name": "Gannet"}],
        "zerver_userprofile": [{"id": 11, "full_name": "Ada Byron"}, {"id": 12, "full_name": "bob"}],
        "zerver_stream": [
            {"id": 21, "name": "dev", "invite_only": False},
            {"id": 22, "name": "core", "invite_only": True},
        ],
        "zerver_recipient": [
            {"id": 31, "type": 2, "type_id": 21},
            {"id": 32, "type": 2, "type_id": 22},
            {"id": 33, "type": 1, "type_id": 11},
        ],
    },
    "messages-000001.json": {
        "zerver_message": [
            {
                "id": 101,
                "sender": 11,
                "recipient": 31,
                "subject": "docs",
                "content": "#success Docs build quickly in #**dev>docs**",
                "date_sent": START + 1.5,
                "last_edit_time": START + 9.0,
                "edit_history": json.dumps([{"prev_content": "#success Docs build", "timestamp": START + 9}]),
            },
            {
                "id": 102,
                "sender": 12,
                "recipient": 31,
                "content": "#thanks @**Ada Byron|11** for it",
                "date_sent": START,
            },
            {
                "id": 103,
                "sender": 12,
                "recipient": 31,
                "content": "#thanks @_**bob**: for that",
                "date_sent": START + 3,
            },
            {"id": 104, "sender": 11, "recipient": 32, "content": "#success Secret", "date_sent": START},
            {"id": 105, "sender": 11, "recipient": 33, "content": "#success Between us", "date_sent": START},
        ],
        "zerver_usermessage": [{"id": 1, "message": 101}],
    },
}


def post(text: str, user: str = "ada", second: int = 0, **others: object) -> dict[str, object]:
    return {"user": user, "message": text, "create_at": (START + second) * 1000, **others}


MATTERMOST = [
    {"type": "version", "version": 1},
    {"type": "channel", "channel": {"team": "gannet", "name": "dev", "display_name": "Dev", "type": "O"}},
    {"type": "channel", "channel": {"team": "gannet", "name": "core", "display_name": "Core", "type": "P"}},
    {"type": "user", "user": {"username": "ada", "nickname": ""}},
    {
        "type": "post",
        "post": {
            **post("#success Docs build quickly", second=1),
            "team": "gannet",
            "channel": "dev",
            "replies": [post("#thanks @ada for the review", "bob", 3)],
        },
    },
    {"type": "post", "post": {**post("#success joined", type="system_join"), "team": "gannet", "channel": "dev"}},
    {"type": "post", "post": {**post("#success Secret"), "team": "gannet", "channel": "core"}},
    {"type": "direct_post", "direct_post": {**post("#success Between us"), "channel_members": ["ada", "bob"]}},
]

ROCKET_EXPORT = [
    {"msg": "#success Docs build quickly", "username": "ada", "ts": "2026-03-14T15:00:01.000Z"},
    {"msg": "#success joined", "username": "ada", "ts": "2026-03-14T15:00:02.000Z", "type": "uj"},
    {"msg": "#thanks @ada for the review", "username": "bob", "ts": "2026-03-14T15:00:03.000Z", "attachments": []},
]
ROCKET_TABLES = {
    "messages.json": [
        {
            "_id": "m1",
            "rid": "R1",
            "msg": "#success Docs build quickly",
            "ts": {"$date": "2026-03-14T15:00:01.000Z"},
            "u": {"_id": "u1", "username": "ada", "name": "Ada Byron"},
        },
        {
            "_id": "m2",
            "rid": "R1",
            "msg": "#thanks @ada for the review",
            "ts": {"$date": {"$numberLong": str((START + 3) * 1000)}},
            "u": {"_id": "u2", "username": "bob"},
        },
        {"_id": "m3", "rid": "R2", "msg": "#success Secret", "ts": {"$date": START * 1000}, "u": {"username": "ada"}},
    ],
    "rooms.json": [{"_id": "R1", "t": "c", "name": "dev"}, {"_id": "R2", "t": "p", "name": "core"}],
}


def gitter_message(text: str, who: str = "ada", second: int = 0, **others: object) -> dict[str, object]:
    user = {"id": f"u{len(who)}", "username": who, "displayName": who.title()}
    sent = f"2026-03-14T15:00:0{second}.000Z"
    return {"id": f"g{second}", "text": text, "html": text, "sent": sent, "fromUser": user, "unread": False, **others}


GITTER = [
    gitter_message("#success Docs build quickly", second=1),
    gitter_message("#thanks @ada for the review", "bob", 3),
]


def telegram_message(text: object, second: int = 0, name: str = "Ada Byron", **others: object) -> dict[str, object]:
    return {
        "id": 500 + second,
        "type": "message",
        "date": f"2026-03-14T17:00:{second:02}",
        "date_unixtime": str(START + second),
        "from": name,
        "from_id": f"user{len(name)}",
        "text": text,
        "text_entities": [],
        **others,
    }


TELEGRAM: dict[str, object] = {
    "name": "dev",
    "type": "public_supergroup",
    "id": 1234567,
    "messages": [
        {
            "id": 1,
            "type": "service",
            "date": "2026-03-14T17:00:00",
            "actor": "Ada",
            "action": "invite_members",
            "text": "",
        },
        telegram_message([{"type": "hashtag", "text": "#success"}, " Docs build quickly"], 1),
        telegram_message(
            [
                {"type": "hashtag", "text": "#thanks"},
                " ",
                {"type": "mention_name", "text": "Ada Byron", "user_id": 9},
                " for the ",
                {"type": "text_link", "text": "review", "href": "https://example.org/b"},
            ],
            3,
            "bob",
        ),
        telegram_message("#success forwarded", 4, forwarded_from="Somebody"),
    ],
}
TELEGRAM_ALL = {
    "about": "Here is the data you requested.",
    "chats": {
        "about": "",
        "list": [
            {"name": "Bob", "type": "personal_chat", "id": 9, "messages": [telegram_message("#success Between us")]},
            {"type": "personal_chat", "id": 10, "messages": [telegram_message("#success Between us")]},
            TELEGRAM,
        ],
    },
}


def write(folder: Path, files: Mapping[str, object]) -> Path:
    """A folder with JSON files."""
    for name, value in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value, indent=1), encoding="utf-8")
    return folder


def write_lines(path: Path, values: list[dict[str, object]]) -> Path:
    """A file with an object in each line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{json.dumps(value)}\n" for value in values), encoding="utf-8")
    return path


def pack(path: Path, files: Mapping[str, object], lead: str = "") -> Path:
    """A zip archive with JSON files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in files.items():
            archive.writestr(f"{lead}{name}", value if isinstance(value, bytes) else json.dumps(value))
    return path


def read(*exports: Path, **options: object) -> ChatCollector:
    """Read exports."""
    offset = timedelta(hours=float(str(options.pop("hours", 0))))
    collector = ChatCollector(LogOptions(offset=offset, **options))  # type: ignore[arg-type]
    for export in exports:
        try:
            collector.read_export(str(export))
        except DigestError as error:
            collector.problems += error.problems
    return collector


def said(*exports: Path, **options: object) -> list[str]:
    """What was told, as lines ``time #channel nick: text``, where nothing is wrong with the exports."""
    collector = read(*exports, **options)
    assert collector.problems == []
    return told(collector)
