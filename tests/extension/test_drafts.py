"""Drafts are shown by previews only, and marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from .building import empty_project

DRAFT = "date: 2015-12-02\ndraft: true\nsuccesses: ['ada: all green']\nthreads: [{title: Locks, summary: words}]\n"
SETTINGS = "collections:\n  more:\n    fragments: more\n"


@pytest.mark.parametrize("builder", ["html", "text"])
def test_drafts(tmp_path: Path, builder: str) -> None:
    project = empty_project(tmp_path / "src")
    project.write("releasenotes/digest.yaml", SETTINGS)
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   more/index\n")
    project.fragment("one-1", DRAFT)
    project.write("more/two-0000000000000002.yaml", DRAFT)
    project.fragment("done-3", "date: 2015-12-09\nitems: [done]\n")
    suffix = {"html": "html", "text": "txt"}[builder]

    # as Sphinx has the values of -D
    shown = project.build(builder, digest_drafts="1", fail_on_warning=True)
    assert shown.warnings == []
    pages = [shown.outdir / f"{name}.{suffix}" for name in ("digests/2015-12-04", "more/2015-12-06")]
    for page in pages:
        assert page.read_text(encoding="utf-8").count("Draft") == 2

    hidden = project.build(builder, digest_drafts="0", fail_on_warning=True)
    assert hidden.warnings == []
    assert [page.exists() for page in pages] == [False, False]


def test_another_value_is_reported(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n")

    build = project.build(digest_drafts="perhaps")

    assert [line for line in build.warnings if "digest_drafts" in line] == [
        "<src>/conf.py:1: WARNING: digest_drafts: 'drafts' must be true or false [digest.bad-setting]"
    ]
