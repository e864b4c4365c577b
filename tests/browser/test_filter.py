"""The filter above the list of digests, as a reader uses it."""

from __future__ import annotations

import html
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from sphinxext.digest.extension.html.filter import SCRIPT, STYLES, filter_messages
from sphinxext.digest.model import ENGLISH

from .test_pages import WIDE, see

WebDriverWait = pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait
Keys = pytest.importorskip("selenium.webdriver.common.keys").Keys

STATIC = Path(__file__).parents[2] / "sphinxext" / "digest" / "extension" / "static"
LIST = "digests/index.html"
#: What moves while a page loads, from its beginning.
SHIFTS = """
window.shifts = [];
const ours = (node) => node && (node.parentElement || node).closest(".digest-years, .digest-filter");
new PerformanceObserver((list) => shifts.push(...list.getEntries().flatMap((entry) => entry.sources)
  .filter((source) => ours(source.node)).map((source) => source.node.nodeName)))
  .observe({type: "layout-shift", buffered: true});
"""
#: A clock by which all work takes long, and a count of how often the page was given time for something else.
SLOW = """
let now = 0;
window.pauses = 0;
performance.now = () => (now += 0.25);
const wait = window.setTimeout;
window.setTimeout = (work, time, ...rest) => { if (!time) pauses += 1; return wait(work, time, ...rest); };
"""
HOSTILE = (
    "<img src=x onerror=document.title='hacked'>",
    "</script><script>document.title='hacked'</script>",
    "${document.title='hacked'}",
    "javascript:document.title='hacked'",
    "\u202eevil\u202c \u2028 x",
    "__proto__",
    "constructor",
)
NUMBER = 10_000


class Filter:
    """The form and what it finds."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver = driver
        driver.get("about:blank")
        driver.get(address)

    def all(self, selector: str) -> list[Any]:
        found: list[Any] = self.driver.find_elements("css selector", f".digest-filter {selector}")
        return found

    def field(self, name: str) -> Any:
        (label,) = (label for label in self.all("label") if label.text.split("\n")[0] == name)
        return label.find_element("css selector", "input, select")

    def choose(self, name: str, value: str) -> None:
        (option,) = (one for one in self.field(name).find_elements("css selector", "option") if one.text == value)
        option.click()

    def wait(self, words: str) -> list[str]:
        """What is found, as soon as the words say so."""
        WebDriverWait(self.driver, 60).until(lambda _: self.all("[role=status]")[0].text == words)
        return [item.text for item in self.all("li")]

    @property
    def values(self) -> list[str]:
        return [self.field(name).get_attribute("value") for name in ("Words", "Kind", "Person", "Year")]

    @property
    def focused(self) -> Any:
        return self.driver.switch_to.active_element

    @property
    def fragment(self) -> str:
        return urlsplit(self.driver.current_url).fragment


@pytest.fixture
def page(driver: Any, site: Callable[[str], str]) -> Filter:
    see(driver, WIDE, "light")
    return Filter(driver, f"{site('alabaster')}/{LIST}")


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page with ten thousand notes, some of them hostile, which is opened as a file."""
    folder = tmp_path_factory.mktemp("large")
    columns: dict[str, list[Any]] = {
        "kind": [0 if index % 7 else 3 for index in range(NUMBER)],
        "people": [index % 900 if index % 7 else [0, index % 900] for index in range(NUMBER)],
        "day": [f"{2026 - index // 2500}-03-01" for index in range(NUMBER)],
        "page": [0] * NUMBER,
        "id": [f"{index:016x}" for index in range(NUMBER)],
        "title": [HOSTILE[index] if index < len(HOSTILE) else f"Note {index}" for index in range(NUMBER)],
        "state": [0 if index % 7 else 1 for index in range(NUMBER)],
        "text": [f"word{index} straße ÉTÉ C++" for index in range(NUMBER)],
    }
    document = {
        "kinds": ["success", "item", "countdown", "thread", "story", "event"],
        "states": ["", "open", "continuing", "done"],
        "people": [HOSTILE[index] if index < len(HOSTILE) else f"Person {index}" for index in range(900)],
        "pages": ["2026-11-13.html"],
        "notes": columns,
    }
    (folder / "notes.js").write_text(f"var digestNotes={json.dumps(document)};", encoding="utf-8")
    shutil.copy(STATIC / SCRIPT, folder)
    for name in ("digest.css", STYLES):
        shutil.copy(STATIC / name, folder)
    notes = html.escape(json.dumps({"digest-of-digests": ["notes.js", [2026, 2025, 2024, 2023]]}))
    (folder / "index.html").write_text(
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Digests</title>'
        f'<link rel="stylesheet" href="digest.css"><link rel="stylesheet" href="{STYLES}">'
        f'<script src="{SCRIPT}" data-notes="{notes}" data-words="{html.escape(filter_messages(ENGLISH))}"></script>'
        '<main><h1>Digests</h1><dl class="digest-years digest-of-digests"><dt>2026<dd>All</dl></main></html>',
        encoding="utf-8",
    )
    return (folder / "index.html").as_uri()


