r"""Words that MathJax leaves alone.

MathJax looks for formulas in all text of a page, not only where Sphinx put some, and typesets ``\(\href{...}{...}\)``
from a nick or a title as well: links of any scheme, styles, identifiers. It passes by elements of these classes.
"""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes

#: Of MathJax 2, and of MathJax 3 and 4.
IGNORED_CLASSES = ("tex2jax_ignore", "mathjax_ignore")
#: What MathJax passes by in any case, or typesets rightly.
_OTHERS = (nodes.FixedTextElement, nodes.math, nodes.math_block, nodes.raw)


def ignore_commands(elements: Iterable[nodes.Element]) -> None:
    """Hide from MathJax all words with a backslash: formulas without any command do nothing."""
    for element in elements:
        if isinstance(element, nodes.literal):
            # keys are the only ones of them that do not become code
            if "kbd" in element["classes"]:
                element["classes"] += IGNORED_CLASSES
        elif not isinstance(element, _OTHERS):
            for child in list(element.children):
                if isinstance(child, nodes.Text) and "\\" in child:
                    element.replace(child, plain_words(child))


def plain_words(words: str) -> nodes.inline:
    """Words in an element of their own, which is hidden from MathJax if it has to be."""
    classes = list(IGNORED_CLASSES) if "\\" in words else []
    return nodes.inline("", "", words if isinstance(words, nodes.Text) else nodes.Text(words), classes=classes)
