"""``sphinx-digest deadlines``, and what all commands say that find no schedule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Run
from .cycle import CYCLE

TABLE = """\
This week
  2026-12-17  ibis  R-4  yesterday   Feature freeze
  2026-12-17  ibis  R-4  yesterday   Lamp bug sprint, Lamp

Later
  2026-12-31  ibis  R-2  in 13 days  RC1 deadline
  2027-01-07  ibis  R-1  in 20 days  Final RC deadline
  2027-01-13  ibis  R+0  in 26 days  Ibis release
"""
OWN = "series: ash\nstart: 2026-12-07\nrelease: 2026-12-24\nmilestones: [{title: 'A  *freeze*', week: R-1}]\n"

COMMANDS = [["deadlines"], ["countdown"], ["collect", "schedule"]]


def test_a_table(run: Run, schedules: Path) -> None:
    outcome = run("deadlines", "--at", "2026-12-18")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == TABLE


@pytest.mark.parametrize("name", ["ibis", "Ibis", "2027.1", "current"])
def test_names_of_a_series(run: Run, schedules: Path, name: str) -> None:
    assert run("deadlines", name, "--at", "2026-12-18").out == TABLE


def test_json(run: Run, schedules: Path) -> None:
    found = json.loads(run("deadlines", "--format", "json", "--at", "2026-12-15").out)
    assert [deadline["id"] for deadline in found] == ["i-ff", "i-lamp-sprint", "i-rc1", "i-finalrc", "i-final"]
    assert found[1] == {
        "series": "ibis",
        "week": "R-4",
        "start": "2026-12-14",
        "end": "2026-12-18",
        "day": "2026-12-17",
        "id": "i-lamp-sprint",
        "title": "Lamp bug sprint",
        "scope": "project-specific",
        "project": "Lamp",
    }
    assert found[2]["scope"] == "cross-project"


@pytest.mark.parametrize(
    ("at", "weeks", "expected"),
    [
        ("2026-12-20", "1", ["i-ff", "i-lamp-sprint"]),  # a Sunday belongs to its week
        ("2026-12-21", "1", []),
        ("2026-12-21", "2", ["i-rc1"]),
        ("2027-01-01", "2", ["i-rc1", "i-finalrc"]),
        ("2026-01-01", "1000", ["heron-final", "i-ff", "i-lamp-sprint", "i-rc1", "i-finalrc", "i-final"]),
        ("2027-02-01", "1", []),
    ],
)
def test_weeks(run: Run, schedules: Path, at: str, weeks: str, expected: list[str]) -> None:
    found = json.loads(run("deadlines", "--format", "json", "--at", at, "--weeks", weeks).out)
    assert [deadline["id"] for deadline in found] == expected


def test_several_series(run: Run, schedules: Path, project: Path) -> None:
    (project / "ash.yaml").write_text(OWN, encoding="utf-8")
    outcome = run("deadlines", "--schedule", "ash.yaml", "--schedule", schedules, "--at", "2026-12-17")
    assert outcome.out == (
        "This week\n"
        "  2026-12-17  ash   R-1  today       A  *freeze*\n"
        "  2026-12-17  ibis  R-4  today       Feature freeze\n"
        "  2026-12-17  ibis  R-4  today       Lamp bug sprint, Lamp\n"
        "\n"
        "Next week\n"
        "  2026-12-24  ash   R+0  in 7 days   Ash release\n"
        "\n"
        "Later\n"
        "  2026-12-31  ibis  R-2  in 14 days  RC1 deadline\n"
        "  2027-01-07  ibis  R-1  in 21 days  Final RC deadline\n"
        "  2027-01-13  ibis  R+0  in 27 days  Ibis release\n"
    )
    assert "ash" not in run("deadlines", "ibis", "--schedule", ".", "--schedule", schedules, "--at", "2026-12-17").out


def test_schedules_of_a_further_collection(run: Run, schedules: Path, project: Path) -> None:
    settings = "collections: {other: {fragments: other, schedules: [../releases]}}\n"
    (project / "releasenotes" / "digest.yaml").write_text(settings, encoding="utf-8")
    assert run("deadlines", "--at", "2026-12-18").out == TABLE


def test_nothing_is_ahead(run: Run, schedules: Path) -> None:
    outcome = run("deadlines", "--at", "2028-01-01")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "no deadlines from 2028-01-01 on\n")
    assert run("deadlines", "--at", "2028-01-01", "--format", "json").out == "[]\n"


def test_the_day_of_a_reproducible_build(run: Run, schedules: Path) -> None:
    assert run("deadlines", SOURCE_DATE_EPOCH="1797595200").out == TABLE
    assert run("deadlines", "--at", "2026-12-18", SOURCE_DATE_EPOCH="0").out == TABLE
    for epoch in ("soon", "-1", "99999999999999999999", "²"):
        assert run("deadlines", SOURCE_DATE_EPOCH=epoch).status == 0


def test_sound_series_beside_others(run: Run, schedules: Path) -> None:
    (schedules / "ash").mkdir()
    (schedules / "ash" / "schedule.yaml").write_text("cycle: 3\n", encoding="utf-8")
    outcome = run("deadlines", "--at", "2026-12-18")
    assert (outcome.status, outcome.out) == (1, TABLE)
    assert "releases/ash/schedule.yaml:1:" in outcome.err
    alone = run("deadlines", "ibis", "--at", "2026-12-18")
    assert (alone.status, alone.out, alone.err) == (0, TABLE, "")
    broken = run("deadlines", "ash", "--at", "2026-12-18")
    assert (broken.status, broken.out) == (1, "")
    assert "releases/ash/schedule.yaml:1:" in broken.err


def test_remarks_are_for_lint(run: Run, schedules: Path) -> None:
    text = CYCLE.replace("start-week: '2026-12-14'", "start-week: '2026-12-07'")
    (schedules / "ibis" / "schedule.yaml").write_text(text, encoding="utf-8")
    outcome = run("lint")
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err.startswith("../releases/ibis/schedule.yaml:2:13: schedule-contradiction ")
    assert outcome.err.endswith("\n0 fragments, 0 problems\n")
    assert json.loads(run("lint", "--format", "json").out) == []
    assert "contradiction" not in run("lint", "releasenotes/digests").err
    assert run("deadlines", "--at", "2026-12-18").err == ""


def test_lint_fails_for_broken_schedules(run: Run, schedules: Path) -> None:
    broken = CYCLE.replace("start: '2026-12-21'", "start: '2026-12-32'")
    (schedules / "ibis" / "schedule.yaml").write_text(broken, encoding="utf-8")
    outcome = run("lint")
    assert outcome.status == 1
    assert outcome.lines[0].startswith("../releases/ibis/schedule.yaml:13:12: bad-date ")


@pytest.mark.parametrize("command", COMMANDS)
class TestWhatIsNotThere:
    def test_no_schedules(self, run: Run, project: Path, command: list[str]) -> None:
        outcome = run(*command, "ibis")
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err == (
            "releasenotes/digest.yaml: no-schedule no release schedules are known: name them in the option "
            "'schedules', or with --schedule\n"
        )

    def test_an_unknown_series(self, run: Run, schedules: Path, command: list[str]) -> None:
        outcome = run(*command, "zebra")
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err == "zebra: unknown-series there is no schedule of 'zebra': there are ibis\n"

    @pytest.mark.parametrize(
        ("name", "content"),
        [("nowhere.yaml", None), ("a.yaml", "a: 1\n"), ("b.yaml", "[1"), ("c.txt", "words\n"), ("d.rst", "words\n")],
    )
    def test_no_schedule_in_a_file(
        self, run: Run, project: Path, command: list[str], name: str, content: str | None
    ) -> None:
        if content is not None:
            (project / name).write_text(content, encoding="utf-8")
        outcome = run(*command, name.partition(".")[0], "--schedule", name)
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.count("\n") == 1
        assert outcome.err.startswith(name)

    def test_an_empty_folder(self, run: Run, project: Path, command: list[str]) -> None:
        (project / "empty").mkdir()
        outcome = run(*command, "ibis", "--schedule", "empty")
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.startswith("empty: no-schedule ")

    def test_nobody_answers(self, run: Run, project: Path, command: list[str]) -> None:
        outcome = run(
            *command, "ibis", "--schedule", "http://127.0.0.1:1/schedule.yaml", XDG_CACHE_HOME=str(project / "cache")
        )
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.startswith("http://127.0.0.1:1/schedule.yaml: schedule-fetch ")
        assert outcome.err.count("\n") == 1

    def test_a_wrong_day(self, run: Run, schedules: Path, command: list[str]) -> None:
        outcome = run(*command, "ibis", "--at", "2026-02-30")
        assert (outcome.status, outcome.out) == (2, "")
        assert "there is no such day" in outcome.err


@pytest.mark.parametrize("command", COMMANDS[1:])
class TestWeeks:
    @pytest.mark.parametrize("week", ["R-30", "R+4", "r-5"])
    def test_outside_the_cycle(self, run: Run, schedules: Path, command: list[str], week: str) -> None:
        outcome = run(*command, "ibis", week)
        assert (outcome.status, outcome.out) == (1, "")
        assert f"week {week} is outside the cycle of ibis" in outcome.err
        assert "from R-4 (2026-12-14) to R+0 (2027-01-15)" in outcome.err

    def test_no_cycle_now(self, run: Run, schedules: Path, command: list[str]) -> None:
        outcome = run(*command, "ibis", "--at", "2027-03-01")
        assert outcome.status == 1
        assert "the week of 2027-03-01 is outside the cycle of ibis" in outcome.err

    @pytest.mark.parametrize(
        ("week", "start"),
        [
            ("current", "Dec 21-25"),
            ("next", "Dec 28"),
            ("previous", "Dec 14-18"),
            ("today", "Dec 21-25"),
            ("2026-W53", "Dec 28"),
            ("2026-12-20", "Dec 14-18"),
            ("2026-12-14/2026-12-18", "Dec 14-18"),
            ("sunday", "Dec 14-18"),
        ],
    )
    def test_a_week_as_a_period(self, run: Run, schedules: Path, command: list[str], week: str, start: str) -> None:
        outcome = run(*command, "ibis", week, "--at", "2026-12-23")
        assert outcome.status == 0
        shown = outcome.out if command == ["countdown"] else Path(outcome.lines[0]).read_text(encoding="utf-8")
        assert start in shown.partition("\n\n")[0]

    @pytest.mark.parametrize(
        "week", ["soon", "R", "R-x", "17", "R-1234", "", "R-²", "latest", "2026", "2026-12", "2026-12-14/2026-12-30"]
    )
    def test_no_name_of_a_week(self, run: Run, schedules: Path, command: list[str], week: str) -> None:
        outcome = run(*command, "ibis", week)
        assert (outcome.status, outcome.out) == (2, "")
        assert "is not a week: write its name, such as R-17" in outcome.err

    def test_no_series(self, run: Run, schedules: Path, command: list[str]) -> None:
        assert run(*command).status == 2
