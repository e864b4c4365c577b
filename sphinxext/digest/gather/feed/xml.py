"""XML of feeds to a small tree: nothing is declared, expanded or fetched, and all is bounded.

Atom 1.0 (RFC 4287), and 0.3 where it has the same.

RSS 0.9x, 1.0 and 2.0, with the modules that feeds use: content, Dublin Core, and Atom in RSS.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from sphinxext.digest.fragments.draft import web_url
from sphinxext.digest.gather.feed.records import MAX_BODY, Feed, Post, loose_title, name_of, read_time, title_of
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text.encoding import as_windows
from sphinxext.digest.text.urls import join_url
from sphinxext.digest.text.visible import visible_text

#: How deep elements may be nested, and how many there may be.
MAX_DEPTH, MAX_ELEMENTS = 100, 400_000

#: What names are called here, by the namespaces that they have in files; others keep theirs.
_NAMESPACES = {
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/atom/app#": "app:",
    "http://www.w3.org/2007/app": "app:",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dc:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/1999/xhtml": "html:",
    "http://www.w3.org/xml/1998/namespace": "xml:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
#: Encodings of text that feeds may have; Python knows others that are none, or slow to read.
_ENCODING = re.compile(
    r"utf[-_]?(?:8|16|32)(?:[-_]?[lb]e)?|iso[-_]?8859[-_]\d+|windows[-_]\d+|cp\d+|us[-_]ascii|koi8[-_][rtu]"
    r"|shift[-_]?jis|sjis|euc[-_](?:jp|kr)|iso[-_]2022[-_](?:jp|kr)|gb2312|gbk|gb18030|big5|latin[-_]?\d+|mac[-_]\w+",
    re.IGNORECASE,
)
_LATIN = re.compile(r"iso[-_]?8859[-_]1|us[-_]ascii|latin[-_]?1|windows[-_]1252|cp1252", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
#: Characters that no XML may have, and that some programs write all the same.
_COLOUR = re.compile("\x1b\\[[0-9;]*[A-Za-z]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(slots=True)
class Element:
    """An element: its name with one of our prefixes in lower case, and the address that its links are relative to."""

    name: str
    attributes: dict[str, str]
    base: str | None
    children: list[Element | str] = field(default_factory=list)

    @property
    def elements(self) -> Iterator[Element]:
        """The elements in it, without text."""
        return (child for child in self.children if isinstance(child, Element))

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, *names: str) -> list[Element]:
        """The elements in it with these names, in their order."""
        return [child for child in self.elements if child.name in names]

    def first(self, *names: str) -> Element | None:
        """The first element in it that has a text, by the names in order of preference."""
        found = (child for name in names for child in self.all(name) if child.text.strip())
        return next(found, None)

    def value(self, *names: str) -> str:
        """The text of what :meth:`first` finds, or an empty one."""
        found = self.first(*names)
        return found.text.strip() if found else ""

    def as_html(self) -> str:
        """What is in it as HTML, for content that is XHTML."""
        return "".join(html.escape(child) if isinstance(child, str) else child._tags() for child in self.children)

    def _tags(self) -> str:
        name = self.name.rpartition(":")[2]
        alternative = html.escape(self.attributes.get("alt", ""))
        shown = f' alt="{alternative}"' if name == "img" and alternative else ""
        return f"<{name}{shown}>" if name in ("br", "img", "hr") else f"<{name}>{self.as_html()}</{name}>"


def decoded(data: bytes) -> str:
    """The text of a feed: by its byte order mark, by what it declares, else UTF-8 or what Windows takes for it."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    if data.startswith((b"<\x00", b"\x00<")):
        return data.decode("utf-16-le" if data[0] else "utf-16-be", "replace")
    declared = _DECLARED.search(data[:400])
    name = declared[1].decode("ascii") if declared else "utf-8"
    if _ENCODING.fullmatch(name) and not _LATIN.fullmatch(name) and not name.lower().startswith("utf"):
        try:
            return data.decode(name, "replace")
        except LookupError:
            pass
    try:
        return as_windows(data) if _LATIN.fullmatch(name) else data.decode("utf-8")
    except UnicodeDecodeError:
        return as_windows(data)


