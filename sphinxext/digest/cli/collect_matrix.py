"""Draft the successes that people told in rooms of Matrix."""

from __future__ import annotations

import os
from datetime import date

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._matrix import token_of
from sphinxext.digest.cli._options import checked, day_options
from sphinxext.digest.cli._output import examples
from sphinxext.digest.gather.irc.collector import LogOptions
from sphinxext.digest.gather.irc.relays import Relays
from sphinxext.digest.gather.matrix import MatrixClient, MatrixError, check_room, check_server
from sphinxext.digest.gather.matrix.history import RoomCollector
from sphinxext.digest.problems import Code, DigestError, Problem


@click.command(
    "matrix",
    epilog=examples(
        "sphinx-digest collect matrix '#dev:example.org' --server https://matrix.example.org --period previous"
    ),
)
@click.argument("rooms", metavar="ROOM...", nargs=-1, required=True)
@click.option(
    "--server",
    metavar="URL",
    required=True,
    callback=checked(check_server),
    help="The homeserver of the user whose token is used; it may be another one than that of the rooms.",
)
@day_options
@collector
def command(run: CollectRun, /, rooms: tuple[str, ...], server: str, since: date | None, until: date | None) -> None:
    """Draft the successes and thanks that people told in rooms of Matrix, read from the homeserver.

    A room is its alias, '#dev:example.org', or its ID. Each '#success text' and '#thanks nick text' becomes a draft of
    its own with a link to the message, as it reads after edits and corrections. What was removed is left out, and so
    are notices, which bots write. Encrypted rooms cannot be read.

    The access token comes from the variable SPHINX_DIGEST_MATRIX_TOKEN, or is the password of the server in netrc. Its
    user has to be in the rooms, unless anybody may read them.
    """
    options = LogOptions(since=since, until=until, relays=Relays(run.settings.relays))
    if since and until and until < since:
        raise click.UsageError(f"{since} is later than {until}.")
    chats = RoomCollector(options)
    try:
        client = MatrixClient(server, token_of(server, os.environ))
    except ValueError as error:
        raise DigestError(Problem(server, 0, 0, Code.SOURCE_FETCH, str(error))) from None

    def read(room: str) -> None:
        try:
            chats.read_room(client, check_room(room))
        except ValueError as error:
            raise DigestError(Problem(room, 0, 0, Code.BAD_VALUE, str(error))) from None
        except MatrixError as error:
            raise DigestError(Problem(room, 0, 0, Code.SOURCE_FETCH, str(error))) from None

    run.read(rooms, read)
    run.save(chats.drafts())
