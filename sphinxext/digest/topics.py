"""The topics that have feeds of their own, as the option ``feeds`` lists them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sphinxext.digest.model import KINDS, REFUSED_CHARACTER, Kind

#: The kinds of notes that a feed can have.
TOPIC_KINDS = tuple(str(note.kind) for note in KINDS)

_KEYS = ("name", "title", "kinds", "series", "notes")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
#: The names of files that are there already.
_TAKEN = ("atom", "feed", "index")
_EXAMPLE = "such as {name: successes, kinds: [success]}"


class TopicError(ValueError):
    """An entry that cannot be one; the message says which, and what it may be."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A feed of single notes: those of some kinds, the countdowns of a series, sections of release notes.

    ``name`` is that of its files, ``notes`` are keys of release notes such as ``upgrade``.
    """

    name: str
    title: str
    kinds: tuple[Kind, ...] = ()
    series: str = ""
    notes: tuple[str, ...] = ()


def read_topics(value: object) -> tuple[Topic, ...]:
    """The topics of a value as YAML or ``conf.py`` give it: a list of mappings.

    :raises TopicError: if it is anything else.
    """
    if not isinstance(value, list | tuple):
        raise TopicError(f"must be a list of mappings, {_EXAMPLE}")
    topics = [_topic(entry, f"entry {number}") for number, entry in enumerate(value, 1)]
    names = [topic.name for topic in topics]
    if twice := [name for name in names if names.count(name) > 1]:
        raise TopicError(f"has two feeds of the name '{twice[0]}'")
    return tuple(topics)


def _topic(entry: object, where: str) -> Topic:
    if not isinstance(entry, Mapping) or not all(isinstance(key, str) for key in entry):
        raise TopicError(f"must have mappings, {_EXAMPLE}: {where} is none")
    if unknown := [key for key in entry if key not in _KEYS]:
        raise TopicError(f"has '{unknown[0]}' in {where}: there are {', '.join(_KEYS)}")
    name = _text(entry.get("name", ""), where, "name")
    if not _NAME.fullmatch(name):
        raise TopicError(f"needs a 'name' of small letters, digits, '-' and '_' in {where}")
    if name in _TAKEN:
        raise TopicError(f"has the name '{name}' in {where}, which another file has")
    where = f"{where} ({name})"
    kinds = _texts(entry.get("kinds", ()), where, "kinds")
    if wrong := [kind for kind in kinds if kind not in TOPIC_KINDS]:
        raise TopicError(f"has no kind '{wrong[0]}' in {where}: there are {', '.join(TOPIC_KINDS)}")
    series = _text(entry.get("series", ""), where, "series")
    notes = _texts(entry.get("notes", ()), where, "notes")
    if not (kinds or series or notes):
        raise TopicError(f"has neither kinds nor a series nor notes in {where}: say what the feed has")
    if series and kinds and Kind.COUNTDOWN not in kinds:
        raise TopicError(f"has a series in {where}, but its kinds are without 'countdown'")
    title = _text(entry.get("title", ""), where, "title") or name
    return Topic(name, title, tuple(map(Kind, kinds)) or ((Kind.COUNTDOWN,) if series else ()), series, notes)


def _texts(value: object, where: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TopicError(f"must have a list as '{key}' in {where}")
    return tuple(dict.fromkeys(_text(item, where, key) for item in value))


def _text(value: object, where: str, key: str) -> str:
    text = value.strip() if isinstance(value, str) else None
    if text is None or "\n" in text or "\t" in text or REFUSED_CHARACTER.search(text):
        raise TopicError(f"must have a text of one line as '{key}' in {where}")
    return text
