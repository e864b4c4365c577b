"""Feeds from whatever text: what was put in comes out of a parser again."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from sphinxext.digest.render.feed import NEVER, Feed, FeedEntry, atom_document, json_feed_document

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
