"""Exports of each kind: who said what, when, where, to whom."""

from __future__ import annotations

import json
import time
import tracemalloc
from pathlib import Path

import pytest

from sphinxext.digest.gather.chat.markup import discord_text, slack_text, telegram_text, zulip_text
from sphinxext.digest.gather.chat.message import iso_time, mongo_time, seconds

from ..irc.logs import edit, heard, message, room
from .exports import (
    DISCORD,
    GITTER,
    MATTERMOST,
    ROCKET_EXPORT,
    ROCKET_TABLES,
    SLACK,
    START,
    TELEGRAM,
    TELEGRAM_ALL,
    ZULIP,
    discord_message,
    pack,
    post,
    read,
    said,
    slack_message,
    telegram_message,
    write,
    write_lines,
)

SUCCESS, THANKS = "2026-03-14T15:00:01 #dev", "2026-03-14T15:00:03 #dev bob thanks"


def test_slack(tmp_path: Path) -> None:
    expected = [
        f"{SUCCESS} Ada Byron: Docs build <quickly> in #dev, see https://example.org/a",
        f"{THANKS} Ada Byron: for the review (https://example.org/b)",
    ]
    folder = write(tmp_path / "slack", SLACK)
    assert said(folder) == expected
    assert said(pack(tmp_path / "a.zip", SLACK)) == expected
    assert said(pack(tmp_path / "b.zip", SLACK, "Gannet export/")) == expected
    # private channels are named on purpose only
    assert said(folder, channel="core") == ["2026-03-14T15:00:00 #core Ada Byron: Secret"]
    links = [one.url for one in heard(read(folder, url="https://gannet.slack.com/archives/{channel-id}/p{id}"))]
    assert links == [f"https://gannet.slack.com/archives/C1/p{START + second}000200" for second in (1, 3)]


def test_a_day_of_slack_alone(tmp_path: Path) -> None:
    profile = {"display_name": "ada", "real_name": "Ada Byron"}
    folder = write(tmp_path / "dev", {"x.json": [slack_message("#thanks <@U2|bob> a lot", user_profile=profile)]})
    assert said(folder / "x.json") == ["2026-03-14T15:00:00 #dev ada thanks bob: a lot"]


def test_discord(tmp_path: Path) -> None:
    write(tmp_path, {"x.json": DISCORD})
    assert said(tmp_path / "x.json") == [
        f"{SUCCESS} Ada Byron: Docs build quickly :tada:",
        "2026-03-14T15:00:02 #dev bob thanks Ada Byron: for the review",
        f"{THANKS} Ada Byron: for more",
    ]
    assert [one.url for one in heard(read(tmp_path))][:1] == ["https://discord.com/channels/77/88/901"]
    direct = {**DISCORD, "guild": {"id": "0"}, "channel": {"id": "5", "type": "DirectTextChat", "name": "bob"}}
    assert said(write(tmp_path / "direct", {"x.json": direct})) == []


def test_zulip(tmp_path: Path) -> None:
    folder = write(tmp_path, ZULIP)
    assert said(folder) == [
        "2026-03-14T15:00:00 #dev bob thanks Ada Byron: for it",
        f"{SUCCESS} Ada Byron: Docs build quickly in #dev > docs",
        f"{THANKS} bob: for that",
    ]
    [first] = [one for one in heard(read(folder)) if not one.command.recipient]
    assert first.command.text == "Docs build"
    template = "https://chat.example.org/#narrow/channel/{channel-id}/near/{id}"
    assert [one.url for one in heard(read(folder, url=template))][1] == (
        "https://chat.example.org/#narrow/channel/21/near/101"
    )
    assert said(folder, channel="core") == ["2026-03-14T15:00:00 #core Ada Byron: Secret"]
    alone = read(folder / "messages-000001.json")
    [problem] = alone.problems
    assert (problem.path, problem.line, problem.code) == (str(folder / "messages-000001.json"), 12, "bad-record")
    assert "name the folder with realm.json" in problem.message


def test_mattermost(tmp_path: Path) -> None:
    expected = [f"{SUCCESS} ada: Docs build quickly", f"{THANKS} ada: for the review"]
    path = write_lines(tmp_path / "bulk.jsonl", MATTERMOST)
    assert said(path) == expected
    assert said(pack(tmp_path / "x.zip", {"import.jsonl": path.read_bytes(), "data/x.png": b"png"})) == expected
    # there is no identifier to link to
    assert heard(read(path, url="https://chat.example.org/gannet/pl/{id}"))[0].url is None
    assert heard(read(path, url="https://chat.example.org/gannet/channels/{channel}"))[0].url is not None


def test_rocket_chat(tmp_path: Path) -> None:
    expected = [f"{SUCCESS} ada: Docs build quickly", f"{THANKS} ada: for the review"]
    assert said(write_lines(tmp_path / "dev.json", ROCKET_EXPORT)) == expected
    tables = tmp_path / "tables"
    for name, values in ROCKET_TABLES.items():
        write_lines(tables / name, values)
    assert said(tables) == expected
    assert said(
        write(tmp_path / "api", {"x.json": {"success": True, "messages": ROCKET_TABLES["messages.json"][:2]}})
    ) == [line.replace("#dev", "#") for line in expected]


