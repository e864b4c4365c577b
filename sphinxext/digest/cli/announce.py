"""``sphinx-digest announce``: tell the world of a digest in a sentence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

import click

from sphinxext.digest.announce import OPEN_KINDS, AnnounceError, Announcement, Announcer
from sphinxext.digest.cli._options import fragments_to_read, period_argument
from sphinxext.digest.cli._output import Failure, examples, show_problems, visible
from sphinxext.digest.cli.report import open_digest
from sphinxext.digest.doctree.digest import note_titles
from sphinxext.digest.mail.smtp import DeliveryLog, DeliveryLogError, SmtpSettingsError, delivery_log_file, from_netrc
from sphinxext.digest.model.period import now
from sphinxext.digest.plugins import ANNOUNCERS, installed
from sphinxext.digest.render.digest import DigestSource
from sphinxext.digest.settings.announce_targets import Target
from sphinxext.digest.settings.options import SETTINGS_FILE
from sphinxext.digest.text import split_url

#: The beginning of the variables with the secrets of targets.
PREFIX = "SPHINX_DIGEST_ANNOUNCE_"


@click.command(
    "announce",
    epilog=examples(
        "sphinx-digest announce latest --to fediverse --to room",
        "sphinx-digest announce latest --to fediverse --dry-run",
    ),
)
@period_argument()
@click.option("--to", "names", metavar="NAME", required=True, multiple=True, help="A target. May be repeated.")
@fragments_to_read
@click.option("--dry-run", is_flag=True, help="Send nothing; show what would be said, and where it was said before.")
@click.option("--again", is_flag=True, help="Announce it even where it was announced before.")
@click.pass_context
def command(
    ctx: click.Context, /, period: str, names: tuple[str, ...], fragments: str | None, dry_run: bool, again: bool
) -> None:
    """Announce the digest of a PERIOD: its title, up to three headlines, and the address of its page.

    The option 'announce' in releasenotes/digest.yaml lists the targets. The secret of a target is in the environment,
    in SPHINX_DIGEST_ANNOUNCE_ and its name in capitals, with _ for -: the address of a webhook, a token, or on IRC the
    password of an account. Tokens and passwords may also be the password of the server in netrc.

    A digest with problems is not announced, and none is announced twice in one place.
    """
    source, problems = open_digest(ctx.obj, period, fragments)
    known = {target.name: target for target in source.collection.settings.announce}
    if unknown := [name for name in names if name not in known]:
        there = f"there are {', '.join(known)}" if known else f"list it in the option 'announce' in {SETTINGS_FILE}"
        raise click.UsageError(f"There is no target '{unknown[0]}': {there}.", ctx)
    parts, found = source.parts()
    problems = sorted({*problems, *found})
    show_problems(problems)
    if problems and not dry_run:
        raise Failure("not announced, because there are problems")
    if not source.page_url:
        click.echo("sphinx-digest: the address of the page is not known: set 'base_url'", err=True)
    announcement = _announcement(source, tuple(note_titles(parts)))
    failed = [
        name for name in dict.fromkeys(names) if not _announce(known[name], announcement, again=again, dry_run=dry_run)
    ]
    ctx.exit(1 if failed or problems else 0)


def _announcement(source: DigestSource, headlines: tuple[str, ...]) -> Announcement:
    settings, name = source.collection.settings, source.digest.period.name
    identifier = source.page_url or f"{settings.fragments} {settings.pages}/{name}"
    return Announcement(f"announce {identifier}", source.digest.title, headlines, source.page_url or "")


def _announce(target: Target, announcement: Announcement, *, again: bool, dry_run: bool) -> bool:
    """Announce to one target, say what became of it, and return True if it has it.

    :raises Failure: if the delivery log cannot be used.
    """
    log = DeliveryLog(delivery_log_file(os.environ))
    try:
        if dry_run:
            log.load()
            _show(target, announcement, log)
            return True
        announcer = _announcer_of(target)
        secret = secret_of(target, os.environ)
        with log.locked():
            if not again and (before := log.times(announcement.identifier, [target.name])):
                click.echo(f"{target.name}: has it since {before[target.name]}, not announced again", err=True)
                return True
            # a server that knows it would take it for the same otherwise
            told = replace(announcement, identifier=f"{announcement.identifier} {now()}") if again else announcement
            announcer(target, told, secret)
            _note(log, announcement, target)
    except DeliveryLogError as error:
        raise Failure(str(error)) from None
    except AnnounceError as error:
        click.echo(f"{target.name}: {visible(str(error))}", err=True)
        return False
    click.echo(f"{target.name}: announced", err=True)
    return True


def _note(log: DeliveryLog, announcement: Announcement, target: Target) -> None:
    try:
        log.add(announcement.identifier, [target.name])
    except OSError as error:
        reason = f"the delivery log cannot be written: {error.filename}: {error.strerror}"
        raise AnnounceError(f"announced, but {reason}. If you repeat the command, it is announced again") from None


def _show(target: Target, announcement: Announcement, log: DeliveryLog) -> None:
    before = log.times(announcement.identifier, [target.name])
    since = f" (has it since {before[target.name]})" if before else ""
    click.echo(f"{target.name}: {visible(announcement.text(target.template, 10_000))}{since}")


def _announcer_of(target: Target) -> Announcer:
    try:
        announcer: Announcer = installed(ANNOUNCERS)[target.kind].load()
    except (ImportError, AttributeError) as error:
        raise AnnounceError(f"the announcer '{target.kind}' cannot be loaded: {error}") from None
    return announcer


def secret_of(target: Target, environ: Mapping[str, str]) -> str:
    """Return the secret of a target from the environment, else the password that netrc has for its server.

    :raises AnnounceError: if there is none, and the target needs one.
    """
    variable = f"{PREFIX}{target.name.upper().replace('-', '_')}"
    if secret := environ.get(variable, "").strip():
        return secret
    if target.url:
        parts = split_url(target.url)
        try:
            _, password = from_netrc((parts.hostname if parts else None) or "", environ)
        except SmtpSettingsError as error:
            raise AnnounceError(str(error)) from None
        if password:
            return password
    if target.kind in OPEN_KINDS:
        return ""
    raise AnnounceError(f"{variable} is not set: set it to the secret of the target")
