"""The notes of an index to fragments, as if their files were here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any

from sphinxext.digest.collect.joint import Index, IndexNote
from sphinxext.digest.collect.plain import visible_lines, visible_text
from sphinxext.digest.fragments.fields import SECTION_FIELDS, Type
from sphinxext.digest.model import REFUSED_CHARACTER, Fragment, Note, OtherProject, Place, State, Text
from sphinxext.digest.problems import Code, Problem

#: The longest text of a note, in characters.
MAX_TEXT = 100_000
_FIELDS = {name: (section.note, section.fields) for name, section in SECTION_FIELDS.items()}
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9._+]+")
#: How long a part of a name may be, and a path.
_MAX_NAME, _MAX_PATH = 60, 200


@dataclass
class Joined:
    """The fragments of several projects, without two of the same identity.

    What two projects have with the same words, such as the summary of a thread on a common list, is there once. Notes
    of days before ``since`` are left out.
    """

    since: date | None = None
    fragments: list[Fragment] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    _contents: dict[str, bytes] = field(default_factory=dict)

    def add(self, index: Index) -> None:
        """Add the notes of a project."""
        project = OtherProject(name_of(index.project), index.title, index.home)
        self.problems += (
            Problem(f"{project.name}: {one.path}", 0, 0, one.code, one.message) for one in index.problems
        )
        groups: dict[str, list[IndexNote]] = {}
        for note in index.notes:
            if self.since is not None and note.moment.day < self.since:
                continue
            groups.setdefault(note.identity, []).append(note)
        contents = {identity: _content(notes) for identity, notes in groups.items()}
        identities = {identity: self._identity(identity, project, content) for identity, content in contents.items()}
        kept = (note for note in reversed(index.notes) if note.identity in groups and note.section == "threads")
        threads = {note.slug: note.identity for note in kept}
        names = {name: identities[old] for name, old in threads.items() if name} | identities
        for identity, notes in groups.items():
            new = identities[identity]
            if new not in self._contents:
                self._contents[new] = contents[identity]
                fragment = _Maker(project, names, self.problems).fragment(new, notes, contents[identity])
                if fragment is not None:
                    self.fragments.append(fragment)

    def _identity(self, identity: str, project: OtherProject, content: bytes) -> str:
        """The identity of a fragment here: its own, unless another project has given it to something else."""
        if self._contents.get(identity, content) == content:
            return identity
        return blake2b(f"{project.name} {identity}".encode(), digest_size=8).hexdigest()


@dataclass
class _Maker:
    project: OtherProject
    names: Mapping[str, str]
    problems: list[Problem]

    def fragment(self, identity: str, notes: Sequence[IndexNote], content: bytes) -> Fragment | None:
        first = notes[0]
        path = _path(self.project, first)
        made = tuple(self._notes(notes, path))
        if not made:
            return None
        about = f"{self.project} {[note.page for note in notes]} {[note.fields.get('continues') for note in notes]}"
        checksum = blake2b(content + about.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        slug = f"{self.project.name}/{name_of(first.slug)}" if first.slug else ""
        return Fragment(path, identity, slug, checksum, first.moment, made, project=self.project)

    def _notes(self, notes: Sequence[IndexNote], path: str) -> Iterator[Note]:
        seen: set[tuple[str, int]] = set()
        for note in notes:
            if (note.section, note.index) in seen:
                complaint = "has the same identity as another one"
            elif any(len(value) > MAX_TEXT for value in note.fields.values()):
                complaint = f"has more than {MAX_TEXT:,} characters"
            else:
                seen.add((note.section, note.index))
                yield self._note(note)
                continue
            self.problems.append(Problem(path, note.line, 1, Code.BAD_RECORD, f"the note {complaint}: it is left out"))

    def _note(self, note: IndexNote) -> Note:
        class_, fields = _FIELDS[note.section]
        line = note.line or 1
        values: dict[str, Any] = {}
        for name, value in note.fields.items():
            kind = fields[name].type
            if kind is Type.RST:
                text = Text(_lines(value), line, 1)
                values[name] = text.as_line() if fields[name].is_line else text
            elif kind is Type.TITLE:
                values[name] = Text(" ".join(_clean(value).split()), line, 1)
            elif kind is Type.STATE:
                values[name] = State(value)
            elif kind is Type.THREAD:
                values[name] = self.names.get(value)
            else:
                values[name] = value
        return class_(place=Place(line, 1), index=note.index, date=note.moment, page=note.page, **values)


def name_of(text: str) -> str:
    """A part of the name that references can use."""
    return _NOT_IN_NAMES.sub("-", text)[:_MAX_NAME].strip("-") or "-"


def _content(notes: Sequence[IndexNote]) -> bytes:
    """What tells the words of a fragment from others, whoever publishes it."""
    state = blake2b(digest_size=16)
    for note in notes:
        state.update(f"{note.section} {note.index} {note.moment} {note.fields}".encode("utf-8", "surrogatepass"))
    return state.digest()


def _path(project: OtherProject, note: IndexNote) -> str:
    """How messages name a fragment: its project, and its file there."""
    path = visible_text(note.path)[:_MAX_PATH]
    return f"{project.name}: {path or note.identity}"


def _lines(value: str) -> str:
    """A text of several lines without empty ones at its ends."""
    lines = _clean(value).rstrip().split("\n")
    while not lines[0].strip() and len(lines) > 1:
        del lines[0]
    return "\n".join(lines)


def _clean(value: str) -> str:
    return visible_lines(value) if REFUSED_CHARACTER.search(value) else value
