"""Split a ``schedule.rst`` into the sections that its anchors point to, each with its title and prose.

Sections are found line by line: a title has a line of punctuation below it, or above and below. Prose stays unparsed
reStructuredText until a page shows it; it becomes independent of its page by losing Sphinx's cross-references and by
carrying the definitions of the link targets and substitutions that it uses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sphinxext.digest.model import Place, Text
from sphinxext.digest.schedule.rows import NamedDay, named_days
from sphinxext.digest.yaml import MAX_BYTES

#: ``:role:`text``` or ```text```, with the underscores of a reference after it.
_QUOTED = re.compile(r"(?::[a-zA-Z][\w.+:-]{0,60}:)?(?<!`)`([^`]{1,1000})`(?!`)_{0,2}")
_TITLE_TARGET = re.compile(r"([^<]*?)\s*<[^<>]{1,1000}>", re.DOTALL)
_LITERAL = re.compile(r"``(.+?)``")
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,2})(?=\S)([^*]+?)(?<=\S)\1(?![\w*])")
_REFERENCE = re.compile(r"\b([A-Za-z0-9]+)__?(?!\w)")
_MARKUP = re.compile(r"[`*_\\]")
_ESCAPE = re.compile(r"\\(.)")

#: ``:ref:`m-ff```, ``:doc:`text <page>```: roles of Sphinx that resolve only on the page itself.
_ROLE = re.compile(r":(?:ref|doc|term|any|numref):`([^`]{1,1000})`")
_SPECIAL = re.compile(r"([\\`*_|<>])")


def plain_title(title: str) -> str:
    """Return a title as plain text, with normalized white space."""
    if not _MARKUP.search(title):
        return " ".join(title.split())
    title = _LITERAL.sub(lambda match: match[1], title)
    title = _QUOTED.sub(lambda match: _shown(match[1]), title)
    title = _EMPHASIS.sub(lambda match: match[2], title)
    title = _REFERENCE.sub(lambda match: match[1], title)
    return " ".join(_ESCAPE.sub(lambda match: match[1], title).split())


def _shown(content: str) -> str:
    """Return the text of a reference: the part before its target, or everything."""
    match = _TITLE_TARGET.fullmatch(content)
    return match[1] or content if match else content


def without_roles(line: str, titles: Mapping[str, str]) -> str:
    """Replace Sphinx's cross-references in a line of prose by plain text.

    :param titles: titles by anchor.
    """

    def replacement(match: re.Match[str]) -> str:
        shown = _shown(match[1]).strip()
        return _SPECIAL.sub(r"\\\1", titles.get(shown, shown) if shown == match[1] else shown)

    return _ROLE.sub(replacement, line) if ":`" in line else line


#: ``.. _name: target``, also in backquotes, or with the target in the next line; ``.. |name| replace:: text``.
TARGET = re.compile(
    r"\.\. (?:_(?:`(?P<quoted>[^`]{1,200})`|(?P<name>(?:[^:\\`]|\\.|:(?=\S)){1,200})):(?=\s|$)"
    r"|\|(?P<word>[^|]{1,200})\| )"
)
#: ```name`_`` or ``name_``, and ``|name|``.
_TARGET_REFERENCE = re.compile(
    r"`([^`<>]{1,200})`_(?!_)"
    r"|(?<![\w`.:+-])([A-Za-z0-9]+(?:[-.:+_][A-Za-z0-9]+)*)_(?![\w_])"
    r"|\|([^|\s][^|]{0,200})\|"
)
#: Limits of a definition: longer ones are not links.
_MAX_LINES = 4
_MAX_LENGTH = 2000

#: Lines with their numbers in the file.
Lines = list[tuple[int, str]]


def _key(name: str) -> str:
    """Normalize the name of a reference: case and white space don't count (docutils: ``fully_normalize_name``)."""
    return " ".join(name.replace("\\", "").lower().split())


class Targets:
    """The definitions of a page: its link targets and substitutions; ``budget`` limits the characters copied."""

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
        """Build a text from lines, followed by the definitions that it uses but does not contain."""
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
        """Collect the definitions that lines refer to, directly or through other definitions."""
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
    for match in _TARGET_REFERENCE.finditer(text):
        yield f"|{match[3]}|" if match[3] else _key(match[1] or match[2])


#: ``.. _i-1:`` without a target.
_ANCHOR = re.compile(r"\.\. _(?:`([^`]{1,200})`|((?:[^:\\`]|\\.|:(?=\S)){1,200})):[ \t]*")
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*[ \t]*")
_SCHEDULE = re.compile(r"(?<!\s)\s*\brelease\s+schedule\s*$", re.IGNORECASE)
#: Treat longer lines as prose.
_MAX_TITLE = 200


