"""Releases and their notes: records, what of reno's configuration they are made from, and the reader of a note.

The reader accepts what reno accepts: a section is a list of texts or a single text. What reno only remarks in its log,
or what stops it, is a problem with a line here, and the rest of the note is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from sphinxext.digest.model import Text
from sphinxext.digest.problems import Code, Problem, nearest
from sphinxext.digest.release.config import NotesConfig, component_key, sections_of
from sphinxext.digest.yaml import compose, decode, is_string, place_of, report_cut_values
from sphinxext.digest.yaml.reader import NodeReader, read_text


@dataclass(frozen=True, slots=True)
class ReleaseNote:
    """A file of release notes as it was at its last commit, or as it is in the working copy.

    ``path`` is relative to the repository, with slashes; ``identity`` are the 16 digits at the end of its name (or
    what reno takes for them). ``commit`` is the full name of the commit that has this content, None for the working
    copy. ``sections`` has the texts by the name of their section, in the order of the configuration, and none that are
    empty. The texts are reStructuredText; their lines and columns are those of the file in that commit.
    ``prelude_end`` has the line ends after the prelude, which reno's reports repeat. ``component`` is the name of the
    part of the project that it is about, if it has the key for that.
    """

    path: str
    identity: str
    commit: str | None
    prelude: Text | None = None
    sections: dict[str, tuple[Text, ...]] = field(default_factory=dict)
    prelude_end: str = ""
    component: str = ""

    @property
    def count(self) -> int:
        """The number of its texts without the prelude."""
        return sum(map(len, self.sections.values()))


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who wrote a part of a version; ``is_first`` if older versions have nothing of theirs."""

    name: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Release:
    """A version and the notes that it was the first to have, in reno's order.

    ``version`` is the tag, or what reno calls the notes since the last tag, such as ``13.0.0-17``. ``title`` is the
    version, or for what is not released yet the configured title. ``day`` is the day (UTC) on which the tag was made,
    None without a tag. ``contributors`` is empty unless they were asked for, see :mod:`.contributors`.
    """

    version: str
    title: str
    day: date | None
    notes: tuple[ReleaseNote, ...]
    contributors: tuple[Contributor, ...] = ()

    @property
    def is_released(self) -> bool:
        """Return True if there is a tag. As in reno, a version with a hyphen has none."""
        return "-" not in self.version

    @property
    def preludes(self) -> tuple[tuple[ReleaseNote, Text], ...]:
        """The preludes, each with its note."""
        return tuple((note, note.prelude) for note in self.notes if note.prelude is not None)

    def texts(self, section: str) -> tuple[tuple[ReleaseNote, Text], ...]:
        """The texts of a section, by its name, each with its note, in the order of reports."""
        return tuple((note, text) for note in self.notes for text in note.sections.get(section, ()))

    @property
    def count(self) -> int:
        """The number of its notes' texts without preludes."""
        return sum(note.count for note in self.notes)


#: Accepted by reno, at most with a remark in its log. Published notes have such problems, so that no command fails.
REMARKS = frozenset(
    {Code.UNKNOWN_SETTING, Code.UNKNOWN_SECTION, Code.DUPLICATE_KEY, Code.EMPTY_TEXT, Code.YAML_COMMENT}
)
#: Problems of a file that reno reads without a remark.
ACCEPTED = frozenset({Code.BYTE_ORDER_MARK, Code.LINE_ENDS})

#: What YAML 1.1 takes for a date or a time. To us it is a text.
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)?"
)

#: The prelude, the sections, the line ends after the prelude, and the component.
Parts = tuple[Text | None, dict[str, tuple[Text, ...]], str, str]


