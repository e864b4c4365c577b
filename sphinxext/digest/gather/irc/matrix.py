"""Read exports of Matrix rooms, as Element writes them: JSON with a list of events.

``messages`` (or ``chunk``, as in answers of a server) has events with ``type``, ``sender``, ``origin_server_ts`` in
milliseconds of UTC, and ``content``. An edit is an event that relates to another by ``m.replace``, with the new
content in ``m.new_content``. The quote at the beginning of a reply is removed, and people are called by their nicks,
as senders are, also where a message shows another name; see
https://spec.matrix.org/latest/client-server-api/#user-and-room-mentions and #fallbacks-for-rich-replies there.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from sphinxext.digest.gather.messages import ChatMessage
from sphinxext.digest.model.period import YEARS

#: The characters of a formatted text that are read: a command and its recipient are at its beginning.
_MAX_HTML = 10_000
_MAX_NAME, _MAX_PEOPLE = 255, 100
_THANKS = "#thanks"
#: The first line of what a reply repeats; lines that a person quotes have no name in angle brackets.
_FALLBACK = re.compile(r"> (?:\* )?<[^<>\s]{1,255}>")
_PILL = re.compile(
    r"<a\s[^<>]{0,200}?href\s*=\s*[\"']?(?:https?://matrix\.to/#/|matrix:u/)(?P<who>[^\"'<>\s?]{1,600})[^<>]{0,200}>"
    r"(?P<name>[^<>]{1,255})</a>",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"[:,]?\s")
_IDENTIFIER = re.compile(r"@?(?P<nick>[^\s:@]{1,255}):[^\s:]\S*")


def without_fallback(text: str) -> str:
    """Return the text of a reply without the lines at its beginning that repeat what it answers."""
    if not _FALLBACK.match(text):
        return text
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if not line.startswith(">")), len(lines))
    if first < len(lines) and not lines[first].strip():
        first += 1
    return "\n".join(lines[first:])


def nick_of(identifier: str) -> str:
    """Return the local part of ``@nick:server``, which is what people are called here."""
    match = _IDENTIFIER.fullmatch(identifier)
    return match["nick"] if match else identifier.removeprefix("@").partition(":")[0] or identifier


@dataclass
class People:
    """The names that the members of a room show, by their identifiers."""

    names: dict[str, str] = field(default_factory=dict)
    #: The identifiers by name, filled from ``names`` on first use.
    _owners: dict[str, list[str]] = field(default_factory=dict)

    def add(self, event: Mapping[str, object]) -> None:
        """Learn the name of a member from an event of the room, if it is one that says it. The last one counts."""
        content, who = event.get("content"), event.get("state_key")
        if event.get("type") == "m.room.member" and isinstance(content, dict) and isinstance(who, str):
            name = content.get("displayname")
            self.names[who] = " ".join(name.split()) if isinstance(name, str) else ""
            self._owners.clear()

    def resolve(self, content: Mapping[str, object], text: str) -> str:
        """Return a message in which whoever is thanked goes by the nick, whatever name the message has.

        What counts is, in this order, a link to a person, who the message says it mentions, and the one member that
        shows this name.
        """
        rest = text[len(_THANKS) :].lstrip(" \t:,")
        if not text.startswith(_THANKS) or not rest:
            return text
        for name, who in self._mentioned(content):
            if rest[: len(name)].casefold() == name.casefold() and _AFTER_NAME.match(rest, len(name)):
                return f"{_THANKS} {nick_of(who)}{rest[len(name) :]}"
        for match in reversed(list(_AFTER_NAME.finditer(rest[:_MAX_NAME]))):
            if owner := self._only_owner(rest[: match.start()]):
                return f"{_THANKS} {nick_of(owner)}{rest[match.start() :]}"
        return text

    def _mentioned(self, content: Mapping[str, object]) -> list[tuple[str, str]]:
        """Return the names that a message has for people, with their identifiers; longer names first."""
        shown = [(self.names[who], who) for who in _mentioned(content.get("m.mentions")) if self.names.get(who)]
        pills = _pills(content.get("formatted_body"))
        return [*_longest(pills), *_longest([*shown, *((f"@{name}", who) for name, who in shown)])]

    def _only_owner(self, name: str) -> str | None:
        """Return the one member that shows a name, unless it is the nick of one."""
        if not self._owners:
            for who, shown in self.names.items():
                self._owners.setdefault(shown, []).append(who)
                self._owners.setdefault(nick_of(who), []).append("")
        owners = self._owners.get(name, [])
        return owners[0] if len(owners) == 1 else None


def _longest(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(((name.strip(), who) for name, who in names if name.strip()), key=lambda pair: (-len(pair[0]), pair))


def _pills(formatted: object) -> list[tuple[str, str]]:
    """Return the links to people in the HTML of a message: their words, and whom they lead to."""
    if not isinstance(formatted, str):
        return []
    found = []
    for match in _PILL.finditer(formatted[:_MAX_HTML]):
        who = unquote(match["who"])
        who = who if who.startswith(("@", "!", "#", "$", "+")) else f"@{who}"
        if who.startswith("@") and _IDENTIFIER.fullmatch(who):
            found.append((html.unescape(match["name"]), who))
    return found


def _mentioned(mentions: object) -> list[str]:
    users = mentions.get("user_ids") if isinstance(mentions, dict) else None
    return [who for who in users[:_MAX_PEOPLE] if isinstance(who, str)] if isinstance(users, list) else []


MAX_BYTES = 256 * 1024 * 1024


class NotAnExportError(Exception):
    """JSON that is malformed, or not an export of a room. ``line`` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Room:
    """The name of a room, without a ``#`` and a server, if the export has it; and its messages, oldest first."""

    name: str | None
    messages: tuple[ChatMessage, ...]


