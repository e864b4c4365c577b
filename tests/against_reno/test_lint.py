"""What ``reno lint`` finds, ``sphinx-digest release-notes lint`` finds in the same files."""

from __future__ import annotations

import json
import logging
import subprocess
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from reno import config, linter

from sphinxext.digest.cli.group import cli
from sphinxext.digest.doctree.lint import check_release_notes

NOTES = "releasenotes/notes"
#: Notes that reno's ``lint`` remarks on, or ends at.
FOUND = {
    "section": "feature: [x]\n",
    "number": "fixes: [1]\n",
    "mapping": "fixes:\n  - a: b\n",
    "nested": "fixes: [[x]]\n",
    "day": "fixes: [2026-11-18]\n",
    "constant": "fixes: [yes]\n",
    "prelude": "prelude: [x]\n",
    "empty-prelude": "prelude:\n",
    "empty-section": "fixes:\n",
    "section-mapping": "fixes: {a: b}\n",
    "section-number": "fixes: 1\n",
    "list": "- x\n",
    "word": "x\n",
    "nothing": "",
    "comment": "# x\n",
    "syntax": "fixes: [\n",
    "tab": "fixes:\n\t- x\n",
    "tag": "fixes: [!!python/object:os.x {}]\n",
}
#: Notes that reno accepts.
SOUND = {
    "list": "fixes: [x]\n",
    "text": "fixes: x\n",
    "prelude": "prelude: x\n",
    "empty": "{}\n",
    "empty-list": "fixes: []\n",
    "anchor": "fixes: [&a x, *a]\n",
}


def write(root: Path, name: str, text: str) -> None:
    (root / NOTES).mkdir(parents=True, exist_ok=True)
    (root / NOTES / f"{name}.yaml").write_text(text)


def reno_finds(root: Path, caplog: pytest.LogCaptureFixture) -> bool:
    """Return True if reno's command would say anything."""
    with caplog.at_level(logging.WARNING):
        try:
            status = linter.lint_cmd(Namespace(), config.Config(str(root)))
        except Exception:
            return True
    return bool(status or caplog.records)


def we_find(root: Path) -> list[Any]:
    return list(check_release_notes(root, config.Config(str(root))).problems)


DECLARED = "component_key: part\nsections: [[part, Part], [fixes, Fixes]]\n"


@pytest.mark.parametrize("is_declared", [True, False])
def test_the_key_of_components(root: Path, *, is_declared: bool) -> None:
    """reno knows it as a section if it is declared as one; to us it is none."""
    write(root, "note-0000000000000001", "part: cli\nfixes: [Help is short., '[api] Fast.']\n")
    (root / "releasenotes/config.yaml").write_text(DECLARED if is_declared else "component_key: part\n")
    (root / "releasenotes/digest.yaml").write_text("components: {cli: Command line, api: REST API}\n")
    assert linter.lint_cmd(Namespace(), config.Config(str(root))) == (0 if is_declared else 1)
    run = partial(CliRunner().invoke, cli)
    assert run(["--project", str(root), "release-notes", "lint"]).exit_code == 0
    subprocess.run(["git", "-C", root, "add", "."], check=True)
    grouped = run(["--project", str(root), "release-notes", "report", "--by-component", "--format", "json"])
    assert [(note["component"], note["section"], note["text"]) for note in json.loads(grouped.stdout)] == [
        ("Command line", "fixes", "Help is short."),
        ("REST API", "fixes", "Fast."),
    ]
    assert "part" not in run(["--project", str(root), "release-notes", "report", "--format", "markdown"]).stdout


@pytest.fixture
def root(repository: Any) -> Path:
    repository.commit("2020-01-01T00:00:00Z")
    return Path(repository.root)


@pytest.mark.parametrize("text", FOUND.values(), ids=FOUND)
def test_what_reno_finds(root: Path, caplog: pytest.LogCaptureFixture, text: str) -> None:
    write(root, "note-0000000000000001", text)
    assert reno_finds(root, caplog)
    assert [problem.path for problem in we_find(root)] == [f"{NOTES}/note-0000000000000001.yaml"]


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_what_reno_accepts(root: Path, caplog: pytest.LogCaptureFixture, text: str) -> None:
    write(root, "note-0000000000000001", text)
    assert not reno_finds(root, caplog)
    assert we_find(root) == []


def test_the_same_identity(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(root, "one-0000000000000001", "fixes: [x]\n")
    write(root, "two-0000000000000001", "fixes: [x]\n")
    assert reno_finds(root, caplog)
    assert [str(problem.code) for problem in we_find(root)] == ["duplicate-identity"]


def test_reno_does_not_read_the_texts(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(root, "note-0000000000000001", "fixes: ['*x']\nfixes:\n  - a #b\n  - ':clas:`x`'\n")
    write(root, "note", "fixes: [x]\n")
    assert not reno_finds(root, caplog)
    assert len(we_find(root)) > 3
