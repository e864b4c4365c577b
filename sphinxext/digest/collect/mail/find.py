"""All at once: sources to candidates, for the commands that show them and that draft them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sphinxext.digest.collect.mail.addresses import (
    Addresses,
    archive_of_url,
    month_file,
    open_addresses,
    own_url,
)
from sphinxext.digest.collect.mail.choose import Candidate, Known, Wishes, choose, cut, make_candidate
from sphinxext.digest.collect.mail.plain import allowed_url
from sphinxext.digest.collect.mail.sources import MailArchive, read_archives
from sphinxext.digest.collect.mail.subject import list_tags
from sphinxext.digest.collect.mail.threads import MailThread, find_threads
from sphinxext.digest.collect.outside import MAX_URL
from sphinxext.digest.collection import Collection
from sphinxext.digest.problems import Problem
from sphinxext.digest.web import TIMEOUT


@dataclass
class Finding:
    """Threads by rank, what is wrong with the sources, and what a user may want to know besides."""

    candidates: list[Candidate]
    problems: list[Problem]
    notes: list[str] = field(default_factory=list)


def find_candidates(
    sources: Sequence[str],
    collection: Collection,
    wishes: Wishes,
    archive: str | None = None,
    timeout: float = TIMEOUT,
) -> Finding:
    """The threads of some sources that a user wants, the best first.

    :param sources: paths relative to the current folder, and URLs. A page of a month of Pipermail stands for its
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
        make_candidate(thread, _url_of(thread, addresses), own, known, wishes)
        for thread in cut(find_threads(messages), wishes.until)
    )
    finding.candidates = choose(candidates, wishes)
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
