"""The beginning of a post's text, in reStructuredText."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sphinxext.digest.archive.markup import blocks_of_html, with_paragraphs
from sphinxext.digest.archive.post import Form
from sphinxext.digest.collect.feed.post import MAX_BODY, Post
from sphinxext.digest.collect.outside import plain_paragraph
from sphinxext.digest.collect.plain import visible_lines, visible_text

#: How many words, and characters where words are long or have no spaces between them.
WORDS, CHARACTERS = 80, 800
#: How much of a text is read, in characters: more if there is too little text in it.
_PARTS = (2500, 2 * MAX_BODY)

#: A sentence's end within a text, with a closing quote or bracket.
_END = re.compile(r"[.!?…\u3002\uff01\uff1f][\"'”’»)\]]*(?=\s|$)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
#: What programs of blogs put below a text.
_NO_TEXT = re.compile(
    r"The post .* (?:appeared first on|first appeared on) .*|(?:Continue reading|Read more|Read the full)\b.{0,200}"
    r"|\[?(?:…|\.\.\.)\]?",
    re.IGNORECASE,
)


def beginning_of(post: Post) -> str:
    """The first paragraphs and lists of a post, up to about 80 words; headings and lines of code are left out."""
    lines: list[str] = []
    after_bullet = False
    for is_bullet, text in _first(list(_paragraphs(post))):
        if lines and not (is_bullet and after_bullet):
            lines.append("")
        if is_bullet:
            first, *rest = plain_paragraph(text, 2)
            lines += [f"* {first}", *(f"  {line}" for line in rest)]
        else:
            lines += plain_paragraph(text)
        after_bullet = is_bullet
    return "\n".join(lines)


def _paragraphs(post: Post) -> Iterator[tuple[bool, str]]:
    """The paragraphs as plain lines, each with whether it is one of a list."""
    body = visible_lines(post.body)
    if post.is_html:
        found = _of_html(with_paragraphs(body))
    else:
        found = [(False, part) for part in re.split(r"\n[^\S\n]*\n", body)]
    for is_bullet, text in found:
        line = visible_text(text)
        if line and line != post.title and not _NO_TEXT.fullmatch(line):
            yield is_bullet, line


def _of_html(body: str) -> list[tuple[bool, str]]:
    """The paragraphs of the first part of a text that has enough of them; reading all of it would take long."""
    for size in _PARTS:
        blocks, _, _ = blocks_of_html(_closed(body[:size]), 1)
        if size < len(body):
            del blocks[-1:]  # it may go on
        found = [
            (block.form is Form.BULLET, block.plain) for block in blocks if block.form in (Form.TEXT, Form.BULLET)
        ]
        if size >= len(body) or sum(len(text.split()) for _, text in found) > WORDS:
            break
    # a text in which everything is a heading or code is better than none
    return found or [(False, block.plain) for block in blocks]


def _closed(body: str) -> str:
    """HTML without a tag that does not end, which browsers do not show; the parser would look for its end for long."""
    end = body.rfind(">") + 1
    return body[:end] + _TAG.split(body[end:], maxsplit=1)[0]


def _first(paragraphs: list[tuple[bool, str]]) -> Iterator[tuple[bool, str]]:
    words = characters = 0
    for is_bullet, text in paragraphs:
        number = text.count(" ") + 1
        if words + number > WORDS or characters + len(text) > CHARACTERS:
            if words < WORDS // 2 and characters < CHARACTERS // 2:
                yield is_bullet, _cut(text, WORDS - words, CHARACTERS - characters)
            return
        yield is_bullet, text
        words += number
        characters += len(text)


def _cut(text: str, words: int, characters: int) -> str:
    """The first words, up to the end of a sentence if one ends in their second half."""
    start = " ".join(text.split(" ", words)[:words])
    if len(start) > characters:
        start = start[:characters]
        start = start[: start.rfind(" ")] if " " in start[characters // 2 :] else start
    ends = [match.end() for match in _END.finditer(start)]
    if ends and ends[-1] > len(start) // 2:
        return start[: ends[-1]]
    return f"{start.rstrip(' ,;:.')} …"
