"""Draft the successes that people told in exports of chats."""

from __future__ import annotations

from datetime import date, timedelta

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._options import checked, day_options
from sphinxext.digest.cli._output import examples
from sphinxext.digest.cli.threads import draft_topics
from sphinxext.digest.gather.chat.collector import WORDS, ChatCollector
from sphinxext.digest.gather.irc.collector import LogOptions, check_template
from sphinxext.digest.gather.irc.relays import Relays
from sphinxext.digest.gather.irc.sources import channel_name
from sphinxext.digest.gather.irc.stamps import offset_of
from sphinxext.digest.gather.mail.ranking import ThreadOptions

#: A thread of fewer messages is not drafted.
MIN_MESSAGES = 3


def _template(text: str) -> str:
    check_template(text, WORDS)
    return text


@click.command("chat", epilog=examples("sphinx-digest collect chat slack.zip --period previous"))
@click.argument("exports", metavar="FILE|DIR...", nargs=-1, required=True)
@click.option(
    "--channel",
    metavar="NAME",
    callback=checked(channel_name),
    help="Only this channel, even if it is private; or the name of one that the export does not name.",
)
@click.option(
    "--url",
    metavar="TEMPLATE",
    callback=checked(_template),
    help="The links to messages: a URL with {channel}, {channel-id}, {id}, {date}, {time}, {year}, {month}, {day}.",
)
@day_options
@click.option(
    "--utc-offset",
    "offset",
    metavar="+HH:MM",
    default="Z",
    callback=checked(offset_of),
    help="How far the times of an export are ahead of UTC, where they do not say it.",
)
@click.option(
    "--threads",
    metavar="N",
    type=click.IntRange(0),
    default=0,
    help="Also the N best threads of answers, ranked as those of mailing lists are. None by default.",
)
@collector
def command(
    run: CollectRun,
    /,
    exports: tuple[str, ...],
    channel: str | None,
    url: str | None,
    since: date | None,
    until: date | None,
    offset: timedelta,
    threads: int,
) -> None:
    """Draft the successes and thanks that people told in exports of chats.

    The exports are those of Slack, Discord (DiscordChatExporter), Zulip, Mattermost, Rocket.Chat, Gitter, Telegram
    Desktop and Matrix rooms, as JSON: a file, a folder or a zip archive. The format is recognised. Name the whole
    folder or archive where names of people and channels are in files of their own.

    Each '#success text' and '#thanks nick text' becomes a draft of its own, with the corrections that its author made
    within five minutes and the edits that the export has. With --threads, the best threads of answers become drafts as
    well, those of three messages or more. Private channels and direct messages are left out.
    """
    options = LogOptions(channel, url, since, until, None, offset, Relays(run.settings.relays))
    if options.since and options.until and options.until < options.since:
        raise click.UsageError(f"{options.since} is later than {options.until}.")
    chats = ChatCollector(options, threads)
    run.read(exports, chats.read_export)
    run.problems += chats.problems
    chosen = ThreadOptions(None, MIN_MESSAGES, since=since, until=until)
    topics = draft_topics(run, chats.topics, chosen, threads, "a chat") if threads else []
    run.save([*chats.drafts(), *topics])
