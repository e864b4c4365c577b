"""Posts to stories: which of them, each once, and the beginning of their texts."""

from __future__ import annotations

import json
from datetime import date

import pytest

from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import identity_of
from sphinxext.digest.gather.feed.drafts import StoryOptions, draft_stories, folded_url, without_tracking

from .conftest import TODAY, Stories, atom, feed_of, rss

LONG = "Sentence number one has exactly eight words here. "


def post(number: int, *, day: int = 18, more: str = "") -> str:
    return (
        f"<title>Post {number}</title><link>https://blog.example.org/{number}</link>"
        f"<pubDate>{day:02d} Nov 2026 10:00 GMT</pubDate><dc:creator>Jane</dc:creator>"
        f"<description>Text {number}</description>{more}"
    )


def test_a_story(stories: Stories) -> None:
    (story,) = stories(rss(post(1)), group="Blogs")
    assert story.title is not None
    assert (story.title.value, story.author, story.group) == ("Post 1", "Jane", "Blogs")
    assert (story.url, story.text.value) == ("https://blog.example.org/1", "Text 1")


def test_the_draft() -> None:
    plan = draft_stories([feed_of(rss(post(1)))], StoryOptions(TODAY))
    (draft,) = plan.drafts
    assert draft.identity == identity_of("story", "url https://blog.example.org/1")
    assert draft.stem == f"post-1-{draft.identity}"
    assert draft.text.startswith("# A draft from the feed of Blog: an excerpt of a post.\n# Say why")
    assert "\n---\ndate: 2026-11-18T10:00:00Z\ndraft: true\nstories:\n" in draft.text


def test_oldest_first_within_days_and_a_limit(stories: Stories) -> None:
    feed = rss(post(4, day=20), post(3, day=19), post(1, day=17), post(2, day=18))

    def titles(**options: object) -> list[str]:
        return [story.label for story in stories(feed, **options)]

    assert titles() == ["Post 1", "Post 2", "Post 3", "Post 4"]
    assert titles(limit=2) == ["Post 3", "Post 4"]
    assert titles(since=date(2026, 11, 18), until=date(2026, 11, 19)) == ["Post 2", "Post 3"]
    assert titles(until=date(2026, 11, 19), limit=1) == ["Post 3"]


def test_a_post_without_a_date_is_of_today(stories: Stories) -> None:
    feed = rss("<title>A</title><description>x</description>")
    assert len(stories(feed, since=TODAY, until=TODAY)) == 1
    assert stories(feed, until=date(2026, 11, 19)) == []
    (draft,) = draft_stories([feed_of(feed)], StoryOptions(TODAY)).drafts
    assert "\ndate: 2026-11-20\n" in draft.text
    assert "does not say when" in draft.text
    (again,) = draft_stories([feed_of(feed)], StoryOptions(date(2026, 11, 21))).drafts
    # without an identifier and an address only the day tells it from others
    assert again.identity != draft.identity


@pytest.mark.parametrize(
    ("first", "second"),
    [
        # the same address but for what says where a reader came from
        (post(1), post(1).replace("/1<", "/1?utm_source=x&amp;utm_medium=y<").replace("Post 1", "Other")),
        (post(1), post(1).replace("https:", "http:").replace("/1<", "/1/<").replace("Post 1", "Other")),
        # the same identifier
        (post(1, more="<guid>urn:x:1</guid>"), post(2, more="<guid>urn:x:1</guid>")),
        # the same title, author and day at other addresses
        (post(1), post(1).replace("blog.example.org", "other.example.net").replace("10:00", "11:30")),
    ],
)
def test_the_same_post_in_two_feeds(stories: Stories, first: str, second: str) -> None:
    assert len(stories(rss(first), rss(second))) == 1
    assert len(stories(rss(second), rss(first))) == 1


def test_different_posts_stay(stories: Stories) -> None:
    # one title, one author, one day, one site, two addresses
    assert len(stories(rss(post(1), post(2).replace("Post 2", "Post 1")))) == 2
    # all posts lead to one page
    page = "https://blog.example.org/"
    same = [post(n, more=f"<guid isPermaLink='false'>{n}</guid>").replace(f"{page}{n}", page) for n in (1, 2, 3)]
    assert len(stories(rss(*same))) == 3
    # all posts have one identifier, which is none then
    same = [post(n, more="<guid>https://blog.example.org/</guid>") for n in (1, 2, 3)]
    assert len(stories(rss(*same))) == 3
    # numbers are identifiers of one feed alone
    other = "<title>Other</title><link>https://other.example/</link>"
    numbers = "<guid isPermaLink='false'>1</guid>"
    assert len(stories(rss(post(1, more=numbers)), rss(post(2, more=numbers), channel=other))) == 2


