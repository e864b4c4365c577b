"""What the tests of the Sphinx layer share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .building import Build, Project, copy_root, empty_project
from .release_histories import Notes


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project with nothing but a ``conf.py``."""
    return empty_project(tmp_path / "src")


@pytest.fixture
def root(tmp_path: Path) -> Callable[[str], Project]:
    """Copies one of the projects in ``roots``."""
    return lambda name: copy_root(name, tmp_path / name)


@pytest.fixture(scope="session")
def kinds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Build]:
    """Builds the project with notes of all kinds, once with each builder."""
    project = copy_root("kinds", tmp_path_factory.mktemp("kinds") / "src")
    builds: dict[str, Build] = {}

    def build(builder: str) -> Build:
        if builder not in builds:
            builds[builder] = project.build(builder, fail_on_warning=True)
        return builds[builder]

    return build


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    """The repository of the project."""
    return Notes(tmp_path / "src")


@pytest.fixture
def site(notes: Notes) -> Project:
    """A project in a repository, with pages for the current series, a stable one and one without release notes."""
    project = empty_project(notes.root, 'exclude_patterns = ["build"]\nhtml_baseurl = "https://example.org"\n')
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   current\n   alpha\n   plain\n")
    project.write("current.rst", "Current\n=======\n\n.. release-notes::\n")
    project.write("alpha.rst", "Alpha\n=====\n\n.. release-notes::\n   :branch: stable/alpha\n")
    project.write("plain.rst", "Plain\n=====\n")
    return project
