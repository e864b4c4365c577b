"""Safe, bounded YAML: text to a tree of nodes that know their places, by libyaml.

No Python object is ever constructed from a tag. What a hostile file could do to the composer, which recurses in C and
shares aliased nodes, is refused before it is called: nesting, aliases and the number of nodes are bounded.
"""

from __future__ import annotations

import re
from base64 import b64decode
from dataclasses import dataclass, field
from itertools import islice
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
MAX_TAG_DIRECTIVES = 16

_TAG_DIRECTIVE = re.compile(r"^%TAG", re.MULTILINE)

#: Marks of what a hostile file needs: anchors, and collections opened one in the other on one line.
_ANCHOR = re.compile(r"(?:^|[\s\[\]{},:?])&", re.MULTILINE)
_NESTED_ON_A_LINE = re.compile(r"[-?][ \t]+(?:!|[-?][ \t]+[-?][ \t])")
#: One of these is in every text that the expression above finds, and they are found much faster.
_NESTING_MARKS = ("- -", "- ?", "- !", "-  ", "-\t", "- \t", "? ", "?\t")
_DEEPLY_INDENTED = "\n" + " " * (MAX_DEPTH + 1)
_SMALL = 64 * 1024

#: A number sign that begins a comment, and more than a comment needs: a word directly behind it.
_COMMENT = re.compile(r"(?<=[ \t])#+[^\s#]")
_COMMENT_BEHIND = re.compile(r"[ \t]+(#+[^\s#]\S*)")

#: Plain scalars that YAML 1.1 takes for something else than a string (its booleans, nulls and numbers).
_NOT_A_STRING = re.compile(
    r"~|null|Null|NULL|yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF"
    r"|[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]+|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?)"
    r"|[-+]?\.(?:[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|inf|Inf|INF)|\.(?:nan|NaN|NAN)|="
)
_NOT_A_STRING_START = frozenset("~nNyYtTfFoO=.+-0123456789")
#: What YAML 1.1 takes for a constant, in lower case.
CONSTANTS = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
    **dict.fromkeys(("null", "~", ""), None),
}
#: The numbers that YAML and JSON write in the same way.
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,17})?")
_STRING_TAG = "tag:yaml.org,2002:str"
_BINARY_TAG = "tag:yaml.org,2002:binary"
_HARMLESS_TAGS = frozenset({"", _STRING_TAG, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})

#: Line ends other than the line feed: those that editors know, and those that only YAML and Python take for one.
_OTHER_LINE_END = re.compile("\r\n?|[\x85\u2028\u2029]")
_LINE_ENDS = {"\r\n": "Windows line ends (CR LF)", "\r": "line ends of a bare carriage return (CR)"}


#: What somebody most likely did who gets a message of libyaml's.
_REMEDIES = {
    "mapping values are not allowed in this context": "a text with a colon and a space needs quotes",
    "found undefined alias": "a text that begins with '*' needs quotes",
}
_CANNOT_START = "found character that cannot start any token"
#: Newer releases of libyaml refuse to nest deeper than 1,000 levels, as soon as their scanner looks that far ahead.
_TOO_DEEP = "exceeded maximum nesting depth"


#: How many aliases and values there may be, and whether those count that aliases stand for.
_Limits = tuple[int, int, bool]


class _Composer(_Parser):
    """libyaml's parser and composer, without the resolving of implicit tags, which we do where a value is read."""

    def __init__(self, text: str) -> None:
        _Parser.__init__(self, text)

    def resolve(self, _kind: type[Node], _value: object, _implicit: object) -> str:
        return ""

    def descend_resolver(self, _parent: Node, _index: object) -> None:
        pass

    def ascend_resolver(self) -> None:
        pass


def decode(data: bytes, path: str, problems: list[Problem]) -> str | None:
    """Decode a file to text with line feeds, or return None if it cannot be read at all."""
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
        text = text.lstrip("\ufeff")
    if ("\r" in text or not text.isascii()) and (match := _OTHER_LINE_END.search(text)):
        line = text.count("\n", 0, match.start()) + 1
        column = match.start() - text.rfind("\n", 0, match.start())
        if match[0] in _LINE_ENDS:
            message = f"the file has {_LINE_ENDS[match[0]]}: save it with line feeds (LF) alone"
        else:
            message = f"the character U+{ord(match[0]):04X} is a line end to YAML only: put a space in its place"
        problems.append(Problem(path, line, column, Code.LINE_ENDS, message))
        text = _OTHER_LINE_END.sub(lambda found: "\n" if found[0] in _LINE_ENDS else " ", text)
    return text


