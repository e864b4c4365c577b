"""``sphinx-digest release-notes next``; its versions are compared with reno's in ``tests/against_reno``."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("reno")

from .conftest import Run
from .releases import NOTES, WHEELS, Repository, make_history, tag, write_note


@pytest.fixture
def history(project: Path, make_repository: type[Repository]) -> Repository:
    repository = make_repository(project)  # type: ignore[call-arg]
    make_history(repository)
    return repository


def test_the_reasons(run: Run, history: Repository) -> None:
    path = f"{NOTES.as_posix()}/{WHEELS}.yaml"
    assert run("release-notes", "next").out == "2.1.0\n"
    assert run("release-notes", "next", "--explain").lines == [
        "2.1.0",
        "after 2.0.0",
        f"minor  features  {path}",
        f"patch  fixes  {path}",
    ]


def test_nothing_since_the_last_version(run: Run, history: Repository) -> None:
    tag(history, "2.1.0", "2022-01-02T12:00:00Z")
    assert run("release-notes", "next", "--explain").lines == ["2.1.0", "after 2.1.0: no note raises it"]


def test_a_note_that_cannot_be_read(run: Run, history: Repository) -> None:
    write_note(history.root, "bad-00000000000000ff", "upgrade: [\n")
    history.commit("2022-01-03T12:00:00Z")
    result = run("release-notes", "next")
    assert (result.status, result.out) == (1, "2.1.0\n")
    assert "yaml-syntax" in result.err


def test_a_shallow_clone(run: Run, history: Repository, tmp_path: Path) -> None:
    history.run("clone", "--quiet", "--depth=1", f"file://{history.root}", str(tmp_path / "clone"))
    result = run("--project", tmp_path / "clone", "release-notes", "next")
    assert (result.status, result.out) == (1, "")
    assert "this clone is shallow" in result.err
    assert "no version is tagged yet" not in result.err


def test_a_version_that_cannot_be_counted(run: Run, history: Repository) -> None:
    history.run("tag", "--annotate", "--message", "x", "2.x", date="2022-01-02T12:00:00Z")
    result = run("release-notes", "next")
    assert result.status in (0, 1)
    assert "Traceback" not in result.err


def test_no_release_notes(run: Run, project: Path, make_repository: type[Repository]) -> None:
    make_repository(project).run("commit", "--allow-empty", "--message", "x")  # type: ignore[call-arg]
    result = run("release-notes", "next")
    assert (result.status, result.out) == (1, "")
    assert "there are no release notes" in result.err


@pytest.mark.parametrize("is_committed", [True, False])
def test_before_the_first_tag(
    run: Run, project: Path, make_repository: type[Repository], *, is_committed: bool
) -> None:
    repository = make_repository(project)  # type: ignore[call-arg]
    repository.commit("2022-01-01T12:00:00Z")
    write_note(repository.root, WHEELS, "upgrade: [Wheels are round now.]\n")
    repository.run("add", "--all")
    if is_committed:
        repository.commit("2022-01-02T12:00:00Z")
    result = run("release-notes", "next", "--explain")
    assert (result.status, result.out) == (0, "0.1.0\n")
    assert "no version is tagged yet" in result.err
