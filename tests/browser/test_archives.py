"""The archives beside the digests, and the page of a year, by the rules for accessibility."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .kinds import RECORDS
from .test_countdown import SMALL, axe
from .test_pages import NARROW, THEMES, WIDE, problems, see
from .test_themes import findings

__all__ = ["axe"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW, SMALL])
@pytest.mark.parametrize("theme", THEMES)
def test_rules_for_accessibility_are_kept(
    driver: Any, site: Callable[[str], str], axe: str, theme: str, width: int, scheme: str
) -> None:
    address = site(theme)
    see(driver, width, scheme)
    found = {}
    for page in RECORDS:
        driver.get(f"{address}/{page}.html")
        found[page] = findings(driver, axe)
        if width == SMALL:
            found[page] += problems(driver, "scroll", "overflow", "targets")
    assert {page: lines for page, lines in found.items() if lines} == {}
