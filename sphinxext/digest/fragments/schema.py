"""The JSON Schema of fragments, for editors that complete and check, and templates of new fragments.

A template has the given keys of a note, and the others as comments.
"""

from __future__ import annotations

from collections.abc import Mapping

from sphinxext.digest.fragments.fields import (
    FRAGMENT_KEYS,
    MAX_NUMBER,
    MAX_ORDER,
    SECTION_FIELDS,
    TEXT_NOTES,
    URL_SCHEMES,
    Field,
    SectionFields,
)
from sphinxext.digest.fragments.write import dump_value
from sphinxext.digest.model.event import MAX_DEADLINES, MAX_TITLE
from sphinxext.digest.model.keys import Choice, Type
from sphinxext.digest.model.values import MAX_MESSAGES, MAX_NAME

#: The version of JSON Schema that the schema is written in.
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"([Tt]| +)[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s*([Zz]|[-+][0-9]{2}:?[0-9]{2})?"

#: The values of each type of field, as regular expressions of JSON Schema. White space around a value does not count.
_PATTERNS = {
    Type.TITLE: r".*\S.*",
    Type.WORDS: r".*\S.*",
    Type.URL: rf"({'|'.join(URL_SCHEMES)}):[^\s<>\"]+",
    Type.MOMENT: rf"{_DAY}({_TIME})?",
    Type.WEEK: r"R[-+][0-9]{1,2}",
    Type.THREAD: r"[^/]*[^/\s][^/]*",
    Type.WHEN: rf"{_DAY}(([Tt]| +)[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?\s*([Zz]|[-+][0-9]{{2}}:?[0-9]{{2}}))?",
}


def fragment_schema() -> dict[str, object]:
    """Return the schema of a fragment, draft 2020-12.

    It says nothing about what only the whole folder or a parser can tell: whether the day of a date exists, whether
    texts are good reStructuredText, whether the thread that another continues is there.
    """
    values = {name: _value(kind) for name, kind in _FRAGMENT_TYPES.items()}
    values["number"] = {"type": "integer", "minimum": 1, "maximum": MAX_NUMBER}
    values["order"] = {"type": "integer", "minimum": 0, "maximum": MAX_ORDER}
    values["draft"] = {"type": "boolean", "default": False}
    properties = {name: _property(name, values[name], text) for name, text in FRAGMENT_KEYS.items()}
    for section in SECTION_FIELDS.values():
        notes = {"type": "array", "minItems": 1, "items": _note(section)}
        properties[section.name] = _property(section.name, notes, section.help)
    return {
        "$schema": DIALECT,
        "title": "Fragment",
        "description": "Notes of a digest: a file releasenotes/digests/<slug>-<16 hex digits>.yaml.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "anyOf": [{"required": [name]} for name in (*TEXT_NOTES, *SECTION_FIELDS)],
    }


_FRAGMENT_TYPES = {"date": Type.MOMENT, "heading": Type.WORDS, **dict.fromkeys(TEXT_NOTES, Type.RST)}


def _property(name: str, value: dict[str, object], help: str) -> dict[str, object]:
    return {"title": name.capitalize(), "description": help, **value}


def _value(kind: Type | Choice, default: object = None) -> dict[str, object]:
    """Return the schema of the values of a type of field."""
    if isinstance(kind, Choice):
        values: dict[str, object] = {"type": "string", "enum": [str(value) for value in kind.values]}
        return values if default is None else {**values, "default": str(default)}
    if kind is Type.PARTICIPANTS:
        names = {"minLength": 1, "maxLength": MAX_NAME, "pattern": rf"^{_PATTERNS[Type.WORDS]}$"}
        numbers = {"type": "integer", "minimum": 1, "maximum": MAX_MESSAGES}
        return {"type": "object", "minProperties": 1, "propertyNames": names, "additionalProperties": numbers}
    if kind is Type.DEADLINES:
        title = {"type": "string", "minLength": 1, "maxLength": MAX_TITLE, "pattern": rf"^{_PATTERNS[Type.WORDS]}$"}
        deadline = {
            "type": "object",
            "properties": {"title": title, "date": {"type": "string", "pattern": rf"^\s*{_DAY}\s*$"}},
            "required": ["title", "date"],
            "additionalProperties": False,
        }
        return {"type": "array", "minItems": 1, "maxItems": MAX_DEADLINES, "items": deadline}
    if kind is Type.FLAG:
        return {"type": "boolean"}
    if kind is Type.RST:
        return {"type": "string", "minLength": 1, "pattern": r"\S"}
    return {"type": "string", "minLength": 1, "pattern": rf"^\s*{_PATTERNS[kind]}\s*$"}


def _note(section: SectionFields) -> dict[str, object]:
    """Return a note: a mapping, or a string where the section has a short form."""
    kind = str(section.note.kind)
    mapping: dict[str, object] = {
        "title": kind.capitalize(),
        "description": section.help,
        "type": "object",
        "properties": {
            name: _property(name, _value(field.type, section.default_of(name)), field.help)
            for name, field in section.fields.items()
        },
        "required": [field.name for field in section.fields.values() if field.required],
        "additionalProperties": False,
    }
    if section.texts:
        mapping["anyOf"] = [{"required": [name]} for name in section.texts]
    if section.short is None:
        return mapping
    short = section.fields[section.short]
    text = _property(kind, _value(short.type), f"The short form: the {short.name} alone.")
    return {"anyOf": [text, mapping]}


def holes_of(section: SectionFields, values: Mapping[str, object]) -> list[str]:
    """Return the keys without which a note is not complete, and that are not among its values."""
    missing = [field.name for field in section.fields.values() if field.required and field.name not in values]
    if section.texts and not any(name in values for name in section.texts):
        # all texts of a countdown are optional, but it needs one of them
        missing.append(section.texts[0])
    return missing


def template(section: SectionFields, values: Mapping[str, object], date: object) -> str:
    """Return the text of a fragment with one note to be completed.

    Keys that the note needs are left empty, which is a problem until somebody fills them in; optional keys stand as
    comments that say what they are for.
    """
    holes = holes_of(section, values)
    used, unused = [], []
    for field in section.fields.values():
        if field.name in values:
            used += dump_value(field.name, values[field.name], 4)
        elif field.name in holes:
            used.append(f"    {_empty(field)}")
        elif field.name != "date":
            unused.append(f"    # {_empty(field)}")
    used[0] = f"  - {used[0].lstrip()}"
    return "\n".join(["---", *dump_value("date", date, 0), f"{section.name}:", *used, *unused]) + "\n"


#: The types whose names a template has behind the help of a key.
_SPECIAL = (Type.WEEK, Type.THREAD, Type.PARTICIPANTS, Type.WHEN, Type.DEADLINES)


def _empty(field: Field) -> str:
    is_special = isinstance(field.type, Choice) or field.type in _SPECIAL
    form = f" ({field.type.value})" if is_special else ""
    return f"{field.name}:{' |' if field.type is Type.RST else ''}  # {field.help}{form}"
