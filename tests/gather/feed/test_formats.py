"""Feeds of all formats: what is read of each post."""

from __future__ import annotations

import json

import pytest

from sphinxext.digest.gather.feed import FeedPost, name_of, read_time
from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.problems import Code, DigestError

from .conftest import SITE, Stories, atom, feed_of, rss


def only(text: str | bytes) -> FeedPost:
    (post,) = feed_of(text).posts
    return post


def test_rss_2() -> None:
    post = only(
        rss(
            "<title>A post</title><link>https://blog.example.org/a</link><guid isPermaLink='false'>17</guid>"
            "<pubDate>Wed, 18 Nov 2026 23:30:00 -0200</pubDate><author>jane@example.org (Jane Doe)</author>"
            "<description>Short</description><content:encoded><![CDATA[<p>Long &amp; good</p>]]></content:encoded>"
        )
    )
    assert (post.title, post.author, post.url, post.identifier) == (
        "A post",
        "Jane Doe",
        "https://blog.example.org/a",
        "17",
    )
    assert str(post.published) == "2026-11-19T01:30:00Z"
    assert (post.body, post.is_html) == ("<p>Long &amp; good</p>", True)


def test_rss_1() -> None:
    feed = feed_of(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
          xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel rdf:about="https://blog.example.org/"><title>Blog</title><link>https://blog.example.org/</link></channel>
        <item rdf:about="https://blog.example.org/a"><title>A</title><link>https://blog.example.org/a</link>
        <dc:creator>Jane</dc:creator><dc:date>2026-11-18T10:00+01:00</dc:date><description>Words</description></item>
        </rdf:RDF>"""
    )
    (post,) = feed.posts
    assert (feed.title, feed.home) == ("Blog", "https://blog.example.org/")
    assert (post.title, post.author, post.url, post.body) == ("A", "Jane", "https://blog.example.org/a", "Words")
    assert str(post.published) == "2026-11-18T09:00:00Z"


@pytest.mark.parametrize(
    "head",
    [
        '<rss version="0.91">',
        '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/x.dtd">'
        '<rss version="0.91">',
        '<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss version="0.92">',
    ],
)
def test_rss_0_9(head: str) -> None:
    post = only(f"<?xml version='1.0'?>{head}<channel><title>B</title><item><title>A</title></item></channel></rss>")
    assert (post.title, post.author, post.url, post.published) == ("A", "B", None, None)


def test_names_of_characters_without_a_dtd_that_is_read() -> None:
    text = '<!DOCTYPE rss PUBLIC "x" "http://x.example/rss.dtd"><rss><channel><item><title>Caf&eacute;</title></item>'
    assert only(f"{text}</channel></rss>").title == "Café"


def test_rss_0_90() -> None:
    post = only(
        """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
        xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>B</title></channel>
        <item><title>A</title><link>https://a.example/</link></item></rdf:RDF>"""
    )
    assert (post.title, post.url) == ("A", "https://a.example/")


def test_atom_in_rss() -> None:
    post = only(
        rss(
            "<title>A</title><atom:link rel='replies' href='https://a.example/r'/><atom:link href='https://a.example/p'/>"
            "<atom:author><atom:name>Jo</atom:name></atom:author><atom:updated>2026-11-18T00:00:00Z</atom:updated>"
            "<atom:summary type='html'>&lt;b&gt;x&lt;/b&gt;</atom:summary><atom:id>urn:x:1</atom:id>"
        )
    )
    assert (post.url, post.author, str(post.published)) == ("https://a.example/p", "Jo", "2026-11-18T00:00:00Z")
    assert (post.body, post.is_html, post.identifier) == ("<b>x</b>", True, "urn:x:1")


def test_atom() -> None:
    post = only(
        atom(
            "<title type='html'>A &lt;i&gt;fine&lt;/i&gt; &amp;amp; good post</title><id>tag:x,2026:1</id>"
            "<link rel='enclosure' href='https://x.example/y.ogg'/><link rel='alternate' href='2026/a'/>"
            "<published>2026-11-18T10:00:00.123+01:00</published><updated>2026-11-19T10:00:00Z</updated>"
            "<author><name>Jane</name><email>j@example.org</email></author><author><name>Jo</name></author>"
            "<summary>Short</summary><content type='html'>&lt;p&gt;Long&lt;/p&gt;</content>"
        )
    )
    assert (post.title, post.author, post.identifier) == ("A fine & good post", "Jane, Jo", "tag:x,2026:1")
    assert post.url == "https://blog.example.org/feeds/2026/a"
    assert str(post.published) == "2026-11-18T09:00:00Z"
    assert (post.body, post.is_html) == ("<p>Long</p>", True)


def test_atom_text_is_no_html() -> None:
    post = only(atom("<title>&lt;b&gt; &amp;amp;</title><id>u:1</id><content>1 &lt; 2 &amp;lt;</content>"))
    assert (post.title, post.body, post.is_html) == ("<b> &amp;", "1 < 2 &lt;", False)


