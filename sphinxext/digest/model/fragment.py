"""Fragments, entries, which are their notes with a moment, and the digests composed of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time
from enum import Enum, auto

from sphinxext.digest.model.notes import Kind, Note
from sphinxext.digest.model.period import Period
from sphinxext.digest.model.values import Moment, Place, Text

_IDENTITY = re.compile(r"(?P<slug>.*?)-?(?P<identity>[0-9a-f]{16})|(?P<old>[0-9a-f]{16})-(?P<rest>.*)")

#: The time that stands for a day whose time is not known.
_MIDNIGHT = time.min


@dataclass(frozen=True, slots=True)
class OtherProject:
    """Another project with notes in a joint collection.

    ``name`` tells it from others, ``title`` is for readers, ``home`` is where its documentation is, if that is known.
    """

    name: str
    title: str
    home: str | None = None


@dataclass(frozen=True, slots=True)
class Fragment:
    """One YAML file of the fragments folder.

    ``path`` is the path as a user writes it; ``identity`` are the 16 hexadecimal digits that stay the same when the
    file is renamed, ``slug`` is the rest of its name; ``checksum`` changes with any byte of the file. ``order`` is
    the place of its sections among those of the digest, ``heading`` replaces their usual heading. The
    notes of a ``draft`` are not shown. ``project`` is None for the project's own; the file of another's is not here.
    ``number`` is that of the digest with its notes, and ``number_place`` where the file says it.
    """

    path: str
    identity: str
    slug: str
    checksum: bytes
    date: Moment | None
    notes: tuple[Note, ...]
    order: int | None = None
    heading: str | None = None
    draft: bool = False
    project: OtherProject | None = None
    number: int | None = None
    number_place: Place | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A note with its fragment and the moment that orders it."""

    fragment: Fragment
    note: Note
    moment: Moment

    @property
    def kind(self) -> Kind:
        """The kind of the note."""
        return self.note.kind

    @property
    def identity(self) -> str:
        """The note's name among those of its kind: the fragment's identity, ``-2`` and so on from the second on."""
        index = self.note.index
        return self.fragment.identity if index == 1 else f"{self.fragment.identity}-{index}"

    @property
    def anchor(self) -> str:
        """The identifier of the note on a page; it survives edits and renames of the file."""
        return f"{self.note.kind}-{self.identity}"

    @property
    def key(self) -> tuple[object, ...]:
        """The sort key of entries: the moment, then the file, then the order within it."""
        moment = self.moment
        return (moment.day, moment.time.time() if moment.time else _MIDNIGHT, self.fragment.path, self.note.index)


def split_name(stem: str) -> tuple[str, str] | None:
    """Split a file's name into slug and identity, or return None if it has no identity.

    As in reno the identity are the last 16 characters, and for names from before reno 1.0 the first 16.
    """
    match = _IDENTITY.fullmatch(stem)
    if match is None:
        return None
    if match["identity"]:
        return match["slug"], match["identity"]
    return match["rest"], match["old"]


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
    """The digest of a period. ``threads`` has the links of each thread, by the entry's identity.

    ``number`` is its place among the digests of the collection, or what a fragment makes of that.
    """

    period: Period
    title: str
    sections: tuple[Section, ...]
    threads: dict[str, ThreadLinks] = field(default_factory=dict)
    number: int = 1

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All notes, in the order in which the digest shows them."""
        return tuple(entry for section in self.sections for entry in section.entries)