@dataclass(frozen=True)
class AnchorSection:
    """The section that an anchor points to: its title in plain text, the headings above it, and its prose."""

    title: str
    place: Place
    headings: tuple[str, ...] = ()
    text: Text | None = None

    @cached_property
    def days(self) -> tuple[NamedDay, ...]:
        """The single days named in the prose."""
        return named_days(self.text.value) if self.text else ()


@dataclass(frozen=True)
class SchedulePage:
    """A ``schedule.rst``: its title without "Release Schedule", and its sections by anchor."""

    path: str
    title: str = ""
    sections: Mapping[str, AnchorSection] = field(default_factory=dict)


@dataclass
class _Section:
    """A section under construction, or the text after an anchor without a heading."""

    title: str
    line: int
    level: int
    headings: tuple[str, ...]
    anchors: list[str]
    lines: list[tuple[int, str]] = field(default_factory=list)


def read_page(source: str, path: str) -> SchedulePage:
    """Read the text of a ``schedule.rst``."""
    lines = [line.rstrip() for line in source.split("\n")]
    sections = _sections(lines)
    targets = Targets(lines)
    titles = {anchor: section.title for section in sections for anchor in section.anchors}
    anchored: dict[str, AnchorSection] = {}
    for section in sections:
        if not section.anchors:
            continue
        text = targets.complete(section.lines, titles)
        finished = AnchorSection(section.title or section.anchors[0], Place(section.line, 1), section.headings, text)
        for anchor in section.anchors:
            anchored.setdefault(anchor, finished)
    first = next((section.title for section in sections if section.title), "")
    return SchedulePage(path, _SCHEDULE.sub("", first), anchored)


def _sections(lines: list[str]) -> list[_Section]:
    """Find all sections in order. A subsection of an event stays part of its text, with a rubric for its title."""
    sections: list[_Section] = []
    styles: list[str] = []
    above: list[tuple[int, str]] = []
    anchors: list[str] = []
    current: _Section | None = None
    index = 0
    while index < len(lines):
        if anchor := _anchor(lines, index):
            anchors.append(anchor)
            current = None
        elif heading := _heading(lines, index):
            title, style, length = heading
            if style not in styles:
                styles.append(style)
            level = styles.index(style)
            line = index + (2 if length == 3 else 1)
            if current and current.anchors and level > current.level and not anchors:
                current.lines += [(line, f".. rubric:: {lines[line - 1].strip()}"), (line + 1, "")]
            else:
                above = [(depth, name) for depth, name in above if depth < level]
                current = _Section(title, line, level, tuple(name for _, name in above), anchors)
                sections.append(current)
                above.append((level, title))
                anchors = []
            index += length - 1
        elif anchors and lines[index] and not TARGET.match(lines[index]):
            headings = tuple(name for _, name in above)
            current = _Section("", index + 1, len(styles), headings, anchors)
            current.lines.append((index + 1, lines[index]))
            sections.append(current)
            anchors = []
        elif current:
            current.lines.append((index + 1, lines[index]))
        index += 1
    if anchors:
        sections.append(_Section("", len(lines), len(styles), (), anchors))
    return sections


def _anchor(lines: list[str], index: int) -> str | None:
    """Return the name of the anchor in a line, unless its URL follows on the next line."""
    line = lines[index]
    match = _ANCHOR.fullmatch(line) if line.startswith(".. _") else None
    if match is None or (index + 1 < len(lines) and lines[index + 1][:1] in (" ", "\t")):
        return None
    return match[1] or match[2].replace("\\", "")


def _heading(lines: list[str], index: int) -> tuple[str, str, int] | None:
    """Return plain title, style and number of lines of the heading that begins on a line, or None."""
    line = lines[index]
    following = lines[index + 1 : index + 3]
    if not line or not following:
        return None
    if _ADORNMENT.fullmatch(line):
        title = following[0].strip()
        framed = len(following) == 2 and following[1] == line and len(line) >= max(len(title), 2)
        if framed and title and len(title) <= _MAX_TITLE and not _ADORNMENT.fullmatch(following[0]):
            return plain_title(title), line[0] * 2, 3
        return None
    below = following[0]
    if line[0].isspace() or len(line) > _MAX_TITLE or not _ADORNMENT.fullmatch(below):
        return None
    before = lines[index - 1] if index else ""
    starts = not before or _ADORNMENT.fullmatch(before) or _anchor(lines, index - 1)
    if not starts or len(below) < min(len(line), 4):
        return None
    return plain_title(line), below[0], 2
