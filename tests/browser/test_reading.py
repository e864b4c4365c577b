"""Pages as somebody reads them on a phone, on paper, with a keyboard, without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.request import urlopen

import pytest

from .kinds import CYCLES, DIGESTS, PAGES
from .test_countdown import reading
from .test_pages import NARROW, THEMES, WIDE, problems, see

SMALL = 320
USUAL = DIGESTS[1]
#: How many bytes of ours may come with a page, and how many of them are styles.
BYTES, STYLES = 100_000, 12_000
#: What the page has loaded, and what of it is ours.
LOADED = """
const [entry] = performance.getEntriesByType("navigation");
return [entry, ...performance.getEntriesByType("resource")].map((one) => [one.name, one.decodedBodySize]);
"""
#: The words of days in a heading or a list that are on more than one line, though one is wide enough for them.
BROKEN_DAYS = """
const days = [...document.querySelectorAll(":is(h1, h2, .digest-days) .digest-week, h1 .digest-range")];
if (!document.querySelector("h1 .digest-range, .digest-days .digest-week")) return ["there are no days"];
return days.filter((node) => {
  const range = document.createRange();
  range.selectNodeContents(node);
  const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
  const copy = node.cloneNode(true);
  copy.style.cssText = "position: absolute; white-space: nowrap; visibility: hidden";
  node.append(copy);
  const wanted = copy.getBoundingClientRect().width;
  copy.remove();
  return lines.size > 1 && wanted < node.closest("h1, h2, li").getBoundingClientRect().width;
}).map((node) => node.textContent);
"""
#: The links to sources of notes: the address, whether another link is on their line, their size and that of texts.
IMPROVEMENTS = """
const size = (node) => parseFloat(getComputedStyle(node).fontSize);
return [...document.querySelectorAll(".digest-improvement")].map((link) => {
  const { top } = link.getBoundingClientRect();
  const others = [...link.closest("ul").querySelectorAll("a")].filter((other) => other !== link);
  const isShared = others.some((other) => Math.abs(other.getBoundingClientRect().top - top) < 3);
  return [link.href, isShared, size(link), size(link.closest("section").querySelector("li p, p"))];
});
"""
#: The room between the days in the title of a page and the end of the title, and the height of a line.
BELOW_DAYS = """
const title = document.querySelector("h1:has(.digest-range)"), style = getComputedStyle(title);
const end = title.getBoundingClientRect().bottom - parseFloat(style.paddingBottom);
return [end - title.querySelector(".digest-range").getBoundingClientRect().bottom, 0.7 * parseFloat(style.fontSize)];
"""
#: The badges in headings that are on a line without any word of the title.
LONELY = """
const badges = [...document.querySelectorAll(":is(h2, h3) .digest-state")];
const lonely = badges.filter((badge) => {
  const range = document.createRange();
  range.setStart(badge.closest("h2, h3"), 0);
  range.setEndBefore(badge);
  const words = [...range.getClientRects()].filter((box) => box.width > 8).at(-1);
  return words.bottom < badge.getBoundingClientRect().top;
});
const found = lonely.map((badge) => badge.parentElement.textContent);
return found.length || !badges.length ? found : ["all are in company"];
"""
#: How far what is ours has moved after it was first painted.
SHIFTS = """
const done = arguments[0];
const seen = [];
new PerformanceObserver((list) => seen.push(...list.getEntries())).observe({type: "layout-shift", buffered: true});
setTimeout(() => done(seen.filter((shift) => shift.sources.some(({node}) =>
  node && (node.nodeType === 1 ? node : node.parentElement)?.closest("[class*='digest-']")))
  .map((shift) => shift.value)), 300);
