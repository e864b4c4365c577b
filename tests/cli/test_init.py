"""``sphinx-digest init``: real projects get what they need, and keep all that they have."""

from __future__ import annotations

import io
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from conftest import Repository
from lxml import html
from sphinx.cmd.build import build_main

from sphinxext.digest.cli.group import cli
from sphinxext.digest.init.settings_file import settings_text
from sphinxext.digest.settings.options import OPTIONS, SETTINGS_FILE, Settings
from sphinxext.digest.settings.project import load_project

from .conftest import Outcome, Run

ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

OPENSTACK_CONF = """\
# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License.

extensions = [
    'openstackdocstheme',
    #'sphinx.ext.intersphinx',
]

# autodoc generation is a bit aggressive and a nuisance when doing heavy
# text edit cycles.
# execute "export SPHINX_DEBUG=1" in your terminal to disable

project = 'harbour'
version = release = '1.0'
copyright = '2026, OpenStack Developers'
openstackdocs_repo_name = 'openstack/harbour'
openstackdocs_auto_name = False
openstackdocs_auto_version = False
html_theme = 'openstackdocs'
"""
OPENSTACK_INDEX = """\
===================
Harbour
===================

.. toctree::
   :maxdepth: 2

   install/index

Indices and tables
==================

* :ref:`search`
"""
OPENSTACK_TOX = """\
[tox]
minversion = 3.18.0
envlist = py3,pep8

[testenv]
deps =
  -c{env:TOX_CONSTRAINTS_FILE:https://releases.openstack.org/constraints/upper/2027.1}
  -r{toxinidir}/requirements.txt

[testenv:docs]
deps =
  -c{env:TOX_CONSTRAINTS_FILE:https://releases.openstack.org/constraints/upper/2027.1}
  -r{toxinidir}/doc/requirements.txt
commands = sphinx-build -W -b html doc/source doc/build/html

[flake8]
show-source = true
"""
MARKDOWN_INDEX = """\
# Harbour

```{toctree}
:maxdepth: 1

pier
```
"""


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def quick(root: Path, *options: str) -> None:
    # in a process of its own: it sets the locale
    names = ("-q", "-p", "Harbour", "-a", "Ada", "--no-makefile", "--no-batchfile")
    subprocess.run([sys.executable, "-m", "sphinx.cmd.quickstart", *names, *options, str(root)], check=True)


def separate(root: Path) -> Path:
    quick(root, "--sep")
    return root / "source"


def in_docs(root: Path) -> Path:
    quick(root / "docs", "--ext-autodoc", "--extensions", "sphinx.ext.todo,sphinx.ext.extlinks")
    return root / "docs"


def alone(root: Path) -> Path:
    quick(root, "--no-sep")
    return root


def markdown(root: Path) -> Path:
    pytest.importorskip("myst_parser")
    quick(root / "docs", "--sep", "--extensions", "myst_parser")
    (root / "docs" / "source" / "index.rst").unlink()
    write(root / "docs" / "source", {"index.md": MARKDOWN_INDEX, "pier.md": "# Pier\n"})
    return root / "docs" / "source"


def openstack(root: Path) -> Path:
    pytest.importorskip("openstackdocstheme")
    write(
        root,
        {
            "doc/source/conf.py": OPENSTACK_CONF,
            "doc/source/index.rst": OPENSTACK_INDEX,
            "doc/source/install/index.rst": "Install\n=======\n",
            "releasenotes/source/conf.py": "extensions = ['reno.sphinxext']\n",
            "releasenotes/notes/a-0000000000000001.yaml": "fixes: [x]\n",
            "tox.ini": OPENSTACK_TOX,
        },
    )
    # the theme asks git for the commit
    Repository(root).commit("2026-11-01T00:00:00Z")
    return root / "doc" / "source"


PROJECTS = [separate, in_docs, alone, markdown, openstack]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    folder = tmp_path.resolve() / "harbour"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def small(root: Path) -> Path:
    """The smallest project."""
    write(root, {"docs/conf.py": "project = 'x'\nextensions = []\n", "docs/index.rst": "Harbour\n=======\n"})
    return root


def files(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".git" not in path.parts
    }


