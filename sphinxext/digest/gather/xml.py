"""Read XML from outside: no declaration is followed, no entity expanded, nothing fetched, and all sizes are bounded.

Programs write feeds and exports that no XML parser accepts: with control characters, a lone ``&``, or the names that
HTML has for characters. These are repaired first, in linear time. What is not well-formed otherwise is refused, with
its place. feedparser reads more of it, but not within our limits: 2 MB of empty elements take it 11 seconds, an
element with 100,000 attributes more than 40, and it neither says where a feed is damaged nor that one is truncated.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from sphinxext.digest.gather.importer.html import without_references
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import as_windows, decoded_as, join_url

#: The deepest nesting of elements, and the most elements of a tree.
MAX_DEPTH, MAX_ELEMENTS = 100, 400_000
#: Characters that XML 1.0 forbids, and references to them.
FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    "|&#(?:[xX]0{0,20}(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0{0,20}(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)

_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?\bencoding\s{0,9}=\s{0,9}[\"']([\w.-]{1,40})[\"']")
#: Encodings that are read as Windows-1252, as in browsers.
_LATIN = re.compile(r"iso[-_]?8859[-_]1|latin[-_]?1|windows[-_]1252|cp1252", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]{0,500}\?>")
#: An ampersand that begins none of the references that XML knows, with the one that HTML may know.
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)(?:#[xX]?[0-9a-fA-F]{1,8}+;|[a-zA-Z][a-zA-Z0-9]{1,31}+;)?+")
#: Codes that colour a terminal.
_COLOUR = re.compile("\x1b\\[[0-9;]*[A-Za-z]")
#: Our prefixes of the namespaces that feeds use; names in other namespaces keep them.
_NAMESPACES = {
    "http://www.w3.org/2005/atom": "atom:",
    "http://purl.org/atom/ns#": "atom:",
    "http://purl.org/atom/app#": "app:",
    "http://www.w3.org/2007/app": "app:",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.0/": "dc:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dc:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://www.w3.org/1999/xhtml": "html:",
    "http://www.w3.org/xml/1998/namespace": "xml:",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}


def declared_text(data: bytes, errors: str = "strict") -> str | None:
    """Decode a document by the encoding that it declares; return None if it declares none, or a wrong one."""
    declared = _ENCODING.search(data[:1000])
    if declared is None:
        return None
    name = declared[1].decode("ascii", "replace")
    return as_windows(data) if _LATIN.fullmatch(name) else decoded_as(data, name, errors)


class XmlReader:
    """Passes the elements and texts of a document to its methods, which a subclass overrides.

    :param path: names the document in problems.
    :param kind: says in messages what it is.
    """

    def __init__(self, path: str, kind: str) -> None:
        self.path = path
        self.kind = kind
        self.depth = 0
        self._parser = parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.add
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._refuse

    @property
    def line(self) -> int:
        """The line that the parser has come to."""
        return self._parser.CurrentLineNumber

    def read(self, text: str) -> None:
        """Read a document whose text has no forbidden characters.

        :raises DigestError: if it is malformed or nested too deeply, or declares a document type. One that only names
            a DTD, as in RSS 0.91, is skipped.
        """
        if declaration := _DECLARATION.match(text):  # the text is decoded, and lines may come before it
            text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
        try:
            self._parser.Parse("".join(_with_known_references(text)).encode(), True)
        except expat.ExpatError as error:
            self._fail(expat.ErrorString(error.code), error.lineno, error.offset + 1)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element: its namespace, a space, and its name, or the name alone."""
        raise NotImplementedError

    def add(self, text: str) -> None:
        """Add text to the innermost element."""
        raise NotImplementedError

    def end(self, name: str) -> None:
        """End an element."""
        raise NotImplementedError

    def fail(self, reason: str) -> None:
        """Refuse the document at the place that the parser has come to."""
        self._fail(reason, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _fail(self, reason: str, line: int, column: int) -> None:
        message = f"the {self.kind} cannot be read: {reason}"
        raise DigestError(Problem(self.path, line, column, Code.XML_SYNTAX, message)) from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(f"more than {MAX_DEPTH} elements are nested in it")
        self.start(name, attributes)

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.end(name)

    def _doctype(self, _name: str, _system: str | None, _public: str | None, has_declarations: bool) -> None:
        if has_declarations:
            self._refuse()

    def _refuse(self, *_: object) -> None:
        self.fail(f"it declares a document type of its own, which no {self.kind} needs")


def _with_known_references(text: str) -> Iterator[str]:
    """Yield the text with the references that XML itself knows; marked sections have none."""
    position = 0
    while (start := text.find("<![CDATA[", position)) >= 0 and (end := text.find("]]>", start)) >= 0:
        yield _REFERENCE.sub(_known, text[position:start])
        yield text[start : end + 3]
        position = end + 3
    yield _REFERENCE.sub(_known, text[position:])


def _known(match: re.Match[str]) -> str:
    """Return the characters that HTML means by a reference as XML knows them, or an ampersand that is text."""
    meant = without_references(match[0])
    if meant == match[0]:
        return f"&amp;{match[0][1:]}"
    return "".join(f"&#{ord(character)};" for character in FORBIDDEN.sub("", meant))


@dataclass(slots=True)
class Element:
    """An element. ``name`` is in lower case with one of our prefixes; its links are relative to ``base``."""

    name: str
    attributes: dict[str, str]
    base: str | None
    children: list[Element | str] = field(default_factory=list)

    @property
    def elements(self) -> Iterator[Element]:
        """The child elements."""
        return (child for child in self.children if isinstance(child, Element))

    @property
    def text(self) -> str:
        """All text in the element."""
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, *names: str) -> list[Element]:
        """Return the child elements with these names, in the order of the file."""
        return [child for child in self.elements if child.name in names]

    def first(self, *names: str) -> Element | None:
        """Return the first child with text, by the names in order of preference."""
        found = (child for name in names for child in self.all(name) if child.text.strip())
        return next(found, None)

    def value(self, *names: str) -> str:
        """Return the text of what :meth:`first` finds, or an empty string."""
        found = self.first(*names)
        return found.text.strip() if found else ""

    def as_html(self) -> str:
        """Return the content as HTML, where it is XHTML."""
        return "".join(html.escape(child) if isinstance(child, str) else child._tags() for child in self.children)

    def _tags(self) -> str:
        name = self.name.rpartition(":")[2]
        alternative = html.escape(self.attributes.get("alt", ""))
        shown = f' alt="{alternative}"' if name == "img" and alternative else ""
        return f"<{name}{shown}>" if name in ("br", "img", "hr") else f"<{name}>{self.as_html()}</{name}>"


