"""Collect the successes in logs of any format, in one pass over each, with links to their lines.

The template of a link is a URL with these fields: ``{channel}`` without its ``#``, ``{date}`` (``YYYY-MM-DD``),
``{time}`` as irclog2html names its anchors (``YYYY-MM-DDTHH:MM:SS``, and ``-2`` for the second line of a second),
``{year}``, ``{month}``, ``{day}``, and ``{line}``, the number of the line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from urllib.parse import quote

from sphinxext.digest.fragments.fields import ValueProblem, check_url
from sphinxext.digest.fragments.write import Draft, allowed_url
from sphinxext.digest.gather.irc import Listener
from sphinxext.digest.gather.irc.formats import (
    LogFormat,
    Said,
    UndatedError,
    has_messages,
    is_page,
    page_events,
    recognise,
    text_events,
)
from sphinxext.digest.gather.irc.matrix import MAX_BYTES, NotAnExportError, read_export
from sphinxext.digest.gather.irc.relays import Relays
from sphinxext.digest.gather.irc.sources import (
    MAX_INDEX_BYTES,
    BrokenError,
    LogSource,
    chunks_of,
    listed_logs,
)
from sphinxext.digest.gather.messages import ChatMessage, drafts_of, hear_messages
from sphinxext.digest.problems import Code, Problem

_UNKNOWN = (
    "this is not a log of a known format: Limnoria (supybot) or its pages by irclog2html, WeeChat, irssi, ZNC, "
    "The Lounge, Textual, mIRC, HexChat, Konversation, KVIrc, plain text of Pidgin, or a JSON export of a Matrix room"
)


@dataclass(frozen=True, slots=True)
class LogOptions:
    """The user's information on the logs, and the choice of days.

    :param channel: where their names do not say it, without ``#``.
    :param url: a template of the links to lines, see :mod:`~sphinxext.digest.gather.irc.collector`.
    :param since: the first day of interest, in UTC; ``until`` is the last.
    :param day: of logs that have only times, where their names do not say it.
    :param offset: how far ahead of UTC the times of logs are that name no zone.
    :param relays: whose messages are those of others.
    """

    channel: str | None = None
    url: str | None = None
    since: date | None = None
    until: date | None = None
    day: date | None = None
    offset: timedelta = timedelta(0)
    relays: Relays = field(default_factory=Relays)

    def covers(self, day: date) -> bool:
        """Return True if successes of a day in UTC are of interest."""
        return (self.since or day) <= day <= (self.until or day)

    def may_matter(self, day: date) -> bool:
        """Return True if the log of a day may have such successes or corrections: zones differ by a day at most."""
        around = timedelta(days=1)
        return any(self.covers(one) for one in (day - around, day, day + around))


class Collector:
    """Reads logs one after the other, and has the drafts of all of them in the end.

    :param progress: is told how many bytes were read since it was told the last time.
    """

    def __init__(self, options: LogOptions, progress: Callable[[int], None] | None = None) -> None:
        self.options = options
        self.progress = progress
        self.problems: list[Problem] = []
        self.listeners: dict[str | None, Listener] = {}
        #: The servers that did not answer, with the reason. Each may take a minute, and a page may list many logs.
        self._silent: dict[str, str] = {}

    def read(self, source: LogSource) -> None:
        """Hear all that is said in a log. What is wrong with it is among the problems.

        A server that did not answer is not asked again.
        """
        if reason := self._silent.get(source.server):
            self._complain(source, 0, Code.SOURCE_FETCH, f"it was not asked for: {reason}")
            return
        try:
            with closing(source.open()) as raw:
                chunks = chunks_of(raw, self.progress)
                first = next(chunks, b"").removeprefix(b"\xef\xbb\xbf")
                self._read_format(source, first, chunks)
        except BrokenError as error:
            if error.silent:
                self._silent[source.server] = str(error)
            self._complain(source, 0, error.code, str(error))
        except OSError as error:
            self._complain(source, 0, Code.UNREADABLE, f"cannot be read: {error.strerror or error}")

    def drafts(self) -> list[Draft]:
        """Return the successes of the days of interest, oldest first."""
        return drafts_of(self.listeners.values(), self.options.covers)

    def _read_format(self, source: LogSource, first: bytes, chunks: Iterator[bytes]) -> None:
        found = recognise(first)
        if isinstance(found, int):
            if found and not self._read_listed(source, first, chunks):
                self._complain(source, found, Code.NOT_A_LOG, _UNKNOWN)
        elif found.is_json:
            self._read_room(source, first, chunks)
        else:
            self._read_lines(source, found, first, chunks)

    def _read_listed(self, source: LogSource, first: bytes, chunks: Iterator[bytes]) -> bool:
        """Read the logs that a page of a server lists, and say whether there are any."""
        if source.url is None or source.is_listed or not is_page(first):
            return False
        data = _whole(first, chunks, MAX_INDEX_BYTES)
        logs = listed_logs(data, source, self.options.may_matter, as_pages=not self.options.url)
        for log in logs:
            self.read(log)
        return bool(logs)

    def _read_lines(self, source: LogSource, found: LogFormat, first: bytes, chunks: Iterator[bytes]) -> None:
        listener = self._listener(source.channel or self.options.channel or found.channel)
        log = found.log(source.day or found.day or self.options.day, self.options.offset)
        events = page_events if found.is_page else text_events
        told_of_day, number = False, 0
        for number, line, read in events(log, _joined(first, chunks), listener.waiting):
            try:
                event = read()
            except UndatedError:
                if not told_of_day:
                    message = "nothing says on which day this was said: name it with --date"
                    self._complain(source, number, Code.NO_DATE, message)
                told_of_day = True
                continue
            if isinstance(event, Said):
                self._hear(source, listener, LogLine(event, line, number))
            elif event is not None:
                listener.rename(event.before, event.after)
        if number and not (log.known or found.is_page or has_messages(found.log, first)):
            self._complain(source, number, Code.NOT_A_LOG, _UNKNOWN)

    def _hear(self, source: LogSource, listener: Listener, line: LogLine) -> None:
        said = line.said
        if (speech := self.options.relays.speech(said.nick, said.nick, said.text)) is not None:
            url = self._url(source, listener, line) if speech.text[:1] else None
            listener.hear(speech.nick, speech.text, said.moment, url, speech.speaker)

    def _read_room(self, source: LogSource, first: bytes, chunks: Iterator[bytes]) -> None:
        """Messages and their edits: an edit is a correction at any time."""
        try:
            room = read_export(_whole(first, chunks, MAX_BYTES))
        except NotAnExportError as error:
            self._complain(source, error.line, Code.NOT_A_LOG, str(error))
            return
        listener = self._listener(source.channel or self.options.channel or room.name)
        messages = filter(None, map(self.options.relays.message, room.messages))
        hear_messages(listener, messages, lambda message: self._room_url(source, listener, message))

    def _url(self, source: LogSource, listener: Listener, line: LogLine) -> str | None:
        if not self.options.url:
            url = f"{source.url}#{line.anchor}" if source.url and line.anchor else source.url
            return allowed_url(url)
        url = fill(self.options.url, listener.channel, line)
        if url is None:
            self._complain(source, line.number, Code.BAD_URL, "--url has {channel}: name the channel with --channel")
        return allowed_url(url)

    def _room_url(self, source: LogSource, listener: Listener, message: ChatMessage) -> str | None:
        if not self.options.url:
            return allowed_url(message.url)
        stamp = f"{message.moment:%Y-%m-%dT%H:%M:%S}"
        return self._url(source, listener, LogLine(Said(message.moment, stamp, message.nick, message.text), None, 1))

    def _listener(self, channel: str | None) -> Listener:
        key = channel.casefold() if channel else None
        return self.listeners.setdefault(key, Listener(channel))

    def _complain(self, source: LogSource, line: int, code: Code, message: str) -> None:
        self._complain_once(Problem(source.name, line, 1 if line else 0, code, message))

    def _complain_once(self, problem: Problem) -> None:
        """Report a problem, unless the file has one of this kind."""
        code = problem.code
        if not any((one.path, one.code) == (problem.path, code) for one in self.problems):
            self.problems.append(problem)


def _joined(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _whole(first: bytes, chunks: Iterator[bytes], max_bytes: int) -> bytes:
    """Return all that there is, where it cannot be read in pieces."""
    data = bytearray(first)
    for chunk in chunks:
        data += chunk
        if len(data) > max_bytes:
            raise BrokenError(f"it is larger than {max_bytes:,} bytes", Code.TOO_LARGE)
    return bytes(data)


WORDS = ("channel", "date", "time", "year", "month", "day", "line")
_WORD = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a log: what it says, its anchor on a page of the log if that is known, and its number."""

    said: Said
    anchor: str | None
    number: int


