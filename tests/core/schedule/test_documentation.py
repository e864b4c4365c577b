"""The reference of schedules: its example is one, and it describes every key."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from textwrap import dedent

from sphinxext.digest.schedule.project_schedule import FIELDS, MAX_AFTER, MAX_BEFORE, MILESTONE_FIELDS

from .conftest import Files

PAGE = Path(__file__).parents[3] / "doc" / "source" / "reference" / "schedules.rst"


def test_example(files: Files) -> None:
    text = PAGE.read_text(encoding="utf-8")
    match = re.search(r":caption: schedules/amber.yaml\n\n((?:   .*\n|\n)+)", text)
    assert match is not None
    files.write("schedules/amber.yaml", dedent(match[1]))
    schedules = files.load("schedules")
    schedule = schedules.find("4.0", date(2026, 11, 16))
    assert schedule is not None
    assert not schedules.problems
    assert (schedule.weeks[0].name, schedule.weeks[-1].name) == ("R-16", "R+1")
    assert [(event.id, str(event.day)) for event in schedule.events] == [
        ("specifications-are-accepted", "2026-11-19"),
        ("freeze", "2027-01-28"),
        ("translations-are-complete", "2027-02-11"),
        ("release", "2027-02-24"),
    ]


def test_every_key_is_described() -> None:
    text = PAGE.read_text(encoding="utf-8")
    own = text[text.index("The keys of the file:") :]
    assert re.findall(r"^``([a-z-]+)``$", own, re.MULTILINE) == [*FIELDS, *MILESTONE_FIELDS]
    assert f"at most {MAX_BEFORE} weeks" in own
    assert f"at most {MAX_AFTER} weeks" in own
