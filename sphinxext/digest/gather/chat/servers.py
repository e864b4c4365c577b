"""Exports of servers: Zulip's ``manage.py export``, Mattermost's bulk export, and what Rocket.Chat and Gitter give.

Their formats are described at https://docs.mattermost.com/onboard/bulk-loading-data-format.html,
https://developer.rocket.chat (messages and rooms) and https://developer.gitter.im/docs/messages-resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sphinxext.digest.gather.chat.markup import (
    first_content,
    zulip_text,
)
from sphinxext.digest.gather.chat.message import (
    Channel,
    ExportedMessage,
    identifier_of,
    iso_time,
    list_of,
    mapping_of,
    mongo_time,
    name_of,
    seconds,
    text_of,
)
from sphinxext.digest.gather.chat.reader import (
    MESSAGE,
    TOP_ENTRY,
    InvalidMessageError,
    Reader,
    Seen,
    message_of,
)
from sphinxext.digest.gather.chat.stream import Path
from sphinxext.digest.gather.irc.relays import behind


class ZulipRealm(Reader):
    """``realm.json``: people, channels, and which recipient of a message is which channel."""

    IS_INDEX = True
    _STREAM = 2

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for tables of people or channels."""
        return any((table, "*") in seen for table in ("zerver_realm", "zerver_userprofile", "zerver_stream"))

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Learn the name of a user or a channel. Channels come before the recipients that they are."""
        keys = mapping_of(value)
        identifier = identifier_of(keys.get("id"))
        table = path[0] if path else ""
        if table.startswith("zerver_userprofile"):
            self.directory.people[identifier] = name_of(keys.get("full_name"))
        elif table == "zerver_stream":
            is_private = keys.get("invite_only") is True
            self.directory.channels[f"stream {identifier}"] = Channel(
                name_of(keys.get("name")) or None, identifier, is_private
            )
        elif table == "zerver_recipient" and keys.get("type") == self._STREAM:
            self.directory.channels[f"of {identifier}"] = Channel(None, identifier_of(keys.get("type_id")))
        yield from ()


class Zulip(Reader):
    """``messages-000001.json``: messages, with their edits."""

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a table of messages."""
        return ("zerver_message", "*") in seen

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Yield the message as it was sent, and as it reads now. What is not in a channel is left out."""
        message = mapping_of(value)
        text = text_of(message.get("content"))
        if path != ("zerver_message", "*") or not text:
            return
        channels = self.directory.channels
        recipient = identifier_of(message.get("recipient"))
        if not channels and not self.directory.people:
            raise InvalidMessageError("nothing says who wrote the messages: name the folder with realm.json")
        if (place := channels.get(f"of {recipient}")) is None:
            return
        sender = identifier_of(message.get("sender"))
        nick = self.directory.people.get(sender, "")
        identifier = identifier_of(message.get("id"))
        people = self.directory.people
        before = zulip_text(first_content(message.get("edit_history")) or text, people)
        first = message_of(seconds(message.get("date_sent")), nick, before, identifier, sender=sender)
        now = zulip_text(text, people)
        edited = replace(first, text=now, identifier="", replaces=identifier) if now != before else None
        topic = name_of(message.get("subject"))
        yield ExportedMessage(
            channels.get(f"stream {place.identifier}", place), first, edited, topic.casefold(), topic
        )


class Mattermost(Reader):
    """The lines of a bulk export."""

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True if the first line has the version."""
        return mapping_of(seen.get(())).get("type") == "version"

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Learn which channels are private, or yield a post and its replies. Direct messages are left out."""
        line = mapping_of(value)
        kind = line.get("type")
        keys = mapping_of(line.get(kind)) if isinstance(kind, str) else {}
        team, name = name_of(keys.get("team")), name_of(keys.get("name"))
        if kind == "channel":
            self.directory.channels[f"{team}/{name}"] = Channel(name, is_private=keys.get("type") == "P")
        elif kind == "post":
            name = name_of(keys.get("channel"))
            channel = self.directory.channels.get(f"{team}/{name}") or Channel(name or None)
            replies = list_of(keys.get("replies"))
            # posts have no identifiers
            thread = f"{name_of(keys.get('user'))} {identifier_of(keys.get('create_at'))}" if replies else ""
            for post in (keys, *map(mapping_of, replies)):
                if (text := text_of(post.get("message"))) and not text_of(post.get("type")).startswith("system_"):
                    moment, user = seconds(post.get("create_at"), 1000), name_of(post.get("user"))
                    shown = self.directory.shown(user, mapping_of(post.get("props")).get("override_username"))
                    sender = behind(user, shown) if shown else user
                    yield ExportedMessage(
                        channel, message_of(moment, shown or user, text, sender=sender), None, thread
                    )


class RocketRooms(Reader):
    """Lines of the collection of rooms."""

    IS_INDEX = True

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a room, which has a type."""
        keys = mapping_of(seen.get(()))
        return "_id" in keys and "t" in keys and "msg" not in keys

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Learn the name of a room."""
        keys = mapping_of(value)
        identifier = identifier_of(keys.get("_id"))
        is_private = keys.get("t") != "c"
        self.directory.channels[identifier] = Channel(name_of(keys.get("name")) or None, identifier, is_private)
        yield from ()


class RocketChat(Reader):
    """Messages: lines of an export of a room or of the collection, or an answer of the API."""

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for messages whose text is called ``msg``."""
        found = (mapping_of(seen.get(path)) for path in ((), TOP_ENTRY, MESSAGE))
        return any("msg" in keys and "ts" in keys for keys in found)

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Yield the message, as it reads after it was edited. What the server wrote is left out."""
        keys = mapping_of(value)
        text = text_of(keys.get("msg"))
        if path not in ((), TOP_ENTRY, MESSAGE) or not text or keys.get("t") or keys.get("type"):
            return
        room = identifier_of(keys.get("rid"))
        name = self.file.stem if "username" in keys or not room else None
        channel = self.directory.channels.get(room) or Channel(name, room)
        user = name_of(keys.get("username"), mapping_of(keys.get("u")).get("username"))
        identifier = identifier_of(keys.get("_id"))
        answers = identifier_of(keys.get("tmid"))
        shown = self.directory.shown(user, keys.get("alias"))
        sender = behind(user, shown) if shown else user
        moment, nick = mongo_time(keys.get("ts")), shown or user
        yield ExportedMessage(channel, message_of(moment, nick, text, identifier, sender=sender, answers=answers))


class Gitter(Reader):
    """A list of the messages of a room, as Gitter's API gave it; the file has the name of the room."""

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a list of messages whose author is called ``fromUser``."""
        message = mapping_of(seen.get(TOP_ENTRY))
        return "fromUser" in message and "sent" in message

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Yield the message, as it reads after it was edited."""
        keys = mapping_of(value)
        text = text_of(keys.get("text"))
        if path != TOP_ENTRY or not text:
            return
        user = mapping_of(keys.get("fromUser"))
        identifier, answers = identifier_of(keys.get("id")), identifier_of(keys.get("parentId"))
        nick = name_of(user.get("username"), user.get("displayName"))
        moment = iso_time(keys.get("sent"))
        first = message_of(moment, nick, text, identifier, sender=identifier_of(user.get("id")), answers=answers)
        yield ExportedMessage(Channel(self.file.stem or None), first)
