"""``#success`` and ``#thanks``, as SuccessBot knows them, and the drafts that they become.

The commands are those of OpenStack's statusbot, without its mistakes: it takes ``#successful`` for one, and a success
that says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from unicodedata import category

from sphinxext.digest.archive.escape import begun, escaped
from sphinxext.digest.collect.draft import Draft, identity_of, make_draft
from sphinxext.digest.collect.plain import visible_text, without_codes
from sphinxext.digest.model import Moment

#: A command stands at the very start, and ends with its word.
_COMMAND = re.compile(r"#(success|thanks)(?::|,?(?=\s))\s*(.*)", re.DOTALL)
#: Whom thanks go to, as people address each other: ``nick:``, ``@nick``.
_ON_MATRIX = re.compile(r"@(?P<nick>[^\s:@]+):[^\s:]\S*")
_RECIPIENT = re.compile(r"(?P<nick>\S+)\s+(?P<text>\S.*)", re.DOTALL)


class Deed(StrEnum):
    """What somebody told."""

    SUCCESS = "success"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Told:
    """What a message tells SuccessBot: ``text`` is plain text on one line; only thanks have a ``recipient``."""

    kind: Deed
    recipient: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one telling is known by, whoever keeps it: all but the day is as it was first told.

    :param channel: with or without its ``#``; None if nothing says it.
    :param moment: in any time zone. The identity has its day in UTC only: the clocks of a bot and of a log differ, and
        some logs have no seconds.
    :param repeat: counts those who are otherwise alike from 1: the same words of the same nick, later on the same day.
    """

    nick: str
    channel: str | None
    moment: datetime
    told: Told
    repeat: int = 1

    @property
    def identity(self) -> str:
        """The identity of the fragment: 16 hexadecimal digits, the same for a bot and for each log."""
        day = self.moment.astimezone(UTC).date()
        told = self.told
        words = (told.kind, (self.channel or "").lstrip("#").casefold(), day, self.nick.casefold(), self.repeat)
        return identity_of("told", *words, told.recipient or "", told.text)


def parse(text: str) -> Told | None:
    """What a message in a channel tells SuccessBot, or None.

    ``#success text`` and ``#thanks nick text`` at the very start; white space is folded, and what nobody sees is
    left out, see :func:`~sphinxext.digest.collect.irc.plain.visible_text`. A colon may follow the command and the
    nick. A message without words is none.

    :param text: the message alone, without the nick. Actions, notices and private messages are for the caller to tell.
    """
    match = _COMMAND.match(without_codes(text))
    if match is None:
        return None
    words = visible_text(match[2])
    if match[1] == Deed.SUCCESS:
        return Told(Deed.SUCCESS, None, words) if _says_something(words) else None
    thanks = _RECIPIENT.fullmatch(words)
    if thanks is None or not _says_something(thanks["text"]):
        return None
    recipient = _nick_of(thanks["nick"])
    return Told(Deed.THANKS, recipient, thanks["text"]) if recipient else None


def draft_success(
    telling: Telling, *, now: Told | None = None, url: str | None = None, comment: Iterable[str] = ()
) -> Draft:
    """The fragment of one success or thanks. Its text is escaped, so that nothing of it is markup.

    :param now: what it became by corrections; the identity stays that of what was told first.
    :param url: the line in the log of the channel, one that a fragment may have.
    :param comment: lines of plain text for the top of the file.
    """
    told = now or telling.told
    note = {
        "nick": visible_text(telling.nick) or None,
        "thanks": told.recipient,
        "text": begun(escaped(told.text)),
        "channel": (visible_text(telling.channel).removeprefix("#") or None) if telling.channel else None,
        "url": url,
        "date": moment_of(telling.moment),
    }
    return make_draft(telling.identity, told.text, {"successes": [note]}, comment=map(visible_text, comment))


def moment_of(time: datetime) -> Moment:
    """A time in any zone as fragments have it, in UTC and without fractions of seconds."""
    utc = time.astimezone(UTC).replace(microsecond=0)
    return Moment(utc.date(), utc)


def _says_something(text: str) -> bool:
    """Whether there is a letter, a digit or a picture in a text, not punctuation alone."""
    return any(character.isalnum() or category(character) == "So" for character in text)


def _nick_of(word: str) -> str:
    """Return the nick of somebody who is addressed as ``nick:``, ``@nick`` or, on Matrix, ``@nick:server``."""
    nick = word.rstrip(":,")
    if match := _ON_MATRIX.fullmatch(nick):
        return match["nick"]
    return nick.removeprefix("@") if ":" not in nick else nick
