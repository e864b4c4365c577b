"""``sphinx-digest countdown``: print the mail of a week of a release cycle."""

from __future__ import annotations

from datetime import date
from email.headerregistry import Address

import click

from sphinxext.digest.cli._options import checked, checked_all, collection_of, fragments_to_read, open_project
from sphinxext.digest.cli._output import examples, finish, format_option, visible
from sphinxext.digest.cli.deadlines import (
    failures,
    find_schedule,
    find_week,
    open_schedules,
    readable_week,
    schedule_options,
)
from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.fragments.write import slug_of
from sphinxext.digest.mail import PRINTED, Envelope, make_message, parse_addresses, parse_sender
from sphinxext.digest.model import Schedule, Week
from sphinxext.digest.model.period import now, today
from sphinxext.digest.render.countdown import MARK, CountdownMail, countdown_mail
from sphinxext.digest.settings.options import Settings


@click.command(
    "countdown", epilog=examples("sphinx-digest countdown current", "sphinx-digest countdown heron R-5 --at monday")
)
@click.argument("series")
@click.argument("week", required=False, callback=readable_week)
@schedule_options
@format_option(
    "'text' is the subject and the text, 'message' a complete mail (RFC 5322), which needs --from and --to.",
    ["text", "message"],
)
@click.option("--from", "sender", metavar="ADDRESS", callback=checked(parse_sender), help="Who sends the message.")
@click.option(
    "--to",
    metavar="ADDRESS",
    multiple=True,
    callback=checked_all(parse_addresses),
    help="Who gets the message, such as a mailing list. May be repeated.",
)
@fragments_to_read
@click.pass_context
def command(
    ctx: click.Context,
    /,
    series: str,
    week: str | None,
    sources: tuple[str, ...],
    day: date | None,
    form: str,
    sender: Address | None,
    to: tuple[Address, ...],
    fragments: str | None,
) -> None:
    """Print the mail that counts down to the release of a SERIES, about a WEEK.

    SERIES is the name of a release series, its number such as 2027.1, or 'current' for the one under development.
    WEEK is its name, such as R-17; 'current', 'previous' or 'next'; an ISO week (2026-W48), or a day in it. Without it
    the mail is about this week, and from Thursday on about the next one.

    The text comes from the countdown note for the week, if there is one, and otherwise from the schedule. Deadlines
    are always those of the schedule. '[TODO: ...]' marks what a person has to decide.
    """
    if form == "message" and not (sender and to):
        raise click.UsageError("--format message needs --from and --to.")
    if form != "message" and (sender or to):
        raise click.UsageError("--from and --to need --format message.")
    project, problems = open_project(ctx.obj)
    settings = collection_of(project, fragments)
    schedules = open_schedules(project, settings, sources, series)
    schedule = find_schedule(schedules, series, day or today())
    found = find_week(schedule, week, day or today())
    collection = load_collection(project.root, settings)
    mail = countdown_mail(schedule, found, settings, collection.countdown_of(schedule, found))
    if sender:
        _print_message(mail, schedule, found, settings, sender, to)
    else:
        click.echo(f"Subject: {mail.subject}\n\n{mail.text}".encode("utf-8", "backslashreplace"), nl=False)
    _remark(mail)
    finish(ctx, sorted({*problems, *failures(schedules), *collection.problems, *mail.problems}))


def _print_message(
    mail: CountdownMail,
    schedule: Schedule,
    week: Week,
    settings: Settings,
    sender: Address,
    to: tuple[Address, ...],
) -> None:
    envelope = Envelope(sender, to, mail.subject, now())
    name = f"countdown.{slug_of(schedule.series)}.{week.name}"
    message = make_message(name, settings, envelope, mail.text, None)
    click.echo(message.as_bytes(policy=PRINTED), nl=False)


def _remark(mail: CountdownMail) -> None:
    for line in mail.differing:
        click.echo(f"the note and the schedule disagree on a day: {visible(line)}", err=True)
    if mail.marks:
        places = "1 place" if mail.marks == 1 else f"{mail.marks} places"
        click.echo(f"{places} to decide, each marked with {MARK}...]", err=True)
