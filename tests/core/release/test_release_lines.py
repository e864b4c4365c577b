"""Versions by release line: a pre-release that was tagged before the branch of an earlier version counts as that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sphinxext.digest.release.changes import unique_id
from sphinxext.digest.release.scanner import Scanner

#: Pre-releases such as 2.22.0-rc0.
OPTIONS: dict[str, Any] = {
    "pre_release_tag_re": r"(?P<pre_release>-rc\d+)$",
    "stop_at_branch_base": False,
    "release_lines": True,
}
Lines = Callable[..., dict[str, list[int]]]


@pytest.fixture
def lines(repository: Any, make_conf: Callable[..., Any]) -> Lines:
    """The numbers of the notes of each version."""

    def scan(branch: str | None = None, **options: Any) -> dict[str, list[int]]:
        with Scanner(make_conf(repository.root, **OPTIONS | options)) as scanner:
            found = scanner.get_notes_by_version(branch)
        return {version: sorted(int(unique_id(path)) for path, _ in files) for version, files in found.items()}

    return scan


@pytest.fixture
def history(repository: Any, note: Callable[..., str]) -> Any:
    """Two versions that were made on branches, each after the first pre-release of the next was tagged."""
    note(1)
    repository.run("tag", "2.21.0-rc0")
    repository.run("checkout", "--quiet", "-b", "v2.20.x")
    note(2)
    repository.run("tag", "2.20.0")
    repository.run("checkout", "--quiet", "main")
    note(3)
    repository.run("tag", "2.22.0-rc0")
    repository.run("checkout", "--quiet", "-b", "v2.21.x")
    note(4)
    repository.run("tag", "2.21.0-rc1")
    note(5)
    repository.run("tag", "2.21.0")
    repository.run("checkout", "--quiet", "main")
    note(6)
    return repository


def test_without_the_option_it_is_as_in_reno(history: Any, lines: Lines) -> None:
    assert lines("v2.21.x", release_lines=False) == {"2.21.0": [1, 4, 5], "2.22.0-rc0": [3]}


def test_a_branch_has_what_was_merged_before_it(history: Any, lines: Lines) -> None:
    assert lines("v2.21.x") == {"2.21.0": [3, 4, 5], "2.20.0": [1]}
    assert lines("v2.20.x") == {"2.20.0": [1, 2]}


def test_the_main_branch_has_the_versions_that_were_made_from_it(history: Any, lines: Lines) -> None:
    assert lines() == {"2.21.0-1": [6], "2.21.0": [3], "2.20.0": [1]}


def test_pre_releases_apart(history: Any, lines: Lines) -> None:
    found = lines("v2.21.x", collapse_pre_releases=False)
    assert found == {"2.21.0": [5], "2.21.0-rc1": [3, 4], "2.20.0": [1]}


@pytest.mark.parametrize(("branch", "expected"), [("v2.21.x", [3, 4, 5]), (None, [3])])
def test_it_can_stop_at_a_version(history: Any, lines: Lines, branch: str | None, expected: list[int]) -> None:
    assert lines(branch, earliest_version="2.21.0")["2.21.0"] == expected
    assert "2.20.0" not in lines(branch, earliest_version="2.21.0")


def test_it_can_stop_at_the_base_of_a_branch(history: Any, lines: Lines) -> None:
    options = {"stop_at_branch_base": True, "branch_name_re": r"v2\.\d+\.x", "branch_sort_re": r"v2\.(\d+)\.x"}
    assert lines("v2.21.x", **options) == {"2.21.0": [3, 4, 5]}


def test_versions_have_no_duplicates(history: Any, make_conf: Callable[..., Any]) -> None:
    with Scanner(make_conf(history.root, **OPTIONS)) as scanner:
        assert scanner.get_versions_on_branch("v2.21.x") == ["2.21.0", "2.21.0-rc1", "2.20.0"]
        assert scanner.get_versions_on_branch() == ["2.21.0", "2.20.0"]


def test_until_the_earlier_version_is_tagged_the_tag_stays(
    repository: Any, note: Callable[..., str], lines: Lines
) -> None:
    note(1)
    repository.run("tag", "2.21.0")
    note(2)
    repository.run("tag", "2.23.0-rc0")
    note(3)
    assert lines() == {"2.23.0-rc0-1": [3], "2.23.0-rc0": [2], "2.21.0": [1]}


def test_a_project_that_numbers_anew_keeps_its_versions(
    repository: Any, note: Callable[..., str], lines: Lines
) -> None:
    for number, version in enumerate(("2015.1.0-rc1", "2015.1.0", "12.0.0-rc1", "12.0.0"), 1):
        note(number)
        date = f"2015-0{number}-01T00:00:00Z"
        repository.run("tag", "--annotate", "--message", version, version, date=date)
    assert lines() == {"12.0.0": [3, 4], "2015.1.0": [1, 2]}


def test_results_are_cached_apart(history: Any, lines: Lines, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPHINXEXT_DIGEST_CACHE", str(tmp_path / "cache"))
    off, on = lines("v2.21.x", release_lines=False), lines("v2.21.x")
    assert off != on
    assert (lines("v2.21.x", release_lines=False), lines("v2.21.x")) == (off, on)
