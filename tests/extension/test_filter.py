"""What the filter above the list of digests finds: the notes that a build publishes for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from sphinxext.digest.extension.html import filter as published

from .building import Build, Project, empty_project
from .outputs import parse_page

ONE = """
date: 2015-12-02
successes:
  - {nick: ttx, thanks: fungi, text: "It *works*, it ``really`` works: see `the log <https://e.org/l>`__.",
     channel: nova}
  - "Words only, </script> and <b>A</b>."
stories: [{title: News, author: Ann, group: Other News, text: "Été :strong:`bold`\\n\\n* listed"}]
countdown: [{series: xena, week: R-2, focus: Freeze.}]
"""
TWO = """
date: 2015-12-09
threads:
  - {title: "Locks *again*", summary: "* deep\\n\\n  * deeper", participants: {Ann: 3, Zoë: 1}}
"""
PREFIX = "var digestNotes="


def notes_of(text: str) -> list[dict[str, Any]]:
    """The notes of a file, each with what its columns say of it."""
    assert text.startswith(PREFIX) and text.endswith(";\n")
    found = json.loads(text[len(PREFIX) : -2])
    columns = found["notes"]
    assert len({len(column) for column in columns.values()}) == 1
    result = []
    for row in zip(*columns.values(), strict=True):
        note = dict(zip(columns, row, strict=True))
        numbers = note["people"] if isinstance(note["people"], list) else [note["people"]]
        note["people"] = [found["people"][number] for number in numbers]
        note["kind"], page = found["kinds"][note["kind"]], found["pages"][note["page"]]
        result.append(note | {"page": f"{page}#{note['kind']}-{note['id']}"})
    return result


@pytest.fixture
def site(project: Project) -> Project:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   wins\n")
    project.write("wins.rst", "Wins\n====\n\n.. successbot::\n")
    project.fragment("one-1", ONE)
    project.fragment("two-2", TWO)
    project.age()
    return project


def published_by(build: Build, path: str = "digests/notes.js") -> list[dict[str, Any]]:
    assert build.warnings == []
    return notes_of(build.text(path))


def test_what_is_published(site: Project) -> None:
    build = site.build()
    thread, *others = published_by(build)
    assert thread == {
        "kind": "thread",
        "people": ["Ann", "Zoë"],
        "day": "2015-12-09",
        "page": "2015-12-11.html#thread-0000000000000002",
        "id": "0000000000000002",
        "title": "Locks again",
        "state": 1,
        "text": "deep deeper",
    }
    told = {(note["kind"], note["id"]): note for note in others}
    success = told["success", "0000000000000001"]
    assert success["people"] == ["ttx", "fungi"]
    assert (success["title"], success["text"]) == ("ttx thanks fungi: It works, it really works: see the log.", "nova")
    other, story = told["success", "0000000000000001-2"], told["story", "0000000000000001"]
    assert (other["people"], other["title"]) == ([], "Words only, </script> and <b>A</b>.")
    assert (story["people"], story["title"], story["text"]) == (["Ann"], "News", "Été bold listed Other")
    assert told["countdown", "0000000000000001"]["text"] == "Freeze"
    assert "<" not in build.text("digests/notes.js")
    for note in (thread, *others):
        page, _, anchor = note["page"].partition("#")
        assert parse_page(build.outdir / "digests" / page).xpath(f"//*[@id='{anchor}']")


def test_only_the_page_with_the_list_loads_the_script_and_its_styles(site: Project) -> None:
    site.write("lists/all.rst", "All\n===\n\n.. digest-collection::\n")
    build = site.build()
    for file in ("digest-filter.js", "digest-filter.css"):
        pages = [page for page in build.outdir.rglob("*.html") if file in page.read_text(encoding="utf-8")]
        assert {page.relative_to(build.outdir) for page in pages} == {Path("lists/all.html")}
    (script,) = parse_page(build.outdir / "lists" / "all.html").xpath("//script[@data-notes]")
    assert json.loads(script.get("data-notes")) == {"digest-of-digests": ["../digests/notes.js", [2015]]}
    assert parse_page(build.outdir / "lists" / "all.html").xpath("//dl[contains(@class, 'digest-of-digests')]")


def test_addresses_of_other_builders(site: Project) -> None:
    thread, *_ = published_by(site.build("dirhtml"))
    assert thread["page"] == "2015-12-11/#thread-0000000000000002"
    build = site.build("singlehtml")
    thread, *_ = published_by(build)
    assert thread["page"] == "#thread-0000000000000002"
    (script,) = parse_page(build.outdir / "index.html").xpath("//script[@data-notes]")
    assert json.loads(script.get("data-notes")) == {"digest-of-digests": ["digests/notes.js", [2015]]}


@pytest.mark.parametrize("builder", ["epub", "text", "latex"])
def test_others_have_none(site: Project, builder: str) -> None:
    build = site.build(builder, epub_show_urls="no", suppress_warnings=["epub.unknown_project_files"], version="1")
    assert list(build.outdir.rglob("notes.js")) == []
    for book in build.outdir.glob("*.epub"):
        with ZipFile(book) as files:
            assert not [name for name in files.namelist() if name.endswith(".js") or "digest-filter" in name]
    pages = [path.read_bytes() for path in build.outdir.rglob("*.*html")]
    assert not any(b"digest-filter" in page for page in pages)


def test_without_a_list_there_is_none(site: Project) -> None:
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n   :glob:\n\n   *\n")
    assert list(site.build(digest_automatic=False).outdir.rglob("notes.js")) == []


def test_builds_after_a_change_publish_what_a_fresh_one_does(site: Project, tmp_path: Path) -> None:
    file = site.build().outdir / "digests" / "notes.js"
    assert len(notes_of(file.read_text())) == 5

    def edit(name: str, text: str | None) -> None:
        if text is None:
            (site.fragments / f"{name}.yaml").unlink()
        else:
            site.fragment(f"{name}.yaml", text)
        site.age()
        site.build()
        now = file.read_bytes()
        fresh = site.build(output="fresh", doctrees=f"fresh-{len(list(tmp_path.rglob('*')))}")
        assert now == (fresh.outdir / "digests" / "notes.js").read_bytes()

    edit("one-0000000000000001", ONE.replace("works", "breaks"))
    assert "breaks" in file.read_text()
    edit("one-0000000000000001", ONE.replace("thanks: fungi", "thanks: Zed"))
    edit("two-0000000000000002", TWO.replace("2015-12-09", "2016-01-07"))
    edit("renamed-0000000000000002", TWO)
    edit("two-0000000000000002", None)
    before = file.stat().st_mtime_ns
    site.write("wins.rst", "Wins\n====\n\nOther words.\n")
    site.build()
    edit("one-0000000000000001", None)
    assert file.stat().st_mtime_ns > before


def test_nothing_is_read_without_a_change(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    build = site.build()
    content = build.text("digests/notes.js")

    def refuse(*_: object) -> None:
        pytest.fail("notes were read")

    monkeypatch.setattr(published, "_notes_file", refuse)
    site.build()
    site.write("other.rst", ":orphan:\n\nOther\n=====\n")
    assert site.build().read == ["other"]
    assert build.text("digests/notes.js") == content
    monkeypatch.undo()
    (build.outdir / "digests" / "notes.js").unlink()
    assert site.build().text("digests/notes.js") == content


def test_it_goes_with_the_last_note(site: Project) -> None:
    file = site.build().outdir / "digests" / "notes.js"
    for name in ("one-0000000000000001", "two-0000000000000002"):
        (site.fragments / f"{name}.yaml").unlink()
    site.build()
    assert not file.exists()


def test_each_collection_has_its_own(tmp_path: Path) -> None:
    project = empty_project(tmp_path, 'digest_collections = {"others": {"fragments": "other"}}\n')
    project.write("index.rst", "T\n=\n\n.. toctree::\n\n   digests/index\n   others/index\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [here]\n")
    project.write("other/two-0000000000000002.yaml", "date: 2015-12-02\nsuccesses: [there]\n")
    build = project.build()
    assert [note["title"] for note in published_by(build)] == ["here"]
    assert [note["title"] for note in published_by(build, "others/notes.js")] == ["there"]


def test_words_are_those_of_the_translation(site: Project) -> None:
    site.overrides["language"] = "de"
    build = site.build()
    (script,) = parse_page(build.outdir / "digests" / "index.html").xpath("//script[@data-words]")
    words = json.loads(script.get("data-words"))
    assert words["kinds"]["thread"] == "Diskussion"
    assert words["found"] == {"one": "{number} Eintrag", "other": "{number} Einträge"}
