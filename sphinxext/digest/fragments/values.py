"""Values of fields: a YAML scalar to a moment, a URL, a text, or the reason why not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from yaml.nodes import ScalarNode

from sphinxext.digest.fragments.fields import URL_SCHEMES
from sphinxext.digest.model import Moment, Text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]+\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[Zz]|[-+]\d{2}:?\d{2})?")
_URL_CHARACTERS = re.compile(r"[^\s\x00-\x1f\x7f<>\"]+")


class ValueProblem(ValueError):
    """What is wrong with a value."""


def read_moment(value: str) -> Moment:
    """Read ``YYYY-MM-DD`` or a time as in RFC 3339; a time without an offset is UTC.

    :raises ValueProblem: if it is neither, or there is no such day or time.
    """
    try:
        if _DAY.fullmatch(value):
            return Moment(date.fromisoformat(value))
        if _TIME.fullmatch(value):
            compact = re.sub(r"\s+(?=[-+Zz])", "", value).upper()
            time = datetime.fromisoformat(re.sub(r"\s+", "T", compact))
            time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
            return Moment(time.date(), time)
    except (ValueError, OverflowError) as error:
        raise ValueProblem(f"there is no such date as '{value}': {error}") from None
    raise ValueProblem(f"'{value}' is not a date: write 2015-12-02 or 2015-12-02T14:05:00Z")


def check_url(value: str) -> str:
    """The URL itself, if it is absolute, without white space, and of one of the allowed schemes.

    :raises ValueProblem: if it is not.
    """
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError as error:
        raise ValueProblem(f"'{value}' is not a URL: {error}") from None
    if not _URL_CHARACTERS.fullmatch(value):
        raise ValueProblem(f"'{value}' is not a URL: it has characters that a URL cannot have")
    if parts.scheme.lower() not in URL_SCHEMES:
        raise ValueProblem(f"'{value}' is not a URL of one of the schemes {', '.join(URL_SCHEMES)}")
    if not host and parts.scheme.lower() in ("http", "https", "ircs"):
        raise ValueProblem(f"'{value}' is not a URL: it names no host")
    return value


def read_text(node: ScalarNode, source: str) -> Text:
    """The text of a scalar without white space at its ends, with the lines of the file that it stands on.

    :param source: the text of the whole file.
    """
    value: str = node.value
    start, end = node.start_mark, node.end_mark
    if node.style == "|":
        return _literal_text(value, source, start.index, start.line)
    if node.style == ">":
        literal = _literal_text(value, source, start.index, start.line)
        if "\n" not in literal.value:
            return literal
        raw = source[start.index : end.index].split("\n")
        return replace(literal, lines=_folded_lines(literal.value, raw[literal.line - start.line - 1 :], literal.line))
    text = value.strip()
    column = start.column + (2 if node.style else 1)
    if "\n" not in text:
        return Text(text, start.line + 1, column)
    raw = source[start.index : end.index].split("\n")
    return Text(text, start.line + 1, column, _flow_lines(text, raw, start.line + 1))


def _literal_text(value: str, source: str, header: int, line: int) -> Text:
    """The text of a block whose header begins at index ``header`` of the source, in line ``line`` (from 0)."""
    begin = source.find("\n", header) + 1
    end = source.find("\n", begin)
    line += 1
    while end >= 0 and not source[begin:end].strip():
        begin, end, line = end + 1, source.find("\n", end + 1), line + 1
    body = source[begin : end if end >= 0 else None]
    text = value.strip("\n").rstrip()
    indented = len(text) - len(text.lstrip(" "))
    return Text(text, line + 1, len(body) - len(body.lstrip(" ")) - indented + 1)


def _folded_lines(text: str, raw: list[str], first: int) -> tuple[int, ...]:
    """For each line of a folded text the line of the file at which it begins.

    Follows the words: a line of the value holds the words of one or more lines of the file, in order.

    :param raw: the lines of the file from the first of the text on.
    :param first: the number of that line, from 1.
    """
    places = []
    current = 0
    for line in text.split("\n"):
        words = len(line.split())
        while words and current < len(raw) and not raw[current].strip():
            current += 1
        places.append(first + current)
        while words > 0 and current < len(raw):
            words -= len(raw[current].split())
            current += 1
    return tuple(places)


def _flow_lines(text: str, raw: list[str], first: int) -> tuple[int, ...]:
    """For each line of a plain or quoted text the line of the file at which it begins.

    Line breaks of such a text come from blank lines, or from escapes, which stand in one line of the file.
    """
    starts = [index for index, line in enumerate(raw) if line.strip() and (not index or not raw[index - 1].strip())]
    places = []
    paragraph = -1
    for line in text.split("\n"):
        paragraph += bool(line)
        places.append(first + starts[min(max(paragraph, 0), len(starts) - 1)])
    return tuple(places)
