"""Read the posts of a file, whatever its form."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from pathlib import Path

from sphinxext.digest.gather.feed import ParsedFeed
from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.gather.importer import Block, Form, Post, clean, html, mail
from sphinxext.digest.gather.importer.archive import post_of_archive
from sphinxext.digest.gather.importer.dialects import MARKDOWN, dialect_of, is_wxr, posts_of_river, read_export
from sphinxext.digest.gather.importer.layout import blocks_of_text
from sphinxext.digest.gather.importer.markdown import post_of_markdown
from sphinxext.digest.gather.importer.rst import post_of_rst
from sphinxext.digest.gather.importer.titles import read_title, without_tags
from sphinxext.digest.problems import Code, DigestError, Problem, unreadable
from sphinxext.digest.text import MAX_BYTES, check_text, decode

_ATOM = re.compile(rb"<(?:\w+:)?(?:feed|entry)\b[^>]{0,1000}http://(?:www\.w3\.org/2005/Atom|purl\.org/atom/)")
#: Words of titles of what is published in turn.
PERIODICAL = re.compile(
    r"\b(?:digest|newsletter|highlights|summary|news|update|round-?up|recap|report)\b", re.IGNORECASE
)
DIGEST = re.compile(r"\bdigest\b", re.IGNORECASE)
#: Words and numbers of what is published in turn, where the title names no days.
_NUMBERED = re.compile(
    r"#\s?[0-9]|\b(?:no|nr|issue|number|vol(?:ume)?|edition|week)\.?\s?[0-9]|\b[0-9]+(?:st|nd|rd|th) issue\b"
    r"|\b(?:digest|newsletter|daily|weekly|bi-?weekly|fortnightly|monthly|quarterly)\b|\bnews\s[0-9]",
    re.IGNORECASE,
)
#: Mails that a list has sent together: none of them is written as a digest.
_OF_MAILMAN = re.compile(r"\bDigest, Vol [0-9]+, Issue [0-9]+")
#: The names of files that are taken out of folders.
_SUFFIXES = (
    ".md",
    ".markdown",
    ".mdown",
    ".txt",
    ".html",
    ".htm",
    ".xml",
    ".atom",
    ".rss",
    ".json",
    ".rst",
    ".eml",
    ".mbox",
    ".mbx",
)
#: A title is among the first lines that are not blank.
_FIRST = 6
#: No title is longer.
_LONGEST = 150


@dataclass(slots=True)
class PostSource:
    """The posts of a file, problems of the file, and what to say about what was left out of it."""

    posts: list[Post] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def files_of(named: Path) -> list[Path]:
    """Return the files that an argument names: a file, those of a folder, or those that a pattern matches.

    :raises DigestError: if a folder or a pattern has none.
    """
    if named.is_dir():
        found = [file for file in named.rglob("*") if file.suffix.lower() in _SUFFIXES]
        wanted = [file for file in found if not any(part.startswith(".") for part in file.relative_to(named).parts)]
    elif any(sign in named.name for sign in "*?[") and not named.exists():
        wanted = [file for file in named.parent.glob(named.name) if not file.name.startswith(".")]
    else:
        return [named]
    files = sorted(file for file in wanted if file.is_file())
    if not files:
        message = f"no file to import is there: expected a name that ends in {', '.join(_SUFFIXES)}"
        raise DigestError(Problem(os.fspath(named), 0, 0, Code.EMPTY, message))
    return files


def read_source(file: Path, path: str, base: str | None = None) -> PostSource:
    """Read a file.

    :param path: how problems name it.
    :param base: the address that relative links in Markdown are relative to.
    :raises DigestError: if it cannot be read, is empty, or holds no text that could be a digest.
    """
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise DigestError(unreadable(path, error)) from None
    source = PostSource()
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        check_text(data, path)
    if is_wxr(data):
        _read_export(data, path, source)
    elif _is_feed(data):
        _read_feed(data, path, source)
    elif mail.is_mail(data):
        _read_mails(data, path, source)
    else:
        _read_text(decode(data, path, source.problems), path, source, base)
    if not any(map(_has_words, source.posts)) and not source.remarks:
        problem = Problem(path, 0, 0, Code.EMPTY, "the file has no text of a digest")
        raise DigestError(*source.problems, problem)
    return source


def _has_words(post: Post) -> bool:
    return any(block.plain.strip() for block in post.blocks)


def _read_export(data: bytes, path: str, source: PostSource) -> None:
    export = read_export(data, path, source.problems)
    source.posts = [post for post in export.posts if _has_words(post)]
    export.left_out["empty"] += len(export.posts) - len(source.posts)
    reasons = [f"{count} {reason}" for reason, count in export.left_out.items() if count]
    if reasons:
        total = export.left_out.total()
        items = "1 item is" if total == 1 else f"{total} items are"
        source.remarks.append(f"{path}: {items} left out: {', '.join(reasons)}")


def _is_feed(data: bytes) -> bool:
    """Return True for Atom and JSON Feed; RSS is read as exports are."""
    start = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{"):
        return b"jsonfeed.org/version/" in start
    return start.startswith((b"<?xml", b"<feed", b"<entry", b"<!--")) and _ATOM.search(start) is not None


def _read_feed(data: bytes, path: str, source: PostSource) -> None:
    """Read a feed with the whole text of each post."""
    feed = read_feed(data, path)
    assert isinstance(feed, ParsedFeed)
    text = decode(data, path, [])
    lines, start, line = text.split("\n"), 0, 1
    for entry in feed.posts:
        # the feed's reader knows no lines: titles are found in their order
        found = text.find(entry.title, start) if entry.title else -1
        if found > start:
            line += text.count("\n", start, found)
            start = found
        body = entry.body.replace("\r\n", "\n")
        if entry.is_html:
            blocks, heads, _ = html.blocks_of_html(html.with_paragraphs(body), line)
        else:
            blocks, heads = blocks_of_text([clean(one) for one in body.split("\n")], line), False
        sent = entry.published.time or datetime.combine(entry.published.day, time(), UTC) if entry.published else None
        post = Post(path, blocks, entry.title or None, line, sent, entry.author or None, entry.url, heads=heads)
        post.source = lines
        if _has_words(post):
            source.posts.append(post)
    if len(source.posts) < len(feed.posts):
        left = len(feed.posts) - len(source.posts)
        source.remarks.append(f"{path}: {left} {'entry is' if left == 1 else 'entries are'} left out: no text")


def _read_mails(data: bytes, path: str, source: PostSource) -> None:
    found = list(mail.messages(data))
    wanted = [message for message in found if len(found) == 1 or _is_wanted(message[0])]
    if not wanted:
        message = f"none of the {len(found)} mails is a digest: no subject names one with its days or its number"
        raise DigestError(Problem(path, 0, 0, Code.NOT_A_DIGEST, message))
    for content, line in wanted:
        post = mail.post_of_message(content, path, line)
        _drop_repeated_title(post)
        source.posts.append(post)
    if len(wanted) < len(found):
        source.remarks.append(f"{path}: {len(found) - len(wanted)} mails are left out: they are not digests")


def _is_wanted(data: bytes) -> bool:
    """Return True if a mail of an archive is a digest: its subject has days or a number, or names a newsletter."""
    message = mail.parsed(mail.header_of(data), header_only=True)
    subject = mail.field_of(message, "Subject") or ""
    if mail.is_reply(subject, message) or _OF_MAILMAN.search(subject):
        return False
    title = read_title(subject)
    if not PERIODICAL.search(title.words):
        return False
    return title.days is not None or _NUMBERED.search(title.words) is not None


def _drop_repeated_title(post: Post) -> None:
    """Take the title out of the text where it is the first line of it as well."""
    first = post.blocks[0] if post.blocks else None
    if first is None or first.form not in (Form.TEXT, Form.HEADING):
        return
    if post.title and without_tags(first.plain).casefold() == without_tags(post.title).casefold():
        del post.blocks[0]


def _read_text(text: str, path: str, source: PostSource, base: str | None) -> None:
    lines = text.split("\n")
    starts = _titles(lines)
    page = mail.post_of_page(lines, path) if len(starts) < 2 else None
    sign = dialect_of(lines, path) if page is None and not text[:200].lstrip().startswith("<") else None
    if sign is not None and sign.dialect == MARKDOWN:
        _read_markdown(text, path, source, base)
        return
    if sign is not None:
        source.posts.append(post_of_rst(text, path, source.problems, base))
        return
    if html.is_html(text):
        _read_page(text, path, source)
        return
    if page is not None:
        _drop_repeated_title(page)
        source.posts.append(page)
        return
    if river := posts_of_river(blocks_of_text([clean(line) for line in lines], 1), path):
        for post in river:
            post.source = lines
        source.posts = river
        return
    for start, end in zip([0, *starts[1:]], [*starts[1:], len(lines)], strict=True):
        source.posts.append(_post_of_text(lines[start:end], path, start))
    if len(starts) > 1:
        places = ", ".join(str(start + 1) for start in starts)
        message = f"there are {len(starts)} digests in the file, in lines {places}: each of them is imported"
        source.problems.append(Problem(path, starts[1] + 1, 1, Code.SEVERAL_DIGESTS, message))


def _read_page(text: str, path: str, source: PostSource) -> None:
    """Read a web page; one of a list's archive is the mail that it shows."""
    archived = post_of_archive(text, path)
    if archived is None:
        source.posts.append(_post_of_html(text, path))
        return
    post, answers = archived
    _drop_repeated_title(post)
    source.posts.append(post)
    if answers:
        source.remarks.append(f"{path}: {answers} answer{'' if answers == 1 else 's'} below the mail left out")


