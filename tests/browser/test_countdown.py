"""The timeline of a countdown, and the script that counts from the day of the reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .test_pages import NARROW, SMALL, THEMES, WIDE, see

#: Letters and marks of the timeline that stand on each other, or beyond the edge of the screen.
CROWDED = """
const picture = document.querySelector("svg.digest-cycle");
const edge = document.documentElement.clientWidth;
const boxes = [...picture.querySelectorAll("text")].map((text) => [text.textContent, text.getBoundingClientRect()]);
const before = (a, b) => a.right <= b.left + 1 || a.bottom <= b.top + 3;
const apart = (a, b) => before(a, b) || before(b, a);
return [
  ...boxes.filter(([, box]) => box.left < 0 || box.right > edge || box.height < 10).map(([words]) => `edge: ${words}`),
  ...boxes.flatMap(([words, box], index) => boxes.slice(index + 1).filter(([, other]) => !apart(box, other))
    .map(([other]) => `together: ${words}, ${other}`)),
];
"""
#: Makes it another day for the reader.
TODAY = """
const Real = Date;
window.Date = class extends Real { constructor(...given) { super(...(given.length ? given : [%r])); } };
"""


@pytest.mark.parametrize("width", [WIDE, NARROW, SMALL])
@pytest.mark.parametrize("theme", THEMES)
def test_the_words_of_the_timeline_can_be_read(
    driver: Any, site: Callable[[str], str], theme: str, width: int
) -> None:
    address = site(theme)
    see(driver, width, "light")
    driver.get(f"{address}/countdown.html")
    assert driver.execute_script(CROWDED) == []


def test_the_script_counts_from_the_day_of_the_reader(driver: Any, site: Callable[[str], str]) -> None:
    address = site("alabaster")
    see(driver, WIDE, "light")
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TODAY % "2026-10-05T23:30:00"})
    try:
        driver.get(f"{address}/countdown.html")
        left = [item.text for item in driver.find_elements("css selector", ".digest-left li")]
        assert [line.partition("Now: ")[2] for line in left] == ["4 weeks and 4 days ago.", "6 weeks and 3 days left."]
        lines = [item.text for item in driver.find_elements("css selector", ".digest-deadlines li li")]
        assert [line.rpartition(":")[0] for line in lines if line.endswith("(passed)")] == [
            line.rpartition(":")[0] for line in lines if "September" in line or "October 1," in line
        ]
        assert any(not line.endswith("(passed)") for line in lines)
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_the_script_is_silent_on_the_day_of_the_build(driver: Any, site: Callable[[str], str]) -> None:
    address = site("alabaster")
    see(driver, WIDE, "light")
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TODAY % "2026-09-02T12:00:00"})
    try:
        driver.get(f"{address}/countdown.html")
        assert driver.find_elements("css selector", ".digest-today") == []
        assert driver.find_elements("css selector", ".digest-left time")
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
