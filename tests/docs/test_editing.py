"""The page about editing: what it shows is what the command prints."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from click.testing import CliRunner

from sphinxext.digest.cli.group import cli

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "doc" / "source" / "user" / "editing.rst").read_text(encoding="utf-8")


def test_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    command = "status --fragments doc/sample/digests"
    # 13 November 2026
    result = CliRunner().invoke(cli, command.split(), env={"SOURCE_DATE_EPOCH": "1794571200"})

    assert result.exit_code == 0
    _, _, rest = PAGE.partition(f"   $ sphinx-digest {command}\n")
    shown, _, _ = rest.partition("\nBelow the sections")
    assert dedent(shown).rstrip() == result.output.rstrip()
