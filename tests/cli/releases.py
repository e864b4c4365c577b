"""A repository with release notes for the tests of ``sphinx-digest release-notes``."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

NOTES = Path("releasenotes", "notes")
CONFIG = Path("releasenotes", "config.yaml")
ENGINE = "engine-00000000000000a1"
BRAKES = "brakes-00000000000000a2"
LAMPS = "lamps-00000000000000a3"
WHEELS = "wheels-00000000000000a4"


class Repository(Protocol):
    root: Path

    def run(self, *arguments: str, date: str = ...) -> str: ...

    def commit(self, date: str) -> None: ...


def write_note(root: Path, name: str, text: str) -> None:
    path = root / NOTES / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def make_history(repository: Repository) -> None:
    """1.0.0 of 2020-01-02, 2.0.0 of 2021-01-02 with its series before it, and what came after that."""
    root = repository.root
    (root / "releasenotes").mkdir(exist_ok=True)
    (root / CONFIG).write_text("default_branch: main\n", encoding="utf-8")
    write_note(root, ENGINE, "---\nprelude: |\n  It moves.\nfeatures:\n  - |\n    An engine.\n\n    * with fuel\n")
    repository.commit("2020-01-01T12:00:00Z")
    tag(repository, "1.0.0", "2020-01-02T12:00:00Z")
    repository.run("branch", "stable/one")
    write_note(root, BRAKES, '---\nfixes:\n  - "Brakes, see `the page <https://example.org/brakes>`_."\n')
    write_note(root, LAMPS, "---\nupgrade:\n  - Set :option:`lamps` as in :ref:`how to light <light>`.\n")
    repository.commit("2021-01-01T12:00:00Z")
    tag(repository, "2.0.0", "2021-01-02T12:00:00Z")
    write_note(root, WHEELS, "---\nfeatures:\n  - Wheels.\nfixes: A single text.\n")
    repository.commit("2022-01-01T12:00:00Z")


def tag(repository: Repository, name: str, date: str) -> None:
    repository.run("tag", "--annotate", "--message", name, name, date=date)
