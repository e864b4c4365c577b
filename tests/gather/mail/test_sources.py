"""Archives in all the forms in which people have them."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from conftest import Repository
from web_server import WebServer

from sphinxext.digest.gather.mail import sources
from sphinxext.digest.gather.mail.sources import MailReading, read_archives
from sphinxext.digest.problems import Code

from .mails import Mail, conversation, mbox, write_gzip, write_maildir

IDS = [f"a{number}@example.org" for number in range(5)]


def ids(reading: MailReading) -> list[str]:
    return [message.id for archive in reading.archives for message in archive.messages]


def complaint(*names: str | Path, timeout: float = 5) -> str:
    reading = read_archives([str(name) for name in names], timeout)
    assert ids(reading) == []
    (problem,) = reading.problems
    return str(problem)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data,
        lambda data: data.replace(b"\n", b"\r\n"),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: b"\n\n" + data,
        lambda data: data.rstrip(b"\n"),
        lambda data: data + b"\n\n\n",
        gzip.compress,
        lambda data: gzip.compress(gzip.compress(data)),
        lambda data: gzip.compress(data[:300]) + gzip.compress(data[300:]),
    ],
    ids=["plain", "crlf", "mark", "blank", "cut", "longer", "gzip", "twice", "parts"],
)
def test_an_mbox(tmp_path: Path, change: object) -> None:
    path = tmp_path / "x"
    path.write_bytes(change(mbox(conversation())))  # type: ignore[operator]
    reading = read_archives([str(path)])
    assert reading.problems == []
    assert ids(reading) == IDS


def test_lines_that_begin_with_from(tmp_path: Path) -> None:
    body = (
        "First.\n\nFrom here on it gets worse at 10:30:\nFrom: nobody\n\nFrom now on.\n"
        "From a@b Mon Oct 5 00:00:00 2026\nX: y"
    )
    mails = [Mail("x", body=body), Mail("y")]
    path = tmp_path / "x.mbox"
    path.write_bytes(mbox(mails))
    reading = read_archives([str(path)])
    assert ids(reading) == ["x", "y"]
    assert body.encode() in reading.archives[0].messages[0].content.read()
    # and where an archive forgot to quote them
    path.write_bytes(mbox(mails).replace(b">From here", b"From here").replace(b">From now", b"From now"))
    assert ids(read_archives([str(path)]))[-1] == "y"


HEADER = "From: ann@example.org\nDate: Mon, 05 Oct 2026 10:00:00 +0000\nMessage-ID: <{}>\n"


@pytest.mark.parametrize(
    ("start", "number"),
    [
        ("From bob at example.org  Wed Jan  9 03:00:00 2008", 2),
        ("From bob at example.org  Wed Jan 09 03:00 2008", 2),
        ("From bob@example.org Wed Jan  9 03:00:00 CET 2008", 2),
        ("From bob@example.org Wed Jan  9 03:00:00 2008 +0100", 2),
        ("From bob@example.org Wed, 9 Jan 2008 03:00:00 +0000", 2),
        ("From bob@example.org Wed Jan  9 03:00:00 2008\n>From ann@example.org Wed Jan  9 02:00:00 2008", 2),
        ("From here on it is the talk of 10:30", 1),
        ("From bob@example.org", 1),
        (f"From {'0a' * 20} Mon Sep 17 00:00:00 2001", 1),
    ],
)
def test_no_empty_line_before_a_message(tmp_path: Path, start: str, number: int) -> None:
    """As Pipermail writes it below an attachment."""
    first = f"From a@b Mon Oct  5 09:00:00 2026\n{HEADER.format('1')}\nWords.\nURL: <https://example.org/a.pgp>\n"
    path = tmp_path / "2008-January.txt"
    for end in ("\n", "\r\n"):
        path.write_bytes(f"{first}{start}\n{HEADER.format('2')}\nMore.\n".replace("\n", end).encode())
        reading = read_archives([str(path)])
        assert (ids(reading), reading.problems) == (["1", "2"][:number], [])


@pytest.mark.parametrize(
    ("start", "header", "number"),
    [
        ("From bob", HEADER, 2),
        ("From bob 2008-01-09", HEADER, 2),
        ("From bob of example.org", HEADER, 2),
        ("From bob at 10:00", "X-One : 1\n", 2),
        ("From bob at 10:00", ">From ann Wed Jan  9 03:00:00 2008\nMessage-ID: <2>\n", 2),
        ("From bob at 10:00", "no header\n", 1),
        ("From bob Mon Oct  5 10:00:00 2026", "no header\n", 1),
        ("From bob at 10:00", "\nno header\n", 1),
        ("From bob 2008-01-09", "X-One: 1\nX-Two: 2\n", 1),
        ("From bob 2008-01-09", "Message-ID: <2>\n", 1),
        ("From bob 2008-01-09", "X-One: 1\n two\nMessage-ID: <2>\n", 2),
    ],
)
def test_odd_postmarks(tmp_path: Path, start: str, header: str, number: int) -> None:
    path = tmp_path / "x.mbox"
    first = f"From a@b Mon Oct  5 09:00:00 2026\n{HEADER.format('1')}\nWords.\n\n"
    path.write_text(
        f"{first}{start}\n{header.format('2')}Subject: x\n\nMore.\n"
        if number > 1
        else f"{first}{start}\n{header.format('2')}\n"
    )
    reading = read_archives([str(path)])
    assert len(ids(reading)) == number
    assert reading.problems == []


def test_no_message_is_left_out_without_a_word(tmp_path: Path) -> None:
    start = "From bob at example.org  Wed Jan  9 03:00:00 2008\n"
    path = tmp_path / "x.mbox"
    path.write_text(f"{start}{HEADER.format('1')}\nWords.\n\n{start}\nNo header.\n\n")
    reading = read_archives([str(path)])
    assert ids(reading) == ["1"]
    assert [str(one) for one in reading.problems] == [
        f"{path}: no-mail 1 message has no header that can be read: it is left out"
    ]
    path.write_text(f"{start}\nNo header.\n\n" * 2)
    assert "2 messages have no header that can be read: they are left out" in complaint(path)
    folder = write_maildir(tmp_path / "mail", conversation())
    (folder / "cur" / "9").write_bytes(b"\nno header")
    (folder / "cur" / "8").symlink_to("/proc/self/mem")
    reading = read_archives([str(folder)])
    assert sorted(ids(reading)) == IDS
    assert ["2 messages" in str(one) for one in reading.problems] == [True]


def test_a_message_and_a_maildir(tmp_path: Path) -> None:
    path = tmp_path / "one.eml"
    path.write_text(conversation()[0].raw(), encoding="utf-8")
    assert ids(read_archives([str(path)])) == IDS[:1]
    folder = write_maildir(tmp_path / "mail", conversation())
    write_maildir(folder / ".list", conversation("b"))
    assert sorted(ids(read_archives([str(folder)]))) == [*IDS, *(one.replace("a", "b", 1) for one in IDS)]


def test_a_folder_of_months(tmp_path: Path) -> None:
    months = tmp_path / "months"
    months.mkdir()
    (months / "2026-October.txt").write_bytes(mbox(conversation()[:2]))
    write_gzip(months / "2026-November.txt.gz", mbox(conversation()[2:]))
    (months / "index.html").write_text("<p>The archive</p>")
    (months / ".hidden").write_bytes(mbox(conversation("h")))
    (months / "loop").symlink_to(months)
    reading = read_archives([str(months)])
    assert reading.problems == []
    assert sorted(ids(reading)) == IDS
    assert [Path(archive.name).name for archive in reading.archives] == ["2026-November.txt.gz", "2026-October.txt"]


def test_files_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for name in ("10.mbox", "2.mbox", "1a2.mbox", "1a10.mbox", "a.mbox"):
        (tmp_path / name).write_bytes(mbox([Mail(f"{name}@example.org")]))
    names = [Path(archive.name).name for archive in read_archives([str(tmp_path)]).archives]
    assert names == ["1a2.mbox", "1a10.mbox", "2.mbox", "10.mbox", "a.mbox"]


def test_how_deep_folders_are_read(tmp_path: Path) -> None:
    folder = tmp_path
    for depth in range(10):
        (folder / "x.mbox").write_bytes(mbox([Mail(f"{depth}@example.org")]))
        folder = folder / "in"
        folder.mkdir()
    assert ids(read_archives([str(tmp_path)])) == [f"{depth}@example.org" for depth in range(7, -1, -1)]


def test_how_often_a_file_may_be_packed(tmp_path: Path) -> None:
    data = mbox(conversation())
    for _ in range(2):
        data = gzip.compress(data)
    path = tmp_path / "x.gz"
    path.write_bytes(data)
    assert ids(read_archives([str(path)])) == IDS
    path.write_bytes(gzip.compress(data))
    assert "there is no mail in it" in complaint(path)


def test_what_a_maildir_has_besides(tmp_path: Path) -> None:
    folder = write_maildir(tmp_path / "mail", conversation())
    (folder / "tmp" / "unfinished").write_text(Mail("unfinished").raw())
    (folder / "cur" / "folder").mkdir()
    (folder / "new" / "empty").write_bytes(b"")
    (folder / "list.mbox").write_bytes(mbox([Mail("beside")]))
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "x.mbox").write_bytes(mbox([Mail("hidden")]))
    reading = read_archives([str(folder)])
    assert sorted(ids(reading)) == [*IDS, "beside"]
    assert [str(one).rpartition("no-mail ")[2] for one in reading.problems] == [
        "1 message has no header that can be read: it is left out"
    ]
    assert [archive.is_public_inbox for archive in reading.archives] == [False, False]


def test_a_file_of_a_message_in_a_folder_and_one_that_is_packed(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_text(Mail("one", body="x" * 5_000_000).raw())
    write_gzip(tmp_path / "two.eml.gz", Mail("two", body="Words of two.").raw().encode())
    one, two = (archive.messages[0] for archive in read_archives([str(tmp_path)]).archives)
    assert (one.id, two.id) == ("one", "two")
    assert len(one.content.read()) == 1024 * 1024
    assert len(one.content.read(100)) == len(two.content.read(100)) == 100
    assert two.content.read().endswith(b"Words of two.\n")
    (tmp_path / "one.eml").unlink()
    assert one.content.read() == b""


def test_the_text_of_a_message_in_an_mbox(tmp_path: Path) -> None:
    path = tmp_path / "x.mbox"
    path.write_bytes(mbox([Mail("a", body="First.\nFrom here\n> From there"), Mail("b", body="x" * 2_000_000)]))
    first, second = read_archives([str(path)]).archives[0].messages
    assert first.content.read().endswith(b"\n\nFirst.\nFrom here\n> From there\n\n")
    assert len(second.content.read()) == 1024 * 1024
    assert second.content.read(30).startswith(b"From: Ann")


@pytest.mark.parametrize("bare", [True, False])
def test_public_inbox_version_2(tmp_path: Path, make_repository: type[Repository], bare: bool) -> None:
    mails = conversation()
    inbox = tmp_path / "inbox"
    for epoch, part in enumerate((mails[:3], mails[3:])):
        work = make_repository(tmp_path / f"work{epoch}")
        for mail in [*part, Mail("spam", body="x" * epoch)]:
            (work.root / "m").write_text(mail.raw(), encoding="utf-8")
            work.commit("2026-10-01T00:00:00Z")
        # the last one is deleted again: the file d has what was in m
        (work.root / "m").rename(work.root / "d")
        work.commit("2026-10-02T00:00:00Z")
        work.run("clone", "--quiet", "--mirror", str(work.root), str(inbox / "git" / f"{epoch}.git"))
    source = inbox if bare else tmp_path / "work0"
    reading = read_archives([str(source)])
    assert reading.problems == []
    assert ids(reading) == (IDS if bare else IDS[:3])
    assert all(archive.is_public_inbox for archive in reading.archives)


def test_public_inbox_version_1(tmp_path: Path, make_repository: type[Repository]) -> None:
    work = make_repository(tmp_path / "work")
    for index, mail in enumerate([*conversation(), Mail("spam")]):
        file = work.root / f"{index:02x}" / ("0" * 38)
        file.parent.mkdir()
        file.write_text(mail.raw(), encoding="utf-8")
        work.commit("2026-10-01T00:00:00Z")
    file.unlink()
    work.commit("2026-10-02T00:00:00Z")
    work.run("clone", "--quiet", "--mirror", str(work.root), str(tmp_path / "inbox.git"))
    assert ids(read_archives([str(tmp_path / "inbox.git")])) == IDS


def test_what_is_no_mail(tmp_path: Path) -> None:
    for name, data, expected in [
        ("empty", b"", "there is nothing in the file"),
        ("blank", b"\n\n", "there is nothing in the file"),
        ("page", b"<html>", "not a mail archive"),
        ("binary", b"\x00\x01" * 100, "not a mail archive"),
        ("settings", b"one: 1\ntwo: 2\n", "not a mail archive"),
        ("sentence", b"From here on there is no mail\n", "there is no mail in it"),
    ]:
        (tmp_path / name).write_bytes(data)
        assert f"{name}: no-mail {expected}" in complaint(tmp_path / name)
    (tmp_path / "folder").mkdir()
    assert "there is no mail in it" in complaint(tmp_path / "folder")
    assert "unreadable there is no such file" in complaint(tmp_path / "missing")
    os.mkfifo(tmp_path / "pipe")
    assert "this is not a regular file" in complaint(tmp_path / "pipe")
    assert "unreadable" in complaint("a\x00b")
    (tmp_path / "broken.git" / "objects").mkdir(parents=True)
    (tmp_path / "broken.git" / "HEAD").write_text("ref: refs/heads/main\n")
    assert "unreadable" in complaint(tmp_path / "broken.git")


def test_damaged_gzip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = mbox([*conversation(), *(Mail(f"x{n}", body=os.urandom(2000).hex()) for n in range(300))])
    path = tmp_path / "x.gz"
    path.write_bytes(gzip.compress(data)[:-2000])
    reading = read_archives([str(path)])
    assert ids(reading)[:5] == IDS
    assert [problem.code for problem in reading.problems] == [Code.UNREADABLE]
    monkeypatch.setattr(sources, "MAX_UNPACKED", 100_000)
    path.write_bytes(gzip.compress(data + b"\n" * 5_000_000))
    assert Code.TOO_LARGE in [problem.code for problem in read_archives([str(path)]).problems]


def test_urls(server: WebServer) -> None:
    data = mbox(conversation())
    server.pages |= {
        "/2026-October.txt": data,
        "/2026-October.txt.gz": server.tagged(
            gzip.compress(data), '"1"', Content_Encoding="gzip", Content_Type="text/plain"
        ),
        "/export?start=2026-10-01&end=2026-11-01": gzip.compress(data),
        "/moved": "/2026-October.txt.gz",
        "/page": b"<html>no mail</html>",
        "/broken": 500,
        "/away": "file:///etc/passwd",
        "/circle": "/circle",
    }
    for path in ("2026-October.txt", "2026-October.txt.gz", "export?start=2026-10-01&end=2026-11-01", "moved"):
        reading = read_archives([f"{server.url}/{path}"])
        assert (ids(reading), reading.problems) == (IDS, [])
    for path, expected in {
        "missing": "there is no such file on the server",
        "page": "not a mail archive",
        "broken": "500",
        "away": "",
        "circle": "",
    }.items():
        assert expected in complaint(f"{server.url}/{path}")


def test_servers_that_never_end(server: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.pages |= {
        "/silent": server.silent(),
        "/endless": server.never_ending(b"From a Mon Oct 5 00:00:00 2026\n" * 1000),
    }
    assert "cannot be fetched" in complaint(f"{server.url}/silent", timeout=0.3)
    monkeypatch.setattr(sources, "MAX_DOWNLOAD", 1_000_000)
    assert "is larger than 1,000,000 bytes" in complaint(f"{server.url}/endless")
    assert "cannot be fetched" in complaint("http://127.0.0.1:9/x", timeout=1)
    assert "not an absolute URL" in complaint("http:///x")
