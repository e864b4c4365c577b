"""Merge the notes of other projects' indexes into a collection, as fragments of this project."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b
from itertools import dropwhile
from pathlib import Path
from typing import Any

from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.fragments.events import read_when
from sphinxext.digest.fragments.fields import SECTION_FIELDS, Field
from sphinxext.digest.joint.fetch import IndexCache, Request, fetch_all, places_of, read_local, refusal
from sphinxext.digest.joint.index import Index, IndexNote, is_index, read_index
from sphinxext.digest.model import (
    REFUSED_CHARACTER,
    Deadlines,
    Fragment,
    Note,
    OtherProject,
    Participants,
    Place,
    Text,
)
from sphinxext.digest.model.keys import Choice, Type
from sphinxext.digest.net.http import Answer
from sphinxext.digest.net.source import parse_json, unpacked
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text import visible_lines, visible_text

#: The longest text of a note, in characters.
MAX_TEXT = 100_000
_FIELDS = {name: (section.note, section.fields) for name, section in SECTION_FIELDS.items()}
#: What makes values of the types whose records have no texts.
_PARSERS: dict[Type | Choice, Callable[[str], object]] = {
    Type.PARTICIPANTS: Participants.of_text,
    Type.DEADLINES: Deadlines.of_text,
    Type.WHEN: read_when,
    Type.FLAG: lambda value: value == "true",
}
_NOT_IN_NAMES = re.compile(r"[^a-zA-Z0-9._+]+")
#: Maximum length of a part of a name, and of a path.
_MAX_NAME, _MAX_PATH = 60, 200


@dataclass
class Joined:
    """The fragments of several projects, without duplicate identities.

    Fragments with equal content in two projects, such as the summary of a thread on a shared list, are merged. Notes
    before ``since`` are left out.
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
        """Return the identity of a fragment: its own, unless another project uses that for different content."""
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
            values[fields[name].attribute] = self._value(fields[name], value, line)
        return class_(place=Place(line, 1), index=note.index, date=note.moment, page=note.page, **values)

    def _value(self, key: Field, value: str, line: int) -> object:
        """Return a value as the record of a note has it."""
        if key.type is Type.RST:
            text = Text(_lines(value), line, 1)
            return text.as_line() if key.is_line else text
        if key.type is Type.TITLE:
            return Text(" ".join(_clean(value).split()), line, 1)
        if isinstance(key.type, Choice):
            return key.type.find(value)
        if key.type is Type.THREAD:
            return self.names.get(value)
        return _PARSERS[key.type](value) if key.type in _PARSERS else value


def name_of(text: str) -> str:
    """Return a text as a part of a name that references can use."""
    return _NOT_IN_NAMES.sub("-", text)[:_MAX_NAME].strip("-") or "-"


def _content(notes: Sequence[IndexNote]) -> bytes:
    """Return a checksum of the content of a fragment, independent of the project."""
    state = blake2b(digest_size=16)
    for note in notes:
        state.update(f"{note.section} {note.index} {note.moment} {note.fields}".encode("utf-8", "surrogatepass"))
    return state.digest()


def _path(project: OtherProject, note: IndexNote) -> str:
    """Return the path of a fragment for messages: its project, and its file there."""
    path = visible_text(note.path)[:_MAX_PATH]
    return f"{project.name}: {path or note.identity}"


def _lines(value: str) -> str:
    """Remove empty lines at both ends of a text."""
    return "\n".join(dropwhile(lambda line: not line.strip(), _clean(value).rstrip().split("\n")))


def _clean(value: str) -> str:
    return visible_lines(value) if REFUSED_CHARACTER.search(value) else value


_DAY = 24 * 60 * 60
#: Seconds in which a file may change again without a new time: FAT has a resolution of two seconds.
_GRANULARITY = 2.0


