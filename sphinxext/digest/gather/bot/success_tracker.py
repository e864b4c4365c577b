"""Turn the successes and thanks of live channels into journal entries: new ones, corrections, and repetitions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

from sphinxext.digest.fragments.draft import Draft
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.gather.bot.journal import REMEMBERED, JournalEntry
from sphinxext.digest.gather.irc import WINDOW, Listener, TrackedCommand, draft_success

#: The number of commands that are remembered before old ones are looked for.
_FEW = 1000


class SuccessTracker:
    """Knows which commands were recorded, and makes the journal entries of others by the rules of the log collector.

    :param known: entries of the journal.
    :param draft: whether fragments are drafts, which are published only after a person has completed them.
    :param log_url: a template for the line in the channel's log, with ``{channel}``, ``{date}`` and ``{time}``.
    """

    def __init__(self, known: Iterable[JournalEntry], *, draft: bool = False, log_url: str = "") -> None:
        self._draft = draft
        self._log_url = log_url
        # by key: how many times the same words were told on a day, and the entry of the last time
        self._latest: dict[str, tuple[int, JournalEntry]] = {}
        self._listeners: dict[str, Listener] = {}
        # by id() of the command, which is kept here so that no other object gets the same one
        self._recent: dict[int, tuple[TrackedCommand, JournalEntry]] = {}
        self._most_latest = self._most_recent = _FEW
        for entry in known:
            if not entry.before:
                self._remember(entry)

    def hear(self, nick: str, channel: str, text: str, moment: datetime) -> tuple[JournalEntry, bool] | None:
        """Return the entry of the command that a message gives or corrects, and whether it is new.

        :param moment: in any time zone.
        """
        moment = moment.astimezone(UTC)
        listener = self._listeners.setdefault(channel, Listener(channel))
        one = listener.hear(nick, text, moment)
        listener.heard.clear()
        if one is None or one.current is None:
            return None
        self._forget(moment)
        found = self._recent.get(id(one))
        return self._new_entry(one) if found is None else self._correction(*found)

    def rename(self, before: str, after: str) -> None:
        """Let commands be corrected under a new nick."""
        for listener in self._listeners.values():
            listener.rename(before, after)

    def _forget(self, moment: datetime) -> None:
        """Forget old commands whenever as many as all the recent ones were added."""
        if len(self._recent) > self._most_recent:
            self._recent = {key: found for key, found in self._recent.items() if moment - found[0].changed <= WINDOW}
            self._most_recent = max(_FEW, 2 * len(self._recent))
        if len(self._latest) > self._most_latest:
            self._latest = {key: last for key, last in self._latest.items() if moment - last[1].time <= REMEMBERED}
            self._most_latest = max(_FEW, 2 * len(self._latest))

    def _remember(self, entry: JournalEntry) -> None:
        self._latest[entry.key] = self._repeats(entry.key) + 1, entry

    def _repeats(self, key: str) -> int:
        return self._latest[key][0] if key in self._latest else 0

    def _new_entry(self, one: TrackedCommand) -> tuple[JournalEntry, bool]:
        key = one.identity
        if key in self._latest and abs(one.moment - self._latest[key][1].time) <= WINDOW:
            return self._latest[key][1], False
        assert one.channel is not None
        one.repeat = self._repeats(key) + 1
        one.url = log_url(self._log_url, one.channel, one.moment) if self._log_url else None
        draft = self._draft_of(one)
        name, time = f"{draft.stem}{SUFFIX}", one.moment.isoformat(timespec="seconds")
        kind = str(one.command.kind)
        entry = JournalEntry(draft.identity, key, time, name, draft.text, kind, one.nick, one.channel)
        self._remember(entry)
        self._recent[id(one)] = one, entry
        return entry, True

    def _correction(self, one: TrackedCommand, last: JournalEntry) -> tuple[JournalEntry, bool]:
        text = self._draft_of(one).text
        if text == last.text:
            return last, False
        entry = replace(last, text=text, before=last.text)
        self._recent[id(one)] = one, entry
        return entry, True

    def _draft_of(self, one: TrackedCommand) -> Draft:
        return draft_success(one, is_draft=self._draft)


def log_url(template: str, channel: str, moment: datetime) -> str:
    """Fill the template of a :class:`SuccessTracker` for a moment in UTC."""
    fields = {"channel": quote(channel, safe=""), "date": f"{moment:%Y-%m-%d}", "time": f"{moment:%H:%M:%S}"}
    return re.sub(r"\{(channel|date|time)\}", lambda match: fields[match[1]], template)
