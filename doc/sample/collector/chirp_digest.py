"""Draft successes, thanks and threads from exports of Chirp."""

import json
from datetime import datetime

import click

from sphinxext.digest.cli._drafts import CollectRun, collector, read_input
from sphinxext.digest.cli.threads import draft_topics, topic_options
from sphinxext.digest.gather.mail.ranking import ThreadOptions
from sphinxext.digest.gather.messages import ChatMessage, draft_commands
from sphinxext.digest.gather.topics import topics_of
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.text import decode


@click.command("chirp")
@click.argument("sources", metavar="FILE|URL...", nargs=-1, required=True)
@topic_options(top=5, min_messages=3)
@collector
def command(run: CollectRun, /, sources, top, min_messages, tags, since, until):
    """Draft the successes, thanks and threads that exports of Chirp have."""
    found = run.read(sources, lambda source: list(messages(read_input(source), source, run.problems)))
    said = [message for part in found for message in part]
    options = ThreadOptions(None, min_messages, tags, since, until)
    topics = draft_topics(run, topics_of(said), options, top, "Chirp")
    run.save([*draft_commands(said, since, until), *topics])


def messages(data, source, problems):
    for number, line in enumerate(decode(data, source, problems).splitlines(), 1):
        try:
            id, room, time, who, text, answers, url = map(str, json.loads(line))
            yield ChatMessage(id, datetime.fromisoformat(f"{time}Z"), who, text, url, answers=answers, channel=room)
        except (ValueError, TypeError, RecursionError):
            problems.append(Problem(source, number, 1, Code.BAD_RECORD, "the line is not a message of Chirp"))
