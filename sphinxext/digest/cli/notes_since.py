"""``sphinx-digest notes since``: print what changed between two versions or days."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._output import show_problems
from sphinxext.digest.cli._release_config import missing_version, open_config, query_options, what_is_missing
from sphinxext.digest.cli._release_output import fails, output_options, show_notes, write_result
from sphinxext.digest.problems import Code, DigestError, Problem

if TYPE_CHECKING:
    from sphinxext.digest.cli._release_output import History
    from sphinxext.digest.release.span import Span

#: What would hide a part of the history; the span says what is wanted.
_LIMITS = frozenset({"earliest_version", "stop_at_branch_base"})


def _readable_span(_ctx: click.Context, _param: click.Parameter, value: str) -> Span:
    from sphinxext.digest.release.span import SpanError, parse_span

    try:
        return parse_span(value)
    except SpanError as error:
        raise click.BadParameter(f"{error}.") from None


@click.command("since")
@click.argument("span", metavar="A..B", callback=_readable_span)
@query_options(without=_LIMITS)
@click.option("--title", help="The title of the document, instead of one that names A and B.")
@click.option(
    "--unreleased-version-title", metavar="TITLE", help="What to call what is not released, instead of a version."
)
@output_options
@click.pass_context
def command(
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

    A and B are versions or days (YYYY-MM-DD). What version A has is not among it, what version B has is; of days both
    are. Without B it goes up to now, with what is not released yet.
    """
    from sphinxext.digest.cli._release_output import open_history
    from sphinxext.digest.render.release_notes import outline_by_section

    conf = open_config(ctx.obj, options)
    conf.override(earliest_version=None, stop_at_branch_base=False)
    with open_history(conf) as history:
        problems: list[Problem] = []
        releases = history.releases(_versions_in(history, span), problems)
    outline = outline_by_section(conf, releases, _title_of(span) if title is None else title)
    data, found = show_notes(outline, form, show_source=show_source)
    write_result(data, output)
    if not outline.chapters:
        click.echo("no release notes", err=True)
    problems = sorted({*problems, *found})
    show_problems(problems)
    if fails(problems):
        ctx.exit(1)


def _versions_in(history: History, span: Span) -> list[str]:
    """The versions of a span that have notes, the newest first.

    :raises DigestError: if the branch has no such versions, or not in this order.
    """
    from sphinxext.digest.release.span import SpanError, select_releases, versions_of_branch

    known = versions_of_branch(history.conf, history.scanner)
    try:
        return [release.version for release in select_releases(history.bare_releases(), span, known)]
    except SpanError as error:
        names = list(dict.fromkeys([*history.notes, *known]))
        missing = [limit for limit in (span.start, span.end) if isinstance(limit, str) and limit not in names]
        code = Code.UNKNOWN_VERSION if missing else Code.BAD_PERIOD
        messages = [missing_version(version, names) for version in missing] or [str(error)]
        place = history.conf.notespath
        found = [Problem(place, 0, 0, code, message) for message in messages]
        raise DigestError(*what_is_missing(history.conf, history.problems), *found) from None


def _title_of(span: Span) -> str:
    if span.start is None:
        return f"Changes up to {span.end}" if span.end else "Changes"
    return f"Changes from {span.start} to {span.end}" if span.end else f"Changes since {span.start}"
