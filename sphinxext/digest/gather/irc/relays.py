"""Find out who spoke behind a relay: a bot that says on one network what people say on another.

The forms are those of matterbridge, Limnoria's Relay, discord-irc, TeleIRC and Heisenbridge. Only what a relay of the
settings says is read so. Everybody else who writes ``<ada> #success`` says just that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sphinxext.digest.gather.irc.matrix import nick_of
from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.text import visible_text, without_codes

_NETWORK = r"(?:\[[^\[\]<>]{1,40}\] ?)?"
#: ``<nick> text``, ``<nick@net> text``, ``[net] <nick> text``, and ``**<nick>** text`` where bold is Markdown.
_IN_BRACKETS = re.compile(
    rf"{_NETWORK}[*_`]{{0,3}}<(?P<nick>[^<>]{{1,200}})>[*_`]{{0,3}}:?\s+(?P<text>\S.*)", re.DOTALL
)
#: ``nick: text``, ``[net] nick: text``, ``[net] @nick: text``
_WITH_COLON = re.compile(rf"{_NETWORK}@?(?P<nick>[^\s:<>\[\]@#]{{1,100}}):\s+(?P<text>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Speech:
    """A message of a person. ``speaker`` tells the person from everybody else, also from those of the same nick."""

    speaker: str
    nick: str
    text: str


class Relays:
    """The relays that are believed.

    :param names: their nicks on IRC, or the names or IDs by which a chat tells its users apart; case does not count.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.casefold() for name in names)

    def __contains__(self, sender: str) -> bool:
        return bool(self._names) and sender.casefold() in self._names

    def speech(self, sender: str, nick: str, text: str) -> Speech | None:
        """Return what a person says, behind a relay or not; None for the words of a relay itself.

        :param sender: the nick on IRC; in a chat, what its users cannot choose freely.
        """
        if sender not in self:
            return Speech(sender, nick, text)
        words = without_codes(text)
        match = _IN_BRACKETS.match(words) or _WITH_COLON.match(words)
        name = _name_of(match["nick"]) if match else ""
        return Speech(behind(sender, name), name, match["text"]) if match and name else None

    def message(self, message: ChatMessage) -> ChatMessage | None:
        """Return a message of a chat as that of who spoke; None for the words of a relay itself."""
        if message.author not in self:
            return message
        found = self.speech(message.author, message.nick, message.text)
        return replace(message, sender=found.speaker, nick=found.nick, text=found.text) if found else None


def behind(relay: str, nick: str) -> str:
    """Return the speaker behind a relay, which no sender is called: there is a space in it."""
    return f"{relay} {nick}"


def _name_of(text: str) -> str:
    """Return the nick of ``nick``, ``nick@network`` or ``@nick:server``, without what keeps it from being called."""
    name = visible_text(text)
    if name.startswith("@"):
        return nick_of(name)
    nick, _, network = name.rpartition("@")
    return nick if nick and network and " " not in name else name
