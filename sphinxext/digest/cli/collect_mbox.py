"""Draft summaries of the threads of mailing lists."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._output import examples, visible
from sphinxext.digest.cli.threads import find, thread_options
from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.gather.mail.draft import draft_thread, growth
from sphinxext.digest.gather.mail.ranking import Candidate, Status, ThreadOptions


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
    # what was drafted before is among the best still, whatever became of it: others do not move up
    wanted = sorted((one for one in finding.candidates if one.is_worthy or one.is_there), key=lambda one: -one.rank)
    wanted = wanted[: top if not chosen else None]
    _say_grown((one for one in finding.candidates if not one.is_worthy), project.root)
    run.problems += finding.problems
    run.save(map(draft_thread, wanted))


def _say_grown(candidates: Iterable[Candidate], root: Path) -> None:
    """Say which threads that are there already have more messages now."""
    for candidate in candidates:
        if candidate.entry is None or candidate.status not in (Status.DRAFTED, Status.SUMMARIZED):
            continue
        path = candidate.entry.fragment.path
        try:
            text = (root / path).read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        if number := growth(candidate, text):
            messages = f"{number} message{'' if number == 1 else 's'}"
            click.echo(f"{visible(path)}: the thread has grown by {messages} since then; nothing is changed", err=True)
