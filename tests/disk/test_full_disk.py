"""A disk that is full: a message that names the file, nothing lost or half-written, and the next time all is right."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from extension.building import Project

from .conftest import COMMANDS, Disk, contents, outputs
from .processes import Ended, build, command, run

MESSAGE = re.compile(r"sphinx-digest: (?P<path>.*): cannot be written: (?:No space left on device|File too large)")
OURS = re.compile(r"/.* cannot be written: (?:No space left on device|File too large)")
FRAME = re.compile(r"/sphinxext/digest/\S*\.py\", line")
FULL = re.compile(r"No space left on device|File too large")


def failed(ended: Ended, folder: Path) -> None:
    assert ended.status == 1, ended.out
    match = MESSAGE.fullmatch(ended.out.splitlines()[-1])
    assert match, ended.out
    assert (folder / match["path"]).is_relative_to(folder)
    assert ".tmp" not in match["path"]
    assert "Traceback" not in ended.out


@pytest.mark.parametrize("name", COMMANDS)
def test_commands_on_a_full_disk(disk: Disk, make_inputs: Callable[[Path], Path], name: str) -> None:
    folder = make_inputs(disk.folder / "project")
    fresh = shutil.copytree(folder, disk.folder / "fresh")
    before = contents(folder)
    disk.fill(0)
    failed(run(command(folder, *COMMANDS[name])), folder)
    assert contents(folder) == before
    disk.free()
    succeeds_as(fresh, folder, name)


# too small for any file, or with 0 for the largest of several; git, which reads notes, would be killed
@pytest.mark.parametrize(
    ("name", "largest"), [*((name, 5) for name in COMMANDS if "notes" not in name), ("import", 0), ("mbox", 0)]
)
def test_commands_that_may_write_no_large_file(
    tmp_path: Path, make_inputs: Callable[[Path], Path], name: str, largest: int
) -> None:
    folder = make_inputs(tmp_path / "project")
    fresh = shutil.copytree(folder, tmp_path / "fresh")
    before = contents(folder)
    if not largest:
        run(command(fresh, *COMMANDS[name]))
        sizes = sorted(len(data) for path, data in contents(fresh).items() if path not in before)
        largest = sizes[-1] - 1
        shutil.rmtree(fresh)
        shutil.copytree(folder, fresh)
    failed(run(command(folder, *COMMANDS[name]), largest=largest), folder)
    assert contents(folder) == before
    succeeds_as(fresh, folder, name)


def succeeds_as(fresh: Path, folder: Path, name: str) -> None:
    """The command makes of both the same, with any identities of new fragments where they are random."""
    for place in (fresh, folder):
        ended = run(command(place, *COMMANDS[name]))
        assert ended.status == 0, ended.out
    expected, found = contents(fresh), contents(folder)
    if name == "new":
        assert sorted(found.values()) == sorted(expected.values())
    else:
        assert found == expected
    assert run(command(folder, "lint")).status == 0


@pytest.mark.parametrize("builder", ["html", "digest-mail"])
def test_builds_on_a_full_disk(disk: Disk, make_site: Callable[[Path], Project], builder: str) -> None:
    """Wherever it happens; Sphinx goes on where it is only a page that it cannot write."""
    project = make_site(disk.folder / "project")
    fresh = disk.folder / "fresh"
    assert run(build(project.folder, builder, fresh)).status == 0
    place = disk.folder / "build"
    # room for some of the doctrees, and for some of the pages
    whole = sum(file.stat().st_size for file in fresh.rglob("*") if file.is_file())
    for part in (0.3, 0.9):
        shutil.rmtree(place, ignore_errors=True)
        disk.fill(int(whole * part))
        ended = run(build(project.folder, builder, place))
        told(ended)
        disk.free()
        again = run(build(project.folder, builder, place))
        assert again.status == 0, again.out
        assert outputs(place / builder) == outputs(fresh / builder)


@pytest.mark.parametrize("builder", ["html", "digest-mail", "text"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_builds_that_may_write_no_large_file(
    tmp_path: Path, make_site: Callable[[Path], Project], builder: str, jobs: int
) -> None:
    """After an edit, the pages are not written as they should be."""
    project = make_site(tmp_path / "project")
    place, fresh = tmp_path / "build", tmp_path / "fresh"
    assert run(build(project.folder, builder, place)).status == 0
    before = outputs(place / builder)
    project.fragment("win-1", "date: 2015-12-04\nsuccesses:\n" + "  - Really done.\n" * 200)
    project.age()
    page = {"html": "digests/2015-12-04.html"}.get(builder, "digests/2015-12-04.txt")
    largest = len(before[page]) + 100 if builder == "html" else 1000
    ended = run(build(project.folder, builder, place, jobs), largest=largest)
    told(ended)
    again = run(build(project.folder, builder, place, jobs))
    assert again.status == 0, again.out
    assert run(build(project.folder, builder, fresh)).status == 0
    assert outputs(place / builder) == outputs(fresh / builder)


@pytest.mark.parametrize("jobs", [1, 2])
def test_page_that_is_written_in_part(tmp_path: Path, make_site: Callable[[Path], Project], jobs: int) -> None:
    """Sphinx goes on, comes to its end, and takes the page for one that is up to date in the next build."""
    project = make_site(tmp_path / "project")
    place, fresh = tmp_path / "build", tmp_path / "fresh"
    project.write("long.rst", ":orphan:\n\nLong\n====\n\n" + "Many words of a page. " * 20000)
    project.age()
    assert run(build(project.folder, "html", place)).status == 0
    assert run(build(project.folder, "html", fresh)).status == 0
    page = place / "html" / "long.html"
    largest = page.stat().st_size - 100
    ended = run(build(project.folder, "html", place, jobs, "-a"), largest=largest)
    assert "WARNING: error writing file" in ended.out, ended.out
    assert ended.status == 0, ended.out
    assert page.stat().st_size == largest
    again = run(build(project.folder, "html", place, jobs))
    assert again.status == 0, again.out
    assert outputs(place / "html") == outputs(fresh / "html")


def told(ended: Ended) -> None:
    """Somebody says that the disk is full, and if that is not us, it is Sphinx."""
    assert FULL.search(ended.out), ended.out
    assert ended.status != 0 or "WARNING: error writing file" in ended.out, ended.out
    # Sphinx 9 shows where the errors were raised that it is told of
    assert not FRAME.search(ended.out) or OURS.search(ended.out), ended.out
