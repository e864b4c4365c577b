"""The channels of a bot: where it is, and when it tries again to get into the others."""

from __future__ import annotations

from collections.abc import Iterable

from sphinxext.digest.bot.backoff import Backoff
from sphinxext.digest.bot.protocol import fold_case
from sphinxext.digest.bot.settings import Waits

#: A server that says nothing about a channel is asked again after so many seconds.
_UNANSWERED = 60


class Channels:
    """The state of each channel that a bot is to be in. Times are seconds of one clock that never goes back."""

    def __init__(self, names: Iterable[str], waits: Waits) -> None:
        self.mapping = "rfc1459"
        self._names = tuple(names)
        self._waits = waits
        self._inside: set[str] = set()
        self._due: dict[str, float] = dict.fromkeys(self._names, 0.0)
        self._backoffs = {name: Backoff(waits.rejoin, waits.longest_rejoin) for name in self._names}

    def find(self, name: str) -> str | None:
        """The channel as the settings write it, or None if it is none of ours."""
        key = fold_case(name, self.mapping)
        return next((known for known in self._names if fold_case(known, self.mapping) == key), None)

    def is_inside(self, name: str) -> bool:
        """Whether the bot is in a channel, named as in the settings."""
        return name in self._inside

    @property
    def is_complete(self) -> bool:
        """Whether the bot is in all of its channels."""
        return len(self._inside) == len(set(map(self.find, self._names)))

    @property
    def missing(self) -> list[str]:
        """The channels that the bot is not in."""
        return [name for name in self._names if name not in self._inside]

    def to_join(self, now: float) -> list[str]:
        """The channels to be joined now."""
        due = [name for name, time in self._due.items() if time <= now]
        for name in due:
            self._due[name] = now + _UNANSWERED
        return due

    def entered(self, name: str) -> None:
        """Note that the bot is in a channel."""
        self._inside.add(name)
        self._due.pop(name, None)

    def shut_out(self, name: str, now: float) -> float:
        """Note that the bot is not in a channel, or not any more; after how many seconds it tries again."""
        self._inside.discard(name)
        wait = self._backoffs[name].next()
        self._due[name] = now + wait
        return wait

    def settle(self, name: str) -> None:
        """Note that a channel lets the bot stay: what was refused before does not count any more."""
        self._backoffs[name].reset()
