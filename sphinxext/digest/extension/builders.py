"""What the outputs of builders of HTML are like, which decides what of ours they have and how it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from sphinx.builders import Builder

#: A book and files of help have no other files than those that Sphinx knows of.
_CLOSED = frozenset({"epub", "htmlhelp", "qthelp", "devhelp", "applehelp"})
#: One page, and data that something else makes pages of: their pages have no addresses of their own.
_WITHOUT_ADDRESSES = _CLOSED | {"singlehtml", "json", "pickle"}


def is_for_browsers(builder: Builder) -> bool:
    """Whether an output is read on screens, with room beside the text; a book is read from its beginning."""
    return builder.format == "html" and builder.name != "epub"


def has_other_files(builder: Builder) -> bool:
    """Whether an output has files beside the pages that only a script asks for."""
    return builder.format == "html" and builder.name not in _CLOSED


def has_archives(builder: Builder) -> bool:
    """Whether an output has pages that are in no toctree, and links that lead to them."""
    return builder.format == "html" and builder.name != "singlehtml"


def is_site(builder: Builder) -> bool:
    """Whether an output is a site, whose pages have addresses."""
    return builder.format == "html" and builder.name not in _WITHOUT_ADDRESSES


def file_uri(path: str) -> str:
    """The address of a file beside the pages, seen from the folder of the output, as Sphinx has those of pages."""
    return quote(path)
