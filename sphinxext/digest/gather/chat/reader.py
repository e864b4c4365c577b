"""Read the values of an export one by one, and make messages of them: what all formats have in common.

Files with the names of people and channels are read before those that need them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sphinxext.digest.gather.chat.files import ExportFile
from sphinxext.digest.gather.chat.markup import (
    Names,
)
from sphinxext.digest.gather.chat.message import (
    Channel,
    ExportedMessage,
    mapping_of,
    name_of,
)
from sphinxext.digest.gather.chat.stream import Path
from sphinxext.digest.gather.irc.relays import Relays
from sphinxext.digest.gather.messages import ChatMessage

#: The values that a file begins with, by their paths.
Seen = Mapping[Path, object]
TOP_ENTRY, MESSAGE = ("*",), ("messages", "*")
CHAT = ("chats", "list", "*")
_OPEN = {(), MESSAGE[:1], ("chunk",), ("chats",), ("chats", "list"), CHAT, (*CHAT, "messages")}


def opens(path: Path) -> bool:
    """Return True for the path of a container that is read entry by entry."""
    return path in _OPEN or (len(path) == 1 and path[0].startswith("zerver_"))


def is_line(value: object) -> bool:
    """Return True for an object of a format that has one in each line."""
    keys = mapping_of(value)
    return keys.get("type") == "version" or "_id" in keys or ("msg" in keys and "ts" in keys)


class InvalidMessageError(Exception):
    """A message that is malformed; the text says why."""


@dataclass
class Directory:
    """The names of people and the channels of an export, by their identifiers, which are numbers or texts."""

    people: Names = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    #: How far ahead of UTC times are that name no zone.
    offset: timedelta = timedelta(0)
    relays: Relays = field(default_factory=Relays)

    def shown(self, sender: str, *names: object) -> str:
        """Return the name that a relay shows in place of its own; nothing for everybody else."""
        return name_of(*names) if sender in self.relays else ""


class Reader:
    """Reads one file of an export."""

    #: Whether it only has what messages in other files need.
    IS_INDEX = False

    def __init__(self, directory: Directory, file: ExportFile) -> None:
        self.directory = directory
        self.file = file

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True if a file that begins with these values is of this format."""
        raise NotImplementedError

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Yield the messages that a value has.

        :raises InvalidMessageError: if one is malformed.
        """
        raise NotImplementedError


def message_of(
    moment: datetime | None,
    nick: str,
    text: str,
    identifier: str = "",
    url: str | None = None,
    sender: str = "",
    answers: str = "",
) -> ChatMessage:
    """Make a message.

    :raises InvalidMessageError: if it has no valid time, or nobody wrote it.
    """
    if moment is None or not nick:
        raise InvalidMessageError(f"a message has no valid {'time' if moment is None else 'author'}: it is left out")
    return ChatMessage(identifier, moment, nick, text, url, answers=answers or None, sender=sender or nick)