def test_atom_xhtml_and_bases() -> None:
    feed = feed_of(
        """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://x.example/a/"><title>B</title><link href="/"/>
        <entry xml:base="b/"><id>u:1</id><link href="c"/><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">
        The <em>title</em></div></title><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>a &lt; b
        <img alt="P" src="x"/></p></div></content></entry></feed>"""
    )
    (post,) = feed.posts
    assert (feed.home, post.url, post.title) == ("https://x.example/", "https://x.example/a/b/c", "The title")
    assert post.body == '<div><p>a &lt; b\n        <img alt="P"></p></div>'


def test_atom_0_3() -> None:
    post = only(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>B</title><entry><title>A</title><id>u:1</id>'
        '<issued>2004-02-01T00:00:00Z</issued><content type="text/html" mode="escaped">&lt;p&gt;x&lt;/p&gt;</content>'
        "</entry></feed>"
    )
    assert (str(post.published), post.body, post.is_html) == ("2004-02-01T00:00:00Z", "<p>x</p>", True)


def test_a_planet_says_whose_post_it_is() -> None:
    head = "<title>Planet</title><author><name>The planet</name></author>"
    post = only(
        atom("<id>u:1</id><source><title>Jane's blog</title><author><name>Jane</name></author></source>", head=head)
    )
    assert post.author == "Jane"
    assert only(rss("<title>A</title><source url='https://x.example/'>Jane's blog</source>")).author == "Jane's blog"


def test_json_feed() -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "B",
        "home_page_url": "https://x.example/",
        "authors": [{"name": "Everybody"}],
        "items": [
            {
                "id": 1,
                "url": "a",
                "title": "A",
                "content_html": "<p>x</p>",
                "date_published": "2026-11-18T10:00:00+01:00",
            },
            {"id": "2", "external_url": "https://y.example/b", "content_text": "x", "authors": [{"name": "Jane"}]},
            {"id": "3", "summary": "s", "author": {"name": "Old"}, "date_modified": "2026-11-18"},
            "nothing",
            {"id": [], "url": {}, "title": 7, "authors": "x", "content_html": None},
        ],
    }
    first, second, third, last = feed_of(json.dumps(document)).posts
    assert (first.url, first.identifier, first.author, str(first.published)) == (
        "https://blog.example.org/feeds/a",
        "1",
        "Everybody",
        "2026-11-18T09:00:00Z",
    )
    assert (second.url, second.author, second.body, second.is_html) == ("https://y.example/b", "Jane", "x", False)
    assert (third.author, third.body, str(third.published)) == ("Old", "s", "2026-11-18")
    assert (last.title, last.url, last.body) == ("7", None, "")
    document["version"] = "https://jsonfeed.org/version/1"
    assert len(feed_of(json.dumps(document)).posts) == 4


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("a &lt;b&gt;bold&lt;/b&gt; move", "a bold move"),
        ("AT&amp;amp;T", "AT&T"),
        ("vector&lt;T&gt; and 1 &lt; 2", "vector<T> and 1 < 2"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;Hi", "Hi"),
        ("<![CDATA[<a href='javascript:x'>Click</a>]]>", "Click"),
        ("  two\n\tlines ", "two lines"),
    ],
)
def test_titles_of_rss(title: str, plain: str) -> None:
    assert only(rss(f"<title>{title}</title>")).title == plain


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Wed, 02 Oct 2002 08:00:00 EST", "2002-10-02T13:00:00Z"),
        ("2 Oct 02 08:00 GMT", "2002-10-02T08:00:00Z"),
        ("Wed, 02 Oct 2002 08:00:00 +0530", "2002-10-02T02:30:00Z"),
        ("Wed, 02 Oct 2002 08:00:00 -0000", "2002-10-02T08:00:00Z"),
        ("Wed, 02 Oct 2002 08:00:00 XYZ", "2002-10-02T08:00:00Z"),
        ("Wed, 02 Oct 2002 23:59:60 GMT", "2002-10-02T23:59:59Z"),
        ("2002-10-02T08:00:00Z", "2002-10-02T08:00:00Z"),
        ("2002-10-02T08:00:00.5+02:00", "2002-10-02T06:00:00Z"),
        ("2002-10-02T23:59:60Z", "2002-10-02T23:59:59Z"),
        ("2002-10-02T08:00+0200", "2002-10-02T06:00:00Z"),
        ("2002-10-02", "2002-10-02"),
        ("2002-10-02T08:00:00", "2002-10-02T08:00:00Z"),
        ("2002", None),
        ("yesterday", None),
        ("", None),
        ("Wed, 02 Oct 9999999 08:00:00 GMT", None),
        ("Wed, 32 Oct 2002 08:00:00 GMT", None),
        ("0001-01-01T00:00:00Z", None),
        ("Wed, 02 Oct 2002 08:00:00 +9999", None),
        ("x" * 100_000, None),
    ],
)
def test_times(text: str, read: str | None) -> None:
    found = read_time(text)
    assert (str(found) if found else None) == read


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Jane Doe", "Jane Doe"),
        ("jane@example.org (Jane Doe)", "Jane Doe"),
        ("Jane Doe <jane@example.org>", "Jane Doe"),
        ("jane@example.org", ""),
        ("noreply@blogger.com (A &amp; B)", "A & B"),
        ("\x1b[31mJane\u202e", "Jane"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("utf-8", "Grüße 你好"),
        ("utf-16", "Grüße 你好"),
        ("iso-8859-1", "Grüße"),
        ("iso-8859-15", "Grüße €"),
        ("windows-1252", "Grüße “€”"),
        ("shift_jis", "こんにちは"),
        ("gb2312", "你好"),
        ("koi8-r", "привет"),
    ],
)
def test_encodings(encoding: str, title: str) -> None:
    text = rss(f"<title>{title}</title>").replace('version="1.0"?', f'version="1.0" encoding="{encoding}"?')
    assert only(text.encode(encoding)).title == title


