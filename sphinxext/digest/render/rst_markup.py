"""Pieces of reStructuredText: escapes, links, headings, items of lists."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain

from docutils.utils import column_width

_SPECIAL = re.compile(r"[\\`*|]|_(?![^\W_])|(?<![^\W_])_|:(?=:)|:$|-(?=-)")
#: Beginnings of lines that may be something else than a paragraph: those without a letter, and enumerators.
_BEGINNING = re.compile(r"[^\w\\]|\w+[.)]")


def escaped(text: str) -> str:
    """A line, or the beginning of one, whose characters mean themselves."""
    text = escaped_words(text.strip())
    if not text.strip("\\"):
        return f"\\ {text}"  # backslashes alone would be a line across the page
    return f"\\{text}" if _BEGINNING.match(text) else text


def escaped_words(text: str) -> str:
    """Words within a line whose characters mean themselves."""
    return _SPECIAL.sub(r"\\\g<0>", re.sub(r"\s+", " ", text))


def link(text: str, url: str) -> str:
    """A link with the URL beside its text, and without a name that another one may have."""
    text = re.sub(r"[<>]", r"\\\g<0>", escaped_words(text.strip()))
    url = url.replace("\\", "\\\\").replace("`", "%60")
    url = f"{url[:-1]}\\_" if url.endswith("_") else url
    return f"`{text} <{url}>`__"


def heading(source: str, line: str, *, overline: bool = False) -> list[str]:
    """A title over a line of this character."""
    rule = line * max(column_width(source), 4)
    return [*([rule] if overline else []), source, rule]


def literal_block(text: str) -> list[str]:
    """A text as it is."""
    return ["::", "", *indented(text.split("\n"), "    ")]


def item(blocks: Iterable[list[str]]) -> list[str]:
    """An item of a bullet list."""
    first, *rest = separated(blocks) or [""]
    return [f"* {first}".rstrip(), *indented(rest, "  ")]


def separated(blocks: Iterable[list[str]]) -> list[str]:
    """Blocks with blank lines between them."""
    return list(chain.from_iterable((*lines, "") for lines in blocks if lines))[:-1]


def indented(lines: Iterable[str], indent: str) -> list[str]:
    """Lines further to the right, but for those that are blank."""
    return [indent + line if line else "" for line in lines]
