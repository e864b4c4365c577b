"""Find the threads of mail archives with their URLs in HyperKitty, Pipermail or public-inbox."""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from html import unescape
from typing import Protocol
from urllib.parse import quote

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.fragments.write import MAX_URL, allowed_url
from sphinxext.digest.gather.mail.header import Message
from sphinxext.digest.gather.mail.ranking import Candidate, Known, ThreadOptions, choose, cut, make_candidate
from sphinxext.digest.gather.mail.sources import MailArchive, base_name, read_archives
from sphinxext.digest.gather.mail.threads import MailThread, find_threads, key_of, list_tags
from sphinxext.digest.net.http import TIMEOUT, WebError, download
from sphinxext.digest.problems import Problem
from sphinxext.digest.text import visible_text

_HYPERKITTY = re.compile(r"(?P<list>https?://[^?#]*/(?:archives|hyperkitty)/list/[^/?#@]+@[^/?#]+)", re.IGNORECASE)
#: The name of a month's mails in Pipermail's archives, by which its page is known: ``2016-April.txt.gz``.
_MONTH = re.compile(
    r"(?:.*[._-])?(?P<month>\d{4}(?:-(?:January|February|March|April|May|June|July|August|September|October|November|"
    r"December)|q[1-4]|\d{4})?|Week-of-Mon-\d{8})(?:\.txt|\.mbox)?(?:\.gz)?"
)
_PIPERMAIL_FILE = re.compile(r"(?P<base>https?://.*/)(?P<month>[^/]+)\.txt(?:\.gz)?\Z", re.IGNORECASE)
_PIPERMAIL_PAGE = re.compile(
    r"(?P<base>https?://.*/)(?P<month>[^/]+)/(?:(?:thread|date|subject|author)\.html)?\Z", re.I
)
_ENTRY = re.compile(
    r"<a\s+href=\"(?P<page>\d{4,12})\.html\">(?P<subject>[^<]{0,2000})</a>\s*<a\s+name=\"\d+\">[^<]{0,50}</a>\s*"
    r"<i>(?P<who>[^<]{0,500})</i>",
    re.IGNORECASE,
)
#: The page of a busy month has a line or two to each message.
_MAX_PAGE = 32 * 1024 * 1024


class Addresses(Protocol):
    """An archive on the web."""

    def url_of(self, thread: MailThread) -> str | None:
        """Return the URL of the beginning of a thread, or None if it is unknown."""


@dataclass(frozen=True)
class HyperKitty:
    """The archive of a list of Mailman 3.

    A message's name is the SHA-1 of its Message-ID without the angle brackets, in Base32; a thread's is that of its
    first message. This is what ``mailman.utilities.email.add_message_hash`` makes.

    :param base: the list's page, ``https://lists.example.org/archives/list/L@H``.
    """

    base: str

    def url_of(self, thread: MailThread) -> str | None:
        """Return the page of the thread; of its first message where the thread began before what is known of it."""
        kind = "thread" if thread.is_whole else "message"
        return f"{self.base}/{kind}/{hash_of(thread.messages[0].id)}/"


@dataclass(frozen=True)
class PublicInbox:
    """The archive of a list in public-inbox: a message is at its Message-ID, in its thread at ``T/``.

    :param base: the list's page, ``https://inbox.example.org/L``.
    """

    base: str

    def url_of(self, thread: MailThread) -> str | None:
        """Return the page of the thread of its first message."""
        return f"{self.base}/{quote(thread.messages[0].id, safe='@:+$!=,~')}/T/"


@dataclass(frozen=True)
class Pipermail:
    """The archive of a list of Mailman 2.

    Messages are numbered as they arrive, on pages ``092451.html``; the page of a month, ``thread.html``, has each at
    the anchor of its number without the zeros. ``places`` are the months and numbers by Message-ID.

    :param base: the list's page with a slash at its end, ``https://lists.example.org/pipermail/L/``.
    """

    base: str
    places: dict[str, tuple[str, int]] = field(default_factory=dict)

    def url_of(self, thread: MailThread) -> str | None:
        """Return the thread on the page of the month in which it began."""
        place = self.places.get(thread.messages[0].id)
        return f"{self.base}{place[0]}/thread.html#{place[1]}" if place else None


def hash_of(message_id: str) -> str:
    """HyperKitty's name for a message."""
    digest = sha1(message_id.encode("utf-8", "surrogateescape"), usedforsecurity=False).digest()
    return b32encode(digest).decode("ascii")


def archive_of_url(url: str) -> str | None:
    """Return the page of the archive that a file is from, by its URL: HyperKitty's exports, Pipermail's mails."""
    found = _HYPERKITTY.match(url)
    if found:
        return found["list"]
    found = _PIPERMAIL_FILE.match(url)
    return found["base"] if found and _MONTH.fullmatch(found["month"]) else None


def month_file(url: str) -> str | None:
    """Return the URL of a month's mails for one of the month's pages; None for any other URL."""
    found = _PIPERMAIL_PAGE.match(url)
    if found is None or not re.search(r"\d{4}", found["month"]) or not _MONTH.fullmatch(found["month"]):
        return None
    return f"{found['base']}{found['month']}.txt.gz"


