"""The history of release notes as one command asks it: once, and with messages that a user can act on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sphinxext.digest.cli.release_config import check_versions, day_of, in_history, what_is_missing
from sphinxext.digest.history.committed import CacheFile, open_scanner
from sphinxext.digest.history.tracker import NoteFile
from sphinxext.digest.problems import Problem
from sphinxext.digest.release import Release, load_releases

if TYPE_CHECKING:
    from reno.config import Config

    from sphinxext.digest.history import Scanner


class History:
    """A scanner that is asked only once for what takes time, and that remembers what notes hold.

    :ivar contents: of the notes that were read, by their paths.
    """

    def __init__(self, conf: Config, scanner: Scanner | CacheFile) -> None:
        self.conf = conf
        self.scanner = scanner
        self.notes: OrderedDict[str, list[NoteFile]] = scanner.get_notes_by_version()
        self.contents: dict[str, bytes | str] = {}

    @property
    def problems(self) -> list[str]:
        """What this clone cannot tell."""
        return self.scanner.problems

    def get_notes_by_version(self, branch: str | None = None) -> OrderedDict[str, list[NoteFile]]:
        """The notes of each version of the configured branch, the newest version first."""
        return self.notes

    def get_file_at_commit(self, filename: str, sha: bytes | str | None) -> bytes | str | None:
        """The content of a note."""
        content = self.scanner.get_file_at_commit(filename, sha)
        if content is not None:
            self.contents[filename] = content
        return content

    def get_version_dates(self) -> dict[str, int]:
        """The seconds since 1970 at which each tag was made."""
        return self.scanner.get_version_dates()

    def bare_releases(self) -> list[Release]:
        """All versions without their notes, to choose from."""
        dates = self.get_version_dates()
        return [Release(version, version, day_of(dates.get(version)), ()) for version in self.notes]

    def releases(self, versions: Sequence[str], problems: list[Problem]) -> tuple[Release, ...]:
        """Versions with the texts of their notes, in the given order.

        :param problems: takes what is wrong with notes, and what this clone cannot tell.
        :raises DigestError: if there are no notes of a version.
        """
        check_versions(self.conf, versions, list(self.notes), what_is_missing(self.conf, self.problems))
        return load_releases(self.conf, problems, scanner=self, versions=versions)


@contextmanager
def open_history(conf: Config) -> Iterator[History]:
    """The history of a project.

    :raises DigestError: if it cannot be told.
    """
    with in_history(conf), open_scanner(conf) as scanner:
        yield History(conf, scanner)
