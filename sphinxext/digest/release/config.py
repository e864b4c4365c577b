"""reno's configuration of a repository: the options that a scan and a report use, read within the limits of all YAML.

reno itself would load ``releasenotes/config.yaml`` or ``reno.yaml`` without a limit on size, depth or aliases, and
accept any value. Here every problem has its line, and reno only holds the values.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.release.changes import unique_id
from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.refs import find_top

# YAML is imported where a file is read: a scanner that reno gives its configuration needs none
if TYPE_CHECKING:
    from reno.config import Config
    from yaml.nodes import MappingNode, Node

#: The folder of release notes in a repository, unless an option names another one.
FOLDER = "releasenotes"


#: The options in reno's configuration that are ours; reno ignores them.
RELEASE_LINES, COMPONENT_KEY = "release_lines", "component_key"


def has_release_lines(conf: object) -> bool:
    """Return True if pre-releases that lie before an earlier version count as that; reno's own class has no such."""
    return bool(getattr(conf, RELEASE_LINES, False))


def component_key(conf: object) -> str:
    """Return the key by which a note names its component; reno's own class has no such, and ``""`` is none."""
    return str(getattr(conf, COMPONENT_KEY, ""))


def override(conf: Config, **values: object) -> None:
    """Change options of a configuration, ours included."""
    if RELEASE_LINES in values:
        setattr(conf, RELEASE_LINES, values.pop(RELEASE_LINES))
    conf.override(**values)


class ScanConfig(Protocol):
    """The part of ``reno.config.Config`` that is used; see reno's documentation of its options."""

    reporoot: str
    branch: str | None
    default_branch: str
    earliest_version: str | None
    collapse_pre_releases: bool
    stop_at_branch_base: bool
    ignore_null_merges: bool
    ignore_notes: list[str]
    release_tag_re: str
    pre_release_tag_re: str
    branch_name_re: str
    branch_name_prefix: str
    closed_branch_tag_re: str
    branch_sort_re: str
    branch_sort_prefix: str
    encoding: str | None

    @property
    def notespath(self) -> str:
        """The folder of notes, relative to the repository."""


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


def sections_of(conf: NotesConfig) -> list[tuple[str, str, int]]:
    """The name, the heading and the level (1 to 3) of each section, in the order of reports; no prelude.

    The key of components may be declared as a section, so that ``reno lint`` accepts it. It is none.
    """
    key = component_key(conf)
    return [(one.name, one.title, one.section_level) for one in conf.sections if one.name != key]


def prelude_title(conf: NotesConfig) -> str:
    """The heading of the preludes."""
    return conf.prelude_section_name.replace("_", " ").title()


@dataclass(frozen=True)
class Patterns:
    """The regular expressions of a configuration, verbose as in reno."""

    conf: ScanConfig

    @cached_property
    def release(self) -> re.Pattern[str]:
        """Tags that are versions begin so."""
        return re.compile(self.conf.release_tag_re, re.VERBOSE)

    @cached_property
    def pre_release(self) -> re.Pattern[str]:
        """Tags of pre-releases contain this; its group ``pre_release`` is what the final release does not have."""
        return re.compile(self.conf.pre_release_tag_re, re.VERBOSE)

    @cached_property
    def branch(self) -> re.Pattern[str]:
        """Branches of series contain this."""
        return re.compile(self.conf.branch_name_re, re.VERBOSE)

    @cached_property
    def closed_branch(self) -> re.Pattern[str]:
        """Tags that took the place of a series' branch contain this."""
        return re.compile(self.conf.closed_branch_tag_re, re.VERBOSE)

    @cached_property
    def sorted_branch(self) -> re.Pattern[str]:
        """Branches that are sorted by ``branch_sort_prefix`` and the first group contain this."""
        return re.compile(self.conf.branch_sort_re, re.VERBOSE)

    @cached_property
    def ignored(self) -> frozenset[str]:
        """The identities of notes to leave out."""
        return frozenset(map(unique_id, self.conf.ignore_notes))

    def is_pre_release(self, version: str) -> bool:
        """Return True if a version is a pre-release."""
        return self.pre_release.search(version) is not None

    def final(self, version: str) -> str:
        """The final release of a pre-release; other versions as they are.

        :raises HistoryError: if the configured expression has no group of the name.
        """
        if (match := self.pre_release.search(version)) is None:
            return version
        try:
            start, end = match.span("pre_release")
        except IndexError:
            raise HistoryError(
                f"pre_release_tag_re has no group named 'pre_release': {self.pre_release.pattern!r}"
            ) from None
        return version[:start] + version[end:]

    def sort_key(self, branch: str) -> str:
        """The sort key of a branch, the oldest series first."""
        match = self.sorted_branch.search(branch)
        return self.conf.branch_sort_prefix + match.group(1) if match else branch


