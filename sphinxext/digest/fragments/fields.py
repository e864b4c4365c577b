"""The fragment format: its sections, with the keys that records of ``model/notes.py`` declare, and values of keys.

The reader, the JSON Schema, ``new`` and the reference follow it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import get_type_hints

from yaml.nodes import MappingNode, Node, ScalarNode

from sphinxext.digest.model import (
    REFUSED_CHARACTER,
    Closing,
    Countdown,
    EventNote,
    Item,
    Moment,
    Note,
    Participants,
    Prelude,
    Story,
    Success,
    Text,
    Thread,
)
from sphinxext.digest.model.keys import Choice, Key, Type
from sphinxext.digest.model.period import PeriodError, check_year
from sphinxext.digest.model.values import MAX_MESSAGES, MAX_NAME
from sphinxext.digest.problems import Code
from sphinxext.digest.text import split_url
from sphinxext.digest.yaml import is_string
from sphinxext.digest.yaml.reader import NodeReader


@dataclass(frozen=True)
class Field:
    """A key of a note, as :class:`.Key` declares it.

    ``attribute`` is the attribute of the record that holds the value; mostly it is called like the key.
    """

    name: str
    type: Type | Choice
    help: str
    required: bool
    is_line: bool
    attribute: str


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

    @property
    def texts(self) -> tuple[str, ...]:
        """The keys of which a note needs one, since no required key says what it is about; empty for most kinds."""
        if any(field.required and field.type in (Type.RST, Type.TITLE) for field in self.fields.values()):
            return ()
        return tuple(field.name for field in self.fields.values() if field.type is Type.RST)

    def default_of(self, name: str) -> object:
        """Return the value of a field that a note does not give, as its record declares it; None if there is none."""
        attribute = self.fields[name].attribute
        default = next(field.default for field in dataclasses.fields(self.note) if field.name == attribute)
        return None if default is dataclasses.MISSING else default


URL_SCHEMES = ("http", "https", "mailto", "ircs", "matrix")

FRAGMENT_KEYS = {
    "date": "The default date of every note in the file.",
    "draft": "``true`` until a person has completed what a program drafted: the notes are checked, and shown nowhere.",
    "number": "The number of the digest that has these notes: later digests count on from it.",
    "order": "A number: sections that have one are sorted by it, whatever their kinds.",
    "heading": "Plain text over the successes or the countdown of this file, in place of the usual heading.",
    "prelude": "reStructuredText for the beginning of the digest, before its first section.",
    "closing": "A list in reStructuredText that closes the successes, in place of the lines that the project has.",
}

#: The largest number that a fragment may have for its place in the digest.
MAX_ORDER = 9999

#: The largest number of a digest.
MAX_NUMBER = 99999

#: The keys of a fragment that are notes of one text each.
TEXT_NOTES: dict[str, type[Prelude | Closing]] = {"prelude": Prelude, "closing": Closing}


#: The key that every section has, last.
_DATE = Key(Type.MOMENT, "When it happened; without it the fragment's date holds.")


def _field(key: Key, attribute: str, *, required: bool) -> Field:
    return Field(key.name or attribute, key.type, key.help, required, key.is_line, attribute)


def _section(name: str, note: type[Note], text: str, short: str | None, date: Key = _DATE) -> SectionFields:
    """Return a section with the keys that its record declares, in their order, and the date."""
    hints = get_type_hints(note, include_extras=True)
    found = [
        _field(key, attribute.name, required=attribute.default is dataclasses.MISSING)
        for attribute in dataclasses.fields(note)
        for key in getattr(hints[attribute.name], "__metadata__", ())
    ]
    found.append(_field(date, "date", required=False))
    return SectionFields(name, note, text, short, {field.name: field for field in found})


#: The sections with the record of each; the keys are declared in the records.
SECTION_FIELDS: dict[str, SectionFields] = {
    section.name: section
    for section in (
        _section("successes", Success, "Successes, as people tell them to SuccessBot.", "text"),
        _section("items", Item, "Lines of short lists, each list under a heading of its own.", "text"),
        _section("countdown", Countdown, "What matters in a week of a release cycle.", None),
        _section("threads", Thread, "Summaries of mailing-list threads.", "title"),
        _section(
            "stories",
            Story,
            "Dated prose: highlights of a committee, announcements, pieces of a newsletter, blog posts.",
            "text",
        ),
        _section(
            "events",
            EventNote,
            "Events that come: each digest shows them until they are over.",
            None,
            Key(
                Type.MOMENT,
                "When it was announced: digests show it from then on. Without it the fragment's date holds.",
            ),
        ),
    )
}

#: A prelude is a text and not a mapping; as a note it has one field.
_TEXT_FIELDS: dict[type[Note], tuple[Field, ...]] = {
    note: (_field(Key(Type.RST, FRAGMENT_KEYS[name]), "text", required=True),) for name, note in TEXT_NOTES.items()
}

_SECTION_OF_NOTE = {section.note: section for section in SECTION_FIELDS.values()}


def section_of(kind: str) -> SectionFields:
    """Return the section for the notes of a kind, such as ``thread``."""
    return next(section for section in SECTION_FIELDS.values() if section.note.kind == kind)


def fields_of(note: Note) -> Iterator[tuple[Field, object]]:
    """Yield the fields that a note has, in the order of the format, with their values."""
    for field in _TEXT_FIELDS.get(type(note)) or _SECTION_OF_NOTE[type(note)].fields.values():
        value = getattr(note, field.attribute)
        if value is not None:
            yield field, value


def value_for_json(value: object) -> object:
    """Return a value of a field as records for other programs have it: a text, or true or false."""
    if isinstance(value, Text):
        return value.value
    return value if isinstance(value, bool) else str(value)


def texts_of(note: Note) -> Iterator[tuple[Type, Text]]:
    """Yield the reStructuredText of a note, each text with its type, which tells titles from others."""
    for field, value in fields_of(note):
        if isinstance(value, Text) and isinstance(field.type, Type):
            yield field.type, value


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[Tt]| +)(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
    r"\s*(?:[Zz]|[-+](?:[01]\d|2[0-3]):?[0-5]\d)?",
    re.ASCII,
)
#: What may stand in a URL: neither what breaks it nor what no text of a fragment may have.
_URL_CHARACTER = r"[^\s\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff<>\"]"
_URL_CHARACTERS = re.compile(f"{_URL_CHARACTER}+")


#: What most URLs look like, so that they need no closer look.
_COMMON_URL = re.compile(rf"https?://[A-Za-z0-9.-]+(?:/{_URL_CHARACTER}*)?")


class ValueProblem(ValueError):
    """An invalid value; the message says why."""


@lru_cache(maxsize=1024)
def read_moment(value: str) -> Moment:
    """Read ``YYYY-MM-DD`` or a time as in RFC 3339; a time without an offset is UTC.

    :raises ValueProblem: if it is neither, or there is no such day or time.
    """
    try:
        if _DAY.fullmatch(value):
            day = date.fromisoformat(value)
            check_year(day)
            return Moment(day)
        if _TIME.fullmatch(value):
            compact = re.sub(r"\s+(?=[-+Zz])", "", value).upper()
            time = datetime.fromisoformat(re.sub(r"\s+", "T", compact))
            time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
            check_year(time.date())
            return Moment(time.date(), time)
    except PeriodError as error:
        raise ValueProblem(f"'{value}' is not a date of a digest: {error}") from None
    except (ValueError, OverflowError):
        raise ValueProblem(f"there is no such date as '{value}'") from None
    raise ValueProblem(f"'{value}' is not a date: write 2015-12-02 or 2015-12-02T14:05:00Z")


def check_url(value: str) -> str:
    """Return the URL itself, if it is absolute, without white space, and of one of the allowed schemes.

    :raises ValueProblem: if it is not.
    """
    if _COMMON_URL.fullmatch(value):
        return value
    parts = split_url(value)
    if parts is None:
        raise ValueProblem(f"'{value}' is not a URL: its host cannot be read")
    host = parts.hostname
    if not _URL_CHARACTERS.fullmatch(value):
        raise ValueProblem(f"'{value}' is not a URL: it has characters that a URL cannot have")
    if parts.scheme.lower() not in URL_SCHEMES:
        raise ValueProblem(f"'{value}' is not a URL of one of the schemes {', '.join(URL_SCHEMES)}")
    if not host and parts.scheme.lower() in ("http", "https", "ircs"):
        raise ValueProblem(f"'{value}' is not a URL: it names no host")
    if not host and not parts.path:
        raise ValueProblem(f"'{value}' is not a URL: it names nothing")
    return value


_NUMBER = re.compile("[1-9][0-9]{0,4}")


def read_participants(reader: NodeReader, node: Node, field: str) -> Participants | None:
    """Read the names and numbers of a node, or report all that is wrong with it and return None."""
    if reader.refuse_tag(node):
        return None
    if not isinstance(node, MappingNode):
        message = f"'{field}' must be names, each with the number of its messages: 'NAME: 3'"
        reader.complain(node, Code.WRONG_TYPE, message)
        return None
    before = len(reader.problems)
    if not node.value:
        reader.complain(node, Code.EMPTY_TEXT, f"'{field}' is empty")
    found: dict[str, int] = {}
    for key, node_of_name, value in reader.pairs(node):
        name = key.strip()
        if complaint := _complaint(name, node_of_name):
            reader.complain(node_of_name, *complaint)
        elif name in found:
            reader.complain(node_of_name, Code.DUPLICATE_KEY, f"duplicate name '{name}'")
        elif reader.refuse_tag(value):
            pass
        elif not isinstance(value, ScalarNode) or value.style or not _NUMBER.fullmatch(value.value):
            message = f"the number of messages must be a whole number from 1 to {MAX_MESSAGES}"
            reader.complain(value, Code.WRONG_TYPE, message)
        else:
            found[name] = int(value.value)
    return Participants(tuple(found.items())) if len(reader.problems) == before else None


def _complaint(name: str, node: Node) -> tuple[Code, str] | None:
    """Return what is wrong with a name."""
    if not name:
        return Code.EMPTY_TEXT, "a name is empty"
    if not is_string(node):
        return Code.WRONG_TYPE, f"a name must be plain text, but YAML reads {name} as another type: put it in quotes"
    if "\n" in name or "\t" in name:
        return Code.BAD_VALUE, "a name must be one line of plain text"
    if refused := REFUSED_CHARACTER.search(name):
        return Code.BAD_VALUE, f"a name has the character U+{ord(refused[0]):04X}, which no text may"
    if len(name) > MAX_NAME:
        return Code.BAD_VALUE, f"a name has more than {MAX_NAME} characters"
    return None