def _read_markdown(text: str, path: str, source: PostSource, base: str | None) -> None:
    post = post_of_markdown(text, path, source.problems, base)
    if post is None:
        source.remarks.append(f"{path}: left out: its front matter says that it is not published")
    else:
        source.posts.append(post)


def _titles(lines: list[str]) -> list[int]:
    """Return the lines that are titles of digests: those with the same words as the first, and other periods."""
    found: list[int] = []
    words, seen = "", set()
    for index, line in enumerate(lines):
        if not 8 < len(line) < 200 or not DIGEST.search(line) or line[:1] in " \t•*-+":
            continue
        title = read_title(clean(line))
        if title.days is None or (found and (title.words.casefold() != words or title.end in seen)):
            continue
        if not found and sum(1 for before in lines[:index] if before.strip()) >= _FIRST:
            return []
        words = title.words.casefold()
        seen.add(title.end)
        found.append(index)
    return found


def _post_of_text(lines: list[str], path: str, offset: int) -> Post:
    """Return a text with its title in the first lines, if it has one."""
    page = mail.post_of_page(lines, path)
    if page is not None:
        page.line += offset
        page.offset += offset
        page.blocks = blocks_of_text([clean(line) for line in page.source], page.offset + 1)
        return page
    post = Post(path, [], line=offset + 1, source=lines, offset=offset)
    start = 0
    filled = [index for index, line in enumerate(lines) if line.strip()][:_FIRST]
    for index in filled:
        text = " ".join(clean(lines[index]).split())
        if _is_title(text, first=index == filled[0]) and not any(len(lines[before]) > 200 for before in filled[:1]):
            post.title, post.line = without_tags(text), offset + index + 1
            start = index + 1
            break
    cleaned = [clean(line) for line in lines]
    if start:
        cleaned[start - 1] = ""
    post.blocks = blocks_of_text(cleaned, offset + 1)
    post.is_mail = not any(block.form is Form.BULLET and _is_of_the_web(block, lines, offset) for block in post.blocks)
    return post


