"""Checks of the values that options take, among them link roles and the topics of feeds.

Each check returns a value of YAML or ``conf.py`` as the settings hold it, or raises :class:`OptionError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from string import Formatter
from typing import NamedTuple

from sphinxext.digest.model import KINDS, REFUSED_CHARACTER, Kind, Period
from sphinxext.digest.model.period import PeriodError, parse_day, parse_interval

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_NAME = re.compile(r"[a-z0-9]+(?:[._+-][a-z0-9]+)*", re.IGNORECASE)
ADDRESS = re.compile(r"https?://[^\s<>\"%/?#]+[/?#][^\s<>\"]*", re.IGNORECASE)
#: What the template may have besides text: the place of the words, and an escaped sign.
_FIELD = re.compile(r"%(.?)")


class OptionError(ValueError):
    """An invalid value of an option; the message says which are valid."""


class LinkRole(NamedTuple):
    """A role such as ``bug``: its ``address`` and its ``caption`` have ``%s`` where the role has its words.

    An empty caption is for the address itself.
    """

    name: str
    address: str
    caption: str = ""

    def link(self, text: str) -> tuple[str, str]:
        """Return the words and the address of a link.

        :param text: what the role has, ``12`` or ``words <12>``.
        """
        words, target = "", text
        if text.endswith(">") and (start := text.rfind("<")) > 0:
            words, target = text[:start].strip(), text[start + 1 : -1]
        address = self.address % target.strip()
        return words or (self.caption % target if self.caption else address), address


def link_roles(value: object) -> tuple[LinkRole, ...]:
    """Read a mapping of names to addresses, or to lists of an address and a caption.

    :raises OptionError: if one of them is not a valid role.
    """
    if value == ():
        return ()
    if not isinstance(value, Mapping):
        raise OptionError("must map the names of roles to addresses")
    return tuple(_link_role(name, one) for name, one in value.items())


def _link_role(name: object, value: object) -> LinkRole:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise OptionError(f"has the role '{name}': names are letters, digits, and '-', '.', '_', '+' between them")
    address, caption = (value, None) if isinstance(value, str) else _pair(name, value)
    if not isinstance(address, str) or not ADDRESS.fullmatch(address) or not has_one_field(address):
        raise OptionError(
            f"has no address for the role '{name}': it must be an absolute URL, http or https, with one '%s' behind "
            "the host, and '%%' for a percent sign"
        )
    if caption is not None and (not isinstance(caption, str) or not has_one_field(caption) or "\n" in caption):
        raise OptionError(f"has no caption for the role '{name}': it must be a line of text with one '%s'")
    return LinkRole(name.lower(), address, caption or "")


def _pair(name: str, value: object) -> tuple[object, object]:
    if isinstance(value, list | tuple) and len(value) == 2:
        return value[0], value[1]
    raise OptionError(f"must have an address for the role '{name}', or a list of an address and a caption")


def has_one_field(template: str) -> bool:
    """Return True if a template has one ``%s``, and no other field."""
    fields = _FIELD.findall(template)
    return fields.count("s") == 1 and all(field in ("s", "%") for field in fields)


#: The kinds of notes that a feed can have.
TOPIC_KINDS = tuple(str(note.kind) for note in KINDS)

_KEYS = ("name", "title", "kinds", "series", "notes")
_TOPIC_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
#: The names of files that are there already.
_TAKEN = ("atom", "feed", "index")
_EXAMPLE = "such as {name: successes, kinds: [success]}"


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


def topics(value: object) -> tuple[Topic, ...]:
    """Read the topics of a list of mappings.

    :raises OptionError: if it is anything else.
    """
    if not isinstance(value, list | tuple):
        raise OptionError(f"must be a list of mappings, {_EXAMPLE}")
    found = [_topic(entry, f"entry {number}") for number, entry in enumerate(value, 1)]
    names = [topic.name for topic in found]
    if twice := [name for name in names if names.count(name) > 1]:
        raise OptionError(f"has two feeds of the name '{twice[0]}'")
    return tuple(found)


def _topic(entry: object, where: str) -> Topic:
    if not isinstance(entry, Mapping) or not all(isinstance(key, str) for key in entry):
        raise OptionError(f"must have mappings, {_EXAMPLE}: {where} is none")
    if unknown := [key for key in entry if key not in _KEYS]:
        raise OptionError(f"has '{unknown[0]}' in {where}: there are {', '.join(_KEYS)}")
    name = _text(entry.get("name", ""), where, "name")
    if not _TOPIC_NAME.fullmatch(name):
        raise OptionError(f"needs a 'name' of small letters, digits, '-' and '_' in {where}")
    if name in _TAKEN:
        raise OptionError(f"has the name '{name}' in {where}, which another file has")
    where = f"{where} ({name})"
    kinds = _texts(entry.get("kinds", ()), where, "kinds")
    if wrong := [kind for kind in kinds if kind not in TOPIC_KINDS]:
        raise OptionError(f"has no kind '{wrong[0]}' in {where}: there are {', '.join(TOPIC_KINDS)}")
    series = _text(entry.get("series", ""), where, "series")
    notes = _texts(entry.get("notes", ()), where, "notes")
    if not (kinds or series or notes):
        raise OptionError(f"has neither kinds nor a series nor notes in {where}: say what the feed has")
    if series and kinds and Kind.COUNTDOWN not in kinds:
        raise OptionError(f"has a series in {where}, but its kinds are without 'countdown'")
    title = _text(entry.get("title", ""), where, "title") or name
    return Topic(name, title, tuple(map(Kind, kinds)) or ((Kind.COUNTDOWN,) if series else ()), series, notes)


def _texts(value: object, where: str, key: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise OptionError(f"must have a list as '{key}' in {where}")
    return tuple(dict.fromkeys(_text(item, where, key) for item in value))


def _text(value: object, where: str, key: str) -> str:
    text = value.strip() if isinstance(value, str) else None
    if text is None or "\n" in text or "\t" in text or REFUSED_CHARACTER.search(text):
        raise OptionError(f"must have a text of one line as '{key}' in {where}")
    return text


#: The fields that the template of a title may have.
TITLE_FIELDS = ("period", "number", "year", "start", "end")

#: The longest that a server may be waited for.
MAX_SECONDS = 600

_WEBADDRESS = re.compile(r"https?://[^\s/<>\"][^\s<>\"]*", re.IGNORECASE)


def text(value: object) -> str:
    """One line of text that is not empty."""
    text = text_or_empty(value)
    if not text:
        raise OptionError("must be a text that is not empty")
    return text


def text_or_empty(value: object) -> str:
    """One line of text, or none."""
    if not isinstance(value, str):
        raise OptionError("must be a text")
    text = value.strip()
    if "\n" in text or "\t" in text or REFUSED_CHARACTER.search(text):
        raise OptionError("must be one line, without control characters")
    return text


def url_or_empty(value: object) -> str:
    """An absolute URL of http or https, or none."""
    text = text_or_empty(value)
    if text and not _WEBADDRESS.fullmatch(text):
        raise OptionError("must be an absolute URL, http or https, or empty")
    return text


def source_url(value: object) -> str:
    """An absolute URL of http or https with ``{path}`` in it, or none."""
    text = text_or_empty(value)
    if text and (not _WEBADDRESS.fullmatch(text.replace("{path}", "path")) or text.count("{path}") != 1):
        raise OptionError("must be an absolute URL, http or https, with '{path}' once, or empty")
    return text


def folder_url_or_empty(value: object) -> str:
    """The URL of a folder, with a slash at its end, or none."""
    text = url_or_empty(value)
    if "?" in text or "#" in text:
        raise OptionError("must be the URL of a folder, without '?' and '#'")
    return f"{text.rstrip('/')}/" if text else text


def colour(value: object) -> str:
    """A colour as ``#rrggbb``, which is safe in styles and in pictures."""
    if not isinstance(value, str) or not _COLOUR.fullmatch(value):
        raise OptionError("must be a colour such as '#b8860b'")
    return value.lower()


