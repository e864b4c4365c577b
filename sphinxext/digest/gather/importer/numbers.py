"""Find the number that a newsletter has in its front matter, its title, or the name of its file.

``This Week 567``, ``Weekly News #9``, ``News, issue number 55`` and ``TWN55.rst`` have one; the label of a week
(``R-17``, ``week 3``), a year, and a version (``0.8``) are none.
"""

from __future__ import annotations

import re
from pathlib import PurePath

from sphinxext.digest.fragments.fields import MAX_NUMBER
from sphinxext.digest.gather.importer import Post
from sphinxext.digest.gather.importer.titles import read_title, without_days

_NUMBER = r"(?P<number>[0-9]{1,5})(?![0-9]|\.[0-9])"
#: Words before what can only be the number of an issue; those of the second form are for whole volumes.
_MARKED = (
    re.compile(
        rf"(?:#|№|\b(?:issue|number|numero|no|nr|num|edition|ausgabe)\b\.?[ _-]?#?)[ _]?{_NUMBER}", re.IGNORECASE
    ),
    re.compile(r"\b(?P<number>[0-9]{1,5})(?:st|nd|rd|th) (?:issue|edition)\b", re.IGNORECASE),
    re.compile(rf"\bvol(?:ume)?\b\.? ?{_NUMBER}", re.IGNORECASE),
)
#: Words before a number that is not that of an issue.
_OTHERS = (
    r"(?:(?<!\bweek)|(?<=\bthis week)|(?<=\blast week))(?<!\bw)(?<!\bday)(?<!\bpart)(?<!\bversion)(?<!\bdot)"
    r"(?<!\bv)(?<!\br)(?<!\brc)"
)
#: At the end of a title, or before a dash or a colon of it: ``Weekly News 9: Skuas``.
_LAST = re.compile(rf"[^\W\d_]{_OTHERS} {_NUMBER}\Z", re.IGNORECASE)
_INSIDE = re.compile(
    rf"\b(?:news|weekly|monthly|digest|newsletter|week)\b [^:–—]{{0,80}}?\b{_NUMBER}(?::| [-–—|]) ", re.IGNORECASE
)
#: At the end of a file's name, or at its beginning.
_NAME_ENDS = re.compile(rf"(?:\A|[^\W\d_]{_OTHERS} ?){_NUMBER}\Z", re.IGNORECASE)
_NAME_BEGINS = re.compile(rf"\A{_NUMBER} (?=[^\W\d_])", re.IGNORECASE)
_YEARS = range(1970, 2100)
#: Words of titles of what is published in turn.
_PERIODICAL = re.compile(
    r"\b(?:digest|newsletter|news|weekly|monthly|week|month|highlights|summary|update|round-?up|recap|report)\b",
    re.IGNORECASE,
)
#: No title and no name is read beyond that.
_LONGEST = 300


def number_of(post: Post, *, is_alone: bool) -> int | None:
    """Return the number of a newsletter, or None if nothing says it.

    :param is_alone: True if the file has no other posts, so that its name can say the number.
    """
    title = post.title or ""
    if not (post.is_newsletter or title.startswith("#") or _PERIODICAL.search(title[:_LONGEST])):
        return None
    if post.number is not None:
        return post.number
    number = number_in_title(read_title(title).words)
    return number_in_name(PurePath(post.path).stem) if number is None and is_alone else number


def number_in_title(words: str) -> int | None:
    """Return the number that the words of a title have, without those of its days."""
    return _first(words[:_LONGEST], *_MARKED, _LAST, _INSIDE)


def number_in_name(stem: str) -> int | None:
    """Return the number that a file's name has."""
    words = re.sub("[ _-]+", " ", without_days(stem[-_LONGEST:])).strip(" .")
    return _first(words, *_MARKED, _NAME_ENDS, _NAME_BEGINS)


def read_number(text: str) -> int | None:
    """Return the number that a field says."""
    found = re.fullmatch(r"#?([0-9]{1,5})", text.strip())
    return _valid(found[1]) if found else None


def _first(text: str, *forms: re.Pattern[str]) -> int | None:
    found = (match for form in forms for match in form.finditer(text))
    return next((number for match in found if (number := _valid(match["number"])) is not None), None)


def _valid(digits: str) -> int | None:
    number = int(digits)
    is_year = len(digits) == 4 and number in _YEARS
    return number if 0 < number <= MAX_NUMBER and not is_year else None
