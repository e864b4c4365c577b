"""Read mails out of the HTML of list archives: pages of Pipermail and of HyperKitty."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from sphinxext.digest.gather.importer import Post, clean, mail
from sphinxext.digest.gather.importer.html import Piece, pieces_of_html
from sphinxext.digest.gather.importer.titles import date_or_none, read_title, without_tags

#: The comments around the text of a mail in Pipermail.
_BEGIN, _END = "<!--beginarticle-->", "<!--endarticle-->"
#: The parts of a mail in HyperKitty.
_AUTHOR, _DATE = 'class="email-author', 'class="email-date'
_BODY = re.compile(r'<div class="email-body[ "]')
#: What ends a paragraph of a mail.
_ENDS = frozenset({"p", "div", "blockquote", "pre"})
#: The parts of a page's header are no longer, in characters.
_LONGEST = 20_000


def post_of_archive(text: str, path: str) -> tuple[Post, int] | None:
    """Return the first mail of an archive's page and the number of answers below it, or None for other HTML."""
    start = text.find(_BEGIN)
    if start >= 0:
        start += len(_BEGIN)
        end = text.find(_END, start)
        post = _post_of_pipermail(text[:start], path)
        _fill(post, text, start, _text(text[start : end if end >= 0 else None], full_urls=False))
        return post, 0
    bodies = list(_BODY.finditer(text))
    if not bodies or _DATE not in text[: bodies[0].start()]:
        return None
    post = _post_of_hyperkitty(text[: bodies[0].start()], path)
    limit = bodies[1].start() if len(bodies) > 1 else len(text)
    body = _text(_element(text[bodies[0].start() : limit]), full_urls=True)
    # the page's own indentation is before the first line
    first = body.lstrip()
    _fill(post, text, bodies[0].start(), "\n" * body[: len(body) - len(first)].count("\n") + first)
    return post, len(bodies) - 1


def _fill(post: Post, page: str, start: int, body: str) -> None:
    post.offset = page.count("\n", 0, start)
    mail.fill_from_text(post, body.split("\n"))


def _post_of_pipermail(header: str, path: str) -> Post:
    """Return a mail with the subject, the sender and the time that are above it."""
    found = {name: _first(header, name) for name in ("h1", "b", "i")}
    when = mail.pipermail_time(found["i"][0])
    return _post(path, found["h1"], found["b"][0], when)


def _post_of_hyperkitty(header: str, path: str) -> Post:
    author = _between(header, _AUTHOR, _DATE)
    date = header[header.rfind(_DATE) :][:_LONGEST]
    # the day as it is shown, or else the one of the sender in an attribute
    ends = [read_title(words).end for words in (_words(date), date)]
    sent = next((day for month, of_month, year in ends if (day := date_or_none(year, month, of_month))), None)
    when = datetime.combine(sent, time(), UTC) if sent else None
    return _post(path, _first(header, "h1"), _words(author), when)


def _post(path: str, subject: tuple[str, int], author: str, sent: datetime | None) -> Post:
    return Post(path, [], without_tags(subject[0]) or None, subject[1], sent, author or None, is_mail=True)


def _between(text: str, start: str, end: str) -> str:
    """Return the HTML from the end of one tag to the beginning of another, the last that are there."""
    first, last = text.rfind(start), text.rfind(end)
    first = text.find(">", first) + 1 if first >= 0 else 0
    return text[first : text.rfind("<", 0, last)][:_LONGEST] if 0 < first < last else ""


def _words(html: str) -> str:
    """Return the words of HTML on one line."""
    # a part may begin within a tag
    html = html[html.find(">") + 1 :] if html.startswith("class=") else html
    return " ".join(clean("".join(piece.text or " " for piece in pieces_of_html(html))).split())


def _first(html: str, name: str) -> tuple[str, int]:
    """Return the words of the first element of a name, and its line."""
    words: list[str] = []
    line = 0
    for piece in pieces_of_html(html):
        if piece.name == name and not piece.is_end and not line:
            line = html.count("\n", 0, piece.position) + 1
        elif piece.name == name and line:
            break
        elif line:
            words.append(piece.text)
    return " ".join(clean("".join(words)).split()), line or 1


def _element(html: str) -> str:
    """Return HTML up to the end of the ``div`` that it begins with."""
    depth = 0
    for piece in pieces_of_html(html):
        if piece.name == "div":
            depth += -1 if piece.is_end else 1
            if not depth:
                return html[: piece.position]
    return html


def _text(html: str, *, full_urls: bool) -> str:
    """Return the text of a mail with its lines.

    :param full_urls: write the targets of links whose words are not the whole address.
    """
    lines: list[str] = []
    link: Piece | None = None
    words = ""
    for piece in pieces_of_html(html):
        if piece.name == "a":
            if link is not None:
                lines.append(_with_url(words, link.attributes.get("href", "")) if full_urls else words)
            link, words = (None if piece.is_end else piece), ""
        elif piece.name:
            lines.append(_break(piece))
        elif link is not None:
            words += piece.text
        else:
            # the line ends after a tag that has ended it
            lines.append(piece.text.removeprefix("\n") if lines and lines[-1] == "\n" else piece.text)
    return "".join([*lines, words])


def _break(piece: Piece) -> str:
    if piece.name == "br":
        return "\n"
    return "\n\n" if piece.is_end and piece.name in _ENDS else ""


def _with_url(words: str, url: str) -> str:
    """Return the words of a link, or its address where they are its beginning, or both."""
    if not url.startswith(("http://", "https://")) or words.strip() == url:
        return words
    if url.startswith(words.rstrip("….").strip() or url):
        return url
    return f"{words} <{url}>"
