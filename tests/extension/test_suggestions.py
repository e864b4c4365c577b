"""Mistyped options of directives."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxext.digest.extension.directives import DIRECTIVES

from .building import Project, empty_project


@pytest.fixture
def site(tmp_path: Path) -> Project:
    return empty_project(tmp_path / "src")


def test_a_mistyped_option_gets_a_suggestion(site: Project) -> None:
    site.fragment("win-1", "date: 2026-11-24\nsuccesses: [x]\n")
    site.write(
        "index.rst",
        "Title\n=====\n\n.. successbot::\n   :sinse: 2026-11-24\n\n.. successbot::\n   :colour: red\n\n"
        ".. release-notes::\n   :bransh: main\n",
    )
    warnings = "\n".join(site.build().warnings)
    assert 'unknown option: "sinse": did you mean "since".' in warnings
    assert 'unknown option: "bransh": did you mean "branch".' in warnings
    assert 'unknown option: "colour".' in warnings


def test_all_directives() -> None:
    for directive in DIRECTIVES.values():
        with pytest.raises(KeyError, match="nothing-like-it"):
            directive.option_spec["nothing-like-it"]
