"""The kinds of note. An attribute with a :class:`.Key` is a key of the fragment format, declared here once."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from sphinxext.digest.model.event import Deadline, Deadlines, When
from sphinxext.digest.model.keys import Choice, Key, LabelledEnum, Type
from sphinxext.digest.model.messages import ENGLISH, N_, Messages
from sphinxext.digest.model.period import Period
from sphinxext.digest.model.values import Moment, Participants, Place, Text


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


class State(LabelledEnum):
    """The state of a thread's discussion."""

    OPEN = "open", N_("Open")
    CONTINUING = "continuing", N_("Continues")
    DONE = "done", N_("Decided")


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
    nick: Annotated[str | None, Key(Type.WORDS, "Who told it.")] = None
    thanks: Annotated[str | None, Key(Type.WORDS, "Whom it thanks.")] = None
    text: Annotated[Text, Key(Type.RST, "What succeeded.", is_line=True)]
    channel: Annotated[str | None, Key(Type.WORDS, "The channel it was told in.")] = None
    url: Annotated[str | None, Key(Type.URL, "The line in the channel's log.")] = None

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
    group: Annotated[str | None, Key(Type.WORDS, "The heading of the list; without it, “In Brief”.")] = None
    text: Annotated[Text, Key(Type.RST, "The line.", is_line=True)]
    url: Annotated[str | None, Key(Type.URL, "Where it leads.")] = None

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
    series: Annotated[str, Key(Type.WORDS, "The name of the series.")]
    week: Annotated[str | None, Key(Type.WEEK, "The week that it is about.")] = None
    focus: Annotated[Text | None, Key(Type.RST, "What teams should focus on.")] = None
    general: Annotated[Text | None, Key(Type.RST, "General information.")] = None
    actions: Annotated[Text | None, Key(Type.RST, "What has to be done.")] = None
    dates: Annotated[Text | None, Key(Type.RST, "Deadlines and dates that come.")] = None
    url: Annotated[str | None, Key(Type.URL, "The countdown as it was sent.")] = None

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
    title: Annotated[Text, Key(Type.TITLE, "The heading.")]
    url: Annotated[str | None, Key(Type.URL, "The full thread.")] = None
    state: Annotated[State, Key(Choice(State), "How far the discussion has come; “open” if nothing is said.")] = (
        State.OPEN
    )
    continues: Annotated[
        str | None, Key(Type.THREAD, "The earlier fragment with the part that this one continues.")
    ] = None
    continues_place: Place | None = None
    participants: Annotated[
        Participants | None, Key(Type.PARTICIPANTS, "Who wrote, and how many messages each of them.")
    ] = None
    summary: Annotated[Text | None, Key(Type.RST, "The summary.")] = None

    @property
    def label(self) -> str:
        """The title."""
        return self.title.first_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Story(Note):
    """Dated prose: an announcement, highlights of a committee, a piece of a newsletter, a blog post."""

    kind: ClassVar[Kind] = Kind.STORY
    title: Annotated[Text | None, Key(Type.TITLE, "The heading.")] = None
    author: Annotated[str | None, Key(Type.WORDS, "Who wrote it.")] = None
    group: Annotated[str | None, Key(Type.WORDS, "A heading that it shares with other stories.")] = None
    url: Annotated[str | None, Key(Type.URL, "Where the whole story is.")] = None
    text: Annotated[Text, Key(Type.RST, "The story.")]

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
    title: Annotated[Text, Key(Type.TITLE, "The name of the event.")]
    start: Annotated[When, Key(Type.WHEN, "The first day, or the time at which it begins.")]
    end: Annotated[
        When | None, Key(Type.WHEN, "The last day, or the time at which it ends; without it, it is of one day.")
    ] = None
    venue: Annotated[str | None, Key(Type.WORDS, "Where it is.", name="place")] = None
    online: Annotated[bool | None, Key(Type.FLAG, "``true`` if people can take part online.")] = None
    url: Annotated[str | None, Key(Type.URL, "The page of the event.")] = None
    deadlines: Annotated[
        Deadlines | None,
        Key(Type.DEADLINES, "Days by which something has to be done, such as to propose a talk."),
    ] = None
    text: Annotated[Text | None, Key(Type.RST, "More about it.")] = None

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
