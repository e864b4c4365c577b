"""The outline of release notes: by version, or by section over many versions, and grouped by component on demand.

All formats are made from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sphinxext.digest.model import Text
from sphinxext.digest.release.config import NotesConfig, prelude_title, sections_of
from sphinxext.digest.release.notes import Contributor, Release, ReleaseNote
from sphinxext.digest.settings.release_notes import Component, IssueLink


@dataclass(frozen=True)
class Passage:
    """A text of a note, and the version that has it."""

    release: Release
    note: ReleaseNote
    text: Text


@dataclass(frozen=True)
class NotePart:
    """The texts of a section, or the preludes, which are no list.

    ``name`` is the key in notes; ``level`` is 1 for a section, 2 and 3 for those below the section before. Where notes
    are grouped, ``component`` is the title of theirs. Its own heading is a part without passages, and its sections are
    one level lower.
    """

    name: str
    title: str
    level: int
    passages: tuple[Passage, ...]
    is_prelude: bool = False
    component: str = ""

    @property
    def label(self) -> str:
        """The last part of the part's label on a page."""
        return f"{self.component}_{self.title}" if self.component and self.passages else self.title


#: The heading of contributors, and the name of their section in records.
CONTRIBUTORS = "Contributors"


@dataclass(frozen=True)
class Chapter:
    """The notes below one heading: a version's, or None where notes of several versions are together."""

    release: Release | None
    parts: tuple[NotePart, ...]
    contributors: tuple[Contributor, ...] = ()

    @property
    def credits(self) -> list[str]:
        """The paragraphs that name the contributors, if they were asked for: all of them, and those who are new."""
        first = [one.name for one in self.contributors if one.is_first]
        paragraphs = [", ".join(one.name for one in self.contributors)]
        if first:
            paragraphs.append(f"First contributions: {', '.join(first)}")
        return paragraphs if self.contributors else []

    @property
    def heading(self) -> str:
        """The version, with the day of its tag if it has one."""
        if self.release is None:
            return ""
        return f"{self.release.title} ({self.release.day})" if self.release.day else self.release.title


@dataclass(frozen=True)
class Outline:
    """Release notes with their headings; ``title`` may be empty. ``issues`` are links for numbers in the texts."""

    title: str
    chapters: tuple[Chapter, ...]
    issues: tuple[IssueLink, ...] = ()

    @property
    def is_grouped(self) -> bool:
        """Return True if any notes are below the heading of a component."""
        return any(part.component for chapter in self.chapters for part in chapter.parts)

    @property
    def passages(self) -> Iterator[tuple[NotePart, Passage]]:
        """All texts in order, each with its section."""
        for chapter in self.chapters:
            for part in chapter.parts:
                for passage in part.passages:
                    yield part, passage


def outline_by_version(
    conf: NotesConfig, releases: Sequence[Release], title: str, components: Sequence[Component] = ()
) -> Outline:
    """Versions in the given order, and the sections of each; what is empty is left out, but for versions.

    :param components: those to group the notes of a version by.
    """
    chapters = (Chapter(release, _parts(conf, [release], components), release.contributors) for release in releases)
    return Outline(title, tuple(chapters))


def outline_by_section(
    conf: NotesConfig, releases: Sequence[Release], title: str, components: Sequence[Component] = ()
) -> Outline:
    """Sections over all versions, with the notes of each in the order of the versions.

    :param components: those to group the notes by.
    """
    parts = _parts(conf, releases, components)
    people: dict[str, Contributor] = {}
    for release in reversed(releases):  # the oldest first, where somebody may be new
        for one in release.contributors:
            people.setdefault(one.name.casefold(), one)
    contributors = tuple(people[key] for key in sorted(people))
    return Outline(title, (Chapter(None, parts, contributors),) if parts or contributors else ())


def _parts(conf: NotesConfig, releases: Sequence[Release], components: Sequence[Component]) -> tuple[NotePart, ...]:
    preludes = tuple(Passage(release, *pair) for release in releases for pair in release.preludes)
    parts = (
        [NotePart(conf.prelude_section_name, prelude_title(conf), 1, preludes, is_prelude=True)] if preludes else []
    )
    find = component_finder(components)
    # what belongs to none comes first, below no heading of its own; several names may have one title
    grouped: dict[str, dict[str, list[Passage]]] = {title: {} for title in ("", *(one.title for one in components))}
    for name, _title, _level in sections_of(conf):
        for passage in (Passage(release, *pair) for release in releases for pair in release.texts(name)):
            title, text = find(passage.note, passage.text)
            grouped[title].setdefault(name, []).append(replace(passage, text=text))
    for component, passages in grouped.items():
        if component and passages:
            parts.append(NotePart("", component, 1, (), component=component))
        below = 1 if component else 0
        parts += [
            NotePart(name, title, level + below, tuple(passages[name]), component=component)
            for name, title, level in sections_of(conf)
            if name in passages
        ]
    return tuple(parts)


def component_finder(components: Sequence[Component]) -> Callable[[ReleaseNote, Text], tuple[str, Text]]:
    """Return what finds the title of a text's component, or nothing, and the text without the name.

    ``[api] ...`` at the beginning of a text comes before the note's key, which comes before ``api-...`` at the
    beginning of the file's name.
    """
    titles = {one.name.lower(): one.title for one in components}
    names = sorted(titles, key=lambda name: -len(name))
    in_text = re.compile(rf"\[({'|'.join(map(re.escape, names))})\]:?\s+(?=\S)", re.IGNORECASE)

    def find(note: ReleaseNote, text: Text) -> tuple[str, Text]:
        if not names:
            return "", text
        if match := in_text.match(text.value):
            return titles[match[1].lower()], text.cut(match.end())
        if note.component.lower() in titles:
            return titles[note.component.lower()], text
        slug = note.path.rpartition("/")[2].lower()
        return next((titles[name] for name in names if slug.startswith(f"{name}-")), ""), text

    return find


def release_note_records(outline: Outline) -> list[dict[str, object]]:
    """A record for each text: its version, its place in the repository, its section and its reStructuredText.

    Contributors follow, if they were asked for: their name is the text, and ``first`` says whether they are new.
    """
    records = [_record(part, passage, is_grouped=outline.is_grouped) for part, passage in outline.passages]
    return records + [
        {
            **_version_record(chapter.release),
            "section": CONTRIBUTORS.lower(),
            "heading": CONTRIBUTORS,
            "text": contributor.name,
            "first": contributor.is_first,
        }
        for chapter in outline.chapters
        for contributor in chapter.contributors
    ]


def _version_record(release: Release | None) -> dict[str, object]:
    if release is None:
        return {"version": None, "title": None, "date": None}
    day = release.day.isoformat() if release.day else None
    return {"version": release.version, "title": release.title, "date": day}


def _record(part: NotePart, passage: Passage, *, is_grouped: bool) -> dict[str, object]:
    note = passage.note
    return {
        **_version_record(passage.release),
        "path": note.path,
        "line": passage.text.line,
        "identity": note.identity,
        "commit": note.commit,
        "section": part.name,
        "heading": part.title,
        **({"component": part.component or None} if is_grouped else {}),
        "text": passage.text.value,
    }
