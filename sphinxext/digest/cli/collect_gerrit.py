"""Draft items from lists of changes."""

from __future__ import annotations

import re
from datetime import date

import click

from sphinxext.digest.cli._drafts import CollectRun, collector, read_input
from sphinxext.digest.cli._options import checked, day_options
from sphinxext.digest.cli._output import examples, visible
from sphinxext.digest.fragments.write import web_url
from sphinxext.digest.gather.gerrit import (
    ChangeList,
    ChangeOptions,
    Vote,
    draft_changes,
    query_url,
    read_changes,
    site_of,
    unasked,
)
from sphinxext.digest.model.period import today
from sphinxext.digest.net.source import is_url


def _vote(text: str) -> Vote:
    label, separator, number = text.partition("=")
    if not separator or not re.fullmatch(r"[A-Za-z][\w-]*", label) or not re.fullmatch(r"[-+]?[0-9]{1,2}", number):
        raise ValueError(f"'{text}' is not a vote: write it as Code-Review=2")
    return Vote(label, int(number))


def _site(text: str) -> str:
    url = web_url(text) if text else ""
    if url is None:
        raise ValueError(f"'{text}' is not an absolute URL, http or https")
    return url.rstrip("/")


@click.command(
    "gerrit",
    epilog=examples(
        "sphinx-digest collect gerrit 'https://review.example.org/q/status:open+project:specs' --vote Code-Review=2"
    ),
)
@click.argument("sources", metavar="FILE|URL...", nargs=-1, required=True)
@day_options
@click.option("--group", metavar="NAME", help="The heading of the list, such as 'Specs Close to Merging'.")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="No more than the first N changes.")
@click.option(
    "--vote",
    "votes",
    metavar="LABEL=N",
    multiple=True,
    callback=checked(_vote),
    help="Only changes with this vote or a higher one, such as 'Code-Review=2', and no veto on the label; for a "
    "negative N, with this vote or a lower one. May be repeated.",
)
@click.option(
    "--project",
    "projects",
    metavar="NAME",
    multiple=True,
    help="Only changes of this project, or with '*' at its end of all that begin like it. May be repeated.",
)
@click.option("--wip", is_flag=True, help="Also changes that are work in progress.")
@click.option("--abandoned", is_flag=True, help="Also abandoned changes.")
@click.option(
    "--site",
    metavar="URL",
    default="",
    callback=checked(_site),
    help="Where the Gerrit of a saved answer of its REST API is.",
)
@collector
def command(
    run: CollectRun,
    /,
    sources: tuple[str, ...],
    since: date | None,
    until: date | None,
    group: str | None,
    limit: int | None,
    votes: tuple[Vote, ...],
    projects: tuple[str, ...],
    wip: bool,
    abandoned: bool,
    site: str,
) -> None:
    """Draft an item of each change in a list of Gerrit's, and print the paths of the fragments.

    A URL is that of a search as the browser has it, https://review.example.org/q/status:open+project:specs, or a query
    of the REST API, https://review.example.org/changes/?q=status:open. A FILE, or '-' for the standard input, is what
    such a query answered, or what 'gerrit query --format=JSON' printed, with '--all-approvals' or
    '--current-patch-set' if votes matter.

    Private changes are never drafted. Those that are work in progress, or abandoned, are drafted only with '--wip' and
    '--abandoned'.

    An item has the change's subject and address. It is dated to today, or to the day of a change that was merged. A
    change is drafted once, however long it stays open. The days of '--since' and '--until' are those of its last
    update.
    """
    found = run.read(sources, lambda source: _read(source, site))
    run.problems += [problem for part in found for problem in part.problems]
    options = ChangeOptions(today(), since, until, limit, group, projects, votes, wip, abandoned)
    changes = [change for part in found for change in part.changes]
    _say_left_out(sum(part.private for part in found), len(unasked(changes, options)))
    run.save(draft_changes(changes, options))


def _read(source: str, site: str) -> ChangeList:
    """Read the changes of a source, and say so if there are more than Gerrit told of."""
    data = read_input(query_url(source) if is_url(source) else source)
    changes = read_changes(data, source, site or (site_of(source) if is_url(source) else ""))
    if changes.more:
        click.echo(f"{visible(source)} has more changes than Gerrit told of: narrow the query", err=True)
    return changes


def _say_left_out(private: int, others: int) -> None:
    for number, why in ((private, "private"), (others, "work in progress or abandoned: see --wip and --abandoned")):
        if number:
            click.echo(f"{number} change{' is' if number == 1 else 's are'} left out, {why}", err=True)
