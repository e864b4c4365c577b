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
_BEFORE = frozenset(" \n([{-/")
_AFTER = frozenset(" \n.,;:!?)]}-/'\">")

#: Roles that mean the same everywhere; all others point into the documentation that a note comes from.
_PLAIN_ROLES = frozenset("code emphasis literal math strong sub subscript sup superscript title-reference".split())  # noqa: SIM905 - as words
_ROLE = re.compile(r"(?<![\\\w])(?P<role>(?::[\w.+-]{1,60}){1,4}):`[!~]?(?P<text>[^`<>]++)(?:<[^`<>]*+>)?+`")

#: Characters and words that may begin markup, a link that stands for itself, or a PEP or RFC reference; and white
#: space that docutils changes, or takes for the end of a line as :meth:`str.splitlines` does. ``nick: text`` and times
#: have a colon that means nothing; ``::``, URLs and ``tel:1`` have one that does.
_MARKUP = re.compile(
    r"[`*|_\\@<>\[\]\x00-\x09\x0b-\x1f\x85\u2028\u2029]|--|PEP|RFC|\s$"
    r"|(?!(?<=[^\s:]):(?=[ ]\S)|(?:(?<=\b[0-9])|(?<=\b[0-9][0-9])):(?=[0-9])):",
    re.MULTILINE,
)
#: Beginnings of paragraphs that may be something else: enumerators such as ``a.``, ``1)``, ``(iv)``.
_FIRST_ENUMERATOR = re.compile(r"(?:[a-zA-Z0-9]|[ivxlcdmIVXLCDM]+|\d+)[.)](?:\s|$)")
#: Beginnings of lines that docutils may take for something else than a paragraph, and lines of one character
#: alone.
_BLOCK = re.compile(
    r"[-+*\u2022\u2023\u2043](?:\s|$)|--?\w|/\w|\|(?:\s|$)|>>>(?:\s|$)|:[^\s:]|\.\.(?:\s|$)|__(?:\s|$)"
    r"|\(?(?:[a-zA-Z0-9]+|#)[.)](?:\s|$)|([!-/:-@[-`{-~])\1*\s*$|[=+][=+ -]*$"
)

#: ```text <url>`_`` with its text and URL.
EMBEDDED_LINK = re.compile(r"`([^`<>]+?)\s*<([^`<>\s]+)>`_(?!_)")
#: ``.. _name: url``, on one line of its own.
LINK_TARGET = re.compile(r"^[ ]*\.\.[ ]+_(`[^`\n]+`|[^`:\n_][^:\n]*):[ ]+(\S*[^\s_])[ ]*\n?", re.MULTILINE)

#: The name of any explicit target.
_TARGET_NAME = re.compile(r"^[ ]*\.\.[ ]+_(`[^`\n]+`|[^`:\n_][^:\n]*):", re.MULTILINE)

#: Where a line of a paragraph in a fragment ends.
WIDTH = 79


def escaped(text: str) -> str:
    """Return a piece of a paragraph, so that none of its characters is markup."""
    return _INLINE.sub(lambda match: "".join(f"\\{character}" for character in match[0]), text)


def begun(text: str) -> str:
    """Return a paragraph that was escaped, so that it begins as a paragraph and does not end as something else."""
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
    """Return an anonymous link. ``url`` must be one that a fragment may have, without white space."""
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
        if not after_link and _MAY_OPEN.search(last) and not piece[0].isspace():
            result[-1] = last = f"{last[:-1]}\\{last[-1]}"
        if (is_link and last and last[-1] not in _BEFORE) or (after_link and piece[0] not in _AFTER):
            result.append("\\ ")
        result.append(piece)
        after_link = is_link
    return "".join(result)


def filled(text: str, indent: int) -> list[str]:
    """Return the lines of a paragraph, none of which can be taken for something else than a part of it.

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
    """Yield the pieces that stay together on a line."""
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


def without_roles(text: str) -> str:
    """Return a text in which roles that point into the documentation it comes from are their words."""
    return _ROLE.sub(_words_of_role, text)


def _words_of_role(match: re.Match[str]) -> str:
    name = match["role"].lstrip(":").lower()
    return match[0] if name in _PLAIN_ROLES else escaped(match["text"].rstrip())


def as_paragraph(line: str) -> str:
    """Return the source of a paragraph that consists of a line of inline markup, whatever the line begins with."""
    if line.endswith("::"):
        line = f"{line[:-2]}\\::"
    return f"\\ {line}" if _BLOCK.match(line) else line


def is_plain(text: str) -> bool:
    """Return True if a text certainly is one paragraph without markup.

    The answer is a safe one: True only where docutils would make one paragraph with one piece of text of it.
    """
    if _MARKUP.search(text) or _FIRST_ENUMERATOR.match(text):
        return False
    return all(line and (line[0].isalnum() or line[0] in "“‘«„") for line in text.split("\n"))


def link_targets(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names of a text's hyperlink targets, as docutils normalizes them, each with its URL."""
    for pattern in (EMBEDDED_LINK, LINK_TARGET):
        for match in pattern.finditer(text):
            yield " ".join(match[1].strip("`").lower().split()), match[2]


def target_names(text: str) -> Iterator[str]:
    """Yield the names of a text's targets, as docutils normalizes them, whatever they lead to."""
    for pattern in (EMBEDDED_LINK, _TARGET_NAME):
        for match in pattern.finditer(text):
            yield " ".join(match[1].strip("`").lower().split())
