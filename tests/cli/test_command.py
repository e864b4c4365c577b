"""What all commands share: help, exit statuses, where output goes, and that nothing ends in a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from sphinxext.digest import __version__
from sphinxext.digest.cli.group import COMMANDS, INTERRUPTED, cli
from sphinxext.digest.cli.schema import SCHEMAS
from sphinxext.digest.problems import Code, DigestError, Problem

from .conftest import FOLDER, Run

NAMES = cli.list_commands(click.Context(cli))


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], *([name, "-h"] for name in NAMES)])
def test_help(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)

    assert result.status == 0
    assert result.out.startswith("Usage: sphinx-digest")
    assert result.err == ""


def test_the_list_of_commands_loads_none_of_them(start: Run) -> None:
    heavy = ("docutils", "sphinx", "yaml", "sphinxext.digest.cli.new", "sphinxext.digest.collection.load")
    code = f"import atexit; atexit.register(lambda: print([name for name in {heavy} if name in sys.modules]))"

    result = start("--help", before=code)

    assert all(f"  {name} " in result.out and COMMANDS.get(name, "") in result.out for name in NAMES)
    assert result.lines[-1] == "[]"


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_known_and_explained(name: str) -> None:
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    assert command.name == name
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_a_name_that_is_nearly_one(run: Run) -> None:
    assert "No such command 'lits'. Did you mean 'list' or 'lint'?" in run("lits").err
    assert "No such command 'reprot'. Did you mean 'report'?" in run("reprot").err
    assert "Did you mean 'since'?" in run("release-notes", "sinse").err
    assert "Did you mean" not in run("--list").err


def test_listing_loads_what_gathers_only_when_it_is_used(start: Run) -> None:
    code = "import atexit; atexit.register(lambda: print([name for name in {} if name in sys.modules]))"
    gathering = ("sphinxext.digest.gather", "sphinxext.digest.cli.bot", "sphinxext.digest.cli.import_")

    assert start("--help", before=code.format(gathering)).lines[-1] == "[]"
    assert start("--version", before=code.format((*gathering, "importlib.metadata"))).lines[-1] == "[]"


def test_version(run: Run) -> None:
    assert run("--version").out == f"sphinx-digest {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [["frobnicate"], ["--frobnicate"], ["lint", "--frobnicate"], ["--project"], ["schema", "more"]]
)
def test_a_wrong_command_line(start: Run, arguments: list[str]) -> None:
    result = start(*arguments)

    assert result.status == 2
    assert result.out == ""
    assert "Error: " in result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("name", ["nowhere", "file"])
def test_a_project_that_is_not_there(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()

    result = run("--project", tmp_path / name, "lint")

    assert result.status == 2
    assert "--project" in result.err


def test_a_project_elsewhere(run: Run, project: Path, write: Callable[..., Path], monkeypatch) -> None:
    write("a", "date: 2015-12-02\nsuccesses: [Hello]\n")
    monkeypatch.chdir(project.parent)

    assert run("list").out == ""
    assert "Hello" in run("--project", project, "list").out
    assert "Hello" in run("--project", "project", "list").out


def test_the_project_of_a_folder_within(run: Run, project: Path, write: Callable[..., Path], monkeypatch) -> None:
    write("a", "date: 2015-12-02\nsuccesses: [Hello]\n")
    monkeypatch.chdir(project / FOLDER)

    assert "Hello" in run("list").out


def test_results_and_messages_go_apart(start: Run, write: Callable[..., Path]) -> None:
    write("a", "date: 2015-12-02\nsuccesses: [Hello, '']\n")

    result = start("list")

    assert result.status == 1
    assert result.out == "2015-12-02  success    0000000000000001    Hello\n"
    assert result.err == f"{FOLDER.as_posix()}/a-0000000000000001.yaml:2:20: empty-text 'successes' is empty\n"


def test_problems_that_stop_the_work(run: Run, project: Path) -> None:
    result = run("lint", "--fragments", "nowhere")

    assert result.status == 1
    assert result.out == ""
    assert result.err == "nowhere: unreadable there is no such folder\n"


def _fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail() -> dict[str, object]:
        raise error

    monkeypatch.setitem(SCHEMAS, "fragment", fail)


def test_several_problems_that_stop_the_work(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    problems = [Problem("a.yaml", line, 1, Code.EMPTY, "x\x1b[31m\ny") for line in (1, 2)]
    _fail_with(monkeypatch, DigestError(*problems))

    result = run("schema")

    assert result.status == 1
    assert result.err == "a.yaml:1:1: empty x\\x1b[31m\\ny\na.yaml:2:1: empty x\\x1b[31m\\ny\n"


def test_an_interrupted_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, KeyboardInterrupt())

    result = run("schema")

    assert (result.status, result.out, result.err) == (INTERRUPTED, "", "")


def test_an_error_of_the_system(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, PermissionError(13, "Permission denied", "a/b"))

    result = run("schema")

    assert (result.status, result.out) == (1, "")
    assert result.err == "sphinx-digest: a/b: Permission denied\n"


def test_an_error_of_ours_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    _fail_with(monkeypatch, ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        run("schema")


def test_a_signal_ends_it_quietly(program: Callable[..., list[str]], write: Callable[..., Path]) -> None:
    write("a", "date: 2015-12-02\nsuccesses: [Hello]\n")
    wait = (
        "import time, sphinxext.digest.collection.load as c; "
        "c.read_folder = lambda *a: print(flush=True) or time.sleep(60)"
    )

    with subprocess.Popen(program("list", before=wait), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, messages = process.communicate(timeout=60)

    assert (process.returncode, messages) == (INTERRUPTED, b"")


@pytest.mark.parametrize("arguments", [["schema"], ["list"], ["lint"]])
def test_a_reader_that_stops_reading(
    program: Callable[..., list[str]], write: Callable[..., Path], arguments: list[str]
) -> None:
    write("a", "date: 2015-12-02\nsuccesses:\n" + "  - Hello\n  - ''\n" * 5000)
    reading, writing = os.pipe()
    os.close(reading)

    with os.fdopen(writing, "wb") as stream:
        result = subprocess.run(program(*arguments), stdout=stream, stderr=subprocess.PIPE, check=False, timeout=60)

    assert result.returncode == 1
    assert b"Traceback" not in result.stderr
    assert b"Broken" not in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_cannot_be_written(program: Callable[..., list[str]], project: Path) -> None:
    with Path("/dev/full").open("wb") as stream:
        result = subprocess.run(program("schema"), stdout=stream, stderr=subprocess.PIPE, check=False, timeout=60)

    assert result.returncode == 1
    assert result.stderr == b"sphinx-digest: No space left on device\n"


@pytest.mark.parametrize("arguments", [["schema"], ["list"], ["lint"], ["new", "item", "x"]])
def test_output_that_is_closed(program: Callable[..., list[str]], project: Path, arguments: list[str]) -> None:
    command = ["sh", "-c", 'exec "$@" >&-', "sh", *program(*arguments)]

    result = subprocess.run(command, capture_output=True, check=False, timeout=60)

    assert result.returncode == 0
    assert b"Traceback" not in result.stderr


def test_output_in_another_encoding(start: Run, write: Callable[..., Path]) -> None:
    write("a", "date: 2015-12-02\nsuccesses: [Łużyce 東京]\n")

    text = start("list", PYTHONIOENCODING="cp1252")
    data = start("list", "--format", "json", PYTHONIOENCODING="cp1252")

    assert text.out == "2015-12-02  success    0000000000000001    \\u0141u\\u017cyce \\u6771\\u4eac\n"
    assert "Łużyce 東京" in data.out
    assert text.status == data.status == 0
