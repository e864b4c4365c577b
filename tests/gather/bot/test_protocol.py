"""Lines and messages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.gather.bot.protocol import IrcMessage, fold_case, make_line, parse_line, split_text
from sphinxext.digest.gather.bot.session import _time_of
from sphinxext.digest.model.period import YEARS


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
