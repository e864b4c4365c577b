"""The toctrees of a document, in reStructuredText or in MyST's Markdown.

Documents are scanned by their lines and never parsed in full: what matters is where entries are, under which caption,
and whether readers see them. Examples in literal blocks, code and comments are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from posixpath import join, normpath

#: Longer patterns are not matched: nobody has them, and matching takes time.
_MAX_PATTERN = 200

# lines are matched without the white space around them
_DIRECTIVE = re.compile(r"\.\. (?:\|[^|]+\| )?(?P<name>[\w.:+-]+?)::(?:\s(?P<argument>.*))?")
#: Explicit markup that is no comment: targets, footnotes, substitutions.
_EXPLICIT = re.compile(r"\.\. [_\[|]")
_COMMENT = re.compile(r"\.\.(?:\s|$)")
_OPTION = re.compile(r":(?P<name>[\w-]+):(?P<value>.*)")
_YAML_OPTION = re.compile(r"(?P<name>[\w-]+):(?P<value>.*)")
_UNDERLINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}")
_MARKDOWN_TITLE = re.compile(r"#{1,6}\s(?P<title>.*)")
_FENCE = re.compile(r"(?P<fence>`{3,}|~{3,}|:{3,})(?P<rest>.*)")
_FENCED = re.compile(r"\{(?P<name>[\w.:+-]+)\}(?P<argument>.*)")
#: Directives whose content is shown as it is.
_LITERAL = frozenset({"code", "code-block", "sourcecode", "parsed-literal", "highlight", "raw", "math", "doctest"})
_LITERAL |= {"prompt", "testcode", "testoutput", "mermaid", "graphviz"}
_TOCTREE = "toctree"


@dataclass(frozen=True)
class Entry:
    """An entry of a toctree: its line, from 0, its target and its title, if it has one."""

    line: int
    target: str
    title: str = ""


@dataclass(frozen=True)
class Toctree:
    """A toctree: its lines from the directive up to ``stop``, which is excluded, from 0.

    ``heading`` is the section title above it, ``condition`` the expression of an ``only`` around it.
    """

    start: int
    stop: int
    markdown: bool
    options: dict[str, str]
    entries: tuple[Entry, ...]
    heading: str
    condition: str

    @property
    def caption(self) -> str:
        """The caption, or else the section title above the toctree."""
        return self.options.get("caption") or self.heading

    @property
    def is_hidden(self) -> bool:
        """Return True if readers see the entries in sidebars only."""
        return "hidden" in self.options

    def lists(self, name: str, folder: str = "") -> bool:
        """Return True if a document is an entry, or matched by one with ``:glob:``.

        :param folder: the one of the document with this toctree, relative to the root of the documentation.
        """
        return any(self._is(entry.target, name, folder) for entry in self.entries)

    def _is(self, target: str, name: str, folder: str) -> bool:
        path = target[1:] if target.startswith("/") else normpath(join(folder, target)) if target else ""
        if path in {name, f"{name}.rst", f"{name}.md", f"{name}.txt"}:
            return True
        return "glob" in self.options and len(path) <= _MAX_PATTERN and _matches(path, name)


def _matches(pattern: str, name: str) -> bool:
    """Match a name as Sphinx does: a star stops at a slash, two stars don't."""
    if "**" in pattern:
        return fnmatchcase(name, pattern)
    parts, names = pattern.split("/"), name.split("/")
    return len(parts) == len(names) and all(map(fnmatchcase, names, parts))


def toctrees_of(lines: Sequence[str], *, markdown: bool) -> list[Toctree]:
    """Return the toctrees of a document in order, without examples.

    :param lines: the lines without their ends.
    """
    return list(_in_markdown(lines) if markdown else _in_rst(lines, 0, len(lines)))


@dataclass(frozen=True)
class _Block:
    """An open block: its indentation or fence, and what it does to its content."""

    margin: int
    is_literal: bool = False
    condition: str = ""
    fence: str = ""


