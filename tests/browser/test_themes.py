"""The sample collection in more themes that projects have: each kind of page once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .kinds import INDEX, ONE_OF_EACH
from .test_pages import NARROW, WIDE, problems, see

OTHERS = ("openstackdocs", "pydata_sphinx_theme", "classic", "basic")
#: Themes that do not fit on a narrow screen, whatever is on the page.
WIDE_ONLY = {"classic"}
LOOKS = [
    pytest.param(theme, width, scheme, id=f"{theme}-{width}-{scheme}")
    for theme in OTHERS
    for width in (WIDE, NARROW)
    for scheme in (("light", "dark") if theme == "pydata_sphinx_theme" else ("light",))
]


@pytest.mark.parametrize(("theme", "width", "scheme"), LOOKS)
def test_pages_can_be_read(driver: Any, site: Callable[[str], str], theme: str, width: int, scheme: str) -> None:
    address = site(theme)
    see(driver, width, scheme)
    names = ["nesting", "bullets", "contrast", "headings", "targets"]
    if width == WIDE or theme not in WIDE_ONLY:
        names += ["scroll", "overflow"]
    found = {}
    for page in ONE_OF_EACH:
        driver.get(f"{address}/{page}.html")
        found[page] = problems(driver, *names, *([] if page == INDEX else ["styles"]))
    assert {page: lines for page, lines in found.items() if lines} == {}


@pytest.mark.parametrize("theme", ["sphinx_rtd_theme", "pydata_sphinx_theme"])
def test_the_weeks_of_a_narrow_table_have_no_patches(driver: Any, site: Callable[[str], str], theme: str) -> None:
    # a theme that colours every other row by its cells does so for parts of a line, since cells are as wide as words
    address = site(theme)
    see(driver, NARROW, "light")
    driver.get(f"{address}/cycle.html")
    script = (
        "return [...document.querySelectorAll('.digest-weeks td')].map((td) => getComputedStyle(td).backgroundColor)"
    )
    assert set(driver.execute_script(script)) == {"rgba(0, 0, 0, 0)"}
