"""Know which successes were recorded, and make journal entries of others by the rules of the log collector."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import quote

from sphinxext.digest.collection.people import People
from sphinxext.digest.collection.retold import RETOLD, same_words
from sphinxext.digest.fragments.folder import SUFFIX
from sphinxext.digest.fragments.write import Draft, identity_of, make_draft, plain_paragraph
from sphinxext.digest.gather.bot.journal import REMEMBERED, JournalEntry
from sphinxext.digest.gather.irc import WINDOW, Command, Listener, TrackedCommand, draft_success, parse
from sphinxext.digest.text import visible_lines, visible_text

#: The number of commands that are remembered before old ones are looked for.
_FEW = 1000
#: The most messages of Matrix whose edits are known; each has its entry in the journal as long as that remembers it.
_MOST_EVENTS = 20_000
#: The line of a fragment that makes it a draft.
_DRAFT = "draft: true\n"


@dataclass(frozen=True, slots=True)
class Origin:
    """The message on Matrix, by which a success is known when it is told of again, edited or removed.

    :param event: the room and the message: nobody removes messages of other rooms.
    """

    event: str
    sender: str
    room: str
    url: str = ""

    @property
    def scope(self) -> str:
        """The listeners' key: people of two servers may have one nick, and rooms one name."""
        return f"{self.room} {self.sender.partition(':')[2]}"