def read_xml(text: str, path: str, url: str | None) -> Element:
    """The root of a document.

    A document type that only names a DTD, as RSS 0.91 has one, is skipped; one that declares anything is refused.

    :param url: where the document comes from, for relative addresses.
    :raises DigestError: if it is no good XML, or too deep, or too large.
    """
    reader = _Reader(path, url)
    parser = reader.parser
    try:
        parser.Parse(_NOT_XML.sub(" ", _COLOUR.sub("", text)).encode(), True)
    except expat.ExpatError as error:
        message = f"the feed cannot be read: {expat.ErrorString(error.code)}"
        raise DigestError(Problem(path, error.lineno, error.offset + 1, Code.XML_SYNTAX, message)) from None
    assert reader.root is not None
    return reader.root


class _Reader:
    """Builds the tree as the parser goes through the file."""

    def __init__(self, path: str, url: str | None) -> None:
        self.path = path
        self.url = url
        self.root: Element | None = None
        self._open: list[Element] = []
        self._number = 0
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.add
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.refuse
        self.parser.SkippedEntityHandler = self.skipped

    def refuse(self, *_: Any) -> None:
        self.fail("it declares a document type of its own, which no feed needs")

    def fail(self, reason: str) -> None:
        parser = self.parser
        place = parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
        raise DigestError(Problem(self.path, *place, Code.XML_SYNTAX, f"the feed cannot be read: {reason}"))

    def doctype(self, _name: str, _system: str | None, _public: str | None, has_declarations: bool) -> None:
        if has_declarations:
            self.refuse()

    def skipped(self, name: str, is_parameter: bool) -> None:
        """Take a character by the name that HTML has for it, where a DTD that is not read would say it."""
        if not is_parameter:
            self.add(html.unescape(f"&{name};"))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._number += 1
        if len(self._open) >= MAX_DEPTH or self._number > MAX_ELEMENTS:
            self.fail(f"it has more than {MAX_ELEMENTS:,} elements, or more than {MAX_DEPTH} one in the other")
        own = {_called(key): value for key, value in attributes.items()}
        base = self._open[-1].base if self._open else self.url
        if "xml:base" in own:
            joined = join_url(base or "", own["xml:base"].strip())
            base = base if joined is None else joined or None
        element = Element(_called(name), own, base)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def end(self, _name: str) -> None:
        self._open.pop()

    def add(self, text: str) -> None:
        if self._open:
            self._open[-1].children.append(text)


def _called(name: str) -> str:
    namespace, _, local = name.lower().rpartition(" ")
    namespace = namespace.replace("https://", "http://", 1)
    return f"{_NAMESPACES.get(namespace, f'{namespace}:')}{local}" if namespace else local


_HTML = ("html", "text/html")
_XHTML = ("xhtml", "application/xhtml+xml")
_PAGES = ("", "text/html", "application/xhtml+xml")


def read_atom(root: Element) -> Feed:
    """Return the posts of a feed, or the one of a single entry. Drafts (RFC 5023, 13.1.1) are left out."""
    entries = root.all("atom:entry") if root.name == "atom:feed" else [root]
    posts = tuple(_atom_post(entry, root) for entry in entries if not _is_draft(entry))
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


def _atom_post(entry: Element, root: Element) -> Post:
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
    posts = tuple(_rss_post(item, home if item.base == url else item.base or home, title) for item in items)
    return Feed(title, home, posts)


def is_export(root: Element) -> bool:
    """Return True if this is no feed for readers, but all that a WordPress holds, whatever the version of the form."""
    channels = root.all("channel")
    places = [root, *channels, *(item for place in (root, *channels) for item in place.all("item"))]
    return any(element.name.startswith(_EXPORT) for place in places for element in place.elements)


def _rss_post(item: Element, base: str | None, feed_title: str) -> Post:
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
