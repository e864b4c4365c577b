"""Plain text of others to reStructuredText that says exactly that."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: Characters that may begin inline markup; an underscore does only at the end of a word, which makes a reference.
_INLINE = re.compile(r"[\\`]|\*(?=\S)|\|(?=\S)|_+(?![^\W_])")
#: What a paragraph cannot begin with: bullets, enumerators and all that is not the beginning of a word.
_ENUMERATOR = re.compile(r"(?:[a-zA-Z0-9#]|[ivxlcdmIVXLCDM]+|[0-9]+)[.)](?:\s|$)")
_OPENING = "“‘«„"
#: What was not escaped at the end of a piece, since a space might have followed.
_MAY_OPEN = re.compile(r"(?<!\\)(?:\\\\)*+[*|]\Z")
#: A sign that would begin the address within a link.
_LESS = "\\<"
#: What may stand beside inline markup without an empty escape between.
_BEFORE = frozenset(" \n")
_AFTER = frozenset(" \n.,;:!?)]}")

#: Where a line of a paragraph in a fragment ends.
WIDTH = 79


def escaped(text: str) -> str:
    """A piece of a paragraph, so that none of its characters is markup."""
    return _INLINE.sub(lambda match: "".join(f"\\{character}" for character in match[0]), text)


def begun(text: str) -> str:
    """A paragraph that was escaped, so that it begins as a paragraph and does not end as something else."""
    if text.endswith("::"):
        text = f"{text[:-1]}\\:"
    first = text[:1]
    if first == "\\" and not text.strip("\\"):
        return f"\\ {text}"  # a line of one mark alone would be a transition
    if not first or first == "\\" or first in _OPENING:
        return text
    if (not first.isalnum() and first != "`") or _ENUMERATOR.match(text):
        return f"\\{text}"
    return text


def link(text: str, url: str) -> str:
    """An anonymous link. ``url`` must be one that a fragment may have, without white space."""
    target = re.sub(r"[\\`<>]|_(?=\Z)", r"\\\g<0>", url)
    return f"`{escaped(text).replace('<', _LESS)} <{target}>`__"


def joined(pieces: list[tuple[str, bool]]) -> str:
    """Pieces of a paragraph, each with whether it is a link, with empty escapes where links need them."""
    result: list[str] = []
    after_link = False
    for piece, is_link in pieces:
        if not piece:
            continue
        last = result[-1] if result else ""
        if _MAY_OPEN.search(last) and not piece[0].isspace():
            result[-1] = last = f"{last[:-1]}\\{last[-1]}"
        if (is_link and last and last[-1] not in _BEFORE) or (after_link and piece[0] not in _AFTER):
            result.append("\\ ")
        result.append(piece)
        after_link = is_link
    return "".join(result)


def filled(text: str, indent: int) -> list[str]:
    """The lines of a paragraph, none of which can be taken for something else than a part of it.

    A line ends at a single space before a word that begins with a letter or a digit, and never within a link.
    """
    lines: list[str] = []
    line = ""
    for piece in _pieces(text):
        if line and indent + len(line) + 1 + len(piece) > WIDTH:
            lines.append(line)
            line = piece
        else:
            line = f"{line} {piece}" if line else piece
    return [*lines, line]


_TOKEN = re.compile(r"\\.|(?P<link>`(?:[^`\\]|\\.)*+`__)", re.DOTALL)
_BREAK = re.compile(r"(?<=[^\s\\]) (?=[^\W_])")


def _pieces(text: str) -> Iterator[str]:
    """What stays together on a line."""
    if "`" not in text:
        yield from _BREAK.split(text)
        return
    start = 0
    links = iter([match.span() for match in _TOKEN.finditer(text) if match["link"]])
    begin, end = next(links, (len(text), len(text)))
    for match in _BREAK.finditer(text):
        position = match.start()
        while end <= position:
            begin, end = next(links, (len(text), len(text)))
        if begin <= position:
            continue
        yield text[start:position]
        start = position + 1
    yield text[start:]
