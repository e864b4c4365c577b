"""The page about collecting: what it shows of mailing lists is what the commands print and write."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_collecting import ROOT, block, run

ARCHIVE = "doc/sample/mail/2026-August.mbox"


@pytest.mark.parametrize(
    "command",
    [
        f"threads {ARCHIVE} --fragments doc/sample/digests",
        f"collect mbox {ARCHIVE} --thread 3a752d9d --fragments doc/sample/digests --dry-run",
    ],
)
def test_commands(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert run(*command.split()) == block(f"$ sphinx-digest {command}")


def test_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    run("collect", "mbox", ARCHIVE, "--top", "1", "--fragments", str(tmp_path))
    (path,) = tmp_path.iterdir()
    assert block(f":caption: doc/sample/digests/{path.name}") == path.read_text(encoding="utf-8").rstrip()
