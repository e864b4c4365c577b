"""Limit what the bot sends: a token bucket for all lines, growing waits between attempts, and a queue of replies."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sphinxext.digest.gather.bot.protocol import split_text

#: By kind of command, what a reply says was added: one, several, and the name of the page.
WORDS = {"success": ("success", "successes", "Success"), "thanks": ("your thanks", "thanks", "Thanks")}
#: If more replies than this wait for a channel, one line answers all of them.
SINGLE_REPLIES = 3
#: The most people that one line names.
_MOST_NICKS = 12


@dataclass
class Bucket:
    """A token bucket for lines: ``capacity`` at once, then one per interval (RFC 1459, 8.10: one in two seconds).

    ``clock`` gives seconds that never go back.
    """

    clock: Callable[[], float]
    capacity: float = 5
    interval: float = 2.0
    _tokens: float = field(init=False)
    _filled: float = field(init=False)

    def __post_init__(self) -> None:
        self._tokens, self._filled = self.capacity, self.clock()

    def take(self) -> float:
        """Take a token, and say how many seconds to wait before the line may be sent."""
        now = self.clock()
        self._tokens = min(self.capacity, self._tokens + (now - self._filled) / self.interval)
        self._filled = now
        self._tokens -= 1
        return max(0.0, -self._tokens * self.interval)


@dataclass
class Backoff:
    """Waits that grow from one failure to the next, each a random part of what it may be.

    Many bots that lost one server do not all come back in the same moment. ``first`` and ``limit`` are seconds.
    """

    first: float
    limit: float
    failures: int = 0

    def next(self) -> float:
        """Return the seconds to wait after one more failure: between half of the wait and all of it."""
        wait = min(self.limit, self.first * 2.0 ** min(self.failures, 32))
        self.failures += 1
        return wait * random.uniform(0.5, 1)  # noqa: S311 - nobody gains from guessing it

    def reset(self) -> None:
        """Begin anew, after a success."""
        self.failures = 0


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
