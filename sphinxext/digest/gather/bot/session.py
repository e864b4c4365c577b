"""Stay on a network from the login to the end of the connection: join channels and rejoin them, hear, and reply."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from sphinxext.digest.gather.bot import BotSettings, Waits
from sphinxext.digest.gather.bot.replies import ReplyQueue
from sphinxext.digest.gather.irc.relays import Speech
from sphinxext.digest.model.period import YEARS
from sphinxext.digest.net.irc.connection import Connection, Registration
from sphinxext.digest.net.irc.protocol import Backoff, IrcMessage, fold_case, is_word

#: Seconds until a server that does not answer a JOIN is asked again.
_UNANSWERED = 60


class Channels:
    """The state of each channel that a bot is to be in. Times are seconds of one clock that never goes back."""

    def __init__(self, names: Iterable[str], waits: Waits) -> None:
        self.mapping = "rfc1459"
        self._names = tuple(names)
        self._waits = waits
        self._inside: set[str] = set()
        self._due: dict[str, float] = dict.fromkeys(self._names, 0.0)
        self._backoffs = {name: Backoff(waits.rejoin, waits.longest_rejoin) for name in self._names}

    def find(self, name: str) -> str | None:
        """Return the channel as the settings write it, or None for any other."""
        key = fold_case(name, self.mapping)
        return next((known for known in self._names if fold_case(known, self.mapping) == key), None)

    def is_inside(self, name: str) -> bool:
        """Return True if the bot is in a channel, named as in the settings."""
        return name in self._inside

    @property
    def is_complete(self) -> bool:
        """True if the bot is in all of its channels."""
        return len(self._inside) == len(set(map(self.find, self._names)))

    @property
    def missing(self) -> list[str]:
        """The channels that the bot is not in."""
        return [name for name in self._names if name not in self._inside]

    def to_join(self, now: float) -> list[str]:
        """Return the channels to be joined now."""
        due = [name for name, time in self._due.items() if time <= now]
        for name in due:
            self._due[name] = now + _UNANSWERED
        return due

    def entered(self, name: str) -> None:
        """Note that the bot is in a channel."""
        self._inside.add(name)
        self._due.pop(name, None)

    def shut_out(self, name: str, now: float) -> float:
        """Note that the bot is not in a channel, or not any more; after how many seconds it tries again."""
        self._inside.discard(name)
        wait = self._backoffs[name].next()
        self._due[name] = now + wait
        return wait

    def settle(self, name: str) -> None:
        """Note that a channel lets the bot stay: what was refused before does not count any more."""
        self._backoffs[name].reset()


logger = logging.getLogger(__name__)

#: Called with what somebody says, the channel as the settings write it, and the time.
Hear = Callable[[Speech, str, datetime], None]
#: Called with the old and the new nick of somebody.
Rename = Callable[[str, str], None]

#: Replies that say why a channel was not joined (RFC 2812, 5.2, and what servers have added).
_NOT_JOINED = frozenset({"403", "405", "407", "437", "471", "473", "474", "475", "476", "477", "480", "489", "520"})
#: The message of a user whose server was split off: the names of two servers (RFC 1459, 4.1.6).
_NETSPLIT = re.compile(r"[\w*-]+(?:\.[\w*-]+)+ [\w*-]+(?:\.[\w*-]+)+")
#: The time of a message (https://ircv3.net/specs/extensions/server-time).
_SERVER_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


class Session:
    """The bot's stay on a server after login: joins, messages, replies, and its nick."""

    def __init__(
        self,
        connection: Connection,
        registration: Registration,
        settings: BotSettings,
        replies: ReplyQueue,
        hear: Hear,
        rename: Rename,
    ) -> None:
        self.channels = Channels(settings.channels, settings.waits)
        self.nick = registration.nick
        self.complete = asyncio.Event()
        self._connection = connection
        self._settings = settings
        self._logged_in = registration.logged_in
        self._replies = replies
        self._hear = hear
        self._rename = rename
        self._welcome = asyncio.Event()
        self._identified = asyncio.Event()
        self._clock = asyncio.get_running_loop().time
        self._splits: dict[str, float] = {}
        self._handlers: dict[str, Callable[[IrcMessage], None]] = {
            "005": self._on_isupport,
            "376": self._on_welcome,
            "422": self._on_welcome,
            "900": self._on_identified,
            "JOIN": self._on_join,
            "PART": self._on_part,
            "KICK": self._on_kick,
            "NICK": self._on_nick,
            "QUIT": self._on_quit,
            "PRIVMSG": self._on_message,
            "NOTICE": self._on_notice,
            "404": self._on_cannot_send,
            **dict.fromkeys(_NOT_JOINED, self._on_not_joined),
        }

    async def run(self) -> None:
        """Stay until the connection is lost.

        :raises ConnectionLost: then.
        """
        tasks = [asyncio.create_task(work()) for work in (self._join, self._reply, self._regain)]
        try:
            async for message in self._connection.messages():
                if handler := self._handlers.get(message.command):
                    handler(message)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _join(self) -> None:
        await self._welcome.wait()
        await self._identify()
        while True:
            for name in self.channels.to_join(self._clock()):
                self._connection.send("JOIN", name)
            await asyncio.sleep(self._settings.waits.tick)

    async def _identify(self) -> None:
        """Log in with NickServ if the server lacks SASL, and give it time before channels ask who the bot is."""
        login = self._settings.login
        if not login.password or self._logged_in:
            return
        logger.info("the server has no SASL: logging in with NickServ")
        self._connection.send_secret("PRIVMSG", "NickServ", f"IDENTIFY {login.account} {login.password}")
        try:
            async with asyncio.timeout(self._settings.waits.nickserv):
                await self._identified.wait()
        except TimeoutError:
            logger.warning("NickServ has not answered")

    async def _reply(self) -> None:
        while True:
            line = self._replies.next(self.channels.is_inside)
            if line is None:
                await asyncio.sleep(min(0.2, self._settings.waits.answer))
                continue
            self._connection.send("PRIVMSG", *line)
            logger.debug("replied in %s: %s", *line)
            await asyncio.sleep(self._settings.waits.answer)

    async def _regain(self) -> None:
        """Ask for the nick that the bot should have, as long as it has another one."""
        wanted = self._settings.login.nick
        while True:
            await asyncio.sleep(self._settings.waits.regain)
            if not self._is_me(wanted):
                if self._settings.login.password:
                    # services that know the account free its nick; who is not logged in is refused
                    self._connection.send("PRIVMSG", "NickServ", f"REGAIN {wanted}")
                self._connection.send("NICK", wanted)

    def _is_me(self, nick: str) -> bool:
        return self._fold(nick) == self._fold(self.nick)

    def _fold(self, name: str) -> str:
        return fold_case(name, self.channels.mapping)

    def _on_isupport(self, message: IrcMessage) -> None:
        for token in message.params[1:-1]:
            name, _, value = token.partition("=")
            if name == "CASEMAPPING":
                self.channels.mapping = value
            elif name == "BOT" and len(value) == 1:
                # the mode that says that a user is a bot: https://ircv3.net/specs/extensions/bot-mode
                self._connection.send("MODE", self.nick, f"+{value}")

    def _on_welcome(self, message: IrcMessage) -> None:
        self._welcome.set()

    def _on_identified(self, message: IrcMessage) -> None:
        self._identified.set()

    def _on_notice(self, message: IrcMessage) -> None:
        if self._fold(message.nick) == "nickserv":
            logger.info("NickServ says: %s", message.param(-1))
            self._identified.set()

    def _on_join(self, message: IrcMessage) -> None:
        if not self._is_me(message.nick):
            return
        if (name := self.channels.find(message.param(0))) is None:
            # some servers send users on to another channel
            logger.warning("left %s, which is not among the channels", message.param(0))
            self._connection.send("PART", message.param(0))
            return
        self.channels.entered(name)
        logger.info("joined %s as %s", name, self.nick)
        if self.channels.is_complete:
            self.complete.set()

    def _on_not_joined(self, message: IrcMessage) -> None:
        if (name := self.channels.find(message.param(1))) and not self.channels.is_inside(name):
            wait = self.channels.shut_out(name, self._clock())
            logger.warning("cannot join %s, next attempt in %.0f s: %s", name, wait, message.param(-1))

    def _on_part(self, message: IrcMessage) -> None:
        if self._is_me(message.nick) and (name := self.channels.find(message.param(0))):
            wait = self.channels.shut_out(name, self._clock())
            logger.warning("was made to leave %s, back in %.0f s", name, wait)

    def _on_kick(self, message: IrcMessage) -> None:
        if self._is_me(message.param(1)) and (name := self.channels.find(message.param(0))):
            wait = self.channels.shut_out(name, self._clock())
            logger.warning("kicked from %s by %s, back in %.0f s: %s", name, message.nick, wait, message.param(2))

    def _on_nick(self, message: IrcMessage) -> None:
        if not is_word(message.param(0)):
            return
        if self._is_me(message.nick):
            self.nick = message.param(0)
            logger.info("the bot is called %s now", self.nick)
        else:
            self._rename(message.nick, message.param(0))
            self._on_free(message.nick)

    def _on_quit(self, message: IrcMessage) -> None:
        words = message.param(0)
        if _NETSPLIT.fullmatch(words) and self._clock() - self._splits.get(words, float("-inf")) > 60:
            if len(self._splits) > 100:  # anybody can quit with such words
                self._splits.clear()
            self._splits[words] = self._clock()
            logger.warning("netsplit between %s: its users are gone for now", words.replace(" ", " and "))
        self._on_free(message.nick)

    def _on_free(self, nick: str) -> None:
        """Take the nick that the bot should have as soon as its holder is gone."""
        wanted = self._settings.login.nick
        if self._fold(nick) == self._fold(wanted) and not self._is_me(wanted):
            self._connection.send("NICK", wanted)

    def _on_cannot_send(self, message: IrcMessage) -> None:
        logger.warning("cannot speak in %s: %s", message.param(1), message.param(-1))

    def _on_message(self, message: IrcMessage) -> None:
        """A message in a channel. Private ones, actions and other CTCP, and what bots say are not for us.

        Relays are bots, and what they say is said by people.
        """
        name, text = self.channels.find(message.param(0)), message.param(1)
        if name is None or text.startswith("\x01") or not message.nick:
            return
        if "bot" in message.tags and message.nick not in self._settings.relays:
            return
        if self._is_me(message.nick) or self._is_ignored(message.nick):
            return
        self.channels.settle(name)
        speech = self._settings.relays.speech(message.nick, message.nick, text)
        if speech is not None and not self._is_ignored(speech.nick):
            self._hear(speech, name, _time_of(message))

    def _is_ignored(self, nick: str) -> bool:
        return any(self._fold(nick) == self._fold(name) for name in self._settings.ignored)


def _time_of(message: IrcMessage) -> datetime:
    """Return the time that the server says, as a bouncer does of what it has kept; else it is now. In UTC."""
    now = datetime.now(UTC)
    text = message.tags.get("time", "")
    if not _SERVER_TIME.fullmatch(text):
        return now
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return now
    # no fragment can have a day of another year
    return min(now, time) if time.year in YEARS else now
