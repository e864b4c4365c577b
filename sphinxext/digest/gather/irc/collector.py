"""Logs of whatever format to the successes in them, in one pass over each.

Pages of web servers that list the logs of a folder.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta

from sphinxext.digest.fragments.draft import Draft
from sphinxext.digest.fragments.values import ValueProblem, check_url
from sphinxext.digest.gather.irc.commands import Listener, TrackedCommand, distinct, draft_success, moment_of
from sphinxext.digest.gather.irc.formats import Said, UndatedError
from sphinxext.digest.gather.irc.logs import (
    Line,
    LogFormat,
    fill,
    has_messages,
    is_page,
    page_events,
    recognise,
    text_events,
)
from sphinxext.digest.gather.irc.matrix import MAX_BYTES, NotAnExportError, RoomMessage, read_export
from sphinxext.digest.gather.irc.sources import (
    BrokenError,
    Source,
    chunks_of,
    day_of,
    is_log_name,
    source_of_url,
    without_twins,
)
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.text.encoding import decode_line
from sphinxext.digest.text.urls import join_url, split_url

#: More than a server lists in ten years, and as much as such a page may have.
MAX_LOGS, MAX_INDEX_BYTES = 10_000, 16 * 1024 * 1024
_LINK = re.compile(rb"<a\s[^<>]{0,300}?href\s*=\s*[\"']?([^\"'\s<>]{1,2000})", re.IGNORECASE)


def listed_logs(data: bytes, page: Source, wanted: Callable[[date], bool], *, as_pages: bool) -> list[Source]:
    """The logs that a page links to in its own folder, in the order of their days.

    :param wanted: whether a day matters, for logs whose names say it.
    :param as_pages: whether pages are better than the logs beside them that they were made of: they have anchors.
    """
    assert page.url is not None
    # a server redirects from the folder's name without a slash to the page, and its links begin there
    parts = split_url(page.url)
    name = parts.path.rpartition("/")[2] if parts else ""
    base = f"{page.url}/" if name and "." not in name else page.url
    folder = join_url(base, ".") or base
    names: dict[str, str] = {}
    for match in _LINK.finditer(data):
        url = _join_link(base, html.unescape(decode_line(match[1])))
        name = url.removeprefix(folder) if url.startswith(folder) else ""
        if name and "/" not in name and "?" not in name and is_log_name(name):
            names[name] = url
    kept: Iterable[str] = without_twins(names, as_pages=as_pages)
    days = {name: day_of(name) for name in kept}
    chosen = [name for name, day in days.items() if day is None or wanted(day)]
    chosen.sort(key=lambda name: (days[name] or date.min, name))
    return [source_of_url(names[name], page.channel, is_listed=True) for name in chosen[:MAX_LOGS]]


def _join_link(base: str, link: str) -> str:
    """Return where a link leads without its fragment, "" if it cannot be parsed."""
    url = (join_url(base, link) or "").partition("#")[0]
    parts = split_url(url)
    return url if parts and parts.hostname and url.isprintable() else ""


_UNKNOWN = (
    "this is not a log of a known format: Limnoria (supybot) or its pages by irclog2html, WeeChat, irssi, ZNC, "
    "The Lounge, Textual, mIRC, HexChat, Konversation, KVIrc, plain text of Pidgin, or a JSON export of a Matrix room"
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says of the logs.

    :param channel: where their names do not say it, without ``#``.
    :param url: a template of the links to lines, see :mod:`~sphinxext.digest.gather.irc.logs`.
    :param since: the first day of interest, in UTC; ``until`` is the last.
    :param day: of logs that have only times, where their names do not say it.
    :param offset: how far ahead of UTC the times of logs are that name no zone.
    """

    channel: str | None = None
    url: str | None = None
    since: date | None = None
    until: date | None = None
    day: date | None = None
    offset: timedelta = timedelta(0)

    def covers(self, day: date) -> bool:
        """Whether successes of a day in UTC are of interest."""
        return (self.since or day) <= day <= (self.until or day)

    def may_matter(self, day: date) -> bool:
        """Whether a log of a day may have such successes, or corrections of them: zones differ by a day at most."""
        around = timedelta(days=1)
        return any(self.covers(one) for one in (day - around, day, day + around))