def _is_of_the_web(block: Block, lines: list[str], offset: int) -> bool:
    return lines[block.line - offset - 1].lstrip()[:1] not in "*-+"


def _is_title(text: str, *, first: bool) -> bool:
    if len(text) > _LONGEST or not PERIODICAL.search(text) or text.startswith(("HTML rendered", "•", "*", "-")):
        return False
    return first or read_title(text).days is not None


def _post_of_html(text: str, path: str) -> Post:
    """Read a page. Its title is the heading with a period, the page's title, or its first heading of level 1."""
    lines = text.split("\n")
    blocks, heads, title = html.blocks_of_html(text, 1)
    post = Post(path, blocks, title, heads=heads, source=lines)
    candidates = [block for block in blocks[:_FIRST] if block.form is not Form.BULLET and len(block.plain) < _LONGEST]
    dated = [block for block in candidates if PERIODICAL.search(block.plain) and read_title(block.plain).days]
    chosen = (dated or [block for block in candidates if block.form is Form.HEADING and block.level == 1])[:1]
    for block in chosen:
        if dated or title is None:
            post.title, post.line = without_tags(block.plain), block.line
            blocks.remove(block)
    if not chosen and title:
        # the name of the site follows a bar or a dash
        post.title = re.split(r" [|»–—-] | ?[|»] ?", title)[0] if not read_title(title).days else title
        post.title = re.split(r" [|»] ", post.title)[0]
    post.heads = any(block.form is Form.HEADING for block in blocks)
    return post
