"""The options and arguments that several commands have, and what they stand for: the project, a collection, a period.

An option has the same name and the same values in every command. Their callbacks check a value by itself; which days
a period has, or which folder is meant, depends on the project, which the command opens.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

import click

from sphinxext.digest.cli._output import add_options, format_option, visible
from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.files import cache_folder
from sphinxext.digest.fragments.fields import fields_of, value_for_json
from sphinxext.digest.model import Fragment, Note, Period
from sphinxext.digest.model.period import LATEST, Calendar, PeriodError, parse_day, parse_interval
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings import find_root
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.settings.project import Project, folder_settings, load_project, settings_for_folder

#: The folder that a command reads.
fragments_to_read = click.option(
    "--fragments", metavar="DIR", help="Read the fragments of this folder instead of the project's."
)

#: Digests with what nobody has reviewed yet.
drafts_option = click.option(
    "--drafts",
    is_flag=True,
    help="Add the notes of drafts, each marked as a draft.",
)

#: The folder that a command writes to.
fragments_to_write = click.option(
    "--fragments", metavar="DIR", help="Write to this folder instead of the project's fragments."
)


#: Converts the value of an option.
Callback = Callable[[click.Context, click.Parameter, Any], object]


def checked(check: Callable[[str], object]) -> Callback:
    """Return a callback that converts the value of an option, or each of its values, by a function.

    :param check: raises :class:`ValueError` with a message for the user.
    """

    def convert(value: str | tuple[str, ...] | None) -> object:
        return tuple(map(check, value)) if isinstance(value, tuple) else None if value is None else check(value)

    return _without_value_errors(convert)


def checked_all(check: Callable[[str], Iterable[object]]) -> Callback:
    """Return a callback that converts each value of a repeated option to several, and puts them in one tuple.

    :param check: raises :class:`ValueError` with a message for the user.
    """
    return _without_value_errors(lambda values: tuple(one for value in values for one in check(value)))


def _without_value_errors(convert: Callable[[Any], object]) -> Callback:
    def callback(_ctx: click.Context, _param: click.Parameter, value: object) -> object:
        try:
            return convert(value)
        except ValueError as error:
            raise click.BadParameter(f"{visible(str(error))}.") from None

    return callback


def _check_period(text: str) -> str:
    if text != LATEST and parse_day(text) is None:
        parse_interval(text)
    return text


def _check_day(text: str) -> date:
    day = parse_day(text)
    if day is None:
        raise ValueError(f"'{text}' is not a day: write YYYY-MM-DD")
    return day


#: The callback of a PERIOD. It stays a text, since its days depend on the collection: see :func:`period_of`.
readable_period = checked(_check_period)
#: The callback of an option that names a day as ``YYYY-MM-DD``.
readable_day = checked(_check_day)


#: ``--dry-run``, ``--fragments`` and ``--format``: the parameters ``dry_run``, ``fragments`` and ``form``.
draft_options = add_options(
    click.option("--dry-run", is_flag=True, help="Write nothing; show what would be written."),
    fragments_to_write,
    format_option("'text' has the paths of the fragments, 'json' the notes with all their fields."),
)

#: ``--since`` and ``--until``: days in UTC, both included.
day_options = add_options(
    *(
        click.option(
            f"--{name}", metavar="DATE", callback=readable_day, help=f"The {which} day that counts, YYYY-MM-DD."
        )
        for name, which in (("since", "earliest"), ("until", "latest"))
    )
)


def open_project(root: Path | None) -> tuple[Project, list[Problem]]:
    """Open the project that ``--project`` names, or that of the current folder, with the problems of its settings."""
    return load_project(root or find_root(Path.cwd()))


def open_valid_project(root: Path | None) -> Project:
    """Open a project for a command that writes.

    :raises DigestError: if its settings have problems.
    """
    project, problems = open_project(root)
    if problems:
        raise DigestError(*problems)
    return project


def collection_of(project: Project, folder: str | None) -> Settings:
    """Return the settings of the folder that ``--fragments`` names, or those of the project's main collection.

    :param folder: relative to the current folder, or, if it is not there, to the project.
    :raises DigestError: if there is no such folder.
    """
    if folder is None:
        return project.main
    here = Path.cwd() / folder
    return settings_for_folder(project, os.fspath(here) if here.is_dir() else folder)


def settings_to_write(project: Project, folder: str | None) -> Settings:
    """Return the settings of the folder that ``--fragments`` names to write to, which may not exist yet."""
    if folder is None:
        return project.main
    here = Path.cwd() / folder
    return folder_settings(project, os.fspath(here) if here.is_dir() or Path(folder).is_absolute() else folder)


def load_whole_collection(root: Path, settings: Settings) -> Collection:
    """Read the fragments of a project and, if its settings name any, the indexes of other projects.

    Indexes are cached for the user. Remarks on them, which are no problems, are printed.
    """
    if not settings.joint:
        return load_collection(root, settings)
    # most projects have no use for what reads indexes
    from sphinxext.digest.joint.merge import load_joint_collection, open_joint

    name = blake2b(os.fsencode(root.resolve()), digest_size=10).hexdigest()
    joint = open_joint(root, settings, cache_folder("joint") / name)
    collection = load_joint_collection(root, settings, joint)
    for remark in joint.remarks:
        click.echo(f"sphinx-digest: {visible(remark)}", err=True)
    counts = Counter(problem.path.partition(":")[0] for problem in collection.remarks)
    for project, number in sorted(counts.items()):
        click.echo(f"sphinx-digest: notes of {visible(project)}: {number} problem(s)", err=True)
    return collection


def period_of(collection: Collection, text: str) -> Period:
    """Return the period that a PERIOD means in a collection.

    :raises DigestError: if it is the latest digest, and there is none.
    """
    try:
        return collection.period(text)
    except PeriodError as error:
        folder = collection.settings.fragments
        raise DigestError(*collection.problems, Problem(folder, 0, 0, Code.BAD_PERIOD, str(error))) from None


def round_period(calendar: Calendar, day: date) -> Period:
    """Return the period that editors work on: that of a day, or on its first day the one that has just ended."""
    period = calendar.period_of(day)
    return calendar.period_of(day - timedelta(days=1)) if day == period.start else period


def planned_record(fragment: Fragment, note: Note) -> dict[str, object]:
    """Return a note that a command writes as a record for other programs, with the path that it will have."""
    moment = note.date or fragment.date
    record: dict[str, object] = {
        "kind": str(note.kind),
        "identity": fragment.identity if note.index == 1 else f"{fragment.identity}-{note.index}",
        "date": str(moment),
        "path": fragment.path,
    }
    for field, value in fields_of(note):
        record.setdefault(field.name, value_for_json(value))
    return record
