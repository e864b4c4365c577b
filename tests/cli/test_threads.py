"""``sphinx-digest threads``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from gather.mail.mails import Mail, conversation, mbox

from sphinxext.digest.text.width import width_of

from .conftest import Run


@pytest.fixture
def archive(project: Path) -> Path:
    mails = [
        *conversation(),
        *conversation("b", "[list] [release] 日本語の長い題名がここにあって、端末の幅を超えてしまうほどです")[:2],
        Mail("c@example.org", "[list] [release] Release countdown for week R-4, Jan 23-27", "Dee Other"),
        Mail("e@example.org", "[list] Nobody\x1b[31m answers\u202e", "Dee Other"),
    ]
    path = project / "list.mbox"
    path.write_bytes(mbox(mails))
    return path


def test_a_table(run: Run, archive: Path) -> None:
    outcome = run("threads", archive)
    assert (outcome.status, outcome.err) == (0, "4 threads\n")
    rows = [line.split(maxsplit=6) for line in outcome.lines]
    assert rows[0] == ["id", "mails", "people", "last", "rank", "status", "title"]
    assert [row[1:] for row in rows[1:]] == [
        ["5", "3", "2025-11-06", "6.6", "new", "[nova] Where locks live"],
        [
            "2",
            "2",
            "2025-10-10",
            "4.8",
            "new",
            "[release] 日本語の長い題名がここにあって、端末の幅を超えてしまうほどです",
        ],
        ["1", "1", "2025-10-01", "3.0", "new", "Nobody answers"],
        ["1", "1", "2025-10-01", "0.0", "countdown", "[release] Release countdown for week R-4, Jan 23-27"],
    ]
    starts = {line.index(row[-1].split()[0]) for line, row in zip(outcome.lines, rows, strict=True)}
    assert len(starts) == 1


@pytest.mark.parametrize("columns", [80, 90, 150])
def test_the_width_of_the_terminal(run: Run, archive: Path, columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sphinxext.digest.cli.threads.terminal_width", lambda: columns)
    outcome = run("threads", archive)
    assert max(map(width_of, outcome.lines)) <= columns
    assert any(line.endswith("…") for line in outcome.lines) == (columns < 150)


def test_json(run: Run, archive: Path) -> None:
    outcome = run("threads", archive, "--format", "json", "--min-messages", "5")
    (record,) = json.loads(outcome.out)
    assert record == {
        "id": record["id"],
        "title": "Where locks live",
        "tags": ["nova"],
        "url": None,
        "message_ids": [f"a{number}@example.org" for number in range(5)],
        "participants": {"Ann Example": 2, "Bob Sample": 2, "Cyd Case": 1},
        "first": "2025-10-01T09:00:00Z",
        "last": "2025-11-06T09:00:00Z",
        "score": 6.58,
        "status": "new",
        "fragment": None,
    }
    assert len(record["id"]) == 16


def test_what_became_of_threads(run: Run, archive: Path, write: Callable[..., Path]) -> None:
    path = write("mine", "date: 2025-11-06\nthreads: [{title: Where locks live, summary: x}]\n")
    run("collect", "mbox", archive, "--thread", "b0@example.org")
    records = json.loads(run("threads", archive, "--format", "json").out)
    assert {record["message_ids"][0][0]: record["status"] for record in records} == {
        "a": "summarized",
        "b": "drafted",
        "c": "countdown",
        "e": "new",
    }
    assert next(record for record in records if record["status"] == "summarized")["fragment"].endswith(path.name)
    assert "summarized" in run("threads", archive).out


def test_nothing(run: Run, project: Path, archive: Path) -> None:
    assert run("threads", archive, "--tag", "other").out == ""
    assert json.loads(run("threads", archive, "--tag", "other", "--format", "json").out) == []
    outcome = run("threads", "missing", "--format", "json")
    assert (outcome.status, outcome.out) == (1, "[]\n")
    assert run("threads").status == 2
    assert len(run("threads", archive, "--until", "2999-12-31", "--since", "1970-01-01").lines) == 5


def test_a_rejected_thread_is_known(run: Run, archive: Path) -> None:
    assert run("collect", "mbox", archive, "--top", "1").status == 0
    [row] = [line for line in run("threads", archive).lines if "Where locks live" in line]
    assert row.split()[5] == "drafted"
    assert run("review", "--reject", row.split()[0]).status == 0
    [row] = [line for line in run("threads", archive).lines if "Where locks live" in line]
    assert row.split()[5] == "rejected"
    statuses = [record["status"] for record in json.loads(run("threads", archive, "--format", "json").out)]
    assert statuses.count("rejected") == 1
