"""What people tell in channels: which messages are successes or thanks, and the journal's entries of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

from sphinxext.digest.fragments.draft import Draft, completed
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.gather.bot.journal import REMEMBERED, Entry
from sphinxext.digest.gather.irc.commands import WINDOW, Heard, Listener, Telling, Told, draft_success, parse


@dataclass(frozen=True, slots=True)
class Noted:
    """A success or thanks, by its kind; ``entry`` is None if it is there already. ``corrects`` an earlier one.

    ``token`` is that of the entry, or of the one that says the same already.
    """

    kind: str
    entry: Entry | None
    token: str
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class _Last:
    """When the same words were told last on a day, how many times until then, and the entry's token."""

    moment: datetime
    number: int
    token: str


#: So many things are remembered without looking for those that are too old.
_FEW = 1000


class Tellings:
    """Knows what was told, and by that what a message tells. A collector of logs goes by the same rules.

    :param known: entries of the journal.
    :param draft: whether fragments are drafts, which are shown nowhere until a person has completed them.
    :param log_url: where the channel's log has the line, with the fields ``{channel}``, ``{date}`` and ``{time}``.
    """

    def __init__(self, known: Iterable[Entry], *, draft: bool = False, log_url: str = "") -> None:
        self._draft = draft
        self._log_url = log_url
        self._times: dict[str, _Last] = {}
        self._listeners: dict[str, Listener] = {}
        # by what the listener has; it is kept here so that no other can have its number
        self._recent: dict[int, tuple[Heard, Telling, Entry]] = {}
        self._most_times = self._most_recent = _FEW
        for entry in known:
            if not entry.before:
                number = self._times[entry.key].number if entry.key in self._times else 0
                self._times[entry.key] = _Last(entry.time, number + 1, entry.token)

    def hear(self, nick: str, channel: str, text: str, moment: datetime) -> Noted | None:
        """Return what a message in a channel tells or corrects, or None.

        :param moment: in any time zone.
        """
        moment = moment.astimezone(UTC)
        listener = self._listeners.setdefault(channel, Listener(channel))
        one = listener.hear(nick, text, moment)
        listener.heard.clear()
        if one is None or one.now is None:
            return None
        self._forget(moment)
        found = self._recent.get(id(one))
        if found is None:
            entry, token = self._new_entry(one, moment)
            return Noted(one.told.kind, entry, token)
        entry = self._correction(*found)
        return Noted(one.told.kind, entry, (entry or found[2]).token, corrects=parse(text) is None)

    def _forget(self, moment: datetime) -> None:
        """Forget what is too old to matter, as soon as it is as much as what is not."""
        if len(self._recent) > self._most_recent:
            self._recent = {key: found for key, found in self._recent.items() if moment - found[0].last <= WINDOW}
            self._most_recent = max(_FEW, 2 * len(self._recent))
        if len(self._times) > self._most_times:
            self._times = {key: last for key, last in self._times.items() if moment - last.moment <= REMEMBERED}
            self._most_times = max(_FEW, 2 * len(self._times))

    def rename(self, before: str, after: str) -> None:
        """Somebody has another nick now."""
        for listener in self._listeners.values():
            listener.rename(before, after)

    def _new_entry(self, one: Heard, moment: datetime) -> tuple[Entry | None, str]:
        """Make an entry, unless there is one already: the entry or None, and the token of the one that there is."""
        assert one.channel is not None
        telling = Telling(nick=one.nick, channel=one.channel, moment=moment, told=one.told)
        key = telling.identity
        before = self._times.get(key)
        if before is not None and abs(moment - before.moment) <= WINDOW:
            return None, before.token
        telling = replace(telling, repeat=before.number + 1 if before else 1)
        draft = self._draft_of(telling, one.told)
        name, time = f"{draft.stem}{SUFFIX}", moment.isoformat(timespec="seconds")
        entry = Entry(draft.identity, key, time, name, draft.text, str(one.told.kind), one.nick, one.channel)
        self._times[key] = _Last(moment, telling.repeat, entry.token)
        self._recent[id(one)] = (one, telling, entry)
        return entry, entry.token

    def _correction(self, one: Heard, telling: Telling, last: Entry) -> Entry | None:
        assert one.now is not None
        text = self._draft_of(telling, one.now).text
        if text == last.text:
            return None
        entry = replace(last, text=text, before=last.text)
        self._recent[id(one)] = (one, telling, entry)
        return entry

    def _draft_of(self, telling: Telling, told: Told) -> Draft:
        url = log_url(self._log_url, telling.channel or "", telling.moment) if self._log_url else None
        draft = draft_success(telling, now=told, url=url)
        return draft if self._draft else completed(draft)


def log_url(template: str, channel: str, moment: datetime) -> str:
    """Where the log of a channel has a moment, which is in UTC; see :class:`Tellings`."""
    fields = {"channel": quote(channel, safe=""), "date": f"{moment:%Y-%m-%d}", "time": f"{moment:%H:%M:%S}"}
    return re.sub(r"\{(channel|date|time)\}", lambda match: fields[match[1]], template)
