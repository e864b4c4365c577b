"""Reading and writing with several processes makes the same as with one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx.util.parallel import parallel_available

from .building import Build, Project, empty_project
from .edits import make_site
from .outputs import broken_links

pytestmark = pytest.mark.skipif(not parallel_available, reason="Sphinx reads with one process on this platform")

WEEKS = 12
#: The pages of archives: the lists of successes, people and threads, a year, three people and a thread.
ARCHIVES = 8


def make_project(folder: Path) -> Project:
    """A project with a digest for each of many weeks, whose notes refer to each other, and pages that show them."""
    project = empty_project(folder)
    pages = "".join(f"   page{number}\n" for number in range(WEEKS))
    project.write("index.rst", f"Title\n=====\n\n.. toctree::\n\n   digests/index\n{pages}")
    for week in range(WEEKS):
        day = f"2015-{1 + week // 4:02d}-{1 + 7 * (week % 4):02d}"
        earlier = f", continues: note{week - 1}" if week else ""
        project.fragment(
            f"note{week}-{week + 1:x}",
            f"date: {day}\n"
            f"threads: [{{title: Thread {week}, summary: '`link <https://e.org/{week}>`__ [#]_\n\n\n    .. [#] foot'"
            f"{earlier}}}]\n"
            f"successes: ['nick{week % 3}: *won* {week}']\n"
            f"stories: [{{title: Story {week}, text: 'See :digest:thread:`note{(week + 5) % WEEKS}`'}}]\n",
        )
        project.write(
            f"page{week}.rst",
            f"Page {week}\n========\n\n.. thread-summary:: note{week}\n\n.. successbot:: {day}\n\n"
            f":digest:thread:`note{(week * 7) % WEEKS}`, :digest:issue:`2015-01-02`\n",
        )
    return project


def outputs(build: Build) -> dict[str, bytes]:
    """The files that a build made, but for its notes to itself, and the archive, which has the times of its files."""
    return {
        file.relative_to(build.outdir).as_posix(): file.read_bytes()
        for file in sorted(build.outdir.rglob("*"))
        if file.is_file() and file.name != ".buildinfo" and file.suffix != ".epub"
    }


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Build]:
    """Builds the project with so many processes, each time from nothing."""
    project = make_project(tmp_path_factory.mktemp("parallel") / "src")
    made: dict[tuple[str, int], Build] = {}

    def build(builder: str, processes: int) -> Build:
        if (builder, processes) not in made:
            name = f"{builder}-{processes}"
            made[builder, processes] = project.build(builder, parallel=processes, output=name, doctrees=f"d-{name}")
        return made[builder, processes]

    return build


@pytest.mark.parametrize("processes", [2, 8])
@pytest.mark.parametrize("builder", ["html", "text", "latex"])
def test_outputs_are_the_same_to_the_byte(builds: Callable[[str, int], Build], builder: str, processes: int) -> None:
    one, several = builds(builder, 1), builds(builder, processes)
    assert one.warnings == several.warnings == []
    assert builder == "latex" or len(outputs(one)) > 2 * WEEKS
    assert outputs(one).keys() == outputs(several).keys()
    assert [name for name, data in outputs(one).items() if outputs(several)[name] != data] == []


def test_pages_with_schedules_and_release_notes_are_the_same_to_the_byte(tmp_path: Path) -> None:
    site = make_site(tmp_path / "src")
    for builder in ("html", "latex"):
        one, *others = (
            site.project.build(
                builder, parallel=number, output=f"{builder}-{number}", doctrees=f"d-{builder}-{number}"
            )
            for number in (1, 2, 8)
        )
        for build in others:
            assert build.warnings == one.warnings
            assert outputs(build) == outputs(one)


def test_what_processes_found_comes_together(builds: Callable[[str, int], Build]) -> None:
    one, two = (builds("html", processes).env.get_domain("digest").data for processes in (1, 2))
    assert one["targets"] == two["targets"]
    dependencies = [
        {name: [found.dependency for found in remembered] for name, remembered in data["dependencies"].items()}
        for data in (one, two)
    ]
    assert dependencies[0] == dependencies[1]
    assert len(two["dependencies"]) == 2 * WEEKS + 1 + 3 + 1 + ARCHIVES


def test_links_between_pages_of_different_processes_work(builds: Callable[[str, int], Build]) -> None:
    assert list(broken_links(builds("html", 2).outdir)) == []


def test_after_several_processes_nothing_is_read_again(tmp_path: Path) -> None:
    project = make_project(tmp_path / "src")
    # the archive of threads has another page for all parts after the one that changes
    project.overrides["digest_archives"] = ()
    assert len(project.build(parallel=2).read) == 2 * WEEKS + 5 + 1
    project.age()
    assert project.build(parallel=2).read == []
    assert project.build().read == []
    project.fragment("note3-4", "date: 2015-01-22\nthreads: [{title: Changed}]\n")
    assert set(project.build(parallel=2).read) == {
        *("page3", "digests/2015-01-23", "digests/index", "digests/2015", "digests/2015-01"),
        # the parts of the thread before and after it
        *("page2", "digests/2015-01-16"),
    }


def test_two_builds_of_the_same_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1449230400")
    for builder in ("html", "gettext", "latex"):
        made = []
        for _ in range(2):
            project = make_project(tmp_path / "src")
            made.append(outputs(project.build(builder)))
            (tmp_path / "src").rename(tmp_path / f"{builder}-{len(made)}")
        assert [name for name in made[0] if made[0][name] != made[1][name]] == []
