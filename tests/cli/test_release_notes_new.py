"""``sphinx-digest release-notes new``."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("reno")

from sphinxext.digest.cli.group import cli

from .conftest import Run
from .releases import CONFIG, NOTES, Repository

FIX = ("--section", "fixes", "--text")


def written(project: Path) -> list[Path]:
    return sorted((project / NOTES).rglob("*.yaml"))


@pytest.mark.parametrize("slug", ["stale locks", "Stale-Locks_2"])
def test_the_template(run: Run, project: Path, slug: str) -> None:
    result = run("release-notes", "new", slug)

    assert (result.status, result.err) == (0, "")
    (path,) = written(project)
    assert result.out == f"{path.relative_to(project).as_posix()}\n"
    assert re.fullmatch(rf"{slug.replace(' ', '-')}-[0-9a-f]{{16}}\.yaml", path.name)
    assert path.read_text().startswith("---\nprelude: >\n    Replace this text")


def test_configured_templates(run: Run, project: Path) -> None:
    (project / CONFIG).write_text("template: |\n  fixes:\n    - Here.\n")
    (project / "other.yaml").write_text("features: [There.]\n")
    run("release-notes", "new", "a")
    run("release-notes", "new", "b", "--from-template", "other.yaml")

    assert [path.read_text() for path in written(project)] == ["fixes:\n  - Here.\n", "features: [There.]\n"]


def test_texts(run: Run, project: Path) -> None:
    result = run(
        "release-notes",
        "new",
        "a",
        *FIX,
        "Locks: #13 ends.",
        *FIX,
        "404",
        "--section",
        "prelude",
        "--text",
        "A\n\n* b",
    )

    assert (result.status, result.err) == (0, "")
    (path,) = written(project)
    assert path.read_text() == ('---\nprelude: |\n  A\n\n  * b\nfixes:\n  - "Locks: #13 ends."\n  - "404"\n')
    assert run("release-notes", "lint").status == 0


def test_from_another_folder(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project / "releasenotes")
    assert run("release-notes", "new", "a").out.startswith("notes/a-")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*FIX, "See *this."), "the new note: rst Inline emphasis start-string without end-string."),
        (
            ("--section", "fix", "--text", "x"),
            "the new note: unknown-section unknown section 'fix': did you mean 'fixes'?",
        ),
        ((*FIX, " "), "the new note: empty-text a note of the section 'fixes' is empty"),
    ],
)
def test_a_note_that_lint_would_refuse(run: Run, project: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run("release-notes", "new", "a", *arguments)
    assert (result.status, result.out, result.err) == (1, "", f"{message}\n")
    assert written(project) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        [""],
        ["../a"],
        ["a/b"],
        ["a\tb"],
        [".a"],
        ["a", "--section", "fixes"],
        ["a", "--text", "x"],
        ["a", "--from-template", "nowhere"],
        ["--from-commit", "--section", "fixes", "--from-template", "releasenotes"],
        ["a", "--from-commit=--output=x", "--section", "fixes"],
    ],
    ids=" ".join,
)
def test_a_wrong_command_line(run: Run, project: Path, arguments: list[str]) -> None:
    assert run("release-notes", "new", *arguments).status == 2
    assert written(project) == []
    assert not (project / "x").exists()


def test_folders_within(run: Run, project: Path) -> None:
    (project / CONFIG).write_text("allow_subdirectories: true\n")
    assert run("release-notes", "new", "1.0/a").out.startswith("releasenotes/notes/1.0/a-")
    assert run("release-notes", "new", "../a").status == 2


class TestFromCommit:
    @pytest.fixture
    def repository(self, project: Path, make_repository: type[Repository]) -> Repository:
        repository = make_repository(project)  # type: ignore[call-arg]
        repository.run("commit", "--allow-empty", "--message", "Remove *stale* locks of `x_`\n\nBody")
        repository.run("commit", "--allow-empty", "--message", "Second\x1b[31m: `it`.")
        return repository

    def test_the_last_one(self, run: Run, project: Path, repository: Repository) -> None:
        result = run("release-notes", "new", "--from-commit", "--section", "features")
        assert result.out.startswith("releasenotes/notes/second-")
        (path,) = written(project)
        assert path.read_bytes().isascii() and b"\x1b" not in path.read_bytes()
        assert run("release-notes", "lint").status == 0

    def test_another_one(self, run: Run, project: Path, repository: Repository) -> None:
        assert run("release-notes", "new", "mine", "--from-commit", "HEAD~1", *FIX[:2]).status == 0
        (path,) = written(project)
        assert path.name.startswith("mine-")
        assert "Remove \\*stale* locks of" in path.read_text()
        assert run("release-notes", "lint").status == 0

    def test_no_such_commit(self, run: Run, project: Path, repository: Repository) -> None:
        result = run("release-notes", "new", "--from-commit", "nothing", *FIX[:2])
        assert (result.status, result.out) == (1, "")
        assert " history " in result.err


@pytest.mark.skipif(os.name == "nt", reason="the editor is a shell script")
class TestEdit:
    def edit(self, run: Run, project: Path, code: str, *arguments: str) -> Any:
        script = project.parent / "editor"
        script.write_text(f"#!/bin/sh\n{code}\n")
        script.chmod(0o755)
        return run("release-notes", "new", "a", "--edit", *arguments, VISUAL=str(script), EDITOR=str(script))

    def test_an_unchanged_template_is_removed(self, run: Run, project: Path) -> None:
        result = self.edit(run, project, "true")
        assert (result.status, result.out) == (1, "")
        assert "removed again" in result.err
        assert written(project) == []

    def test_an_unchanged_note_stays(self, run: Run, project: Path) -> None:
        assert self.edit(run, project, "true", *FIX, "x").status == 0
        assert len(written(project)) == 1

    def test_a_note_is_checked(self, run: Run, project: Path) -> None:
        result = self.edit(run, project, "echo 'fixs: [x]' >\"$1\"")
        (path,) = written(project)
        assert result.status == 1
        assert result.out == f"{path.relative_to(project).as_posix()}\n"
        assert f"{path.name}:1:1: unknown-section" in result.err

    def test_a_note_that_the_editor_removes(self, run: Run, project: Path) -> None:
        result = self.edit(run, project, 'rm "$1"')
        assert result.status == 1
        assert "the file is missing" in result.err


class TestTerminal:
    @pytest.fixture(autouse=True)
    def terminal(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sphinxext.digest.cli.release_notes_new._is_terminal", lambda: True)

    def ask(self, answers: str, *arguments: str) -> int:
        return CliRunner().invoke(cli, ["release-notes", "new", *arguments], input=answers).exit_code

    def test_everything_is_asked(self, project: Path) -> None:
        assert self.ask("stale locks\nfixs\nfixes\nLocks end.\n") == 0
        (path,) = written(project)
        assert path.name.startswith("stale-locks-")
        assert path.read_text() == "---\nfixes:\n  - Locks end.\n"

    @pytest.mark.parametrize("answers", ["\n", "fixes\n\n"])
    def test_no_answer_means_the_template(self, project: Path, answers: str) -> None:
        assert self.ask(answers, "a") == 0
        (path,) = written(project)
        assert "List new features here" in path.read_text()

    def test_the_section_of_a_text(self, project: Path) -> None:
        assert self.ask("upgrade\n", "a", "--text", "x") == 0
        assert written(project)[0].read_text() == "---\nupgrade:\n  - x\n"
