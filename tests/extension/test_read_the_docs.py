"""Builds as Read the Docs makes them: out of a shallow clone of one branch, with its environment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from conftest import Repository

from .building import Project
from .outputs import parse_page
from .release_histories import Notes, stable_branch

ADDRESS = "https://harbour.readthedocs.io/en/latest/"
CONF = """
import os
html_baseurl = os.environ.get("READTHEDOCS_CANONICAL_URL", "/")
html_theme = "sphinx_rtd_theme"
"""


@pytest.fixture
def clone(site: Project, notes: Notes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """A clone without history, made where the variables of Read the Docs are set."""
    pytest.importorskip("sphinx_rtd_theme")
    site.write("conf.py", (site.folder / "conf.py").read_text() + CONF)
    site.write("releasenotes/digests/wins-0000000000000001.yaml", "date: 2015-12-01\nsuccesses: [won]\n")
    stable_branch(notes)
    site.write("README", "The last commit has no notes.\n")
    notes.commit_all()
    for name, value in {
        "READTHEDOCS": "True",
        "READTHEDOCS_CANONICAL_URL": ADDRESS,
        "READTHEDOCS_LANGUAGE": "en",
        "READTHEDOCS_OUTPUT": str(tmp_path / "clone" / "_readthedocs"),
        "READTHEDOCS_PROJECT": "harbour",
        "READTHEDOCS_VERSION": "latest",
        "READTHEDOCS_VERSION_TYPE": "branch",
    }.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{notes.root}", folder], check=True)
    return Repository(folder)


@pytest.mark.parametrize("parallel", [1, 2])
def test_a_shallow_clone_is_one_warning(clone: Repository, parallel: int) -> None:
    site = Project(clone.root)
    # "alpha" has a branch that is not there, and these ask for versions that are not known
    for number in range(8):
        site.write(f"page{number}.rst", ":orphan:\n\nPage\n====\n\n.. release-notes::\n   :version: 1.0.0\n")
    warnings = site.build(parallel=parallel).warnings
    assert warnings == [
        "<src>/releasenotes/notes:1: WARNING: this clone is shallow, so that the versions of release notes are not "
        "known before it begins; fetch the whole history of all branches (git fetch --unshallow --tags origin "
        "'+refs/heads/*:refs/remotes/origin/*', in GitHub's checkout action fetch-depth: 0) or commit a cache of the "
        "notes [digest.shallow]"
    ]
    # as long as it is so
    assert site.build(parallel=parallel).warnings == warnings


def test_the_command_of_the_warning_helps(clone: Repository) -> None:
    site = Project(clone.root)
    (warning,) = site.build().warnings
    _, _, rest = warning.partition("(git ")
    clone.run(*rest.partition(",")[0].replace("'", "").split())
    build = site.build()
    assert build.warnings == []
    assert "On the branch." in build.text("alpha.html")
    assert "1.0.1" in build.text("alpha.html")


def test_a_wrong_branch_is_told_when_the_history_is_there(clone: Repository) -> None:
    site = Project(clone.root)
    site.write("alpha.rst", "Alpha\n=====\n\n.. release-notes::\n   :branch: stable/gone\n")
    site.build()
    clone.run("fetch", "--quiet", "--unshallow", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
    (warning,) = site.build().warnings
    assert warning.startswith("<src>/alpha.rst:4: WARNING: releasenotes/notes: Unknown reference 'stable/gone'")


def test_the_site(clone: Repository) -> None:
    clone.run("fetch", "--quiet", "--unshallow", "--tags", "origin", "+refs/heads/*:refs/remotes/origin/*")
    site = Project(clone.root)
    build = site.build(fail_on_warning=True)
    assert build.warnings == []
    page = parse_page(build.outdir / "digests" / "2015-12-04.html")
    assert page.xpath("//link[@rel='canonical']/@href") == [f"{ADDRESS}digests/2015-12-04.html"]
    assert "won" in page.text_content()
