"""Safe, bounded YAML: text to a tree of nodes that know their places, by libyaml.

No Python object is ever constructed from a tag. What a hostile file could do to the composer, which recurses in C and
shares aliased nodes, is refused before it is called: nesting, aliases and the number of nodes are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.model import Place
from sphinxext.digest.problems import Code, Problem

try:
    from yaml._yaml import CParser as _Parser
except ImportError as error:  # pragma: no cover - depends on how PyYAML was built
    raise ImportError("sphinxext-digest needs PyYAML with libyaml's C loader (yaml.CSafeLoader)") from error

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 20
MAX_ALIASES = 64
MAX_NODES = 50_000

#: Marks of what a hostile file needs: anchors, and collections opened one in the other on one line.
_ANCHOR = re.compile(r"(?:^|[\s\[{,])&", re.MULTILINE)
_NESTED_ON_A_LINE = re.compile(r"[-?][ \t]+(?:!|[-?][ \t]+[-?][ \t])")
_DEEPLY_INDENTED = "\n" + " " * (MAX_DEPTH + 1)
_SMALL = 64 * 1024

#: Plain scalars that YAML 1.1 takes for something else than a string (its booleans, nulls and numbers).
_NOT_A_STRING = re.compile(
    r"~|null|Null|NULL|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"
    r"|[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?)"
    r"|[-+]?\.(?:[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|inf|Inf|INF)|\.(?:nan|NaN|NAN)|="
)
_NOT_A_STRING_START = frozenset("~nNyYtTfFoO=.+-0123456789")
_STRING_TAG = "tag:yaml.org,2002:str"


class _Composer(_Parser):
    """libyaml's parser and composer, without the resolving of implicit tags, which we do where a value is read."""

    def __init__(self, text: str) -> None:
        _Parser.__init__(self, text)

    def resolve(self, _kind: type[Node], _value: Any, _implicit: Any) -> str:
        return ""

    def descend_resolver(self, _parent: Node, _index: Any) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def decode(data: bytes, path: str, problems: list[Problem]) -> str | None:
    """The text of a file, with ``\\n`` at the ends of its lines, or None if there is nothing to go on with."""
    if len(data) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES:,} bytes"
        problems.append(Problem(path, 1, 1, Code.TOO_LARGE, message))
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        before = data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")
        message = f"the byte 0x{data[error.start]:02x} is not UTF-8: save the file in that encoding"
        problems.append(Problem(path, line, len(before) + 1, Code.ENCODING, message))
        return None
    if text.startswith("\ufeff"):
        message = "the file begins with a byte order mark: save it as UTF-8 without one"
        problems.append(Problem(path, 1, 1, Code.BYTE_ORDER_MARK, message))
        text = text[1:]
    if "\r\n" in text:
        line_end = text.index("\r\n")
        place = Problem(
            path,
            text.count("\n", 0, line_end) + 1,
            line_end - text.rfind("\n", 0, line_end),
            Code.LINE_ENDS,
            "the file has Windows line ends (CR LF): save it with LF alone",
        )
        problems.append(place)
        text = text.replace("\r\n", "\n")
    return text


def compose(text: str, path: str, problems: list[Problem]) -> Node | None:
    """The root node of a text, or None after a problem or when there is nothing in it."""
    composer = None
    try:
        if _needs_survey(text) and not _survey(text, path, problems):
            return None
        composer = _Composer(text)
        node: Node | None = composer.get_single_node()
    except yaml.reader.ReaderError as error:
        position = len(text.encode()[: error.position].decode("utf-8", "ignore"))
        line = text.count("\n", 0, position) + 1
        column = position - text.rfind("\n", 0, position)
        message = f"the character U+{int(error.character):04X} may not stand in YAML"
        problems.append(Problem(path, line, column, Code.YAML_SYNTAX, message))
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = " ".join(part for part in (error.problem, error.context) if part)
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.append(Problem(path, line, column, Code.YAML_SYNTAX, message))
        return None
    finally:
        if composer is not None:
            composer.dispose()
    if isinstance(node, ScalarNode) and not node.value and not node.style:
        return None
    return node


def place_of(node: Node) -> Place:
    """Where a node begins."""
    mark = node.start_mark
    return Place(mark.line + 1, mark.column + 1)


def is_string(node: Node) -> bool:
    """Whether a node is a scalar that YAML 1.1 reads as a string."""
    if not isinstance(node, ScalarNode):
        return False
    if node.tag:
        return bool(node.tag == _STRING_TAG)
    value = node.value
    return bool(node.style) or not (not value or (value[0] in _NOT_A_STRING_START and _NOT_A_STRING.fullmatch(value)))


def items_of(node: MappingNode, path: str, problems: list[Problem]) -> Iterator[tuple[str, Node, Node]]:
    """The keys of a mapping with their nodes, each key once: a repeated key is a problem and its value is left out."""
    seen: dict[str, Node] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            place = place_of(key)
            problems.append(Problem(path, place.line, place.column, Code.WRONG_TYPE, "a key must be a word"))
            continue
        name = key.value
        if name in seen:
            place, first = place_of(key), place_of(seen[name])
            message = f"the key '{name}' stands a second time; the first is in line {first.line}"
            problems.append(Problem(path, place.line, place.column, Code.DUPLICATE_KEY, message))
            continue
        seen[name] = key
        yield name, key, value


def plain_value(node: Node) -> object:
    """A node of the settings as Python values: mappings, lists, strings, booleans and whole numbers."""
    if isinstance(node, MappingNode):
        return {str(key.value): plain_value(value) for key, value in node.value if isinstance(key, ScalarNode)}
    if isinstance(node, SequenceNode):
        return [plain_value(item) for item in node.value]
    if is_string(node):
        return node.value
    lowered = node.value.lower()
    if lowered in ("true", "yes", "on"):
        return True
    if lowered in ("false", "no", "off"):
        return False
    if lowered in ("", "~", "null"):
        return None
    return int(node.value) if node.value.isascii() and node.value.isdigit() else node.value


def _needs_survey(text: str) -> bool:
    return (
        len(text) > _SMALL
        or text.count("[") + text.count("{") > MAX_DEPTH
        or ("&" in text and _ANCHOR.search(text) is not None)
        or _DEEPLY_INDENTED in text
        or _NESTED_ON_A_LINE.search(text) is not None
    )


def _survey(text: str, path: str, problems: list[Problem]) -> bool:
    """Read the events of a text, which needs no recursion, and say whether it is safe to compose."""
    depth = aliases = nodes = 0
    parser = _Parser(text)
    try:
        while (event := parser.get_event()) is not None:
            complaint = None
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > MAX_DEPTH:
                    complaint = Code.YAML_NESTING, f"collections are nested deeper than {MAX_DEPTH} levels"
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            elif isinstance(event, yaml.AliasEvent):
                aliases += 1
                if aliases > MAX_ALIASES:
                    complaint = Code.YAML_ALIASES, f"there are more than {MAX_ALIASES} aliases"
            if isinstance(event, yaml.NodeEvent):
                nodes += 1
                if nodes > MAX_NODES:
                    complaint = Code.TOO_LARGE, f"there are more than {MAX_NODES:,} values"
            if complaint:
                mark = event.start_mark
                problems.append(Problem(path, mark.line + 1, mark.column + 1, *complaint))
                return False
        return True
    finally:
        parser.dispose()
