"""The release notes of a build: one scan for all pages with the same query, and none when nothing has changed."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest.model import Period, ReleasedVersion
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.release.cache_file import open_scanner
from sphinxext.digest.release.config import (
    Patterns,
    component_key,
    has_release_lines,
    override,
    project_config,
    read_config,
)
from sphinxext.digest.release.contributors import MAILMAP
from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.load import History, folder_of, history_problem, released_versions, tagged_releases
from sphinxext.digest.release.notes import Release
from sphinxext.digest.release.refs import find_top
from sphinxext.digest.release.scanner import CUT, NoteSource, NotesState, Scanner, file_status, notes_state
from sphinxext.digest.render.release_notes import Line, report_lines
from sphinxext.digest.settings.release_notes import Component

if TYPE_CHECKING:
    from reno.config import Config


@dataclass(frozen=True)
class ReleaseQuery:
    """The query of a page for the report that one directive shows.

    ``root`` is the repository, ``folder`` the folder of release notes in it. ``options`` are changes to reno's
    configuration, ``ignored`` are notes to leave out besides those that it names. ``versions`` are those to show, None
    for all. ``contributors`` asks for the people who wrote them, ``feeds`` for feeds of these sections. With
    ``is_part`` the title stands elsewhere, and only begins the labels. ``components`` are those to group notes by.
    """

    root: str
    folder: str
    options: tuple[tuple[str, object], ...] = ()
    ignored: tuple[str, ...] = ()
    versions: tuple[str, ...] | None = None
    title: str = ""
    contributors: bool = False
    feeds: tuple[str, ...] = ()
    is_part: bool = False
    components: tuple[Component, ...] = ()


def query_of(
    root: str, folder: str, options: Mapping[str, object], title: str = "", *, is_part: bool = False
) -> ReleaseQuery:
    """Make the query of a directive's options; those that are reno's own change its configuration.

    :param is_part: whether this is one of several pages with the versions of a report.
    """
    versions = names_in(options.get("version")) or None
    changes: dict[str, object] = {
        name.replace("-", "_"): options[name]
        for name in ("notesdir", "collapse-pre-releases", "earliest-version", "unreleased-version-title", "branch")
        if options.get(name) not in (None, "")
    }
    if "release-lines" in options:
        changes["release_lines"] = options["release-lines"]
    if "stop-at-branch-base" in options:
        changes["stop_at_branch_base"] = options["stop-at-branch-base"]
    elif versions is not None and not is_part:
        # a version that is named may be older than the base of the branch
        changes["stop_at_branch_base"] = False
    return ReleaseQuery(
        root,
        folder,
        tuple(sorted(changes.items())),
        names_in(options.get("ignore-notes")),
        versions,
        title,
        "contributors" in options,
        tuple(sorted(set(names_in(options.get("feeds"))))),
        is_part,
    )


def names_in(value: object) -> tuple[str, ...]:
    """Return the names in the value of an option, which commas separate."""
    return tuple(name.strip() for name in str(value or "").split(",") if name.strip())


@dataclass(frozen=True)
class Report:
    """The release notes that a query asks for, and what is wrong with them."""

    conf: Config
    releases: tuple[Release, ...]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]


class Histories:
    """The release notes of all repositories that a build asks for.

    :param keeps_open: whether git goes on running between questions, until :meth:`close`. Where Sphinx starts several
        processes it must not: they would ask the same one.
    """

    def __init__(self, *, keeps_open: bool = False) -> None:
        self._keeps_open = keeps_open
        self._of_project = cache(lambda root: project_config(Path(root)))
        self._configs: dict[tuple[str, str], Config] = {}
        self._remarks: dict[tuple[str, str], list[Problem]] = {}
        self._states: dict[tuple[str, str], NotesState] = {}
        self._sources: dict[str, NoteSource] = {}
        self._histories: dict[str, History] = {}
        self._reports: dict[ReleaseQuery, Report] = {}
        self._released: dict[str, tuple[tuple[ReleasedVersion, ...], tuple[Problem, ...]]] = {}
        #: Returns the repository that a folder is in, or None.
        self.root_of = cache(find_top)

    def close(self) -> None:
        """Stop what still runs."""
        for source in self._sources.values():
            source.close()

    def report(self, query: ReleaseQuery) -> Report:
        """The release notes for a page.

        :raises DigestError: if reno's configuration cannot be used, or the history cannot be told.
        """
        if query not in self._reports:
            conf = self._config(query)
            problems: list[Problem] = [*self._remarks[query.root, query.folder]]
            history = self._history(conf)
            releases = self._releases(history, query, problems)
            if not self._keeps_open:
                history.source.close()
            lines = tuple(
                report_lines(
                    conf,
                    releases,
                    title=query.title,
                    branch=conf.branch,
                    with_title=not query.is_part,
                    components=query.components,
                )
            )
            self._reports[query] = Report(conf, releases, lines, tuple(problems))
        return self._reports[query]

    def _releases(self, history: History, query: ReleaseQuery, problems: list[Problem]) -> tuple[Release, ...]:
        try:
            return history.releases(problems, query.versions, contributors=query.contributors)
        except HistoryError as error:
            problems.append(history_problem(history.conf, error))
            return history.releases([], query.versions)

    def versions(self, query: ReleaseQuery) -> dict[str, date | None]:
        """The versions that a page shows, without reading their notes, with the days of their tags.

        :raises DigestError: as :meth:`report`.
        """
        history = self._history(self._config(query))
        history.source.close()
        wanted = history.files if query.versions is None else query.versions
        return {version: history.days[version] for version in wanted if version in history.files}

    def is_pre_release(self, query: ReleaseQuery, version: str) -> bool:
        """Return True if a version is a pre-release by reno's configuration."""
        return Patterns(self._config(query)).is_pre_release(version)

    def released(self, root: str, period: Period) -> tuple[tuple[ReleasedVersion, ...], tuple[Problem, ...]]:
        """The versions for a digest, and why they cannot be told.

        :raises DigestError: if reno's configuration cannot be used.
        """
        if root not in self._released:
            found: list[Problem] = []
            self._released[root] = released_versions(self._of_project(root), found), tuple(found)
        versions, problems = self._released[root]
        return tuple(version for version in versions if version.day in period), problems

    def state_of_project(self, root: str) -> bytes:
        """A value that changes with the release notes of a project.

        :raises DigestError: as :meth:`tagged`.
        """
        conf = self._of_project(root)
        return _hash(self._state(conf).stamp, _options(conf))

    def tagged(self, root: str) -> tuple[Config, list[Release]]:
        """All releases of a project that have a tag, in no order, and reno's configuration there.

        Pages that show the notes report what is wrong with them.

        :raises DigestError: if reno's configuration cannot be used.
        """
        conf = self._of_project(root)
        return conf, tagged_releases(conf, [])

    def stamp(self, query: ReleaseQuery) -> bytes:
        """Return the state of the repository: as long as it is the same, so is what a page shows.

        :raises DigestError: as :meth:`tagged`.
        """
        conf = self._config(query)
        mailmap = file_status(Path(query.root) / MAILMAP) if query.contributors else ()
        return _hash(self._state(conf).stamp, _options(conf), mailmap)

    def answer(self, query: ReleaseQuery) -> tuple[bytes, bytes]:
        """Return the notes of each version, if all of them were committed, and a checksum of what a page shows.

        :raises DigestError: as :meth:`report`.
        """
        return self._mark_of_files(query), self._checksum(query)

    def is_answer(self, query: ReleaseQuery, before: tuple[bytes, bytes]) -> bool:
        """Return True if a page that got an answer earlier would get the same now.

        :raises DigestError: as :meth:`report`.
        """
        files, checksum = before
        return (bool(files) and self._mark_of_files(query) == files) or self._checksum(query) == checksum

    def _config(self, query: ReleaseQuery) -> Config:
        key = query.root, query.folder
        if key not in self._configs:
            remarks = self._remarks[key] = []
            self._configs[key] = read_config(Path(query.root), query.folder, remarks)
        conf = copy(self._configs[key])
        override(conf, **dict(query.options), ignore_notes=[*conf.ignore_notes, *query.ignored])
        return conf

    def _state(self, conf: Config) -> NotesState:
        key = conf.reporoot, folder_of(conf)
        if key not in self._states:
            self._states[key] = notes_state(Path(key[0]), key[1])
        return self._states[key]

    def _mark_of_files(self, query: ReleaseQuery) -> bytes:
        """The notes of each version, or nothing if the working copy has some, which may change.

        Contributors change with commits that have no notes as well.
        """
        if query.contributors:
            return b""
        conf = self._config(query)
        history = self._history(conf)
        if history.problems or any(commit is None for files in history.files.values() for _path, commit in files):
            return b""
        return _hash(list(history.files.items()), list(history.days.values()), _options(conf))

    def _checksum(self, query: ReleaseQuery) -> bytes:
        report = self.report(query)
        return _hash([(line.text, line.path) for line in report.lines], report.problems)

    def _history(self, conf: Config) -> History:
        """The history with these options; one source scans all branches, as it knows most of the history then.

        :raises DigestError: if the history cannot be read.
        """
        key = repr(_options(conf))
        if key not in self._histories:
            source: NoteSource | None = None
            try:
                source = self._source(conf)
                self._histories[key] = History(conf, source)
            except HistoryError as error:
                problem = history_problem(conf, error)
                if isinstance(source, Scanner) and problem.code is Code.HISTORY and self._state(conf).is_shallow:
                    # a branch or version that is missing here may well be in the whole repository
                    problem = replace(problem, code=Code.SHALLOW, message=CUT)
                raise DigestError(problem) from None
        return self._histories[key]

    def _source(self, conf: Config) -> NoteSource:
        shared = copy(conf)
        state = self._state(conf)
        if not state.is_shallow and not state.is_partial:
            # where a part is missing, it depends on the branch which source knows most of it
            shared.branch = None
        key = repr(_options(shared))
        if key not in self._sources:
            self._sources[key] = open_scanner(shared, untracked=True)
        return self._sources[key]


def _options(conf: Config) -> list[object]:
    ours = has_release_lines(conf), component_key(conf)
    return [conf.reporoot, conf.relnotesdir, *ours, sorted((name, repr(one)) for name, one in conf.options.items())]


def _hash(*parts: object) -> bytes:
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()
