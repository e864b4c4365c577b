"""Read posts from mails: raw messages, mbox files, and the pages of archives saved as text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from email import policy
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.utils import parseaddr, parsedate_to_datetime

from sphinxext.digest.gather.importer import Post, clean, in_utc
from sphinxext.digest.gather.importer.html import blocks_of_html, is_html
from sphinxext.digest.gather.importer.layout import blocks_of_text
from sphinxext.digest.gather.importer.titles import without_tags
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import as_windows, decoded_as

_FROM_LINE = re.compile(rb"^From (?=\S)[^\r\n]*+", re.MULTILINE)
_YEAR = re.compile(rb"\b[12][0-9]{3}\b")
#: The time as mbox files have it. A line with it begins a message even if no blank line is above.
_MBOX_TIME = re.compile(
    rb" (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +(?:[A-Z][a-z]{2} +[0-9]{1,2}|[0-9]{1,2} +[A-Z][a-z]{2}) +[0-9: ]{5,20}"
)
#: The longest line that begins a message.
_LONGEST_FROM = 500
#: The name of a field in a header (RFC 5322).
_FIELD = re.compile(rb"([!-9;-~]{1,200}):")
_OF_MAIL = frozenset(
    [b"from", b"subject", b"date", b"message-id", b"received", b"mime-version", b"return-path", b"delivered-to"]
)
#: The characters of a field that are read; Python takes a minute for a sender with 64,000 quotation marks.
_LONGEST_FIELD = 2000
_QUOTED_FROM = re.compile(rb"^>(>*From )", re.MULTILINE)

_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
#: The lines below the subject on a page of Pipermail: who, and when.
_WHO = re.compile(r"\S.*(?: at |@)[^\s@.]+\.[^\s@]+")
_WHEN = re.compile(rf"{_WEEKDAY} (\w{{3}}) +(\d{{1,2}}) (\d\d:\d\d:\d\d) (\w+) (\d{{4}})")
_NAVIGATION = re.compile(
    r"\s*(?:[•*-] +)?(?:(?:Previous|Next) message.*|Messages sorted by:.*|Search:?)", re.IGNORECASE
)
_HEADER_END = re.compile(rb"\r?\n\r?\n")
_ANSWER = re.compile(r"(?:\[[^\]]*+\]\s*+)*+re:", re.IGNORECASE)
#: The end of the sender's own text.
_FOOTER = re.compile(
    r"More information about the \S+ mailing list.*|_{20,}|-{5,} next part -{5,}|-- |-{20,}"
    r"|A non-text attachment was scrubbed\.\.\.|An HTML attachment was scrubbed\.\.\."
)


def is_mail(data: bytes) -> bool:
    """Return True if a file is a message, or an mbox of messages."""
    first = _FROM_LINE.match(data)
    if first is not None and _YEAR.search(first[0][-_LONGEST_FROM:]):
        return True
    names: list[bytes] = []
    position = 0
    while (end := data.find(b"\n", position)) >= 0:
        line = data[position:end].rstrip(b"\r")
        if not line:
            # with a title, a date does not make it a mail: newsletters have both above their text
            return len(names) > 1 and not (_OF_MAIL - {b"date"} if b"title" in names else _OF_MAIL).isdisjoint(names)
        if not (names and line[:1] in (b" ", b"\t")):
            field = _FIELD.match(line)
            if field is None:
                return False
            names.append(field[1].lower())
        position = end + 1
    return False


def messages(data: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield the messages of a file, each with the number of its first line."""
    starts = [match.start() for match in _FROM_LINE.finditer(data) if _begins_message(data, *match.span())]
    if not starts:
        yield data, 1
        return
    line, position = 1, 0
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        line += data.count(b"\n", position, start)
        position = start
        content = data.find(b"\n", start, end) + 1 or end
        yield _QUOTED_FROM.sub(rb"\1", data[content:end]), line + 1


def post_of_message(data: bytes, path: str, line: int) -> Post:
    """Return a message as a post: its text, or if it has only HTML that."""
    try:
        return _post_of_message(data, path, line)
    except RecursionError:  # Python's parser calls itself for each comment in a header, and for each part in a part
        message = "the mail cannot be read: it is nested too deeply"
        raise DigestError(Problem(path, line, 1, Code.NOT_A_DIGEST, message)) from None


def _post_of_message(data: bytes, path: str, line: int) -> Post:
    message = parsed(data)
    post = Post(path, [], field_of(message, "Subject"), line, _sent(message), is_mail=True)
    name, address = parsed_address(field_of(message, "From") or "")
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
    """Return the name and the address of a sender, empty where nothing can be told."""
    try:
        return parseaddr(text)
    except RecursionError:  # Python's parser calls itself for each comment and each group
        return "", ""


