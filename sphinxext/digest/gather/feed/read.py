"""Read feeds: Atom 1.0 (RFC 4287) and 0.3, RSS 0.9x, 1.0 and 2.0 with the usual modules, and JSON Feed 1.0 and 1.1.

The format is detected from the content, not the name. The index of another site, which ``collect feed`` reads as
well, is detected here too.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Mapping

from sphinxext.digest.fragments.write import web_url
from sphinxext.digest.gather.feed import (
    FeedPost,
    ParsedFeed,
    loose_title,
    name_of,
    read_time,
    title_of,
)
from sphinxext.digest.gather.xml import Element, declared_text, read_tree
from sphinxext.digest.joint.index import Index, is_index, read_index
from sphinxext.digest.net.source import is_url, parse_json
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import as_windows, visible_text

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"""type\s*=\s*["']?application/(?:atom\+xml|rss\+xml|feed\+json)""", re.IGNORECASE)
_EXPORT = (
    "an export of WordPress, with drafts, private and protected posts, not a feed: use 'sphinx-digest import' to "
    "import older digests from it"
)
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_EXPORT_NAMESPACE = "http://wordpress.org/export/"
_HTML = ("html", "text/html")
_XHTML = ("xhtml", "application/xhtml+xml")
_PAGES = ("", "text/html", "application/xhtml+xml")


def read_feed(data: bytes, source: str) -> ParsedFeed | Index:
    """Read a feed or an index.

    :param source: its path or URL, for problems and as the base of relative addresses.
    :raises DigestError: if it is neither, or malformed.
    """
    text = _decoded(data).lstrip("\ufeff \t\r\n")
    url = source if is_url(source) else None
    if not text:
        raise DigestError(Problem(source, 0, 0, Code.EMPTY, "there is nothing in it"))
    if text.startswith("{"):
        return _read_json(text, source, url)
    if not text.startswith("<") or _PAGE.match(text[:4000]):
        raise DigestError(Problem(source, 0, 0, Code.NOT_A_FEED, _not_a_feed(text, url)))
    root = read_tree(text, source, url)
    if root.name in ("atom:feed", "atom:entry"):
        return read_atom(root)
    if root.name in ("rss", "rdf:rdf"):
        if is_export(root):
            raise DigestError(Problem(source, 1, 1, Code.NOT_A_FEED, _EXPORT))
        return read_rss(root, url)
    message = f"XML, but not a feed: its first element is '{root.name[:60]}'"
    raise DigestError(Problem(source, 1, 1, Code.NOT_A_FEED, message))


def _read_json(text: str, source: str, url: str | None) -> ParsedFeed | Index:
    document = parse_json(text, source)
    if isinstance(document, Mapping):
        if is_json_feed(document):
            return read_json_feed(document, url)
        if is_index(document):
            return read_index(document, source)
    raise DigestError(Problem(source, 1, 1, Code.NOT_A_FEED, "JSON, but neither a JSON Feed nor an index of notes"))


def _not_a_feed(text: str, url: str | None) -> str:
    """Say why something is not a feed, and where the feed of a web page is if the page says so."""
    if not text.startswith("<"):
        return "not a feed: neither XML nor JSON"
    for tag in _LINK.findall(text[:200_000]):
        href = _HREF.search(tag) if _FEED_TYPE.search(tag) else None
        found = web_url(html.unescape(href[1] or href[2] or href[3] or ""), url) if href else None
        if found:
            return f"a web page, not a feed; its feed is {found}"
    return "a web page, not a feed"


