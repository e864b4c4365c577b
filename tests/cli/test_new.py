"""``sphinx-digest new``."""

from __future__ import annotations

import os
import re
import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from .conftest import FOLDER, Run

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


@pytest.fixture(autouse=True)
def in_project(project: Path) -> None:
    """Every command runs in a project."""


@pytest.fixture
def new(run: Run, project: Path) -> Callable[..., str]:
    """Runs ``new``, which must succeed, and gives what stands in the file but for its first two lines."""

    def new(*arguments: str) -> str:
        result = run("new", *arguments)
        assert result.status == 0
        assert not result.err or result.err.startswith("nick: ")
        (path,) = result.lines
        today = datetime.now(UTC).date()
        start, date, text = (project / path).read_text(encoding="utf-8").split("\n", 2)
        assert start == "---"
        assert date == f"date: {today}" or any(argument.startswith("--date") for argument in arguments)
        return text

    return new


def _files(project: Path) -> list[str]:
    return sorted(path.name for path in (project / FOLDER).iterdir())


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["success", "ttx: Nova published!"], "successes:\n  - nick: ttx\n    text: Nova published!\n"),
        (["success", "ttx:", "Nova", "published!"], "successes:\n  - nick: ttx\n    text: Nova published!\n"),
        (["success", "Nova: the thing", "--nick", "ttx"], 'successes:\n  - nick: ttx\n    text: "Nova: the thing"\n'),
        (["success", "Released: 2.0 is out", "--nick", ""], 'successes:\n  - text: "Released: 2.0 is out"\n'),
        (["success", "no nick"], "successes:\n  - text: no nick\n"),
        (["success", "--text", "a: b"], 'successes:\n  - text: "a: b"\n'),
        (["success", "x", "--channel", "#dev"], 'successes:\n  - text: x\n    channel: "#dev"\n'),
        (["success", "*markup* stays"], 'successes:\n  - text: "*markup* stays"\n'),
        (["item", "A line", "--group", "Specs"], "items:\n  - group: Specs\n    text: A line\n"),
        (["item", "x", "--url", "https://x.org/#y"], "items:\n  - text: x\n    url: https://x.org/#y\n"),
        (["thread", "A title"], "threads:\n  - title: A title\n"),
        (
            ["thread", "A title", "--state", "done", "--continues", "other", "--summary", "* a\n* b"],
            "threads:\n  - title: A title\n    state: done\n    continues: other\n"
            "    summary: |\n      * a\n      * b\n",
        ),
        (
            ["countdown", "mitaka R-17", "--focus", "x"],
            "countdown:\n  - series: mitaka\n    week: R-17\n    focus: x\n",
        ),
        (
            ["countdown", "mitaka", "R-17", "--dates", "x"],
            "countdown:\n  - series: mitaka\n    week: R-17\n    dates: x\n",
        ),
        (["countdown", "--series", "mitaka", "--general", "x"], "countdown:\n  - series: mitaka\n    general: x\n"),
        (
            ["story", "Title", "--author", "Me", "--text", "Once.\n\nThen."],
            "stories:\n  - title: Title\n    author: Me\n    text: |\n      Once.\n\n      Then.\n",
        ),
        (["story", "--text", "x"], "stories:\n  - text: x\n"),
    ],
)
def test_a_whole_note(new: Callable[..., str], run: Run, arguments: list[str], text: str) -> None:
    assert new(*arguments) == text
    if "--continues" not in arguments:
        assert run("lint").status == 0


@pytest.mark.parametrize(
    ("arguments", "missing"),
    [
        (["success"], "Missing [[NICK:] TEXT] or --text."),
        (["item"], "Missing [TEXT] or --text."),
        (["thread"], "Missing [TITLE] or --title."),
        (["thread", "--url", "https://example.org"], "Missing [TITLE] or --title."),
        (["countdown"], "Missing [SERIES [WEEK]] or --series and --focus."),
        (["countdown", "mitaka"], "Missing --focus."),
        (["story"], "Missing --text."),
        (["story", "A title"], "Missing --text."),
        (["event"], "Missing [TITLE] or --title and --start."),
        (["event", "Summit"], "Missing --start."),
    ],
)
def test_what_is_missing(run: Run, project: Path, arguments: list[str], missing: str) -> None:
    outcome = run("new", *arguments)

    assert (outcome.status, outcome.out, _files(project)) == (2, "", [])
    assert f"Error: {missing} On a terminal you are asked for it; with --edit you complete a template." in outcome.err


