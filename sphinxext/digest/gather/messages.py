"""What people say in chats, whatever the chat: messages, and the successes and thanks that are drafted of them.

A collector makes :class:`ChatMessage` records of what it reads. :func:`draft_commands` drafts the successes and thanks
in them; :mod:`sphinxext.digest.gather.topics` drafts their threads.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sphinxext.digest.fragments.write import Draft, allowed_url
from sphinxext.digest.gather.irc import Listener, TrackedCommand, distinct, draft_success, moment_of


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message in a chat or a forum. All texts are plain, and need not be sanitized.

    :param identifier: what other messages name it by; empty if none does.
    :param moment: when it was sent, with a time zone.
    :param nick: what its author is called there.
    :param text: all that the author wrote, without what the program of a reply repeats.
    :param url: where it can be read.
    :param replaces: the identifier of the message that this one is a new version of. Its own text is the new one.
    :param answers: the identifier of the message that it answers, or that its thread begins with.
    :param channel: the channel or room, with or without a ``#``; None if it is unknown.
    :param sender: what tells the author from others with the same nick; without one it is the nick.
    """

    identifier: str
    moment: datetime
    nick: str
    text: str
    url: str | None = None
    replaces: str | None = None
    answers: str | None = None
    channel: str | None = None
    sender: str = ""

    @property
    def author(self) -> str:
        """What tells the author from others."""
        return self.sender or self.nick


def draft_commands(
    messages: Iterable[ChatMessage], since: date | None = None, until: date | None = None
) -> list[Draft]:
    """Draft the successes and thanks that were told in messages, a fragment of each, oldest first.

    They are read in the order of time; edits and corrections count, as on IRC. What was told twice is drafted once.

    :param since: the first day of interest, in UTC; ``until`` is the last.
    """
    channels: defaultdict[str | None, list[ChatMessage]] = defaultdict(list)
    for message in messages:
        channels[message.channel].append(message)
    listeners = []
    for channel, said in channels.items():
        listeners.append(Listener(channel))
        said.sort(key=lambda message: (message.moment, message.replaces is not None))
        hear_messages(listeners[-1], said, lambda message: allowed_url(message.url))
    return drafts_of(listeners, lambda day: (since or day) <= day <= (until or day))


def drafts_of(listeners: Iterable[Listener], is_wanted: Callable[[date], bool]) -> list[Draft]:
    """Draft what was heard on the days of interest, oldest first.

    :param is_wanted: returns True for a day in UTC that is of interest.
    """
    heard = [one for listener in listeners for one in listener.heard]
    return [_draft_of(one) for one in distinct(heard) if is_wanted(moment_of(one.moment).day)]


def hear_messages(
    listener: Listener, messages: Iterable[ChatMessage], link: Callable[[ChatMessage], str | None]
) -> None:
    """Hear messages and their edits, oldest first: an edit is a correction at any time.

    :param link: returns the URL of a message.
    """
    known: dict[str, tuple[ChatMessage, TrackedCommand | None]] = {}
    for message in messages:
        before, heard = known.get(message.replaces, (None, None)) if message.replaces else (None, None)
        if before is not None and before.author != message.author:
            continue
        if heard is not None:
            listener.edit(heard, message.text)
            continue
        said = before or message
        told = listener.hear(message.nick, message.text, said.moment, link(said), message.author)
        known[said.identifier] = said, told


def _draft_of(one: TrackedCommand) -> Draft:
    comment = f"Corrected by {one.nick}. It was told as: {one.command.text}"
    return draft_success(one, comment=() if one.current == one.command else (comment,))