def test_gitter(tmp_path: Path) -> None:
    expected = [f"{SUCCESS} ada: Docs build quickly", f"{THANKS} ada: for the review"]
    assert said(write(tmp_path / "x", {"dev.json": GITTER}) / "dev.json") == expected


def test_telegram(tmp_path: Path) -> None:
    expected = [
        f"{SUCCESS} Ada Byron: Docs build quickly",
        f"{THANKS} Ada Byron: for the review (https://example.org/b)",
    ]
    path = write(tmp_path / "one", {"result.json": TELEGRAM})
    assert said(path) == expected
    assert said(write(tmp_path / "all", {"result.json": TELEGRAM_ALL})) == expected
    assert [one.url for one in heard(read(path))] == [f"https://t.me/c/1234567/50{second}" for second in (1, 3)]
    # older versions have only the time of the computer
    old = telegram_message("#success Old")
    del old["date_unixtime"]
    folder = write(tmp_path / "old", {"result.json": {**TELEGRAM, "messages": [old]}})
    assert said(folder, hours=2) == ["2026-03-14T15:00:00 #dev Ada Byron: Old"]


def test_matrix(tmp_path: Path) -> None:
    events = (
        message("hello", 1),
        message("#success Old", 2),
        edit("#success From an edit", 3, 1),
        edit("#success New", 4, 2),
    )
    (tmp_path / "x.json").write_text(room(*events), encoding="utf-8")
    assert said(tmp_path) == ["2026-03-14T15:00:01 #dev ada: From an edit", "2026-03-14T15:00:02 #dev ada: New"]


def test_days_and_channels(tmp_path: Path) -> None:
    path = write(tmp_path, {"x.json": DISCORD}) / "x.json"
    assert said(path, channel="DEV") != []
    assert said(path, channel="other") == []
    rocket = write_lines(tmp_path / "x" / "api.json", [{**line, "_id": "1", "rid": "R"} for line in ROCKET_EXPORT[:1]])
    assert said(rocket, channel="dev") == []
    assert said(rocket, channel="api") == ["2026-03-14T15:00:01 #api ada: Docs build quickly"]


def test_corrections_and_what_was_said_between(tmp_path: Path) -> None:
    lines = [
        post("#success We built the dcos", second=1),
        post("We need more dcos", second=2),
        post("s/dcos/docs/", second=3),
        post("s/We/They/", second=4),
        post("#success We built it", "bob", second=5),
        post("s/built/made/", "bob", second=600),
    ]
    posts: list[dict[str, object]] = [{"type": "version", "version": 1}]
    # not in the order of their times, as the server does not promise one
    posts += [{"type": "post", "post": {**line, "channel": "dev"}} for line in (*lines[3:], *lines[:3])]
    # 'dcos' was said once more, so the first correction is about that
    expected = ["2026-03-14T15:00:01 #dev ada: They built the dcos", "2026-03-14T15:00:05 #dev bob: We built it"]
    assert said(write_lines(tmp_path / "x.jsonl", posts)) == expected
    assert said(write_lines(tmp_path / "y.jsonl", [posts[0], *posts[4:], *posts[1:4]])) == expected


def test_texts() -> None:
    people = {"U1": "Ada Byron", "1": "Ann", "2": "Anna"}
    assert slack_text("<!here> <!subteam^S1|@docs> <#C9> <@U9> <mailto:a@example.org|write>", people, {}.get) == (
        "@here @docs #C9 U9 write (a@example.org)"
    )
    assert slack_text("&amp;lt; <https://example.org>", {}, {}.get) == "&lt; https://example.org"
    assert discord_text("<@2> @Anna @Ann <@&7> <@9>", people) == "Anna Anna Ann <@&7> @9"
    assert zulip_text("@**all** @**|1** @**|9** #**a** **b**", people) == "all Ann @**|9** #a **b**"
    assert [telegram_text(value) for value in (None, 1, [], {}, [None, 1, "a"])] == ["", "", "", "", "a"]


@pytest.mark.parametrize(
    "value", [None, True, "", "x", [], {}, -1, 1e999, float("nan"), 10**400, 10**18, "9" * 400, "1" * 15, -(10**20)]
)
def test_times_that_are_none(value: object) -> None:
    assert seconds(value) is None
    assert iso_time(value) is None
    assert mongo_time({"$date": {"$numberLong": value}}) is None
    assert mongo_time({"$date": value}) is None


def test_iso_times_that_are_none() -> None:
    for text in ("2026-03-14", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-13-01T00:00:00Z"):
        assert iso_time(text) is None


@pytest.mark.slow
def test_many_messages(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    number = 30_000
    with path.open("w", encoding="utf-8") as stream:
        stream.write(json.dumps({**DISCORD, "messages": []})[: -len('], "messageCount": 4}')])
        texts = (json.dumps(discord_message(f"hello {count}")) for count in range(number))
        stream.write(",\n".join([*texts, json.dumps(discord_message("#success The last one"))]))
        stream.write("]}")
    tracemalloc.start()
    try:
        assert said(path) == ["2026-03-14T15:00:00 #dev Ada Byron: The last one"]
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    start = time.process_time()
    read(path)
    assert time.process_time() - start < number / 10_000
