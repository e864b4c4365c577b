"""The project that a command works on."""

from __future__ import annotations

import os
from pathlib import Path

from sphinxext.digest.options import Settings
from sphinxext.digest.problems import Problem
from sphinxext.digest.project import Project, load_project, settings_for_folder
from sphinxext.digest.root import find_root


def open_project(root: Path | None) -> tuple[Project, list[Problem]]:
    """The project that ``--project`` names, or else that of the current folder, with the problems of its settings."""
    return load_project(root or find_root(Path.cwd()))


def collection_of(project: Project, folder: str | None) -> Settings:
    """The settings of the folder that ``--fragments`` names, or else those of the project's own collection.

    :param folder: relative to the current folder, or, if it is not there, to the project.
    :raises DigestError: if the folder is not there.
    """
    if folder is None:
        return project.main
    here = Path.cwd() / folder
    return settings_for_folder(project, os.fspath(here) if here.is_dir() else folder)
