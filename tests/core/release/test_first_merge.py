"""When fragments were first merged, asked of real repositories."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.release.first_merge import FirstMerges, current_commit, first_merges
from sphinxext.digest.release.git import GitError, read_lines
from sphinxext.digest.settings.options import Settings

FOLDER = "releasenotes/digests"
ONE, TWO = "0000000000000001", "0000000000000002"

# Times of the day that tell apart the zones: in UTC it is the next day already.
FIRST, SECOND, THIRD = "2015-12-01T23:30:00-01:00", "2015-12-08T12:00:00Z", "2015-12-15T12:00:00Z"
FIRST_DAY, SECOND_DAY, THIRD_DAY = date(2015, 12, 2), date(2015, 12, 8), date(2015, 12, 15)


def write(root: Path, name: str, text: str = "successes: [a]\n") -> Path:
    file = root / FOLDER / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def days(root: Path) -> dict[str, date]:
    return first_merges(root, FOLDER).days


def test_a_commit(repository: Any) -> None:
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    write(repository.root, f"two-{TWO}.yaml")
    repository.commit(SECOND)
    assert days(repository.root) == {ONE: FIRST_DAY, TWO: SECOND_DAY}


def test_a_merge_counts_and_not_the_commit_of_the_branch(repository: Any) -> None:
    repository.commit(FIRST)
    repository.run("checkout", "--quiet", "-b", "branch")
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    repository.run("checkout", "--quiet", "main")
    repository.commit(SECOND)
    repository.merge("branch", THIRD)
    assert days(repository.root) == {ONE: THIRD_DAY}


def test_the_branch_counts_where_it_is_checked_out(repository: Any) -> None:
    repository.commit(FIRST)
    repository.run("checkout", "--quiet", "-b", "branch")
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(SECOND)
    assert days(repository.root) == {ONE: SECOND_DAY}


def test_a_branch_that_merged_main_into_itself(repository: Any) -> None:
    repository.commit(FIRST)
    repository.run("checkout", "--quiet", "-b", "branch")
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    repository.run("checkout", "--quiet", "main")
    write(repository.root, f"two-{TWO}.yaml")
    repository.commit(SECOND)
    repository.run("checkout", "--quiet", "branch")
    repository.merge("main", SECOND)
    repository.run("checkout", "--quiet", "main")
    repository.merge("branch", THIRD)
    assert days(repository.root) == {ONE: THIRD_DAY, TWO: SECOND_DAY}


def test_a_rename_keeps_the_day(repository: Any) -> None:
    file = write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    file.rename(file.with_name(f"another-{ONE}.yaml"))
    repository.commit(SECOND)
    assert days(repository.root) == {ONE: FIRST_DAY}


def test_an_edit_keeps_the_day(repository: Any) -> None:
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    write(repository.root, f"one-{ONE}.yaml", "successes: [b]\n")
    repository.commit(SECOND)
    assert days(repository.root) == {ONE: FIRST_DAY}


def test_a_fragment_that_comes_back_has_its_first_day(repository: Any) -> None:
    file = write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    file.unlink()
    repository.commit(SECOND)
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(THIRD)
    assert days(repository.root) == {ONE: FIRST_DAY}


def test_another_identity_is_another_fragment(repository: Any) -> None:
    file = write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    file.rename(file.with_name(f"one-{TWO}.yaml"))
    repository.commit(SECOND)
    assert days(repository.root) == {ONE: FIRST_DAY, TWO: SECOND_DAY}


def test_the_first_commit_of_the_line_counts_even_with_a_later_date(repository: Any) -> None:
    file = write(repository.root, f"one-{ONE}.yaml")
    repository.commit(THIRD)
    file.unlink()
    repository.commit(SECOND)
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    assert days(repository.root) == {ONE: THIRD_DAY}


def test_an_identity_in_front(repository: Any) -> None:
    write(repository.root, f"{ONE}-one.yaml")
    repository.commit(FIRST)
    assert days(repository.root) == {ONE: FIRST_DAY}


@pytest.mark.parametrize(
    "name",
    [
        f"ålesund-{ONE}.yaml",
        f"日本語-{ONE}.yaml",
        f"with space-{ONE}.yaml",
        f'with"quote-{ONE}.yaml',
        f"with\\backslash-{ONE}.yaml",
        f"with\ttab-{ONE}.yaml",
        f"with\nline-{ONE}.yaml",
        f'{ONE}-with"quote-in-front.yaml',
        f"{ONE}.yaml",
        f"*-{ONE}.yaml",
    ],
)
def test_unusual_names(repository: Any, name: str) -> None:
    write(repository.root, name)
    repository.commit(FIRST)
    assert days(repository.root) == {ONE: FIRST_DAY}


def test_a_name_that_is_not_utf_8(repository: Any) -> None:
    write(repository.root, os.fsdecode(b"latin-\xe5-" + ONE.encode() + b".yaml"))
    repository.commit(FIRST)
    assert days(repository.root) == {ONE: FIRST_DAY}


def test_projects_in_folders_of_a_repository(repository: Any) -> None:
    one, two = repository.root / "one", repository.root / "two"
    write(one, f"name-{ONE}.yaml")
    repository.commit(FIRST)
    write(two, f"name-{TWO}.yaml")
    repository.commit(SECOND)
    assert days(one) == {ONE: FIRST_DAY}
    assert days(two) == {TWO: SECOND_DAY}


def test_the_same_identity_in_another_folder_does_not_count(repository: Any) -> None:
    write(repository.root / "other", f"name-{ONE}.yaml")
    repository.commit(FIRST)
    write(repository.root, f"name-{ONE}.yaml")
    repository.commit(SECOND)
    assert days(repository.root) == {ONE: SECOND_DAY}


def test_a_folder_whose_name_is_a_pattern(repository: Any) -> None:
    for folder, when in (("notes1", FIRST), ("notes[1]", SECOND)):
        (repository.root / folder).mkdir()
        (repository.root / folder / f"name-{ONE}.yaml").write_text("")
        repository.commit(when)
    assert first_merges(repository.root, "notes[1]").days == {ONE: SECOND_DAY}


def test_a_folder_outside_the_project(repository: Any, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere" / "news"
    folder.mkdir(parents=True)
    (folder / f"name-{ONE}.yaml").write_text("")
    repository.commit(FIRST)
    project = tmp_path / "project"
    project.mkdir()
    assert first_merges(project, str(folder)).days == {ONE: FIRST_DAY}


def test_a_file_that_is_not_committed(repository: Any) -> None:
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    write(repository.root, f"two-{TWO}.yaml")
    repository.run("add", "--all")
    assert first_merges(repository.root, FOLDER) == FirstMerges({ONE: FIRST_DAY}, "it is not committed yet")


def test_no_commit(repository: Any) -> None:
    write(repository.root, f"one-{ONE}.yaml")
    assert first_merges(repository.root, FOLDER) == FirstMerges({}, "it is not committed yet")
    assert current_commit(repository.root) == ""


def test_no_repository(tmp_path: Path) -> None:
    write(tmp_path, f"one-{ONE}.yaml")
    merges = first_merges(tmp_path, FOLDER)
    assert merges.days == {}
    assert merges.reason.startswith("git cannot tell when it was first merged (not a git repository)")
    assert current_commit(tmp_path) == ""


def test_no_git(repository: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    monkeypatch.setenv("PATH", "")
    merges = first_merges(repository.root, FOLDER)
    assert merges.days == {}
    assert "git cannot be started: No such file or directory" in merges.reason
    assert current_commit(repository.root) == ""


def test_no_git_but_only_where_it_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, f"one-{ONE}.yaml", "{date: 2015-12-02, successes: [a]}")
    monkeypatch.setenv("PATH", "")
    assert load_collection(tmp_path, Settings()).problems == ()


class TestShallowClone:
    """Where the history ends git does not know what was there before."""

    @pytest.fixture
    def clone(self, repository: Any, tmp_path: Path) -> Path:
        write(repository.root, f"one-{ONE}.yaml")
        repository.commit(FIRST)
        repository.commit(SECOND)
        write(repository.root, f"two-{TWO}.yaml")
        repository.commit(THIRD)
        repository.run("clone", "--quiet", "--depth=2", f"file://{repository.root}", str(tmp_path / "clone"))
        return tmp_path / "clone"

    def test_what_is_told_and_what_not(self, clone: Path) -> None:
        merges = first_merges(clone, FOLDER)
        assert merges.days == {TWO: THIRD_DAY}
        assert "git fetch --unshallow" in merges.reason

    def test_the_note_is_reported_with_what_to_do(self, clone: Path) -> None:
        (problem,) = load_collection(clone, Settings()).problems
        assert str(problem) == (
            f"{FOLDER}/one-{ONE}.yaml:1:13: no-date the note has no date, nor has the fragment, and this clone is "
            "shallow, so that git cannot tell when it was first merged; fetch the whole history (git fetch "
            "--unshallow, in GitHub's checkout action fetch-depth: 0): add 'date: YYYY-MM-DD'"
        )

    def test_with_the_whole_history(self, clone: Path, make_repository: Callable[[Path], Any]) -> None:
        make_repository(clone).run("fetch", "--quiet", "--unshallow")
        assert days(clone) == {ONE: FIRST_DAY, TWO: THIRD_DAY}


class TestSettingsOfTheUser:
    """What git is told elsewhere makes no difference."""

    @pytest.fixture
    def merged(self, repository: Any) -> Path:
        write(repository.root, f"one-{ONE}.yaml")
        repository.commit(FIRST)
        return repository.root

    @pytest.mark.parametrize(
        "setting",
        ["log.follow=true", "log.showSignature=true", "diff.renames=copies", "color.ui=always", "log.date=relative"],
    )
    def test_configuration(self, merged: Path, make_repository: Callable[[Path], Any], setting: str) -> None:
        make_repository(merged).run("config", *setting.split("="))
        assert days(merged) == {ONE: FIRST_DAY}

    def test_a_hook_for_another_repository(
        self, merged: Path, tmp_path: Path, make_repository: Callable[[Path], Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = make_repository(tmp_path / "other")
        monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(other.root / ".git" / "index"))
        assert days(merged) == {ONE: FIRST_DAY}

    def test_a_worktree(self, merged: Path, tmp_path: Path, make_repository: Callable[[Path], Any]) -> None:
        make_repository(merged).run("worktree", "add", "--quiet", str(tmp_path / "tree"))
        assert days(tmp_path / "tree") == {ONE: FIRST_DAY}

    def test_a_locale(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
        monkeypatch.setenv("LANGUAGE", "de")
        write(tmp_path, f"one-{ONE}.yaml")
        assert "not a git repository" in first_merges(tmp_path, FOLDER).reason


def test_a_commit_with_a_date_that_is_none(repository: Any) -> None:
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    raw = repository.run("cat-file", "commit", "HEAD")
    committer = raw.split("committer ")[1].split("\n")[0]
    broken = raw.replace(committer, "Tester <tester@example.org> 99999999999999999999 +0000")
    commit = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
        cwd=repository.root,
        input=f"{broken}\n",
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    repository.run("reset", "--quiet", "--hard", commit)
    assert days(repository.root) == {}


def test_the_checked_out_commit(repository: Any) -> None:
    repository.commit(FIRST)
    assert current_commit(repository.root) == repository.run("rev-parse", "HEAD")


def test_what_git_complains_of(repository: Any) -> None:
    with pytest.raises(GitError, match=r"^fatal: ambiguous argument 'nowhere'"):
        list(read_lines(repository.root, "log", "nowhere"))


def test_a_damaged_repository(repository: Any) -> None:
    write(repository.root, f"one-{ONE}.yaml")
    repository.commit(FIRST)
    shutil.rmtree(repository.root / ".git" / "objects")
    (repository.root / ".git" / "objects").mkdir()
    merges = first_merges(repository.root, FOLDER)
    assert merges.days == {}
    assert merges.reason.startswith("git cannot tell when it was first merged (")
