"""Notes that a command writes, or would write."""

from __future__ import annotations

import os
from pathlib import Path

from sphinxext.digest.fragments.fields import fields_of
from sphinxext.digest.model import Fragment, Note, Text
from sphinxext.digest.options import Settings
from sphinxext.digest.project import Project, folder_settings


def settings_to_write(project: Project, folder: str | None) -> Settings:
    """The settings of the folder that ``--fragments`` names to write to, which need not be there yet."""
    if folder is None:
        return project.main
    here = Path.cwd() / folder
    return folder_settings(project, os.fspath(here) if here.is_dir() or Path(folder).is_absolute() else folder)


def planned_record(fragment: Fragment, note: Note) -> dict[str, object]:
    """A note for other programs: its kind, where it will be, its date, and the fields of the format that it has."""
    moment = note.date or fragment.date
    record: dict[str, object] = {
        "kind": str(note.kind),
        "identity": fragment.identity if note.index == 1 else f"{fragment.identity}-{note.index}",
        "date": str(moment),
        "path": fragment.path,
    }
    for field, value in fields_of(note):
        record.setdefault(field.name, value.value if isinstance(value, Text) else str(value))
    return record
