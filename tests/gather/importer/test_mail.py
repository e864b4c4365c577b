"""Raw messages in the forms in which they are sent."""

from __future__ import annotations

import base64
import quopri
import time
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from sphinxext.digest.gather.importer.mail import (
    header_of,
    is_mail,
    is_reply,
    messages,
    parsed,
    post_of_message,
    post_of_page,
)
from sphinxext.digest.problems import DigestError

BODY = "Wicks\n* They are “long” – but not =too= long\n  for a lamp.\n"
HEADER = (
    "From: =?utf-8?q?W=C3=BDn?= <w@example.org>\nSubject: =?utf-8?b?TGFtcHM=?=\nDate: Fri, 6 May 2016 18:55:29 +0200\n"
)


def plain(data: bytes) -> list[str]:
    return [block.plain for block in post_of_message(data, "x.eml", 1).blocks]


@pytest.mark.parametrize("part", ["(", ":", "a: ", "<"])
def test_a_sender_nested_without_end(part: str) -> None:
    data = f"From: {part * 20_000}\nSubject: Lamps\n\n{BODY}".encode()
    assert post_of_message(data, "x.eml", 1).title == "Lamps"


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "utf-16"])
@pytest.mark.parametrize("encoding", ["base64", "quoted-printable"])
def test_encodings(charset: str, encoding: str) -> None:
    encode = base64.encodebytes if encoding == "base64" else quopri.encodestring
    header = f'{HEADER}Content-Type: text/plain; charset="{charset}"\nContent-Transfer-Encoding: {encoding}\n\n'
    data = header.encode() + encode(BODY.encode(charset))
    assert is_mail(data)
    post = post_of_message(data, "x.eml", 1)
    assert [block.plain for block in post.blocks] == ["Wicks", "They are “long” – but not =too= long for a lamp."]
    assert (post.title, post.author) == ("Lamps", "Wýn")
    assert post.sent is not None and post.sent.astimezone(UTC) == datetime(2016, 5, 6, 16, 55, 29, tzinfo=UTC)


@pytest.mark.parametrize("content", ["", "Content-Type: text/plain; charset=nonsense\n", "Content-Type: text/plain\n"])
def test_wrong_or_missing_charset(content: str) -> None:
    data = f"{HEADER}{content}\n".encode() + "* “é”\n".encode("windows-1252")
    assert plain(data) == ["“é”"]


def test_line_ends_of_the_network() -> None:
    post = post_of_message(f"{HEADER}\n{BODY}".replace("\n", "\r\n").encode(), "x.eml", 1)
    assert [block.line for block in post.blocks] == [5, 6]
    assert post.blocks[0].plain == "Wicks"


def test_flowed() -> None:
    text = "Wicks\n* They are long, and \n  go on.\n  - Below\n\n>From here\n-- \nWren\n"
    stuffed = "\n".join(f" {line}" if line.startswith((" ", ">From")) else line for line in text.split("\n"))
    data = f"{HEADER}Content-Type: text/plain; format=flowed\n\n{stuffed}".encode()
    assert plain(data) == ["Wicks", "They are long, and go on.", "Below", ">From here"]


def test_parts() -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "Lamps", "w@example.org"
    message.set_content("* text\n")
    message.add_alternative("<p>html</p>", subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="lamp.png")
    assert plain(bytes(message)) == ["text"]


def test_html_alone() -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "Lamps", "w@example.org"
    message.set_content("<h3>Wicks</h3><ul><li><a href='https://e.org/'>long</a></ul>", subtype="html")
    post = post_of_message(bytes(message), "x.eml", 1)
    assert [block.plain for block in post.blocks] == ["Wicks", "long"]
    assert post.blocks[1].words.urls == ["https://e.org/"]


@pytest.mark.parametrize(
    "footer",
    [
        "-- \nWren",
        "_______________________________________________\nlamp-dev mailing list",
        "-------------- next part --------------\nA non-text attachment was scrubbed...",
        "More information about the lamp-dev mailing list",
    ],
)
def test_footers(footer: str) -> None:
    assert plain(f"{HEADER}\n* One\n\n{footer}\n".encode()) == ["One"]


def test_nothing_in_it() -> None:
    assert plain(f"{HEADER}\n".encode()) == []
    assert plain(b"From: x\nSubject: y") == []


def test_mbox() -> None:
    data = (
        f"From w at example.org Fri May  6 16:55:29 2016\n{HEADER}\nOne\n>From here\n\nFrom there it is 2016\n\n"
        f"From w@example.org Fri May  6 16:55:29 2016\n{HEADER}\nTwo\n"
    ).encode()
    found = list(messages(data))
    assert [line for _, line in found] == [2, 12]
    assert [plain(content) for content, _ in found] == [["One", "From here", "From there it is 2016"], ["Two"]]


@pytest.mark.parametrize("data", [b"Subject\n", b"Wicks: long\n\ntext", b"# a\n* b: c\n"])
def test_no_mail(data: bytes) -> None:
    assert not is_mail(data)


