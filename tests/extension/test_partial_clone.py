"""Partial clones: git would fetch what they lack on the way, and nothing here asks the network."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import Repository

from sphinxext.digest.cli.group import cli
from sphinxext.digest.release.first_merge import first_merges
from sphinxext.digest.release.git import PARTIAL

from .building import Project, empty_project

NOTES, DIGESTS = "releasenotes/notes", "releasenotes/digests"
ONE, TWO, THREE = (f"{NOTES}/note-{number:016x}.yaml" for number in (1, 2, 3))

Clone = Callable[..., Repository]


def write(root: Path, name: str, text: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text, encoding="utf-8")


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    """Two lines; the branch has texts that are in no file of what is checked out."""
    project = empty_project(tmp_path / "origin", 'exclude_patterns = ["build"]\n')
    project.write("index.rst", "Title\n=====\n\n.. release-notes::\n   :branch: origin/stable/one\n")
    project.write(
        "other.rst", ":orphan:\n\nOther\n=====\n\n.. release-notes::\n   :branch: origin/stable/one\n\n   Other\n"
    )
    origin = Repository(project.folder)
    origin.run("config", "uploadpack.allowFilter", "true")
    origin.run("config", "uploadpack.allowAnySHA1InWant", "true")
    write(origin.root, "releasenotes/config.yaml", "default_branch: main\n")
    write(origin.root, ONE, "fixes: [One.]\n")
    write(origin.root, f"{DIGESTS}/one-0000000000000001.yaml", "successes: ['ttx: one']\n")
    origin.commit("2020-01-01T00:00:00Z")
    origin.run("tag", "1.0.0")
    origin.run("checkout", "--quiet", "-b", "stable/one")
    write(origin.root, TWO, "fixes: [On the branch.]\n")
    write(origin.root, THREE, "fixes: [On the branch as well.]\n")
    origin.commit("2020-01-02T00:00:00Z")
    origin.run("tag", "1.0.1")
    origin.run("checkout", "--quiet", "main")
    write(origin.root, f"{NOTES}/note-{4:016x}.yaml", "fixes: [New.]\n")
    origin.commit("2020-01-03T00:00:00Z")
    return origin


@pytest.fixture
def fetches(tmp_path: Path) -> Path:
    """Has a line for each time that somebody asked the remote."""
    return tmp_path / "fetches"


@pytest.fixture
def clone(origin: Repository, tmp_path: Path, fetches: Path) -> Clone:
    """Makes a partial clone of a project whose remote writes down that it is asked."""

    def make(kind: str = "blob:none") -> Repository:
        folder = tmp_path / f"clone-{kind.partition(':')[0]}"
        command = ["git", "clone", "--quiet", f"--filter={kind}", f"file://{origin.root}", str(folder)]
        subprocess.run(command, check=True, capture_output=True)
        program = tmp_path / "upload-pack"
        program.write_text(f'#!/bin/sh\necho asked >> "{fetches}"\nexec git-upload-pack "$@"\n')
        program.chmod(0o700)
        clone = Repository(folder)
        clone.run("config", "remote.origin.uploadpack", str(program))
        return clone

    return make


def run(clone: Repository, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--project", str(clone.root), *arguments])


def test_git_itself_fetches(clone: Clone, fetches: Path) -> None:
    """Otherwise the other tests would prove nothing."""
    assert clone().run("cat-file", "-p", f"origin/stable/one:{TWO}") == "fixes: [On the branch.]"
    assert fetches.exists()


def test_what_needs_no_texts_is_complete(clone: Clone, fetches: Path) -> None:
    repository = clone()
    result = run(repository, "release-notes", "list", "--branch", "origin/stable/one")
    assert (result.exit_code, result.stderr) == (0, "")
    assert TWO in result.stdout
    result = run(repository, "release-notes", "report")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "New." in result.stdout
    assert first_merges(repository.root, DIGESTS).days == {f"{1:016x}": date(2020, 1, 1)}
    assert not fetches.exists()


@pytest.mark.parametrize("command", [["report", "--no-stop-at-branch-base"], ["since", ".."]], ids=" ".join)
def test_texts_that_are_not_there_are_one_problem(clone: Clone, fetches: Path, command: list[str]) -> None:
    result = run(clone(), "release-notes", *command, "--branch", "origin/stable/one")
    assert result.exit_code == 1
    assert result.stderr == f"{NOTES}: shallow {PARTIAL}\n"
    assert "One." in result.stdout
    assert "On the branch" not in result.stdout
    assert not fetches.exists()


def test_no_cache_is_written_of_half_of_the_texts(clone: Clone, fetches: Path) -> None:
    result = run(clone(), "release-notes", "cache", "--branch", "origin/stable/one")
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{NOTES}: shallow {PARTIAL}\n")
    assert not fetches.exists()


def test_a_build_has_one_warning(clone: Clone, fetches: Path) -> None:
    site = Project(clone().root)
    expected = [f"<src>/{NOTES}:1: WARNING: {PARTIAL} [digest.shallow]"]
    assert site.build().warnings == expected
    # as long as it is so
    assert site.build().warnings == expected
    assert not fetches.exists()


def test_the_command_of_the_warning_helps(clone: Clone, fetches: Path) -> None:
    repository = clone()
    site = Project(repository.root)
    (warning,) = site.build().warnings
    _, _, rest = warning.partition("(git ")
    repository.run(*rest.partition(",")[0].split())
    build = site.build()
    assert build.warnings == []
    assert "On the branch." in build.text("index.html")


def test_a_committed_cache_serves(origin: Repository, clone: Clone, fetches: Path) -> None:
    assert run(origin, "release-notes", "cache", "--branch", "stable/one").exit_code == 0
    text = (origin.root / NOTES / "reno.cache").read_text().replace('"stable/one"', '"origin/stable/one"')
    repository = clone()
    write(repository.root, f"{NOTES}/reno.cache", text)
    build = Project(repository.root).build()
    assert build.warnings == []
    assert "On the branch." in build.text("index.html")
    assert not fetches.exists()


def test_git_is_asked_where_a_committed_cache_knows_less(origin: Repository, clone: Clone, fetches: Path) -> None:
    assert run(origin, "release-notes", "cache").exit_code == 0
    repository = clone()
    text = (origin.root / NOTES / "reno.cache").read_text().replace("New.", "Old.")
    write(repository.root, f"{NOTES}/reno.cache", text)
    assert "New." in run(repository, "release-notes", "report").stdout
    assert not fetches.exists()


@pytest.mark.parametrize("command", [["list"], ["report"], ["since", ".."], ["cache"]], ids=" ".join)
def test_folders_that_are_not_there(clone: Clone, fetches: Path, command: list[str]) -> None:
    repository = clone("tree:0")
    result = run(repository, "release-notes", *command)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"{NOTES}: shallow {PARTIAL}\n")
    result = run(repository, "lint")
    assert result.exit_code == 1
    assert "the note has no date" in result.stdout and PARTIAL in result.stdout
    assert Project(repository.root).build().warnings[-1] == f"<src>/{NOTES}:1: WARNING: {PARTIAL} [digest.shallow]"
    assert not fetches.exists()


@pytest.mark.parametrize("kind", ["blob:none", "tree:0"])
def test_versions_in_a_digest(origin: Repository, clone: Clone, fetches: Path, kind: str) -> None:
    write(origin.root, f"{DIGESTS}/one-0000000000000001.yaml", "date: 2020-01-02\nsuccesses: ['ttx: one']\n")
    (origin.root / "other.rst").unlink()
    write(origin.root, "index.rst", "Title\n=====\n\n.. digest:: 2020-01-03\n\n.. digest-collection::\n")
    write(origin.root, "releasenotes/digest.yaml", "sections: [releases, successes]\n")
    origin.commit("2020-01-04T00:00:00Z")
    repository = clone(kind)
    warnings = Project(repository.root).build().warnings
    assert warnings == [f"<src>/{NOTES}:1: WARNING: {PARTIAL} [digest.shallow]"]
    assert not fetches.exists()
