"""The indexes of a collection: which there are now, and what they hold.

The notes of an index to fragments, as if their files were here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.fragments.fields import SECTION_FIELDS, Choice, Type
from sphinxext.digest.fragments.folder import without_collector
from sphinxext.digest.joint.fetch import Copies, Request, fetch_all, places_of, read_local, refusal
from sphinxext.digest.joint.index import Index, IndexNote, is_index, read_index
from sphinxext.digest.model import REFUSED_CHARACTER, Fragment, Note, OtherProject, Participants, Place, Text
from sphinxext.digest.net.http import Answer
from sphinxext.digest.net.source import parse_json, unpacked
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.settings.options import Settings
from sphinxext.digest.text.visible import visible_lines, visible_text

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
            elif isinstance(kind, Choice):
                values[name] = kind.find(value)
            elif kind is Type.PARTICIPANTS:
                values[name] = Participants.of_text(value)
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


_DAY = 24 * 60 * 60
#: How long after a file's time it may still change without a new time: FAT counts in two seconds.
_GRANULARITY = 2.0


@dataclass
class Joint:
    """The indexes of a collection, as they are in the copies now.

    ``mark`` changes when anything in them does, and is None if that cannot be told yet. ``problems`` are those of
    places that have no index, or another one than their copy; ``remarks`` tell, in one sentence each, which copies are
    used since nobody answers. Notes of days before ``since`` are left out.
    """

    root: Path
    places: tuple[str, ...]
    copies: Copies
    since: date | None = None
    mark: bytes | None = None
    problems: list[Problem] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    _fetched: dict[str, Index] = field(default_factory=dict)

    def read(self) -> Joined:
        """The notes of all indexes. What is wrong with single ones is among the problems of the result."""
        joined = Joined(self.since)
        with without_collector():
            for index in self._indexes():
                joined.add(index)
        return joined

    def _indexes(self) -> Iterator[Index]:
        for place in self.places:
            try:
                index = self._fetched.pop(place, None) or self._index(place)
            except DigestError as error:
                # a file that is not as it was when the build began, or a copy of an older release
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
            raise DigestError(Problem(place, 0, 0, Code.UNREADABLE, "its copy is damaged: it is had again next time"))
        return parse_index(data, place)

    def refresh(self, limit: float, timeout: float) -> None:
        """Ask the servers of the copies that are older than a limit, and of those that are not there.

        :param limit: in seconds; below zero none is too old.
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
                self.problems.append(refusal(url, "the server says that it is known, which it is not"))
        else:
            try:
                self._fetched[url] = parse_index(outcome.data, url)
            except DigestError as error:
                after = f": {used}" if used else ""
                self.problems += (Problem(url, 0, 0, one.code, f"{one.message}{after}") for one in error.problems)
            else:
                self.copies.add(url, outcome.data, outcome.etag, outcome.modified)

    def note_mark(self) -> None:
        """Make the mark of what there is."""
        state = blake2b(digest_size=16)
        if not self._fetched.keys() <= self.copies.known.keys():
            return  # a copy could not be written
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
    """Bring the copies of the indexes of a collection up to date, if they are too old.

    :param root: the project.
    :param copies: where the copies are of all collections of the project.
    """
    folder = copies / blake2b(settings.fragments.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()
    places, problems = places_of(root, settings.joint)
    joint = Joint(root, places, Copies.of(folder), settings.joint_since, problems=problems)
    for gone in joint.copies.known.keys() - set(places):
        joint.copies.forget(gone)
    joint.refresh(settings.joint_cache_limit * _DAY, settings.joint_timeout)
    joint.problems.sort()
    joint.note_mark()
    return joint


def load_joint_collection(root: Path, settings: Settings, joint: Joint) -> Collection:
    """The project's own notes and those of the indexes in one collection; problems of places are among its own."""
    joined = joint.read()
    collection = load_collection(root, settings, joined.fragments)
    problems = (*collection.problems, *joint.problems)
    return replace(collection, problems=problems, remarks=(*joined.problems, *collection.remarks))


def parse_index(data: bytes, place: str) -> Index:
    """Read the bytes of an index.

    :raises DigestError: if it is none, of a later version, or too large.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DigestError(Problem(place, 0, 0, Code.ENCODING, "is not UTF-8")) from None
    document = parse_json(text, place)
    if not isinstance(document, dict) or not is_index(document):
        raise DigestError(Problem(place, 0, 0, Code.NOT_A_FEED, "is no index of notes"))
    return read_index(document, place)


def _stamp(file: Path) -> str | None:
    """What tells a file from what it was before, or None if it could still change without a new time."""
    try:
        status = file.stat()
    except (OSError, ValueError) as error:
        return type(error).__name__
    if max(status.st_mtime, status.st_ctime) > time.time() - _GRANULARITY:
        return None
    return f"{status.st_mtime_ns} {status.st_ctime_ns} {status.st_size}"
