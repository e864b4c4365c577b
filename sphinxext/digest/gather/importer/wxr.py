"""Read exports of WordPress (WXR), and RSS feeds with the whole content of each post."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime

from sphinxext.digest.gather.importer.html import blocks_of_html, with_paragraphs, without_references
from sphinxext.digest.gather.importer.post import Post, clean, in_utc
from sphinxext.digest.gather.xml import FORBIDDEN, XmlReader, declared_text
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.text.encoding import decode

_CONTENT = "content"
#: The elements of an item that are read, by the beginning of their namespace and their name. The ones that mark a post
#: as private count in each namespace: WordPress has changed its own more than once.
_FIELDS = {
    ("", "title"): "title",
    ("", "link"): "link",
    ("", "pubDate"): "published",
    ("", "description"): "description",
    ("purl.org/dc/", "creator"): "author",
    ("purl.org/rss/1.0/modules/content", "encoded"): _CONTENT,
    (None, "post_date_gmt"): "gmt",
    (None, "post_date"): "local",
    (None, "post_type"): "type",
    (None, "status"): "status",
    (None, "post_password"): "password",
}
_PUBLISHED = ("publish", "")
#: Why items are left out.
NOT_A_POST, NOT_PUBLISHED, PROTECTED = "not a post", "not published", "protected by a password"
#: The tags that WordPress allows in titles.
_TAG_IN_TITLE = re.compile(
    r"</?(?:a|abbr|b|bdi|br|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|tt|u)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def is_wxr(text: bytes) -> bool:
    """Return True if a file is an RSS feed or an export of WordPress."""
    start = text[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<?xml", b"<rss", b"<!--")) and b"<rss" in start


@dataclass(slots=True)
class Export:
    """The posts of an export, and the items that are left out, counted by the reason."""

    posts: list[Post] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_export(data: bytes, path: str, problems: list[Problem]) -> Export:
    """Return the published posts of an export, in the order of the file.

    Characters that XML forbids are removed, which is reported.

    :raises DigestError: if the file is malformed, or declares a document type.
    """
    text = _text_of(data, path, problems)
    reader = _ExportReader(path, text.split("\n"))
    reader.read(text)
    return reader.export


def _text_of(data: bytes, path: str, problems: list[Problem]) -> str:
    """Decode an export and remove the characters that XML forbids, which is reported."""
    text = declared_text(data)
    text = decode(data, path, problems) if text is None else text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.removeprefix("\ufeff")
    first = FORBIDDEN.search(text)
    if first is None:
        return text
    line = text.count("\n", 0, first.start()) + 1
    column = first.start() - text.rfind("\n", 0, first.start())
    text, count = FORBIDDEN.subn("", text)
    removed = "1 character that XML forbids was" if count == 1 else f"{count} characters that XML forbids were"
    message = f"{removed} removed; the first is {_name_of(first[0])}"
    problems.append(Problem(path, line, column, Code.ENCODING, message))
    return text


def _name_of(found: str) -> str:
    return f"U+{ord(found):04X}" if len(found) == 1 else found


class _ExportReader(XmlReader):
    """Collects the fields of each item."""

    def __init__(self, path: str, source: list[str]) -> None:
        super().__init__(path, "export")
        self.source = source
        self.export = Export()
        self._item: dict[str, list[str]] | None = None
        self._lines: dict[str, int] = {}
        self._field: str | None = None
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        if self._item is None:
            if name == "item":
                self._item, self._lines = {}, {"item": self.line}
            return
        self._depth += 1
        if self._depth == 1:
            found = [field for (begin, wanted), field in _FIELDS.items() if wanted == local and _is(namespace, begin)]
            self._field = found[0] if found else None
            if self._field:
                self._lines[self._field] = self.line

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
        if reason := _why_not(item):
            self.export.left_out[reason] += 1
            return
        body = _CONTENT if item.get(_CONTENT, "").strip() else "description"
        line = self._lines.get(body, self._lines["item"])
        text = with_paragraphs(item.get(body, "").replace("\r\n", "\n"))
        blocks, heads, _ = blocks_of_html(text, line)
        self.export.posts.append(
            Post(
                self.path,
                blocks,
                _title_of(item.get("title", "")),
                self._lines.get("title", line),
                _published(item),
                " ".join(item.get("author", "").split()) or None,
                item.get("link", "").strip() or None,
                heads=heads,
                source=self.source,
            )
        )


def _is(namespace: str, begin: str | None) -> bool:
    """Return True for a namespace that begins so after ``http://`` or ``https://``; None is each one there is."""
    if not begin:
        return bool(namespace) is (begin is None)
    return namespace.lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").startswith(begin)


def _why_not(item: dict[str, str]) -> str | None:
    """Return why an item is left out, or None for a post that everybody may read."""
    if item.get("type", "post").strip().lower() != "post":
        return NOT_A_POST
    if item.get("status", "").strip().lower() not in _PUBLISHED:
        return NOT_PUBLISHED
    return PROTECTED if item.get("password", "").strip() else None


def _title_of(text: str) -> str | None:
    """A title, which is HTML like the body, as plain text."""
    title = without_references(_TAG_IN_TITLE.sub("", text))
    return " ".join(clean(title.replace("\n", " ")).split()) or None


def _published(item: dict[str, str]) -> datetime | None:
    """When a post was published: in UTC where the export has that (it is zeros for what never was)."""
    for name in ("gmt", "local"):
        try:
            return in_utc(datetime.fromisoformat(item.get(name, "").strip()))
        except ValueError:
            continue
    try:
        when = parsedate_to_datetime(item.get("published", "").strip())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return in_utc(when)
