"""The kinds of note, with the fields of the fragment format, and what these hold: texts with their places, moments."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import ClassVar

from sphinxext.digest.model.event import Deadline, Deadlines, When
from sphinxext.digest.model.messages import ENGLISH, N_, Messages
from sphinxext.digest.model.period import Period

#: What no text may have: control characters but tabs and line feeds, what only some programs take for a line end, and
#: what is no character. YAML itself refuses most of them, but not their escapes in double quotes.
REFUSED_CHARACTER = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column of a file, both counted from 1; columns count characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Text:
    """The reStructuredText of a field, without empty lines at its ends.

    ``line`` and ``column`` say where the value begins in the file. Where the lines of the value do not simply follow
    each other, as in folded and quoted scalars, ``lines`` names the file's line for each of them; where they do not
    all begin at the same column, ``columns`` names that. Both are empty otherwise. ``is_line`` is set where the text
    is one line of inline markup, whatever it begins with.
    """

    value: str
    line: int
    column: int
    lines: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()
    is_line: bool = False

    def as_line(self) -> Text:
        """Return the text as inline markup if it is one line, and not a directive or another of reST's ``..`` blocks.

        In a line such as a success, "M. Curie joins" is a name and not the thirteenth item of a list.
        """
        return self if "\n" in self.value or self.value.startswith(".. ") else replace(self, is_line=True)

    def line_of(self, index: int) -> int:
        """Return the file's line (from 1) for line ``index`` (from 0) of the value."""
        if self.lines:
            return self.lines[max(0, min(index, len(self.lines) - 1))]
        return self.line + index

    def column_of(self, index: int) -> int:
        """Return the file's column (from 1) at which line ``index`` (from 0) of the value begins."""
        lines = _lines_of(self.value)
        index = max(0, min(index, len(lines) - 1))
        return self._margin(index) + len(lines[index]) - len(lines[index].lstrip())

    def cut(self, start: int) -> Text:
        """Return the text from character ``start`` on, which begins a word."""
        first = self.value.count("\n", 0, start)
        offset = start - (self.value.rfind("\n", 0, start) + 1)
        margins = [self._margin(index) for index in range(first, self.value.count("\n") + 1)]
        margins[0] += offset
        columns = tuple(margins) if len(set(margins)) > 1 else ()
        return Text(self.value[start:], self.line_of(first), margins[0], self.lines[first:], columns)

    def _margin(self, index: int) -> int:
        return self.columns[min(index, len(self.columns) - 1)] if self.columns else self.column

    @property
    def first_line(self) -> str:
        """The first line of the value, for lists and messages."""
        return self.value.split("\n", 1)[0].strip()


@lru_cache(maxsize=8)
def _lines_of(value: str) -> list[str]:
    """Return the lines of a text, cached because every problem in it needs them."""
    return value.split("\n")


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time in UTC where it is known."""

    day: date
    time: datetime | None = None

    def is_after(self, other: Moment) -> bool:
        """Return True if it is certainly later than another moment; on one day only times decide."""
        if self.time and other.time:
            return self.time > other.time
        return self.day > other.day

    @property
    def rfc3339(self) -> str:
        """The time in UTC as of RFC 3339; a day without a time begins at midnight."""
        return str(self) if self.time else f"{self.day.isoformat()}T00:00:00Z"

    def __str__(self) -> str:
        return self.time.strftime("%Y-%m-%dT%H:%M:%SZ") if self.time else self.day.isoformat()


#: Maximum length of a name; keys of YAML may not be much longer.
MAX_NAME = 100
#: Maximum number of messages of one person.
MAX_MESSAGES = 99_999

_LINE = re.compile(r"(?P<name>\S(?:[^\n]*\S)?): (?P<number>[1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True)
class Participants:
    """Names, in the order in which they were given, each with the number of messages that the person wrote.

    As a string it has one line to a person, ``name: number``, for records whose values are texts.
    """

    counts: tuple[tuple[str, int], ...]

    @classmethod
    def of_text(cls, text: str) -> Participants | None:
        """Parse a string of this form, or return None if a line is malformed or a name is duplicate."""
        found: dict[str, int] = {}
        for line in text.strip().split("\n"):
            match = _LINE.fullmatch(line)
            if match is None or match["name"] in found or len(match["name"]) > MAX_NAME:
                return None
            found[match["name"]] = int(match["number"])
        return cls(tuple(found.items()))

    @property
    def messages(self) -> int:
        """The total number of messages."""
        return sum(number for _name, number in self.counts)

    @property
    def by_number(self) -> tuple[tuple[str, int], ...]:
        """Return the participants, those who wrote most first; ties keep their order."""
        return tuple(sorted(self.counts, key=lambda count: -count[1]))

    def __str__(self) -> str:
        return "\n".join(f"{name}: {number}" for name, number in self.counts)


class Kind(StrEnum):
    """A kind of note, as objects, anchors and commands call it."""

    PRELUDE = "prelude"
    CLOSING = "closing"
    SUCCESS = "success"
    ITEM = "item"
    COUNTDOWN = "countdown"
    RELEASE = "release"
    """No note of a fragment: the section of versions that were released, and the places of their release notes."""
    THREAD = "thread"
    STORY = "story"
    EVENT = "event"


#: The mark in the title of a thread that an earlier digest has already.
CONTINUING = re.compile(
    r"(?<!\s)\s*+[(\[](?:cont(?:inu(?:ed|ing|ation))?|cont'd|update|part \w+)\.?[)\]]", re.IGNORECASE
)


class State(StrEnum):
    """The state of a thread's discussion."""

    OPEN = "open"
    CONTINUING = "continuing"
    DONE = "done"

    @property
    def label(self) -> str:
        """The word for it that readers see."""
        return _STATE_LABELS[self]


