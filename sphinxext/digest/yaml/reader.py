"""Values of YAML nodes, with a problem at the place of each that is not what it has to be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from datetime import date

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.model import REFUSED_CHARACTER
from sphinxext.digest.model.period import PeriodError, parse_day
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.yaml.compose import CONSTANTS, has_tag, is_string, place_of

_WHOLE_NUMBER = re.compile("[0-9]{1,9}")


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
        """Report a key that a mapping cannot have."""
        self.complain(key, Code.UNKNOWN_KEY, f"{what} has no key '{key.value}'; it has {', '.join(known)}")

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
