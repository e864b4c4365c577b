"""``sphinx-digest collect``: run a collector, or without one a round through all sources that the settings list."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import click
from click.core import ParameterSource

from sphinxext.digest.cli._drafts import Tally, summary
from sphinxext.digest.cli._options import (
    day_options,
    days_of,
    draft_options,
    open_valid_project,
    period_to_edit,
    settings_to_write,
)
from sphinxext.digest.cli._output import as_json, counted, examples, show_problems, visible
from sphinxext.digest.cli.group import LazyGroup
from sphinxext.digest.model import Place
from sphinxext.digest.model.period import today
from sphinxext.digest.net.source import STANDARD_INPUT, is_url
from sphinxext.digest.plugins import COLLECTORS
from sphinxext.digest.problems import Code, DigestError, Problem, nearest
from sphinxext.digest.settings.checks import OptionError
from sphinxext.digest.settings.collect_sources import Source, is_dated, with_days
from sphinxext.digest.settings.options import COLLECTIONS, SETTINGS_FILE, Settings
from sphinxext.digest.settings.project import Project, read_settings_file


@click.group(
    "collect",
    cls=LazyGroup,
    entries=COLLECTORS,
    invoke_without_command=True,
    epilog=examples("sphinx-digest collect", "sphinx-digest collect --period previous --dry-run"),
)
@day_options
@draft_options
@click.option("--strict", is_flag=True, help="Exit with status 1 if any source fails, not only if all do.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    since: date | None,
    until: date | None,
    period: str | None,
    strict: bool,
    dry_run: bool,
    fragments: str | None,
    form: str,
) -> None:
    """Draft fragments from what other programs know.

    A draft is a fragment like any other, to be read and completed by a person before it is merged. Collecting again
    adds nothing that is there already, and leaves alone what has been edited.

    Without a command, this is a round through all sources that the option 'sources' lists in releasenotes/digest.yaml,
    each with its own options, such as {feed: https://blog.example.org/atom.xml, group: Blogs}. The days that count are
    those of the digest that today belongs to; until its first working day is over, such as on a Monday, those of the
    digest before it. '--period', '--since' and '--until' say otherwise.

    If a source fails, the round goes on, and names it at the end. The exit status is 1 if all sources failed; with
    '--strict', if any did.
    """
    if ctx.invoked_subcommand is None:
        go_round(ctx, since, until, period, strict=strict, dry_run=dry_run, fragments=fragments, form=form)
        return
    for option in ctx.command.params:
        if option.name and ctx.get_parameter_source(option.name) is ParameterSource.COMMANDLINE:
            message = f"{option.opts[0]} is for a round through all sources here: write it after the source's name."
            raise click.UsageError(message, ctx)


#: Options of the whole round, which a source cannot set.
_OF_THE_ROUND = ("dry-run", "format", "period")
#: The source whose arguments are not paths.
_SCHEDULE = "schedule"
#: The source whose days are those of events, which are news before they come: a round has no say in them.
_EVENTS = "ics"


@dataclass(frozen=True)
class Round:
    """The settings of a round: the project's folder, the period, and the options of all commands by name."""

    root: Path
    since: date
    until: date
    options: Mapping[str, str | bool]


def go_round(
    ctx: click.Context,
    since: date | None,
    until: date | None,
    period: str | None,
    *,
    strict: bool,
    dry_run: bool,
    fragments: str | None,
    form: str,
) -> None:
    """Run the command of each source, and go on if one fails.

    :param ctx: that of the group whose commands these are.
    """
    project = open_valid_project(ctx.obj)
    settings = settings_to_write(project, fragments)
    if not settings.sources:
        raise click.UsageError(
            f"Say what to collect from, or list it in the option 'sources' in {SETTINGS_FILE}.", ctx
        )
    since, until = days_of(project.root, settings, since, until, period)
    since, until = _period(ctx, settings, since, until)
    options: dict[str, str | bool] = {"since": str(since), "until": str(until), "dry-run": dry_run, "format": form}
    if fragments:
        options["fragments"] = fragments
    tally = Tally()
    tally.begin(ctx)
    plan = Round(project.root, since, until, options)
    failed = [source for source in settings.sources if not _collect(ctx, source, plan, tally)]
    if form == "json":
        click.echo(as_json(tally.records), nl=False)
    sources = f"{counted(len(settings.sources), 'source')}, {since} to {until}"
    drafts = summary(tally.new, tally.known, tally.rejected, dry_run=dry_run)
    click.echo(f"{sources}: {drafts}{_failures(failed)}", err=True)
    if len(failed) == len(settings.sources) or (failed and strict):
        ctx.exit(1)


def _failures(failed: Sequence[Source]) -> str:
    return f"; {len(failed)} of them failed: {visible(', '.join(map(str, failed)))}" if failed else ""


def check_sources(group: click.Group, project: Project) -> list[Problem]:
    """Return problems of options that a source's command does not have, or with invalid values.

    Only the commands know their options; the settings cannot check them.
    """
    named = [(name, one.sources) for name, one in _named(project) if one.sources]
    if not named:
        return []
    _, places, _ = read_settings_file(project.root)
    problems = []
    for name, sources in named:
        place = places.get(name, Place(1, 1))
        for number, source in enumerate(sources, 1):
            try:
                _check_options(group, source, project.root)
            except click.UsageError as error:
                message = f"'sources' cannot be used: entry {number} ({source.name}): {error.format_message()}"
                problems.append(Problem(SETTINGS_FILE, place.line, place.column, Code.BAD_SETTING, message))
    return problems


def _named(project: Project) -> Iterator[tuple[str, Settings]]:
    """Yield the collections with sources of their own, by the option's place in the settings file."""
    yield "sources", project.main
    for settings in project.collections[1:]:
        if settings.sources != project.main.sources:
            yield f"{COLLECTIONS}.{settings.pages}.sources", settings


def _check_options(group: click.Group, source: Source, root: Path) -> None:
    with click.Context(group) as ctx:
        command = group.get_command(ctx, source.name)
    assert command is not None, source.name
    day = today()
    _arguments(command, replace(source, arguments=()), Round(root, day, day, {}))


def _period(ctx: click.Context, settings: Settings, since: date | None, until: date | None) -> tuple[date, date]:
    """Return the chosen days, completed by those of the digest that the last of them belongs to.

    Without any, they are those of the digest that is being written.
    """
    if since is None and until is None:
        period = period_to_edit(settings.calendar, "--period today")
    else:
        period = settings.calendar.period_of(until or today())
    first, last = since or period.start, until or period.end
    if last < first:
        raise click.UsageError(f"{first} is later than {last}.", ctx)
    return first, last


def _collect(ctx: click.Context, source: Source, plan: Round, tally: Tally) -> bool:
    """Run the command of a source, and say whether all went well."""
    assert isinstance(ctx.command, click.Group)
    click.echo(f"{visible(str(source))}:", err=True)
    try:
        command = ctx.command.get_command(ctx, source.name)
        if command is None:
            raise click.UsageError(f"There is no command 'collect {source.name}'.")
        source, tally.dated = _without_missing_days(source, plan)
        if not source.arguments:
            return True
        with command.make_context(source.name, _arguments(command, source, plan), parent=ctx) as inner:
            command.invoke(inner)
    except click.exceptions.Exit as error:
        return error.exit_code == 0
    except DigestError as error:
        show_problems(error.problems)
    except OptionError as error:
        click.echo(visible(str(error)), err=True)
    except click.ClickException as error:
        click.echo(visible(f"{SETTINGS_FILE}: {source.name}: {error.format_message()}"), err=True)
    except BrokenPipeError:
        raise
    except OSError as error:
        place = f"{os.fsdecode(error.filename)}: " if error.filename else ""
        click.echo(visible(f"{place}{error.strerror or error}"), err=True)
    else:
        return True
    return False


def _arguments(command: click.Command, source: Source, plan: Round) -> list[str]:
    """Return the command line of a source.

    :raises click.UsageError: if the command does not have an option, or its value is invalid.
    """
    known = {
        name.removeprefix("--"): option
        for option in command.params
        if isinstance(option, click.Option)
        for name in option.opts
        if name.startswith("--")
    }
    own = dict(source.options)
    for name in own:
        if name not in known or name in _OF_THE_ROUND:
            names = [name for name in known if name not in _OF_THE_ROUND]
            near = nearest(name, names)
            hint = f": did you mean '{near}'? There" if near else ": there"
            raise click.UsageError(f"There is no option '{name}' for a source{hint} are {', '.join(names)}.")
    days = ("since", "until") if source.name == _EVENTS else ()
    shared = {name: value for name, value in plan.options.items() if name in known and name not in days}
    words = [f"--{name}={value}" for name, value in shared.items() if isinstance(value, str)]
    words += [f"--{name}" for name, value in shared.items() if value is True]
    for name, value in own.items():
        words += _option(name, value, known[name], plan)
    arguments = [text for argument in source.arguments for text in with_days(argument, plan.since, _last_day(plan))]
    return [*words, "--", *(text if source.name == _SCHEDULE else _local(text, plan.root) for text in arguments)]


def _without_missing_days(source: Source, plan: Round) -> tuple[Source, frozenset[str]]:
    """Leave out missing files of single days, which is not a failure, and return the URLs of single days.

    A missing URL only shows when it is fetched.
    """
    kept: list[str] = []
    addresses: set[str] = set()
    for argument in source.arguments:
        days = with_days(argument, plan.since, _last_day(plan))
        if not is_dated(argument) or source.name == _SCHEDULE:
            kept += days
            continue
        for text in days:
            if is_url(text):
                addresses.add(text)
            elif not (plan.root / text).exists():
                click.echo(f"{visible(text)}: there is no such file; it is left out", err=True)
                continue
            kept.append(text)
    return replace(source, arguments=tuple(kept)), frozenset(addresses)


def _option(name: str, value: str | bool | tuple[str, ...], option: click.Option, plan: Round) -> Iterator[str]:
    """Yield the words of one option; on the command line they follow, and override, those of the round."""
    if isinstance(value, bool) != option.is_flag:
        wanted = "true or false" if option.is_flag else "a text or a number"
        raise click.UsageError(f"The option '{name}' must be {wanted}.")
    if isinstance(value, bool):
        no = option.secondary_opts[:1]
        yield from [f"--{name}"] if value else no
        return
    values = value if isinstance(value, tuple) else (value,)
    if len(values) > 1 and not option.multiple:
        raise click.UsageError(f"The option '{name}' must be one text or number.")
    # which options are paths shows in how the help calls their values
    is_path = isinstance(option.type, click.Path | click.File) or "PATH" in (option.metavar or "")
    for text in values:
        yield f"--{name}={_local(text, plan.root) if is_path else text}"


def _last_day(plan: Round) -> date:
    """Return the last day of the round that is not in the future."""
    return max(plan.since, min(plan.until, today()))


def _local(text: str, root: Path) -> str:
    """Return a path of the settings, which is relative to the project, as one of the command line."""
    if is_url(text) or text == STANDARD_INPUT or Path(text).is_absolute():
        return text
    try:
        return os.path.relpath(root / text)
    except ValueError:  # it is on another drive
        return os.fspath(root / text)
