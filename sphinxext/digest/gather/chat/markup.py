"""The texts of chats without their markup for people, channels and links."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from sphinxext.digest.gather.chat.message import as_word, list_of, mapping_of, name_of, text_of

#: People by their identifiers.
Names = dict[str, str]
_MAX_HISTORY = 1_000_000

_SLACK = re.compile(r"<([^<>]{1,3000})>")
_SLACK_ESCAPES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))


def slack_text(text: str, people: Mapping[str, str], channel: Callable[[str], str | None]) -> str:
    """Return a text of Slack with names for ``<@U123>`` and ``<#C123>``, and plain links.

    :param channel: returns the name of a channel.
    """

    def plain(match: re.Match[str]) -> str:
        target, _, label = match[1].partition("|")
        mark, identifier = target[:1], target[1:]
        if mark == "@":
            return as_word(people.get(identifier) or label or identifier)
        if mark == "#":
            return f"#{label or channel(identifier) or identifier}"
        if mark == "!":
            return label or f"@{identifier.partition('^')[0]}"
        return target if not label or label in target else f"{label} ({target.removeprefix('mailto:')})"

    text = _SLACK.sub(plain, text)
    for escape, character in _SLACK_ESCAPES:
        text = text.replace(escape, character)
    return text


_DISCORD = re.compile(r"<(?:@!?(?P<who>\d{1,20})|a?(?P<emoji>:\w{1,40}:)\d{1,20})>")


def discord_text(text: str, people: Mapping[str, str]) -> str:
    """Return a text of Discord with names for ``<@123>`` and ``@Somebody Else``.

    :param people: those that the message says it mentions.
    """
    text = _DISCORD.sub(
        lambda match: match["emoji"] or as_word(people.get(match["who"], "")) or f"@{match['who']}", text
    )
    if "@" in text:
        for name in sorted(people.values(), key=len, reverse=True):
            text = text.replace(f"@{name}", as_word(name)) if name else text
    return text


_ZULIP = re.compile(r"@_?\*\*(?P<name>[^*|\n]{0,200})(?:\|(?P<id>\d{1,20}))?\*\*|#\*\*(?P<channel>[^*\n]{1,300})\*\*")


def zulip_text(text: str, people: Mapping[str, str]) -> str:
    """Return a text of Zulip with names for ``@**Somebody**`` and ``#**channel>topic**``."""

    def plain(match: re.Match[str]) -> str:
        if match["channel"]:
            return "#" + match["channel"].replace(">", " > ", 1)
        return as_word(match["name"] or people.get(match["id"] or "", "")) or match[0]

    return _ZULIP.sub(plain, text)


def first_content(history: object) -> str:
    """Return the text of a message before its first edit; ``""`` if it was not edited. The last edit comes first."""
    if isinstance(history, str) and len(history) <= _MAX_HISTORY:
        try:
            history = json.loads(history)
        except (ValueError, RecursionError):
            return ""
    texts = (text_of(mapping_of(edit).get("prev_content")) for edit in reversed(list_of(history)))
    return next((text for text in texts if text), "")


def telegram_text(value: object) -> str:
    """Return a text of Telegram, which is one text or a list of plain and other parts."""
    parts = []
    for part in list_of(value) or [value]:
        keys = mapping_of(part)
        text = text_of(keys.get("text")) or text_of(part)
        if keys.get("type") == "mention_name":
            text = as_word(name_of(text))
        elif keys.get("type") == "text_link" and (url := text_of(keys.get("href"))) and text not in url:
            text = f"{text} ({url})"
        parts.append(text)
    return "".join(parts)