def test_a_wrong_encoding_and_stray_characters() -> None:
    assert only(rss("<title>Grüße</title>").encode("cp1252")).title == "Grüße"
    assert only(b"\xef\xbb\xbf \n" + rss("<title>A\x0bB</title>").encode()).title == "A B"
    text = rss("<title>A</title>").replace('version="1.0"?', 'version="1.0" encoding="rot13"?')
    assert only(text).title == "A"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Caf&eacute; &ndash; open", "Café – open"),
        ("Oil & wicks", "Oil & wicks"),
        ("a &foo; b", "a &foo; b"),
        ("https://x.example/?a=1&b=2", "https://x.example/?a=1&b=2"),
        ("one&#11;two&#x0;", "one two"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("<![CDATA[Oil &amp; wicks]]>", "Oil & wicks"),
    ],
)
def test_what_is_no_good_xml_but_clear(written: str, title: str) -> None:
    assert only(rss(f"<title>{written}</title>")).title == title
    assert only(atom(f"<title type='html'>{written}</title><id>u:1</id>")).title == title


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.EMPTY),
        ("hello", Code.NOT_A_FEED),
        ("<html><body>x</body></html>", Code.NOT_A_FEED),
        ("<opml/>", Code.NOT_A_FEED),
        ("{}", Code.NOT_A_FEED),
        ('{"version": "https://jsonfeed.org/version/1.1"}', Code.NOT_A_FEED),
        ("{", Code.JSON_SYNTAX),
        ('{"a":' + "[" * 100_000, Code.JSON_SYNTAX),
        ('{"version": ' + "1" * 10_000 + "}", Code.JSON_SYNTAX),
        ("<rss><channel>", Code.XML_SYNTAX),
        ("<rss><channel><title>1 < 2</title></channel></rss>", Code.XML_SYNTAX),
    ],
)
def test_no_feed(text: str, code: Code) -> None:
    with pytest.raises(DigestError) as caught:
        feed_of(text)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_page_says_where_its_feed_is() -> None:
    page = '<!DOCTYPE html><link rel=alternate type="application/atom+xml" href="../atom.xml?a=1&amp;b=2">'
    with pytest.raises(DigestError, match=r"its feed is https://blog\.example\.org/atom\.xml\?a=1&b=2"):
        feed_of(page)


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.0"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("place", ["channel", "item", "late item"])
def test_an_export_of_wordpress_is_no_feed(version: str, scheme: str, place: str) -> None:
    names = f'xmlns:x="{scheme}://wordpress.org/export/{version}/"'
    mark = {"channel": f"<x:wxr_version>{version}</x:wxr_version>"}.get(place, "")
    items = ["<title>Public</title>"] * (3 if place == "late item" else 0)
    items.append(f"<title>Secret</title>{'' if mark else '<x:status>private</x:status>'}")
    text = rss(*items, channel=f"<title>Blog</title>{mark}").replace("<rss ", f"<rss {names} ", 1)
    with pytest.raises(DigestError) as caught:
        read_feed(text.encode(), SITE)
    (problem,) = caught.value.problems
    assert problem.code is Code.NOT_A_FEED
    assert "WordPress" in problem.message and "sphinx-digest import" in problem.message


def test_a_feed_of_wordpress_is_one(stories: Stories) -> None:
    feed = rss("<title>Public</title>", channel="<title>B</title><generator>https://wordpress.org/?v=6</generator>")
    assert len(stories(feed)) == 1


@pytest.mark.parametrize("namespace", ["http://purl.org/atom/app#", "http://www.w3.org/2007/app"])
def test_drafts_of_atom_are_left_out(stories: Stories, namespace: str) -> None:
    def entry(title: str, draft: str) -> str:
        control = f'<control xmlns="{namespace}"><draft>{draft}</draft></control>'
        return f"<title>{title}</title><id>u:{title}</id>{control}"

    feed = atom(entry("Secret", "yes"), entry("Hidden", " YES "), entry("Public", "no"), "<title>Plain</title>")
    assert sorted(story.text.value for story in stories(feed)) == ["Plain", "Public"]
