"""Hostile feeds: they are refused, or become the same visible text and nothing else."""

from __future__ import annotations

import json
import time
import tracemalloc
from datetime import date
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("docutils")

from docutils.core import publish_doctree

from sphinxext.digest.doctree.lint import check_texts
from sphinxext.digest.fragments.fields import texts_of
from sphinxext.digest.fragments.write import web_url
from sphinxext.digest.gather.feed.drafts import StoryOptions, draft_stories
from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.problems import Code, DigestError
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text import visible_text

from .conftest import SITE, TODAY, Stories, atom, feed_of, rss, story_of

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))

MARKUP = [
    ".. raw:: html",
    ".. include:: /etc/passwd",
    ":doc:`/index` and :raw:`x`",
    "`link <javascript:alert(1)>`__",
    "|date| *star* **bold** ``code`` name_ __anonymous _`target` [1]_",
    ".. |date| date::",
    ".. _target: https://evil.example",
    "1. first",
    "* bullet",
    "- bullet",
    ">>> prompt",
    "| line block",
    ":field: value",
    "Ends with::",
    "====",
    "a\\b",
    "--option  text",
    "__ https://x.example",
]


@pytest.mark.parametrize(
    "head",
    [
        f'<!DOCTYPE rss [<!ENTITY l0 "ha">{LAUGHS}]>',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1:1/"> %x;]>',
        "<!DOCTYPE rss [<!ELEMENT rss ANY>]>",
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/x.dtd" [<!ATTLIST rss version CDATA "2.0">]>',
    ],
)
def test_nothing_is_declared(head: str) -> None:
    with pytest.raises(DigestError, match="declares a document type") as caught:
        feed_of(rss("<title>&l9;&x;</title>", head=head))
    assert caught.value.problems[0].code is Code.XML_SYNTAX


def test_limits_of_xml() -> None:
    with pytest.raises(DigestError, match="more than"):
        feed_of("<rss>" + "<a>" * 200)
    with pytest.raises(DigestError, match="more than"):
        feed_of(f"<rss><channel>{'<a/>' * 500_000}</channel></rss>")


def test_a_feed_of_ten_megabytes(stories: Stories) -> None:
    tracemalloc.start()
    begin = time.process_time()
    item = "<title>T{n}</title><description>{text}</description>"
    feed = rss(*(item.format(n=n, text=escape("<p>word</p>") * 200 * 30) for n in range(80)))
    assert len(feed) > 8_000_000
    assert len(stories(feed, limit=5)) == 5
    assert time.process_time() - begin < 10
    assert tracemalloc.get_traced_memory()[1] < 200_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "part",
    ["<", "<!--", "<![", "<a ", "<a href='", "&", "</", "<?", "<p><b>", "<ul><li>", "<script>", "<!DOCTYPE ", "\x1b["],
)
def test_bodies_that_are_all_one_mark(stories: Stories, part: str) -> None:
    begin = time.process_time()
    stories(rss(*(f"<title>T{n}</title><description>{escape(part * 20_000)}</description>" for n in range(5))))
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("markup", MARKUP)
@pytest.mark.parametrize("place", ["title", "text", "list"])
def test_markup_is_text(stories: Stories, markup: str, place: str) -> None:
    title = markup if place == "title" else "T"
    text = f"<ul><li>{escape(markup)}</li></ul>" if place == "list" else f"<p>{escape(markup)}</p>"
    body = text if place != "title" else "x"
    items = [{"id": "u:1", "title": title, "content_html": body}]
    (story,) = stories(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": items}))
    found = story.title if place == "title" else story.text
    assert found is not None
    assert check_texts([("", kind, text) for kind, text in texts_of(story)], Settings()) == []
    document = publish_doctree(found.value, settings_overrides={"halt_level": 2, "report_level": 2})
    assert document.astext().split() == visible_text(markup).split()
    assert not [node for node in document.findall() if node.tagname in ("raw", "target", "substitution_definition")]


def test_what_hides_and_steers_is_left_out(stories: Stories) -> None:
    bad = "\u202eevil\u202c \u2066x\u2069 \x1b[31mred\x1b[0m \x1b]0;title\x07 nul\x00 "
    bad += "\u200bzero\ufeff \U000e0041tag \x07bell"
    items = [{"id": "u:1", "title": bad, "content_text": f"{bad} again", "authors": [{"name": bad}]}]
    (story,) = stories(json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": items}))
    visible = "evil x red nul zero tag bell"
    assert story.title is not None
    assert (story.title.value, story.author) == (visible, visible)
    assert story.text.value == f"{visible} again"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("javascript:alert(1)", None),
        (" java\nscript:alert(1)", None),
        ("data:text/html,<script>", None),
        ("file:///etc/passwd", None),
        ("vbscript:x", None),
        ("mailto:a@example.org", None),
        ("//other.example/x", "https://other.example/x"),
        ("https://a.example/a b<c>\u202e", "https://a.example/a%20b%3Cc%3E%E2%80%AE"),
        ("https://a.example/ü", "https://a.example/ü"),
        ("https://[bad/", None),
        ("https:///x", "https://blog.example.org/x"),
        ("", None),
        (f"https://a.example/{'x' * 5000}", None),
        ("https://a.example/\ud800", "https://a.example/%3F"),
    ],
)
def test_addresses(url: str, kept: str | None) -> None:
    assert web_url(url, SITE) in ((kept,) if kept or url else (None,))


