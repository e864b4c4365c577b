"""Headers in whatever state they are in."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha1
from mmap import ACCESS_READ, mmap
from pathlib import Path

import pytest

from sphinxext.digest.gather.mail.header import Content, MailFile, Message, Slice, read_message
from sphinxext.digest.gather.mail.sources import _Held


def read(text: str | bytes, postmark: bytes = b"") -> Message:
    message = read_message(_Held(text.encode() if isinstance(text, str) else text), postmark)
    assert message is not None
    return message


@pytest.mark.parametrize(
    "make", [lambda file, archive: MailFile(file), lambda file, archive: Slice(archive, 7, 3 << 20)]
)
def test_a_message_is_read_to_a_megabyte(tmp_path: Path, make: Callable[[Path, mmap], Content]) -> None:
    """Large attachments are cut, wherever the message begins in its archive."""
    file = tmp_path / "mbox"
    file.write_bytes(b"a" * (3 << 20))
    with file.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as archive:
        content = make(file, archive)
        assert [len(content.read()), len(content.read(7)), len(content.read(9))] == [1_048_576, 7, 9]


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("Ann Example <ann@example.org>", "Ann Example"),
        ("ann@example.org (Ann Example)", "Ann Example"),
        ('"Example, Ann" <ann@example.org>', "Example, Ann"),
        ("ann at example.org (Ann Example)", "Ann Example"),
        ("mike at openstack.org (=?utf-8?q?M=C3=ADke?=)", "Míke"),
        ("ann at example.org", "ann at example.org"),
        ("ann@example.org", "ann@example.org"),
        ("=?ISO-8859-1?Q?J=F6rg?= <j@example.org>", "Jörg"),
        ("=?utf-8?b?SsO2?= =?utf-8?b?cmc=?= <j@example.org>", "Jörg"),
        ("=?no-such-charset?Q?J=C3=B6rg?= <j@example.org>", "Jörg"),
        ("=?utf-8?b?!!!?= <j@example.org>", "j@example.org"),
        ("Ann Example via list <list@example.org>", "Ann Example"),
        ("", "(unknown)"),
        ("\x1b[31mAnn\u202e Example\x07 <a@example.org>", "Ann Example"),
        ("<><><", "<><><"),
        ("Ann [Corp] <ann@example.org>", "Ann [Corp]"),
        (r'"Ann \"A\" Example" <ann@example.org>', 'Ann "A" Example'),
        ('"Ann <Corp> Example" <ann@example.org>', "Ann <Corp> Example"),
        ("ann@example.org (Ann (Corp) Example)", "Ann (Corp) Example"),
        ("ann@example.org, bob@example.org", "ann@example.org"),
        ("ann@example.org Mon Oct 5 10:00:00 2026", "ann@example.org"),
        ("ann at example.org and bob at example.org", "ann at example.org and bob at example.org"),
        ("ann at example.org (Ann", "ann at example.org"),
    ],
)
def test_senders(value: str, sender: str) -> None:
    assert read(f"From: {value}\nSubject: x\n\n").sender == sender


@pytest.mark.parametrize(
    "value",
    [
        "\"'Ute Sample' via dev\" <dev@googlegroups.com>",
        "'Ute Sample' via dev <dev@googlegroups.com>",
        "'Ute Sample' через dev <dev@groups.example.org>",
        "'Ute Sample' dev aracılığıyla <dev@groups.example.org>",  # noqa: RUF001
        "=?utf-8?q?=27Ute_Sample=27_via_dev?= <dev@googlegroups.com>",
        "=?utf-8?b?J1V0ZSBTYW1wbGUnIHZpYSBkZXY=?= <dev@googlegroups.com>",
        "Ute Sample über dev <dev@example.org>",
        "Ute Sample vía dev <dev@example.org>",
        "Ute Sample przez Dev <dev@lists.example.org>",
        "Ute Sample dev 経由 <dev@lists.example.org>",
        '"Ute Sample (via dev Mailing List)" <dev@example.org>',
        '"Ute Sample [Via dev]" <dev@example.org>',
        '"Ute Sample (dev)" <dev@lists.example.org>',
        "dev at lists.example.org ('Ute Sample' via dev)",
        "'Ute Sample' <ute@example.org>",
    ],
)
def test_what_lists_add_to_names(value: str) -> None:
    assert read(f"From: {value}\nSubject: x\n\n").sender == "Ute Sample"


@pytest.mark.parametrize(
    ("value", "sender"),
    [
        ("\"'Sample, Ute' via dev\" <dev@googlegroups.com>", "Sample, Ute"),
        ("\"'O'Sample, Ute' via dev\" <dev@googlegroups.com>", "O'Sample, Ute"),
        ("=?utf-8?q?=27Sample=2C_=C3=9Cte=27_via_dev?= <dev@googlegroups.com>", "Sample, Üte"),
        ("Ute O'Sample <ute@example.org>", "Ute O'Sample"),
        ("Ute de Sample <sample@example.org>", "Ute de Sample"),
        ("Ute Via Sample <ute@example.org>", "Ute Via Sample"),
        ("Ute Sample Dev <dev@lists.example.org>", "Ute Sample Dev"),
        ("über dev <dev@lists.example.org>", "über dev"),
        ("Ute Anna Maria Sample przez dev <dev@lists.example.org>", "Ute Anna Maria Sample"),
        ("\"Ute 'The Hammer' Sample\" <ute@example.org>", "Ute 'The Hammer' Sample"),
        ("\"'Ute' Sample\" <ute@example.org>", "Ute' Sample"),
        ("Ute Sample (dev) <ute@example.org>", "Ute Sample (dev)"),
        ("dev@lists.example.org", "dev@lists.example.org"),
    ],
)
def test_names_that_only_look_like_it(value: str, sender: str) -> None:
    assert read(f"From: {value}\nSubject: x\n\n").sender == sender


def test_the_name_of_the_list_may_be_in_its_identifier() -> None:
    header = "From: Ute Sample door dev <dev@example.org>\nList-Id: Development <dev.example.org>\n\n"
    assert read(header).sender == "Ute Sample"
    assert read(header.replace("<dev.", "<users.")).sender == "Ute Sample door dev"
    assert read(header).list_id == "dev"


def test_eight_bits() -> None:
    assert read(b"From: J\xf6rg <j@example.org>\n\n").sender == "Jörg"
    assert read("From: Jörg <j@example.org>\n\n").sender == "Jörg"


def test_folded_subject() -> None:
    message = read("Subject: [list] A subject\n that goes\r\n\ton =?utf-8?q?and_on?=\nFrom: x\n\n Subject: body\n")
    assert message.subject == "[list] A subject that goes on and on"


@pytest.mark.parametrize(
    ("date", "postmark", "sent"),
    [
        ("Thu, 03 Mar 2016 09:20:35 -0800", "", datetime(2016, 3, 3, 17, 20, 35, tzinfo=UTC)),
        ("3 Mar 2016 09:20", "", datetime(2016, 3, 3, 9, 20, tzinfo=UTC)),
        ("", "From a at b.org  Thu Mar  3 18:20:35 2016", datetime(2016, 3, 3, 18, 20, 35, tzinfo=UTC)),
        ("soon", "From a@b Thu Mar 3 18:20:35 2016 +0100", datetime(2016, 3, 3, 17, 20, 35, tzinfo=UTC)),
        (
            "Thu, 31 Dec 2099 00:00:00 GMT",
            "From a@b Thu Mar 3 18:20:35 2016",
            datetime(2016, 3, 3, 18, 20, 35, tzinfo=UTC),
        ),
        (
            "Sat, 1 Jan 2000 00:00:00 GMT",
            "From a@b Thu Mar 3 18:20:35 2016",
            datetime(2016, 3, 3, 18, 20, 35, tzinfo=UTC),
        ),
        ("Thu, 3 Mar 1994 00:00:00 GMT", "From a@b Mon Sep 17 00:00:00 2001", datetime(1994, 3, 3, tzinfo=UTC)),
        ("Thu, 99 Foo 2016 25:61:00 +9999", "", None),
        ("Thu, 03 Mar 99999 09:20:35 -0800", "", None),
        ("", "", None),
    ],
)
def test_dates(date: str, postmark: str, sent: datetime | None) -> None:
    assert read(f"Subject: x\nDate: {date}\n\n", postmark.encode()).sent == sent


def test_a_date_without_a_zone_is_in_utc_anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    try:
        assert read("Date: 3 Mar 2016 09:20\n\n").sent == datetime(2016, 3, 3, 9, 20, tzinfo=UTC)
        assert read("Subject: x\n\n", b"From a Thu Mar  3 18:20:35 2016").sent == datetime(
            2016, 3, 3, 18, 20, 35, tzinfo=UTC
        )
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("servers", "hour"),
    [
        (["from a by b; Thu, 13 Aug 2026 10:00:00 +0000"], 10),
        (["from a by b (x; y);\n\tThu, 13 Aug 2026 10:00:00 +0000 (UTC)"], 10),
        (["from a by b; Thu, 13 Aug 2026 10:00:00 +0000; x"], 10),
        (["from a by b; Thu, 13 Aug 2026 11:00:00 +0100", "from c by a; Thu, 13 Aug 2026 08:00:00 +0000"], 10),
        (["from a by b", "by b; soon", "from c by a; Thu, 13 Aug 2026 10:00:00 +0000"], 10),
        (["from a by b; Thu, 13 Aug 2099 10:00:00 +0000", "by a; Thu, 13 Aug 2026 10:00:00 +0000"], 10),
        (["Thu, 13 Aug 2026 10:00:00 +0000"], None),
        (["from a by b; never"], None),
    ],
)
def test_the_time_of_the_last_server_where_nothing_else_tells(servers: list[str], hour: int | None) -> None:
    header = "".join(f"Received: {one}\n" for one in servers)
    sent = datetime(2026, 8, 13, hour, tzinfo=UTC) if hour else None
    assert read(f"{header}Subject: x\nDate: garbage\n\nReceived: by x; 1 Jan 2001 00:00\n").sent == sent
    assert read(f"Subject: x\n{header}\n", b"From -").sent == sent
    # a postmark and a date come first
    assert read(f"Subject: x\n{header}\n", b"From a Thu Mar  3 18:20:35 2016").sent.year == 2016  # type: ignore[union-attr]
    assert read(f"Date: 3 Mar 2015 10:00\n{header}\n").sent.year == 2015  # type: ignore[union-attr]


def test_ids() -> None:
    message = read(
        "Message-ID: <own@example.org>\nIn-Reply-To: <one @example.org> (Ann's message)\n"
        "References: <first@example.org>\n\t<own@example.org> (a comment) <first@example.org><second@example.org>\n\n"
    )
    assert message.id == "own@example.org"
    assert message.references == ("first@example.org", "second@example.org", "one@example.org")
    assert message.parent is None  # its id has white space, which it should not
    assert read("Message-ID: x\nIn-Reply-To: <a@b>\n\n").parent == "a@b"
    assert read("Message-ID: <x>\nIn-Reply-To: Your message of Monday <a@b>\n\n").parent is None
    assert read("Message-ID: <x>\nIn-Reply-To: Your message of Monday <a@b>\n\n").references == ("a@b",)


@pytest.mark.parametrize(
    "reply", ["<\n  <a@b>", "\n <a@b>", "<a@b\n >", " <a@b>\t(a comment)", "a@b", "\n\ta@b", "<<a@b>>", "<a@\n b"]
)
def test_a_folded_or_bare_answer(reply: str) -> None:
    message = read(f"Message-ID: <x>\nIn-Reply-To: {reply}\nSubject: x\n\n")
    assert message.references == ("a@b",)
    assert message.parent == ("a@b" if reply != "<a@\n b" else None)


def test_bare_references() -> None:
    assert read("Message-ID: <x@y>\nReferences: a@b, c@d\n\te@f\n\n").references == ("a@b", "c@d", "e@f")
    assert read("Message-ID: <x@y>\nIn-Reply-To: a@b c@d\n\n").parent is None
    assert read("Message-ID: <x@y>\nIn-Reply-To: message from a@b of Monday\n\n").references == ()


def test_comments_in_ids_are_left_out_before_them_alone() -> None:
    message = read("Message-ID: <x@y>\nReferences: <(one) a(b)c@d> <(e) f@g>\n\n")
    assert message.references == ("a(b)c@d", "f@g")


@pytest.mark.parametrize(("size", "subject"), [(128 * 1024 - 10, "x"), (128 * 1024, "")])
def test_how_long_a_header_may_be(size: int, subject: str) -> None:
    start = "From: a@example.org\nX-Other: "
    assert read(f"{start}{'x' * (size - len(start) - 1)}\nSubject: x\n\n").subject == subject


@pytest.mark.parametrize("value", ["<>", "< >", "", "<<>>"])
def test_an_empty_id_is_none(value: str) -> None:
    assert read(f"Message-ID: {value}\nSubject: x\n\n").id.startswith("notmuch-sha1-")


def test_a_missing_id_is_notmuch_s() -> None:
    data = b"From: a@example.org\n\nWords\n"
    assert read(data).id == "notmuch-sha1-bf1352c4f4577e6d3d7848bd366bcf8b20f80f07" == read(data + b"\n").id


def test_a_missing_id_is_of_the_whole_message() -> None:
    data = b"From: a@example.org\n\n" + b"Many words of a mail.\n" * 10_000
    assert read(data).id == f"notmuch-sha1-{sha1(data, usedforsecurity=False).hexdigest()}"


def test_no_header() -> None:
    assert read_message(_Held(b"\nSubject: below\n")) is None
    assert read_message(_Held(b"")) is None
    assert read_message(_Held(b"\xff\x00\xfe")) is None


@pytest.mark.parametrize("part", ["(", ":", "a: ", "<"])
def test_a_sender_nested_without_end(part: str) -> None:
    """Python's own parser of addresses calls itself for each of them."""
    assert read(f"From: {part * 20_000}\nSubject: x\n\n").sender


@pytest.mark.parametrize(("hours", "is_known"), [(-1, True), (47, True), (49, False)])
def test_a_mail_of_a_clock_that_is_ahead(hours: int, is_known: bool) -> None:
    """Two days are more than any time zone is wrong by."""
    day = format_datetime(datetime.now(UTC) + timedelta(hours=hours))
    assert (read(f"Message-ID: <a@b>\nDate: {day}\n\n").sent is not None) is is_known
