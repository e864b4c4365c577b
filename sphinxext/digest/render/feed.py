"""A feed as plain data: what its formats are made from.

A feed in the format Atom, RFC 4287.

A feed in the format JSON Feed, version 1.1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from sphinxext.digest.model import Moment

#: The time of a feed that has nothing yet. Nothing in a feed comes from the clock.
NEVER = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An entry of a feed.

    ``identifier`` is a URI that stays the same whatever is edited; ``title`` is plain text, ``html`` complete without
    the page: all its addresses are absolute. ``url`` may be empty. Times are of RFC 3339.
    """

    identifier: str
    title: str
    url: str
    published: str
    updated: str
    html: str


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its entries are in their order, the newest first.

    ``url`` is where its files are, without their suffixes, which is the feed's identity as well; ``home`` is the page
    that it is about. ``language`` is a tag of BCP 47.
    """

    url: str
    title: str
    author: str
    language: str
    home: str
    atom_url: str
    json_url: str
    entries: tuple[FeedEntry, ...]

    @property
    def updated(self) -> str:
        """When the newest of its entries was."""
        return max((entry.updated for entry in self.entries), default=NEVER)


def rfc3339(moment: Moment) -> str:
    """A time in UTC as of RFC 3339; a day without a time begins at midnight."""
    return str(moment) if moment.time else f"{moment.day.isoformat()}T00:00:00Z"


#: What XML cannot have, not even by a reference.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom_document(feed: Feed) -> str:
    """The document of a feed."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{_text(feed.language)}">',
        f"<id>{_text(feed.url)}</id>",
        f"<title>{_text(feed.title)}</title>",
        f"<updated>{feed.updated}</updated>",
        f"<author><name>{_text(feed.author)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href="{_text(feed.atom_url)}"/>',
        f'<link rel="alternate" type="text/html" href="{_text(feed.home)}"/>',
        "<generator>sphinxext-digest</generator>",
    ]
    for entry in feed.entries:
        lines += _entry(entry)
    return "\n".join([*lines, "</feed>", ""])


def _entry(entry: FeedEntry) -> Iterator[str]:
    yield "<entry>"
    yield f"<id>{_text(entry.identifier)}</id>"
    yield f"<title>{_text(entry.title)}</title>"
    if entry.url:
        yield f'<link rel="alternate" type="text/html" href="{_text(entry.url)}"/>'
    yield f"<published>{entry.published}</published>"
    yield f"<updated>{entry.updated}</updated>"
    yield f'<content type="html">{_text(entry.html)}</content>'
    yield "</entry>"


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", text))


VERSION = "https://jsonfeed.org/version/1.1"


def json_feed_document(feed: Feed) -> str:
    """The document of a feed."""
    document = {
        "version": VERSION,
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.json_url,
        "language": feed.language,
        "authors": [{"name": feed.author}],
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"


def _item(entry: FeedEntry) -> dict[str, str]:
    item = {"id": entry.identifier, "url": entry.url, "title": entry.title, "content_html": entry.html}
    dates = {"date_published": entry.published, "date_modified": entry.updated}
    return {name: value for name, value in (item | dates).items() if value or name == "content_html"}
