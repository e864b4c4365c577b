"""Draft summaries of the topics of Discourse forums."""

from __future__ import annotations

from datetime import date

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._output import examples, visible
from sphinxext.digest.cli.threads import draft_topics, topic_options
from sphinxext.digest.gather.discourse import Forum
from sphinxext.digest.gather.mail.ranking import ThreadOptions


@click.command(
    "discourse", epilog=examples("sphinx-digest collect discourse https://forum.example.org/c/dev/7 --period previous")
)
@click.argument("sources", metavar="URL...", nargs=-1, required=True)
@topic_options(top=10, min_messages=3)
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
) -> None:
    """Draft summaries of the topics of Discourse forums, and print the paths of the fragments.

    A URL is that of a forum, of a category (/c/dev/7), of a tag (/tag/release) or of a topic (/t/words/123). Topics
    are ranked by participants, posts, likes and novelty. Each draft has who wrote and how much, an outline of who
    answered whom, and the links, to be cut down and completed by a person; a topic that is solved is done.

    Only what anybody may read is asked for. The forum is asked slowly, and waited for if it has too many requests.
    """
    forum = Forum(since, min_messages)
    topics = [topic for found in run.read(sources, forum.read) for topic in found]
    for note in forum.notes:
        click.echo(visible(note), err=True)
    run.save(draft_topics(run, topics, ThreadOptions(None, min_messages, tags, since, until), top, "a forum"))
