"""The collection of a project as its digests have it: with the notes of other projects, if the settings name any."""

from __future__ import annotations

import os
from collections import Counter
from hashlib import blake2b
from pathlib import Path

import click

from sphinxext.digest.cli.output import visible
from sphinxext.digest.collection import Collection, load_collection
from sphinxext.digest.files import cache_folder
from sphinxext.digest.options import Settings


def load_whole_collection(root: Path, settings: Settings) -> Collection:
    """Read the fragments of a project, and the indexes of others, of which copies are kept in the user's cache.

    What is to be said of the indexes, and is no problem, is printed.
    """
    if not settings.joint:
        return load_collection(root, settings)
    from sphinxext.digest.joint import load_joint_collection, open_joint

    name = blake2b(os.fsencode(root.resolve()), digest_size=10).hexdigest()
    joint = open_joint(root, settings, cache_folder("joint") / name)
    collection = load_joint_collection(root, settings, joint)
    for remark in joint.remarks:
        click.echo(f"sphinx-digest: {visible(remark)}", err=True)
    counts = Counter(problem.path.partition(":")[0] for problem in collection.remarks)
    for project, number in sorted(counts.items()):
        click.echo(f"sphinx-digest: notes of {visible(project)}: {number} problem(s)", err=True)
    return collection
