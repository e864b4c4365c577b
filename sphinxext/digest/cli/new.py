"""``sphinx-digest new``: write a fragment. Each kind of note is a command with options of its own."""

from __future__ import annotations

import os
from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from sphinxext.digest.cli._asking import ask, is_interactive
from sphinxext.digest.cli._kinds import KIND_USAGES
from sphinxext.digest.cli._options import checked, fragments_to_write, open_valid_project
from sphinxext.digest.cli._output import Choice, examples, finish, visible
from sphinxext.digest.cli.group import SuggestingGroup
from sphinxext.digest.cli.lint import check_targets, targets_of
from sphinxext.digest.fragments.fields import Field, SectionFields, section_of
from sphinxext.digest.fragments.read import SHORT_SUCCESS, read_fragment
from sphinxext.digest.fragments.schema import holes_of, template
from sphinxext.digest.fragments.write import dump_fragment, write_new_file
from sphinxext.digest.model import KINDS, Countdown, EventNote, Success
from sphinxext.digest.model.event import Deadline, Deadlines
from sphinxext.digest.model.keys import Choice as OneOf
from sphinxext.digest.model.keys import Type
from sphinxext.digest.model.period import today
from sphinxext.digest.model.period_words import DAY_FORMS, read_day
from sphinxext.digest.problems import DigestError, Problem

_METAVARS = {
    Type.URL: "URL",
    Type.MOMENT: "DATE",
    Type.RST: "RST",
    Type.TITLE: "RST",
    Type.WEEK: "WEEK",
    Type.WHEN: "DATE",
}
#: The name under which a fragment is read that has no name yet.
_STEM = f"new-{0:016x}"


class KindGroup(SuggestingGroup):
    """The group of the kinds of notes, each with the options that its keys declare."""

    noun = "kind of note"

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the kinds in their order."""
        return [str(note.kind) for note in KINDS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Make the command of a kind."""
        return _command_of(section_of(cmd_name)) if cmd_name in self.list_commands(ctx) else None


