"""The rooms of Matrix that the bot is in: join them, follow invitations and upgrades, leave what cannot be read."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sphinxext.digest.gather.bot import MatrixSettings, Waits
from sphinxext.digest.gather.bot.matrix_replies import notice, transaction_key
from sphinxext.digest.gather.bot.sync_state import SyncState
from sphinxext.digest.gather.chat.message import mapping_of, text_of
from sphinxext.digest.gather.irc.matrix import People
from sphinxext.digest.gather.matrix import MatrixClient, MatrixError, members_of, room_id, state_of
from sphinxext.digest.gather.matrix.history import channel_of
from sphinxext.digest.net.irc.protocol import Backoff

logger = logging.getLogger(__name__)

_ENCRYPTED = "This room is encrypted, and I can read only rooms that are not: I leave it, so nothing is recorded here."
#: The most rooms that took the place of each other, one after the other.
_MOST_UPGRADES = 20


def events_of(value: object) -> list[dict[str, object]]:
    """Return the events in a list, none for everything else."""
    return [event for event in value if isinstance(event, dict)] if isinstance(value, list) else []


@dataclass
class JoinedRoom:
    """A room that the bot listens in, and the names that its members show.

    One that takes the place of another is new until it was first read: all that was said in it is for the bot.
    """

    identifier: str
    channel: str
    people: People = field(default_factory=People)
    is_new: bool = False


class Rooms:
    """The rooms of one session.

    :param say: sends a message: the room, the key of the transaction, and the content.
    """

    def __init__(
        self,
        client: MatrixClient,
        settings: MatrixSettings,
        state: SyncState,
        waits: Waits,
        say: Callable[[str, str, dict[str, object]], Awaitable[None]],
    ) -> None:
        self._client = client
        self._settings = settings
        self._state = state
        self._say = say
        #: The bot's own ID.
        self.me = ""
        self.joined: dict[str, JoinedRoom] = {}
        #: The rooms of the settings that the bot is not in, with the time of the next attempt.
        self.due: dict[str, float] = {}
        self._asked = [room for room in (*settings.rooms, settings.editors_room) if room]
        self._configured: dict[str, str] = {}
        self._backoffs = {room: Backoff(waits.rejoin, waits.longest_rejoin) for room in self._asked}

    @property
    def of_editors(self) -> str:
        """The identifier of the editors' room, if the bot is in it."""
        wanted = self._settings.editors_room
        return next((room for room, asked in self._configured.items() if asked == wanted), "") if wanted else ""

    async def join_all(self) -> bool:
        """Join the rooms of the settings, and those of invitations; return True if that worked."""
        joined = [await self.join(room) for room in self._asked]
        for room in list(self._state.rooms):
            await self.open(room, room)
        return all(joined)

    async def join(self, room: str) -> bool:
        """Join a room of the settings; only what the server says of this room is no reason to begin anew."""
        try:
            identifier = await asyncio.to_thread(room_id, self._client, room)
            self._configured[identifier] = room
            await asyncio.to_thread(self._client.post, "join", identifier, body={})
        except MatrixError as error:
            if error.offline or not error.status or error.code == "M_UNKNOWN_TOKEN":
                raise
            wait = self._wait_for(room)
            logger.error("cannot join %s, next attempt in %.0f s: %s", room, wait, error)
            return False
        self.due.pop(room, None)
        return await self.open(identifier, room)

    def _wait_for(self, room: str) -> float:
        """Say after how many seconds the bot tries again to join a room of the settings."""
        wait = self._backoffs[room].next()
        self.due[room] = time.monotonic() + wait
        return wait

    async def open(self, room: str, asked: str, upgrades: int = 0) -> bool:
        """Listen in a room that the bot is in, or in the one that took its place, unless it is encrypted."""
        try:
            if await asyncio.to_thread(state_of, self._client, room, "m.room.encryption") is not None:
                await self.refuse(room)
                return False
            if upgrades < _MOST_UPGRADES and (heir := await self.heir_of(room)) is not None:
                return await self.follow(room, heir, asked, upgrades + 1)
            channel = await asyncio.to_thread(channel_of, self._client, room, asked)
            members = await asyncio.to_thread(members_of, self._client, room)
        except MatrixError as error:
            if error.status != 403:
                raise
            logger.warning("not in %s: %s", asked, error)
            if room in self._state.rooms:
                self._state.rooms.remove(room)
            return False
        found = JoinedRoom(room, channel or room)
        for member in members:
            found.people.add(member)
        self.joined[room] = found
        return True

    async def heir_of(self, room: str) -> str | None:
        """Return the room that an upgraded one names as the one that takes its place; None if it names none."""
        grave = await asyncio.to_thread(state_of, self._client, room, "m.room.tombstone")
        heir = text_of((grave or {}).get("replacement_room"))
        return heir if heir and heir != room else None

    async def follow(self, room: str, heir: str, asked: str = "", upgrades: int = 0) -> bool:
        """Follow an upgraded room to the one that takes its place, if that names it as the one before it."""
        asked = asked or self._configured.get(room, room)
        self.joined.pop(room, None)
        try:
            await asyncio.to_thread(self._client.post, "join", heir, body={})
            made = await asyncio.to_thread(state_of, self._client, heir, "m.room.create")
        except MatrixError as error:
            if error.offline or not error.status:
                raise
            logger.error("cannot follow %s, which was upgraded, to %s: %s", asked, heir, error)
            return False
        if mapping_of((made or {}).get("predecessor")).get("room_id") != room:
            logger.error("did not follow %s to %s, which does not say that it takes its place", asked, heir)
            await self._leave(heir)
            return False
        if room in self._configured:
            self._configured[heir] = self._configured.pop(room)
        else:
            self._state.rooms = [*(one for one in self._state.rooms if one != room), heir]
        logger.info("followed %s, which was upgraded, to %s", asked, heir)
        is_open = heir in self.joined or await self.open(heir, asked, upgrades)
        if heir in self.joined:
            self.joined[heir].is_new = True
        return is_open

    async def refuse(self, room: str) -> None:
        """Say in an encrypted room that it cannot be read, and leave it."""
        self.joined.pop(room, None)
        if room in self._state.rooms:
            self._state.rooms.remove(room)
        key = transaction_key("encrypted", room)
        await self._say(room, key, notice(_ENCRYPTED))
        await self._leave(room)
        logger.error("the room %s is encrypted, and cannot be read: left it", self._configured.get(room, room))

    async def _leave(self, room: str) -> None:
        try:
            await asyncio.to_thread(self._client.post, "rooms", room, "leave", body={})
        except MatrixError as error:
            if error.offline:
                raise
            logger.warning("cannot leave %s: %s", room, error)

    async def accept(self, invitations: object) -> None:
        """Follow the invitations of those who may invite the bot, and refuse others."""
        for room, invitation in mapping_of(invitations).items():
            inviter = self._inviter(mapping_of(mapping_of(invitation).get("invite_state")).get("events"))
            if room not in self._configured and inviter not in self._settings.inviters:
                logger.warning("refused the invitation of %s to %s", inviter, room)
                await self._leave(room)
                continue
            try:
                await asyncio.to_thread(self._client.post, "join", room, body={})
            except MatrixError as error:
                if error.offline:
                    raise
                logger.warning("cannot follow the invitation of %s to %s: %s", inviter, room, error)
                continue
            if room not in self._configured and room not in self._state.rooms:
                self._state.rooms.append(room)
            if await self.open(room, self._configured.get(room, room)):
                logger.info("listening in %s, invited by %s", self.joined[room].channel, inviter)

    def _inviter(self, events: object) -> str:
        for event in events_of(events):
            if event.get("type") == "m.room.member" and event.get("state_key") == self.me:
                sender = event.get("sender")
                return sender if isinstance(sender, str) else ""
        return ""

    def left(self, room: str) -> None:
        """Take note that somebody has removed the bot from a room."""
        if (found := self.joined.pop(room, None)) is not None:
            asked = self._configured.get(room)
            when = f", back in {self._wait_for(asked):.0f} s" if asked else ""
            logger.warning("was made to leave %s%s", found.channel, when)
            if room in self._state.rooms:
                self._state.rooms.remove(room)
