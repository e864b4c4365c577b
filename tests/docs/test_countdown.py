"""The page about countdowns: what it shows is what the commands print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from sphinxext.digest.cli.group import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "doc" / "source" / "user" / "countdown.rst").read_text(encoding="utf-8")
_BLOCK = re.compile(r"\.\. code-block:: (\w+)\n(?:   :caption: (.+)\n)?\n((?:   .*\n|\n)+)")


def blocks(language: str) -> list[tuple[str, str]]:
    """The caption and the text of each block in a language."""
    found = [match for match in _BLOCK.finditer(PAGE) if match[1] == language]
    return [(match[2] or "", "\n".join(line[3:] for line in match[3].rstrip().split("\n"))) for match in found]


def run(command: str) -> str:
    """What a command prints, messages after results as on a terminal."""
    name, *arguments = shlex.split(command)
    assert name == "sphinx-digest"
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.output.rstrip("\n")


@pytest.mark.parametrize("block", [text for _, text in blocks("console")], ids=lambda text: text.split("\n")[0][:60])
def test_commands(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command, _, shown = block.partition("\n")
    assert run(command.removeprefix("$ ")) == shown


def test_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    caption, shown = next((caption, text) for caption, text in blocks("yaml") if "digests" in caption)
    run(f"sphinx-digest collect schedule heron R-12 --schedule doc/sample/schedules --fragments {tmp_path}")
    assert (tmp_path / Path(caption).name).read_text(encoding="utf-8").rstrip() == shown