def check_template(template: str, words: Collection[str] = WORDS) -> None:
    """Make sure that a template has known words only, and becomes a URL.

    :raises ValueProblem: if not.
    """
    for match in _WORD.finditer(template):
        if match[1] not in words:
            known = ", ".join(f"{{{word}}}" for word in words)
            raise ValueProblem(f"unknown field '{match[0]}': expected one of {known}")
    check_url(_WORD.sub("1", template))


def fill(template: str, channel: str | None, line: LogLine) -> str | None:
    """Return the link to a line; None if it needs a channel and nothing says it."""
    time = line.anchor.removeprefix("t") if line.anchor and "T" in line.anchor else line.said.stamp
    return fill_words(template, channel, line.said.stamp, time=time, line=str(line.number))


def fill_words(template: str, channel: str | None, stamp: str, **others: str) -> str | None:
    """Fill a template with the parts of a time ``YYYY-MM-DDTHH:MM:SS``, and with others by their names.

    Return None if it needs a channel and nothing says it.
    """
    if channel is None and "{channel}" in template:
        return None
    values = {
        "channel": quote(channel or "", safe="", errors="replace"),
        "date": stamp[:10],
        "time": stamp,
        "year": stamp[:4],
        "month": stamp[5:7],
        "day": stamp[8:10],
        **others,
    }
    return _WORD.sub(lambda match: values[match[1]], template)
