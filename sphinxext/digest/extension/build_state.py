"""The run-time objects of one build.

Collections are read when something asks for them, not if nothing has changed. What reads them is imported then as
well, here and in other modules that each build needs: with nothing changed, imports would take longer than the work.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from sphinxext.digest.collection.numbers import Numbers
from sphinxext.digest.collection.people import people_file
from sphinxext.digest.extension.cache import Writes, load_record, mark_of, save_record
from sphinxext.digest.extension.config import configure
from sphinxext.digest.extension.i18n import messages_for
from sphinxext.digest.extension.page_scan import COLLECTION, Found, PageScan, scan_pages
from sphinxext.digest.extension.warnings import say_remarks
from sphinxext.digest.fragments.folder import fingerprint
from sphinxext.digest.model import ENGLISH, Kind, Messages, Period
from sphinxext.digest.model.period import today
from sphinxext.digest.problems import Problem
from sphinxext.digest.settings.options import EVENTS, SETTINGS_FILE, Settings
from sphinxext.digest.settings.project import Project, settings_for_folder

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.domains import Domain

    from sphinxext.digest.collection.load import Collection
    from sphinxext.digest.extension.histories import Histories
    from sphinxext.digest.joint.merge import Joint
    from sphinxext.digest.schedule.load import Schedules


_STATES = "digest-folders.pickle"
#: The folder of copies of other projects' indexes, beside the environment.
_COPIES = "digest-joint"


@dataclass(frozen=True)
class FolderState:
    """The state of a folder of fragments when it was last read, kept in the environment.

    ``commit`` is the commit that was checked out, where the day of a first merge counts, and None elsewhere. ``place``
    is that among the project's collections, ``explicit`` are the pages that have a digest of their own, ``listing`` is
    the one that lists all digests. ``numbers`` are those of its digests, ``archives`` the names of the pages of its
    archives, seen from its folder of pages; ``problems`` are shown again by each build. ``joint`` is the mark of the
    indexes of other projects, ``remarks`` are what is wrong with their notes. ``has_events`` is True
    if there is a calendar of events to publish.
    """

    fingerprint: bytes | None
    commit: str | None
    settings: Settings
    place: int
    explicit: tuple[tuple[Period, str], ...]
    listing: str
    numbers: Numbers
    archives: tuple[str, ...]
    problems: tuple[Problem, ...]
    joint: bytes | None = None
    remarks: tuple[Problem, ...] = ()
    has_events: bool = False


@dataclass(frozen=True)
class MadeTitle:
    """The title of a page that the build makes, in English, and whether it is our own words."""

    english: str
    is_ours: bool


@dataclass
class VersionPages:
    """The pages of single versions, where a directive asks for them.

    ``of_page`` has, by the page with the directive, the page of each version, the newest version first, and the day of
    its tag. ``list_of`` has the page with the directive by those that it has asked for, ``latest`` the page of the
    newest version by the address that leads to it.
    """

    of_page: dict[str, dict[str, tuple[str, date | None]]] = field(default_factory=dict)
    list_of: dict[str, str] = field(default_factory=dict)
    latest: dict[str, str] = field(default_factory=dict)


class BuildState:
    """The run-time objects of one build: its project and collections, its words, its builder."""

    def __init__(
        self,
        builder: Builder,
        project: Project,
        states: dict[str, FolderState],
        scans: dict[str, PageScan],
        messages: Messages = ENGLISH,
        copies: Path | None = None,
    ) -> None:
        self.project = project
        #: What writes the pages.
        self.builder = builder
        #: True if Sphinx may read and write pages in several processes.
        self.is_parallel = False
        #: The pages of the output.
        self.writes = Writes()
        #: True while a page is resolved once more, whose links have been reported before.
        self.is_silent = False
        #: Where copies of the indexes of other projects are.
        self.copies = copies
        #: Ours in the language of the build.
        self.messages = messages
        #: The file whose words those of the settings are, relative to the project.
        self.settings_path = SETTINGS_FILE
        #: The pages that the build makes, with what is known of their titles.
        self.made: dict[str, MadeTitle] = {}
        #: The pages of single versions.
        self.version_pages = VersionPages()
        self.today = today()
        #: What has been found of release schedules, by where it was looked for.
        self.schedules: dict[tuple[object, ...], Schedules] = {}
        self.stamps: dict[tuple[object, ...], bytes] = {}
        #: The pages that were made in the last build and are among the sources now, or the other way round.
        self.replaced: Set[str] = frozenset()
        #: The root document and all that are below it in toctrees, once a page has asked.
        self.below_root: Set[str] = frozenset()
        self._states = states
        self._scans = scans
        self._joint: dict[str, Joint] = {}
        self._collections: dict[str, Collection] = {}
        self._current: dict[str, bool] = {}
        self._explicit: dict[str, dict[Period, str]] = {}
        self._lists: dict[str, str | None] = {}
        self._settings: dict[str, Settings] = {}

    def settings_for(self, folder: str) -> Settings:
        """Return the settings for a folder of fragments; see :func:`settings_for_folder`.

        :raises DigestError: if there is no such folder.
        """
        if folder not in self._settings:
            self._settings[folder] = settings_for_folder(self.project, folder)
        return self._settings[folder]

    def scan(self, files: Mapping[str, Path]) -> None:
        """Find the pages that have a digest of their own; has to come before anything else is asked."""
        scans = scan_pages(files.items(), self._scans)
        self._scans.clear()
        self._scans.update(scans)
        self._explicit.clear()
        self._lists.clear()

    def found_directives(self, name: str) -> Iterator[tuple[str, Found]]:
        """Yield the directives of a name in the sources, with the documents that they are in."""
        for docname, scan in sorted(self._scans.items()):
            yield from ((docname, found) for found in scan.found if found.name == name)

    def explicit_pages(self, settings: Settings) -> dict[Period, str]:
        """The periods that have a page of their own among the sources, with the names of these documents."""
        if settings.fragments not in self._explicit:
            pages: dict[Period, str] = {}
            for docname, scan in sorted(self._scans.items()):
                for found in scan.found:
                    if found.interval is not None and self._is_of(found.option("fragments"), settings):
                        pages.setdefault(found.interval, docname)
            self._explicit[settings.fragments] = pages
        return self._explicit[settings.fragments]

    def lists_digests(self, settings: Settings) -> bool:
        """Return True if a source page lists all digests of a collection."""
        return self._explicit_list(settings) is not None

    def list_of(self, settings: Settings) -> str:
        """The name of the document that lists all digests of a collection."""
        return self._explicit_list(settings) or f"{settings.pages}/index"

    def _explicit_list(self, settings: Settings) -> str | None:
        if settings.fragments not in self._lists:
            # each page of an archive asks for it
            self._lists[settings.fragments] = next(
                (
                    docname
                    for docname, scan in sorted(self._scans.items())
                    for found in scan.found
                    if found.name == COLLECTION
                    and not found.option("span")
                    and self._is_of(found.option("fragments"), settings)
                ),
                None,
            )
        return self._lists[settings.fragments]

    def page_of(self, settings: Settings, period: Period) -> str:
        """The name of the document that has the digest of a period."""
        return self.explicit_pages(settings).get(period) or f"{settings.pages}/{period.name}"

    def has_pages(self, settings: Settings) -> bool:
        """Return True if a collection is one of the project's, and not only named on a page."""
        return self.place_of(settings) >= 0

    def place_of(self, settings: Settings) -> int:
        """The place of a collection among those of the project, which is -1 for one that is only named on a page."""
        collections = self.project.collections
        return next((place for place, other in enumerate(collections) if other is settings), -1)

    def collection(self, settings: Settings) -> Collection:
        """The collection of these settings, which is read now if it has not been."""
        folder = settings.fragments
        if folder not in self._collections:
            from sphinxext.digest.collection.load import load_collection

            joint = self.joint(settings)
            if joint is None:
                collection = load_collection(self.project.root, settings)
            else:
                from sphinxext.digest.joint.merge import load_joint_collection

                collection = load_joint_collection(self.project.root, settings, joint)
            self._collections[folder] = collection.with_intervals(self.explicit_pages(settings))
        return self._collections[folder]

    def joint(self, settings: Settings) -> Joint | None:
        """The indexes whose notes a collection has besides its own. Servers are asked now if they have not been."""
        if not settings.joint or self.copies is None:
            return None
        folder = settings.fragments
        if folder not in self._joint:
            from sphinxext.digest.joint.merge import open_joint

            self._joint[folder] = open_joint(self.project.root, settings, self.copies)
        return self._joint[folder]

    @cached_property
    def histories(self) -> Histories:
        """The release notes found so far."""
        from sphinxext.digest.extension.histories import Histories

        return Histories(keeps_open=not self.is_parallel)

    def is_current(self, settings: Settings) -> bool:
        """Return True if a folder is unchanged; otherwise read it and remember its new state."""
        folder = settings.fragments
        if folder not in self._current:
            explicit = tuple(sorted(self.explicit_pages(settings).items()))
            before = self._states.get(folder)
            mark = fingerprint(self.project.root, folder, people_file(folder))
            joint = self.joint(settings)
            if before is None or not self._is_same(before, mark, settings, explicit):
                collection = self.collection(settings)
                commit = _current_commit(self.project.root) if collection.uses_history else None
                self._states[folder] = FolderState(
                    mark, commit, settings, self.place_of(settings), explicit, self.list_of(settings),
                    collection.numbers, tuple(collection.archives.pages(settings.archives)),
                    collection.problems, joint.mark if joint is not None else None, collection.remarks,
                    EVENTS in settings.publish and any(collection.of_kind(Kind.EVENT)),
                )  # fmt: skip
                self._current[folder] = False
            else:
                self._current[folder] = True
        return self._current[folder]

    def periods(self, settings: Settings) -> tuple[Period, ...]:
        """The periods of the digests of a collection, oldest first."""
        return tuple(self.numbers(settings).of_digests)

    def numbers(self, settings: Settings) -> Numbers:
        """The numbers of the digests of a collection."""
        self.is_current(settings)
        return self._states[settings.fragments].numbers

    def archives(self, settings: Settings) -> tuple[str, ...]:
        """The names of the pages of a collection's archives, seen from its folder of pages."""
        self.is_current(settings)
        return self._states[settings.fragments].archives

    def folder_state(self, settings: Settings) -> FolderState:
        """Return the present state of the folder of a collection."""
        self.is_current(settings)
        return self._states[settings.fragments]

    def _is_same(
        self, before: FolderState, mark: bytes | None, settings: Settings, explicit: tuple[tuple[Period, str], ...]
    ) -> bool:
        return (
            mark is not None
            and (before.fingerprint, before.settings, before.explicit) == (mark, settings, explicit)
            and (before.place, before.listing) == (self.place_of(settings), self.list_of(settings))
            and ((joint := self.joint(settings)) is None or (joint.mark is not None and before.joint == joint.mark))
            and (before.commit is None or before.commit == _current_commit(self.project.root))
        )

    def _is_of(self, fragments: str | None, settings: Settings) -> bool:
        return settings is self.project.main if fragments is None else fragments.strip("/") == settings.fragments


