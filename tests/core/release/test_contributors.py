"""The people who wrote a version, from the commits of real repositories."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest

from sphinxext.digest.release.git import GitError
from sphinxext.digest.release.load import History
from sphinxext.digest.release.scanner import Scanner

People = dict[str, list[tuple[str, bool]]]
ADA, GRACE, JOAN = "Ada <ada@example.org>", "Grace <grace@example.org>", "Joan <joan@example.org>"


class Authors:
    """Commits of several people, each with a note of its own, so that every version has one."""

    def __init__(self, repository: Any) -> None:
        self.repository = repository
        self._numbers = count(1)

    def write(self, author: str, tag: str = "", trailers: str = "", *, note: bool = True) -> None:
        """Commit as somebody, and tag it."""
        number = next(self._numbers)
        folder = self.repository.root / "releasenotes" / "notes"
        folder.mkdir(parents=True, exist_ok=True)
        if note:
            (folder / f"n-{number:016x}.yaml").write_text("fixes: [a]\n", encoding="utf-8")
        name, _, address = author.rstrip(">").rpartition(" <")
        self.repository.run("add", "--all")
        date = f"2020-01-{number:02}T12:00:00Z"
        arguments = ("commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "--message", f"Change\n\n{trailers}")
        self.repository.run(*arguments, date=date, GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=address)
        if tag:
            self.repository.run("tag", "--annotate", "--message", tag, tag, date=date)


@pytest.fixture
def authors(repository: Any) -> Authors:
    return Authors(repository)


@pytest.fixture
def people(repository: Any, make_conf: Callable[..., Any]) -> Callable[..., People]:
    """The contributors of each version: their names, and whether they are new."""

    def read(**options: object) -> People:
        sections = {"prelude_section_name": "prelude", "sections": [], "unreleased_version_title": ""}
        conf = make_conf(repository.root, relnotesdir="releasenotes", **(sections | options))
        with Scanner(conf) as scanner:
            releases = History(conf, scanner).releases([], contributors=True)
        return {release.version: [(one.name, one.is_first) for one in release.contributors] for release in releases}

    return read


def test_each_version_has_its_own(authors: Authors, people: Callable[..., People]) -> None:
    authors.write(GRACE)
    authors.write(ADA, "1.0.0")
    authors.write(JOAN, note=False)
    authors.write(ADA, "2.0.0")
    authors.write(GRACE)
    assert people() == {
        "2.0.0-1": [("Grace", False)],
        "2.0.0": [("Ada", False), ("Joan", True)],
        "1.0.0": [("Ada", True), ("Grace", True)],
    }


def test_nobody_is_named_unless_asked(authors: Authors, repository: Any, make_conf: Callable[..., Any]) -> None:
    authors.write(ADA, "1.0.0")
    conf = make_conf(repository.root, prelude_section_name="prelude", sections=[], unreleased_version_title="")
    with Scanner(conf) as scanner:
        (release,) = History(conf, scanner).releases([])
    assert release.contributors == ()


def test_a_mailmap_names_authors_and_co_authors(
    authors: Authors, repository: Any, people: Callable[..., People]
) -> None:
    (repository.root / ".mailmap").write_text(
        "Ada Lovelace <ada@example.org>\nGrace Hopper <grace@example.org> <old@example.com>\n", encoding="utf-8"
    )
    authors.write(ADA, "1.0.0", "Co-authored-by: gh <old@example.com>\nCo-Authored-By: Joan <joan@example.org>")
    authors.write("gracie <old@example.com>", "2.0.0")
    assert people() == {
        "2.0.0": [("Grace Hopper", False)],
        "1.0.0": [("Ada Lovelace", True), ("Grace Hopper", True), ("Joan", True)],
    }


def test_somebody_is_known_by_the_name_or_the_address(authors: Authors, people: Callable[..., People]) -> None:
    authors.write(ADA, "1.0.0")
    authors.write("ada <new@example.org>", "2.0.0")
    authors.write("A. Lovelace <NEW@example.org>", "3.0.0")
    assert people() == {"3.0.0": [("A. Lovelace", False)], "2.0.0": [("ada", False)], "1.0.0": [("Ada", True)]}


def test_pre_releases_count_for_the_final_release(authors: Authors, people: Callable[..., People]) -> None:
    authors.write(JOAN, "1.0.0")
    authors.write(ADA, "2.0.0.0b1")
    authors.write(GRACE, "2.0.0.0rc1")
    authors.write(ADA, "2.0.0")
    assert people()["2.0.0"] == [("Ada", True), ("Grace", True)]
    apart = people(collapse_pre_releases=False)
    assert apart["2.0.0.0rc1"] == [("Grace", True)]
    assert apart["2.0.0"] == [("Ada", False)]


def test_bots_and_merges_are_left_out(authors: Authors, repository: Any, people: Callable[..., People]) -> None:
    authors.write(ADA)
    for bot in ("dependabot[bot] <1+dependabot[bot]@users.noreply.example.org>", "OpenStack Proposal Bot <bot@a.org>"):
        authors.write(bot)
    authors.write("Zuul <zuul@example.org>", trailers="Co-authored-by: pre-commit-ci <ci@example.org>")
    authors.write("Nobody Robotham <robotham@example.org>")
    repository.run("checkout", "--quiet", "-b", "side", "HEAD~1")
    authors.write(GRACE)
    repository.run("checkout", "--quiet", "main")
    repository.run("config", "user.name", "Merger")
    repository.merge("side", "2020-02-01T12:00:00Z")
    repository.run("tag", "--annotate", "--message", "1", "1.0.0", date="2020-02-02T12:00:00Z")
    assert people() == {"1.0.0": [("Ada", True), ("Grace", True), ("Nobody Robotham", True)]}


def test_a_branch_has_those_who_wrote_on_it(authors: Authors, repository: Any, people: Callable[..., People]) -> None:
    authors.write(ADA, "1.0.0")
    repository.run("branch", "stable/one")
    authors.write(GRACE, "2.0.0")
    repository.run("checkout", "--quiet", "stable/one")
    authors.write(JOAN, "1.0.1")
    repository.run("checkout", "--quiet", "main")
    assert people(branch="stable/one") == {"1.0.1": [("Joan", True)], "1.0.0": [("Ada", True)]}
    assert "Joan" not in str(people())


def test_nobody_is_new_in_a_shallow_clone(
    authors: Authors, repository: Any, make_conf: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    authors.write(ADA, "1.0.0")
    authors.write(GRACE)
    authors.write(ADA, "2.0.0")
    clone = tmp_path_factory.mktemp("clones") / "shallow"
    repository.run("clone", "--quiet", "--depth=1", f"file://{repository.root}", str(clone))
    options = {"prelude_section_name": "prelude", "sections": [], "unreleased_version_title": ""}
    conf = make_conf(clone, relnotesdir="releasenotes", **options)
    with Scanner(conf) as scanner:
        (release,) = History(conf, scanner).releases([], contributors=True)
    assert [(one.name, one.is_first) for one in release.contributors] == [("Ada", False)]


@pytest.mark.parametrize(
    "trailers",
    [
        "Co-authored-by: no address",
        "Co-authored-by: <only@example.org>",
        "Co-authored-by: a <b> c <d@example.org>",
        "Co-authored-by: " + "<" * 10_000,
        "Co-authored-by: " + "x" * 100_000 + " <x@example.org>",
        "Co-authored-by:\x01\x01 <\x01>",
    ],
)
def test_malformed_trailers_name_nobody(authors: Authors, people: Callable[..., People], trailers: str) -> None:
    authors.write(ADA, "1.0.0", trailers)
    assert people() == {"1.0.0": [("Ada", True)]}


def test_names_are_one_visible_line(authors: Authors, people: Callable[..., People]) -> None:
    authors.write("A\x1b[31mda\u202e <ada@example.org>", "1.0.0", "Co-authored-by: Gr\x07ace\n  H <g@example.org>")
    assert [name for name, _ in people()["1.0.0"]] == ["Ada", "Grace H"]


@pytest.mark.skipif(os.name != "posix", reason="the system has no named pipes")
def test_git_never_waits_for_a_mailmap(authors: Authors, repository: Any, people: Callable[..., People]) -> None:
    authors.write(ADA, "1.0.0")
    os.mkfifo(repository.root / ".mailmap")
    with pytest.raises(GitError, match=r"\.mailmap is not a regular file"):
        people()


def test_settings_name_no_other_mailmap(
    authors: Authors, repository: Any, people: Callable[..., People], tmp_path: Any
) -> None:
    (tmp_path / "elsewhere").write_text("Somebody Else <ada@example.org>\n", encoding="utf-8")
    repository.run("config", "mailmap.file", str(tmp_path / "elsewhere"))
    authors.write(ADA, "1.0.0")
    assert people() == {"1.0.0": [("Ada", True)]}
