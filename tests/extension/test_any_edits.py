"""After any edits a build makes the same as one from nothing, and reads no page that stays as it is.

With hypothesis's profile ``long`` it goes on for a long time, with other edits each time; see contributor/testing.rst.
"""

from __future__ import annotations

import json
import pickle
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import sphinx
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .building import Build, empty_project
from .edits import EDITS, OWN_PAGES, Edit, Site, make_site

LONG = settings.get_current_profile_name() == "long"
NOON = 1448971200  # of December 1, 2015
WEEK = 7 * 86400
_STUBS = re.compile(r"build/\w+/doctrees[\w-]*/digest-pages/")
_DOCNAME = re.compile(r"<src>/(?:stubs/)?(.*?)\.(?:rst|digest)\b")


@dataclass
class State:
    """What builds have made: the files of each builder, and the pages as they were read."""

    files: dict[str, dict[str, bytes]]
    pages: dict[str, str]
    warnings: dict[str, set[str]]
    read: set[str]


def files_of(outdir: Path) -> dict[str, bytes]:
    """The files that a build made, but for Sphinx's notes to itself."""
    return {
        file.relative_to(outdir).as_posix(): file.read_bytes()
        for file in sorted(outdir.rglob("*"))
        if file.is_file() and not file.name.startswith(".buildinfo")
    }


def search_index(data: bytes) -> dict[str, object]:
    """What the search knows, without words that are on no page."""
    index = json.loads(data.removeprefix(b"Search.setIndex(").removesuffix(b")"))
    for part in ("terms", "titleterms"):
        index[part] = {word: found for word, found in index[part].items() if found != []}
    return index


def build_all(site: Site, place: str, *, shared: bool) -> State:
    """Build with all builders; with ``shared`` one environment is for all of them, as Sphinx's Makefile has it."""
    builds: dict[str, Build] = {}
    for builder in ("html", "text"):
        doctrees = f"{place}/doctrees" if shared else f"{place}/doctrees-{builder}"
        builds[builder] = site.project.build(builder, output=f"{place}/{builder}", doctrees=doctrees)
    env = builds["html"].env
    pages = {
        docname: pickle.loads(Path(env.doctreedir, f"{docname}.doctree").read_bytes()).pformat()
        for docname in env.found_docs
    }
    return State(
        {builder: files_of(build.outdir) for builder, build in builds.items()},
        {docname: _STUBS.sub("stubs/", text) for docname, text in pages.items()},
        {builder: {_STUBS.sub("stubs/", line) for line in build.warnings} for builder, build in builds.items()},
        set(builds["html"].read),
    )


def left_by_sphinx(builder: str) -> set[str]:
    """The outputs of pages that a user has deleted."""
    names = {"html": ("{}.html", "_sources/{}.rst.txt"), "text": ("{}.txt",)}
    return {name.format(page) for name in names[builder] for page in OWN_PAGES}


def compare(again: State, fresh: State) -> None:
    """What was built step by step has to be what was built from nothing."""
    assert again.pages.keys() == fresh.pages.keys()
    for name, text in fresh.pages.items():
        assert again.pages[name] == text, name
    for builder, files in fresh.files.items():
        found = again.files[builder]
        assert sorted(files.keys() - found.keys()) == []
        assert sorted(found.keys() - files.keys() - left_by_sphinx(builder)) == []
        for name, data in files.items():
            if name == "searchindex.js":
                # Sphinx leaves words that no page has any more, without pages
                assert search_index(found[name]) == search_index(data)
            else:
                assert found[name].splitlines() == data.splitlines(), f"{builder}: {name}"
                assert found[name] == data, f"{builder}: {name}"
    # Sphinx shows what it finds on a page only when it reads or writes that
    assert again.warnings["html"] <= fresh.warnings["html"]
    for line in fresh.warnings["html"] - again.warnings["html"]:
        assert "[digest." not in line or "<src>/releasenotes" not in line, line
        page = _DOCNAME.match(line)
        assert page is None or page[1] not in again.read, line


def may_read(edits: list[Edit], before: State, after: State) -> set[str] | None:
    """The pages that may be read though they stay as they are; None if that is not known of the edits.

    A page is read if a file has changed that it shows notes of, though it may show only those that have not changed.
    """
    if {name for name, *_arguments in edits} - {"fragment", "rename", "delete", "touch"}:
        return None
    names = [f"{number:016x}" for _name, number, *_arguments in edits]
    pages = [*before.pages.items(), *after.pages.items()]
    return {docname for docname, text in pages if any(name in text for name in names)}


@settings(
    max_examples=200 if LONG else 4,
    phases=[Phase.explicit, Phase.generate, *([Phase.reuse, Phase.shrink] if LONG else [])],
    suppress_health_check=list(HealthCheck),
)
@given(
    shared=st.booleans(),
    steps=st.lists(st.tuples(st.integers(0, 2), st.lists(EDITS, min_size=1, max_size=3)), min_size=3, max_size=6),
)
def test_any_edits(
    tmp_path_factory: pytest.TempPathFactory, shared: bool, steps: list[tuple[int, list[Edit]]]
) -> None:
    folder = tmp_path_factory.mktemp("edits")
    with pytest.MonkeyPatch.context() as patch:
        site = make_site(folder / "src")
        day = NOON
        patch.setenv("SOURCE_DATE_EPOCH", str(day))
        if shared:
            # otherwise files that are as young as these are read anyway
            patch.setattr("sphinxext.digest.fragments.folder._GRANULARITY_NS", 0)
        state = build_all(site, "again", shared=shared)
        for weeks, edits in steps:
            day += weeks * WEEK
            patch.setenv("SOURCE_DATE_EPOCH", str(day))
            site.apply(edits)
            before, state = state, build_all(site, "again", shared=shared)
            fresh = build_all(site, "fresh", shared=True)
            shutil.rmtree(site.project.folder / "build" / "fresh")
            compare(state, fresh)
            allowed = may_read(edits, before, state)
            if allowed is not None and not weeks:
                assert {name for name in state.read - allowed if before.pages.get(name) == state.pages[name]} == set()
    shutil.rmtree(folder)


def test_what_sphinx_leaves(tmp_path: Path) -> None:
    """What is not compared above is so without this extension, too."""
    project = empty_project(tmp_path / "src", "extensions = []\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n   :glob:\n\n   *\n")
    project.write("other.rst", "Other\n=====\n\nxylophone\n")
    project.write("another.rst", "Another\n=======\n\nzeppelin\n")
    project.build()
    (project.folder / "other.rst").unlink()
    project.write("another.rst", "Another\n=======\n\nballoon\n")
    again, fresh = (
        files_of(project.build(**place).outdir) for place in ({}, {"output": "fresh", "doctrees": "fresh"})
    )
    assert again.keys() - fresh.keys() == {"other.html", "_sources/other.rst.txt"}
    # Sphinx 7 leaves no words without pages
    left = sphinx.version_info >= (8,)
    assert (b'"xylophon":[]' in again["searchindex.js"], b"xylophon" in fresh["searchindex.js"]) == (left, False)
    assert search_index(again["searchindex.js"]) == search_index(fresh["searchindex.js"])
