"""Folders of logs, and several logs of the same."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sphinxext.digest.gather.irc.sources import MAX_LINE, channel_of, day_of, find_sources, is_private, lines_of
from sphinxext.digest.problems import Code

from .logs import read, told, write
from .test_formats import HTML, SUPYBOT


@pytest.mark.parametrize(
    ("path", "channel"),
    [
        ("irclogs/%23open-stack/%23open-stack.2016-03-14.log", "open-stack"),
        ("irclogs/%23a/x.2016-03-14.log.html", "a"),
        ("#python.org.2016-03-14.log.gz", "python.org"),
        ("##c/2016-03-14.log", "#c"),
        ("users/ada/networks/oftc/window/#c/2016-03-14.log", "c"),
        ("ada_oftc_#c_20160314.log", "c"),
        ("irc.oftc.#c.weechatlog", "c"),
        ("#c.log", "c"),
        ("C#/some.log", None),
        ("plain.log", None),
        ("#2016-03-14.log", None),
    ],
)
def test_channel(path: str, channel: str | None) -> None:
    assert channel_of(path) == channel


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2011-01-01/#c.2016-03-14.log", date(2016, 3, 14)),
        ("c_20160314.log", date(2016, 3, 14)),
        ("c_20161399.log", None),
        ("1234567890.log", None),
        ("c.log", None),
    ],
)
def test_day(path: str, day: date | None) -> None:
    assert day_of(path) == day


def test_private() -> None:
    assert is_private("irc.oftc.ada.weechatlog")
    assert is_private("logs/irc.server.oftc.weechatlog")
    assert not is_private("irc.oftc.#ada.weechatlog")
    assert not is_private("ada.log")


def test_folder(tmp_path: Path) -> None:
    write(tmp_path / "%23b" / "%23b.2026-03-14.log", "2026-03-14T10:00:00  <ada> #success b")
    write(tmp_path / "%23a" / "%23a.2026-03-15.log", "2026-03-15T00:01:00  <ada> s/to/two/")
    write(tmp_path / "%23a" / "%23a.2026-03-14.log", "2026-03-14T23:59:00  <ada> #success to days")
    write(tmp_path / "%23a" / "index.html", "<html>no log</html>")
    write(tmp_path / "%23a" / "style.css", "a {}")
    write(tmp_path / ".hidden" / "x.log", "not a log")
    write(tmp_path / "irc.oftc.eve.weechatlog", "2026-03-14 15:02:11\teve\t#success in private")
    collector = read(tmp_path)
    assert collector.problems == []
    assert told(collector) == ["2026-03-14T10:00:00 #b ada: b", "2026-03-14T23:59:00 #a ada: two days"]
    assert told(read(tmp_path, channel="A")) == told(collector)[1:]
    assert told(read(tmp_path / "%23b", channel="a")) == []
    assert told(read(tmp_path / "%23b" / "%23b.2026-03-14.log", channel="c")) == ["2026-03-14T10:00:00 #c ada: b"]


def test_a_page_beside_its_log_is_not_read(tmp_path: Path) -> None:
    write(tmp_path / "%23dev.2026-03-14.log", *SUPYBOT)
    write(tmp_path / "%23dev.2026-03-14.log.html", *HTML)
    write(tmp_path / "%23dev.2026-03-15.log.html", *HTML)
    names = [Path(source.name).name for source in find_sources(str(tmp_path), None, lambda _: True)]
    assert names == ["%23dev.2026-03-14.log", "%23dev.2026-03-15.log.html"]


def test_several_logs_of_the_same(tmp_path: Path) -> None:
    """Clocks differ by seconds, and one of them has no seconds."""
    log = write(
        tmp_path / "%23dev.2026-03-14.log",
        "2026-03-14T15:02:11  <ada> #success It",
        "2026-03-14T16:00:00  <ada> #success It",
    )
    other = write(
        tmp_path / "b" / "#dev.log",
        "--- Log opened Sat Mar 14 00:00:00 2026",
        "15:03 <ada> #success It",
        "15:59 <ada> #success It",
    )
    collector = read(log, other)
    assert told(collector) == ["2026-03-14T15:02:11 #dev ada: It", "2026-03-14T15:59:00 #dev ada: It"]
    identities = {draft.identity for draft in collector.drafts()}
    assert len(identities) == 2
    assert (
        {draft.identity for draft in read(log).drafts()}
        == identities
        == {draft.identity for draft in read(other).drafts()}
    )


def test_days_are_those_of_utc(tmp_path: Path) -> None:
    for day in range(1, 6):
        write(tmp_path / f"%23dev.2026-03-0{day}.log", f"2026-03-0{day}T23:30:00-0100  <ada> #success Of the {day}th")
    collector = read(tmp_path, since=date(2026, 3, 3), until=date(2026, 3, 4))
    assert [draft.stem[:10] for draft in collector.drafts()] == ["of-the-2th", "of-the-3th"]
    assert "2026-03-05T00:30:00 #dev ada: Of the 4th" in told(collector)
    assert "2026-03-02T00:30:00 #dev ada: Of the 1th" not in told(collector)


def test_a_correction_does_not_change_the_identity(tmp_path: Path) -> None:
    path = tmp_path / "%23dev.log"
    first = read(write(path, "2026-03-14T15:02:11  <ada> #success Wroks")).drafts()
    second = read(
        write(path, "2026-03-14T15:02:11  <ada> #success Wroks", "2026-03-14T15:02:31  <ada> s/ro/or/")
    ).drafts()
    assert first[0].identity == second[0].identity
    assert "text: Works\n" in second[0].text
    assert second[0].text.startswith("# Corrected by ada. It was told as: Wroks\n")


def test_missing(tmp_path: Path) -> None:
    collector = read(tmp_path / "none.log")
    assert [(problem.path, problem.code) for problem in collector.problems] == [
        (str(tmp_path / "none.log"), Code.UNREADABLE)
    ]


def test_long_lines_are_cut() -> None:
    chunks = [b"one\ntw", b"o\n", b"x" * 100_000, b"x" * 100_000, b"\nlast"]
    assert [line[:10] for lines in lines_of(chunks) for line in lines] == [b"one", b"two", b"x" * 10, b"last"]
    assert max(len(line) for lines in lines_of(chunks) for line in lines) < 2 * MAX_LINE + 100_000
