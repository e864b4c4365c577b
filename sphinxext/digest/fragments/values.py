"""Values of fields: a text to a moment or a URL, or the reason why not.

Reading who took part in a thread: a mapping of names to numbers of messages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache

from yaml.nodes import MappingNode, Node, ScalarNode

from sphinxext.digest.fragments.fields import URL_SCHEMES
from sphinxext.digest.model import REFUSED_CHARACTER, Moment, Participants
from sphinxext.digest.model.notes import MAX_MESSAGES, MAX_NAME
from sphinxext.digest.model.period import PeriodError, check_year
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.text.urls import split_url
from sphinxext.digest.yaml import compose as safeyaml

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[Tt]| +)(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
    r"\s*(?:[Zz]|[-+](?:[01]\d|2[0-3]):?[0-5]\d)?",
    re.ASCII,
)
#: What may stand in a URL: neither what breaks it nor what no text of a fragment may have.
_URL_CHARACTER = r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff<>\"]"
_URL_CHARACTERS = re.compile(f"{_URL_CHARACTER}+")


#: What most URLs look like, so that they need no closer look.
_COMMON_URL = re.compile(rf"https?://[A-Za-z0-9.-]+(?:/{_URL_CHARACTER}*)?")


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
    parts = split_url(value)
    if parts is None:
        raise ValueProblem(f"'{value}' is not a URL: its host cannot be read")
    host = parts.hostname
    if not _URL_CHARACTERS.fullmatch(value):
        raise ValueProblem(f"'{value}' is not a URL: it has characters that a URL cannot have")
    if parts.scheme.lower() not in URL_SCHEMES:
        raise ValueProblem(f"'{value}' is not a URL of one of the schemes {', '.join(URL_SCHEMES)}")
    if not host and parts.scheme.lower() in ("http", "https", "ircs"):
        raise ValueProblem(f"'{value}' is not a URL: it names no host")
    if not host and not parts.path:
        raise ValueProblem(f"'{value}' is not a URL: it names nothing")
    return value


_NUMBER = re.compile("[1-9][0-9]{0,4}")


def read_participants(node: Node, path: str, problems: list[Problem], field: str) -> Participants | None:
    """Read the names and numbers of a node, or report all that is wrong with it and return None."""
    before = len(problems)
    found: dict[str, int] = {}
    for place, code, message in _read(node, path, problems, field, found):
        where = safeyaml.place_of(place)
        problems.append(Problem(path, where.line, where.column, code, message))
    return Participants(tuple(found.items())) if len(problems) == before else None


def _read(
    node: Node, path: str, problems: list[Problem], field: str, found: dict[str, int]
) -> Iterator[tuple[Node, Code, str]]:
    """Put what is sound into ``found``; yields what is wrong, and where."""
    if safeyaml.has_tag(node):
        yield node, *_tag(node)
        return
    if not isinstance(node, MappingNode):
        yield node, Code.WRONG_TYPE, f"'{field}' must be names, each with the number of its messages: 'NAME: 3'"
        return
    if not node.value:
        yield node, Code.EMPTY_TEXT, f"'{field}' is empty"
    for key, node_of_name, value in safeyaml.items_of(node, path, problems):
        name = key.strip()
        if complaint := _complaint(name, node_of_name):
            yield (node_of_name, *complaint)
        elif name in found:
            yield node_of_name, Code.DUPLICATE_KEY, f"the name '{name}' stands a second time"
        elif safeyaml.has_tag(value):
            yield value, *_tag(value)
        elif not isinstance(value, ScalarNode) or value.style or not _NUMBER.fullmatch(value.value):
            message = f"the number of messages must be a whole number from 1 to {MAX_MESSAGES}"
            yield value, Code.WRONG_TYPE, message
        else:
            found[name] = int(value.value)


def _tag(node: Node) -> tuple[Code, str]:
    return Code.YAML_TAG, f"the tag '{node.tag}' may not stand here: there are no tags in fragments"


def _complaint(name: str, node: Node) -> tuple[Code, str] | None:
    """What is wrong with a name."""
    if not name:
        return Code.EMPTY_TEXT, "a name is empty"
    if not safeyaml.is_string(node):
        return Code.WRONG_TYPE, f"a name must be plain text, but YAML reads {name} as another type: put it in quotes"
    if "\n" in name or "\t" in name:
        return Code.BAD_VALUE, "a name must be one line of plain text"
    if refused := REFUSED_CHARACTER.search(name):
        return Code.BAD_VALUE, f"a name has the character U+{ord(refused[0]):04X}, which no text may"
    if len(name) > MAX_NAME:
        return Code.BAD_VALUE, f"a name has more than {MAX_NAME} characters"
    return None
