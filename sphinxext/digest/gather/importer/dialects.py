"""Recognise what is not a plain digest: Markdown and reStructuredText, pages of planets, WordPress exports (WXR).

RSS feeds with the whole content of each post are read like exports.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import PurePath

from sphinxext.digest.gather.importer import Block, Form, Post, clean, in_utc
from sphinxext.digest.gather.importer.front_matter import read_front_matter
from sphinxext.digest.gather.importer.html import blocks_of_html, with_paragraphs, without_references
from sphinxext.digest.gather.xml import FORBIDDEN, XmlReader, declared_text
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.text import decode

MARKDOWN, RST = "Markdown", "reStructuredText"
#: The weight of signs from which a text counts as marked up. Many plain texts have one sign.
_ENOUGH = 2
#: The endings of the names of files; a file that has one and fields above its text needs no other sign.
_ENDINGS = {MARKDOWN: (".md", ".markdown", ".mdown"), RST: (".rst", ".rest")}
#: Signs count only so often, as bold words say less than a directive.
_MANY = 3
#: Only so much of a file, and of a line, is looked at.
_LINES, _COLUMNS = 5000, 1000

_HEADING = re.compile(r" {0,3}#{1,6} +\S")
_LOWER_HEADING = re.compile(r" {0,3}#{2,6} +\S")
_FENCE = re.compile(r" {0,3}```")
_LINK = re.compile(r"!?\[[^\[\]]{1,300}\]\((?:https?:|mailto:|[./#])[^()\s]{0,300}")
_BOLD = re.compile(r"(?<![*\w])\*\*(?![\s*])[^*]{1,200}\*\*(?![*\w])")
_FIELD = re.compile(r"[\w-]{1,60} ?[:=]")
_DIRECTIVE = re.compile(
    r"\s{0,20}\.\. (?:[A-Za-z][\w:.+-]{0,60}::(?:\s|$)|_[^:]{1,200}: ?|\[[\w#*-]{1,60}\] |\|[^|]{1,100}\| \w)"
)
_ROLE = re.compile(r"(?<![\w:`]):[A-Za-z][\w:.+-]{0,60}:`[^`]{1,300}`")
_REFERENCE = re.compile(r"(?<![\w`])`[^`\s][^`]{0,300}`__?(?!\w)")
_LITERAL = re.compile(r"(?<![\w`])``(?![\s`])[^`]{1,200}``(?![\w`])")
#: Lines below titles. Those of the first kind are in plain texts as well, and are read as such.
_UNDERLINE = re.compile(r"([=\-~*])\1{3,}")
_UNDERLINE_OF_RST = re.compile(r"([\^\"'#+:.`_])\1{3,}")


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that a dialect has: where it is, how much it says, and the text."""

    dialect: str
    weight: int
    kind: str
    line: int
    column: int
    text: str


def dialect_of(lines: list[str], name: str) -> Sign | None:
    """Return the first sign of the dialect that a text is written in, or None for plain text.

    :param name: that of the file; its ending is a sign only beside another one.
    """
    ending = PurePath(name).suffix.lower()
    if ending in _ENDINGS[MARKDOWN] and read_front_matter(lines).end:
        return _sign(MARKDOWN, _ENOUGH, "header", 0, 0, lines[0])
    for dialect, endings in _ENDINGS.items():
        signs = [sign for sign in _signs([line[:_COLUMNS] for line in lines[:_LINES]]) if sign.dialect == dialect]
        weight = int(ending in endings)
        for kind in dict.fromkeys(sign.kind for sign in signs):
            found = [sign.weight for sign in signs if sign.kind == kind]
            weight += min(sum(found), 1 if kind == "emphasis" else _MANY)
        if signs and weight >= _ENOUGH:
            return signs[0]
    return None


def _signs(lines: list[str]) -> Iterator[Sign]:
    yield from _front_matter(lines)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    for number, line in enumerate(lines):
        if match := _HEADING.match(line):
            weight = 2 if number == first or _LOWER_HEADING.match(line) else 1
            yield _sign(MARKDOWN, weight, "heading", number, match.end() - 1, line)
        if match := _FENCE.match(line):
            yield _sign(MARKDOWN, 1, "fence", number, match.start(), line)
        if match := _DIRECTIVE.match(line):
            yield _sign(RST, 2, "directive", number, match.start(), line)
        for dialect, weight, kind, pattern in _INLINE:
            if match := pattern.search(line):
                yield _sign(dialect, weight, kind, number, match.start(), line)
    yield from _underlines(lines)


