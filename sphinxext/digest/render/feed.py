"""Feeds in the formats Atom (RFC 4287) and JSON Feed 1.1, and the HTML of their entries.

A feed is plain data, of which both formats are made. The HTML is complete without the page that it comes from: its
addresses are absolute, and it has no styles, scripts and identifiers. An entry is a digest, a note, or the release
notes of a version.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from docutils import nodes
from docutils.writers.html5_polyglot import HTMLTranslator

from sphinxext.digest.collection.compose import countdown_heading
from sphinxext.digest.doctree.digest import plain_words, shortened
from sphinxext.digest.doctree.events import event_item
from sphinxext.digest.doctree.lines import add_states, state_words
from sphinxext.digest.doctree.notes import NoteBuilder
from sphinxext.digest.doctree.relative import Home
from sphinxext.digest.model import (
    ENGLISH,
    Countdown,
    Entry,
    EventNote,
    Item,
    Messages,
    Story,
    Success,
    Text,
    Thread,
    ThreadLinks,
)
from sphinxext.digest.release.config import NotesConfig, sections_of
from sphinxext.digest.release.notes import Release
from sphinxext.digest.render.html import html_body
from sphinxext.digest.render.text import SILENT, admonition_label
from sphinxext.digest.text import absolute_url, scheme_of

#: The time of a feed without entries. Nothing in a feed comes from the clock.
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
        """The time of the newest entry."""
        return max((entry.updated for entry in self.entries), default=NEVER)


#: The characters that XML cannot contain, not even as references.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom_document(feed: Feed) -> str:
    """Return a feed as a document of Atom."""
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
    """Return a feed as a document of JSON Feed."""
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


#: Gives the absolute address of a picture by the address that its node has, or nothing.
PictureOf = Callable[[str], str]
_SCHEMES = ("http", "https", "mailto", "ircs", "irc", "matrix", "tel")


class _PlainTranslator(HTMLTranslator):
    """Writes elements without the attributes that only the page's own styles and links have a use for."""

    def starttag(
        self, node: nodes.Element, tagname: str, suffix: str = "\n", empty: bool = False, **attributes: Any
    ) -> str:
        kept = {
            name: value for name, value in attributes.items() if name.lower() not in ("class", "classes", "ids", "id")
        }
        tag: str = super().starttag(nodes.inline(), tagname, suffix, empty, **kept)
        return tag

    def visit_literal(self, node: nodes.Element) -> None:
        """Write an element that means code without any class."""
        self.body.append(f"<code>{self.encode(node.astext())}</code>")
        raise nodes.SkipNode


def feed_html(
    parts: Iterable[nodes.Node], url: str, picture_of: PictureOf | None = None, messages: Messages = ENGLISH
) -> str:
    """Return body elements and sections as HTML for a feed.

    :param parts: the nodes, which are changed.
    :param url: the URL of the page, which links within it lead to; empty if it has none.
    :param picture_of: for pictures that are files of the documentation; without it they become words.
    :param messages: the extension's own, for the labels of admonitions.
    """
    # a common parent, so that each of them can be replaced
    holder = nodes.container("", *parts)
    _remove_silent(holder)
    add_states([holder], messages)
    _plain_notes(holder)
    for element in list(holder.findall(nodes.Element)):
        if isinstance(element, nodes.image):
            _place_picture(element, url, picture_of)
        elif isinstance(element, nodes.reference):
            _place_link(element, url)
        elif element is not holder and not _is_known(element):
            _make_known(element, messages)
    for span in list(holder.findall(nodes.inline)):
        span.parent.replace(span, span.children)
    for element in holder.findall(nodes.Element):
        for name in ("ids", "classes", "names", "dupnames", "backrefs"):
            element[name] = []
    return html_body(list(holder.children), _PlainTranslator).strip()


def _remove_silent(holder: nodes.Element) -> None:
    for element in list(holder.findall(nodes.Element)):
        if isinstance(element, SILENT) and not isinstance(element, nodes.colspec):
            element.parent.remove(element)


def _plain_notes(holder: nodes.Element) -> None:
    """Turn references to footnotes and citations into plain links, and their labels into text.

    A classifier after a term gets the colon that styles would add.
    """
    for classifier in list(holder.findall(nodes.classifier)):
        term = classifier.previous_sibling()
        assert isinstance(term, nodes.Element)
        classifier.parent.remove(classifier)
        term += [nodes.Text(" : "), *classifier.children]
    marks = nodes.footnote_reference, nodes.citation_reference
    for mark in [node for kind in marks for node in list(holder.findall(kind))]:
        link = nodes.reference("", f"[{mark.astext()}]", refid=mark.get("refid", ""))
        mark.parent.replace(mark, link)
    for note in [node for kind in (nodes.footnote, nodes.citation) for node in list(holder.findall(kind))]:
        label, *rest = note.children
        first = nodes.paragraph("", f"[{label.astext()}]")
        if rest and isinstance(rest[0], nodes.paragraph):
            first += [nodes.Text(" "), *rest.pop(0).children]
        note.parent.replace(note, [first, *rest])


