"""Run the bot: connect again and again, pass commands to the recorder, and stop on a signal."""

from __future__ import annotations

import asyncio
import logging
import signal
import ssl
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Thread
from typing import TypeVar

from sphinxext.digest.collection.people import People
from sphinxext.digest.gather.bot import BotSettings, MatrixSettings
from sphinxext.digest.gather.bot.editing import Answer, Picture, PictureFolder
from sphinxext.digest.gather.bot.journal import Journal, JournalEntry
from sphinxext.digest.gather.bot.matrix import MatrixSession, check_rooms
from sphinxext.digest.gather.bot.recorder import Recorder
from sphinxext.digest.gather.bot.replies import ReplyQueue
from sphinxext.digest.gather.bot.repository import Repository
from sphinxext.digest.gather.bot.session import Hear, Rename, Session
from sphinxext.digest.gather.bot.success_tracker import Origin, SuccessTracker
from sphinxext.digest.gather.bot.sync_state import SyncState
from sphinxext.digest.gather.irc import parse
from sphinxext.digest.gather.irc.relays import Speech
from sphinxext.digest.gather.matrix import MatrixClient, MatrixError
from sphinxext.digest.net.irc import Server
from sphinxext.digest.net.irc.connection import Connection, ConnectionLost, LoginRefused, Registration
from sphinxext.digest.net.irc.protocol import Backoff

T = TypeVar("T")


class DaemonThreads(ThreadPoolExecutor):
    """Runs each call in a daemon thread of its own.

    A usual executor waits at its end for the look-up of a name that nobody answers, or for a disk that hangs.
    """

    def submit(self, fn: Callable[..., T], /, *args: object, **kwargs: object) -> Future[T]:
        """Start a call."""
        future: Future[T] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

        Thread(target=run, daemon=True).start()
        return future


logger = logging.getLogger(__name__)

#: The message of the bot's QUIT.
_FAREWELL = "SuccessBot is stopped"
_TO_STOP = (signal.SIGINT, signal.SIGTERM)


