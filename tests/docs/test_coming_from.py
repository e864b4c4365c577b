"""The page about other tools: the files that it shows are there, and its commands print what it says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

pytest.importorskip("sphinx")
pytest.importorskip("markdown_it")

from .reader import Reader, steps

PAGE = "coming-from.rst"


def test_page(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    project = reader.here = tmp_path / "gannet"
    (project / "docs").mkdir(parents=True)
    (project / "docs" / "conf.py").write_text("project = 'gannet'\n")
    git = ["git", "-C", str(project), "-c", "user.name=Zoe", "-c", "user.email=zoe@example.org"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    for step in steps(PAGE):
        if step.file:
            reader.path_of(step).parent.mkdir(exist_ok=True)
        reader.follow(step)
        if step.file:
            subprocess.run([*git, "add", "--all"], check=True)
            subprocess.run([*git, "commit", "--quiet", "--message", step.file], check=True)
    assert not (project / "changes").exists() and not (project / "changelog.d").exists()
    assert len(list((project / "releasenotes" / "notes").iterdir())) == 4
