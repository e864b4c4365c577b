"""Draft items from lists of bookmarks."""

from __future__ import annotations

from collections.abc import Iterator

import click

from sphinxext.digest.cli._drafts import CollectRun, collector, read_input
from sphinxext.digest.fragments.write import Draft, identity_of, make_draft, plain_title, web_url
from sphinxext.digest.model.period import today
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.text import decode, visible_text


@click.command("bookmarks")
@click.argument("sources", metavar="FILE|URL...", nargs=-1, required=True)
@click.option("--group", metavar="NAME", default="Bookmarks", help="The heading of the items.")
@collector
def command(run: CollectRun, /, sources: tuple[str, ...], group: str) -> None:
    """Draft an item of each bookmark, and print the paths of the fragments.

    A FILE, a URL, or '-' for the standard input has a bookmark in each line: its address, a space and its title. An
    address is drafted once, whatever its title.
    """
    found = run.read(sources, lambda source: list(_drafts(read_input(source), source, run.problems, group)))
    run.save(draft for drafts in found for draft in drafts)


def _drafts(data: bytes, source: str, problems: list[Problem], group: str) -> Iterator[Draft]:
    """Draft an item of each line. Lines that are not a bookmark are among the problems.

    :raises DigestError: if it is no text.
    """
    for number, line in enumerate(decode(data, source, problems).split("\n"), 1):
        address, _, words = line.partition(" ")
        url, title = web_url(address), visible_text(words)
        if url and title:
            note = {"group": visible_text(group), "text": plain_title(title), "url": url}
            yield make_draft(identity_of("bookmark", url), title, {"items": [note]}, date=today())
        elif line.strip():
            message = "the line is not a bookmark: write a URL, a space and a title"
            problems.append(Problem(source, number, 1, Code.BAD_RECORD, message))
