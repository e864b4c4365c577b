"""Subjects of mails: tags, titles, and what kind of mail they announce."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from sphinxext.digest.archive.titles import read_title
from sphinxext.digest.archive.words import COUNTDOWN, WEEK

#: What programs put before the subject of an answer, in the languages that mail programs are translated to.
_REPLY = re.compile(
    r"\s*(?:re|aw|sv|vs|antw|res|rif|fwd?|wg|tr|rv|enc|回复|答复|转发)\s*(?:\[\d+\]|\(\d+\))?\s*[:\uff1a]", re.I
)
_TAG = re.compile(r"\s*\[([^\[\]]{0,80})\]")
_RELEASE = re.compile(r"\brelease", re.IGNORECASE)
#: A tag that most messages have is the list's own.
_MOST = 0.9
_ENOUGH = 5


def split_subject(subject: str) -> tuple[tuple[str, ...], str]:
    """The tags at the beginning of a subject and its title: ``[a][b] Re: Words`` is ``(a, b)`` and ``Words``."""
    tags: list[str] = []
    rest = subject
    while True:
        if match := _REPLY.match(rest):
            rest = rest[match.end() :]
        elif match := _TAG.match(rest):
            tags.append(" ".join(match[1].split()))
            rest = rest[match.end() :]
        else:
            break
    return tuple(tag for tag in tags if tag), rest.strip()


def is_answer(subject: str) -> bool:
    """Whether a subject says that the message answers another: ``Re:`` before the title, after tags or before."""
    rest = subject
    while not (match := _REPLY.match(rest)):
        tag = _TAG.match(rest)
        if tag is None:
            return False
        rest = rest[tag.end() :]
    return bool(match)


def key_of(subject: str) -> str:
    """What the subjects of a thread have in common: tags and title, whatever their case, without ``Re:``."""
    tags, title = split_subject(subject)
    return " ".join((*tags, title)).casefold()


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
