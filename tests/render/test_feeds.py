"""Feeds from whatever text: what was put in comes out of a parser again."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import Mock

import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.doctree.notes import Links, NoteBuilder
from sphinxext.digest.doctree.parse import TextParser, guard_of
from sphinxext.digest.model import Text, ThreadLinks
from sphinxext.digest.render.feed import (
    NEVER,
    Feed,
    FeedEntry,
    PictureOf,
    atom_document,
    feed_html,
    json_feed_document,
    note_parts,
)
from sphinxext.digest.settings.options import Settings

ENTRY = FeedEntry("https://e.org/1", "", "", "2015-12-02T00:00:00Z", "2015-12-03T00:00:00Z", "")
FEED = Feed("https://e.org/feed", "", "", "en", "https://e.org/", "https://e.org/a.xml", "https://e.org/f.json", ())
ATOM = "{http://www.w3.org/2005/Atom}"
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
MARKUP = st.sampled_from(["</script>", "]]>", "<!--", "&amp;", "\u2028", '"', "</content>"])
ANY = st.lists(st.one_of(TEXTS, MARKUP), max_size=4).map("".join)


@given(title=ANY, html=ANY)
def test_atom_keeps_every_text(title: str, html: str) -> None:
    feed = replace(FEED, title=title, entries=(replace(ENTRY, title=title, html=html),))
    root = etree.fromstring(atom_document(feed).encode())
    (entry,) = root.findall(f"{ATOM}entry")
    for text, found in ((title, root.findtext(f"{ATOM}title")), (html, entry.findtext(f"{ATOM}content"))):
        # what XML cannot have has become a mark; its parsers make one of all ends of lines
        kept = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)
        assert found == re.sub("\r\n?", "\n", kept)
    assert root.findtext(f"{ATOM}updated") == ENTRY.updated


def test_a_whole_feed() -> None:
    whole = replace(ENTRY, url="https://e.org/1?a&b", title="One", html="<p>x</p>")
    feed = replace(FEED, title="News & more", author="Ann", entries=(whole, ENTRY))
    assert (
        atom_document(feed)
        == """\
