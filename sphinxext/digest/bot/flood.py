"""Saying no more than a server bears: a bucket of tokens for all lines, and a queue of answers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from sphinxext.digest.bot.protocol import split_text

#: What a told success and told thanks are called in an answer: what was added, in the singular and in the plural.
WORDS = {"success": ("success", "successes", "Success"), "thanks": ("your thanks", "thanks", "Thanks")}
#: With more than so many answers waiting for a channel, one line answers all of them.
SINGLE_ANSWERS = 3
#: How many different people one line names.
_MOST_NICKS = 12


@dataclass
class Bucket:
    """Tokens for lines: so many at once, and then one in each interval (RFC 1459, 8.10 lets one line in two seconds).

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


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that waits: to whom, and what was added, a key of :data:`WORDS`, or else the words to say."""

    nick: str
    kind: str
    words: str = ""


class AnswerQueue:
    """The answers of all channels, each channel in its turn.

    Where many wait, as after a burst, they become few: one line names several people and the number of successes.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._waiting: OrderedDict[str, list[Answer]] = OrderedDict()

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def add(self, channel: str, answer: Answer) -> None:
        """Let an answer wait."""
        self._waiting.setdefault(channel, []).append(answer)

    def next(self, ready: Callable[[str], bool]) -> tuple[str, str] | None:
        """The next channel and one line for it, which is taken from the queue; None if there is none to send.

        :param ready: whether something can be said in a channel.
        """
        channel = next(filter(ready, self._waiting), None)
        if channel is None:
            return None
        waiting = self._waiting.pop(channel)
        taken = _taken_together(waiting) if len(waiting) > SINGLE_ANSWERS else waiting[:1]
        text = self._text(taken)
        # the nicks are as many as fit; a name that is longer than a line can be loses its end
        while len(split_text(channel, text)) > 1 and len(nicks := _nicks(taken)) > 1:
            taken = [answer for answer in taken if answer.nick != nicks[-1]]
            text = self._text(taken)
        chosen = set(map(id, taken))
        if rest := [answer for answer in waiting if id(answer) not in chosen]:
            self._waiting[channel] = rest
        return channel, split_text(channel, text)[0]

    def _text(self, answers: list[Answer]) -> str:
        to = ", ".join(_nicks(answers))
        if answers[0].words:
            return f"{to}: {answers[0].words}"
        one, many, page = WORDS[answers[0].kind]
        number = len(answers)
        what = f"Added {one if number == 1 else f'{number} {many}'} to {page} page"
        return f"{to}: {what} ({self._url})" if self._url else f"{to}: {what}"


def _taken_together(waiting: list[Answer]) -> list[Answer]:
    """Those that say the same as the first, of no more people than one line names."""
    first = waiting[0]
    same = [answer for answer in waiting if (answer.kind, answer.words) == (first.kind, first.words)]
    named = set(_nicks(same)[:_MOST_NICKS])
    return [answer for answer in same if answer.nick in named]


def _nicks(answers: list[Answer]) -> list[str]:
    return list(dict.fromkeys(answer.nick for answer in answers))
