"""What is a success, and what it becomes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.gather.irc import Command, CommandKind, TrackedCommand, draft_success, parse
from sphinxext.digest.model import Success
from sphinxext.digest.text import decode_line, visible_text

NOON = datetime(2026, 3, 14, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("#success Got it", "Got it"),
        ("#success   Got\tit \xa0 all ", "Got it all"),
        ("#success: Got it", "Got it"),
        ("#success, Got it", "Got it"),
        ("#success 13.0.0.0b1", "13.0.0.0b1"),
        ("#success \N{PARTY POPPER}", "\N{PARTY POPPER}"),
        ("\x02#success\x02 \x0304,12Got\x03 \x1b[31mit\x1b[0m\x00", "Got it"),
        ("#success a\u202eb\u2069c", "abc"),
    ],
)
def test_success(message: str, text: str) -> None:
    assert parse(message) == Command(CommandKind.SUCCESS, None, text)


@pytest.mark.parametrize(
    ("message", "recipient", "text"),
    [
        ("#thanks fungi for the mirrors", "fungi", "for the mirrors"),
        ("#thanks fungi: for the mirrors", "fungi", "for the mirrors"),
        ("#thanks  @fungi,  for  all", "fungi", "for all"),
        ("#thanks @fungi:example.org for all", "fungi", "for all"),
    ],
)
def test_thanks(message: str, recipient: str, text: str) -> None:
    assert parse(message) == Command(CommandKind.THANKS, recipient, text)


@pytest.mark.parametrize(
    "message",
    [
        "#thanks ada, bob and eve for the reviews",
        "#thanks: @ada, @bob, and @eve: for the reviews",
        "#thanks ada, bob, ada & eve, for the reviews",
        "#thanks @ada:example.org, @bob:example.org and @eve:example.org for the reviews",
    ],
)
def test_thanks_to_several(message: str) -> None:
    command = parse(message)
    assert command == Command(CommandKind.THANKS, "ada", "for the reviews", ("bob", "eve"))
    draft = draft_success(TrackedCommand("zoe", "dev", NOON, command))
    fragment, problems = read_fragment(draft.text.encode(), "x.yaml", draft.stem)
    assert fragment is not None and not problems
    assert [(str(note.thanks), note.text.value) for note in fragment.notes if isinstance(note, Success)] == [
        (nick, "for the reviews") for nick in ("ada", "bob", "eve")
    ]


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("#thanks ada bob for it", "bob for it"),
        ("#thanks ada and bob for it", "and bob for it"),
        ("#thanks ada, bob for it", "bob for it"),
        ("#thanks ada, nice and quick work", "nice and quick work"),
        ("#thanks ada, bob and everyone for it", "bob and everyone for it"),
        ("#thanks ada, bob and everyone else for it", "bob and everyone else for it"),
        ("#thanks ada, ada and ada for it", "ada and ada for it"),
        ("#thanks ada, builds and docs: all green", "builds and docs: all green"),
    ],
)
def test_thanks_to_one(message: str, text: str) -> None:
    assert parse(message) == Command(CommandKind.THANKS, "ada", text)


@pytest.mark.parametrize(
    "message",
    [
        *("", "#success", "#success ", "#success:", "#success \x02\x0f", "#success ...", "#success \u200b"),
        *("#successful release", "#success-story told", "#success_x y", "#successes a", "##success x", "#Success x"),
        *(" #success led by a space", "so #success is great", "nick: #success x", "success x"),
        *("#thanks", "#thanks fungi", "#thanks : x", "#thankss fungi x", "-= THIS MESSAGE NOT LOGGED =-"),
        "nick: Added success to Success page (https://wiki.example.org/Successes)",
    ],
)
def test_none(message: str) -> None:
    assert parse(message) is None


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Grüße".encode(), "Grüße"),
        (b"Gr\xfc\xdfe", "Grüße"),
        ("Grüße \N{HOT BEVERAGE}".encode()[:-1], "Grüße \ufffd\ufffd"),
    ],
)
def test_bytes_of_a_line(data: bytes, text: str) -> None:
    assert decode_line(data) == text


@given(st.text(), st.text(st.sampled_from("\x1b\x03\x04[]0123;,m\x07\\(Bab ")))
def test_visible_text_has_nothing_unseen(text: str, codes: str) -> None:
    found = visible_text(text + codes)
    assert found == visible_text(found) == " ".join(found.split())
    assert not any(ord(character) < 32 or 127 <= ord(character) < 160 for character in found)


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    visible_text(decode_line(data)).encode()


def test_identity_is_that_of_the_event() -> None:
    command = Command(CommandKind.SUCCESS, None, "Got it")

    def identity(channel: str | None = "dev", moment: datetime = NOON, nick: str = "ada", **others: object) -> str:
        return TrackedCommand(nick, channel, moment, command, **others).identity  # type: ignore[arg-type]

    first = identity()
    assert first == "0ad73512ac500fc1"
    # the clock of a bot and that of a log differ by seconds, and a log may have no seconds or another zone
    assert identity(moment=NOON - timedelta(seconds=5)) == first
    assert identity(moment=NOON.astimezone(timezone(timedelta(hours=13)))) == first
    assert identity(channel="#Dev") == identity(nick="Ada") == first
    others = [identity(channel="x"), identity(channel=None), identity(nick="x"), identity(repeat=2)]
    others += [identity(moment=NOON + timedelta(days=1))]
    assert len({first, *others}) == 6


def test_draft() -> None:
    command = Command(CommandKind.THANKS, "fungi", "for `all`")
    tracked = TrackedCommand("ada", "#dev", NOON, command, "https://logs.example.org/1")
    draft = draft_success(tracked, comment=["a \x1b[1mnote\nof two lines"])
    assert draft.stem == f"for-all-{tracked.identity}"
    assert draft.text == (
        "# a note of two lines\n---\ndraft: true\nsuccesses:\n  - nick: ada\n    thanks: fungi\n"
        "    text: for \\`all\\`\n    channel: dev\n"
        "    url: https://logs.example.org/1\n    date: 2026-03-14T12:00:05Z\n"
    )


@given(st.text(max_size=300), st.text(max_size=30), st.one_of(st.none(), st.text(max_size=30)))
def test_every_draft_is_a_fragment(text: str, nick: str, channel: str | None) -> None:
    command = parse(f"#success {text}")
    if command is None:
        return
    draft = draft_success(TrackedCommand(nick, channel, NOON, command), comment=[text])
    fragment, problems = read_fragment(draft.text.encode(), "x.yaml", draft.stem)
    assert problems == []
    assert fragment is not None
    (note,) = fragment.notes
    assert isinstance(note, Success)
    assert fragment.draft
    assert fragment.identity == draft.identity