def compose(
    text: str,
    path: str,
    problems: list[Problem],
    *,
    max_aliases: int = MAX_ALIASES,
    max_nodes: int = MAX_NODES,
    expands: bool = False,
) -> Node | None:
    """Return the root node of a text, or None after a problem or when there is nothing in it.

    :param expands: whether each alias counts as all the values that it stands for, since the caller repeats them.
    """
    limits = max_aliases, max_nodes, expands
    composer = None
    try:
        if _has_many_directives(text, path, problems):
            return None
        if _needs_survey(text) and not _survey(text, path, problems, limits):
            return None
        composer = _Composer(text)
        node: Node | None = composer.get_single_node()
    except yaml.reader.ReaderError as error:
        problems.append(_bad_character(error, text, path))
        return None
    except yaml.MarkedYAMLError as error:
        if _TOO_DEEP not in str(error.problem) or _is_shallow(text, error, path, problems, limits):
            problems.append(_bad_syntax(error, text, path))
        return None
    finally:
        if composer is not None:
            composer.dispose()
    if isinstance(node, ScalarNode) and not node.value and not node.style:
        return None
    return node


def _is_shallow(text: str, error: yaml.MarkedYAMLError, path: str, problems: list[Problem], limits: _Limits) -> bool:
    """Return False if our own limit is passed before the place of the error, and report it where that happens."""
    mark = error.problem_mark
    try:
        return mark is None or _survey(text[: mark.index], path, problems, limits)
    except yaml.MarkedYAMLError:
        return True


def _bad_character(error: yaml.reader.ReaderError, text: str, path: str) -> Problem:
    position = len(text.encode()[: error.position].decode("utf-8", "ignore"))
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    message = f"the character U+{int(error.character):04X} is not allowed in YAML"
    return Problem(path, line, column, Code.YAML_SYNTAX, message)


def _bad_syntax(error: yaml.MarkedYAMLError, text: str, path: str) -> Problem:
    parts = [part for part in (error.problem, error.context) if part]
    message = " ".join(reversed(parts) if parts[0].startswith("but ") else parts)
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    lines = text.count("\n") + 1
    if line > lines:  # the text ended, which the parser did not expect
        line, column = lines, len(text) - text.rfind("\n")
    remedy = _REMEDIES.get(parts[0])
    if parts[0] == _CANNOT_START:
        remedy = _remedy_of_character(text.split("\n")[line - 1][column - 1 : column])
    return Problem(path, line, column, Code.YAML_SYNTAX, f"{message}: {remedy}" if remedy else message)


def _remedy_of_character(character: str) -> str | None:
    if character == "\t":
        return "indent with spaces and not with tabs"
    return f"a text that begins with '{character}' needs quotes" if character else None


def report_cut_values(root: Node, text: str, path: str, problems: list[Problem]) -> None:
    """Report plain scalars that a comment such as ``#13`` cuts: their authors most likely meant a number or a name.

    A comment that begins with a space, as in ``# why``, is taken for one.

    :param text: the text that the node was composed from.
    """
    if not _COMMENT.search(text):
        return
    nodes, seen = [root], set()
    while nodes:
        node = nodes.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, MappingNode):
            nodes += [part for pair in node.value for part in pair]
        elif isinstance(node, SequenceNode):
            nodes += node.value
        elif not isinstance(node, ScalarNode) or node.style:
            continue
        elif comment := _COMMENT_BEHIND.match(text, node.end_mark.index):
            line, start = node.end_mark.line + 1, comment.start(1)
            message = f"' {comment[1]}' begins a comment, which is lost: put the whole text in quotes"
            problems.append(Problem(path, line, start - text.rfind("\n", 0, start), Code.YAML_COMMENT, message))


def place_of(node: Node | yaml.Event) -> Place:
    """Return the place at which a node, or an event of the parser, begins."""
    mark = node.start_mark
    assert mark is not None
    return Place(mark.line + 1, mark.column + 1)


def has_tag(node: Node) -> bool:
    """Return True if a node has an explicit tag, other than those of texts, mappings and lists."""
    return node.tag not in _HARMLESS_TAGS


def is_string(node: Node) -> bool:
    """Return True if a node is a scalar that YAML 1.1 reads as a string."""
    if not isinstance(node, ScalarNode):
        return False
    if node.tag:
        return bool(node.tag == _STRING_TAG)
    value = node.value
    return bool(node.style) or not (not value or (value[0] in _NOT_A_STRING_START and _NOT_A_STRING.fullmatch(value)))


