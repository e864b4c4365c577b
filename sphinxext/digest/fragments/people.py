"""Reading who took part in a thread: a mapping of names to numbers of messages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.nodes import MappingNode, Node, ScalarNode

from sphinxext.digest import safeyaml
from sphinxext.digest.model import REFUSED_CHARACTER, Participants
from sphinxext.digest.model.participants import MAX_MESSAGES, MAX_NAME
from sphinxext.digest.problems import Code, Problem

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
