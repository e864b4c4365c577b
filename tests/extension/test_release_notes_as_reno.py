"""The pages of release notes are those of reno's own directive."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from docutils import nodes

from .building import Build, Project, empty_project
from .release_histories import HISTORIES, Notes

PAGE = "Page\n====\n\nBefore.\n\n{}\n\nAfter\n-----\n\nEnd.\n"

#: Directives that all histories know.
DIRECTIVES = {
    "plain": ".. release-notes::\n",
    "title": ".. release-notes:: Our Notes\n",
    "title below": ".. release-notes::\n\n   Our\n   Notes\n",
    "branch": ".. release-notes::\n   :branch: main\n",
    "folder": ".. release-notes::\n   :reporoot: .\n   :relnotessubdir: releasenotes\n   :notesdir: notes\n",
    "flags": ".. release-notes::\n   :collapse-pre-releases:\n   :stop-at-branch-base:\n",
    "ignored": ".. release-notes::\n   :ignore-notes: first-0000000000000001.yaml, 0000000000000004\n",
    "unreleased": ".. release-notes:: Title: with a colon\n   :unreleased-version-title: In Development\n",
}
#: Those that need a certain history.
MORE = [
    ("simple", ":version: 1.0.0"),
    ("simple", ":version: 2.0.0, 1.0.0"),
    ("simple", ":earliest-version: 2.0.0"),
    ("stable_branch", ":branch: stable/alpha"),
    ("stable_branch", ":branch: stable/beta"),
    ("stable_branch", ":branch: stable/beta\n   :earliest-version: 1.0.0"),
    ("stable_branch", ":branch: stable/alpha\n   :version: 1.0.1"),
    ("pre_releases", ":earliest-version: 1.0.0"),
    ("pre_releases", ":version: 2.0.0.0b2,1.0.0"),
    ("edited", ":version: 2.0.0"),
    ("configured", ":unreleased-version-title: Later"),
]


def make_project(folder: Path, history: str, directive: str) -> Project:
    """A project with a page, in a repository with a history."""
    project = empty_project(folder, 'exclude_patterns = ["build"]\n')
    project.write("index.rst", PAGE.format(directive))
    HISTORIES[history](Notes(folder))
    return project


def tree(build: Build) -> str:
    """The doctree of the page, without what is better on purpose: the order of identifiers."""
    doctree = build.env.get_doctree("index")
    for node in doctree.findall(nodes.Element):
        node["ids"] = sorted(node["ids"])
        if isinstance(node, nodes.target) and "refid" in node:
            node["refid"] = ""
    return str(doctree.pformat())


def body(build: Build) -> list[str]:
    """The page in HTML, without identifiers."""
    text = build.text("index.html")
    text = text[text.index("<body") : text.index("<footer") if "<footer" in text else None]
    return re.sub(r"""( id="[^"]*"|href="[^"]*#[^"]*"|<span></span>|@ b?'?[0-9a-f]{40}'?)""", "", text).splitlines()


def all_combinations() -> list[tuple[str, str]]:
    common = [(history, directive) for history in HISTORIES for directive in DIRECTIVES.values()]
    return [*common, *((history, f".. release-notes::\n   {options}\n") for history, options in MORE)]


@pytest.mark.parametrize(("history", "directive"), all_combinations())
def test_equals_reno(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, history: str, directive: str) -> None:
    if "colon" in directive:
        # reno's labels are broken by a colon
        directive = directive.replace(": with", " with")
    project = make_project(tmp_path / "src", history, directive)
    monkeypatch.chdir(project.folder)
    theirs = project.build(output="reno", doctrees="reno-doctrees", extensions=["reno.sphinxext"])
    ours = project.build()
    assert ours.warnings == theirs.warnings
    assert tree(ours) == tree(theirs)
    assert body(ours) == body(theirs)
