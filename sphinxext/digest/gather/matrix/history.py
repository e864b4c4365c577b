"""Read the history of a room backwards, page by page, and collect what people told there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from sphinxext.digest.fragments.write import allowed_url
from sphinxext.digest.gather.chat.collector import may_matter
from sphinxext.digest.gather.chat.message import mapping_of, text_of
from sphinxext.digest.gather.irc.collector import Collector
from sphinxext.digest.gather.irc.matrix import Room, room_of, without_fallback
from sphinxext.digest.gather.irc.relays import Relays
from sphinxext.digest.gather.matrix import MatrixClient, MatrixError, members_of, room_id, state_of
from sphinxext.digest.gather.messages import ChatMessage, hear_messages

#: The events of one answer, and the most answers for one room.
PAGE, MAX_PAGES = 250, 4000
_FILTER = json.dumps({"types": ["m.room.message", "m.room.redaction"]})
ENCRYPTED = "the room is encrypted: nothing in it can be read by a program that is not a device of its members"


class RoomCollector(Collector):
    """Reads rooms one after the other, and has the drafts of all of them in the end."""

    def read_room(self, client: MatrixClient, room: str) -> None:
        """Hear all that was said in a room on the days of interest.

        :raises MatrixError: if it cannot be read.
        """
        found = read_history(client, room, self.options.since, self.options.relays)
        hear_messages(self._listener(found.name), found.messages, lambda message: allowed_url(message.url))


def read_history(client: MatrixClient, room: str, since: date | None = None, relays: Relays | None = None) -> Room:
    """Read the messages of a room since a day, oldest first, as they are after all edits and redactions.

    :param relays: whose messages are those of others.
    :raises MatrixError: if it cannot be read, is encrypted, or is longer than a million events.
    """
    identifier = room_id(client, room)
    refuse_encrypted(client, identifier)
    name = channel_of(client, identifier, room)
    relays = relays or Relays()
    wanted = _Wanted(relays)
    events = [event for page in _pages(client, identifier, since) for event in page if wanted.keeps(event)]
    found = [{**event, "room_id": identifier} for event in reversed(events)]
    whole = room_of([*members_of(client, identifier), *found])
    return Room(name, tuple(_of_messages(tuple(filter(None, map(relays.message, whole.messages))))))


def refuse_encrypted(client: MatrixClient, room: str) -> None:
    """Make sure that a room is not encrypted.

    :raises MatrixError: if it is.
    """
    if state_of(client, room, "m.room.encryption") is not None:
        raise MatrixError(ENCRYPTED)


def channel_of(client: MatrixClient, room: str, asked: str) -> str | None:
    """Return what a room is called here: its alias without ``#`` and server, or else its name."""
    state = state_of(client, room, "m.room.canonical_alias") or {}
    for alias in (state.get("alias"), asked):
        if (
            isinstance(alias, str)
            and alias.startswith("#")
            and (word := " ".join(alias[1:].partition(":")[0].split()))
        ):
            return word
    name = (state_of(client, room, "m.room.name") or {}).get("name")
    return (" ".join(name.split()) or None) if isinstance(name, str) else None


def _pages(client: MatrixClient, room: str, since: date | None) -> Iterator[list[dict[str, object]]]:
    """Yield the pages of a room, newest first, to the one that has nothing of the days of interest."""
    # clocks of servers differ, and edits need what they are about
    first = datetime(since.year, since.month, since.day, tzinfo=UTC) - timedelta(hours=1) if since else None
    query = {"dir": "b", "limit": str(PAGE), "filter": _FILTER}
    position: dict[str, str] = {}
    seen = set()
    for _ in range(MAX_PAGES):
        answer = client.get("rooms", room, "messages", query={**query, **position})
        chunk = answer.get("chunk")
        events = [event for event in chunk if isinstance(event, dict)] if isinstance(chunk, list) else []
        yield events
        end = answer.get("end")
        if not isinstance(end, str) or end in seen or (first and _is_before(events, first)):
            return
        seen.add(end)
        position = {"from": end}
    raise MatrixError(f"the room has more than {PAGE * MAX_PAGES:,} events: choose days with --since")


class _Wanted:
    """Chooses what matters of a room's events, newest first, so that a long history needs little memory."""

    def __init__(self, relays: Relays) -> None:
        self._relays = relays
        #: Who said something later that may be a correction, and the messages that later edits are about.
        self._authors: set[object] = set()
        self._edited: set[object] = set()

    def keeps(self, event: dict[str, object]) -> bool:
        """Return True for redactions, commands and corrections, what they are about, and what was said before them."""
        if event.get("type") != "m.room.message":
            return True
        sender, identifier = (text_of(event.get(key)) for key in ("sender", "event_id"))
        said = [speech for text in _texts(event) if text and (speech := self._relays.speech(sender, sender, text))]
        author = said[0].speaker if said else sender
        if any(may_matter(speech.text) for speech in said):
            self._authors.add(author)
            relation = mapping_of(mapping_of(event.get("content")).get("m.relates_to"))
            self._edited.add(text_of(relation.get("event_id")))
            return True
        if author in self._authors or identifier in self._edited:
            self._authors.discard(author)
            return True
        return False


def _texts(event: dict[str, object]) -> Iterator[str]:
    """Yield the texts of a message, of its edit, and of the edit that the server has put into it."""
    relations = mapping_of(mapping_of(event.get("unsigned")).get("m.relations"))
    edit = mapping_of(mapping_of(relations.get("m.replace")).get("content"))
    for content in (mapping_of(event.get("content")), edit):
        body = text_of(content.get("body"))
        yield without_fallback(body)
        yield text_of(mapping_of(content.get("m.new_content")).get("body"))


def _is_before(events: list[dict[str, object]], first: datetime) -> bool:
    """Return True if all of some events are older than a time. One event with a wrong clock does not count."""
    stamps = [event.get("origin_server_ts") for event in events]
    times = [stamp for stamp in stamps if isinstance(stamp, int)]
    return bool(times) and max(times) < first.timestamp() * 1000


def _of_messages(messages: tuple[ChatMessage, ...]) -> Iterator[ChatMessage]:
    """Leave out edits of messages that are not there: they are older than the days of interest."""
    known = {message.identifier for message in messages if message.replaces is None}
    return (message for message in messages if message.replaces is None or message.replaces in known)