def build(source: Path, output: Path) -> int:
    return build_main(["-q", "-W", "-n", "-b", "html", str(source), str(output)])


@pytest.mark.parametrize("make", PROJECTS, ids=lambda make: make.__name__)
def test_from_nothing_to_a_digest(run: Run, root: Path, make: Callable[[Path], Path]) -> None:
    source = make(root)
    before = files(root)

    result = run("init")

    assert result.status == 0, result.err
    assert result.err.startswith("Next:\n")
    after = files(root)
    created = [name for name in after if name not in before]
    changed = [name for name in before if after[name] != before[name]]
    lines = [f"created {name}" for name in created] + [f"changed {name}" for name in changed]
    assert sorted(result.lines) == sorted([*lines, "created releasenotes/digests/"])
    assert created == [SETTINGS_FILE]
    index = "index.md" if make is markdown else "index.rst"
    assert {root / name for name in changed} - {root / "tox.ini"} == {source / "conf.py", source / index}
    # the build is right before there is any news, and again with it
    assert build(source, root.parent / "out") == 0
    (text,) = re.findall("sphinx-digest (new .*)", result.err)
    assert text == 'new success "ada: We have digests now."'
    assert run("new", "success", "ada: We have digests now.", "--date", "2026-11-18").status == 0
    assert run("lint").status == 0
    assert build(source, root.parent / "out") == 0
    front = (root.parent / "out" / "index.html").read_text(encoding="utf-8")
    assert 'href="digests/index.html"' in front
    # OpenStack's weeks begin on Saturday
    day = "2026-11-20" if make is openstack else "2026-11-22"
    assert "We have digests now." in (root.parent / "out" / "digests" / f"{day}.html").read_text(encoding="utf-8")
    assert {name for name in files(root) if "digests/" in name} == {
        path.relative_to(root).as_posix() for path in (root / "releasenotes" / "digests").iterdir()
    }


@pytest.mark.parametrize("make", PROJECTS, ids=lambda make: make.__name__)
def test_twice(run: Run, root: Path, make: Callable[[Path], Path]) -> None:
    make(root)
    run("init")
    before = files(root)

    assert run("init") == Outcome(0, "", "nothing to change\n")
    assert run("init", "--dry-run") == Outcome(0, "", "nothing to change\n")
    assert files(root) == before


@pytest.mark.parametrize("make", PROJECTS, ids=lambda make: make.__name__)
def test_the_patch_of_a_dry_run(
    run: Run, root: Path, make: Callable[[Path], Path], make_repository: Callable[[Path], object]
) -> None:
    make(root)
    make_repository(root)
    before = files(root)

    result = run("init", "--dry-run")

    assert (result.status, result.err) == (0, "releasenotes/digests/ would be created\n")
    assert files(root) == before
    patched = shutil.copytree(root, root.parent / "patched")
    subprocess.run(["git", "apply", "-"], cwd=patched, input=result.out.encode(), check=True)
    run("init")
    assert files(patched) == files(root) != before


def test_the_patch_of_any_bytes(
    start: Run, root: Path, program: Callable[..., list[str | bytes]], make_repository
) -> None:
    """Encodings, ends of lines, and a last line without one."""
    (root / "docs").mkdir()
    (root / "docs" / "conf.py").write_bytes(
        b"# coding: latin-1\r\nproject = 'Hafen \xfc\x85'\r\nextensions = ['\xfc']"
    )
    (root / "docs" / "index.rst").write_bytes("\ufeffH\u00e4fen\n=====\n\n.. toctree::\n\n   x\x0c\u2028".encode())
    make_repository(root)
    patched = shutil.copytree(root, root.parent / "patched")
    patch = subprocess.run(program("init", "--dry-run"), capture_output=True, check=True).stdout

    subprocess.run(["git", "apply", "-"], cwd=patched, input=patch, check=True)
    assert start("init").status == 0

    assert files(patched) == files(root)
    assert (root / "docs" / "conf.py").read_bytes().endswith(b"extensions = ['\xfc', 'sphinxext.digest']")


