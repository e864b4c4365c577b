"""Adding an entry to the table of contents of a root document, in reStructuredText or MyST's Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sphinxext.digest.adopt.source import Source, unended

_RST = re.compile(r"(?P<margin>\s*)\.\. toctree::\s*")
_FENCE = re.compile(r"(?P<margin>\s*)(?P<fence>`{3,}|~{3,}|:{3,})(?P<rest>.*)")
_OPTION = re.compile(r"\s*:[\w-]+:(?:\s.*)?|\s*---\s*")
_GLOB = re.compile(r"\s*:?glob:.*")
_INDENT = "   "


@dataclass(frozen=True)
class Toctree:
    """A ``toctree`` of a document: the lines from its directive to what comes behind it, which count from 0.

    ``is_plain`` says whether it is one of the document itself that lists its entries one by one.
    """

    start: int
    stop: int
    is_plain: bool


def with_entry(source: Source, entry: str, *, markdown: bool) -> Source | list[int]:
    """A document with an entry at the end of its table of contents, which it gets if it has none.

    If there is more than one place to put it, or one that may not be what readers see, those lines, from 1 on.
    """
    lines = [unended(line) for line in source.lines]
    found = list(_markdown_toctrees(lines) if markdown else _rst_toctrees(lines))
    if not found:
        new = ("```{toctree}", entry, "```") if markdown else (".. toctree::", "", f"{_INDENT}{entry}")
        return source.appended(*new)
    if len(found) > 1 or not found[0].is_plain:
        return [toctree.start + 1 for toctree in found]
    (toctree,) = found
    body = [line for line in lines[toctree.start + 1 : toctree.stop] if line.strip()]
    margin = body[-1][: len(body[-1]) - len(body[-1].lstrip())] if body else "" if markdown else _INDENT
    at = toctree.stop
    while not lines[at - 1].strip():
        at -= 1
    has_entries = bool(body) and not _OPTION.fullmatch(body[-1])
    blank = [] if has_entries or (markdown and not body) else [""]
    return source.inserted(at, *blank, f"{margin}{entry}")


def names_entry(text: str, entry: str) -> bool:
    """Whether a line of a document could be an entry of this name, with a title or without."""
    name = rf"(?:/|(?:\.\./)+)?{re.escape(entry)}(?:\.rst|\.md|\.txt)?"
    return re.search(rf"^[ \t]*(?:{name}|.*<{name}>)[ \t]*$", text, re.MULTILINE) is not None


def _rst_toctrees(lines: list[str]) -> Iterator[Toctree]:
    for start, line in enumerate(lines):
        if match := _RST.fullmatch(line):
            margin = len(match["margin"])
            stop = start + 1
            while stop < len(lines) and (not lines[stop].strip() or _indent(lines[stop]) > margin):
                stop += 1
            yield Toctree(start, stop, not margin and not _has_glob(lines[start:stop]))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _has_glob(lines: list[str]) -> bool:
    return any(map(_GLOB.fullmatch, lines))


def _markdown_toctrees(lines: list[str]) -> Iterator[Toctree]:
    """Those in fences; one in another fence may be an example, or be shown under a condition."""
    fences: list[tuple[int, str, bool]] = []
    for number, line in enumerate(lines):
        match = _FENCE.fullmatch(line)
        if match is None:
            if _RST.fullmatch(line):
                yield Toctree(number, number + 1, False)
        elif fences and not match["rest"].strip() and match["fence"].startswith(fences[-1][1]):
            start, _, is_toctree = fences.pop()
            if is_toctree:
                is_plain = not fences and not _indent(lines[start]) and not _has_glob(lines[start:number])
                yield Toctree(start, number, is_plain)
        else:
            fences.append((number, match["fence"], match["rest"].strip().startswith("{toctree}")))
    yield from (Toctree(start, start + 1, False) for start, _, is_toctree in fences if is_toctree)
