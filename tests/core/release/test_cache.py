"""What is kept of scans: that it helps, that it is never wrong, and that nothing depends on it."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.release import git as git_module
from sphinxext.digest.release.cache import VARIABLE, Cache, cache_folder, key_of
from sphinxext.digest.release.first_merge import first_merges
from sphinxext.digest.release.scanner import Scanner


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The git commands that were run."""
    names: list[str] = []
    start = git_module.Process.__init__

    def counted(self: Any, root: Path, *arguments: str, **options: Any) -> None:
        names.append(arguments[0])
        start(self, root, *arguments, **options)

    monkeypatch.setattr(git_module.Process, "__init__", counted)
    return names


def scanned(conf: Any) -> list[tuple[str, Any]]:
    with Scanner(conf) as scanner:
        return list(scanner.get_notes_by_version().items())


def kept() -> list[Path]:
    folder = cache_folder()
    assert folder is not None
    return sorted(file for file in folder.rglob("*") if file.is_file())


@pytest.fixture
def conf(repository: Any, note: Callable[..., str], make_conf: Callable[..., Any]) -> Any:
    note(1)
    repository.run("tag", "1.0.0")
    note(2)
    return make_conf(repository.root)


def test_a_second_scan_reads_no_history(conf: Any, commands: list[str]) -> None:
    first = scanned(conf)
    assert {"rev-list", "diff-tree"} <= set(commands)
    commands.clear()
    assert scanned(conf) == first
    assert sorted(commands) == ["config", "diff-files", "diff-index", "rev-parse", "show-ref"]


def test_a_new_commit_is_all_that_is_read(
    conf: Any, commands: list[str], note: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(conf)
    three = note(3)
    asked: list[bytes] = []
    start = git_module.Process.__init__

    def listening(self: Any, root: Path, *arguments: str, send: bytes | None = b"", **options: Any) -> None:
        if arguments[0] == "diff-tree":
            asked.extend((send or b"").splitlines())
        start(self, root, *arguments, send=send, **options)

    monkeypatch.setattr(git_module.Process, "__init__", listening)
    assert dict(scanned(conf))["1.0.0-2"][-1][0] == three
    assert len(asked) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda repository, note, conf: repository.run("tag", "2.0.0"),
        lambda repository, note, conf: repository.run("tag", "--delete", "1.0.0"),
        lambda repository, note, conf: note(3),
        lambda repository, note, conf: note(2, "fixes: [b]\n", commit=False),
        lambda repository, note, conf: (repository.root / note(2, commit=False)).unlink(),
        lambda repository, note, conf: repository.run("reset", "--quiet", "--hard", "HEAD~1"),
        lambda repository, note, conf: setattr(conf, "ignore_notes", ["0000000000000002"]),
        lambda repository, note, conf: setattr(conf, "earliest_version", "1.0.0"),
        lambda repository, note, conf: setattr(conf, "release_tag_re", "x"),
    ],
)
def test_what_changed_is_seen(
    conf: Any,
    repository: Any,
    note: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[..., object],
) -> None:
    before = scanned(conf)
    change(repository, note, conf)
    after = scanned(conf)
    monkeypatch.setenv(VARIABLE, "")
    assert after == scanned(conf)
    assert (after != before) or conf.earliest_version


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1] + b"?",
        lambda content: b"\0" * len(content),
        lambda content: content.replace(b"1 ", b"0 ", 1),
        lambda content: content + b"1 G 5 00000000\nxxxxx",
        lambda content: content + content[:20],
    ],
)
def test_what_is_damaged_is_made_again(
    conf: Any, note: Callable[..., str], damage: Callable[[bytes], bytes], commands: list[str]
) -> None:
    first = scanned(conf)
    for file in kept():
        file.write_bytes(damage(file.read_bytes()))
    assert scanned(conf) == first
    note(3)
    second = scanned(conf)
    assert len(second) == 2
    commands.clear()
    assert scanned(conf) == second
    assert "rev-list" not in commands


