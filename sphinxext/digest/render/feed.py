"""A feed as plain data: what its formats are made from."""

from __future__ import annotations

from dataclasses import dataclass

from sphinxext.digest.model import Moment

#: The time of a feed that has nothing yet. Nothing in a feed comes from the clock.
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
        """When the newest of its entries was."""
        return max((entry.updated for entry in self.entries), default=NEVER)


def rfc3339(moment: Moment) -> str:
    """A time in UTC as of RFC 3339; a day without a time begins at midnight."""
    return str(moment) if moment.time else f"{moment.day.isoformat()}T00:00:00Z"