@pytest.mark.skipif(os.name == "nt", reason="the editor is a shell script")
@pytest.mark.parametrize(
    ("arguments", "complaints"),
    [
        (["success"], ["'text' is empty"]),
        (["item"], ["'text' is empty"]),
        (["thread"], ["'title' is empty"]),
        (["countdown"], ["'series' is empty", "'focus' is empty"]),
        (["countdown", "mitaka"], ["'focus' is empty"]),
        (["story"], ["'text' is empty"]),
        (["story", "A title"], ["'text' is empty"]),
        (["event"], ["'title' is empty", "'start' is empty"]),
        (["thread", "--url", "https://example.org"], ["'title' is empty"]),
    ],
)
def test_a_template(run: Run, project: Path, arguments: list[str], complaints: list[str]) -> None:
    outcome = run("new", *arguments, "--edit", **_editor(project, 'echo "# changed" >>"$1"'))

    assert outcome.status == 1
    text = (project / outcome.lines[0]).read_text(encoding="utf-8").partition("\n")[2].partition("\n")[2]
    assert "    # url:  # " in text or "--url" in arguments
    assert "    date:" not in text
    assert [line.split(": ")[1].partition(" ")[2] for line in outcome.err.splitlines()] == complaints


@pytest.mark.skipif(os.name == "nt", reason="the editor is a shell script")
@pytest.mark.parametrize("code", ["true", "false", 'touch "$1"'])
def test_an_unchanged_template_is_removed(run: Run, project: Path, code: str) -> None:
    outcome = run("new", "thread", "--edit", **_editor(project, code))
    assert (outcome.status, outcome.out, _files(project)) == (1, "", [])
    assert ("nothing was changed in the template: it is removed\n" in outcome.err) == (code != "false")


@pytest.mark.skipif(os.name == "nt", reason="the editor is a shell script")
def test_a_whole_note_stays_if_it_is_not_changed(run: Run, project: Path) -> None:
    outcome = run("new", "item", "A line", "--edit", **_editor(project, "true"))
    assert (outcome.status, outcome.err) == (0, "")
    assert _files(project) == [Path(outcome.lines[0]).name]


def test_an_event(new: Callable[..., str], run: Run) -> None:
    text = new(
        "event", "Summit", "--start", "2027-05-18", "--end", "2027-05-20", "--online",
        "--deadline", "2027-03-01: Early tickets end", "--deadline", "2027-02-01 Call for papers closes",
    )  # fmt: skip
    assert text == (
        "events:\n  - title: Summit\n    start: 2027-05-18\n    end: 2027-05-20\n    online: true\n    deadlines:\n"
        "      - title: Call for papers closes\n        date: 2027-02-01\n"
        "      - title: Early tickets end\n        date: 2027-03-01\n"
    )
    assert run("lint").status == 0


def test_a_date(new: Callable[..., str], run: Run, project: Path) -> None:
    new("item", "x", "--date", "2015-12-02T14:05:00Z")

    assert "date: 2015-12-02T14:05:00Z\n" in (project / FOLDER / _files(project)[0]).read_text()
    assert run("list", "2015-12-02").lines[0].startswith("2015-12-02  item ")


@pytest.mark.parametrize(
    ("word", "day"),
    [("today", "2026-12-25"), ("yesterday", "2026-12-24"), ("monday", "2026-12-21"), ("Friday", "2026-12-25")],
)
def test_a_date_in_words(run: Run, word: str, day: str) -> None:
    (path,) = run("new", "item", "x", "--date", word, SOURCE_DATE_EPOCH="1798156800").lines
    assert Path(path).read_text(encoding="utf-8").startswith(f"---\ndate: {day}\n")


