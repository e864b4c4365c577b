"""Digests in all formats: each case is a file with fragments and what a format makes of them, to the character.

A case has a part ``fragment SLUG`` for each file, a part ``settings`` if it needs some, and a part for each format.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from scenarios import compare_parts, read_scenario, scenario_files

CASES = scenario_files(Path(__file__).parent / "cases")


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(report: Callable[..., str], file: Path) -> None:
    parts = read_scenario(file)
    fragments = {name.removeprefix("fragment "): text for name, text in parts.items() if name.startswith("fragment ")}
    options = yaml.safe_load(parts.get("settings", "{}"))
    expected = {name: text for name, text in parts.items() if name in ("text", "rst", "markdown")}
    assert expected, f"{file} expects nothing"
    found = {form: report(form, fragments, **options).rstrip("\n") + "\n" for form in expected}
    compare_parts(file, found, {form: text.rstrip("\n") + "\n" for form, text in expected.items()})
