"""Every kind of page by the rules for accessibility: https://github.com/dequelabs/axe-core"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from .conftest import missing
from .kinds import CYCLES, DIGESTS, LISTS, RECORDS
from .test_pages import NARROW, SMALL, THEMES, WIDE, problems, see
from .test_themes import OTHERS

WebDriverWait = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait

#: The rules that a theme breaks with colours of its own, and Sphinx with long lines of code. This axe cannot tell the
#: contrast of colours that are mixed, as ours are: that is told by the check "contrast".
THEIRS = ("color-contrast", "link-in-text-block", "scrollable-region-focusable")
#: What is ours on a page.
OURS = ", ".join(
    (
        *(
            '[class*="digest-"][class*="-section"]',
            ".digest-head",
            ".digest-around",
            ".digest-latest",
            ".digest-prelude",
        ),
        *(".digest-years", ".digest-months", ".digest-list", ".digest-filter", ".digest-schedule"),
        *(".digest-archives", ".digest-published", ".digest-letters", ".digest-review"),
        *(".digest-picture", ".digest-participants"),
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
#: A digest with a picture, and the list of digests with what its filter has found.
PICTURE, FILTERED = "digests/2026-10-23.html", "digests/index.html#digest-of-digests?words=heron"
#: What is looked for beside the rules.
CHECKS = ("styles", "scroll", "overflow", "contrast", "headings", "targets")


@pytest.fixture(scope="module")
def axe() -> str:
    """The program that checks pages."""
    found = find_spec("axe_core_python")
    if found is None or found.origin is None:
        missing("axe-core-python")
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def findings(driver: Any, axe: str) -> list[str]:
    """What breaks the rules in what is ours, but for what is there without us."""
    driver.execute_script(axe)
    now, without = driver.execute_async_script(RULES, OURS)
    own = {json.dumps(found) for found in without if found[0] in THEIRS}
    return [" ".join(found) for found in now if json.dumps(found) not in own]


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "dark"), (NARROW, "light")])
@pytest.mark.parametrize("theme", [*THEMES, *OTHERS])
def test_in_every_theme(
    driver: Any, site: Callable[[str], str], axe: str, theme: str, width: int, scheme: str
) -> None:
    address = site(theme)
    see(driver, width, scheme)
    found = {}
    for page in (*LISTS, *DIGESTS, *CYCLES):
        driver.get(f"{address}/{page}.html")
        found[page] = findings(driver, axe)
    assert {page: lines for page, lines in found.items() if lines} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW, SMALL])
@pytest.mark.parametrize("theme", THEMES)
def test_in_every_light(
    driver: Any, site: Callable[[str], str], axe: str, theme: str, width: int, scheme: str
) -> None:
    address = site(theme)
    see(driver, width, scheme)
    found = {}
    for page in (*(f"{page}.html" for page in (*RECORDS, *CYCLES)), PICTURE, FILTERED):
        driver.get("about:blank")
        driver.get(f"{address}/{page}")
        if page == FILTERED:
            WebDriverWait(driver, 60).until(lambda driver: driver.find_elements("css selector", ".digest-filter li"))
        if page == PICTURE:
            assert driver.find_elements("css selector", ".digest-picture")
        found[page] = findings(driver, axe) + problems(driver, *CHECKS)
    assert {page: lines for page, lines in found.items() if lines} == {}


def test_what_breaks_the_rules_is_found(driver: Any, site: Callable[[str], str], axe: str) -> None:
    address = site("alabaster")
    see(driver, WIDE, "light")
    driver.get(f"{address}/{DIGESTS[0]}.html")
    assert findings(driver, axe) == []
    driver.execute_script("document.querySelector('.digest-successes').append(document.createElement('p'))")
    assert {line.split()[0] for line in findings(driver, axe)} == {"list"}
