"""Read values of YAML nodes, with a problem at the place of each that is not valid.

Texts keep the lines and columns of the file at which their own lines begin.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.model import REFUSED_CHARACTER, Text
from sphinxext.digest.model.period import PeriodError, parse_day
from sphinxext.digest.problems import Code, Problem, nearest
from sphinxext.digest.yaml import CONSTANTS, has_tag, is_string, place_of

_WHOLE_NUMBER = re.compile("[0-9]{1,9}")
#: What may stand before a scalar: tags and anchors, with comments after them.
_PROPERTIES = re.compile(r"(?:[!&]\S*(?:\s+#.*)*\s+)+")
_ESCAPE = re.compile(r"\\(?:(?P<line_end>n|x0[aA]|u000[aA]|U0000000[aA])|.)")


class NodeReader:
    """Reads the nodes of one file and collects its problems.

    :param path: how problems name the file.
    :param problems: is added to.
    :param source: the text of the file.
    """

    def __init__(self, path: str, problems: list[Problem], source: str = "") -> None:
        self.path = path
        self.problems = problems
        self.source = source
        #: So many unknown keys are compared with the known ones, which takes time.
        self._suggestions = 20

    def complain(self, node: Node, code: Code, message: str) -> None:
        """Add a problem at a node."""
        place = place_of(node)
        self.problems.append(Problem(self.path, place.line, place.column, code, message))

    def refuse_tag(self, node: Node) -> bool:
        """Report an explicit tag, and return True if there is one."""
        if has_tag(node):
            self.complain(node, Code.YAML_TAG, f"the tag '{node.tag}' is not allowed: remove it")
            return True
        return False

    def pairs(self, node: MappingNode) -> Iterator[tuple[str, ScalarNode, Node]]:
        """Yield the keys of a mapping with their nodes and values; a duplicate key is a problem and left out."""
        first: dict[str, ScalarNode] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self.complain(key, Code.WRONG_TYPE, "a key must be a word")
            elif self.refuse_tag(key):
                pass
            elif key.value in first:
                line = place_of(first[key.value]).line
                self.complain(key, Code.DUPLICATE_KEY, f"duplicate key '{key.value}'; first used on line {line}")
            else:
                first[key.value] = key
                yield key.value, key, value

    def mapping(self, node: Node, what: str, known: tuple[str, ...] = ()) -> dict[str, Node]:
        """Return the values of a mapping by their keys; with ``known``, others are problems and left out."""
        if not isinstance(node, MappingNode) or has_tag(node):
            self.complain(node, Code.WRONG_TYPE, f"{what} must be a mapping")
            return {}
        values = {}
        for name, key, value in self.pairs(node):
            if known and name not in known:
                self.unknown_key(key, what, known)
            else:
                values[name] = value
        return values

    def unknown_key(self, key: ScalarNode, what: str, known: tuple[str, ...]) -> None:
        """Report a key that a mapping cannot have, with the one that may be meant."""
        near = None
        if self._suggestions:
            self._suggestions -= 1
            near = nearest(key.value, known)
        has = f": did you mean '{near}'? It has" if near else "; it has"
        self.complain(key, Code.UNKNOWN_KEY, f"{what} has no key '{key.value}'{has} {', '.join(known)}")

    def require(self, node: Node, values: Mapping[str, object], what: str, *names: str) -> bool:
        """Report missing keys, and return True if there are none."""
        missing = [name for name in names if name not in values]
        for name in missing:
            self.complain(node, Code.MISSING_KEY, f"{what} needs the key '{name}'")
        return not missing

    def items(self, node: Node, name: str) -> Iterator[Node]:
        """Yield the items of a list; an empty value is an empty list."""
        if isinstance(node, SequenceNode) and not has_tag(node):
            yield from node.value
        elif not (isinstance(node, ScalarNode) and not node.value and not node.style and not node.tag):
            self.complain(node, Code.WRONG_TYPE, f"'{name}' must be a list")

    def line(self, node: Node, name: str) -> str | None:
        """Return a line of plain text. Numbers are taken as they are written: ``2025.10`` stays what it is."""
        if not isinstance(node, ScalarNode) or has_tag(node):
            self.complain(node, Code.WRONG_TYPE, f"'{name}' must be a text, not a list or a mapping")
            return None
        value: str = node.value.strip()
        if not value:
            self.complain(node, Code.EMPTY_TEXT, f"'{name}' is empty")
        elif "\n" in value or "\t" in value or REFUSED_CHARACTER.search(value):
            self.complain(node, Code.BAD_VALUE, f"'{name}' must be one line of plain text")
        else:
            return value
        return None

    def day(self, node: Node, name: str) -> date | None:
        """Return a day written as ``YYYY-MM-DD``, in quotes or not."""
        value = self.line(node, name)
        if value is None:
            return None
        try:
            day = parse_day(value)
        except PeriodError as error:
            self.complain(node, Code.BAD_DATE, f"'{name}' cannot be read: {error}")
            return None
        if day is None:
            self.complain(node, Code.BAD_DATE, f"'{name}' must be a day such as 2026-11-16, not '{value}'")
        return day

    def plain_value(self, node: Node) -> object:
        """Return a node, composed without aliases, as Python values.

        No setting takes numbers that are not whole: all others are not a number.
        """
        if self.refuse_tag(node):
            return None
        if isinstance(node, MappingNode):
            return {name: self.plain_value(value) for name, _key, value in self.pairs(node)}
        if isinstance(node, SequenceNode):
            return [self.plain_value(item) for item in node.value]
        if is_string(node):
            return node.value
        lowered = node.value.lower()
        if lowered in CONSTANTS:
            return CONSTANTS[lowered]
        return int(lowered) if _WHOLE_NUMBER.fullmatch(lowered) else math.nan


def read_text(node: ScalarNode, source: str) -> Text:
    """Return the text of a scalar without empty lines at its ends, and where its lines stand in the file.

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
    """Return the text of a literal or folded scalar.

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
    """Return the text of a plain or quoted scalar.

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
