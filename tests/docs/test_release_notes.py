"""The page about release notes on the command line: what it shows is what the commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

pytest.importorskip("reno")
pytest.importorskip("docutils")

from sphinxext.digest.cli.group import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "doc" / "source" / "user" / "release-notes-command.rst").read_text(encoding="utf-8")
_BLOCK = re.compile(r"\.\. code-block:: (\w+)\n(?:   :caption: (.+)\n)?\n((?:   .*\n|\n)+)")
#: When each note was merged, and the version that was released the day after.
MERGED = [("2026-03-04", "1.0.0", "2026-03-05"), ("2026-09-09", "1.1.0", "2026-09-10"), ("2026-10-01", "", "")]


def blocks(language: str) -> Iterator[tuple[str, str]]:
    """The caption and the text of each block in a language."""
    for match in _BLOCK.finditer(PAGE):
        if match[1] == language:
            yield match[2] or "", "\n".join(line[3:] for line in match[3].rstrip().split("\n"))


@pytest.fixture
def history(repository: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The repository of the page, as the current folder."""
    repository.run("branch", "--move", "master")
    notes = [block for block in blocks("yaml") if block[0].startswith("releasenotes/notes/")]
    for (path, text), (merged, version, released) in zip(notes, MERGED, strict=True):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"{text}\n", encoding="utf-8")
        repository.commit(f"{merged}T12:00:00Z")
        if version:
            repository.run("tag", "--annotate", "--message", version, version, date=f"{released}T12:00:00Z")
    # the commits on the page have the names of the tests' author
    (tmp_path / ".mailmap").write_text("Zoe Okonkwo <tester@example.org>\n", encoding="utf-8")
    settings = [text for path, text in blocks("yaml") if path == "releasenotes/digest.yaml" and "components" in text]
    (tmp_path / "releasenotes/digest.yaml").write_text("\n".join(settings), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("block", [text for _, text in blocks("console")], ids=lambda text: text.split("\n")[0])
def test_commands(block: str, history: Path) -> None:
    command, _, shown = block.partition("\n")
    name, *arguments = shlex.split(command.removeprefix("$ "))
    assert name == "sphinx-digest"
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    # the page has spaces in the place of tabs
    assert result.output.expandtabs(4).rstrip("\n") == shown


@pytest.mark.parametrize("arguments", [["list"], ["report"], ["semver-next"]], ids=" ".join)
def test_reno_with_our_scanner(arguments: list[str], history: Path, tmp_path: Path) -> None:
    page = (ROOT / "doc/source/reference/history.rst").read_text(encoding="utf-8")
    script = next(block[3] for block in _BLOCK.finditer(page) if block[2] == "tools/reno.py")
    lines = [line[3:] for line in script.split("\n")]
    # it ends with an error if reno's own class is made
    lines.insert(2, "import reno.scanner\nreno.scanner.Scanner.__init__ = None")
    (history / "tool.py").write_text("\n".join(lines), encoding="utf-8")
    theirs = "import sys; from reno.main import main; sys.exit(main())"
    commands = (["-c", theirs], [str(history / "tool.py")])
    own, ours = (
        subprocess.run([sys.executable, *command, "-q", *arguments], cwd=history, check=True, capture_output=True)
        for command in commands
    )
    assert ours.stdout == own.stdout != b""
