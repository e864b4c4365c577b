"""``sphinx-digest release-notes report --by-component``: notes by component, and by section below it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("reno")

from .conftest import Run
from .releases import CONFIG, Repository, tag, write_note


@pytest.fixture
def project_with_parts(project: Path, make_repository: type[Repository]) -> Repository:
    """Two versions of a project with an API and a command line."""
    repository = make_repository(project)  # type: ignore[call-arg]
    (project / "releasenotes").mkdir(exist_ok=True)
    (project / CONFIG).write_text("default_branch: main\n", encoding="utf-8")
    (project / "releasenotes/digest.yaml").write_text("components: {cli: Command line, api: REST API}\n")
    write_note(project, "first-00000000000000a1", "prelude: Hello.\nfixes:\n  - Of none.\n  - '[API] One fix.'\n")
    write_note(project, "cli-colour-00000000000000a2", "features:\n  - Colour.\nfixes:\n  - '[api]: Another fix.'\n")
    repository.commit("2026-01-01T12:00:00Z")
    tag(repository, "1.0.0", "2026-01-02T12:00:00Z")
    write_note(project, "api-list-00000000000000a3", "features:\n  - Lists.\n")
    write_note(project, "client-00000000000000a4", "features:\n  - '[other] Not a component.'\n")
    repository.commit("2026-02-01T12:00:00Z")
    tag(repository, "1.1.0", "2026-02-02T12:00:00Z")
    return repository


TEXT = """\
Release Notes
=============

1.0.0 (2026-01-02)
------------------

Prelude
Hello.

Bug Fixes
* Of none.

Command line
~~~~~~~~~~~~

New Features
* Colour.

REST API
~~~~~~~~

Bug Fixes
* Another fix.
* One fix.
"""

RST = """\
.. _Release Notes_1.0.0_Command line:

Command line
------------

.. _Release Notes_1.0.0_Command line_New Features:

New Features
^^^^^^^^^^^^

- Colour.
"""


def test_text(run: Run, project_with_parts: Repository) -> None:
    outcome = run("release-notes", "report", "--by-component", "--version", "1.0.0")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == TEXT


def test_markdown(run: Run, project_with_parts: Repository) -> None:
    text = run("release-notes", "report", "--by-component", "--version", "1.0.0", "--format", "markdown").out
    assert "### Command line\n\n#### New Features\n\n- Colour.\n\n### REST API\n\n#### Bug Fixes\n" in text


def test_html(run: Run, project_with_parts: Repository) -> None:
    text = run("release-notes", "report", "--by-component", "--version", "1.0.0", "--format", "html").out
    assert "<h3>REST API</h3>" in text
    assert "<h4>Bug Fixes</h4>" in text


def test_rst(run: Run, project_with_parts: Repository) -> None:
    options = ("--by-component", "--format", "rst", "--no-show-source")
    assert RST in run("release-notes", "report", *options).out


def test_json(run: Run, project_with_parts: Repository) -> None:
    found = json.loads(run("release-notes", "report", "--by-component", "--version", "1.0.0", "--format", "json").out)
    assert [(one["component"], one["section"], one["text"]) for one in found] == [
        (None, "prelude", "Hello."),
        (None, "fixes", "Of none."),
        ("Command line", "features", "Colour."),
        ("REST API", "fixes", "Another fix."),
        ("REST API", "fixes", "One fix."),
    ]
    assert {one["line"] for one in found if one["text"] == "One fix."} == {4}


def test_since(run: Run, project_with_parts: Repository) -> None:
    text = run("release-notes", "since", "..1.1.0", "--by-component").out
    assert "New Features\n* 1.1.0: [other] Not a component.\n" in text
    assert (
        "REST API\n~~~~~~~~\n\nNew Features\n* 1.1.0: Lists.\n\nBug Fixes\n* 1.0.0: Another fix.\n* 1.0.0: One fix.\n"
        in text
    )
    text = run("release-notes", "since", "..1.1.0", "--by-component", "--format", "rst", "--no-show-source").out
    assert "REST API\n--------\n\nNew Features\n^^^^^^^^^^^^\n\n* 1.1.0: Lists.\n" in text


def test_without_the_option_nothing_changes(run: Run, project_with_parts: Repository) -> None:
    text = run("release-notes", "report", "--version", "1.0.0").out
    assert "* [API] One fix." in text
    assert "REST API" not in text


def test_no_components(run: Run, project_with_parts: Repository) -> None:
    (project_with_parts.root / "releasenotes/digest.yaml").unlink()
    outcome = run("release-notes", "report", "--by-component")
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.startswith("releasenotes/digest.yaml: bad-setting there are no components")
