"""What a build does with problems. What each problem is, and where, stands in ``cases/fragments-bad.txt``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from .building import Project

BROKEN = "<src>/releasenotes/digests/broken-0000000000000001.yaml"
#: What is wrong with the fragment below.
WARNINGS = [
    f"{BROKEN}:3:13: WARNING: Inline emphasis start-string without end-string. [digest.rst]",
    f"{BROKEN}:4:21: WARNING: 'nick' must be plain text, but YAML reads 3 as another type: put it in quotes "
    "[digest.wrong-type]",
    f'{BROKEN}:6:12: WARNING: The role "download" may not be used in fragments. [digest.rst-forbidden]',
]


@pytest.fixture
def broken(project: Project) -> Project:
    """A project with a fragment of three problems, whose notes stand on several pages."""
    project.write(
        "index.rst",
        "Title\n=====\n\n.. toctree::\n\n   digests/index\n\n.. successbot::\n\n"
        ".. digest:: latest\n\n.. digest:: latest\n",
    )
    project.fragment(
        "broken-1",
        "date: 2015-12-01\nsuccesses:\n  - {text: '*broken'}\n  - {text: x, nick: 3}\n"
        "threads:\n  - title: A :download:`file`\n",
    )
    return project


def test_each_problem_is_one_warning_however_often_its_note_is_shown(broken: Project) -> None:
    assert broken.build().warnings == WARNINGS


@pytest.mark.parametrize("builder", ["text", "latex", "linkcheck"])
def test_other_builders_warn_of_the_same(broken: Project, builder: str) -> None:
    assert broken.build(builder).warnings == WARNINGS


def test_a_build_with_nothing_changed_reports_them_again(broken: Project) -> None:
    broken.build()
    broken.age()
    for _ in range(2):
        build = broken.build()
        assert build.read == []
        assert build.warnings == WARNINGS


def test_a_problem_is_gone_with_its_cause(broken: Project) -> None:
    broken.build()
    broken.fragment("broken-1", "date: 2015-12-01\nsuccesses: ['*sound*']\n")
    assert broken.build().warnings == []
    assert broken.build().warnings == []


def test_processes_report_a_problem_once_together(broken: Project) -> None:
    for number in range(8):
        broken.write(f"page{number}.rst", f":orphan:\n\nPage {number}\n======\n\n.. digest:: latest\n")
    assert broken.build(parallel=2).warnings == WARNINGS


@pytest.mark.parametrize("folder", ["", "others"])
def test_processes_report_a_problem_of_a_folder_that_they_read_once_together(broken: Project, folder: str) -> None:
    option = f"   :fragments: {folder}\n" if folder else ""
    broken.write("others/x-0000000000000001.yaml", "date: 2015-12-01\nsuccesses: [3]\n")
    for number in range(8):
        broken.write(f"page{number}.rst", f":orphan:\n\nPage {number}\n======\n\n.. successbot::\n{option}")
    broken.write("index.rst", "Title\n=====\n")
    expected = [
        "<src>/others/x-0000000000000001.yaml:2:13: WARNING: 'successes' must be reStructuredText, but YAML reads 3 "
        "as another type: put it in quotes [digest.wrong-type]"
    ]
    for _ in range(2):
        build = broken.build(parallel=2, digest_automatic=False)
        assert build.warnings == (expected if folder else WARNINGS[:2])
    assert build.read == []


@pytest.mark.parametrize(
    ("suppressed", "remaining"),
    [
        (["digest"], []),
        (["digest.*"], []),
        (["digest.rst"], WARNINGS[1:]),
        (["digest.rst", "digest.wrong-type"], WARNINGS[2:]),
        (["digest.no-such-code"], WARNINGS),
    ],
)
def test_problems_can_be_suppressed_by_code(broken: Project, suppressed: list[str], remaining: list[str]) -> None:
    build = broken.build(suppress_warnings=suppressed, fail_on_warning=True)
    assert build.warnings[: len(remaining)] == remaining
    assert "digest" not in "".join(build.warnings[len(remaining) :])
    assert build.status == bool(remaining)


def test_the_command_of_sphinx_fails_and_makes_all_pages(broken: Project) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html", ".", "build/out"]
    for _ in range(2):
        done = subprocess.run(command, cwd=broken.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 1
        lines = [line.replace(str(broken.folder), "<src>") for line in done.stderr.splitlines()]
        assert lines == WARNINGS
        assert (broken.folder / "build" / "out" / "digests" / "2015-12-04.html").is_file()


def test_an_option_that_there_is_not_is_a_problem(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n")
    project.write("releasenotes/digest.yaml", "# a comment\nunknown: 1\n")
    first, second = project.build(digest_collections={"news": {"fragments": "news", "page": "x"}}).warnings
    assert first == (
        "<src>/releasenotes/digest.yaml:2:1: WARNING: there is no option 'unknown': the reference has all that there "
        "are [digest.unknown-setting]"
    )
    assert second == (
        "<src>/conf.py:1: WARNING: digest_collections.news.page: there is no option 'page': did you mean 'pages'? "
        "(in the collection 'news') [digest.unknown-setting]"
    )


def test_unreadable_files_are_problems(broken: Project) -> None:
    broken.fragments.joinpath("folder-00000000000000aa.yaml").mkdir()
    broken.fragments.joinpath("away-00000000000000ab.yaml").symlink_to("/etc/hostname")
    broken.fragments.joinpath("nowhere-00000000000000ac.yaml").symlink_to("nothing")
    assert [line for line in broken.build().warnings if line not in WARNINGS] == [
        "<src>/releasenotes/digests/away-00000000000000ab.yaml:1: WARNING: the link leads out of the folder "
        "[digest.outside]",
        "<src>/releasenotes/digests/folder-00000000000000aa.yaml:1: WARNING: a directory is in the place of a file "
        "[digest.unreadable]",
        "<src>/releasenotes/digests/nowhere-00000000000000ac.yaml:1: WARNING: cannot be read: No such file or "
        "directory [digest.unreadable]",
    ]


def test_no_fragment_can_put_a_file_of_the_machine_on_a_page(project: Project, tmp_path: Path) -> None:
    """Whatever way a picture or a directive takes."""
    secret = tmp_path / "secret.png"
    secret.write_text("SECRET")
    project.write("index.rst", "Title\n=====\n\n.. digest:: latest\n")
    sources = [
        *(
            f".. image:: {uri}"
            for uri in (f"/{secret}", f"//{secret}", "../../secret.png", "/../secret.png", "../../secret.*")
        ),
        *(f".. {name}:: {secret}" for name in ("include", "literalinclude", "figure", "image")),
        *(f".. {name}::\n         :file: {secret}" for name in ("raw", "csv-table")),
        *(f".. {name}:: html\n         :file: {secret}" for name in ("raw", "csv-table", "code-block")),
        f":download:`{secret}` :download:`x <../../secret.png>`",
        f".. |x| image:: {secret}\n\n      |x|",
        f".. csv-table::\n         :url: {secret.as_uri()}",
    ]
    for number, source in enumerate(sources, 1):
        project.fragment(f"a-{number:x}", f"date: 2015-12-01\nstories:\n  - text: |\n      {source}\n")
    for builder in ("html", "latex", "text"):
        build = project.build(builder, digest_automatic=False)
        assert len(build.warnings) >= len(sources)
    for file in (project.folder / "build").rglob("*"):
        assert not file.is_file() or b"SECRET" not in file.read_bytes(), file


def test_a_refused_table_does_not_tell_which_files_the_machine_has(project: Project, tmp_path: Path) -> None:
    """And it is one problem, at its line: Sphinx has another directive, which would look for the file first."""
    tmp_path.joinpath("there.csv").write_text("a, b\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    for number, name in enumerate(("there.csv", "not-there.csv"), 1):
        text = f".. csv-table::\n         :file: {tmp_path / name}\n"
        project.fragment(f"a-{number}", f"date: 2015-12-01\nstories:\n  - text: |\n      {text}\n")
    assert project.build().warnings == [
        f"<src>/releasenotes/digests/a-000000000000000{number}.yaml:4:7: WARNING: File and URL access deactivated; "
        'ignoring "csv-table" directive. [digest.rst-forbidden]'
        for number in (1, 2)
    ]