def open_addresses(url: str, archives: Sequence[MailArchive], notes: list[str], timeout: float = TIMEOUT) -> Addresses:
    """Return the archive at a URL.

    A list's page of HyperKitty has ``/list/L@H`` in its path; what else a clone of public-inbox is given for is one of
    public-inbox; everything else is Pipermail's. There the numbers of messages are read from the pages of the months
    that the names of the archives say.

    :param notes: takes messages on what could not be fetched.
    """
    if found := _HYPERKITTY.match(url):
        return HyperKitty(found["list"])
    if archives and all(archive.is_public_inbox for archive in archives):
        return PublicInbox(url.rstrip("/"))
    page = _PIPERMAIL_PAGE.match(url)
    base = page["base"] if page and month_file(url) else f"{url.rstrip('/')}/"
    pipermail = Pipermail(base)
    for archive in archives:
        found = _MONTH.fullmatch(base_name(archive.name))
        if found is None:
            notes.append(f"{archive.name}: its name is not that of a month, so that its threads have no URLs")
            continue
        pages = _numbers(f"{base}{found['month']}/thread.html", notes, timeout)
        numbers = _matched(archive.messages, pages)
        if pages and not numbers:
            notes.append(f"{archive.name}: the page of {found['month']} has other messages: its threads have no URLs")
        pipermail.places.update({one: (found["month"], number) for one, number in numbers.items()})
    return pipermail


def own_url(thread: MailThread) -> str | None:
    """Return the URL that the first message itself has for the thread (Archived-At), if it is allowed.

    HyperKitty writes the page of the message; that of the thread has the same name.
    """
    url = allowed_url(thread.messages[0].archived_at)
    if url is None or not url.lower().startswith(("http:", "https:")):
        return None
    if thread.is_whole and (found := _HYPERKITTY.match(url)) and url[found.end() :].startswith("/message/"):
        return f"{found['list']}/thread/{url[found.end() + len('/message/') :]}"
    return url


def _numbers(url: str, notes: list[str], timeout: float) -> list[tuple[int, str, str]]:
    """Return the numbers on the page of a month, in their order, with subjects and senders."""
    try:
        data = download(url, timeout, _MAX_PAGE)
    except WebError as error:
        notes.append(str(error))
        return []
    if data is None:
        notes.append(f"{url}: there is no such page: threads have no URLs")
        return []
    text = data.decode("utf-8", "replace")
    return sorted(
        (int(match["page"]), visible_text(unescape(match["subject"])), visible_text(unescape(match["who"])))
        for match in _ENTRY.finditer(text)
    )


def _matched(messages: Sequence[Message], pages: Sequence[tuple[int, str, str]]) -> dict[str, int]:
    """Return the numbers of messages by their ids: both are in the order of arrival, with the same subjects.

    What only one of them has is passed over; a message that is not on the page has no number.
    """
    found: dict[str, int] = {}
    position = 0
    for message in messages:
        key = key_of(message.subject)
        for index in range(position, min(position + _LOOKAHEAD, len(pages))):
            number, subject, who = pages[index]
            if key_of(subject) == key and who.casefold() == message.sender.casefold():
                found[message.id] = number
                position = index + 1
                break
    return found


#: The most messages in a row that are on a page but not among the mails.
_LOOKAHEAD = 50


@dataclass
class Finding:
    """Threads by rank, what is wrong with the sources, and what a user may want to know besides."""

    candidates: list[Candidate]
    problems: list[Problem]
    notes: list[str] = field(default_factory=list)


def find_candidates(
    sources: Sequence[str],
    collection: Collection,
    options: ThreadOptions,
    archive: str | None = None,
    timeout: float = TIMEOUT,
) -> Finding:
    """Return the threads of some sources that a user wants, the best first.

    :param sources: paths relative to the current folder, and URLs. A page of a month of Pipermail means its
        mails.
    :param archive: the URL at which the threads can be read; without it the one that a source's URL tells.
    """
    reading = read_archives([month_file(source) or source for source in sources], timeout)
    finding = Finding([], reading.problems)
    addresses = _addresses(reading.archives, archive, finding.notes, timeout)
    messages = [one.messages for one in reading.archives]
    own = frozenset().union(*map(_own_tags, reading.archives))
    known = Known(collection)
    candidates = (
        make_candidate(thread, _url_of(thread, addresses), own, known, options)
        for thread in cut(find_threads(messages), options.until)
    )
    finding.candidates = choose(candidates, options)
    return finding


def _addresses(archives: Sequence[MailArchive], url: str | None, notes: list[str], timeout: float) -> list[Addresses]:
    if url is not None:
        return [open_addresses(url, archives, notes, timeout)]
    found: dict[str, list[MailArchive]] = {}
    for archive in archives:
        if base := archive_of_url(archive.name):
            found.setdefault(base, []).append(archive)
    return [open_addresses(base, within, notes, timeout) for base, within in found.items()]


def _url_of(thread: MailThread, addresses: Sequence[Addresses]) -> str | None:
    """Return where a thread can be read, if a fragment may have that URL."""
    url = next((url for one in addresses if (url := one.url_of(thread))), None)
    return (allowed_url(url) if url and len(url) <= MAX_URL else None) or own_url(thread)


def _own_tags(archive: MailArchive) -> frozenset[str]:
    ids = {message.list_id.casefold() for message in archive.messages if message.list_id}
    return list_tags(message.subject for message in archive.messages) | ids
