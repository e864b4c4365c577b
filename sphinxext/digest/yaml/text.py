"""The text of a YAML scalar, and where each of its lines stands in the file."""

from __future__ import annotations

import re
from dataclasses import replace

from yaml.nodes import ScalarNode

from sphinxext.digest.model import Text

#: What may stand before a scalar: tags and anchors, with comments after them.
_PROPERTIES = re.compile(r"(?:[!&]\S*(?:\s+#.*)*\s+)+")
_ESCAPE = re.compile(r"\\(?:(?P<line_end>n|x0[aA]|u000[aA]|U0000000[aA])|.)")


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
