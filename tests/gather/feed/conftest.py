"""Feeds in texts, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from sphinxext.digest.fragments.read import read_fragment
from sphinxext.digest.fragments.write import Draft
from sphinxext.digest.gather.feed import ParsedFeed
from sphinxext.digest.gather.feed.drafts import StoryOptions, draft_stories
from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.model import Story

TODAY = date(2026, 11, 20)
SITE = "https://blog.example.org/feeds/all.xml"

Stories = Callable[..., list[Story]]


def feed_of(text: str | bytes, source: str = SITE) -> ParsedFeed:
    feed = read_feed(text if isinstance(text, bytes) else text.encode(), source)
    assert isinstance(feed, ParsedFeed)
    return feed


def story_of(draft: Draft) -> Story:
    """The story of a draft, which must be a good fragment."""
    fragment, problems = read_fragment(draft.text.encode(), f"{draft.stem}.yaml", draft.stem)
    assert not problems
    assert fragment is not None and fragment.draft and fragment.identity == draft.identity
    (note,) = fragment.notes
    assert isinstance(note, Story)
    return note


@pytest.fixture
def stories() -> Stories:
    """The stories that are drafted from feeds, given as texts."""

    def stories(*feeds: str | bytes, **options: Any) -> list[Story]:
        plan = draft_stories([feed_of(feed) for feed in feeds], StoryOptions(TODAY, **options))
        return [story_of(draft) for draft in plan.drafts]

    return stories


def rss(
    *items: str, channel: str = "<title>Blog</title><link>https://blog.example.org/</link>", head: str = ""
) -> str:
    """An RSS 2.0 feed of items, given as what is in them."""
    inner = "".join(f"<item>{item}</item>" for item in items)
    namespaces = (
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:atom="http://www.w3.org/2005/Atom"'
    )
    return f'<?xml version="1.0"?>{head}<rss version="2.0" {namespaces}><channel>{channel}{inner}</channel></rss>'


def atom(*entries: str, head: str = '<title>Blog</title><link href="https://blog.example.org/"/>') -> str:
    """An Atom feed of entries, given as what is in them."""
    inner = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom">{head}{inner}</feed>'