def _in_rst(lines: Sequence[str], first: int, stop: int, condition: str = "", title: str = "") -> Iterator[Toctree]:
    """Yield the toctrees of reStructuredText, which may be a part of a document."""
    heading = title
    blocks: list[_Block] = []
    for number in range(first, stop):
        line = lines[number]
        text = line.strip()
        if not text:
            continue
        margin = indent_of(line)
        while blocks and blocks[-1].margin >= margin:
            blocks.pop()
        outer = blocks[-1] if blocks else _Block(-1, condition=condition)
        if not margin and number > first and _UNDERLINE.fullmatch(text) and _is_title(lines[number - 1]):
            heading = lines[number - 1].strip()
        found = _DIRECTIVE.fullmatch(text)
        if found and found["name"] == _TOCTREE and not outer.is_literal:
            end = _end_of_block(lines, number, stop, margin)
            yield _toctree(lines, number, end, heading, outer.condition)
        blocks.append(_block(text, margin, outer))


def _is_title(line: str) -> bool:
    return bool(line.strip()) and not _UNDERLINE.fullmatch(line.strip())


def _block(text: str, margin: int, outer: _Block) -> _Block:
    """Return the block that a line begins, if lines with a larger indentation follow."""
    directive = _DIRECTIVE.fullmatch(text)
    if directive is None:
        is_comment = _COMMENT.match(text) is not None and not _EXPLICIT.match(text)
        return _Block(margin, outer.is_literal or is_comment or text.endswith("::"), outer.condition)
    name, argument = directive["name"], (directive["argument"] or "").strip()
    condition = argument if name == "only" else outer.condition
    return _Block(margin, outer.is_literal or name in _LITERAL or name == _TOCTREE, condition)


def _end_of_block(lines: Sequence[str], start: int, stop: int, margin: int) -> int:
    end = start + 1
    while end < stop and (not lines[end].strip() or indent_of(lines[end]) > margin):
        end += 1
    return end


def _in_markdown(lines: Sequence[str]) -> Iterator[Toctree]:
    heading = ""
    blocks: list[tuple[_Block, int, str]] = []
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(line.strip())
        outer, _, name = blocks[-1] if blocks else (_Block(-1), 0, "")
        if match is None:
            title = None if blocks else _MARKDOWN_TITLE.fullmatch(line.strip())
            heading = title["title"].strip(" \t#") if title else heading
        elif blocks and not match["rest"].strip() and match["fence"].startswith(outer.fence):
            block, start, name = blocks.pop()
            yield from _fenced(lines, start, number, name, block, heading)
        elif not outer.is_literal and name not in {_TOCTREE, "eval-rst"}:
            blocks.append(_fence(match, outer, number))
    for block, start, name in blocks:
        yield from _fenced(lines, start, len(lines), name, block, heading)


def _fence(match: re.Match[str], outer: _Block, number: int) -> tuple[_Block, int, str]:
    directive = _FENCED.fullmatch(match["rest"].strip())
    name, argument = (directive["name"], directive["argument"].strip()) if directive else ("", "")
    condition = argument if name == "only" else outer.condition
    is_literal = name in _LITERAL or (not directive and not match["fence"].startswith(":"))
    return _Block(0, is_literal, condition, match["fence"]), number, name


def _fenced(lines: Sequence[str], start: int, stop: int, name: str, block: _Block, heading: str) -> Iterator[Toctree]:
    if name == _TOCTREE:
        yield _toctree(lines, start, stop, heading, block.condition, markdown=True)
    elif name == "eval-rst":
        yield from _in_rst(lines, start + 1, stop, block.condition, heading)


def _toctree(
    lines: Sequence[str], start: int, stop: int, heading: str, condition: str, *, markdown: bool = False
) -> Toctree:
    options: dict[str, str] = {}
    first = start + 1
    if first < stop and lines[first].strip() == "---":
        first += 1
        while first < stop and lines[first].strip() != "---":
            _add_option(options, _YAML_OPTION.fullmatch(lines[first].strip()))
            first += 1
        first += 1
    else:
        while first < stop and (match := _OPTION.fullmatch(lines[first].strip())):
            _add_option(options, match)
            first += 1
    entries = tuple(_entry(number, lines[number].strip()) for number in range(first, stop) if lines[number].strip())
    return Toctree(start, stop, markdown, options, entries, heading, condition)


def _add_option(options: dict[str, str], match: re.Match[str] | None) -> None:
    if match is not None:
        options[match["name"]] = match["value"].strip("\"' \t")


def _entry(line: int, text: str) -> Entry:
    title, bracket, target = text.removesuffix(">").rpartition("<")
    if bracket and title.strip() and text.endswith(">"):
        return Entry(line, target.strip(), title.strip())
    return Entry(line, text)


def indent_of(line: str) -> int:
    """Return the width of a line's indentation."""
    wide = line.expandtabs()
    return len(wide) - len(wide.lstrip())
