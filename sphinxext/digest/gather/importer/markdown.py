"""Read newsletters in Markdown into blocks that keep their markup."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sphinxext.digest.fragments.fields import ValueProblem
from sphinxext.digest.gather.importer import Block, Form, Post, Run, Words, clean
from sphinxext.digest.gather.importer.front_matter import read_front_matter
from sphinxext.digest.gather.importer.html import SILENT, blocks_of_html, pieces_of_html
from sphinxext.digest.gather.importer.references import absolute_target
from sphinxext.digest.gather.markdown import (
    blocks_as_rst,
    end_of,
    first_line,
    inline_as_rst,
    inline_runs,
    parse_markdown,
)
from sphinxext.digest.problems import Code, DigestError, Problem

if TYPE_CHECKING:
    from markdown_it.token import Token

#: No newsletter is longer, in characters.
MAX_LENGTH = 2_000_000


def post_of_markdown(text: str, path: str, problems: list[Problem], base: str | None = None) -> Post | None:
    """Return a newsletter, or None if its front matter says that it is not published.

    Its title is that of the front matter, or the first heading if that is the only one of level 1.

    :param base: the address that relative links are relative to, where the front matter does not say it.
    :raises DigestError: if markdown-it-py is not installed, or the text is too long.
    """
    if len(text) > MAX_LENGTH:
        message = f"the newsletter is longer than {MAX_LENGTH:,} characters"
        raise DigestError(Problem(path, 0, 0, Code.TOO_LARGE, message))
    lines = text.split("\n")
    matter = read_front_matter(lines)
    if matter.is_draft:
        return None
    # the lines of the front matter stay as blank ones, so that lines are counted right; CommonMark's tabs are of four
    body = "\n" * matter.end + "\n".join(clean(line.expandtabs(4)) for line in lines[matter.end :])
    post = Post(path, [], matter.title, matter.line, matter.date, matter.author, matter.url, heads=True, source=lines)
    post.is_newsletter, post.number = True, matter.number
    reader = _Reader(post, problems, base or matter.url)
    post.blocks = list(reader.blocks(parse_markdown(body, path)))
    take_title(post)
    return post


def take_title(post: Post) -> None:
    """Take the title out of the blocks: the first heading, if it says the title, or nothing else does."""
    tops = [block for block in post.blocks if block.form is Form.HEADING and block.level == 1]
    first = post.blocks[0] if post.blocks else None
    if first is None or first.form is not Form.HEADING:
        return
    words = first.plain.strip()
    if post.title is None and tops == [first] and words:
        post.title, post.line = words, first.line
    if post.title and words.casefold() == post.title.casefold():
        del post.blocks[0]


@dataclass(slots=True)
class _Reader:
    """Makes blocks of the tokens, whose links get absolute targets first."""

    post: Post
    problems: list[Problem]
    base: str | None

    def blocks(self, tokens: list[Token]) -> Iterator[Block]:
        """Yield the blocks; lines of lists that are within others are a part of these."""
        position = 0
        while position < len(tokens):
            end = end_of(tokens, position)
            part = tokens[position : end + 1]
            self.resolve(part)
            yield from self.block(part)
            position = end + 1

    def block(self, tokens: list[Token]) -> Iterator[Block]:
        first = tokens[0]
        if first.type == "heading_open":
            words = _words(tokens)
            yield Block(Form.HEADING, words.on_one_line(), first_line(first), int(first.tag[1:]), rst=_inline(tokens))
        elif first.type == "bullet_list_open":
            position = 1
            while position < len(tokens) - 1:
                end = end_of(tokens, position)
                yield from _marked(Form.BULLET, tokens[position + 1 : end], first_line(tokens[position]), 1)
                position = end + 1
        elif first.type in ("fence", "code_block"):
            yield from _marked(Form.LITERAL, tokens, first_line(first), 0, Words.of(first.content))
        elif first.type == "html_block":
            yield from self.html(first)
        else:
            yield from _marked(Form.TEXT, tokens, first_line(first), 0)

    def html(self, token: Token) -> Iterator[Block]:
        """Yield the text of HTML; what has none in it is left out, which is reported unless it only is a frame."""
        line = first_line(token)
        blocks, _, _ = blocks_of_html(token.content, line)
        for block in blocks:
            runs = [Run(run.text, self.target(run.url, line) if run.url else None) for run in block.words.runs]
            yield Block(block.form, Words(tuple(runs)), block.line, block.level)
        left_out = {piece.name for piece in pieces_of_html(token.content) if piece.name in SILENT}
        if left_out:
            names = ", ".join(f"<{name}>" for name in sorted(left_out))
            self.report(Code.LOST_TEXT, "<", line, f"HTML that has no text for readers is left out: {names}")

    def resolve(self, tokens: list[Token]) -> None:
        """Give links absolute targets, and make text of those that lead nowhere."""
        for token in tokens:
            if token.type == "inline" and token.children:
                token.children = list(self.resolved(token.children, first_line(token)))

    def resolved(self, tokens: Sequence[Token], line: int) -> Iterator[Token]:
        kept: list[bool] = []
        before = ""
        for token in map(_link_of_html, tokens):
            if token.type == "link_open":
                target = self.target(str(token.attrs.get("href", "")), line)
                token.attrs["href"] = target or ""
                kept.append(target is not None)
            is_kept = kept.pop() if token.type == "link_close" and kept else token.type != "link_close"
            if token.type == "code_inline" and before.endswith("}"):
                yield _text("")  # else it would have the name of a role of MyST before it
            before = token.content
            if token.type == "image":
                yield self.image(token, line)
            elif is_kept and (token.type != "link_open" or kept[-1]):
                yield token
        for _ in filter(None, kept):
            yield _closing()

    def image(self, token: Token, line: int) -> Token:
        """Return a picture with an absolute address, or the words that describe it."""
        source = str(token.attrs.get("src", ""))
        target = self.target(source, line)
        if target is None:
            return _text(token.content)
        token.attrs["src"] = target
        return token

    def target(self, url: str, line: int) -> str | None:
        """Return where a link leads to, or None if that is reported."""
        try:
            return absolute_target(url, self.base)
        except ValueProblem as error:
            self.report(Code.LOST_URL, url, line, f"the link is left out, its text stays: {error}")
            return None

    def report(self, code: Code, text: str, line: int, message: str) -> None:
        place = self.post.place(text, line)
        self.problems.append(Problem(self.post.path, place.line, place.column, code, message))


def _inline(tokens: Sequence[Token]) -> str:
    return " ".join(inline_as_rst(token) for token in tokens if token.type == "inline")


def _marked(form: Form, tokens: Sequence[Token], line: int, level: int, words: Words | None = None) -> Iterator[Block]:
    """Yield a block with its markup, if there is anything in it."""
    rst = "\n".join(text for text, _ in blocks_as_rst(tokens))
    if form is Form.BULLET and rst.startswith(" "):
        rst = f"..\n\n{rst}"  # else a quotation would lose its margin
    if rst.strip():
        yield Block(form, words or _words(tokens), line, level, rst=rst)


def _words(tokens: Sequence[Token]) -> Words:
    """Return the words of some blocks, with a line feed between two of them."""
    runs: list[Run] = []
    for token in tokens:
        if token.type in ("fence", "code_block", "html_block"):
            found = [Run(token.content.strip())]
        elif token.type == "inline":
            found = [Run(" ".join(f"|{run.text}|".split())[1:-1], run.url or None) for run in _joined(token)]
        else:
            continue
        runs += [Run("\n"), *found] if runs else found
    return Words(tuple(run for run in runs if run.text)).stripped()


def _joined(token: Token) -> Iterator[Run]:
    """Yield the words of inline markup, those of one link in one piece."""
    words, url = "", ""
    for run in inline_runs(token.children or []):
        if run.url != url and words:
            yield Run(words, url or None)
            words = ""
        url = run.url
        words += run.words
    if words:
        yield Run(words, url or None)


def _link_of_html(token: Token) -> Token:
    """Return the token of a link for a tag that begins or ends one."""
    piece = next(pieces_of_html(token.content), None) if token.type == "html_inline" else None
    if piece is None or piece.name != "a":
        return token
    if piece.is_end:
        return _closing()
    result = _new("link_open", "a", 1)
    result.attrs["href"] = piece.attributes.get("href", "")
    return result


def _text(content: str) -> Token:
    token = _new("text", "", 0)
    token.content = content
    return token


def _closing() -> Token:
    return _new("link_close", "a", -1)


def _new(kind: str, tag: str, nesting: int) -> Token:
    from markdown_it.token import Token

    return Token(kind, tag, -1 if nesting < 0 else 1 if nesting else 0)