def _current_commit(root: Path) -> str | None:
    from sphinxext.digest.release.first_merge import current_commit

    return current_commit(root)


def open_build_state(app: Sphinx, domain: Domain) -> BuildState:
    """Read the settings of a build, and ask for the indexes of other projects.

    :param domain: our own; it keeps what the build finds out about folders and pages.
    """
    domain.data["folders"].update(_saved_states(app, domain))
    project = configure(app.config, Path(app.confdir))
    words, copies = messages_for(app.config.language), Path(app.doctreedir, _COPIES)
    build = BuildState(app.builder, project, domain.data["folders"], domain.data["scans"], words, copies)
    build.is_parallel = app.parallel > 1
    # before pages are read in several processes
    for settings in project.collections:
        if (joint := build.joint(settings)) is not None:
            say_remarks(joint.remarks)
    if not (project.root / SETTINGS_FILE).is_file():
        build.settings_path = os.path.relpath(Path(app.confdir, "conf.py"), project.root)
    return build


def save_states(app: Sphinx, domain: Domain) -> None:
    """Keep what the folders were like beside the environment, which Sphinx saves only after a page was read.

    A fragment that was young when it was read has to be read once more by the next build, and by every later one if
    nothing remembered that. Only a build that came to its end may say so: the environment is saved by then.
    """
    states = domain.data["folders"]
    if states != _saved_states(app, domain):
        save_record(Path(app.doctreedir, _STATES), domain.data_version, (_mark_of_reading(app), states))


def _saved_states(app: Sphinx, domain: Domain) -> dict[str, FolderState]:
    """Return what was kept. Without it the folders are just read again."""
    mark, states = load_record(Path(app.doctreedir, _STATES), domain.data_version) or (b"", {})
    # a build that failed after it had saved the environment may have read pages with other states since
    return states if mark == _mark_of_reading(app) else {}


def _mark_of_reading(app: Sphinx) -> bytes:
    """Return a value that changes whenever a page is read or goes."""
    return mark_of(sorted(app.env.all_docs.items()))
