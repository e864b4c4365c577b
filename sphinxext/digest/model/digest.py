"""Composed digests: sections in order, ready for a renderer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

from sphinxext.digest.model.fragment import Entry
from sphinxext.digest.model.notes import Kind
from sphinxext.digest.model.period import Period
from sphinxext.digest.model.text import Text


@dataclass(frozen=True, slots=True)
class ThreadLinks:
    """The links of a thread: the part that it continues, and the parts that continue it."""

    earlier: Entry | None = None
    later: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class ReleasedVersion:
    """A version of the project that was released in the period of a digest.

    ``notes`` counts its release notes; ``summary`` is the first sentence of its prelude as plain text, or empty.
    """

    version: str
    day: date
    notes: int
    summary: str = ""


class Origin(Enum):
    """The origin of a heading: ours, which we translate, or the project's, which translates it itself."""

    OURS = auto()
    SETTINGS = auto()
    FRAGMENT = auto()


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a digest under one heading.

    ``heading`` is a Text where it is a note's own title, a string elsewhere, whose words ``origin`` tells, and None
    for prose without a heading. ``name`` is what identifiers are made of; it is the heading in English if that is
    ours. A section without entries is a standing group that has nothing this time, but for the one of releases:
    ``released`` has the versions of that.
    """

    kind: Kind
    heading: Text | str | None
    entries: tuple[Entry, ...]
    released: tuple[ReleasedVersion, ...] = ()
    origin: Origin = Origin.FRAGMENT
    name: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of a period. ``threads`` has the links of each thread, by the entry's identity."""

    period: Period
    title: str
    sections: tuple[Section, ...]
    threads: dict[str, ThreadLinks] = field(default_factory=dict)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All notes, in the order in which the digest shows them."""
        return tuple(entry for section in self.sections for entry in section.entries)
