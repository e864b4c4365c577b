"""A page with the posts of many blogs, newest first, saved as text, as "planets" have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from sphinxext.digest.archive.post import Block, Form, Post

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
