"""The formats of exports, recognised by what their JSON has.

A :class:`Reader` takes the values of a file one by one, and makes messages of them. Files with the names of people and
channels are read before those that need them.

Formats are those of Slack's export (https://slack.com/help/articles/220556107), DiscordChatExporter,
Zulip's ``manage.py export``, Mattermost's bulk export (https://docs.mattermost.com/onboard/bulk-loading-data-format.html),
Rocket.Chat's export of a room, its REST API and collections of its database, and Telegram Desktop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sphinxext.digest.gather.chat.files import ExportFile
from sphinxext.digest.gather.chat.markup import (
    Names,
    discord_text,
    first_content,
    slack_text,
    telegram_text,
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
from sphinxext.digest.gather.chat.stream import Path
from sphinxext.digest.gather.irc.relays import Relays, behind
from sphinxext.digest.gather.messages import ChatMessage

#: The values that a file begins with, by their paths.
Seen = Mapping[Path, object]
_TOP_ENTRY, _MESSAGE = ("*",), ("messages", "*")
_CHAT = ("chats", "list", "*")
#: Folders of talks of two and of several on Slack.
_SLACK_TALK = re.compile(r"mpdm-|D[A-Z0-9]{8,}\Z")
_OPEN = {(), _MESSAGE[:1], ("chunk",), ("chats",), ("chats", "list"), _CHAT, (*_CHAT, "messages")}


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


class SlackPeople(Reader):
    """``users.json``: people by their identifiers."""

    IS_INDEX = True

    @staticmethod
    def recognises(seen: Seen) -> bool:
        """Return True for a list of users."""
        user = mapping_of(seen.get(_TOP_ENTRY))
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
        channel = mapping_of(seen.get(_TOP_ENTRY))
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
        message = mapping_of(seen.get(_TOP_ENTRY))
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
        elif path == _MESSAGE and keys.get("type") in ("Default", "Reply"):
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
        found = (mapping_of(seen.get(path)) for path in ((), _TOP_ENTRY, _MESSAGE))
        return any("msg" in keys and "ts" in keys for keys in found)

    def read(self, path: Path, value: object) -> Iterator[ExportedMessage]:
        """Yield the message, as it reads after it was edited. What the server wrote is left out."""
        keys = mapping_of(value)
        text = text_of(keys.get("msg"))
        if path not in ((), _TOP_ENTRY, _MESSAGE) or not text or keys.get("t") or keys.get("type"):
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


class Telegram(Reader):
    """``result.json`` of one chat, or of all of them."""

    _SHARED = ("private_supergroup", "public_supergroup", "private_channel", "public_channel")
    _PRIVATE = ("personal_chat", "bot_chat", "saved_messages", "verify_codes", "replies")
    _PLACES = ((), _CHAT)

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
        elif path in (_MESSAGE, (*_CHAT, "messages", "*")):
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
        found = (mapping_of(seen.get(path)) for path in (_TOP_ENTRY, _MESSAGE, ("chunk", "*")))
        return any("origin_server_ts" in keys for keys in found)


#: Those that are sure come first.
FORMATS: tuple[type[Reader], ...] = (
    Matrix,
    Discord,
    Zulip,
    Mattermost,
    RocketChat,
    RocketRooms,
    Telegram,
    SlackPeople,
    SlackChannels,
    Slack,
    ZulipRealm,
)
