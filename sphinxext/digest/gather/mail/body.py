"""Extract the text that the sender of a message wrote, without quotes, signatures, patches and list footers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email.message import Message as Mail
from email.parser import BytesParser
from email.policy import compat32
from itertools import islice

from sphinxext.digest.fragments.write import MAX_URL, allowed_url
from sphinxext.digest.gather.importer import Form
from sphinxext.digest.gather.importer.html import blocks_of_html
from sphinxext.digest.gather.importer.mail import text_of_part
from sphinxext.digest.gather.mail import is_call, shortened, without_greeting
from sphinxext.digest.text import visible_text

#: The longest sentence of an outline.
MAX_SENTENCE = 200
#: The most characters of a text that are read.
_MAX_TEXT = 256 * 1024
_MAX_HTML = 128 * 1024
_MAX_LINE = 2000
_MAX_DEPTH = 20
#: The most lines of a header above a quoted mail, and of an attribution.
_MAX_ROW = 10
_MAX_WRAPPED = 2

_QUOTE = re.compile(r"\s{0,3}(?:[A-Za-z]{0,4}>|\|\s)|\s*&gt;")
#: The end of the sender's own text: signatures, mails below the answer, attachments, footers of lists.
_END = re.compile(
    r"--\s*|-----BEGIN PGP (?:SIGNATURE|PUBLIC KEY BLOCK|MESSAGE)-----"
    r"|[-_=*\s]*(?:original message|forwarded message|original-nachricht|message d'origine|mensaje original)"
    r"\b.{0,60}?[-_=* ]*|begin forwarded message:"
    r"|-{5,}\s*next part\s*-{5,}|_{20,}|_{5,}.{0,80}mailing list.*|.{0,80}mailing list\s*--\s*\S+@\S+.*"
    r"|sent from my \w.{0,40}|unsubscribe:.*|to unsubscribe\b.*",
    re.IGNORECASE,
)
#: Words between dashes, as mail programs put them above the mail that is answered.
_RULE = re.compile(r"\s{0,3}[-_=]{3,}\s?[^\s\d_=-][^_=]{0,60}?[-_=]{3,}\s*")
#: A line such as "From: Ann", in any language.
_FIELD = re.compile(r"\s{0,3}[*_]?[^\W\d_][^\s:\uff1a]{0,24}(?: [^\s:\uff1a]{1,24}){0,2} ?[:\uff1a]\*?(?:\s.*|\Z)")
_ADDRESS = re.compile(r"[\w.+-]@[\w\[]|<[^<>]{0,200}(?:@| at )[^<>]{0,200}>|\([^\s()]{1,80} at [^\s()]{1,80}\)")
#: A day in digits; a time of day; numbers.
_DAY = re.compile(r"(?<!\d)\d{1,4}(\.\s?|[/-])\d{1,2}\1\d{1,4}(?!\d)")
_TIME = re.compile(r"(?<!\d)\d{1,2}[:h]\d\d(?!\d)")
_NUMBER = re.compile(r"\d+")
#: The beginning of a patch, or of the summary of one.
_PATCH = re.compile(
    r"diff --(?:git|cc|combined) .*|diff -\S+ .*|Index: \S+|@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*|--- [ab]/\S+.*"
    r"|---|\s\S.* \|\s+(?:\d+ [+-]+|Bin .*)|\s\d+ files? changed, .*|commit [0-9a-f]{40}.*"
)
_HEADER_OF_OUTLOOK = re.compile(r"\s*\*?(?:from|von|de|da|van)\s?:\*?\s.*", re.IGNORECASE)
_NEXT_OF_OUTLOOK = re.compile(r"\s*\*?(?:sent|date|to|gesendet|envoyé|enviado|datum|subject)\s?:\*?.*", re.IGNORECASE)
#: The end of the line above a quote: "On ... wrote:", in the languages of mail programs.
_WROTE = re.compile(
    r"(?:wrote|writes|said|schrieb(?:en)?|a écrit|écrit|escribió|escreveu|ha scritto|scrisse|skrev|schreef|kirjoitti|"
    r"napisał\(?a?\)?|napsal\(?a?\)?|написал\(?а?\)?|пишет|写道|のメッセージ)\b.{0,60}[:：]\s*\Z",  # noqa: RUF001
    re.IGNORECASE | re.DOTALL,
)
_BEGINS_ATTRIBUTION = re.compile(
    r"\s*(?:on|am|le|el|il|em|op|den|at|in|quoting|excerpts from|\*?\w+.{0,60}<|\d{4}[-/])", re.IGNORECASE
)
#: The end of a sentence within a line; abbreviations of months and days have a number behind them.
_SENTENCE_BREAK = re.compile(r"[^\W\d_]{3}[.!?] (?=[^\W\d_])")
_LINE_ENDS_SENTENCE = re.compile(r"[^\W\d_]{3}[.!?:…]\s*\Z")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|mr|mrs|ms|dr|st|no|approx|resp|incl|fig|p|[A-Z])|\.\.)\.\Z", re.I
)
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s+\S)")
_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^]+", re.IGNORECASE)
#: The mark of a quote in HTML.
_MARK = "(quote)"
_NO_TAG = re.compile(r"<(?![^<>]*>)")
_LETTER = re.compile(r"[^\W\d_]")


def text_of_message(data: bytes) -> str:
    """Return the text of a message: its first part of plain text, else of HTML; nothing if it has neither.

    Attachments, and mails within the mail, do not count. Whatever is wrong with its form or its charsets, something is
    found or nothing is.
    """
    try:
        mail = BytesParser(Mail, policy=compat32).parsebytes(data)
        parts = list(_texts(mail, _MAX_DEPTH))
        part = next((one for one in parts if _type(one) == "text/plain"), parts[0] if parts else None)
        if part is None:
            return ""
        text = text_of_part(part)
    except (RecursionError, LookupError, ValueError, TypeError, AttributeError):
        # a header that crashes the parser, or parts within parts a thousand times
        part, text = None, data.partition(b"\n\n")[2].decode("utf-8", "replace")
    text = text[:_MAX_TEXT]
    if part is not None and (
        _type(part) == "text/html" or text[:100].lstrip().lower().startswith(("<html", "<!doct"))
    ):
        return text_of_html(text)
    return text


def own_lines(text: str) -> list[str]:
    """Return the lines of a text that its sender wrote, with empty ones where something was left out.

    Quotes and the lines that introduce them, signatures, patches, mails that are quoted below the answer, and what
    lists add are left out. Text below a quote stays: it may be an answer to it.
    """
    lines: list[str] = []
    is_quote = False
    source = text.replace("\r\n", "\n").split("\n")
    for index, line in enumerate(_without_armor(source)):
        line = line[:_MAX_LINE]
        if _END.fullmatch(line) or _PATCH.fullmatch(line) or _is_outlook(source, index, line):
            break
        if not _QUOTE.match(line):
            if line.strip() or (lines and lines[-1]):  # one empty line says as much as many
                lines.append(line.rstrip())
        elif not is_quote:
            _drop_attribution(lines)
            if lines and lines[-1]:
                lines.append("")
        is_quote = _QUOTE.match(line) is not None
    _drop_attribution(lines, sure=True)
    return lines


def first_sentence(lines: Sequence[str]) -> str:
    """Return the first sentence of some lines that says something, of at most :data:`MAX_SENTENCE` characters.

    Greetings and lines without letters do not count. A very short one, such as "Yes.", has the next with it.
    Thanks are taken where nothing else is said. The result is empty if there are no words.
    """
    thanks = ""
    for number, paragraph in enumerate(_paragraphs(lines)):
        first = without_greeting(visible_text(paragraph[0]), is_first=number == 0)
        text = visible_text(" ".join((first, *paragraph[1:])))
        if not (_LETTER.search(text) or text.startswith(("+1", "-1"))):
            continue
        if not is_call(text):
            return shortened(_sentence(text), MAX_SENTENCE)
        thanks = thanks or text
    return shortened(thanks, MAX_SENTENCE)


def cited_urls(lines: Sequence[str]) -> Iterator[str]:
    """Yield the URLs in some lines that a fragment may have, without the punctuation around them."""
    for line in lines:
        for match in _URL.finditer(line):
            marks = ".,;:!?"
            if match.start() and line[match.start() - 1] in "*_":  # emphasis, as people write it in mails
                marks += line[match.start() - 1]
            url = match[0].rstrip(marks)
            while url.endswith((")", "]")) and url.count(url[-1]) > url.count("(" if url[-1] == ")" else "["):
                url = url[:-1].rstrip(marks)
            if len(url) <= MAX_URL and allowed_url(url) and url.isprintable() and visible_text(url) == url:
                yield url


def _texts(mail: Mail, depth: int) -> Iterator[Mail]:
    """Yield the parts of a message that hold its text."""
    if mail.is_multipart():
        if depth and mail.get_content_maintype() == "multipart":
            for part in mail.get_payload():
                if isinstance(part, Mail):
                    yield from _texts(part, depth - 1)
    elif _type(mail) in ("text/plain", "text/html") and mail.get_content_disposition() != "attachment":
        yield mail


def _type(part: Mail) -> str:
    return part.get_content_type()


def text_of_html(text: str) -> str:
    """Return the text of HTML without its quotes and the lines that introduce them."""
    # the parser would search long for the end of an unfinished tag
    text = _NO_TAG.sub("&lt;", text[:_MAX_HTML])
    kept: list[str] = []
    depth = 0
    for part in re.split(r"(</?blockquote\b[^<>]{0,500}>)", text, flags=re.IGNORECASE):
        if part[:12].lower().startswith(("<blockquote", "</blockquote")):
            depth = max(0, depth + (-1 if part.startswith("</") else 1))
            kept.append(f"<p>{_MARK}</p>" if depth == 1 else "<p>")
        elif not depth:
            kept.append(part)
    blocks, _, _ = blocks_of_html("".join(kept), 1)
    lines: list[str] = []
    for block in blocks:
        if block.plain == _MARK:
            _drop_attribution(lines)
        elif block.form is not Form.LITERAL:
            lines += ["", *block.plain.split("\n")]
    return "\n".join(lines).strip("\n")


def _without_armor(lines: Sequence[str]) -> Iterator[str]:
    """Lines with empty ones for the head of a signed text (RFC 9580)."""
    inside = False
    for line in lines:
        if line.startswith("-----BEGIN PGP SIGNED MESSAGE-----"):
            inside = True
            yield ""
        elif inside:
            inside = bool(line.strip())
            yield ""
        else:
            yield line


def _is_outlook(lines: Sequence[str], index: int, line: str) -> bool:
    """Return True if a header begins here that Outlook and others put above the mail that is answered.

    In any language this is a row of lines with a word and a colon: the sender with an address first, the date second
    or third. Below words between dashes any two such lines are.
    """
    if _HEADER_OF_OUTLOOK.fullmatch(line):
        following = [one for one in lines[index + 1 : index + 4] if one.strip()]
        if sum(bool(_NEXT_OF_OUTLOOK.fullmatch(one[:_MAX_LINE])) for one in following) >= 2:
            return True
    is_ruled = _RULE.fullmatch(line) is not None
    if not is_ruled and not _FIELD.fullmatch(line):
        return False
    fields = list(islice(_row(lines[index + is_ruled : index + _MAX_ROW]), 4))
    if is_ruled:
        return len(fields) > 1 and any(_ADDRESS.search(one) or _has_date(one) for one in fields)
    return len(fields) > 2 and any(map(_ADDRESS.search, fields[:2])) and any(map(_has_date, fields[:3]))


def _row(lines: Sequence[str]) -> Iterator[str]:
    """Return the lines up to the first that is not a word, a colon and a value; empty ones do not count."""
    for line in lines:
        if line.strip():
            if not _FIELD.fullmatch(line[:_MAX_LINE]):
                return
            yield line[:_MAX_LINE]


def _has_date(text: str) -> bool:
    """Return True if a text has a date in any language: its numbers show it."""
    numbers = _NUMBER.findall(text)
    if _DAY.search(text) or (_TIME.search(text) and len(numbers) > 2):
        return True
    return any(len(one) == 4 for one in numbers) and any(len(one) < 3 for one in numbers)


def _is_attribution(text: str) -> bool:
    """Return True if a text says whom a quote below it is of, by its form: a date or an address, and a colon.

    Some programs put it into brackets or between dashes, or a time in brackets at its end.
    """
    text = text.strip()
    ends = text.endswith((":", "：")) or (text[:1] == "[" and text[-1:] == "]") or (text[:2] == "--" == text[-2:])  # noqa: RUF001
    if ends:
        return _has_date(text) or _ADDRESS.search(text) is not None
    time = text.rpartition("(")[2]
    return text.endswith(")") and _has_date(time) and _TIME.search(time) is not None


def _drop_attribution(lines: list[str], *, sure: bool = False) -> None:
    """Take the lines off the end that say whom the following quote is of.

    :param sure: only if they say that somebody wrote, since no quote follows.
    """
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and end - start < 4 and lines[start - 1].strip():
        start -= 1
    for first in range(end - 1, start - 1, -1):
        begins = _after_sentence(lines[first])
        words = " ".join((lines[first][begins:], *lines[first + 1 : end]))
        if not sure and first >= end - _MAX_WRAPPED and _is_attribution(words):
            first = _first_of(lines, start, first, words)
            break
        if _WROTE.search(words) and _BEGINS_ATTRIBUTION.match(lines[first], begins):
            break
    else:
        if end == start or sure or not _WROTE.search(lines[end - 1]):
            return
        first = end - 1
    begins = _after_sentence(lines[first])
    lines[first:] = [lines[first][:begins].rstrip()] if begins else []


def _after_sentence(line: str) -> int:
    """Return where the last sentence of a line begins that goes on after another one."""
    ends = (one.end() for one in _SENTENCE_BREAK.finditer(line))
    return max((end for end in ends if not line[end].islower()), default=0)


def _first_of(lines: Sequence[str], start: int, first: int, words: str) -> int:
    """Return the line with which an attribution begins that may be wrapped: that of its date, or of a name.

    :param start: the line that it may begin with.
    :param first: the line that has an address and all that follows.
    """
    if _has_date(words):
        return first
    for above in range(first - 1, start - 1, -1):
        if _LINE_ENDS_SENTENCE.search(lines[above]):
            break
        if _has_date(lines[above]):
            return above
    is_open = lines[first].lstrip().startswith("<") or (first > start and lines[first - 1].rstrip().endswith("<"))
    return first - 1 if is_open and first > start else first


def _paragraphs(lines: Sequence[str]) -> Iterator[list[str]]:
    paragraph: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            paragraph.append(line)
        elif paragraph:
            yield paragraph
            paragraph = []


def _sentence(text: str) -> str:
    for match in _SENTENCE_END.finditer(text[: 2 * MAX_SENTENCE]):
        sentence = text[: match.end()]
        if not _ABBREVIATION.search(sentence) and len(sentence) > 15:
            return sentence
    return text