"""
OPACITY = "return getComputedStyle(arguments[0]).opacity"


@pytest.fixture
def without_scripts(driver: Any) -> Iterator[None]:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    yield
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.fixture
def paper(driver: Any) -> Iterator[None]:
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    yield
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


@pytest.mark.parametrize("theme", THEMES)
def test_a_small_phone_shows_everything(driver: Any, site: Callable[[str], str], theme: str) -> None:
    address = site(theme)
    see(driver, SMALL, "light")
    found = {}
    for page in DIGESTS:
        driver.get(f"{address}/{page}.html")
        found[page] = problems(driver, "scroll", "overflow", "targets")
    assert {page: lines for page, lines in found.items() if lines} == {}


@pytest.mark.parametrize("width", [WIDE, NARROW, SMALL])
@pytest.mark.parametrize("theme", [*THEMES, "pydata_sphinx_theme", "openstackdocs"])
def test_no_line_ends_within_days(driver: Any, site: Callable[[str], str], theme: str, width: int) -> None:
    address = site(theme)
    see(driver, width, "light")
    found = {}
    for page in ("digests/index", DIGESTS[0], DIGESTS[-1]):
        driver.get(f"{address}/{page}.html")
        found[page] = driver.execute_script(BROKEN_DAYS)
    assert {page: days for page, days in found.items() if days} == {}


@pytest.mark.parametrize("theme", [*THEMES, "pydata_sphinx_theme", "openstackdocs"])
def test_a_title_has_no_empty_line_below_its_days(driver: Any, site: Callable[[str], str], theme: str) -> None:
    address = site(theme)
    for width in range(SMALL, SMALL + 120, 20):
        see(driver, width, "light")
        for page in (DIGESTS[0], DIGESTS[-1]):
            driver.get(f"{address}/{page}.html")
            room, height = driver.execute_script(BELOW_DAYS)
            assert room < height, (width, page)


@pytest.mark.parametrize("theme", [*THEMES, "pydata_sphinx_theme", "openstackdocs"])
def test_no_state_is_alone_on_a_line(driver: Any, site: Callable[[str], str], theme: str) -> None:
    address = site(theme)
    for width in range(SMALL, SMALL + 120, 20):
        see(driver, width, "light")
        driver.get(f"{address}/{DIGESTS[0]}.html")
        assert driver.execute_script(LONELY) == ["all are in company"], width


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("theme", THEMES)
def test_a_link_to_the_source_shares_the_line_of_other_links(
    driver: Any, site: Callable[[str], str], theme: str, width: int
) -> None:
    address = site(theme)
    see(driver, width, "light")
    driver.get(f"{address}/{DIGESTS[0]}.html")
    found = driver.execute_script(IMPROVEMENTS)
    assert found
    for url, is_shared, size, usual in found:
        assert url.startswith("https://code.gannet.example/edit/releasenotes/digests/")
        assert is_shared, url
        # no louder than the notes
        assert size < usual


def shifts(driver: Any, address: str, day: str) -> dict[str, float]:
    """Return how far each page moves that is read on a day."""
    found = {}
    for page in (*DIGESTS, *CYCLES):
        # a shift of ours comes each time that a page loads slowly; one that a busy machine makes does not come again
        for _time in range(3):
            with reading(driver, f"{address}/{page}.html", day):
                found[page] = sum(driver.execute_async_script(SHIFTS))
            if not found[page]:
                break
    return found


@pytest.mark.usefixtures("slow_and_still")
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("theme", ["alabaster", "furo"])
def test_nothing_moves_while_a_page_is_loaded(driver: Any, site: Callable[[str], str], theme: str, width: int) -> None:
    address = site(theme)
    see(driver, width, "light")
    today = shifts(driver, address, "2026-09-02")
    assert {page: shift for page, shift in today.items() if shift} == {}
    # on another day than the build's a script brings these to it: lines and weeks come and go
    later = shifts(driver, address, "2026-12-01")
    assert later.pop("live") < 0.15
    assert later.pop("cycle") < 0.1
    assert {page: shift for page, shift in later.items() if shift} == {}


def test_pages_are_light_and_ask_nobody_else(driver: Any, site: Callable[[str], str]) -> None:
    address = site("basic")
    see(driver, WIDE, "light")
    for page in PAGES:
        driver.get(f"{address}/{page}.html")
        # a browser asks for the icon of a site once, with whichever page comes first
        loaded = {name: size for name, size in driver.execute_script(LOADED) if not name.endswith("/favicon.ico")}
        assert [name for name in loaded if not name.startswith(address)] == []
        ours = {name: size for name, size in loaded.items() if "/_static/" not in name or "/_static/digest" in name}
        assert sum(ours.values()) <= BYTES, (page, ours)
        styles = {name: size for name, size in ours.items() if name.partition("?")[0].endswith(".css")}
        assert 0 < sum(styles.values()) <= STYLES, (page, loaded)


@pytest.mark.usefixtures("without_scripts")
def test_no_script_is_needed(driver: Any, site: Callable[[str], str]) -> None:
    from selenium.webdriver import Keys

    address = site("furo")
    see(driver, NARROW, "light")
    driver.get(f"{address}/{USUAL}.html")
    assert "4 minutes to read" in driver.find_element("css selector", ".digest-head").text
    assert "Next digest" in driver.find_element("css selector", ".digest-around").text
    folds = driver.find_elements("css selector", ".digest-fold")
    assert folds
    for fold in folds:
        full = fold.size["height"]
        fold.find_element("tag name", "summary").send_keys(Keys.ENTER)
        assert fold.size["height"] < full / 2
        fold.find_element("tag name", "summary").send_keys(Keys.ENTER)
        assert fold.size["height"] == full


def test_a_link_into_a_folded_summary_opens_it(driver: Any, site: Callable[[str], str]) -> None:
    address = site("alabaster")
    see(driver, NARROW, "light")
    driver.get(f"{address}/{USUAL}.html")
    script = """
        const fold = document.querySelector(".digest-fold");
        fold.open = false;
        fold.querySelector("p").id = "inside";
        location.hash = "#inside";
        return fold.open;
    """
    assert driver.execute_script(script) is True


@pytest.mark.parametrize("theme", [*THEMES, "pydata_sphinx_theme", "openstackdocs", "basic"])
def test_links_of_lines_and_headings_are_seen_by_pointer_and_keyboard(
    driver: Any, site: Callable[[str], str], theme: str
) -> None:
    from selenium.webdriver import ActionChains

    address = site(theme)
    see(driver, WIDE, "light")
    driver.get(f"{address}/{USUAL}.html")
    for place in (".digest-successes li", ".digest-success-section > h2"):
        link = driver.find_element("css selector", f"{place} a.headerlink")
        ActionChains(driver).move_to_element(driver.find_element("tag name", "h1")).perform()
        assert driver.execute_script(OPACITY, link) == "0"
        driver.execute_script("arguments[0].focus()", link)
        assert driver.execute_script("return document.activeElement === arguments[0]", link)
        assert driver.execute_script(OPACITY, link) == "1"
        driver.execute_script("arguments[0].blur()", link)
        ActionChains(driver).move_to_element(driver.find_element("css selector", place)).perform()
        assert driver.execute_script(OPACITY, link) == "1"


@pytest.mark.usefixtures("paper")
@pytest.mark.parametrize("theme", THEMES)
def test_paper_has_all_words_and_no_way_to_press_them(driver: Any, site: Callable[[str], str], theme: str) -> None:
    address = site(theme)
    driver.get(f"{address}/{USUAL}.html")
    fold = driver.find_element("css selector", ".digest-fold")
    open_ = fold.size["height"]
    driver.execute_script("arguments[0].open = false", fold)
    assert fold.size["height"] == open_ > 100
    contents = [".digest-contents"] if theme != "furo" else []
    for name in (*contents, ".digest-around", ".digest-fold > summary", "li a.headerlink"):
        shown = driver.find_elements("css selector", name)
        assert shown and not any(element.is_displayed() for element in shown)
    script = "return getComputedStyle(document.querySelector('.digest-links a'), '::after').content"
    assert "https://" in driver.execute_script(script)


@pytest.mark.parametrize("width", [WIDE, SMALL])
@pytest.mark.parametrize("theme", THEMES)
def test_pages_from_right_to_left(driver: Any, site: Callable[[str], str], theme: str, width: int) -> None:
    address = site(theme)
    see(driver, width, "light")
    driver.get(f"{address}/{USUAL}.html")
    driver.execute_script("document.documentElement.dir = 'rtl'")
    script = """
        const style = getComputedStyle(document.querySelector(".digest-successes"));
        const [before, after] = document.querySelectorAll(".digest-around a");
        const left = (link) => link.getBoundingClientRect().left;
        return [style.borderRightWidth, style.borderLeftWidth, left(before) > left(after)];
    """
    assert driver.execute_script(script) == ["4px", "1px", True]


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_colours_that_a_reader_chooses(driver: Any, site: Callable[[str], str], chosen: str) -> None:
    address = site("furo")
    see(driver, NARROW, "dark" if chosen == "light" else "light")
    for page in DIGESTS:
        driver.get(f"{address}/{page}.html")
        driver.execute_script("document.body.dataset.theme = arguments[0]", chosen)
        assert problems(driver, "contrast") == []


def test_nothing_moves_by_itself(driver: Any, site: Callable[[str], str]) -> None:
    address = site("basic")
    for name in ("digest.css", "digest-web.css", "digest-filter.css"):
        with urlopen(f"{address}/_static/{name}") as answer:
            styles = answer.read().decode()
        assert not any(word in styles for word in ("transition", "animation", "scroll-behavior", "@import", "url("))