def test_each_field(page: Filter) -> None:
    listed = page.driver.find_element("css selector", "dl.digest-years")
    assert listed.is_displayed()
    page.field("Words").send_keys("recheck habit")
    assert page.wait("1 note") == ["Flaky Tests and the Habit of Rechecking Open thread · Oct 21, 2026"]
    assert not listed.is_displayed()
    page.field("Words").clear()
    page.field("Words").send_keys("OKONKWO, (zoe)")
    assert len(page.wait("9 notes")) == 9
    page.choose("Kind", "story")
    assert [line.partition(" story")[0] for line in page.wait("1 note")] == [
        "Finding the Backup That Still Has the File"
    ]
    assert page.fragment == "digest-of-digests?words=OKONKWO%2C+%28zoe%29&kind=story"
    page.all("button[type=reset]")[0].click()
    assert page.wait("") == []
    assert (page.fragment, listed.is_displayed(), page.values) == ("", True, ["", "", "", ""])
    page.field("Person").send_keys("dalia")
    assert len(page.wait("4 notes")) == 4
    page.choose("Year", "2026")
    page.choose("Kind", "thread")
    lines = page.wait("2 notes")
    assert (
        lines[1]
        == "Timeouts All the Way Down Open thread · Dalia Haddad · Noam Berkowitz · Marguerite Oyelaran · Sep 1, 2026"
    )
    page.choose("State", "Continues")
    assert page.wait("Nothing matches “thread, Continues, dalia, 2026”.") == []
    page.choose("State", "all")
    page.field("Words").send_keys("nothing at all")
    assert page.wait("Nothing matches “nothing at all, thread, dalia, 2026”.") == []
    (again,) = (button for button in page.all("button[type=button]") if button.text == "Clear the search")
    again.click()
    assert page.wait("") == []
    assert not again.is_displayed()
    assert page.focused == page.field("Words")


def test_what_was_decided(page: Filter) -> None:
    page.choose("State", "Decided")
    lines = page.wait("10 notes")
    assert all(" Decided thread · " in line for line in lines)
    assert page.fragment == "digest-of-digests?state=done"


def test_a_person_is_found_by_each_nick(page: Filter) -> None:
    found = []
    for nick in ("dalia", "_oftc_dalia", "Haddad"):
        page.field("Person").send_keys(nick)
        found.append(page.wait("4 notes"))
        page.all("button[type=reset]")[0].click()
        page.wait("")
    assert found[0] == found[1] == found[2]
    assert sum(" success · Dalia Haddad · " in line for line in found[0]) == 2


def test_a_result_leads_to_its_note_and_back(page: Filter) -> None:
    page.field("Words").send_keys("recheck habit")
    page.wait("1 note")
    page.all("li a")[0].click()
    assert page.fragment == "thread-b6d058fc005ded1c"
    assert page.driver.execute_script("return document.querySelector(':target h2').innerText").startswith("Flaky")
    page.driver.back()
    page.wait("1 note")
    assert page.values == ["recheck habit", "", "", ""]


def test_the_address_says_what_is_shown(page: Filter) -> None:
    page.field("Words").send_keys("heron")
    page.wait("30 notes")
    page.choose("Kind", "thread")
    page.wait("10 notes")
    shared = page.driver.current_url
    page.driver.back()
    page.wait("30 notes")
    # what was typed was one step, however many keys it took
    page.driver.back()
    page.wait("")
    assert page.values == ["", "", "", ""]
    page.driver.forward()
    page.driver.forward()
    page.wait("10 notes")
    assert page.values == ["heron", "thread", "", ""]
    other = Filter(page.driver, shared)
    other.wait("10 notes")
    assert other.values == ["heron", "thread", "", ""]


def test_by_keyboard_alone(page: Filter) -> None:
    page.driver.execute_script("arguments[0].focus()", page.field("Words"))
    page.focused.send_keys("heron", Keys.ENTER)
    page.wait("30 notes")
    order = []
    for _ in range(7):
        page.focused.send_keys(Keys.TAB)
        order.append(page.focused.tag_name)
    assert order == ["select", "select", "input", "select", "button", "a", "a"]
    assert page.focused.text == "What Heron Taught Us"
    page.focused.send_keys(Keys.ENTER)
    WebDriverWait(page.driver, 10).until(lambda _: page.fragment.startswith("thread-"))


