"""The digest that a command is about: PERIOD, ``--fragments`` and the project together.

The collection of a project as its digests have it: with the notes of other projects, if the settings name any.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import click

from sphinxext.digest.cli._options import collection_of, open_project, period_of
from sphinxext.digest.cli._output import visible
from sphinxext.digest.collection.compose import tells_releases
from sphinxext.digest.collection.load import Collection, load_collection
from sphinxext.digest.files import cache_folder
from sphinxext.digest.model import Period, ReleasedVersion
from sphinxext.digest.problems import Code, DigestError, Problem
from sphinxext.digest.render.digest import DigestSource, digest_source
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.options import Settings


def load_whole_collection(root: Path, settings: Settings) -> Collection:
    """Read the fragments of a project, and the indexes of others, of which copies are kept in the user's cache.

    What is to be said of the indexes, and is no problem, is printed.
    """
    if not settings.joint:
        return load_collection(root, settings)
    from sphinxext.digest.joint.merge import load_joint_collection, open_joint

    name = blake2b(os.fsencode(root.resolve()), digest_size=10).hexdigest()
    joint = open_joint(root, settings, cache_folder("joint") / name)
    collection = load_joint_collection(root, settings, joint)
    for remark in joint.remarks:
        click.echo(f"sphinx-digest: {visible(remark)}", err=True)
    counts = Counter(problem.path.partition(":")[0] for problem in collection.remarks)
    for project, number in sorted(counts.items()):
        click.echo(f"sphinx-digest: notes of {visible(project)}: {number} problem(s)", err=True)
    return collection


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
    from sphinxext.digest.release.load import released_versions
    from sphinxext.digest.release.settings import project_config

    return released_versions(project_config(root), problems, period)
