"""The page about collecting: what it shows of chats is what the command prints and writes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from sphinxext.digest.cli.group import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "doc" / "source" / "user" / "collecting.rst").read_text(encoding="utf-8")
COMMAND = ("collect", "irc", "doc/sample/irclogs", "--fragments")


def block(start: str) -> str:
    """The block of the page that begins with this line, without its indentation."""
    match = re.search(rf"^   {re.escape(start)}\n\n?((?:   .*\n|\n)+)", PAGE, re.MULTILINE)
    assert match
    return re.sub(r"(?m)^   ", "", match[1]).rstrip()


def run(*arguments: str) -> str:
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    return result.output.rstrip("\n")


def test_chats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    start = f"$ sphinx-digest {' '.join(COMMAND)} doc/sample/digests --dry-run"
    assert run(*COMMAND, "doc/sample/digests", "--dry-run") == block(start)
    run(*COMMAND, str(tmp_path))
    name = next(tmp_path.glob("for-*")).name
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert block(f":caption: doc/sample/digests/{name}") == text.rstrip()
