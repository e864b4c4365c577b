"""People and quotes in messages of Matrix: who is meant by a name, and what a reply repeats of another message.

See https://spec.matrix.org/latest/client-server-api/#user-and-room-mentions and #fallbacks-for-rich-replies there.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

#: How much of a formatted text is looked at: a command and whom it is about are at its beginning.
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
    #: Whom each name stands for, which is made of ``names`` when it is needed first.
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
        """The names that a message itself has for people, with those whom they stand for; longer ones first."""
        shown = [(self.names[who], who) for who in _mentioned(content.get("m.mentions")) if self.names.get(who)]
        pills = _pills(content.get("formatted_body"))
        return [*_longest(pills), *_longest([*shown, *((f"@{name}", who) for name, who in shown)])]

    def _only_owner(self, name: str) -> str | None:
        """The one member that shows a name, unless it is the nick of one."""
        if not self._owners:
            for who, shown in self.names.items():
                self._owners.setdefault(shown, []).append(who)
                self._owners.setdefault(nick_of(who), []).append("")
        owners = self._owners.get(name, [])
        return owners[0] if len(owners) == 1 else None


def _longest(names: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(((name.strip(), who) for name, who in names if name.strip()), key=lambda pair: (-len(pair[0]), pair))


def _pills(formatted: object) -> list[tuple[str, str]]:
    """The links to people in the HTML of a message: their words, and whom they lead to."""
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