def _decoded(data: bytes) -> str:
    """Decode a feed by its byte order mark, by what it declares, as UTF-8, or else as Windows-1252."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if data.startswith((b"<\x00", b"\x00<")):
        return data.decode("utf-16-le" if data[0] else "utf-16-be", "replace")
    text = declared_text(data)
    if text is not None:
        return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return declared_text(data, "replace") or as_windows(data)


def read_atom(root: Element) -> ParsedFeed:
    """Return the posts of a feed, or of a single entry. Drafts (RFC 5023, 13.1.1) are left out."""
    entries = root.all("atom:entry") if root.name == "atom:feed" else [root]
    posts = tuple(_atom_post(entry, root) for entry in entries if not _is_draft(entry))
    return ParsedFeed(text_line(root.first("atom:title")), link_of(root) if root.name == "atom:feed" else None, posts)


def link_of(element: Element) -> str | None:
    """Return the page that an element with Atom links is about."""
    found = None
    for link in element.all("atom:link"):
        if link.attributes.get("rel", "alternate").lower() != "alternate":
            continue
        url = web_url(link.attributes.get("href"), link.base)
        if url and link.attributes.get("type", "").lower() in _PAGES:
            return url
        found = found or url
    return found


def author_of(element: Element) -> str:
    """Return the names of an element's own authors."""
    names = (name_of(author.value("atom:name") or author.value("atom:email")) for author in element.all("atom:author"))
    return ", ".join(dict.fromkeys(filter(None, names)))


def text_line(element: Element | None) -> str:
    """Return a text construct (RFC 4287, 3.1) as a plain line."""
    if element is None:
        return ""
    body, is_html = _content(element)
    return title_of(body, is_html=is_html)


def body_of(element: Element) -> tuple[str, bool]:
    """Return the content of an element, or else its summary, and whether it is HTML."""
    for name in ("atom:content", "atom:summary"):
        if found := element.first(name):
            body, is_html = _content(found)
            if body.strip():
                return body, is_html
    return "", False


def time_of(element: Element) -> str:
    """Return when an element was published, or else updated."""
    return element.value("atom:published", "atom:issued", "atom:created", "atom:updated", "atom:modified")


def _is_draft(entry: Element) -> bool:
    """Return True for a post that is not published, which exports of blogs have."""
    return any(control.value("app:draft").lower() == "yes" for control in entry.all("app:control"))


def _atom_post(entry: Element, root: Element) -> FeedPost:
    source = entry.first("atom:source")
    authors = (author_of(element) for element in (entry, source, root) if element is not None)
    home = text_line(source.first("atom:title")) if source else ""
    body, is_html = body_of(entry)
    return FeedPost(
        title=text_line(entry.first("atom:title")),
        author=next(filter(None, authors), "") or home or text_line(root.first("atom:title")),
        body=body,
        is_html=is_html,
        url=web_url(entry.value("feedburner:origlink")) or link_of(entry),
        identifier=visible_text(entry.value("atom:id")),
        published=read_time(time_of(entry)),
    )


def _content(element: Element) -> tuple[str, bool]:
    """Return the text of a text construct or a content, and whether it is HTML."""
    kind = element.attributes.get("type", "text").strip().lower()
    if kind in _XHTML or any(element.elements):
        return element.as_html(), True
    if kind in _HTML:
        return element.text, True
    return (element.text, False) if "/" not in kind or kind.startswith("text/") else ("", False)


def read_rss(root: Element, url: str | None) -> ParsedFeed:
    """Return the posts of a feed.

    RSS does not define the base of relative addresses. Without an ``xml:base`` it is the site that the feed names.

    :param url: where the feed comes from.
    """
    channel = root.first("channel") or root
    home = web_url(channel.value("link"), channel.base) or link_of(channel)
    title = loose_title(channel.value("title"))
    items = [*channel.all("item"), *(root.all("item") if channel is not root else ())]
    posts = tuple(_rss_post(item, home if item.base == url else item.base or home, title) for item in items)
    return ParsedFeed(title, home, posts)


def is_export(root: Element) -> bool:
    """Return True for an export of WordPress, of any version, which has posts that are not public."""
    channels = root.all("channel")
    places = [root, *channels, *(item for place in (root, *channels) for item in place.all("item"))]
    return any(element.name.startswith(_EXPORT_NAMESPACE) for place in places for element in place.elements)


