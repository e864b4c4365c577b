"""``sphinx-digest release-notes since``: print what changed between two versions or days."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sphinxext.digest.cli._output import examples
from sphinxext.digest.cli._release_notes import (
    content_options,
    finish,
    missing_version,
    open_config,
    open_settings,
    open_source,
    output_options,
    problem_of,
    query_options,
    show_notes,
)
from sphinxext.digest.problems import Code, DigestError, Problem

if TYPE_CHECKING:
    from sphinxext.digest.release.load import History, Span


def _readable_span(_ctx: click.Context, _param: click.Parameter, value: str) -> Span:
    from sphinxext.digest.release.load import SpanError, parse_span

    try:
        return parse_span(value)
    except SpanError as error:
        raise click.BadParameter(f"{error}.") from None


@click.command("since", epilog=examples("sphinx-digest release-notes since 1.2.0..2.0.0 --contributors"))
@click.argument("span", metavar="A..B", callback=_readable_span)
# the span says what is wanted: limits would hide a part of the history
@query_options(without=("earliest_version", "stop_at_branch_base"))
@click.option("--title", help="The title of the document, instead of one that names A and B.")
@content_options
@output_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    span: Span,
    title: str | None,
    contributors: bool,
    by_component: bool,
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
    from sphinxext.digest.render.release_notes import with_issue_links
    from sphinxext.digest.render.release_outline import outline_by_section

    settings = open_settings(ctx.obj, by_component=by_component)
    conf = open_config(ctx.obj, options)
    conf.override(earliest_version=None, stop_at_branch_base=False)
    problems: list[Problem] = []
    with open_source(conf) as source:
        history = History(conf, source)
        releases = history.releases(problems, _versions_in(history, span), contributors=contributors)
    if form in ("rst", "json"):
        releases = with_issue_links(releases, settings.issue_links)
    components = settings.components if by_component else ()
    outline = outline_by_section(conf, releases, _title_of(span) if title is None else title, components)
    data, found = show_notes(replace(outline, issues=settings.issue_links), form, show_source=show_source)
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
