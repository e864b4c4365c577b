"""HTML to tags and text, in linear time.

``html.parser`` is not used: before Python 3.13.6 it takes minutes for 100 KB of ``<a `` or of comments without ends,
and ``&#`` with more than 4,300 digits makes it raise. Comments and declarations are dropped, as in a browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

#: Elements that go on to their own end tag, whatever is between: in those of the second set there are references.
_RAW = frozenset({"script", "style"})
_RAW_WITH_REFERENCES = frozenset({"title", "textarea"})
_NAME = re.compile(r"/?([a-zA-Z][^\s/>]*+)")
#: A tag from its name on. A quotation mark counts only at the beginning of a value, and if there is a second one.
_REST = re.compile(r"(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+>")
_ATTRIBUTE = re.compile(r"([^\s/>=]++)(?:\s*+=\s*+(\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+")
#: No character has so many digits, and Python refuses to read far more.
_LONG_NUMBER = re.compile(r"&#[xX]?[0-9a-fA-F]{20,}+;?")


@dataclass(frozen=True, slots=True)
class Piece:
    """A tag, or the text between two of them.

    ``name`` is that of an element in lower case, and ``is_end`` says that the tag ends it; it is empty for text.
    ``position`` is the index of the first character in the document.
    """

    position: int
    text: str = ""
    name: str = ""
    is_end: bool = False
    attributes: dict[str, str] = field(default_factory=dict)


def pieces_of_html(text: str) -> Iterator[Piece]:
    """Split a document. What cannot be a tag, such as one without an end, is text."""
    return _Tokenizer(text).run()


class _Tokenizer:
    """Goes through a document, and remembers what it has looked for in vain, so as not to look for it again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._missing: set[str] = set()

    def run(self) -> Iterator[Piece]:
        position = 0
        while (start := self.text.find("<", position)) >= 0:
            if start > position:
                yield self.data(position, start)
            position, piece = self.markup(start)
            if piece is not None:
                yield piece
                if not piece.is_end and piece.name in _RAW | _RAW_WITH_REFERENCES:
                    end = self.end_of_raw(piece.name, position)
                    if end > position:
                        yield self.data(position, end, raw=piece.name in _RAW)
                    position = end
        if position < len(self.text):
            yield self.data(position, len(self.text))

    def data(self, start: int, end: int, *, raw: bool = False) -> Piece:
        text = self.text[start:end]
        return Piece(start, text if raw else without_references(text))

    def markup(self, start: int) -> tuple[int, Piece | None]:
        """The end of what begins with ``<``, and the tag or text that it is; None for what is dropped."""
        if self.text.startswith("<!--", start):
            end = self.find("-->", start + 2)
            return (start + 4 if end is None else max(end, start + 5)), None
        if self.text.startswith(("<!", "<?", "</>"), start):
            end = self.find(">", start)
        elif name := _NAME.match(self.text, start + 1):
            end = self.end_of_tag(name.end())
            if end is not None:
                is_end = self.text[start + 1] == "/"
                tag = name[1].lower()
                attributes = self.attributes(name.end(), end - 1) if tag in ("a", "img") and not is_end else {}
                return end, Piece(start, "", tag, is_end, attributes)
        else:
            end = self.find(">", start) if self.text.startswith("</", start) else None
        return (start + 1, Piece(start, "<")) if end is None else (end, None)

    def find(self, what: str, start: int) -> int | None:
        """The position after a text."""
        found = self.text.find(what, start) if what not in self._missing else -1
        if found < 0:
            self._missing.add(what)
            return None
        return found + len(what)

    def end_of_tag(self, start: int) -> int | None:
        """The position after a tag; where quotation marks leave it without an end, they do not count."""
        if "tag" not in self._missing:
            if match := _REST.match(self.text, start):
                return match.end()
            self._missing.add("tag")
        return self.find(">", start)

    def end_of_raw(self, name: str, start: int) -> int:
        """The beginning of an element's end tag. Scripts and styles without one go on to the end of the document."""
        match = None
        if name not in self._missing:
            match = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(self.text, start)
        if match is not None:
            return match.start()
        self._missing.add(name)
        return len(self.text) if name in _RAW else start

    def attributes(self, start: int, end: int) -> dict[str, str]:
        """The first value of each attribute."""
        found: dict[str, str] = {}
        for match in _ATTRIBUTE.finditer(self.text, start, end):
            value = match[2] or ""
            value = value[1:-1] if value[:1] in ("'", '"') and value[-1:] == value[:1] and value[1:] else value
            found.setdefault(match[1].lower(), without_references(value))
        return found


def without_references(text: str) -> str:
    """Text with the characters that its references name."""
    return unescape(_LONG_NUMBER.sub("\ufffd", text)) if "&" in text else text
