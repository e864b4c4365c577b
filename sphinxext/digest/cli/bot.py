"""Run SuccessBot on IRC and Matrix."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import ssl
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from sphinxext.digest.cli._matrix import TOKEN, token_of
from sphinxext.digest.cli._options import checked, fragments_to_write, open_project, settings_to_write
from sphinxext.digest.cli._output import examples, show_problems, visible
from sphinxext.digest.cli.report import FORMATS, open_digest
from sphinxext.digest.cli.status import note_lines, open_status, status_lines
from sphinxext.digest.collection.people import read_people
from sphinxext.digest.fragments.fields import check_url
from sphinxext.digest.gather.bot import (
    LEVELS,
    LOGIN,
    BotSettings,
    MatrixSettings,
    start_log,
    stop_log,
)
from sphinxext.digest.gather.bot.bot import Bot, check
from sphinxext.digest.gather.bot.commit import Author, Clone, git_path
from sphinxext.digest.gather.bot.editing import Answer, PictureFolder
from sphinxext.digest.gather.bot.journal import Journal, JournalError
from sphinxext.digest.gather.bot.repository import PushTarget, Repository
from sphinxext.digest.gather.bot.success_tracker import log_url
from sphinxext.digest.gather.bot.sync_state import SyncState
from sphinxext.digest.gather.irc.relays import Relays
from sphinxext.digest.gather.matrix import check_room, check_server
from sphinxext.digest.net.irc import check_channel, check_nick, parse_server
from sphinxext.digest.net.irc.connection import Security
from sphinxext.digest.problems import DigestError
from sphinxext.digest.release.git import GitError

#: The variable that has the password, if no file has it.
PASSWORD = "SPHINX_DIGEST_IRC_PASSWORD"  # noqa: S105 - the name of a variable
#: Where the journal and the index of the bot's commits are, in the folder that git has for itself.
_FOLDER = "sphinx-digest-bot"

logger = logging.getLogger("sphinxext.digest.gather.bot")


def _author(text: str) -> Author:
    match = re.fullmatch(r"([^<>\n]*[^<>\s])\s*<([^<>\s]+@[^<>\s]+)>", text.strip())
    if match is None:
        raise ValueError(f"'{text}' is not a valid author: write NAME <ADDRESS>")
    return Author(match[1].strip(), match[2])


def _log_url(text: str) -> str:
    check_url(log_url(text, "#channel", datetime(2015, 12, 1, tzinfo=UTC)))
    return text


def _branch(text: str) -> str:
    """Check that a branch name is safe in a refspec; git checks the rest."""
    if not re.fullmatch(r"(?![-/.])[^\s:*?\[\\^~\x00-\x1f\x7f]+", text) or ".." in text:
        raise ValueError(f"'{text}' is not a valid branch name")
    return text


def _user(text: str) -> str:
    if not re.fullmatch(r"@[^\s:@]{1,255}:[^\s:]\S{0,255}", text) or not text.isprintable():
        raise ValueError(f"'{text}' is not a user: write an ID such as @ada:example.org")
    return text


def _ignored(text: str) -> str:
    return _user(text) if text.startswith("@") else check_nick(text)


def _emoji(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > 20:
        raise ValueError(f"'{text}' is not an emoji")
    return text.strip()


def _section(text: str) -> tuple[str, str]:
    emoji, _, group = text.partition("=")
    if not group.strip():
        raise ValueError(f"'{text}' is not a section: write EMOJI=GROUP")
    return _emoji(emoji), group.strip()


def _remote(text: str) -> str:
    if text.startswith("-") or not text:
        raise ValueError(f"'{text}' is not a valid remote")
    return text


#: The options that are for Matrix alone, by their keys.
_ON_MATRIX = {
    "rooms": "room",
    "inviters": "inviter",
    "react": "react",
    "editors": "editor",
    "sections": "section",
    "editors_room": "editors-room",
    "pictures": "pictures",
}


class _Options(TypedDict):
    """The options that say where the bot listens, and what it does with what it hears."""

    servers: tuple[str, ...]
    channels: tuple[str, ...]
    matrix: str | None
    rooms: tuple[str, ...]
    inviters: tuple[str, ...]
    react: str
    editors: tuple[str, ...]
    sections: tuple[tuple[str, str], ...]
    editors_room: str | None
    pictures: Path | None
    nick: str
    account: str | None
    password_file: Path | None
    ca: Path | None
    insecure: bool
    no_tls: bool
    ignore: tuple[str, ...]
    url: str | None
    log_url: str
    fragments: str | None
    draft: bool
    author: Author | None
    push: str | None
    branch: str | None


@click.command(
    "bot", epilog=examples("sphinx-digest bot --server irc.example.org --channel '#dev' --nick successbot --check")
)
@click.option(
    "--server",
    "servers",
    metavar="HOST[:PORT]",
    multiple=True,
    help="A server of the network on IRC. May be repeated: they are tried in turn. The port is 6697, or 6667 with "
    "--no-tls.",
)
@click.option(
    "--channel",
    "channels",
    metavar="NAME",
    multiple=True,
    callback=checked(check_channel),
    help="A channel to listen in; a name without a mark gets a '#'. May be repeated.",
)
@click.option(
    "--matrix",
    metavar="URL",
    callback=checked(check_server),
    help=f"A homeserver of Matrix; {TOKEN} or netrc has the access token.",
)
@click.option(
    "--room",
    "rooms",
    metavar="ROOM",
    multiple=True,
    callback=checked(check_room),
    help="A room of Matrix to listen in, such as '#dev:example.org'. May be repeated.",
)
@click.option(
    "--inviter",
    "inviters",
    metavar="USER",
    multiple=True,
    callback=checked(_user),
    help="Whose invitations to rooms the bot follows, such as '@ada:example.org'. May be repeated.",
)
@click.option(
    "--react",
    metavar="EMOJI",
    default="",
    callback=lambda ctx, param, value: checked(_emoji)(ctx, param, value or None) or "",
    help="React with this on Matrix, in place of an answer.",
)
@click.option(
    "--editor",
    "editors",
    metavar="USER",
    multiple=True,
    callback=checked(_user),
    help="Whose reactions on Matrix accept or reject a success: with \N{WHITE HEAVY CHECK MARK} it is no draft any "
    "more, with \N{CROSS MARK} it is removed. May be repeated.",
)
@click.option(
    "--section",
    "sections",
    metavar="EMOJI=GROUP",
    multiple=True,
    callback=checked(_section),
    help="A reaction of an editor on Matrix that puts any message into a group of the digest. May be repeated.",
)
@click.option(
    "--editors-room",
    metavar="ROOM",
    callback=checked(check_room),
    help="A closed room of Matrix in which editors ask for 'status', 'details' and 'preview', and are warned.",
)
@click.option(
    "--pictures",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder of the docs, relative to the project, in which a picture is saved to which an editor reacts with "
    "\N{CAMERA} on Matrix; it belongs to the note before it by the same person.",
)
@click.option("--nick", default="successbot", show_default=True, callback=checked(check_nick), help="Its nick.")
@click.option("--account", metavar="NAME", help="The account to log in to; without it, the one of the nick.")
@click.option(
    "--password-file",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"Has the account's password in its first line. Without it, {PASSWORD} has it, if there is one.",
)
@click.option(
    "--ca",
    metavar="FILE",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Certificates of authorities to trust, in place of the system's.",
)
@click.option("--insecure", is_flag=True, help="Do not check the server's certificate: anybody can be the server.")
@click.option("--no-tls", is_flag=True, help="Do not encrypt. No password is sent then.")
@click.option(
    "--ignore",
    metavar="NICK",
    multiple=True,
    callback=checked(_ignored),
    help="Whom it does not hear, such as bots: a nick, or on Matrix an ID as well.",
)
@click.option(
    "--url",
    metavar="URL",
    callback=checked(check_url),
    help="What its answers say of where the successes are. Without it, the option 'success_url' of the project.",
)
@click.option(
    "--log-url",
    metavar="URL",
    default="",
    callback=lambda ctx, param, value: checked(_log_url)(ctx, param, value or None) or "",
    help="Where the channel's log is, for the link of each success: with {channel}, {date} and {time} (UTC).",
)
@fragments_to_write
@click.option(
    "--draft/--no-draft",
    default=False,
    show_default=True,
    help="Whether fragments are drafts, which are shown nowhere until a person has completed them.",
)
@click.option(
    "--author",
    metavar="NAME <ADDRESS>",
    callback=checked(_author),
    help="Who makes the commits. Without it, whom git's settings name.",
)
@click.option("--push", metavar="REMOTE", callback=checked(_remote), help="Push the commits to this remote.")
@click.option(
    "--branch",
    metavar="NAME",
    callback=checked(_branch),
    help="The branch to push to; without it, the one with the name of the branch that is checked out.",
)
@click.option("--check", "checking", is_flag=True, help="Only see whether all of this works: join, leave, end.")
@click.option(
    "--log-level", type=click.Choice(LEVELS), default="info", show_default=True, help="What is said of its work."
)
@click.pass_context
def command(ctx: click.Context, /, log_level: str, checking: bool, **options: Unpack[_Options]) -> None:
    """Run SuccessBot on IRC and Matrix: it hears '#success' and '#thanks', and commits them as fragments.

    '#success TEXT' and '#thanks NICK TEXT' at the very start of a message in a channel or room count, by anybody. Each
    becomes a fragment of the project, which has to be a clone of a repository, and is committed to the branch that is
    checked out. What others have changed or staged there stays as it is.

    It runs until SIGTERM or SIGINT, and says on standard error what it does. The exit status is 0 if all that it has
    heard is safe.
    """
    settings = _settings(ctx, options)
    token = settings.matrix.token if settings.matrix else ""
    handler = start_log(log_level, [settings.login.password, token])
    try:
        sound = _run(ctx, settings, options, checking=checking)
    except (GitError, JournalError) as error:
        logger.error("%s", error)
        sound = False
    finally:
        stop_log(handler)
    ctx.exit(0 if sound else 1)


def _matrix_settings(options: _Options, relays: Relays) -> MatrixSettings | None:
    server = options["matrix"]
    if server is None:
        if any(options[name] for name in _ON_MATRIX):  # type: ignore[literal-required]
            names = ", ".join(f"--{name}" for name in _ON_MATRIX.values())
            raise click.UsageError(f"These belong to --matrix: {names}.")
        return None
    if not options["rooms"] and not options["inviters"]:
        raise click.UsageError("--matrix needs a --room, or an --inviter.")
    try:
        token = token_of(server, os.environ)
    except ValueError as error:
        raise click.UsageError(f"{visible(str(error))}.") from None
    rooms = tuple(dict.fromkeys(options["rooms"]))
    if not options["editors"] and (options["sections"] or options["editors_room"] or options["pictures"]):
        raise click.UsageError("--section, --editors-room and --pictures need an --editor.")
    people = options["inviters"], options["react"], options["ignore"], options["editors"]
    return MatrixSettings(
        *(server, rooms, token, *people),
        relays=relays,
        sections=options["sections"],
        editors_room=options["editors_room"] or "",
    )


def _settings(ctx: click.Context, options: _Options) -> BotSettings:
    project_settings = open_project(ctx.obj)[0].main
    relays = Relays(project_settings.relays)
    matrix = _matrix_settings(options, relays)
    if bool(options["servers"]) != bool(options["channels"]) or not (options["servers"] or matrix):
        raise click.UsageError("Name a --server and a --channel of IRC, or a --matrix server and a --room.")
    tls = not options["no_tls"]
    if not tls and (options["insecure"] or options["ca"]):
        raise click.UsageError("--insecure and --ca belong to TLS, which --no-tls leaves out.")
    if options["branch"] and not options["push"]:
        raise click.UsageError("--branch belongs to --push.")
    try:
        servers = tuple(parse_server(text, tls=tls) for text in options["servers"])
    except ValueError as error:
        raise click.BadParameter(f"{visible(str(error))}.", param_hint="--server") from None
    password = _password(options["password_file"])
    if password and not tls:
        raise click.UsageError("A password is not sent without encryption: --no-tls cannot be used with one.")
    if options["account"] and not password:
        raise click.UsageError(f"--account needs a password, in {PASSWORD} or --password-file.")
    if any(character in f"{options['account'] or ''}{password}" for character in "\0\r\n"):
        raise click.UsageError("The account and the password have to be one line.")
    return BotSettings(
        servers=servers,
        channels=tuple(dict.fromkeys(options["channels"])),
        login=replace(LOGIN, nick=options["nick"], account=options["account"] or options["nick"], password=password),
        security=Security(tls, not options["insecure"], options["ca"]),
        url=options["url"] or project_settings.success_url,
        ignored=options["ignore"],
        matrix=matrix,
        relays=relays,
    )


def _password(file: Path | None) -> str:
    if file is None:
        return os.environ.get(PASSWORD, "")
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise click.UsageError(f"{visible(str(file))} can be read by others: run 'chmod 600' on it.")
    lines = file.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    if not lines or not lines[0]:
        raise click.UsageError(f"{visible(str(file))} has no password in its first line.")
    return lines[0]


def _run(ctx: click.Context, settings: BotSettings, options: _Options, *, checking: bool) -> bool:
    """Check or run the bot; return True if all went well.

    :raises GitError: if there is no clone to commit to.
    """
    project, problems = open_project(ctx.obj)
    show_problems(problems)
    folder = settings_to_write(project, options["fragments"]).fragments
    if problems or Path(folder).is_absolute():
        logger.error("the settings have problems" if problems else "the fragments have to be in the project")
        return False
    # a link that a commit puts in the place of a folder is told from one that was there before
    root = project.root.resolve()
    place = git_path(root, _FOLDER)
    clone = Clone(root, place / "index", options["author"])
    branch = clone.check()
    clone.check_folder(folder)
    clone = replace(clone, branch=branch)
    place.mkdir(exist_ok=True)
    context = _context(settings.security)
    if checking:
        return asyncio.run(check(settings, context, SyncState(place / "matrix.json")))
    pictures = _picture_folder(clone, options["pictures"]) if options["pictures"] else None
    target = PushTarget(options["push"], options["branch"] or branch) if options["push"] else None
    logger.info("committing to %s in %s", branch, project.root)
    journal, repository = Journal(place / "journal"), Repository(clone, folder, target)

    people = read_people(project.root, folder, problems)
    show_problems(problems)

    async def serve() -> bool:
        state = SyncState(place / "matrix.json") if settings.matrix else None
        draft, log_url = options["draft"], options["log_url"]
        bot = Bot(
            *(settings, context, journal, repository),
            draft=draft,
            log_url=log_url,
            state=state,
            people=people,
            answers=_answers(root),
            pictures=pictures,
        )
        return await bot.run()

    return asyncio.run(serve())


def _picture_folder(clone: Clone, folder: Path) -> PictureFolder:
    """Return where pictures are saved, and how fragments name them.

    :raises click.UsageError: if the folder is not below a ``conf.py`` of the clone.
    """
    place = (clone.root / folder).resolve()
    docs = next((one for one in (place, *place.parents) if (one / "conf.py").is_file()), None)
    if docs is None or not docs.is_relative_to(clone.root):
        raise click.UsageError(f"--pictures: {visible(str(folder))} is not in the folder of a conf.py of the project.")
    path = place.relative_to(clone.root).as_posix()
    clone.check_folder(path)
    uri = place.relative_to(docs).as_posix()
    return PictureFolder(clone, path, "" if uri == "." else f"/{uri}")


def _answers(root: Path) -> dict[str, Answer]:
    """Return what the editors' room can ask for, of the digest that is being written."""

    def preview() -> str:
        period = open_status(root).digest.period
        source, _ = open_digest(root, f"{period.start}/{period.end}", None, drafts=True)
        return FORMATS["text"](source)[0]

    def guarded(answer: Answer) -> Answer:
        def run() -> str:
            try:
                return answer() or "There is nothing yet."
            except DigestError as error:
                return "\n".join(map(str, error.problems))

        return run

    answers: dict[str, Answer] = {
        "status": lambda: click.unstyle("\n".join(status_lines(open_status(root)))),
        "details": lambda: "\n".join(note_lines(open_status(root))),
        "preview": preview,
    }
    return {name: guarded(answer) for name, answer in answers.items()}


def _context(security: Security) -> ssl.SSLContext | None:
    if security.tls and not security.verify:
        logger.warning("the server's certificate is not checked: anybody can be the server")
    try:
        return security.context()
    except ssl.SSLError:
        raise click.UsageError(f"{visible(str(security.authority))} holds no certificates in PEM form.") from None