class _BoundedFields(HeaderRegistry):
    """Fields of headers, read only at their beginning."""

    def __call__(self, name: str, value: str) -> BaseHeader:
        field: BaseHeader = super().__call__(name, value[:_LONGEST_FIELD])
        return field


_POLICY = policy.default.clone(header_factory=_BoundedFields())


def parsed(data: bytes, *, header_only: bool = False) -> EmailMessage:
    """Return a message, or what its header says."""
    message: EmailMessage = BytesParser(EmailMessage, policy=_POLICY).parsebytes(data, headersonly=header_only)
    return message


def header_of(data: bytes) -> bytes:
    """Return the header of a message, with the blank line that ends it."""
    end = _HEADER_END.search(data)
    return data[: end.end()] if end else data


def is_reply(subject: str, message: EmailMessage) -> bool:
    """Return True if a message answers another."""
    return "In-Reply-To" in message or "References" in message or _ANSWER.match(subject) is not None


def fill_from_text(post: Post, lines: list[str]) -> None:
    """Give a post the blocks of a mail's text, without what lists put around it."""
    cleaned = [clean(line) for line in lines]
    end = next((index for index, line in enumerate(lines) if _is_footer(line, cleaned[index])), len(lines))
    post.source = lines
    post.blocks = blocks_of_text(cleaned[:end], post.offset + 1)


def post_of_page(lines: list[str], path: str) -> Post | None:
    """Read an archive's page saved as text (subject, sender, time, and the mail); return None for other text."""
    start = next((index for index, line in enumerate(lines[:80]) if _WHEN.fullmatch(line.strip())), None)
    if start is None:
        return None
    when = _WHEN.fullmatch(lines[start].strip())
    above = [index for index in range(start) if lines[index].strip() and not _NAVIGATION.fullmatch(lines[index])]
    if when is None or not above or not _WHO.fullmatch(lines[above[-1]].strip()):
        return None
    who = re.split(r" (?=\S+ at |\S+@)", lines[above[-1]].strip(), maxsplit=1)[0]
    subject = " ".join(lines[index].strip() for index in above[:-1])
    post = Post(path, [], without_tags(subject) or None, above[0] + 1, _time(when), who, is_mail=True)
    start += 1
    while start < len(lines) and (not lines[start].strip() or _NAVIGATION.fullmatch(lines[start])):
        start += 1
    post.offset = start
    fill_from_text(post, lines[start:])
    return post


def _is_footer(line: str, cleaned: str) -> bool:
    return bool(_FOOTER.fullmatch(cleaned) or line.rstrip("\r\n") == "-- " or _NAVIGATION.fullmatch(cleaned))


def _begins_message(data: bytes, start: int, end: int) -> bool:
    """Return True if a line that begins with ``From`` is the first of a message.

    A header follows it, and it is the first line of the file, has the time in the form of mbox files, or is below a
    blank line.
    """
    line = data[start:end]
    if len(line) > _LONGEST_FROM or not _YEAR.search(line):
        return False
    if start and data[max(0, start - 3) : start].replace(b"\r", b"")[-2:] != b"\n\n" and not _MBOX_TIME.search(line):
        return False
    following = data.find(b"\n", end) + 1
    return following > 0 and _FIELD.match(data, following) is not None


def field_of(message: EmailMessage, name: str) -> str | None:
    """Return a field of the header on one line, or None if it is missing, empty or cannot be read."""
    try:
        value = message.get(name)
    except Exception:
        return None
    return " ".join(str(value).split()) if value else None


def _sent(message: EmailMessage) -> datetime | None:
    try:
        when = parsedate_to_datetime(field_of(message, "Date") or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return in_utc(when)


def text_of_part(part: Message) -> str:
    """Return the text of a part, its lines joined where ``format=flowed`` (RFC 3676) says so."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    text = decoded_as(data, part.get_content_charset("utf-8"))
    if text is None:
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
    """Return the number of lines before the body: by its first line, else by the end of the header."""
    header = _HEADER_END.search(data)
    end = header.end() if header else 0
    first = next((line for line in body if line.strip()), "").encode()
    found = data.find(b"\n" + first, end - 1) if first else -1
    if found < 0:
        return data.count(b"\n", 0, end)
    skipped = next(index for index, line in enumerate(body) if line.strip())
    return data.count(b"\n", 0, found + 1) - skipped


def _is_only_html(text: str) -> bool:
    return text[:200].lstrip().lower().startswith(("<html", "<!doctype", "<p>", "<div")) and is_html(text)


def pipermail_time(text: str) -> datetime | None:
    """Return the time as Pipermail writes it, or None."""
    match = _WHEN.fullmatch(text)
    return _time(match) if match else None


def _time(match: re.Match[str]) -> datetime | None:
    try:
        return parsedate_to_datetime(f"{match[2]} {match[1]} {match[5]} {match[3]} +0000")
    except ValueError:
        return None
