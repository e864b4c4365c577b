"""URLs of threads."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from web_server import WebServer

from sphinxext.digest.fragments.write import allowed_url
from sphinxext.digest.gather.mail.search import archive_of_url, hash_of, month_file, open_addresses, own_url
from sphinxext.digest.gather.mail.sources import MailArchive

from .mails import Mail, conversation, messages, threads

LIST = "https://lists.example.org/archives/list/dev@lists.example.org"


def test_hashes_are_hyperkitty_s() -> None:
    assert hash_of("87myycy5eh.fsf@uwakimon.sk.tsukuba.ac.jp") == "JJIGKPKB6CVDX6B2CUG4IHAJRIQIOUTP"


@pytest.mark.parametrize("url", [LIST, f"{LIST}/", f"{LIST}/latest?page=2", f"{LIST}/thread/ABC/"])
def test_hyperkitty(tmp_path: Path, url: str) -> None:
    addresses = open_addresses(url, [], [])
    whole, part = threads(conversation(), folder=tmp_path) + threads(conversation()[1:], folder=tmp_path)
    assert addresses.url_of(whole) == f"{LIST}/thread/{hash_of('a0@example.org')}/"
    # the thread began with a message that is not there: the archive does not call it by this one
    assert addresses.url_of(part) == f"{LIST}/message/{hash_of('a1@example.org')}/"


def test_public_inbox(tmp_path: Path) -> None:
    (thread,) = threads([Mail("a/b?c%d@example.org")], folder=tmp_path)
    addresses = open_addresses("https://inbox.example.org/dev/", [MailArchive("x", thread.messages, True)], [])
    assert addresses.url_of(thread) == "https://inbox.example.org/dev/a%2Fb%3Fc%25d@example.org/T/"


def test_archives_of_urls() -> None:
    assert archive_of_url(f"{LIST}/export/dev.mbox.gz?start=2026-10-01&end=2026-11-01") == LIST
    base = "https://lists.example.org/pipermail/dev/"
    assert archive_of_url(f"{base}2026-October.txt.gz") == base
    assert archive_of_url(f"{base}other.txt.gz") is None
    assert archive_of_url("dev/2026-October.txt.gz") is None
    for page in ("", "thread.html", "date.html"):
        assert month_file(f"{base}2026-October/{page}") == f"{base}2026-October.txt.gz"
    assert month_file(base) is None
    assert month_file(f"{base}2026-October.txt") is None


def page(mails: list[Mail], first: int) -> bytes:
    """A month's page as Pipermail makes it, its threads in an order of their own."""
    lines = [
        f'<LI><A HREF="{number:06d}.html">{mail.subject.replace("<", "&lt;")}\n</A><A NAME="{number}">&nbsp;</A>\n'
        f"<I>{mail.who}\n</I>\n<UL>"
        for number, mail in enumerate(mails, first)
    ]
    return "\n".join(reversed(lines)).encode()


def test_pipermail(server: WebServer, tmp_path: Path) -> None:
    mails = [mail.pipermail() for mail in [*conversation(), *conversation("b", "[list] Other <things>")]]
    extra = Mail("gone@example.org", "[list] Only on the page")
    server.pages["/pipermail/dev/2026-October/thread.html"] = page([extra, *mails], 91946)
    (read,) = messages(mails, folder=tmp_path)
    for name in ("2026-October.txt", "x/2026-October.txt.gz", "list-2026-October.mbox"):
        notes: list[str] = []
        addresses = open_addresses(f"{server.url}/pipermail/dev/", [MailArchive(name, read)], notes)
        assert notes == []
        first, second = threads(mails, folder=tmp_path)
        assert addresses.url_of(first) == f"{server.url}/pipermail/dev/2026-October/thread.html#91947"
        assert addresses.url_of(second) == f"{server.url}/pipermail/dev/2026-October/thread.html#91952"


def test_pipermail_that_is_not_there(server: WebServer, tmp_path: Path) -> None:
    mails = [mail.pipermail() for mail in conversation()]
    (read,) = messages(mails, folder=tmp_path)
    (thread,) = threads(mails, folder=tmp_path)
    server.pages["/dev/2026-May/thread.html"] = page([Mail("x", "Something else")], 1)
    for name, note in {
        "2026-June.txt": "there is no such page",
        "2026-May.txt": "has other messages",
        "archive": "is not that of a month",
    }.items():
        notes: list[str] = []
        addresses = open_addresses(f"{server.url}/dev", [MailArchive(name, read)], notes)
        assert addresses.url_of(thread) is None
        assert [note in one for one in notes] == [True]


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (f"<{LIST}/message/ABC/>", f"{LIST}/thread/ABC/"),
        ("<https://inbox.example.org/x>", "https://inbox.example.org/x"),
        ("<javascript:alert(1)>", None),
        ("<mailto:x@example.org>", None),
        ("<https://example.org/\x07>", None),
    ],
)
def test_what_a_message_says_itself(tmp_path: Path, value: str, url: str | None) -> None:
    mail = replace(conversation()[0], headers={"Archived-At": value})
    (thread,) = threads([mail], folder=tmp_path)
    assert own_url(thread) == url


def test_an_address_with_a_control_character_is_none() -> None:
    """It would not be sound in the fragment that is drafted."""
    assert [allowed_url(f"https://lists.example.org{char}/a") for char in "\x8f\ufffe\x07"] == [None] * 3