def project_config(root: Path, problems: list[Problem] | None = None) -> Config:
    """Read the configuration of a project, which may be a folder within its repository.

    :raises DigestError: as :func:`read_config`.
    """
    root = root.resolve()
    top = find_top(root) or root
    return read_config(top, (root.relative_to(top) / FOLDER).as_posix(), problems)


def read_config(root: Path, folder: str = FOLDER, problems: list[Problem] | None = None) -> Config:
    """Read the configuration of a repository from ``config.yaml`` in the folder of release notes or ``reno.yaml``.

    :param root: the top folder of the repository.
    :param folder: of release notes, relative to it.
    :param problems: takes unknown options, which reno ignores.
    :raises DigestError: if the file is malformed or has a value that reno cannot use.
    """
    from reno.config import Config

    class NoFile(Config):  # type: ignore[misc]
        """A configuration that reno does not read, and of which it does not say that there is none."""

        def _report_missing_config_files(self, filenames: list[str]) -> None: ...

    # a folder that does not exist, so that reno does not read the file
    conf = NoFile(os.devnull)
    conf.reporoot, conf.relnotesdir = os.fspath(root), folder
    for path in (f"{folder}/config.yaml", "reno.yaml"):
        if (root / path).is_file():
            _File(root, path).apply(conf, [] if problems is None else problems)
            break
    return conf


