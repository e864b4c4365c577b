"""The tutorial, typed in: its files are written, its commands run, and what they print is compared."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("sphinx")

from .reader import Reader, steps

PAGE = "tutorial.rst"


def test_tutorial(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    for step in steps(PAGE):
        reader.follow(step)
    pages = reader.here / "build" / "html" / "digests"
    assert {path.stem for path in pages.glob("*.html")} == {"index", "2026", "2026-11", "2026-11-22"}
    page = (pages / "2026-11-22.html").read_text(encoding="utf-8")
    assert "The ferry was on time" in page
    assert ">market</a>" in page
    assert {path.name for path in (reader.here / "docs").iterdir()} == {"conf.py", "index.rst"}


def test_first_fragment_is_shown_as_the_command_wrote_it(tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    remaining = steps(PAGE)
    for step in remaining:
        reader.follow(step)
        if step.command.startswith("sphinx-digest new"):
            break
    shown = next(remaining)
    assert reader.path_of(shown).read_text(encoding="utf-8") == shown.text
