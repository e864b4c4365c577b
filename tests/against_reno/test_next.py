"""What ``reno semver-next`` says, ``sphinx-digest release-notes next`` says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from reno import config, semver

from sphinxext.digest.cli.group import cli

NOTES = "releasenotes/notes"
RELEASED = ["none", "1.2.3", "1.2.3.0rc1"]
SINCE: dict[str, list[str]] = {
    "nothing": [],
    "fix": ["fixes: [x]\n"],
    "feature": ["fixes: [x]\n", "features: x\n"],
    "upgrade": ["fixes: [x]\nfeatures: [x]\n", "upgrade: [x]\n"],
    "other": ["other: [x]\nprelude: x\n"],
    "empty": ["fixes: []\n", "upgrade:\n"],
    "configured": ["api: [x]\n", "odd: [x]\n"],
}
CONFIGS = {
    "defaults": "",
    "sections": "sections: [[api, API], [fixes, Fixes]]\nsemver_major: [odd]\nsemver_minor: [api]\n",
}


def commit(repository: Any, number: int, text: str) -> None:
    folder = repository.root / NOTES
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"note-{number:016x}.yaml").write_text(text)
    repository.commit(f"2020-01-{number:02}T00:00:00Z")


def ours(root: Path, *arguments: str) -> list[str]:
    """The lines of the result, with the messages after them."""
    return CliRunner().invoke(cli, ["--project", str(root), "release-notes", "next", *arguments]).output.splitlines()


@pytest.mark.parametrize("options", CONFIGS.values(), ids=CONFIGS)
@pytest.mark.parametrize("since", SINCE.values(), ids=SINCE)
@pytest.mark.parametrize("released", RELEASED)
def test_next(repository: Any, released: str, since: list[str], options: str) -> None:
    root = Path(repository.root)
    (root / "releasenotes").mkdir()
    (root / "releasenotes" / "config.yaml").write_text(options)
    commit(repository, 1, "fixes: [first]\n")
    if released != "none":
        repository.run("tag", "--annotate", "--message", "x", released, date="2020-01-01T00:00:00Z")
    for number, text in enumerate(since, 2):
        commit(repository, number, text)
    expected = semver.compute_next_version(config.Config(str(root)))
    if released == "none":
        # a project that begins would tag what it is told; 0.0.0 is nothing that anybody wants to release
        assert expected == "0.0.0"
        expected = "0.1.0"
    assert ours(root)[0] == expected
    lines = ours(root, "--explain")
    assert lines[0] == expected
    assert lines[1].startswith("after " if released != "none" else "no version is tagged yet")


def test_a_branch(repository: Any) -> None:
    root = Path(repository.root)
    (root / "reno.yaml").write_text("default_branch: main\n")
    commit(repository, 1, "fixes: [x]\n")
    repository.run("tag", "--annotate", "--message", "x", "1.0.0", date="2020-01-01T00:00:00Z")
    repository.run("branch", "stable/one")
    commit(repository, 2, "features: [x]\n")
    conf = config.Config(str(root))
    conf.override(branch="stable/one")
    assert ours(root, "--branch", "stable/one") == [semver.compute_next_version(conf)] == ["1.0.0"]
    assert ours(root) == ["1.1.0"]
