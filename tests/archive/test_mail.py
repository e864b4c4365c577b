"""Raw messages in the forms in which they are sent."""

from __future__ import annotations

import base64
import quopri
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from sphinxext.digest.archive.mail import is_mail, messages, post_of_message, post_of_page
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
