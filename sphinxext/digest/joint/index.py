"""The format of ``digests/index.json``, in which a site publishes its notes for other sites: writer, schema, reader.

The document is a JSON object with the notes as ``--format json`` prints them::

    {"version": 1, "project": "nova", "title": "Nova", "home": "https://docs.example.org/nova/", "notes": [...]}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sphinxext.digest.fragments.events import read_when
from sphinxext.digest.fragments.fields import (
    SECTION_FIELDS,
    SectionFields,
    ValueProblem,
    check_url,
    fields_of,
    read_moment,
    value_for_json,
)
from sphinxext.digest.fragments.schema import DIALECT
from sphinxext.digest.fragments.write import web_url
from sphinxext.digest.model import Deadlines, Entry, Kind, Moment, Participants, Text, week_label
from sphinxext.digest.model.keys import Choice, Type
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import visible_text

#: The version of the format. Readers refuse other versions; a new key does not change the version.
VERSION = 1

#: Maximum number of notes in an index.
MAX_NOTES = 100_000
#: Maximum length of a project's name.
MAX_NAME = 200
#: Larger line numbers are ignored.
MAX_LINE = 1_000_000
#: Maximum number of problems reported for one index.
MAX_PROBLEMS = 20

_IDENTITY = r"[0-9a-f]{16}(?:-[1-9][0-9]{0,3})?"
_SLUG = re.compile(r"(?:.*/)?(?P<slug>[^/]*?)-?[0-9a-f]{16}\.yaml")
_SECTIONS = {str(section.note.kind): section for section in SECTION_FIELDS.values()}
#: Kinds about a whole digest, which other projects' notes cannot be in a joint one.
_OF_ONE_DIGEST = (str(Kind.PRELUDE), str(Kind.CLOSING))


@dataclass(frozen=True, slots=True)
class IndexNote:
    """A note of an index; its texts are as they came.

    ``identity`` is that of its fragment, and ``index`` its number among the notes of its kind there.
    ``slug`` is what the name of the fragment says, empty if that is not known; ``path`` and ``line`` are its place.
    ``page`` is where readers find the note.
    """

    section: str
    identity: str
    index: int
    slug: str
    moment: Moment
    fields: dict[str, str]
    path: str = ""
    line: int = 0
    page: str | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """The index of another site: the names and home page of its project, and its notes in order."""

    project: str
    title: str
    home: str | None
    notes: tuple[IndexNote, ...]
    problems: tuple[Problem, ...] = ()


def note_record(entry: Entry, text_of: Callable[[Text], str] = lambda text: text.value) -> dict[str, object]:
    """Return a note as a record: its date, its file and line, and its fields.

    :param text_of: returns the reStructuredText of a field.
    """
    record: dict[str, object] = {
        "kind": str(entry.kind),
        "identity": entry.identity,
        "date": str(entry.moment),
        "path": entry.fragment.path,
        "line": entry.note.place.line,
    }
    for field, value in fields_of(entry.note):
        record.setdefault(field.name, text_of(value) if isinstance(value, Text) else value_for_json(value))
    if entry.fragment.draft:
        record["draft"] = True
    if (project := entry.fragment.project) is not None:
        record["project"] = project.name
        if entry.note.page:
            record["page"] = entry.note.page
    return record


def index_document(project: str, title: str, home: str, records: Iterable[Mapping[str, object]]) -> dict[str, object]:
    """Return the document to publish.

    :param project: a short name that tells the project from others, such as ``nova``.
    :param title: its name for readers.
    :param home: where its documentation is, as an absolute URL; empty if that is not known.
    :param records: of notes, as :func:`note_record` makes them.
    """
    return {"version": VERSION, "project": project, "title": title, "home": home, "notes": [*map(dict, records)]}


def index_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document, draft 2020-12."""
    kinds = [str(section.note.kind) for section in SECTION_FIELDS.values()]
    note = {
        "type": "object",
        "properties": {
            "kind": {"enum": [*kinds, *_OF_ONE_DIGEST], "description": "What the note is."},
            "identity": {
                "pattern": f"^{_IDENTITY}$",
                "description": "Of its fragment; from the second note on -2, -3.",
            },
            "date": {"type": "string", "description": "When it happened: a day, or a time in UTC as in RFC 3339."},
            "path": {"type": "string", "description": "Its fragment, relative to the project."},
            "line": {"type": "integer", "minimum": 0, "description": "The line of the fragment that it begins in."},
            "page": {"type": "string", "description": "Where readers find it, an absolute URL."},
        },
        "required": ["kind", "identity", "date"],
        "allOf": [_fields_schema(section) for section in SECTION_FIELDS.values()],
    }
    text = {"type": "string"}
    return {
        "$schema": DIALECT,
        "title": "Index of notes",
        "description": "All notes of a project, for other sites and programs: digests/index.json.",
        "type": "object",
        "properties": {
            "version": {"const": VERSION, "description": "The version of the format."},
            "project": {**text, "minLength": 1, "description": "A short name that tells the project from others."},
            "title": {**text, "description": "The name of the project for readers."},
            "home": {**text, "description": "Where its documentation is, an absolute URL, or empty."},
            "notes": {
                "type": "array",
                "maxItems": MAX_NOTES,
                "items": note,
                "description": "The notes, oldest first.",
            },
        },
        "required": ["version", "project", "notes"],
    }


