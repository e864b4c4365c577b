"""Replace relative addresses in the source of texts by absolute URLs, for programs that have only the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from docutils import nodes

from sphinxext.digest.doctree.guard import Guard
from sphinxext.digest.doctree.parse import TextParser
from sphinxext.digest.doctree.relative import Address, Home, docs_path, is_relative
from sphinxext.digest.model import Text
from sphinxext.digest.text.rst import is_plain

#: The places of addresses in reStructuredText: after the words of a link, and at the ends of directives and targets.
_PLACES = re.compile(
    r"(?P<before><)(?P<in_link>[^<>]+)(?=>`_)"
    r"|^(?P<lead>[ \t]*(?:\.\. (?:\|[^|\n]+\|[ \t])?[ \t]*(?:image|figure)::|:target:|\.\. _[^\n]*?(?<!\\):|__)[ \t]+)"
    r"(?P<on_line>\S[^\n]*)$",
    re.MULTILINE,
)
#: Returns the absolute URL of a picture by its path below the documentation's folder, or an empty string.
PictureOf = Callable[[str], str]


class _Recorder(Home):
    """Records the absolute URLs of the relative addresses in a text."""

    def __init__(self, page: str, url_of: Callable[[Address], str], picture_of: PictureOf) -> None:
        super().__init__(page)
        self.url_of, self.picture_of = url_of, picture_of
        self.found: dict[str, str] = {}

    def place(self, link: nodes.reference, address: Address) -> str:
        """Remember an address."""
        self.found[address.written] = self.url_of(address)
        return ""

    def place_elsewhere(self, link: nodes.reference) -> None:
        """Remember that of another host."""
        written = link["refuri"]
        super().place_elsewhere(link)
        self.found[written] = link["refuri"]

    def place_pictures(self, document: nodes.document) -> Iterator[tuple[nodes.Node, str]]:
        """Remember the addresses of pictures, so that the same words are not changed elsewhere."""
        for picture in document.findall(nodes.image):
            path = docs_path(picture["uri"], self.page) if is_relative(picture["uri"]) else None
            if path and (url := self.picture_of(path)):
                self.found[picture["uri"]] = url
                picture["uri"] = f"/{path}"
        yield from ()


def with_absolute_urls(text: Text, page: str, url_of: Callable[[Address], str], picture_of: PictureOf) -> str:
    """Return the source of a text with absolute URLs instead of relative addresses.

    A text whose words would change, since it shows such an address as code, is returned unchanged.

    :param page: the document that relative addresses count from.
    :param url_of: returns absolute URLs.
    """
    if is_plain(text.value):
        return text.value
    recorder = _Recorder(page, url_of, picture_of)
    words = _words(text, recorder)
    if not recorder.found:
        return text.value

    def replaced(match: re.Match[str]) -> str:
        lead = match["lead"] or match["before"]
        written = match["in_link"] or match["on_line"]
        whole = recorder.found.get(_address(written))
        return match[0] if whole is None else f"{lead}{whole}"

    value = _PLACES.sub(replaced, text.value)
    left = _Recorder(page, url_of, picture_of)
    same = _words(Text(value, text.line, text.column), left) == words
    return value if same and not left.found else text.value


def _words(text: Text, home: Home) -> list[str]:
    parser = TextParser(Guard())
    return [node.astext() for node in parser.blocks(text, "", "index", home=lambda: home)]


def _address(written: str) -> str:
    """Return an address as docutils reads it: without white space and the marks of escapes."""
    return re.sub(r"\\(.)|\s+", lambda match: match[1] or "", written)
