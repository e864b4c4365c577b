"""Notes as records for other programs: what ``--format json`` prints."""

from __future__ import annotations

from collections.abc import Callable

from sphinxext.digest.fragments.fields import fields_of
from sphinxext.digest.model import Entry, ReleasedVersion, Section, Text


def note_record(entry: Entry, text_of: Callable[[Text], str] = lambda text: text.value) -> dict[str, object]:
    """A note: its place in time and in the folder, and the fields of the format that it has.

    :param text_of: gives the reStructuredText of a field.
    """
    record: dict[str, object] = {
        "kind": str(entry.kind),
        "identity": entry.identity,
        "date": str(entry.moment),
        "path": entry.fragment.path,
        "line": entry.note.place.line,
    }
    for field, value in fields_of(entry.note):
        record.setdefault(field.name, text_of(value) if isinstance(value, Text) else str(value))
    if (project := entry.fragment.project) is not None:
        record["project"] = project.name
        if entry.note.page:
            record["page"] = entry.note.page
    return record


def section_record(section: Section) -> dict[str, object]:
    """A section: its kind, its heading in reStructuredText or None, and its notes."""
    heading = section.heading.value if isinstance(section.heading, Text) else section.heading
    record: dict[str, object] = {"kind": str(section.kind), "heading": heading}
    if section.released:
        return record | {"versions": [_version_record(version) for version in section.released]}
    return record | {"notes": [note_record(entry) for entry in section.entries]}


def _version_record(version: ReleasedVersion) -> dict[str, object]:
    return {
        "version": version.version,
        "date": version.day.isoformat(),
        "notes": version.notes,
        "summary": version.summary,
    }
