"""Draft threads, changes, releases and first contributions from the sites that host projects.

A site is read by a :class:`Hub`, such as those of :mod:`~sphinxext.digest.gather.hub.github` and
:mod:`~sphinxext.digest.gather.hub.gitlab`; what is drafted is the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from sphinxext.digest.fragments.write import Draft, identity_of, make_draft, plain_title, web_url
from sphinxext.digest.gather.feed import FeedPost
from sphinxext.digest.gather.feed.drafts import excerpt_of
from sphinxext.digest.gather.irc import moment_of
from sphinxext.digest.gather.markdown import html_of_markdown, parse_markdown
from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.gather.topics import Topic
from sphinxext.digest.text import visible_text

if TYPE_CHECKING:
    from markdown_it.token import Token

#: The most issues whose answers are read in one repository, and the most answers to one.
MAX_THREADS, MAX_ANSWERS = 100, 500
#: The most releases where no first day is given.
MAX_RELEASES = 10
#: The most characters of a text that are read.
_MAX_TEXT = 100_000
#: The most characters of an answer that are read, of which its first sentence and its links are used.
_MAX_WORDS = 20_000


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue or a change. ``text`` is Markdown; times have a zone.

    :param answers: how many answers it has, as the site counts them.
    :param merged: when a change was merged; None for any other.
    """

    number: int
    title: str
    url: str
    author: str
    created: datetime
    updated: datetime
    text: str = ""
    labels: tuple[str, ...] = ()
    answers: int = 0
    likes: int = 0
    is_closed: bool = False
    is_change: bool = False
    merged: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A release. ``text`` is Markdown."""

    title: str
    url: str
    author: str
    moment: datetime
    text: str


class Hub(Protocol):
    """One repository of a site. What cannot be read raises a :class:`~sphinxext.digest.problems.DigestError`."""

    name: str
    notes: list[str]

    def issues(self, since: date | None) -> Iterator[Issue]:
        """Yield issues that were active since a day, and changes if the site has them in one list."""

    def changes(self, since: date | None) -> Iterator[Issue]:
        """Yield changes that were merged since a day."""

    def answers(self, issue: Issue) -> Iterator[ChatMessage]:
        """Yield the answers to an issue, oldest first."""

    def discussions(self, since: date | None) -> Iterator[Topic]:
        """Yield the discussions that were active since a day."""

    def releases(self) -> Iterator[Release]:
        """Yield releases, the newest first."""

    def is_first(self, change: Issue, since: date) -> bool:
        """Return True if the author of a change has no change from before a day."""


@dataclass(frozen=True, slots=True)
class HubOptions:
    """What is drafted of a repository.

    :param since: the first day of interest, in UTC; ``until`` is the last.
    :param labels: the labels of merged changes that become items, with the heading of each.
    :param newcomers: whether the first change of somebody becomes a success.
    """

    since: date | None = None
    until: date | None = None
    min_messages: int = 5
    labels: tuple[tuple[str, str], ...] = ()
    releases: bool = True
    newcomers: bool = False

    def covers(self, moment: datetime) -> bool:
        """Return True if a time is on the days of interest."""
        day = moment_of(moment).day
        return (self.since or day) <= day <= (self.until or day)


def topics_of_hub(hub: Hub, options: HubOptions) -> list[Topic]:
    """Return the discussions of a repository, and its issues with the most answers and likes."""
    issues = [
        one for one in hub.issues(options.since) if not one.is_change and one.answers + 1 >= options.min_messages
    ]
    issues.sort(key=lambda one: -(one.answers + one.likes))
    if len(issues) > MAX_THREADS:
        hub.notes.append(
            f"{hub.name}: {MAX_THREADS} of {len(issues)} issues were read, those with most answers and likes"
        )
    found = [_topic_of(hub, issue) for issue in issues[:MAX_THREADS]]
    return [*hub.discussions(options.since), *found]


def _topic_of(hub: Hub, issue: Issue) -> Topic:
    first = ChatMessage("", issue.created, issue.author, plain_of_markdown(issue.text), issue.url)
    answers = islice(hub.answers(issue), MAX_ANSWERS)
    return Topic(issue.title, (first, *answers), issue.url, issue.labels, issue.likes, issue.is_closed)


def draft_changes(hub: Hub, options: HubOptions) -> list[Draft]:
    """Draft an item of each merged change that has one of the labels, and a success of each newcomer's first one."""
    if not options.labels and not options.newcomers:
        return []
    merged = [one for one in hub.changes(options.since) if one.merged is not None and options.covers(one.merged)]
    merged.sort(key=lambda one: (one.merged or one.created, one.number))
    drafts = [draft for one in merged for draft in _item_of(hub, one, options)]
    return [*drafts, *_newcomers(hub, merged, options)] if options.newcomers else drafts


