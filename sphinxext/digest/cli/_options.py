"""The options and arguments that several commands have, and what they stand for: the project, a collection, a period.

An option has the same name and the same values in every command. Their callbacks check a value by itself; which days
a period has, or which folder is meant, depends on the project, which the command opens.
"""

from __future__ import annotations

import inspect
import os
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

import click

from sphinxext.digest.cli._output import Decorator, add_options, format_option, visible
from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.files import cache_folder
from sphinxext.digest.fragments.fields import fields_of, value_for_json
from sphinxext.digest.model import Fragment, Note, Period
from sphinxext.digest.model.period import Calendar, PeriodError, today
from sphinxext.digest.model.period_words import DAY_FORMS, PERIOD_FORMS, check_period, read_day
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.schedule.load import load_schedules
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


#: The first and the last day that count, where they are known.
Days = tuple[date | None, date | None]
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
    check_period(text, today())
    return text


#: The callback of a PERIOD. It stays a text, since its days depend on the collection: see :func:`period_of`.
readable_period = checked(_check_period)
#: The callback of an option that names a day, which can be relative to today.
readable_day = checked(lambda text: read_day(text, today()))


def period_argument(*, required: bool = True) -> Decorator:
    """Add the argument PERIOD, and say in the help what it may be."""

    def add(function: Callable[..., object]) -> Callable[..., object]:
        function.__doc__ = f"{inspect.cleandoc(function.__doc__ or '')}\n\nPERIOD is {PERIOD_FORMS}."
        return click.argument("period", required=required, callback=readable_period)(function)

    return add


#: ``--dry-run``, ``--fragments`` and ``--format``: the parameters ``dry_run``, ``fragments`` and ``form``.
draft_options = add_options(
    click.option("--dry-run", is_flag=True, help="Write nothing; show what would be written."),
    fragments_to_write,
    format_option("'text' has the paths of the fragments, 'json' the notes with all their fields."),
)

#: ``--period``: what a command is about. :func:`days_of` turns it into days.
period_option = click.option(
    "--period",
    metavar="PERIOD",
    callback=readable_period,
    help="Only the days of this period, such as 'previous' or 2026-W48, instead of --since and --until.",
)

#: ``--since`` and ``--until``: days in UTC, both included; and ``--period``.
day_options = add_options(
    *(
        click.option(f"--{name}", metavar="DATE", callback=readable_day, help=f"The {which} day that counts: {forms}.")
        for name, which, forms in (("since", "earliest", DAY_FORMS), ("until", "latest", "as for --since"))
    ),
    period_option,
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


def period_of(root: Path, collection: Collection, text: str) -> Period:
    """Return the period that a PERIOD means in a collection of a project.

    :raises DigestError: if it is the latest digest, and there is none, or a week that no release cycle has.
    """
    settings = collection.settings
    try:
        return collection.period(text, week=lambda name: load_schedules(root, settings).week_days(name, today()))
    except PeriodError as error:
        found = Problem(settings.fragments, 0, 0, Code.BAD_PERIOD, str(error))
        raise DigestError(*collection.problems, found) from None


def period_in(root: Path, settings: Settings, text: str) -> Period:
    """Return the period that a PERIOD means for a command that has not loaded the collection."""
    return period_of(root, load_collection(root, settings), text)


def days_of(root: Path, settings: Settings, since: date | None, until: date | None, period: str | None) -> Days:
    """Return the first and the last day that count for a command, by its options.

    :raises click.UsageError: if they contradict each other.
    :raises DigestError: as :func:`period_of`.
    """
    if period is None:
        return since, until
    if since or until:
        raise click.UsageError(f"--period and --{'since' if since else 'until'} cannot be used together.")
    found = period_in(root, settings, period)
    return found.start, found.end


def period_to_edit(calendar: Calendar, choice: str = "today") -> Period:
    """Return the period whose digest is being written today, and say so if that has ended.

    :param choice: how the user chooses the one that has begun.
    """
    day = today()
    period = calendar.period_to_edit(day)
    if day not in period:
        ended = f"the digest that ended, {period.start} to {period.end}"
        click.echo(f"this is about {ended}; {choice} is the one that has begun", err=True)
    return period


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
