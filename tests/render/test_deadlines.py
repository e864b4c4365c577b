"""The deadlines of a digest's countdown, in reports and mails."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxext.digest.collection.load import load_collection
from sphinxext.digest.problems import Code
from sphinxext.digest.render.digest import DigestSource, digest_source
from sphinxext.digest.render.text import text_lines
from sphinxext.digest.schedule.load import load_schedules
from sphinxext.digest.settings.options import Settings

NOTE = "date: 2026-11-06\ncountdown: [{series: heron, week: %s, focus: Focus.%s}]\n"
HERON = """\
series: heron
title: Heron
start: 2026-10-26
release: 2026-12-16
url: https://releases.example.org/heron.html
milestones:
  - {title: heron-1 milestone, id: heron-1, week: R-7}
  - {title: Freeze, id: heron-ff, week: R-5}
  - {title: Drivers, id: puffin, week: R-5, project: Puffin}
  - {title: Strings, id: strings, week: R-4}
  - {title: First, id: rc1, week: R-3}
  - {title: Second, id: rc2, week: R-2}
  - {title: Last, id: rc3, week: R-1}
  - {title: Heron release, id: heron-final, date: 2026-12-16}
"""


def source_of(folder: Path, *, week: str = "R-5", more: str = "", heron: str = HERON) -> DigestSource:
    fragments = folder / "releasenotes" / "digests"
    fragments.mkdir(parents=True)
    (fragments / "c-0000000000000001.yaml").write_text(NOTE % (week, more))
    (folder / "heron.yaml").write_text(heron)
    settings = Settings(**{**vars(Settings()), "schedules": ("heron.yaml",)})
    collection = load_collection(folder, settings)
    return digest_source(collection, collection.period("2026-11-06"), load_schedules(folder, settings))


def text_of(source: DigestSource) -> str:
    parts, problems = source.parts()
    assert problems == []
    return "\n".join(text_lines(parts))


def test_those_of_two_weeks_and_some_later_ones(tmp_path: Path) -> None:
    assert (
        text_of(source_of(tmp_path))
        == """\
Release Countdown For Week R-5, Nov 9–13
* Focus:
  Focus.
* Important Dates:
  - Freeze: November 12, 2026 (R-5 week)
  - Strings: November 19, 2026 (R-4 week)
  - First: November 26, 2026 (R-3 week)
  - Second: December 3, 2026 (R-2 week)
  - Last: December 10, 2026 (R-1 week)
* Release schedule: https://releases.example.org/heron.html"""
    )


@pytest.mark.parametrize(("week", "more"), [("R-5", ", dates: My own."), ("R-90", "")])
def test_a_note_with_dates_of_its_own_or_of_no_week(tmp_path: Path, week: str, more: str) -> None:
    text = text_of(source_of(tmp_path, week=week, more=more))
    assert "November 12" not in text
    assert ("My own." in text) == bool(more)


def test_a_schedule_that_cannot_be_read(tmp_path: Path) -> None:
    parts, problems = source_of(tmp_path, heron="- a list").parts()
    assert "Focus." in "\n".join(text_lines(parts))
    assert [problem.code for problem in problems] == [Code.NO_SCHEDULE]