class SuccessTracker:
    """Knows which commands were recorded, and makes the journal entries of others by the rules of the log collector.

    :param known: entries of the journal.
    :param draft: whether fragments are drafts, which are published only after a person has completed them.
    :param log_url: a template for the line in the channel's log, with ``{channel}``, ``{date}`` and ``{time}``.
    :param people: who has several nicks.
    """

    def __init__(
        self, known: Iterable[JournalEntry], *, draft: bool = False, log_url: str = "", people: People | None = None
    ) -> None:
        self._draft = draft
        self._log_url = log_url
        self._people = people or People()
        # by key: how many times the same words were told on a day, and the entry of the last time
        self._latest: dict[str, tuple[int, JournalEntry]] = {}
        self._listeners: dict[str, Listener] = {}
        # by id() of the command, which is kept here so that no other object gets the same one
        self._recent: dict[int, tuple[TrackedCommand, JournalEntry]] = {}
        self._most_latest = self._most_recent = _FEW
        # by event: the last entry, and that of a message which tells again what was told elsewhere
        self._events: dict[str, JournalEntry] = {}
        self._copies: dict[str, JournalEntry] = {}
        # by person and words: the last entry
        self._said: dict[tuple[str, str], JournalEntry] = {}
        # by id(): commands of which others were recorded
        self._repeated: dict[int, TrackedCommand] = {}
        for entry in known:
            if not entry.before:
                self._remember(entry)
            self._note_event(entry)
            self._note_words(entry, entry.words)

    def hear(
        self,
        nick: str,
        channel: str,
        text: str,
        moment: datetime,
        origin: Origin | None = None,
        *,
        speaker: str = "",
    ) -> tuple[JournalEntry, bool] | None:
        """Return the entry of the command that a message gives or corrects, and whether it is new.

        None if it is no command, or one that was told elsewhere within a minute.

        :param moment: in any time zone.
        :param origin: of a message on Matrix; one that was recorded is not new, however often it comes.
        :param speaker: who may correct it; by default whoever has the nick, or on Matrix the sender.
        """
        moment = moment.astimezone(UTC)
        listener = self._listeners.setdefault(origin.scope if origin else channel, Listener(channel))
        one = listener.hear(nick, text, moment, speaker=origin.sender if origin else speaker)
        listener.heard.clear()
        if one is None or one.current is None:
            return None
        self._forget(moment)
        if (found := self._recent.get(id(one))) is not None:
            return self._corrected(one, *found)
        if self._is_copy(one, origin):
            return None
        if origin and (known := self._events.get(origin.event)) is not None:
            one.url = known.url or None
            self._recent[id(one)] = one, known
            return None if known.is_removal else (known, False)
        return self._new_entry(one, origin)

    def edit(self, event: str, sender: str, text: str) -> tuple[JournalEntry, bool] | None:
        """Return the entry of a success whose message was edited by its author, and whether it is new; else None.

        A text without a command takes it back.
        """
        last = self._events.get(event) or self._copies.get(event)
        if last is None or last.sender != sender or last.closed:
            return None
        if last.group:
            return self._replaced(
                replace(last, told=text), self._item_of(replace(last, told=text)) if text.strip() else ""
            )
        command = parse(text)
        if command is None:
            return self._replaced(last, "")
        one = self._tracked(last, command)
        for tracked, entry in self._recent.values():
            if entry.identity == last.identity:
                tracked.current = command
        return self._replaced(last, self._draft_of(one).text)

    def take_back(self, event: str) -> tuple[JournalEntry, bool] | None:
        """Return the entry that takes the success of a message back, and whether it is new; else None."""
        last = self._events.get(event) or self._copies.get(event)
        return self._replaced(replace(last, closed=True), "") if last is not None else None

    def accept(self, event: str) -> tuple[JournalEntry, bool] | None:
        """Return the entry of a success that is no draft any more, and whether it is new; else None."""
        last = self._events.get(event) or self._copies.get(event)
        if last is None or last.is_removal:
            return None
        lines = last.text.splitlines(keepends=True)
        if _DRAFT in lines:
            lines.remove(_DRAFT)
        return self._replaced(last, "".join(lines))

    def put(
        self, nick: str, channel: str, text: str, moment: datetime, origin: Origin, group: str
    ) -> tuple[JournalEntry, bool] | None:
        """Return the entry of a message that an editor puts into a section, and whether it is new.

        None if it was rejected. A success becomes an item of the section.
        """
        last = self._events.get(origin.event)
        if last is None:
            time = moment.astimezone(UTC).isoformat(timespec="seconds")
            last = JournalEntry(
                *("", "", time, "", "", "message", nick, channel),
                event=origin.event,
                sender=origin.sender,
                url=origin.url,
                group=group,
                told=text,
            )
            draft = self._draft_item(last)
            entry = replace(
                last, identity=draft.identity, key=draft.identity, name=f"{draft.stem}{SUFFIX}", text=draft.text
            )
            self._remember(entry)
            self._note_event(entry)
            return entry, True
        if last.closed:
            return None
        if last.group == group and last.told == text:
            return last, False
        moved = replace(last, told=text, group=group, url=last.url or origin.url)
        return self._replaced(moved, self._item_of(moved))

    def illustrate(self, event: str, path: str, below: str) -> tuple[JournalEntry, bool] | None:
        """Return the entry of a message in a section that gets a picture, and whether it is new; else None.

        :param path: the file of the picture, and ``below`` the reStructuredText that shows it.
        """
        last = self._events.get(event)
        if last is None or not last.group or last.is_removal:
            return None
        if path in last.files.split("\n"):
            return last, False
        parts = [part for part in (last.below.rstrip(), below.rstrip()) if part]
        files = [part for part in (last.files, path) if part]
        shown = replace(last, below="\n\n".join(parts), files="\n".join(files))
        return self._replaced(shown, self._item_of(shown))

    def entry(self, event: str) -> JournalEntry | None:
        """Return the last entry of a message, if it was recorded."""
        return self._events.get(event) or self._copies.get(event)

    def last_of(self, sender: str, room: str, before: datetime) -> str:
        """Return the last message of somebody in a room before a time that is in a section, or an empty text."""
        found = [
            entry
            for entry in self._events.values()
            if entry.sender == sender and entry.group and not entry.is_removal and entry.event.startswith(f"{room} ")
            if entry.time <= before
        ]
        return max(found, key=lambda entry: entry.time).event if found else ""

    def _draft_item(self, entry: JournalEntry) -> Draft:
        return draft_item(
            entry.told, entry.url, entry.group, entry.time, entry.event, entry.below, is_draft=self._draft
        )

    def _item_of(self, entry: JournalEntry) -> str:
        return self._draft_item(entry).text

    def knows(self, event: str) -> bool:
        """Return True if a message was recorded."""
        return event in self._events or event in self._copies

    def _replaced(self, last: JournalEntry, text: str) -> tuple[JournalEntry, bool]:
        if text == last.text:
            return last, False
        entry = replace(last, text=text, before=last.text)
        self._note(entry)
        for tracked, other in self._recent.values():
            if other.identity == last.identity:
                tracked.current = tracked.current if text else None
        return entry, True

    def _note(self, entry: JournalEntry) -> None:
        """Remember a correction wherever the entry is known."""
        self._note_event(entry)
        for key, (tracked, other) in self._recent.items():
            if other.identity == entry.identity:
                self._recent[key] = tracked, entry
        for said, other in self._said.items():
            if other.identity == entry.identity:
                self._said[said] = entry
        for known in (self._events, self._copies):
            for event, other in known.items():
                if other.identity == entry.identity:
                    known[event] = replace(entry, event=event, sender=other.sender)

    def _note_event(self, entry: JournalEntry) -> None:
        if entry.event and entry.event not in self._copies:
            _put(self._events, entry)

    def rename(self, before: str, after: str) -> None:
        """Let commands be corrected under a new nick."""
        for listener in self._listeners.values():
            listener.rename(before, after)

    def _forget(self, moment: datetime) -> None:
        """Forget old commands whenever as many as all the recent ones were added."""
        if len(self._recent) > self._most_recent:
            self._recent = {key: found for key, found in self._recent.items() if moment - found[0].changed <= WINDOW}
            self._most_recent = max(_FEW, 2 * len(self._recent))
            self._repeated = {key: one for key, one in self._repeated.items() if key in self._recent}
        if len(self._latest) > self._most_latest:
            self._latest = {key: last for key, last in self._latest.items() if moment - last[1].time <= REMEMBERED}
            self._most_latest = max(_FEW, 2 * len(self._latest))
            self._said = {key: last for key, last in self._said.items() if moment - last.time <= REMEMBERED}

    def _remember(self, entry: JournalEntry) -> None:
        self._latest[entry.key] = self._repeats(entry.key) + 1, entry

    def _note_words(self, entry: JournalEntry, words: str) -> None:
        if words:
            self._said[self._people.key(entry.nick), words] = entry

    def _is_copy(self, one: TrackedCommand, origin: Origin | None) -> bool:
        """Return True if the same person has told the same elsewhere within a minute.

        What corrects the copy, edits or removes it then counts for what was recorded.
        """
        known = self._said.get((self._people.key(one.nick), self._words(one.command)))
        if known is None or abs(one.moment - known.time) > RETOLD:
            return False
        if (known.event.partition(" ")[0] or known.channel) == (origin.room if origin else one.channel):
            return False
        tracked = next((tracked for tracked, last in self._recent.values() if last.identity == known.identity), None)
        self._recent[id(one)] = tracked or self._tracked(known, one.command), known
        self._repeated[id(one)] = one
        if origin is not None:
            _put(self._copies, replace(known, event=origin.event, sender=origin.sender))
        return True

    def _words(self, command: Command) -> str:
        return f"{command.kind} {same_words(command.text, map(self._people.key, command.recipients))}"

    @staticmethod
    def _tracked(entry: JournalEntry, command: Command) -> TrackedCommand:
        return TrackedCommand(entry.nick, entry.channel, entry.time, command, entry.url or None)

    def _repeats(self, key: str) -> int:
        return self._latest[key][0] if key in self._latest else 0

    def _new_entry(self, one: TrackedCommand, origin: Origin | None) -> tuple[JournalEntry, bool]:
        key = one.identity
        if key in self._latest and abs(one.moment - self._latest[key][1].time) <= WINDOW:
            return self._latest[key][1], False
        assert one.channel is not None
        one.repeat = self._repeats(key) + 1
        one.url = log_url(self._log_url, one.channel, one.moment) if self._log_url else None
        if origin is not None and not one.url:
            one.url = origin.url or None
        draft = self._draft_of(one)
        name, time = f"{draft.stem}{SUFFIX}", one.moment.isoformat(timespec="seconds")
        kind = str(one.command.kind)
        words = self._words(one.command)
        entry = JournalEntry(draft.identity, key, time, name, draft.text, kind, one.nick, one.channel, words=words)
        if origin is not None:
            entry = replace(entry, event=origin.event, sender=origin.sender, url=one.url or "")
        self._remember(entry)
        self._note_event(entry)
        self._note_words(entry, words)
        self._recent[id(one)] = one, entry
        return entry, True

    def _corrected(
        self, said: TrackedCommand, one: TrackedCommand, last: JournalEntry
    ) -> tuple[JournalEntry, bool] | None:
        """Return the entry of a correction, and whether it is new.

        :param said: what was corrected: the command of the entry, or one that told the same elsewhere.
        """
        if id(said) in self._repeated:
            if last.is_removal:
                return None
            # the same correction on both networks is one as well
            if said.current and one.current and self._words(said.current) == self._words(one.current):
                return None
            one.current = said.current
        text = self._draft_of(one).text
        if text == last.text:
            return last, False
        entry = replace(last, text=text, before=last.text)
        self._note(entry)
        if one.current:
            self._note_words(entry, self._words(one.current))
        return entry, True

    def _draft_of(self, one: TrackedCommand) -> Draft:
        return draft_success(one, is_draft=self._draft)


