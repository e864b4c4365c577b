"""Telling texts that have no markup at all, which need no parser."""

from __future__ import annotations

import re

#: Characters and words that may begin markup, a link that stands for itself, or a PEP or RFC reference; and white
#: space that docutils changes, or takes for the end of a line as :meth:`str.splitlines` does.
_MARKUP = re.compile(r"[`*|_\\@:<>\[\]\x00-\x09\x0b-\x1f\x85\u2028\u2029]|--|PEP|RFC|\s$", re.MULTILINE)
#: Beginnings of paragraphs that may be something else: enumerators such as ``a.``, ``1)``, ``(iv)``.
_ENUMERATOR = re.compile(r"(?:[a-zA-Z0-9]|[ivxlcdmIVXLCDM]+|\d+)[.)](?:\s|$)")
#: ``nick: text`` and times have a colon that means nothing; ``::``, URLs and ``tel:1`` have one that does.
_HARMLESS_COLON = re.compile(r"(?<=[^\s:]):(?=[ ]\S)|(?:(?<=\b[0-9])|(?<=\b[0-9][0-9])):(?=[0-9])")
#: Beginnings of lines that docutils may take for something else than a paragraph, and lines of one character
#: alone.
_BLOCK = re.compile(
    r"[-+*\u2022\u2023\u2043](?:\s|$)|--?\w|/\w|\|(?:\s|$)|>>>(?:\s|$)|:[^\s:]|\.\.(?:\s|$)|__(?:\s|$)"
    r"|\(?(?:[a-zA-Z0-9]+|#)[.)](?:\s|$)|([!-/:-@[-`{-~])\1*\s*$|[=+][=+ -]*$"
)


def as_paragraph(line: str) -> str:
    """Return the source of a paragraph that consists of a line of inline markup, whatever the line begins with."""
    if line.endswith("::"):
        line = f"{line[:-2]}\\::"
    return f"\\ {line}" if _BLOCK.match(line) else line


def is_plain(text: str) -> bool:
    """Whether a text certainly is one paragraph without markup.

    The answer is a safe one: True only where docutils would make one paragraph with one piece of text of it.
    """
    if _MARKUP.search(text) and _MARKUP.search(_HARMLESS_COLON.sub("", text)):
        return False
    if _ENUMERATOR.match(text):
        return False
    return all(line and (line[0].isalnum() or line[0] in "“‘«„") for line in text.split("\n"))
