"""Lines and messages; how fast the bot speaks, and what it says when there is much to say."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.gather.bot.replies import WORDS, ReplyQueue
from sphinxext.digest.gather.bot.session import _time_of
from sphinxext.digest.model.period import YEARS
from sphinxext.digest.net.irc.protocol import (
    Backoff,
    Bucket,
    IrcMessage,
    fold_case,
    make_line,
    parse_line,
    split_text,
)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"PING :a b", IrcMessage("PING", ("a b",))),
        (b"ping", IrcMessage("PING")),
        (b":irc.example.org 001 bot :Hello", IrcMessage("001", ("bot", "Hello"), "irc.example.org")),
        (b":a!u@h PRIVMSG #c :", IrcMessage("PRIVMSG", ("#c", ""), "a")),
        (b":a!u@h PRIVMSG #c ::x :y", IrcMessage("PRIVMSG", ("#c", ":x :y"), "a")),
        (b":a@h  PRIVMSG  #c  x ", IrcMessage("PRIVMSG", ("#c", "x"), "a")),
        (
            rb"@time=1;k=a\sb\:\\c;e :a!u@h JOIN #c",
            IrcMessage("JOIN", ("#c",), "a", {"time": "1", "k": "a b;\\c", "e": ""}),
        ),
        (b":a!u@h PRIVMSG #c :\xff\xfe", IrcMessage("PRIVMSG", ("#c", "ÿþ"), "a")),
    ],
)
def test_parse(line: bytes, message: IrcMessage) -> None:
    assert parse_line(line) == message


@pytest.mark.parametrize("line", [b"", b"   ", b":a!u@h", b"@tag", b":a 12 b", b"\x01", b"@ : "])
def test_what_is_no_message(line: bytes) -> None:
    assert parse_line(line) is None


@given(st.binary(max_size=600))
def test_any_bytes(line: bytes) -> None:
    parse_line(line)


def test_nothing_breaks_out_of_a_line() -> None:
    assert make_line("PRIVMSG", "#c", "a\r\nQUIT\0") == b"PRIVMSG #c :a  QUIT \r\n"
    with pytest.raises(ValueError, match="has an invalid parameter"):
        make_line("PRIVMSG", "#c d", "a")


@given(st.text())
def test_no_line_is_too_long(text: str) -> None:
    line = make_line("PRIVMSG", "#c", text * 50)
    assert len(line) <= 512
    assert line.endswith(b"\r\n")
    line.decode()


@given(st.text(st.characters(codec="utf-8"), max_size=2000))
def test_split_text(text: str) -> None:
    parts = split_text("#channel", text)
    assert "".join(parts).replace(" ", "") == "".join(text.split())
    for part in parts:
        assert len(f":nick!user@host PRIVMSG #channel :{part}\r\n".encode()) <= 512


def test_case_mapping() -> None:
    assert fold_case("Bot[a]\\~") == "bot{a}|^"
    assert fold_case("Bot[a]", "ascii") == "bot[a]"
    assert fold_case("Bot~[", "rfc1459-strict") == "bot~{"
    assert fold_case("BOT", "something") == "bot"


@pytest.mark.parametrize("year", ["1013", "0001", "9999", "2026"])
def test_the_time_that_a_server_says_is_one_of_a_fragment(year: str) -> None:
    message = parse_line(f"@time={year}-11-20T10:00:00.000Z :a!u@h PRIVMSG #c :x".encode())
    assert message is not None
    assert _time_of(message).year in YEARS


URL = "https://wiki.example.org/Successes"


def _lines(queue: ReplyQueue) -> list[tuple[str, str]]:
    lines = []
    while line := queue.next(lambda channel: True):
        lines.append(line)
    return lines


def test_bucket() -> None:
    time = [100.0]
    bucket = Bucket(lambda: time[0], capacity=3, interval=2)
    assert [bucket.take() for _ in range(5)] == [0, 0, 0, 2, 4]
    time[0] += 100
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 2]


def test_few_are_answered_one_by_one_and_channels_take_turns() -> None:
    queue = ReplyQueue(URL)
    for channel, nick in (("#a", "x"), ("#a", "y"), ("#b", "z")):
        queue.add(channel, nick, "success")
    assert _lines(queue) == [
        ("#a", f"x: Added success to Success page ({URL})"),
        ("#b", f"z: Added success to Success page ({URL})"),
        ("#a", f"y: Added success to Success page ({URL})"),
    ]


def test_without_url() -> None:
    queue = ReplyQueue("")
    queue.add("#a", "x", "thanks")
    assert _lines(queue) == [("#a", "x: Added your thanks to Thanks page")]


def test_many_are_answered_together() -> None:
    queue = ReplyQueue(URL)
    for number in range(20):
        queue.add("#a", f"nick{number % 2}", "thanks" if number == 3 else "success")
    assert _lines(queue) == [
        ("#a", f"nick0, nick1: Added 19 successes to Success page ({URL})"),
        ("#a", f"nick1: Added your thanks to Thanks page ({URL})"),
    ]
    assert not len(queue)


def test_long_nicks_take_several_lines() -> None:
    queue = ReplyQueue(URL)
    for number in range(30):
        queue.add("#a", f"{'n' * 60}{number}", "success")
    lines = _lines(queue)
    assert all(len(text) < 400 and text.endswith(f"({URL})") for _, text in lines)
    assert sum(text.count("n" * 60) for _, text in lines) == 30


def test_a_channel_without_the_bot_waits() -> None:
    queue = ReplyQueue(URL)
    queue.add("#a", "x", "success")
    assert queue.next(lambda channel: False) is None
    assert len(queue) == 1


def test_backoff() -> None:
    backoff = Backoff(1, 60)
    waits = [backoff.next() for _ in range(40)]
    assert all(0.5 <= wait <= 60 for wait in waits)
    assert 30 <= waits[-1] <= 60
    backoff.reset()
    assert backoff.next() <= 1


def test_three_are_answered_one_by_one_and_four_together() -> None:
    for number, lines in ((3, 3), (4, 1)):
        queue = ReplyQueue(URL)
        for _ in range(number):
            queue.add("#a", "x", "success")
        assert len(queue) == number
        assert len(_lines(queue)) == lines


def test_one_line_names_twelve_people() -> None:
    queue = ReplyQueue("")
    for number in range(14):
        queue.add("#a", f"n{number}", "success")
    first, second = (text for _, text in _lines(queue)[:2])
    assert first == f"{', '.join(f'n{number}' for number in range(12))}: Added 12 successes to Success page"
    assert second == "n12: Added success to Success page"


def test_those_who_are_told_other_words_get_a_line_of_their_own() -> None:
    queue = ReplyQueue("")
    for number in range(5):
        queue.add("#a", "x", "Sorry" if number % 2 else "success")
    assert _lines(queue) == [
        ("#a", "x: Added 3 successes to Success page"),
        ("#a", "x: Sorry"),
        ("#a", "x: Sorry"),
    ]
    assert WORDS["thanks"][1] == "thanks"


def test_channels_take_turns_while_one_is_flooded() -> None:
    queue = ReplyQueue("")
    for number in range(30):
        queue.add("#a", f"n{number}", "success")
    queue.add("#b", "y", "thanks")
    assert [channel for channel, _ in _lines(queue)][:3] == ["#a", "#b", "#a"]


def test_channel_that_waits_keeps_no_other_waiting() -> None:
    queue = ReplyQueue("")
    queue.add("#a", "x", "success")
    queue.add("#b", "y", "success")
    assert queue.next(lambda channel: channel == "#b") == ("#b", "y: Added success to Success page")
    assert queue.next(lambda channel: channel == "#b") is None
    assert len(queue) == 1


def test_nick_that_is_longer_than_a_line() -> None:
    queue = ReplyQueue(URL)
    for _ in range(5):
        queue.add("#a", "n" * 1000, "success")
    [(_, text)] = _lines(queue)
    assert text == "n" * len(text)
    assert 200 < len(text) < 400


def test_flood_of_answers_takes_linear_time_from_one_person() -> None:
    queue = ReplyQueue(URL)
    used = time.process_time()
    for _ in range(200_000):
        queue.add("#a", "x", "success")
    assert _lines(queue) == [("#a", f"x: Added 200000 successes to Success page ({URL})")]
    assert time.process_time() - used < 30


def test_bucket_fills_with_time_and_no_further() -> None:
    now = [0.0]
    bucket = Bucket(lambda: now[0])
    assert [bucket.take() for _ in range(7)] == [0, 0, 0, 0, 0, 2, 4]
    now[0] += 5
    assert bucket.take() == 1
    now[0] += 1
    assert bucket.take() == 2
    now[0] += 1000
    assert [bucket.take() for _ in range(6)] == [0, 0, 0, 0, 0, 2]


def test_backoff_doubles() -> None:
    backoff = Backoff(2, 50)
    for wait in (2, 4, 8, 16, 32, 50, 50):
        assert wait / 2 <= backoff.next() <= wait
    assert backoff.failures == 7
    backoff.failures = 10_000
    assert backoff.next() <= 50
