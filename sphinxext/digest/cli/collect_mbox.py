"""Draft summaries of the threads of mailing lists."""

from __future__ import annotations

from datetime import date

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._output import examples
from sphinxext.digest.cli.threads import best_drafts, find, thread_options
from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.gather.mail.ranking import ThreadOptions


@click.command("mbox", epilog=examples("sphinx-digest collect mbox list.mbox --top 5 --period previous"))
@click.argument("sources", metavar="FILE...", nargs=-1, required=True)
@thread_options(top=10, min_messages=2)
@click.option(
    "--thread",
    "chosen",
    metavar="ID",
    multiple=True,
    help="Only this thread: what the table of 'sphinx-digest threads' has in its first column, or the Message-ID of "
    "one of its mails. May be repeated; --top, --min-messages and --tag do not count then.",
)
@collector
def command(
    run: CollectRun,
    /,
    sources: tuple[str, ...],
    top: int | None,
    min_messages: int,
    tags: frozenset[str],
    since: date | None,
    until: date | None,
    archive: str | None,
    chosen: tuple[str, ...],
) -> None:
    """Draft summaries of the threads of mailing lists, and print the paths of the fragments.

    A FILE is an mbox, also gzipped, or one message; it can be a folder: a maildir, a clone of public-inbox, or one
    with any of these; or the URL of an mbox, such as Pipermail's for a month or an export of HyperKitty. Several are
    read as one, so that threads go on across the ends of months.

    Each draft has who wrote and how much, an outline of who answered whom, and the links, to be cut down and completed
    by a person. 'sphinx-digest threads' shows beforehand which threads there are. Not drafted are countdowns to
    releases, digests, and threads that the collection has, but for what came after the digest that has them.
    """
    project, settings = run.project, run.settings
    collection = load_collection(project.root, settings)
    finding = find(sources, collection, ThreadOptions(None, min_messages, tags, since, until, chosen), archive)
    run.problems += finding.problems
    run.save(best_drafts(run, finding.candidates, top if not chosen else None))
