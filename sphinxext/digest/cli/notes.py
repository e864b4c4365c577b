"""``sphinx-digest notes``: print release notes from git's history, or write them to a file.

``notes list`` asks git alone, so that it loads nothing which reads or renders texts.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._output import as_json, format_option, show_problems, visible
from sphinxext.digest.cli._release_notes import (
    check_versions,
    encoded,
    finish,
    in_history,
    missing_version,
    open_config,
    open_source,
    output_options,
    problem_of,
    query_options,
    show_notes,
    version_option,
    what_is_missing,
)
from sphinxext.digest.problems import Code, DigestError, Problem

if TYPE_CHECKING:
    from datetime import date

    from sphinxext.digest.release.load import History, Span
    from sphinxext.digest.release.scan import NoteFile


class _InOrder(click.Group):
    """A group that lists its commands in the order of their definitions."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return list(self.commands)


@click.group("notes", cls=_InOrder)
def command() -> None:
    """Print release notes, placed in versions by git's history as reno does.

    The options of reno in 'reno.yaml' or 'releasenotes/config.yaml' apply.
    """


@command.command("list", short_help="Print versions and the files of their notes.")
@query_options()
@version_option
@format_option("'json' has an object for each version, with its day and its notes.")
@click.pass_context
def list_versions(ctx: click.Context, /, form: str, versions: tuple[str, ...], **options: Any) -> None:
    """Print the versions, the newest first, and below each the files of its notes.

    The commit beside a file has its last text. 'reno list' shows the same and has the same options.
    """
    from sphinxext.digest.clock import day_of

    conf = open_config(ctx.obj, options)
    with open_source(conf) as source:
        found = source.get_notes_by_version()
        dates = source.get_version_dates() if form == "json" else {}
        problems = what_is_missing(conf, source)
        check_versions(conf, versions, found, source)
    chosen = {version: found[version] for version in versions or found}
    if form == "json":
        days = {version: day_of(dates.get(version)) for version in chosen}
        click.echo(as_json(list(_records(chosen, days))), nl=False)
    else:
        text = "".join(f"{line}\n" for line in _lines(chosen))
        click.echo(text.encode("utf-8", "backslashreplace"), nl=False)
        if not chosen:
            click.echo("no release notes", err=True)
    if problems:
        show_problems(problems)
        ctx.exit(1)


def _lines(found: Mapping[str, Sequence[NoteFile]]) -> Iterator[str]:
    for version, files in found.items():
        yield visible(version)
        for path, commit in files:
            yield f"\t{visible(path)} ({commit.decode() if commit else 'not committed'})"


def _records(found: Mapping[str, Sequence[NoteFile]], days: Mapping[str, date | None]) -> Iterator[dict[str, object]]:
    from sphinxext.digest.release.changes import unique_id

    for version, files in found.items():
        day = days[version]
        yield {
            "version": version,
            "date": day.isoformat() if day else None,
            "notes": [
                {"path": path, "identity": unique_id(path), "commit": commit.decode() if commit else None}
                for path, commit in files
            ],
        }


@command.command("report", short_help="Print the release notes of all versions, or of some.")
@query_options()
@version_option
@click.option("--title", default="Release Notes", show_default=True, help="The title of the document.")
@output_options
@click.pass_context
def report(
    ctx: click.Context,
    /,
    versions: tuple[str, ...],
    title: str,
    form: str,
    show_source: bool,
    output: Path | None,
    **options: Any,
) -> None:
    """Print the release notes by version, the newest first, and by section.

    As RST this is the document of 'reno report', and the options are reno's. Notes with problems are left out or shown
    as they are written, and the exit status is 1. It stays 0 for what reno accepts, such as an unknown section.
    """
    from sphinxext.digest.release.load import History
    from sphinxext.digest.render.release_notes import outline_by_version, report_lines

    conf = open_config(ctx.obj, options)
    problems: list[Problem] = []
    with open_source(conf) as source:
        history = History(conf, source)
        check_versions(conf, versions, history.files, source)
        releases = history.releases(problems, versions or None)
    if form == "rst":
        lines = report_lines(conf, releases, title=title, branch=options["branch"], show_source=show_source)
        data = encoded("".join(f"{line.text}\n" for line in lines))
    else:
        data, found = show_notes(outline_by_version(conf, releases, title), form, show_source=show_source)
        problems += found
    finish(ctx, data, output, problems, empty=not releases)