class Collector:
    """Reads logs one after the other, and has the drafts of all of them in the end.

    :param progress: is told how many bytes were read since it was told the last time.
    """

    def __init__(self, wishes: Wishes, progress: Callable[[int], None] | None = None) -> None:
        self.wishes = wishes
        self.progress = progress
        self.problems: list[Problem] = []
        self.listeners: dict[str | None, Listener] = {}
        #: The servers that did not answer, with the reason. Each may take a minute, and a page may list many logs.
        self._silent: dict[str, str] = {}

    def read(self, source: Source) -> None:
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
        """The successes of the days of interest, oldest first."""
        heard = [one for listener in self.listeners.values() for one in listener.heard]
        return [_draft_of(one) for one in distinct(heard) if self.wishes.covers(moment_of(one.moment).day)]

    def _read_format(self, source: Source, first: bytes, chunks: Iterator[bytes]) -> None:
        found = recognise(first)
        if isinstance(found, int):
            if found and not self._read_listed(source, first, chunks):
                self._complain(source, found, Code.NOT_A_LOG, _UNKNOWN)
        elif found.is_json:
            self._read_room(source, first, chunks)
        else:
            self._read_lines(source, found, first, chunks)

    def _read_listed(self, source: Source, first: bytes, chunks: Iterator[bytes]) -> bool:
        """Read the logs that a page of a server lists, and say whether there are any."""
        if source.url is None or source.is_listed or not is_page(first):
            return False
        data = _whole(first, chunks, MAX_INDEX_BYTES)
        logs = listed_logs(data, source, self.wishes.may_matter, as_pages=not self.wishes.url)
        for log in logs:
            self.read(log)
        return bool(logs)

    def _read_lines(self, source: Source, found: LogFormat, first: bytes, chunks: Iterator[bytes]) -> None:
        listener = self._listener(source.channel or self.wishes.channel or found.channel)
        log = found.log(source.day or found.day or self.wishes.day, self.wishes.offset)
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
                url = self._url(source, listener, Line(event, line, number)) if event.text[:1] else None
                listener.hear(event.nick, event.text, event.moment, url)
            elif event is not None:
                listener.rename(event.before, event.after)
        if number and not (log.known or found.is_page or has_messages(found.log, first)):
            self._complain(source, number, Code.NOT_A_LOG, _UNKNOWN)

    def _read_room(self, source: Source, first: bytes, chunks: Iterator[bytes]) -> None:
        """Messages and their edits: an edit is a correction at any time."""
        try:
            room = read_export(_whole(first, chunks, MAX_BYTES))
        except NotAnExportError as error:
            self._complain(source, error.line, Code.NOT_A_LOG, str(error))
            return
        listener = self._listener(source.channel or self.wishes.channel or room.name)
        known: dict[str, tuple[RoomMessage, TrackedCommand | None]] = {}
        for message in room.messages:
            before, heard = known.get(message.replaces, (None, None)) if message.replaces else (None, None)
            if before is not None and before.sender != message.sender:
                continue
            if heard is not None:
                listener.edit(heard, message.text)
                continue
            said = before or message
            told = listener.hear(message.nick, message.text, said.moment, self._room_url(source, listener, said))
            known[said.identifier] = said, told

    def _url(self, source: Source, listener: Listener, line: Line) -> str | None:
        if not self.wishes.url:
            url = f"{source.url}#{line.anchor}" if source.url and line.anchor else source.url
            return _sound_url(url)
        url = fill(self.wishes.url, listener.channel, line)
        if url is None:
            self._complain(source, line.number, Code.BAD_URL, "--url has {channel}: name the channel with --channel")
        return _sound_url(url)

    def _room_url(self, source: Source, listener: Listener, message: RoomMessage) -> str | None:
        if not self.wishes.url:
            return _sound_url(message.url)
        stamp = f"{message.moment:%Y-%m-%dT%H:%M:%S}"
        return self._url(source, listener, Line(Said(message.moment, stamp, message.nick, message.text), None, 1))

    def _listener(self, channel: str | None) -> Listener:
        key = channel.casefold() if channel else None
        return self.listeners.setdefault(key, Listener(channel))

    def _complain(self, source: Source, line: int, code: Code, message: str) -> None:
        problem = Problem(source.name, line, 1 if line else 0, code, message)
        if not any((one.path, one.code) == (problem.path, code) for one in self.problems):
            self.problems.append(problem)


def _joined(first: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from chunks


def _whole(first: bytes, chunks: Iterator[bytes], max_bytes: int) -> bytes:
    """All that there is, where it cannot be read in pieces."""
    data = bytearray(first)
    for chunk in chunks:
        data += chunk
        if len(data) > max_bytes:
            raise BrokenError(f"it is larger than {max_bytes:,} bytes", Code.TOO_LARGE)
    return bytes(data)


def _sound_url(url: str | None) -> str | None:
    """A URL if a fragment may have it."""
    try:
        return check_url(url) if url else None
    except ValueProblem:
        return None


def _draft_of(one: TrackedCommand) -> Draft:
    comment = f"Corrected by {one.nick}. It was told as: {one.command.text}"
    return draft_success(one, comment=() if one.current == one.command else (comment,))