def test_page_of_an_archive() -> None:
    text = "[lamps] A Digest\n\nWren  Hall w at example.org\nFri May 6 16:55:29 UTC 2016\n\nNext message: x\n\n* One\n"
    post = post_of_page(text.split("\n"), "x.txt")
    assert post is not None and post.sent is not None
    assert (post.title, post.line, post.sent.date().isoformat()) == ("A Digest", 1, "2016-05-06")
    assert [(block.line, block.plain) for block in post.blocks] == [(8, "One")]
    assert post_of_page(["Fri May 6 16:55:29 UTC 2016", "x"], "x.txt") is None


def test_a_header_nested_without_end() -> None:
    with pytest.raises(DigestError, match=r"x\.eml:7:1: not-a-digest the mail cannot be read: it is nested"):
        post_of_message(f"{HEADER}Content-Type: {'(' * 3000}\n\n{BODY}".encode(), "x.eml", 7)


FIELDS = "From: Wren <w@example.org>\nSubject: Lamp Digest November 14 - 20\nDate: Fri, 20 Nov 2015 10:00:00 +0000\n"


@pytest.mark.parametrize(
    "field",
    [
        *("Cc:\n", "Cc: \n", "Cc:\t\n", "References:\n <a0@example.org>\n", "References:\n\t<a@e.org>\n <b@e.org>\n"),
        *("X-Mailer:none\n", "X-Face:\n ???\n", "X_Spam.Level: *\n", "DKIM-Signature: v=1;\n\tb=\n\t abc\n"),
        *("X-Folded: \n \n", "Content-Type: text/plain\n", f"X-Long: {'x' * 80_000}\n"),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("first", [True, False])
def test_fields_of_real_mails(field: str, ends: str, first: bool) -> None:
    header = f"{field}{FIELDS}" if first else f"{FIELDS}{field}"
    data = f"{header}\n{BODY}".replace("\n", ends).encode()
    assert is_mail(data)
    post = post_of_message(data, "x.eml", 1)
    assert post.title == "Lamp Digest November 14 - 20"
    assert post.blocks[0].plain == "Wicks"


@pytest.mark.parametrize("name", ["From", "Subject", "Date", "Message-ID", "Received", "MIME-Version", "RETURN-PATH"])
def test_one_field_of_a_mail_is_enough(name: str) -> None:
    assert is_mail(f"X-A: b\n{name}: c\n\ntext".encode())
    assert not is_mail(f"{name}: c\n\ntext".encode())
    assert not is_mail(f"X-A: b\n{name}: c\ntext\n\n".encode())


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"Oil: long\nWicks: long\n\n",
            b" folded: x\nFrom: a\nDate: b\n\n",
            b"From: a\nDate: b",
            b"a b: c\nFrom: x\n\n",
        ),
        *(b"From here on\n\n", b"From w@example.org\nFrom: a\nDate: b\n\n", b"\nFrom: a\nDate: b\n\n"),
    ],
)
def test_what_only_looks_like_a_mail(data: bytes) -> None:
    assert not is_mail(data)


def test_a_message_of_an_mbox_without_a_blank_line_above() -> None:
    data = (
        f"From w at example.org Fri May  6 16:55:29 2016\n{HEADER}\nOne\n-------------- next part --------------\n"
        f"From v at example.org Sat May  7 16:55:29 2016\n{HEADER}\nTwo\nFrom Oslo in 2016\nX: we went\n"
        f"From x at example.org Sat, 7 May 2016 16:55:29 +0000\n{HEADER}\nThree\n"
    ).encode()
    found = [plain(content) for content, _ in messages(data)]
    assert found == [["One"], ["Two", "From Oslo in 2016\nX: we went"], ["Three"]]


@pytest.mark.parametrize(
    "line", ["From x at e.org in May", f"From {'x' * 600} Fri May  6 16:55:29 2016", "From  Fri 2016"]
)
def test_lines_that_begin_no_message(line: str) -> None:
    data = f"From w at example.org Fri May  6 16:55:29 2016\n{HEADER}\nOne\n\n{line}\nA: b\n".encode()
    assert len(list(messages(data))) == 1


@pytest.mark.parametrize(
    ("subject", "fields", "expected"),
    [
        *(
            ("Re: Lamps", "", True),
            ("re:Lamps", "", True),
            ("[a] [b]RE: Lamps", "", True),
            ("Lamps re: oil", "", False),
        ),
        *(("Lamps", "In-Reply-To: <a@e.org>\n", True), ("Lamps", "References:\n <a@e.org>\n", True), ("", "", False)),
    ],
)
def test_answers(subject: str, fields: str, expected: bool) -> None:
    message = parsed(header_of(f"{fields}X-A: b\n\nRe: text".encode()), header_only=True)
    assert is_reply(subject, message) is expected


@pytest.mark.parametrize("name", ["From", "Subject", "Date", "Content-Type", "Content-Transfer-Encoding"])
@pytest.mark.parametrize("part", ['"', ",", "\\", "a@b, ", "x ", "=?utf-8?q?a?= ", "; x=y", "<", 'x="', "()"])
def test_a_field_of_a_megabyte(name: str, part: str) -> None:
    data = f"{name}: {part * (1_000_000 // len(part))}\nX: y\n\nbody\n".encode()
    start = time.process_time()
    post_of_message(data, "x.eml", 1)
    assert time.process_time() - start < 5
