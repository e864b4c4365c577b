"""Read the topics of a Discourse forum as threads, by the JSON that it has for every page.

A list of topics (``/latest.json``, ``/c/SLUG/ID.json``, ``/tag/NAME.json``) has ``topic_list.topics`` in pages, the
last active first; a topic (``/t/ID.json``) has ``post_stream`` with twenty posts, and the identifiers of all, see
https://docs.discourse.org. Only what anybody may read is asked for, without a key.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from urllib.parse import quote, urlencode

from sphinxext.digest.gather.chat.message import identifier_of, iso_time, list_of, mapping_of, name_of, text_of
from sphinxext.digest.gather.mail.body import text_of_html
from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.gather.topics import Topic
from sphinxext.digest.net.http import WebError, ask
from sphinxext.digest.net.source import parse_json
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import split_url, visible_text

#: The seconds between two requests: forums allow strangers 200 in a minute, and 50 in ten seconds.
PAUSE = 0.3
#: The longest time to wait for a forum that has too many requests, and how often.
MAX_WAIT, MOST_WAITS = 120, 3
#: The most pages of a list, topics that are read, and pages of twenty posts of a topic.
MAX_LISTS, MAX_TOPICS, MAX_PAGES = 40, 100, 25
#: The limit of an answer's size in bytes.
_MAX_BYTES = 16 * 1024 * 1024
_TOO_MANY = 429
#: The kinds of posts that people write: the regular one, and a moderator's.
_WRITTEN = (1, 2)
_LIKE = 2
_PLACE = re.compile(
    r"(?P<base>.*?)/(?:c/(?P<category>[^?#]*[0-9]{1,12})(?:/(?:l/)?(?:latest|all|none))?"
    r"|tags?/(?P<tag>[^/?#]{1,200})(?:/[0-9]{1,12})?|t/(?:[^/?#]{1,300}/)?(?P<topic>[0-9]{1,12})(?:/[0-9]{1,9})?)/?"
)
_QUOTE = re.compile(r"(<aside\b[^<>]{0,2000}>|</aside>)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """What an address of a forum leads to: a list of topics, or one topic by its number.

    ``base`` is the forum's address without a slash at its end; ``path`` that of the list below it.
    """

    base: str
    path: str = "/latest"
    topic: str | None = None


@dataclass
class Forum:
    """Topics that were read; ``notes`` are what a user may want to know.

    :param since: the first day of interest, in UTC.
    :param min_messages: topics with fewer posts are not read.
    :param wait: waits for a number of seconds.
    """

    since: date | None = None
    min_messages: int = 1
    wait: Callable[[float], None] = time.sleep
    notes: list[str] = field(default_factory=list)

    def read(self, url: str) -> list[Topic]:
        """Read the topics that an address of a forum leads to.

        :raises DigestError: if they cannot be read.
        """
        place = place_of(url)
        if place is None:
            message = (
                "not an address of a forum, a category, a tag or a topic, such as https://forum.example.org/c/dev/7"
            )
            raise DigestError(Problem(url, 0, 0, Code.BAD_VALUE, message))
        if place.topic is not None:
            return [topic for topic in [self._topic(place, {"id": int(place.topic)}, url)] if topic is not None]
        found = sorted(self._listed(place, url), key=_size, reverse=True)
        if len(found) > MAX_TOPICS:
            self.notes.append(f"{url}: {MAX_TOPICS} of {len(found)} topics were read, those with most posts and likes")
        topics = (self._topic(place, record, url) for record in found[:MAX_TOPICS])
        return [topic for topic in topics if topic is not None]

    def _listed(self, place: Place, url: str) -> Iterator[dict[str, object]]:
        """Yield the topics of a list that were active on the days of interest and are long enough."""
        seen: set[int] = set()
        for page in range(MAX_LISTS):
            answer = self._get(f"{place.base}{place.path}.json", {"page": str(page)} if page else {}, url)
            listing = mapping_of(answer.get("topic_list"))
            records = [mapping_of(one) for one in list_of(listing.get("topics"))]
            if page == 0 and "topics" not in listing:
                message = "the answer is not a list of topics: is it a Discourse forum?"
                raise DigestError(Problem(url, 0, 0, Code.NOT_A_FEED, message))
            fresh = [one for one in records if _count(one, "id") not in seen]
            seen.update(_count(one, "id") for one in fresh)
            for one in fresh:
                if _is_shown(one) and not self._is_old(one) and _count(one, "posts_count") >= self.min_messages:
                    yield one
            # what is pinned comes first, however old it is
            if not fresh or not listing.get("more_topics_url") or all(map(self._is_old, _unpinned(fresh))):
                return
        self.notes.append(f"{url}: only the first {MAX_LISTS} pages of the list were read: choose days with --since")

    def _is_old(self, record: Mapping[str, object]) -> bool:
        active = [moment for key in ("bumped_at", "last_posted_at") if (moment := iso_time(record.get(key)))]
        return self.since is not None and bool(active) and max(active).date() < self.since

    def _topic(self, place: Place, record: Mapping[str, object], url: str) -> Topic | None:
        number = _count(record, "id")
        first = self._get(f"{place.base}/t/{number}.json", {}, url)
        stream = mapping_of(first.get("post_stream"))
        posts = [mapping_of(one) for one in list_of(stream.get("posts"))]
        total = len(list_of(stream.get("stream"))) or len(posts)
        for page in range(2, MAX_PAGES + 1):
            if len(posts) >= total:
                break
            answer = self._get(f"{place.base}/t/{number}.json", {"page": str(page)}, url)
            more = [mapping_of(one) for one in list_of(mapping_of(answer.get("post_stream")).get("posts"))]
            if not more:
                break
            posts += more
        if len(posts) < total:
            self.notes.append(f"{place.base}/t/{number}: {len(posts)} of {total} posts were read")
        return _topic_of(place.base, first, posts)

    def _get(self, address: str, query: Mapping[str, str], source: str) -> dict[str, object]:
        """Ask for an object, and wait where the forum says so.

        :raises DigestError: if it does not come.
        """
        whole = f"{address}?{urlencode(query)}" if query else address
        for number in range(MOST_WAITS + 1):
            self.wait(PAUSE)
            try:
                answer = ask(whole, max_bytes=_MAX_BYTES, headers={"Accept": "application/json"})
            except WebError as error:
                if error.status != _TOO_MANY or number == MOST_WAITS or error.pause > MAX_WAIT:
                    raise DigestError(Problem(source, 0, 0, Code.SOURCE_FETCH, _said(error))) from None
                self.wait(max(error.pause, 2**number))
                continue
            if answer is None or answer.data is None:
                message = f"{whole}: there is nothing, or it is not for everybody"
                raise DigestError(Problem(source, 0, 0, Code.SOURCE_FETCH, message))
            return mapping_of(parse_json(answer.data.decode("utf-8", "replace"), source))
        raise AssertionError("the last attempt returns or raises")


def place_of(url: str) -> Place | None:
    """Return what an address of a forum leads to; None if it is no such address."""
    parts = split_url(url)
    if parts is None or parts.scheme.lower() not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    path = re.sub(r"\.json\Z", "", parts.path).rstrip("/")
    site = f"{parts.scheme}://{parts.netloc}"
    match = _PLACE.fullmatch(path)
    if match is None:
        base = re.sub(r"/(?:latest|new|top|hot|categories)\Z", "", path)
        return None if re.search(r"/(?:c|t|tags?)(?:/|\Z)", base) else Place(f"{site}{base}")
    base = f"{site}{match['base']}"
    if match["topic"]:
        return Place(base, topic=match["topic"])
    return Place(base, f"/c/{match['category']}" if match["category"] else f"/tag/{match['tag']}")


def _said(error: WebError) -> str:
    if error.status == _TOO_MANY:
        wish = f": it asks for {error.pause} seconds of rest" if error.pause else ""
        return f"{error}{wish}; try again later"
    return str(error)


def _is_shown(record: Mapping[str, object]) -> bool:
    return record.get("archetype", "regular") == "regular" and record.get("visible") is not False


def _unpinned(records: list[dict[str, object]]) -> list[dict[str, object]]:
    return [one for one in records if not (one.get("pinned") is True or one.get("pinned_globally") is True)]


def _size(record: Mapping[str, object]) -> int:
    return _count(record, "posts_count") + _count(record, "like_count")


def _topic_of(base: str, record: Mapping[str, object], posts: list[dict[str, object]]) -> Topic | None:
    """Return a topic; None if nobody wrote anything in it."""
    number, slug = _count(record, "id"), text_of(record.get("slug"))
    url = f"{base}/t/{quote(slug, safe='')}/{number}" if slug else f"{base}/t/{number}"
    messages = tuple(message for post in posts for message in _message_of(url, post))
    title = visible_text(text_of(record.get("title")))
    if not messages or not title:
        return None
    tags = [name_of(one, mapping_of(one).get("name")) for one in list_of(record.get("tags"))]
    is_done = bool(record.get("accepted_answer")) or any(post.get("accepted_answer") is True for post in posts)
    likes = sum(_likes_of(post) for post in posts)
    return Topic(title, messages, url, tuple(filter(None, tags)), likes, is_done)


def _message_of(url: str, post: Mapping[str, object]) -> Iterator[ChatMessage]:
    """Yield the message that a post is, if a person wrote it and it is there still."""
    moment = iso_time(post.get("created_at"))
    nick = name_of(post.get("name"), post.get("username"))
    is_written = post.get("post_type", _WRITTEN[0]) in _WRITTEN
    if moment is None or not nick or not is_written or post.get("hidden") is True or post.get("user_deleted") is True:
        return
    number = identifier_of(post.get("post_number"))
    answers = identifier_of(post.get("reply_to_post_number")) or None
    text = text_of_html(_without_quotes(text_of(post.get("cooked"))))
    links = [text_of(mapping_of(one).get("url")) for one in list_of(post.get("link_counts"))]
    outside = [link for link in links if link.startswith(("http://", "https://")) and link not in text]
    text = "\n".join([text, "", *outside]) if outside else text
    sender = name_of(post.get("username"))
    yield ChatMessage(number, moment.astimezone(UTC), nick, text, f"{url}/{number}", answers=answers, sender=sender)


def _without_quotes(page: str) -> str:
    """Return the HTML of a post without what it quotes of others, and without previews of links."""
    kept, depth = [], 0
    for part in _QUOTE.split(page):
        if part[:6].lower() == "<aside":
            depth += 1
        elif part[:8].lower() == "</aside>":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(part)
    return "".join(kept)


def _likes_of(post: Mapping[str, object]) -> int:
    actions = [mapping_of(one) for one in list_of(post.get("actions_summary"))]
    return sum(_count(one, "count") for one in actions if one.get("id") == _LIKE)


def _count(record: Mapping[str, object], name: str) -> int:
    value = record.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12 else 0
