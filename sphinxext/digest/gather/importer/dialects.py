"""Text that is written in Markdown or in reStructuredText, by its signs.

A page with the posts of many blogs, newest first, saved as text, as "planets" have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from pathlib import PurePath

from sphinxext.digest.gather.importer.post import Block, Form, Post

MARKDOWN, RST = "Markdown", "reStructuredText"
#: How much a text may have of either before it counts as written in it. One sign alone is in many plain texts.
_ENOUGH = 2
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
    for dialect, endings in ((MARKDOWN, (".md", ".markdown", ".mdown")), (RST, (".rst", ".rest"))):
        signs = [sign for sign in _signs([line[:_COLUMNS] for line in lines[:_LINES]]) if sign.dialect == dialect]
        weight = int(PurePath(name).suffix.lower() in endings)
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
    """The fields that generators of sites have at the beginning, between two lines of the same three characters."""
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
    """The posts, or none if the text is something else: of such lines there are at least two."""
    if sum(1 for block in blocks if _END.fullmatch(block.plain)) < 2:
        return []
    return list(_posts(blocks, path))


def _posts(blocks: list[Block], path: str) -> Iterator[Post]:
    """Each post: the blocks up to the line that ends it.

    A line with a day stands above the first post of that day. The last post may have been cut off before its end.
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
    """A post: the name of the blog, unless it got lost, the title, and the text."""
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
