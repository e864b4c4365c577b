"""Atom 1.0 (RFC 4287), and 0.3 where it has the same."""

from __future__ import annotations

from sphinxext.digest.collect.feed.post import MAX_BODY, Feed, Post, name_of, read_time, title_of
from sphinxext.digest.collect.feed.xml import Element
from sphinxext.digest.collect.outside import web_url
from sphinxext.digest.collect.plain import visible_text

_HTML = ("html", "text/html")
_XHTML = ("xhtml", "application/xhtml+xml")
_PAGES = ("", "text/html", "application/xhtml+xml")


def read_atom(root: Element) -> Feed:
    """Return the posts of a feed, or the one of a single entry. Drafts (RFC 5023, 13.1.1) are left out."""
    entries = root.all("atom:entry") if root.name == "atom:feed" else [root]
    posts = tuple(_post(entry, root) for entry in entries if not _is_draft(entry))
    return Feed(text_line(root.first("atom:title")), link_of(root) if root.name == "atom:feed" else None, posts)


def link_of(element: Element) -> str | None:
    """The page that an element of Atom, or one with such links in it, is about."""
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
    """The names of the authors that an element has itself."""
    names = (name_of(author.value("atom:name") or author.value("atom:email")) for author in element.all("atom:author"))
    return ", ".join(dict.fromkeys(filter(None, names)))


def text_line(element: Element | None) -> str:
    """A text construct (RFC 4287, 3.1) as a plain line."""
    if element is None:
        return ""
    body, is_html = _content(element)
    return title_of(body, is_html=is_html)


def body_of(element: Element) -> tuple[str, bool]:
    """The content or else the summary of an element, and whether it is HTML."""
    for name in ("atom:content", "atom:summary"):
        if found := element.first(name):
            body, is_html = _content(found)
            if body.strip():
                return body[:MAX_BODY], is_html
    return "", False


def time_of(element: Element) -> str:
    """When an element was published, or changed if it does not say that."""
    return element.value("atom:published", "atom:issued", "atom:created", "atom:updated", "atom:modified")


def _is_draft(entry: Element) -> bool:
    """Return True for a post that nobody has published, which exports of blogs have."""
    return any(control.value("app:draft").lower() == "yes" for control in entry.all("app:control"))


def _post(entry: Element, root: Element) -> Post:
    source = entry.first("atom:source")
    authors = (author_of(element) for element in (entry, source, root) if element is not None)
    home = text_line(source.first("atom:title")) if source else ""
    body, is_html = body_of(entry)
    return Post(
        title=text_line(entry.first("atom:title")),
        author=next(filter(None, authors), "") or home or text_line(root.first("atom:title")),
        body=body,
        is_html=is_html,
        url=web_url(entry.value("feedburner:origlink")) or link_of(entry),
        identifier=visible_text(entry.value("atom:id")),
        published=read_time(time_of(entry)),
    )


def _content(element: Element) -> tuple[str, bool]:
    """What a text or a content holds, and whether it is HTML."""
    kind = element.attributes.get("type", "text").strip().lower()
    if kind in _XHTML or any(element.elements):
        return element.as_html(), True
    if kind in _HTML:
        return element.text, True
    return (element.text, False) if "/" not in kind or kind.startswith("text/") else ("", False)
