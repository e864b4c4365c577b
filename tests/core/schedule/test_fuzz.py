"""Reading whatever there may be: it never fails, is quick, and places lie in the file."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.schedule.rows import named_days
from sphinxext.digest.settings.options import Settings

from .conftest import TODAY, Files
from .test_cycle import RST, YAML
from .test_grid import PROSE, TABLE
from .test_own import OWN
from .test_schedules import STATUS

#: Seconds that reading may take at the very worst, on a slow and busy machine.
LIMIT = 5

TOKENS = [
    *"-+=|~^:*`_.<>[]{}#&!'\" \n\t\r\0\x85\ufeff\u2028é1",
    *(".. _a:", ".. _a: b_\n", "`a`_", "a_", ".. |a| replace:: |a|\n", "\n====\n", "\n\n", "- ", "null", "R-1", "R+1"),
    *("Dec 28-1", "Feb 29", "0001-01-01", "2999-12-31", "2026-11-16", "9999-12-31", "R-999", ":ref:`a`", "cycle:"),
    *("*a", "&a ", "milestones:", "start: ", "name: ", "31 November", "30 Feb 2026", "+---+\n", "|   |\n"),
]


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A text with some pieces replaced by others."""
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        text = text[:start] + "".join(draw(st.lists(st.sampled_from(TOKENS), max_size=4))) + text[end:]
    return text


def read(**files: str) -> None:
    """Read a series out of these files, and check what comes of it."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "ruby").mkdir()
        lines = {}
        for name, text in files.items():
            path = "series_status.yaml" if name == "status" else f"ruby/schedule.{name}"
            (root / path).write_bytes(text.encode("utf-8", "surrogatepass"))
            lines[path] = text.count("\n") + text.count("\r") + 1
        schedules = load_schedules(root, Settings(), ["."])
        schedule = schedules.find("ruby", TODAY)
        schedules.find("current", TODAY)
        for problem in schedules.problems:
            assert 0 <= problem.line <= lines.get(problem.path, 0)
        if schedule is None:
            assert schedules.problems or "rst" in files
            return
        starts = [week.period.start for week in schedule.weeks]
        assert starts == sorted(starts)
        assert schedule.cycle
        for event in schedule.events:
            assert event.title.strip()
            if event.text:
                assert event.text.value.strip()
                event.text.line_of(event.text.value.count("\n"))


@given(damaged(YAML), st.one_of(st.just(RST), damaged(RST)))
def test_damaged_cycle(yaml: str, rst: str) -> None:
    read(yaml=yaml, rst=rst)


@given(damaged(TABLE + PROSE), st.one_of(st.just(STATUS), damaged(STATUS)))
def test_damaged_table(rst: str, status: str) -> None:
    read(rst=rst, status=status)


@given(damaged(OWN))
def test_damaged_own(yaml: str) -> None:
    read(yaml=yaml)


@given(st.text() | st.lists(st.sampled_from(TOKENS)).map("".join))
def test_any_text(text: str) -> None:
    named_days(text)
    read(yaml=text)
    read(rst=text)


MANY = 1_000_000
WORST: dict[str, Callable[[], str]] = {
    "words": lambda: "a-" * (MANY // 2),
    "references": lambda: "a_ " * (MANY // 3),
    "backquotes": lambda: "`" * MANY,
    "roles": lambda: ":ref:`" * (MANY // 6),
    "numbers": lambda: "1 " * (MANY // 2),
    "spaces": lambda: "1" + " " * MANY,
    "days": lambda: "1 May " * (MANY // 6),
    "lines": lambda: "\n" * MANY,
    "titles": lambda: "a\n=\n\n" * (MANY // 5),
    "anchors": lambda: ".. _a:\n" * (MANY // 7),
    "colons": lambda: ".. _" + ":a" * (MANY // 2),
    "stars": lambda: "*" * 190 + "\n" + "-" * 200 + "\n",
    "columns": lambda: "+-" * (MANY // 4) + "+\n" + "|a" * (MANY // 4) + "|\n" + "+-" * 10 + "+\n",
    "definitions": lambda: (
        ".. _q-1:\n\nA\n-\n" + "b_ " * 1000 + "".join(f"\n.. _b{n}: b{n + 1}_" for n in range(20_000))
    ),
    "rows": lambda: "+---+\n" + "| a |\n+---+\n" * (MANY // 12),
}


@pytest.mark.parametrize("name", WORST)
def test_time_is_bounded(name: str, files: Files) -> None:
    text = WORST[name]()
    start = time.process_time()
    files.series("quartz", YAML, ".. _q-1:\n\nOne\n---\n\n" + text)
    files.series("opal", rst=text)
    schedules = files.load()
    assert schedules.find("quartz", date(2026, 11, 16)) is not None
    schedules.find("opal", date(2026, 11, 16))
    assert time.process_time() - start < LIMIT


def test_many_weeks(files: Files) -> None:
    row = "- {start: 2026-11-16, end: 2026-11-20, name: R-1, x-project: [a]}\n"
    text = f"start-week: 2026-11-16\nrelease-week: 2026-11-23\ncycle:\n{row * 4000}"
    files.series("quartz", text)
    start = time.process_time()
    schedule, problems = files.read("quartz")
    assert schedule is not None
    assert len(schedule.weeks) == 1
    assert problems
    assert time.process_time() - start < LIMIT