def test_openstacks_files(run: Run, root: Path) -> None:
    openstack(root)
    run("init")
    conf = OPENSTACK_CONF.replace("'openstackdocstheme',\n", "'openstackdocstheme',\n    'sphinxext.digest',\n")
    assert (root / "doc/source/conf.py").read_text() == conf
    index = OPENSTACK_INDEX.replace("   install/index\n", "   install/index\n   digests/index\n")
    assert (root / "doc/source/index.rst").read_text() == index
    tox = (root / "tox.ini").read_text()
    assert tox.startswith(OPENSTACK_TOX)
    assert tox.removeprefix(OPENSTACK_TOX).splitlines() == [
        "",
        "[testenv:digests]",
        "description = Check the fragments of the digests.",
        "skip_install = true",
        "deps =",
        "  -c{env:TOX_CONSTRAINTS_FILE:https://releases.openstack.org/constraints/upper/2027.1}",
        "  sphinxext-digest",
        "commands =",
        "  sphinx-digest lint {posargs}",
    ]


@pytest.mark.parametrize("text", ["[testenv:digests]\n", "[testenv:pep8]\ncommands =\n  sphinx-digest lint\n"])
def test_tox_that_checks_fragments_already(run: Run, small: Path, text: str) -> None:
    (small / "tox.ini").write_text(text)
    run("init")
    assert (small / "tox.ini").read_text() == text


def test_tox_without_constraints(run: Run, small: Path) -> None:
    (small / "tox.ini").write_text("[testenv]\ndeps = pytest")
    assert "changed tox.ini" in run("init").lines
    assert "[testenv]\ndeps = pytest\n\n[testenv:digests]\n" in (small / "tox.ini").read_text()
    assert "deps =\n  sphinxext-digest\n" in (small / "tox.ini").read_text()


def test_settings_to_begin_with(run: Run, small: Path) -> None:
    """Nothing is set; each option that is shown is one, and could be set in this way."""
    run("init")
    text = (small / SETTINGS_FILE).read_text(encoding="utf-8")
    assert text == settings_text()
    assert run("lint").status == 0
    assert load_project(small)[0].main == Settings()
    shown = re.findall(r"^# (\w+):", text, re.MULTILINE)
    assert len(shown) > 5
    assert set(shown) <= set(OPTIONS)
    (small / SETTINGS_FILE).write_text(re.sub(r"(?m)^# (\w+:)", r"\1", text).replace("schedules:", "# schedules:"))
    assert run("lint").status == 0


@pytest.mark.parametrize("theme", ["extensions = ['openstackdocstheme']\n", "html_theme = 'openstackdocs'\n", ""])
def test_settings_of_openstack(run: Run, small: Path, theme: str) -> None:
    write(small, {"docs/conf.py": f"project = 'x'\n{theme}"})
    assert run("init", *([] if theme else ["--openstack"])).status == 0
    main = load_project(small)[0].main
    assert main.success_heading == "SuccessBot Says"
    assert main.success_closing == "Tell us yours via IRC with a message “#success [insert success]”."
    assert (main.week_start, main.plain_dates) == ("saturday", True)
    assert run("lint").status == 0
    run("new", "success", "ttx: Mitaka-1 published!", "--date", "2026-11-18")
    assert run("report", "2026-11-20").lines == [
        "SuccessBot Says",
        "* ttx: Mitaka-1 published!",
        "* Tell us yours via IRC with a message “#success [insert success]”.",
    ]