@click.command(
    "new",
    cls=KindGroup,
    invoke_without_command=True,
    subcommand_metavar="KIND [TEXT] ...",
    epilog=examples(
        'sphinx-digest new success "ada: The build is green!"',
        'sphinx-digest new thread "Where should logs live?" --edit',
        "sphinx-digest new event --help",
    ),
)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Write a fragment with a note of a KIND and print its path.

    Each kind has its own options. Texts are reStructuredText. The date is today (UTC) unless you give --date.

    On a terminal you are asked for what is missing. With --edit you complete a template in your editor: $VISUAL, or
    else $EDITOR.
    """
    assert isinstance(ctx.command, KindGroup)
    if ctx.invoked_subcommand is not None:
        return
    kinds = ctx.command.list_commands(ctx)
    if not is_interactive():
        raise click.UsageError(f"Missing KIND: {', '.join(kinds)}.", ctx)
    kind = ask("What kind of note?", Choice(kinds))
    chosen = ctx.command.get_command(ctx, kind)
    assert chosen is not None
    with chosen.make_context(kind, [], parent=ctx) as inner:
        chosen.invoke(inner)


def _command_of(section: SectionFields) -> click.Command:
    """Return the command that writes notes of a kind."""
    usage = KIND_USAGES[section.note.kind]
    parameters: list[click.Parameter] = [click.Argument(["words"], metavar=usage.text, nargs=-1)]
    parameters += [option for field in section.fields.values() if (option := _option_of(section, field)) is not None]
    parameters += [
        click.Option(
            ["--slug"],
            metavar="TEXT",
            help="The words in the name of the file. Without it, they are the first words of the note.",
        ),
        click.Option(
            ["--edit"],
            is_flag=True,
            help="Complete the fragment in your editor ($VISUAL, or else $EDITOR), and check it afterwards. If you "
            "change nothing in a template, it is removed.",
        ),
    ]
    command = click.Command(
        str(section.note.kind),
        params=parameters,
        help=f"{usage.summary}\n\n{usage.help}".rstrip(),
        short_help=usage.summary,
        epilog=examples(*usage.examples),
        callback=click.pass_context(partial(_write, section=section)),
    )
    fragments_to_write(command)
    return command


def _option_of(section: SectionFields, field: Field) -> click.Option | None:
    """Return the option that sets a field, or None for one that no option can set."""
    if field.type is Type.PARTICIPANTS:
        return None
    name, help_, kind = f"--{field.name}", field.help.replace("``", ""), field.type
    if kind is Type.FLAG:
        return click.Option([name], is_flag=True, default=None, help=help_)
    if kind is Type.DEADLINES:
        return click.Option(
            ["--deadline", field.name],
            metavar='"DATE TITLE"',
            multiple=True,
            callback=_read_deadlines,
            help='A day by which something has to be done, and what: "2027-02-01 Call for papers closes". May be '
            "repeated.",
        )
    if isinstance(kind, OneOf):
        return click.Option([name], type=Choice([str(value) for value in kind.values]), help=help_)
    callback = checked(_iso_date) if field.name == "date" else None
    if field.name == "date":
        verb = "was announced" if section.note is EventNote else "happened"
        help_ = f"When it {verb}: {DAY_FORMS}; or a time as in RFC 3339. Without it, today (UTC)."
    return click.Option([name], metavar=_METAVARS.get(kind, "TEXT"), callback=callback, help=help_)


def _iso_date(text: str) -> str:
    """Return a date as fragments have it. What may be a time is checked with the note."""
    return read_day(text, today()).isoformat() if text.isalpha() else text


def _read_deadlines(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> str | None:
    """Return deadlines in the form that records of notes have them in."""
    found = []
    for value in values:
        day, _, title = value.strip().partition(" ")
        try:
            deadline = Deadline(read_day(day.rstrip(":"), today()), " ".join(title.split()))
        except ValueError as error:
            raise click.BadParameter(f"{visible(str(error))}.") from None
        if not deadline.title:
            raise click.BadParameter(f"'{visible(value)}' has no title: write \"DATE TITLE\".")
        found.append(deadline)
    return str(Deadlines.of(found)) if found else None


def _write(
    ctx: click.Context,
    /,
    section: SectionFields,
    words: tuple[str, ...],
    slug: str | None,
    edit: bool,
    fragments: str | None,
    **options: Any,
) -> None:
    """Write a fragment with one note."""
    project = open_valid_project(ctx.find_root().obj)
    values = _values(section, " ".join(words) if words else None, options)
    date = values.pop("date", today().isoformat())
    _check(section, values, date)
    if not edit:
        _complete(ctx, section, values, date)
    complete = not holes_of(section, values) and not edit
    text = dump_fragment({section.name: [values]}, date=date) if complete else template(section, values, date)
    if complete and (unsound := read_fragment(text.encode(), "the new fragment", _STEM)[1]):
        raise DigestError(*unsound)
    folder = project.root / project.main.fragments if fragments is None else Path.cwd() / fragments
    path = write_new_file(folder, slug or _slug(section, values), text)
    if edit:
        _edit(ctx, path, text, is_complete=not holes_of(section, values))
    click.echo(os.fsencode(_from_here(path)))
    if section.note is Success and "nick" in values and options["nick"] is None:
        click.echo(f"nick: {visible(values['nick'])} (give --nick '' if it is part of the text)", err=True)
    if edit:
        finish(ctx, check_targets(project.root, targets_of(project, (os.fspath(path),))).problems)


def _complete(ctx: click.Context, section: SectionFields, values: dict[str, Any], date: str) -> None:
    """Ask for the values that a note needs and does not have.

    :raises click.UsageError: if nobody can be asked.
    """
    missing = holes_of(section, values)
    if missing and not is_interactive():
        names = " and ".join(f"--{name}" for name in missing)
        text = KIND_USAGES[section.note.kind].text if missing[0] in _meaning(section, "x", ()) else ""
        raise click.UsageError(
            f"Missing {f'{text} or ' if text else ''}{names}. On a terminal you are asked for it; with --edit you "
            "complete a template.",
            ctx,
        )
    for name in missing:

        def check(text: str, name: str = name) -> None:
            _check(section, {name: text}, date)

        answer = ask(f"{section.fields[name].help.rstrip('.')} ({name})", check=check)
        values |= _meaning(section, answer, values) if section.note is Success else {name: answer}


def _values(section: SectionFields, text: str | None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a note, from TEXT and from the options.

    :raises click.UsageError: if a field has two values, or a value is not UTF-8.
    """
    values: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
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
            raise click.UsageError("The TEXT of a countdown is its series and its week, such as 'heron R-17'.")
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


def _edit(ctx: click.Context, path: Path, text: str, *, is_complete: bool) -> None:
    """Let the user edit a fragment. A template that is left as it is is removed, and the command ends."""
    try:
        click.edit(filename=os.fspath(path))
    finally:
        unchanged = not is_complete and _has(path, text)
        if unchanged:
            path.unlink()
    if unchanged:
        click.echo("nothing was changed in the template: it is removed", err=True)
        ctx.exit(1)


def _has(path: Path, text: str) -> bool:
    with suppress(OSError):
        return path.read_bytes() == text.encode()
    return False
