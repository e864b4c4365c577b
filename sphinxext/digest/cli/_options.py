"""Options that several commands have, with the same names and forms.

PERIOD on the command line.

Notes that a command writes, or would write.

The project that a command works on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from sphinxext.digest.collection.load import Collection
from sphinxext.digest.fragments.fields import fields_of
from sphinxext.digest.model import Fragment, Note, Period, Text
from sphinxext.digest.model.period import LATEST, PeriodError, parse_day, parse_interval
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.settings.project import Project, find_root, folder_settings, load_project, settings_for_folder

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

#: The folder that a command reads.
fragments_to_read = click.option(
    "--fragments", metavar="DIR", help="The notes of this folder instead of the project's."
)

#: The folder that a command writes to.
fragments_to_write = click.option(
    "--fragments", metavar="DIR", help="The folder to write to, instead of the project's."
)


def format_option(explained: str, formats: Sequence[str] = ("text", "json")) -> Callable[[_Decorated], _Decorated]:
    """The option ``--format``, whose value is the argument ``form``.

    :param explained: what the formats are.
    :param formats: one of them is ``text``, which is taken without the option.
    """
    return click.option(
        "--format", "form", type=click.Choice(formats), default="text", show_default=True, help=explained
    )


def readable_period(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A period, if it can be read; which days it has is for the collection to say."""
    try:
        if value is not None and value != LATEST and parse_day(value) is None:
            parse_interval(value)
    except PeriodError as error:
        raise click.BadParameter(f"{error}.") from None
    return value


def readable_day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """The day that an option names as ``YYYY-MM-DD``."""
    if value is None:
        return None
    try:
        day = parse_day(value)
    except PeriodError as error:
        raise click.BadParameter(f"{error}.") from None
    if day is None:
        raise click.BadParameter(f"'{value}' is not a day: write YYYY-MM-DD.")
    return day


def period_of(collection: Collection, text: str) -> Period:
    """The period that a readable text means in a collection.

    :raises DigestError: if it is the latest digest, and there is none.
    """
    try:
        return collection.period(text)
    except PeriodError as error:
        folder = collection.settings.fragments
        raise DigestError(*collection.problems, Problem(folder, 0, 0, Code.BAD_PERIOD, str(error))) from None


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


def open_project(root: Path | None) -> tuple[Project, list[Problem]]:
    """The project that ``--project`` names, or else that of the current folder, with the problems of its settings."""
    return load_project(root or find_root(Path.cwd()))


def collection_of(project: Project, folder: str | None) -> Settings:
    """The settings of the folder that ``--fragments`` names, or else those of the project's own collection.

    :param folder: relative to the current folder, or, if it is not there, to the project.
    :raises DigestError: if the folder is not there.
    """
    if folder is None:
        return project.main
    here = Path.cwd() / folder
    return settings_for_folder(project, os.fspath(here) if here.is_dir() else folder)