def is_index(document: Mapping[str, Any]) -> bool:
    """Return True if a JSON object is an index of any version."""
    version = document.get("version")
    return isinstance(document.get("notes"), list) and isinstance(version, int) and not isinstance(version, bool)


def read_index(document: Mapping[str, Any], source: str) -> Index:
    """Read an index. Invalid notes are left out and reported among its problems.

    :param source: the name of the index in problems.
    :raises DigestError: if it has another version, names no project, or is too large.
    """
    project = visible_text(_text(document.get("project")))[:MAX_NAME]
    notes: Sequence[Any] = document["notes"]
    complaint = None
    if document["version"] != VERSION:
        complaint = f"is an index of version {str(document['version'])[:20]}, and only version {VERSION} is known here"
    elif not project:
        complaint = "is an index that does not say of what project: it has no 'project'"
    elif len(notes) > MAX_NOTES:
        complaint = f"is an index of more than {MAX_NOTES:,} notes"
    if complaint:
        raise DigestError(Problem(source, 0, 0, Code.NOT_A_FEED, complaint))
    found: list[IndexNote] = []
    problems: list[Problem] = []
    for number, record in enumerate(notes, 1):
        if isinstance(record, Mapping) and record.get("kind") in _OF_ONE_DIGEST:
            continue
        try:
            found.append(_note(record))
        except ValueProblem as error:
            if len(problems) < MAX_PROBLEMS:
                problems.append(Problem(source, 0, 0, Code.BAD_RECORD, f"note {number} {error}"))
    title = visible_text(_text(document.get("title")))[:MAX_NAME] or project
    return Index(project, title, web_url(_text(document.get("home"))), tuple(found), tuple(problems))


def _fields_schema(section: SectionFields) -> dict[str, Any]:
    properties = {
        field.name: {"type": "boolean" if field.type is Type.FLAG else "string", "description": field.help}
        for field in section.fields.values()
    }
    required = [field.name for field in section.fields.values() if field.required]
    kind = str(section.note.kind)
    return {
        "if": {"properties": {"kind": {"const": kind}}},
        "then": {"properties": properties, "required": required},
    }


def _note(record: object) -> IndexNote:
    if not isinstance(record, Mapping):
        raise ValueProblem("is not an object")
    section = _SECTIONS.get(_text(record.get("kind")))
    if section is None:
        raise ValueProblem(f"has an unknown kind: '{_text(record.get('kind'))[:40]}'")
    identity = _text(record.get("identity"))
    if not re.fullmatch(_IDENTITY, identity):
        raise ValueProblem(f"has no identity: '{identity[:40]}'")
    fields = {
        name: value
        for name, field in section.fields.items()
        if name != "date" and (value := _value(field.type, name, record.get(name)))
    }
    _drop_wrong_order(fields)
    missing = [field.name for field in section.fields.values() if field.required and field.name not in fields]
    if missing or not any(section.fields[name].type in (Type.RST, Type.TITLE) for name in fields):
        raise ValueProblem(f"has no '{missing[0] if missing else 'text'}'")
    path, line = _text(record.get("path")), record.get("line")
    match = _SLUG.fullmatch(path)
    return IndexNote(
        section=section.name,
        identity=identity[:16],
        index=int(identity[17:] or 1),
        slug=match["slug"] if match else "",
        moment=read_moment(_text(record.get("date"))),
        fields=fields,
        path=path,
        line=line if isinstance(line, int) and 0 < line <= MAX_LINE else 0,
        page=web_url(_text(record.get("page"))),
    )


def _drop_wrong_order(fields: dict[str, str]) -> None:
    """Remove the end of an event that is not after its start, and not of the same form."""
    if "start" in fields and "end" in fields:
        start, end = read_when(fields["start"]), read_when(fields["end"])
        same = (start.time is None) is (end.time is None)
        if not same or end.day < start.day or (start.time and end.time and end.time < start.time):
            del fields["end"]


def _value(kind: Type | Choice, name: str, value: object) -> str | None:
    """Check the value of a field. Texts stay unchanged; an invalid value of a minor field counts as missing."""
    if value is None:
        return None
    if kind is Type.FLAG:
        return str(value).lower() if isinstance(value, bool) else None
    if not isinstance(value, str):
        raise ValueProblem(f"has a '{name}' that is not a text")
    if kind in (Type.RST, Type.TITLE):
        return value if visible_text(value) else None
    if kind in (Type.PARTICIPANTS, Type.DEADLINES):
        lines = "\n".join(map(visible_text, value.split("\n")))
        parse = Participants.of_text if kind is Type.PARTICIPANTS else Deadlines.of_text
        return lines if parse(lines) else None
    line = visible_text(value)
    if kind is Type.WHEN:
        return str(read_when(line)) if line else None
    if kind is Type.URL:
        try:
            return check_url(line) if line else None
        except ValueProblem:
            return None
    if isinstance(kind, Choice):
        return kind.find(line)
    return week_label(line) if kind is Type.WEEK else line


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
