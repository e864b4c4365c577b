"""What of reno's configuration a scan depends on.

The names of notes and versions, as reno reads them.

reno's configuration of a project.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from posixpath import splitext
from typing import TYPE_CHECKING, Protocol

from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.refs import find_top

if TYPE_CHECKING:
    from reno.config import Config


#: Digits of a note's identity.
_DIGITS = 16
#: Numbers and words of a version.
_PARTS = re.compile("[0-9]+|[a-z]+")
#: The key of a zero.
_ZERO = (2, 0, "")


def unique_id(path: str) -> str:
    """The identity of a note: the last 16 characters of its name, or the first in the names of reno's beginnings."""
    name, _ = splitext(path.rpartition("/")[2])
    end = name[-_DIGITS:]
    return name[:_DIGITS] if "-" in end else end


def is_note(path: str) -> bool:
    """Whether a file in the folder of notes is one."""
    return path.endswith(".yaml")


def version_parts(version: str) -> list[int | str]:
    """The first three parts of a version, as numbers where they are; ``1.0.0.0rc1`` has the same as ``1.0.0``."""
    parts = [*version.split("."), "0", "0", "0"][:3]
    return [_number(part) for part in parts]


def version_key(version: str) -> list[tuple[int, int, str]]:
    """A key that sorts versions, the lowest first: ``1.0.0.0rc1``, ``1.0``, ``1.0.post1``, ``1.9``, ``1.10``."""
    key: list[tuple[int, int, str]] = []
    for part in [*_PARTS.findall(version.lower().removeprefix("v")), ""]:
        if part.isdecimal():
            # a tag may have more digits than Python makes a number of
            digits = part.lstrip("0")
            key.append((2, len(digits), digits))
            continue
        while key and key[-1] == _ZERO:
            # 1.0 is 1.0.0, of which 1.0.0.0rc1 is a pre-release
            key.pop()
        # words come before the end, which comes before "post" and further numbers
        key.append((0 if not part else 1 if part == "post" else -1, 0, part))
    return key


def _number(part: str) -> int | str:
    try:
        return int(part)
    except ValueError:
        return part


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
        """Whether a version is one before the final release."""
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
        """What branches are sorted by, the oldest series first."""
        match = self.sorted_branch.search(branch)
        return self.conf.branch_sort_prefix + match.group(1) if match else branch


#: The folder of release notes in a repository, where nothing else is said.
FOLDER = "releasenotes"


def read_config(root: str, folder: str) -> Config:
    """The configuration of a repository.

    :param root: its top folder.
    :param folder: of release notes, relative to that.
    :raises DigestError: if the configuration is none that reno can use.
    """
    import yaml
    from reno.config import Config

    try:
        conf = Config(root, folder)
        for message in _wrong_values(conf):
            raise ValueError(message)
        return conf
    except (AttributeError, LookupError, OSError, TypeError, ValueError, re.error, yaml.YAMLError) as error:
        message = f"the configuration of reno cannot be used: {error}"
        raise DigestError(Problem(folder, 0, 0, Code.BAD_SETTING, message)) from None


def _wrong_values(conf: Config) -> Iterator[str]:
    """What is wrong with values that reno itself takes as they are."""
    for name, value in conf.options.items():
        default = conf.get_default(name)
        if isinstance(default, list) and name != "sections":
            if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
                yield f"'{name}' must be a list of texts: is one a number, which has to stand in quotes?"
        elif isinstance(default, bool):
            if not isinstance(value, bool):
                yield f"'{name}' must be true or false"
        elif name != "sections" and not isinstance(value, str) and value != default:
            yield f"'{name}' must be a text: does {value!r} have to stand in quotes?"
        elif name.endswith("_re"):
            re.compile(value, re.VERBOSE)


def project_config(root: Path) -> Config:
    """The configuration of a project, which may be a folder within its repository.

    :raises DigestError: as :func:`read_config`.
    """
    root = root.resolve()
    top = find_top(root) or root
    return read_config(str(top), (root.relative_to(top) / FOLDER).as_posix())
