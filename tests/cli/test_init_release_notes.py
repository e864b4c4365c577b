"""``sphinx-digest init --release-notes``: a project begins with release notes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from textwrap import indent

import pytest
import yaml
from conftest import Repository

from sphinxext.digest.release.config import read_config

from .conftest import REPOSITORY, Outcome, Run
from .test_init import TWO, alone, build, files, in_docs, markdown, root, separate, small, type_answers, write

__all__ = ["root", "small"]

CONFIG = "releasenotes/config.yaml"
DAY = "2026-11-18T12:00:00Z"
MAKERS = [separate, in_docs, alone, markdown]
NOTHING = Outcome(0, "", "nothing to change\n")


@pytest.fixture
def repository(root: Path) -> Repository:
    """The project as a repository with a commit, whose main branch is ``main``."""
    repository = Repository(root)
    repository.commit(DAY)
    return repository


def page(folder: Path, name: str = "release-notes") -> str:
    return (folder / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_from_nothing_to_release_notes(
    run: Run, root: Path, repository: Repository, make: Callable[[Path], Path]
) -> None:
    source = make(root)
    repository.commit(DAY)
    before = files(root)

    result = run("init", "--release-notes")

    assert result.status == 0, result.err
    after = files(root)
    suffix = "md" if make is markdown else "rst"
    created = sorted(after.keys() - before.keys())
    (note,) = [name for name in created if name.startswith("releasenotes/notes/release-notes-")]
    own_page = (source / f"release-notes.{suffix}").relative_to(root).as_posix()
    assert created == sorted([CONFIG, note, own_page])
    changed = {root / name for name in before if after[name] != before[name]}
    assert changed == {source / "conf.py", source / f"index.{suffix}"}
    assert len(result.lines) == len(created) + len(changed)
    # the build is right before anything is committed, and afterwards, and with a version
    out = root.parent / "out"
    for version in ("Unreleased", "0.0.0", "1.0.0"):
        if version == "1.0.0":
            repository.run("tag", version)
        assert build(source, out) == 0
        assert "every change that you would notice has a release note" in page(out)
        assert version in page(out)
        repository.commit(DAY)
    assert 'href="release-notes.html"' in page(out, "index")
    assert run("release-notes", "lint").status == 0
    assert run("release-notes", "new", "locks", "--section", "fixes", "--text", "Locks.").status == 0
    repository.commit(DAY)
    assert run("release-notes", "check").status == 0
    assert run("init", "--release-notes") == NOTHING


def test_reno_reads_it(run: Run, small: Path, repository: Repository) -> None:
    repository.run("branch", "--move", "trunk")
    run("init", "--release-notes")
    repository.commit(DAY)
    repository.run("tag", "1.0.0")
    run("release-notes", "new", "locks", "--section", "fixes", "--text", "Fewer locks.")
    repository.commit(DAY)
    code = "import sys; from reno.main import main; sys.exit(main())"
    done = subprocess.run([sys.executable, "-c", code, "report", "."], capture_output=True, text=True, check=True)
    assert "Unreleased" in done.stdout and "Fewer locks." in done.stdout
    assert read_config(small).default_branch == "trunk"
    assert run("release-notes", "report").out.count("Unreleased") == 1


@pytest.mark.parametrize("branch", ["#1", "- a", "yes", "ö: ü"])
def test_any_name_of_a_branch(run: Run, small: Path, repository: Repository, branch: str) -> None:
    repository.run("symbolic-ref", "HEAD", f"refs/heads/{branch.replace(' ', '_').replace(':', '')}")
    repository.run("commit", "--allow-empty", "--quiet", "--message", "x")
    repository.run("branch", "--delete", "--force", "main")
    assert run("init", "--release-notes").status == 0
    name = branch.replace(" ", "_").replace(":", "")
    assert read_config(small).default_branch == name
    assert yaml.safe_load((small / CONFIG).read_text(encoding="utf-8"))["default_branch"] == name


def test_the_first_commit_is_needed(run: Run, small: Path) -> None:
    need = "releasenotes/notes: history release notes need the top folder of a git repository that has a commit: "
    before = files(small)
    result = run("init", "--release-notes", GIT_CEILING_DIRECTORIES=str(small.parent))
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(need)
    repository = Repository(small)
    assert run("init", "--release-notes") == Outcome(1, "", f"{need}there is no commit yet\n")
    repository.commit(DAY)
    assert files(small) == before
    result = run("--project", "docs", "init", "--release-notes")
    assert result.err == f"{need}{small / 'docs'} is not the top folder of its repository\n"
    assert files(small) == before


@pytest.mark.parametrize("name", ["CHANGELOG.md", "HISTORY.rst", "newsfragments/1.feature.rst", "changelog.d/a.md"])
def test_what_a_project_has_written_down_so_far(run: Run, small: Path, repository: Repository, name: str) -> None:
    write(small, {name: "1.0\n===\n\n* x\n"})
    source = name.partition("/")[0]
    line = f"- turn {source} into release notes: sphinx-digest release-notes import {source}"
    assert line in run("init", "--release-notes").err.splitlines()
    assert "release-notes import" not in run("init").err


def test_together_with_digests(run: Run, small: Path, repository: Repository) -> None:
    """On a terminal it is asked for; one toctree has both pages."""
    shown = type_answers("y\nn\nn\n")
    assert shown.startswith("There are no release notes. Set them up, too? [y/N]: y\n")
    assert (small / "docs/index.rst").read_text().endswith(".. toctree::\n\n   release-notes\n   digests/index\n")
    run("new", "success", "ada: Hello.", "--date", "2026-11-18")
    assert run("lint").status == 0
    assert build(small / "docs", small.parent / "out") == 0
    assert run("init") == run("init", "--release-notes") == NOTHING


def test_digests_alone(small: Path, repository: Repository) -> None:
    assert "Set them up, too? [y/N]: \n" in type_answers("\nn\nn\n")
    assert not (small / CONFIG).exists()


def test_digests_afterwards(run: Run, small: Path, repository: Repository) -> None:
    run("init", "--release-notes")
    assert run("init").lines == [
        "created releasenotes/digest.yaml",
        "changed docs/index.rst",
        "created releasenotes/digests/",
    ]
    assert (small / "docs/index.rst").read_text().endswith("\n\n   release-notes\n   digests/index\n")


def test_without_a_documentation(run: Run, root: Path, repository: Repository) -> None:
    assert run("init", "--release-notes").status == 1
    assert run("init", "--release-notes", "--yes").status == 0
    assert sorted(name for name in files(root) if not name.startswith("releasenotes/notes/")) == [
        *("docs/conf.py", "docs/index.rst", "docs/release-notes.rst", CONFIG),
    ]
    assert build(root / "docs", root.parent / "out") == 0


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("reno.yaml", "default_branch: main\n"),
        (CONFIG, "default_branch: main\n"),
        ("docs/news.rst", "News\n====\n\n.. release-notes::\n   :branch: main\n"),
        ("docs/news.md", "# News\n\n```{release-notes}\n```\n"),
        ("releasenotes/source/conf.py", "extensions = ['reno.sphinxext']\n"),
        ("releasenotes/notes/old-0000000000000001.yaml", "fixes: [Old.]\n"),
    ],
)
def test_what_is_there_stays(run: Run, small: Path, repository: Repository, name: str, text: str) -> None:
    write(small, {name: text})
    result = run("init", "--release-notes")
    assert result.status == 0
    made = files(small)
    assert made[name].decode() == text
    has_notes = name.startswith("releasenotes/notes/")
    assert (CONFIG in made) is not (name == "reno.yaml" or has_notes)
    assert ("docs/release-notes.rst" in made) is not (name.startswith("docs/") or name.endswith("conf.py"))
    assert len([name for name in made if name.startswith("releasenotes/notes/")]) == 1
    assert (b"sphinxext.digest" in made["docs/conf.py"]) is ("docs/release-notes.rst" in made)
    assert run("init", "--release-notes") == NOTHING
    assert files(small) == made


def test_pages_of_renos_own_extension_stay_its(run: Run, small: Path, repository: Repository) -> None:
    conf = "extensions = ['reno.sphinxext']\n"
    write(small, {"docs/conf.py": conf, "docs/news.rst": "News\n====\n\n.. release-notes::\n"})
    result = run("init", "--release-notes")
    assert len(result.lines) == 2 and CONFIG in result.out
    assert "reno.sphinxext" not in result.err
    assert (small / "docs/conf.py").read_text() == conf


def test_a_project_with_reno(run: Run, small: Path, repository: Repository) -> None:
    write(small, {"releasenotes/source/conf.py": "extensions = ['reno.sphinxext']\n"})
    write(small, {"releasenotes/notes/old-0000000000000001.yaml": "fixes: [Old.]\n"})
    assert run("init", "--release-notes") == NOTHING


def test_a_page_of_the_name_that_is_something_else(run: Run, small: Path, repository: Repository) -> None:
    write(small, {"docs/release-notes.rst": "By hand\n=======\n"})
    write(small, {"docs/index.rst": ".. toctree::\n\n   release-notes\n"})
    assert "created docs/releases.rst" in run("init", "--release-notes").lines
    assert (small / "docs/index.rst").read_text() == ".. toctree::\n\n   release-notes\n   releases\n"
    assert build(small / "docs", small.parent / "out") == 0


def test_a_toctree_that_is_left_to_the_user(run: Run, small: Path, repository: Repository) -> None:
    """A page that no toctree lists would be a warning, so that it comes with its entry."""
    write(small, {"docs/index.rst": TWO, "docs/a.rst": "A\n=\n", "docs/b.rst": "B\n=\n"})
    result = run("init", "--release-notes")
    assert result.status == 1
    assert result.err.splitlines()[:3] == [
        "docs/index.rst:1:1: by-hand add this line to a toctree and run this command again, or choose one with "
        "--toctree LINE: line 1, line 8 (B)",
        "       release-notes",
        "Next:",
    ]
    assert build(small / "docs", small.parent / "out") == 0
    write(small, {"docs/index.rst": f"{TWO}   release-notes\n"})
    assert run("init", "--release-notes").lines == ["created docs/release-notes.rst"]
    assert build(small / "docs", small.parent / "out") == 0


@pytest.mark.parametrize("root_page", ["start", "start.md"])
def test_an_external_table_of_contents(run: Run, small: Path, repository: Repository, root_page: str) -> None:
    pytest.importorskip("sphinx_external_toc")
    conf = "extensions = ['sphinx_external_toc', 'myst_parser']\n"
    write(small, {"docs/conf.py": conf, "docs/_toc.yml": f"root: {root_page}\n"})
    write(small, {"docs/start.md": "# Harbour\n"})
    (small / "docs/index.rst").unlink()
    assert "created docs/release-notes.md" in run("init", "--release-notes").lines
    assert (small / "docs/_toc.yml").read_text() == f"root: {root_page}\nentries:\n- file: release-notes\n"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", "docs", str(small.parent / "out")]
    done = subprocess.run(command, cwd=small, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# what CI checks


def suggested(text: str) -> dict[str, str]:
    """The texts to paste, by their files."""
    found: dict[str, str] = {}
    path = ""
    for line in text.splitlines():
        if line.startswith("- "):
            path = line.rpartition(" in ")[2].removesuffix(":") if line.endswith(":") else ""
        elif path:
            found[path] = f"{found.get(path, '')}{line.removeprefix('    ')}\n"
    return found


GITHUB, GITLAB, ZUUL = ".github/workflows/release-notes.yaml", ".gitlab-ci.yml", ".zuul.yaml"


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        ([], [GITHUB, GITLAB, "tox.ini", ZUUL]),
        ([".github/dependabot.yml"], [GITHUB]),
        ([".gitlab-ci.yml"], [GITLAB]),
        (["zuul.d/project.yaml", "tox.ini"], ["tox.ini", ZUUL]),
    ],
)
def test_ci(run: Run, small: Path, repository: Repository, there: list[str], expected: list[str]) -> None:
    write(small, dict.fromkeys(there, ""))
    found = suggested(run("init", "--release-notes").err)
    assert list(found) == expected
    commands = [line.strip("- ") for text in found.values() for line in text.splitlines() if " check" in line]
    assert all("sphinx-digest release-notes check" in command for command in commands if "release-notes" in command)
    for name, text in found.items():
        if name == "tox.ini":
            assert "sphinx-digest release-notes check" in text
            continue
        loaded = yaml.load(text, yaml.BaseLoader)
        if name == GITHUB:
            steps = loaded["jobs"]["release-notes"]["steps"]
            assert steps[-1] == {"run": "sphinx-digest release-notes check --format github"}
        elif name == GITLAB:
            assert loaded["release-notes"]["script"][-1].startswith("sphinx-digest release-notes check --base ")
        else:
            assert loaded[0]["job"]["vars"] == {"tox_envlist": "release-notes"}
            assert loaded[1]["project"]["check"]["jobs"] == [loaded[0]["job"]["name"]] == ["harbour-tox-release-notes"]


def test_the_docs_have_the_same_texts(run: Run, small: Path, repository: Repository) -> None:
    page = REPOSITORY.joinpath("doc", "source", "user", "release-notes-writing.rst").read_text(encoding="utf-8")
    for name, text in suggested(run("init", "--release-notes").err).items():
        assert f"   :caption: {name}\n\n{indent(text, '   ')}" in page


def test_tox_runs_both_checks(run: Run, small: Path, repository: Repository) -> None:
    pytest.importorskip("tox")
    write(small, {"tox.ini": "[tox]\nno_package = true\n", ".zuul.yaml": ""})
    write(small, {"tox.ini": suggested(run("init", "--release-notes").err)["tox.ini"]})
    shown = [sys.executable, "-m", "tox", "config", "-e", "release-notes", "-k", "commands"]
    result = subprocess.run(shown, cwd=small, capture_output=True, text=True, check=True)
    assert "sphinx-digest release-notes lint\n" in result.stdout
    assert "sphinx-digest release-notes check\n" in result.stdout


def test_the_check_that_ci_runs(run: Run, small: Path, repository: Repository) -> None:
    """A merge request as GitLab has it: without the branch that it is for."""
    run("init", "--release-notes")
    repository.commit(DAY)
    base = repository.run("rev-parse", "HEAD")
    repository.run("checkout", "--quiet", "--detach")
    repository.run("branch", "--delete", "--force", "main")
    write(small, {"lib.py": "x = 1\n"})
    repository.commit(DAY)
    assert run("release-notes", "check", "--base", base).status == 1
    run("release-notes", "new", "locks", "--section", "fixes", "--text", "Fewer locks.")
    repository.commit(DAY)
    assert run("release-notes", "check", "--base", base).status == 0