def test_without_a_script_there_is_the_list_alone(driver: Any, site: Callable[[str], str]) -> None:
    see(driver, WIDE, "light")
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page = Filter(driver, f"{site('alabaster')}/{LIST}")
        assert page.all("") == driver.find_elements("css selector", ".digest-filter, [role=status]") == []
        assert driver.find_element("css selector", "dl.digest-years").is_displayed()
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


# the fonts of the third theme come late, and move lines by themselves
@pytest.mark.usefixtures("slow_and_still")
@pytest.mark.parametrize("theme", ["alabaster", "furo"])
def test_nothing_moves_when_the_form_comes(driver: Any, site: Callable[[str], str], theme: str) -> None:
    see(driver, WIDE, "light")
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SHIFTS})
    try:
        # a shift of ours comes each time; one that a busy machine makes does not come again
        for _time in range(3):
            page = Filter(driver, f"{site(theme)}/{LIST}")
            WebDriverWait(driver, 30).until(lambda _, page=page: page.all("form"))
            if not (shifts := driver.execute_script("return shifts")):
                break
        assert shifts == []
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_a_language_that_the_browser_does_not_know(driver: Any, site: Callable[[str], str]) -> None:
    """Its own may have more forms than the page."""
    see(driver, WIDE, "light")
    source = {"source": "Intl.PluralRules = class { select() { return 'few'; } };"}
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", source)
    try:
        page = Filter(driver, f"{site('alabaster')}/{LIST}")
        page.field("Words").send_keys("OKONKWO, (zoe)")
        assert len(page.wait("9 notes")) == 9
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def test_ten_thousand_notes(driver: Any, large: str) -> None:
    see(driver, WIDE, "light")
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SLOW})
    try:
        page = Filter(driver, large)
        page.field("Words").send_keys("strasse ete c++")
        assert len(page.wait("10000 notes")) == 50
        # by this clock each note takes a quarter of a millisecond, and to read and to search them are two works
        assert driver.execute_script("return pauses") >= 2 * NUMBER / 40
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    (more,) = (button for button in page.all("> button") if button.is_displayed())
    assert more.text == "9950 more"
    more.click()
    assert page.focused.text == "Note 50"
    assert (len(page.all("li")), more.text) == (100, "9900 more")
    page.field("Words").send_keys(" word77 77")
    assert len(page.wait("111 notes")) == 50
    more.click()
    driver.execute_script("arguments[0].focus()", more)
    more.send_keys(Keys.ENTER)
    assert len(page.all("li")) == 111
    assert not more.is_displayed()
    page.choose("Year", "2023")
    page.choose("Kind", "thread")
    assert all("2023" in line and "thread" in line for line in page.wait("15 notes"))


def test_hostile_texts_are_texts(driver: Any, large: str) -> None:
    see(driver, WIDE, "light")
    driver.get_log("browser")
    address = f"{large}#digest-of-digests?year=2026&words=%3Cimg+src&person=%3Cimg&kind=%22%3E%3Cb%3E"
    page = Filter(driver, address)
    assert page.wait("360 notes")[0].startswith(HOSTILE[0])
    assert page.values == ["<img src", "", "<img", "2026"]
    page.all("button[type=reset]")[0].click()
    page.wait("")
    page.choose("Year", "2026")
    lines = page.wait("2500 notes")
    assert [line.partition(" success")[0].partition(" thread")[0] for line in lines[1:4]] == list(HOSTILE[1:4])
    driver.execute_script("for (const option of document.querySelectorAll('datalist option')) option.click()")
    assert driver.title == "Digests"
    assert driver.find_elements("css selector", ".digest-filter img, .digest-filter script, .digest-filter b") == []
    links = [link.get_attribute("href") for link in page.all("li a")]
    assert all(link.startswith(f"{large.rpartition('/')[0]}/2026-11-13.html#") for link in links)
    assert [entry["message"] for entry in driver.get_log("browser")] == []


def test_what_cannot_be_loaded_is_said(driver: Any, large: str, tmp_path: Path) -> None:
    shutil.copytree(Path(urlsplit(large).path).parent, tmp_path / "site")
    notes = tmp_path / "site" / "notes.js"
    notes.rename(notes.with_suffix(".gone"))
    page = Filter(driver, (tmp_path / "site" / "index.html").as_uri())
    page.field("Words").send_keys("77")
    assert page.wait("The notes cannot be loaded.") == []
    assert driver.find_element("css selector", "dl.digest-years").is_displayed()
    notes.with_suffix(".gone").rename(notes)
    page.field("Words").send_keys("77", Keys.ENTER)
    assert page.wait("1 note")
    driver.get_log("browser")
