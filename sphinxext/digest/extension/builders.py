r"""The outputs of builders: which of our additions each has, their addresses, and words that MathJax leaves alone.

MathJax looks for formulas in all text of a page, not only where Sphinx put some, and typesets ``\(\href{...}{...}\)``
from a nick or a title as well: links of any scheme, styles, identifiers. It passes by elements of certain classes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.builders import Builder


#: A book and files of help have no other files than those that Sphinx knows of.
_CLOSED = frozenset({"epub", "htmlhelp", "qthelp", "devhelp", "applehelp"})
#: Outputs that have a document for each page. Others, and those we do not know, may be made of all pages at once.
PER_PAGE = _CLOSED | {"html", "dirhtml", "json", "pickle", "text", "xml", "pseudoxml", "gettext", "linkcheck", "dummy"}
#: One page, and data that something else makes pages of: their pages have no addresses of their own.
_WITHOUT_ADDRESSES = _CLOSED | {"singlehtml", "json", "pickle"}


def is_for_browsers(builder: Builder) -> bool:
    """Return True if an output is read in a browser, with room beside the text, and not as a book."""
    return builder.format == "html" and builder.name != "epub"


def has_other_files(builder: Builder) -> bool:
    """Return True if an output has files beside the pages that only a script requests."""
    return builder.format == "html" and builder.name not in _CLOSED


def has_archives(builder: Builder) -> bool:
    """Return True if an output has pages outside every toctree, and links to them."""
    return builder.format == "html" and builder.name != "singlehtml"


def is_site(builder: Builder) -> bool:
    """Return True if an output is a site, whose pages have URLs."""
    return builder.format == "html" and builder.name not in _WITHOUT_ADDRESSES


def file_uri(path: str) -> str:
    """The address of a file beside the pages, seen from the folder of the output, as Sphinx has those of pages."""
    return quote(path)


#: Sphinx's search passes by what has this class.
UNSEARCHED_CLASS = "no-search"
#: The class of the link to the source of a note, which pages for browsers have.
IMPROVEMENT_CLASS = "digest-improvement"
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