def json_value(node: Node, depth: int = MAX_DEPTH + 1) -> Any:
    """Return a node as a value that JSON can hold.

    Texts are also dates, binary data, which must be UTF-8, and numbers in other notations than the decimal one.

    :param depth: how deep values may be nested, with what aliases stand for.
    :raises ValueError: if it is deeper, or has a tag, or a key that is not a scalar.
    """
    if node.tag == _BINARY_TAG and isinstance(node, ScalarNode):
        # reno has the names of commits like this
        return b64decode(node.value).decode()
    if has_tag(node) or not depth:
        raise ValueError("there is a tag, or values are nested too deeply")
    if isinstance(node, SequenceNode):
        return [json_value(item, depth - 1) for item in node.value]
    if isinstance(node, MappingNode):
        if not all(isinstance(key, ScalarNode) and not has_tag(key) for key, _value in node.value):
            raise ValueError("a key is not a word")
        return {key.value: json_value(value, depth - 1) for key, value in node.value}
    if is_string(node):
        return node.value
    lowered = node.value.lower()
    if lowered in CONSTANTS:
        return CONSTANTS[lowered]
    if not _JSON_NUMBER.fullmatch(lowered):
        return node.value
    return float(lowered) if "." in lowered else int(lowered)


def _needs_survey(text: str) -> bool:
    return (
        len(text) > _SMALL
        or text.count("[") + text.count("{") > MAX_DEPTH
        or ("&" in text and _ANCHOR.search(text) is not None)
        or _DEEPLY_INDENTED in text
        or (any(mark in text for mark in _NESTING_MARKS) and _NESTED_ON_A_LINE.search(text) is not None)
    )


def _has_many_directives(text: str, path: str, problems: list[Problem]) -> bool:
    """Return True for more tag directives than any fragment needs: libyaml compares each with all others."""
    if text.count("%TAG") <= MAX_TAG_DIRECTIVES:
        return False
    too_many = next(islice(_TAG_DIRECTIVE.finditer(text), MAX_TAG_DIRECTIVES, None), None)
    if too_many is not None:
        line = text.count("\n", 0, too_many.start()) + 1
        message = f"there are more than {MAX_TAG_DIRECTIVES} tag directives"
        problems.append(Problem(path, line, 1, Code.YAML_TAG, message))
    return too_many is not None


def _survey(text: str, path: str, problems: list[Problem], limits: _Limits) -> bool:
    """Read the events of a text, which needs no recursion, and say whether it is safe to compose."""
    survey = _Survey(*limits)
    parser = _Parser(text)
    try:
        while (event := parser.get_event()) is not None:
            if complaint := survey.complaint_of(event):
                place = place_of(event)
                problems.append(Problem(path, place.line, place.column, *complaint))
                return False
        return True
    finally:
        parser.dispose()


@dataclass
class _Survey:
    """Counts the values of a text while its events are read.

    :ivar expands: whether those count that aliases stand for.
    """

    max_aliases: int
    max_nodes: int
    expands: bool
    aliases: int = 0
    nodes: int = 0
    #: the anchors of the collections that are open, and how many values there were before them
    opened: list[tuple[str | None, int]] = field(default_factory=list, init=False)
    sizes: dict[str | None, int] = field(default_factory=dict, init=False)

    def complaint_of(self, event: yaml.Event) -> tuple[Code, str] | None:
        """Count an event, and return the limit that it passes, if any."""
        if isinstance(event, yaml.CollectionEndEvent):
            anchor, before = self.opened.pop()
            self.sizes[anchor] = self.nodes - before
        elif isinstance(event, yaml.CollectionStartEvent):
            self.opened.append((event.anchor, self.nodes))
            if len(self.opened) > MAX_DEPTH:
                return Code.YAML_NESTING, f"collections are nested deeper than {MAX_DEPTH} levels"
        elif isinstance(event, yaml.AliasEvent):
            self.aliases += 1
            if self.aliases > self.max_aliases:
                most = self.max_aliases
                return Code.YAML_ALIASES, f"there are more than {most} aliases" if most else "there may be no aliases"
            self.nodes += self.sizes.get(event.anchor, 1) - 1 if self.expands else 0
        if isinstance(event, yaml.NodeEvent):
            self.nodes += 1
        if self.nodes > self.max_nodes:
            return Code.TOO_LARGE, f"there are more than {self.max_nodes:,} values"
        return None
