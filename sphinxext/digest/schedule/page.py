"""The titles and the prose of a ``schedule.rst``: what each of its anchors stands for.

Sections are found in the lines, as docutils would: a title with a line of punctuation below it, or above and below.
What stands below is taken as it is; only where it is parsed, later, does a parser see it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sphinxext.digest.model import Place, Text
from sphinxext.digest.schedule.days import NamedDay, named_days
from sphinxext.digest.schedule.markup import plain_title
from sphinxext.digest.schedule.targets import TARGET, Targets

#: ``.. _i-1:`` and nothing behind it.
_ANCHOR = re.compile(r"\.\. _(?:`([^`]{1,200})`|((?:[^:\\`]|\\.|:(?=\S)){1,200})):[ \t]*")
_ADORNMENT = re.compile(r"([!-/:-@\[-`{-~])\1*[ \t]*")
_SCHEDULE = re.compile(r"(?<!\s)\s*\brelease\s+schedule\s*$", re.IGNORECASE)
#: A title that is as long as this is prose.
_MAX_TITLE = 200


@dataclass(frozen=True)
class Entry:
    """What an anchor stands for: its title in plain text, the headings above that, and the prose below it."""

    title: str
    place: Place
    headings: tuple[str, ...] = ()
    text: Text | None = None

    @cached_property
    def days(self) -> tuple[NamedDay, ...]:
        """The single days that the prose names."""
        return named_days(self.text.value) if self.text else ()


@dataclass(frozen=True)
class Page:
    """A ``schedule.rst``: its title without "Release Schedule", and what its anchors stand for."""

    path: str
    title: str = ""
    entries: Mapping[str, Entry] = field(default_factory=dict)


@dataclass
class _Section:
    """A section, or what stands behind an anchor without a heading."""

    title: str
    line: int
    level: int
    headings: tuple[str, ...]
    anchors: list[str]
    lines: list[tuple[int, str]] = field(default_factory=list)


def read_page(source: str, path: str) -> Page:
    """Read the text of a ``schedule.rst``."""
    lines = [line.rstrip() for line in source.split("\n")]
    sections = _sections(lines)
    targets = Targets(lines)
    titles = {anchor: section.title for section in sections for anchor in section.anchors}
    entries: dict[str, Entry] = {}
    for section in sections:
        if not section.anchors:
            continue
        text = targets.complete(section.lines, titles)
        entry = Entry(section.title or section.anchors[0], Place(section.line, 1), section.headings, text)
        for anchor in section.anchors:
            entries.setdefault(anchor, entry)
    first = next((section.title for section in sections if section.title), "")
    return Page(path, _SCHEDULE.sub("", first), entries)


def _sections(lines: list[str]) -> list[_Section]:
    """All sections in order. A section below an event's own is part of its text, with a rubric for its title."""
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
    """The name of the anchor in a line, unless the URL of it is in the next one."""
    line = lines[index]
    match = _ANCHOR.fullmatch(line) if line.startswith(".. _") else None
    if match is None or (index + 1 < len(lines) and lines[index + 1][:1] in (" ", "\t")):
        return None
    return match[1] or match[2].replace("\\", "")


def _heading(lines: list[str], index: int) -> tuple[str, str, int] | None:
    """The title in plain text, the style and the number of lines of a heading that begins in a line."""
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
