"""Blocks in all formats of text: labels of admonitions and list items, and lines with indents and blank lines."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from docutils import nodes

from sphinxext.digest.model import ENGLISH, Messages
from sphinxext.digest.model.messages import N_

_ADMONITIONS = {
    "attention": N_("Attention"),
    "caution": N_("Caution"),
    "danger": N_("Danger"),
    "error": N_("Error"),
    "hint": N_("Hint"),
    "important": N_("Important"),
    "note": N_("Note"),
    "tip": N_("Tip"),
    "warning": N_("Warning"),
    "seealso": N_("See also"),
}
_NUMERALS = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))

#: The elements that are not part of a text: transforms have used them, or they are for one format.
SILENT = (
    nodes.comment,
    nodes.target,
    nodes.substitution_definition,
    nodes.raw,
    nodes.system_message,
    nodes.pending,
    nodes.colspec,
)


def admonition_label(node: nodes.Node, messages: Messages = ENGLISH) -> str | None:
    """Return the label of an admonition that has no title of its own."""
    label = _ADMONITIONS.get(getattr(node, "tagname", ""))
    return messages.gettext(label) if label else None


def is_words(node: nodes.Node) -> bool:
    """Return True if an element contains words and no blocks."""
    if isinstance(node, nodes.Text):
        return True
    return isinstance(node, nodes.TextElement) and not any(
        isinstance(child, nodes.Body) and not isinstance(child, nodes.Inline) for child in node.children
    )


def enumerator(node: nodes.Element, number: int) -> str:
    """Return the label of an item of an enumerated list: ``3.``, ``(iv)``, ``b)``.

    :param number: the number of the item, from 1.
    """
    kind = node.get("enumtype", "arabic")
    number += int(node.get("start", 1)) - 1
    if kind in ("loweralpha", "upperalpha"):
        label = chr(ord("a" if kind == "loweralpha" else "A") + (number - 1) % 26)
    elif kind in ("lowerroman", "upperroman"):
        label = _roman(number) if kind == "upperroman" else _roman(number).lower()
    else:
        label = str(number)
    return f"{node.get('prefix', '')}{label}{node.get('suffix', '.')}"


def _roman(number: int) -> str:
    label = ""
    for value, letters in _NUMERALS:
        label += letters * (number // value)
        number %= value
    return label


def separated(blocks: Iterable[list[str]]) -> list[str]:
    """Return the lines of blocks, with blank lines between them."""
    return list(chain.from_iterable((*lines, "") for lines in blocks if lines))[:-1]


def indented(lines: Iterable[str], indent: str) -> list[str]:
    """Return lines with an indent before those that are not blank."""
    return [indent + line if line else "" for line in lines]
