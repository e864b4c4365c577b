"""``sphinx-digest release-notes check``, in real clones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("reno")

from .conftest import Run
from .releases import NOTES, Repository, write_note

NOTE = "locks-0000000000000001"
PATH = f"{NOTES.as_posix()}/{NOTE}.yaml"


def put(root: Path, path: str, text: str = "x\n") -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def commit(repository: Repository, message: str = "x") -> None:
    repository.run("add", "--all")
    repository.run("commit", "--allow-empty", "--message", message)


@pytest.fixture
def repository(project: Path, make_repository: type[Repository]) -> Repository:
    """The current project, with one commit on ``main``."""
    repository = make_repository(project)  # type: ignore[call-arg]
    put(project, "lib/locks.py", "lock\n" * 20)
    commit(repository)
    repository.run("checkout", "-b", "topic")
    return repository


class TestNeeded:
    def test_code_without_a_note(self, run: Run, project: Path, repository: Repository) -> None:
        put(project, "lib/locks.py")
        put(project, "lib/more\x1b.py")
        commit(repository)

        result = run("release-notes", "check")

        assert (result.status, result.err) == (1, "")
        assert result.out == (
            "releasenotes/notes:1:1: no-release-note the change has no release note, but changes lib/locks.py, "
            "lib/more\\x1b.py: run 'sphinx-digest release-notes new', or put the line 'Release-Note: none' into the "
            "commit message\n"
        )
        (found,) = json.loads(run("release-notes", "check", "--format", "json").out)
        assert found["code"] == "no-release-note"
        assert run("release-notes", "check", "--format", "github").out.startswith("::error file=releasenotes/notes,")

    def test_many_files(self, run: Run, project: Path, repository: Repository) -> None:
        for number in range(9):
            put(project, f"lib/{number}.py")
        commit(repository)
        assert "changes lib/0.py, lib/1.py, lib/2.py and 6 more: " in run("release-notes", "check").out

    def test_the_first_commit(self, run: Run, project: Path, repository: Repository) -> None:
        assert run("release-notes", "check").status == 1

    def test_a_note_that_is_removed(self, run: Run, project: Path, repository: Repository) -> None:
        write_note(project, NOTE, "fixes: [x]\n")
        commit(repository)
        (project / PATH).unlink()
        put(project, "lib/locks.py")
        commit(repository)
        assert run("release-notes", "check").status == 1

    def test_a_renamed_file_that_changes(self, run: Run, project: Path, repository: Repository) -> None:
        repository.run("mv", "lib/locks.py", "lib/other.py")
        put(project, "lib/other.py", "lock\n" * 19 + "key\n")
        commit(repository)
        assert "lib/other.py" in run("release-notes", "check").out


class TestBrought:
    @pytest.mark.parametrize("text", ["fixes: [x]\n", "# none is needed\n{}\n"])
    def test_a_new_note(self, run: Run, project: Path, repository: Repository, text: str) -> None:
        put(project, "lib/locks.py")
        write_note(project, NOTE, text)
        commit(repository)
        result = run("release-notes", "check")
        assert (result.status, result.out, result.err) == (0, f"{PATH}\n", "")

    def test_an_edited_note(self, run: Run, project: Path, repository: Repository) -> None:
        write_note(project, NOTE, "fixes: [x]\n")
        commit(repository)
        write_note(project, NOTE, "fixes: [x, y]\n")
        put(project, "lib/locks.py")
        commit(repository)
        assert run("release-notes", "check").out == f"{PATH}\n"

    def test_in_an_earlier_commit_of_the_branch(self, run: Run, project: Path, repository: Repository) -> None:
        write_note(project, NOTE, "fixes: [x]\n")
        commit(repository)
        put(project, "lib/locks.py")
        commit(repository)
        assert run("release-notes", "check").status == 1
        assert run("release-notes", "check", "--base", "main").out == f"{PATH}\n"

    def test_base_has_gone_on(self, run: Run, project: Path, repository: Repository) -> None:
        put(project, "tests/test_locks.py")
        commit(repository)
        repository.run("checkout", "main")
        put(project, "lib/other.py")
        commit(repository)
        repository.run("checkout", "topic")
        assert run("release-notes", "check", "--base", "main").status == 0

    def test_a_project_in_a_folder(self, run: Run, project: Path, repository: Repository) -> None:
        write_note(project / "sub", NOTE, "fixes: [x]\n")
        put(project, "sub/lib/x.py")
        put(project, "other.py")
        commit(repository)
        assert run("--project", project / "sub", "release-notes", "check").out == f"{PATH}\n"
        assert run("release-notes", "check").status == 1


class TestNotNeeded:
    @pytest.mark.parametrize(
        "path", ["tests/test_x.py", "lib/tests/x.py", "doc/source/x.rst", "README.md", ".gitignore", ".github/x.yaml"]
    )
    def test_files(self, run: Run, project: Path, repository: Repository, path: str) -> None:
        put(project, path)
        commit(repository)
        result = run("release-notes", "check")
        assert (result.status, result.out) == (0, "")
        assert result.err == "no release note is needed: no file needs one\n"

    def test_configured_files(self, run: Run, project: Path, repository: Repository) -> None:
        put(project, "releasenotes/digest.yaml", "release_note_exempt: [tools/, 'lib/*.pyi', '**/gen/*.py']\n")
        for path in ("tools/a/b.sh", "lib/x.pyi", "lib/a/gen/x.py"):
            put(project, path)
        commit(repository)
        assert run("release-notes", "check", "--base", "main").status == 1  # the settings are no exempt file
        put(project, "lib/a/x.pyi")
        commit(repository)
        assert "changes lib/a/x.pyi:" in run("release-notes", "check").out

    def test_a_renamed_file(self, run: Run, project: Path, repository: Repository) -> None:
        repository.run("mv", "lib/locks.py", "lib/other.py")
        commit(repository)
        assert run("release-notes", "check").status == 0

    @pytest.mark.parametrize("line", ["Release-Note: none", "release-notes: None needed", "Release-Note: not needed"])
    def test_the_message_says_so(self, run: Run, project: Path, repository: Repository, line: str) -> None:
        put(project, "lib/locks.py")
        commit(repository, f"Refactor\n\nBody\n\n{line}\nChange-Id: I1")
        commit(repository, "Another")
        assert run("release-notes", "check").status == 0
        result = run("release-notes", "check", "--base", "main")
        assert (result.status, result.out) == (0, "")
        waived_by = repository.run("rev-parse", "--short", "HEAD~1").strip()
        assert result.err == f"no release note is needed: {waived_by} says so\n"

    def test_the_message_says_something_else(self, run: Run, project: Path, repository: Repository) -> None:
        put(project, "lib/locks.py")
        commit(repository, "x\n\nRelease-Note: nonetheless important\nNo Release-Note: none")
        assert run("release-notes", "check").status == 1


class TestClones:
    """As in GitHub's checkout of a pull request, HEAD is the merge of two commits into ``main``."""

    @pytest.fixture
    def origin(self, project: Path, repository: Repository) -> Repository:
        for name in ("a", "b"):
            put(project, f"lib/{name}.py")
            commit(repository, f"{name}\n\n{'Release-Note: none' if name == 'a' else ''}")
        repository.run("checkout", "main")
        put(project, "lib/main.py")
        commit(repository)
        repository.run("merge", "--no-ff", "--message", "Merge", "topic")
        return repository

    def clone(self, origin: Repository, folder: Path, *options: str) -> Path:
        origin.run("clone", "--quiet", *options, f"file://{origin.root}", str(folder))
        return folder

    def test_the_whole_history(self, run: Run, origin: Repository, tmp_path: Path) -> None:
        clone = self.clone(origin, tmp_path / "clone")
        assert "says so" in run("--project", clone, "release-notes", "check").err

    def test_two_commits(self, run: Run, origin: Repository, tmp_path: Path) -> None:
        clone = self.clone(origin, tmp_path / "clone", "--depth=2")
        result = run("--project", clone, "release-notes", "check")
        assert result.status == 1
        assert "changes lib/a.py, lib/b.py: " in result.out
        assert "this clone is shallow" in result.out

    def test_one_commit(self, run: Run, origin: Repository, tmp_path: Path) -> None:
        clone = self.clone(origin, tmp_path / "clone", "--depth=1")
        result = run("--project", clone, "release-notes", "check")
        assert (result.status, result.out) == (1, "")
        assert result.err.startswith("releasenotes/notes: shallow this clone has only the last commit")
        assert "fetch-depth: 2" in result.err

    def test_a_base_out_of_reach(self, run: Run, origin: Repository, tmp_path: Path) -> None:
        clone = self.clone(origin, tmp_path / "clone", "--depth=1", "--no-single-branch")
        before = run("--project", clone, "release-notes", "check", "--base", "HEAD~1")
        assert before.status == 1
        assert "no commit or branch 'HEAD~1' in this clone, which is shallow: fetch more of the history" in before.err
        result = run("--project", clone, "release-notes", "check", "--base", "origin/topic")
        assert result.status == 1
        assert "does not reach back to where the change left 'origin/topic'" in result.err


@pytest.mark.parametrize("base", ["nothing", "--output=x", "HEAD:lib", ""])
def test_no_such_commit(run: Run, project: Path, repository: Repository, base: str) -> None:
    result = run("release-notes", "check", f"--base={base}")
    assert (result.status, result.out) == (1, "")
    assert "there is no commit or branch" in result.err
    assert not (project / "x").exists()


def test_no_repository(run: Run, project: Path) -> None:
    assert run("release-notes", "check").status == 1


@pytest.mark.parametrize("pattern", ["''", "/", "'a*b*c*d*e*'", "x" * 201])
def test_patterns_that_are_refused(run: Run, project: Path, repository: Repository, pattern: str) -> None:
    put(project, "releasenotes/digest.yaml", f"release_note_exempt: [{pattern}]\n")
    result = run("release-notes", "check")
    assert result.status == 1
    assert "bad-setting" in result.err