def _rss_post(item: Element, base: str | None, feed_title: str) -> FeedPost:
    body, is_html = _rss_body(item)
    identifier = visible_text(item.value("guid", "atom:id") or item.attributes.get("rdf:about", ""))
    return FeedPost(
        title=loose_title(item.value("title", "dc:title")),
        author=_rss_author(item) or loose_title(item.value("source")) or feed_title,
        body=body,
        is_html=is_html,
        url=_rss_url(item, base),
        identifier=identifier,
        published=read_time(item.value("pubdate", "dc:date", "dc:created") or time_of(item)),
    )


def _rss_url(item: Element, base: str | None) -> str | None:
    for text in (item.value("feedburner:origlink"), item.value("link")):
        if url := web_url(text, base):
            return url
    if url := link_of(item):
        return url
    guid = item.first("guid")
    is_link = guid is not None and guid.attributes.get("ispermalink", "true").strip().lower() != "false"
    return (web_url(guid.text) if guid and is_link else None) or web_url(item.attributes.get("rdf:about"))


def _rss_author(item: Element) -> str:
    names = (name_of(found.text) for found in item.all("dc:creator"))
    several = ", ".join(dict.fromkeys(filter(None, names)))
    return several or name_of(item.value("author")) or author_of(item) or name_of(item.value("itunes:author"))


def _rss_body(item: Element) -> tuple[str, bool]:
    """Return the text, or the description, which is often only its beginning, and whether it is HTML."""
    encoded = item.first("content:encoded")
    if encoded is not None:
        return encoded.text, True
    inner = item.first("html:body", "html:div")
    if inner is not None:
        return inner.as_html(), True
    description = item.first("description", "dc:description", "itunes:summary")
    if description is not None:
        markup = any(description.elements)
        return description.as_html() if markup else description.text, True
    return body_of(item)


def is_json_feed(document: Mapping[str, object]) -> bool:
    """Return True if a JSON object is a JSON Feed."""
    return "jsonfeed.org/version/" in _text(document.get("version")) and isinstance(document.get("items"), list)


def read_json_feed(document: Mapping[str, object], url: str | None) -> ParsedFeed:
    """Return the posts of a JSON Feed. Values of a wrong type count as missing.

    :param url: where it comes from, for relative addresses.
    """
    base = url or web_url(_text(document.get("feed_url")))
    home = web_url(_text(document.get("home_page_url")), base)
    title = title_of(_text(document.get("title")), is_html=False)
    everywhere = _json_authors(document)
    items = document.get("items")
    records = filter(lambda item: isinstance(item, Mapping), items if isinstance(items, list) else ())
    posts = (_json_post(item, base or home, everywhere or title) for item in records)
    return ParsedFeed(title, home, tuple(posts))


def _json_post(item: Mapping[str, object], base: str | None, author: str) -> FeedPost:
    body, is_html = _json_body(item)
    return FeedPost(
        title=title_of(_text(item.get("title")), is_html=False),
        author=_json_authors(item) or author,
        body=body,
        is_html=is_html,
        url=web_url(_text(item.get("url")), base) or web_url(_text(item.get("external_url")), base),
        identifier=visible_text(_text(item.get("id"))),
        published=read_time(_text(item.get("date_published")) or _text(item.get("date_modified"))),
    )


def _json_body(item: Mapping[str, object]) -> tuple[str, bool]:
    for name, is_html in (("content_html", True), ("content_text", False), ("summary", False)):
        if (text := _text(item.get(name))).strip():
            return text, is_html
    return "", False


def _json_authors(item: Mapping[str, object]) -> str:
    """Return the names of the authors, of version 1.1 or 1.0."""
    return ", ".join(dict.fromkeys(filter(None, map(name_of, _json_names(item)))))


def _json_names(item: Mapping[str, object]) -> Iterator[str]:
    authors = item.get("authors")
    for author in authors if isinstance(authors, list) else [item.get("author")]:
        if isinstance(author, Mapping):
            yield _text(author.get("name"))


def _text(value: object) -> str:
    """Return a string, or a number as one: programs write numbers as identifiers."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
