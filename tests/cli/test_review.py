"""``sphinx-digest review``."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import FOLDER, Run

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from .terminal import Terminal

Write = Callable[..., Path]
Review = Callable[..., Terminal]

SUCCESS = """\
# A draft from the channel.
# Delete these lines and 'draft'.
---
date: 2026-11-25
draft: true
successes:
  - nick: ada
    text: The gate is *green*.
    url: https://logs.example/1
"""
THREAD = """\
---
date: 2026-11-26
draft: true
threads:
  - title: "{title}"
    url: {url}
    participants:
      ada: 2
    summary: |
      * first
      * second
"""
#: What is accepted, and what one sees of the keys.
ACCEPTED = SUCCESS.split("---")[1].replace("draft: true\n", "")
KEYS = "[q]uit"


@pytest.fixture
def drafts(write: Write) -> list[Path]:
    """A success and two threads, all of them drafts, and a fragment that is none."""
    write("done", "date: 2026-11-24\nitems: [{text: finished}]\n", 9)
    return [
        write("green", SUCCESS, 1),
        write("locks", THREAD.format(title="Locks", url="https://lists.example/1"), 2),
        write("more", THREAD.format(title="More locks", url="https://lists.example/2"), 3),
    ]


@pytest.fixture
def review(drafts: list[Path], program: Callable[..., list[str | bytes]]) -> Iterator[Review]:
    """Starts a review of all drafts in a terminal, on 27 November 2026."""
    opened: list[Terminal] = []

    def review(*arguments: str, lines: int = 40, **env: str) -> Terminal:
        env = {"SOURCE_DATE_EPOCH": "1795780800", "NO_COLOR": "1", **env}
        opened.append(Terminal(program("review", *arguments), lines=lines, env=env))
        return opened[-1]

    yield review
    for terminal in opened:
        terminal.__exit__()


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def test_accept_skip_reject(review: Review, drafts: list[Path]) -> None:
    terminal = review()

    shown = terminal.until(KEYS)
    assert "3 drafts from 2026-11-21 to 2026-11-27" in shown
    assert "[1/3] success  2026-11-25  https://logs.example/1" in shown
    assert "* ada: The gate is *green*." in shown
    terminal.press("a")
    assert "Locks\n* first\n* second\n* Full thread" in terminal.until(KEYS)
    terminal.press("s")
    assert "[3/3] thread" in terminal.until(KEYS)
    terminal.press("r")
    status, shown = terminal.end()

    assert (status, shown.strip().splitlines()[-1]) == (0, "1 accepted, 1 rejected, 1 skipped; 1 draft left")
    assert drafts[0].read_text() == f"---{ACCEPTED}"
    assert "draft: true" in drafts[1].read_text()
    assert not drafts[2].exists()
    assert (drafts[2].parent / "rejected.txt").read_text().splitlines()[1:] == ["0000000000000003 more"]


def test_undo_takes_everything_back(review: Review, drafts: list[Path], project: Path) -> None:
    before = content(project / FOLDER)
    terminal = review()
    terminal.until(KEYS)

    for key in ("a", "m", "r"):
        terminal.press(key)
        if key != "r":
            terminal.until(KEYS)
    status, _ = terminal.end()
    assert status == 0
    assert sorted(content(project / FOLDER)) != sorted(before)

    # a step is undone within a review only: what was decided is done
    terminal = review("--all")
    assert "nothing changed; 0 drafts left" in terminal.end()[1]


def test_undo_within_a_review(review: Review, project: Path) -> None:
    before = content(project / FOLDER)
    terminal = review()
    terminal.until(KEYS)
    for key in ("a", "r"):
        terminal.press(key)
        terminal.until(KEYS)
    after = content(project / FOLDER)
    assert sorted(set(after) - set(before)) == [".gitattributes", "rejected.txt"]

    for number in (2, 1):
        terminal.press("u")
        assert f"[{number}/3]" in terminal.until(KEYS)
    assert content(project / FOLDER) == before
    terminal.press("u")
    assert "There is nothing to undo." in terminal.until(KEYS)
    terminal.press("q")
    assert "nothing changed; 3 drafts left" in terminal.end()[1]


def test_undo_keeps_what_changed_since(review: Review, drafts: list[Path]) -> None:
    terminal = review()
    terminal.until(KEYS)
    terminal.press("a")
    terminal.until(KEYS)
    drafts[0].write_text("---\nitems: [by hand]\n")

    terminal.press("u")

    assert "has changed since: it stays as it is" in terminal.until(KEYS)
    assert drafts[0].read_text() == "---\nitems: [by hand]\n"


def test_merge_threads(review: Review, drafts: list[Path]) -> None:
    terminal = review("2026-11-26/2026-11-26")
    terminal.until(KEYS)

    terminal.press("m")
    shown = terminal.until(KEYS)
    assert "[1/1] thread" in shown
    assert "**More locks**" in shown
    terminal.press("a")

    assert "1 accepted, 1 merged; 0 drafts left" in terminal.end()[1]
    assert drafts[1].read_text() == (
        "---\n"
        "date: 2026-11-26\n"
        "threads:\n"
        "  - title: Locks\n"
        "    url: https://lists.example/1\n"
        "    participants:\n"
        "      ada: 4\n"
        "    summary: |\n"
        "      * first\n      * second\n\n      **More locks**\n\n      * first\n      * second\n\n"
        "      * https://lists.example/2\n"
    )
    assert not drafts[2].exists()
    assert "0000000000000003 more" in (drafts[2].parent / "rejected.txt").read_text()


def test_change_a_title(review: Review, drafts: list[Path]) -> None:
    terminal = review("2026-11-26/2026-11-26")
    terminal.until(KEYS)

    terminal.press("t")
    terminal.until("Title [Locks]: ")
    terminal.press("Locks, at last\n")

    assert "Locks, at last\n* first" in terminal.until(KEYS)
    assert "  - title: Locks, at last\n" in drafts[1].read_text()
    terminal.press("u")
    assert "Locks\n* first" in terminal.until(KEYS)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("s/draft: true//", "1 accepted; 2 drafts left"),
        ("s/green/blue/", "nothing changed; 3 drafts left"),
        ("s/  - nick/  - nicks/", "nothing changed; 3 drafts left"),
    ],
)
def test_edit(review: Review, drafts: list[Path], tmp_path: Path, edit: str, expected: str) -> None:
    editor = tmp_path / "editor"
    editor.write_text(f"#!/bin/sh\nsed -i '{edit}' \"$1\"\n")
    editor.chmod(0o755)
    terminal = review(EDITOR=os.fspath(editor))
    terminal.until(KEYS)

    terminal.press("e")
    shown = terminal.until(KEYS)
    terminal.press("q")

    assert expected in terminal.end()[1]
    assert ("The gate is *blue*" in shown) == ("blue" in edit)
    assert ("unknown-key" in shown) == ("nicks" in edit)
    if "nicks" in edit:
        assert "press e to mend it, u to undo" in shown


def test_draft_with_problems_is_not_accepted(review: Review, drafts: list[Path]) -> None:
    broken = SUCCESS.replace("*green*", "*green")
    drafts[0].write_text(broken)
    terminal = review()
    terminal.until(KEYS)

    terminal.press("a")

    shown = terminal.until(KEYS)
    assert ": rst " in shown
    assert "It has problems: press e to mend it." in shown
    assert "[1/3]" in shown
    assert drafts[0].read_text() == broken


def test_long_draft_is_cut_to_the_terminal(review: Review, drafts: list[Path]) -> None:
    drafts[0].write_text(SUCCESS.replace("    text: The gate is *green*.\n", "    text: |\n" + "      word\n\n" * 30))

    shown = review(lines=24).until(KEYS)

    assert "more lines: v shows all" in shown
    assert len(shown.splitlines()) <= 24


def test_days(review: Review, write: Write) -> None:
    write("other", "date: 2026-10-01\ndraft: true\nitems: [x]\n", 7)

    assert "3 drafts from 2026-11-21 to 2026-11-27; 1 of other days wait: --all" in review().until(KEYS)
    assert "[1/4] item" in review("--all").until(KEYS)
    # on the first day of a week one works on the week that has ended
    assert "3 drafts from 2026-11-21 to 2026-11-27" in review(SOURCE_DATE_EPOCH="1795824000").until(KEYS)
    status, shown = review("2026-11-01").end()
    assert status == 0
    assert "0 drafts from 2026-10-31 to 2026-11-06; 4 of other days wait" in shown


def test_decide_by_name(run: Run, drafts: list[Path], project: Path) -> None:
    result = run("review", "--accept", "green", "--accept", f"{2:016x}", "--reject", f"{3:016x}")

    assert (result.status, result.err) == (0, "2 accepted, 1 rejected\n")
    assert "draft" not in drafts[0].read_text() + drafts[1].read_text()
    assert not drafts[2].exists()
    assert run("list", "--drafts").out == ""
    assert run("lint").status == 0
    assert (project / FOLDER / ".gitattributes").read_text() == "rejected.txt merge=union\n"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--accept", "nothing"], 1, "bad-value there is no draft 'nothing': 'sphinx-digest list --drafts' shows"),
        (["--reject", "green", "--accept", "done"], 1, "there is no draft 'done'"),
        (["--reject", "gren", "--accept", "nothing"], 1, "there is no draft 'gren': did you mean 'green'?"),
        (["--reject", "0000"], 1, "several drafts are named '0000'"),
        (["--reject", "green", "--accept", "green"], 2, "both accepted and rejected"),
        ([], 2, "A review needs a terminal"),
    ],
)
@pytest.mark.usefixtures("drafts")
def test_nothing_is_done_by_halves(run: Run, project: Path, arguments: list[str], status: int, message: str) -> None:
    before = content(project / FOLDER)

    result = run("review", *arguments)

    assert result.status == status
    assert message in result.err
    assert content(project / FOLDER) == before


def test_accepting_a_draft_with_problems(run: Run, drafts: list[Path], project: Path) -> None:
    drafts[0].write_text(SUCCESS.replace("*green*", "*green"))
    before = content(project / FOLDER)

    result = run("review", "--accept", "green", "--reject", "more")

    assert result.status == 1
    assert f"{FOLDER.as_posix()}/{drafts[0].name}:8:" in result.err
    assert content(project / FOLDER) == before


@pytest.mark.parametrize("name", ["rejected.txt", ".gitattributes"])
@pytest.mark.parametrize("kind", ["link", "dangling link", "pipe", "folder"])
def test_nothing_is_written_through_links(
    run: Run, drafts: list[Path], project: Path, tmp_path: Path, name: str, kind: str
) -> None:
    victim, place = tmp_path / "victim", project / FOLDER / name
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        place.symlink_to(victim)
    if kind == "link":
        victim.write_text("precious\n")

    result = run("review", "--reject", "green")

    assert result.status == 1
    assert f"{name}: unreadable this is not a regular file" in result.err
    assert drafts[0].exists()
    assert (victim.read_text() if victim.exists() else None) == ("precious\n" if kind == "link" else None)


def test_long_list_is_not_cut(run: Run, drafts: list[Path], project: Path) -> None:
    lines = [f"{number:016x} {'word-' * 12}" for number in range(100, 20_100)]
    place = project / FOLDER / "rejected.txt"
    place.write_text("\n".join(lines) + "\n")
    assert place.stat().st_size > 1024 * 1024

    assert run("review", "--reject", "green").status == 0

    assert place.read_text().splitlines()[1:] == ["0000000000000001 green", *lines]


def git(root: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=root, check=True, capture_output=True
    )


LOG = "2026-11-25T10:00:00  <ada> #success the gate is green\n2026-11-25T10:01:00  <bob> #success docs are built\n"


def collected(run: Run, project: Path) -> tuple[str, list[Path]]:
    (project / "log.txt").write_text(LOG)
    result = run("collect", "irc", "log.txt", "--channel", "dev")
    assert result.status == 0, result.err
    return result.err, sorted((project / FOLDER).glob("*.yaml"))


def test_rejected_drafts_are_not_drafted_again(run: Run, project: Path) -> None:
    _, (first, second) = collected(run, project)
    assert run("review", "--reject", first.stem[-16:]).status == 0

    said, left = collected(run, project)

    assert said == "0 drafts written, 1 there already, 1 rejected before\n"
    assert left == [second]


@pytest.mark.parametrize("committed", [True, False])
def test_files_removed_by_hand_are_rejected_if_git_knows_them(run: Run, project: Path, committed: bool) -> None:
    git(project, "init", "-q")
    _, (first, second) = collected(run, project)
    git(project, "add", ".")
    git(project, "commit", "-qm", "drafts")
    first.unlink()
    if committed:
        git(project, "commit", "-qam", "remove one")

    said, left = collected(run, project)

    assert said == "0 drafts written, 1 there already, 1 rejected before\n"
    assert left == [second]


def test_files_that_git_never_knew_are_drafted_again(run: Run, project: Path) -> None:
    git(project, "init", "-q")
    _, (first, _) = collected(run, project)
    first.unlink()

    assert collected(run, project)[0] == "1 draft written, 1 there already\n"


def test_two_editors_do_not_conflict(run: Run, project: Path, drafts: list[Path]) -> None:
    git(project, "init", "-q", "-b", "main")
    run("review", "--reject", "green")
    git(project, "add", ".")
    git(project, "commit", "-qm", "one")
    git(project, "checkout", "-qb", "other")
    run("review", "--reject", "locks")
    git(project, "commit", "-qam", "two")
    git(project, "checkout", "-q", "main")
    run("review", "--reject", "more")
    git(project, "commit", "-qam", "three")

    git(project, "merge", "-q", "other")

    lines = (project / FOLDER / "rejected.txt").read_text().splitlines()
    assert sorted(lines[1:]) == [f"{number:016x} {name}" for number, name in ((1, "green"), (2, "locks"), (3, "more"))]
