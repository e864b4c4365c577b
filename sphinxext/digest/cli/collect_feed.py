"""Draft stories from the posts of feeds, and notes from other sites."""

from __future__ import annotations

from datetime import date

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._options import day_options
from sphinxext.digest.cli._output import examples, visible
from sphinxext.digest.fragments.folder import read_folder
from sphinxext.digest.gather.feed import IndexOptions, ParsedFeed, draft_index
from sphinxext.digest.gather.feed.drafts import StoryOptions, draft_stories
from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.joint.index import Index
from sphinxext.digest.model.period import today
from sphinxext.digest.net.source import read_source


@click.command(
    "feed",
    epilog=examples("sphinx-digest collect feed https://blog.example.org/atom.xml --group Blogs --since monday"),
)
@click.argument("sources", metavar="FILE|URL...", nargs=-1, required=True)
@day_options
@click.option("--group", metavar="NAME", help="The heading that the stories share with others, such as 'Blogs'.")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="No more than the N newest of each source.")
@collector
def command(
    run: CollectRun,
    /,
    sources: tuple[str, ...],
    since: date | None,
    until: date | None,
    group: str | None,
    limit: int | None,
) -> None:
    """Draft a story of each post of feeds, and print the paths of the fragments.

    A FILE or a URL is a feed: Atom, RSS of any version, or JSON Feed, gzipped or not. A story has the post's title,
    author, address and day, and the beginning of its text as plain words. The same post in several feeds becomes one
    story.

    It can also be the index of another site, digests/index.json. Its notes become notes of the same kinds here, with
    their identities and with the name of the project they come from.
    """
    found = run.read(sources, lambda source: read_feed(read_source(source), source))
    feeds = [source for source in found if isinstance(source, ParsedFeed)]
    indexes = [source for source in found if isinstance(source, Index)]
    known = read_folder(run.project.root, run.settings.fragments).fragments
    plan = draft_stories(feeds, StoryOptions(today(), since, until, limit, group), known)
    for path in plan.there:
        click.echo(f"{visible(path)} has this post", err=True)
    identities = frozenset(fragment.identity for fragment in known)
    options = IndexOptions(run.settings, since, until, limit, group, identities)
    drafts = [*plan.drafts, *(draft for index in indexes for draft in draft_index(index, options))]
    run.problems += [problem for index in indexes for problem in index.problems]
    run.save(drafts)
