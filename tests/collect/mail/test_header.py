"""Headers in whatever state they are in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sphinxext.digest.collect.mail.header import Message, read_message
from sphinxext.digest.collect.mail.sources import _Held


def read(text: str | bytes, postmark: bytes = b"") -> Message:
    message = read_message(_Held(text.encode() if isinstance(text, str) else text), postmark)
    assert message is not None
    return message


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
    ],
)
def test_senders(value: str, sender: str) -> None:
    assert read(f"From: {value}\nSubject: x\n\n").sender == sender


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


def test_a_missing_id_is_notmuch_s() -> None:
    data = b"From: a@example.org\n\nWords\n"
    assert read(data).id == "notmuch-sha1-bf1352c4f4577e6d3d7848bd366bcf8b20f80f07" == read(data + b"\n").id


def test_no_header() -> None:
    assert read_message(_Held(b"\nSubject: below\n")) is None
    assert read_message(_Held(b"")) is None
    assert read_message(_Held(b"\xff\x00\xfe")) is None


@pytest.mark.parametrize("part", ["(", ":", "a: ", "<"])
def test_a_sender_nested_without_end(part: str) -> None:
    """Python's own parser of addresses calls itself for each of them."""
    assert read(f"From: {part * 20_000}\nSubject: x\n\n").sender
