"""The sample collection as a reader sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .kinds import INDEX, PAGES

WebDriverWait = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait

CHECKS = (Path(__file__).parent / "checks.js").read_text(encoding="utf-8")
THEMES = ("sphinx_rtd_theme", "alabaster", "furo")
WIDE, NARROW, SMALL = 1200, 390, 320
#: How far down the screen that is which the address names.
TOP = "return document.querySelector(':target').getBoundingClientRect().top"


def see(driver: Any, width: int, scheme: str) -> None:
    """Look through a screen of this width, by somebody who likes light or dark pages."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == NARROW}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


def problems(driver: Any, *names: str) -> list[str]:
    """What checks find on the page."""
    driver.execute_script(CHECKS)
    return [f"{name}: {found}" for name in names for found in driver.execute_script(f"return checks.{name}()")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("theme", THEMES)
def test_pages_can_be_read(driver: Any, site: Callable[[str], str], theme: str, width: int, scheme: str) -> None:
    address = site(theme)
    see(driver, width, scheme)
    found = {}
    for page in PAGES:
        driver.get(f"{address}/{page}.html")
        names = ["scroll", "overflow", "nesting", "bullets", "contrast", "headings", "targets"]
        if page != INDEX:
            names.insert(0, "styles")
        found[page] = problems(driver, *names)
    assert {page: lines for page, lines in found.items() if lines} == {}


def test_the_checks_find_what_is_wrong(driver: Any, site: Callable[[str], str]) -> None:
    address = site("alabaster")
    see(driver, NARROW, "light")
    driver.get(f"{address}/digests/2026-11-13.html")
    assert problems(driver, "styles", "scroll", "overflow", "nesting", "bullets", "contrast") == []
    style = """
        .digest-nick { color: #ccc !important; }
        section li ul { margin: 0 !important; padding: 0 !important; list-style: none !important; }
        section p { white-space: nowrap !important; }
    """
    driver.execute_script(
        "const sheet = [...document.styleSheets].find((sheet) => (sheet.href || '').includes('digest.css'));"
        "for (const rule of arguments[0].split('}').slice(0, -1)) sheet.insertRule(`${rule}}`);",
        style,
    )
    found = {
        line.partition(":")[0] for line in problems(driver, "scroll", "overflow", "nesting", "bullets", "contrast")
    }
    assert found == {"scroll", "overflow", "nesting", "bullets", "contrast"}


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("theme", THEMES)
def test_numbers_lead_to_the_list_of_references(
    driver: Any, site: Callable[[str], str], theme: str, width: int
) -> None:
    address = site(theme)
    see(driver, width, "light")
    driver.get(f"{address}/digests/2026-11-13.html")
    numbers = driver.find_elements("css selector", "a.digest-number")
    assert len(numbers) > 2
    for number in (numbers[0], numbers[-1]):
        driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", number)
        text = number.text
        number.click()
        line = driver.execute_script("return document.querySelector(':target').closest('li').innerText")
        assert line.startswith(f"{text} http")
        # some themes move there in a while
        WebDriverWait(driver, 10).until(lambda driver: 0 <= driver.execute_script(TOP) < 900)


def test_a_word_of_a_thread_is_found_and_its_place_exists(driver: Any, site: Callable[[str], str]) -> None:
    address = site("alabaster")
    see(driver, WIDE, "light")
    driver.get_log("browser")  # the messages of pages before, which are removed by reading them
    driver.get(f"{address}/search.html?q=Flaky+Tests+and+the+Habit")
    WebDriverWait(driver, 20).until(lambda driver: "Searching" not in driver.find_element("id", "search-results").text)
    links = driver.find_elements("css selector", "#search-results li > a")
    places = [link.get_attribute("href") for link in links]
    (place,) = (place for place in places if "#thread-b6d058fc005ded1c" in place)
    assert "/digests/2026-10-23.html" in place
    driver.get(place)
    assert driver.execute_script("return document.querySelector(':target h2').innerText").startswith("Flaky Tests")
    errors = [entry["message"] for entry in driver.get_log("browser") if "favicon" not in entry["message"]]
    assert errors == []


def test_a_success_has_its_own_address(driver: Any, site: Callable[[str], str]) -> None:
    address = site("sphinx_rtd_theme")
    see(driver, NARROW, "light")
    driver.get(f"{address}/digests/2026-08-21.html")
    (first, *_) = driver.find_elements("css selector", ".digest-successes .target")
    identifier = first.get_attribute("id")
    driver.get(f"{address}/digests/2026-08-21.html#{identifier}")
    assert 0 <= driver.execute_script(TOP) < 900
