"""Releases and their notes: plain frozen records, and what of reno's configuration they are made from."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from sphinxext.digest.history.settings import Config
from sphinxext.digest.model import Text


class NoteSection(Protocol):
    """A section of release notes, as ``reno.config.Section`` has it."""

    @property
    def name(self) -> str:
        """The key in notes, such as ``features``."""

    @property
    def title(self) -> str:
        """The heading, such as ``New Features``."""

    @property
    def section_level(self) -> int:
        """1 for a section below the version, 2 and 3 for sections below the section before it."""


class NotesConfig(Config, Protocol):
    """The part of ``reno.config.Config`` that is used besides that of the scanner; see reno's documentation."""

    sections: list[NoteSection]
    prelude_section_name: str
    unreleased_version_title: str
    add_release_date: bool


class NoteScanner(Protocol):
    """What tells which notes a version has: reno's interface, which the scanners of the package have."""

    def get_notes_by_version(self, branch: str | None = None) -> OrderedDict[str, list[tuple[str, bytes | None]]]:
        """The notes of each version, the newest version first, as pairs of a path and a commit."""

    def get_file_at_commit(self, filename: str, sha: bytes | str | None) -> bytes | str | None:
        """The content of a note."""

    def get_version_dates(self) -> dict[str, int]:
        """The seconds since 1970 at which each tag was made."""


@dataclass(frozen=True, slots=True)
class ReleaseNote:
    """A file of release notes as it was at its last commit, or as it is in the working copy.

    ``path`` is relative to the repository, with slashes; ``identity`` are the 16 digits at the end of its name (or
    what reno takes for them). ``commit`` is the full name of the commit that has this content, None for the working
    copy. ``sections`` has the texts by the name of their section, in the order of the configuration, and none that are
    empty. The texts are reStructuredText; their lines and columns are those of the file in that commit.
    """

    path: str
    identity: str
    commit: str | None
    prelude: Text | None = None
    sections: dict[str, tuple[Text, ...]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many texts it has, the prelude not counted."""
        return sum(map(len, self.sections.values()))


@dataclass(frozen=True, slots=True)
class Release:
    """A version and the notes that it was the first to have, in reno's order.

    ``version`` is the tag, or what reno calls the notes since the last tag, such as ``13.0.0-17``. ``title`` is the
    version, or for what is not released yet the configured title. ``day`` is the day (UTC) on which the tag was made,
    None without a tag.
    """

    version: str
    title: str
    day: date | None
    notes: tuple[ReleaseNote, ...]

    @property
    def is_released(self) -> bool:
        """Whether there is a tag. As in reno, a version with a hyphen has none."""
        return "-" not in self.version

    @property
    def preludes(self) -> tuple[tuple[ReleaseNote, Text], ...]:
        """The preludes, each with the note that it is of."""
        return tuple((note, note.prelude) for note in self.notes if note.prelude is not None)

    def texts(self, section: str) -> tuple[tuple[ReleaseNote, Text], ...]:
        """The texts of a section, by its name, each with the note that it is of, in the order of reports."""
        return tuple((note, text) for note in self.notes for text in note.sections.get(section, ()))

    @property
    def count(self) -> int:
        """How many texts its notes have, preludes not counted."""
        return sum(note.count for note in self.notes)
