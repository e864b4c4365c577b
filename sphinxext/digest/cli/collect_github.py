"""Draft threads, changes and releases from repositories on GitHub."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import click

from sphinxext.digest.cli._drafts import CollectRun, collector
from sphinxext.digest.cli._options import checked
from sphinxext.digest.cli._output import Decorator, add_options, examples, visible
from sphinxext.digest.cli.threads import draft_topics, topic_options
from sphinxext.digest.fragments.write import Draft
from sphinxext.digest.gather.hub import Hub, HubOptions, draft_changes, draft_releases, topics_of_hub
from sphinxext.digest.gather.hub.client import Client
from sphinxext.digest.gather.hub.github import GitHub
from sphinxext.digest.gather.mail.ranking import ThreadOptions
from sphinxext.digest.gather.topics import Topic
from sphinxext.digest.mail.smtp import SmtpSettingsError, from_netrc
from sphinxext.digest.net.source import is_url
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.text import split_url

_NAME = re.compile(r"[\w.-]{1,200}(?:/[\w.-]{1,200}){1,10}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Site:
    """A kind of site: where it is if nothing else is said, the path of its API, and who may know its token.

    :param variables: the environment's variables with a token for ``host``, in order; for all other hosts, and
        without them, it is the password that netrc has. So no file of a repository chooses who gets a token.
    :param header: the header of the token, and its form.
    """

    host: str
    api: str
    path: str
    variables: tuple[str, ...]
    header: tuple[str, str]

    def place_of(self, source: str, api: str | None) -> tuple[str, str]:
        """Return the address of the API, and the name of a repository.

        :raises DigestError: if the source is neither a name nor the address of a repository.
        """
        parts = split_url(source) if is_url(source) else None
        name = (parts.path if parts else source).strip("/").removesuffix(".git")
        if not _NAME.fullmatch(name) or (parts is not None and (not parts.hostname or "@" in parts.netloc)):
            message = "not a repository: write OWNER/REPOSITORY, or its address"
            raise DigestError(Problem(source, 0, 0, Code.BAD_VALUE, message))
        if api:
            return api.rstrip("/"), name
        if parts is None or parts.netloc.lower() == self.host:
            return self.api, name
        return f"{parts.scheme}://{parts.netloc}{self.path}", name

    def headers(self, api: str) -> dict[str, str]:
        """Return the header with the token for a host, if there is one.

        :raises DigestError: if netrc cannot be read, or what is there is no token.
        """
        parts = split_url(api)
        host = (parts.hostname if parts else None) or ""
        own = split_url(self.api)
        token = ""
        if own is not None and host == own.hostname:
            token = next((value for name in self.variables if (value := os.environ.get(name, "").strip())), "")
        try:
            token = token or from_netrc(host, os.environ)[1]
        except SmtpSettingsError as error:
            raise DigestError(Problem(api, 0, 0, Code.SOURCE_FETCH, str(error))) from None
        if not token.isascii() or (token and not token.isprintable()):
            raise DigestError(Problem(api, 0, 0, Code.SOURCE_FETCH, "the token has characters that none has"))
        name, form = self.header
        return {name: form.format(token)} if token else {}


def _label(text: str) -> tuple[str, str]:
    label, _, group = text.partition("=")
    if not label.strip():
        raise ValueError("name a label, or LABEL=GROUP")
    return label.strip(), group.strip() or label.strip()


def hub_options(api: str) -> Decorator:
    """Add the options of a collector that reads repositories.

    :param api: an address for the help.
    """
    return add_options(
        topic_options(top=5, min_messages=5),
        click.option(
            "--label",
            "labels",
            metavar="LABEL[=GROUP]",
            multiple=True,
            callback=checked(_label),
            help="Also the merged changes with this label, as items below GROUP. May be repeated.",
        ),
        click.option("--releases/--no-releases", default=True, show_default=True, help="Releases, as stories."),
        click.option("--newcomers", is_flag=True, help="Also the first merged change of somebody, as a success."),
        click.option("--api", metavar="URL", help=f"Where the API is, such as {api}."),
        click.option("--wait", is_flag=True, help="Wait, up to an hour, where the limit of requests is reached."),
    )


@dataclass(frozen=True, slots=True)
class HubChoice:
    """The options of the command line that are the same for all sites."""

    top: int | None
    min_messages: int
    tags: frozenset[str]
    since: date | None
    until: date | None
    labels: tuple[tuple[str, str], ...]
    releases: bool
    newcomers: bool
    api: str | None
    wait: bool


def collect_hubs(
    run: CollectRun,
    sources: Iterable[str],
    site: Site,
    choice: HubChoice,
    make: Callable[[Client, str], Hub],
    kind: str,
) -> None:
    """Draft what the repositories have.

    :param make: returns what reads a repository, by its name.
    :param kind: says in drafts where threads are from.
    """
    options = HubOptions(
        choice.since, choice.until, choice.min_messages, choice.labels, choice.releases, choice.newcomers
    )

    def read(source: str) -> tuple[list[Topic], list[Draft]]:
        api, name = site.place_of(source, choice.api)
        client = Client(api, {"Accept": "application/json", **site.headers(api)}, choice.wait)
        hub = make(client, name)
        found = topics_of_hub(hub, options), [*draft_changes(hub, options), *draft_releases(hub, options)]
        for note in (*hub.notes, *client.notes):
            click.echo(visible(note), err=True)
        return found

    found = run.read(sources, read)
    chosen = ThreadOptions(None, choice.min_messages, choice.tags, choice.since, choice.until)
    topics = draft_topics(run, [topic for topics, _ in found for topic in topics], chosen, choice.top, kind)
    run.save([*topics, *(draft for _, drafts in found for draft in drafts)])


GITHUB = Site(
    "github.com", "https://api.github.com", "/api/v3", ("GH_TOKEN", "GITHUB_TOKEN"), ("Authorization", "Bearer {}")
)


@click.command("github", epilog=examples("sphinx-digest collect github gannet/gannet --label feature=Features"))
@click.argument("sources", metavar="OWNER/REPO...", nargs=-1, required=True)
@hub_options("https://github.example.com/api/v3")
@collector
def command(run: CollectRun, /, sources: tuple[str, ...], **choice: Any) -> None:
    """Draft busy issues and discussions as threads, and releases as stories, from repositories on GitHub.

    A repository is OWNER/REPO or its address, which may be on an Enterprise server. Threads are ranked by
    participants, answers, likes and novelty; closed issues and answered discussions are done. With --label, merged
    changes become items, and with --newcomers the first one of somebody a success.

    The token is GH_TOKEN or GITHUB_TOKEN for github.com, such as what 'gh auth token' prints, and the password in
    netrc for any other host. Without one there are few requests in an hour, and no discussions.
    """

    def make(client: Client, name: str) -> Hub:
        client.headers = {**client.headers, "Accept": "application/vnd.github+json"}
        graphql = f"{client.api.removesuffix('/v3')}/graphql"
        return GitHub(client, name, graphql)

    collect_hubs(run, sources, GITHUB, HubChoice(**choice), make, "GitHub")
