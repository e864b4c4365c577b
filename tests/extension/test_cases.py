"""Each file of ``cases`` is a project, the warnings of its build, and what pages become.

``=== PATH``
    A file of the project. A page ``index.rst`` is there if no other is given, with only a toctree of the digests.
``=== fragment SLUG-NUMBER``
    A fragment; its identity is the number.
``=== conf``
    What is added to the usual ``conf.py``.
``=== environment``
    Variables, one to a line.
``=== warnings``
    All that the build warns of. The project's folder is ``<src>``.
``=== text PAGE``, ``=== pseudoxml PAGE``
    What a page becomes with that builder.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sphinx
from scenarios import compare_parts, pseudo_xml, read_scenario, scenario_files

from .building import Project, empty_project

CASES = scenario_files(Path(__file__).parent / "cases")
INDEX = "Title\n=====\n\n.. toctree::\n\n   digests/index\n"
#: Warnings that have no type in Sphinx 7.
WITHOUT_TYPE = re.compile(r"(more than one target found .*|document isn't included .*) \[.*\]$", re.MULTILINE)
OUTPUTS = {"text": ".txt", "pseudoxml": ".pseudoxml"}


def make_project(parts: dict[str, str], folder: Path) -> Project:
    """The project of a case."""
    project = empty_project(folder, parts.get("conf", ""))
    if not any(name.startswith("index.") for name in parts):
        project.write("index.rst", INDEX)
    for name, text in parts.items():
        kind, _, argument = name.partition(" ")
        if kind == "fragment":
            project.fragment(argument, text)
        elif "." in name and not argument:
            project.write(name, text)
    return project


def run(parts: dict[str, str], project: Project) -> dict[str, str]:
    """The warnings, and each page that the case has with a builder, by the names of the parts."""
    pages = [name.split() for name in parts if name.split()[0] in OUTPUTS]
    found = {}
    for builder in dict.fromkeys(name for name, _ in pages) or ["text"]:
        build = project.build(builder)
        found["warnings"] = "".join(f"{line}\n" for line in build.warnings)
        for name, page in pages:
            if name == builder:
                found[f"{name} {page}"] = pseudo_xml(build.text(page + OUTPUTS[name]))
    return found


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = read_scenario(file)
    for line in parts.get("environment", "").splitlines():
        monkeypatch.setenv(*line.split("=", 1))
    if "myst_parser" in parts.get("conf", ""):
        pytest.importorskip("myst_parser")
    if sphinx.version_info < (8,):
        parts["warnings"] = WITHOUT_TYPE.sub(r"\1", parts["warnings"])
    found = run(parts, make_project(parts, tmp_path / "src"))
    compare_parts(file, found, {name: parts[name] for name in found})
