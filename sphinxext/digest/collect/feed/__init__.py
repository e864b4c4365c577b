"""Feeds of posts (Atom, RSS, JSON Feed) to stories."""

from sphinxext.digest.collect.feed.post import Feed, Post
from sphinxext.digest.collect.feed.read import read_feed
from sphinxext.digest.collect.feed.stories import StoryWishes, draft_stories

__all__ = ["Feed", "Post", "StoryWishes", "draft_stories", "read_feed"]
