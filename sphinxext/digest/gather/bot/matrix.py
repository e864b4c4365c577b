"""Stay in rooms of Matrix: join them, sync with the homeserver without a gap, hear, and answer.

The position in the server's stream is stored only after all that came before it is in the journal and answered. After
a kill the same events come again: those that were recorded are known by their IDs, and answers by their transactions.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Protocol

from sphinxext.digest.gather.bot import MatrixSettings, Waits
from sphinxext.digest.gather.bot.editing import Answer, Editable, Editing, PictureFolder
from sphinxext.digest.gather.bot.journal import JournalEntry
from sphinxext.digest.gather.bot.matrix_replies import MatrixReply, answers_to
from sphinxext.digest.gather.bot.rooms import JoinedRoom, Rooms, events_of
from sphinxext.digest.gather.bot.success_tracker import Origin
from sphinxext.digest.gather.bot.sync_state import SyncState
from sphinxext.digest.gather.chat.message import mapping_of, text_of
from sphinxext.digest.gather.irc import parse
from sphinxext.digest.gather.irc.matrix import RoomReader, redacted_by
from sphinxext.digest.gather.matrix import MatrixClient, MatrixError
from sphinxext.digest.gather.matrix.history import PAGE
from sphinxext.digest.gather.messages import ChatMessage

logger = logging.getLogger(__name__)

#: Seconds that the server may wait for something to happen, and how much longer it may be silent.
POLL, MARGIN = 25, 15
_TYPES = ["m.room.message", "m.room.redaction", "m.room.member", "m.room.encryption", "m.room.tombstone", "m.reaction"]
_EVENTS = {"types": _TYPES, "limit": PAGE}
_NONE: dict[str, object] = {"types": []}
#: Only rooms' messages are of interest, and nobody's presence, typing or settings.
FILTER = json.dumps(
    {
        "presence": _NONE,
        "account_data": _NONE,
        "room": {"timeline": _EVENTS, "state": _NONE, "ephemeral": _NONE, "account_data": _NONE},
    }
)
#: The most messages whose authors are remembered for edits that make a success of them.
_REMEMBERED = 2000
#: The most answers for what the server left out of one: 100,000 events.
_MAX_PAGES = 400


class Hearer(Editable, Protocol):
    """The bot that a session tells what it hears."""

    def hear(self, nick: str, channel: str, text: str, moment: datetime, origin: Origin) -> JournalEntry | None:
        """Record a message."""

    def edit(self, event: str, sender: str, text: str) -> JournalEntry | None:
        """Record the edit of a message."""

    def knows(self, event: str) -> bool:
        """Return True if a message was recorded."""

    async def recorded(self) -> None:
        """Wait until all is safe."""


class MatrixSession:
    """The bot's stay on a homeserver until that fails."""

    def __init__(
        self,
        client: MatrixClient,
        settings: MatrixSettings,
        state: SyncState,
        bot: Hearer,
        url: str = "",
        waits: Waits = Waits(),  # noqa: B008 - it is frozen
        answers: Mapping[str, Answer] = MappingProxyType({}),
        pictures: PictureFolder | None = None,
    ) -> None:
        self._client = client
        self._settings = settings
        self._state = state
        self._bot = bot
        self._url = url
        self._replies: list[MatrixReply] = []
        self._rooms = Rooms(client, settings, state, waits, self._say)
        self._authors: OrderedDict[str, tuple[str, str, datetime]] = OrderedDict()
        self._editing = Editing(client, settings, bot, self._say, answers, pictures)

    async def run(self, succeeded: Callable[[], None]) -> None:
        """Stay in sync.

        :param succeeded: called after each answer of the server.
        :raises MatrixError: when the server fails.
        """
        await self.enter()
        if not self._state.position:
            await self._begin()
        for room in self._rooms.joined.values():
            logger.info("listening in %s as %s", room.channel, self._rooms.me)
        while True:
            await self._sync()
            succeeded()

    async def enter(self) -> bool:
        """Log in and join the rooms of the settings, and those of invitations; return True if that worked."""
        me = (await self._ask("account", "whoami")).get("user_id")
        if not isinstance(me, str):
            raise MatrixError("the server does not say whose the token is")
        self._rooms.me = me
        self._state.begin(f"{me} {self._client.server}")
        return await self._rooms.join_all()

    async def _begin(self) -> None:
        """Find the position from which on the bot hears: what was said before its first start is not for it."""
        query = {"filter": json.dumps({"room": {"timeline": {"limit": 1}, "state": _NONE}}), "timeout": "0"}
        answer = await self._ask("sync", query=query)
        await self._rooms.accept(mapping_of(answer.get("rooms")).get("invite"))
        self._save(answer)

    async def _ask(self, *path: str, query: Mapping[str, str] | None = None) -> dict[str, object]:
        return await asyncio.to_thread(self._client.get, *path, query=query or {}, timeout=POLL + MARGIN)

    async def _sync(self) -> None:
        for room in [room for room, due in self._rooms.due.items() if due <= time.monotonic()]:
            if await self._rooms.join(room):
                logger.info("listening in %s again", room)
        pause = max(0.0, min([POLL, *(due - time.monotonic() for due in self._rooms.due.values())]))
        query = {"filter": FILTER, "timeout": str(int(pause * 1000)), "since": self._state.position}
        answer = await self._ask("sync", query=query)
        rooms = mapping_of(answer.get("rooms"))
        await self._rooms.accept(rooms.get("invite"))
        for room, update in mapping_of(rooms.get("join")).items():
            await self._read(room, mapping_of(mapping_of(update).get("timeline")))
        for room in mapping_of(rooms.get("leave")):
            self._rooms.left(room)
        await self._bot.recorded()
        await self._answer()
        self._save(answer)

    def _save(self, answer: Mapping[str, object]) -> None:
        position = answer.get("next_batch")
        if not isinstance(position, str) or not position:
            raise MatrixError("the server does not say what comes next")
        try:
            self._state.save(position)
        except OSError as error:
            raise MatrixError(f"the position cannot be stored: {error.strerror or error}") from None

    async def _read(self, room: str, timeline: Mapping[str, object]) -> None:
        """Hear what was said in a room since the last time, all of it."""
        events = events_of(timeline.get("events"))
        if room not in self._rooms.joined:
            return
        if timeline.get("limited"):
            events = [*await self._gap(room, timeline.get("prev_batch")), *events]
        is_new, self._rooms.joined[room].is_new = self._rooms.joined[room].is_new, False
        for event in events if is_new else self._said_inside(events):
            if room in self._rooms.joined:
                await self._take(self._rooms.joined[room], {**event, "room_id": room})

    async def _gap(self, room: str, before: object) -> list[dict[str, object]]:
        """Return the events that the server left out, oldest first."""
        found: list[dict[str, object]] = []
        query = {"dir": "b", "limit": str(PAGE), "filter": json.dumps({"types": _TYPES}), "to": self._state.position}
        seen = set()
        for number in range(_MAX_PAGES + 1):
            if number == _MAX_PAGES:
                message = "more than %d events of %s were missed: read the others with 'collect matrix'"
                logger.error(message, len(found), room)
                break
            if not isinstance(before, str) or before in seen:
                break
            seen.add(before)
            answer = await self._ask("rooms", room, "messages", query={**query, "from": before})
            events = events_of(answer.get("chunk"))
            found += events
            if not events:
                break
            before = answer.get("end")
        logger.info("fetched %d events that the server left out", len(found))
        return found[::-1]

    def _said_inside(self, events: list[dict[str, object]]) -> Iterator[dict[str, object]]:
        """Yield the events while the bot was in the room: what was said before it came is not for it."""
        moves = {number: move for number, event in enumerate(events) if (move := self._own_move(event))}
        inside = next(iter(moves.values()), "leave") in ("leave", "ban")
        for number, event in enumerate(events):
            inside = moves[number] == "join" if number in moves else inside
            if inside:
                yield event

    def _own_move(self, event: Mapping[str, object]) -> str:
        """Return how an event changes the bot's membership in a room; nothing for a new name of it."""
        if event.get("type") != "m.room.member" or event.get("state_key") != self._rooms.me:
            return ""
        before = mapping_of(mapping_of(event.get("unsigned")).get("prev_content")).get("membership")
        move = text_of(mapping_of(event.get("content")).get("membership"))
        return move if move != before else ""

    async def _take(self, room: JoinedRoom, event: dict[str, object]) -> None:
        if event.get("type") == "m.room.encryption":
            await self._rooms.refuse(room.identifier)
            return
        if event.get("type") == "m.room.tombstone":
            if (heir := await self._rooms.heir_of(room.identifier)) is not None:
                await self._rooms.follow(room.identifier, heir)
            return
        room.people.add(event)
        if room.identifier == self._rooms.of_editors:
            await self._editing.command(event)
            return
        for gone in redacted_by(event):
            self._authors.pop(gone, None)
            self._bot.take_back(_place(room, gone), "the message was removed")
        if event.get("type") == "m.reaction" and event.get("sender") in self._settings.editors:
            await self._editing.react(room.identifier, room.channel, room.people, event)
        for said in RoomReader([event], room.people).read(event):
            message = None if self._is_ignored(said) else self._settings.relays.message(said)
            if message is not None and message.identifier and not self._is_ignored(message):
                self._hear(room, message, event)

    def _is_ignored(self, message: ChatMessage) -> bool:
        who = message.sender
        return who == self._rooms.me or who in self._settings.ignored or message.nick in self._settings.ignored

    def _hear(self, room: JoinedRoom, message: ChatMessage, event: Mapping[str, object]) -> None:
        identifier, moment = message.identifier, min(message.moment, datetime.now(UTC))
        if message.replaces is not None:
            identifier = message.replaces
            if self._bot.knows(_place(room, identifier)):
                entry = self._bot.edit(_place(room, identifier), message.sender, message.text)
                self._reply(room, message, event, entry, is_correction=True)
                return
            sender, within, moment = self._authors.get(identifier, ("", "", moment))
            if (sender, within) != (message.sender, room.identifier):
                return
        else:
            self._remember(identifier, (message.sender, room.identifier, moment))
        url = (message.url or "").replace(message.identifier, identifier)
        origin = Origin(_place(room, identifier), message.sender, room.identifier, url)
        is_known = self._bot.knows(origin.event)
        entry = self._bot.hear(message.nick, room.channel, message.text, moment, origin)
        self._reply(room, message, event, entry, is_correction=parse(message.text) is None, is_known=is_known)

    def _remember(self, event: str, author: tuple[str, str, datetime]) -> None:
        self._authors[event] = author
        if len(self._authors) > _REMEMBERED:
            self._authors.popitem(last=False)

    def _reply(
        self,
        room: JoinedRoom,
        message: ChatMessage,
        event: Mapping[str, object],
        entry: JournalEntry | None,
        *,
        is_correction: bool,
        is_known: bool = False,
    ) -> None:
        if entry is None or entry.is_removal:
            return
        relation = mapping_of(mapping_of(event.get("content")).get("m.relates_to"))
        thread = relation.get("event_id") if relation.get("rel_type") == "m.thread" else ""
        said = f"Corrected {entry.kind}" if is_correction else entry.kind
        thread = thread if isinstance(thread, str) else ""
        alone = is_correction or is_known
        self._replies.append(MatrixReply(room.identifier, message.identifier, thread, message.nick, said, alone))

    async def _answer(self) -> None:
        """Answer all that was heard: with a reaction to each, or with one notice for several of them."""
        waiting, self._replies = self._replies, []
        for room in dict.fromkeys(reply.room for reply in waiting):
            replies = [reply for reply in waiting if reply.room == room]
            for kind, key, content in answers_to(replies, self._url, self._settings.reaction):
                await self._tell(room, kind, key, content)

    async def _say(self, room: str, key: str, content: dict[str, object]) -> None:
        """Send a message to a room by its identifier, or to the editors' room by its name in the settings."""
        room = self._rooms.of_editors if room == self._settings.editors_room else room
        if room:
            await self._tell(room, "m.room.message", key, content)

    async def _tell(self, room: str, kind: str, key: str, content: dict[str, object]) -> None:
        """Send something. A room in which the bot may not speak is no reason to begin anew."""
        try:
            await asyncio.to_thread(self._client.put, "rooms", room, "send", kind, key, body=content)
        except MatrixError as error:
            if error.offline or not error.status:
                raise
            logger.warning("cannot answer in %s: %s", room, error)


class _Nobody:
    """Hears nothing, for a check."""

    def hear(self, *_: object) -> None:
        """Record nothing."""

    edit = take_back = accept = put = illustrate = entry = hear

    def last_of(self, *_: object) -> str:
        """Know nobody."""
        return ""

    def knows(self, _: str) -> bool:
        """Know nothing."""
        return False

    async def recorded(self) -> None:
        """Wait for nothing."""


async def check_rooms(client: MatrixClient, settings: MatrixSettings, state: SyncState) -> bool:
    """Log in and join the rooms of the settings; return True if that worked.

    :raises MatrixError: if the server fails.
    """
    return await MatrixSession(client, settings, state, _Nobody()).enter()


def _place(room: JoinedRoom, event: str) -> str:
    return f"{room.identifier} {event}"
