"""``sphinx-digest collect irc``: draft the successes that people told in logs of chats."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date, timedelta

import click

from sphinxext.digest.cli._drafts import day_options, draft_options, save_drafts
from sphinxext.digest.cli._options import open_valid_project, readable_day, settings_to_write
from sphinxext.digest.fragments.values import ValueProblem
from sphinxext.digest.gather.irc.collector import Collector, Wishes
from sphinxext.digest.gather.irc.logs import check_template
from sphinxext.digest.gather.irc.sources import Source, find_sources
from sphinxext.digest.gather.irc.stamps import zone_of
from sphinxext.digest.problems import DigestError, Problem


def _offset(_ctx: click.Context, _param: click.Parameter, value: str | None) -> timedelta:
    if value is None:
        return timedelta(0)
    zone = zone_of(value)
    offset = zone.utcoffset(None) if zone else None
    if offset is None:
        raise click.BadParameter(f"'{value}' is not an offset: write +HH:MM or -HH:MM.")
    return offset


def _template(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    try:
        if value is not None:
            check_template(value)
    except ValueProblem as error:
        raise click.BadParameter(f"{error}.") from None
    return value


def _channel(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    name = value.removeprefix("#")
    if not name.strip() or not name.isprintable():
        raise click.BadParameter(f"'{value}' is not the name of a channel.")
    return name


@click.command("irc")
@click.argument("logs", metavar="FILE|DIR|URL...", nargs=-1, required=True)
@click.option(
    "--channel", metavar="NAME", callback=_channel, help="The channel. In a folder: its logs, and no others."
)
@click.option(
    "--url",
    metavar="TEMPLATE",
    callback=_template,
    help="The links to lines: a URL with {channel}, {date}, {time}, {year}, {month}, {day}, {line}.",
)
@day_options
@click.option("--date", "day", metavar="DATE", callback=readable_day, help="The day of a log that does not say it.")
@click.option(
    "--utc-offset",
    "offset",
    metavar="+HH:MM",
    callback=_offset,
    help="How far the clock of the logs is ahead of UTC, where they do not say it.",
)
@draft_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    logs: tuple[str, ...],
    channel: str | None,
    url: str | None,
    since: date | None,
    until: date | None,
    day: date | None,
    offset: timedelta,
    dry_run: bool,
    fragments: str | None,
    form: str,
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
    if since and until and until < since:
        raise click.UsageError(f"There are no days from {since} to {until}.")
    project = open_valid_project(ctx.obj)
    problems: list[Problem] = []
    settings = settings_to_write(project, fragments)
    wishes = Wishes(channel, url, since, until, day, offset)
    sources: list[Source] = []
    for log in logs:
        try:
            sources += find_sources(log, channel, wishes.may_matter)
        except DigestError as error:
            problems += error.problems
    collector = _read(sources, wishes)
    found: list[Problem] = [*problems, *collector.problems]
    save_drafts(ctx, collector.drafts(), project.root, settings.fragments, form, dry_run=dry_run, problems=found)


def _read(sources: Sequence[Source], wishes: Wishes) -> Collector:
    """Read all logs, and show how far it has come if somebody looks."""
    if not (sys.stderr and sys.stderr.isatty()):
        collector = Collector(wishes)
        for source in sources:
            collector.read(source)
        return collector
    with click.progressbar(length=sum(one.size for one in sources), label="Reading logs", file=sys.stderr) as bar:
        collector = Collector(wishes, bar.update)
        for source in sources:
            collector.read(source)
    return collector