@pytest.mark.parametrize("options", [[], ["--openstack", "--pages", "news"], ["--release-notes"]], ids=" ".join)
def test_yamllint_accepts_what_is_written(run: Run, small: Path, options: list[str]) -> None:
    pytest.importorskip("yamllint")
    Repository(small).commit("2026-11-18T12:00:00Z")
    run("init", "--yes", *options)
    command = [sys.executable, "-m", "yamllint", "--strict", "-d", "extends: default", "."]
    done = subprocess.run(command, cwd=small, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    listed = subprocess.run([*command[:3], "--list-files", "."], cwd=small, capture_output=True, text=True).stdout
    assert "releasenotes/config.yaml" in listed if "--release-notes" in options else SETTINGS_FILE in listed


@pytest.mark.parametrize("text", [settings_text(), settings_text(openstack=True, pages="news")])
def test_settings_in_the_usual_style(text: str) -> None:
    """What the defaults of yamllint ask for, and more."""
    lines = text.splitlines()
    assert text.endswith("\n") and not text.endswith("\n\n") and "\n\n\n" not in text
    assert all(len(line) <= 80 and line == line.rstrip() for line in lines)
    assert all(re.match("# [^ ]", line) for line in lines if line.startswith("#"))
    assert next(line for line in lines if not line.startswith("#")) == "---"


def test_settings_that_are_there(run: Run, small: Path) -> None:
    write(small, {SETTINGS_FILE: "fragments: news\npages: what/is-new\n"})
    assert run("init").lines == ["changed docs/conf.py", "changed docs/index.rst", "created news/"]
    assert "   what/is-new/index\n" in (small / "docs" / "index.rst").read_text()


def test_settings_with_problems(run: Run, small: Path) -> None:
    write(small, {SETTINGS_FILE: "pages: ..\n"})
    before = files(small)
    result = run("init")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"{SETTINGS_FILE}:1:1: bad-setting ")
    assert files(small) == before


def test_an_entry_elsewhere(run: Run, small: Path) -> None:
    """A page of the project's own has the digests in its table of contents."""
    write(small, {"docs/news/index.rst": "News\n====\n\n.. toctree::\n\n   ../digests/index\n"})
    assert "changed docs/index.rst" not in run("init").lines


def test_a_page_of_the_name(run: Run, small: Path) -> None:
    write(small, {"docs/digests/index.rst": "News\n====\n\n.. digest-collection::\n"})
    assert "changed docs/index.rst" not in run("init").lines


def test_pages_of_an_environment_and_of_a_build(run: Run, small: Path) -> None:
    text = ".. toctree::\n\n   digests/index\n"
    write(
        small,
        {"docs/_build/a.rst": text, "docs/.tox/a.rst": text, "docs/venv/a.rst": text, "docs/venv/pyvenv.cfg": ""},
    )
    assert "changed docs/index.rst" in run("init").lines


def test_names_in_conf(run: Run, root: Path) -> None:
    conf = "extensions = []\nroot_doc = 'contents'\ndigest_pages = 'news'\n"
    write(root, {"docs/conf.py": conf, "docs/contents.txt": "X\n=\n", "docs/index.rst": "Y\n=\n"})
    assert "changed docs/contents.txt" in run("init").lines
    assert (root / "docs" / "contents.txt").read_text() == "X\n=\n\n.. toctree::\n\n   news/index\n"


def test_a_folder_of_pages_that_a_build_would_take_for_the_project(run: Run, small: Path) -> None:
    write(small, {"docs/releasenotes/index.rst": ":orphan:\n\nNotes\n=====\n"})
    assert run("init").status == 0
    assert (small / "docs/conf.py").read_text().endswith("\n\ndigest_project = '..'\n")
    run("new", "success", "ada: Hello.", "--date", "2026-11-18")
    assert build(small / "docs", small.parent / "out") == 0
    assert (small.parent / "out" / "digests" / "2026-11-22.html").exists()
    assert run("init") == Outcome(0, "", "nothing to change\n")


TWO = ".. toctree::\n\n   a\n\nAPI\n===\n\n.. toctree::\n   :caption: B\n\n   b\n"
TWO_LINES = "line 1, line 8 (B)"


def test_a_toctree_that_is_left_to_the_user(run: Run, small: Path) -> None:
    """The rest is done; what is left comes first, with the line to paste."""
    write(small, {"docs/index.rst": TWO})
    result = run("init")
    assert result.status == 1
    steps = [
        f"docs/index.rst:1:1: by-hand add this line to a toctree, or choose one with --toctree LINE: {TWO_LINES}",
        "       digests/index",
    ]
    assert result.err.splitlines()[:3] == [*steps, "Next:"]
    assert f"created {SETTINGS_FILE}" in result.lines
    assert (small / "docs/index.rst").read_text() == TWO
    again = run("init")
    assert (again.status, again.out) == (1, "")
    assert again.err.splitlines() == [*steps, "nothing else to change"]
    # the build is not broken
    write(small, {"docs/a.rst": "A\n=\n", "docs/b.rst": "B\n=\n"})
    assert build(small / "docs", small.parent / "out") == 0


