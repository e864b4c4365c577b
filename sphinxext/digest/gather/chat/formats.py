"""The formats of exports, recognised by what their JSON has: those of single chats here, those of servers beside it.

Here are Slack's export (https://slack.com/help/articles/220556107), DiscordChatExporter, and Telegram Desktop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from sphinxext.digest.gather.chat.files import ExportFile
from sphinxext.digest.gather.chat.markup import (
    Names,
    discord_text,
    slack_text,
    telegram_text,
)
from sphinxext.digest.gather.chat.message import (
    Channel,
    ExportedMessage,
    identifier_of,
    iso_time,
    list_of,
    mapping_of,
    name_of,
    seconds,
    text_of,
)
from sphinxext.digest.gather.chat.reader import CHAT, MESSAGE, TOP_ENTRY, Directory, Reader, Seen, message_of
from sphinxext.digest.gather.chat.servers import Gitter, Mattermost, RocketChat, RocketRooms, Zulip, ZulipRealm
from sphinxext.digest.gather.chat.stream import Path
from sphinxext.digest.gather.irc.relays import behind

#: Folders of talks of two and of several on Slack.
_SLACK_TALK = re.compile(r"mpdm-|D[A-Z0-9]{8,}\Z")


class SlackPeople(Reader):
    """``users.json``: people by their identifiers."""

    IS_INDEX = True

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a list of users."""
        user = mapping_of(seen.get(TOP_ENTRY))
        return "id" in user and ("profile" in user or "real_name" in user)

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Learn the name of a user, as others see it."""
        user = mapping_of(value)
        self.directory.people[identifier_of(user.get("id"))] = slack_name(user)
        yield from ()


def slack_name(user: Mapping[str, object]) -> str:
    """Return the name of somebody on Slack as others see it."""
    profile = mapping_of(user.get("profile")) or user
    shown = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    return name_of(*shown)


class SlackChannels(Reader):
    """``channels.json``: public channels. Others are in files of their own, with people who are in them."""

    IS_INDEX = True

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a list of channels."""
        channel = mapping_of(seen.get(TOP_ENTRY))
        return "id" in channel and "members" in channel and "ts" not in channel

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Learn the name of a channel."""
        channel = mapping_of(value)
        identifier, name = identifier_of(channel.get("id")), name_of(channel.get("name"))
        # private channels are in groups.json, talks of several in mpims.json, of two, without names, in dms.json
        is_private = (
            not identifier.startswith("C") or self.file.stem != "channels" or channel.get("is_private") is True
        )
        is_talk = self.file.stem in ("mpims", "dms")
        found = Channel(None if is_talk else name or None, identifier, is_private)
        self.directory.channels[name or identifier] = self.directory.channels[identifier] = found
        yield from ()


class Slack(Reader):
    """``CHANNEL/DATE.json``: the messages of a day."""

    _SUBTYPES = (None, "", "thread_broadcast", "reply_broadcast", "file_share")

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a list of messages whose times are texts with seconds."""
        message = mapping_of(seen.get(TOP_ENTRY))
        return isinstance(message.get("ts"), str) and ("user" in message or "text" in message) and "msg" not in message

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Yield the message, as it reads after it was edited."""
        message = mapping_of(value)
        text = text_of(message.get("text"))
        bot = identifier_of(message.get("bot_id"))
        shown = self.directory.shown(bot, message.get("username"))
        if not text or not (message.get("subtype") in self._SUBTYPES or shown):
            return
        user = behind(bot, shown) if shown else identifier_of(message.get("user"))
        people = self.directory.people
        nick = shown or people.get(user) or slack_name(mapping_of(message.get("user_profile"))) or user
        stamp = text_of(message.get("ts"))
        folder = self.file.folder
        channel = self.directory.channels.get(folder) or self._unlisted(folder)
        plain = slack_text(text, people, self._channel_names)
        identifier, thread = stamp.replace(".", ""), text_of(message.get("thread_ts")).replace(".", "")
        answers = thread if thread != identifier else ""
        yield ExportedMessage(
            channel, message_of(seconds(stamp), nick, plain, identifier, sender=user, answers=answers)
        )

    def _unlisted(self, folder: str) -> Channel:
        """Return the channel of a folder that no list of channels has."""
        return Channel(None, folder, is_private=True) if _SLACK_TALK.match(folder) else Channel(folder or None)

    def _channel_names(self, identifier: str) -> str | None:
        found = self.directory.channels.get(identifier)
        return found.name if found else None


class Discord(Reader):
    """What DiscordChatExporter writes of a channel or thread."""

    def __init__(self, directory: Directory, file: ExportFile) -> None:
        super().__init__(directory, file)
        self._guild = ""
        self._channel = Channel(None)
        self._thread = ("", "")

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a text that begins with a server and a channel."""
        return isinstance(seen.get(("guild",)), dict) and isinstance(seen.get(("channel",)), dict)

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Learn which channel it is, or yield a message, as it reads after it was edited."""
        keys = mapping_of(value)
        if path == ("guild",):
            self._guild = identifier_of(keys.get("id"))
        elif path == ("channel",):
            is_private = text_of(keys.get("type")).startswith("Direct") or self._guild == "0"
            name = "" if is_private else name_of(keys.get("name"))
            self._channel = Channel(name or None, identifier_of(keys.get("id")), is_private)
            if "Thread" in text_of(keys.get("type")):
                self._thread = (self._channel.identifier, name)
        elif path == MESSAGE and keys.get("type") in ("Default", "Reply"):
            yield from self._message(keys)

    def _message(self, keys: Mapping[str, object]) -> Iterator[ExportedMessage]:
        text = text_of(keys.get("content"))
        if not text:
            return
        people: Names = {}
        for one in list_of(keys.get("mentions"))[:100]:
            person = mapping_of(one)
            people[identifier_of(person.get("id"))] = name_of(person.get("nickname"), person.get("name"))
        author = mapping_of(keys.get("author"))
        nick = name_of(author.get("nickname"), author.get("name"))
        identifier = identifier_of(keys.get("id"))
        parts = (self._guild, self._channel.identifier, identifier)
        url = f"https://discord.com/channels/{'/'.join(parts)}" if all(map(str.isdigit, parts)) else None
        moment = iso_time(keys.get("timestamp"))
        sender = identifier_of(author.get("id"))
        answers = identifier_of(mapping_of(keys.get("reference")).get("messageId"))
        first = message_of(moment, nick, discord_text(text, people), identifier, url, sender, answers)
        yield ExportedMessage(self._channel, first, None, *self._thread)


class Telegram(Reader):
    """``result.json`` of one chat, or of all of them."""

    _SHARED = ("private_supergroup", "public_supergroup", "private_channel", "public_channel")
    _PRIVATE = ("personal_chat", "bot_chat", "saved_messages", "verify_codes", "replies")
    _PLACES = ((), CHAT)

    def __init__(self, directory: Directory, file: ExportFile) -> None:
        super().__init__(directory, file)
        self._chat: dict[str, object] = {}
        self._is_over = False

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a chat with its name and type, or a list of them."""
        return any(
            (*lead, "type") in seen and isinstance(seen.get((*lead, "id")), int) and (*lead, "messages", "*") in seen
            for lead in Telegram._PLACES
        )

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Learn which chat it is, or yield a message, as it reads after it was edited."""
        lead, key = path[:-1], path[-1:]
        if lead in self._PLACES and key in (("name",), ("type",), ("id",)):
            # a chat with somebody who is gone has no name, and begins with its type
            if self._is_over or key == ("name",):
                self._chat, self._is_over = {}, False
            self._chat[key[0]] = value
        elif path in (MESSAGE, (*CHAT, "messages", "*")):
            self._is_over = True
            yield from self._message(mapping_of(value))

    def _message(self, keys: Mapping[str, object]) -> Iterator[ExportedMessage]:
        text = telegram_text(keys.get("text"))
        if keys.get("type") != "message" or not text or "forwarded_from" in keys:
            return
        kind, chat = self._chat.get("type"), identifier_of(self._chat.get("id"))
        is_private = kind in self._PRIVATE
        channel = Channel(None if is_private else name_of(self._chat.get("name")) or None, chat, is_private)
        sender = identifier_of(keys.get("from_id"))
        identifier = identifier_of(keys.get("id"))
        is_shared = kind in self._SHARED and chat.isdigit() and identifier.isdigit()
        url = f"https://t.me/c/{chat}/{identifier}" if is_shared else None
        moment = seconds(keys.get("date_unixtime")) or iso_time(keys.get("date"), self.directory.offset)
        nick = name_of(keys.get("from")) or sender
        answers = identifier_of(keys.get("reply_to_message_id"))
        yield ExportedMessage(channel, message_of(moment, nick, text, identifier, url, sender, answers))


class Matrix(Reader):
    """An export of a room as Element writes it; :mod:`~sphinxext.digest.gather.irc.matrix` reads it as a whole."""

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for events with the time of their server."""
        found = (mapping_of(seen.get(path)) for path in (TOP_ENTRY, MESSAGE, ("chunk", "*")))
        return any("origin_server_ts" in keys for keys in found)


#: Those that are sure come first.
FORMATS: tuple[type[Reader], ...] = (
    Matrix,
    Discord,
    Zulip,
    Mattermost,
    RocketChat,
    Gitter,
    RocketRooms,
    Telegram,
    SlackPeople,
    SlackChannels,
    Slack,
    ZulipRealm,
)
