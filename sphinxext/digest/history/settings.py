"""What of reno's configuration a scan depends on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from sphinxext.digest.history.git import HistoryError
from sphinxext.digest.history.names import unique_id


class Config(Protocol):
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

    conf: Config

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
