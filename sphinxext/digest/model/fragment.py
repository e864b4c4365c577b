"""Fragments, and entries: their notes with a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from sphinxext.digest.model.notes import Kind, Note
from sphinxext.digest.model.text import Moment

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