def _put(known: dict[str, JournalEntry], entry: JournalEntry) -> None:
    known[entry.event] = entry
    if len(known) > _MOST_EVENTS:
        del known[next(iter(known))]


def log_url(template: str, channel: str, moment: datetime) -> str:
    """Fill the template of a :class:`SuccessTracker` for a moment in UTC."""
    fields = {"channel": quote(channel, safe=""), "date": f"{moment:%Y-%m-%d}", "time": f"{moment:%H:%M:%S}"}
    return re.sub(r"\{(channel|date|time)\}", lambda match: fields[match[1]], template)


def draft_item(text: str, url: str, group: str, moment: datetime, event: str, below: str, *, is_draft: bool) -> Draft:
    """Make the fragment of a message that an editor has put into a section. Its text is plain: nothing is markup.

    :param below: reStructuredText that follows the text, such as pictures.
    """
    lines = visible_lines(text)
    blocks = ["\n".join(plain_paragraph(visible_text(part))) for part in lines.split("\n\n") if visible_text(part)]
    note = {
        "group": visible_text(group),
        "text": "\n\n".join([*blocks, *([below.rstrip()] if below else [])]),
        "url": url,
    }
    note = {name: value for name, value in note.items() if value}
    return make_draft(
        identity_of("message", event), text, {"items": [note]}, date=moment.astimezone(UTC).date(), is_draft=is_draft
    )
