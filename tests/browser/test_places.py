"""Pages of archives belong somewhere: titles of windows, breadcrumbs, sidebars, the landmark of their links."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .test_pages import WIDE, see

THEMES = ("alabaster", "furo", "openstackdocs", "pydata_sphinx_theme", "sphinx_rtd_theme")
#: The words of breadcrumbs, where a theme has them, and those of the entries of the sidebar that a page is below.
PLACES = """
const words = (selector) => [...document.querySelectorAll(selector)].map((node) => node.textContent.trim());
return [
  words(".wy-breadcrumbs li a, .bd-breadcrumbs li a, .bd-breadcrumbs li.active"),
  words(".wy-menu-vertical li.current > a, .sidebar-tree li.current > a.reference, nav.bd-links li.current > a"),
  document.querySelector("nav[aria-label] .digest-archives") !== null,
];
"""


@pytest.mark.parametrize("theme", THEMES)
def test_a_person_is_below_the_list_of_digests(driver: Any, site: Callable[[str], str], theme: str) -> None:
    address = site(theme)
    see(driver, WIDE, "light")
    driver.get(f"{address}/digests/people/isolheim.html")

    above, active, has_landmark = driver.execute_script(PLACES)
    assert driver.title.startswith("Ingrid Solheim – ")
    assert has_landmark
    if theme in ("pydata_sphinx_theme", "sphinx_rtd_theme"):
        names = [name for name in above if name]
        assert names[names.index("Digests") :][:2] == ["Digests", "People"]
    if theme in ("furo", "sphinx_rtd_theme"):
        assert [name.lstrip("[-]").strip() for name in active] == ["Digests"]


@pytest.mark.parametrize("theme", THEMES)
def test_the_names_of_archives_are_headings_with_their_collection(
    driver: Any, site: Callable[[str], str], theme: str
) -> None:
    address = site(theme)
    see(driver, WIDE, "light")
    titles = {}
    for page in ("people/index", "threads/index", "successes/index", "series/heron"):
        driver.get(f"{address}/digests/{page}.html")
        heading = driver.find_element("css selector", "h1").text.strip("¶#\uf0c1 ")
        titles[heading] = driver.title
    assert list(titles) == ["People", "Threads", "All Successes", "Heron"]
    assert all(title.startswith(f"{heading} – Digests") for heading, title in titles.items()), titles
