"""YAML nodes of schedules to values, and a problem for each that is not what it has to be.

Reading a file that need not be what it should be.
"""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.model import REFUSED_CHARACTER
from sphinxext.digest.model.period import PeriodError, parse_day
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.yaml import compose as safeyaml


class NodeReader:
    """Reads values of one file and collects the problems.

    :param path: how problems name the file.
    :param problems: is added to.
    """

    def __init__(self, path: str, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems

    def complain(self, node: Node, code: Code, message: str) -> None:
        """Add a problem at a node."""
        place = safeyaml.place_of(node)
        self.problems.append(Problem(self.path, place.line, place.column, code, message))

    def mapping(self, node: Node, what: str, known: tuple[str, ...] = ()) -> dict[str, Node]:
        """The values of a mapping by their keys; with ``known``, others are problems and left out."""
        if not isinstance(node, MappingNode) or safeyaml.has_tag(node):
            self.complain(node, Code.WRONG_TYPE, f"{what} must be a mapping")
            return {}
        values = {}
        for name, key, value in safeyaml.items_of(node, self.path, self.problems):
            if known and name not in known:
                self.complain(key, Code.UNKNOWN_KEY, f"{what} has no key '{name}'; it has {', '.join(known)}")
            else:
                values[name] = value
        return values

    def items(self, node: Node, name: str) -> Iterator[Node]:
        """The items of a list; an empty value is an empty list."""
        if isinstance(node, SequenceNode) and not safeyaml.has_tag(node):
            yield from node.value
        elif not (isinstance(node, ScalarNode) and not node.value and not node.style and not node.tag):
            self.complain(node, Code.WRONG_TYPE, f"'{name}' must be a list")

    def require(self, node: Node, values: Mapping[str, Node], what: str, *names: str) -> bool:
        """Whether a mapping has all these keys."""
        missing = [name for name in names if name not in values]
        for name in missing:
            self.complain(node, Code.MISSING_KEY, f"{what} needs the key '{name}'")
        return not missing

    def day(self, node: Node, name: str) -> date | None:
        """A day as ``YYYY-MM-DD``, in quotes or not."""
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

    def line(self, node: Node, name: str) -> str | None:
        """One line of plain text. Numbers are taken as they are written: ``2025.10`` stays what it is."""
        if not isinstance(node, ScalarNode) or safeyaml.has_tag(node):
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


def read_file(file: Path, path: str, problems: list[Problem]) -> str | None:
    """The text of a file, or None after a problem.

    Nothing but a regular file is opened, and no more is read of it than a schedule may have.

    :param path: how problems name the file.
    """
    try:
        if not stat.S_ISREG(file.stat().st_mode):
            problems.append(Problem(path, 0, 0, Code.UNREADABLE, "cannot be read: it is not a file"))
            return None
        with file.open("rb") as stream:
            data = stream.read(safeyaml.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "its name is not one of a file"
        problems.append(Problem(path, 0, 0, Code.UNREADABLE, f"cannot be read: {reason}"))
        return None
    return safeyaml.decode(data, path, problems)
