"""Threads of mail archives on the command line: FILE, and the options that choose among threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import click

from sphinxext.digest.cli.output import visible
from sphinxext.digest.cli.periods import readable_day
from sphinxext.digest.collect.mail.choose import Wishes
from sphinxext.digest.collect.mail.find import Finding, find_candidates
from sphinxext.digest.collection import Collection
from sphinxext.digest.web import WebError, check_web_url


def thread_options(*, top: int | None, min_messages: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add what chooses among threads, with these defaults; :func:`wishes_of` takes the values."""
    options = (
        click.option(
            "--top",
            metavar="N",
            type=click.IntRange(min=1),
            default=top,
            show_default=top is not None,
            help="Only the N best by participants, length and novelty.",
        ),
        click.option(
            "--min-messages",
            metavar="N",
            type=click.IntRange(min=1),
            default=min_messages,
            show_default=True,
            help="Only threads of N messages or more.",
        ),
        click.option("--tag", "tags", metavar="TAG", multiple=True, help="Only threads with [TAG]. May be repeated."),
        click.option(
            "--since", metavar="DATE", callback=readable_day, help="Only threads that went on at or after it."
        ),
        click.option("--until", metavar="DATE", callback=readable_day, help="Leave out messages after it (UTC)."),
        click.option(
            "--archive",
            metavar="URL",
            callback=_web_url,
            help="Where the list's archive can be read: the list's page in HyperKitty (.../list/L@H/), public-inbox "
            "or Pipermail, whose pages of the months are asked for the numbers of messages.",
        ),
    )

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            function = option(function)
        return function

    return add


def wishes_of(
    top: int | None,
    min_messages: int,
    tags: Sequence[str],
    since: date | None,
    until: date | None,
    chosen: Sequence[str] = (),
) -> Wishes:
    """What the options ask for."""
    folded = frozenset(tag.strip("[] ").casefold() for tag in tags)
    if chosen:
        return Wishes(chosen=tuple(chosen), since=since, until=until)
    return Wishes(top, min_messages, folded, since, until)


def find(sources: Sequence[str], collection: Collection, wishes: Wishes, archive: str | None) -> Finding:
    """The threads that are wanted; what a user may want to know besides is printed."""
    finding = find_candidates(sources, collection, wishes, archive)
    for note in finding.notes:
        click.echo(visible(note), err=True)
    return finding


def _web_url(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    try:
        if value is not None:
            check_web_url(value)
    except WebError as error:
        raise click.BadParameter(f"{visible(str(error))}.") from None
    return value
