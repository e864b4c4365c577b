"""The words by which parts of a digest are known."""

from __future__ import annotations

import re

#: The heading of the successes.
SUCCESSES = re.compile(r"(?:\b\w+ )?success\s?bot\b|successes:?\Z|#success\b", re.IGNORECASE)
#: Lines that close the successes.
CLOSER = re.compile(
    r"tell us yours\b.*|(?:more|all) (?:of the )?successes\b.{0,200}|all(?:: ?\S+)?|more|see all\b.{0,100}",
    re.IGNORECASE,
)
COUNTDOWN = re.compile(r"\bcount\s?down\b", re.IGNORECASE)
#: The label of a week: so many before the week of the release.
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
#: What marks the title of a thread that an earlier digest had already.
CONTINUING = re.compile(
    r"(?<!\s)\s*+[(\[](?:cont(?:inu(?:ed|ing|ation))?|cont'd|update|part \w+)\.?[)\]]", re.IGNORECASE
)
#: How a text refers to an earlier digest.
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
