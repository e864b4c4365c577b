"""Draft stories from the posts of feeds: choose the posts, deduplicate them, and take excerpts of their texts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, urlencode

from sphinxext.digest.fragments.write import Draft, identity_of, make_draft, plain_paragraph, plain_title
from sphinxext.digest.gather.feed import MAX_BODY, FeedPost, ParsedFeed
from sphinxext.digest.gather.importer import Form
from sphinxext.digest.gather.importer.html import blocks_of_html, with_paragraphs
from sphinxext.digest.model import Fragment, Moment, Story
from sphinxext.digest.text import split_url, visible_lines, visible_text

#: The longest excerpt, in words, and in characters where words are long or have no spaces between them.
WORDS, CHARACTERS = 80, 800
#: The characters of a text that are read: first few, then more if they have too few words.
_PARTS = (2500, 2 * MAX_BODY)

#: The end of a sentence, with a closing quote or bracket.
_END = re.compile(r"[.!?…\u3002\uff01\uff1f][\"'”’»)\]]*(?=\s|$)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: Lines that blog software adds below a text.
_NO_TEXT = re.compile(
    r"The post .* (?:appeared first on|first appeared on) .*|(?:Continue reading|Read more|Read the full)\b.{0,200}"
    r"|\[?(?:…|\.\.\.)\]?",
    re.IGNORECASE,
)


def excerpt_of(post: FeedPost) -> str:
    """Return the first paragraphs and lists of a post as reST, up to about 80 words, without headings and code."""
    lines: list[str] = []
    after_bullet = False
    for is_bullet, text in _first(list(_paragraphs(post))):
        if lines and not (is_bullet and after_bullet):
            lines.append("")
        if is_bullet:
            first, *rest = plain_paragraph(text, 2)
            lines += [f"* {first}", *(f"  {line}" for line in rest)]
        else:
            lines += plain_paragraph(text)
        after_bullet = is_bullet
    return "\n".join(lines)


def _paragraphs(post: FeedPost) -> Iterator[tuple[bool, str]]:
    """Yield the paragraphs as plain lines, each with True if it is a list item."""
    body = visible_lines(post.body[:MAX_BODY])
    if post.is_html:
        found = _of_html(with_paragraphs(body))
    else:
        found = [(False, part) for part in re.split(r"\n[^\S\n]*\n", body)]
    for is_bullet, text in found:
        line = visible_text(text)
        if line and line != post.title and not _NO_TEXT.fullmatch(line):
            yield is_bullet, line


def _of_html(body: str) -> list[tuple[bool, str]]:
    """Return the paragraphs of the first part of a text that has enough words; reading all of it would take long."""
    for size in _PARTS:
        blocks, _, _ = blocks_of_html(_closed(body[:size]), 1)
        if size < len(body):
            del blocks[-1:]  # it may go on
        found = [
            (block.form is Form.BULLET, block.plain) for block in blocks if block.form in (Form.TEXT, Form.BULLET)
        ]
        if size >= len(body) or sum(len(text.split()) for _, text in found) > WORDS:
            break
    # a text in which everything is a heading or code is better than none
    return found or [(False, block.plain) for block in blocks]


def _closed(body: str) -> str:
    """Remove an unfinished tag, which browsers don't show: the parser would search for its end in quadratic time."""
    end = body.rfind(">") + 1
    return body[:end] + _TAG.split(body[end:], maxsplit=1)[0]


def _first(paragraphs: list[tuple[bool, str]]) -> Iterator[tuple[bool, str]]:
    words = characters = 0
    for is_bullet, text in paragraphs:
        number = text.count(" ") + 1
        if words + number > WORDS or characters + len(text) > CHARACTERS:
            if words < WORDS // 2 and characters < CHARACTERS // 2:
                yield is_bullet, _cut(text, WORDS - words, CHARACTERS - characters)
            return
        yield is_bullet, text
        words += number
        characters += len(text)


