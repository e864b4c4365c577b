"""The page for a project without release notes, typed in."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sphinx")

from .reader import PAGES, Reader, steps

PAGE = "release-notes-scratch.rst"
#: Whoever types it in has an identity and a day; the first branch has the name that most have.
GIT = {
    "GIT_AUTHOR_NAME": "Zoe Okonkwo",
    "GIT_AUTHOR_EMAIL": "zoe@gannet.example",
    "GIT_COMMITTER_NAME": "Zoe Okonkwo",
    "GIT_COMMITTER_EMAIL": "zoe@gannet.example",
    "GIT_AUTHOR_DATE": "2026-11-18T12:00:00Z",
    "GIT_COMMITTER_DATE": "2026-11-18T12:00:00Z",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "init.defaultBranch",
    "GIT_CONFIG_VALUE_0": "main",
}


def test_page(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    reader.environment |= GIT
    for step in steps(PAGE):
        reader.follow(step)
        if step.command.startswith("sphinx-build"):
            page = (reader.here / "build" / "html" / "release-notes.html").read_text(encoding="utf-8")
            assert "0.0.0" in page
            assert "Services on one machine" in page


def test_the_file_is_shown_as_the_command_writes_it(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    reader.environment |= GIT
    remaining = steps(PAGE)
    for step in remaining:
        reader.follow(step)
        if step.command.startswith("sphinx-digest release-notes new"):
            break
    shown = next(remaining)
    assert reader.path_of(shown).read_text(encoding="utf-8") == shown.text


def test_reno_is_for_the_end() -> None:
    """Nobody has to know it; who does, finds it."""
    before, _, end = (PAGES / PAGE).read_text(encoding="utf-8").partition("Where to go from here")
    assert "reno" not in before.lower().replace("sphinx-digest release-notes", "").replace("releasenotes", "")
    assert "reno" in end
