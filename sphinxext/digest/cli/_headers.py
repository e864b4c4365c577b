"""Addresses and other parts of messages on the command line."""

from __future__ import annotations

from collections.abc import Callable
from email.headerregistry import Address
from typing import Any, TypeVar

import click

from sphinxext.digest.cli._output import visible
from sphinxext.digest.mail.message import HeaderError, parse_addresses

Value = TypeVar("Value")


def checked(check: Callable[[str], Value]) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """A callback that lets a function judge the value of an option, or each of its values."""

    def callback(_ctx: click.Context, _param: click.Parameter, value: Any) -> Any:
        try:
            if isinstance(value, tuple):
                return tuple(map(check, value))
            return None if value is None else check(value)
        except HeaderError as error:
            raise click.BadParameter(f"{visible(str(error))}.") from None

    return callback


def sender_of(text: str) -> Address:
    """The one address that a message is from.

    :raises HeaderError: if there are several, or none.
    """
    addresses = parse_addresses(text)
    if len(addresses) > 1:
        raise HeaderError("a message is from one address")
    return addresses[0]
