"""Find Markdown in reStructuredText: links, fences, headings and code that docutils takes for something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from docutils import nodes

from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, Problem

_LITERAL = re.compile(r"``[^`]+``")
_LINK = re.compile(r"\[([^\[\]]{1,200})\]\(((?:https?://|mailto:|www\.|#|\.{0,2}/)[^\s()]{1,1000})\)")
_FENCE = re.compile(r"^[ \t]*(```|~~~)[\w+-]*[ \t]*$", re.MULTILINE)
#: The longest word that is looked at.
_MAX_WORD = 200
_HEADING = re.compile(r"#{1,6} \S")
#: Code in prose: a word with a sign that only code has, or a call.
_CODE = re.compile(r"(?=.*[a-zA-Z])(?:[\w./:=-]*(?:_|\w\.\w|::|=|\w/|\(\))[\w./:=()-]*|--?\w[\w=-]*)")

_LOOKED_AT = (nodes.paragraph, nodes.term, nodes.title_reference)


def markdown_hints(parsed: Iterable[nodes.Node], text: Text, path: str, *, code: bool = True) -> Iterator[Problem]:
    """Yield what looks like Markdown in a text.

    :param parsed: the nodes of the text.
    :param code: whether code in single backticks counts, which is a title in reStructuredText unless a project has
        another default role.
    """
    found: list[tuple[str, str]] = []
    for part in parsed:
        looked_at = [node for node in part.findall() if isinstance(node, _LOOKED_AT)]
        for kind in (nodes.paragraph, nodes.term):
            for block in looked_at:
                if isinstance(block, kind):
                    found += _in_block(block)
        for title in looked_at if code else ():
            if not isinstance(title, nodes.title_reference):
                continue
            words = title.rawsource
            if words.startswith("`") and len(words) < _MAX_WORD and _CODE.fullmatch(title.astext()):
                found.append((words, f"{words} is not code in reStructuredText: write `{words}`"))
    places: dict[str, int] = {}
    for words, message in found:
        places[words] = at = max(text.value.find(words, places.get(words, -1) + 1), 0)
        yield _hint(text, path, at, message)


def _in_block(block: nodes.TextElement) -> Iterator[tuple[str, str]]:
    """Yield what looks like Markdown in a paragraph, each with a message."""
    source = block.rawsource
    if fence := _FENCE.search(source):
        yield fence[1], f"'{fence[1]}' begins no block of code in reStructuredText: use '.. code-block::'"
        return
    if (heading := _HEADING.match(source)) and (heading[0][1] == "#" or "\n" not in source):
        yield heading[0], f"'{heading[0][:-2]}' begins no heading in reStructuredText: use bold words or '.. rubric::'"
    for link in _LINK.finditer(_LITERAL.sub("", source)) if "](" in source else ():
        words = " ".join(link[1].split())
        yield f"[{link[1]}](", f"[{words}]({link[2]}) is Markdown: write `{words} <{link[2]}>`__"


def _hint(text: Text, path: str, at: int, message: str) -> Problem:
    index = text.value.count("\n", 0, at)
    column = text.column_of(index)
    if not text.lines:
        line = text.value[text.value.rfind("\n", 0, at) + 1 :]
        column += at - (len(text.value) - len(line)) - (len(line) - len(line.lstrip(" ")))
    return Problem(path, text.line_of(index), column, Code.MARKDOWN, message)
