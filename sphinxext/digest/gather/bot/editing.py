"""What editors do on Matrix: accept and reject with reactions, put messages into sections, add pictures, and ask.

The answers of the editors' room are made by functions that the command gives, out of the fragments as they are: the
repository is the one truth.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from sphinxext.digest.files import create_files
from sphinxext.digest.gather.bot import MatrixSettings
from sphinxext.digest.gather.bot.commit import Clone
from sphinxext.digest.gather.bot.journal import JournalEntry
from sphinxext.digest.gather.bot.matrix_replies import notice, transaction_key
from sphinxext.digest.gather.bot.success_tracker import Origin
from sphinxext.digest.gather.chat.message import mapping_of, text_of
from sphinxext.digest.gather.irc.matrix import People, RoomReader
from sphinxext.digest.gather.matrix import MatrixClient, MatrixError
from sphinxext.digest.release.git import GitError
from sphinxext.digest.text import visible_text

logger = logging.getLogger(__name__)

#: Makes the answer to a command of the editors' room. It may take a while, and raise nothing.
Answer = Callable[[], str]
#: Sends something to a room: the room, the key of the transaction, and the content.
Tell = Callable[[str, str, dict[str, object]], Awaitable[None]]
#: The most characters of one message, of 65,536 bytes that an event may have, and the most messages of an answer.
_LONGEST, _MOST_PARTS = 12_000, 5
#: The limit of a picture's size in bytes, and of its description's length.
MAX_PICTURE, _MAX_WORDS = 10 * 1024 * 1024, 300
#: The endings of pictures by what their files begin with. SVG is a program, and is left out.
_PICTURES = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"))


class Editable(Protocol):
    """The bot, as far as editors are concerned."""

    def accept(self, event: str, who: str) -> JournalEntry | None:
        """Record that an editor accepts a message."""

    def take_back(self, event: str, why: str) -> JournalEntry | None:
        """Record that a message is taken back."""

    def put(
        self, nick: str, channel: str, text: str, moment: datetime, origin: Origin, group: str
    ) -> JournalEntry | None:
        """Record that a message belongs to a section."""

    def illustrate(self, event: str, picture: Picture) -> JournalEntry | None:
        """Record that a note has a picture."""

    def entry(self, event: str) -> JournalEntry | None:
        """Return the last entry of a message."""

    def last_of(self, sender: str, room: str, before: datetime) -> str:
        """Return the last message of somebody in a room that is in a section; an empty text if there is none."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is saved beside the docs.

    :param path: relative to the clone's project, for the commit.
    :param uri: how a fragment names it: from the root of the docs.
    """

    path: str
    uri: str
    words: str

    def as_rst(self) -> str:
        """Return the directive that shows it."""
        words = visible_text(self.words)[:_MAX_WORDS]
        return f".. image:: {self.uri}\n   :alt: {words}\n" if words else f".. image:: {self.uri}\n"


@dataclass(frozen=True)
class PictureFolder:
    """A folder of the docs in which pictures are saved.

    :param folder: relative to the clone's project; ``uri`` is the same from the root of the docs, with slashes.
    """

    clone: Clone
    folder: str
    uri: str

    def save(self, data: bytes, words: str) -> Picture | None:
        """Save a picture, once; return None if it is not one that browsers show.

        :raises GitError: if the folder leads out of the clone.
        :raises OSError: if it cannot be written.
        """
        ending = ending_of(data)
        if ending is None:
            return None
        name = f"{sha256(data).hexdigest()[:16]}.{ending}"
        with self.clone.running.writing:
            self.clone.check_folder(self.folder)
            file = self.clone.root / self.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists():
                create_files({file: data})
        return Picture(f"{self.folder}/{name}", f"{self.uri}/{name}", words)


def ending_of(data: bytes) -> str | None:
    """Return the ending of a picture's file name by its content; None if it is not one."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    return next((ending for start, ending in _PICTURES if data.startswith(start)), None)


