"""Names in a repository, and its settings, that somebody else has chosen."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import Repository
from extension.building import empty_project

from sphinxext.digest.cli.group import cli

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="names of files that Windows does not have")

#: Each but the last has a reason why it may be taken for something else.
NAMES = (
    b"--upload-pack=touch-0000000000000001.yaml",
    b"-o-0000000000000002.yaml",
    b":(glob)*-0000000000000003.yaml",
    b"x\n\n.. raw:: html\n\n   <script>-0000000000000004.yaml",
    b"\x1b[31mred-0000000000000005.yaml",
    b"\xff-0000000000000006.yaml",
    b"q'\"`$(id)-0000000000000007.yaml",
    b"plain-0000000000000008.yaml",
)
REFS = ("refs/tags/--output=x", "refs/heads/--all", "refs/heads/-x", "refs/tags/1.0<script>`$(id)`")

Run = Callable[..., Result]


@pytest.fixture
def hostile(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "src")
    folder = repository.root / "releasenotes" / "notes"
    folder.mkdir(parents=True)
    (folder.parent / "config.yaml").write_text("default_branch: main\n")
    for name in NAMES:
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_text("---\nfeatures:\n  - A feature.\n")
    repository.commit("2020-01-01T00:00:00Z")
    for ref in REFS:
        repository.run("update-ref", ref, "HEAD")
    program = tmp_path / "program"
    program.write_text(f'#!/bin/sh\ntouch "{tmp_path}/was-run"\ncat\n')
    program.chmod(0o700)
    for key in ("core.fsmonitor", "diff.external", "diff.x.textconv", "diff.x.command", "core.pager", "gpg.program"):
        repository.run("config", key, str(program))
    repository.run("config", "log.showSignature", "true")
    (repository.root / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "pre-commit", "post-checkout"):
        (repository.root / ".git" / "hooks" / hook).symlink_to(program)
    (repository.root / ".gitattributes").write_text("*.yaml diff=x\n")
    return repository


@pytest.fixture
def run(hostile: Repository) -> Run:
    return lambda *arguments: CliRunner().invoke(cli, ["--project", str(hostile.root), "release-notes", *arguments])


@pytest.mark.parametrize(
    "arguments",
    [
        *(("list",), ("list", "--format", "json"), ("report",), ("report", "--format", "rst")),
        *(("report", "--branch=--all"), ("report", "--branch=-x"), ("since", "--", "--output=x..HEAD"), ("cache",)),
    ],
    ids=" ".join,
)
def test_no_name_is_an_option_and_no_program_is_run(arguments: tuple[str, ...], run: Run, hostile: Repository) -> None:
    before = {path for path in hostile.root.rglob("*") if ".git" not in path.parts}
    result = run(*arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert result.exit_code == (1 if arguments[0] == "since" else 0), result.output
    after = {path for path in hostile.root.rglob("*") if ".git" not in path.parts}
    assert {path.name for path in after - before} <= {"reno.cache"}
    assert not (hostile.root.parent / "was-run").exists()
    # but for lines
    assert "".join(result.output.split()).isprintable() or arguments == ("cache",)
    assert not result.output.splitlines()[0].startswith("::")


def test_a_page_has_no_markup_of_a_name(hostile: Repository) -> None:
    project = empty_project(hostile.root, 'exclude_patterns = ["build"]\n')
    project.write("index.rst", "Title\n=====\n\n.. release-notes::\n")
    page = project.build().text("index.html")
    assert page.count("A feature.") == len(NAMES)
    assert "<script>-" not in page
    assert "1.0<script>" not in page
    assert not (hostile.root.parent / "was-run").exists()
