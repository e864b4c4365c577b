"""Messages in exports of chats: their channels, times, and the names of people in them."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sphinxext.digest.gather.irc import NAME_SPACE
from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.model.period import YEARS

#: The longest number in a text that is a time.
_NUMBER = re.compile(r"\d{1,15}(?:\.\d{1,15})?")
#: The most characters of a name.
_MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel. ``name`` is None if the export does not have it, and in direct messages, which are private."""

    name: str | None
    identifier: str = ""
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class ExportedMessage:
    """A message, the channel it was written in, and what it was edited to, if the export has both.

    ``thread`` tells the thread that it belongs to, where the chat has threads that are not made of answers to
    messages; ``title`` is that of the thread.
    """

    channel: Channel
    first: ChatMessage
    edited: ChatMessage | None = None
    thread: str = ""
    title: str = ""


def text_of(value: object) -> str:
    """Return a text, ``""`` for everything else."""
    return value if isinstance(value, str) else ""


def mapping_of(value: object) -> dict[str, object]:
    """Return an object, an empty one for everything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[object]:
    """Return a list, an empty one for everything else."""
    return value if isinstance(value, list) else []


def identifier_of(value: object) -> str:
    """Return an identifier, a short text or number, as a text; ``""`` for everything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 1 << 64 else ""
    return value if isinstance(value, str) and len(value) <= _MAX_NAME else ""


def name_of(*values: object) -> str:
    """Return the first of several names that is one."""
    for value in values:
        if isinstance(value, str) and (name := " ".join(value[:_MAX_NAME].split())):
            return name
    return ""


def as_word(name: str) -> str:
    """Return a name that a command takes for one word, whatever spaces are in it."""
    return NAME_SPACE.join(name.split())


def seconds(value: object, units: int = 1) -> datetime | None:
    """Return a time that is counted since 1970, as a number or a text; None if it is not one.

    :param units: how many of what is counted are a second.
    """
    if isinstance(value, str):
        value = float(value) if _NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = value / units
        return _in_years(datetime.fromtimestamp(number, UTC)) if math.isfinite(number) else None
    except (ValueError, OverflowError, OSError):
        return None


def iso_time(value: object, offset: timedelta = timedelta(0)) -> datetime | None:
    """Return a time in ISO form; None if it is not one.

    :param offset: how far ahead of UTC it is where it names no zone.
    """
    if not isinstance(value, str) or len(value) > 40 or "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
        in_utc = moment.astimezone(UTC) if moment.tzinfo else (moment - offset).replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return _in_years(in_utc)


def mongo_time(value: object) -> datetime | None:
    """Return a time as MongoDB writes it in JSON, also without its wrapper."""
    while isinstance(value, dict) and len(value) == 1:
        [(key, value)] = value.items()
        if key == "$numberLong":
            return seconds(value, 1000)
    return seconds(value, 1000) if isinstance(value, int) else iso_time(value)


def _in_years(moment: datetime) -> datetime | None:
    return moment if moment.year in YEARS else None