class Bot:
    """A SuccessBot that runs until a signal stops it.

    :param context: for encrypted connections; see :meth:`~sphinxext.digest.net.irc.connection.Security.context`.
    :param draft: whether fragments are drafts.
    :param log_url: where the line is in the channel's log; see
        :class:`~sphinxext.digest.gather.bot.success_tracker.SuccessTracker`, and for ``people`` as well.
    :param answers: what the editors' room on Matrix can ask for.
    :param pictures: where pictures of notes are saved; without it, there are none.
    """

    def __init__(
        self,
        settings: BotSettings,
        context: ssl.SSLContext | None,
        journal: Journal,
        repository: Repository,
        *,
        draft: bool = False,
        log_url: str = "",
        state: SyncState | None = None,
        people: People | None = None,
        answers: Mapping[str, Answer] | None = None,
        pictures: PictureFolder | None = None,
    ) -> None:
        self._settings = settings
        self._context = context
        self._answers, self._pictures = answers or {}, pictures
        self._journal = journal
        self._replies = ReplyQueue(settings.url)
        # by the tokens of entries that are not in the journal yet: the replies to be sent as soon as they are, each
        # with its channel and nick
        self._unrecorded: dict[str, list[tuple[str, str, str]]] = {}
        self._recorder = Recorder(journal, repository, self._recorded)
        # by token: how many entries of messages on Matrix are not in the journal yet; a text may come back
        self._unwritten: Counter[str] = Counter()
        self._written = asyncio.Event()
        self._state = state
        now = datetime.now(UTC)
        # what the server told of last is told of again, however long ago that was
        pending, committed = journal.open(min(now, state.saved or now) if state else now)
        self._pending = pending
        self._tracker = SuccessTracker([*committed, *pending], draft=draft, log_url=log_url, people=people)

    async def run(self) -> bool:
        """Work until SIGTERM or SIGINT; return True if everything that was heard is safe.

        :raises Exception: what no part of the bot expects.
        """
        stop = _stop_event()
        asyncio.get_running_loop().set_default_executor(DaemonThreads())
        if self._pending:
            logger.info("%d in the journal, to be committed", len(self._pending))
        self._recorder.replay(self._pending)
        recording = asyncio.create_task(self._recorder.run())
        listening = asyncio.create_task(self._listen_everywhere())
        stopping = asyncio.create_task(stop.wait())
        try:
            done, _ = await asyncio.wait({recording, listening, stopping}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {stopping}:
                task.result()
            logger.info("stopping")
        finally:
            listening.cancel()
            stopping.cancel()
            safe, _ = await asyncio.gather(self._finish(recording), asyncio.wait({listening}))
        return safe

    async def _finish(self, recording: asyncio.Task[None]) -> bool:
        safe = recording.done() or await self._recorder.finish()
        # a thread that still works on the journal must not find another file in its place
        if self._recorder.has_ended:
            self._journal.close()
        recording.cancel()
        return safe

    async def _listen_everywhere(self) -> None:
        networks = [self._listen()] if self._settings.servers else []
        if self._settings.matrix is not None and self._state is not None:
            networks.append(self._listen_on_matrix(self._settings.matrix, self._state))
        await asyncio.gather(*networks)

    async def _listen_on_matrix(self, settings: MatrixSettings, state: SyncState) -> None:
        """Stay in sync with the homeserver, with growing pauses while it does not answer."""
        waits = self._settings.waits
        backoff = Backoff(waits.reconnect, waits.longest_reconnect)
        client = MatrixClient(settings.server, settings.token)
        while True:
            session = MatrixSession(
                client, settings, state, self, self._settings.url, waits, self._answers, self._pictures
            )
            try:
                await session.run(backoff.reset)
            except MatrixError as error:
                pause = backoff.next()
                level = logging.WARNING if error.offline else logging.ERROR
                logger.log(level, "%s: %s; next attempt in %.0f s", settings.server, error, pause)
                await asyncio.sleep(pause)

    async def _listen(self) -> None:
        """One session after the other, with growing pauses while none of them lasts."""
        waits = self._settings.waits
        backoff = Backoff(waits.reconnect, waits.longest_reconnect)
        clock = asyncio.get_running_loop().time
        while True:
            server = self._settings.servers[backoff.failures % len(self._settings.servers)]
            started = clock()
            try:
                await self._stay(server)
            except ConnectionLost as error:
                if clock() - started > waits.stable:
                    backoff.reset()
                pause = backoff.next()
                level = logging.ERROR if isinstance(error, LoginRefused) else logging.WARNING
                logger.log(level, "%s: %s; next attempt in %.0f s", server, error, pause)
                await asyncio.sleep(pause)

    async def _stay(self, server: Server) -> None:
        logger.info("connecting to %s", server)
        connection = await Connection.open(server, self._context, self._settings.waits)
        reason = ""
        try:
            session = await enter(connection, self._settings, self._replies, self._hear, self._tracker.rename)
            await session.run()
        except asyncio.CancelledError:
            reason = _FAREWELL
            raise
        finally:
            await asyncio.shield(connection.close(reason))

    def _hear(self, speech: Speech, channel: str, moment: datetime) -> None:
        nick, text = speech.nick, speech.text
        if self._recorder.is_full:
            # it is not remembered either, so that it counts as new when it is told again
            if parse(text):
                words = "not recorded, too many wait for the journal: %s in %s at %s: %s"
                logger.error(words, nick, channel, moment.isoformat(timespec="seconds"), text)
                self._replies.add(channel, nick, "I cannot record anything at the moment, sorry")
            return
        found = self._tracker.hear(nick, channel, text, moment, speaker=speech.speaker)
        if found is None:
            return
        entry, is_new = found
        if not is_new:
            logger.info("%s in %s tells again: %s", nick, channel, text)
            if (waiting := self._unrecorded.get(entry.token)) is not None:
                waiting.append((channel, nick, entry.kind))
            else:
                self._replies.add(channel, nick, entry.kind)
            return
        logger.info("%s of %s in %s: %s", entry.kind, nick, channel, text)
        is_correction = parse(text) is None
        said = f"Corrected {entry.kind}" if is_correction else entry.kind
        self._unrecorded[entry.token] = [(channel, nick if is_correction else entry.nick, said)]
        self._recorder.add(entry)

    def hear(self, nick: str, channel: str, text: str, moment: datetime, origin: Origin) -> JournalEntry | None:
        """Record what a message on Matrix tells or corrects; return its entry, which may be an old one."""
        return self._take(self._tracker.hear(nick, channel, text, moment, origin), text)

    def edit(self, event: str, sender: str, text: str) -> JournalEntry | None:
        """Record what a message that told something was edited to."""
        return self._take(self._tracker.edit(event, sender, text), text)

    def take_back(self, event: str, why: str) -> JournalEntry | None:
        """Record that a success was taken back, and by whom."""
        return self._take(self._tracker.take_back(event), why)

    def accept(self, event: str, who: str) -> JournalEntry | None:
        """Record that an editor accepts a success, which is no draft any more."""
        return self._take(self._tracker.accept(event), f"accepted by {who}")

    def put(
        self, nick: str, channel: str, text: str, moment: datetime, origin: Origin, group: str
    ) -> JournalEntry | None:
        """Record that a message belongs to a section."""
        return self._take(self._tracker.put(nick, channel, text, moment, origin, group), f"put into {group}")

    def illustrate(self, event: str, picture: Picture) -> JournalEntry | None:
        """Record that the note of a message has a picture."""
        return self._take(self._tracker.illustrate(event, picture.path, picture.as_rst()), f"has {picture.path}")

    def entry(self, event: str) -> JournalEntry | None:
        """Return the last entry of a message."""
        return self._tracker.entry(event)

    def last_of(self, sender: str, room: str, before: datetime) -> str:
        """Return the last message of somebody in a room that is in a section."""
        return self._tracker.last_of(sender, room, before)

    def knows(self, event: str) -> bool:
        """Return True if a message was recorded."""
        return self._tracker.knows(event)

    async def recorded(self) -> None:
        """Wait until all messages of Matrix are in the journal."""
        while self._unwritten:
            self._written.clear()
            await self._written.wait()

    def _take(self, found: tuple[JournalEntry, bool] | None, text: str) -> JournalEntry | None:
        if found is None:
            return None
        entry, is_new = found
        if is_new:
            logger.info("%s of %s in %s: %s", entry.kind, entry.nick, entry.channel, text)
            self._unwritten[entry.token] += 1
            self._recorder.add(entry)
        return entry

    def _recorded(self, entries: Sequence[JournalEntry]) -> None:
        for entry in entries:
            if self._unwritten[entry.token] > 0:
                self._unwritten[entry.token] -= 1
            for channel, nick, said in self._unrecorded.pop(entry.token, ()):
                self._replies.add(channel, nick, said)
        self._unwritten = +self._unwritten
        self._written.set()


async def enter(
    connection: Connection, settings: BotSettings, replies: ReplyQueue, hear: Hear, rename: Rename
) -> Session:
    """Log in with an open connection.

    :raises ConnectionLost: if that cannot be done.
    """
    registration = Registration(connection, settings.login)
    await registration.run(settings.waits.login)
    logger.info("on the network as %s", registration.nick)
    return Session(connection, registration, settings, replies, hear, rename)


async def check(settings: BotSettings, context: ssl.SSLContext | None, state: SyncState | None = None) -> bool:
    """Connect to the first server, join all channels and leave again; return True if that worked.

    On Matrix the bot stays in the rooms that it joins.
    """
    asyncio.get_running_loop().set_default_executor(DaemonThreads())
    on_irc = await _check_irc(settings, context) if settings.servers else True
    return (await _check_matrix(settings.matrix, state) if settings.matrix and state else True) and on_irc


async def _check_matrix(settings: MatrixSettings, state: SyncState) -> bool:
    try:
        return await check_rooms(MatrixClient(settings.server, settings.token), settings, state)
    except MatrixError as error:
        logger.error("%s: %s", settings.server, error)
        return False


async def _check_irc(settings: BotSettings, context: ssl.SSLContext | None) -> bool:
    server = settings.servers[0]
    try:
        connection = await Connection.open(server, context, settings.waits)
    except ConnectionLost as error:
        logger.error("%s: %s", server, error)
        return False
    try:
        return await _check_channels(connection, settings)
    except ConnectionLost as error:
        logger.error("%s: %s", server, error)
        return False
    finally:
        await connection.close("Only a check")


async def _check_channels(connection: Connection, settings: BotSettings) -> bool:
    session = await enter(connection, settings, ReplyQueue(""), lambda *_: None, lambda *_: None)
    running = asyncio.create_task(session.run())
    complete = asyncio.create_task(session.complete.wait())
    try:
        await asyncio.wait({running, complete}, timeout=settings.waits.check, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
    finally:
        for task in (running, complete):
            task.cancel()
        await asyncio.gather(running, complete, return_exceptions=True)
    if missing := session.channels.missing:
        logger.error("not joined: %s", ", ".join(missing))
    return not missing


def _stop_event() -> asyncio.Event:
    """Return an event that is set by the signals that stop the bot."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _TO_STOP:
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows: Ctrl-C interrupts the program
            continue
    return stop