def number(first: int, last: int) -> Callable[[object], int]:
    """A whole number within limits, both included."""

    def check(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not first <= value <= last:
            raise OptionError(f"must be a number from {first} to {last}")
        return value

    return check


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise OptionError("must be true or false")
    return value


def texts(value: object) -> tuple[str, ...]:
    """A list of texts."""
    if not isinstance(value, list | tuple):
        raise OptionError("must be a list of texts")
    try:
        return tuple(map(text, value))
    except OptionError as error:
        raise OptionError(f"must be a list of texts, and each {error}") from None


def names(*known: str) -> Callable[[object], tuple[str, ...]]:
    """A list of some words, each once."""

    def check(value: object) -> tuple[str, ...]:
        found = texts(value)
        if unknown := [name for name in found if name not in known]:
            raise OptionError(f"may have {', '.join(known)}, and no '{unknown[0]}'")
        return tuple(dict.fromkeys(found))

    return check


def folder(value: object) -> str:
    """A path inside the project."""
    path = PurePosixPath(text(value))
    if path.is_absolute() or ".." in path.parts:
        raise OptionError("must be a path inside the project, relative to it")
    return path.as_posix()


def subfolder(value: object) -> str:
    """A folder inside another one, and not that one itself."""
    path = folder(value)
    if path == ".":
        raise OptionError("must be a folder inside the documentation's own, relative to it")
    return path


def paths(value: object) -> tuple[str, ...]:
    """Paths that may lead out of the project, as to a checkout beside it."""
    paths = texts(value)
    if any("\\" in path or "://" in path for path in paths):
        raise OptionError("must be a list of paths of files and folders, with '/' between their parts")
    return paths


def places(value: object) -> tuple[str, ...]:
    """Addresses on the web and paths, or one of them."""
    places = texts([value] if isinstance(value, str) else value)
    for place in places:
        if "://" in place:
            url_or_empty(place)
        elif "\\" in place or place.startswith("file:"):
            raise OptionError("must be a list of URLs, http or https, and of paths with '/' between their parts")
    return places


def seconds(value: object) -> float:
    """A timeout in seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_SECONDS:
        raise OptionError(f"must be a number of seconds, at most {MAX_SECONDS}")
    return value


def days(value: object) -> float:
    """A number of days, or a fraction; below zero for no limit."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise OptionError("must be a number of days")
    return value


def schedule_url(value: object) -> str:
    """The template of a URL."""
    text = text_or_empty(value)
    url_or_empty(text.replace("{series}", "series"))
    if re.search(r"[{}]", text.replace("{series}", "")):
        raise OptionError("may have the field {series}, and no others")
    return text


def choice(*choices: str) -> Callable[[object], str]:
    """One of some words."""

    def check(value: object) -> str:
        if value not in choices:
            raise OptionError(f"must be one of {', '.join(choices)}")
        return str(value)

    return check


def day(value: object) -> date:
    """A day."""
    if isinstance(value, date):
        value = f"{value:%Y-%m-%d}"
    try:
        day = parse_day(value) if isinstance(value, str) else None
    except PeriodError as error:
        raise OptionError(f"cannot be read: {error}") from None
    if day is None:
        raise OptionError("must be a day, YYYY-MM-DD")
    return day


def day_or_none(value: object) -> date | None:
    """A day, or none for an empty text."""
    return None if value in ("", None) else day(value)


def intervals(value: object) -> tuple[Period, ...]:
    """A list of periods."""
    try:
        return tuple(parse_interval(text) for text in texts(value))
    except PeriodError as error:
        raise OptionError(f"cannot be read: {error}") from None


def title(value: object) -> str:
    """The template of a title."""
    template = text(value)
    try:
        fields = [(name, form, conversion) for _, name, form, conversion in Formatter().parse(template)]
    except ValueError as error:
        raise OptionError(f"is not a valid template: {error}") from None
    if any(name is not None and (name not in TITLE_FIELDS or form or conversion) for name, form, conversion in fields):
        raise OptionError("may have the fields {period}, {number}, {year}, {start} and {end}, and no others")
    return template
