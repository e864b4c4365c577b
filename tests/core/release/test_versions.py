"""Which versions a branch has, where series begin, and where a scan may stop."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from reno_scanner import RenoScanner

from sphinxext.digest.release.git import HistoryError
from sphinxext.digest.release.scanner import Scanner
from sphinxext.digest.release.versions import BranchVersions, version_key

ORDERED = (
    *("0.9", "1.0.0.0a1", "1.0.0.0b1", "1.0.0.0b2", "1.0.0.0rc1", "1.0.0.0rc2", "1.0.0.0rc10", "1.0.0", "1.0.0.post1"),
    *("1.0.1", "v1.2", "1.9.0", "1.10.0rc1", "v1.10.0", "1.10.1", "2.0", "10.0", f"1{'0' * 5000}"),
)


def test_versions_in_order() -> None:
    mixed = random.Random(0).sample(ORDERED, len(ORDERED))
    assert sorted(mixed, key=version_key) == list(ORDERED)


def test_a_prefix_and_zeros_make_no_difference() -> None:
    assert version_key("v1.02") == version_key("1.2") == version_key("V1.2")
    assert version_key("1.0") == version_key("1") == version_key("1.0.0") != version_key("1.0.1")


@pytest.fixture
def versions(repository: Any, note: Callable[..., str], make_conf: Callable[..., Any]) -> Callable[..., list[str]]:
    """The versions of a scan, after tags were put on the only commit with a note."""

    def scan(*tags: str, **options: Any) -> list[str]:
        note(1)
        for tag in tags:
            repository.run("tag", tag)
        with Scanner(make_conf(repository.root, **options)) as scanner:
            return list(scanner.get_notes_by_version())

    return scan


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (("1.9.0", "1.10.0"), "1.10.0"),
        (("1.10.0", "1.9.0"), "1.10.0"),
        (("v1.9.0", "v1.10.0"), "v1.10.0"),
        (("v1.9.0", "1.10.0"), "1.10.0"),
        (("1.9.0", "v1.10.0"), "v1.10.0"),
        (("1.8.0", "1.10.0", "1.9.0", "1.11.0"), "1.11.0"),
        (("2.0.0", "2.0.0.0rc1"), "2.0.0"),
        (("1.0.0", "2.0.0.0rc1"), "1.0.0"),
        (("2.0.0.0rc9", "2.0.0.0rc10"), "2.0.0.0rc10"),
        (("2.0.0.0b2", "2.0.0.0rc1"), "2.0.0.0rc1"),
        (("2.0.0", "2.0.0rc1"), "2.0.0"),
        (("1.0", "1.0.0"), "1.0.0"),
        (("1.10.0", "9.9"), "9.9"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(value),
)
def test_of_tags_with_the_same_date_the_highest_counts(
    versions: Callable[..., list[str]], tags: tuple[str, ...], expected: str
) -> None:
    assert versions(*tags, collapse_pre_releases=False) == [expected]


def test_of_tags_that_were_made_in_the_same_second(repository: Any, versions: Callable[..., list[str]]) -> None:
    repository.commit("2020-01-01T00:00:00Z")
    assert versions() == ["0.0.0"]
    for tag in ("1.10.0", "1.9.0"):
        repository.run("tag", "--annotate", "--message", "x", tag, date="2020-03-01T00:00:00Z")
    assert versions() == ["1.10.0"]


def test_the_later_date_counts_first_as_in_reno(repository: Any, versions: Callable[..., list[str]]) -> None:
    assert versions("1.10.0") == ["1.10.0"]
    repository.run("tag", "--annotate", "--message", "x", "1.9.0", date="2020-03-01T00:00:00Z")
    assert versions() == ["1.9.0"]
    repository.run("tag", "--annotate", "--message", "x", "1.11.0", date="2020-02-01T00:00:00Z")
    assert versions() == ["1.9.0"]


def test_the_distance_counts_from_the_highest(
    repository: Any, note: Callable[..., str], versions: Callable[..., list[str]]
) -> None:
    versions("1.9.0", "1.10.0")
    note(2)
    assert versions() == ["1.10.0-2", "1.10.0"]


def test_a_tag_that_is_not_a_version(
    repository: Any, note: Callable[..., str], versions: Callable[..., list[str]]
) -> None:
    assert versions("nightly", "release-1") == ["0.0.0"]
    assert versions("1.0.0") == ["1.0.0"]
    note(2)
    repository.run("tag", "weekly")
    assert versions() == ["1.0.0-2", "1.0.0"]


def test_versions_that_are_on_a_branch(
    repository: Any, note: Callable[..., str], make_conf: Callable[..., Any]
) -> None:
    note(1)
    repository.run("tag", "1.0.0")
    repository.run("branch", "stable/a")
    note(2)
    for tag in ("2.0.0", "nightly"):
        repository.run("tag", tag)
    with RenoScanner(make_conf(repository.root)) as scanner:
        expected = {"main": ["1.0.0", "2.0.0"], "stable/a": ["1.0.0"]}
        for branch, there in expected.items():
            asked = ("1.0.0", "2.0.0", "3.0.0", "nightly")
            assert [version for version in asked if version in scanner._get_tags_on_branch(branch)] == there


def test_current_version(repository: Any, note: Callable[..., str], make_conf: Callable[..., Any]) -> None:
    found = []
    for number, tags in enumerate([("1.9.0", "1.8.0", "1.10.0"), (), ("2.0.0.0rc2", "2.0.0.0rc1")], 1):
        note(number)
        for tag in tags:
            repository.run("tag", tag)
        with RenoScanner(make_conf(repository.root)) as scanner:
            found.append(scanner._get_current_version())
    assert found == ["1.10.0", "1.10.0-1", "2.0.0.0rc2"]


class TestBranchVersions:
    """A list that is read no further than somebody asks."""

    @pytest.fixture
    def read(self) -> list[str]:
        return []

    @pytest.fixture
    def versions(self, read: list[str]) -> BranchVersions:
        names = ("3", "2", "1")
        return BranchVersions((read.append(name) or name for name in names), lambda name: name in names)

    def test_no_more_is_read_than_is_asked(self, versions: BranchVersions, read: list[str]) -> None:
        assert "1" in versions and "4" not in versions and 3 not in versions
        assert read == []
        assert versions[0] == "3"
        assert read == ["3"]
        assert versions.index("2") == 1
        assert read == ["3", "2"]

    def test_the_last_ones(self, versions: BranchVersions) -> None:
        assert versions[-1] == "1"
        assert versions[-3] == "3"
        assert versions[2] == "1"

    def test_what_is_not_there(self, versions: BranchVersions) -> None:
        with pytest.raises(IndexError):
            _ = versions[3]
        with pytest.raises(ValueError, match="4"):
            versions.index("4")
        with pytest.raises(IndexError):
            _ = BranchVersions(iter(()), lambda name: False)[-1]

    def test_all(self, versions: BranchVersions) -> None:
        assert list(versions) == ["3", "2", "1"]
        assert list(versions) == ["3", "2", "1"]

    def test_a_version_that_only_the_list_has(self) -> None:
        versions = BranchVersions(iter(["1"]), lambda name: False)
        assert "1" not in versions
        assert versions[0] == "1"
        assert "1" in versions


class TestSeries:
    @pytest.fixture
    def scanner(self, repository: Any, note: Callable[..., str], make_conf: Callable[..., Any]) -> Any:
        note(1)
        for name in ("stable/b", "stable/a", "topic", "unstable/x", "stable/2024.1"):
            repository.run("branch", name)
        for ref in ("refs/remotes/origin/stable/c", "refs/remotes/origin/topic2", "refs/remotes/other/stable/z"):
            repository.run("update-ref", ref, "HEAD")
        for tag in ("old-eol", "older-eom", "1.0.0", "dir-eol/plain", "deep/inner-eol"):
            repository.run("tag", tag)
        with RenoScanner(make_conf(repository.root)) as scanner:
            yield scanner

    def test_series(self, scanner: Any) -> None:
        # of a tag only the last part is searched: "inner-eol", "plain"
        expected = ["stable/a", "stable/b", "stable/c", "stable/inner", "stable/old", "stable/older", "unstable/x"]
        assert scanner.get_series_branches() == [*expected[:6], "stable/2024.1", "unstable/x"]

    def test_a_name_before_that_of_all_refs(self, scanner: Any, repository: Any) -> None:
        repository.run("branch", "a/stable/x")
        assert scanner.get_series_branches()[:2] == ["a/stable/x", "stable/a"]

    def test_earlier(self, scanner: Any) -> None:
        assert scanner._get_earlier_branch("stable/b") == "stable/a"
        assert scanner._get_earlier_branch("origin/stable/b") == "stable/a"
        assert scanner._get_earlier_branch("stable/a") is None
        assert scanner._get_earlier_branch("topic") is None
        names = scanner.get_series_branches()
        assert [scanner._get_earlier_branch(name) for name in names] == [None, *names[:-1]]


class TestStop:
    """The version at which a scan may stop."""

    @pytest.fixture
    def stop(
        self, repository: Any, note: Callable[..., str], make_conf: Callable[..., Any]
    ) -> Iterator[Callable[..., Any]]:
        note(1)

        def ask(
            earliest: str | None, versions: list[str], *, collapse: bool = False, branch: str | None = None
        ) -> Any:
            return scanner._find_scan_stop_point(earliest, versions, collapse, branch)

        with RenoScanner(make_conf(repository.root)) as scanner:
            yield ask

    VERSIONS = ("2.0.0", "2.0.0.0rc2", "2.0.0.0rc1", "1.0.0")

    @pytest.mark.parametrize(
        ("earliest", "collapse", "expected"),
        [
            (None, False, None),
            ("", False, None),
            ("3.0.0", False, None),
            ("2.0.0.0rc2", False, "2.0.0.0rc1"),
            ("2.0.0.0rc1", False, "1.0.0"),
            ("2.0.0.0rc2", True, "1.0.0"),
            ("2.0.0", False, "1.0.0"),
            ("1.0.0", False, None),
        ],
    )
    def test_on_the_main_branch(
        self, stop: Callable[..., Any], earliest: str | None, collapse: bool, expected: str | None
    ) -> None:
        assert stop(earliest, self.VERSIONS, collapse=collapse) == expected
        assert stop(earliest, self.VERSIONS, collapse=collapse, branch="main") == expected

    def test_three_numbers_tell_versions_apart(self, stop: Callable[..., Any]) -> None:
        assert stop("2.0.1", ("2.0.1", "2.0.1.0rc1", "2.0.0", "1.0.0")) == "2.0.0"

    def test_a_pre_release_that_is_the_last(self, stop: Callable[..., Any]) -> None:
        assert stop("2.0.0.0rc1", self.VERSIONS[:3]) is None

    def test_on_the_branch_of_a_series(self, repository: Any, note: Callable[..., str], make_conf: Any) -> None:
        note(1)
        repository.run("tag", "1.0.0")
        repository.run("branch", "stable/a")
        note(2)
        repository.run("tag", "2.0.0")
        repository.run("branch", "stable/b")
        note(3)
        with RenoScanner(make_conf(repository.root)) as scanner:
            versions = scanner._get_tags_on_branch("stable/b")
            assert scanner._find_scan_stop_point("2.0.0", versions, False, "stable/b") == "1.0.0"
            assert scanner._find_scan_stop_point("1.0.0", versions, False, "stable/a") is None
            assert scanner._get_branch_base("stable/b") == "2.0.0"


def test_no_base(repository: Any, note: Callable[..., str], make_conf: Any, tmp_path: Path) -> None:
    note(1)
    repository.run("branch", "stable/a")
    with RenoScanner(make_conf(repository.root)) as scanner:
        assert scanner._get_branch_base("stable/a") is None
        assert scanner._get_current_version() == "0.0.0"


@pytest.mark.parametrize(
    ("branches", "expected"),
    [
        (("trunk", "stable/a"), "trunk"),
        (("main", "stable/a", "another"), "main"),
        (("devel", "master", "stable/a"), "master"),
    ],
)
def test_the_default_branch_is_where_the_remote_points(
    repository: Any,
    make_repository: Any,
    note: Callable[..., str],
    make_conf: Callable[..., Any],
    tmp_path: Path,
    branches: tuple[str, ...],
    expected: str,
) -> None:
    note(1)
    repository.run("tag", "1.0.0")
    for branch in branches:
        repository.run("branch", branch) if branch != "main" else None
    first = "main" if "main" in branches else branches[0]
    repository.run("checkout", "--quiet", first)
    if first != "main":
        repository.run("branch", "--delete", "--force", "main")
    clone = make_repository(tmp_path / "clone")
    clone.run("remote", "add", "origin", str(tmp_path))
    clone.run("fetch", "--quiet", "--tags", "origin")
    clone.run("remote", "set-head", "origin", first)
    clone.run("checkout", "--quiet", "--detach", f"origin/{first}")
    with Scanner(make_conf(clone.root, default_branch="master")) as scanner:
        assert scanner._versions.default_branch == scanner.main_branch() == expected
        assert list(scanner.get_notes_by_version("stable/a")) == ["1.0.0"]
    with Scanner(make_conf(clone.root, default_branch="elsewhere")) as scanner, pytest.raises(HistoryError):
        scanner.get_notes_by_version("stable/a")
