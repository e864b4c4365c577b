"""Scans of real repositories, and what is said of those that cannot be scanned."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.release.git import GitError, HistoryError, Place, Process
from sphinxext.digest.release.scanner import Scanner

Notes = dict[str, list[str]]


@pytest.fixture
def scan(repository: Any, make_conf: Callable[..., Any]) -> Callable[..., Notes]:
    """The files of each version."""

    def run(root: Path | None = None, *, untracked: bool = False, **options: object) -> Notes:
        with Scanner(make_conf(root or repository.root, **options), untracked=untracked) as scanner:
            found = scanner.get_notes_by_version()
        return {version: [file for file, _ in files] for version, files in found.items()}

    return run


def complaint(scan: Callable[..., Notes], *arguments: Any, **options: Any) -> str:
    with pytest.raises(HistoryError) as caught:
        scan(*arguments, **options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_versions(repository: Any, note: Callable[..., str], scan: Callable[..., Notes]) -> None:
    one = note(1)
    repository.run("tag", "1.0.0")
    two = note(2)
    three = note(3, commit=False)
    repository.run("add", "--all")
    assert scan() == {"*working-copy*": [three], "1.0.0-1": [two], "1.0.0": [one]}


def test_no_tags(note: Callable[..., str], scan: Callable[..., Notes]) -> None:
    one = note(1)
    assert scan() == {"0.0.0": [one]}


def test_a_file_that_git_does_not_know_counts_if_asked(note: Callable[..., str], scan: Callable[..., Notes]) -> None:
    one = note(1)
    two = note(2, commit=False)
    assert scan() == {"0.0.0": [one]}
    assert scan(untracked=True) == {"*working-copy*": [two], "0.0.0": [one]}


def test_contents(repository: Any, note: Callable[..., str], make_conf: Callable[..., Any]) -> None:
    file = note(1, "fixes: [å]\n", slug="with space")
    with Scanner(make_conf(repository.root, encoding="utf-8")) as scanner:
        commit = scanner.get_notes_by_version()["0.0.0"][0][1]
        note(1, "fixes: [ø]\n", slug="with space", commit=False)
        assert scanner.get_file_at_commit(file, commit) == "fixes: [å]\n".encode()
        assert scanner.get_file_at_commit(file, commit.decode() if commit else "") == "fixes: [å]\n".encode()
        assert scanner.get_file_at_commit(file, None) == "fixes: [ø]\n"
        assert scanner.get_file_at_commit("no file", commit) is None
        assert scanner.get_file_at_commit("no\nfile", commit) is None
        assert scanner.get_file_at_commit("no file", None) is None


def test_contents_of_a_name_with_a_line_end(
    repository: Any, note: Callable[..., str], scan: Any, make_conf: Any
) -> None:
    file = note(1, slug="a\nb")
    with Scanner(make_conf(repository.root)) as scanner:
        ((found, commit),) = scanner.get_notes_by_version()["0.0.0"]
        assert found == file
        assert scanner.get_file_at_commit(file, commit) == b"fixes: [a]\n"


def test_dates_of_tags(repository: Any, note: Callable[..., str], make_conf: Callable[..., Any]) -> None:
    note(1)
    repository.run("tag", "light")
    repository.run("tag", "--annotate", "--message", "x", "heavy", date="2020-02-01T00:00:00Z")
    with Scanner(make_conf(repository.root)) as scanner:
        assert scanner.get_version_dates() == {"light": 1577836800, "heavy": 1580515200}


class TestLimits:
    """A scan shows what came after the series before its own."""

    @pytest.fixture
    def notes(self, repository: Any, note: Callable[..., str]) -> dict[str, str]:
        """The file of each version; two series begin at 1.0.0 and at the pre-release of 2.0.0."""
        found = {}
        for number, version in enumerate(["0.9.0", "1.0.0", "1.5.0", "2.0.0.0rc1"], 1):
            found[version] = note(number)
            repository.run("tag", version)
            if version in ("1.0.0", "2.0.0.0rc1"):
                repository.run("branch", f"stable/{version[0]}")
        repository.run("checkout", "--quiet", "stable/2")
        found["2.0.0"] = note(5)
        repository.run("tag", "2.0.0")
        repository.run("checkout", "--quiet", "main")
        found["3.0.0"] = note(6)
        repository.run("tag", "3.0.0")
        return found

    @pytest.mark.parametrize(
        ("branch", "collapse", "versions"),
        [
            ("stable/1", True, ["1.0.0"]),
            ("stable/2", False, ["2.0.0", "2.0.0.0rc1", "1.5.0"]),
            ("stable/2", True, ["2.0.0", "1.5.0"]),
            (None, True, ["3.0.0", "2.0.0.0rc1"]),
        ],
    )
    def test_branches(
        self,
        notes: dict[str, str],
        scan: Callable[..., Notes],
        branch: str | None,
        collapse: bool,
        versions: list[str],
    ) -> None:
        assert list(scan(branch=branch, collapse_pre_releases=collapse)) == versions

    def test_no_limits(self, notes: dict[str, str], scan: Callable[..., Notes]) -> None:
        found = scan(branch="stable/2", stop_at_branch_base=False, collapse_pre_releases=False)
        assert found == {name: [notes[name]] for name in ("2.0.0", "2.0.0.0rc1", "1.5.0", "1.0.0", "0.9.0")}
        assert list(scan(earliest_version="1.0.0")) == ["3.0.0", "2.0.0.0rc1", "1.5.0", "1.0.0"]

    def test_the_first_version_begins_a_series(
        self, repository: Any, note: Callable[..., str], scan: Callable[..., Notes]
    ) -> None:
        note(1)
        repository.run("tag", "1.0.0")
        repository.run("branch", "stable/1")
        two = note(2)
        assert scan()["1.0.0-1"] == [two]
        assert list(scan(branch="stable/1")) == ["1.0.0"]


def test_many_branches_are_read_together(
    repository: Any, note: Callable[..., str], make_conf: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPHINXEXT_DIGEST_CACHE", "")
    for number in range(1, 7):
        note(number)
        repository.run("tag", "--annotate", "--message", "x", f"{number}.0.0", date=f"2020-01-{number:02}T00:00:00Z")
        repository.run("checkout", "--quiet", "-b", f"stable/{number}")
        note(number + 10)
        repository.run("checkout", "--quiet", "main")
    started: list[str] = []
    begin = Process.__init__

    def count(self: Process, root: Place, *arguments: str, **options: Any) -> None:
        started.append(arguments[0])
        begin(self, root, *arguments, **options)

    monkeypatch.setattr(Process, "__init__", count)
    with Scanner(make_conf(repository.root)) as scanner:
        for number in range(1, 7):
            found = scanner.get_notes_by_version(f"stable/{number}")
            assert list(found) == [f"{number}.0.0-1", f"{number}.0.0"]
            scanner.prepare(file for files in found.values() for file in files)
            assert scanner.get_file_at_commit(*found[f"{number}.0.0"][0]) == b"fixes: [a]\n"
    # the first branch and the rest of it, the default branch, all others
    assert started.count("rev-list") <= 4
    assert started.count("cat-file") <= 2


def test_no_repository(tmp_path: Path, scan: Callable[..., Notes]) -> None:
    (tmp_path.parent / "empty").mkdir()
    assert "not a git repository" in complaint(scan, tmp_path.parent / "empty")


class TestBadInput:
    """One clear message each, or the result that reno has."""

    @pytest.fixture(autouse=True)
    def two_notes(self, repository: Any, note: Callable[..., str]) -> None:
        self.one = note(1)
        repository.run("tag", "1.0.0")
        self.two = note(2)

    def test_not_the_top_folder(self, repository: Any, scan: Callable[..., Notes]) -> None:
        assert "is not the top folder of its repository" in complaint(scan, repository.root / "releasenotes")

    def test_no_folder(self, repository: Any, scan: Callable[..., Notes]) -> None:
        assert "No such file or directory" in complaint(scan, repository.root / "nowhere")

    def test_no_git(self, scan: Callable[..., Notes], monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        assert complaint(scan) == "git cannot be started: No such file or directory"

    def test_no_branch(self, scan: Callable[..., Notes]) -> None:
        assert complaint(scan, branch="stable/x").startswith("Unknown reference 'stable/x'")

    def test_no_version(self, scan: Callable[..., Notes]) -> None:
        assert "unknown revision '2.0.0'" in complaint(scan, earliest_version="2.0.0")

    def test_no_default_branch(self, repository: Any, scan: Callable[..., Notes]) -> None:
        repository.run("branch", "stable/a")
        assert complaint(scan, default_branch="trunk").startswith("Unknown reference 'trunk'")

    @pytest.mark.parametrize("annotated", [True, False])
    def test_a_tag_of_a_tree(self, repository: Any, scan: Callable[..., Notes], annotated: bool) -> None:
        repository.run("tag", *(["--annotate", "--message", "x"] if annotated else []), "2.0.0", "HEAD^{tree}")
        assert scan() == {"1.0.0-1": [self.two], "1.0.0": [self.one]}
        assert "unknown revision '2.0.0'" in complaint(scan, earliest_version="2.0.0")
        assert complaint(scan, branch="2.0.0").endswith("is missing in the repository, or is not a commit")

    def test_a_broken_ref(self, repository: Any, scan: Callable[..., Notes]) -> None:
        (repository.root / ".git/refs/tags/2.0.0").write_text(f"{1:040x}\n")
        (repository.root / ".git/refs/tags/3.0.0").write_text("nonsense\n")
        assert scan() == {"1.0.0-1": [self.two], "1.0.0": [self.one]}
        assert complaint(scan, branch="2.0.0").startswith("Unknown reference '2.0.0'")

    def test_a_note_that_is_no_yaml(self, note: Callable[..., str], scan: Callable[..., Notes]) -> None:
        three = note(3, "fixes: [")
        assert scan()["1.0.0-2"] == [self.two, three]

    def test_a_date_before_1970(self, repository: Any, scan: Callable[..., Notes], note: Callable[..., str]) -> None:
        raw = repository.run("cat-file", "commit", "HEAD").replace("1577923200", "-100")
        made = subprocess.run(
            ["git", "-C", repository.root, "hash-object", "-t", "commit", "-w", "--stdin", "--literally"],
            input=f"{raw}\n",
            capture_output=True,
            text=True,
            check=True,
        )
        repository.run("reset", "--quiet", "--hard", made.stdout.strip())
        three = note(3)
        assert scan() == {"1.0.0-2": [self.two, three], "1.0.0": [self.one]}

    def test_many_tags(self, repository: Any, scan: Callable[..., Notes]) -> None:
        commit = repository.run("rev-parse", "HEAD")
        lines = "".join(f"create refs/tags/0.{number} {commit}\n" for number in range(10_000))
        command = ["git", "-C", repository.root, "update-ref", "--stdin"]
        subprocess.run(command, input=lines, text=True, check=True)
        repository.run("pack-refs", "--all")
        assert list(scan())[-1] == "1.0.0"

    def test_a_rebase_that_stopped(
        self, repository: Any, scan: Callable[..., Notes], note: Callable[..., str]
    ) -> None:
        repository.run("checkout", "--quiet", "-b", "topic", "1.0.0")
        note(2, "fixes: [b]\n")
        with pytest.raises(subprocess.CalledProcessError):
            repository.run("rebase", "main")
        assert scan() == {"1.0.0-1": [self.two], "1.0.0": [self.one]}

    def test_a_detached_head(self, repository: Any, scan: Callable[..., Notes]) -> None:
        repository.run("checkout", "--quiet", "--detach", "1.0.0")
        assert scan() == {"1.0.0": [self.one]}

    def test_a_bare_repository(self, repository: Any, scan: Callable[..., Notes], tmp_path: Path) -> None:
        repository.run("clone", "--quiet", "--bare", str(repository.root), str(tmp_path / "bare"))
        assert scan(tmp_path / "bare") == {"1.0.0-1": [self.two], "1.0.0": [self.one]}

    def test_two_notes_of_one_identity(
        self, repository: Any, note: Callable[..., str], scan: Callable[..., Notes]
    ) -> None:
        note(3, commit=False)
        note(3, slug="other")
        assert "adds several notes with the same identity 0000000000000003" in complaint(scan)

    def test_an_expression_without_its_group(self, repository: Any, scan: Callable[..., Notes]) -> None:
        repository.run("tag", "2.0.0.0rc1")
        assert "no group named 'pre_release'" in complaint(scan, pre_release_tag_re=r"\.\d+rc\d+$")

    @pytest.mark.skipif(sys.platform == "win32", reason="owners are another matter there")
    def test_a_repository_of_somebody_else(self, scan: Callable[..., Notes], monkeypatch: pytest.MonkeyPatch) -> None:
        # as git's own tests do it
        monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
        message = complaint(scan)
        assert message.startswith("fatal: detected dubious ownership in repository at")
        assert "git config --global --add safe.directory" in message

    def test_a_damaged_repository(self, repository: Any, scan: Callable[..., Notes]) -> None:
        name = repository.run("rev-parse", "1.0.0")
        (repository.root / ".git/objects" / name[:2] / name[2:]).unlink()
        assert complaint(scan)

    @pytest.mark.parametrize(
        "setting",
        [
            "log.showSignature=true",
            "diff.renames=copies",
            "color.ui=always",
            "core.quotePath=true",
            "core.fsmonitor=/bin/false",
            "diff.relative=true",
            "log.showRoot=false",
            "diff.noprefix=true",
            "core.commitGraph=false",
        ],
    )
    def test_what_the_user_has_set(self, repository: Any, scan: Callable[..., Notes], setting: str) -> None:
        repository.run("config", *setting.split("="))
        assert scan() == {"1.0.0-1": [self.two], "1.0.0": [self.one]}

    def test_a_commit_that_was_replaced(self, repository: Any, scan: Callable[..., Notes]) -> None:
        repository.run("replace", "HEAD", "HEAD~1")
        assert scan() == {"1.0.0-1": [self.two], "1.0.0": [self.one]}

    def test_with_a_commit_graph(self, repository: Any, scan: Callable[..., Notes]) -> None:
        repository.run("commit-graph", "write", "--reachable", "--changed-paths")
        assert scan() == {"1.0.0-1": [self.two], "1.0.0": [self.one]}

    def test_nothing_is_written_to_the_repository(self, repository: Any, scan: Callable[..., Notes]) -> None:
        def state() -> dict[Path, int]:
            return {file: file.stat().st_mtime_ns for file in (repository.root / ".git").rglob("*")}

        os.utime(repository.root / self.one)
        before = state()
        scan()
        assert state() == before


def test_no_commit(repository: Any, scan: Callable[..., Notes]) -> None:
    assert complaint(scan) == "there is no commit yet"


def test_what_is_imported() -> None:
    code = "import sys, sphinxext.digest.release.scanner; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"reno", "dulwich", "yaml"} & set(modules)


def test_git_errors_are_history_errors() -> None:
    assert issubclass(GitError, HistoryError)
    assert issubclass(HistoryError, ValueError)
