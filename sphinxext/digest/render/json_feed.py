"""A feed in the format JSON Feed, version 1.1."""

from __future__ import annotations

import json

from sphinxext.digest.render.feed import Feed, FeedEntry

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
