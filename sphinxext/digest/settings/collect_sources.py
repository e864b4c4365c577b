"""The sources that the option ``sources`` lists for ``sphinx-digest collect``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sphinxext.digest.model import REFUSED_CHARACTER, month_name
from sphinxext.digest.plugins import COLLECTORS, installed
from sphinxext.digest.problems import nearest
from sphinxext.digest.settings.checks import OptionError

#: The most days that a path or URL with fields stands for.
MAX_DAYS = 400

_OPTION = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_FIELD = re.compile(r"\{(date|year|month|day|month-name)\}")
_EXAMPLE = "such as {feed: https://blog.example.org/atom.xml, group: Blogs}"


@dataclass(frozen=True, slots=True)
class Source:
    """A command with its arguments, and its options by their names without dashes: texts, lists of them, or flags."""

    name: str
    arguments: tuple[str, ...]
    options: tuple[tuple[str, str | bool | tuple[str, ...]], ...] = ()

    def __str__(self) -> str:
        return f"{self.name} {' '.join(self.arguments)}"


def sources(value: object) -> tuple[Source, ...]:
    """Read a list of sources, a value from YAML or ``conf.py``. The command checks its own options later.

    :raises OptionError: if it is anything else than a list of mappings.
    """
    if not isinstance(value, list | tuple):
        raise OptionError(f"must be a list of mappings, {_EXAMPLE}")
    return tuple(_source(entry, number) for number, entry in enumerate(value, 1))


def with_days(text: str, since: date, until: date) -> list[str]:
    """Fill the fields of a path or URL with the days of a period, and return each result once.

    ``{date}`` is a day in ISO form; ``{year}``, ``{month}`` and ``{day}`` are its parts, with two digits but for the
    year, and ``{month-name}`` is the English name of the month, as in the files of Pipermail. ``{since}`` and
    ``{until}`` are the first and the last day, ``{end}`` is the day after that.

    :raises OptionError: if there are more than :data:`MAX_DAYS` days and the text has a field of single ones.
    """
    whole = {"since": since, "until": until, "end": until + timedelta(days=1)}
    for name, day in whole.items():
        text = text.replace(f"{{{name}}}", day.isoformat())
    if not _FIELD.search(text):
        return [text]
    number = (until - since).days + 1
    if number > MAX_DAYS:
        raise OptionError(f"'{text}' is {number:,} days: the limit is {MAX_DAYS}")
    days = (since + timedelta(days=count) for count in range(number))
    return list(dict.fromkeys(_FIELD.sub(lambda match, day=day: _part(match[1], day), text) for day in days))  # type: ignore[misc]


def is_dated(text: str) -> bool:
    """Return True if a path or an address has fields of single days, so that some days may have none."""
    return _FIELD.search(text) is not None


def _part(name: str, day: date) -> str:
    parts = {"date": day.isoformat(), "year": f"{day:%Y}", "month": f"{day:%m}", "day": f"{day:%d}"}
    return parts.get(name) or month_name(day)


def _source(entry: object, number: int) -> Source:
    where = f"entry {number}"
    if not isinstance(entry, Mapping) or not all(isinstance(key, str) for key in entry):
        raise OptionError(f"must have mappings, {_EXAMPLE}: {where} is not one")
    known = installed(COLLECTORS)
    names = [key for key in entry if key in known]
    if len(names) != 1:
        near = next((f"'{key}': did you mean '{one}'?" for key in entry if (one := nearest(key, known))), "")
        has = f"has {' and '.join(names) or near or 'none of them'}"
        raise OptionError(f"must have one of the keys {', '.join(known)} in each entry: {where} {has}")
    where = f"{where} ({names[0]})"
    arguments = _texts(entry[names[0]], where, names[0])
    options = []
    for key, value in entry.items():
        if key == names[0]:
            continue
        if not _OPTION.fullmatch(key):
            raise OptionError(
                f"has '{key}' in {where}, which is not the name of an option: write it without dashes before it"
            )
        options.append((key, value if isinstance(value, bool) else _value(value, where, key)))
    return Source(names[0], arguments, tuple(options))


def _value(value: object, where: str, key: str) -> str | tuple[str, ...]:
    return _texts(value, where, key) if isinstance(value, list | tuple) else _text(value, where, key)


def _texts(value: object, where: str, key: str) -> tuple[str, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    if not values:
        raise OptionError(f"has an empty list as '{key}' in {where}")
    return tuple(_text(item, where, key) for item in values)


def _text(value: object, where: str, key: str) -> str:
    if isinstance(value, date):
        value = value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    text = value.strip() if isinstance(value, str) else ""
    if not text:
        hint = ": put it in quotes" if isinstance(value, float | bool) else ""
        raise OptionError(f"must have a text, or a list of texts, as '{key}' in {where}{hint}")
    if "\n" in text or "\t" in text or REFUSED_CHARACTER.search(text):
        raise OptionError(f"has control characters, or several lines, as '{key}' in {where}")
    return text
