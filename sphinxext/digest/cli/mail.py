"""``sphinx-digest mail``: make a mail of a digest, or send it."""

from __future__ import annotations

import os
import webbrowser
from collections.abc import Mapping
from email.headerregistry import Address
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import NoReturn

import click

from sphinxext.digest.cli._options import checked, checked_all, drafts_option, fragments_to_read, period_argument
from sphinxext.digest.cli._output import Failure, examples, show_problems, visible
from sphinxext.digest.cli.report import open_digest
from sphinxext.digest.mail import (
    EXTRA,
    PRINTED,
    WIRE,
    Envelope,
    InlinerMissing,
    check_subject,
    make_message,
    parse_addresses,
    parse_message_id,
    parse_sender,
    with_inlined_styles,
)
from sphinxext.digest.mail.smtp import (
    DeliveryLog,
    DeliveryLogError,
    Outcome,
    SmtpSettings,
    SmtpSettingsError,
    delivery_log_file,
    send,
    smtp_settings,
)
from sphinxext.digest.model.period import now, today
from sphinxext.digest.net.http import WebError, ask
from sphinxext.digest.problems import Problem
from sphinxext.digest.render.digest import DigestSource, digest_text
from sphinxext.digest.render.html import html_document

#: The seconds that the site with the digest's page has to answer.
_PATIENCE = 10


@click.command(
    "mail",
    epilog=examples(
        "sphinx-digest mail latest --preview",
        "sphinx-digest mail latest --from editor@example.org --to dev@lists.example.org",
        "sphinx-digest mail latest --from editor@example.org --to dev@lists.example.org --send",
    ),
)
@period_argument()
@click.option("--from", "sender", metavar="ADDRESS", callback=checked(parse_sender), help="Who sends it.")
@click.option(
    "--to",
    metavar="ADDRESS",
    multiple=True,
    callback=checked_all(parse_addresses),
    help="Who gets it, such as a mailing list. May be repeated.",
)
@click.option(
    "--cc",
    metavar="ADDRESS",
    multiple=True,
    callback=checked_all(parse_addresses),
    help="Who gets a copy. May be repeated.",
)
@click.option(
    "--subject",
    metavar="TEXT",
    callback=checked(check_subject),
    help="The subject; without it, the title with the name of the collection or of the project.",
)
@click.option("--html/--no-html", default=True, show_default=True, help="Add an HTML part.")
@click.option(
    "--correction",
    metavar="N",
    type=click.IntRange(min=1),
    default=None,
    help="Make the Nth correction of the digest: a reply to it with an identifier of its own.",
)
@click.option(
    "--in-reply-to",
    metavar="MESSAGE-ID",
    callback=checked(parse_message_id),
    help="Make it a reply to this message.",
)
@drafts_option
@fragments_to_read
@click.option("--preview", is_flag=True, help="Open the HTML part in the browser, and print its path; send nothing.")
@click.option("--send", "sending", is_flag=True, help="Send it to the addresses that do not have it yet.")
@click.option("--again", is_flag=True, help="With --send, send it to all addresses, even if they have it already.")
@click.option("--dry-run", is_flag=True, help="Print the message; with --send, also say who would get it.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    period: str,
    sender: Address | None,
    to: tuple[Address, ...],
    cc: tuple[Address, ...],
    subject: str | None,
    html: bool,
    correction: int | None,
    in_reply_to: str | None,
    drafts: bool,
    fragments: str | None,
    preview: bool,
    sending: bool,
    again: bool,
    dry_run: bool,
) -> None:
    """Make a mail of the digest of a PERIOD, and print it or send it.

    The server comes from SPHINX_DIGEST_SMTP_HOST, _PORT and _TLS, the user and the password from _USER and _PASSWORD
    or from netrc. A digest with problems is printed, but not sent. If you repeat the command, the message goes only
    to addresses for which no server has accepted it yet.
    """
    if again and not sending:
        raise click.UsageError("--again needs --send.")
    if drafts and sending and not dry_run:
        raise click.UsageError("--drafts is for looking at a mail: it cannot be used with --send.")
    if preview and sending:
        raise click.UsageError("--preview is for looking at a mail: it cannot be used with --send.")
    if preview:
        _preview(ctx, *open_digest(ctx.obj, period, fragments, drafts=drafts))
    if sender is None or not to:
        raise click.UsageError(f"Missing option '{'--from' if sender is None else '--to'}'.")
    source, problems = open_digest(ctx.obj, period, fragments, drafts=drafts)
    title = subject or source.heading.replace("\xa0", " ")
    envelope = Envelope(sender, to, title, now(), cc, correction or 0, in_reply_to, source.page_url)
    text, document, found = _parts(source, html=html)
    settings = source.collection.settings
    message = make_message(source.digest.period.name, settings, envelope, text, document)
    problems = sorted({*problems, *found})
    show_problems(problems)
    if not sending or dry_run:
        click.echo(message.as_bytes(policy=PRINTED), nl=False)
    if sending and problems:
        click.echo("sphinx-digest: not sent, because there are problems", err=True)
    elif sending:
        if warning := _not_published(source):
            click.echo(f"sphinx-digest: {visible(warning)}", err=True)
        complete = _send(envelope, message["Message-ID"], message.as_bytes(policy=WIRE), again=again, dry_run=dry_run)
        ctx.exit(0 if complete else 1)
    ctx.exit(1 if problems else 0)


