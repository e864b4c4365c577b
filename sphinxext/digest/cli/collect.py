"""``sphinx-digest collect``: draft fragments from what other programs know."""

from __future__ import annotations

from datetime import date

import click
from click.core import ParameterSource

from sphinxext.digest.cli.drafts import day_options, draft_options
from sphinxext.digest.cli.lazy import LazyGroup

#: The sources, each a command of its own in the module ``collect_<name>``.
SOURCES = {
    "irc": "Draft the successes that people told in the logs of channels.",
    "mbox": "Draft summaries of the threads of mailing lists.",
    "feed": "Draft stories from the posts of feeds, and notes from other sites.",
    "gerrit": "Draft items from lists of changes.",
    "schedule": "Draft the countdown of a week from a release schedule.",
}


@click.group("collect", cls=LazyGroup, table=SOURCES, prefix="collect_", invoke_without_command=True)
@day_options
@draft_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    since: date | None,
    until: date | None,
    dry_run: bool,
    fragments: str | None,
    form: str,
) -> None:
    """Draft fragments from what other programs know.

    A draft is a fragment like any other, to be read and completed by a person before it is merged. Collecting again
    adds nothing that is there already, and leaves alone what has been edited.

    Without a command, all sources are gone through that the option 'sources' lists in the settings, each with its own
    options. The days that count are those of the digest that today belongs to, unless '--since' or '--until' say
    something else. A source that fails keeps no other from being collected from; the exit status is then 1.
    """
    if ctx.invoked_subcommand is None:
        # a command of one source does without it
        from sphinxext.digest.cli.collect_round import go_round

        go_round(ctx, since, until, dry_run=dry_run, fragments=fragments, form=form)
        return
    for option in ctx.command.params:
        if option.name and ctx.get_parameter_source(option.name) is ParameterSource.COMMANDLINE:
            message = f"{option.opts[0]} is for a round through all sources here: write it after the source's name."
            raise click.UsageError(message, ctx)
