"""Threads in exports of chats, each with the same three messages of three people, and one that is shorter."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from sphinxext.digest.gather.chat.collector import ChatCollector
from sphinxext.digest.gather.irc.collector import LogOptions
from sphinxext.digest.gather.topics import Topic

from .exports import (
    DISCORD,
    MATTERMOST,
    SLACK,
    START,
    TELEGRAM,
    ZULIP,
    discord_message,
    gitter_message,
    post,
    slack_message,
    telegram_message,
    write,
    write_lines,
)

WORDS = ("Shall we drop Python 3.10? It is old.", "Yes.", "Who still needs it?")
QUESTION, ANSWER, OTHER = WORDS


def slack(folder: Path) -> Path:
    lead = f"{START + 10}.000200"
    messages = [
        slack_message("Nobody answers this.", second=5),
        slack_message(QUESTION, second=10, thread_ts=lead),
        slack_message(ANSWER, "U2", 11, thread_ts=lead),
        slack_message(OTHER, "U3", 12, thread_ts=lead, user_profile={"display_name": "eve"}),
        slack_message("Two", second=20),
        slack_message("One answer", "U2", 21, thread_ts=f"{START + 20}.000200"),
    ]
    return write(folder, {**SLACK, "dev/2026-03-14.json": messages})


def discord(folder: Path) -> Path:
    def answer(text: str, name: str, number: int, to: int) -> dict[str, object]:
        return discord_message(text, name, number, type="Reply", reference={"messageId": f"90{to}", "channelId": "88"})

    messages = [
        discord_message(QUESTION, number=1),
        answer(ANSWER, "bob", 2, 1),
        answer(OTHER, "evelyn", 3, 2),
        discord_message("Two", number=4),
        answer("One answer", "bob", 5, 4),
    ]
    return write(folder, {"x.json": {**DISCORD, "messages": messages}})


def discord_thread(folder: Path) -> Path:
    names = ("ada", "bob", "evelyn")
    messages = [
        discord_message(text, name, number) for number, (text, name) in enumerate(zip(WORDS, names, strict=True))
    ]
    channel = {"id": "89", "type": "GuildPublicThread", "name": "dev"}
    return write(folder, {"x.json": {**DISCORD, "channel": channel, "messages": messages}})


def zulip(folder: Path) -> Path:
    people = [*ZULIP["realm.json"]["zerver_userprofile"], {"id": 13, "full_name": "eve"}]
    messages = [
        {"id": 200 + number, "sender": 11 + number % 3, "recipient": 31, "subject": topic, "content": text,
         "date_sent": START + number}
        for number, (topic, text) in enumerate([*(("dev", text) for text in WORDS), ("b", "Two"), ("b", "One answer")])
    ]  # fmt: skip
    realm = {**ZULIP["realm.json"], "zerver_userprofile": people}
    return write(folder, {"realm.json": realm, "messages-000001.json": {"zerver_message": messages}})


def mattermost(folder: Path) -> Path:
    replies = [post(ANSWER, "bob", 2), post(OTHER, "eve", 3)]
    line = {
        "type": "post",
        "post": {**post(QUESTION, second=1), "team": "gannet", "channel": "dev", "replies": replies},
    }
    alone = {"type": "post", "post": {**post("Alone", second=9), "team": "gannet", "channel": "dev"}}
    return write_lines(folder / "x.jsonl", [*MATTERMOST[:2], line, alone])


def rocket(folder: Path) -> Path:
    said = [
        ("m1", QUESTION, "ada", ""),
        ("m2", ANSWER, "bob", "m1"),
        ("m3", OTHER, "eve", "m1"),
        ("m4", "Alone", "eve", ""),
    ]
    lines = [
        {"_id": name, "rid": "R1", "msg": text, "ts": {"$date": f"2026-03-14T15:00:0{number}.000Z"},
         "u": {"username": who}, **({"tmid": lead} if lead else {})}
        for number, (name, text, who, lead) in enumerate(said)
    ]  # fmt: skip
    write_lines(folder / "rooms.json", [{"_id": "R1", "t": "c", "name": "dev"}])
    write_lines(folder / "messages.json", lines)
    return folder


def gitter(folder: Path) -> Path:
    lead = {"parentId": "g1"}
    messages = [gitter_message(QUESTION, "ada", 1), gitter_message(ANSWER, "bob", 2, **lead),
                gitter_message(OTHER, "evelyn", 3, **lead), gitter_message("Alone", "bob", 4)]  # fmt: skip
    return write(folder, {"dev.json": messages})


def telegram(folder: Path) -> Path:
    messages = [
        telegram_message(QUESTION, 1),
        telegram_message(ANSWER, 2, "bob", reply_to_message_id=501),
        telegram_message(OTHER, 3, "evelyn", reply_to_message_id=502),
        telegram_message("Alone", 4),
    ]
    return write(folder, {"result.json": {**TELEGRAM, "messages": messages}})


def matrix(folder: Path) -> Path:
    def event(number: int, who: str, text: str, **content: object) -> dict[str, object]:
        return {"type": "m.room.message", "event_id": f"${number}", "sender": f"@{who}:e.org", "room_id": "!r:e.org",
                "origin_server_ts": (START + number) * 1000,
                "content": {"msgtype": "m.text", "body": text, **content}}  # fmt: skip

    thread = {"rel_type": "m.thread", "event_id": "$1", "is_falling_back": True, "m.in_reply_to": {"event_id": "$2"}}
    answer = {"m.in_reply_to": {"event_id": "$1"}}
    edit = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}
    events = [
        event(1, "ada", "Shall we drop?"),
        event(2, "bob", f"> <@ada:e.org> Shall we drop?\n\n{ANSWER}", **{"m.relates_to": answer}),
        event(3, "eve", OTHER, **{"m.relates_to": thread}),
        event(4, "ada", "* x", **{**edit, "m.new_content": {"msgtype": "m.text", "body": QUESTION}}),
        event(5, "ada", "Alone"),
    ]  # fmt: skip
    return write(folder, {"x.json": {"room_name": "dev", "messages": events}})


EXPORTS = (slack, discord, discord_thread, zulip, mattermost, rocket, gitter, telegram, matrix)


def threads(export: Path, wanted: int = 1, **options: object) -> list[Topic]:
    chats = ChatCollector(LogOptions(**options), wanted)  # type: ignore[arg-type]
    chats.read_export(str(export))
    assert chats.problems == []
    return sorted(chats.topics, key=lambda topic: -len(topic.messages))


@pytest.mark.parametrize("make", EXPORTS, ids=lambda make: make.__name__)
def test_threads_of_answers(tmp_path: Path, make: object) -> None:
    topic, *others = threads(make(tmp_path / "export"))  # type: ignore[operator]
    assert [message.text for message in topic.messages if message.replaces is None][1:] == [ANSWER, OTHER]
    assert topic.title == ("dev" if make in (zulip, discord_thread) else "Shall we drop Python 3.10?")
    assert len({message.nick for message in topic.messages}) == 3
    assert topic.tags == ("dev",)
    assert all(len(other.messages) == 2 for other in others)


def test_other_days_do_not_count(tmp_path: Path) -> None:
    assert threads(slack(tmp_path / "a"), since=date(2026, 3, 15)) == []
    assert threads(slack(tmp_path / "a"), since=date(2026, 3, 14)) != []


def test_answers_that_go_in_a_circle(tmp_path: Path) -> None:
    messages = [
        telegram_message("x", number, reply_to_message_id=500 + other) for number, other in ((1, 2), (2, 1), (3, 3))
    ]
    found = threads(write(tmp_path / "x", {"result.json": {**TELEGRAM, "messages": messages}}))
    assert sum(len(topic.messages) for topic in found) == 3


def test_links_are_those_of_the_messages(tmp_path: Path) -> None:
    (topic, *_) = threads(slack(tmp_path / "a"), url="https://x.slack.com/archives/{channel-id}/p{id}")
    assert topic.url == f"https://x.slack.com/archives/C1/p{START + 10}000200"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="other systems count the memory of the parent as well")
def test_a_million_messages_need_little_memory(tmp_path: Path) -> None:
    """Of those that answer something two numbers are kept, of all others nothing."""
    with (tmp_path / "result.json").open("w", encoding="utf-8") as file:
        head = json.dumps({key: value for key, value in TELEGRAM.items() if key != "messages"})
        file.write(f'{head[:-1]}, "messages": [')
        for number in range(1_000_000):
            who = {"from": f"P{number % 50}", "from_id": f"user{number % 50}"}
            answer = {"reply_to_message_id": number - 1 - number % 7} if number % 3 else {}
            stamp = {"type": "message", "date_unixtime": str(START + number)}
            file.write(
                "," * bool(number) + json.dumps({"id": number, **stamp, **who, "text": f"Words {number}", **answer})
            )
        file.write("]}")
    code = (
        "import sys\n"
        "from sphinxext.digest.gather.chat.collector import ChatCollector\n"
        "from sphinxext.digest.gather.irc.collector import LogOptions\n"
        "chats = ChatCollector(LogOptions(), 5)\nchats.read_export(sys.argv[1])\nassert chats.topics\n"
        "print(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "result.json"], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) / 1024 < 150
