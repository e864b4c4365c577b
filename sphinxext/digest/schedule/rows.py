"""The rows of a schedule as its file has them, before they are put in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sphinxext.digest.model import Period, Place, Scope


@dataclass(frozen=True, slots=True)
class Mention:
    """An event that a row names by its id."""

    id: str
    scope: Scope
    place: Place


@dataclass(frozen=True, slots=True)
class Row:
    """A week of a file: its days, its name if it has one that can be read, and its events."""

    period: Period
    place: Place
    name: str | None = None
    mentions: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """A day that the head of a file claims for the first or the last week, and where."""

    day: date
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """All rows of a file in its order, and what its head says of them."""

    path: str
    rows: Sequence[Row]
    start: Claim | None = None
    release: Claim | None = None