def _cut(text: str, words: int, characters: int) -> str:
    """Return the first words, up to the end of a sentence if one ends in their second half."""
    start = " ".join(text.split(" ", words)[:words])
    if len(start) > characters:
        start = start[:characters]
        start = start[: start.rfind(" ")] if " " in start[characters // 2 :] else start
    ends = [match.end() for match in _END.finditer(start)]
    if ends and ends[-1] > len(start) // 2:
        return start[: ends[-1]]
    return f"{start.rstrip(' ,;:.')} …"


#: Tracking parameters of URLs, which don't change the page.
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|dclid|msclkid|mc_[ce]id|igshid|yclid", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StoryOptions:
    """The choice of posts: the ``limit`` newest of each feed. A post without a date counts as one of ``today``."""

    today: date
    since: date | None = None
    until: date | None = None
    limit: int | None = None
    group: str | None = None

    def wants(self, day: date) -> bool:
        """Return True if a day is between ``since`` and ``until``."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass
class StoryPlan:
    """The drafts, oldest first, and the paths of fragments that already have the other posts."""

    drafts: list[Draft] = field(default_factory=list)
    there: list[str] = field(default_factory=list)


def draft_stories(feeds: Sequence[ParsedFeed], options: StoryOptions, fragments: Iterable[Fragment] = ()) -> StoryPlan:
    """Draft a story of each chosen post.

    Posts are duplicates if they share the identifier, the URL without tracking parameters, or title, author and day.
    So a post in a blog and in a planet becomes one story.

    :param fragments: those of the folder: posts that they have under another identity are not drafted again.
    """
    plan = StoryPlan()
    known = _Known()
    for fragment in fragments:
        known.add_fragment(fragment)
    drafts: list[tuple[Moment, Draft]] = []
    for feed in feeds:
        common = _common(feed)
        for post in _wanted(feed, options):
            moment = post.published or Moment(options.today)
            keys = _keys(post, feed, moment, common)
            identity = identity_of("story", keys[0])
            path = known.find(keys, post.url, identity)
            known.add(keys, post.url, identity, path or "")
            if path:
                plan.there.append(path)
            elif path is None and (draft := _draft(post, feed, moment, identity, options)) is not None:
                drafts.append((moment, draft))
    plan.drafts = [draft for _, draft in sorted(drafts, key=lambda pair: _order(pair[0]))]
    return plan


@dataclass
class _Known:
    """Posts by their keys: the URL, the identity of the fragment, and its path, empty if it is not written yet."""

    posts: dict[str, tuple[str | None, str, str]] = field(default_factory=dict)

    def add(self, keys: Iterable[str], url: str | None, identity: str, path: str) -> None:
        for key in keys:
            self.posts.setdefault(key, (url, identity, path))

    def add_fragment(self, fragment: Fragment) -> None:
        for note in fragment.notes:
            if not isinstance(note, Story):
                continue
            keys = [f"url {folded_url(note.url)}"] if note.url and note.url.lower().startswith("http") else []
            moment = note.date or fragment.date
            if note.title and moment:
                keys += _title_key(re.sub(r"\\(.)", r"\1", note.title.value), note.author or "", moment.day)
            self.add(keys, note.url, fragment.identity, fragment.path)

    def find(self, keys: Iterable[str], url: str | None, identity: str) -> str | None:
        """Return the path of a fragment that has a post under another identity, "" if the post came before.

        Posts of one site with the same title but different URLs are not duplicates.
        """
        for key in keys:
            other = self.posts.get(key)
            if other is None or (key.startswith("title ") and _are_of_one_site(other[0], url)):
                continue
            # plan_drafts() finds written fragments of the same identity
            return None if other[1] == identity and other[2] else other[2]
        return None


def _are_of_one_site(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    parts = split_url(one), split_url(other)
    hosts = [part.hostname if part else None for part in parts]
    return folded_url(one) != folded_url(other) and hosts[0] == hosts[1]


def _common(feed: ParsedFeed) -> frozenset[str]:
    """Return the URLs and identifiers that several posts of a feed share, and that identify none of them."""
    urls = {(post.url, post.identifier or post.title) for post in feed.posts if post.url}
    names = {(post.identifier, post.url or post.title) for post in feed.posts if post.identifier}
    counts = (Counter(value for value, _ in pairs) for pairs in (urls, names))
    return frozenset(str(value) for count in counts for value, uses in count.items() if uses > 1)


def without_tracking(url: str) -> str:
    """Remove tracking parameters from a URL."""
    if "=" not in url:
        return url
    parts = split_url(url)
    if parts is None:
        return url
    fragment = "" if _TRACKING.match(parts.fragment) else parts.fragment
    query = parts.query
    if _TRACKING.search(query):
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=None)
        query = urlencode([(name, value) for name, value in pairs if not _TRACKING.fullmatch(name)])
    return parts._replace(query=query, fragment=fragment).geturl()


def folded_url(url: str) -> str:
    """Normalize a URL for comparison: http is https, and a slash at the end does not count.

    A URL that cannot be parsed is compared as it is.
    """
    parts = split_url(without_tracking(url))
    if parts is None:
        return url
    host = parts.netloc.lower().removesuffix(":80").removesuffix(":443")
    return parts._replace(scheme="https", netloc=host, path=parts.path.rstrip("/")).geturl()


def _wanted(feed: ParsedFeed, options: StoryOptions) -> list[FeedPost]:
    posts = [post for post in feed.posts if options.wants(post.published.day if post.published else options.today)]
    posts.sort(key=lambda post: _order(post.published or Moment(options.today)), reverse=True)
    return posts[: options.limit]


def _order(moment: Moment) -> tuple[date, str]:
    return moment.day, str(moment.time or "")


def _keys(post: FeedPost, feed: ParsedFeed, moment: Moment, common: frozenset[str]) -> list[str]:
    """Return the keys of a post; the first makes its identity.

    An identifier that is not a URI is unique only within its feed.

    :param common: see :func:`_common`.
    """
    keys = []
    name = post.identifier if post.identifier not in common else ""
    if is_uri := re.match(r"[A-Za-z][A-Za-z0-9+.-]+:\S", name):
        keys.append(f"id {folded_url(name) if name.lower().startswith(('http://', 'https://')) else name}")
    if post.url and post.url not in common:
        keys.append(f"url {folded_url(post.url)}")
    if name and not is_uri:
        keys.append(f"own {folded_url(feed.home) if feed.home else feed.title} {name}")
    keys += _title_key(post.title, post.author, moment.day)
    return keys or [f"text {feed.home or feed.title} {post.body[:MAX_BODY]}"]


def _title_key(title: str, author: str, day: date) -> list[str]:
    return [f"title {title.casefold()} {author.casefold()} {day}"] if title else []


def _draft(post: FeedPost, feed: ParsedFeed, moment: Moment, identity: str, options: StoryOptions) -> Draft | None:
    """Draft a post; return None if it has neither a title nor a text."""
    title = plain_title(post.title)
    text = excerpt_of(post)
    note: dict[str, object] = {
        "title": (title or None) if text else None,
        "author": post.author or None,
        "group": visible_text(options.group or "") or None,
        "url": without_tracking(post.url) if post.url else None,
        "text": text or title,
    }
    if not note["text"]:
        return None
    comment = [f"A draft from the feed of {feed.title or feed.home or 'a blog'}: an excerpt of a post."]
    if post.published is None:
        comment.append("The feed does not say when it was published: this is the day on which it was collected.")
    comment.append("Say why it matters, shorten it, and delete these lines and 'draft'.")
    words = post.title or text
    return make_draft(identity, words, {"stories": [note]}, date=moment, comment=map(visible_text, comment))
