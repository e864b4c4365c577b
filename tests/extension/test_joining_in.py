"""Links with which readers join in: to tell news, and to change the source of a note."""

from __future__ import annotations

from pathlib import Path

import pytest

from .building import Project, empty_project
from .outputs import parse_page, words_of

FRAGMENT = """\
date: 2026-11-20
successes: [{nick: tern, text: Told.}]
threads: [{title: Talk, url: "https://e.org/t", summary: Begun.}]
stories: [{title: Story, text: Written.}]
countdown: [{series: heron, week: R-2, focus: Freeze.}]
"""
OPTIONS = "base_url: https://docs.e.org/\nadd_url: https://e.org/new\nsource_url: https://e.org/edit/main/{path}\n"
EDIT = "https://e.org/edit/main/releasenotes/digests/a%20note-0000000000000001.yaml"


@pytest.fixture
def site(tmp_path: Path) -> Project:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.write("releasenotes/digest.yaml", OPTIONS)
    project.fragment("a note-1", FRAGMENT)
    return project


def links_of(page: Path, words: str) -> list[str]:
    return [link.get("href", "") for link in parse_page(page).xpath(f"//a[normalize-space()='{words}']")]


def test_pages_lead_to_the_source_of_each_note(site: Project) -> None:
    outdir = site.build(fail_on_warning=True).outdir

    assert links_of(outdir / "digests/2026-11-20.html", "Improve this note") == [EDIT] * 3
    assert links_of(outdir / "digests/2026-11-20.html", "Add yours") == ["https://e.org/new"]
    # none of them has a number, as the links of texts have
    assert "references" not in (outdir / "digests/2026-11-20.html").read_text(encoding="utf-8").lower()
    for page in ("digests/people/tern", "digests/people/index", "digests/successes/2026", "digests/successes/index"):
        assert links_of(outdir / f"{page}.html", "Add yours") == ["https://e.org/new"], page
    assert "Improve" not in (outdir / "searchindex.js").read_text(encoding="utf-8")
    assert "Improve" not in (outdir / "digests/atom.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("builder", "name"), [("text", "digests/2026-11-20.txt"), ("latex", "*.tex"), ("man", "*.1")])
def test_other_outputs_invite_but_have_no_links_to_sources(site: Project, builder: str, name: str) -> None:
    build = site.build(builder, fail_on_warning=True)

    text = " ".join(words_of("".join(path.read_text(encoding="utf-8") for path in build.outdir.glob(name))))
    assert "Add yours" in text
    assert "Improve" not in text


def test_without_the_options_nothing_is_there(site: Project) -> None:
    site.write("releasenotes/digest.yaml", "title: News\n")
    page = (site.build(fail_on_warning=True).outdir / "digests/2026-11-20.html").read_text(encoding="utf-8")

    assert "Add yours" not in page
    assert "Improve" not in page
