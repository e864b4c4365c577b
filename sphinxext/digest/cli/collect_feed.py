"""``sphinx-digest collect feed``: draft stories from the posts of feeds, and notes from other sites' indexes."""

from __future__ import annotations

from datetime import date

import click

from sphinxext.digest.cli._drafts import day_options, draft_options, save_drafts, show_known
from sphinxext.digest.cli._options import open_valid_project, settings_to_write
from sphinxext.digest.clock import today
from sphinxext.digest.fragments.folder import read_folder
from sphinxext.digest.gather.digest_index import JointWishes, draft_index
from sphinxext.digest.gather.feed.drafts import StoryWishes, draft_stories
from sphinxext.digest.gather.feed.read import read_feed
from sphinxext.digest.gather.feed.records import Feed
from sphinxext.digest.joint.index import Index
from sphinxext.digest.net.source import read_source
from sphinxext.digest.problems import DigestError, Problem


@click.command("feed")
@click.argument("sources", metavar="FILE|URL...", nargs=-1, required=True)
@day_options
@click.option("--group", metavar="NAME", help="The heading that the stories share with others, such as 'Blogs'.")
@click.option("--limit", metavar="N", type=click.IntRange(1), help="No more than the N newest of each source.")
@draft_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    sources: tuple[str, ...],
    since: date | None,
    until: date | None,
    group: str | None,
    limit: int | None,
    dry_run: bool,
    fragments: str | None,
    form: str,
) -> None:
    """Draft a story of each post of feeds, and print the paths of the fragments.

    A FILE or a URL is a feed: Atom, RSS of any version, or JSON Feed, gzipped or not. A story has the post's title,
    author, address and day, and the beginning of its text as plain words. The same post in several feeds becomes one
    story.

    It can also be the index of another site, digests/index.json. Its notes become notes of the same kinds here, with
    their identities and with the name of the project they come from.
    """
    project = open_valid_project(ctx.obj)
    settings = settings_to_write(project, fragments)
    found, problems = _read(sources)
    feeds = [source for source in found if isinstance(source, Feed)]
    indexes = [source for source in found if isinstance(source, Index)]
    known = read_folder(project.root, settings.fragments).fragments
    plan = draft_stories(feeds, StoryWishes(today(), since, until, limit, group), known)
    show_known(plan.there, "has this post")
    identities = frozenset(fragment.identity for fragment in known)
    wishes = JointWishes(settings, since, until, limit, group, identities)
    drafts = [*plan.drafts, *(draft for index in indexes for draft in draft_index(index, wishes))]
    problems += [problem for index in indexes for problem in index.problems]
    save_drafts(ctx, drafts, project.root, settings.fragments, form, dry_run=dry_run, problems=problems)


def _read(sources: tuple[str, ...]) -> tuple[list[Feed | Index], list[Problem]]:
    """What the sources hold. One that cannot be had or read is a problem, and keeps no other from being read."""
    found: list[Feed | Index] = []
    problems: list[Problem] = []
    for source in dict.fromkeys(sources):
        try:
            found.append(read_feed(read_source(source), source))
        except DigestError as error:
            problems += error.problems
    return found, problems