@dataclass
class Joint:
    """The indexes of a collection as they are in the cache now.

    ``mark`` changes with any of their content, and is None while that is not known. ``problems`` are those of places
    without a valid index; ``remarks`` tell, in one sentence each, which cached copies are used because their server
    does not answer. Notes before ``since`` are left out.
    """

    root: Path
    places: tuple[str, ...]
    copies: IndexCache
    since: date | None = None
    mark: bytes | None = None
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _fetched: dict[str, Index] = field(default_factory=dict)

    def read(self) -> Joined:
        """Read the notes of all indexes. Problems of single notes are in the result."""
        joined = Joined(self.since)
        for index in self._indexes():
            joined.add(index)
        return joined

    def _indexes(self) -> Iterator[Index]:
        for place in self.places:
            try:
                index = self._fetched.pop(place, None) or self._index(place)
            except DigestError as error:
                # a file that changed since the build began, or a cache entry of an older release
                self.problems += error.problems
                continue
            if index is not None:
                yield index

    def _index(self, place: str) -> Index | None:
        if "://" not in place:
            return parse_index(unpacked(read_local(self.root, place), place), place)
        if place not in self.copies.known:
            return None
        data = self.copies.read(place)
        if data is None:
            self.copies.forget(place)
            self.copies.save()
            raise DigestError(
                Problem(place, 0, 0, Code.UNREADABLE, "the cached copy is damaged; it will be fetched again")
            )
        return parse_index(data, place)

    def refresh(self, limit: float, timeout: float) -> None:
        """Refetch stale and missing cache entries.

        :param limit: the age in seconds at which an entry is stale; below zero none is.
        :param timeout: seconds that a server may be silent.
        """
        requests = []
        for place in self.places:
            if "://" in place and not self.copies.is_fresh(place, limit):
                copy = self.copies.known.get(place)
                requests.append(Request(place, copy.etag, copy.modified) if copy else Request(place))
        for url, outcome in fetch_all(requests, timeout):
            self._take(url, outcome)
        self.copies.save()
        self.remarks.sort()

    def _take(self, url: str, outcome: Answer | str) -> None:
        copy = self.copies.known.get(url)
        used = f"the copy of {time.strftime('%Y-%m-%d', time.gmtime(copy.asked))} is used" if copy else ""
        if isinstance(outcome, str):
            if copy:
                self.remarks.append(f"{outcome}: {used}" if url in outcome else f"{url}: {outcome}: {used}")
            else:
                self.problems.append(refusal(url, outcome))
        elif outcome.data is None:
            if copy:
                self.copies.confirm(url)
            else:
                self.problems.append(refusal(url, "the server says that it is unchanged, but it is not in the cache"))
        else:
            try:
                self._fetched[url] = parse_index(outcome.data, url)
            except DigestError as error:
                after = f": {used}" if used else ""
                self.problems += (Problem(url, 0, 0, one.code, f"{one.message}{after}") for one in error.problems)
            else:
                self.copies.add(url, outcome.data, outcome.etag, outcome.modified)

    def note_mark(self) -> None:
        """Set the mark from the current places and problems."""
        state = blake2b(digest_size=16)
        if not self._fetched.keys() <= self.copies.known.keys():
            return  # a cache entry could not be written
        for place in self.places:
            if "://" in place:
                copy = self.copies.known.get(place)
                state.update(f"{place} {copy.file if copy else ''}\n".encode())
            elif (stamp := _stamp(self.root / place)) is not None:
                state.update(f"{place} {stamp}\n".encode("utf-8", "surrogateescape"))
            else:
                return
        state.update("\n".join(map(str, self.problems)).encode("utf-8", "surrogateescape"))
        self.mark = state.digest()


def open_joint(root: Path, settings: Settings, copies: Path) -> Joint:
    """Open the indexes of a collection, and refetch the stale ones.

    :param root: the root folder of the project.
    :param copies: the cache folder for all collections of the project.
    """
    folder = copies / blake2b(settings.fragments.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    places, problems = places_of(root, settings.joint)
    joint = Joint(root, places, IndexCache.load(folder), settings.joint_since, problems=problems)
    for gone in joint.copies.known.keys() - set(places):
        joint.copies.forget(gone)
    joint.refresh(settings.joint_cache_limit * _DAY, settings.joint_timeout)
    joint.problems.sort()
    joint.note_mark()
    return joint


def load_joint_collection(root: Path, settings: Settings, joint: Joint) -> Collection:
    """Load a collection of the project's own notes and those of the indexes, with the problems of places."""
    joined = joint.read()
    collection = load_collection(root, settings, joined.fragments)
    problems = (*collection.problems, *joint.problems)
    return replace(collection, problems=problems, remarks=(*joined.problems, *collection.remarks))


def parse_index(data: bytes, place: str) -> Index:
    """Read the bytes of an index.

    :raises DigestError: if it is invalid, has another version, or is too large.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DigestError(Problem(place, 0, 0, Code.ENCODING, "is not UTF-8")) from None
    document = parse_json(text, place)
    if not isinstance(document, dict) or not is_index(document):
        raise DigestError(Problem(place, 0, 0, Code.NOT_A_FEED, "is not an index of notes"))
    return read_index(document, place)


def _stamp(file: Path) -> str | None:
    """Return a stamp of a file's state, or None if it could still change without a new time."""
    try:
        status = file.stat()
    except (OSError, ValueError) as error:
        return type(error).__name__
    if max(status.st_mtime, status.st_ctime) > time.time() - _GRANULARITY:
        return None
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size}"
