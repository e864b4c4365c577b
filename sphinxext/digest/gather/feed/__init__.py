"""Draft stories from feeds; here are the records and values that all formats share: times, titles, and names."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from sphinxext.digest.fragments.values import ValueProblem, read_moment
from sphinxext.digest.gather.importer.html import blocks_of_html
from sphinxext.digest.model import Moment
from sphinxext.digest.text.visible import visible_lines, visible_text

#: The most characters that are read of a title, a name, and a text: only an excerpt of the text is needed.
MAX_TITLE, MAX_NAME, MAX_BODY = 2000, 200, 20_000

_TAG = re.compile(
    r"</?(?:a|abbr|b|big|br|cite|code|del|em|font|h[1-6]|i|iframe|img|ins|kbd|mark|p|pre|q|s|samp|script|small|span"
    r"|strike|strong|style|sub|sup|svg|tt|u|var|wbr)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_LEAP_SECOND = re.compile(r"(:\d\d):60(?!\d)")
#: ``name@host (Name)``, the form that RSS has, and ``Name <name@host>``.
_MAIL_THEN_NAME = re.compile(r"\S+@\S+\s*\((?P<name>[^()]+)\)")
_NAME_THEN_MAIL = re.compile(r"(?P<name>[^<>@]+?)\s*<[^<>\s]+@[^<>\s]+>")
_MAIL = re.compile(r"\S+@\S+")


@dataclass(frozen=True, slots=True)
class FeedPost:
    """A post of a feed. All texts but ``body`` are plain lines, and empty if the feed has none.

    ``body`` is its text or summary, HTML if ``is_html``. ``identifier`` is the feed's own name for the post.
    """

    title: str
    author: str
    body: str
    is_html: bool
    url: str | None = None
    identifier: str = ""
    published: Moment | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed. ``home`` is the page that it is the feed of; ``posts`` are in the order of the file."""

    title: str
    home: str | None
    posts: tuple[FeedPost, ...]


def read_time(text: str) -> Moment | None:
    """Read a time in the formats of feeds, in UTC, or a day; return None if it is invalid.

    The formats are RFC 3339, and RFC 822 with years of four digits (RFC 5322) or two and named zones. A time without
    a zone, or with an unknown one, counts as UTC, as in RFC 5322.
    """
    text = _LEAP_SECOND.sub(r"\1:59", " ".join(text[:200].split()))
    try:
        return read_moment(text)
    except ValueProblem:
        pass
    try:
        when = parsedate_to_datetime(text)
        return read_moment(when.isoformat(timespec="seconds"))
    except (ValueProblem, ValueError, TypeError, IndexError, OverflowError):
        return None


def title_of(text: str, *, is_html: bool) -> str:
    """Return a title as a plain line."""
    text = visible_lines(text[:MAX_TITLE])
    if is_html:
        blocks, _, _ = blocks_of_html(text, 1)
        text = " ".join(block.plain for block in blocks)
    return visible_text(text)


def loose_title(text: str) -> str:
    """Return a title of RSS as a plain line. RSS does not say if it is HTML: it is if it has HTML tags.

    See https://www.rssboard.org/rss-profile#data-types-characterdata.
    """
    return (
        title_of(text, is_html=True) if _TAG.search(text[:MAX_TITLE]) else title_of(html.unescape(text), is_html=False)
    )


def name_of(text: str) -> str:
    """Return the name of an author without mail addresses."""
    line = visible_text(html.unescape(text[:MAX_TITLE]))
    for form in (_MAIL_THEN_NAME, _NAME_THEN_MAIL):
        if match := form.fullmatch(line):
            line = match["name"].strip()
    return "" if _MAIL.fullmatch(line) else line[:MAX_NAME].strip()
