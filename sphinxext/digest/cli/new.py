"""``sphinx-digest new``: write a fragment."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from sphinxext.digest.cli._options import checked, fragments_to_write, open_valid_project
from sphinxext.digest.cli._output import finish, visible
from sphinxext.digest.cli.lint import check_targets, targets_of
from sphinxext.digest.fragments.fields import SECTION_FIELDS, Field, SectionFields, section_of
from sphinxext.digest.fragments.read import SHORT_SUCCESS, read_fragment
from sphinxext.digest.fragments.schema import holes_of, template
from sphinxext.digest.fragments.write import dump_fragment, write_new_file
from sphinxext.digest.model import KINDS, Countdown, Success
from sphinxext.digest.model.keys import Choice, Type
from sphinxext.digest.model.period import today
from sphinxext.digest.model.period_words import DAY_FORMS, read_day
from sphinxext.digest.problems import DigestError, Problem
from sphinxext.digest.settings.project import Project

_METAVARS = {
    Type.URL: "URL",
    Type.MOMENT: "DATE",
    Type.RST: "RST",
    Type.TITLE: "RST",
    Type.WEEK: "WEEK",
    Type.WHEN: "DATE",
}
#: The types of values that no option can have.
_LISTS = (Type.PARTICIPANTS, Type.DEADLINES)
_DATE_HELP = f"When it happened: {DAY_FORMS}; or a time as in RFC 3339."
#: The name under which a fragment is read that has no name yet.
_STEM = f"new-{0:016x}"


def _field_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add an option for each field of any kind of note."""
    uses: dict[str, list[tuple[str, Field]]] = {}
    for section in SECTION_FIELDS.values():
        for field in _settable_fields(section):
            uses.setdefault(field.name, []).append((section.note.kind, field))
    for name, fields in reversed(uses.items()):
        kind = fields[0][1].type
        choices = click.Choice([str(value) for value in kind.values]) if isinstance(kind, Choice) else None
        explained = _DATE_HELP if name == "date" else " ".join(f"{note}: {field.help}" for note, field in fields)
        metavar = None if isinstance(kind, Choice) else _METAVARS.get(kind, "TEXT")
        if kind is Type.FLAG:
            function = click.option(f"--{name}", is_flag=True, default=None, help=explained)(function)
            continue
        check = checked(_iso_date) if name == "date" else None
        function = click.option(f"--{name}", metavar=metavar, type=choices, callback=check, help=explained)(function)
    return function


def _iso_date(text: str) -> str:
    """Return a date as fragments have it. What may be a time is checked with the note."""
    return read_day(text, today()).isoformat() if text.isalpha() else text


def _settable_fields(section: SectionFields) -> list[Field]:
    """Return the fields that an option can set."""
    return [field for field in section.fields.values() if field.type not in _LISTS]


@click.command("new")
@click.argument("kind", metavar="KIND", type=click.Choice([str(note.kind) for note in KINDS]))
@click.argument("words", metavar="[TEXT]", nargs=-1)
@_field_options
@click.option(
    "--slug",
    metavar="TEXT",
    help="The words in the name of the file. Without it, they are the first words of the note.",
)
@click.option("--edit", is_flag=True, help="Open the fragment in $EDITOR and check it afterwards.")
@fragments_to_write
@click.pass_context
def command(
    ctx: click.Context,
    /,
    kind: str,
    words: tuple[str, ...],
    slug: str | None,
    edit: bool,
    fragments: str | None,
    **options: Any,
) -> None:
    """Write a fragment with a note of a KIND and print its path.

    KIND is success, item, countdown, thread, story or event. TEXT is the text of a success ("nick: text") or an item,
    the title of a thread, a story or an event, the series and week of a countdown ("mitaka R-17"). Texts are
    reStructuredText.

    The word before the colon of a success is taken for the nick of who told it, and printed. With --nick NICK, or
    --nick '' for nobody, all of TEXT is the text.

    If a required value is missing, the fragment is a template for you to complete. The date is today (UTC) unless you
    give --date.
    """
    project = open_valid_project(ctx.obj)
    section = section_of(kind)
    values = _values(section, " ".join(words) if words else None, options)
    date = values.pop("date", today().isoformat())
    _check(section, values, date)
    complete = not holes_of(section, values) and not edit
    text = dump_fragment({section.name: [values]}, date=date) if complete else template(section, values, date)
    if complete and (unsound := read_fragment(text.encode(), "the new fragment", _STEM)[1]):
        raise DigestError(*unsound)
    folder = project.root / project.main.fragments if fragments is None else Path.cwd() / fragments
    path = write_new_file(folder, slug or _slug(section, values), text)
    click.echo(os.fsencode(_from_here(path)))
    if section.note is Success and "nick" in values and options["nick"] is None:
        click.echo(f"nick: {visible(values['nick'])} (give --nick '' if it is part of the text)", err=True)
    if edit:
        _edit(ctx, project, path)


