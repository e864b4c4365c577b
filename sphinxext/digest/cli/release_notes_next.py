"""``sphinx-digest release-notes next``: print the next version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sphinxext.digest.cli._output import examples, show_problems, visible
from sphinxext.digest.cli._release_notes import open_config, open_source, what_is_missing

if TYPE_CHECKING:
    from sphinxext.digest.problems import Problem


@click.command("next", epilog=examples("sphinx-digest release-notes next --explain"))
@click.option("--branch", metavar="NAME", help="The branch, instead of the one that is checked out.")
@click.option("--explain", is_flag=True, help="Print the notes that decide it as well.")
@click.option("--rel-notes-dir", "relnotesdir", metavar="DIR", help="The folder instead of 'releasenotes'.")
@click.pass_context
def command(ctx: click.Context, /, branch: str | None, explain: bool, relnotesdir: str | None) -> None:
    """Print the next version by the rules of semantic versioning, as 'reno semver-next' does.

    The sections of the notes since the last version decide: reno's options 'semver_major', 'semver_minor' and
    'semver_patch' name those that raise the first, the second and the third number. Before the first tag it is 0.1.0.
    """
    from sphinxext.digest.release.next_version import next_version

    conf = open_config(ctx.obj, {"branch": branch, "relnotesdir": relnotesdir})
    problems: list[Problem] = []
    with open_source(conf) as source:
        found = next_version(conf, source, problems)
        problems += what_is_missing(conf, source)
    if not found.after and problems:
        # a shallow clone has no tags
        show_problems(problems)
        ctx.exit(1)
    click.echo(visible(found.version))
    if not found.after:
        click.echo("no version is tagged yet; tag the first one as you like, such as this", err=True)
    elif explain:
        click.echo(f"after {visible(found.after)}{'' if found.reasons else ': no note raises it'}")
        for reason in found.reasons:
            click.echo(f"{reason.level}  {visible(reason.section)}  {visible(reason.path)}")
    if problems:
        show_problems(sorted(set(problems)))
        from sphinxext.digest.release.notes import REMARKS

        if any(problem.code not in REMARKS for problem in problems):
            ctx.exit(1)
