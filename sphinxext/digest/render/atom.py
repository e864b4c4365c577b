"""A feed in the format Atom, RFC 4287."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from sphinxext.digest.render.feed import Feed, FeedEntry

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