def test_the_path(run: Run, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert re.fullmatch(
        r"releasenotes/digests/hello-world-[0-9a-f]{16}\.yaml\n", run("new", "item", "Hello, World!").out
    )
    assert re.fullmatch(
        r"releasenotes/digests/tada-[0-9a-f]{16}\.yaml\n", run("new", "item", "x", "--slug", "Tada!").out
    )
    assert "/etc-passwd-" in run("new", "item", "x", "--slug", "../../etc/passwd").out
    assert "/note-" in run("new", "item", "東京").out
    assert "/countdown-mitaka-r-17-" in run("new", "countdown", "mitaka R-17", "--focus", "x").out
    assert "/story-" not in run("new", "story", "--text", "x").out
    monkeypatch.chdir(project / FOLDER)
    assert run("new", "item", "x").out.startswith("x-")
    monkeypatch.chdir(project.parent)
    assert run("--project", project / "releasenotes" / "..", "new", "item", "y").out.startswith(
        "project/releasenotes/digests/y-"
    )
    (project.parent / "elsewhere").mkdir()
    monkeypatch.chdir(project.parent / "elsewhere")
    assert run("--project", project, "new", "item", "z").out.startswith(f"{project}/releasenotes/digests/z-")


def test_the_folder(run: Run, project: Path) -> None:
    assert run("new", "item", "x", "--fragments", "a/b").out.startswith("a/b/x-")
    (project / "releasenotes" / "digest.yaml").write_text("fragments: notes/news\n")
    assert run("new", "item", "x").out.startswith("notes/news/x-")


def test_the_same_note_twice(run: Run, project: Path) -> None:
    run("new", "item", "x")
    run("new", "item", "x")

    assert len(_files(project)) == 2
    assert run("lint").status == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["success", "x", "--date", "2 days"], "date: bad-date '2 days' is not a date"),
        (["success", "x", "--date", "2015-02-30"], "date: bad-date there is no such date as '2015-02-30'"),
        (["success", "x", "--url", "example.org"], "url: bad-url 'example.org' is not a URL"),
        (["success", "x", "--url", "javascript:alert(1)"], "url: bad-url"),
        (["success", ""], "text: empty-text 'text' is empty"),
        (["success", " \n "], "text: empty-text 'text' is empty"),
        (["success", "x", "--nick", "a\nb"], "nick: bad-value 'nick' must be one line of plain text"),
        (["success", "\x07"], "text: bad-value"),
        (["thread", "a\nb"], "title: bad-value 'title' must be one line"),
        (["thread", "--url", "nonsense"], "url: bad-url"),
        (
            ["countdown", "mitaka 17", "--focus", "x"],
            "week: bad-value 'week' must be a week's label, such as R-17, not '17'",
        ),
    ],
)
def test_a_bad_value(run: Run, project: Path, arguments: list[str], message: str) -> None:
    result = run("new", *arguments)

    assert result.status == 1
    assert result.out == ""
    assert result.err.startswith(message)
    assert result.err.count("\n") == 1
    assert _files(project) == []


def test_all_bad_values_are_reported(run: Run) -> None:
    assert run("new", "success", "x", "--date", "2 days", "--url", "x").err.count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["success", "x", "--date", "yesterdy"],
            "'yesterdy' is not a day: did you mean 'yesterday'? Write YYYY-MM-DD",
        ),
        ([], "Missing KIND: success, item, countdown, thread, story, event."),
        (["prelude"], "No such kind of note 'prelude'. There are success, item, countdown, thread, story, event."),
        (["sucess", "x"], "No such kind of note 'sucess'. Did you mean 'success'?"),
        (["success", "x", "--title", "y"], "No such option"),
        (["success", "x", "--chanel", "y"], "--channel"),
        (["event", "x", "--start", "2027-01-01", "--deadline", "2027-01-01"], "'2027-01-01' has no title"),
        (
            ["event", "x", "--start", "2027-01-01", "--deadline", "soon papers"],
            "'soon' is not a day: write YYYY-MM-DD",
        ),
        (["success", "x", "--text", "y"], "TEXT and --text both set the text"),
        (["success", "a: x", "--text", "y"], "TEXT and --text both set the text"),
        (["countdown", "mitaka R-17", "--week", "R-16"], "TEXT and --week both set the week"),
        (["countdown", "mitaka R-17 and more"], "The TEXT of a countdown is its series and its week"),
        (["thread", "x", "--state", "closed"], "'closed' is not one of 'open', 'continuing', 'done'"),
        (["thread", "x", "--url"], "Option '--url' requires an argument"),
    ],
)
def test_a_wrong_command_line(run: Run, project: Path, arguments: list[str], message: str) -> None:
    result = run("new", *arguments)

    assert result.status == 2
    assert result.out == ""
    assert message in result.err
    assert _files(project) == []


