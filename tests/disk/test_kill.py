"""A kill at any moment of a command or a build: nothing is lost or half-written, and the next time all is right."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from extension.building import Project

from .conftest import COMMANDS, contents, outputs
from .processes import build, command, count_changes, run

#: Added to conf.py: kills a build before anything is written, as long as there is a file.
KILLER = """
import os, signal

def kill(app, *_):
    if os.path.exists(os.path.join(app.srcdir, "flag")):
        os.kill(os.getpid(), signal.SIGKILL)

def setup(app):
    app.connect("doctree-resolved", kill, 1)
"""


@pytest.mark.parametrize("name", ["init", "new", "import", "mbox", "release-notes cache"])
def test_commands(tmp_path: Path, make_inputs: Callable[[Path], Path], name: str) -> None:
    """Before each of the last changes of files that they make."""
    folder = make_inputs(tmp_path / "project")
    original = contents(folder)
    fresh, count = shutil.copytree(folder, tmp_path / "fresh"), shutil.copytree(folder, tmp_path / "count")
    changes = count_changes(command(count, *COMMANDS[name]))
    assert run(command(fresh, *COMMANDS[name])).status == 0
    whole = contents(fresh)
    assert changes > 2
    killed = 0
    # the changes of the folder are the last ones
    for number in range(max(1, changes - 5), changes + 1):
        place = shutil.copytree(folder, tmp_path / f"again-{number}")
        killed += run(command(place, *COMMANDS[name]), kill_at=number).killed
        assert_whole(contents(place), original, whole)
        linted = run(command(place, "lint"))
        assert linted.status == 0, linted.out
        assert run(command(place, *COMMANDS[name])).status == 0
        after = seen(contents(place))
        if name == "new":
            # the one that was killed may have come as far as to write its own
            assert {*after.values()} == {*whole.values()}
        else:
            assert after == whole
    assert killed


def seen(files: dict[str, bytes]) -> dict[str, bytes]:
    """The files but for those that were being written, which nothing reads."""
    return {name: data for name, data in files.items() if not Path(name).name.startswith(".")}


def assert_whole(files: dict[str, bytes], before: dict[str, bytes], after: dict[str, bytes]) -> None:
    """Each file is as before or as after the command."""
    assert {*before} <= {*files}
    for name, data in seen(files).items():
        assert data in (before.get(name), after.get(name)) or data in after.values(), name


def edit(project: Project) -> None:
    project.fragment("win-1", "date: 2015-12-04\nsuccesses: [Really done.]\n")
    project.write("shown.rst", "Shown anew\n==========\n\n.. successbot:: 2015-12-04\n")


def change_options(project: Project) -> None:
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text() + 'html_title = "Another"\n')


def nothing(project: Project) -> None:
    """All is as it was."""


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("change", [None, edit, change_options, nothing])
def test_builds(
    tmp_path: Path, make_site: Callable[[Path], Project], change: Callable[[Project], None] | None, jobs: int
) -> None:
    project = make_site(tmp_path / "project")
    kept, place, fresh = (tmp_path / name / "build" for name in ("kept", "place", "fresh"))
    if change is not None:
        assert run(build(project.folder, "html", place)).status == 0
        change(project)
        shutil.copytree(place, kept)
    assert run(build(project.folder, "html", fresh)).status == 0
    choose = random.Random(f"{change} {jobs}" if change is None else f"{change.__name__} {jobs}")
    for _ in range(1):
        moment = choose.randint(1, 12 if change is nothing else 60)
        ended = run(build(project.folder, "html", place, jobs), kill_at=moment)
        assert ended.status <= 0, ended.out
        again = run(build(project.folder, "html", place, jobs))
        assert again.status == 0, again.out
        assert outputs(place / "html") == outputs(fresh / "html")
        shutil.rmtree(place)
        if change is not None:
            shutil.copytree(kept, place)


@pytest.mark.parametrize("change", [change_options, nothing])
def test_page_that_is_half_written(
    tmp_path: Path, make_site: Callable[[Path], Project], change: Callable[[Project], None]
) -> None:
    """Sphinx alone takes it for one that is up to date, by its time."""
    project = make_site(tmp_path / "project")
    place, fresh = tmp_path / "build", tmp_path / "fresh"
    project.write("long.rst", ":orphan:\n\nLong\n====\n\n" + "Many words of a page. " * 20000)
    project.age()
    assert run(build(project.folder, "html", place)).status == 0
    change(project)
    assert run(build(project.folder, "html", fresh)).status == 0
    largest = (fresh / "html" / "long.html").stat().st_size - 100
    assert run(build(project.folder, "html", place, 1, "-a"), largest=largest, cut=True).killed
    assert (place / "html" / "long.html").stat().st_size == largest
    again = run(build(project.folder, "html", place))
    assert again.status == 0, again.out
    assert outputs(place / "html") == outputs(fresh / "html")


def test_options_before_the_first_page(tmp_path: Path, make_site: Callable[[Path], Project]) -> None:
    """Sphinx has kept the options of HTML by then, and finds nothing to do in the next build."""
    project = make_site(tmp_path / "project")
    place, fresh = tmp_path / "build", tmp_path / "fresh"
    conf = project.folder / "conf.py"
    conf.write_text(conf.read_text() + KILLER)
    project.age()
    assert run(build(project.folder, "html", place)).status == 0
    change_options(project)
    flag = project.write("flag", "")
    assert run(build(project.folder, "html", place)).killed
    flag.unlink()
    again = run(build(project.folder, "html", place))
    assert again.status == 0, again.out
    assert "Another</title>" in (place / "html" / "shown.html").read_text()
    assert run(build(project.folder, "html", fresh)).status == 0
    assert outputs(place / "html") == outputs(fresh / "html")
