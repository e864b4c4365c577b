"""Values of fields: a text to a moment or a URL, or the reason why not.

Reading who took part in a thread: a mapping of names to numbers of messages.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import lru_cache

from yaml.nodes import MappingNode, Node, ScalarNode

from sphinxext.digest.fragments.fields import URL_SCHEMES
from sphinxext.digest.model import REFUSED_CHARACTER, Moment, Participants
from sphinxext.digest.model.notes import MAX_MESSAGES, MAX_NAME
from sphinxext.digest.model.period import PeriodError, check_year
from sphinxext.digest.problems import Code
from sphinxext.digest.text.urls import split_url
from sphinxext.digest.yaml.compose import is_string
from sphinxext.digest.yaml.reader import NodeReader

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
    """An invalid value; the message says why."""


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
    """Return the URL itself, if it is absolute, without white space, and of one of the allowed schemes.

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


def read_participants(reader: NodeReader, node: Node, field: str) -> Participants | None:
    """Read the names and numbers of a node, or report all that is wrong with it and return None."""
    if reader.refuse_tag(node):
        return None
    if not isinstance(node, MappingNode):
        message = f"'{field}' must be names, each with the number of its messages: 'NAME: 3'"
        reader.complain(node, Code.WRONG_TYPE, message)
        return None
    before = len(reader.problems)
    if not node.value:
        reader.complain(node, Code.EMPTY_TEXT, f"'{field}' is empty")
    found: dict[str, int] = {}
    for key, node_of_name, value in reader.pairs(node):
        name = key.strip()
        if complaint := _complaint(name, node_of_name):
            reader.complain(node_of_name, *complaint)
        elif name in found:
            reader.complain(node_of_name, Code.DUPLICATE_KEY, f"duplicate name '{name}'")
        elif reader.refuse_tag(value):
            pass
        elif not isinstance(value, ScalarNode) or value.style or not _NUMBER.fullmatch(value.value):
            message = f"the number of messages must be a whole number from 1 to {MAX_MESSAGES}"
            reader.complain(value, Code.WRONG_TYPE, message)
        else:
            found[name] = int(value.value)
    return Participants(tuple(found.items())) if len(reader.problems) == before else None


def _complaint(name: str, node: Node) -> tuple[Code, str] | None:
    """Return what is wrong with a name."""
    if not name:
        return Code.EMPTY_TEXT, "a name is empty"
    if not is_string(node):
        return Code.WRONG_TYPE, f"a name must be plain text, but YAML reads {name} as another type: put it in quotes"
    if "\n" in name or "\t" in name:
        return Code.BAD_VALUE, "a name must be one line of plain text"
    if refused := REFUSED_CHARACTER.search(name):
        return Code.BAD_VALUE, f"a name has the character U+{ord(refused[0]):04X}, which no text may"
    if len(name) > MAX_NAME:
        return Code.BAD_VALUE, f"a name has more than {MAX_NAME} characters"
    return None
