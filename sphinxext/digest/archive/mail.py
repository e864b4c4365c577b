"""Mails: raw messages, mbox files, and the pages of archives saved as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from sphinxext.digest.archive.decode import as_windows
from sphinxext.digest.archive.layout import blocks_of_text
from sphinxext.digest.archive.markup import blocks_of_html, is_html
from sphinxext.digest.archive.post import Post, clean
from sphinxext.digest.archive.titles import without_tags
from sphinxext.digest.problems import Code, DigestError, Problem

_FROM_LINE = re.compile(rb"^From \S+.*\d{4}\s*$", re.MULTILINE)
_HEADER = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]*:[ \t].*\r?\n(?:[ \t].*\r?\n)*){2,}\r?\n")
_OF_MAIL = re.compile(rb"^(?:From|Subject|Date|Message-ID|Received|MIME-Version|Return-Path):", re.I | re.M)
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)

_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
#: The lines below the subject on a page of Pipermail: who, and when.
_WHO = re.compile(r"\S.* at \S+\.\S+|\S.*@\S+\.\S+")
_WHEN = re.compile(rf"{_WEEKDAY} (\w{{3}}) +(\d{{1,2}}) (\d\d:\d\d:\d\d) (\w+) (\d{{4}})")
_NAVIGATION = re.compile(
    r"\s*(?:[•*-] +)?(?:(?:Previous|Next) message.*|Messages sorted by:.*|Search:?)", re.IGNORECASE
)
#: Where what the sender wrote ends.
_FOOTER = re.compile(
    r"More information about the \S+ mailing list.*|_{20,}|-{5,} next part -{5,}|-- |-{20,}"
    r"|A non-text attachment was scrubbed\.\.\.|An HTML attachment was scrubbed\.\.\."
)


def is_mail(data: bytes) -> bool:
    """Whether a file is a message, or an mbox of messages."""
    if _FROM_LINE.match(data):
        return True
    header = _HEADER.match(data[:65536])
    return header is not None and _OF_MAIL.search(header[0]) is not None


def messages(data: bytes) -> Iterator[tuple[bytes, int]]:
    """The messages of a file, each with the number of its first line."""
    starts = [match.start() for match in _FROM_LINE.finditer(data) if _begins_message(data, match.start())]
    if not starts:
        yield data, 1
        return
    line, position = 1, 0
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        line += data.count(b"\n", position, start)
        position = start
        content = data.index(b"\n", start) + 1 if b"\n" in data[start:end] else end
        yield _QUOTED_FROM.sub(rb"\1", data[content:end]), line + 1


def post_of_message(data: bytes, path: str, line: int) -> Post:
    """A message as a post: its text, or if it has only HTML that."""
    try:
        return _post_of_message(data, path, line)
    except RecursionError:  # Python's parser calls itself for each comment in a header, and for each part in a part
        message = "the mail cannot be read: it is nested too deeply"
        raise DigestError(Problem(path, line, 1, Code.NOT_A_DIGEST, message)) from None


def _post_of_message(data: bytes, path: str, line: int) -> Post:
    message = BytesParser(EmailMessage, policy=policy.default).parsebytes(data)
    post = Post(path, [], _header(message, "Subject"), line, _sent(message), is_mail=True)
    name, address = parsed_address(_header(message, "From") or "")
    post.author = name or address or None
    part = message.get_body(("plain", "html")) if message.is_multipart() else message
    text = text_of_part(part) if part is not None else ""
    body = text.split("\n")
    post.offset = line - 1 + _line_of_body(data, body)
    is_html_part = part is not None and part.get_content_type() == "text/html"
    if is_html_part or _is_only_html(text):
        post.blocks, post.heads, _ = blocks_of_html(text, post.offset + 1)
        post.source = body
        return post
    fill_from_text(post, body)
    return post


def parsed_address(text: str) -> tuple[str, str]:
    """The name and the address of a sender, empty where nothing can be told."""
    try:
        return parseaddr(text)
    except RecursionError:  # Python's parser calls itself for each comment and each group
        return "", ""


def is_reply(data: bytes) -> bool:
    """Whether a message answers another."""
    header = re.split(rb"\r?\n\r?\n", data, maxsplit=1)[0]
    return (
        re.search(rb"^(?:In-Reply-To|References):|^Subject:\s*(?:\[[^]]*\]\s*)*re:", header, re.I | re.M) is not None
    )


def fill_from_text(post: Post, lines: list[str]) -> None:
    """Give a post the blocks of a mail's text, without what lists put around it."""
    cleaned = [clean(line) for line in lines]
    end = next((index for index, line in enumerate(lines) if _is_footer(line, cleaned[index])), len(lines))
    post.source = lines
    post.blocks = blocks_of_text(cleaned[:end], post.offset + 1)