def _values(section: SectionFields, text: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a note, from TEXT and from the options.

    :raises click.UsageError: if this kind of note has no such field, a field has two values, or a value is not UTF-8.
    """
    kind = section.note.kind
    values: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    for name in values:
        if name not in section.fields:
            names = ", ".join(f"--{field.name}" for field in _settable_fields(section))
            raise click.UsageError(f"A note of the kind '{kind}' has no --{name}: it has {names}.")
    for name, value in _meaning(section, text, values).items() if text is not None else ():
        if name in values:
            raise click.UsageError(f"TEXT and --{name} both set the {name}: leave out one of them.")
        values[name] = value
    if section.note is Success and values.get("nick") == "":
        del values["nick"]
    for name, value in values.items():
        if isinstance(value, str) and not _is_utf8(value):
            raise click.UsageError(f"The {name} is not UTF-8.")
    return values


def _meaning(section: SectionFields, text: str, others: Container[str]) -> dict[str, str]:
    """Return the fields that TEXT sets, by name."""
    if section.note is Success:
        match = SHORT_SUCCESS.fullmatch(text.strip()) if "nick" not in others else None
        return match.groupdict() if match else {"text": text}
    if section.note is Countdown:
        words = text.split() or [""]
        if len(words) > 2:
            raise click.UsageError("The TEXT of a countdown is its series and its week, such as 'mitaka R-17'.")
        return dict(zip(("series", "week"), words, strict=False))
    return {"title" if "title" in section.fields else "text": text}


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check(section: SectionFields, values: Mapping[str, Any], date: str) -> None:
    """Check each value, in a note that is otherwise complete, with the reader of fragments.

    :raises DigestError: if a value is invalid. The problems name the values instead of a file.
    """
    problems: list[Problem] = []
    fillers = {name: "2000-01-01" if section.fields[name].type is Type.WHEN else "x" for name in holes_of(section, {})}
    for name, value in {**values, "date": date}.items():
        if name == "end":
            # the two are compared, and the start has been checked
            fillers["start"] = value if problems else values.get("start", value)
        text = dump_fragment({section.name: [{**fillers, name: value}]})
        _, found = read_fragment(text.encode(), name, _STEM)
        problems += [replace(problem, line=0, column=0) for problem in found]
    if problems:
        raise DigestError(*problems)


def _slug(section: SectionFields, values: Mapping[str, str]) -> str:
    """Return the words for the name of the file: the note's text, the countdown's week, or only the kind."""
    kind = str(section.note.kind)
    if section.note is Countdown:
        return " ".join((kind, values.get("series", ""), values.get("week", "")))
    return values.get("title") or values.get("text") or kind


def _from_here(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _edit(ctx: click.Context, project: Project, path: Path) -> None:
    """Let the user edit a fragment, then check it."""
    click.edit(filename=os.fspath(path))
    finish(ctx, check_targets(project.root, targets_of(project, (os.fspath(path),))).problems)
