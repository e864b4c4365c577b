"""WordPress exports (WXR), and feeds of posts: RSS with the whole content of each post."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.parsers import expat

from sphinxext.digest.archive.markup import blocks_of_html, with_paragraphs
from sphinxext.digest.archive.post import Post, clean
from sphinxext.digest.problems import Code, DigestError, Problem

_CONTENT = "content"
#: The elements of an item that count, by their namespace's beginning and their name.
_FIELDS = {
    ("", "title"): "title",
    ("", "link"): "link",
    ("", "pubDate"): "published",
    ("", "description"): "description",
    ("http://purl.org/dc/elements/", "creator"): "author",
    ("http://purl.org/rss/1.0/modules/content/", "encoded"): _CONTENT,
    ("http://wordpress.org/export/", "post_date_gmt"): "gmt",
    ("http://wordpress.org/export/", "post_date"): "local",
    ("http://wordpress.org/export/", "post_type"): "type",
    ("http://wordpress.org/export/", "status"): "status",
}
_PUBLISHED = ("publish", "")


def is_wxr(text: bytes) -> bool:
    """Whether a file is a feed or an export of posts."""
    start = text[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<?xml", b"<rss", b"<!--")) and b"<rss" in start


@dataclass(slots=True)
class Export:
    """The posts of an export, and how many items it has that are no published posts."""

    posts: list[Post] = field(default_factory=list)
    left_out: int = 0


def read_export(data: bytes, path: str) -> Export:
    """The published posts of an export, in the order of the file.

    :raises DigestError: if the file is no good XML, or declares entities, which no export does.
    """
    reader = _Reader(path, data.decode("utf-8", "replace").split("\n"))
    parser = reader.parser
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        message = f"the export cannot be read: {expat.ErrorString(error.code)}"
        raise DigestError(Problem(path, error.lineno, error.offset + 1, Code.XML_SYNTAX, message)) from None
    except (LookupError, ValueError) as error:
        message = f"the export cannot be read: {error}"
        raise DigestError(Problem(path, parser.CurrentLineNumber, 1, Code.XML_SYNTAX, message)) from None
    return reader.export


class _Reader:
    """Collects the fields of each item as the parser goes through the file."""

    def __init__(self, path: str, source: list[str]) -> None:
        self.path = path
        self.source = source
        self.export = Export()
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.add
        self.parser.EntityDeclHandler = self.refuse
        self._item: dict[str, list[str]] | None = None
        self._lines: dict[str, int] = {}
        self._field: str | None = None
        self._depth = 0

    def refuse(self, *_: Any) -> None:
        message = "the file declares entities, which no export does"
        raise DigestError(Problem(self.path, self.parser.CurrentLineNumber, 1, Code.XML_SYNTAX, message))

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if self._item is None:
            if name == "item":
                self._item, self._lines = {}, {"item": self.parser.CurrentLineNumber}
            return
        self._depth += 1
        if self._depth == 1:
            found = [field for (begin, wanted), field in _FIELDS.items() if wanted == local and _is(namespace, begin)]
            self._field = found[0] if found else None
            if self._field:
                self._lines[self._field] = self.parser.CurrentLineNumber

    def add(self, text: str) -> None:
        if self._item is not None and self._field and self._depth == 1:
            self._item.setdefault(self._field, []).append(text)

    def end(self, name: str) -> None:
        if self._item is None:
            return
        if self._depth:
            self._depth -= 1
            self._field = None
        elif name == "item":
            self.finish({field: "".join(texts) for field, texts in self._item.items()})
            self._item = None

    def finish(self, item: dict[str, str]) -> None:
        if item.get("type", "post") != "post" or item.get("status", "") not in _PUBLISHED:
            self.export.left_out += 1
            return
        body = _CONTENT if item.get(_CONTENT, "").strip() else "description"
        line = self._lines.get(body, self._lines["item"])
        text = with_paragraphs(item.get(body, "").replace("\r\n", "\n"))
        blocks, heads, _ = blocks_of_html(text, line)
        self.export.posts.append(
            Post(
                self.path,
                blocks,
                " ".join(clean(item.get("title", "").replace("\n", " ")).split()) or None,
                self._lines.get("title", line),
                _published(item),
                " ".join(item.get("author", "").split()) or None,
                item.get("link", "").strip() or None,
                heads=heads,
                source=self.source,
            )
        )


def _is(namespace: str, begin: str) -> bool:
    return namespace.startswith(begin) if begin else not namespace


def _published(item: dict[str, str]) -> datetime | None:
    """When a post was published: in UTC where the export has that (it is zeros for what never was)."""
    for name in ("gmt", "local"):
        try:
            when = datetime.fromisoformat(item.get(name, "").strip())
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when
        except ValueError:
            continue
    try:
        when = parsedate_to_datetime(item.get("published", "").strip())
    except (ValueError, TypeError, IndexError):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when
