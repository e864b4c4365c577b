"""``sphinx-digest collect gerrit``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from web_server import WebServer

from .conftest import FOLDER, Run

CHANGES = [
    {
        "_number": number,
        "project": f"openstack/{project}",
        "subject": f"Change {number}",
        "status": "NEW",
        "updated": "2026-11-18 12:00:00.000000000",
        "labels": {"Code-Review": {"all": [{"value": vote}]}},
    }
    for number, project, vote in ((1, "specs", 2), (2, "specs", 1), (3, "nova", 2))
]
ANSWER = f")]}}'\n{json.dumps(CHANGES)}"


def test_a_saved_answer(run: Run, project: Path) -> None:
    (project / "changes.json").write_text(ANSWER, encoding="utf-8")
    arguments = ["collect", "gerrit", "changes.json", "--group", "Specs Close to Merging", "--vote", "Code-Review=2"]
    outcome = run(
        *arguments,
        "--project",
        "openstack/specs",
        "--site",
        "https://review.example.org/",
        SOURCE_DATE_EPOCH="1795132800",
    )
    assert (outcome.status, outcome.err, len(outcome.lines)) == (0, "1 draft written\n", 1)
    text = (project / outcome.lines[0]).read_text(encoding="utf-8")
    assert text.endswith(
        "---\ndate: 2026-11-20\ndraft: true\nitems:\n  - group: Specs Close to Merging\n    text: Change 1\n"
        "    url: https://review.example.org/c/openstack/specs/+/1\n"
    )
    again = run(*arguments, "--site", "https://review.example.org")
    assert again.err == "1 draft written, 1 there already\n"
    assert run("lint").status == 0


def test_a_live_query(run: Run, project: Path, server: WebServer) -> None:
    server.pages["/changes/?q=status:open&o=DETAILED_LABELS&n=100"] = ANSWER.encode()
    outcome = run("collect", "gerrit", f"{server.url}/q/status:open", "--limit", "1", "--format", "json")
    (record,) = json.loads(outcome.out)
    assert (record["kind"], record["text"]) == ("item", "Change 1")
    assert record["url"] == f"{server.url}/c/openstack/specs/+/1"
    assert run("collect", "gerrit", f"{server.url}/q/other").status == 1


def test_the_standard_input(program: Callable[..., list[str | bytes]], project: Path) -> None:
    change = '{"number": 1, "project": "p", "subject": "S", "url": "https://r.example/1"}'
    lines = f'{change}\n{{"type": "stats", "moreChanges": true}}\n'
    result = subprocess.run(program("collect", "gerrit", "-"), input=lines, capture_output=True, text=True, check=True)
    assert result.stderr == "- has more changes than Gerrit told of: narrow the query\n1 draft written\n"
    assert len(list((project / FOLDER).iterdir())) == 1


@pytest.mark.parametrize(
    "options", [["--vote", "Code-Review"], ["--vote", "=2"], ["--vote", "A=x"], ["--site", "javascript:x"]]
)
def test_a_wrong_command_line(run: Run, project: Path, options: list[str]) -> None:
    assert run("collect", "gerrit", "x", *options).status == 2


def test_what_is_not_for_everyone(run: Run, project: Path) -> None:
    marks: list[dict[str, object]] = [{"is_private": True}, {"work_in_progress": True}, {"status": "ABANDONED"}, {}]
    changes = [
        {**CHANGES[0], "_number": number, "subject": f"S{number}", **mark} for number, mark in enumerate(marks, 1)
    ]
    (project / "changes.json").write_text(json.dumps(changes), encoding="utf-8")
    plain = run("collect", "gerrit", "changes.json", "--dry-run")
    assert (plain.status, len(plain.lines)) == (0, 1)
    assert plain.err == (
        "1 change is left out, private\n"
        "2 changes are left out, work in progress or abandoned: see --wip and --abandoned\n1 draft would be written\n"
    )
    more = run("collect", "gerrit", "changes.json", "--dry-run", "--wip", "--abandoned")
    assert (more.status, len(more.lines)) == (0, 3)
    assert "--wip" in run("collect", "gerrit", "--help").out


@pytest.mark.parametrize("url", ["http://[x/q/status:open", "https://review.example.[org/changes/?q=a", "http://[::1"])
def test_an_address_that_nobody_can_parse(run: Run, project: Path, url: str) -> None:
    outcome = run("collect", "gerrit", url)
    assert (outcome.status, outcome.out) == (1, "")
    assert "is not a URL" in outcome.err and "Traceback" not in outcome.err


def test_what_is_no_list(run: Run, project: Path) -> None:
    (project / "x").write_text("<html>", encoding="utf-8")
    outcome = run("collect", "gerrit", "x", "none")
    assert (outcome.status, outcome.out) == (1, "")
    assert "x: not-a-feed not a list of changes" in outcome.err
    assert "none: unreadable" in outcome.err