def test_a_folder_that_cannot_be_written(conf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    first = scanned(conf)
    monkeypatch.setenv(VARIABLE, str(tmp_path / "file" / "cache"))
    assert scanned(conf) == first


def test_a_cache_that_is_a_folder_of_folders(conf: Any) -> None:
    first = scanned(conf)
    for file in kept():
        file.unlink()
        file.mkdir()
    assert scanned(conf) == first


def test_no_cache(conf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "")
    assert cache_folder() is None
    scanned(conf)


def test_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "sphinxext-digest"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert cache_folder() == tmp_path / ".cache" / "sphinxext-digest"


def test_history_that_was_thrown_away(conf: Any, repository: Any, note: Callable[..., str]) -> None:
    scanned(conf)
    repository.run("reset", "--quiet", "--hard", "HEAD~1")
    repository.run("reflog", "expire", "--expire=now", "--all")
    repository.run("gc", "--quiet", "--prune=now")
    three = note(3)
    assert [file for file, _ in dict(scanned(conf))["1.0.0-1"]] == [three]


def test_results_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sphinxext.digest.release.cache._MOST_RESULTS", 4)
    cache = Cache("name")
    for number in range(7):
        cache.keep_result(key_of(number), number)
    assert cache.result(key_of(6)) == 6
    assert len(kept()) <= 4


def _scan_as_others_do(conf: Any) -> Any:
    return scanned(conf)


def test_several_at_once(
    conf: Any, note: Callable[..., str], repository: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3, 12):
        note(number)
        with ProcessPoolExecutor(4) as pool:
            found = list(pool.map(_scan_as_others_do, [conf] * 4))
        assert all(other == found[0] for other in found)
    monkeypatch.setenv(VARIABLE, "")
    assert scanned(conf) == found[0]


class TestShallowClone:
    """Versions before the cut are not known, and nothing of it is kept for later."""

    @pytest.fixture
    def clone(self, conf: Any, repository: Any, note: Callable[..., str], make_conf: Any, tmp_path: Path) -> Any:
        note(3)
        repository.run("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(tmp_path / "clone"))
        return make_conf(tmp_path / "clone")

    def test_it_is_said(self, clone: Any) -> None:
        for _ in range(2):
            with Scanner(clone) as scanner:
                scanner.get_notes_by_version()
                (problem,) = scanner.problems
        assert "git fetch --unshallow" in problem
        assert "fetch-depth: 0" in problem

    def test_the_whole_history_is_seen_when_it_is_there(self, conf: Any, clone: Any, make_repository: Any) -> None:
        scanned(clone)
        make_repository(Path(clone.reporoot)).run("fetch", "--quiet", "--unshallow", "--tags")
        assert scanned(clone) == scanned(conf)
        with Scanner(clone) as scanner:
            scanner.get_notes_by_version()
            assert scanner.problems == []

    def test_what_is_deep_enough_is_not_complained_of(
        self, conf: Any, repository: Any, note: Callable[..., str], make_conf: Any, tmp_path: Path
    ) -> None:
        repository.run("branch", "stable/a", "HEAD~1")
        for number in range(3, 7):
            note(number)
        repository.run(
            "clone", "--quiet", "--depth=6", "--no-single-branch", f"file://{repository.root}", str(tmp_path / "c")
        )
        deep = make_conf(tmp_path / "c")
        with Scanner(deep) as scanner:
            assert list(scanner.get_notes_by_version().items()) == scanned(conf)


class TestFirstMerges:
    """The days of fragments are kept too."""

    FOLDER = "releasenotes/notes"

    def days(self, repository: Any) -> dict[str, str]:
        return {identity[-1]: str(day) for identity, day in first_merges(repository.root, self.FOLDER).days.items()}

    def test_only_new_commits_are_read(self, conf: Any, repository: Any, note: Any, commands: list[str]) -> None:
        assert self.days(repository) == {"1": "2020-01-01", "2": "2020-01-02"}
        commands.clear()
        assert self.days(repository) == {"1": "2020-01-01", "2": "2020-01-02"}
        assert "log" not in commands
        note(3)
        (repository.root / note(1, commit=False)).unlink()
        repository.commit("2020-01-20T00:00:00Z")
        note(1, slug="again")
        assert self.days(repository) == {"1": "2020-01-01", "2": "2020-01-02", "3": "2020-01-03"}

    def test_a_history_that_was_rewritten(self, conf: Any, repository: Any, note: Any) -> None:
        self.days(repository)
        repository.run("reset", "--quiet", "--hard", "HEAD~1")
        assert self.days(repository) == {"1": "2020-01-01"}

    def test_the_other_side_of_a_merge(self, conf: Any, repository: Any, note: Any) -> None:
        self.days(repository)
        repository.run("checkout", "--quiet", "-b", "topic", "1.0.0")
        note(4)
        repository.merge("main", "2020-02-01T00:00:00Z")
        # here main was merged into the topic
        assert self.days(repository) == {"1": "2020-01-01", "4": "2020-01-04", "2": "2020-02-01"}

    def test_folders_are_told_apart(self, conf: Any, repository: Any, note: Any) -> None:
        other = repository.root / "other"
        other.mkdir()
        (other / f"x-{5:016x}.yaml").write_text("")
        repository.commit("2020-01-05T00:00:00Z")
        self.days(repository)
        assert list(first_merges(repository.root, "other").days) == [f"{5:016x}"]


def test_names_are_not_to_be_confused() -> None:
    assert key_of("a", ["b"]) != key_of(["a", "b"])
    assert os.sep not in key_of("../..")
