"""Find the events of a newsletter: lines of lists that begin with a day, under a heading that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sphinxext.digest.gather.importer import Block, Form, Words
from sphinxext.digest.gather.importer.references import References
from sphinxext.digest.gather.importer.titles import MONTH, date_or_none, month_number

#: Headings of events that come.
EVENTS = re.compile(r"\W*(?:\w+ ){0,3}(?:events?|meet-?ups?|conferences|calendar)\W*", re.IGNORECASE)
_ONLINE = re.compile(r"\b(?:online|virtual|remote)\b", re.IGNORECASE)
_TO = r"\s*(?:-|–|—|/|\bto\b|\buntil\b)\s*"
_NUMBER = r"[0-9]{1,2}(?:st|nd|rd|th)?(?![0-9])"
#: The days at the beginning of a line; the groups are those of the first (1) and the last day (2).
_DAYS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<y1>[0-9]{{4}})-(?P<n1>[0-9]{{2}})-(?P<d1>[0-9]{{2}})(?![0-9])"
        rf"(?:{_TO}(?:(?P<y2>[0-9]{{4}})-)?(?:(?P<n2>[0-9]{{2}})-)?(?P<d2>[0-9]{{2}})(?![0-9:]))?",
        rf"(?P<m1>{MONTH})\s*(?P<d1>{_NUMBER})(?:{_TO}(?:(?P<m2>{MONTH})\s*)?(?P<d2>{_NUMBER}))?"
        rf"(?:,?\s*(?P<y1>[0-9]{{4}})(?![0-9]))?",
        rf"(?P<d1>{_NUMBER})\.?(?:{_TO}(?P<d2>{_NUMBER})\.?)?\s+(?P<m1>{MONTH})(?:\s*(?P<y1>[0-9]{{4}})(?![0-9]))?",
    )
]
#: What comes between a day and the rest.
_SEPARATOR = re.compile(r"[\s.,:;|)\]–—-]*")
_WEEKDAY = re.compile(
    r"\s*[\[(]?(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b[.,]?\s+)?", re.IGNORECASE
)
#: A year that is not said is that of the first such day from this long before the newsletter on.
_BEFORE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Days:
    """The days at the beginning of a line, and the number of characters that say so."""

    start: date
    end: date
    length: int


def days_of(text: str, day: date) -> Days | None:
    """Return the days that a line begins with, or None.

    :param day: that of the newsletter, for the year.
    """
    begin = _WEEKDAY.match(text)
    position = begin.end() if begin else 0
    for form in _DAYS:
        if match := form.match(text, position):
            found = match.groupdict()
            start = _start(found, day)
            end = _end(found, start) if start else None
            if start and end and timedelta() <= end - start < timedelta(days=60):
                after = _SEPARATOR.match(text, match.end())
                return Days(start, end, after.end() if after else match.end())
            return None
    return None


def _start(found: dict[str, str | None], day: date) -> date | None:
    number = _month(found.get("n1"), found.get("m1"))
    first = _number(found["d1"])
    if found.get("y1"):
        return date_or_none(int(found["y1"] or 0), number, first)
    years = (date_or_none(year, number, first) for year in (day.year - 1, day.year, day.year + 1))
    return next((found for found in years if found and found >= day - _BEFORE), None)


def _end(found: dict[str, str | None], start: date) -> date | None:
    if not found.get("d2"):
        return start
    number = _month(found.get("n2"), found.get("m2")) or start.month
    year = int(found.get("y2") or start.year + (number < start.month))
    return date_or_none(year, number, _number(found["d2"]))


def _month(number: str | None, name: str | None) -> int:
    return int(number) if number else month_number(name) if name else 0


def _number(text: str | None) -> int:
    return int(re.sub("[^0-9]", "", text or "0"))


def events_of(block: Block, place: str, day: date, references: References) -> list[dict[str, str]]:
    """Return the events of a line of a list, or nothing if it does not begin with a day that is ahead.

    ``2026-01-11 | Place | Group`` with the events below it is one form; ``Jan 11. Title`` is another.

    :param place: the heading above, which may be the name of a place.
    """
    if block.form is not Form.BULLET:
        return []
    first, *below = block.words.lines()
    days = days_of(first.plain, day)
    if days is None or days.end < day or not first.plain[days.length :].strip():
        return []
    rest = first.cut(days.length).stripped()
    parts = _parts(rest)
    named = parts[0].plain.strip() if len(parts) > 1 else ""
    common = {"start": days.start.isoformat()}
    if days.end > days.start:
        common["end"] = days.end.isoformat()
    if _ONLINE.search(named or place):
        common["online"] = "true"
    if named or (place and "online" not in common):
        common["place"] = named or place
    if len(parts) > 1 and below:
        text = references.rst(_joined(parts[1:]), block.line)
        return [_with(text, _named(line, common, references, block)) for line in below if line.plain.strip()]
    event = _named(_joined(parts[1:]) if len(parts) > 1 else rest, common, references, block)
    lines = [references.rst(line, block.line) for line in below if line.plain.strip()]
    return [_with("\n\n".join(lines), event)]


def _named(words: Words, common: dict[str, str], references: References, block: Block) -> dict[str, str]:
    """Return an event with its title and URL; if it has several links, its text has them."""
    urls = [target for url in words.urls if (target := references.check(url, block.line))]
    title = references.rst(Words.of(" ".join(words.plain.split()).rstrip(" .")), block.line)
    event = {"title": title or common["start"], **common}
    if urls:
        event["url"] = urls[0]
    if len(set(urls)) > 1:
        event["text"] = references.rst(words.on_one_line(), block.line)
    return event


def _with(text: str, event: dict[str, str]) -> dict[str, str]:
    """Return an event with another text before its own."""
    texts = [part for part in (text, event.get("text")) if part]
    return {**event, "text": "\n\n".join(texts)} if texts else event


def _parts(words: Words) -> list[Words]:
    """Return the parts between bars."""
    plain = words.plain
    bars = [match.start() for match in re.finditer(r"\|", plain)]
    starts, ends = [0, *(bar + 1 for bar in bars)], [*bars, len(plain)]
    parts = [part.stripped() for part in words.pieces(zip(starts, ends, strict=True))]
    return [part for part in parts if part.plain.strip()]


def _joined(parts: Sequence[Words]) -> Words:
    runs = [
        run
        for number, part in enumerate(parts)
        for run in ((*Words.of(" | ").runs, *part.runs) if number else part.runs)
    ]
    return Words(tuple(runs))
