"""Each format of logs, from its lines to what was told."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from sphinxext.digest.problems import Code

from .logs import edit, heard, message, read, room, told, write

SUPYBOT = (
    "2026-03-14T15:02:09  *** ada <~ada@host.example.org> has joined #dev",
    "2026-03-14T15:02:10  <ada> morning",
    "2026-03-14T15:02:11  <ada> #success Got it",
    "2026-03-14T15:02:11  <bob>",
    "2026-03-14T15:02:11  <@cleo> #thanks ada for it",
    "",
    "2026-03-14T15:02:12  * ada #success as an action",
    "2026-03-14T15:02:13  -ada- #success as a notice",
    "2026-03-14T15:02:14  *** ada is now known as ada_",
    "2026-03-14T15:02:15  <ada_> s/it/all of it/",
    "2026-03-14T15:02:16  <dan> -= THIS MESSAGE NOT LOGGED =-",
    '2026-03-14T15:02:17  *** dan changes topic to "#success"',
    "2026-03-14T15:02:18  *** bob has quit IRC (gone)",
    "2026-03-14T15:02:19  <dan>  #success after a space",
    "2026-03-14T15:02:20 garbage #success",
    "2026-13-14T15:02:20  <dan> #success in a month that is none",
)
EXPECTED = ["2026-03-14T15:02:11 #dev ada: Got all of it", "2026-03-14T15:02:11 #dev cleo thanks ada: for it"]
TEMPLATE = "https://logs.example.org/%23{channel}/%23{channel}.{date}.log.html#t{time}"
PAGE = "https://logs.example.org/%23dev/%23dev.2026-03-14.log.html#t"


def cell(kind: str, text: str) -> str:
    return f'<td class="{kind}" colspan="2">{text}</td>'


def row(anchor: str, cells: str) -> str:
    return f'<tr id="t{anchor}">{cells}<td class="time"><a href="#t{anchor}" class="time">15:02</a></td></tr>'


def said(nick: str, text: str) -> str:
    return (
        f'<th class="nick" style="background: #407a40">{nick}</th><td class="text" style="color: #407a40">{text}</td>'
    )


HTML = (
    "<!DOCTYPE html><html><head><title>IRC log of #dev for Saturday, 2026-03-14</title>",
    '<meta name="generator" content="irclog2html.py 2.15.2"></head><body><table class="irclog">',
    row("2026-03-14T15:02:10", cell("join", "*** ada has joined #dev")),
    row("2026-03-14T15:02:11", said("ada", "morning &amp; hello")),
    row("2026-03-14T15:02:11-2", said("ada", "#success Got &lt;it&gt;")),
    row("2026-03-14T15:02:11-3", said("bob", "&nbsp;#success after a space")),
    row("2026-03-14T15:02:12", cell("action", "* ada #success as an action")),
    row("2026-03-14T15:02:13", cell("nickchange", "*** ada is now known as ada_")),
    row("2026-03-14T15:02:14", said("ada_", "s/Got/See/")),
    row(
        "2026-03-14T15:02:15",
        said("cleo", '#success See <a href="https://e.org/?a&amp;b" rel="nofollow">https://e.org/?a&amp;b</a>, all'),
    ),
    "</table></body></html>",
)


@pytest.mark.parametrize("zone", ["", "+0000", "Z", "+00:00"])
def test_supybot(tmp_path: Path, zone: str) -> None:
    lines = [line.replace("  ", f"{zone}  ", 1) for line in SUPYBOT]
    collector = read(write(tmp_path / "%23dev.2026-03-14.log", *lines))
    assert told(collector) == EXPECTED
    assert collector.problems == []


def test_zones(tmp_path: Path) -> None:
    path = write(
        tmp_path / "#dev.log",
        "2026-03-14T23:02:11-0500  <ada> #success west",
        "2026-03-15T09:02:11+05:30  <bob> #success east",
        "2026-03-15T05:00:00  <cleo> #success nowhere",
        "2026-03-15T06:00:00+9999  <dan> #success a zone that is none",
    )
    times = ["2026-03-15T03:32:11 #dev bob: east", "2026-03-15T04:02:11 #dev ada: west"]
    none = ["2026-03-15T05:00:00 #dev cleo: nowhere", "2026-03-15T06:00:00 #dev dan: a zone that is none"]
    assert told(read(path)) == [*times, *none]
    assert told(read(path, hours=-2))[2:] == [line.replace("05:00:00", "07:00:00") for line in none[:1]] + [
        none[1].replace("06:00:00", "08:00:00")
    ]


def test_links_have_the_anchors_of_irclog2html(tmp_path: Path) -> None:
    """All lines of a second count, but for blank ones."""
    path = write(tmp_path / "%23dev.2026-03-14.log", *SUPYBOT)
    urls = [one.url for one in heard(read(path, url=TEMPLATE))]
    assert urls == [f"{PAGE}2026-03-14T15:02:11", f"{PAGE}2026-03-14T15:02:11-3"]


def test_irclog2html(tmp_path: Path) -> None:
    path = write(tmp_path / "page.html", *HTML)
    collector = read(path, url=TEMPLATE)
    assert told(collector) == [
        "2026-03-14T15:02:11 #dev ada: See <it>",
        "2026-03-14T15:02:15 #dev cleo: See https://e.org/?a&b, all",
    ]
    assert [one.url for one in heard(collector)] == [f"{PAGE}2026-03-14T15:02:11-2", f"{PAGE}2026-03-14T15:02:15"]
    assert collector.problems == []
    assert told(read(write(path, "".join(HTML)))) == told(collector)


def test_irclog2html_of_a_log_without_days(tmp_path: Path) -> None:
    path = write(
        tmp_path / "page.html", *(line.replace('"t2026-03-14T', '"t').replace("#t2026-03-14T", "#t") for line in HTML)
    )
    assert told(read(path))[0] == "2026-03-14T15:02:11 #dev ada: See <it>"


ZNC = (
    "[15:02:09] *** Joins: ada (~ada@host.example.org)",
    "[15:02:11] <ada> #success Got it",
    "[15:02:12] * ada #success as an action",
    "[15:02:13] -ada- #success as a notice",
    "[15:02:14] *** ada is now known as ada_",
    "[15:02:15] <ada_> s/it/all of it/",
)


@pytest.mark.parametrize(
    "name",
    [
        "#dev/2026-03-14.log",
        "net/#dev/2026-03-14.log",
        "ada_net_#dev_20260314.log",
        "%23dev/20260314.log",
        "#dev 2026-03-14.log",
    ],
)
def test_znc(tmp_path: Path, name: str) -> None:
    collector = read(write(tmp_path / name, *ZNC))
    assert collector.problems == []
    assert told(collector) == ["2026-03-14T15:02:11 #dev ada: Got all of it"]


def test_znc_without_a_day(tmp_path: Path) -> None:
    path = write(tmp_path / "#dev.log", *ZNC)
    collector = read(path)
    assert told(collector) == []
    assert [str(problem) for problem in collector.problems] == [
        f"{path}:2:1: no-date nothing says on which day this was said: name it with --date"
    ]
    collector = read(path, day=date(2026, 3, 14), url=TEMPLATE)
    assert told(collector) == ["2026-03-14T15:02:11 #dev ada: Got all of it"]
    assert heard(collector)[0].url == f"{PAGE}2026-03-14T15:02:11"


def test_znc_with_the_clock_of_another_zone(tmp_path: Path) -> None:
    path = write(tmp_path / "#dev/2026-03-14.log", "[01:02:11] <ada> #success Got it")
    assert told(read(path, hours=5.5)) == ["2026-03-13T19:32:11 #dev ada: Got it"]


def test_weechat(tmp_path: Path) -> None:
    path = write(
        tmp_path / "irc.oftc.#dev.weechatlog",
        "2026-03-14 15:02:09\t-->\tada (~ada@host.example.org) has joined #dev",
        "2026-03-14 15:02:11\t@ada\t#success Got it",
        "2026-03-14 15:02:12\t *\tada #success as an action",
        "2026-03-14 15:02:13\t--\tNotice(ada): #success as a notice",
        "2026-03-14 15:02:14\t--\tada is now known as ada_",
        "2026-03-14 15:02:15\tada_\ts/it/all\tof it/",
        "2026-03-14 15:02:16\t\t#success of nobody",
    )
    collector = read(path, url="https://logs.example.org/{channel}?d={year}/{month}/{day}#{line}")
    assert told(collector) == ["2026-03-14T15:02:11 #dev ada: Got all of it"]
    assert heard(collector)[0].url == "https://logs.example.org/dev?d=2026/03/14#2"


def test_irssi(tmp_path: Path) -> None:
    path = write(
        tmp_path / "irclogs/oftc/#dev.log",
        "--- Log opened Fri Mar 13 23:50:00 2026",
        "23:50 -!- ada [~ada@host.example.org] has joined #dev",
        "23:58 <@ada> #success Got it",
        "23:58  * ada #success as an action",
        "23:58 -ada:#dev- #success as a notice",
        "23:58 [ada(~ada@host.example.org)] #success in private",
        "--- Day changed Sat Mar 14 2026",
        "00:01 -!- ada is now known as ada_",
        "00:02 < ada_> s/it/all of it/",
        "00:03:04 <+bob> #success Got seconds",
        "--- Day changed 2026-03-15",
        "00:00 < bob> #success Next day",
        "--- Log closed Sun Mar 15 00:10:00 2026",
    )
    assert told(read(path)) == [
        "2026-03-13T23:58:00 #dev ada: Got all of it",
        "2026-03-14T00:03:04 #dev bob: Got seconds",
        "2026-03-15T00:00:00 #dev bob: Next day",
    ]


def test_irssi_in_another_language(tmp_path: Path) -> None:
    path = write(tmp_path / "#dev.log", "--- Log opened Sa Mär 14 23:50:00 2026", "23:58 <ada> #success Got it")
    assert [(problem.line, problem.code) for problem in read(path).problems] == [(2, Code.NO_DATE)]


def test_matrix(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text(
        room(
            edit("#success Got all of it", 500, 1),
            message("#success Got it", 1),
            message("#success Notice", 2, content={"msgtype": "m.notice", "body": "#success Notice"}),
            message("#success Action", 3, content={"msgtype": "m.emote", "body": "#success Action"}),
            message("so we have got #success", 4),
            edit("#thanks @bob:example.org for it", 5, 4),
            message("#success Taken back", 6),
            edit("never mind", 7, 6),
            message("#success Mine", 8),
            edit("#success Not theirs", 9, 8, sender="@eve:example.org"),
            message("> <@ada:example.org> #success Got it\n\nas a reply", 10),
            message("", 11, content={}),
            message("#success In\ntwo lines", 12),
            {"type": "m.room.member"},
        )
    )
    collector = read(path)
    assert told(collector) == [
        "2026-03-14T15:00:01 #dev ada: Got all of it",
        "2026-03-14T15:00:04 #dev ada thanks bob: for it",
        "2026-03-14T15:00:08 #dev ada: Mine",
        "2026-03-14T15:00:12 #dev ada: In two lines",
    ]
    assert heard(collector)[0].url == "https://matrix.to/#/!room:example.org/$1"
    assert heard(read(path, url=TEMPLATE))[0].url == f"{PAGE}2026-03-14T15:00:01"


def test_an_edit_that_the_server_put_in(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    event = message("#success Got it", 1, unsigned={"m.relations": {"m.replace": edit("#success Got more", 9, 1)}})
    path.write_text(room(event))
    assert told(read(path)) == ["2026-03-14T15:00:01 #dev ada: Got more"]


@pytest.mark.parametrize("packed", [1, 2])
def test_packed(tmp_path: Path, packed: int) -> None:
    data = "".join(f"{line}\n" for line in SUPYBOT).encode()
    for _ in range(packed):
        data = gzip.compress(data)
    path = tmp_path / "%23dev.2026-03-14.log.gz"
    path.write_bytes(data)
    assert told(read(path)) == EXPECTED
    path.write_bytes(data[:-20])
    collector = read(path)
    assert [problem.code for problem in collector.problems] == [Code.UNREADABLE]


def test_bytes(tmp_path: Path) -> None:
    path = tmp_path / "#dev.log"
    path.write_bytes(
        b"\xef\xbb\xbf2026-03-14T15:02:09  <ada> #success Gr\xc3\xbc\xc3\x9fe\r\n"
        b"2026-03-14T15:02:10  <bob> #success Gr\xfc\xdfe\r\n"
        b"2026-03-14T15:02:11  <cleo> #success cut \xc3\xbc \xe2\x98\r\n\r\n"
        b"2026-03-14T15:02:12  <d\xffn> #success a\x00b\x0304c" + b"\r\n"
    )
    assert [one.current.text for one in heard(read(path)) if one.current] == [
        "Grüße",
        "Grüße",
        "cut ü \ufffd\ufffd",
        "abc",
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("What is this?\n", 1),
        ("\n\n  \nprose about #success\n", 4),
        ("<html><body>Not found</body></html>", 1),
        ("{", 1),
        ('{\n"messages": 1}', 1),
        ('{\n"a": [}\n', 2),
        ("[" * 100_000, 1),
        ('[{"body": "#success x"}]', 1),
        ("\x00\x01\x02", 1),
    ],
)
def test_something_unknown(tmp_path: Path, content: str, line: int) -> None:
    path = tmp_path / "some.log"
    path.write_text(content)
    collector = read(path)
    assert [(problem.path, problem.line, problem.code) for problem in collector.problems] == [
        (str(path), line, Code.NOT_A_LOG)
    ]
    assert told(collector) == []


@pytest.mark.parametrize("content", ["", "\n \n", '{"messages": []}', "\ufeff"])
def test_nothing(tmp_path: Path, content: str) -> None:
    path = tmp_path / "some.log"
    path.write_text(content)
    assert read(path).problems == []


def test_a_link_needs_a_channel(tmp_path: Path) -> None:
    path = write(tmp_path / "some.log", *SUPYBOT[1:3])
    collector = read(path, url=TEMPLATE)
    assert [problem.code for problem in collector.problems] == [Code.BAD_URL]
    assert heard(read(path, url=TEMPLATE, channel="#a/b"))[0].url is not None
    assert told(read(path)) == ["2026-03-14T15:02:11 # ada: Got it"]