@pytest.mark.parametrize("name", ["8", "10", "b", "B"])
def test_a_toctree_by_its_caption_or_line(run: Run, small: Path, name: str) -> None:
    write(small, {"docs/index.rst": TWO})
    assert run("init", "--toctree", name).status == 0
    assert (small / "docs/index.rst").read_text() == f"{TWO}   digests/index\n"


def test_a_toctree_by_a_wrong_name(run: Run, small: Path) -> None:
    write(small, {"docs/index.rst": TWO})
    before = files(small)
    result = run("init", "--toctree", "C")
    assert (result.status, result.out) == (2, "")
    assert f"docs/index.rst has no toctree 'C': there are those on {TWO_LINES}." in " ".join(result.err.split())
    assert files(small) == before


class Terminal(io.BytesIO):
    """Somebody who types answers."""

    def isatty(self) -> bool:
        return True


def type_answers(answers: str, *options: str) -> str:
    """Run the command with these answers, and return what it shows."""
    result = CliRunner().invoke(cli, ["init", *options], input=Terminal(answers.encode()))
    assert result.exit_code == 0, result.output
    return result.output


def test_a_toctree_chosen_on_a_terminal(small: Path) -> None:
    write(small, {"docs/index.rst": TWO})
    assert "2. line 8, 'B', begins with b\nNumber: 3\n" in type_answers("3\n2\nn\nn\n")
    assert (small / "docs/index.rst").read_text() == f"{TWO}   digests/index\n"


EDITOR = """\
{
  "yaml.schemas": {
    "./releasenotes/digest.schema.json": "releasenotes/digests/*.yaml"
  }
}
"""


