"""Listening to channels: what is said in them, in the order of time, to what was told and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sphinxext.digest.collect.irc.commands import Told, parse
from sphinxext.digest.collect.irc.corrections import WINDOW, corrected
from sphinxext.digest.collect.plain import visible_text

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
