"""Queue what the bot answers on IRC, and merge the answers to many."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from sphinxext.digest.net.irc.protocol import split_text

#: By kind of command, what a reply says was added: one, several, and the name of the page.
WORDS = {"success": ("success", "successes", "Success"), "thanks": ("your thanks", "thanks", "Thanks")}
#: If more replies than this wait for a channel, one line answers all of them.
SINGLE_REPLIES = 3
#: The most people that one line names.
_MOST_NICKS = 12


class ReplyQueue:
    """The replies of all channels, each channel in its turn.

    If many wait, as after a burst, they are merged: one line names several people and the number of successes.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: OrderedDict[str, list[tuple[str, str]]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def add(self, channel: str, nick: str, said: str) -> None:
        """Queue a reply to a nick: the kind of what was added, a key of :data:`WORDS`, or any other words."""
        self._waiting.setdefault(channel, []).append((nick, said))

    def next(self, ready: Callable[[str], bool]) -> tuple[str, str] | None:
        """Take the next line from the queue, with its channel; None if there is nothing to send.

        :param ready: whether the bot can speak in a channel.
        """
        channel = next(filter(ready, self._waiting), None)
        if channel is None:
            return None
        waiting = self._waiting.pop(channel)
        if len(waiting) > SINGLE_REPLIES:
            said = waiting[0][1]
            nicks = list(dict.fromkeys(nick for nick, other in waiting if other == said))[:_MOST_NICKS]
            text, rest = self._merged(waiting, said, nicks)
            # a name that is longer than a line loses its end
            while len(nicks) > 1 and len(split_text(channel, text)) > 1:
                nicks.pop()
                text, rest = self._merged(waiting, said, nicks)
        else:
            text, rest = self._text(waiting[0][1], waiting[0][0], 1), waiting[1:]
        if rest:
            self._waiting[channel] = rest
        return channel, split_text(channel, text)[0]

    def _merged(
        self, waiting: list[tuple[str, str]], said: str, nicks: list[str]
    ) -> tuple[str, list[tuple[str, str]]]:
        """Return one line for all of these nicks, and the replies that it leaves."""
        merged = {(nick, said) for nick in nicks}
        rest = [reply for reply in waiting if reply not in merged]
        return self._text(said, ", ".join(nicks), len(waiting) - len(rest)), rest

    def _text(self, said: str, to: str, number: int) -> str:
        if said not in WORDS:
            return f"{to}: {said}"
        one, many, page = WORDS[said]
        added = f"Added {one if number == 1 else f'{number} {many}'} to {page} page"
        return f"{to}: {added} ({self._url})" if self._url else f"{to}: {added}"
