"""The HTML of mails and reports as a browser shows it: narrow and wide, light and dark, with styles where they are."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from sphinxext.digest.cli.report import as_html, open_digest
from sphinxext.digest.mail import with_inlined_styles

from .conftest import LONG_WORDS, SAMPLE
from .test_accessibility import axe  # noqa: F401 # a fixture
from .test_pages import NARROW, see

#: With threads that are over, with a table, of two kinds of events, and what is too long for any screen.
PERIODS = ("2026-11-13", "2026-10-23", "2026-10-09", "2026-11-20")
#: As wide as the part of a window that programs for mails give to a mail.
PANE = 700
VIOLATIONS = """
const done = arguments[0];
axe.run(document, {resultTypes: ["violations"]}).then((found) => done(found.violations.flatMap(
  (rule) => rule.nodes.map((node) => `${rule.id} ${node.html.slice(0, 200)}`))));
"""
#: The background of the page, and what is shown of the words for lists of mails.
LOOK = """
return [getComputedStyle(document.body).backgroundColor, document.querySelector(".preheader")?.offsetHeight ?? 0,
  document.documentElement.scrollWidth <= innerWidth, document.querySelector("main").offsetWidth];
"""


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The addresses of documents: each digest as it is reported, and as it is mailed."""
    folder = tmp_path_factory.mktemp("mails")
    shutil.copytree(SAMPLE / "digests", folder / "releasenotes" / "digests")
    (folder / "releasenotes" / "digests" / "long-words-00000000000000ff.yaml").write_text(LONG_WORDS, encoding="utf-8")
    settings = "week_start: saturday\nbase_url: https://docs.gannet.example/\n"
    (folder / "releasenotes" / "digest.yaml").write_text(settings)
    files: list[Path] = []
    for period in PERIODS:
        source, problems = open_digest(folder, period, None)
        text, found = as_html(source)
        assert not [*problems, *found]
        for kind, document in (("report", text), ("mail", with_inlined_styles(text))):
            files.append(folder / f"{kind}-{period}.html")
            files[-1].write_text(document, encoding="utf-8")
    return [file.as_uri() for file in files]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [NARROW, PANE])
def test_mails_can_be_read(driver: Any, mails: list[str], axe: str, width: int, scheme: str) -> None:  # noqa: F811
    see(driver, width, scheme)
    background = {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 25, 30)"}[scheme]
    found = {}
    for address in mails:
        driver.get(address)
        driver.execute_script(axe)
        assert driver.execute_script(LOOK) == [background, 0, True, min(600, width - 32)], address
        found[address] = driver.execute_async_script(VIOLATIONS)
    assert {address: lines for address, lines in found.items() if lines} == {}
