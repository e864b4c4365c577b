"""What to check: the files and folders that are named on the command line."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from sphinxext.digest.doctree.lint import Findings, check_collection
from sphinxext.digest.options import SETTINGS_FILE, Settings
from sphinxext.digest.problems import Code, Problem
from sphinxext.digest.project import Project, settings_for_folder


@dataclass(slots=True)
class Targets:
    """What to check: collections, by their folders, each with the files to report on or None for all of them.

    ``missing`` are problems of the arguments themselves.
    """

    settings: dict[str, Settings] = field(default_factory=dict)
    files: dict[str, set[str] | None] = field(default_factory=dict)
    missing: list[Problem] = field(default_factory=list)

    def add(self, settings: Settings, file: str | None = None) -> None:
        """Add a collection, or one file of it, by the name in its folder."""
        folder = settings.fragments
        self.settings[folder] = settings
        if file is None:
            self.files[folder] = None
        elif (files := self.files.setdefault(folder, set())) is not None:
            files.add(f"{folder}/{file}")


def targets_of(project: Project, arguments: tuple[str, ...]) -> Targets:
    """Find out what files and folders on the command line stand for.

    A folder stands for the collections in it, or is a folder of fragments itself. A file is checked in the company of
    its folder. The file of the settings stands for nothing more, since the settings are always checked.

    :param arguments: paths, relative to the current folder.
    """
    targets = Targets()
    for argument in arguments:
        path = Path(os.path.abspath(argument))  # noqa: PTH100 - resolve() would follow a link that is a fragment
        name = os.path.relpath(path, project.root) if path.is_relative_to(project.root) else os.fspath(path)
        try:
            mode = path.stat().st_mode
        except OSError as error:
            message = f"cannot be read: {error.strerror or error}"
            targets.missing.append(Problem(Path(name).as_posix(), 0, 0, Code.UNREADABLE, message))
            continue
        if stat.S_ISDIR(mode):
            _add_folder(project, path, targets)
        elif not stat.S_ISREG(mode):
            message = "this is not a regular file"
            targets.missing.append(Problem(Path(name).as_posix(), 0, 0, Code.UNREADABLE, message))
        elif path != project.root / SETTINGS_FILE:
            targets.add(settings_for_folder(project, os.fspath(path.parent)), path.name)
    return targets


def _add_folder(project: Project, path: Path, targets: Targets) -> None:
    within = [settings for settings in project.collections if (project.root / settings.fragments).is_relative_to(path)]
    for settings in within or [settings_for_folder(project, os.fspath(path))]:
        targets.add(settings)


def check_targets(root: Path, targets: Targets) -> Findings:
    """What is found in all that is to be checked."""
    found = [check_collection(root, settings, targets.files[folder]) for folder, settings in targets.settings.items()]
    return Findings(
        frozenset().union(*(one.checked for one in found)),
        frozenset().union(*(one.drafts for one in found)),
        tuple(sorted({*targets.missing, *(problem for one in found for problem in one.problems)})),
    )
