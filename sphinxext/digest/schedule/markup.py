"""Inline markup of titles and of cross-references, without a parser."""

from __future__ import annotations

import re
from collections.abc import Mapping

#: ``:role:`text``` or ```text```, with what may stand behind the closing quote.
_QUOTED = re.compile(r"(?::[a-zA-Z][\w.+:-]{0,60}:)?(?<!`)`([^`]{1,1000})`(?!`)_{0,2}")
_TITLE_TARGET = re.compile(r"([^<]*?)\s*<[^<>]{1,1000}>", re.DOTALL)
_LITERAL = re.compile(r"``(.+?)``")
_EMPHASIS = re.compile(r"(?<![\w*\\])(\*{1,2})(?=\S)([^*]+?)(?<=\S)\1(?![\w*])")
_REFERENCE = re.compile(r"\b([A-Za-z0-9]+)__?(?!\w)")
_MARKUP = re.compile(r"[`*_\\]")
_ESCAPE = re.compile(r"\\(.)")

#: ``:ref:`m-ff```, ``:doc:`text <page>``` and their like, which Sphinx alone knows and only where the page is.
_ROLE = re.compile(r":(?:ref|doc|term|any|numref):`([^`]{1,1000})`")
_SPECIAL = re.compile(r"([\\`*_|<>])")


def plain_title(title: str) -> str:
    """A title without inline markup, its white space folded."""
    if not _MARKUP.search(title):
        return " ".join(title.split())
    title = _LITERAL.sub(lambda match: match[1], title)
    title = _QUOTED.sub(lambda match: _shown(match[1]), title)
    title = _EMPHASIS.sub(lambda match: match[2], title)
    title = _REFERENCE.sub(lambda match: match[1], title)
    return " ".join(_ESCAPE.sub(lambda match: match[1], title).split())


def _shown(content: str) -> str:
    """What is shown of a reference: the text before its target, or all there is."""
    match = _TITLE_TARGET.fullmatch(content)
    return match[1] or content if match else content


def without_roles(line: str, titles: Mapping[str, str]) -> str:
    """A line of prose in which Sphinx's references between pages are plain text.

    :param titles: the titles of anchors that are known.
    """

    def replacement(match: re.Match[str]) -> str:
        shown = _shown(match[1]).strip()
        return _SPECIAL.sub(r"\\\1", titles.get(shown, shown) if shown == match[1] else shown)

    return _ROLE.sub(replacement, line) if ":`" in line else line
