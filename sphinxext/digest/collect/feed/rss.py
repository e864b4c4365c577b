"""RSS 0.9x, 1.0 and 2.0, with the modules that feeds use: content, Dublin Core, and Atom in RSS."""

from __future__ import annotations

from sphinxext.digest.collect.feed.atom import author_of, body_of, link_of, time_of
from sphinxext.digest.collect.feed.post import MAX_BODY, Feed, Post, loose_title, name_of, read_time
from sphinxext.digest.collect.feed.xml import Element
from sphinxext.digest.collect.outside import web_url
from sphinxext.digest.collect.plain import visible_text

_EXPORT = "http://wordpress.org/export/"


def read_rss(root: Element, url: str | None) -> Feed:
    """The posts of a feed.

    RSS does not say what relative addresses are relative to. Unless there is an ``xml:base``, it is the site that the
    feed names as its own.

    :param url: where the feed comes from.
    """
    channel = root.first("channel") or root
    home = web_url(channel.value("link"), channel.base) or link_of(channel)
    title = loose_title(channel.value("title"))
    items = [*channel.all("item"), *(root.all("item") if channel is not root else ())]
    posts = tuple(_post(item, home if item.base == url else item.base or home, title) for item in items)
    return Feed(title, home, posts)


def is_export(root: Element) -> bool:
    """Return True if this is no feed for readers, but all that a WordPress holds, whatever the version of the form."""
    channels = root.all("channel")
    places = [root, *channels, *(item for place in (root, *channels) for item in place.all("item"))]
    return any(element.name.startswith(_EXPORT) for place in places for element in place.elements)


def _post(item: Element, base: str | None, feed_title: str) -> Post:
    body, is_html = _body(item)
    identifier = visible_text(item.value("guid", "atom:id") or item.attributes.get("rdf:about", ""))
    return Post(
        title=loose_title(item.value("title", "dc:title")),
        author=_author(item) or loose_title(item.value("source")) or feed_title,
        body=body,
        is_html=is_html,
        url=_url(item, base),
        identifier=identifier,
        published=read_time(item.value("pubdate", "dc:date", "dc:created") or time_of(item)),
    )


def _url(item: Element, base: str | None) -> str | None:
    for text in (item.value("feedburner:origlink"), item.value("link")):
        if url := web_url(text, base):
            return url
    if url := link_of(item):
        return url
    guid = item.first("guid")
    is_link = guid is not None and guid.attributes.get("ispermalink", "true").strip().lower() != "false"
    return (web_url(guid.text) if guid and is_link else None) or web_url(item.attributes.get("rdf:about"))


def _author(item: Element) -> str:
    names = (name_of(found.text) for found in item.all("dc:creator"))
    several = ", ".join(dict.fromkeys(filter(None, names)))
    return several or name_of(item.value("author")) or author_of(item) or name_of(item.value("itunes:author"))


def _body(item: Element) -> tuple[str, bool]:
    """The text, of which RSS 2.0 has the beginning as the description and all as ``content:encoded``."""
    encoded = item.first("content:encoded")
    if encoded is not None:
        return encoded.text[:MAX_BODY], True
    inner = item.first("html:body", "html:div")
    if inner is not None:
        return inner.as_html()[:MAX_BODY], True
    description = item.first("description", "dc:description", "itunes:summary")
    if description is not None:
        markup = any(description.elements)
        return (description.as_html() if markup else description.text)[:MAX_BODY], True
    return body_of(item)