@pytest.mark.parametrize("answers", [None, "y\n\ny\n"])
def test_an_empty_folder(run: Run, root: Path, answers: str | None) -> None:
    """It gets a documentation, on a terminal after a question, and with --yes without."""
    if answers is None:
        assert run("init", "--yes").status == 0
    else:
        assert "There is no documentation. Create one? [Y/n]: y\n" in type_answers(answers)
    assert sorted(files(root)) == [
        ".pre-commit-config.yaml",
        ".vscode/settings.json",
        "docs/conf.py",
        "docs/index.rst",
        "releasenotes/digest.schema.json",
        SETTINGS_FILE,
    ]
    assert (root / ".vscode/settings.json").read_text() == EDITOR
    assert (root / "releasenotes/digest.schema.json").read_text() == run("schema").out
    (hook,) = yaml.safe_load((root / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert hook["entry"] == "sphinx-digest lint"
    assert re.fullmatch(hook["files"], "releasenotes/digests/a-0000000000000001.yaml")
    assert run("init", "--yes") == Outcome(0, "", "nothing to change\n")
    assert run("new", "success", "ada: Hello.", "--date", "2026-11-18").status == 0
    assert run("lint").status == 0
    assert build(root / "docs", root.parent / "out") == 0
    assert "<h1>harbour" in (root.parent / "out" / "index.html").read_text()
    assert (root.parent / "out" / "digests" / "2026-11-22.html").exists()


def test_a_folder_with_an_odd_name(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / 'a "b" *c* |d| 港\n..'
    (root / "docs").mkdir(parents=True)
    monkeypatch.chdir(root)
    assert run("init", "--yes").status == 0
    assert not list((root / "docs").iterdir())  # it may be for another tool
    assert build(root / "doc", tmp_path / "out") == 0
    page = html.document_fromstring((tmp_path / "out" / "index.html").read_bytes())
    assert page.find(".//h1").text == "a “b” *c* |d| 港 .."


def test_nothing_is_created_if_the_answer_is_no(root: Path) -> None:
    result = CliRunner().invoke(cli, ["init"], input=Terminal(b"n\n"))
    assert result.exit_code == 1
    assert files(root) == {}


def test_offers_are_made_once(run: Run, small: Path) -> None:
    shown = type_answers("n\ny\n")
    assert "Create .vscode/settings.json with a schema? [Y/n]: n\nCreate .pre-commit-config.yaml? [Y/n]: y\n" in shown
    assert "created .pre-commit-config.yaml\n" in shown
    assert "sphinx-digest schema prints a JSON Schema" in shown
    assert type_answers("") == "nothing to change\n"


def test_pre_commit_that_is_there(run: Run, small: Path) -> None:
    write(small, {".pre-commit-config.yaml": "repos: []\n", ".vscode/settings.json": "{}\n"})
    result = run("init", "--yes")
    assert "- to check the fragments with the rest, add a hook of pre-commit below 'repos', in " in result.err
    assert "      - id: sphinx-digest-lint" in result.err
    assert (small / ".pre-commit-config.yaml").read_text() == "repos: []\n"
    assert (small / ".vscode/settings.json").read_text() == "{}\n"


@pytest.mark.parametrize("name", ["reno.sphinxext", "sphinx.ext.todo"])
def test_release_notes_of_reno(run: Run, small: Path, name: str) -> None:
    """It is said that the directive is ours now."""
    write(small, {"docs/conf.py": f"extensions = ['{name}']\n"})
    assert ("release-notes is no longer reno.sphinxext's" in run("init").err) is (name == "reno.sphinxext")
    (small / SETTINGS_FILE).unlink()
    assert "reno.sphinxext" not in run("init").err


def test_next_steps(run: Run, small: Path) -> None:
    lines = run("init").err.splitlines()
    assert lines == [
        "Next:",
        "- add sphinxext-digest to the requirements of the documentation",
        '- write the first news: sphinx-digest new success "ada: We have digests now."',
        "- check them: sphinx-digest lint",
        "- look at the pages: sphinx-digest preview (with sphinxext-digest[preview]), or sphinx-build docs build/html",
        "- let your editor check them too: sphinx-digest schema prints a JSON Schema",
    ]


def test_an_unknown_root_document(run: Run, small: Path) -> None:
    write(small, {"docs/conf.py": "root_doc = 'other'\n"})
    result = run("init")
    assert result.status == 1
    assert result.err.startswith(
        "docs/conf.py: by-hand the root document 'other' was not found: add this line to a toctree\n"
        "    digests/index\nNext:\n"
    )


def test_a_toctree_with_a_pattern_that_matches(run: Run, small: Path) -> None:
    write(small, {"docs/index.rst": "Harbour\n=======\n\n.. toctree::\n   :glob:\n\n   */index\n"})
    result = run("init")
    assert result.status == 0
    assert "changed docs/index.rst" not in result.lines
    assert run("new", "success", "ada: Hello.", "--date", "2026-11-18").status == 0
    assert build(small / "docs", small.parent / "out") == 0
    assert "digests/index.html" in (small.parent / "out" / "index.html").read_text()


def test_a_page_of_the_name_that_is_something_else(run: Run, small: Path) -> None:
    write(small, {"docs/digests/index.rst": "Message digests\n===============\n"})
    before = files(small)
    result = run("init")
    message = "choose another folder, for example with --pages community-digests"
    assert result == Outcome(
        1, "", f"docs/digests/index.rst:1:1: page-conflict the documentation has this page already: {message}\n"
    )
    assert files(small) == before

    assert run("init", "--pages", "community-digests").status == 0
    assert "\n   community-digests/index\n" in (small / "docs/index.rst").read_text()
    assert run("init") == Outcome(0, "", "nothing to change\n")
    assert run("new", "success", "ada: Hello.", "--date", "2026-11-18").status == 0
    write(small, {"docs/digests/index.rst": ":orphan:\n\nMessage digests\n===============\n"})
    assert build(small / "docs", small.parent / "out") == 0
    assert (small.parent / "out" / "community-digests" / "2026-11-22.html").exists()


def test_a_folder_of_pages_that_the_settings_have(run: Run, small: Path) -> None:
    write(small, {SETTINGS_FILE: "---\npages: news\n"})
    result = run("init", "--pages", "other")
    assert result.status == 2
    assert f"{SETTINGS_FILE} exists: set the option 'pages' there." in " ".join(result.err.split())
    assert run("init", "--pages", "..").status == 2
    assert run("init", "--pages", "news").status == 0


def test_an_external_table_of_contents(run: Run, small: Path) -> None:
    toc = "root: index\nsubtrees:\n- caption: About\n  entries:\n  - file: news\n"
    write(small, {"docs/conf.py": "extensions = ['sphinx_external_toc']\n", "docs/_toc.yml": toc})
    assert "changed docs/_toc.yml" in run("init").lines
    assert (small / "docs/_toc.yml").read_text() == f"{toc}  - file: digests/index\n"
    assert run("init") == Outcome(0, "", "nothing to change\n")


def test_a_build_with_an_external_table_of_contents(run: Run, small: Path) -> None:
    pytest.importorskip("sphinx_external_toc")
    write(small, {"docs/conf.py": "extensions = ['sphinx_external_toc']\n", "docs/_toc.yml": "root: index\n"})
    run("init")
    run("new", "success", "ada: Hello.", "--date", "2026-11-18")
    # in a process of its own: this extension replaces parts of Sphinx
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-n", "-b", "html", "docs", str(small.parent / "out")]
    done = subprocess.run(command, cwd=small, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (small.parent / "out" / "digests" / "2026-11-22.html").exists()


TOX_TOML = """
[env.digests]
description = "Check the fragments of the digests."
skip_install = true
deps = ["sphinxext-digest"]
commands = [["sphinx-digest", "lint", { replace = "posargs", extend = true }]]
"""


def test_tox_in_toml(run: Run, small: Path) -> None:
    write(small, {"tox.toml": 'env_list = ["py"]\n'})
    assert "changed tox.toml" in run("init").lines
    assert (small / "tox.toml").read_text() == f'env_list = ["py"]\n{TOX_TOML}'
    assert run("init") == Outcome(0, "", "nothing to change\n")


def test_tox_reads_it(run: Run, small: Path) -> None:
    pytest.importorskip("tox")
    write(small, {"tox.toml": 'env_list = ["py"]\nno_package = true\n'})
    run("init")
    shown = [sys.executable, "-m", "tox", "config", "-e", "digests", "-k", "commands", "--", "docs"]
    result = subprocess.run(shown, cwd=small, capture_output=True, text=True, check=True)
    assert "commands = sphinx-digest lint docs\n" in result.stdout


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("noxfile.py", "import nox\n", "    @nox.session"),
        ("pyproject.toml", '[tool.tox]\nenv_list = ["py"]\n', "    [tool.tox.env.digests]"),
        ("pyproject.toml", "[tool.hatch.envs.docs]\n", "    [tool.hatch.envs.digests]"),
        ("pyproject.toml", "[project]\nname = 'x'\n", None),
        ("pyproject.toml", "[", None),
    ],
)
def test_tools_that_are_left_to_the_user(run: Run, small: Path, name: str, text: str, line: str | None) -> None:
    """The text to paste is printed; nothing is missing without it."""
    write(small, {name: text})
    result = run("init")
    assert result.status == 0
    assert (small / name).read_text() == text
    assert (line in result.err.splitlines()) if line else ("in pyproject.toml" not in result.err)
    if line:
        assert f", in {name} after line {text.count(chr(10))}:\n" in result.err


@pytest.mark.parametrize(
    ("folders", "message"),
    [
        ([], "no folder has a conf.py: create one with --yes, or say where it is with --docs"),
        (["tests", "a/b/c/d/e", "releasenotes/source", ".tox/x"], "no folder has a conf.py: create one"),
        (["docs", "source"], "there is a conf.py in each of docs, source: choose one with --docs"),
        (["manual/en", "manual/de"], "there is a conf.py in each of manual/de, manual/en: choose one with --docs"),
    ],
)
def test_no_telling_what_the_documentation_is(run: Run, root: Path, folders: list[str], message: str) -> None:
    write(root, {f"{folder}/conf.py": "extensions = []\n" for folder in folders})
    before = files(root)
    result = run("init")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"{root}: no-documentation {message}")
    assert result.err.count("\n") == 1
    assert files(root) == before
    assert not (root / "releasenotes/digest.yaml").exists()


@pytest.mark.parametrize("folder", ["docs/html", "doc/en", "manual", "docs/build"])
def test_any_folder_with_a_conf(run: Run, root: Path, folder: str) -> None:
    write(root, {f"{folder}/conf.py": "extensions = []\n", f"{folder}/index.rst": "X\n=\n", "src/conf.py": "a = 1\n"})
    assert f"changed {folder}/index.rst" in run("init").lines


def test_the_folder_by_its_name(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, {f"{folder}/conf.py": "extensions = []\n" for folder in ("docs", "source", "my/manual")})
    write(root, {"my/manual/index.rst": "X\n=\n", "releasenotes/notes/x.yaml": ""})
    monkeypatch.chdir(root / "my")
    result = run("init", "--docs", "manual")
    assert result.status == 0
    assert "changed my/manual/conf.py" in result.lines
    assert "changed my/manual/index.rst" in result.lines
    assert "sphinx-digest preview --docs my/manual (with" in result.err
    assert run("init", "--docs", "manual") == Outcome(0, "", "nothing to change\n")


def test_documentation_outside_of_the_project(run: Run, small: Path) -> None:
    write(small.parent, {"elsewhere/conf.py": "extensions = []\n", "elsewhere/index.rst": "X\n=\n"})
    result = run("init", "--docs", "../elsewhere")
    assert result.status == 0
    assert "changed ../elsewhere/conf.py" in result.lines
    assert (small.parent / "elsewhere/conf.py").read_text().endswith('\ndigest_project = "../harbour"\n')


@pytest.mark.parametrize("arguments", [["--docs", "nowhere"], ["--docs", "docs/conf.py"], ["--docs", "."], ["docs"]])
def test_a_wrong_command_line(run: Run, small: Path, arguments: list[str]) -> None:
    before = files(small)
    result = run("init", *arguments)
    assert (result.status, result.out) == (2, "")
    assert "Error: " in result.err
    assert files(small) == before


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("docs/conf.py", b"x = 1\nextensions = [\n", "docs/conf.py:2:14: python-syntax '[' was never closed\n"),
        ("docs/index.rst", b"x\n\xff\n", "docs/index.rst:2:1: encoding the file is not in its encoding, utf-8\n"),
        ("tox.ini", b"\xff", "tox.ini:1:1: encoding the file is not in its encoding, utf-8\n"),
    ],
)
def test_a_file_that_cannot_be_read(run: Run, small: Path, name: str, data: bytes, message: str) -> None:
    (small / name).write_bytes(data)
    before = files(small)
    assert run("init") == Outcome(1, "", message)
    assert files(small) == before
    assert not (small / "releasenotes").exists()


