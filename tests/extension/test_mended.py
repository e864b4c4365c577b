"""A page that was read while something was missing or broken is read again when that is mended, and the other way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sphinx.errors import ExtensionError

from .building import Build, Project

NOVEMBER_4_2026 = "1793750400"
CYCLE = (
    "series: heron\nstart: 2026-10-26\nrelease: 2026-11-18\nmilestones: [{id: m1, title: Frozen, date: 2026-11-05}]\n"
)
PAGES = {
    "index": "Title\n=====\n\n.. toctree::\n   :glob:\n\n   *\n   digests/index\n",
    "countdown": "Countdown\n=========\n\n.. countdown:: heron R-2\n",
    "current": "Current\n=======\n\n.. countdown:: current\n",
    "noted": "Noted\n=====\n\n.. countdown:: heron\n",
    "cycle": "Cycle\n=====\n\n.. release-schedule:: heron\n",
    "wins": "Wins\n====\n\n.. successbot::\n",
    "other": "Other\n=====\n\n.. successbot::\n   :fragments: other\n\n.. digest-collection::\n   :fragments: other\n",
    "threads": "Threads\n=======\n\n.. thread-summary:: locks\n",
    "week": "Week\n====\n\n.. digest:: 2026-W44\n",
    "notes": "Notes\n=====\n\n.. release-notes::\n   :reporoot: elsewhere\n",
}
SETTINGS = {"schedules": ["schedules"], "title": "Digest of {period}", "collections": {"news": {"fragments": "other"}}}


@pytest.fixture
def site(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project of pages that ask for all kinds of things, all of which are there."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOVEMBER_4_2026)
    # otherwise files that are as young as these are read anyway
    monkeypatch.setattr("sphinxext.digest.fragments.listing._GRANULARITY_NS", 0)
    for name, text in PAGES.items():
        project.write(f"{name}.rst", text)
    project.write("releasenotes/digest.yaml", "".join(f"{name}: {value}\n" for name, value in SETTINGS.items()))
    project.write("schedules/heron.yaml", CYCLE)
    project.fragment("locks-1", "date: 2026-11-03\nthreads: [{title: Locks}]\nsuccesses: ['lea: won']\n")
    project.fragment("two-2", "date: 2026-10-30\ncountdown: [{series: heron, week: R-2, focus: Freezing}]\n")
    project.write("other/a-0000000000000021.yaml", "date: 2026-11-03\nsuccesses: [elsewhere]\n")
    project.write("elsewhere/releasenotes/notes/x-0000000000000031.yaml", "fixes: [One]\n")
    return project


def outputs(build: Build) -> dict[str, str]:
    return {
        file.relative_to(build.outdir).as_posix(): file.read_text() for file in sorted(build.outdir.rglob("*.html"))
    }


def assert_as_from_nothing(site: Project, again: Build, **overrides: object) -> None:
    fresh = site.build(output="fresh", doctrees="fresh-doctrees", **overrides)
    found, expected = outputs(again), outputs(fresh)
    shutil.rmtree(site.folder / "build" / "fresh")
    shutil.rmtree(site.folder / "build" / "fresh-doctrees")
    assert sorted(name for name, text in expected.items() if found.get(name) != text) == []


def settings(**changes: object) -> Callable[[Project], None]:
    """Write the settings with changes; None leaves one out."""
    values = {name: value for name, value in {**SETTINGS, **changes}.items() if value is not None}
    return lambda site: (
        site.write("releasenotes/digest.yaml", "".join(f"{name}: {value}\n" for name, value in values.items())),
        None,
    )[1]


def text(name: str, content: str | bytes | None) -> Callable[[Project], None]:
    """Write a file, or delete it."""

    def write(site: Project) -> None:
        file = site.folder / name
        if file.is_symlink():
            file.unlink()
        elif file.is_dir():
            shutil.rmtree(file)
        if content is None:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())

    return write


def moved(name: str) -> Callable[[Project], None]:
    return lambda site: (site.folder / name).rename(site.folder / f"{name}.away") and None


def linked(name: str, away: str) -> Callable[[Project], None]:
    """Put a link in the place of a folder or a file, which goes elsewhere."""

    def link(site: Project) -> None:
        target = site.folder / away
        target.parent.mkdir(exist_ok=True)
        (site.folder / name).rename(target)
        (site.folder / name).symlink_to(target)

    return link


def repository(name: str) -> Callable[[Project], None]:
    """Make a repository of a folder."""

    def make(site: Project) -> None:
        from conftest import Repository

        folder = site.folder / name
        kept = shutil.copytree(folder, site.folder / "kept")
        shutil.rmtree(folder)
        Repository(folder)
        shutil.copytree(kept, folder, dirs_exist_ok=True)

    return make


#: What breaks, or is missing.
BROKEN: dict[str, Callable[[Project], None]] = {
    "no settings": text("releasenotes/digest.yaml", None),
    "broken settings": text("releasenotes/digest.yaml", "schedules: [\n"),
    "settings that are no text": text("releasenotes/digest.yaml", b"\xff\xfe\x00"),
    "settings that are no mapping": text("releasenotes/digest.yaml", "- 1\n"),
    "no schedules": settings(schedules=None),
    "schedules that are none": settings(schedules=7),
    "schedules elsewhere": settings(schedules=["nowhere"]),
    "no such collection": settings(collections=None),
    "a broken collection": settings(collections=7),
    "fragments elsewhere": settings(fragments="nowhere"),
    "fragments of the other collection": settings(fragments="other", collections=None),
    "a broken title": settings(title="{nothing}"),
    "no schedule": text("schedules/heron.yaml", None),
    "no folder of schedules": text("schedules", None),
    "a file in its place": text("schedules", "nothing"),
    "a broken schedule": text("schedules/heron.yaml", "series: [\n"),
    "a schedule of another series": text("schedules/heron.yaml", CYCLE.replace("heron", "ibis")),
    "no fragments": text("releasenotes/digests", None),
    "a file in place of the fragments": text("releasenotes/digests", "nothing"),
    "broken fragments": text("releasenotes/digests/locks-0000000000000001.yaml", "threads: [\n"),
    "no other fragments": text("other", None),
    "a link to the fragments": linked("releasenotes/digests", "moved/digests"),
    "a link to a fragment": linked("releasenotes/digests/locks-0000000000000001.yaml", "moved/locks.yaml"),
    "a link to schedules": linked("schedules", "moved/schedules"),
    "no release notes": text("elsewhere", None),
    "a repository of release notes": repository("elsewhere"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_and_mended(site: Project, name: str) -> None:
    whole = site.folder / "whole"
    shutil.copytree(site.folder, whole)
    site.overrides["exclude_patterns"] = ["build", "whole", "kept"]
    site.age()
    site.build()
    BROKEN[name](site)
    assert_as_from_nothing(site, site.build())
    # each read page is in the environment now as it was read while something was broken
    for part in ("releasenotes", "schedules", "other", "elsewhere", "moved"):
        text(part, None)(site)
        if (whole / part).exists():
            shutil.copytree(whole / part, site.folder / part)
    site.age()
    again = site.build()
    assert_as_from_nothing(site, again)
    assert site.build().read == []


@pytest.mark.parametrize("name", BROKEN)
def test_begun_broken(site: Project, name: str) -> None:
    """The same where the first build already finds it broken."""
    whole = shutil.copytree(site.folder, site.folder / "whole")
    site.overrides["exclude_patterns"] = ["build", "whole", "kept"]
    BROKEN[name](site)
    site.age()
    site.build()
    for part in ("releasenotes", "schedules", "other", "elsewhere", "moved"):
        text(part, None)(site)
        if (whole / part).exists():
            shutil.copytree(whole / part, site.folder / part)
    assert_as_from_nothing(site, site.build())


BROKEN_VALUES: dict[str, object] = {
    "digest_schedules": 7, "digest_fragments": 7, "digest_collections": 7, "digest_title": "{nothing}",
    "digest_period": "never", "digest_sections": ["nothing"], "digest_archives": ["nothing"], "digest_pages": "/",
    "digest_project": "nowhere", "digest_week_start": 9,
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN_VALUES)
def test_values_of_conf_py(site: Project, name: str) -> None:
    broken = {name: BROKEN_VALUES[name]}
    right = {"digest_schedules": ["schedules"], "digest_title": "News of {period}"}
    site.build(**{**right, **broken})
    assert_as_from_nothing(site, site.build(**right), **right)
    assert_as_from_nothing(site, site.build(**{**right, **broken}), **{**right, **broken})
    assert_as_from_nothing(site, site.build())


def test_a_page_where_a_list_of_digests_has_no_link(site: Project) -> None:
    values = {"digest_automatic": False}
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n   :glob:\n\n   *\n")
    site.write("wins.rst", "Wins\n====\n\n.. digest-collection::\n")
    site.build(**values)
    for name in ("2026", "2026-11", "2026-11-06"):
        page = site.write(f"digests/{name}.rst", f":orphan:\n\nOwn {name}\n{'=' * 20}\n")
        again = site.build(**values)
        assert "wins" in again.read
        assert_as_from_nothing(site, again, **values)
        page.unlink()
        assert_as_from_nothing(site, site.build(**values), **values)


def test_a_build_that_fails_after_reading(site: Project) -> None:
    """What is remembered of folders is that of the pages that were read last, not that of the last whole build."""

    def fail(site: Project) -> None:
        (site.folder / "flag").write_text("")
        with pytest.raises(ExtensionError, match="flag"):
            site.build()
        (site.folder / "flag").unlink()

    conf = site.folder / "conf.py"
    conf.write_text(
        conf.read_text()
        + "import os\n\ndef fail(app, *_):\n    if os.path.exists(os.path.join(app.srcdir, 'flag')):\n"
        "        raise RuntimeError('flag')\n\ndef setup(app):\n    app.connect('doctree-resolved', fail, 1)\n"
    )
    site.age()
    site.build()
    site.build()
    settings(title="Another {period}")(site)
    fail(site)
    settings()(site)
    assert_as_from_nothing(site, site.build())


def test_the_root_of_the_project(site: Project) -> None:
    """Where the folder that is the project changes, all that is shown is that of another one."""
    nested = Project(site.folder / "docs")
    nested.write("conf.py", (site.folder / "conf.py").read_text())
    for name, content in PAGES.items():
        nested.write(f"{name}.rst", content)
    nested.build()
    shutil.copytree(site.folder / "releasenotes", nested.folder / "releasenotes")
    nested.fragment("locks-1", "date: 2026-11-03\nthreads: [{title: Bolts}]\nsuccesses: ['lea: lost']\n")
    assert_as_from_nothing(nested, nested.build())
    shutil.rmtree(nested.folder / "releasenotes")
    assert_as_from_nothing(nested, nested.build())


def test_pages_of_archives_have_the_toctree_of_the_root(site: Project) -> None:
    site.overrides["html_theme"] = "alabaster"
    site.build()
    site.write("more.rst", "More\n====\n")
    again = site.build()
    assert "digests/people/lea" not in again.read
    assert 'href="../../more.html"' in again.text("digests/people/lea.html")
    assert_as_from_nothing(site, again)
    site.write("index.rst", PAGES["index"].replace("   :glob:\n", "   :glob:\n   :caption: All of it\n"))
    again = site.build()
    assert "All of it" in again.text("digests/people/lea.html")
    site.write("more.rst", "Still more\n==========\n")
    again = site.build()
    assert "Still more" in again.text("digests/people/lea.html")
    assert_as_from_nothing(site, again)


def test_the_link_to_the_index_of_notes(project: Project) -> None:
    """Each page has it as soon as there is anything in the index, whichever page that is on."""
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   plain\n")
    project.write("plain.rst", "Plain\n=====\n")
    project.overrides["html_theme"] = "basic"
    project.build()
    for body, is_there in (("successes: ['lea: won']", True), ("successes: [won]", False), ("items: [x]", True)):
        project.fragment("one-1", f"date: 2026-11-03\n{body}\n")
        again = project.build()
        assert (
            "digests-notes.html" in again.text("plain.html") or "digest-notes.html" in again.text("plain.html")
        ) == is_there
        assert_as_from_nothing(project, again)


def test_a_page_in_several_toctrees(project: Project) -> None:
    project.overrides["html_theme"] = "alabaster"
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   one\n   two\n")
    for name in ("one", "two"):
        project.write(f"{name}.rst", f"Page {name}\n========\n\n.. toctree::\n\n   {name}-own\n   both\n")
        project.write(f"{name}-own.rst", f"Own {name}\n=======\n")
    project.write("both.rst", "Both\n====\n")
    for name in ("one", "two", "index"):
        before = project.build()
        file = project.folder / f"{name}.rst"
        file.write_text(file.read_text() + f"   {name}-more\n")
        project.write(f"{name}-more.rst", f"More of {name}\n=============\n")
        again = project.build()
        assert "both" not in again.read
        assert before.warnings == again.warnings == []
        assert_as_from_nothing(project, again)


def test_what_is_linked_in_the_fragments_folder(project: Project, tmp_path: Path) -> None:
    """A link that leads elsewhere, though the file there has the same times and size."""
    project.write("index.rst", "Title\n=====\n\n.. successbot::\n")
    project.write("releasenotes/digests/.a", "date: 2015-12-02\nsuccesses: [inside]\n")
    (project.fragments / "x-0000000000000001.yaml").symlink_to(".a")
    project.age()
    assert "inside" in project.build().text("index.html")
    (tmp_path / "outside").write_text("date: 2015-12-02\nsuccesses: [two]\n")
    (project.fragments / "x-0000000000000001.yaml").unlink()
    (project.fragments / "x-0000000000000001.yaml").symlink_to(tmp_path / "outside")
    build = project.build()
    assert "leads out of the fragments folder" in build.warnings[0]
    assert "inside" not in build.text("index.html")
