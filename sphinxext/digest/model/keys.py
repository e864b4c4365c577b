"""The keys of notes: the types of their values, and the declaration of a key beside the attribute that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Self


class Type(Enum):
    """The type of a key's value. The member's value is its name in messages and in the reference."""

    RST = "reStructuredText"
    TITLE = "a line of reStructuredText"
    WORDS = "plain text"
    URL = "a URL"
    MOMENT = "a date, or a time as in RFC 3339"
    WEEK = "a week's label, such as R-17"
    THREAD = "an identity or a slug"
    PARTICIPANTS = "names with numbers of messages"
    WHEN = "a day, or a time with its zone"
    FLAG = "true or false"
    DEADLINES = "a list of deadlines, each with a title and a date"


class LabelledEnum(StrEnum):
    """The base of fixed lists of values: ``OPEN = "open", N_("Open")`` is written ``open``, and pages show *Open*.

    The ``label`` of a value is the word for readers; pages and mails translate it.
    """

    label: str

    def __new__(cls, value: str, label: str) -> Self:
        """Return the value with its label."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True)
class Choice:
    """The type of a key that has one of a few values: those of an enum."""

    values: type[LabelledEnum]

    @property
    def value(self) -> str:
        """The name of the type in messages and in the reference, as types of :class:`Type` have it."""
        return "one of " + ", ".join(self.values)

    def find(self, text: str) -> LabelledEnum | None:
        """Return the value that is written like this, or None."""
        return next((value for value in self.values if value == text), None)


@dataclass(frozen=True)
class Key:
    """The declaration of a key, in the annotation of the attribute of a record that holds its value.

    The key is required if the attribute has no default. ``is_line`` is set for reStructuredText that is inline markup
    where it is one line: see :meth:`.Text.as_line`. ``name`` is how fragments call it, if not as the attribute.
    """

    type: Type | Choice
    help: str
    is_line: bool = False
    name: str = ""