_STATE_LABELS = {State.OPEN: N_("Open"), State.CONTINUING: N_("Continues"), State.DONE: N_("Decided")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(ABC):
    """The base of all kinds of note.

    ``index`` counts the notes of one kind in a fragment from 1; ``date`` is the note's own, if it has one. ``page`` is
    where another project shows its note.
    """

    kind: ClassVar[Kind]
    place: Place
    index: int = 1
    date: Moment | None = None
    page: str | None = None

    @property
    @abstractmethod
    def label(self) -> str:
        """One line of plain text for lists of notes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prelude(Note):
    """The introduction of a digest, before its first section."""

    kind: ClassVar[Kind] = Kind.PRELUDE
    text: Text

    @property
    def label(self) -> str:
        """The first line of the text."""
        return self.text.first_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing(Note):
    """The lines that close the successes of a digest, in place of those that the project has for all of them."""

    kind: ClassVar[Kind] = Kind.CLOSING
    text: Text

    @property
    def label(self) -> str:
        """The first line of the text."""
        return self.text.first_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Success(Note):
    """A success that somebody told SuccessBot; ``thanks`` names whom it thanks, if it is thanks."""

    kind: ClassVar[Kind] = Kind.SUCCESS
    text: Text
    nick: str | None = None
    thanks: str | None = None
    channel: str | None = None
    url: str | None = None

    @property
    def label(self) -> str:
        """``nick: text``, ``nick thanks whom: text``, or the text alone."""
        return f"{''.join(self.lead)}: {self.text.first_line}" if self.lead else self.text.first_line

    @property
    def lead(self) -> tuple[str, ...]:
        """The parts before the text and its colon, if any: words and names in turn."""
        return self.lead_in(ENGLISH)

    def lead_in(self, messages: Messages) -> tuple[str, ...]:
        """Return the lead in another language."""
        if self.thanks is None:
            return ("", self.nick) if self.nick else ()
        pattern = messages.gettext("{nick} thanks {whom}") if self.nick else messages.gettext("Thanks to {whom}")
        parts = re.split(r"\{(nick|whom)\}", pattern)
        parts[1::2] = [(self.nick or "") if name == "nick" else self.thanks for name in parts[1::2]]
        return tuple(parts if parts[-1] else parts[:-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Note):
    """One line of a short list under a heading of its own, the group."""

    kind: ClassVar[Kind] = Kind.ITEM
    text: Text
    group: str | None = None
    url: str | None = None

    @property
    def label(self) -> str:
        """The first line of the text, after the group."""
        return f"{self.group}: {self.text.first_line}" if self.group else self.text.first_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Countdown(Note):
    """A release countdown: the news of one week of a release cycle.

    ``week`` is the week's label, such as ``R-17``: so many weeks before the week of the release.
    """

    kind: ClassVar[Kind] = Kind.COUNTDOWN
    series: str
    week: str | None = None
    focus: Text | None = None
    general: Text | None = None
    actions: Text | None = None
    dates: Text | None = None
    url: str | None = None

    @property
    def label(self) -> str:
        """The series and the week."""
        return f"{self.series} {self.week}" if self.week else self.series


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread(Note):
    """The summary of a mailing-list thread.

    ``url`` leads to the full thread; ``continues`` is the identity or slug of the fragment with the earlier part.
    """

    kind: ClassVar[Kind] = Kind.THREAD
    title: Text
    url: str | None = None
    state: State = State.OPEN
    continues: str | None = None
    continues_place: Place | None = None
    participants: Participants | None = None
    summary: Text | None = None

    @property
    def label(self) -> str:
        """The title."""
        return self.title.first_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Story(Note):
    """Dated prose: an announcement, highlights of a committee, a piece of a newsletter, a blog post."""

    kind: ClassVar[Kind] = Kind.STORY
    text: Text
    title: Text | None = None
    author: str | None = None
    group: str | None = None
    url: str | None = None

    @property
    def label(self) -> str:
        """The title, or the first line of the text."""
        return (self.title or self.text).first_line


@dataclass(frozen=True, slots=True, kw_only=True)
class EventNote(Note):
    """An event that comes. Digests show it from the note's date on, until it is over.

    ``end`` is the last day, or the time at which it ends. Where it is, ``place`` in fragments, is the ``venue``.
    """

    kind: ClassVar[Kind] = Kind.EVENT
    title: Text
    start: When
    end: When | None = None
    venue: str | None = None
    online: bool | None = None
    url: str | None = None
    deadlines: Deadlines | None = None
    text: Text | None = None

    @property
    def label(self) -> str:
        """The title."""
        return self.title.first_line

    @property
    def last_day(self) -> date:
        """The day after which it is over."""
        return (self.end or self.start).day

    @property
    def days(self) -> Period:
        """All days that it takes."""
        return Period(self.start.day, self.last_day)

    def deadlines_from(self, day: date) -> tuple[Deadline, ...]:
        """Return the deadlines that are not over on a day."""
        return tuple(one for one in self.deadlines.days if one.day >= day) if self.deadlines else ()


#: The kinds that a fragment has a section for, in the order in which a digest shows them by default.
KINDS: tuple[type[Note], ...] = (Success, Item, Countdown, Thread, Story, EventNote)
