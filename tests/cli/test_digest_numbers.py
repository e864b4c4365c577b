"""The number of a digest in what the commands print, send and tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import WEEKS, Run

Write = Callable[..., Path]
TARGET = "announce: [{name: chat, kind: slack, url: 'https://example.org/hook'}]\n"
PLACE = "base_url: https://docs.example.org/\n"


@pytest.fixture(autouse=True)
def notes(project: Path, write: Write) -> None:
    settings = f"{WEEKS}title: 'Gannet News {{number}}'\n{TARGET}{PLACE}"
    (project / "releasenotes" / "digest.yaml").write_text(settings, encoding="utf-8")
    write("eggs", "date: 2026-11-10\nnumber: 566\nthreads: [{title: Eggs}]\n", 1)
    write("chicks", "date: 2026-11-24\nthreads: [{title: Chicks, continues: eggs}]\n", 2)


@pytest.mark.parametrize("form", ["text", "html", "rst", "markdown"])
def test_report(run: Run, form: str) -> None:
    result = run("report", "latest", "--format", form)
    assert (result.status, result.err) == (0, "")
    assert "Gannet News 567" in result.out
    # the digest with the earlier part of the thread; a mail leaves that out
    assert ("Gannet News 566" in result.out) is (form != "text")


def test_json(run: Run) -> None:
    record = json.loads(run("report", "latest", "--format", "json").out)
    assert (record["number"], record["title"]) == (567, "Gannet News 567")
    assert json.loads(run("report", "2026-11-10", "--format", "json").out)["number"] == 566


def test_a_fragment_that_numbers_the_digest_again(run: Run, write: Write) -> None:
    write("chicks", "date: 2026-11-24\nnumber: 600\nthreads: [{title: Chicks, continues: eggs}]\n", 2)
    assert run("report", "latest").lines[0] == "Gannet News 600"


def test_status(run: Run) -> None:
    result = run("status", "2026-12-01")
    assert result.lines[0].startswith("Gannet News 568  ")
    assert json.loads(run("status", "latest", "--format", "json").out)["number"] == 567


def test_mail(run: Run) -> None:
    result = run("mail", "latest", "--to", "list@example.org", "--from", "editor@example.org")
    assert "Subject: Gannet News 567" in result.lines


def test_announcement(run: Run) -> None:
    result = run("announce", "latest", "--to", "chat", "--dry-run")
    assert "Gannet News 567: Chicks https://docs.example.org/digests/2026-11-27.html" in result.out


def test_numbers_that_contradict_each_other(run: Run, write: Write) -> None:
    write("more", "date: 2026-11-11\nnumber: 567\nsuccesses: [Hatched]\n", 3)
    result = run("lint")
    assert result.status == 1
    assert (
        "more-0000000000000003.yaml:2:9: digest-number the digest of 2026-11-07/2026-11-13 is number 566" in result.out
    )
