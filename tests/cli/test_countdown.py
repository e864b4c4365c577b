"""``sphinx-digest countdown``."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_string
from email.policy import default
from pathlib import Path

import pytest

from .conftest import Run

NOTE = "date: 2026-12-24\ncountdown: [{series: Ibis, week: R-2, focus: A *note*., general: G, actions: A, dates: D}]\n"


@pytest.mark.parametrize(
    ("at", "week", "subject"),
    [
        ("2026-12-23", None, "R-3, Dec 21-25"),
        ("2026-12-24", None, "R-2, Dec 28 - Jan 1"),  # written on a Thursday, about the next week
        ("2026-12-24", "current", "R-3, Dec 21-25"),
        ("2026-12-27", None, "R-2, Dec 28 - Jan 1"),
        ("2026-12-28", None, "R-2, Dec 28 - Jan 1"),
        ("2026-12-28", "R-0", "R+0, Jan 11-15"),
        ("2026-12-28", "R+0", "R+0, Jan 11-15"),
        ("2026-12-28", "r4", "R-4, Dec 14-18"),
    ],
)
def test_weeks(run: Run, schedules: Path, at: str, week: str | None, subject: str) -> None:
    outcome = run("countdown", "ibis", *([week] if week else []), "--at", at)
    assert outcome.status == 0
    assert outcome.lines[0] == f"Subject: [release] Release countdown for week {subject}"
    assert outcome.lines[1:3] == ["", "Development Focus"]


def test_what_a_person_has_to_decide(run: Run, schedules: Path) -> None:
    outcome = run("countdown", "current", "R-2", "--at", "2026-12-18")
    assert outcome.out.count("[TODO: ") == 3
    assert outcome.err == "3 places to decide, each marked with [TODO: ...]\n"
    assert "RC1 deadline: December 31st, 2026 (R-2 week)" in outcome.lines


def test_the_note_of_the_week(run: Run, schedules: Path, write: Callable[..., Path]) -> None:
    write("countdown", NOTE)
    outcome = run("countdown", "ibis", "R-2")
    assert (outcome.status, outcome.err) == (0, "")
    assert "\nA *note*.\n" in outcome.out
    assert "[TODO" not in outcome.out


def test_notes_of_another_folder(run: Run, schedules: Path, project: Path) -> None:
    (project / "other").mkdir()
    (project / "other" / "a-0000000000000001.yaml").write_text(NOTE, encoding="utf-8")
    assert "A *note*." in run("countdown", "ibis", "R-2", "--fragments", "other").out
    assert "A *note*." not in run("countdown", "ibis", "R-2").out
    assert run("countdown", "ibis", "R-2", "--fragments", "nowhere").status == 1


def test_the_schedule_was_changed_since(run: Run, schedules: Path, project: Path) -> None:
    assert run("collect", "schedule", "ibis", "R-2").status == 0
    assert "another day" not in run("countdown", "ibis", "R-2").err
    file = next((project / "releasenotes" / "digests").iterdir())
    text = file.read_text(encoding="utf-8")
    text = text.replace("draft: true\n", "").replace("January 7th, 2027 (R-1 week)", "January 6th, 2027 (R-1 week)")
    file.write_text(text, encoding="utf-8")
    outcome = run("countdown", "ibis", "R-2")
    assert outcome.err.splitlines()[0] == (
        "the note and the schedule disagree on a day: Final RC deadline: January 7th, 2027 (R-1 week)"
    )


@pytest.mark.parametrize(
    ("named", "differs"),
    [
        *(("January 7", False), ("Jan 7th", False), ("7 January 2027", False), ("2027-01-07", False)),
        *(("Thursday, January 7", False), ("some day", False)),
        *(("January 6", True), ("January 8", True), ("7 January 2026", True), ("2026-01-07", True), ("Feb 7", True)),
    ],
)
def test_days_are_compared_and_not_their_spellings(
    run: Run, schedules: Path, write: Callable[..., Path], named: str, differs: bool
) -> None:
    write(
        "countdown",
        f"date: 2026-12-31\ncountdown:\n  - {{series: ibis, week: R-2, dates: 'Final RC deadline: {named}'}}\n",
    )
    assert ("disagree on a day" in run("countdown", "ibis", "R-2").err) is differs


def test_problems_of_notes(run: Run, schedules: Path, write: Callable[..., Path]) -> None:
    write("countdown", NOTE.replace("A *note*.", "'`a'"))
    outcome = run("countdown", "ibis", "R-2")
    assert outcome.status == 1
    assert "`a" in outcome.out
    assert " rst " in outcome.err


def test_a_message(run: Run, schedules: Path) -> None:
    arguments = ("countdown", "ibis", "R-0", "--format", "message", "--from", "Team <team@example.org>")
    outcome = run(*arguments, "--to", "dev@lists.example.org", SOURCE_DATE_EPOCH="1797595200")
    assert outcome.status == 0
    message = message_from_string(outcome.out, policy=default)
    assert message["Subject"] == "[release] Release countdown for week R+0, Jan 11-15"
    assert (message["From"], message["To"]) == ("Team <team@example.org>", "dev@lists.example.org")
    assert message["Date"] == "Fri, 18 Dec 2026 12:00:00 +0000"
    assert message["Message-ID"].startswith("<digest.countdown.ibis.R+0.")
    body = message.get_content()
    assert body == run("countdown", "ibis", "R-0").out.partition("\n\n")[2]
    again = run(*arguments, "--to", "dev@lists.example.org", SOURCE_DATE_EPOCH="1797595200")
    assert again.out == outcome.out


@pytest.mark.parametrize(
    "options",
    [
        ["--format", "message"],
        ["--format", "message", "--from", "a@example.org"],
        ["--from", "a@example.org", "--to", "b@example.org"],
        ["--format", "message", "--from", "nobody", "--to", "b@example.org"],
        ["--format", "message", "--from", "a@example.org", "--to", "b@example.org\nBcc: c@example.org"],
        ["--format", "html"],
    ],
)
def test_a_wrong_command_line(run: Run, schedules: Path, options: list[str]) -> None:
    outcome = run("countdown", "ibis", "R-2", *options)
    assert (outcome.status, outcome.out) == (2, "")
