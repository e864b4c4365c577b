"""The threads in exports of chats. Their messages are counted first; those of the longest are kept when read again."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date
from heapq import nlargest

from sphinxext.digest.gather.chat.message import Channel, ExportedMessage
from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.gather.topics import Topic, latest_of, title_of

#: So many times as many threads are read as are wanted: how many people are in them shows only then.
_SPARE = 5
#: The most messages of a thread.
_MAX_MESSAGES = 2000


class Replies:
    """Finds the longest threads.

    A message belongs to the thread that its program says, to that of the message that it answers, or begins one. What
    is remembered of a message in the first pass are two numbers, so that millions of them fit.

    :param wanted: how many threads.
    :param covers: returns True for a day in UTC of interest: messages of other days do not count.
    """

    def __init__(self, wanted: int, covers: Callable[[date], bool]) -> None:
        self._wanted = wanted
        self._covers = covers
        self._above: dict[int, int] = {}
        self._counts: Counter[int] = Counter()
        self._chosen: frozenset[int] = frozenset()
        self._kept: defaultdict[int, list[ExportedMessage]] = defaultdict(list)

    def count(self, message: ExportedMessage) -> None:
        """Count a message that belongs to a thread."""
        if not (message.thread or message.first.answers) or message.first.replaces is not None:
            return
        if not message.thread and message.first.identifier:
            self._above[_name(message, message.first.identifier)] = _name(message, message.first.answers)
        if self._covers(message.first.moment.astimezone(UTC).date()):
            self._counts[self._root(message)] += 1

    def choose(self) -> bool:
        """Choose the longest threads, and return True if there are any. What comes now can be kept."""
        # answers may come before what they answer
        roots: Counter[int] = Counter()
        for name, number in self._counts.items():
            roots[self._top(name)] += number
        self._chosen = frozenset(nlargest(_SPARE * self._wanted, roots, key=roots.__getitem__))
        return bool(self._chosen)

    def keep(self, message: ExportedMessage) -> None:
        """Keep a message if it is of a thread that was chosen."""
        root = self._top(self._root(message))
        if root in self._chosen and len(self._kept[root]) < _MAX_MESSAGES:
            self._kept[root].append(message)

    def topics(self, link: Callable[[Channel, ChatMessage], str | None]) -> list[Topic]:
        """Return the threads whose messages were kept.

        :param link: returns the URL of a message.
        """
        return [self._topic(found, link) for found in self._kept.values()]

    def _topic(self, found: list[ExportedMessage], link: Callable[[Channel, ChatMessage], str | None]) -> Topic:
        found = sorted(found, key=lambda one: one.first.moment)
        messages = []
        for one in found:
            now = replace(one.first, text=one.edited.text) if one.edited else one.first
            messages.append(replace(now, channel=one.channel.name, url=link(one.channel, one.first)))
        tags = (found[0].channel.name,) if found[0].channel.name else ()
        title = found[0].title or title_of(latest_of(messages)[0].text)
        return Topic(title, tuple(messages), messages[0].url, tags)

    def _root(self, message: ExportedMessage) -> int:
        if message.thread:
            return hash((message.channel, "thread", message.thread))
        first = message.first
        return self._top(_name(message, first.replaces or first.answers or first.identifier))

    def _top(self, name: int) -> int:
        """Return the message that the thread of one begins with, and remember it."""
        way: set[int] = set()
        while (above := self._above.get(name)) is not None and name not in way:
            way.add(name)
            name = above
        for one in way - {name}:
            self._above[one] = name
        return name


def _name(message: ExportedMessage, identifier: str | None) -> int:
    return hash((message.channel, identifier))
