"""Values of fields: a YAML scalar to a moment, a URL, a text, or the reason why not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from yaml.nodes import ScalarNode

from sphinxext.digest.fragments.fields import URL_SCHEMES
from sphinxext.digest.model import Moment, Text
from sphinxext.digest.periods import PeriodError, check_year

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[Tt]| +)(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
    r"\s*(?:[Zz]|[-+](?:[01]\d|2[0-3]):?[0-5]\d)?",
    re.ASCII,
)
#: What may stand before a scalar: tags and anchors, with comments after them.
_PROPERTIES = re.compile(r"(?:[!&]\S*(?:\s+#.*)*\s+)+")
_ESCAPE = re.compile(r"\\(?:(?P<line_end>n|x0[aA]|u000[aA]|U0000000[aA])|.)")
_URL_CHARACTERS = re.compile(r"[^\s\x00-\x1f\x7f<>\"]+")


#: What most URLs look like, so that they need no closer look.
_COMMON_URL = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[^\s\x00-\x1f\x7f<>\"]*)?")


class ValueProblem(ValueError):
    """What is wrong with a value."""


@lru_cache(maxsize=1024)
def read_moment(value: str) -> Moment:
    """Read ``YYYY-MM-DD`` or a time as in RFC 3339; a time without an offset is UTC.

    :raises ValueProblem: if it is neither, or there is no such day or time.
    """
    try:
        if _DAY.fullmatch(value):
            day = date.fromisoformat(value)
            check_year(day)
            return Moment(day)
        if _TIME.fullmatch(value):
            compact = re.sub(r"\s+(?=[-+Zz])", "", value).upper()
            time = datetime.fromisoformat(re.sub(r"\s+", "T", compact))
            time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
            check_year(time.date())
            return Moment(time.date(), time)
    except PeriodError as error:
        raise ValueProblem(f"'{value}' is not a date of a digest: {error}") from None
    except (ValueError, OverflowError):
        raise ValueProblem(f"there is no such date as '{value}'") from None
    raise ValueProblem(f"'{value}' is not a date: write 2015-12-02 or 2015-12-02T14:05:00Z")


def check_url(value: str) -> str:
    """The URL itself, if it is absolute, without white space, and of one of the allowed schemes.

    :raises ValueProblem: if it is not.
    """
    if _COMMON_URL.fullmatch(value):
        return value
    try:
        parts = urlsplit(value)
        host = parts.hostname
    except ValueError:
        raise ValueProblem(f"'{value}' is not a URL: its host cannot be read") from None
    if not _URL_CHARACTERS.fullmatch(value):
        raise ValueProblem(f"'{value}' is not a URL: it has characters that a URL cannot have")
    if parts.scheme.lower() not in URL_SCHEMES:
        raise ValueProblem(f"'{value}' is not a URL of one of the schemes {', '.join(URL_SCHEMES)}")
    if not host and parts.scheme.lower() in ("http", "https", "ircs"):
        raise ValueProblem(f"'{value}' is not a URL: it names no host")
    if not host and not parts.path:
        raise ValueProblem(f"'{value}' is not a URL: it names nothing")
    return value


def read_text(node: ScalarNode, source: str) -> Text:
    """The text of a scalar without empty lines at its ends, and where its lines stand in the file.

    :param source: the text of the whole file.
    """
    start, end = node.start_mark.index, node.end_mark.index
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    if source[start] in "&!" and (properties := _PROPERTIES.match(source, start)):
        start = properties.end()
        line, column = source.count("\n", 0, start) + 1, start - source.rfind("\n", 0, start)
    if node.style in ("|", ">"):
        return _block_text(node, source[start:end].split("\n"), line)
    if node.style:
        return _flow_text(node, source[start + 1 : end - 1].split("\n"), line, column + 1)
    return _flow_text(node, source[start:end].split("\n"), line, column)


def _block_text(node: ScalarNode, raw: list[str], line: int) -> Text:
    """The text of a literal or folded scalar.

    :param raw: its lines in the file, the first of which is the header in line ``line``.
    """
    value = node.value.rstrip()
    value = value[value.rfind("\n", 0, len(value) - len(value.lstrip())) + 1 :]
    first = next(index for index, content in enumerate(raw) if index and content.strip())
    margin = _indentation(raw[first]) - _indentation(value)
    text = Text(value, line + first, margin + 1)
    if node.style == ">" and "\n" in value:
        return replace(text, lines=_folded_lines(value, raw[first:], text.line))
    return text


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


def _flow_text(node: ScalarNode, raw: list[str], line: int, column: int) -> Text:
    """The text of a plain or quoted scalar.

    :param raw: its lines in the file, without quotes; it begins in line ``line`` at ``column``.
    """
    text: str = node.value.strip()
    if len(raw) == 1 and "\n" not in text and text == node.value:
        return Text(text, line, column)
    places = _flow_places(raw, line, column, escapes=node.style == '"')
    before = node.value[: node.value.index(text)]
    places = places[before.count("\n") :] or places[-1:]
    first = next(index for index, content in enumerate(raw) if content.strip())
    if first:
        places[0] = (line + first, _indentation(raw[first]) + 1)
    else:
        places[0] = (places[0][0], places[0][1] + len(before) - before.rfind("\n") - 1)
    lines, columns = zip(*places[: text.count("\n") + 1], strict=True)
    return Text(text, lines[0], columns[0], *((lines, columns) if len(lines) > 1 else ()))


def _flow_places(raw: list[str], line: int, column: int, *, escapes: bool) -> list[tuple[int, int]]:
    """For each line of the value of a plain or quoted scalar the line and the column of the file at which it begins.

    Line ends of a value come from blank lines, each of which stands for one, and from escapes in double quotes.
    """
    places = [(line, column)]
    for index, content in enumerate(raw):
        if 0 < index < len(raw) - 1 and not content.strip():
            places.append((line + index + 1, _indentation(raw[index + 1]) + 1))
        elif escapes and "\\" in content:
            offset = 1 if index else column
            ends = [escape.end() for escape in _ESCAPE.finditer(content) if escape["line_end"]]
            places += [(line + index, offset + end) for end in ends]
            if ends and content[ends[-1] :] == "\\" and index + 1 < len(raw):
                places[-1] = (line + index + 1, _indentation(raw[index + 1]) + 1)
    return places


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
