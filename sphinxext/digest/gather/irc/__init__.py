"""Collect the successes and thanks of chat logs; here are the commands, which the bot on IRC reads as well.

The commands ``#success`` and ``#thanks`` are those of OpenStack's statusbot, without two of its mistakes:
``#successful`` doesn't count, nor does a command without text. A :class:`Listener` follows one channel, so that the
bot and the collector of logs treat corrections and repetitions alike.
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

from sphinxext.digest.fragments.write import Draft, identity_of, make_draft
from sphinxext.digest.model import Moment
from sphinxext.digest.text import visible_text, without_codes
from sphinxext.digest.text.rst import begun, escaped

#: A command is the first word of a message.
_COMMAND = re.compile(r"#(success|thanks)(?::|,?(?=\s))\s*(.*)", re.DOTALL)
_ON_MATRIX = re.compile(r"@(?P<nick>[^\s:@]+):[^\s:]\S*")
_RECIPIENT = re.compile(r"(?P<nick>\S+)\s+(?P<text>\S.*)", re.DOTALL)
#: ``a, b and c for ...``: without the comma and the ``for``, the words may be those of a sentence.
_RECIPIENTS = re.compile(
    r"(?P<names>[^\s,]{1,255}(?:, [^\s,]{1,255}){1,20}),? (?:and|&) (?P<last>[^\s,]{1,255}),? (?P<text>for \S.*)",
    re.DOTALL,
)
_NOBODY = frozenset({"all", "co", "everybody", "everyone", "friends", "others", "the", "you"})
#: Stands for a space in a name of several words that a mention was resolved to. It is a character for private use.
NAME_SPACE = "\ue000"


class CommandKind(StrEnum):
    """The commands that SuccessBot understands."""

    SUCCESS = "success"
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class Command:
    """A ``#success`` or ``#thanks``. ``text`` is plain text on one line; only thanks have a ``recipient``.

    ``also`` are those who are thanked beside the recipient.
    """

    kind: CommandKind
    recipient: str | None
    text: str
    also: tuple[str, ...] = ()

    @property
    def recipients(self) -> tuple[str, ...]:
        """All who are thanked."""
        return (self.recipient, *self.also) if self.recipient else ()


@dataclass(slots=True)
class TrackedCommand:
    """A command with its author, channel and time, and what corrections have made of it.

    :param channel: with or without its ``#``; None if unknown.
    :param moment: when it was first given, with a time zone.
    :param url: the line in the channel's log, if it is known.
    :param repeat: counts, from 1, the same words of the same nick on one day.
    """

    nick: str
    channel: str | None
    moment: datetime
    command: Command
    url: str | None = None
    repeat: int = 1
    #: The command after all corrections; None if it was taken back.
    current: Command | None = field(init=False)
    #: When it was given or last corrected.
    changed: datetime = field(init=False)
    #: The last message of the nick that was no correction of it.
    said_since: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.current, self.changed = self.command, self.moment

    @property
    def identity(self) -> str:
        """The fragment's identity, which a bot and every log of the channel agree on.

        It has the day in UTC and no time: clocks differ, and some logs have no seconds. Corrections do not change it.
        """
        day = self.moment.astimezone(UTC).date()
        command = self.command
        words = (command.kind, (self.channel or "").lstrip("#").casefold(), day, self.nick.casefold(), self.repeat)
        return identity_of("told", *words, command.recipient or "", command.text, *command.also)


def parse(text: str) -> Command | None:
    """Parse the command at the very start of a message: ``#success TEXT`` or ``#thanks NICK TEXT``.

    ``#thanks A, B and C for TEXT`` thanks three.

    A colon may follow the command and the nick. White space is folded and invisible characters are removed, see
    :func:`~sphinxext.digest.text.visible_text`. A command without text is ignored.

    :param text: the message without its author. The caller leaves out actions, notices and private messages.
    """
    match = _COMMAND.match(without_codes(text))
    if match is None:
        return None
    words = visible_text(match[2])
    if match[1] == CommandKind.SUCCESS:
        return Command(CommandKind.SUCCESS, None, _spaced(words)) if _says_something(words) else None
    if several := _thanks_to_several(words):
        return several
    thanks = _RECIPIENT.fullmatch(words)
    if thanks is None or not _says_something(thanks["text"]):
        return None
    recipient = _spaced(_nick_of(thanks["nick"]))
    return Command(CommandKind.THANKS, recipient, _spaced(thanks["text"])) if recipient else None


def _thanks_to_several(words: str) -> Command | None:
    """Return thanks to a list of people, if that is certainly what the words begin with."""
    match = _RECIPIENTS.fullmatch(words)
    if match is None or not _says_something(match["text"]):
        return None
    nicks = dict.fromkeys(_spaced(_nick_of(name)) for name in (*match["names"].split(", "), match["last"]))
    if len(nicks) < 2 or not all(nick and nick.casefold() not in _NOBODY for nick in nicks):
        return None
    first, *others = nicks
    return Command(CommandKind.THANKS, first, _spaced(match["text"]), tuple(others))


def draft_success(tracked: TrackedCommand, *, comment: Iterable[str] = (), is_draft: bool = True) -> Draft:
    """Make the fragment of a success or thanks as it reads now. Its text is escaped: nothing in it is markup.

    It has a note for each of those who are thanked.

    :param comment: lines of plain text for the top of the file.
    :param is_draft: whether a person has to complete it before it is published.
    """
    command = tracked.current or tracked.command
    shared = {
        "nick": visible_text(tracked.nick) or None,
        "thanks": None,
        "text": begun(escaped(command.text)),
        "channel": (visible_text(tracked.channel).removeprefix("#") or None) if tracked.channel else None,
        "url": tracked.url,
        "date": moment_of(tracked.moment),
    }
    notes = [{**shared, "thanks": recipient} for recipient in command.recipients or (None,)]
    lines = map(visible_text, comment)
    return make_draft(tracked.identity, command.text, {"successes": notes}, comment=lines, is_draft=is_draft)


def moment_of(time: datetime) -> Moment:
    """Convert a time in any zone to UTC without fractions of seconds, as fragments have it."""
    utc = time.astimezone(UTC).replace(microsecond=0)
    return Moment(utc.date(), utc)


def _says_something(text: str) -> bool:
    """Return True if a text has a letter, a digit or an emoji, and not only punctuation."""
    return any(character.isalnum() or category(character) == "So" for character in text)


def _spaced(words: str) -> str:
    return " ".join(words.replace(NAME_SPACE, " ").split()) if NAME_SPACE in words else words


def _nick_of(word: str) -> str:
    """Return the nick of somebody who is addressed as ``nick:``, ``@nick`` or, on Matrix, ``@nick:server``."""
    nick = word.rstrip(":,")
    if match := _ON_MATRIX.fullmatch(nick):
        return match["nick"]
    return nick.removeprefix("@") if ":" not in nick else nick


#: A correction has to follow its command within this time.
WINDOW = timedelta(minutes=5)
#: The longest text that a correction may make, and the longest correction, in characters.
MAX_TEXT, MAX_CORRECTION = 10_000, 1_000

#: ``s/old/new/``: any usual delimiter, which a backslash escapes; the last one may be missing.
_SED = re.compile(
    r"s(?P<mark>[/|#,:;!@%~^+=])(?P<old>(?:(?!(?P=mark))[^\\]|\\.)+)(?P=mark)(?P<new>(?:(?!(?P=mark))[^\\]|\\.)*)"
    r"(?:(?P=mark)(?P<flags>[gi]*)\s*)?\Z",
    re.DOTALL,
)
#: Two words are one with a typo if their similarity and lengths are within these limits.
_ALIKE, _DIFFERENCE, _SHORT = 0.75, 2, 4
_SLIPS = 2


def corrected(command: Command, message: str, since: str = "") -> Command | None:
    """Apply a later message of the same nick to a command; return None if the message doesn't correct it.

    A correction is ``s/old/new/`` as in sed, but with plain text instead of an expression, or the command again, see
    :func:`is_restated`. The caller checks that no more than :data:`WINDOW` has passed.

    :param since: the nick's last message in between, if any: a correction that fits there is about that.
    """
    again = parse(message)
    if again is not None:
        return again if is_restated(command, again) else None
    match = _SED.match(without_codes(message)) if len(message) <= MAX_CORRECTION else None
    if match is None:
        return None
    old, new = (visible_text_of_part(match[name]) for name in ("old", "new"))
    flags = match["flags"] or ""
    expression = re.compile(re.escape(old), re.IGNORECASE if "i" in flags else 0)
    if not old or expression.search(since):
        return None
    return _replaced(command, expression, new, everywhere="g" in flags)


def is_restated(command: Command, again: Command) -> bool:
    """Return True if a second command repeats the first: in the same words, with more of them, or without its typos.

    Words with digits are never typos: ``13.0.0.0b1`` and ``13.0.0.0b2`` are two releases.
    """
    if command.kind is not again.kind:
        return False
    before, after = list(_words_of(command)), list(_words_of(again))
    if before == after:
        return True
    if len(before) < len(after):
        return len(before) > 1 and after[: len(before)] == before
    if len(before) > len(after):
        return False
    changes = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    return len(changes) <= min(_SLIPS, len(before) // 2) and all(_is_slip(*pair) for pair in changes)


def visible_text_of_part(part: str) -> str:
    """Return a part of ``s/old/new/`` without escapes. Spaces at its ends stay: they matter there."""
    text = re.sub(r"\\(.)", r"\1", part, flags=re.DOTALL)
    words = _spaced(visible_text(text))
    return f"{' ' * text[:1].isspace()}{words}{' ' * text[-1:].isspace()}" if words else " " * bool(text)


def _replaced(command: Command, old: re.Pattern[str], new: str, *, everywhere: bool) -> Command | None:
    """Replace words in the text of a command, or else in the name of a recipient."""
    parts = [command.text, *command.recipients]
    for number, value in enumerate(parts):
        found = len(old.findall(value))
        if not found or len(value) + found * len(new) > MAX_TEXT:
            continue
        changed = visible_text(old.sub(lambda _: new, value, count=0 if everywhere else 1))
        if changed and (number == 0 or " " not in changed):
            parts[number] = changed
            text, *nicks = parts
            return Command(command.kind, nicks[0] if nicks else None, text, tuple(nicks[1:]))
    return None


def _words_of(command: Command) -> Iterator[str]:
    for recipient in command.recipients:
        yield recipient.casefold()
    for word in command.text.casefold().split():
        yield word.strip(".,;:!?()\"'") or word


def _is_slip(before: str, after: str) -> bool:
    if min(len(before), len(after)) < _SHORT or abs(len(before) - len(after)) > _DIFFERENCE:
        return False
    if any(character.isdigit() for character in before + after) or max(len(before), len(after)) > 50:
        return False
    return SequenceMatcher(None, before, after).ratio() >= _ALIKE


#: The most commands of one nick that can be corrected at a time.
_OPEN = 20


@dataclass(slots=True)
class Listener:
    """Follows one channel and tracks the commands given in it, across all of its logs."""

    channel: str | None
    heard: list[TrackedCommand] = field(default_factory=list)
    #: By speaker, who is known by the nick on IRC, the commands that may still be corrected.
    waiting: dict[str, list[TrackedCommand]] = field(default_factory=dict)
    _passed: datetime | None = None

    def pass_time(self, moment: datetime) -> None:
        """Forget commands that are too old to be corrected. Once a minute is enough."""
        if self._passed is not None and abs(moment - self._passed) < timedelta(minutes=1):
            return
        self._passed = moment
        for nick, found in list(self.waiting.items()):
            kept = [one for one in found if abs(moment - one.changed) <= WINDOW]
            if kept:
                self.waiting[nick] = kept
            else:
                del self.waiting[nick]

    def hear(
        self, nick: str, text: str, moment: datetime, url: str | None = None, speaker: str = ""
    ) -> TrackedCommand | None:
        """Return the command that a message gives or corrects, or None.

        :param speaker: who may correct it, where that is not whoever has the nick.
        """
        if self.waiting:
            self.pass_time(moment)
        key = (speaker or nick).casefold()
        recent = [one for one in self.waiting.get(key, ()) if abs(moment - one.changed) <= WINDOW]
        for one in reversed(recent):
            if one.current is not None and (changed := corrected(one.current, text, one.said_since)) is not None:
                one.current, one.changed = changed, max(moment, one.changed)
                return one
        command = parse(text)
        if command is None:
            for one in recent:
                one.said_since = visible_text(text)
            return None
        one = TrackedCommand(nick, self.channel, moment, command, url)
        self.heard.append(one)
        self.waiting[key] = [*recent[-_OPEN:], one]
        return one

    def edit(self, one: TrackedCommand, text: str) -> None:
        """Replace a command by an edited message, which may be none."""
        one.current = parse(text)

    def rename(self, before: str, after: str) -> None:
        """Let commands be corrected under a new nick."""
        if found := self.waiting.pop(before.casefold(), None):
            self.waiting[after.casefold()] = found


def distinct(heard: Iterable[TrackedCommand]) -> Iterator[TrackedCommand]:
    """Deduplicate commands that several logs have, drop those taken back, and yield the rest in order of time.

    The same words of the same nick on one day are a command of their own if they come later than a correction could;
    ``repeat`` counts these. Of duplicates, the one with a link stays.
    """
    known: defaultdict[object, list[TrackedCommand]] = defaultdict(list)
    for one in sorted(heard, key=lambda one: one.moment):
        day = one.moment.astimezone(UTC).date()
        same = known[(one.channel or "").casefold(), one.nick.casefold(), day, one.command]
        if same and one.moment - same[-1].moment <= WINDOW:
            first = same[-1]
            first.url = first.url or one.url
            first.current = one.current if first.current == first.command else first.current
        else:
            same.append(one)
            one.repeat = len(same)
    yield from sorted((one for same in known.values() for one in same if one.current), key=lambda one: one.moment)
