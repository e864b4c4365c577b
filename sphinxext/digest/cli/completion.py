"""``sphinx-digest completion``: print what makes a shell complete the command."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from sphinxext.digest.cli._output import examples

#: The shells that click knows.
SHELLS = ("bash", "zsh", "fish")
#: Set by the shell when it asks for completions; the name that click makes of the command's.
VARIABLE = "_SPHINX_DIGEST_COMPLETE"


@click.command("completion", epilog=examples("sphinx-digest completion bash"))
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def command(ctx: click.Context, /, shell: str) -> None:
    """Print what makes a SHELL complete commands, options and their values.

    For bash, add this line to ~/.bashrc, and for zsh, with zsh in the place of bash, to ~/.zshrc:

      eval "$(sphinx-digest completion bash)"

    For fish, write the output to ~/.config/fish/completions/sphinx-digest.fish.
    """
    completion = get_completion_class(shell)
    assert completion is not None
    click.echo(completion(ctx.find_root().command, {}, "sphinx-digest", VARIABLE).source())