def read_tree(text: str, path: str, url: str | None) -> Element:
    """Read a feed as a tree and return its root. Forbidden characters count as spaces.

    :param url: where the document comes from, for relative addresses.
    :raises DigestError: if it is malformed, too deep, or too large.
    """
    reader = _TreeReader(path, url)
    reader.read(FORBIDDEN.sub(" ", _COLOUR.sub("", text)))
    assert reader.root is not None
    return reader.root


class _TreeReader(XmlReader):
    def __init__(self, path: str, url: str | None) -> None:
        super().__init__(path, "feed")
        self.root: Element | None = None
        self._url = url
        self._open: list[Element] = []
        self._number = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._number += 1
        if self._number > MAX_ELEMENTS:
            self.fail(f"it has more than {MAX_ELEMENTS:,} elements")
        own = {_called(key): value for key, value in attributes.items()}
        base = self._open[-1].base if self._open else self._url
        if "xml:base" in own:
            joined = join_url(base or "", own["xml:base"].strip())
            base = base if joined is None else joined or None
        element = Element(_called(name), own, base)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def add(self, text: str) -> None:
        if self._open:
            self._open[-1].children.append(text)

    def end(self, name: str) -> None:
        self._open.pop()


def _called(name: str) -> str:
    namespace, _, local = name.lower().rpartition(" ")
    namespace = namespace.replace("https://", "http://", 1)
    return f"{_NAMESPACES.get(namespace, f'{namespace}:')}{local}" if namespace else local