@dataclass
class Editing:
    """Does what editors ask for in the rooms of one session.

    :param answers: what the editors' room can ask for, by name.
    :param tell: sends a message.
    """

    client: MatrixClient
    settings: MatrixSettings
    bot: Editable
    tell: Tell
    answers: Mapping[str, Answer]
    pictures: PictureFolder | None = None

    async def react(self, room: str, channel: str, people: People, event: Mapping[str, object]) -> None:
        """Follow the reaction of an editor to a message.

        :raises MatrixError: if the server fails.
        """
        relation = mapping_of(mapping_of(event.get("content")).get("m.relates_to"))
        emoji, identifier = plain_emoji(text_of(relation.get("key"))), text_of(relation.get("event_id"))
        about, who = f"{room} {identifier}", str(event["sender"])
        group = next((group for one, group in self.settings.sections if plain_emoji(one) == emoji), None)
        if emoji == plain_emoji(self.settings.reject):
            self.bot.take_back(about, f"rejected by {who}")
        elif emoji == plain_emoji(self.settings.accept):
            if self.bot.accept(about, who) is None:
                await self._warn(
                    event, "the message is in no section, and is no success: react with the section first"
                )
        elif group is not None:
            await self._put(room, channel, people, event, identifier, group)
        elif emoji == plain_emoji(self.settings.picture) and self.pictures is not None:
            await self._illustrate(room, event, identifier, self.pictures)

    async def command(self, event: Mapping[str, object]) -> None:
        """Answer a message in the editors' room.

        :raises MatrixError: if the server fails.
        """
        content = mapping_of(event.get("content"))
        words = text_of(content.get("body")).strip().lstrip("!").casefold()
        if event.get("sender") not in self.settings.editors or content.get("msgtype") != "m.text":
            return
        answer = self.answers.get(words)
        if answer is not None:
            await self._say(event, await asyncio.to_thread(answer))
        elif words == "help":
            await self._say(event, f"I answer to: {', '.join(self.answers)}.")

    async def _put(
        self, room: str, channel: str, people: People, event: Mapping[str, object], identifier: str, group: str
    ) -> None:
        """Put the message that an editor reacts to into a section, also one that the bot has not recorded."""
        before = self.bot.entry(f"{room} {identifier}")
        found = await self._fetch(room, identifier)
        said = [one for one in RoomReader([found], people).read(found) if one.text.strip()] if found else []
        if not said:
            await self._warn(event, "the message has no text, or is gone: it was put into no section")
            return
        first, last = said[0], said[-1]
        origin = Origin(f"{room} {identifier}", first.sender, room, first.url or "")
        moment = min(first.moment, datetime.now(UTC))
        if self.bot.put(first.nick, channel, last.text, moment, origin, group) is None:
            await self._warn(event, "the message was rejected: it stays out")
        elif before is not None and before.group and before.group != group:
            await self._warn(event, f"the message was in two sections: it was moved from {before.group} to {group}")

    async def _illustrate(
        self, room: str, event: Mapping[str, object], identifier: str, folder: PictureFolder
    ) -> None:
        """Add a picture to the note before it by the same person."""
        found = await self._fetch(room, identifier)
        content = mapping_of(found.get("content"))
        stamp, sender = found.get("origin_server_ts"), text_of(found.get("sender"))
        if content.get("msgtype") != "m.image" or not isinstance(stamp, int) or not text_of(content.get("url")):
            await self._warn(event, "this is no picture that can be read")
            return
        note = self.bot.last_of(sender, room, datetime.fromtimestamp(min(stamp / 1000, 2**32), UTC))
        if not note:
            await self._warn(event, f"before this picture, {sender} has no message in a section")
            return
        try:
            data = await asyncio.to_thread(self.client.download, text_of(content.get("url")), MAX_PICTURE)
            picture = await asyncio.to_thread(folder.save, data, _description(content))
        except MatrixError as error:
            if error.offline:
                raise
            await self._warn(event, f"the picture cannot be read: {error}")
            return
        except (OSError, GitError) as error:
            logger.error("a picture cannot be saved: %s", error)
            await self._warn(event, "the picture cannot be saved: see the log")
            return
        if picture is None:
            await self._warn(event, "the picture is neither PNG, JPEG, GIF nor WebP")
        else:
            self.bot.illustrate(note, picture)

    async def _fetch(self, room: str, identifier: str) -> dict[str, object]:
        try:
            found = await asyncio.to_thread(self.client.get, "rooms", room, "event", identifier)
        except MatrixError as error:
            if error.offline:
                raise
            return {}
        # the last edit comes with it, as an event with what the server knows of that
        edit = mapping_of(mapping_of(mapping_of(found.get("unsigned")).get("m.relations")).get("m.replace"))
        edit.pop("unsigned", None)
        return {**found, "room_id": room}

    async def _warn(self, event: Mapping[str, object], words: str) -> None:
        """Tell the editors' room about something, with a link to the message."""
        about = text_of(mapping_of(mapping_of(event.get("content")).get("m.relates_to")).get("event_id"))
        logger.warning("%s: %s", about, words)
        room = self.settings.editors_room
        if room:
            link = f"https://matrix.to/#/{event.get('room_id')}/{about}"
            await self.tell(
                room, transaction_key("warning", text_of(event.get("event_id"))), notice(f"{link} : {words}")
            )

    async def _say(self, event: Mapping[str, object], text: str) -> None:
        room, identifier = text_of(event.get("room_id")), text_of(event.get("event_id"))
        for number, part in enumerate(_parts(text)):
            await self.tell(room, transaction_key("answer", identifier, str(number)), notice(part))


def plain_emoji(emoji: str) -> str:
    """Return an emoji without what asks for its colours, which clients add or leave out."""
    return emoji.replace("\N{VARIATION SELECTOR-16}", "").strip()


def _description(content: Mapping[str, object]) -> str:
    """Return the caption of a picture, or else the name of its file without its ending."""
    body, name = text_of(content.get("body")), text_of(content.get("filename"))
    return body if not name or body != name else Path(name).stem.replace("_", " ")


def _parts(text: str) -> Iterator[str]:
    """Split a text between lines into messages."""
    part = ""
    number = 1
    for line in text.splitlines(keepends=True):
        if part and len(part) + len(line) > _LONGEST:
            yield part.rstrip("\n")
            part, number = "", number + 1
            if number > _MOST_PARTS:
                yield "… and more: sphinx-digest shows the rest."
                return
        part += line[:_LONGEST]
    if part.strip():
        yield part.rstrip("\n")