def _preview(ctx: click.Context, source: DigestSource, problems: list[Problem]) -> NoReturn:
    """Write the HTML part to a file of its own, open it, and end the command."""
    _, document, found = _parts(source, html=True)
    file = Path(mkdtemp(prefix="sphinx-digest-"), f"{source.digest.period.name}.html")
    file.write_text(document or "", encoding="utf-8")
    problems = sorted({*problems, *found})
    show_problems(problems)
    click.echo(str(file))
    webbrowser.open(file.as_uri())
    ctx.exit(1 if problems else 0)


def _not_published(source: DigestSource) -> str:
    """Return a warning if readers will not find the digest yet: its period goes on, or its page is missing."""
    end, url = source.digest.period.end, source.page_url
    if end >= today():
        return f"the digest may still get notes: its last day is {end}"
    if url is None:
        return ""
    try:
        found = ask(url, _PATIENCE, longest=_PATIENCE)
    except WebError as error:
        return f"nobody knows if the page of the digest is published: {error}"
    return "" if found is not None else f"the page of the digest is not published yet: {url} is not found"


def _parts(source: DigestSource, *, html: bool) -> tuple[str, str | None, list[Problem]]:
    """Return the plain text, the HTML document, and the problems of the digest's texts."""
    parts, problems = source.parts()
    document = None
    if html:
        document = html_document(source, [part.deepcopy() for part in parts])
        try:
            document = with_inlined_styles(document)
        except InlinerMissing:
            message = f"the styles of the HTML part are not inlined: pip install '{EXTRA}', or use --no-html"
            click.echo(f"sphinx-digest: {message}", err=True)
    return digest_text(source, parts), document, problems


def _send(envelope: Envelope, identifier: str, data: bytes, *, again: bool, dry_run: bool) -> bool:
    """Send a message, report what became of it, and return True if every address has it.

    :raises Failure: if the server or the delivery log cannot be used.
    """
    record = DeliveryLog(delivery_log_file(os.environ))
    try:
        server = smtp_settings(os.environ)
        if dry_run:
            record.load()
            _say_plan(server, envelope, {} if again else record.times(identifier, envelope.recipients))
            return True
        with record.locked():
            before = {} if again else record.times(identifier, envelope.recipients)
            left = [recipient for recipient in envelope.recipients if recipient not in before]
            outcome = send(server, envelope.sender.addr_spec, left, data, partial(record.add, identifier))
    except (SmtpSettingsError, DeliveryLogError) as error:
        raise Failure(str(error)) from None
    _say_outcome(outcome, before)
    return outcome.complete


def _say_plan(server: SmtpSettings, envelope: Envelope, before: Mapping[str, str]) -> None:
    for recipient in envelope.recipients:
        plan = f"has it since {before[recipient]}" if recipient in before else f"would get it through {server}"
        click.echo(f"{visible(recipient)}: {visible(plan)}", err=True)


def _say_outcome(outcome: Outcome, before: Mapping[str, str]) -> None:
    for recipient, time in before.items():
        click.echo(f"{visible(recipient)}: has it since {visible(time)}, not sent again", err=True)
    for recipient in outcome.accepted:
        click.echo(f"{visible(recipient)}: sent", err=True)
    for recipient, answer in outcome.refused.items():
        click.echo(f"{visible(recipient)}: refused: {visible(answer)}", err=True)
    if outcome.failure:
        click.echo(f"sphinx-digest: {visible(outcome.failure)}", err=True)
