"""Link targets of a ``schedule.rst``, which the texts that refer to them have to take along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sphinxext.digest.model import Text
from sphinxext.digest.safeyaml import MAX_BYTES
from sphinxext.digest.schedule.markup import without_roles

#: ``.. _name: target``, also in backquotes, or with the target in the next line; ``.. |name| replace:: text``.
TARGET = re.compile(
    r"\.\. (?:_(?:`(?P<quoted>[^`]{1,200})`|(?P<name>(?:[^:\\`]|\\.|:(?=\S)){1,200})):(?=\s|$)"
    r"|\|(?P<word>[^|]{1,200})\| )"
)
#: ```name`_`` or ``name_``, and ``|name|``.
_REFERENCE = re.compile(
    r"`([^`<>]{1,200})`_(?!_)"
    r"|(?<![\w`.:+-])([A-Za-z0-9]+(?:[-.:+_][A-Za-z0-9]+)*)_(?![\w_])"
    r"|\|([^|\s][^|]{0,200})\|"
)
#: More lines than this no definition has, and longer ones are no links.
_MAX_LINES = 4
_MAX_LENGTH = 2000

#: Lines with their numbers in the file.
Lines = list[tuple[int, str]]


def _key(name: str) -> str:
    """A name as references are compared: case and white space do not count (docutils: ``fully_normalize_name``)."""
    return " ".join(name.replace("\\", "").lower().split())


class Targets:
    """The definitions of a page, and how much of them its texts may take along."""

    def __init__(self, lines: list[str]) -> None:
        self.definitions: dict[str, Lines] = {}
        self.budget = MAX_BYTES
        for index, line in enumerate(lines):
            if line.startswith(".. ") and (match := TARGET.match(line)):
                found = [(index + 1, line)]
                while (
                    len(found) <= _MAX_LINES
                    and lines[index + len(found) : index + len(found) + 1]
                    and (lines[index + len(found)][:1] in (" ", "\t"))
                ):
                    found.append((index + len(found) + 1, lines[index + len(found)]))
                is_anchor = len(found) == 1 and not line[match.end() :].strip()
                if not is_anchor and len(found) <= _MAX_LINES and sum(len(text) for _, text in found) <= _MAX_LENGTH:
                    self.definitions.setdefault(_key_of(match), found)

    def complete(self, lines: Lines, titles: Mapping[str, str]) -> Text | None:
        """A text out of these lines, with the definitions that it needs and does not have behind it."""
        written = [index for index, (_, line) in enumerate(lines) if line.strip()]
        if not written:
            return None
        lines = lines[written[0] : written[-1] + 1]
        missing = self._missing(lines)
        whole = [(number, without_roles(line, titles)) for number, line in lines]
        if missing:
            whole += [(lines[-1][0], ""), *missing]
        numbers = tuple(number for number, _ in whole)
        follows = numbers == tuple(range(numbers[0], numbers[0] + len(numbers)))
        return Text("\n".join(line for _, line in whole), numbers[0], 1, () if follows else numbers)

    def _missing(self, lines: Lines) -> Lines:
        """The definitions of all that lines refer to, and of what these refer to in their turn."""
        if not self.definitions:
            return []
        own = {_key_of(match) for _, line in lines if line.startswith(".. ") and (match := TARGET.match(line))}
        found: dict[str, Lines] = {}
        wanted = list(_references("\n".join(line for _, line in lines)))
        while wanted:
            key = wanted.pop()
            definition = self.definitions.get(key)
            if definition is None or key in own or key in found:
                continue
            self.budget -= sum(len(line) for _, line in definition)
            if self.budget < 0:
                break
            found[key] = definition
            wanted += _references("\n".join(line for _, line in definition))
        return [line for definition in sorted(found.values()) for line in definition]


def _key_of(match: re.Match[str]) -> str:
    return f"|{match['word']}|" if match["word"] else _key(match["quoted"] or match["name"])


def _references(text: str) -> Iterable[str]:
    for match in _REFERENCE.finditer(text):
        yield f"|{match[3]}|" if match[3] else _key(match[1] or match[2])