def test_links_of_a_feed_are_of_the_web(stories: Stories) -> None:
    links = "<link>javascript:alert(1)</link><guid>data:text/html,x</guid><atom:link href='file:///x'/>"
    (story,) = stories(rss(f"<title>T</title>{links}<description>x</description>"))
    assert story.url is None


text = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(MARKUP)


@given(st.lists(st.tuples(text, text, text, text), max_size=4))
@settings(max_examples=60)
def test_any_json_feed(posts: list[tuple[str, str, str, str]]) -> None:
    items = [{"title": a, "content_html": b, "url": c, "id": d, "authors": [{"name": a}]} for a, b, c, d in posts]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": items})
    for draft in draft_stories([feed_of(feed)], StoryOptions(TODAY)).drafts:
        story = story_of(draft)
        assert check_texts([("", kind, found) for kind, found in texts_of(story)], Settings()) == []


@given(st.lists(st.tuples(text, text, text), max_size=4))
@settings(max_examples=60)
def test_any_atom(posts: list[tuple[str, str, str]]) -> None:
    parts = (
        f"<title type='html'>{escape(a)}</title><id>{escape(c)}</id><link href='{escape(c)}'/>"
        f"<content>{escape(b)}</content>"
        for a, b, c in posts
    )
    for draft in draft_stories([feed_of(atom(*parts))], StoryOptions(TODAY, until=date(2026, 11, 20))).drafts:
        story = story_of(draft)
        assert check_texts([("", kind, found) for kind, found in texts_of(story)], Settings()) == []


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    for start in (b"", b"<rss><channel>", b"<feed xmlns='http://www.w3.org/2005/Atom'>", b'{"version": 1, "notes": ['):
        try:
            read_feed(start + data, "x")
        except DigestError as error:
            assert error.problems


def test_a_feed_says_nothing_of_this_machine(tmp_path: Path, stories: Stories) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret", encoding="utf-8")
    head = f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}">'
    (story,) = stories(rss("<title>T</title><description>x</description>", head=head))
    assert "secret" not in story.text.value


UNPARSABLE = [
    "http://blog.example.[org/2",
    "http://[",
    "https://[::1",
    "//[x",
    "http://a\uff0fb/",
    "http://x]/?utm_source=a",
]


@pytest.mark.parametrize("url", UNPARSABLE)
def test_addresses_that_nobody_can_parse(stories: Stories, url: str) -> None:
    """They are no address of a post, but still tell it from others."""
    good = "<title>Good</title><link>https://blog.example.org/1</link><description>Words.</description>"
    odd = "<title>Odd</title><description>Words.</description>"
    own = f"<link>https://blog.example.org/2</link>{odd}"
    for text in (
        rss(good, f"{own}<guid>{url}</guid>"),
        rss(good, f"{own}<guid>{url}</guid>", channel=f"<title>Blog</title><link>{url}</link>"),
        rss(good, f"<link>{url}</link>{odd}"),
        rss(good, f'{odd}<guid isPermaLink="true">{url}</guid>', head=f"<?x {url}?>"),
        rss(good, f'<atom:link href="{url}"/>{odd}<atom:id>{url}</atom:id>'),
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{url}"><entry><title>Good</title><content>Words.'
        f'</content><link href="https://blog.example.org/1"/></entry><entry xml:base="{url}"><title>Odd</title>'
        f'<content>Words.</content><link href="{url}"/><id>{url}</id></entry></feed>',
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "home_page_url": url,
                "feed_url": url,
                "items": [
                    {"id": "1", "title": "Good", "url": "https://blog.example.org/1", "content_text": "Words."},
                    {"id": url, "title": "Odd", "url": url, "external_url": url, "content_html": f"<a href='{url}'>x"},
                ],
            }
        ),
    ):
        found = {story.title.value: story.url for story in stories(text) if story.title}
        assert set(found) == {"Good", "Odd"}, text
        assert found["Good"] == "https://blog.example.org/1"
        assert found["Odd"] in (None, "https://blog.example.org/2")
    assert len(stories(rss(f"{own}<guid>{url}</guid>"), rss(f"{own}<guid>{url}</guid>"))) == 1


def test_a_page_that_names_a_feed_nobody_can_parse() -> None:
    page = b"<html><link rel='alternate' type='application/rss+xml' href='http://[x'>"
    with pytest.raises(DigestError) as caught:
        read_feed(page, SITE)
    assert [problem.code for problem in caught.value.problems] == [Code.NOT_A_FEED]
