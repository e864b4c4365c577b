"""What the tests of the Sphinx layer share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from .building import Build, Project, copy_root, empty_project


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
