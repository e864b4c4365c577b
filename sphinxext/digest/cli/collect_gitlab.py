"""Draft threads, changes and releases from projects on GitLab."""

from __future__ import annotations

from typing import Any

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._output import examples
from sphinxext.digest.cli.collect_github import HubChoice, Site, collect_hubs, hub_options
from sphinxext.digest.gather.hub.gitlab import GitLab

GITLAB = Site("gitlab.com", "https://gitlab.com/api/v4", "/api/v4", ("GITLAB_TOKEN",), ("PRIVATE-TOKEN", "{}"))


@click.command("gitlab", epilog=examples("sphinx-digest collect gitlab https://gitlab.example.org/gannet/gannet"))
@click.argument("sources", metavar="GROUP/PROJECT...", nargs=-1, required=True)
@hub_options("https://gitlab.example.com/api/v4")
@collector
def command(run: CollectRun, /, sources: tuple[str, ...], **choice: Any) -> None:
    """Draft busy issues as threads, and releases as stories, from projects on GitLab.

    A project is its path on gitlab.com, or its address on any other GitLab. Threads are ranked by participants,
    answers, likes and novelty; closed issues are done. With --label, merged changes become items, and with --newcomers
    the first one of somebody a success.

    The token is GITLAB_TOKEN for gitlab.com, and the password in netrc for any other host; public projects need none.
    """
    collect_hubs(run, sources, GITLAB, HubChoice(**choice), GitLab, "GitLab")
