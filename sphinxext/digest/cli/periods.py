"""PERIOD on the command line."""

from __future__ import annotations

from datetime import date

import click

from sphinxext.digest.collection import Collection
from sphinxext.digest.model import Period
from sphinxext.digest.periods import LATEST, PeriodError, parse_day, parse_interval
from sphinxext.digest.problems import Code, DigestError, Problem


def readable_period(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """A period, if it can be read; which days it has is for the collection to say."""
    try:
        if value is not None and value != LATEST and parse_day(value) is None:
            parse_interval(value)
    except PeriodError as error:
        raise click.BadParameter(f"{error}.") from None
    return value


def readable_day(_ctx: click.Context, _param: click.Parameter, value: str | None) -> date | None:
    """The day that an option names as ``YYYY-MM-DD``."""
    if value is None:
        return None
    try:
        day = parse_day(value)
    except PeriodError as error:
        raise click.BadParameter(f"{error}.") from None
    if day is None:
        raise click.BadParameter(f"'{value}' is not a day: write YYYY-MM-DD.")
    return day


def period_of(collection: Collection, text: str) -> Period:
    """The period that a readable text means in a collection.

    :raises DigestError: if it is the latest digest, and there is none.
    """
    try:
        return collection.period(text)
    except PeriodError as error:
        folder = collection.settings.fragments
        raise DigestError(*collection.problems, Problem(folder, 0, 0, Code.BAD_PERIOD, str(error))) from None