@pytest.mark.skipif(os.name == "nt", reason="arguments are text there")
@pytest.mark.parametrize("arguments", [["success", b"a\xffb"], ["success", "x", "--nick", b"\xff"], [b"\xff", "x"]])
def test_an_argument_that_is_not_utf_8(start: Run, project: Path, arguments: list[str | bytes]) -> None:
    result = start("new", *arguments)

    assert result.status == 2
    assert "Traceback" not in result.err
    assert _files(project) == []


def test_settings_with_problems(run: Run, project: Path) -> None:
    (project / "releasenotes" / "digest.yaml").write_text("fragments: ../elsewhere\n")

    result = run("new", "item", "x")

    assert result.status == 1
    assert result.err.startswith("releasenotes/digest.yaml:1:1: bad-setting ")
    assert _files(project) == []


def test_a_file_in_the_place_of_the_folder(run: Run, project: Path) -> None:
    (project / "file").touch()

    result = run("new", "item", "x", "--fragments", "file/digests")

    assert (result.status, result.out) == (1, "")
    assert result.err.startswith("sphinx-digest: ")
    assert "file" in result.err


@pytest.mark.skipif(ROOT, reason="root may write anywhere")
def test_a_folder_that_may_not_be_written(run: Run, project: Path) -> None:
    folder = project / FOLDER
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        result = run("new", "item", "x")
    finally:
        folder.chmod(stat.S_IRWXU)

    assert result.status == 1
    assert "Permission denied" in result.err


def _editor(project: Path, code: str) -> dict[str, Any]:
    script = project.parent / "editor"
    script.write_text(f"#!/bin/sh\n{code}\n")
    script.chmod(0o755)
    return {"VISUAL": str(script), "EDITOR": str(script)}


@pytest.mark.skipif(os.name == "nt", reason="the editor is a shell script")
def test_editing(run: Run, project: Path) -> None:
    result = run(
        "new", "thread", "Locks", "--edit", **_editor(project, 'sed -i \'s/# summary.*/summary: "*x*"/\' "$1"')
    )

    assert (result.status, result.err) == (0, "")
    text = (project / result.lines[0]).read_text(encoding="utf-8")
    assert "title: Locks\n" in text
    assert '    summary: "*x*"\n' in text
    assert "    # url:" in text


@pytest.mark.skipif(os.name == "nt", reason="the editor is a shell script")
@pytest.mark.parametrize(
    ("code", "code_of_problem"),
    [
        ('echo "# x" >>"$1"', "empty-text"),
        ('echo \'items: ["*x"]\' >"$1"', "rst"),
        ("printf '\\377' >\"$1\"", "encoding"),
        ('rm "$1"', "unreadable"),
    ],
)
def test_editing_badly(run: Run, project: Path, code: str, code_of_problem: str) -> None:
    result = run("new", "item", "--edit", **_editor(project, code))

    assert result.status == 1
    assert result.out.startswith("releasenotes/digests/item-")
    assert f" {code_of_problem} " in result.err


def test_editing_without_an_editor(run: Run, project: Path) -> None:
    missing = str(project / "nowhere")

    result = run("new", "item", "x", "--edit", VISUAL=missing, EDITOR=missing)

    assert result.status == 1
    assert "Editing failed" in result.err


def test_from_new_to_list(start: Run, project: Path) -> None:
    shutil.rmtree(project / "releasenotes")

    path = start("new", "success", "ttx: Nova *published*!", "--date", "2015-12-02").out.strip()
    new = start("new", "thread", "Locks", "--url", "https://example.org", "--date", "2015-12-03")
    lint = start("lint")
    listing = start("list", "2015-W49")

    assert (project / path).is_file()
    assert (new.status, new.err) == (0, "")
    assert (lint.status, lint.out, lint.err) == (0, "", "2 fragments, 0 problems\n")
    assert (listing.status, listing.err) == (0, "")
    assert [re.sub(r"[0-9a-f]{16}", "ID", line) for line in listing.lines] == [
        "2015-12-02  success    ID    ttx: Nova *published*!",
        "2015-12-03  thread     ID    Locks",
    ]


def test_whom_it_took_for_the_nick(run: Run, project: Path) -> None:
    taken = run("new", "success", "Released: 2.0 is out")
    assert (taken.status, taken.err) == (0, "nick: Released (give --nick '' if it is part of the text)\n")
    for arguments in (["x"], ["Released: 2.0", "--nick", ""], ["Released: 2.0", "--nick", "ttx"]):
        assert run("new", "success", *arguments).err == ""
