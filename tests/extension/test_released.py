"""The versions that were released in the period of a digest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sphinx.util.parallel import parallel_available

from sphinxext.digest.cli.group import cli

from .building import Project, empty_project
from .release_histories import Notes

DIGEST = "digests/2015-01-09"


@pytest.fixture
def notes(tmp_path: Path) -> Notes:
    """A repository with versions of two series."""
    notes = Notes(tmp_path / "src")
    notes.commit_note("one-1", "fixes: [one]\n")
    notes.commit_all("1.0.0")
    for _ in range(3):
        notes.commit_all()
    notes.run("branch", "stable/alpha")
    notes.commit_note(
        "two-2", "prelude: >\n  The *second* release, see ``x``. And more.\nfixes: [two, also]\n", "2.0.0"
    )
    notes.run("checkout", "--quiet", "stable/alpha")
    notes.commit_note("three-3", "fixes: [three]\n", "1.0.1")
    notes.run("checkout", "--quiet", "main")
    return notes


@pytest.fixture
def project(notes: Notes) -> Project:
    project = empty_project(notes.root, 'exclude_patterns = ["build"]\nhtml_baseurl = "https://example.org"\n')
    project.write("releasenotes/digest.yaml", "sections: [releases, successes]\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n\n.. release-notes::\n")
    project.fragment("a-1", "date: 2015-01-08\nsuccesses: [won]\n")
    return project


def report(project: Project, form: str) -> str:
    """What the command prints of the digest."""
    result = CliRunner().invoke(cli, ["--project", str(project.folder), "report", "2015-01-09", "--format", form])
    assert result.exit_code == 0, result.output
    return result.output


LINES = [
    "Released This Week",
    "* 2.0.0 (January 6): 2 release notes. The second release, see x.",
    "* 1.0.1 (January 7): 1 release note.",
]


def test_on_pages(project: Project) -> None:
    build = project.build(fail_on_warning=True)
    assert build.warnings == []
    html = build.text(f"{DIGEST}.html")
    assert 'href="../index.html#relnotes-2-0-0"' in html
    # a version that no page has is named all the same
    assert "1.0.1" in html
    assert html.index("Released This Week") < html.index("Successes")


def test_in_mails(project: Project) -> None:
    expected = "\n".join(LINES).replace("2.0.0 (", "2.0.0 [1] (").replace("``", "")
    assert expected in project.build("digest-mail").text(f"{DIGEST}.txt")


@pytest.mark.parametrize(("form", "bullet"), [("text", "*"), ("markdown", "-"), ("rst", "*")])
def test_in_reports(project: Project, form: str, bullet: str) -> None:
    printed = report(project, form).replace("\\", "")
    for line in LINES:
        assert line.replace("* ", f"{bullet} ") in printed


def test_in_json(project: Project) -> None:
    section = json.loads(report(project, "json"))["sections"][0]
    summary = "The second release, see x."
    assert section == {
        "kind": "release",
        "heading": "Released This Week",
        "versions": [
            {"version": "2.0.0", "date": "2015-01-06", "notes": 2, "summary": summary},
            {"version": "1.0.1", "date": "2015-01-07", "notes": 1, "summary": ""},
        ],
    }


def test_off_by_default(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("releasenotes/digest.yaml", "{}\n")
    for module in ("extension.histories", "release.load"):
        monkeypatch.setattr(f"sphinxext.digest.{module}.released_versions", lambda *_: pytest.fail("a scan"))
    assert "Released" not in project.build().text(f"{DIGEST}.html")


def test_a_new_version_is_told(project: Project, notes: Notes) -> None:
    project.fragment("b-2", "date: 2015-01-01\nsuccesses: [before]\n")
    project.age()
    project.build()
    assert project.build().read == []
    notes.commit_note("four-4", "fixes: [four]\n")
    assert project.build().read == ["index"]
    notes.run("tag", "--annotate", "--message", "2.0.1", "2.0.1", date="2015-01-09T00:00:00Z")
    build = project.build()
    assert set(build.read) == {DIGEST, "index"}
    assert "2.0.1" in build.text(f"{DIGEST}.html")
    assert project.build().read == []


@pytest.mark.skipif(not parallel_available, reason="Sphinx reads with one process on this platform")
def test_several_processes(project: Project) -> None:
    assert "2.0.0" in project.build(parallel=2, fail_on_warning=True).text(f"{DIGEST}.html")


def test_without_a_repository(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src", 'digest_sections = ["releases", "successes"]\n')
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("a-1", "date: 2015-01-08\nsuccesses: [won]\n")
    (warning,) = project.build().warnings
    assert "not a git repository" in warning
