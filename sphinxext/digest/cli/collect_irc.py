"""Draft the successes that people told in the logs of channels."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, timedelta

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._options import checked, day_options, readable_day
from sphinxext.digest.cli._output import examples
from sphinxext.digest.gather.irc.collector import Collector, LogOptions, check_template
from sphinxext.digest.gather.irc.relays import Relays
from sphinxext.digest.gather.irc.sources import LogSource, channel_name, find_sources
from sphinxext.digest.gather.irc.stamps import offset_of


def _template(text: str) -> str:
    check_template(text)
    return text


@click.command("irc", epilog=examples("sphinx-digest collect irc logs/ --channel '#dev' --period previous"))
@click.argument("logs", metavar="FILE|DIR|URL...", nargs=-1, required=True)
@click.option(
    "--channel",
    metavar="NAME",
    callback=checked(channel_name),
    help="The channel. In a folder: its logs, and no others.",
)
@click.option(
    "--url",
    metavar="TEMPLATE",
    callback=checked(_template),
    help="The links to lines: a URL with {channel}, {date}, {time}, {year}, {month}, {day}, {line}.",
)
@day_options
@click.option("--date", "day", metavar="DATE", callback=readable_day, help="The day of a log that does not say it.")
@click.option(
    "--utc-offset",
    "offset",
    metavar="+HH:MM",
    default="Z",
    callback=checked(offset_of),
    help="How far the clock of the logs is ahead of UTC, where they do not say it.",
)
@collector
def command(
    run: CollectRun,
    /,
    logs: tuple[str, ...],
    channel: str | None,
    url: str | None,
    since: date | None,
    until: date | None,
    day: date | None,
    offset: timedelta,
) -> None:
    """Draft the successes and thanks that people told in the logs of channels.

    The logs are those of Limnoria (supybot) and irclog2html's pages of them, WeeChat, irssi, ZNC, The Lounge, Textual,
    mIRC, HexChat, Konversation, KVIrc and Pidgin (plain text), whatever form their times have, and JSON exports of
    Matrix rooms, plain or packed by gzip. A folder is searched with all its folders. The format is recognised;
    the channel and the day are taken from the names of files and folders, or from what the log says.

    Each '#success text' and '#thanks nick text' becomes a draft of its own, with the corrections that its nick made
    within five minutes ('s/old/new/', or the same again) and a link to the line of the log: by --url, or where the log
    is a page behind a URL.
    """
    options = LogOptions(channel, url, since, until, day, offset, Relays(run.settings.relays))
    if options.since and options.until and options.until < options.since:
        raise click.UsageError(f"{options.since} is later than {options.until}.")
    found = run.read(logs, lambda log: find_sources(log, options.channel, options.may_matter))
    logs_read = _read([source for sources in found for source in sources], options)
    run.problems += logs_read.problems
    run.save(logs_read.drafts())


def _read(sources: Sequence[LogSource], options: LogOptions) -> Collector:
    """Read all logs, with a progress bar on a terminal."""
    if not (sys.stderr and sys.stderr.isatty()):
        return _read_all(sources, Collector(options))
    with click.progressbar(length=sum(one.size for one in sources), label="Reading logs", file=sys.stderr) as bar:
        return _read_all(sources, Collector(options, bar.update))


def _read_all(sources: Sequence[LogSource], collector: Collector) -> Collector:
    for source in sources:
        collector.read(source)
    return collector
