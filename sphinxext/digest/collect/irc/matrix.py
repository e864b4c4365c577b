"""Exports of Matrix rooms, as Element writes them: JSON with a list of events.

``messages`` (or ``chunk``, as in answers of a server) has events with ``type``, ``sender``, ``origin_server_ts`` in
milliseconds of UTC, and ``content``; an edit is an event that relates to another by ``m.replace`` and has what it
becomes in ``m.new_content``. What a reply repeats of the message that it answers is left out. Whoever is thanked by
the name that the room shows is called by the nick, as senders are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from sphinxext.digest.collect.irc.mentions import People, nick_of, without_fallback
from sphinxext.digest.periods import YEARS

MAX_BYTES = 256 * 1024 * 1024


class NotAnExportError(Exception):
    """JSON that cannot be read, or is no export of a room. ``line`` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """A message in a room; ``replaces`` is the identifier of the event that it is an edit of."""

    identifier: str
    moment: datetime
    nick: str
    sender: str
    text: str
    url: str | None
    replaces: str | None


@dataclass(frozen=True, slots=True)
class Room:
    """The name of a room, without a ``#`` and a server, if the export has it; and its messages, oldest first."""

    name: str | None
    messages: tuple[RoomMessage, ...]


def read_export(data: bytes) -> Room:
    """Read an export.

    :raises NotAnExportError: if it is none.
    """
    try:
        value = json.loads(data)
    except json.JSONDecodeError as error:
        raise NotAnExportError(f"this is not JSON: {error.msg}", error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise NotAnExportError(f"this JSON cannot be read: {error}") from None
    top = value if isinstance(value, dict) else {"messages": value}
    events = next((top[key] for key in ("messages", "chunk") if isinstance(top.get(key), list)), None)
    if events is None or not any(isinstance(event, dict) and "origin_server_ts" in event for event in events or [{}]):
        if events == [] and isinstance(value, dict):
            return Room(None, ())
        raise NotAnExportError("this JSON is not the export of a Matrix room: it has no list of events")
    found = [event for event in events if isinstance(event, dict)]
    return Room(_name_of(top, events), _Reader(found).messages())


class _Reader:
    """Reads events, of which some say what others need: names of people, replies, and what was taken back."""

    def __init__(self, events: Sequence[dict[str, object]]) -> None:
        self._events = events
        self._people = People()
        self._replies = {str(event.get("event_id")) for event in events if _is_reply(event.get("content"))}
        self._redacted = set(_redacted(events))
        for event in events:
            self._people.add(event)

    def messages(self) -> tuple[RoomMessage, ...]:
        """Return the messages by time. An edit comes after what it edits, whatever the clocks of servers say."""
        found = [message for event in self._events for message in self._messages(event)]
        moments = {message.identifier: message.moment for message in found if message.replaces is None}

        def place(message: RoomMessage) -> tuple[datetime, bool, datetime]:
            original = moments.get(message.replaces or "", message.moment)
            return max(message.moment, original), message.replaces is not None, message.moment

        return tuple(sorted((one for one in found if one.identifier not in self._redacted), key=place))

    def _messages(self, event: dict[str, object]) -> Iterator[RoomMessage]:
        """The message that an event is, and the edit that a server has put into it."""
        content = event.get("content")
        stamp, sender, identifier = (event.get(key) for key in ("origin_server_ts", "sender", "event_id"))
        if event.get("type", "m.room.message") != "m.room.message" or not isinstance(content, dict):
            return
        moment = _moment(stamp)
        if moment is None or not isinstance(sender, str) or not sender:
            return
        relation = content.get("m.relates_to")
        replaces = None
        is_reply = _is_reply(content)
        if isinstance(relation, dict) and relation.get("rel_type") == "m.replace":
            replaces = relation.get("event_id") if isinstance(relation.get("event_id"), str) else ""
            content = content.get("m.new_content")
            is_reply = is_reply or replaces in self._replies or _is_reply(content)
        if isinstance(content, dict) and content.get("msgtype", "m.text") == "m.text":
            text = content.get("body")
            if isinstance(text, str):
                text = self._people.resolve(content, without_fallback(text) if is_reply else text)
                name = identifier if isinstance(identifier, str) else ""
                url = _link(event.get("room_id"), name)
                yield RoomMessage(name, moment, nick_of(sender), sender, text, url, replaces)
        edit = _edit_in(event)
        if replaces is None and edit.get("sender") == sender and "unsigned" not in edit:
            yield from self._messages({"room_id": event.get("room_id"), **edit})


def _edit_in(event: dict[str, object]) -> dict[str, object]:
    unsigned = event.get("unsigned")
    relations = unsigned.get("m.relations") if isinstance(unsigned, dict) else None
    edit = relations.get("m.replace") if isinstance(relations, dict) else None
    return edit if isinstance(edit, dict) else {}


def _is_reply(content: object) -> bool:
    relation = content.get("m.relates_to") if isinstance(content, dict) else None
    return isinstance(relation, dict) and isinstance(relation.get("m.in_reply_to"), dict)


def _redacted(events: Iterable[dict[str, object]]) -> Iterator[str]:
    """The events that were taken back by another one, as far as their content is still there."""
    for event in events:
        if event.get("type") == "m.room.redaction":
            content = event.get("content")
            for place in (event, content if isinstance(content, dict) else {}):
                if isinstance(gone := place.get("redacts"), str):
                    yield gone


def _moment(stamp: object) -> datetime | None:
    if isinstance(stamp, bool) or not isinstance(stamp, int):
        return None
    try:
        moment = datetime.fromtimestamp(stamp // 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in YEARS else None


def _link(room: object, event: str) -> str | None:
    """The address of an event for every client, by matrix.to."""
    if not isinstance(room, str) or not room.startswith("!") or not event.startswith("$"):
        return None
    room, event = (quote(part, safe="!$:", errors="replace") for part in (room, event))
    return f"https://matrix.to/#/{room}/{event}"


def _name_of(top: dict[str, object], events: list[object]) -> str | None:
    """The alias of a room, or else its name."""
    names: list[object] = []
    for event in events:
        if isinstance(event, dict) and event.get("type") == "m.room.canonical_alias":
            content = event.get("content")
            names.insert(0, content.get("alias") if isinstance(content, dict) else None)
    names += [top.get("room_alias"), top.get("canonical_alias"), top.get("room_name"), top.get("name")]
    for name in names:
        if isinstance(name, str) and name.strip():
            name = " ".join(name.split())
            return name.removeprefix("#").partition(":")[0] if name.startswith("#") else name
    return None
