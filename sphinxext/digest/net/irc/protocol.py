"""Parse and write the lines of IRC (RFC 1459, RFC 2812, message tags of IRCv3), within a rate."""

from __future__ import annotations

import random
import re
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


def split_text(target: str, text: str, reserved: int = 0) -> list[str]:
    """Split a text into parts that each fit into one message to a target, as others in the channel receive it.

    A part ends at a space where there is one, and never within a character.

    :param reserved: the bytes that are put before each part later.
    """
    room = MAX_LINE - 2 - PREFIX_ROOM - reserved - len(f": PRIVMSG {target} :".encode())
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