@dataclass(frozen=True)
class NoteReader:
    """Read the texts of notes.

    :ivar prelude: the key of the prelude.
    :ivar sections: the keys of the sections, in order.
    :ivar component: the key of the component, or nothing.
    :ivar strict: whether a problem that reno reads without a remark is reported as well.
    :ivar components: the names of components; without any, all names will do.
    """

    prelude: str
    sections: tuple[str, ...]
    component: str = ""
    strict: bool = False
    components: tuple[str, ...] = ()

    @classmethod
    def of(cls, conf: NotesConfig, *, strict: bool = False, components: Iterable[str] = ()) -> NoteReader:
        """Return the reader for a configuration."""
        names = tuple(name for name, _title, _level in sections_of(conf))
        return cls(conf.prelude_section_name, names, component_key(conf), strict, tuple(components))

    def read(self, content: bytes, path: str, problems: list[Problem]) -> Parts | None:
        """Read the prelude and the sections of a note; None if nothing of it can be used."""
        found: list[Problem] = []
        text = decode(content, path, found)
        node = compose(text, path, found, expands=True) if text is not None else None
        parts = None
        if text is not None and isinstance(node, MappingNode):
            report_cut_values(node, text, path, found)
            parts = self._parts(_FileReader(path, found, text, strict=self.strict), node)
        elif not any(problem.code not in ACCEPTED for problem in found):
            message = "a release note must be a mapping of sections, such as 'fixes:', to lists of texts"
            found.append(Problem(path, 1, 1, Code.WRONG_TYPE, message))
        problems += [problem for problem in found if self.strict or problem.code not in ACCEPTED]
        return parts

    def _parts(self, file: _FileReader, root: MappingNode) -> Parts:
        prelude, end, component = None, "", ""
        found: dict[str, tuple[Text, ...]] = {}
        for name, key, value in file.pairs(root):
            if name == self.prelude:
                prelude = file.text(value, f"the section '{name}'")
                end = value.value[len(value.value.rstrip("\n")) :] if prelude else ""
            elif name == self.component:
                component = file.component(name, value, self.components)
            elif name in self.sections:
                found[name] = tuple(file.texts(name, value))
            else:
                file.complain(key, Code.UNKNOWN_SECTION, f"unknown section '{name}'{self._expected(name)}")
        return prelude, {name: found[name] for name in self.sections if found.get(name)}, end, component

    def _expected(self, name: str) -> str:
        known = (self.prelude, *self.sections, *([self.component] if self.component else []))
        begun = [one for one in known if len(name) > 2 and one.startswith(name.lower())]
        near = begun[0] if begun else nearest(name, known, 0.8)
        return f": did you mean '{near}'?" if near else f": expected one of {', '.join(known)}"


class _FileReader(NodeReader):
    """Reads the sections of one note."""

    def __init__(self, path: str, problems: list[Problem], source: str, *, strict: bool) -> None:
        super().__init__(path, problems, source)
        self.strict = strict

    def pairs(self, root: MappingNode) -> Iterator[tuple[str, ScalarNode, Node]]:
        """Yield the sections. As in reno the last of those with the same name counts."""
        last: dict[str, tuple[ScalarNode, Node]] = {}
        for key, value in root.value:
            if not isinstance(key, ScalarNode):
                self.complain(key, Code.WRONG_TYPE, "a section's name must be a string")
                continue
            if key.value in last:
                line = place_of(last[key.value][0]).line
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

    def component(self, key: str, node: Node, known: tuple[str, ...]) -> str:
        """Read the name of a component, or report why it is none."""
        what = f"the key '{key}'"
        text = self.text(node, what)
        words = text.value.strip() if text is not None else ""
        if "\n" in words:
            self.complain(node, Code.WRONG_TYPE, f"{what} must be the name of one component, such as 'cli'")
            return ""
        if words and known and words.lower() not in map(str.lower, known):
            near = nearest(words, known, 0.6)
            expected = f"did you mean '{near}'?" if near else f"expected one of {', '.join(known)}"
            self.complain(node, Code.BAD_VALUE, f"unknown component '{words}': {expected}")
        return words

    def text(self, node: Node, what: str) -> Text | None:
        if not isinstance(node, ScalarNode) or not is_string(node):
            is_empty = isinstance(node, ScalarNode) and not node.value
            message = f"{what} is empty" if is_empty else f"{what} is {_kind_of(node)}: add '|' or quotes"
            self.complain(node, Code.EMPTY_TEXT if is_empty else Code.WRONG_TYPE, message)
            return None
        if not node.value.strip():
            self.complain(node, Code.EMPTY_TEXT, f"{what} is empty")
            return None
        if self.strict and not (node.style or node.tag) and _TIME.fullmatch(node.value):
            message = f"{what} is not a text, since YAML reads {node.value} as a date: add '|' or quotes"
            self.complain(node, Code.WRONG_TYPE, message)
        return read_text(node, self.source)


def _kind_of(node: Node) -> str:
    """Return what a value is that is not a text."""
    if isinstance(node, MappingNode):
        key = node.value[0][0] if node.value else None
        if isinstance(key, ScalarNode) and key.value and "\n" not in key.value:
            return f"a mapping instead of a text, since YAML reads '{key.value}' as a key"
        return "a mapping instead of a text"
    if isinstance(node, SequenceNode):
        return "a list instead of a text"
    return f"not a text, since YAML reads {node.value} as a number or another constant"
