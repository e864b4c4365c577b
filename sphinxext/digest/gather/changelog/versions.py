"""Read a changelog: what is not released yet becomes entries, all other versions a page with an anchor for each.

Keep a Changelog's form and those near to it are read, in Markdown and reStructuredText: a heading for each version.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sphinxext.digest.gather.changelog import MARKDOWN, Entry, Form, HistoryPage, Piece, Reading, read_text
from sphinxext.digest.gather.changelog.entries import entries_of
from sphinxext.digest.gather.changelog.markdown import pieces_of_markdown
from sphinxext.digest.gather.changelog.rst import definitions, pieces_of_rst, title_of, with_definitions
from sphinxext.digest.gather.changelog.sections import Sections
from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, DigestError, Problem

TOOL = "changelog"
#: The title of the page where the changelog has none.
TITLE = "Release history"
#: The beginning of the anchor of each version.
ANCHOR = "history-"
#: A longer heading names no version.
_LONGEST = 200
_UNRELEASED = re.compile(
    r"\b(?:un-?released|not (?:yet )?released|upcoming|in development|under development|development version"
    r"|in progress|future|tb[ad])\b",
    re.IGNORECASE,
)
_NEXT = frozenset({"dev", "develop", "head", "main", "master", "next", "next release", "next version", "trunk"})
_VERSION = re.compile(
    r"(?P<before>(?:[^\W\d][\w.+'-]*\s+){0,3})"
    r"[\[(]?[vV]?(?P<name>[0-9]+(?:[.-][0-9A-Za-z]+)*(?:\+[\w.]+)?[a-z]*[0-9]*)[\])]?(?P<rest>.*)"
)
#: What may follow a version without a dot.
_DATE = re.compile(r"\s*(?:\Z|[-–—:(,]|[0-9]{4}\b)")
#: A paragraph below the version, as in "Released 2026-03-01" or "Unreleased".
_STATE = re.compile(r"\*{0,2}(?:un-?released|not (?:yet )?released)\b", re.IGNORECASE)
_LABEL = re.compile(r"\.\. _[^\n]*:\s*\Z")
_SIGNS = "=-~^\"'+`"
_MARKDOWN_HEADING = re.compile(r"^#{1,3} \S", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Part:
    """A version with all below its heading; ``start`` is the position of the heading among the pieces."""

    name: str
    is_released: bool
    start: int
    end: int


def read_changelog(file: Path, path: str, sections: Sections, unreleased: Collection[str], reading: Reading) -> None:
    """Read a changelog.

    :param path: how problems name it.
    :param unreleased: versions that are not released, whatever their headings say.
    """
    try:
        text = read_text(file, path, reading.problems)
        is_markdown = _is_markdown(file, text)
        pieces = pieces_of_markdown(text, path) if is_markdown else pieces_of_rst(text)
    except DigestError as error:
        reading.problems += error.problems
        return
    parts = list(_parts(pieces, unreleased))
    if not parts:
        message = "no heading of the file names a version, such as '## 1.2.0 - 2026-03-01' or '## Unreleased'"
        reading.problems.append(Problem(path, 1, 1, Code.NOT_A_CHANGELOG, message))
        return
    known = {} if is_markdown else definitions(text)
    for part in parts:
        if not part.is_released:
            below = pieces[part.start + 1 : part.end]
            reading.entries += [(TOOL, entry) for entry in _entries(below, path, sections, known)]
    if released := [part for part in parts if part.is_released]:
        page = _page_of_markdown(pieces, parts) if is_markdown else _page_of_rst(text, pieces, parts)
        texts = tuple(
            with_definitions(piece.text, known)
            for part in released
            for piece in pieces[part.start : part.end]
            if piece.form is not Form.HEADING
        )
        reading.pages.append(HistoryPage(path, page, tuple(part.name for part in released), texts))


def _is_markdown(file: Path, text: str) -> bool:
    if file.suffix.lower() in (*MARKDOWN, ".rst"):
        return file.suffix.lower() != ".rst"
    return _MARKDOWN_HEADING.search(text) is not None


def _parts(pieces: Sequence[Piece], unreleased: Collection[str]) -> Iterator[_Part]:
    """Yield the versions: the headings that name one, of the level that has most of them."""
    names = {index: name for index, piece in enumerate(pieces) if (name := _version_of(piece))}
    if not names:
        return
    levels = Counter(pieces[index].level for index in names)
    level = min(levels, key=lambda one: (-levels[one], one))
    tops = [index for index, piece in enumerate(pieces) if piece.form is Form.HEADING and piece.level <= level]
    for start, end in zip(tops, [*tops[1:], len(pieces)], strict=True):
        if start in names and pieces[start].level == level:
            is_next = names[start] in unreleased or _is_next(pieces[start].words)
            state = pieces[start + 1] if start + 1 < end else None
            if state is not None and state.form is Form.BLOCK and _STATE.match(state.text.value):
                is_next = True
            yield _Part(names[start], not is_next, start, end)


def _version_of(piece: Piece) -> str:
    """Return the version that a heading names, "unreleased" for what comes next, or nothing."""
    words = piece.words
    if piece.form is not Form.HEADING or len(words) > _LONGEST:
        return ""
    match = _VERSION.fullmatch(words)
    if match and ("." in match["name"] or _is_version(match)):
        return match["name"]
    return "unreleased" if _is_next(words) and len(words.split()) <= 4 else ""


def _is_version(match: re.Match[str]) -> bool:
    """Return True for a number without a dot that has a date, or nothing but the word "version" before it."""
    is_alone = match["before"].strip().lower() in ("", "version", "release")
    return _DATE.match(match["rest"]) is not None and (is_alone or match["rest"].strip() != "")


def _is_next(words: str) -> bool:
    return words.strip("[]").lower() in _NEXT or _UNRELEASED.search(words) is not None


def _entries(pieces: Sequence[Piece], path: str, sections: Sections, known: dict[str, str]) -> Iterator[Entry]:
    """Yield the entries of a version. Paragraphs above its first heading are the prelude."""
    pieces = [piece for piece in pieces if not (piece.form is Form.BLOCK and _is_state(piece.text.value))]
    first = next((index for index, piece in enumerate(pieces) if piece.form is Form.HEADING), 0)
    is_prelude = first > 0 and all(piece.form is Form.BLOCK for piece in pieces[:first])
    for entry in entries_of(pieces, path, sections, known):
        yield replace(entry, categories=("summary",)) if is_prelude and not entry.categories else entry


def _is_state(text: str) -> bool:
    return len(text) < 40 and "\n" not in text and _STATE.match(text) is not None


def _page_of_markdown(pieces: Sequence[Piece], parts: Sequence[_Part]) -> str:
    """Return the page of the versions that are released, with what is above them all."""
    left_out = {index for part in parts if not part.is_released for index in range(part.start, part.end)}
    anchors = _anchors(parts)
    lines: list[str] = []
    open_levels: list[int] = []
    if not (pieces[0].form is Form.HEADING and pieces[0].level < pieces[parts[0].start].level):
        lines += [*title_of(TITLE, _SIGNS[0]), ""]
        open_levels = [0]
    before: Piece | None = None
    for index, piece in enumerate(pieces):
        if index in left_out:
            continue
        if piece.form is Form.HEADING:
            open_levels = [*(level for level in open_levels if level < piece.level), piece.level]
            lines += [f".. _{anchors[index]}:", ""] if index in anchors else []
            sign = _SIGNS[min(len(open_levels), len(_SIGNS)) - 1]
            lines += [*title_of(piece.text.value, sign), ""]
        else:
            lines += _block(piece, before)
        before = piece
    return "\n".join(lines).rstrip("\n") + "\n"


def _block(piece: Piece, before: Piece | None) -> Iterator[str]:
    """Yield the lines of an item or a block, and a blank one."""
    lines = piece.text.value.split("\n")
    if piece.form is Form.ITEM:
        yield f"- {lines[0]}"
        yield from (f"  {line}" if line else "" for line in lines[1:])
    else:
        if lines[0].startswith(" ") and before is not None and before.form is Form.ITEM:
            yield from ("..", "")
        yield from lines
    yield ""


def _page_of_rst(text: str, pieces: Sequence[Piece], parts: Sequence[_Part]) -> str:
    """Return the source of the file without what is not released, with anchors."""
    lines = text.split("\n")
    anchors = _anchors(parts)
    removed: list[str] = []
    for part in reversed(parts):
        begin = _begin_of(pieces, part.start)
        if not part.is_released:
            end = _begin_of(pieces, part.end) if part.end < len(pieces) else len(lines)
            removed += lines[begin:end]
            del lines[begin:end]
        elif part.start in anchors:
            lines[begin:begin] = [f".. _{anchors[part.start]}:", ""]
    is_titled = pieces[0].form is Form.HEADING and pieces[0].level < pieces[parts[0].start].level
    if not is_titled and pieces[parts[0].start].level == 1:
        used = {line[0] for line in lines if line and line == line[0] * len(line)}
        sign = next((sign for sign in "=#*+~^%&$@!" if sign not in used), "=")
        lines[0:0] = [sign * len(TITLE), TITLE, sign * len(TITLE), ""]
    page = Text("\n".join(lines).strip("\n"), 1, 1)
    return with_definitions(page, definitions("\n".join(removed))).value + "\n"


def _begin_of(pieces: Sequence[Piece], index: int) -> int:
    """Return the position of the first line of a heading, with the labels before it."""
    while index > 0 and pieces[index - 1].form is Form.BLOCK and _LABEL.match(pieces[index - 1].text.value):
        index -= 1
    return pieces[index].text.line - 1


def _anchors(parts: Sequence[_Part]) -> dict[int, str]:
    """Return the names of the anchors of versions, by the positions of their headings."""
    found: dict[str, int] = {}
    for part in parts:
        if part.is_released:
            found.setdefault(ANCHOR + re.sub(r"[^\w.+-]", "-", part.name), part.start)
    return {start: name for name, start in found.items()}