def post_of_page(lines: list[str], path: str) -> Post | None:
    """The post of an archive's page saved as text, or None if it is none: subject, sender, time, and the mail."""
    start = next((index for index, line in enumerate(lines[:80]) if _WHEN.fullmatch(line.strip())), None)
    if start is None:
        return None
    when = _WHEN.fullmatch(lines[start].strip())
    above = [index for index in range(start) if lines[index].strip() and not _NAVIGATION.fullmatch(lines[index])]
    if when is None or not above or not _WHO.fullmatch(lines[above[-1]].strip()):
        return None
    who = re.split(r" (?=\S+ at |\S+@)", lines[above[-1]].strip(), maxsplit=1)[0]
    subject = " ".join(lines[index].strip() for index in above[:-1])
    post = Post(path, [], without_tags(subject) or None, above[0] + 1, _pipermail_time(when), who, is_mail=True)
    start += 1
    while start < len(lines) and (not lines[start].strip() or _NAVIGATION.fullmatch(lines[start])):
        start += 1
    post.offset = start
    fill_from_text(post, lines[start:])
    return post


def _is_footer(line: str, cleaned: str) -> bool:
    return bool(_FOOTER.fullmatch(cleaned) or line.rstrip("\r\n") == "-- " or _NAVIGATION.fullmatch(cleaned))


def _begins_message(data: bytes, start: int) -> bool:
    """A line that begins with ``From`` is a message's first if it is the file's, or a header follows a blank line."""
    if start and data[max(0, start - 3) : start].replace(b"\r", b"")[-2:] != b"\n\n":
        return False
    end = data.find(b"\n", start)
    return end >= 0 and re.match(rb"[A-Za-z][A-Za-z0-9-]*:", data[end + 1 : end + 80]) is not None


def _header(message: EmailMessage, name: str) -> str | None:
    try:
        value = message.get(name)
    except Exception:
        return None
    return " ".join(str(value).split()) if value else None


def _sent(message: EmailMessage) -> datetime | None:
    try:
        when = parsedate_to_datetime(_header(message, "Date") or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when


def text_of_part(part: Message) -> str:
    """The text of a part, its lines joined where ``format=flowed`` (RFC 3676) says so."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    charset = part.get_content_charset("utf-8")
    try:
        # the codecs of host names are no charsets, and the time that they take grows with the square of the length
        text = data.decode("utf-8" if charset in ("punycode", "idna") else charset)
    except (LookupError, UnicodeDecodeError):
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            text = as_windows(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.get_param("format", "") == "flowed":
        delete = str(part.get_param("delsp", "no")).lower() == "yes"
        text = _unflowed(text, delete=delete)
    return text


def _unflowed(text: str, *, delete: bool) -> str:
    lines: list[str] = []
    flows = False
    for line in text.split("\n"):
        content = line.removeprefix(" ")
        if flows:
            lines[-1] = (lines[-1][:-1] if delete else lines[-1]) + content.lstrip()
        else:
            lines.append(content)
        flows = line.endswith(" ") and line != "-- " and bool(line.strip())
    return "\n".join(lines)


def _line_of_body(data: bytes, body: list[str]) -> int:
    """The number of lines before the body: by its first line, else by the end of the header."""
    header = re.search(rb"\r?\n\r?\n", data)
    end = header.end() if header else 0
    first = next((line for line in body if line.strip()), "").encode()
    found = data.find(b"\n" + first, end - 1) if first else -1
    if found < 0:
        return data.count(b"\n", 0, end)
    skipped = next(index for index, line in enumerate(body) if line.strip())
    return data.count(b"\n", 0, found + 1) - skipped


def _is_only_html(text: str) -> bool:
    return text[:200].lstrip().lower().startswith(("<html", "<!doctype", "<p>", "<div")) and is_html(text)


def _pipermail_time(match: re.Match[str]) -> datetime | None:
    try:
        return parsedate_to_datetime(f"{match[2]} {match[1]} {match[5]} {match[3]} +0000")
    except ValueError:
        return None
