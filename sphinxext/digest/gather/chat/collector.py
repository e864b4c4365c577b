"""Collect the successes in exports of chats, in one pass over each file that has messages.

Of all messages only those stay in memory that can be a command or correct one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from urllib.parse import quote

from sphinxext.digest.fragments.write import allowed_url
from sphinxext.digest.gather.chat.files import ExportFile, export_files
from sphinxext.digest.gather.chat.formats import FORMATS, Matrix
from sphinxext.digest.gather.chat.message import Channel, ExportedMessage
from sphinxext.digest.gather.chat.reader import Directory, InvalidMessageError, Reader, is_line, opens
from sphinxext.digest.gather.chat.replies import Replies
from sphinxext.digest.gather.chat.stream import JsonError, Path, open_json
from sphinxext.digest.gather.irc import MAX_CORRECTION
from sphinxext.digest.gather.irc.collector import Collector, LogOptions, fill_words
from sphinxext.digest.gather.irc.matrix import MAX_BYTES, NotAnExportError, read_export
from sphinxext.digest.gather.irc.sources import BrokenError
from sphinxext.digest.gather.messages import ChatMessage, hear_messages
from sphinxext.digest.gather.topics import Topic
from sphinxext.digest.problems import Code, DigestError, Problem

#: What is done with a message that was read.
Take = Callable[[ExportedMessage], None]
#: The fields of a template of links.
WORDS = ("channel", "channel-id", "id", "date", "time", "year", "month", "day")
#: The values by which a format is recognised, at most.
_FIRST_VALUES = 60
_UNKNOWN = (
    "this is not an export of a chat that is known: Slack, Discord (DiscordChatExporter), Zulip, Mattermost, "
    "Rocket.Chat, Gitter, Telegram or Matrix, as JSON"
)


class ChatCollector(Collector):
    """Reads exports one after the other, and has the drafts of all of them in the end.

    :param threads: how many threads are wanted of each export; for these it is read twice.
    """

    def __init__(self, options: LogOptions, threads: int = 0) -> None:
        super().__init__(options)
        self._threads = threads
        self._gathered: defaultdict[Channel, _Gathered] = defaultdict(_Gathered)
        #: Threads among the longest of their exports.
        self.topics: list[Topic] = []

    def read_export(self, argument: str) -> None:
        """Hear all that is said in an export. What is wrong with its files is among the problems.

        :raises DigestError: if it cannot be read.
        """
        with export_files(argument) as files:
            forms = [(file, self._form_of(file)) for file in files]
            known = [(file, form) for file, form in forms if form is not None]
            if not known and not any(problem.path == file.name for problem in self.problems for file in files):
                raise DigestError(Problem(argument, 0, 0, Code.NOT_A_LOG, _UNKNOWN))
            directory = Directory(offset=self.options.offset, relays=self.options.relays)
            known.sort(key=lambda one: not one[1].IS_INDEX)
            replies = Replies(self._threads, self.options.covers)
            for file, form in known:
                self._read_file(file, form, directory, self._gather(replies, form))
            if self._threads and replies.choose():
                for file, form in known:
                    self._read_file(file, form, directory, replies.keep)
            self.topics += replies.topics(self._link)
        for channel, gathered in self._gathered.items():
            listener = self._listener(channel.name or self.options.channel)
            hear_messages(listener, gathered.in_order(), partial(self._link, channel))
        self._gathered.clear()

    def _gather(self, replies: Replies, form: type[Reader]) -> Take:
        """Return what takes the messages of a file in the first pass."""
        # edits of Matrix are messages of their own: whether one matters shows only in what it edits
        add = _Gathered.keep_whole if form is Matrix else _Gathered.add
        if not self._threads:
            return lambda message: add(self._gathered[message.channel], message)

        def take(message: ExportedMessage) -> None:
            add(self._gathered[message.channel], message)
            replies.count(message)

        return take

    def _form_of(self, file: ExportFile) -> type[Reader] | None:
        """Recognise the format of a file by its first values."""
        seen: dict[Path, object] = {}
        try:
            for number, (path, value) in enumerate(open_json(file.chunks(), opens, is_line).values()):
                seen[path] = value
                if found := next((form for form in FORMATS if form.recognises(seen)), None):
                    return found
                if number == _FIRST_VALUES:
                    break
        except (JsonError, BrokenError, OSError) as error:
            self._report(file, error)
        return None

    def _read_file(self, file: ExportFile, form: type[Reader], directory: Directory, take: Take) -> None:
        try:
            if form is Matrix:
                self._read_matrix(file, take)
                return
            reader = form(directory, file)
            source = open_json(file.chunks(), opens, is_line)
            for path, value in source.values():
                try:
                    for message in reader.read(path, value):
                        if self._is_wanted(message.channel):
                            self._behind_relays(message, take)
                except InvalidMessageError as error:
                    self._complain_once(Problem(file.name, source.line, 1, Code.BAD_RECORD, str(error)))
        except (JsonError, BrokenError, OSError) as error:
            self._report(file, error)

    def _behind_relays(self, message: ExportedMessage, take: Take) -> None:
        """Take a message as that of whoever spoke."""
        relays = self.options.relays
        first = relays.message(message.first)
        if first is message.first:
            take(message)
        elif first is not None:
            edited = relays.message(message.edited) if message.edited else None
            take(replace(message, first=first, edited=edited))

    def _read_matrix(self, file: ExportFile, take: Take) -> None:
        data = bytearray()
        for chunk in file.chunks():
            data += chunk
            if len(data) > MAX_BYTES:
                raise BrokenError(f"it is larger than {MAX_BYTES:,} bytes", Code.TOO_LARGE)
        try:
            room = read_export(bytes(data))
        except NotAnExportError as error:
            raise JsonError(str(error), error.line, 1, Code.NOT_A_LOG) from None
        channel = Channel(room.name)
        if self._is_wanted(channel):
            for message in room.messages:
                self._behind_relays(ExportedMessage(channel, message), take)

    def _is_wanted(self, channel: Channel) -> bool:
        wanted = self.options.channel
        if wanted is None or channel.name is None:
            return not channel.is_private
        return channel.name.removeprefix("#").casefold() == wanted.casefold()

    def _link(self, channel: Channel, message: ChatMessage) -> str | None:
        if not self.options.url:
            return allowed_url(message.url)
        words = {"id": message.identifier, "channel-id": channel.identifier}
        if any(f"{{{word}}}" in self.options.url and not value for word, value in words.items()):
            return None
        stamp = f"{message.moment:%Y-%m-%dT%H:%M:%S}"
        quoted = {word: quote(value, safe="", errors="replace") for word, value in words.items()}
        return allowed_url(fill_words(self.options.url, channel.name or self.options.channel, stamp, **quoted))

    def _report(self, file: ExportFile, error: JsonError | BrokenError | OSError) -> None:
        if isinstance(error, JsonError):
            problem = Problem(file.name, error.line, error.column, error.code, str(error))
        elif isinstance(error, BrokenError):
            problem = Problem(file.name, 0, 0, error.code, str(error))
        else:
            problem = Problem(file.name, 0, 0, Code.UNREADABLE, f"cannot be read: {error.strerror or error}")
        self._complain_once(problem)


class _Gathered:
    """The messages of a channel that may matter."""

    def __init__(self) -> None:
        self._kept: list[tuple[datetime, int, ChatMessage]] = []
        #: When messages were sent, in case that an edit has an earlier time.
        self._moments: dict[str, datetime] = {}
        #: What everybody said last, in case that a correction follows which fits there.
        self._last: dict[str, ChatMessage] = {}

    def add(self, message: ExportedMessage) -> None:
        """Keep a message if it may be a command or a correction, or if a correction may be about it."""
        parts = (message.first, message.edited) if message.edited else (message.first,)
        if not any(may_matter(part.text) for part in parts):
            self._last[message.first.sender] = message.first
            return
        if before := self._last.pop(message.first.sender, None):
            self.keep(before)
        for part in parts:
            self.keep(part)

    def keep_whole(self, message: ExportedMessage) -> None:
        """Keep a message, whatever it says."""
        self.keep(message.first)

    def keep(self, message: ChatMessage) -> None:
        """Keep a message; an edit is kept after what it replaces."""
        moment = message.moment
        if message.replaces is not None:
            moment = max(moment, self._moments.get(message.replaces, moment))
        elif message.identifier:
            self._moments[message.identifier] = moment
        self._kept.append((moment, len(self._kept), message))

    def in_order(self) -> Iterator[ChatMessage]:
        """Yield them, oldest first."""
        return (message for _, _, message in sorted(self._kept, key=lambda one: one[:2]))


def may_matter(text: str) -> bool:
    """Return True if a text may be a command, or s/old/new/ in any form."""
    if "#success" in text or "#thanks" in text:
        return True
    return text.startswith("s") and len(text) <= MAX_CORRECTION and not text[1:2].isalnum() and not text[1:2].isspace()
