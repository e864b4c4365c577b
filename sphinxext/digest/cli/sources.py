"""The digest that a command is about: PERIOD, ``--fragments`` and the project together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sphinxext.digest.cli.joint import load_whole_collection
from sphinxext.digest.cli.periods import period_of
from sphinxext.digest.cli.project import collection_of, open_project
from sphinxext.digest.compose import tells_releases
from sphinxext.digest.model import Period, ReleasedVersion
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.render.digest import DigestSource, digest_source
from sphinxext.digest.schedule import load_schedules


def open_digest(root: Path | None, period: str, fragments: str | None) -> tuple[DigestSource, list[Problem]]:
    """The digest of a period, with the problems of the settings and of the collection.

    A folder that is none of the project's collections has no pages, so that nothing links to them.

    :raises DigestError: if there are no notes in the period.
    """
    project, problems = open_project(root)
    settings = collection_of(project, fragments)
    if settings not in project.collections:
        settings = replace(settings, base_url="")
    collection = load_whole_collection(project.root, settings)
    problems += collection.problems
    found = period_of(collection, period)
    released = _released(project.root, found, problems) if tells_releases(settings) else ()
    source = digest_source(collection, found, load_schedules(project.root, settings), released, project.root)
    if not source.digest.entries:
        message = f"there are no notes from {found.start} to {found.end}"
        raise DigestError(*problems, Problem(settings.fragments, 0, 0, Code.EMPTY_PERIOD, message))
    return source, problems


def _released(root: Path, period: Period, problems: list[Problem]) -> tuple[ReleasedVersion, ...]:
    # without this section a digest is there before these are loaded
    from sphinxext.digest.release import released_versions
    from sphinxext.digest.release.config import project_config

    return released_versions(project_config(root), problems, period)
