"""The README: its commands exist, its fragment is valid, its files are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sphinxext.digest.cli.group import cli

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.rst").read_text(encoding="utf-8")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_commands_are_all_there() -> None:
    table = re.findall(r"^(``[a-z-]+``(?:, ``[a-z-]+``)*)  ", README, re.MULTILINE)
    named = {name for cell in table for name in re.findall(r"[a-z-]+", cell)}

    assert named == {
        line.split()[0] for line in run("--help").splitlines() if re.match(r"  [a-z][a-z-]*  +[A-Z]", line)
    }


def test_first_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^    sphinx-digest (.*)$", README, re.MULTILINE)
    assert [line.split()[0] for line in lines] == ["init", "preview", "new", "lint"]

    for line in lines:
        if line == "init":
            run("init", "--yes")
        elif line != "preview":  # it serves until somebody ends it
            run(*shlex.split(line))

    assert "ada: The build is green!" in run("list")


def test_fragment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    match = re.search(r"^    ---\n((?:    .*\n|\n)+)", README, re.MULTILINE)
    assert match
    folder = tmp_path / "releasenotes" / "digests"
    folder.mkdir(parents=True)
    (folder / "example-0000000000000001.yaml").write_text(re.sub(r"(?m)^    ", "", match[1]), encoding="utf-8")

    run("lint")

    assert "Where lock files should live [Continues]" in run("report", "2026-11-18")


def test_files() -> None:
    paths = re.findall(r"<(\S+)>`_|\.\. image:: (\S+)", README)

    assert paths
    for path in map("".join, paths):
        assert (ROOT / path).exists(), path