def _item_of(hub: Hub, change: Issue, options: HubOptions) -> Iterator[Draft]:
    labels = {label.casefold() for label in change.labels}
    group = next((group for label, group in options.labels if label.casefold() in labels), None)
    url, title = web_url(change.url), visible_text(change.title)
    if group is None or url is None or not title or change.merged is None:
        return
    note = {"group": visible_text(group), "text": plain_title(title), "url": url}
    comment = _comment(hub, f"change {change.number} by {change.author}")
    day = moment_of(change.merged).day
    yield make_draft(identity_of("change", url), title, {"items": [note]}, date=day, comment=comment)


def _newcomers(hub: Hub, merged: Iterable[Issue], options: HubOptions) -> Iterator[Draft]:
    """Draft a success of the first change of each person who had none before."""
    seen: set[str] = set()
    for change in merged:
        who = change.author.casefold()
        url, title, nick = web_url(change.url), visible_text(change.title), visible_text(change.author)
        if who in seen or url is None or not title or not nick or change.merged is None:
            continue
        seen.add(who)
        if hub.is_first(change, options.since or moment_of(change.merged).day):
            note = {
                "nick": nick,
                "text": f"First change: {plain_title(title)}",
                "url": url,
                "date": moment_of(change.merged),
            }
            comment = _comment(hub, f"the first change of {change.author}")
            yield make_draft(identity_of("first change", url), title, {"successes": [note]}, comment=comment)


def draft_releases(hub: Hub, options: HubOptions) -> Iterator[Draft]:
    """Draft a story of each release on the days of interest, with the beginning of its text."""
    found = hub.releases() if options.releases else iter(())
    for release in found if options.since else islice(found, MAX_RELEASES):
        url, title = web_url(release.url), visible_text(release.title)
        if options.since and moment_of(release.moment).day < options.since:
            return
        if url is None or not title or not options.covers(release.moment):
            continue
        name = hub.name.rpartition("/")[2]
        title = title if name.casefold() in title.casefold() else f"{name} {title}"
        body = html_of_markdown(release.text[:_MAX_TEXT], release.url)
        text = excerpt_of(FeedPost(title, "", body, is_html=True))
        note = {"title": plain_title(title), "text": text or plain_title(f"{title} is out."), "url": url}
        author = visible_text(release.author)
        story = {**note, **({"author": author} if author else {}), "date": moment_of(release.moment)}
        comment = _comment(hub, "a release")
        yield make_draft(identity_of("release", url), title, {"stories": [story]}, comment=comment)


def _comment(hub: Hub, words: str) -> list[str]:
    """Return the comment of a draft."""
    head = visible_text(f"A draft from {hub.name}: {words}.")
    return [head, "Say what it means for readers if the words do not, and delete these lines and 'draft'."]


def plain_of_markdown(text: str) -> str:
    """Return the words of an answer, without its quotes, code, headings and tables, and the addresses of its links."""
    lines: list[str] = []
    links: list[str] = []
    depth, before = 0, ""
    for token in parse_markdown(text[:_MAX_WORDS], "an answer"):
        depth += {"blockquote_open": 1, "blockquote_close": -1}.get(token.type, 0)
        children = token.children or []
        if token.type == "inline" and not depth and before == "paragraph_open":
            lines += ["".join(map(_words_of, children)), ""]
            links += [str(child.attrs.get("href", "")) for child in children if child.type == "link_open"]
        before = token.type
    words = "\n".join(lines)
    return "\n".join([words, *(link for link in links if link not in words)])


def _words_of(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return "\n"
    return token.content if token.type in ("text", "code_inline") else ""