def _place_link(link: nodes.reference, url: str) -> None:
    """Give a link an absolute URL, or replace it by its words if it has none."""
    target = link.get("refuri") or (f"#{link['refid']}" if link.get("refid") else "")
    absolute = absolute_url(url, target) if url else target
    if scheme_of(absolute) in _SCHEMES:
        link.attributes.pop("refid", None)
        link["refuri"] = absolute
        for name in ("internal", "reftitle", "target"):
            link.attributes.pop(name, None)
    else:
        link.parent.replace(link, link.children or [nodes.Text("")])


def _place_picture(picture: nodes.image, url: str, picture_of: PictureOf | None) -> None:
    uri: str = picture["uri"]
    address = uri if scheme_of(uri) in ("http", "https") else picture_of(uri) if picture_of else ""
    if address:
        picture["uri"], picture["alt"] = address, picture.get("alt") or ""
        for name in ("candidates", "align", "width", "height", "scale"):
            picture.attributes.pop(name, None)
        return
    words = nodes.inline("", picture.get("alt") or uri.rpartition("/")[2])
    inside = isinstance(picture.parent, nodes.TextElement)
    picture.parent.replace(picture, words if inside else nodes.paragraph("", "", words))


def _is_known(element: nodes.Element) -> bool:
    """Return True if an element is one of docutils' own, which its writers know."""
    return type(element).__module__ == nodes.__name__


def _make_known(element: nodes.Element, messages: Messages) -> None:
    label = admonition_label(element, messages)
    if isinstance(element, nodes.Inline | nodes.TextElement):
        kind = nodes.inline if isinstance(element.parent, nodes.TextElement) else nodes.paragraph
        element.parent.replace(element, kind("", "", *element.children))
    elif label:
        heading = nodes.paragraph("", "", nodes.strong("", label))
        element.parent.replace(element, nodes.container("", heading, *element.children))
    else:
        element.parent.replace(element, nodes.container("", *element.children))


#: The most characters of a title that is made of a text.
MAX_TITLE = 100


def note_parts(entry: Entry, builder: NoteBuilder, links: ThreadLinks) -> tuple[str, list[nodes.Node]]:
    """Return the title of a note as plain text, and its nodes without the title.

    :param links: the other parts of a thread.
    """
    note = entry.note
    if isinstance(note, Thread):
        title = _words([builder.heading(note.title, entry)])
        return f"{title}{state_words(note, builder.messages)}", builder.thread(entry, links)
    if isinstance(note, Countdown):
        return countdown_heading(entry, with_series=True, messages=builder.messages), builder.countdown(entry)
    if isinstance(note, Story):
        body = builder.story(entry)
        return _words([builder.heading(note.title, entry)] if note.title else body), body
    if isinstance(note, EventNote):
        return _words([builder.heading(note.title, entry)]), list(
            event_item(entry, builder, entry.moment.day).children
        )
    assert isinstance(note, Success | Item)
    item = builder.success(entry) if isinstance(note, Success) else builder.item(entry)
    return _words(item.children), list(item.children)


def release_parts(
    release: Release, conf: NotesConfig, wanted: Iterable[str], builder: NoteBuilder, home: Home
) -> list[nodes.Node]:
    """Return the notes of a version in some sections, each under its heading, or an empty list.

    :param home: the page that relative addresses count from.
    """
    parser, wanted, parts = builder.parser, set(wanted), []

    def blocks(path: str, text: Text, number: int) -> list[nodes.Node]:
        return parser.blocks(text, path, f"note-{number}", home=lambda: home)

    if conf.prelude_section_name in wanted:
        for number, (note, text) in enumerate(release.preludes):
            parts += blocks(note.path, text, number)
    for name, title, _level in sections_of(conf):
        texts = release.texts(name) if name in wanted else ()
        items = [nodes.list_item("", *blocks(note.path, text, number)) for number, (note, text) in enumerate(texts)]
        if items:
            section = nodes.section("", nodes.title("", title), nodes.bullet_list("", *items, bullet="*"))
            parts.append(section)
    return parts


def _words(parts: Iterable[nodes.Node]) -> str:
    """Return the first words of nodes as a title."""
    return next((shortened(words, MAX_TITLE) for words in map(plain_words, parts) if words), "")
