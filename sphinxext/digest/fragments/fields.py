"""The fields of the fragment format, declared once: the reader, the JSON Schema and the reference come from here."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum

from sphinxext.digest.model import Closing, Countdown, Item, Note, Prelude, State, Story, Success, Text, Thread


class Type(Enum):
    """The type of a field's value. The member's value is its name in messages and in the reference."""

    RST = "reStructuredText"
    TITLE = "a line of reStructuredText"
    WORDS = "plain text"
    URL = "a URL"
    MOMENT = "a date, or a time as in RFC 3339"
    WEEK = "a week's label, such as R-17"
    THREAD = "an identity or a slug"
    PARTICIPANTS = "names with numbers of messages"


@dataclass(frozen=True)
class Choice:
    """The type of a field that has one of a few values: those of an enum, which pages show in their language."""

    values: type[StrEnum]

    @property
    def value(self) -> str:
        """The name of the type in messages and in the reference, as types of :class:`Type` have it."""
        return "one of " + ", ".join(self.values)

    def find(self, text: str) -> StrEnum | None:
        """Return the value that is written like this, or None."""
        return next((value for value in self.values if value == text), None)


@dataclass(frozen=True)
class Field:
    """A key of a note.

    ``is_line`` is set for reStructuredText that is inline markup where it is one line: see :meth:`.Text.as_line`.
    """

    name: str
    type: Type | Choice
    help: str
    required: bool = False
    is_line: bool = False


@dataclass(frozen=True)
class SectionFields:
    """A section of a fragment: the record that its notes become, and their keys.

    ``short`` is the key that a plain string in place of a mapping is read as, or None if there is no short form.
    """

    name: str
    note: type[Note]
    help: str
    short: str | None
    fields: dict[str, Field]

    def default_of(self, name: str) -> object:
        """Return the value of a field that a note does not give, as its record declares it; None if there is none."""
        default = next(field.default for field in dataclasses.fields(self.note) if field.name == name)
        return None if default is dataclasses.MISSING else default


URL_SCHEMES = ("http", "https", "mailto", "ircs", "matrix")

FRAGMENT_KEYS = {
    "date": "The default date of every note in the file.",
    "draft": "``true`` until a person has completed what a program drafted: the notes are checked, and shown nowhere.",
    "order": "A number: sections that have one are sorted by it, whatever their kinds.",
    "heading": "Plain text over the successes or the countdown of this file, in place of the usual heading.",
    "prelude": "reStructuredText for the beginning of the digest, before its first section.",
    "closing": "A list in reStructuredText that closes the successes, in place of the lines that the project has.",
}

#: The largest number that a fragment may have for its place in the digest.
MAX_ORDER = 9999

#: The keys of a fragment that are notes of one text each.
TEXT_NOTES: dict[str, type[Prelude | Closing]] = {"prelude": Prelude, "closing": Closing}


def _section(name: str, note: type[Note], text: str, short: str | None, *fields: Field) -> SectionFields:
    date = Field("date", Type.MOMENT, "When it happened; without it the fragment's date holds.")
    return SectionFields(name, note, text, short, {field.name: field for field in (*fields, date)})


SECTION_FIELDS: dict[str, SectionFields] = {
    section.name: section
    for section in (
        _section(
            "successes",
            Success,
            "Successes, as people tell them to SuccessBot.",
            "text",
            Field("nick", Type.WORDS, "Who told it."),
            Field("thanks", Type.WORDS, "Whom it thanks."),
            Field("text", Type.RST, "What succeeded.", required=True, is_line=True),
            Field("channel", Type.WORDS, "The channel it was told in."),
            Field("url", Type.URL, "The line in the channel's log."),
        ),
        _section(
            "items",
            Item,
            "Lines of short lists, each list under a heading of its own.",
            "text",
            Field("group", Type.WORDS, "The heading of the list; without it, “In Brief”."),
            Field("text", Type.RST, "The line.", required=True, is_line=True),
            Field("url", Type.URL, "Where it leads."),
        ),
        _section(
            "countdown",
            Countdown,
            "What matters in a week of a release cycle.",
            None,
            Field("series", Type.WORDS, "The name of the series.", required=True),
            Field("week", Type.WEEK, "The week that it is about."),
            Field("focus", Type.RST, "What teams should focus on."),
            Field("general", Type.RST, "General information."),
            Field("actions", Type.RST, "What has to be done."),
            Field("dates", Type.RST, "Deadlines and dates that come."),
            Field("url", Type.URL, "The countdown as it was sent."),
        ),
        _section(
            "threads",
            Thread,
            "Summaries of mailing-list threads.",
            "title",
            Field("title", Type.TITLE, "The heading.", required=True),
            Field("url", Type.URL, "The full thread."),
            Field("state", Choice(State), "How far the discussion has come; “open” if nothing is said."),
            Field("continues", Type.THREAD, "The earlier fragment with the part that this one continues."),
            Field("participants", Type.PARTICIPANTS, "Who wrote, and how many messages each of them."),
            Field("summary", Type.RST, "The summary."),
        ),
        _section(
            "stories",
            Story,
            "Dated prose: highlights of a committee, announcements, pieces of a newsletter, blog posts.",
            "text",
            Field("title", Type.TITLE, "The heading."),
            Field("author", Type.WORDS, "Who wrote it."),
            Field("group", Type.WORDS, "A heading that it shares with other stories."),
            Field("url", Type.URL, "Where the whole story is."),
            Field("text", Type.RST, "The story.", required=True),
        ),
    )
}

#: A prelude is a text and not a mapping; as a note it has one field.
_TEXT_FIELDS: dict[type[Note], tuple[Field, ...]] = {
    note: (Field("text", Type.RST, FRAGMENT_KEYS[name], required=True),) for name, note in TEXT_NOTES.items()
}

_SECTION_OF_NOTE = {section.note: section for section in SECTION_FIELDS.values()}


def section_of(kind: str) -> SectionFields:
    """Return the section for the notes of a kind, such as ``thread``."""
    return next(section for section in SECTION_FIELDS.values() if section.note.kind == kind)


def fields_of(note: Note) -> Iterator[tuple[Field, object]]:
    """Yield the fields that a note has, in the order of the format, with their values."""
    for field in _TEXT_FIELDS.get(type(note)) or _SECTION_OF_NOTE[type(note)].fields.values():
        value = getattr(note, field.name)
        if value is not None:
            yield field, value


def texts_of(note: Note) -> Iterator[tuple[Type, Text]]:
    """Yield the reStructuredText of a note, each text with its type, which tells titles from others."""
    for field, value in fields_of(note):
        if isinstance(value, Text) and isinstance(field.type, Type):
            yield field.type, value
