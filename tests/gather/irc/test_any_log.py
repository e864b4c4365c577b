"""Any bytes at all: read in a time that their number bounds, and never with an exception."""

from __future__ import annotations

import gzip
import io
import json
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.gather.irc.collector import Collector, LogOptions
from sphinxext.digest.gather.irc.sources import LogSource

from .test_formats import HTML, SUPYBOT, ZNC

LINES = st.sampled_from(
    [
        *SUPYBOT,
        *ZNC,
        *HTML,
        "--- Log opened Fri Mar 13 23:50:00 2026",
        "--- Day changed Sat Feb 31 2026",
        "15:02 <@ada> #success It",
        "2026-03-14 15:02:11\tada\t#thanks bob for it",
        '{"messages": [',
        "2026-03-14T15:02:11  <\x1b> #success \x1b]",
    ]
)
JUNK = st.one_of(
    st.binary(max_size=40), st.sampled_from([b"\x00", b"\xff", b"\r", b"#success ", b"<", b"s/a/b/", b"\t"])
)
LOGS = st.lists(st.tuples(LINES, JUNK, st.integers(0, 60)), max_size=12)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), st.just("#success it")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=4,
)
KEYS = ("type", "sender", "origin_server_ts", "event_id", "room_id", "content", "unsigned", "msgtype", "body")
KEYS += (
    "m.relates_to",
    "m.in_reply_to",
    "rel_type",
    "m.new_content",
    "m.mentions",
    "user_ids",
    "formatted_body",
    "m.replace",
)
KEYS += ("state_key", "displayname", "redacts", "m.relations")
TYPES = st.sampled_from(["m.room.message", "m.room.member", "m.room.redaction", "m.room.canonical_alias"])


def collect(data: bytes) -> Collector:
    collector = Collector(LogOptions(day=date(2026, 3, 14), url="https://logs.example.org/{channel}/{date}#{time}"))
    for name in ("#dev.log", "#dev.2026-03-15.log"):
        collector.read(LogSource(name, lambda: io.BytesIO(data), len(data), "dev", None))
    for draft in collector.drafts():
        fragment, problems = read_fragment(draft.text.encode(), "x.yaml", draft.stem)
        assert fragment is not None
        assert problems == []
    return collector


@given(LOGS)
@settings(max_examples=400)
def test_lines(log: list[tuple[str, bytes, int]]) -> None:
    data = b"\n".join(line.encode()[:cut] + junk + line.encode()[cut:] for line, junk, cut in log)
    collect(data)
    collect(gzip.compress(data)[: -len(log) or None])


@given(st.binary())
def test_bytes(data: bytes) -> None:
    collect(data)


CONTENTS = st.one_of(VALUES, st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=4))


@given(
    st.lists(st.dictionaries(st.sampled_from(KEYS), CONTENTS, max_size=6), max_size=4),
    st.lists(TYPES, max_size=5),
    VALUES,
    VALUES,
)
def test_rooms(events: list[dict[str, object]], types: list[str], name: object, alias: object) -> None:
    found = [{"origin_server_ts": 1, "sender": "a", **event} for event in events]
    for event, kind in zip(found, types, strict=False):
        event["type"] = kind
    collect(json.dumps({"room_name": name, "canonical_alias": alias, "messages": found}).encode())


@pytest.mark.parametrize(
    "line",
    [
        b"<a> #success " + b"\x1b]" * 20_000,
        b"<a> #success " + b"\xc2\x9d" * 20_000 + b"\x1b",
        b"<a> #success " + b"\x03" * 60_000,
        b"<" * 60_000 + b"#success",
        b"<a> #success " + b"a" * 60_000,
        b"<a> #success " + b"`*_|:<" * 10_000,
        b"<a> s/" + b"\\a" * 30_000 + b"#success",
        b"<a> #thanks " + b"a:" * 30_000,
        b"*** " + b"a is now known as " * 3_000 + b"#success",
    ],
    ids=range(9),
)
def test_hostile_lines_take_no_longer(line: bytes) -> None:
    started = time.process_time()
    collect(b"2026-03-14T15:02:11  <a> #success aaa\n" + b"2026-03-14T15:02:11  " + line)
    page = b'<tr id="t2026-03-14T15:02:11"><th class="nick">a</th><td class="text">' + line + b"</td></tr>\n"
    collect(page)
    collect(page[:60] + line)
    assert time.process_time() - started < 5


def test_a_crowd_takes_no_longer() -> None:
    """Many nicks tell something within five minutes, each another thing and again."""
    lines = [f"2026-03-14T15:02:{i % 60:02}  <a{i % 3000}> #success {i} of {i % 7}\n" for i in range(20_000)]
    collector = Collector(LogOptions())
    data = "".join(lines).encode()
    started = time.process_time()
    collector.read(LogSource("#dev.log", lambda: io.BytesIO(data), len(data), "dev", None))
    assert time.process_time() - started < 10
