"""``sphinx-digest new`` in a terminal: it asks for what is missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .conftest import FOLDER

if sys.platform == "win32":
    pytest.skip("there are no pseudo-terminals", allow_module_level=True)

from .terminal import Terminal


@pytest.fixture
def new(project: Path, program: Callable[..., list[str | bytes]]) -> Iterator[Callable[..., Terminal]]:
    """Starts ``new`` in a terminal."""
    opened: list[Terminal] = []

    def new(*arguments: str) -> Terminal:
        opened.append(Terminal(program("new", *arguments), env={"SOURCE_DATE_EPOCH": "1795780800"}))
        return opened[-1]

    yield new
    for terminal in opened:
        terminal.__exit__()


def written(project: Path) -> str:
    (path,) = (project / FOLDER).glob("*.yaml")
    return path.read_text(encoding="utf-8")


def test_the_kind_and_the_text(new: Callable[..., Terminal], project: Path) -> None:
    terminal = new()
    assert "success, item, countdown" in terminal.until("What kind of note?")
    terminal.press("sucess\n")
    assert "is not one of" in terminal.until("What kind of note?")
    terminal.press("success\n")
    terminal.until("What succeeded (text):")
    terminal.press("ada: The build is green\n")
    status, shown = terminal.end()
    assert status == 0
    assert "releasenotes/digests/the-build-is-green-" in shown
    assert "nick: ada (give --nick '' if it is part of the text)" in shown
    assert written(project) == "---\ndate: 2026-11-27\nsuccesses:\n  - nick: ada\n    text: The build is green\n"


def test_each_value_is_checked_when_it_is_given(new: Callable[..., Terminal], project: Path) -> None:
    terminal = new("event", "--place", "Berlin")
    terminal.until("The name of the event (title):")
    terminal.press("\n")
    terminal.until("The name of the event (title):")
    terminal.press("Summit\n")
    terminal.until("(start):")
    terminal.press("in May\n")
    assert "Error: 'in May' is not a" in terminal.until("(start):")
    terminal.press("2027-05-18\n")
    status, shown = terminal.end()
    assert (status, "Traceback" in shown) == (0, False)
    assert "  - title: Summit\n    start: 2027-05-18\n    place: Berlin\n" in written(project)


def test_nothing_is_asked_where_nothing_is_missing(new: Callable[..., Terminal], project: Path) -> None:
    status, shown = new("success", "Released: 2.0 is out", "--nick", "").end()
    assert (status, shown.count("\n")) == (0, 1)
    assert 'text: "Released: 2.0 is out"' in written(project)


def test_nothing_is_written_if_nobody_answers(new: Callable[..., Terminal], project: Path) -> None:
    terminal = new("story", "A title")
    terminal.until("(text):")
    terminal.press("\x04")
    status, shown = terminal.end()
    assert (status != 0, "Traceback" in shown) == (True, False)
    assert list((project / FOLDER).iterdir()) == []


def test_nobody_is_asked_without_a_terminal(
    project: Path, program: Callable[..., list[str | bytes]], new: Callable[..., Terminal]
) -> None:
    # the answers could come from the terminal, and nobody would see the questions
    arguments = program("new", "item")
    script = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:], stderr=subprocess.PIPE).returncode)"
    with Terminal([sys.executable, "-c", script, *arguments]) as terminal:
        assert terminal.end()[0] == 2
    found = subprocess.run(arguments, input=b"text\n", capture_output=True, check=False, timeout=60)
    assert found.returncode == 2
    assert b"Missing [TEXT] or --text." in found.stderr
    assert list((project / FOLDER).iterdir()) == []
