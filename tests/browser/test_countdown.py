"""The timeline of a countdown, and the script that counts from the day of the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from .test_pages import NARROW, SMALL, THEMES, WIDE, see

#: Letters and marks of the timeline that stand on each other, or beyond the edge of the screen.
CROWDED = """
const picture = document.querySelector("svg.digest-cycle");
const edge = document.documentElement.clientWidth;
const shown = [...picture.querySelectorAll("text:not([display=none], [display=none] *)")];
const boxes = shown.map((text) => [text.textContent, text.getBoundingClientRect()]);
const before = (a, b) => a.right <= b.left + 1 || a.bottom <= b.top + 3;
const apart = (a, b) => before(a, b) || before(b, a);
return [
  ...boxes.filter(([, box]) => box.left < 0 || box.right > edge || box.height < 10).map(([words]) => `edge: ${words}`),
  ...boxes.flatMap(([words, box], index) => boxes.slice(index + 1).filter(([, other]) => !apart(box, other))
    .map(([other]) => `together: ${words}, ${other}`)),
];
"""
#: Where the mark of the current day is, how wide it is and what it says; the weeks, and how many of them are over.
MARK = """
const mark = document.querySelector(".digest-cycle-now");
const shape = mark.querySelector("path").getBoundingClientRect();
const boxes = [...document.querySelectorAll("svg.digest-cycle > rect:not([fill])")];
const [first, last] = [boxes[0], boxes.at(-1)].map((box) => box.getBoundingClientRect());
const place = [shape.left + shape.width / 2, shape.width, mark.querySelector("title").textContent];
const over = boxes.filter((box) => box.matches("[fill-opacity='.5']"));
return [place, [first.left, last.right - first.left], over.length];
"""
DATES = "Aug 31 – Sep 4, 2026"
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


@contextmanager
def reading(driver: Any, address: str, day: str) -> Iterator[None]:
    """Open a page on another day."""
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": TODAY % f"{day}T23:30:00"})
    try:
        driver.get(address)
        yield
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)


def lines(driver: Any, selector: str) -> list[str]:
    """Return the visible texts of elements, each on one line."""
    return [" ".join(item.text.split()) for item in driver.find_elements("css selector", selector)]


@pytest.fixture(scope="module")
def address(site: Callable[[str], str]) -> str:
    return site("alabaster")


@pytest.fixture(autouse=True)
def wide(driver: Any) -> None:
    see(driver, WIDE, "light")


def test_a_countdown_with_a_day_of_its_own_stays_as_it_is(driver: Any, address: str) -> None:
    driver.get(f"{address}/countdown.html")
    assert driver.execute_script("return document.querySelector('script[src*=countdown]')") is None
    assert lines(driver, ".digest-left p")[0] == "R-11 As of September 2, 2026:"
    assert lines(driver, ".digest-left li")[1] == "78 days Release: November 19, 2026 (in 78 days)"


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-09-01", ["1 day Next deadline: heron-2 milestone, September 3, 2026 (tomorrow)", "in 78 days"]),
        ("2026-09-02", ["1 day Next deadline: heron-2 milestone, September 3, 2026 (tomorrow)", "in 78 days"]),
        ("2026-09-03", ["Next deadline: heron-2 milestone, September 3, 2026 (today)", "in 77 days"]),
        ("2026-10-06", ["2 days Next deadline: heron-3 milestone, October 8, 2026 (in 2 days)", "in 44 days"]),
        ("2026-11-19", ["Next deadline: Heron release, November 19, 2026 (today)", "(today)"]),
        ("2026-11-20", ["Gannet Heron was released on November 19, 2026 · yesterday · Release notes"]),
        ("2026-11-30", ["Gannet Heron was released on November 19, 2026 · 11 days ago · Release notes"]),
    ],
)
def test_the_box_has_the_next_deadline_that_is_ahead(driver: Any, address: str, day: str, expected: list[str]) -> None:
    driver.get_log("browser")  # the messages of pages before, which are removed by reading them
    with reading(driver, f"{address}/live.html", day):
        found = lines(driver, ".digest-left li")
        assert len(found) == len(expected)
        assert all(words in line for line, words in zip(found, expected, strict=True))
        # a reader west of the build is not taken back
        shown = max(date(2026, 9, 2), date.fromisoformat(day))
        assert f"As of {shown:%B} {shown.day}, 2026:" in lines(driver, ".digest-left > p")[0]
        assert [entry for entry in driver.get_log("browser") if "favicon" not in entry["message"]] == []


def test_lines_of_the_box_lead_somewhere(driver: Any, address: str) -> None:
    with reading(driver, f"{address}/live.html", "2026-09-30"):
        (link,) = driver.find_elements("css selector", ".digest-left li a")
        assert link.get_attribute("href").endswith("/cycle.html#milestone-heron-library-freeze")


def test_deadlines_go_to_their_weeks_and_fold_when_they_have_passed(driver: Any, address: str) -> None:
    with reading(driver, f"{address}/live.html", "2026-09-29"):
        assert lines(driver, ".digest-deadlines > li > p") == ["This week:", "Next week:", "Later:"]
        assert lines(driver, ".digest-deadlines li li")[0] == "Library freeze: October 1, 2026 (R-7 week)"
        (fold,) = driver.find_elements("css selector", ".digest-passed details")
        assert fold.text == "2 deadlines have passed"
        fold.find_element("tag name", "summary").click()
        assert lines(driver, ".digest-passed li") == [
            "heron-2 milestone: September 3, 2026 (R-11 week), 26 days ago",
            "Review days for drivers: September 17, 2026 (R-9 week), Puffin, 12 days ago",
        ]


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("2026-09-02", "Now is September 2, 2026, in week R-11."),
        ("2026-10-07", "Now is October 7, 2026, in week R-6."),
        ("2026-11-30", ""),
    ],
)
def test_the_mark_of_the_timeline_moves(driver: Any, address: str, day: str, words: str) -> None:
    with reading(driver, f"{address}/live.html", day):
        mark, box, over = driver.execute_script(MARK)
        assert mark[2] == words
        weeks = (date.fromisoformat(day) - date(2026, 5, 25)).days // 7
        assert over == min(weeks, 26)
        if words:
            left, width = box
            assert left + width * weeks / 26 <= mark[0] <= left + width * (weeks + 1) / 26
        else:
            assert mark[1] == 0
        assert driver.execute_script(CROWDED) == []


def test_the_table_marks_the_week_of_the_reader(driver: Any, address: str) -> None:
    rows = "table.digest-schedule tbody tr"
    with reading(driver, f"{address}/cycle.html", "2026-09-02"):
        names = [row.partition(" ")[0] for row in lines(driver, f"{rows} td:first-child")]
        assert names == ["R-25", "R-19", "R-18", *(f"R-{number}" for number in range(12, 0, -1)), "R+0"]
        assert lines(driver, f"{rows}:has(.digest-current) td")[:2] == ["R-11 (now, September 2)", DATES]
    with reading(driver, f"{address}/cycle.html", "2026-11-18"):
        cells = lines(driver, f"{rows} td:not(:nth-child(n + 3))")
        weeks = dict(zip(cells[::2], cells[1::2], strict=True))
        # those that are over and have no events
        assert weeks["R-10"] == "Sep 7–11, 2026"
        assert weeks["R-5 – R-4"] == "Oct 12–23, 2026"
        assert not {"R-5", "R-4"} & weeks.keys()
    with reading(driver, f"{address}/cycle.html", "2026-10-11"):
        assert lines(driver, f"{rows}:has(.digest-current) td")[:1] == ["R-6 (now, October 11)"]
    with reading(driver, f"{address}/cycle.html", "2027-01-01"):
        assert lines(driver, ".digest-current") == []
        names = lines(driver, f"{rows} td:first-child")
        assert names[-9:] == ["R-9", "R-8", "R-7", "R-6", "R-5 – R-4", "R-3", "R-2", "R-1", "R+0"]


def test_without_scripts_a_page_is_as_of_its_build(driver: Any, address: str) -> None:
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get(f"{address}/live.html")
        assert lines(driver, ".digest-left p")[0] == "R-11 As of September 2, 2026:"
        assert lines(driver, ".digest-left li")[1] == "78 days Release: November 19, 2026 (in 78 days)"
        assert len(lines(driver, ".digest-left li")) == 2
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
