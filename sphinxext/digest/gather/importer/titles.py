"""Read the titles of digests, with their periods in any spelling, and recognise the parts of digests by words."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sphinxext.digest.model import Period
from sphinxext.digest.model.period import month_of

MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary|r)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?,?"
)
_DAY = r"(?:0?[1-9]|[12][0-9]|3[01])(?:st|nd|rd|th)?(?![0-9])"
_YEAR_BEFORE = r"[12][0-9]{3}"
_YEAR = r"(?:[12][0-9]{3})(?![0-9])"
_WEEK = r"(?:0?[1-9]|[1-4][0-9]|5[0-3])(?![0-9])"
_TO = r"\s*(?:-{1,2}|–|—|−|\bto\b|\bthrough\b|\bthru\b|\buntil\b|\btill\b|/)\s*"  # noqa: RUF001
_ISO = r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]"

#: The forms of a period; the groups are month, day and year of its first (1) and of its last day (2).
_PERIODS = [
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?P<iso1>{_ISO})(?:{_TO}|_|\s*/\s*)(?P<iso2>{_ISO})",
        rf"\b(?P<m1>{MONTH})\s*(?P<d1>{_DAY})(?:\s*,?\s*(?P<y1>{_YEAR}))?{_TO}"
        rf"(?:(?P<m2>{MONTH})\s*)?(?P<d2>{_DAY})(?:\s*,?\s*(?P<y2>{_YEAR}))?",
        rf"\b(?P<d1>{_DAY})\.?(?:\s+(?P<m1>{MONTH}))?(?:\s*(?P<y1>{_YEAR}))?{_TO}"
        rf"(?P<d2>{_DAY})\.?\s+(?P<m2>{MONTH})(?:\s*(?P<y2>{_YEAR}))?",
        rf"\b(?P<m2>{MONTH})\s*(?P<d2>{_DAY})\s*,?\s*(?P<y2>{_YEAR})",
        rf"\b(?P<d2>{_DAY})\.?\s+(?P<m2>{MONTH})\s*(?P<y2>{_YEAR})",
        rf"(?P<iso2>{_ISO})",
        rf"\b(?P<wy>{_YEAR_BEFORE})[- ]?W(?P<w>{_WEEK})",
        rf"\b(?:week|wk)\.?\s*#?(?P<w>{_WEEK})\s*(?:,|of|in|/|-)?\s*(?P<wy>{_YEAR})",
        rf"\b(?P<m2>{MONTH})\s*(?P<d2>{_DAY})(?!\s*(?:{_YEAR}|[0-9]))",
        rf"\b(?P<month>{MONTH})\s*(?:of\s*)?(?P<y2>{_YEAR})",
    )
]
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_TAGS = re.compile(r"\A(?:\s*\[[^\]]*\]|\s*(?:re|fwd?|aw):)+\s*", re.IGNORECASE)
#: A file's name or an address can say the days as well: ``2015-11-28_2015-12-04``, ``digest-20160422``.
_DAYS_IN_A_NAME = re.compile(r"(?<![0-9])([12][0-9]{3})(-?)(0[1-9]|1[0-2])\2(0[1-9]|[12][0-9]|3[01])(?![0-9])")
#: A digest covers no more days than that; what is longer has been misread.
_LONGEST = timedelta(days=100)
#: The longest time before its last day that a digest may have been sent.
_EARLY = timedelta(days=4)
#: The longest time between a digest's last day and the day of publication that supports the one in a file's name.
_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Title:
    """The parts of a title.

    ``words`` are those around the period, ``days`` the period as it is written or None. ``start`` and ``end`` are
    month, day and year, the year 0 where it is not said; for a single day they are equal.
    """

    words: str
    days: str | None = None
    start: tuple[int, int, int] = (0, 0, 0)
    end: tuple[int, int, int] = (0, 0, 0)

    @property
    def is_day(self) -> bool:
        """True if the title names one day, not a period."""
        return self.days is not None and self.start == self.end


def without_tags(subject: str) -> str:
    """Return a mail's subject without what lists and programs put before it: ``[openstack-dev]``, ``Re:``."""
    return _TAGS.sub("", " ".join(subject.split()))


def read_title(text: str) -> Title:
    """Read a title; see :class:`Title`. Of several periods the last one counts, and a period counts before a day."""
    text = without_tags(text)
    for form in _PERIODS:
        matches = list(form.finditer(text))
        if matches:
            match = matches[-1]
            words = f"{text[: match.start()]} {text[match.end() :]}"
            start, end = _days(match)
            return Title(_tidy(words), match[0].strip(), start, end)
    return Title(_tidy(text))


def period_of(title: Title, year: int | None, sent: date | None, hints: list[date]) -> Period | None:
    """Return the period of a title, or None if it cannot be known or does not exist.

    :param year: the year of the last day, where the user says it.
    :param sent: when the digest was sent or published: after its last day, or a few days earlier.
    :param hints: days out of the file's name and the digest's address.
    """
    if title.days is None:
        return Period(hints[0], hints[1]) if len(hints) > 1 and timedelta() <= hints[1] - hints[0] < _LONGEST else None
    title = _with_right_year(title, sent, hints) if year is None else title
    month, day, written = title.end
    candidates = [written or year or 0]
    if not candidates[0]:
        same = [hint.year for hint in hints if (hint.month, hint.day) == (month, day)]
        candidates = same or ([sent.year + 1, sent.year, sent.year - 1] if sent else [])
    for candidate in candidates:
        end = date_or_none(candidate, month, day)
        if end is None or (sent and not written and not year and end > sent + _EARLY):
            continue
        first = title.start
        start = date_or_none(
            first[2] or (candidate - 1 if first[:2] > (month, day) else candidate), first[0], first[1]
        )
        if start is not None and timedelta() <= end - start < _LONGEST:
            return Period(start, end)
    return None


