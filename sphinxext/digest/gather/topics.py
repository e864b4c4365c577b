"""Threads of chats and forums, which are ranked and drafted as those of mailing lists are.

A collector gives each thread as a :class:`Topic`; :func:`topics_of` makes them of messages that answer each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.fragments.write import MAX_URL, allowed_url
from sphinxext.digest.gather.mail.body import first_sentence
from sphinxext.digest.gather.mail.header import MAX_READ, Message
from sphinxext.digest.gather.mail.ranking import Candidate, Known, ThreadOptions, choose, cut, make_candidate
from sphinxext.digest.gather.mail.threads import MailThread
from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.text import visible_text

_HEADER = b"Content-Type: text/plain; charset=utf-8\n\n"
_MAX_TITLE = 100


@dataclass(frozen=True, slots=True)
class Topic:
    """A thread of a chat or a forum.

    :param title: plain text; brackets at its beginning are tags, as in the subjects of mails.
    :param messages: at least one. Edits among them count, see :class:`ChatMessage`.
    :param url: where it can be read; it is what the thread is known by in later rounds.
    :param tags: such as its category. The option ``--tag`` chooses by them.
    :param likes: how many likes its messages have; they count in the ranking as messages do.
    :param is_done: True if it has come to an end, such as a question that is solved.
    """

    title: str
    messages: tuple[ChatMessage, ...]
    url: str | None = None
    tags: tuple[str, ...] = ()
    likes: int = 0
    is_done: bool = False


def topics_of(messages: Iterable[ChatMessage]) -> list[Topic]:
    """Return the threads of messages that answer each other, in the order in which they begin.

    A thread is titled by the beginning of its first message, and has the URL of that. What nobody answers is a thread
    of one message. If the message that a thread begins with is not there, the rest of it is a thread all the same.
    """
    said = sorted(latest_of(messages), key=lambda message: message.moment)
    above = {_key(one): _key(one, one.answers) for one in said if one.identifier and one.answers}
    threads: dict[tuple[str | None, str], list[ChatMessage]] = {}
    for number, message in enumerate(said):
        key = _key(message, message.identifier or message.answers or str(number))
        key = above.get(key, key) if message.identifier else key
        threads.setdefault(_root_of(key, above), []).append(message)
    return [Topic(title_of(found[0].text), tuple(found), found[0].url) for found in threads.values()]


def title_of(text: str) -> str:
    """Return a title for a thread that has none: the beginning of its first message."""
    words = visible_text(first_sentence(text[:MAX_READ].split("\n"))) or visible_text(text)
    return words if len(words) <= _MAX_TITLE else f"{words[:_MAX_TITLE].rpartition(' ')[0] or words[:_MAX_TITLE]}…"


def latest_of(messages: Iterable[ChatMessage]) -> list[ChatMessage]:
    """Return messages as they read after all edits by their authors."""
    found: dict[object, ChatMessage] = {}
    for number, message in enumerate(messages):
        if message.replaces is None:
            found[_key(message) if message.identifier else number] = message
        elif (before := found.get(_key(message, message.replaces))) and before.author == message.author:
            found[_key(before)] = replace(before, text=message.text)
    return list(found.values())


def topic_candidates(
    topics: Iterable[Topic], collection: Collection, options: ThreadOptions, source: str
) -> list[Candidate]:
    """Return the threads that a user wants, the best first, with what the collection has of them.

    :param source: says in drafts where they are from, such as ``a forum``.
    """
    known = Known(collection)
    threads = [_as_thread(topic, source) for topic in topics if topic.messages]
    urls = {thread.root: url for thread, url in threads}
    found = (
        make_candidate(thread, urls[thread.root], frozenset(), known, options)
        for thread in cut((thread for thread, _ in threads), options.until)
    )
    return choose(found, options)


def _key(message: ChatMessage, identifier: str | None = None) -> tuple[str | None, str]:
    return message.channel, message.identifier if identifier is None else identifier


def _root_of(
    key: tuple[str | None, str], above: dict[tuple[str | None, str], tuple[str | None, str]]
) -> tuple[str | None, str]:
    """Return the message that a thread begins with, and shorten the way there for those that follow."""
    way, seen = [], set()
    while key in above and key not in seen:
        seen.add(key)
        way.append(key)
        key = above[key]
    for one in way:
        above[one] = key
    return key


@dataclass(frozen=True, slots=True)
class _Text:
    """The text of a message, as an archive of mails has it."""

    text: str

    def read(self, limit: int = MAX_READ) -> bytes:
        """See :meth:`sphinxext.digest.gather.mail.header.Content.read`."""
        return (_HEADER + self.text[:limit].encode("utf-8", "replace"))[:limit]


def _as_thread(topic: Topic, source: str) -> tuple[MailThread, str | None]:
    """Return a topic as a thread of mails, and where it can be read, if a fragment may have that address."""
    said = sorted(latest_of(topic.messages), key=lambda message: message.moment)
    url = allowed_url(topic.url) if topic.url and len(topic.url) <= MAX_URL else None
    root = topic.url or _id_of(said[0])
    ids = {one.identifier: _id_of(one) for one in said if one.identifier}
    subject = "".join(f"[{tag}] " for tag in topic.tags if "[" not in tag and "]" not in tag)
    title = f"{subject}{visible_text(topic.title)}"
    messages = []
    for number, one in enumerate(said):
        parent = ids.get(one.answers or "") or (root if number else None)
        name = root if number == 0 else _id_of(one)
        parent = root if parent == _id_of(said[0]) else parent
        messages.append(
            Message(
                name, visible_text(one.nick) or "?", title, one.moment.astimezone(UTC).replace(microsecond=0),
                (parent,) if parent and number else (), parent if number else None, False, None, None, _Text(one.text),
            )
        )  # fmt: skip
    return MailThread(root, tuple(messages), topic.likes, topic.is_done, source), url


def _id_of(message: ChatMessage) -> str:
    """Return what tells a message from all others, whatever chat they are from."""
    return message.url or f"{message.channel or ''}/{message.identifier or message.moment.isoformat()}"
