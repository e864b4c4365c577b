"""Logs as many programs write them, with the stamps that they or their users choose: all say the same."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from sphinxext.digest.gather.irc.formats import FORMATS, Said, format_of
from sphinxext.digest.gather.irc.stamps import Day, day_of_text, read_line, read_stamp
from sphinxext.digest.problems import Code

from .logs import read, told, write

#: What all of the logs below say, if they have seconds; others have none.
EXPECTED = ["2026-08-19T14:10:03 #dev gull: It floats", "2026-08-19T14:11:00 #dev tern thanks gull: for it"]
#: What nobody tells: actions, notices, joins, words about a command.
IRSSI = (
    "{} -!- gull [~gull@host.example] has joined #dev",
    "{}  * gull #success as an action",
    "{} -gull:#dev- #success as a notice",
    "{} <@gull> so #success is a command",
)

IRSSI_STAMPS = {
    "%H:%M:%S ": "14:10:03 ",
    "%H:%M:%S": "14:10:03",
    "[%H:%M:%S] ": "[14:10:03] ",
    "[%H:%M:%S]": "[14:10:03]",
    "%Y-%m-%d %H:%M:%S ": "2026-08-19 14:10:03 ",
    "%F %T": "2026-08-19 14:10:03",
    "[%F %T] ": "[2026-08-19 14:10:03] ",
    "%FT%T ": "2026-08-19T14:10:03 ",
    "%FT%T%z ": "2026-08-19T14:10:03+0000 ",
    "%FT%TZ ": "2026-08-19T14:10:03Z ",
    "%F %T %z ": "2026-08-19 16:10:03 +02:00 ",
    "%F %T %Z ": "2026-08-19 14:10:03 UTC ",
    "%F, %T ": "2026-08-19, 14:10:03 ",
    "%Y/%m/%d %T ": "2026/08/19 14:10:03 ",
    "%Y.%m.%d %T ": "2026.08.19 14:10:03 ",
    "%Y%m%d %T ": "20260819 14:10:03 ",
    "%d.%m.%Y %T ": "19.08.2026 14:10:03 ",
    "%d/%m/%Y %T ": "19/08/2026 14:10:03 ",
    "%m/%d/%Y %T ": "08/19/2026 14:10:03 ",
    "%d-%m-%Y %T ": "19-08-2026 14:10:03 ",
    "%d %b %Y %T ": "19 Aug 2026 14:10:03 ",
    "%b %d %T ": "Aug 19 14:10:03 ",
    "%d %B %T ": "19 August 14:10:03 ",
    "%a %b %d %T %Y ": "Wed Aug 19 14:10:03 2026 ",
    "[%a %b %d %T %Y] ": "[Wed Aug 19 14:10:03 2026] ",
    "%I:%M:%S %p ": "02:10:03 PM ",
    "%I:%M:%S%p ": "2:10:03pm ",
    "%I:%M:%S %p. ": "2:10:03 p.m. ",
    "[%I:%M:%S %p] ": "[02:10:03 PM] ",
    "%F %I:%M:%S %p ": "2026-08-19 02:10:03 PM ",
    "%T.%f ": "14:10:03.123456 ",
    "%T,%f ": "14:10:03,123 ",
    "%s ": "1787148603 ",
    "[%s] ": "[1787148603] ",
    "%s.%f ": "1787148603.25 ",
    "(%T) ": "(14:10:03) ",
    "{%T} ": "{14:10:03} ",
    "colours": "\x0314[14:10:03]\x03 ",
    "bold": "\x02[14:10:03]\x02 ",
}
ZERO = timedelta(0)


def later(stamp: str) -> str:
    """The stamp of the second command."""
    for before, after in ((":10:03", ":11:00"), ("1787148603", "1787148660")):
        stamp = stamp.replace(before, after)
    return stamp


@pytest.mark.parametrize("form", IRSSI_STAMPS)
def test_stamps(tmp_path: Path, form: str) -> None:
    """With ``log_timestamp`` of irssi, ``-timestamp`` of ZNC and the like."""
    stamp = IRSSI_STAMPS[form]
    lines = [
        "--- Log opened Wed Aug 19 00:00:44 2026",
        *(line.format(stamp.rstrip()) for line in IRSSI),
        f"{stamp}< gull> #success It floats",
        f"{later(stamp)}<@tern> #thanks gull for it",
        "--- Log closed Wed Aug 19 23:00:00 2026",
    ]
    collector = read(write(tmp_path / "irclogs/net/#dev.log", *lines))
    assert (told(collector), collector.problems) == (EXPECTED, [])


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("14:10 ", "2026-08-19T14:10:00"),
        ("[14:10] ", "2026-08-19T14:10:00"),
        ("2:10pm ", "2026-08-19T14:10:00"),
        ("[02:10 AM] ", "2026-08-19T02:10:00"),
        ("12:10 AM ", "2026-08-19T00:10:00"),
        ("12:10 PM ", "2026-08-19T12:10:00"),
        ("9:05 ", "2026-08-19T09:05:00"),
        ("00:00 ", "2026-08-19T00:00:00"),
        ("14:10 CEST ", "2026-08-19T14:10:00"),
        ("14:10:03-0500 ", "2026-08-19T19:10:03"),
        ("2026-08-20 01:10:03+05:30 ", "2026-08-19T19:40:03"),
    ],
)
def test_times(tmp_path: Path, stamp: str, moment: str) -> None:
    path = write(tmp_path / "#dev.2026-08-19.log", f"{stamp}<gull> #success It floats")
    assert told(read(path)) == [f"{moment} #dev gull: It floats"]


@pytest.mark.parametrize("stamp", ["25:10", "14:60", "13:10 PM", "0:10 AM", "14:10:61", "99:99:99", "Foo 14:10"])
def test_times_that_are_none(tmp_path: Path, stamp: str) -> None:
    collector = read(write(tmp_path / "#dev.2026-08-19.log", "", f"{stamp} <gull> #success It floats"))
    assert told(collector) == []
    assert [(problem.line, problem.code) for problem in collector.problems] == [(2, Code.NOT_A_LOG)]


PROGRAMS = {
    "The Lounge": (
        "thelounge/logs/me/net-1/#dev.log",
        "[2026-08-19T14:09:00.123Z] *** tern (t@h.example) joined",
        "[2026-08-19T14:10:03.123Z] <@gull> #success It floats",
        "[2026-08-19T14:10:04.001Z] * gull #success as an action",
        "[2026-08-19T14:10:05.001Z] -gull- #success as a notice",
        "[2026-08-19T14:10:06.001Z] *** tern_ changed nick to tern",
        "[2026-08-19T14:11:00.999Z] <tern> #thanks gull for it",
        "[2026-08-19T14:12:00.000Z] *** gull (g@h.example) quit (bye)",
    ),
    "ZNC with day stamps": (
        "znc/users/me/moddata/log/net/#dev/log.log",
        "[2026-08-19 14:09:00] *** Joins: tern (~t@h.example)",
        "[2026-08-19 14:10:03] <gull> #success It floats",
        "[2026-08-19 14:11:00] <tern> #thanks gull for it",
    ),
    "soju": (
        "soju/net/#dev/2026-08-19.log",
        "[14:10:03] <gull> #success It floats",
        "[14:11:00] <tern> #thanks gull for it",
    ),
    "eggdrop": (
        "#dev.log",
        "[00:00] --- Wed Aug 19 2026",
        "[14:10:03] <gull> #success It floats",
        "[14:10:03] Action: gull #success as an action",
        "[14:11:00] <tern> #thanks gull for it",
    ),
    "Textual": (
        "Textual/net/Channels/#dev/2026-08-19.txt",
        "[2026-08-19T16:10:03+0200] <@gull> #success It floats",
        "[2026-08-19T16:11:00+0200] <tern> #thanks gull for it",
        "[2026-08-19T16:11:09+0200] tern joined the channel.",
    ),
    "mIRC": (
        "logs/dev.log",
        "",
        "Session Start: Tue Aug 18 23:36:54 2026",
        "Session Ident: #dev",
        "[23:36:54] * Now talking in #dev",
        "[23:36:55] * tern (~t@h.example) has joined #dev",
        "Session Time: Wed Aug 19 00:00:00 2026",
        "[14:10:03] <@gull> #success It floats",
        "[14:10:05] * gull #success as an action",
        "[14:10:06] * tern_ is now known as tern",
        "[14:11:00] <+tern> #thanks gull for it",
        "Session Close: Wed Aug 19 15:00:00 2026",
    ),
    "HexChat": (
        "hexchat/logs/net-#dev.log",
        "**** BEGIN LOGGING AT Wed Aug 19 14:00:36 2026",
        "",
        "Aug 19 14:00:36 *\tNow talking on #dev",
        "Aug 19 14:10:03 <gull>\t#success It floats",
        "Aug 19 14:10:04 *\tgull #success as an action",
        "Aug 19 14:10:05 -gull-\t#success as a notice",
        "Aug 19 14:10:06 *\ttern_ is now known as tern",
        "Aug 19 14:11:00 <tern>\t#thanks gull\tfor it",
        "**** ENDING LOGGING AT Wed Aug 19 15:00:00 2026",
    ),
    "XChat": (
        "xchat/net-#dev.xchatlog",
        "**** BEGIN LOGGING AT Wed Aug 19 14:00:36 2026",
        "Aug 19 14:10:03 <@gull> #success It floats",
        "Aug 19 14:11:00 <tern> #thanks gull for it",
    ),
    "Konversation": (
        "net_#dev.log",
        "[Wednesday 19 August 2026] [14:00:00 CEST] -->\tJoin\ttern (~t@h.example) has joined this channel.",
        "[Wednesday 19 August 2026] [14:10:03 CEST] <gull>\t#success It floats",
        "[Wednesday 19 August 2026] [14:10:04 CEST] *\tgull #success as an action",
        "[Wednesday 19 August 2026] [14:11:00 CEST] <tern>\t#thanks gull for it",
    ),
    "Konversation, American": (
        "net_#dev.log",
        "[Wednesday, August 19, 2026] [2:10:03 PM CEST] <gull>\t#success It floats",
        "[Wednesday, August 19, 2026] [2:11:00 PM CEST] <tern>\t#thanks gull for it",
    ),
    "KVIrc": (
        "kvirc/log/channel_#dev_2026.08.19.log",
        "-1 ### Log session started at Wed Aug 19 14:00:00 2026 ###",
        "51 [14:10:03] <gull> #success It floats",
        "24 [14:11:00] <tern> #thanks gull for it",
        "-1 ### Log session terminated at Wed Aug 19 15:00:00 2026 ###",
    ),
    "KVIrc without kinds": (
        "kvirc/log/dev.log",
        "### Log session started at Wed Aug 19 14:00:00 2026 ###",
        "[14:09:00] Now talking on #dev",
        "[14:10:03] <gull> #success It floats",
        "[14:11:00] <tern> #thanks gull for it",
    ),
    "Pidgin": (
        "purple/logs/irc/me@net/#dev.chat/2026-08-19.140000+0200CEST.txt",
        "Conversation with #dev at Wed 19 Aug 2026 02:00:00 PM CEST on me@net (irc)",
        "(14:09:00) tern [~t@h.example] entered the room.",
        "(14:10:03) gull: #success It floats",
        "(14:10:04) ***gull #success as an action",
        "(14:10:05) tern_ is now known as tern",
        "(14:11:00) tern: #thanks gull for it",
    ),
    "Pidgin, American, across midnight": (
        "some.txt",
        "Conversation with #dev at Tue 18 Aug 2026 11:00:00 PM CEST on me@net (irc)",
        "(08/19/2026 02:10:03 PM) gull: #success It floats",
        "(08/19/2026 02:11:00 PM) tern: #thanks gull for it",
    ),
    "ii": (
        "irc/net/#dev/out",
        "1787148603 <gull> #success It floats",
        "1787148660 -!- x(~x@h) has joined #dev",
        "1787148660 <tern> #thanks gull for it",
    ),
    "catgirl": (
        "catgirl/log/net/#dev/2026-08-19.log",
        "[2026-08-19T14:10:03+0000] <gull> #success It floats",
        "[2026-08-19T14:11:00+0000] <tern> #thanks gull for it",
    ),
    "WeeChat with zones": (
        "irc.net.#dev.weechatlog",
        "2026-08-19T16:09:00+0200\t-->\ttern (~t@h.example) has joined #dev",
        "2026-08-19T16:10:03+0200\t@gull\t#success It floats",
        "2026-08-19T16:10:04+0200\t *\tgull #success as an action",
        "2026-08-19T16:11:00+0200\t+tern\t#thanks gull for it",
    ),
    "WeeChat with brackets": (
        "irc.net.#dev.weechatlog",
        "2026-08-19 14:10:03.25\t<@gull>\t#success It floats",
        "2026-08-19 14:11:00.00\t<tern>\t#thanks gull for it",
    ),
    "nicks with signs and padding": (
        "#dev.log",
        "[2026-08-19 14:10:03] <~&@gull> #success It floats",
        "[2026-08-19 14:11:00] <           tern> #thanks gull for it",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=["unix", "windows"])
def test_programs(tmp_path: Path, name: str, ends: str) -> None:
    path, *lines = PROGRAMS[name]
    log = write(tmp_path / path)
    log.write_bytes(b"\xef\xbb\xbf" * (ends == "\r\n") + "".join(f"{line}{ends}" for line in lines).encode())
    collector = read(log)
    assert (told(collector), collector.problems) == (EXPECTED, [])


NICKS = ["gull[m]", "gull|work", "_gull_", "gull`", "gu-ll", "{gull}", "gull^", "oftc/gull", "g", "ü"]


@pytest.mark.parametrize("nick", NICKS)
def test_nicks(tmp_path: Path, nick: str) -> None:
    for line in (f"[2026-08-19 14:10:03] <{nick}> #success It", f"Aug 19 14:10:03 <+{nick}>\t#success It"):
        assert told(read(write(tmp_path / "#dev.2026-08-19.log", line))) == [f"2026-08-19T14:10:03 #dev {nick}: It"]


def test_corrections_after_a_new_nick(tmp_path: Path) -> None:
    known = "is now known as"
    for mark, words in (("* ", known), ("*** ", known), ("*** ", "changed nick to"), ("-!- ", known), ("*\t", known)):
        log = write(
            tmp_path / "#dev.2026-08-19.log",
            "[14:10:03] <gull> #success It sinks",
            f"[14:10:10] {mark}gull {words} gull_",
            "[14:10:30] <gull_> s/sinks/floats/",
        )
        assert told(read(log)) == ["2026-08-19T14:10:03 #dev gull: It floats"]


def test_years_of_hexchat(tmp_path: Path) -> None:
    lines = (
        "**** BEGIN LOGGING AT Thu Dec 31 23:00:00 2026",
        "Dec 31 23:30:00 <gull>\t#success Old year",
        "Jan 01 00:10:00 <gull>\t#success New year",
        "Feb 29 00:10:00 <gull>\t#success Leap day",
        "Feb 28 00:10:00 <gull>\t#success A day earlier",
        "Feb 30 00:10:00 <gull>\t#success No day",
    )
    days = [line.partition("T")[0] for line in told(read(write(tmp_path / "#dev.log", *lines)))]
    assert days == ["2026-12-31", "2027-01-01", "2028-02-28", "2028-02-29"]
    collector = read(write(tmp_path / "#dev.log", *lines[1:]))
    assert [(problem.line, problem.code) for problem in collector.problems] == [(1, Code.NO_DATE)]
    assert len(told(read(write(tmp_path / "#dev.log", *lines[1:]), day=date(2026, 12, 1)))) == 4


def test_days_of_marks() -> None:
    for text, day in {
        "Wed Aug 19 14:36:54 2026": Day(2026, 8, 19),
        "Wednesday, 19 August 2026": Day(2026, 8, 19),
        "August 19th, 2026": Day(2026, 8, 19),
        "Sept 1 2026": Day(2026, 9, 1),
        "May 4": Day(None, 5, 4),
        "Aug 19 2026 1234 20 Sep": Day(2026, 8, 19),
        "2026-8-9": Day(2026, 8, 9),
        "x20260819": Day(2026, 8, 19),
        "31.12.2026": Day(2026, 12, 31),
        "12/31/2026": Day(2026, 12, 31),
        "31/12/2026": Day(2026, 12, 31),
        "12/12/2026": Day(2026, 12, 12),
        "10/11/2026": None,
        "12/11/2026": None,
        "11/12/2026": None,
        "1/1/2026": Day(2026, 1, 1),
        "10.11.2026": Day(2026, 11, 10),
        "13.13.2026": None,
        "2026-13-01": None,
        "2026-01-32": None,
        "20261301": None,
        "120260819": None,
        "Aug 2026": None,
        "Aug 32 2026": None,
        "Sa Mär 14 2026": None,
        "": None,
        "a " * 12 + "May 4": None,
    }.items():
        assert day_of_text(text) == day, text
    assert Day(2026, 2, 29).after(None) is None
    assert Day(2026, 2, 28).after(date(2027, 1, 1)) == date(2026, 2, 28)
    assert Day(None, 2, 28).after(None) is None
    assert Day(None, 2, 28).after(date(2026, 3, 1)) == date(2026, 2, 28)
    assert Day(None, 2, 28).after(date(2026, 3, 2)) == date(2027, 2, 28)
    assert Day(None, 2, 29).after(date(1896, 3, 2)) == date(1904, 2, 29)
    assert Day(None, 1, 1).after(date(9999, 3, 2)) is None


def test_a_day_that_cannot_be_told_is_asked_for(tmp_path: Path) -> None:
    for line in ("[14:10] <gull> #success It", "(14:10) gull: #success It", "2:10 PM <gull> #success It"):
        collector = read(write(tmp_path / "#dev.log", "", line))
        assert [(problem.line, problem.code) for problem in collector.problems] == [(2, Code.NO_DATE)], line
        assert told(read(tmp_path / "#dev.log", day=date(2026, 8, 19))) == ["2026-08-19T14:10:00 #dev gull: It"]


UNKNOWN = [
    ("14:10 gull | #success It floats",),
    ("14:10 -!- gull [g@h] has joined #dev", "14:10 gull: #success It floats"),
    ("--- Log opened Wed Aug 19 00:00:44 2026", "14h10 <gull> #success It floats"),
    ("[gull] #success It floats",),
    ("[14:10 gull] #success It floats",),
    ("[10/11/2026 14:10] <gull> #success It floats",),
    ("<gull> #success It floats",),
    ("**** BEGIN LOGGING AT Wed Aug 19 14:00:36 2026", "gull\t#success It floats"),
    ("Session Start: Wed Aug 19 14:00:36 2026", "<gull> #success It floats"),
    ("2026-08-19T14:10:03  *** gull has joined #dev", "2026-08-19T14:10:03\t#success It floats"),
]


@pytest.mark.parametrize("lines", UNKNOWN, ids=[lines[-1] for lines in UNKNOWN])
def test_a_log_of_which_nothing_is_understood_is_not_silent(tmp_path: Path, lines: tuple[str, ...]) -> None:
    collector = read(write(tmp_path / "#dev.log", *lines))
    assert told(collector) == []
    ((line, code, message),) = [(problem.line, problem.code, problem.message) for problem in collector.problems]
    assert (line, code) == (len(lines), Code.NOT_A_LOG)
    for name in ("Limnoria", "irclog2html", "ZNC", "WeeChat", "irssi", "The Lounge", "mIRC", "HexChat", "Matrix"):
        assert name in message


@pytest.mark.parametrize(
    "lines",
    [
        ("--- Log opened Wed Aug 19 00:00:44 2026", "--- Log closed Wed Aug 19 00:00:44 2026"),
        ("**** BEGIN LOGGING AT Wed Aug 19 14:00:36 2026", "", "**** ENDING LOGGING AT Wed Aug 19 14:00:36 2026"),
        ("14:10 -!- gull [g@h] has joined #dev",),
        ("14:10 <gull> hello", "14:10 garbage about #success"),
        ("14:10  * gull #success as an action",),
    ],
)
def test_a_log_of_nothing_to_tell_is(tmp_path: Path, lines: tuple[str, ...]) -> None:
    collector = read(write(tmp_path / "#dev.log", *lines))
    assert (told(collector), collector.problems) == ([], [])


def test_channels_that_logs_name(tmp_path: Path) -> None:
    for line in (
        "Session Ident: #dev",
        "[14:09] * Now talking in #dev",
        "Aug 19 14:09:00 *\tNow talking on #dev",
        "14:09 -!- gull [g@h] has joined #dev",
        "[14:09] *** You have joined the channel #dev",
    ):
        log = write(tmp_path / "2026-08-19.log", line, "[14:10] <gull> #success It")
        assert told(read(log)) == ["2026-08-19T14:10:00 #dev gull: It"], line


def test_lines_that_are_no_messages() -> None:
    for line in (
        b"14:10 <gull>#success",
        b"14:10 <gu ll> #success",
        b"14:10 <> #success",
        b"14:10 <" + b"g" * 81 + b"> #success",
        b"(14:10) http://x: y",
        b"14:10 -gull- #success",
    ):
        form = format_of(line)
        if form is not None:
            assert not isinstance(form(date(2026, 8, 19), ZERO).event(line), Said), line


@pytest.mark.parametrize(
    "line",
    [
        b"1" * 60_000,
        b"[" * 60_000,
        b"a " * 30_000 + b"<x> y",
        b"12:" * 20_000 + b"<",
        b"[12:00] <" + b"@" * 60_000,
        b"[12:00] <" + b" " * 60_000 + b">",
        b"[12:00] <x" + b" " * 60_000 + b"y",
        b"[12:00] * " + b"x " * 30_000 + b"is now known as",
        b"[12:00] * " + b"x is now known as " * 4_000,
        b"(12:00) " + b"x" * 60_000 + b":",
        b"\x03" * 60_000 + b"[12:00] <x> y",
        b"--- " + b"1 " * 30_000,
        b"--- Day changed " + b"2026-" * 10_000,
        b"Conversation with " + b"x at " * 10_000,
        b"2026-08-19 14:10:03" + b"\t" * 60_000,
    ],
    ids=range(15),
)
def test_hostile_lines_take_no_longer(line: bytes) -> None:
    started = time.process_time()
    for _ in range(3):
        read_line(line)
        read_stamp(line)
        for form in FORMATS:
            form.recognises(line)
            form(date(2026, 8, 19), ZERO).event(line)
    assert time.process_time() - started < 3