@pytest.mark.skipif(ROOT, reason="root may read and write anything")
@pytest.mark.parametrize(("mode", "message"), [(0, "unreadable cannot be read"), (stat.S_IRUSR, "")])
def test_a_file_that_may_not_be_read(run: Run, small: Path, mode: int, message: str) -> None:
    (small / "docs" / "conf.py").chmod(mode)
    assert message in run("init").err


@pytest.mark.parametrize("name", ["conf.py", "index.rst"])
def test_one_file_that_cannot_be_written(run: Run, small: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Without it nothing is changed, though others have their names already."""
    before = files(small)
    replace = Path.replace

    def fail(self: Path, target: Path) -> Path:
        if target.name == name:
            raise OSError(5, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail)
    result = run("init")
    assert result == Outcome(1, "", f"sphinx-digest: {small}/docs/{name}: cannot be written: Input/output error\n")
    assert files(small) == before
    assert not (small / "releasenotes").exists()


def test_links_and_permissions(run: Run, small: Path) -> None:
    (small / "shared").mkdir()
    (small / "docs" / "conf.py").rename(small / "shared" / "conf.py")
    (small / "docs" / "conf.py").symlink_to("../shared/conf.py")
    (small / "docs" / "index.rst").chmod(0o640)
    assert run("init").status == 0
    assert (small / "docs" / "conf.py").is_symlink()
    assert "sphinxext.digest" in (small / "shared" / "conf.py").read_text()
    assert stat.S_IMODE((small / "docs" / "index.rst").stat().st_mode) == 0o640
