"""Subjects of mails: tags, titles, and what kind of mail they announce."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from sphinxext.digest.archive.titles import read_title
from sphinxext.digest.archive.words import COUNTDOWN, WEEK

#: What programs put before the subject of an answer or a forwarded mail, in the languages that they are translated to.
_REPLY = re.compile(
    r"\s*(?:re|aw|sv|vs|vá|antw|res|ref|rif|odp|ynt|atb|bls|απ|σχετ|отв|ответ|השב|תגובה|回复|回覆|答复|答覆|返信|"
    r"fwd?|wg|tr|rv|vb|vl|pd|ilt|doorst|trs|πρθ|enc|转发|轉寄)"
    r"\s*(?:(?:\[\d+\]|\(\d+\))\s*)?[:\uff1a]",
    re.IGNORECASE,
)
#: What may be such a word as well, if a thread has the rest of the subject.
_LETTER = re.compile(r"\s*[^\W\d_]\s*[:\uff1a](?=\s*\S)")
#: What people put behind a subject that they have changed.
_WAS = re.compile(r"[(\[]was:? [^()\[\]]*[)\]]?\Z", re.IGNORECASE)
_TAG = re.compile(r"\s*\[([^\[\]]{0,80})\]")
_RELEASE = re.compile(r"\brelease", re.IGNORECASE)
#: A tag that most messages have is the list's own.
_MOST = 0.9
_ENOUGH = 5


def split_subject(subject: str) -> tuple[tuple[str, ...], str]:
    """Split a subject into its tags and its title: ``[a][b] Re: Words`` is ``(a, b)`` and ``Words``."""
    parts, title = _split(subject)
    return tuple(tag for tag in parts if tag), title


def _split(subject: str) -> tuple[list[str | None], str]:
    """Split a subject into the tags, None where it says that it is an answer, and the title."""
    parts: list[str | None] = []
    position = 0
    while True:
        if match := _REPLY.match(subject, position):
            parts.append(None)
        elif match := _TAG.match(subject, position):
            parts.append(" ".join(match[1].split()))
        else:
            return parts, subject[position:].strip()
        position = match.end()


def is_answer(subject: str) -> bool:
    """Return True if a subject says that the message answers another: ``Re:`` before the title, or among its tags."""
    return None in _split(subject)[0]


def key_of(subject: str) -> str:
    """Return what the subjects of a thread have in common: tags and title in lower case, without ``Re:``."""
    return next(keys_of(subject))


def keys_of(subject: str) -> Iterator[str]:
    """Return keys of the threads that a subject may belong to, the most likely one first.

    Gateways and mail programs put tags around ``Re:``, as in ``RE: [ext] Re: Words``. So an answer may belong to a
    thread without the tags between two of them, and to one without all tags before the last. A letter and a colon may
    be an answer too (``R:``).
    """
    parts, title = _split(subject)
    title = _WAS.sub("", title).strip() or title
    yield _key(parts, title)
    if None in parts:
        first, last = parts.index(None), len(parts) - 1 - parts[::-1].index(None)
        yield _key([*parts[:first], *parts[last:]], title)
        yield _key(parts[last:], title)
        parts = parts[last:]
    if match := _LETTER.match(title):
        yield _key(parts, title[match.end() :].strip())


def _key(parts: Iterable[str | None], title: str) -> str:
    return " ".join((*(tag for tag in parts if tag), title)).casefold()


def list_tags(subjects: Iterable[str]) -> frozenset[str]:
    """The tags that are a list's own, case folded: nearly all subjects begin with them."""
    firsts = Counter()  # type: Counter[str]
    number = 0
    for subject in subjects:
        number += 1
        tags, _ = split_subject(subject)
        if tags:
            firsts[tags[0].casefold()] += 1
    return frozenset(tag for tag, count in firsts.items() if number >= _ENOUGH and count >= _MOST * number)


def is_countdown(title: str) -> bool:
    """Whether a title announces the countdown to a release: ``Release countdown for week R-4``."""
    return COUNTDOWN.search(title) is not None and bool(WEEK.search(title) or _RELEASE.search(title))


def is_digest(title: str) -> bool:
    """Whether a title announces a digest: it has the word, and days."""
    return re.search(r"\bdigest\b", title, re.IGNORECASE) is not None and read_title(title).days is not None
