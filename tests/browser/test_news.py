"""Pages lead with the news, on the first screen of a phone as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .kinds import DIGESTS, LISTS, YEAR
from .test_pages import NARROW, problems, see

THEMES = ("alabaster", "furo", "openstackdocs", "pydata_sphinx_theme", "sphinx_rtd_theme")
#: The height of a phone's screen.
SCREEN = 844
#: Where the first heading, text or card of what is new ends.
FIRST = """
const news = "[class*=digest-][class*=-section] > :is(h2, p, ul), .digest-prelude p, .digest-untitled p, "
  + ".digest-latest .digest-headline, .digest-days li a, .digest-review li";
const first = [...document.querySelectorAll(news)].find((node) => node.checkVisibility());
return [first.getClientRects()[0].top + scrollY, first.textContent];
"""


@pytest.mark.parametrize("theme", THEMES)
def test_the_first_screen_of_a_phone_has_news(driver: Any, site: Callable[[str], str], theme: str) -> None:
    address = site(theme)
    see(driver, NARROW, "light")
    found = {}
    for page in (*DIGESTS, *LISTS, YEAR):
        driver.get(f"{address}/{page}.html")
        top, words = driver.execute_script(FIRST)
        found[page] = [f"at {top}: {words}"] if top > SCREEN - 30 else []
        found[page] += problems(driver, "scroll", "overflow", "targets")
    assert {page: lines for page, lines in found.items() if lines} == {}


@pytest.mark.parametrize("theme", THEMES)
def test_the_facts_of_a_digest_are_one_line(driver: Any, site: Callable[[str], str], theme: str) -> None:
    address = site(theme)
    see(driver, NARROW, "light")
    driver.get(f"{address}/{DIGESTS[0]}.html")
    height = driver.execute_script(
        "const list = document.querySelector('.digest-facts');"
        "return list.offsetHeight / list.firstElementChild.getClientRects()[0].height"
    )
    assert height < 1.5
    contents = driver.find_elements("css selector", ".digest-contents")
    assert len(contents) == (theme in ("alabaster", "sphinx_rtd_theme"))
    for box in contents:
        box.find_element("tag name", "summary").click()
        assert box.find_element("css selector", "nav a").is_displayed()


#: The room between the border of the card and its words, and the number of lines that its days take.
CARD = """
const card = document.querySelector(".digest-latest");
const headline = card.querySelector(".digest-headline").getBoundingClientRect();
const days = card.querySelector(".digest-range");
return [headline.left - card.getBoundingClientRect().left, days.getClientRects().length];
"""


@pytest.mark.parametrize("theme", THEMES)
def test_the_newest_digest_is_a_card(driver: Any, site: Callable[[str], str], theme: str) -> None:
    address = site(theme)
    see(driver, NARROW, "light")
    driver.get(f"{address}/digests/index.html")
    room, lines = driver.execute_script(CARD)
    assert room >= 12
    assert lines == 1