def test_what_somebody_wrote_is_not_drafted_again() -> None:
    feeds = [feed_of(rss(post(1), post(2), post(3)))]
    mine = b"date: 2026-11-18\nstories:\n- {title: Mine, url: 'http://blog.example.org/1/?utm_source=x', text: x}\n"
    title = b"date: 2026-11-18\nstories:\n- {title: Post 2, author: Jane, text: x, url: 'https://planet.example/'}\n"
    fragments = []
    for number, data in enumerate((mine, title)):
        fragment, problems = read_fragment(data, f"{number}.yaml", f"mine-{number:016x}")
        assert fragment and not problems
        fragments.append(fragment)
    plan = draft_stories(feeds, StoryOptions(TODAY), fragments)
    assert plan.there == ["1.yaml", "0.yaml"] or plan.there == ["0.yaml", "1.yaml"]
    assert [draft.stem.rpartition("-")[0] for draft in plan.drafts] == ["post-3"]


def test_a_draft_that_is_there_is_left_to_its_identity() -> None:
    feeds = [feed_of(rss(post(1)))]
    (draft,) = draft_stories(feeds, StoryOptions(TODAY)).drafts
    fragment, _ = read_fragment(draft.text.encode(), "x.yaml", draft.stem)
    assert fragment
    plan = draft_stories(feeds, StoryOptions(TODAY), [fragment])
    assert (plan.there, [other.identity for other in plan.drafts]) == ([], [draft.identity])


@pytest.mark.parametrize(
    ("url", "left"),
    [
        ("https://a.example/p", "https://a.example/p"),
        ("https://a.example/p?utm_source=x&id=1&UTM_medium=y", "https://a.example/p?id=1"),
        ("https://a.example/p?id=%C3%BC&q=a+b", "https://a.example/p?id=%C3%BC&q=a+b"),
        ("https://a.example/p?fbclid=x#utm_source=y", "https://a.example/p"),
        ("https://a.example/p?a=1#part", "https://a.example/p?a=1#part"),
    ],
)
def test_addresses_without_tracking(url: str, left: str) -> None:
    assert without_tracking(url) == left


def test_folded_addresses() -> None:
    assert folded_url("http://A.example:80/P/") == folded_url("https://a.example/P") == "https://a.example/P"
    assert folded_url("https://a.example/p#1") != folded_url("https://a.example/p#2")


def text_of(stories: Stories, body: str) -> str:
    (story,) = stories(rss(f"<title>T</title><content:encoded><![CDATA[{body}]]></content:encoded>"))
    return story.text.value


def test_paragraphs_and_lists(stories: Stories) -> None:
    body = "<h2>Head</h2><p>One <b>bold</b> <a href='x'>link</a>.</p><ul><li>a</li><li>b</li></ul>"
    body += "<pre>code</pre><p>End</p>"
    assert text_of(stories, body) == "One bold link.\n\n* a\n* b\n\nEnd"


def test_about_eighty_words(stories: Stories) -> None:
    assert len(text_of(stories, f"<p>{LONG * 9}</p><p>{LONG * 9}</p>").split()) == 72
    assert text_of(stories, f"<p>{LONG * 30}</p>").split() == (LONG * 10).split()
    assert text_of(stories, f"<p>{'word ' * 100}</p>").endswith("word …")
    assert len(text_of(stories, f"<p>{'x' * 10_000}</p>")) < 900
    assert len(text_of(stories, f"<p>{'你好。' * 1000}</p>")) < 900


def test_what_blogs_add_is_left_out(stories: Stories) -> None:
    body = "<p>Text.</p><p>The post <a href='x'>T</a> appeared first on <a href='y'>B</a>.</p>"
    assert text_of(stories, body) == "Text."
    assert text_of(stories, "<p>T</p><p>Text […]</p><p>Continue reading T →</p>") == "Text […]"


def test_a_post_without_a_text_is_its_title(stories: Stories) -> None:
    (story,) = stories(rss("<title>*Only* this</title><link>https://a.example/</link>"))
    assert (story.title, story.text.value) == (None, r"\*Only* this")
    assert stories(rss("<link>https://a.example/</link>"), atom("<id>u:1</id>")) == []


def test_content_without_html(stories: Stories) -> None:
    items = [{"id": "u:1", "title": "T", "content_text": "One <b>\nline.\n\n.. raw:: html\n\n   <script>"}]
    feed = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "B", "items": items})
    (story,) = stories(feed)
    assert story.text.value == "One <b> line.\n\n\\.. raw:: html\n\n\\<script>"
