"""Exports that are malformed, too large, or meant to do harm: a problem with its place, and never more than that."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sphinxext.digest.gather.chat import files, stream
from sphinxext.digest.gather.chat.reader import is_line, opens
from sphinxext.digest.gather.chat.stream import open_json

from ..irc.logs import told
from .exports import (
    DISCORD,
    MATTERMOST,
    ROCKET_EXPORT,
    ROCKET_TABLES,
    SLACK,
    TELEGRAM,
    TELEGRAM_ALL,
    ZULIP,
    discord_message,
    pack,
    read,
    slack_message,
    write,
    write_lines,
)

EXPORTS: dict[str, dict[str, object]] = {
    "slack": {**SLACK},
    "discord": {"x.json": DISCORD},
    "zulip": {**ZULIP},
    "telegram": {"x.json": TELEGRAM},
    "telegram-all": {"x.json": TELEGRAM_ALL},
    "rocket": {"x.json": {"messages": ROCKET_TABLES["messages.json"]}},
}
LINES = {"mattermost": MATTERMOST, "rocket": ROCKET_EXPORT, "tables": ROCKET_TABLES["messages.json"]}
WRONG: tuple[object, ...] = (
    None, True, -1, 10**30, 1e308, "", "x" * 500, [], {}, [[]], {"a": {}}, [None], "\ud800", "9" * 15, {"$date": {}},
)  # fmt: skip


def wrong_somewhere(value: object) -> Iterator[object]:
    """A value with each of its parts replaced by everything that is wrong, one after the other."""
    yield from WRONG
    if isinstance(value, dict):
        for key, part in value.items():
            yield {name: other for name, other in value.items() if name != key}
            for other in wrong_somewhere(part):
                yield {**value, key: other}
    elif isinstance(value, list):
        for number, part in enumerate(value):
            for other in wrong_somewhere(part):
                yield [*value[:number], other, *value[number + 1 :]]


@pytest.mark.parametrize("name", EXPORTS)
def test_wrong_types(tmp_path: Path, name: str) -> None:
    """Whatever is wrong in one file, the command goes on."""
    count = 0
    for file, value in EXPORTS[name].items():
        others = list(wrong_somewhere(value))
        for other in random.Random(1).sample(others, min(20, len(others))):
            folder = write(tmp_path / str(count), {**EXPORTS[name], file: other})
            told(read(folder))
            count += 1
    assert count


@pytest.mark.parametrize("name", LINES)
def test_wrong_types_in_lines(tmp_path: Path, name: str) -> None:
    values = LINES[name]
    others = [(number, other) for number, value in enumerate(values) for other in wrong_somewhere(value)]
    for count, (number, other) in enumerate(random.Random(1).sample(others, 20)):
        lines = [*values[:number], other, *values[number + 1 :]]
        told(read(write_lines(tmp_path / f"{count}.json", lines)))  # type: ignore[arg-type]


def test_a_message_that_is_wrong_leaves_the_others(tmp_path: Path) -> None:
    messages = [
        discord_message("#success No time", number=1, timestamp="yesterday"),
        discord_message("#success Nobody", number=2, author=None),
        discord_message("#success Fine", number=3),
    ]
    path = write(tmp_path, {"x.json": {**DISCORD, "messages": messages}}) / "x.json"
    collector = read(path)
    assert told(collector) == ["2026-03-14T15:00:03 #dev Ada Byron: Fine"]
    [problem] = collector.problems
    assert str(problem).startswith(f"{path}:31:1: bad-record a message has no valid time")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("[" * 100_000, "1:2", "nested too deeply"),
        ('{"messages": [\n{"id": 1},\n{"id" 2}]}', "3:7", "Expecting ':'"),
        ('{"messages": [\n{"id": 1}\n{"id": 2}]}', "3:1", "a comma or ]"),
        ('{"guild": {}, "channel": {}, "messages": [\n{"id": 1', "2:9", "Expecting ',' delimiter"),
        ("{1: 2}", "1:3", "a key and a colon"),
        (f'{{"id": {"9" * 5000}}}', "1:8", "integer string conversion"),
        ('[\n"' + "x" * 100, "2:1", "Unterminated string"),
    ],
)
def test_malformed_json(tmp_path: Path, text: str, place: str, message: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(text, encoding="utf-8")
    [problem] = read(path).problems
    assert str(problem).startswith(f"{path}:{place}: json-syntax is not valid JSON: ")
    assert message in problem.message


def test_what_came_before_an_error_stays(tmp_path: Path) -> None:
    path = write_lines(tmp_path / "x.jsonl", MATTERMOST)
    path.write_text(f"{path.read_text(encoding='utf-8')}\n{{\n", encoding="utf-8")
    collector = read(path)
    assert len(told(collector)) == 2
    assert [(one.line, one.column) for one in collector.problems] == [(len(MATTERMOST) + 2, 2)]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_pieces_of_any_size(size: int) -> None:
    text = json.dumps([1.5, 123456789, True, None, "ä\\u00e4\ud83d\ude00", {"a": [-1e-5]}, [], {}, False], indent=1)
    data = b"\xef\xbb\xbf" + text.encode()
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    assert [value for _, value in open_json(chunks, opens, is_line).values()] == json.loads(text)


def test_values_that_are_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MAX_VALUE", 300_000)
    for name, lead in (("x.json", '[{"ts": "1", "text": "'), ("x.jsonl", '{"type": "version"}\n{"a": "')):
        path = tmp_path / name
        path.write_text(lead + "x" * 2_000_000, encoding="utf-8")
        [problem] = read(path).problems
        assert (problem.code, "larger than 300,000" in problem.message) == ("too-large", True)


def test_no_export(tmp_path: Path) -> None:
    folder = write(tmp_path / "folder", {"package.json": {"name": "x"}, ".hidden.json": DISCORD})
    for path in (folder, folder / "package.json", tmp_path / "missing", Path("/dev/null")):
        [problem] = read(path).problems
        assert problem.code in ("not-a-log", "unreadable")
        assert problem.path == str(path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.json").touch()
    assert [read(tmp_path / name).problems[0].code for name in ("empty", "empty.json")] == ["not-a-log"] * 2


def test_names_in_archives_lead_nowhere(tmp_path: Path) -> None:
    names = ("../../x/2026.json", "/etc/dev/2026.json", "C:\\dev\\2026.json", "a/../b/2026.json", "\x1b[31m/2026.json")
    path = pack(tmp_path / "x.zip", {name: [slack_message(f"#success {name}")] for name in names})
    before = sorted(tmp_path.rglob("*"))
    assert len(told(read(path))) == len(names)
    assert sorted(tmp_path.rglob("*")) == before


def test_bombs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MIN_ALLOWED", 1_000_000)
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"{number}.json", b"[" + b" " * 3_000_000 + b"]")
    problems = read(path).problems
    assert {problem.code for problem in problems} == {"too-large"}
    assert "unpack it, and name the folder" in problems[0].message
    monkeypatch.setattr(files, "MAX_FILES", 2)
    assert "more than 2 files" in read(path).problems[0].message


def test_archives_that_are_broken(tmp_path: Path) -> None:
    data = pack(tmp_path / "x.zip", {"x.json": DISCORD}).read_bytes()
    at = data.index(b"x.json") + 40
    encrypted = bytearray(data)
    encrypted[data.index(b"PK\x01\x02") + 8] |= 1
    encrypted[6] |= 1
    damaged = data[:at] + b"\xff" * 20 + data[at + 20 :]
    for number, broken in enumerate((data[:200], damaged, bytes(encrypted), b"PK\x03\x04")):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(broken)
        [problem] = read(path).problems
        assert (problem.code, problem.path.startswith(str(path))) == ("unreadable", True)


def test_random_damage(tmp_path: Path) -> None:
    damage = random.Random(2)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("x.json", json.dumps(DISCORD))
    for data in (stored.getvalue(), json.dumps(TELEGRAM_ALL).encode()):
        for number in range(30):
            broken = bytearray(data)
            for _ in range(damage.randrange(1, 6)):
                broken[damage.randrange(len(broken))] = damage.randrange(256)
            path = tmp_path / f"{number}.bin"
            path.write_bytes(bytes(broken))
            told(read(path))
