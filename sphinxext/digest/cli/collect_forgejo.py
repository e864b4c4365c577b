"""Draft threads, changes and releases from repositories on Forgejo or Gitea."""

from __future__ import annotations

from typing import Any

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._output import examples
from sphinxext.digest.cli.collect_github import HubChoice, Site, collect_hubs, hub_options
from sphinxext.digest.gather.hub import Hub
from sphinxext.digest.gather.hub.client import Client
from sphinxext.digest.gather.hub.github import Forgejo

FORGEJO = Site(
    "codeberg.org",
    "https://codeberg.org/api/v1",
    "/api/v1",
    ("FORGEJO_TOKEN", "GITEA_TOKEN"),
    ("Authorization", "token {}"),
)


@click.command("forgejo", epilog=examples("sphinx-digest collect forgejo https://forge.example.org/gannet/gannet"))
@click.argument("sources", metavar="OWNER/REPO...", nargs=-1, required=True)
@hub_options("https://forge.example.com/api/v1")
@collector
def command(run: CollectRun, /, sources: tuple[str, ...], **choice: Any) -> None:
    """Draft busy issues as threads, and releases as stories, from repositories on Forgejo or Gitea.

    A repository is OWNER/REPO on Codeberg, or its address on any other site. Threads are ranked by participants,
    answers and novelty; closed issues are done. With --label, merged changes become items, and with --newcomers the
    first one of somebody a success.

    The token is FORGEJO_TOKEN or GITEA_TOKEN for codeberg.org, and the password in netrc for any other host; public
    repositories need none.
    """

    def make(client: Client, name: str) -> Hub:
        return Forgejo(client, name, page=("limit", "50"))

    collect_hubs(run, sources, FORGEJO, HubChoice(**choice), make, "Forgejo")
