"""Release notes on pages: what is wrong, each with one warning that says where and what to do."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from .building import Project, empty_project
from .release_histories import Notes, only_page, simple, stable_branch


def test_no_repository(tmp_path: Path) -> None:
    site = empty_project(tmp_path / "src")
    (tmp_path / "src" / "releasenotes" / "notes").mkdir()
    site.write("index.rst", "Title\n=====\n\n.. release-notes::\n")
    assert [line.split(": ", 2)[1:] for line in site.build().warnings] == [
        [
            "WARNING",
            "releasenotes/notes: fatal: not a git repository (or any of the parent directories): .git "
            "[digest.history]",
        ]
    ]


def test_it_is_said_until_it_is_right(notes: Notes, site: Project) -> None:
    simple(notes)
    options = "   :branch: stable/gamma\n"
    expected = [
        "<src>/index.rst:4: WARNING: releasenotes/notes: Unknown reference 'stable/gamma': there is no branch or "
        "end-of-life tag of this name [digest.history]"
    ]
    assert only_page(notes, site, options).warnings == expected
    site.age()
    assert site.build().warnings == expected
    notes.run("branch", "stable/gamma")
    assert site.build().warnings == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (":version: 1.0.0, 9.9", "there are no notes of version '9.9'; there are those of 2.0.0-1, 2.0.0, 1.0.0"),
        (":earliest-version: 9.9", "earliest-version set to unknown revision '9.9': this branch has no such version"),
        (":stop-at-branch-base: maybe", "invalid option value: (option: \"stop-at-branch-base\"; value: 'maybe')"),
        (":notesdir: none", ""),
    ],
)
def test_wrong_options(notes: Notes, site: Project, options: str, message: str) -> None:
    simple(notes)
    warnings = only_page(notes, site, f"   {options}\n").warnings
    assert len([line for line in warnings if line.startswith("<src>")]) == bool(message)
    assert message in "".join(warnings)


def test_broken_yaml_in_an_old_commit(notes: Notes, site: Project) -> None:
    notes.commit_note("broken-1", "fixes:\n  - 'open\n")
    notes.commit_note("list-2", "- a list\n", "1.0.0")
    notes.commit_note("number-3", "fixes:\n  - 5\n  - sound\nfixed:\n  - unknown\nfeatures:\n")
    build = only_page(notes, site)
    folder = "<src>/releasenotes/notes"
    assert build.warnings == [
        f"{folder}/broken-0000000000000001.yaml:3:1: WARNING: found unexpected end of stream while scanning a "
        "quoted scalar [digest.yaml-syntax]",
        f"{folder}/list-0000000000000002.yaml:1:1: WARNING: a release note must be a mapping of sections, such as "
        "'fixes:', to lists of texts [digest.wrong-type]",
        f"{folder}/number-0000000000000003.yaml:2:5: WARNING: a note of the section 'fixes' is not a text, since "
        "YAML reads 5 as a number or another constant: add '|' or quotes [digest.wrong-type]",
    ]
    assert "sound" in build.text("index.html")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sections: [[a]]", "config.yaml:1:1: WARNING: 'sections' must be a list of lists"),
        ("ignore_notes: [0000000000000001]", "'ignore_notes' must be a string: put 0000000000000001 in quotes"),
        ("earliest_version: 1.0", "'earliest_version' must be a string"),
        ("add_release_date: sometimes", "'add_release_date' must be true or false"),
        ("release_tag_re: '('", "missing ), unterminated subpattern"),
        ("- a list", "reno's configuration must be a mapping"),
        ("a: [", "config.yaml:2:1: WARNING: "),
    ],
)
def test_broken_configuration(notes: Notes, site: Project, text: str, message: str) -> None:
    simple(notes)
    (notes.root / "releasenotes/config.yaml").write_text(f"{text}\n")
    (warning,) = only_page(notes, site).warnings
    assert message in warning


def test_shallow_clone(notes: Notes, site: Project, tmp_path: Path) -> None:
    simple(notes)
    notes.commit_all()
    only_page(notes, site)
    notes.commit_all()
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{notes.root}", clone], check=True)
    (warning,) = Project(clone).build().warnings
    assert "this clone is shallow" in warning
    assert "fetch-depth: 0" in warning


def test_no_git(notes: Notes, site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    simple(notes)
    monkeypatch.setenv("PATH", "")
    (warning,) = only_page(notes, site).warnings
    assert "git cannot be started" in warning


def test_a_committed_cache_serves_without_git(notes: Notes, site: Project, tmp_path: Path) -> None:
    from reno.config import Config

    from sphinxext.digest.release.cache_file import write_cache_file

    stable_branch(notes)
    write_cache_file(Config(str(notes.root)))
    shutil.copytree(notes.root, tmp_path / "sdist", ignore=shutil.ignore_patterns(".git", "build"))
    build = Project(tmp_path / "sdist").build()
    assert build.warnings == []
    assert "On the branch." in build.text("alpha.html")