def read_export(data: bytes) -> Room:
    """Read an export.

    :raises NotAnExportError: if it is not one.
    """
    try:
        value = json.loads(data)
    except json.JSONDecodeError as error:
        raise NotAnExportError(f"this is not JSON: {error.msg}", error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise NotAnExportError(f"this JSON cannot be read: {error}") from None
    top = value if isinstance(value, dict) else {"messages": value}
    events = next((top[key] for key in ("messages", "chunk") if isinstance(top.get(key), list)), None)
    if events is None or not any(isinstance(event, dict) and "origin_server_ts" in event for event in events or [{}]):
        if events == [] and isinstance(value, dict):
            return Room(None, ())
        raise NotAnExportError("this JSON is not the export of a Matrix room: it has no list of events")
    found = [event for event in events if isinstance(event, dict)]
    return Room(_name_of(top, events), room_of(found).messages)


def room_of(events: Sequence[dict[str, object]]) -> Room:
    """Read the events of a room, of which each comes after those before it. The room has no name then."""
    return Room(None, RoomReader(events).messages())


class RoomReader:
    """Reads events; some have what others need: names of people, replies, and redactions."""

    def __init__(self, events: Sequence[dict[str, object]], people: People | None = None) -> None:
        self._events = events
        self._people = people or People()
        self._replies = {str(event.get("event_id")) for event in events if _is_reply(event.get("content"))}
        self._redacted = {gone for event in events for gone in redacted_by(event)}
        for event in events:
            self._people.add(event)

    def messages(self) -> tuple[ChatMessage, ...]:
        """Return the messages by time. An edit comes after what it edits, whatever the clocks of servers say."""
        found = [message for event in self._events for message in self.read(event)]
        moments = {message.identifier: message.moment for message in found if message.replaces is None}

        def place(message: ChatMessage) -> tuple[datetime, bool, datetime]:
            original = moments.get(message.replaces or "", message.moment)
            return max(message.moment, original), message.replaces is not None, message.moment

        return tuple(sorted((one for one in found if one.identifier not in self._redacted), key=place))

    def read(self, event: dict[str, object]) -> Iterator[ChatMessage]:
        """Yield the message that an event is, and the edit that a server has put into it."""
        content = event.get("content")
        stamp, sender, identifier = (event.get(key) for key in ("origin_server_ts", "sender", "event_id"))
        if event.get("type", "m.room.message") != "m.room.message" or not isinstance(content, dict):
            return
        moment = _moment(stamp)
        if moment is None or not isinstance(sender, str) or not sender:
            return
        relation = content.get("m.relates_to")
        replaces = None
        is_reply = _is_reply(content)
        if isinstance(relation, dict) and relation.get("rel_type") == "m.replace":
            replaces = relation.get("event_id") if isinstance(relation.get("event_id"), str) else ""
            content = content.get("m.new_content")
            is_reply = is_reply or replaces in self._replies or _is_reply(content)
        if isinstance(content, dict) and content.get("msgtype", "m.text") == "m.text":
            text = content.get("body")
            if isinstance(text, str):
                text = self._people.resolve(content, without_fallback(text) if is_reply else text)
                name = identifier if isinstance(identifier, str) else ""
                url = _link(event.get("room_id"), name)
                answers = _answered(content) or _answered(event.get("content"))
                yield ChatMessage(name, moment, nick_of(sender), text, url, replaces, answers, sender=sender)
        edit = _edit_in(event)
        if replaces is None and edit.get("sender") == sender and "unsigned" not in edit:
            yield from self.read({"room_id": event.get("room_id"), **edit})


def _edit_in(event: dict[str, object]) -> dict[str, object]:
    unsigned = event.get("unsigned")
    relations = unsigned.get("m.relations") if isinstance(unsigned, dict) else None
    edit = relations.get("m.replace") if isinstance(relations, dict) else None
    return edit if isinstance(edit, dict) else {}


def _is_reply(content: object) -> bool:
    relation = content.get("m.relates_to") if isinstance(content, dict) else None
    return isinstance(relation, dict) and isinstance(relation.get("m.in_reply_to"), dict)


def _answered(content: object) -> str | None:
    """Return the event that a message answers; in a thread, without a reply, the one that the thread begins with."""
    relation = content.get("m.relates_to") if isinstance(content, dict) else None
    if not isinstance(relation, dict):
        return None
    answer = relation.get("m.in_reply_to")
    named = answer.get("event_id") if isinstance(answer, dict) else None
    if relation.get("rel_type") == "m.thread" and (named is None or relation.get("is_falling_back") is True):
        named = relation.get("event_id")
    return named if isinstance(named, str) else None


def redacted_by(event: dict[str, object]) -> Iterator[str]:
    """Yield the events that another one takes back; servers that know of it have removed their content."""
    if event.get("type") == "m.room.redaction":
        content = event.get("content")
        for place in (event, content if isinstance(content, dict) else {}):
            if isinstance(gone := place.get("redacts"), str):
                yield gone


def _moment(stamp: object) -> datetime | None:
    if isinstance(stamp, bool) or not isinstance(stamp, int):
        return None
    try:
        moment = datetime.fromtimestamp(stamp // 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in YEARS else None


def _link(room: object, event: str) -> str | None:
    """Return the address of an event for every client, by matrix.to."""
    if not isinstance(room, str) or not room.startswith("!") or not event.startswith("$"):
        return None
    room, event = (quote(part, safe="!$:", errors="replace") for part in (room, event))
    return f"https://matrix.to/#/{room}/{event}"


def _name_of(top: dict[str, object], events: list[object]) -> str | None:
    """Return the alias of a room, or else its name."""
    names: list[object] = []
    for event in events:
        if isinstance(event, dict) and event.get("type") == "m.room.canonical_alias":
            content = event.get("content")
            names.insert(0, content.get("alias") if isinstance(content, dict) else None)
    names += [top.get("room_alias"), top.get("canonical_alias"), top.get("room_name"), top.get("name")]
    for name in names:
        if isinstance(name, str) and name.strip():
            name = " ".join(name.split())
            return name.removeprefix("#").partition(":")[0] if name.startswith("#") else name
    return None