<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
<id>https://e.org/feed</id>
<title>News &amp; more</title>
<updated>2015-12-03T00:00:00Z</updated>
<author><name>Ann</name></author>
<link rel="self" type="application/atom+xml" href="https://e.org/a.xml"/>
<link rel="alternate" type="text/html" href="https://e.org/"/>
<generator>sphinxext-digest</generator>
<entry>
<id>https://e.org/1</id>
<title>One</title>
<link rel="alternate" type="text/html" href="https://e.org/1?a&amp;b"/>
<published>2015-12-02T00:00:00Z</published>
<updated>2015-12-03T00:00:00Z</updated>
<content type="html">&lt;p&gt;x&lt;/p&gt;</content>
</entry>
<entry>
<id>https://e.org/1</id>
<title></title>
<published>2015-12-02T00:00:00Z</published>
<updated>2015-12-03T00:00:00Z</updated>
<content type="html"></content>
</entry>
</feed>
"""
    )


@given(title=ANY, html=ANY)
def test_json_feed_keeps_every_text(title: str, html: str) -> None:
    feed = replace(FEED, title=title, entries=(replace(ENTRY, title=title, html=html),))
    document = json.loads(json_feed_document(feed))
    (item,) = document["items"]
    assert (document["title"], item.get("title", ""), item["content_html"]) == (title, title, html)
    assert "url" not in item


def test_a_feed_without_entries_is_of_no_time() -> None:
    assert FEED.updated == NEVER
    assert json.loads(json_feed_document(FEED))["items"] == []


PAGE = "https://e.org/news/digest.html"


class Own(nodes.General, nodes.Element):
    """An element that no writer of docutils knows."""


class OwnLine(nodes.General, nodes.TextElement):
    """One with text, as the signs of a theme."""


class OwnWords(nodes.Inline, nodes.TextElement):
    """One within a line."""


def html_of(rst: str, url: str = PAGE, picture_of: PictureOf | None = None) -> str:
    parser = TextParser(guard_of(Settings()))
    parts = parser.blocks(Text(rst, 1, 1), "x.yaml", "x")
    assert parser.problems == []
    return feed_html(parts, url, picture_of).replace("\n", "")


def test_elements_that_only_pages_have() -> None:
    within = nodes.paragraph("", "a ", OwnWords("", "b ", nodes.strong("", "c")))
    outside = [OwnWords("", "d"), OwnLine("", "e"), Own("", nodes.paragraph("", "f")), nodes.paragraph("", "g")]
    for element in (within, *outside):
        element["ids"], element["classes"] = ["x"], ["y"]
    html = feed_html([within, *outside], PAGE).replace("\n", "")
    assert html == "<p>a b <strong>c</strong></p><p>d</p><p>e</p><div><p>f</p></div><p>g</p>"


def test_footnotes_are_paragraphs() -> None:
    html = html_of("See [1]_.\n\n.. [1] A note\n   of two lines.\n\n   And more.\n")
    assert re.fullmatch(
        r'<p>See <a href="[^"]*#[^"]+">\[1\]</a>.</p><p>\[1\] A noteof two lines.</p><p>And more.</p>', html
    )
    assert html_of("[1]_\n\n.. [1]\n   - one\n").endswith("<p>[1]</p><ul><li><p>one</p></li></ul>")
    assert feed_html([nodes.footnote("", nodes.label("", "1"))], PAGE) == "<p>[1]</p>"


def test_terms_and_code() -> None:
    assert html_of("term : kind : more\n   ``x < y``\n") == (
        "<dl><dt>term : kind : more</dt><dd><p><code>x &lt; y</code></p></dd></dl>"
    )


@pytest.mark.parametrize(
    ("target", "address"),
    [
        ({"refuri": "https://f.org/"}, "https://f.org/"),
        ({"refuri": "mailto:a"}, "mailto:a"),
        ({"refuri": "other.html"}, "https://e.org/news/other.html"),
        ({"refid": "here"}, f"{PAGE}#here"),
        ({"refuri": "javascript:x"}, ""),
    ],
)
def test_links_are_absolute(target: dict[str, str], address: str) -> None:
    link = nodes.reference("", "words", internal=True, reftitle="title", target="_blank", **target)
    expected = f'<p><a href="{address}">words</a></p>' if address else "<p>words</p>"
    assert feed_html([nodes.paragraph("", "", link)], PAGE) == expected


@pytest.mark.parametrize("target", [{"refuri": "other.html"}, {"refid": "here"}, {}])
def test_links_of_a_page_without_an_address(target: dict[str, str]) -> None:
    assert feed_html([nodes.paragraph("", "", nodes.reference("", "words", **target))], "") == "<p>words</p>"
    assert feed_html([nodes.paragraph("", "a", nodes.reference("", "", **target))], "") == "<p>a</p>"


def test_pictures() -> None:
    own = ".. image:: /pictures/one.png\n   :width: 5px\n   :align: left\n"
    assert html_of(own) == "<p>one.png</p>"
    assert html_of(f"{own}   :alt: One\n") == "<p>One</p>"
    assert html_of(own, picture_of=lambda _: "") == "<p>one.png</p>"
    assert (
        html_of(own, picture_of=lambda uri: f"https://e.org{uri}")
        == '<img alt="" src="https://e.org/pictures/one.png" />'
    )
    other = nodes.image(uri="https://f.org/two.png", alt="Two", width="5px", scale=50)
    html = feed_html([nodes.paragraph("", "a ", other)], PAGE)
    assert html == '<p>a <img alt="Two" src="https://f.org/two.png" /></p>'
    assert feed_html([nodes.paragraph("", "a ", nodes.image(uri="x/two.png"))], PAGE) == "<p>a two.png</p>"


def test_admonitions_of_sphinx_have_their_labels() -> None:
    own = Own("", nodes.paragraph("", "a"))
    own.tagname = "seealso"
    assert feed_html([own], PAGE).replace("\n", "") == "<div><p><strong>See also</strong></p><p>a</p></div>"


def test_comments_and_targets_are_left_out() -> None:
    assert html_of(".. a comment\n\n.. _here:\n\nWords\n\n.. another\n") == "<p>Words</p>"
    table = "= =\na b\n= =\n"
    assert html_of(table).count("<td>") == 2


def test_titles_of_notes(make_collection: Callable[..., Collection]) -> None:
    """The title, or the first words of the text."""
    longest = f"{'word ' * 19}words"
    successes = f"successes: [{longest}, x{longest}, {{nick: aya, text: one}}]"
    stories = "stories: [{title: T, text: a}, {group: G, text: b}]"
    others = "items: [{text: i, group: H}]\nthreads: [A thread]\ncountdown: [{series: heron, week: R-3, focus: f}]"
    collection = make_collection({"a": f"date: 2015-12-02\n{successes}\n{stories}\n{others}\n"})
    builder = NoteBuilder(collection.settings, TextParser(guard_of(Settings())), Mock(Links))
    titles = [note_parts(entry, builder, ThreadLinks())[0] for entry in collection.entries]
    assert sorted(titles) == sorted(
        [
            longest,
            f"x{'word ' * 18}word\u2026",
            "aya: one",
            "T",
            "b",
            "i",
            "A thread",
            "Release Countdown For Week R-3, Nov 30 – Dec 4 (Heron)",
        ]
    )
