"""Values of events: days and times with their zone, and deadlines, or the reason why not."""

from __future__ import annotations

import re
from datetime import date, timedelta, timezone

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.fragments.fields import ValueProblem, read_moment
from sphinxext.digest.model import REFUSED_CHARACTER, Deadline, Deadlines, When
from sphinxext.digest.model.event import MAX_DEADLINES, MAX_TITLE
from sphinxext.digest.problems import Code
from sphinxext.digest.yaml import is_string
from sphinxext.digest.yaml.reader import NodeReader

_ZONED = re.compile(r"(?:[Zz]|[-+]\d{2}:?\d{2})\Z", re.ASCII)


def read_when(value: str) -> When:
    """Read ``YYYY-MM-DD`` or a time as in RFC 3339 with its offset, which is kept.

    :raises ValueProblem: if it is neither, there is no such day or time, or a time has no offset.
    """
    moment = read_moment(value)
    if moment.time is None:
        return When(moment.day)
    zone = _ZONED.search(value)
    if zone is None:
        raise ValueProblem(f"'{value}' has no zone: add one, such as 'Z' or '+02:00'")
    digits = zone[0][1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) if digits else timedelta()
    time = moment.time.astimezone(timezone(-offset if zone[0][0] == "-" else offset))
    return When(time.date(), time)


def read_deadlines(reader: NodeReader, node: Node, field: str) -> Deadlines | None:
    """Read a list of deadlines, or report all that is wrong with it and return None."""
    if reader.refuse_tag(node):
        return None
    if not isinstance(node, SequenceNode):
        message = f"'{field}' must be a list of deadlines: '- {{title: Proposals close, date: 2027-02-01}}'"
        reader.complain(node, Code.WRONG_TYPE, message)
        return None
    if not node.value:
        reader.complain(node, Code.EMPTY_TEXT, f"'{field}' is empty")
        return None
    if len(node.value) > MAX_DEADLINES:
        reader.complain(node, Code.BAD_VALUE, f"'{field}' has more than {MAX_DEADLINES} deadlines")
        return None
    found = [_deadline(reader, item, field) for item in node.value]
    read = [one for one in found if one is not None]
    return Deadlines.of(read) if len(read) == len(found) else None


_KEYS = ("title", "date")


def _deadline(reader: NodeReader, node: Node, field: str) -> Deadline | None:
    """Read one deadline, or report all that is wrong with it and return None."""
    before = len(reader.problems)
    if not isinstance(node, MappingNode):
        reader.complain(node, Code.WRONG_TYPE, f"a deadline in '{field}' must be a mapping with 'title' and 'date'")
        return None
    reader.refuse_tag(node)
    values: dict[str, str] = {}
    for name, key, value in reader.pairs(node):
        if name not in _KEYS:
            reader.unknown_key(key, f"a deadline in '{field}'", _KEYS)
        elif not isinstance(value, ScalarNode) or (name == "title" and not is_string(value)):
            kind = "plain text" if name == "title" else "a day, YYYY-MM-DD"
            reader.complain(value, Code.WRONG_TYPE, f"the {name} of a deadline must be {kind}")
        elif not reader.refuse_tag(value):
            values[name] = value.value.strip()
            if name == "title" and (complaint := _wrong_title(values[name])):
                reader.complain(value, Code.BAD_VALUE, complaint)
            elif name == "date" and (complaint := _wrong_day(values[name])):
                reader.complain(value, Code.BAD_DATE, complaint)
    if len(reader.problems) > before or not reader.require(node, values, f"a deadline in '{field}'", *_KEYS):
        return None
    return Deadline(date.fromisoformat(values["date"]), values["title"])


def _wrong_title(title: str) -> str | None:
    if not title or "\n" in title or "\t" in title or REFUSED_CHARACTER.search(title):
        return "the title of a deadline must be one line of plain text"
    return f"the title of a deadline has more than {MAX_TITLE} characters" if len(title) > MAX_TITLE else None


def _wrong_day(text: str) -> str | None:
    try:
        moment = read_moment(text)
    except ValueProblem as error:
        return str(error)
    return "the date of a deadline must be a day, YYYY-MM-DD" if moment.time else None
