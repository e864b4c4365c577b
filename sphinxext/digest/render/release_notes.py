"""Release notes in the order in which all formats have them: of each version, or of many versions by section."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sphinxext.digest.model import Text
from sphinxext.digest.release import NotesConfig, Release, ReleaseNote, sections_of


@dataclass(frozen=True)
class Passage:
    """A text of a note, and the version that has it."""

    release: Release
    note: ReleaseNote
    text: Text


@dataclass(frozen=True)
class NotePart:
    """The texts of a section, or the preludes, which are no list.

    ``name`` is the key in notes; ``level`` is 1 for a section, 2 and 3 for those below the section before.
    """

    name: str
    title: str
    level: int
    passages: tuple[Passage, ...]
    is_prelude: bool = False


@dataclass(frozen=True)
class Chapter:
    """What stands below one heading: a version's, or None where notes of several versions stand together."""

    release: Release | None
    parts: tuple[NotePart, ...]

    @property
    def heading(self) -> str:
        """The version, with the day of its tag if it has one."""
        if self.release is None:
            return ""
        return f"{self.release.title} ({self.release.day})" if self.release.day else self.release.title


@dataclass(frozen=True)
class Outline:
    """Release notes with their headings; ``title`` may be empty."""

    title: str
    chapters: tuple[Chapter, ...]

    @property
    def passages(self) -> Iterator[tuple[NotePart, Passage]]:
        """All texts in order, each with its section."""
        for chapter in self.chapters:
            for part in chapter.parts:
                for passage in part.passages:
                    yield part, passage


def outline_by_version(conf: NotesConfig, releases: Sequence[Release], title: str) -> Outline:
    """Versions in the given order, and the sections of each; what is empty is left out, but for versions."""
    return Outline(title, tuple(Chapter(release, _parts(conf, [release])) for release in releases))


def outline_by_section(conf: NotesConfig, releases: Sequence[Release], title: str) -> Outline:
    """Sections over all versions, with the notes of each in the order of the versions."""
    parts = _parts(conf, releases)
    return Outline(title, (Chapter(None, parts),) if parts else ())


def _parts(conf: NotesConfig, releases: Sequence[Release]) -> tuple[NotePart, ...]:
    name = conf.prelude_section_name
    preludes = tuple(Passage(release, *pair) for release in releases for pair in release.preludes)
    parts = [NotePart(name, name.replace("_", " ").title(), 1, preludes, is_prelude=True)]
    for name, title, level in sections_of(conf):
        passages = tuple(Passage(release, *pair) for release in releases for pair in release.texts(name))
        parts.append(NotePart(name, title, level, passages))
    return tuple(part for part in parts if part.passages)