def _with_right_year(title: Title, sent: date | None, hints: list[date]) -> Title:
    """Return a title with the year that the file's name and the day of publication agree on.

    In January people go on writing the year before.
    """
    month, day, written = title.end
    for hint in hints:
        is_same_day = (hint.month, hint.day) == (month, day) and abs(hint.year - written) == 1
        if is_same_day and sent is not None and abs(sent - hint) <= _SOON:
            first_month, first_day, first = title.start
            start = first_month, first_day, first + hint.year - written if first else 0
            return replace(title, start=start, end=(month, day, hint.year))
    return title


def days_in_name(name: str) -> list[date]:
    """Return the days that a file's name or an address says, in order."""
    found = (date_or_none(int(match[1]), int(match[3]), int(match[4])) for match in _DAYS_IN_A_NAME.finditer(name))
    return [day for day in found if day]


def without_days(name: str) -> str:
    """Return a file's name without the days that it says."""
    return _DAYS_IN_A_NAME.sub("", name)


def _days(match: re.Match[str]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    found = match.groupdict()
    if found.get("w"):
        week = Period(*_week(int(found["wy"]), int(found["w"])))
        return _parts(week.start), _parts(week.end)
    if found.get("month"):
        whole = month_of(date(int(found["y2"]), month_number(found["month"]), 1))
        return _parts(whole.start), _parts(whole.end)
    if iso := found.get("iso2"):
        end = _iso(iso)
        return (_iso(found["iso1"]) if found.get("iso1") else end), end
    month = month_number(found["m2"] or found["m1"])
    end = month, _number(found["d2"]), int(found.get("y2") or 0)
    if found.get("d1") is None:
        return end, end
    return (month_number(found["m1"] or found["m2"]), _number(found["d1"]), int(found.get("y1") or 0)), end


def _week(year: int, week: int) -> tuple[date, date]:
    """Return the Monday and the Sunday of a week of ISO 8601; in a year of 52 weeks the last stands for the 53rd."""
    try:
        return date.fromisocalendar(year, week, 1), date.fromisocalendar(year, week, 7)
    except ValueError:
        return date.fromisocalendar(year, week - 1, 1), date.fromisocalendar(year, week - 1, 7)


def _parts(day: date) -> tuple[int, int, int]:
    return day.month, day.day, day.year


def _iso(text: str) -> tuple[int, int, int]:
    year, month, day = text.split("-")
    return int(month), int(day), int(year)


def month_number(word: str) -> int:
    """Return the number of a month, of whose name at least three letters are there."""
    return _MONTHS.index(word[:3].lower()) + 1


def _number(word: str) -> int:
    return int(re.sub(r"[^0-9]", "", word))


def date_or_none(year: int, month: int, day: int) -> date | None:
    """Return a day, or None if there is no such day."""
    try:
        return date(year, month, day) if 1970 <= year < 3000 else None
    except ValueError:
        return None


def _tidy(words: str) -> str:
    """Words without the brackets and dashes that surrounded the period."""
    words = re.sub(r"\(\s*\)|\[\s*\]", " ", words)
    return " ".join(words.split()).strip(" -–—:,;|(/").strip()


#: The heading of the successes.
SUCCESSES = re.compile(r"(?:\b\w+ )?success\s?bot\b|successes:?\Z|#success\b", re.IGNORECASE)
#: Lines that close the successes.
CLOSER = re.compile(
    r"tell us yours\b.*|(?:more|all) (?:of the )?successes\b.{0,200}|all(?:: ?\S+)?|more|see all\b.{0,100}",
    re.IGNORECASE,
)
COUNTDOWN = re.compile(r"\bcount\s?down\b", re.IGNORECASE)
#: The label of a week: the number of weeks before the release.
WEEK = re.compile(r"\bR\s?(?P<sign>[-+–−])\s?(?P<weeks>\d{1,2})\b")  # noqa: RUF001
#: The line that leads to the whole thread.
FULL_THREAD = re.compile(
    # nothing is given back, since addresses without spaces between them could be taken apart in any way
    r"\s*+(?:the )?full\s++(?:mailing list )?(?:threads?|discussion)"
    r"(?:\s++(?:is|are|can|be|here|at|in|read|found|available|on|the|list|archives?))*+\s*+[:.–-]?+\s*+"
    r"(?:(?:<?https?://\S++|\[\d++\]|\[?link\]?)\s*+(?:,|and|&)?+\s*+){0,20}+\.?\s*+\Z",
    re.IGNORECASE,
)
#: The form of that line that a report prints for the URL of a thread.
CANONICAL_FULL_THREAD = re.compile(r"Full thread: (\S+)")
#: The words by which a text refers to an earlier digest.
PREVIOUS = re.compile(r"\b(?:previous|last|earlier|prior)\b[\w\s’'-]{0,40}\Z", re.IGNORECASE)
#: "nick: text", the nick being one word.
NICK = re.compile(r"(?P<nick>[^\s:]{1,40}):\s+(?=\S)")
#: The labels of a countdown's parts by the fields of the note, as reports print them, and other spellings.
LABELS = {"focus": "Focus", "general": "General Notes", "actions": "Release Actions", "dates": "Important Dates"}
OTHER_LABELS = {
    "focus": re.compile(r"(?:development )?focus", re.IGNORECASE),
    "general": re.compile(r"general (?:notes|information|info)", re.IGNORECASE),
    "actions": re.compile(r"(?:release )?actions", re.IGNORECASE),
    "dates": re.compile(r"(?:important dates|upcoming deadlines (?:&|and) dates)", re.IGNORECASE),
}
