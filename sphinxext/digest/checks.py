"""The values that options take.

Each function returns a value as the settings hold it, or raises :class:`OptionError`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import PurePosixPath
from string import Formatter

from sphinxext.digest.link_roles import LinkRole, LinkRoleError, read_link_roles
from sphinxext.digest.model import REFUSED_CHARACTER, Period
from sphinxext.digest.periods import PeriodError, parse_day, parse_interval
from sphinxext.digest.rounds import Source, SourceError, read_sources
from sphinxext.digest.topics import Topic, TopicError, read_topics

#: The fields that the template of a title may have.
TITLE_FIELDS = ("period", "year", "start", "end")

#: The longest that a server may be waited for.
MAX_SECONDS = 600

_WEB_ADDRESS = re.compile(r"https?://[^\s/<>\"][^\s<>\"]*", re.IGNORECASE)


class OptionError(ValueError):
    """A value that an option cannot have; the message says what it may be."""


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
    if text and not _WEB_ADDRESS.fullmatch(text):
        raise OptionError("must be an absolute URL, http or https, or empty")
    return text


def folder_url_or_empty(value: object) -> str:
    """The URL of a folder, with a slash at its end, or none."""
    text = url_or_empty(value)
    if "?" in text or "#" in text:
        raise OptionError("must be the URL of a folder, without '?' and '#'")
    return f"{text.rstrip('/')}/" if text else text


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
    """How long to wait."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= MAX_SECONDS:
        raise OptionError(f"must be a number of seconds, at most {MAX_SECONDS}")
    return value


def days(value: object) -> float:
    """How many days, or parts of them; below zero for no end of them."""
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


def sources(value: object) -> tuple[Source, ...]:
    """A list of sources to collect from."""
    try:
        return read_sources(value)
    except SourceError as error:
        raise OptionError(str(error)) from None


def topics(value: object) -> tuple[Topic, ...]:
    """A list of topics that have feeds of their own."""
    try:
        return read_topics(value)
    except TopicError as error:
        raise OptionError(str(error)) from None


def link_roles(value: object) -> tuple[LinkRole, ...]:
    """Roles that make links, by their names."""
    try:
        return read_link_roles(value)
    except LinkRoleError as error:
        raise OptionError(str(error)) from None


def title(value: object) -> str:
    """The template of a title."""
    template = text(value)
    try:
        fields = [(name, form, conversion) for _, name, form, conversion in Formatter().parse(template)]
    except ValueError as error:
        raise OptionError(f"is no template: {error}") from None
    if any(name is not None and (name not in TITLE_FIELDS or form or conversion) for name, form, conversion in fields):
        raise OptionError("may have the fields {period}, {year}, {start} and {end}, and no others")
    return template
