"""WordPress exports (WXR), and feeds of posts: RSS with the whole content of each post."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from xml.parsers import expat

from sphinxext.digest.gather.importer.html import blocks_of_html, with_paragraphs, without_references
from sphinxext.digest.gather.importer.post import Post, clean, in_utc
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text.encoding import decode, decoded_as

_CONTENT = "content"
#: The elements of an item that count, by their namespace's beginning and their name. Whatever tells that a post is not
#: public counts in each namespace, since that of WordPress has changed more than once.
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
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([\w.-]{1,40})[\"']")
#: What XML 1.0 allows in no place, and references to it.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]"
    "|&#(?:[xX]0{0,20}(?:[0-8bBcCeEfF]|1[0-9a-fA-F])|0{0,20}(?:[0-8]|1[124-9]|2[0-9]|3[01]));"
)
_DECLARATION = re.compile(r"\s*<\?xml\s[^<>]{0,500}\?>")
#: An ampersand with what it may be the beginning of.
_REFERENCE = re.compile(r"&(?:#(?P<number>[xX]?[0-9a-fA-F]{1,8}+);|(?P<name>[a-zA-Z][a-zA-Z0-9]{1,31}+);)?+")
_OF_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})
#: The tags that titles may have in WordPress.
_TAG_IN_TITLE = re.compile(
    r"</?(?:a|abbr|b|bdi|br|cite|code|del|em|i|ins|kbd|mark|q|s|small|span|strike|strong|sub|sup|tt|u)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)


def is_wxr(text: bytes) -> bool:
    """Whether a file is a feed or an export of posts."""
    start = text[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<?xml", b"<rss", b"<!--")) and b"<rss" in start


@dataclass(slots=True)
class Export:
    """The posts of an export, and the items that are left out, counted by the reason."""

    posts: list[Post] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def read_export(data: bytes, path: str, problems: list[Problem]) -> Export:
    """The published posts of an export, in the order of the file.

    Characters that XML does not allow are left out, which is reported, and references that it does not know stay text.

    :raises DigestError: if the file cannot be read as XML, or declares entities, which no export does.
    """
    text = _text_of(data, path, problems)
    reader = _Reader(path, text.split("\n"))
    parser = reader.parser
    try:
        parser.Parse("".join(_with_known_references(text)).encode(), True)
    except expat.ExpatError as error:
        message = f"the export cannot be read: {expat.ErrorString(error.code)}"
        raise DigestError(Problem(path, error.lineno, error.offset + 1, Code.XML_SYNTAX, message)) from None
    except (LookupError, ValueError) as error:
        message = f"the export cannot be read: {error}"
        raise DigestError(Problem(path, parser.CurrentLineNumber, 1, Code.XML_SYNTAX, message)) from None
    return reader.export


def _text_of(data: bytes, path: str, problems: list[Problem]) -> str:
    """The text of an export without characters that XML forbids."""
    declared = _DECLARED.search(data[:1000])
    text = decoded_as(data, declared[1].decode()) if declared else None
    text = decode(data, path, problems) if text is None else text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.removeprefix("\ufeff")
    if declaration := _DECLARATION.match(text):  # it has to be at the very beginning, and says what is decoded already
        text = "\n" * declaration[0].count("\n") + text[declaration.end() :]
    first = _FORBIDDEN.search(text)
    if first is None:
        return text
    text, count = _FORBIDDEN.subn("", text)
    line = text.count("\n", 0, first.start()) + 1
    column = first.start() - text.rfind("\n", 0, first.start())
    some = (
        "a character that XML does not allow is" if count == 1 else f"{count} characters that XML does not allow are"
    )
    message = f"{some} left out; the first is {_name_of(first[0])}"
    problems.append(Problem(path, line, column, Code.ENCODING, message))
    return text


def _name_of(found: str) -> str:
    return f"U+{ord(found):04X}" if len(found) == 1 else found


def _with_known_references(text: str) -> Iterator[str]:
    """The text with references to characters that XML itself knows; in marked sections there are none."""
    position = 0
    while (start := text.find("<![CDATA[", position)) >= 0 and (end := text.find("]]>", start)) >= 0:
        yield _REFERENCE.sub(_known, text[position:start])
        yield text[start : end + 3]
        position = end + 3
    yield _REFERENCE.sub(_known, text[position:])


def _known(match: re.Match[str]) -> str:
    """A reference that expat can read."""
    if match["name"] in _OF_XML:
        return match[0]
    if match["name"] or match["number"]:
        meant = without_references(match[0])
        if meant != match[0]:
            return "".join(f"&#{ord(character)};" for character in _FORBIDDEN.sub("", meant))
    return f"&amp;{match[0][1:]}"


class _Reader:
    """Collects the fields of each item as the parser goes through the file."""

    def __init__(self, path: str, source: list[str]) -> None:
        self.path = path
        self.source = source
        self.export = Export()
        self.parser = expat.ParserCreate("utf-8", namespace_separator=" ")
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
