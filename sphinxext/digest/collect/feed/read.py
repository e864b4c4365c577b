"""What a file of bytes is: a feed of one of the formats, or the index of another site."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from sphinxext.digest.collect.feed.atom import read_atom
from sphinxext.digest.collect.feed.jsonfeed import is_json_feed, read_json_feed
from sphinxext.digest.collect.feed.post import Feed
from sphinxext.digest.collect.feed.rss import is_export, read_rss
from sphinxext.digest.collect.feed.xml import decoded, read_xml
from sphinxext.digest.collect.joint import Index, is_index, read_index
from sphinxext.digest.collect.outside import web_url
from sphinxext.digest.collect.source import is_url, parse_json
from sphinxext.digest.problems import Code, DigestError, Problem

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
