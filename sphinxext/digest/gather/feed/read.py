"""What a file of bytes is: a feed of one of the formats, or the index of another site.

JSON Feed 1.0 and 1.1, see https://www.jsonfeed.org/version/1.1/.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sphinxext.digest.fragments.draft import web_url
from sphinxext.digest.gather.feed.records import MAX_BODY, Feed, Post, name_of, read_time, title_of
from sphinxext.digest.gather.feed.xml import decoded, is_export, read_atom, read_rss, read_xml
from sphinxext.digest.joint.index import Index, is_index, read_index
from sphinxext.digest.net.source import is_url, parse_json
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text.visible import visible_text


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


_PAGE = re.compile(r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_LINK = re.compile(r"<link\b[^<>]{0,2000}>", re.IGNORECASE)
_FEED_TYPE = re.compile(r"""type\s*=\s*["']?application/(?:atom\+xml|rss\+xml|feed\+json)""", re.IGNORECASE)
_EXPORT = (
    "is an export of WordPress, which has drafts, private and protected posts as well, and no feed: to import older "
    "digests from it, use 'sphinx-digest import'"
)
_HREF = re.compile(r"""href\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def read_feed(data: bytes, source: str) -> Feed | Index:
    """Read a feed or an index, whatever its name.

    :param source: the path or the URL that it comes from: what problems name, and relative addresses are relative to.
    :raises DigestError: if it is neither, or cannot be read.
    """
    text = decoded(data).lstrip("\ufeff \t\r\n")
    url = source if is_url(source) else None
    if not text:
        raise DigestError(Problem(source, 0, 0, Code.EMPTY, "there is nothing in it"))
    if text.startswith("{"):
        return _read_json(text, source, url)
    if not text.startswith("<") or _PAGE.match(text[:4000]):
        raise DigestError(Problem(source, 0, 0, Code.NOT_A_FEED, _not_a_feed(text, url)))
    root = read_xml(text, source, url)
    if root.name in ("atom:feed", "atom:entry"):
        return read_atom(root)
    if root.name in ("rss", "rdf:rdf"):
        if is_export(root):
            raise DigestError(Problem(source, 1, 1, Code.NOT_A_FEED, _EXPORT))
        return read_rss(root, url)
    message = f"is XML, but no feed: its first element is '{root.name[:60]}'"
    raise DigestError(Problem(source, 1, 1, Code.NOT_A_FEED, message))


def _read_json(text: str, source: str, url: str | None) -> Feed | Index:
    document = parse_json(text, source)
    if isinstance(document, Mapping):
        if is_json_feed(document):
            return read_json_feed(document, url)
        if is_index(document):
            return read_index(document, source)
    raise DigestError(Problem(source, 1, 1, Code.NOT_A_FEED, "is JSON, but neither a JSON Feed nor an index of notes"))


def _not_a_feed(text: str, url: str | None) -> str:
    """Why something is no feed; a page may say where its feed is."""
    if not text.startswith("<"):
        return "is no feed: neither XML nor JSON"
    for tag in _LINK.findall(text[:200_000]):
        href = _HREF.search(tag) if _FEED_TYPE.search(tag) else None
        found = web_url(html.unescape(href[1] or href[2] or href[3] or ""), url) if href else None
        if found:
            return f"is a web page and no feed; its feed is {found}"
    return "is a web page and no feed"
