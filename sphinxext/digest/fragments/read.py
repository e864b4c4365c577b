"""Read one fragment: bytes to a record, and every problem on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.fragments.events import read_deadlines, read_when
from sphinxext.digest.fragments.fields import (
    FRAGMENT_KEYS,
    MAX_NUMBER,
    MAX_ORDER,
    SECTION_FIELDS,
    TEXT_NOTES,
    Field,
    SectionFields,
    ValueProblem,
    check_url,
    read_moment,
    read_participants,
    texts_of,
)
from sphinxext.digest.model import (
    REFUSED_CHARACTER,
    Deadlines,
    Fragment,
    Moment,
    Note,
    Participants,
    Place,
    Success,
    Text,
    When,
    split_name,
)
from sphinxext.digest.model.keys import Choice, Type
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.yaml import MAX_BYTES, compose, decode, is_string, place_of, report_cut_values
from sphinxext.digest.yaml.reader import NodeReader, read_text

_WEEK = re.compile(r"R[-+][0-9]{1,2}")
_WHOLE = re.compile(r"0|[1-9][0-9]{0,4}")
#: The short form of a success: ``nick: text``.
SHORT_SUCCESS = re.compile(r"(?P<nick>[^\s:]+):\s+(?P<text>\S.*)", re.DOTALL)
_FLAGS = {"true": True, "false": False}
#: The problems of values; those of other types are :attr:`.Code.BAD_VALUE`.
_CODES: dict[Type | Choice, Code] = {
    Type.MOMENT: Code.BAD_DATE,
    Type.WHEN: Code.BAD_DATE,
    Type.URL: Code.BAD_URL,
}
#: The readers of values that are lists or mappings; they return None after a problem.
_READERS: dict[Type | Choice, Callable[[NodeReader, Node, str], Participants | Deadlines | None]] = {
    Type.PARTICIPANTS: read_participants,
    Type.DEADLINES: read_deadlines,
}
#: The value of a field; None stands for one that was refused.
Value = Text | Moment | When | Participants | Deadlines | StrEnum | str | bool


def read_fragment(
    data: bytes, path: str, stem: str, left_out: list[tuple[Type, Text]] | None = None
) -> tuple[Fragment | None, list[Problem]]:
    """Read the bytes of a file.

    What is sound is kept: a note with a problem is left out, the others stay. The fragment is None when nothing of
    the file can be used.

    :param path: how problems name the file.
    :param stem: the file's name without its suffix.
    :param left_out: is given the sound texts of notes that are left out, so that these can be checked all the same.
    """
    problems: list[Problem] = []
    name = split_name(stem)
    if name is None:
        message = "the name must end in '-' and 16 hexadecimal digits, the fragment's identity"
        problems.append(Problem(path, 0, 0, Code.FILE_NAME, message))
    text = decode(data, path, problems)
    if text is None:
        return None, problems
    before = len(problems)
    root = compose(text, path, problems)
    if root is None:
        if len(problems) == before:
            problems.append(Problem(path, 1, 1, Code.EMPTY, "there is nothing in the file"))
        return None, problems
    report_cut_values(root, text, path, problems)
    reader = _Reader(path, text, problems)
    reader.read_root(root)
    if left_out is not None:
        left_out += reader.left_out
    if name is None:
        if left_out is not None:
            left_out += [text for note in reader.notes for text in texts_of(note)]
        return None, problems
    slug, identity = name
    checksum = blake2b(data, digest_size=16).digest()
    notes = tuple(reader.notes)
    return (
        Fragment(
            path,
            identity,
            slug,
            checksum,
            reader.date,
            notes,
            reader.order,
            reader.heading,
            reader.draft,
            number=reader.number,
            number_place=reader.number_place,
        ),
        problems,
    )


class _Reader(NodeReader):
    """Walks the nodes of one file and collects notes and problems."""

    def __init__(self, path: str, source: str, problems: list[Problem]) -> None:
        super().__init__(path, problems, source)
        self.notes: list[Note] = []
        self.left_out: list[tuple[Type, Text]] = []
        self.date: Moment | None = None
        self.order: int | None = None
        self.number: int | None = None
        self.number_place: Place | None = None
        self.heading: str | None = None
        self.draft = False
        self.budget = MAX_BYTES
        # of the characters that no text may have, YAML itself refuses those of ASCII
        self.has_refused = not source.isascii() and REFUSED_CHARACTER.search(source) is not None

    def read_root(self, root: Node) -> None:
        if not isinstance(root, MappingNode):
            self.complain(root, Code.WRONG_TYPE, "a fragment must be a mapping of sections")
            return
        self.refuse_tag(root)
        before = len(self.problems)
        undated = False
        for name, key, node in self.pairs(root):
            if name in SECTION_FIELDS:
                self.read_section(SECTION_FIELDS[name], node)
            elif name == "date":
                date = self.read_scalar(node, Type.MOMENT, "date")
                self.date, undated = date if isinstance(date, Moment) else None, date is None
            elif name in FRAGMENT_KEYS:
                self.read_key(name, key, node)
            else:
                self.unknown_key(key, "a fragment", (*FRAGMENT_KEYS, *SECTION_FIELDS))
        if undated:
            self.leave_out_undated()
        if not self.notes and len(self.problems) == before:
            self.complain(root, Code.EMPTY, "there is no note in the file")

    def read_key(self, name: str, key: Node, node: Node) -> None:
        """Read what is said about the whole file, and the notes that are texts."""
        if name == "order":
            self.order = self.read_whole(node, name, range(MAX_ORDER + 1))
            return
        if name == "number":
            self.number, self.number_place = self.read_whole(node, name, range(1, MAX_NUMBER + 1)), place_of(node)
            return
        if name == "draft":
            self.draft = self.read_draft(node)
            return
        value = self.read_scalar(node, Type.RST if name in TEXT_NOTES else Type.WORDS, name)
        if isinstance(value, Text):
            self.notes.append(TEXT_NOTES[name](place=place_of(key), text=value))
        elif isinstance(value, str):
            self.heading = value

    def read_whole(self, node: Node, name: str, allowed: range) -> int | None:
        """Return a whole number, or None after a problem."""
        if isinstance(node, ScalarNode) and self.refuse_tag(node):
            return None
        if isinstance(node, ScalarNode) and not node.style and _WHOLE.fullmatch(node.value):
            number = int(node.value)
            if number in allowed:
                return number
        message = f"'{name}' must be a whole number from {allowed.start} to {allowed.stop - 1}"
        self.complain(node, Code.WRONG_TYPE, message)
        return None

    def read_draft(self, node: Node) -> bool:
        value = self.read_flag(node, "draft")
        return True if value is None else value

    def read_flag(self, node: Node, name: str) -> bool | None:
        """Return a boolean, or None after a problem."""
        if isinstance(node, ScalarNode) and self.refuse_tag(node):
            return None
        if isinstance(node, ScalarNode) and not node.style and node.value.lower() in _FLAGS:
            return _FLAGS[node.value.lower()]
        self.complain(node, Code.WRONG_TYPE, f"'{name}' must be true or false")
        return None

    def leave_out_undated(self) -> None:
        """Without the fragment's date, which was refused, there is no telling where these notes belong."""
        self.left_out += [text for note in self.notes if note.date is None for text in texts_of(note)]
        self.notes = [note for note in self.notes if note.date is not None]

    def read_section(self, section: SectionFields, node: Node) -> None:
        if not isinstance(node, SequenceNode):
            self.complain(node, Code.WRONG_TYPE, f"'{section.name}' must be a list of notes")
            return
        self.refuse_tag(node)
        if not node.value:
            self.complain(node, Code.EMPTY, f"there is no note in '{section.name}'")
        # what aliases repeat is read once: its problems are reported once, and its size does not multiply
        known: dict[int, Note | None] = {}
        for index, item in enumerate(node.value, 1):
            if id(item) not in known:
                known[id(item)] = self.read_item(section, item, index)
            note = known[id(item)]
            if note is not None:
                self.notes.append(note if note.index == index else replace(note, index=index))

    def read_item(self, section: SectionFields, item: Node, index: int) -> Note | None:
        if isinstance(item, MappingNode):
            return self.read_note(section, item, index)
        if isinstance(item, ScalarNode) and section.short:
            return self.read_short_note(section, item, index)
        also = " or a plain string" if section.short else ""
        self.complain(item, Code.WRONG_TYPE, f"a note in '{section.name}' must be a mapping{also}")
        return None

    def read_note(self, section: SectionFields, node: MappingNode, index: int) -> Note | None:
        values: dict[str, Any] = {}
        before = len(self.problems)
        sound = not self.refuse_tag(node)
        for name, key, value in self.pairs(node):
            field = section.fields.get(name)
            if field is None and len(node.value) == 1 and section.short:
                message = f"YAML reads '{name}' as a key here: put the text in quotes, or below a line with '- |'"
                self.complain(key, Code.UNKNOWN_KEY, message)
                return None
            if field is None:
                self.unknown_key(key, f"a note in '{section.name}'", tuple(section.fields))
                continue
            values[name] = result = self.read_value(value, field.type, name)
            if result is None:
                sound = False
            elif field.is_line and isinstance(result, Text):
                values[name] = result.as_line()
            elif name == "continues":
                values["continues_place"] = place_of(value)
        required = (field.name for field in section.fields.values() if field.required)
        if (
            self.require(node, values, f"a note in '{section.name}'", *required)
            and sound
            and self.is_about_something(section, node, values, before)
            and self.is_in_order(node, values)
        ):
            given = {field.attribute: values[name] for name, field in section.fields.items() if name in values}
            given |= {name: value for name, value in values.items() if name not in section.fields}
            return section.note(place=place_of(node), index=index, **given)
        texts = ((section.fields[name].type, value) for name, value in values.items() if name in section.fields)
        self.left_out += [(kind, value) for kind, value in texts if isinstance(value, Text) and isinstance(kind, Type)]
        return None

    def is_about_something(
        self, section: SectionFields, node: MappingNode, values: dict[str, Any], before: int
    ) -> bool:
        """Return True if a countdown, all of whose texts are optional, has one of them."""
        if not section.texts or any(name in values for name in section.texts):
            return True
        if len(self.problems) == before:
            message = f"a note in '{section.name}' needs one of the keys {', '.join(section.texts)}"
            self.complain(node, Code.MISSING_KEY, message)
        return False

    def is_in_order(self, node: MappingNode, values: dict[str, Any]) -> bool:
        """Return True if what a note has with a start and an end does not end before it starts."""
        start, end = values.get("start"), values.get("end")
        if not isinstance(start, When) or not isinstance(end, When):
            return True
        key = next(value for key, value in node.value if isinstance(key, ScalarNode) and key.value == "end")
        if (start.time is None) is not (end.time is None):
            self.complain(key, Code.BAD_DATE, "'start' and 'end' must both be days, or both times")
        elif end.day < start.day or (start.time and end.time and end.time < start.time):
            self.complain(key, Code.BAD_DATE, "'end' is before 'start'")
        else:
            return True
        return False

    def read_short_note(self, section: SectionFields, node: ScalarNode, index: int) -> Note | None:
        assert section.short is not None
        field: Field = section.fields[section.short]
        text = self.read_scalar(node, field.type, section.name)
        if not isinstance(text, Text):
            return None
        values: dict[str, Any] = {}
        if section.note is Success and (match := SHORT_SUCCESS.fullmatch(text.value)):
            values["nick"], text = match["nick"], text.cut(match.start("text"))
        values[section.short] = text.as_line() if field.is_line else text
        return section.note(place=place_of(node), index=index, **values)

    def read_value(self, node: Node, kind: Type | Choice, name: str) -> Value | None:
        """Return the value of a field of a note, or None after a problem."""
        if kind is Type.FLAG:
            return self.read_flag(node, name)
        if kind not in _READERS:
            return self.read_scalar(node, kind, name)
        value = _READERS[kind](self, node, name)
        return value if value is not None and self.is_affordable(node, len(str(value))) else None

    def is_affordable(self, node: Node, size: int) -> bool:
        """Return True if so many characters more are not too many; aliases can repeat what is in the file."""
        self.budget -= size
        if self.budget < 0:
            self.complain(node, Code.YAML_ALIASES, f"aliases expand to more than {MAX_BYTES:,} characters")
        return self.budget >= 0

    def read_scalar(self, node: Node, kind: Type | Choice, name: str) -> Value | None:
        """Return the value of a field, or None after a problem."""
        if not isinstance(node, ScalarNode):
            self.complain(node, Code.WRONG_TYPE, f"'{name}' must be {kind.value}, not a list or a mapping")
            return None
        value: str = node.value
        if not self.is_affordable(node, len(value)):
            return None
        if kind in (Type.MOMENT, Type.WHEN) and not node.tag:
            pass
        elif not is_string(node):
            self.refuse_scalar(node, kind, name)
            return None
        if not value or value.isspace():
            self.complain(node, Code.EMPTY_TEXT, f"'{name}' is empty")
            return None
        if (self.has_refused or node.style == '"') and (refused := REFUSED_CHARACTER.search(value)):
            self.complain(
                node, Code.BAD_VALUE, f"'{name}' has the character U+{ord(refused[0]):04X}, which no text may"
            )
            return None
        if kind is Type.RST:
            return read_text(node, self.source)
        try:
            return self.convert(node, kind, name)
        except ValueProblem as error:
            self.complain(node, _CODES.get(kind, Code.BAD_VALUE), str(error))
            return None

    def refuse_scalar(self, node: ScalarNode, kind: Type | Choice, name: str) -> None:
        if self.refuse_tag(node):
            pass
        elif node.value:
            message = f"'{name}' must be {kind.value}, but YAML reads {node.value} as another type: put it in quotes"
            self.complain(node, Code.WRONG_TYPE, message)
        else:
            self.complain(node, Code.EMPTY_TEXT, f"'{name}' is empty")

    def convert(self, node: ScalarNode, kind: Type | Choice, name: str) -> Value:
        value: str = node.value.strip()
        if isinstance(kind, Choice):
            if (choice := kind.find(value)) is None:
                raise ValueProblem(f"'{name}' must be {kind.value}, not '{value}'")
            return choice
        if kind is Type.TITLE:
            if "\n" in value:
                raise ValueProblem(f"'{name}' must be one line")
            return read_text(node, self.source)
        if kind is Type.MOMENT:
            return read_moment(value)
        if kind is Type.WHEN:
            return read_when(value)
        if kind is Type.URL:
            return check_url(value)
        if kind is Type.WEEK and not _WEEK.fullmatch(value):
            raise ValueProblem(f"'{name}' must be {kind.value}, not '{value}'")
        if "\n" in value or "\t" in value:
            raise ValueProblem(f"'{name}' must be one line of plain text")
        return value
