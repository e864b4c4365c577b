"""``sphinx-digest list``."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.text.width import cut

from .conftest import FOLDER, Run


@pytest.fixture
def notes(write: Callable[..., Path]) -> None:
    """A few notes of all kinds."""
    write(
        "first",
        "---\n"
        "date: 2015-12-02\n"
        "prelude: Hello *all*\n"
        "successes:\n"
        "  - nick: stevemar\n"
        "    text: |\n"
        "      Got reno in\n"
        "      all projects.\n"
        "    channel: openstack-dev\n"
        "    date: 2015-12-02T14:05:00+01:00\n"
        '  - "ttx: Nova published!"\n'
        "countdown:\n"
        "  - {series: mitaka, week: R-17, focus: x, date: 2015-12-04}\n",
    )
    write("old", "date: 2015-11-27\nthreads: [{title: Locks, state: done, url: 'https://example.org'}]\n", 2)
    write("new", "date: 2016-01-05\nitems: [{text: a line, group: Specs}]\nstories: [{title: T, text: x}]\n", 3)


@pytest.mark.usefixtures("notes")
def test_periods_in_words(run: Run, project: Path) -> None:
    def titles(*arguments: str) -> list[str]:
        outcome = run("list", *arguments, SOURCE_DATE_EPOCH="1449316800")  # 2015-12-05, a Saturday
        assert (outcome.status, outcome.err) == (0, ""), arguments
        return sorted(line.split()[2].partition("-")[0][-1] for line in outcome.lines)

    assert titles("previous") == ["1", "1", "1", "1"]
    assert titles("2015") == ["1", "1", "1", "1", "2"]
    assert titles("today") == []
    assert titles("yesterday") == titles("2015-12-04") == titles("friday") == titles("previous")
    assert titles("--since", "friday", "--until", "today") == ["1"]
    assert titles("latest") == ["3", "3"]


@pytest.mark.usefixtures("notes", "schedules")
def test_a_week_of_the_release_cycle(run: Run, write: Callable[..., Path]) -> None:
    write("freeze", "date: 2026-12-20\nitems: [Frozen]\n", 9)
    day = {"SOURCE_DATE_EPOCH": "1798156800"}
    outcome = run("list", "R-4", **day)
    assert (outcome.status, [line[:10] for line in outcome.lines]) == (0, ["2026-12-20"])
    outcome = run("list", "R-40", **day)
    assert outcome.status == 1
    assert "bad-period week R-40 is outside the cycle of ibis" in outcome.err


@pytest.mark.usefixtures("notes")
def test_a_week_without_schedules(run: Run) -> None:
    outcome = run("list", "R-4")
    assert (outcome.status, outcome.out) == (1, "")
    assert "no release schedules are known: name them in the option 'schedules'" in outcome.err


PRELUDE = "2015-12-02  prelude    0000000000000001    Hello *all*"
SUCCESS_TTX = "2015-12-02  success    0000000000000001-2  ttx: Nova published!"
SUCCESS_STEVE = "2015-12-02  success    0000000000000001    stevemar: Got reno in"
COUNTDOWN = "2015-12-04  countdown  0000000000000001    mitaka R-17"
THREAD = "2015-11-27  thread     0000000000000002    Locks"
ITEM = "2016-01-05  item       0000000000000003    Specs: a line"
STORY = "2016-01-05  story      0000000000000003    T"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], [THREAD, PRELUDE, SUCCESS_TTX, SUCCESS_STEVE, COUNTDOWN, ITEM, STORY]),
        (["2015-12-04"], [PRELUDE, SUCCESS_TTX, SUCCESS_STEVE, COUNTDOWN]),
        (["2015-11-28"], [PRELUDE, SUCCESS_TTX, SUCCESS_STEVE, COUNTDOWN]),
        (["2015-11-20/2015-11-30"], [THREAD]),
        (["2015-W48"], [THREAD]),
        (["2015-11"], [THREAD]),
        (["latest"], [ITEM, STORY]),
        (["2014-01"], []),
        (["--kind", "success"], [SUCCESS_TTX, SUCCESS_STEVE]),
        (["--kind", "prelude"], [PRELUDE]),
        (["--since", "2015-12-03"], [COUNTDOWN, ITEM, STORY]),
        (["--until", "2015-12-01"], [THREAD]),
        (["--since", "2015-12-03", "--until", "2015-12-31"], [COUNTDOWN]),
        (["--limit", "1", "--until", "2015-12-31"], [COUNTDOWN]),
        (["--channel", "#openstack-dev"], [SUCCESS_STEVE]),
        (["--series", "mitaka"], [COUNTDOWN]),
        (["--series", "liberty"], []),
    ],
)
@pytest.mark.usefixtures("notes")
def test_selections(run: Run, arguments: list[str], expected: list[str]) -> None:
    result = run("list", *arguments)

    assert (result.status, result.err) == (0, "")
    assert sorted(result.lines) == sorted(expected)
    days = [line[:10] for line in result.lines]
    assert days == sorted(days)


@pytest.mark.usefixtures("notes")
def test_json(run: Run) -> None:
    result = run("list", "--format", "json")

    assert (result.status, result.err) == (0, "")
    records = {(record["kind"], record["identity"]): record for record in json.loads(result.out)}
    path = f"{FOLDER.as_posix()}/first-0000000000000001.yaml"
    assert records["success", "0000000000000001"] == {
        "kind": "success",
        "identity": "0000000000000001",
        "date": "2015-12-02T13:05:00Z",
        "path": path,
        "line": 5,
        "nick": "stevemar",
        "text": "Got reno in\nall projects.",
        "channel": "openstack-dev",
    }
    assert records["thread", "0000000000000002"] == {
        "kind": "thread",
        "identity": "0000000000000002",
        "date": "2015-11-27",
        "path": f"{FOLDER.as_posix()}/old-0000000000000002.yaml",
        "line": 2,
        "title": "Locks",
        "url": "https://example.org",
        "state": "done",
    }
    assert records["prelude", "0000000000000001"]["text"] == "Hello *all*"
    assert records["countdown", "0000000000000001"]["week"] == "R-17"
    assert len(records) == 7


def test_json_of_nothing(run: Run, project: Path) -> None:
    assert run("list", "--format", "json").out == "[]\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["2015-12-04/2015-11-28"], "the period '2015-12-04/2015-11-28' ends before it starts"),
        (["2015-13"], "'2015-13' is not a period"),
        (["2015-W60"], "'2015-W60' is not a period"),
        (["2015-02-30"], "there is no such day as '2015-02-30'"),
        (["soon"], "'soon' is not a period: write START/END"),
        ([""], "'' is not a period"),
        (["9999-12-31"], "9999"),
        (["0001-01-01"], "year"),
        (["--kind", "sucess"], "did you mean 'success'?"),
        (["--format", "jsn"], "did you mean 'json'?"),
        (["--since", "soon"], "'soon' is not a day: write YYYY-MM-DD"),
        (["--since", "2015-02-30"], "there is no such day as '2015-02-30'"),
        (["--until", "2015-12"], "'2015-12' is not a day"),
        (["--limit", "0"], "0 is not in the range x>=1"),
        (["--limit", "many"], "'many' is not a valid integer"),
        (["--kind", "rumour"], "'rumour' is not one of 'prelude'"),
        (["--format", "xml"], "'xml' is not one of 'text', 'json'"),
        (["2015-12", "2016-01"], "unexpected extra argument"),
    ],
)
def test_a_wrong_command_line(run: Run, project: Path, arguments: list[str], message: str) -> None:
    result = run("list", *arguments)

    assert (result.status, result.out) == (2, "")
    assert message in result.err


def test_the_latest_digest_of_none(run: Run, project: Path) -> None:
    result = run("list", "latest")

    assert (result.status, result.out) == (1, "")
    assert result.err == f"{FOLDER.as_posix()}: bad-period there is no latest digest: the collection has no notes\n"


def test_another_folder(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "other").mkdir()
    (project / "other" / "a-0000000000000001.yaml").write_text("date: 2015-12-02\nitems: [Hello]\n")

    assert "Hello" in run("list", "--fragments", "other").out
    assert "Hello" in run("list", "--fragments", project / "other").out
    monkeypatch.chdir(project / "other")
    assert "Hello" in run("list", "--fragments", ".").out
    assert "Hello" in run("list", "--fragments", "other").out
    assert run("list", "--fragments", "nowhere").status == 1


def test_sound_notes_beside_problems(run: Run, write: Callable[..., Path]) -> None:
    write("a", "date: 2015-12-02\nitems: [Hello, {text: x, url: y}]\n")
    write("b", "items: [undated]\n", 2)
    write("c", b"\xff", 3)

    result = run("list")

    assert result.status == 1
    assert result.out == "2015-12-02  item       0000000000000001    Hello\n"
    assert [line.split()[1] for line in result.err.splitlines()] == ["bad-url", "no-date", "encoding"]


def test_nothing_steers_the_terminal(run: Run, write: Callable[..., Path]) -> None:
    write("a", 'date: 2015-12-02\nitems: ["\\u202Ea\\u2066 b\\xA0c 👩\u200d💻"]\n')

    assert run("list").lines == ["2015-12-02  item       0000000000000001    \\u202ea\\u2066 b\xa0c 👩\u200d💻"]


@pytest.mark.parametrize(
    ("line", "width", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abc..."),
        ("東京東", 6, "東京東"),
        ("東京東京", 6, "東..."),
        ("e\u0301" * 6, 6, "e\u0301" * 6),
        ("e\u0301" * 7, 6, "e\u0301" * 3 + "..."),
        ("", 6, ""),
    ],
)
def test_lines_that_are_too_wide(line: str, width: int, expected: str) -> None:
    assert cut(line, width, "...") == expected


@pytest.mark.skipif(os.name == "nt", reason="needs a terminal that a test can make")
@pytest.mark.usefixtures("notes")
def test_on_a_terminal(program: Callable[..., list[str]]) -> None:
    import pty
    import subprocess

    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": "50"}
    subprocess.run(program("list"), stdout=follower, check=True, env=environment, timeout=60)
    os.close(follower)
    lines = os.read(leader, 10_000).decode().splitlines()
    os.close(leader)

    assert "2015-12-02  success    0000000000000001-2  ttx:..." in lines
    assert all(len(line) <= 50 for line in lines)