class _File:
    """A file of reno's options."""

    def __init__(self, root: Path, path: str) -> None:
        self._root = root
        self._path = path
        self._places: dict[str, tuple[int, int]] = {}

    def apply(self, conf: Config, problems: list[Problem]) -> None:
        """Put the values of the file into a configuration that has reno's defaults.

        :param problems: takes unknown options.
        :raises DigestError: if the file is malformed or has a value that reno cannot use.
        """
        values = self._values()
        if not isinstance(values.get(RELEASE_LINES, False), bool):
            message = f"{RELEASE_LINES!r} must be true or false"
            raise DigestError(self._problem(RELEASE_LINES, Code.BAD_SETTING, message))
        setattr(conf, RELEASE_LINES, values.pop(RELEASE_LINES, False))
        setattr(conf, COMPONENT_KEY, self._component_key(values.pop(COMPONENT_KEY, ""), conf))
        for name in [name for name in values if name not in conf.options]:
            problems.append(self._problem(name, Code.UNKNOWN_SETTING, f"reno does not have the option {name!r}"))
            del values[name]
        defaults = conf.options
        wrong = [self._problem(name, Code.BAD_SETTING, text) for name, text in _wrong_values(values, defaults)]
        if wrong:
            raise DigestError(*wrong)
        try:
            conf.override(**values)
        except ValueError as error:
            raise DigestError(self._problem("sections", Code.BAD_SETTING, str(error))) from None

    def _component_key(self, value: object, conf: Config) -> str:
        """Return the option's value.

        :raises DigestError: if it cannot be a key of its own.
        """
        if not isinstance(value, str) or value in {conf.prelude_section_name, *(one.name for one in conf.sections)}:
            message = f"{COMPONENT_KEY!r} must be a string that is not one of reno's own sections, such as 'component'"
            raise DigestError(self._problem(COMPONENT_KEY, Code.BAD_SETTING, message))
        return value

    def _problem(self, name: str, code: Code, message: str) -> Problem:
        return Problem(self._path, *self._places.get(name, (1, 1)), code, message)

    def _values(self) -> dict[str, object]:
        from yaml.nodes import MappingNode

        from sphinxext.digest.yaml import MAX_BYTES, compose, decode

        found: list[Problem] = []
        try:
            with (self._root / self._path).open("rb") as stream:
                text = decode(stream.read(MAX_BYTES + 1), self._path, found)
        except OSError as error:
            message = f"the file cannot be read: {error.strerror or error}"
            raise DigestError(Problem(self._path, 0, 0, Code.UNREADABLE, message)) from None
        node = compose(text, self._path, found, expands=True) if text is not None else None
        # reno accepts such files
        found = [problem for problem in found if problem.code not in (Code.BYTE_ORDER_MARK, Code.LINE_ENDS)]
        if found:
            raise DigestError(*found)
        if node is None:
            return {}
        if not isinstance(node, MappingNode):
            message = "reno's configuration must be a mapping of options, such as 'default_branch: main'"
            raise DigestError(Problem(self._path, 1, 1, Code.BAD_SETTING, message))
        return self._values_of(node)

    def _values_of(self, root: MappingNode) -> dict[str, object]:
        from sphinxext.digest.yaml import json_value, place_of

        try:
            for key, value in root.value:
                place = place_of(key)
                self._places[str(key.value)] = place.line, place.column
                if number := _ambiguous_number(value):
                    message = f"{key.value!r} must be a string: put {number} in quotes"
                    raise DigestError(self._problem(str(key.value), Code.BAD_SETTING, message))
            values: dict[str, object] = json_value(root)
        except ValueError as error:
            message = f"reno's configuration cannot be read: {error}"
            raise DigestError(Problem(self._path, 1, 1, Code.BAD_SETTING, message)) from None
        return values


def _ambiguous_number(node: Node) -> str:
    """Return the first scalar that is a number in YAML and a string to us, such as 0000000000000001, or ``""``."""
    from yaml.nodes import ScalarNode, SequenceNode

    from sphinxext.digest.yaml import is_string, json_value

    for item in node.value if isinstance(node, SequenceNode) else [node]:
        is_plain = isinstance(item, ScalarNode) and not item.tag and not is_string(item)
        if is_plain and isinstance(json_value(item), str):
            return str(item.value)
    return ""


def _wrong_values(values: Mapping[str, object], defaults: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """The options that reno would accept and fail at later, each with a message."""
    for name, value in values.items():
        check = _is_sections if name == "sections" else _check_of(defaults[name])
        if message := check(value):
            yield name, f"{name!r} {message}"
        elif isinstance(value, str) and name.endswith("_re"):
            try:
                re.compile(value, re.VERBOSE)
            except re.error as error:
                yield name, f"{name!r} is not a valid regular expression: {error}"


def _check_of(default: object) -> Callable[[object], str]:
    """The check of an option by its default; it returns a message, or nothing."""
    if isinstance(default, bool):
        return lambda value: "" if isinstance(value, bool) else "must be true or false"
    if isinstance(default, list):
        return lambda value: "" if _is_strings(value) else "must be a list of strings: put numbers in quotes"
    is_optional = default is None
    return lambda value: (
        "" if isinstance(value, str) or (is_optional and value is None) else f"must be a string: put {value} in quotes"
    )


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _is_sections(value: object) -> str:
    is_valid = isinstance(value, list) and all(
        isinstance(entry, list) and len(entry) in (2, 3) and _is_strings(entry[:2]) for entry in value
    )
    return "" if is_valid else "must be a list of lists: a name, a title, and perhaps a level, such as [api, API, 2]"
