"""Releases and their notes: plain frozen records, and what of reno's configuration they are made from.

Reading a release note: YAML to a record, with each problem at its line.

What reno accepts is accepted: a section is a list of texts or a single text. What reno only remarks in its log, or
what ends it, is a problem here, and the rest of the note is read.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.release.settings import ScanConfig
from sphinxext.digest.yaml import compose as safeyaml
from sphinxext.digest.yaml.reader import NodeReader
from sphinxext.digest.yaml.text import read_text


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


class NotesConfig(ScanConfig, Protocol):
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


#: What reno takes without a word, or with one in its log. Notes that are published have it, so that it is no failure.
REMARKS = frozenset({Code.UNKNOWN_SECTION, Code.DUPLICATE_KEY, Code.EMPTY_TEXT, Code.YAML_COMMENT})
#: reno reads such files without a word.
_NO_PROBLEM = frozenset({Code.BYTE_ORDER_MARK, Code.LINE_ENDS})


@dataclass(frozen=True)
class NoteReader:
    """Reads the texts of notes.

    :ivar prelude: the key of the prelude.
    :ivar sections: the keys of the sections, in order.
    """

    prelude: str
    sections: tuple[str, ...]

    def read(
        self, content: bytes, path: str, problems: list[Problem]
    ) -> tuple[Text | None, dict[str, tuple[Text, ...]]] | None:
        """The prelude and the sections of a note, or None if nothing of it can be used."""
        found: list[Problem] = []
        text = safeyaml.decode(content, path, found)
        node = safeyaml.compose(text, path, found, expands=True) if text is not None else None
        parts = None
        if text is not None and isinstance(node, MappingNode):
            safeyaml.report_cut_values(node, text, path, found)
            parts = self._parts(_FileReader(path, found, text), node)
        elif not any(problem.code not in _NO_PROBLEM for problem in found):
            message = "a release note must be a mapping of sections, such as 'fixes:', to lists of texts"
            found.append(Problem(path, 1, 1, Code.WRONG_TYPE, message))
        problems += [problem for problem in found if problem.code not in _NO_PROBLEM]
        return parts

    def _parts(self, file: _FileReader, root: MappingNode) -> tuple[Text | None, dict[str, tuple[Text, ...]]]:
        prelude = None
        found: dict[str, tuple[Text, ...]] = {}
        for name, key, value in file.pairs(root):
            if name == self.prelude:
                prelude = file.text(value, f"the section '{name}'")
            elif name in self.sections:
                found[name] = tuple(file.texts(name, value))
            else:
                known = ", ".join((self.prelude, *self.sections))
                file.complain(key, Code.UNKNOWN_SECTION, f"there is no section '{name}': there are {known}")
        return prelude, {name: found[name] for name in self.sections if found.get(name)}


class _FileReader(NodeReader):
    """Reads the sections of one note."""

    def pairs(self, root: MappingNode) -> Iterator[tuple[str, ScalarNode, Node]]:
        """Yield the sections. As in reno the last of those with the same name counts."""
        last: dict[str, tuple[ScalarNode, Node]] = {}
        for key, value in root.value:
            if not isinstance(key, ScalarNode):
                self.complain(key, Code.WRONG_TYPE, "a key must be a word")
                continue
            if key.value in last:
                line = safeyaml.place_of(last[key.value][0]).line
                message = f"duplicate section '{key.value}'; the one on line {line} is lost"
                self.complain(key, Code.DUPLICATE_KEY, message)
            last[key.value] = key, value
        for name, (key, value) in last.items():
            yield name, key, value

    def texts(self, name: str, value: Node) -> Iterator[Text]:
        if isinstance(value, ScalarNode) and not value.value and not value.style:
            self.complain(value, Code.EMPTY_TEXT, f"the section '{name}' is empty")
            return
        items = value.value if isinstance(value, SequenceNode) else [value]
        what = f"a note of the section '{name}'" if isinstance(value, SequenceNode) else f"the section '{name}'"
        for item in items:
            text = self.text(item, what)
            if text is not None:
                yield text

    def text(self, node: Node, what: str) -> Text | None:
        if not isinstance(node, ScalarNode) or not safeyaml.is_string(node):
            is_empty = isinstance(node, ScalarNode) and not node.value
            kind = _kind_of(node)
            message = f"{what} is empty" if is_empty else f"{what} is {kind} instead of a text: is a '|' missing?"
            self.complain(node, Code.EMPTY_TEXT if is_empty else Code.WRONG_TYPE, message)
            return None
        if not node.value.strip():
            self.complain(node, Code.EMPTY_TEXT, f"{what} is empty")
            return None
        return read_text(node, self.source)


def _kind_of(node: Node) -> str:
    if isinstance(node, MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, SequenceNode) else "a number or another constant"
