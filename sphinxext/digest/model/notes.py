"""The kinds of note, as records with the fields of the fragment format, and the participants of a discussion."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sphinxext.digest.model.messages import ENGLISH, N_, Messages
from sphinxext.digest.model.text import Moment, Place, Text

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


class State(StrEnum):
    """The state of a thread's discussion. Pages show the values, so they are marked for translation."""

    OPEN = N_("open")
    CONTINUING = N_("continuing")
    DONE = N_("done")


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


#: The kinds that a fragment has a section for, in the order in which a digest shows them by default.
KINDS: tuple[type[Note], ...] = (Success, Item, Countdown, Thread, Story)
