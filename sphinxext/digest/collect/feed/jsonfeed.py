"""JSON Feed 1.0 and 1.1, see https://www.jsonfeed.org/version/1.1/."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sphinxext.digest.collect.feed.post import MAX_BODY, Feed, Post, name_of, read_time, title_of
from sphinxext.digest.collect.outside import web_url
from sphinxext.digest.collect.plain import visible_text


def is_json_feed(document: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a feed."""
    return "jsonfeed.org/version/" in _text(document.get("version")) and isinstance(document.get("items"), list)


def read_json_feed(document: Mapping[str, Any], url: str | None) -> Feed:
    """The posts of a feed; what is of a wrong type counts as missing.

    :param url: where it comes from, for relative addresses.
    """
    base = url or web_url(_text(document.get("feed_url")))
    home = web_url(_text(document.get("home_page_url")), base)
    title = title_of(_text(document.get("title")), is_html=False)
    everywhere = _authors(document)
    posts = (_post(item, base or home, everywhere or title) for item in document["items"] if isinstance(item, Mapping))
    return Feed(title, home, tuple(posts))


def _post(item: Mapping[str, Any], base: str | None, author: str) -> Post:
    body, is_html = _body(item)
    return Post(
        title=title_of(_text(item.get("title")), is_html=False),
        author=_authors(item) or author,
        body=body[:MAX_BODY],
        is_html=is_html,
        url=web_url(_text(item.get("url")), base) or web_url(_text(item.get("external_url")), base),
        identifier=visible_text(_text(item.get("id"))),
        published=read_time(_text(item.get("date_published")) or _text(item.get("date_modified"))),
    )


def _body(item: Mapping[str, Any]) -> tuple[str, bool]:
    for name, is_html in (("content_html", True), ("content_text", False), ("summary", False)):
        if (text := _text(item.get(name))).strip():
            return text, is_html
    return "", False


def _authors(item: Mapping[str, Any]) -> str:
    """The names of the authors, of version 1.1 or 1.0."""
    return ", ".join(dict.fromkeys(filter(None, map(name_of, _names(item)))))


def _names(item: Mapping[str, Any]) -> Iterator[str]:
    authors = item.get("authors")
    for author in authors if isinstance(authors, list) else [item.get("author")]:
        if isinstance(author, Mapping):
            yield _text(author.get("name"))


def _text(value: object) -> str:
    """A text, or a number as one, which programs write for identifiers."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
