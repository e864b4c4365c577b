"""Read the fields above the text of a newsletter: front matter in YAML or TOML, and the header of Pelican.

Only lines of the form ``name: value`` count. No parser of YAML reads them, so no alias, tag or depth can do any harm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sphinxext.digest.gather.importer import clean
from sphinxext.digest.gather.importer.numbers import read_number
from sphinxext.digest.gather.importer.titles import period_of, read_title

_FIELD = re.compile(r"([A-Za-z][\w-]{0,60})[ \t]*[:=](?:[ \t]+(.*)|$)")
#: Fields of Pelican's header have no space before the colon, and the first of them is one of these.
_HEADER = re.compile(
    r"(?:title|date|slug|author|authors|category|tags|number|issue|summary|description):", re.IGNORECASE
)
#: No front matter has more lines.
_MOST = 200
_QUOTED = re.compile(r"\A(?:\"((?:[^\"\\]|\\.)*+)\"|'((?:[^']|'')*+)')\s*(?:#.*)?\Z")
_COMMENT = re.compile(r"\s#.*\Z")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d))?)?")

_TITLE, _DATE = ("title",), ("date", "published", "publishdate", "pubdate", "published_at")
_NUMBER = ("number", "issue")
_AUTHOR, _URL = ("author", "authors"), ("canonical_url", "canonical", "url", "permalink", "link")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields above a text by their names in lower case, each with its line; ``end`` is the number of lines."""

    end: int = 0
    fields: dict[str, tuple[str, int]] = field(default_factory=dict)

    def _first(self, names: tuple[str, ...]) -> tuple[str, int]:
        return next((self.fields[name] for name in names if self.fields.get(name, ("", 0))[0]), ("", 1))

    @property
    def title(self) -> str | None:
        """The title, on one line."""
        return " ".join(self._first(_TITLE)[0].split()) or None

    @property
    def line(self) -> int:
        """The line of the title."""
        return self._first(_TITLE)[1]

    @property
    def date(self) -> datetime | None:
        """The day as it is written, whatever the zone."""
        return read_date(self._first(_DATE)[0])

    @property
    def author(self) -> str | None:
        """The author, if there is one."""
        author = self._first(_AUTHOR)[0]
        return None if not author or author[:1] in "[{&*" else " ".join(author.split())

    @property
    def url(self) -> str | None:
        """The address of the page, if it is absolute."""
        url = self._first(_URL)[0]
        return url if url.startswith(("http://", "https://")) else None

    @property
    def number(self) -> int | None:
        """The number of the newsletter."""
        return read_number(self._first(_NUMBER)[0])

    @property
    def is_draft(self) -> bool:
        """True if it is not published."""
        says = {name: value.lower() for name, (value, _) in self.fields.items()}
        return (
            says.get("draft") in ("true", "yes") or says.get("published") == "false" or says.get("status") == "draft"
        )


def read_front_matter(lines: list[str]) -> FrontMatter:
    """Read the fields above a text, if it has any."""
    first = next((number for number, line in enumerate(lines[:_MOST]) if line.strip()), None)
    if first is None:
        return FrontMatter()
    mark = lines[first].rstrip()
    if mark in ("---", "+++"):
        following = range(first + 1, min(len(lines), first + _MOST))
        ends = (mark, "...") if mark == "---" else (mark,)
        end = next((number for number in following if lines[number].rstrip() in ends), None)
        if end is None or not any(_FIELD.match(line) for line in lines[first + 1 : end]):
            return FrontMatter()
        return FrontMatter(end + 1, _fields(lines, first + 1, end))
    if not _HEADER.match(lines[first]):
        return FrontMatter()
    # a blank line ends the header, and in files of Haunt a line of dashes
    end = next((number for number in range(first, len(lines)) if lines[number].rstrip() in ("", "---")), len(lines))
    header = lines[first:end]
    if end - first > _MOST or not all(_FIELD.match(line) or line[:1] in " \t" for line in header):
        return FrontMatter()
    return FrontMatter(end + (lines[end : end + 1] == ["---"]), _fields(lines, first, end))


def _fields(lines: list[str], start: int, end: int) -> dict[str, tuple[str, int]]:
    """Return the fields of some lines; an indented line goes on with the value before it."""
    fields: dict[str, tuple[str, int]] = {}
    name = ""
    for number in range(start, end):
        line = clean(lines[number])
        if match := _FIELD.match(line):
            name = match[1].lower()
            if name in fields:
                name = ""
                continue
            value = (match[2] or "").strip()
            fields[name] = ("" if value.rstrip("+-") in (">", "|") else _value(value), number + 1)
        elif name and line[:1] == " ":
            value, first = fields[name]
            fields[name] = (f"{value} {line.strip()}".strip(), first)
    return fields


def _value(text: str) -> str:
    if match := _QUOTED.match(text):
        return re.sub(r"\\(.)", r"\1", match[1]) if match[1] is not None else match[2].replace("''", "'")
    return _COMMENT.sub("", text).strip()


def read_date(text: str) -> datetime | None:
    """Return the day and the time that a text says, as they are written there."""
    text = text.strip()[:100]
    if match := _DAY.match(text):
        year, month, day, hour, minute, second = (int(group or 0) for group in match.groups())
        try:
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        except ValueError:
            return None
    try:
        return parsedate_to_datetime(text).replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        period = period_of(read_title(text), None, None, [])
        return datetime.combine(period.end, datetime.min.time(), UTC) if period else None