_INLINE = (
    (MARKDOWN, 1, "link", _LINK),
    (MARKDOWN, 1, "emphasis", _BOLD),
    (RST, 1, "emphasis", _BOLD),
    (RST, 2, "role", _ROLE),
    (RST, 2, "reference", _REFERENCE),
    (RST, 1, "literal", _LITERAL),
)


def _sign(dialect: str, weight: int, kind: str, number: int, column: int, line: str) -> Sign:
    return Sign(dialect, weight, kind, number + 1, column + 1, line.strip()[:60])


def _front_matter(lines: list[str]) -> Iterator[Sign]:
    """Yield the lines of the front matter: between two lines of the same three characters at the beginning."""
    if len(lines) < 3 or lines[0].rstrip() not in ("---", "+++") or not _FIELD.match(lines[1]):
        return
    if lines[0].rstrip() in (line.rstrip() for line in lines[2:100]):
        yield _sign(MARKDOWN, _ENOUGH, "front matter", 0, 0, lines[0])


def _underlines(lines: list[str]) -> Iterator[Sign]:
    """Titles with a line below that is as long as they are. In plain texts there are some, too."""
    levels: dict[str, Sign] = {}
    for number, (title, line) in enumerate(pairwise(lines)):
        line = line.rstrip()
        if title[:1].isspace() or not 4 <= len(title.rstrip()) <= len(line) <= len(title.rstrip()) + 2:
            continue
        if _UNDERLINE_OF_RST.fullmatch(line) and any(map(str.isalnum, title)):
            yield _sign(RST, 2, "title", number, 0, title)
        elif _UNDERLINE.fullmatch(line) and any(map(str.isalnum, title)):
            levels.setdefault(line[0], _sign(RST, 1, "levels", number, 0, title))
    if levels:
        yield next(iter(levels.values()))


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"(?P<month>{_MONTHS}) (?P<day>\d{{1,2}}), (?P<year>\d{{4}})")
#: The line that ends a post: who, and when.
_END = re.compile(rf"(?:by (?P<author>\S.*) at )?{_DAY.pattern} (?P<hour>\d{{1,2}}):(?P<minute>\d\d) (?P<half>[AP]M)")
_LONGEST_HEADING = 120


def posts_of_river(blocks: list[Block], path: str) -> list[Post]:
    """Return the posts of a planet; an empty list if the text has fewer than two of its marking lines."""
    if sum(1 for block in blocks if _END.fullmatch(block.plain)) < 2:
        return []
    return list(_posts(blocks, path))


def _posts(blocks: list[Block], path: str) -> Iterator[Post]:
    """Yield each post: the blocks up to the line that ends it.

    A line with a day precedes the first post of that day. The last post may have been cut off before its end.
    """
    day: datetime | None = None
    current: list[Block] = []
    for block in blocks:
        if match := _END.fullmatch(block.plain):
            if current:
                yield _post(current, path, _time(match), match["author"])
            current = []
        elif (match := _DAY.fullmatch(block.plain)) and not current:
            day = _time(match)
        else:
            current.append(block)
    if current:
        yield _post(current, path, day, None)


def _post(blocks: list[Block], path: str, sent: datetime | None, author: str | None) -> Post:
    """Return a post: the name of the blog, unless it got lost, the title, and the text."""
    heads = 0
    while heads < 2 and heads + 1 < len(blocks) and _is_heading(blocks[heads]):
        heads += 1
    titles = [" ".join(block.plain.split()) for block in blocks[:heads]]
    post = Post(path, blocks[heads:], titles[-1] if titles else None, blocks[0].line, sent, author, heads=True)
    if len(titles) == 2:
        post.author = author or titles[0]
        post.group = titles[0] if titles[0] != post.author else None
    post.is_story = True
    return post


def _is_heading(block: Block) -> bool:
    text = block.plain
    return block.form in (Form.TEXT, Form.HEADING) and len(text) <= _LONGEST_HEADING and not text.endswith((".", ":"))


def _time(match: re.Match[str]) -> datetime | None:
    values = match.groupdict()
    clock = "00:00"
    if values.get("half"):
        hour = int(values["hour"]) % 12 + (12 if values["half"] == "PM" else 0)
        clock = f"{hour:02d}:{values['minute']}"
    try:
        when = parsedate_to_datetime(f"{values['day']} {values['month'][:3]} {values['year']} {clock}:00 +0000")
    except ValueError:
        return None
    return when.astimezone(UTC)


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
    """Return a title, which is HTML like the body, as plain text."""
    title = without_references(_TAG_IN_TITLE.sub("", text))
    return " ".join(clean(title.replace("\n", " ")).split()) or None


def _published(item: dict[str, str]) -> datetime | None:
    """Return when a post was published: in UTC if the export has that, which is zeros for unpublished posts."""
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
