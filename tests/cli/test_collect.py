"""``sphinx-digest collect schedule``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import FOLDER, Run

NAME = "countdown-ibis-r-2-a342683c59b1ced7.yaml"


def files(project: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in (project / FOLDER).iterdir()}


def test_a_draft(run: Run, project: Path, schedules: Path) -> None:
    outcome = run("collect", "schedule", "ibis", "R-2")
    assert (outcome.status, outcome.err) == (0, "1 draft written\n")
    assert outcome.out == f"{FOLDER.as_posix()}/{NAME}\n"
    text = files(project)[NAME]
    assert text.startswith("# A draft from the release schedule of 2027.1 Ibis: week R-2, Dec 28 - Jan 1.\n")
    assert "\ndate: 2026-12-24\ndraft: true\n" in text
    checked = run("lint")
    assert (checked.status, checked.err) == (0, "1 fragment (1 draft), 0 problems\n")


def test_twice_adds_nothing(run: Run, project: Path, schedules: Path) -> None:
    run("collect", "schedule", "ibis", "R-2")
    before = files(project)
    outcome = run("collect", "schedule", "2027.1", "r2")
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == "0 drafts written, 1 there already\n"
    assert files(project) == before


@pytest.mark.parametrize("text", ["not: [sound", "", "date: 2026-12-24\nitems: [it became something else]\n"])
def test_a_draft_that_was_renamed_and_edited_stays(run: Run, project: Path, schedules: Path, text: str) -> None:
    run("collect", "schedule", "ibis", "R-2")
    renamed = project / FOLDER / NAME.replace("countdown-ibis", "mine")
    (project / FOLDER / NAME).rename(renamed)
    renamed.write_text(text, encoding="utf-8")
    assert run("collect", "schedule", "ibis", "R-2").out == ""
    assert files(project) == {renamed.name: text}


def test_a_countdown_that_somebody_wrote(run: Run, schedules: Path, write: Callable[..., Path]) -> None:
    path = write("mine", "date: 2026-12-24\ncountdown: [{series: Ibis, week: R-2, focus: x}]\n")
    outcome = run("collect", "schedule", "ibis", "R-2")
    assert (outcome.status, outcome.out) == (0, "")
    assert path.name in outcome.err
    assert run("collect", "schedule", "ibis", "R-1").out


def test_dry_run(run: Run, project: Path, schedules: Path) -> None:
    outcome = run("collect", "schedule", "ibis", "R-2", "--dry-run")
    assert (outcome.status, outcome.err) == (0, "1 draft would be written\n")
    assert outcome.out == f"{FOLDER.as_posix()}/{NAME}\n"
    assert files(project) == {}


def test_json(run: Run, project: Path, schedules: Path) -> None:
    outcome = run("collect", "schedule", "ibis", "R-2", "--dry-run", "--format", "json")
    assert json.loads(outcome.out) == [
        {
            "kind": "countdown",
            "identity": "a342683c59b1ced7",
            "date": "2026-12-24",
            "path": f"{FOLDER.as_posix()}/{NAME}",
            "series": "ibis",
            "week": "R-2",
            "focus": "* RC1 deadline: December 31st, 2026\n* 2027.1 Ibis is released in 2 weeks: January 13th, 2027.",
            "general": "* RC1 deadline\n\n  The first candidate.",
            "actions": "* Prepare for Final RC deadline: January 7th, 2027 (R-1 week)",
            "dates": "* RC1 deadline: December 31st, 2026 (R-2 week)\n"
            "* Final RC deadline: January 7th, 2027 (R-1 week)\n"
            "* Ibis release: January 13th, 2027 (R+0 week)",
        }
    ]
    run("collect", "schedule", "ibis", "R-2")
    assert run("collect", "schedule", "ibis", "R-2", "--format", "json").out == "[]\n"


def test_a_draft_shows_once_it_is_completed(run: Run, project: Path, schedules: Path) -> None:
    run("collect", "schedule", "ibis", "--at", "2026-12-25")
    assert "countdown" not in run("list").out
    assert "countdown" in run("list", "--drafts").out
    assert "Release Countdown" not in run("report", "2026-12-25").out

    (path,) = (project / FOLDER).glob("countdown-*.yaml")
    path.write_text(path.read_text(encoding="utf-8").replace("draft: true\n", ""), encoding="utf-8")
    assert run("list", "--drafts").out == ""
    digest = run("report", "2026-12-25")
    assert digest.status == 0
    assert "Release Countdown For Week R-2, Dec 28 – Jan 1" in digest.out


def test_every_week(run: Run, project: Path, schedules: Path) -> None:
    for week in ("R-4", "R-3", "R-2", "R-1", "R-0"):
        assert run("collect", "schedule", "ibis", week).status == 0
    assert len(files(project)) == 5
    assert run("lint").status == 0


def test_a_release_that_is_not_in_the_table(run: Run, project: Path) -> None:
    weeks = "- {start: 2026-11-09, end: 2026-11-13, name: R-1}\n- {start: 2026-11-16, end: 2026-11-20, name: R+0}\n"
    (project / "ruby.yaml").write_text(
        f"start-week: 2026-11-09\nrelease-week: 2026-11-16\ncycle:\n{weeks}", encoding="utf-8"
    )
    outcome = run("collect", "schedule", "ruby", "R-0", "--schedule", "ruby.yaml")
    assert (outcome.status, outcome.err) == (0, "1 draft written\n")
    (text,) = files(project).values()
    assert "Ruby is released this week: November 18th, 2026." in " ".join(text.split())


def test_another_folder(run: Run, project: Path, schedules: Path) -> None:
    outcome = run("collect", "schedule", "ibis", "R-2", "--fragments", "new/folder")
    assert outcome.out == f"new/folder/{NAME}\n"
    assert [path.name for path in (project / "new" / "folder").iterdir()] == [NAME]
    assert files(project) == {}


@pytest.mark.parametrize("arguments", [["collect", "frobnicate"], ["collect", "schedule", "ibis", "R-2", "R-3"]])
def test_a_wrong_command_line(run: Run, schedules: Path, arguments: list[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.out) == (2, "")


def test_help_names_the_sources(run: Run) -> None:
    outcome = run("collect", "--help")
    assert outcome.status == 0
    assert re.search(
        r"^  schedule +Draft the countdown of a week from a release schedule\.$", outcome.out, re.MULTILINE
    )
