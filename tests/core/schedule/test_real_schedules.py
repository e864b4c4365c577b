"""Schedules as OpenStack published them, where the folder with them is there: nothing of them is in the project.

``SPHINXEXT_DIGEST_DATA`` names the folder that has ``schedules``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from sphinxext.digest.schedule import REMARKS
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.options import Settings

from .conftest import TODAY

FOLDER = Path(os.environ.get("SPHINXEXT_DIGEST_DATA", "missing"), "schedules")
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="SPHINXEXT_DIGEST_DATA does not name the real schedules")

#: The series, its title, its release, its first and last week, how many events there are and how many name their day,
#: and the lines with remarks.
SERIES = {
    "mitaka": ("Mitaka", "2016-04-07", "R-24", "R-0", 26, 6, "rst:262 rst:274 rst:285"),
    "ocata": ("Ocata", "2017-02-22", "R-15", "R+2", 40, 10, "rst:73 yaml:10 yaml:18"),
    "pike": ("Pike", "2017-08-30", "R-26", "R+2", 36, 14, "yaml:9"),
    "queens": ("Queens", "2018-02-28", "R-25", "R+0", 38, 16, ""),
    "stein": ("Stein", "2019-04-10", "R-31", "R+0", 41, 15, ""),
    "train": ("Train", "2019-10-16", "R-26", "R+0", 38, 11, ""),
    "ussuri": ("Ussuri", "2020-05-13", "R-29", "R-0", 42, 10, "rst:242 yaml:5"),
    "victoria": ("Victoria", "2020-10-14", "R-21", "R+1", 29, 9, ""),
    "wallaby": ("Wallaby", "2021-04-14", "R-25", "R-0", 31, 10, "yaml:3 yaml:14"),
    "yoga": ("Yoga", "2022-03-30", "R-24", "R+0", 30, 11, "yaml:2 yaml:3"),
    "zed": ("Zed", "2022-10-05", "R-26", "R+0", 34, 12, ""),
    "antelope": ("2023.1 Antelope", "2023-03-22", "R-23", "R+0", 33, 12, ""),
    "bobcat": ("2023.2 Bobcat", "2023-10-04", "R-27", "R+0", 45, 18, "rst:389"),
    "caracal": ("2024.1 Caracal", "2024-04-03", "R-25", "R+0", 42, 16, "rst:234"),
    "epoxy": ("2025.1 Epoxy", "2025-04-02", "R-25", "R+0", 39, 12, "rst:314"),
    "flamingo": ("2025.2 Flamingo", "2025-10-01", "R-25", "R+0", 38, 11, "rst:309"),
    "hibiscus": ("2026.2 Hibiscus", "2026-09-30", "R-25", "R+0", 41, 13, ""),
    "indri": ("2027.1 Indri", "2027-03-24", "R-24", "R+0", 18, 6, ""),
}


@pytest.mark.parametrize("name", SERIES)
def test_series(name: str, tmp_path: Path, make_settings: Callable[..., Settings]) -> None:
    schedules = load_schedules(tmp_path, make_settings(schedules=[str(FOLDER)]))
    schedule = schedules.find(name, TODAY)
    assert schedule is not None
    assert {problem.code for problem in schedules.problems} <= REMARKS
    remarks = [f"{problem.path.rpartition('.')[2]}:{problem.line}" for problem in schedules.problems]
    first, last = schedule.cycle[0], schedule.cycle[-1]
    exact = sum(event.exact for event in schedule.events)
    found = (schedule.title, str(schedule.release), first.name, last.name, len(schedule.events), exact)
    assert (*found, " ".join(remarks)) == SERIES[name]
    for before, week in zip(schedule.weeks, schedule.weeks[1:], strict=False):
        assert before.period.end < week.period.start
    for before, week in zip(schedule.cycle, schedule.cycle[1:], strict=False):
        assert week.period.start - before.period.start == timedelta(weeks=1)
        assert before.to_release == (week.to_release or 0) + 1
    for event in schedule.events:
        # a few texts name a day of the week before or after, with a remark
        assert event.due_week.start <= event.day <= event.due_week.start + timedelta(days=6)
    lines = Path(schedule.text_path).read_text(encoding="utf-8").split("\n")
    for text in (event.text for event in schedule.events if event.text):
        for index, line in enumerate(text.value.split("\n")):
            written = lines[text.line_of(index) - 1].rstrip()
            assert not line or line.startswith(".. rubric:: ") or ":ref:`" in written or line == written


def test_all(tmp_path: Path, make_settings: Callable[..., Settings]) -> None:
    schedules = load_schedules(tmp_path, make_settings(schedules=[str(FOLDER)]))
    assert schedules.names == tuple(SERIES)
    current = schedules.find("current", TODAY)
    assert current is not None
    assert (current.series, current.status, current.release_id) == ("indri", "development", "2027.1")
    week = current.week_of(TODAY)
    assert week is not None
    assert (week.name, [(event.id, event.day, event.exact) for event in week.events]) == (
        "R-18",
        [("i-1", date(2026, 11, 19), True)],
    )
    numbered = schedules.find("2027.1", TODAY)
    assert numbered == current
    mitaka = schedules.find("current", date(2015, 12, 4))
    assert mitaka is not None
    assert mitaka.series == "mitaka"
