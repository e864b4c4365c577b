"""``#success`` and ``#thanks``, as SuccessBot knows them, and the drafts that they become.

The commands are those of OpenStack's statusbot, without its mistakes: it takes ``#successful`` for one, and a success
that says nothing.

Second thoughts: what somebody says soon after a success to put it right.

Listening to channels: what is said in them, in the order of time, to what was told and what became of it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from difflib import SequenceMatcher
from enum import StrEnum
from unicodedata import category

from sphinxext.digest.fragments.draft import Draft, identity_of, make_draft
from sphinxext.digest.model import Moment
from sphinxext.digest.text.rst import begun, escaped
from sphinxext.digest.text.visible import visible_text, without_codes

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
    left out, see :func:`~sphinxext.digest.text.encoding.visible_text`. A colon may follow the command and the
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


#: How long after a success a correction of it may follow.
WINDOW = timedelta(minutes=5)
#: No correction makes a text longer, and none is longer itself.
MAX_TEXT, MAX_CORRECTION = 10_000, 1_000

#: ``s/old/new/``: any usual delimiter, which a backslash escapes; the last one may be missing.
_SED = re.compile(
    r"s(?P<mark>[/|#,:;!@%~^+=])(?P<old>(?:(?!(?P=mark))[^\\]|\\.)+)(?P=mark)(?P<new>(?:(?!(?P=mark))[^\\]|\\.)*)"
    r"(?:(?P=mark)(?P<flags>[gi]*)\s*)?\Z",
    re.DOTALL,
)
#: Two words are one with a slip of the fingers if they are so much alike and have about the same length.
_ALIKE, _DIFFERENCE, _SHORT = 0.75, 2, 4
_SLIPS = 2


def corrected(told: Told, message: str, since: str = "") -> Told | None:
    """What a success becomes by a later message of the same nick, or None if that is no correction of it.

    A correction is ``s/old/new/`` as in sed, or the same again, see :func:`is_told_again`. Here ``old`` is words and
    not an expression. The caller sees to it that no more than :data:`WINDOW` has passed.

    :param since: what the nick said in between, if anything: a correction that fits there is about that.
    """
    again = parse(message)
    if again is not None:
        return again if is_told_again(told, again) else None
    match = _SED.match(without_codes(message)) if len(message) <= MAX_CORRECTION else None
    if match is None:
        return None
    old, new = (visible_text_of_part(match[name]) for name in ("old", "new"))
    flags = match["flags"] or ""
    expression = re.compile(re.escape(old), re.IGNORECASE if "i" in flags else 0)
    if not old or expression.search(since):
        return None
    return _replaced(told, expression, new, everywhere="g" in flags)


def is_told_again(told: Told, again: Told) -> bool:
    """Whether a second success says the same as the first: the same words, more of them, or without slips.

    Words with digits are never slips: ``13.0.0.0b1`` and ``13.0.0.0b2`` are two releases.
    """
    if told.kind is not again.kind:
        return False
    before, after = list(_words_of(told)), list(_words_of(again))
    if before == after:
        return True
    if len(before) < len(after):
        return len(before) > 1 and after[: len(before)] == before
    if len(before) > len(after):
        return False
    changes = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    return len(changes) <= min(_SLIPS, len(before) // 2) and all(_is_slip(*pair) for pair in changes)


def visible_text_of_part(part: str) -> str:
    """A part of ``s/old/new/`` without escapes; spaces at its ends stay, since they matter there."""
    text = re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL)
    words = visible_text(text)
    return f"{' ' * text[:1].isspace()}{words}{' ' * text[-1:].isspace()}" if words else " " * bool(text)


def _replaced(told: Told, old: re.Pattern[str], new: str, *, everywhere: bool) -> Told | None:
    """The text with other words, or else the recipient with another name."""
    for name in ("text", "recipient"):
        value = getattr(told, name)
        found = len(old.findall(value)) if value else 0
        if not found or len(value) + found * len(new) > MAX_TEXT:
            continue
        changed = visible_text(old.sub(lambda _: new, value, count=0 if everywhere else 1))
        if changed and (name == "text" or " " not in changed):
            parts = {"text": told.text, "recipient": told.recipient, name: changed}
            return Told(told.kind, parts["recipient"], parts["text"] or "")
    return None


def _words_of(told: Told) -> Iterator[str]:
    if told.recipient:
        yield told.recipient.casefold()
    for word in told.text.casefold().split():
        yield word.strip(".,;:!?()\"'") or word


def _is_slip(before: str, after: str) -> bool:
    if min(len(before), len(after)) < _SHORT or abs(len(before) - len(after)) > _DIFFERENCE:
        return False
    if any(character.isdigit() for character in before + after) or max(len(before), len(after)) > 50:
        return False
    return SequenceMatcher(None, before, after, autojunk=False).ratio() >= _ALIKE


#: How many successes of one nick can be corrected at a time.
_OPEN = 20


@dataclass(slots=True)
class Heard:
    """Something that was told. ``now`` is what corrections made of it, None if it was taken back.

    ``moment`` is that of the first telling and has a zone; ``last`` that of the last version. ``url`` is the line in
    the log, if it is known.
    """

    nick: str
    channel: str | None
    moment: datetime
    told: Told
    url: str | None
    now: Told | None
    last: datetime
    since: str = ""
    repeat: int = 1


@dataclass(slots=True)
class Listener:
    """Hears one channel, through all of its logs."""

    channel: str | None
    heard: list[Heard] = field(default_factory=list)
    #: By nicks, what was told so recently that a correction may follow.
    waiting: dict[str, list[Heard]] = field(default_factory=dict)
    _passed: datetime | None = None

    def pass_time(self, moment: datetime) -> None:
        """Forget what is too old to be corrected at a moment. Once a minute is enough."""
        if self._passed is not None and abs(moment - self._passed) < timedelta(minutes=1):
            return
        self._passed = moment
        for nick, found in list(self.waiting.items()):
            kept = [one for one in found if abs(moment - one.last) <= WINDOW]
            if kept:
                self.waiting[nick] = kept
            else:
                del self.waiting[nick]

    def hear(self, nick: str, text: str, moment: datetime, url: str | None = None) -> Heard | None:
        """A message of a nick in the channel; what it tells, or corrects, if anything."""
        if self.waiting:
            self.pass_time(moment)
        key = nick.casefold()
        recent = [one for one in self.waiting.get(key, ()) if abs(moment - one.last) <= WINDOW]
        for one in reversed(recent):
            if one.now is not None and (changed := corrected(one.now, text, one.since)) is not None:
                one.now, one.last = changed, max(moment, one.last)
                return one
        told = parse(text)
        if told is None:
            for one in recent:
                one.since = visible_text(text)
            return None
        one = Heard(nick, self.channel, moment, told, url, told, moment)
        self.heard.append(one)
        self.waiting[key] = [*recent[-_OPEN:], one]
        return one

    def edit(self, one: Heard, text: str) -> None:
        """What was told became another text, or is no success any more."""
        one.now = parse(text)

    def rename(self, before: str, after: str) -> None:
        """Somebody has another nick now."""
        if found := self.waiting.pop(before.casefold(), None):
            self.waiting[after.casefold()] = found


def distinct(heard: Iterable[Heard]) -> Iterator[Heard]:
    """What was told and not taken back, each once, in the order of time, though several logs may have it.

    The same words of the same nick on one day are told again if they come later than a correction could; such are
    counted, by their ``repeat``. Of one that several logs have, the one with a link stays.
    """
    known: defaultdict[object, list[Heard]] = defaultdict(list)
    for one in sorted(heard, key=lambda one: one.moment):
        day = one.moment.astimezone(UTC).date()
        same = known[(one.channel or "").casefold(), one.nick.casefold(), day, one.told]
        if same and one.moment - same[-1].moment <= WINDOW:
            first = same[-1]
            first.url = first.url or one.url
            first.now = one.now if first.now == first.told else first.now
        else:
            same.append(one)
            one.repeat = len(same)
    yield from sorted((one for same in known.values() for one in same if one.now), key=lambda one: one.moment)
