"""Speak IRC: parse and write lines (RFC 1459, RFC 2812, message tags of IRCv3), within a rate, and queue replies."""

from __future__ import annotations

import random
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sphinxext.digest.text import decode_line

#: The most bytes of a line with its end but without tags (RFC 1459, 2.3), and of the tags of a server.
MAX_LINE = 512
MAX_TAGS = 8191
#: The bytes of a line for its sender: nick, user and host, in the lengths usual today.
PREFIX_ROOM = 120

#: Lower-case letters by the rule of the server (RFC 1459, 2.2; the token CASEMAPPING of the reply 005).
_ASCII = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_CASES = {
    "ascii": _ASCII,
    "rfc1459": _ASCII | str.maketrans("[]\\~", "{}|^"),
    "rfc1459-strict": _ASCII | str.maketrans("[]\\", "{}|"),
}
_TAG_ESCAPES = {":": ";", "s": " ", "r": "\r", "n": "\n"}
_BREAKS_A_LINE = re.compile("[\r\n\0]")


@dataclass(frozen=True, slots=True)
class IrcMessage:
    """A message as it came: who sent it, if that is said, the command in capitals, and its parameters."""

    command: str
    params: tuple[str, ...] = ()
    nick: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)

    def param(self, index: int) -> str:
        """Return a parameter, counted from 0 or from the end; empty if there are fewer."""
        try:
            return self.params[index]
        except IndexError:
            return ""


def parse_line(line: bytes) -> IrcMessage | None:
    """Parse a line without its end; return None if it is not a valid message.

    It is read as a line of a log is, so that a bot and a log agree on what is not UTF-8.
    """
    text = decode_line(line).lstrip(" ")
    tags: dict[str, str] = {}
    nick = ""
    if text.startswith("@"):
        head, _, text = text[1:].partition(" ")
        tags = dict(map(_tag, head.split(";")))
        text = text.lstrip(" ")
    if text.startswith(":"):
        head, _, text = text[1:].partition(" ")
        nick = re.split("[!@]", head, maxsplit=1)[0]
    text, colon, trailing = f" {text}".partition(" :")
    words = text.split(" ")
    parts = [word for word in words if word] + ([trailing] if colon else [])
    if not parts or not re.fullmatch(r"[A-Za-z]+|[0-9]{3}", parts[0]):
        return None
    return IrcMessage(parts[0].upper(), tuple(parts[1:]), nick, tags)


def make_line(command: str, *params: str) -> bytes:
    """Return the line of a command with its end. The last parameter may have spaces, and is cut where a line is full.

    What would end the line within a parameter becomes a space.

    :raises ValueError: if a parameter before the last is empty, has spaces or begins with a colon.
    """
    clean = [_BREAKS_A_LINE.sub(" ", param) for param in params]
    if not all(map(is_word, clean[:-1])):
        raise ValueError(f"{command} has an invalid parameter before its last one")
    if clean and (not clean[-1] or " " in clean[-1] or clean[-1].startswith(":")):
        clean[-1] = f":{clean[-1]}"
    return cut_text(" ".join([command, *clean]), MAX_LINE - 2).encode() + b"\r\n"


def is_word(text: str) -> bool:
    """Return True if a text can be a parameter that is not the last one."""
    return bool(text) and " " not in text and not text.startswith(":")


def cut_text(text: str, size: int) -> str:
    """Cut a text to a number of bytes in UTF-8, never within a character."""
    return text.encode("utf-8", "replace")[:size].decode("utf-8", "ignore")


def split_text(target: str, text: str) -> list[str]:
    """Split a text into parts that each fit into one message to a target, as others in the channel receive it.

    A part ends at a space where there is one, and never within a character.
    """
    room = MAX_LINE - 2 - PREFIX_ROOM - len(f": PRIVMSG {target} :".encode())
    parts = []
    rest = " ".join(text.split())
    while rest:
        part = cut_text(rest, room)
        if len(part) < len(rest) and rest[len(part)] != " " and " " in part:
            part = part[: part.rindex(" ")]
        parts.append(part)
        rest = rest[len(part) :].lstrip(" ")
    return parts


def fold_case(name: str, mapping: str = "rfc1459") -> str:
    """Fold the case of a nick or channel for comparison.

    :param mapping: the rule of the server; one that is not known counts as ``rfc1459``.
    """
    return name.translate(_CASES.get(mapping, _CASES["rfc1459"]))


def _tag(text: str) -> tuple[str, str]:
    """Return a tag and its value without escapes; see https://ircv3.net/specs/extensions/message-tags."""
    key, _, value = text.partition("=")
    return key, re.sub(r"\\(.?)", lambda match: _TAG_ESCAPES.get(match[1], match[1]), value, flags=re.DOTALL)


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
