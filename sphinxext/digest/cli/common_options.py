"""Options that several commands have, with the same names and forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

#: The folder that a command reads.
fragments_to_read = click.option(
    "--fragments", metavar="DIR", help="The notes of this folder instead of the project's."
)

#: The folder that a command writes to.
fragments_to_write = click.option(
    "--fragments", metavar="DIR", help="The folder to write to, instead of the project's."
)


def format_option(explained: str, formats: Sequence[str] = ("text", "json")) -> Callable[[_Decorated], _Decorated]:
    """The option ``--format``, whose value is the argument ``form``.

    :param explained: what the formats are.
    :param formats: one of them is ``text``, which is taken without the option.
    """
    return click.option(
        "--format", "form", type=click.Choice(formats), default="text", show_default=True, help=explained
    )
