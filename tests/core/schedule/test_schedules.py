"""Finding schedules, and the one that is meant."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from sphinxext.digest.schedule.load import Schedules, load_schedules
from sphinxext.digest.settings.options import Settings

from .conftest import TODAY, Files

STATUS = """---
- name: ruby
  release-id: 2027.10
  status: future
  slurp: yes
  initial-release: 2027-03-24
  next-phase:
    status: development
    date: 2026-10-01
- name: Quartz
  release-id: 2026.2
  status: development
  initial-release: 2026-09-30
  next-phase: {status: maintained, date: 2026-09-30}
- name: pearl
  status: end of life
  initial-release: 2026-04-01
"""


def yaml(release: date) -> str:
    """A cycle of a single week."""
    monday = date.fromordinal(release.toordinal() - release.weekday())
    friday = date.fromordinal(monday.toordinal() + 4)
    return f"start-week: {monday}\nrelease-week: {monday}\ncycle: [{{start: {monday}, end: {friday}, name: R+0}}]\n"


RELEASES = {"ruby": date(2027, 3, 24), "quartz": date(2026, 9, 30), "pearl": date(2026, 4, 1)}


def checkout(files: Files, root: str) -> None:
    """Lay files out as openstack/releases does."""
    for name, release in RELEASES.items():
        files.write(f"{root}/doc/source/{name}/schedule.yaml", yaml(release))
    files.write(f"{root}/doc/source/_themes/other.yaml", "a: b")
    files.write(f"{root}/data/series_status.yaml", STATUS)
    files.write(f"{root}/.zuul.yaml", "- project: {}")


def test_folders_of_a_checkout(files: Files) -> None:
    checkout(files, "releases")
    for path in ("releases", "releases/doc/source", "./releases/"):
        schedules = files.load(path)
        assert schedules.names == ("pearl", "quartz", "ruby")
        assert [schedules.find(name, TODAY).status for name in schedules.names] == [  # type: ignore[union-attr]
            "end of life",
            "maintained",
            "development",
        ]
        assert not schedules.problems
    schedules = files.load("releases/doc/source/ruby/schedule.yaml")
    assert schedules.names == ("ruby",)
    assert [path.name for path in schedules.files("Ruby")] == ["schedule.yaml", "series_status.yaml"]
    assert schedules.files("quartz") == ()
    assert files.load("releases/doc/source/ruby").names == ("ruby",)


def test_outside_of_the_project(files: Files, tmp_path: Path, make_settings: type[Settings]) -> None:
    checkout(files, "releases")
    files.write("releases/doc/source/ruby/schedule.yaml", "a: b")
    project = tmp_path / "project"
    project.mkdir()
    settings = make_settings(schedules=["../releases"], schedule_url="https://example.org/{series}#top")
    schedules = load_schedules(project, settings)
    assert schedules.find("ruby", TODAY) is None
    quartz = schedules.find("quartz", TODAY)
    assert quartz is not None
    assert (quartz.path, quartz.url) == (
        "../releases/doc/source/quartz/schedule.yaml",
        "https://example.org/quartz#top",
    )
    assert [str(problem) for problem in schedules.problems] == [
        "../releases/doc/source/ruby/schedule.yaml:1:1: no-schedule this is not a release schedule: it has neither "
        "'cycle' nor 'milestones'"
    ]
    assert load_schedules(project, settings, [f"{tmp_path}/releases/doc/source/pearl"]).names == ("pearl",)


def test_names_numbers_and_current(files: Files) -> None:
    checkout(files, "releases")
    schedules = files.load()

    def found(name: str, today: date = TODAY) -> str | None:
        schedule = schedules.find(name, today)
        return schedule.series if schedule else None

    assert found("RUBY") == found("2027.10") == found("current") == found(" Current ") == "ruby"
    assert found("2026.2") == "quartz"
    assert (found("2027.1"), found("opal"), found("")) == (None, None, None)
    assert found("current", date(2026, 9, 30)) == "quartz"
    assert found("current", date(2026, 10, 1)) == "ruby"
    assert found("current", date(2026, 2, 1)) == "pearl"
    # until somebody writes down that it is not any more
    assert found("current", date(2027, 3, 25)) == "ruby"


@pytest.mark.parametrize(
    ("status", "current"),
    [
        (
            "- {name: quartz, status: development, initial-release: 2026-09-30}\n- {name: ruby, status: future}",
            "quartz",
        ),
        (
            "- {name: quartz, status: development, initial-release: 2026-09-30}\n"
            "- {name: ruby, status: future, initial-release: 2027-03-24}",
            "quartz",
        ),
        ("- {name: ruby, status: future, initial-release: 2027-03-24}", "ruby"),
        ("- {name: ruby, status: development}", "ruby"),
        ("[]", "ruby"),
    ],
)
def test_current_of_a_list_that_is_behind(status: str, current: str, files: Files) -> None:
    checkout(files, "releases")
    files.write("releases/data/series_status.yaml", status)
    schedule = files.load().find("current", TODAY)
    assert schedule is not None
    assert schedule.series == current


def test_current_without_a_list(files: Files) -> None:
    for name, release in RELEASES.items():
        files.series(name, yaml(release))
    schedules = files.load()
    assert schedules.names == ("pearl", "quartz", "ruby")
    for today, series in ((date(2026, 9, 30), "quartz"), (date(2026, 10, 3), "ruby"), (date(2027, 3, 26), "ruby")):
        schedule = schedules.find("current", today)
        assert schedule is not None
        assert schedule.series == series
        assert schedule.status is None
    assert schedules.find("current", date(2027, 4, 1)) is None
    assert [str(problem) for problem in schedules.problems] == []


def test_the_first_place_counts(files: Files) -> None:
    files.series("ruby", yaml(RELEASES["ruby"]))
    files.write("mine.yaml", "{series: Ruby, start: 2026-11-16, release: 2026-12-16, milestones: []}")
    for paths, release in ((("mine.yaml", "releases"), 2026), (("releases", "mine.yaml"), 2027)):
        schedule = files.load(*paths).find("ruby", TODAY)
        assert schedule is not None
        assert schedule.release.year == release


def test_places_without_schedules(files: Files) -> None:
    files.write("empty/readme.txt", "")
    files.write("status/series_status.yaml", STATUS)
    schedules = files.load("empty", "missing", "status", "a\0b")
    assert schedules.names == ()
    assert schedules.find("current", TODAY) is None
    assert [str(problem).partition(": ")[0] for problem in schedules.problems] == [
        "a\\x00b",
        "empty",
        "missing",
        "status",
    ]
    assert [str(problem.code) for problem in schedules.problems] == [
        "unreadable",
        "no-schedule",
        "unreadable",
        "no-schedule",
    ]


def test_bad_lists_of_series(files: Files) -> None:
    files.series("ruby", yaml(RELEASES["ruby"]))
    for text, expected in (
        ("", ["1:1: empty there is nothing in the file"]),
        ("a: b", ["1:1: wrong-type the file must be a list of series"]),
        ("- a\n- {}\n- {name: ruby, initial-release: soon}", ["wrong-type", "missing-key", "bad-date"]),
        ("- {name: [a], status: {}, next-phase: 3}\n", ["wrong-type", "wrong-type", "wrong-type"]),
    ):
        files.write("releases/series_status.yaml", text)
        schedule, problems = files.read("ruby")
        assert schedule is not None
        assert len(problems) == len(expected), problems
        for problem, part in zip(problems, expected, strict=True):
            assert part in problem
            assert problem.startswith("releases/series_status.yaml:")


def test_a_link_that_git_wrote_as_a_file(files: Files) -> None:
    checkout(files, "releases")
    files.write("releases/doc/source/series_status.yaml", "../../data/series_status.yaml")
    schedules = files.load("releases/doc/source")
    assert schedules.find("2027.10", TODAY) is not None
    assert not schedules.problems


def test_problems_are_reported_once(files: Files) -> None:
    files.series("ruby", yaml(RELEASES["ruby"]) + "color: red\n")
    schedules = files.load()
    for _ in range(3):
        assert schedules.find("ruby", TODAY) is not None
        assert schedules.find("2027.1", TODAY) is None
    assert [str(problem) for problem in schedules.problems] == [
        "releases/ruby/schedule.yaml:4:1: unknown-key a schedule has no key 'color'; it has start-week, release-week, "
        "cycle"
    ]


def test_fingerprint(files: Files, tmp_path: Path) -> None:
    checkout(files, "releases")
    first = files.load().fingerprint()
    assert files.load().fingerprint() == first
    status = tmp_path / "releases/data/series_status.yaml"
    os.utime(status, ns=(1, 1))
    second = files.load().fingerprint()
    schedules = files.load()
    files.write("releases/doc/source/ruby/schedule.rst", "Ruby")
    third = files.load().fingerprint()
    status.unlink()
    assert schedules.fingerprint() not in (second, third)
    assert len({first, second, third, files.load().fingerprint()}) == 4


BAD = {
    "- {start: 2026-11-20, end: 2026-11-16, name: R-1}": "4:28 bad-period the week ends on 2026-11-16, before it",
    "- {start: 2026-11-16, name: R-1}": "4:3 missing-key a week needs the key 'end'",
    "- {start: 16 November, end: 2026-11-20}": "4:11 bad-date 'start' must be a day such as 2026-11-16, not '16 Nov",
    "- {start: 2026-11-31, end: 2026-12-04}": "4:11 bad-date 'start' cannot be read: there is no such day",
    "- {start: 1812-11-16, end: 2026-11-20}": "4:11 bad-date 'start' cannot be read: the year 1812 is not",
    "- {start: 2026-11-16, end: 2026-11-20, name: eighteen}": "4:46 bad-value a week must have a name such as R-17",
    "- {start: 2026-11-16, end: 2026-11-20, name: R-99999}": "4:46 bad-value a week must have a name such as R-17",
    "- {start: 2026-11-16, end: 2026-11-20, x-project: a}": "4:51 wrong-type 'x-project' must be a list",
    "- {start: 2026-11-16, end: 2026-11-20, x-project: [[a]]}": "4:52 wrong-type an event in 'x-project' must be",
    "- {start: 2026-11-16, end: 2026-11-20, x-project: ['']}": "4:52 empty-text 'x-project' is empty",
    "- {start: 2026-11-16, end: 2026-11-20, events: []}": "4:40 unknown-key a week has no key 'events'; it has start,",
    "- {start: 2026-11-16, start: 2026-11-17, end: 2026-11-20}": "4:23 duplicate-key duplicate key 'start'",
    "- next week": "4:3 wrong-type a week must be a mapping",
    "- !!python/name:os.system {}": "4:3 wrong-type a week must be a mapping",
    "- {start: 2026-11-16, end: 2026-11-20, name: R-1, x-project: !!python/name:os.x [a]}": "wrong-type 'x-project'",
}


@pytest.mark.parametrize("row", BAD)
def test_bad_rows(row: str, files: Files) -> None:
    head = "start-week: 2027-03-22\nrelease-week: 2027-03-22\ncycle:\n"
    files.series("ruby", f"{head}{row}\n- {{start: 2027-03-22, end: 2027-03-26, name: R+0}}\n")
    schedules = files.load()
    schedule = schedules.find("ruby", TODAY)
    assert schedule is not None
    assert schedule.cycle[-1].name == "R+0"
    problems = [f"{found.line}:{found.column} {found.code} {found.message}" for found in schedules.problems]
    assert any(BAD[row] in problem for problem in problems), problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cycle: []\n", ["missing-key", "missing-key", "no-schedule"]),
        ("cycle:\n", ["missing-key", "missing-key", "no-schedule"]),
        ("cycle: 3\nstart-week: 2027-03-22\nrelease-week: 2027-03-22", ["no-schedule", "wrong-type"]),
        ("release-week: 2027-03-22\n", ["missing-key", "missing-key", "no-schedule"]),
        ("[1, 2]", ["no-schedule"]),
        ("text", ["no-schedule"]),
        ("", ["no-schedule"]),
        ("a: &a [x]\ncycle: [*a, *a]", ["yaml-aliases"]),
        ("cycle: {", ["yaml-syntax"]),
        (b"cycle: \xe9", ["encoding"]),
        ("cycle: " + "[" * 30 + "]" * 30, ["yaml-nesting"]),
        ("#" * 1024 * 1024 + "#", ["too-large"]),
    ],
)
def test_nothing_to_go_on_with(text: str | bytes, expected: list[str], files: Files) -> None:
    files.write("releases/ruby/schedule.yaml", text)
    schedules = files.load()
    assert schedules.find("ruby", TODAY) is None
    assert sorted(str(problem.code) for problem in schedules.problems) == sorted(expected)
    assert all(problem.line for problem in schedules.problems)


def test_prose_that_cannot_be_read(files: Files) -> None:
    files.series("ruby", yaml(RELEASES["ruby"]))
    files.write("releases/ruby/schedule.rst", b"\xff")
    schedule, problems = files.read("ruby")
    assert schedule is not None
    assert [problem.split()[:2] for problem in problems] == [["releases/ruby/schedule.rst:1:1:", "encoding"]]


def test_what_is_no_file(files: Files, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    schedules = files.load("pipe.yaml")
    assert schedules.find("pipe", TODAY) is None
    assert [str(problem) for problem in schedules.problems] == [
        "pipe.yaml: unreadable cannot be read: not a regular file"
    ]
    assert isinstance(schedules, Schedules)
