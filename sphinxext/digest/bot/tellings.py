"""What people tell in channels: which messages are successes or thanks, and the journal's entries of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

from sphinxext.digest.bot.journal import Entry
from sphinxext.digest.collect.draft import Draft, completed
from sphinxext.digest.collect.irc.commands import Telling, Told, draft_success, parse
from sphinxext.digest.collect.irc.corrections import WINDOW
from sphinxext.digest.collect.irc.listener import Heard, Listener
from sphinxext.digest.fragments.listing import SUFFIX


@dataclass(frozen=True, slots=True)
class Noted:
    """A success or thanks, by its kind; ``entry`` is None if it is there already. ``corrects`` an earlier one."""

    kind: str
    entry: Entry | None
    corrects: bool = False


class Tellings:
    """Knows what was told, and by that what a message tells. A collector of logs goes by the same rules.

    :param known: entries of the journal.
    :param draft: whether fragments are drafts, which are shown nowhere until a person has completed them.
    :param log_url: where the channel's log has the line, with the fields ``{channel}``, ``{date}`` and ``{time}``.
    """

    def __init__(self, known: Iterable[Entry], *, draft: bool = False, log_url: str = "") -> None:
        self._draft = draft
        self._log_url = log_url
        self._times: dict[str, tuple[datetime, int]] = {}
        self._listeners: dict[str, Listener] = {}
        self._recent: list[tuple[Heard, Telling, Entry]] = []
        for entry in known:
            if not entry.before:
                _, number = self._times.get(entry.key, (None, 0))
                self._times[entry.key] = (entry.time, number + 1)

    def hear(self, nick: str, channel: str, text: str, moment: datetime) -> Noted | None:
        """What a message in a channel tells or corrects, or None.

        :param moment: in any time zone.
        """
        moment = moment.astimezone(UTC)
        listener = self._listeners.setdefault(channel, Listener(channel))
        one = listener.hear(nick, text, moment)
        listener.heard.clear()
        if one is None or one.now is None:
            return None
        self._recent = [found for found in self._recent if moment - found[0].last <= WINDOW]
        found = next((found for found in self._recent if found[0] is one), None)
        if found is None:
            return Noted(one.told.kind, self._new_entry(one, moment))
        return Noted(one.told.kind, self._correction(*found), corrects=parse(text) is None)

    def rename(self, before: str, after: str) -> None:
        """Somebody has another nick now."""
        for listener in self._listeners.values():
            listener.rename(before, after)

    def _new_entry(self, one: Heard, moment: datetime) -> Entry | None:
        assert one.channel is not None
        telling = Telling(nick=one.nick, channel=one.channel, moment=moment, told=one.told)
        key = telling.identity
        before, number = self._times.get(key, (None, 0))
        if before is not None and abs(moment - before) <= WINDOW:
            return None
        self._times[key] = (moment, number + 1)
        telling = replace(telling, repeat=number + 1)
        draft = self._draft_of(telling, one.told)
        name, time = f"{draft.stem}{SUFFIX}", moment.isoformat(timespec="seconds")
        entry = Entry(draft.identity, key, time, name, draft.text, str(one.told.kind), one.nick, one.channel)
        self._recent.append((one, telling, entry))
        return entry

    def _correction(self, one: Heard, telling: Telling, last: Entry) -> Entry | None:
        assert one.now is not None
        text = self._draft_of(telling, one.now).text
        if text == last.text:
            return None
        entry = replace(last, text=text, before=last.text)
        self._recent = [found for found in self._recent if found[0] is not one]
        self._recent.append((one, telling, entry))
        return entry

    def _draft_of(self, telling: Telling, told: Told) -> Draft:
        url = log_url(self._log_url, telling.channel or "", telling.moment) if self._log_url else None
        draft = draft_success(telling, now=told, url=url)
        return draft if self._draft else completed(draft)


def log_url(template: str, channel: str, moment: datetime) -> str:
    """Where the log of a channel has a moment, which is in UTC; see :class:`Tellings`."""
    fields = {"channel": quote(channel, safe=""), "date": f"{moment:%Y-%m-%d}", "time": f"{moment:%H:%M:%S}"}
    return re.sub(r"\{(channel|date|time)\}", lambda match: fields[match[1]], template)
