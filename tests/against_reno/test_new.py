"""What ``reno new`` writes, ``sphinx-digest release-notes new`` writes."""

from __future__ import annotations

import re
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from reno import config, create

from sphinxext.digest.cli.group import cli


def notes(root: Path) -> dict[str, str]:
    """The notes by their names without digits."""
    folder = root / "releasenotes" / "notes"
    return {re.sub(r"[0-9a-f]{16}(?=\.yaml)", "", path.name): path.read_text() for path in folder.rglob("*.yaml")}


@pytest.mark.parametrize("slug", ["a", "A b", "a_b-C", "zwölf"])
@pytest.mark.parametrize(
    "options", ["", "template: 'fixes: [x]'", "prelude_section_name: summary", "sections: [[api, API]]"]
)
def test_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slug: str, options: str) -> None:
    theirs, ours = roots = tmp_path / "theirs", tmp_path / "ours"
    for root in roots:
        (root / "releasenotes").mkdir(parents=True)
        (root / "releasenotes" / "config.yaml").write_text(options)
    # reno writes below the current folder
    monkeypatch.chdir(theirs)
    create.create_cmd(Namespace(slug=slug, from_template=None, edit=False), config.Config("."))
    assert CliRunner().invoke(cli, ["--project", str(ours), "release-notes", "new", slug]).exit_code == 0
    assert notes(ours) == notes(theirs)
    assert len(notes(ours)) == 1


@pytest.mark.parametrize("text", ["x", "2026-11-18", "yes", "a: b", "a #b", "* a\n* b", "'x'", '"', "1:2", "\\", " é"])
def test_reno_reads_what_we_write(tmp_path: Path, text: str) -> None:
    (tmp_path / "releasenotes").mkdir()
    arguments = ["--project", str(tmp_path), "release-notes", "new", "a", "--section", "other", "--text", text]
    result: Any = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    (content,) = notes(tmp_path).values()
    assert yaml.safe_load(content)["other"][0].strip() == text.strip()