def _readable_span(_ctx: click.Context, _param: click.Parameter, value: str) -> Span:
    from sphinxext.digest.release.load import SpanError, parse_span

    try:
        return parse_span(value)
    except SpanError as error:
        raise click.BadParameter(f"{error}.") from None


@command.command("since", short_help="Print what changed between two versions or days.")
@click.argument("span", metavar="A..B", callback=_readable_span)
# the span says what is wanted: limits would hide a part of the history
@query_options(without=("earliest_version", "stop_at_branch_base"))
@click.option("--title", help="The title of the document, instead of one that names A and B.")
@output_options
@click.pass_context
def since(
    ctx: click.Context,
    /,
    span: Span,
    title: str | None,
    form: str,
    show_source: bool,
    output: Path | None,
    **options: Any,
) -> None:
    """Print what changed between A and B, by section over all versions, each note after its version.

    A and B are versions or days (YYYY-MM-DD). The notes of version A are left out, those of version B are included; of
    days both are. Without B it goes up to now, with what is not released yet.
    """
    from sphinxext.digest.release.load import History
    from sphinxext.digest.render.release_notes import outline_by_section

    conf = open_config(ctx.obj, options)
    conf.override(earliest_version=None, stop_at_branch_base=False)
    problems: list[Problem] = []
    with open_source(conf) as source:
        history = History(conf, source)
        releases = history.releases(problems, _versions_in(history, span))
    outline = outline_by_section(conf, releases, _title_of(span) if title is None else title)
    data, found = show_notes(outline, form, show_source=show_source)
    finish(ctx, data, output, [*problems, *found], empty=not outline.chapters)


def _versions_in(history: History, span: Span) -> list[str]:
    """Select the versions of a span that have notes, the newest first.

    :raises DigestError: if the branch has no such versions, or not in this order.
    """
    from sphinxext.digest.release.load import SpanError, select_versions

    conf, source = history.conf, history.source
    known = source.get_versions_on_branch(conf.branch)
    try:
        return select_versions(history.days, span, known)
    except SpanError as error:
        names = list(dict.fromkeys([*history.files, *known]))
        missing = [limit for limit in (span.start, span.end) if isinstance(limit, str) and limit not in names]
        code = Code.UNKNOWN_VERSION if missing else Code.BAD_PERIOD
        messages = [missing_version(version, names) for version in missing] or [str(error)]
        raise DigestError(*history.problems, *(problem_of(conf, message, code) for message in messages)) from None


def _title_of(span: Span) -> str:
    if span.start is None:
        return f"Changes up to {span.end}" if span.end else "Changes"
    return f"Changes from {span.start} to {span.end}" if span.end else f"Changes since {span.start}"


@command.command("cache", short_help="Write the notes to a file, for where there is no history.")
@query_options()
@click.option(
    "--output",
    metavar="FILE",
    help="Write to this file instead of 'reno.cache' in the folder of notes; '-' is standard output.",
)
@click.pass_context
def cache(ctx: click.Context, /, output: str | None, **options: Any) -> None:
    """Write the notes of all versions to a file, and print its path.

    Where the file is committed or packed, release notes can be made in shallow clones and source distributions, which
    lack git's history. It has the current branch and all series, or only --branch. reno can read it, too.
    """
    from sphinxext.digest.release.cache_file import write_cache_file

    conf = open_config(ctx.obj, options)
    with in_history(conf):
        if output == "-":
            with TemporaryDirectory() as folder:
                written = write_cache_file(conf, Path(folder, "reno.cache"))
                click.echo(written.read_bytes(), nl=False)
            return
        written = write_cache_file(conf, Path(output) if output else None)
    click.echo(visible(output or os.path.relpath(written)))
