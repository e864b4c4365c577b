"""The sample collection in more themes that projects have: each kind of page once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from .kinds import CYCLES, DIGESTS, INDEX, LISTS, ONE_OF_EACH
from .test_countdown import axe  # noqa: F401 - a fixture
from .test_pages import NARROW, THEMES, WIDE, problems, see

OTHERS = ("openstackdocs", "pydata_sphinx_theme", "classic", "basic")
#: Themes that do not fit on a narrow screen, whatever is on the page.
WIDE_ONLY = {"classic"}
LOOKS = [
    pytest.param(theme, width, scheme, id=f"{theme}-{width}-{scheme}")
    for theme in OTHERS
    for width in (WIDE, NARROW)
    for scheme in (("light", "dark") if theme == "pydata_sphinx_theme" else ("light",))
]
#: The rules that a theme breaks with colours of its own, and Sphinx with long lines of code. This axe cannot tell the
#: contrast of colours that are mixed, as ours are: that is told by the check "contrast".
THEIRS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
#: What is ours on a page.
OURS = ", ".join(
    (
        *('[class*="digest-"][class*="-section"]', ".digest-head", ".digest-prelude"),
        *(".digest-years", ".digest-months", ".digest-list", ".digest-schedule"),
        *(".digest-archives", ".digest-published", ".digest-letters", ".digest-review", ".digest-picture"),
    )
)
RULES = """
const [ours, done] = arguments;
const run = () => axe.run({include: [...document.querySelectorAll(ours)]}, {resultTypes: ["violations"]});
const told = (found) => found.violations.flatMap((rule) => rule.nodes.map((node) =>
  [rule.id, node.target.join(" "), node.html.slice(0, 200)]));
(async () => {
  const now = told(await run());
  const sheets = [...document.styleSheets].filter((sheet) => /\\/digest[\\w-]*\\.css/.test(sheet.href || ""));
  sheets.forEach((sheet) => { sheet.disabled = true; });
  const without = told(await run());
  sheets.forEach((sheet) => { sheet.disabled = false; });
  done([now, without]);
})();
"""


def findings(driver: Any, axe: str) -> list[str]:  # noqa: F811
    """What breaks the rules for accessibility in what is ours, but for what is there without us."""
    driver.execute_script(axe)
    now, without = driver.execute_async_script(RULES, OURS)
    own = {json.dumps(found) for found in without if found[0] in THEIRS}
    return [" ".join(found) for found in now if json.dumps(found) not in own]


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


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "dark"), (NARROW, "light")])
@pytest.mark.parametrize("theme", [*THEMES, *OTHERS])
def test_rules_for_accessibility_are_kept(
    driver: Any,
    site: Callable[[str], str],
    axe: str,  # noqa: F811
    theme: str,
    width: int,
    scheme: str,
) -> None:
    address = site(theme)
    see(driver, width, scheme)
    found = {}
    # the other pages are looked at in these themes by the tests of countdowns
    for page in (*LISTS, *DIGESTS) if theme in THEMES else (*LISTS, *DIGESTS, *CYCLES):
        driver.get(f"{address}/{page}.html")
        found[page] = findings(driver, axe)
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
