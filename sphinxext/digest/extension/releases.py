"""The release notes that pages show: finding their repository, and remembering what pages got."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from sphinxext.digest.extension.cache import mark_of
from sphinxext.digest.extension.dependencies import Dependency, Remembered, remember
from sphinxext.digest.extension.domain import DigestDomain, build_state_of
from sphinxext.digest.model import Period, ReleasedVersion
from sphinxext.digest.problems import Code, DigestError, Problem

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

    from sphinxext.digest.extension.histories import Histories, ReleaseQuery


logger = logging.getLogger(__name__)

#: The number of parents in which to look for the folder of release notes where there is no repository.
_ABOVE = 3
#: Where a page that is being read remembers the identifiers of its labels.
_ANCHORS = "digest_release_anchors"


def release_queries(env: BuildEnvironment, docname: str | None = None) -> Iterator[tuple[str, ReleaseQuery]]:
    """Yield the queries of the directives on a page, or on all pages, with the names of the pages."""
    for page, dependency in DigestDomain.of(env).dependencies(ReleaseNotesDependency, docname):
        yield page, dependency.query


def histories_of(env: BuildEnvironment) -> Histories:
    """The release notes of this build."""
    return build_state_of(env).histories


@dataclass(frozen=True)
class ReleaseNotesDependency(Dependency):
    """Release notes that a page shows."""

    query: ReleaseQuery
    reason = "its release notes changed"
    has_notes = False

    def stamp(self, env: BuildEnvironment) -> object:
        """Return the state of the repository."""
        return histories_of(env).stamp(self.query)

    def answer(self, env: BuildEnvironment) -> object:
        """Return the notes of each version, and a checksum of what shows."""
        return histories_of(env).answer(self.query)

    def is_same(self, env: BuildEnvironment, answer: object) -> bool:
        """Compare the notes of each version first, which need not be parsed for it."""
        return answer is not None and histories_of(env).is_answer(self.query, cast(tuple[bytes, bytes], answer))


@dataclass(frozen=True)
class ReleasedDependency(Dependency):
    """The versions of the project that were released in the period of a digest."""

    root: str
    period: Period
    reason = "the versions released in its period changed"

    def stamp(self, env: BuildEnvironment) -> object:
        """Return the state of the repository."""
        return histories_of(env).state_of_project(self.root)

    def answer(self, env: BuildEnvironment) -> object:
        """Return a checksum of the versions."""
        return mark_of(histories_of(env).released(self.root, self.period))


def _remember(env: BuildEnvironment, dependency: Dependency, *, has_failed: bool) -> None:
    """Remember release notes; after a problem of the history a page is read again until that is gone."""
    if has_failed:
        DigestDomain.of(env).note_dependency(env.docname, Remembered(dependency, None, None))
    else:
        remember(env, dependency)


@dataclass(frozen=True)
class RepositoryLookup(Dependency):
    """The repository of release notes; see :func:`find_repository`."""

    folder: str | None
    notes: str
    reason = "its release notes are in another repository"
    has_notes = False

    def answer(self, env: BuildEnvironment) -> object:
        """Return the path of the repository, or None."""
        root = find_repository(env, self.folder, self.notes)
        return None if root is None else str(root)


@dataclass(frozen=True)
class IssueLinksDependency(Dependency):
    """The links for the numbers of issues in release notes."""

    reason = "the links for issues changed"
    has_notes = False

    def answer(self, env: BuildEnvironment) -> object:
        """Return the option."""
        return build_state_of(env).project.main.issue_links


@dataclass(frozen=True)
class ComponentsDependency(Dependency):
    """The components that release notes are grouped by."""

    reason = "the components of release notes changed"
    has_notes = False

    def answer(self, env: BuildEnvironment) -> object:
        """Return the option."""
        return build_state_of(env).project.main.components


def find_repository(env: BuildEnvironment, folder: str | None, notes: str) -> Path | None:
    """The repository whose release notes a page shows.

    Like reno it starts from the current folder, but only after the folder that the page is in: the build may be
    started anywhere. The nearest folder with notes will do where there is no repository, as in a source distribution.

    :param folder: as the page says it, relative to the current folder, or to that of the sources.
    :param notes: the folder of release notes in the repository.
    """
    sources, current = Path(env.srcdir), Path.cwd()
    starts = [current / folder, sources / folder] if folder else [sources, current]
    # a folder that does not exist is in the repository around it, whose notes are others
    starts = [start for start in starts if start.is_dir()] or starts
    repositories = [histories_of(env).root_of(start) for start in starts]
    for start, repository in zip(starts, repositories, strict=True):
        for root in (repository, start, *start.resolve().parents[:_ABOVE]):
            if root is not None and (root / notes).is_dir():
                return root.resolve()
    return next((repository for repository in repositories if repository is not None), None)


def remember_release_notes(
    env: BuildEnvironment, query: ReleaseQuery, problems: Iterable[Problem], *, has_failed: bool = False
) -> list[Problem]:
    """Remember what a page asked for, so that it is read again when the answer changes.

    :param has_failed: set where there is no answer, so that the page is read again until there is one.
    :returns: the problems of the history, which the page has to report. A shallow clone is one of the repository: the
        build reports it once, and what else is missing follows from it.
    """
    # a build that reads no such page does without all that reads release notes
    from sphinxext.digest.release.notes import REMARKS

    found = list(problems)
    root = Path(os.path.relpath(query.root, build_state_of(env).project.root))
    is_cut = any(problem.code is Code.SHALLOW for problem in found)
    of_notes = [
        replace(problem, path=os.path.normpath(root / problem.path))
        for problem in found
        if problem.line or problem.code is Code.SHALLOW
    ]
    for problem in of_notes:
        if problem.code in REMARKS:
            logger.info("%s", problem)
    DigestDomain.of(env).note_problems(env.docname, [problem for problem in of_notes if problem.code not in REMARKS])
    of_history = [problem for problem in found if not problem.line]
    _remember(env, ReleaseNotesDependency(query), has_failed=has_failed or bool(of_history))
    return [] if is_cut else of_history


def find_released(env: BuildEnvironment, period: Period) -> tuple[tuple[ReleasedVersion, ...], tuple[Problem, ...]]:
    """Return the versions that were released in the period of a digest, and problems. The dependency is remembered."""
    histories = histories_of(env)
    dependency = ReleasedDependency(str(build_state_of(env).project.root), period)
    found: tuple[ReleasedVersion, ...] = ()
    try:
        found, problems = histories.released(dependency.root, period)
        has_failed = bool(problems)
        # a clone that lacks something is reported once for the build
        DigestDomain.of(env).note_problems(env.docname, [one for one in problems if one.code is Code.SHALLOW])
        problems = tuple(one for one in problems if one.code is not Code.SHALLOW)
    except DigestError as error:
        problems, has_failed = error.problems, True
    _remember(env, dependency, has_failed=has_failed)
    return found, problems


def lead_with(env: BuildEnvironment, anchors: Iterable[str]) -> None:
    """Let links lead to these identifiers, not to those that docutils made from headings or counted."""
    env.temp_data[_ANCHORS] = anchors_of_page(env).union(anchors)


def anchors_of_page(env: BuildEnvironment) -> frozenset[str]:
    """The identifiers for links to the release notes on the page that is being read."""
    return frozenset(env.temp_data.get(_ANCHORS) or ())


class StableAnchors(SphinxTransform):
    """Puts the identifiers of labels before those that change with what else is on the page, which stay."""

    # after docutils gave sections the identifiers of the labels before them (PropagateTargets, 260)
    default_priority = 261

    def apply(self, **_arguments: object) -> None:
        """Sort the identifiers of sections."""
        anchors = anchors_of_page(self.env)
        if anchors:
            for section in self.document.findall(nodes.section):
                section["ids"].sort(key=lambda name: name not in anchors)


def setup(app: Sphinx) -> None:
    """Register the anchors of release notes."""
    app.add_transform(StableAnchors)
