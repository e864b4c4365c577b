"""A page that was read while something was missing or broken is read again when that is mended, and the other way."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import sphinx
from sphinx.errors import ExtensionError

from .building import Build, Project, empty_project
from .release_histories import Notes

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
SETTINGS = {
    "schedules": ["schedules"],
    "title": "Digest of {period}",
    "archives": ["people"],
    "collections": {"news": {"fragments": "other"}},
}
#: The folders that something breaks in.
PARTS = ("releasenotes", "schedules", "other", "elsewhere", "moved")


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a day in the series, and a current folder without release notes."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOVEMBER_4_2026)
    # otherwise files that are as young as these are read anyway
    monkeypatch.setattr("sphinxext.digest.fragments.folder._GRANULARITY_NS", 0)
    monkeypatch.chdir(tmp_path)


def fill(project: Project) -> Project:
    """Add pages that ask for all kinds of things, all of which are there."""
    for name, text in PAGES.items():
        project.write(f"{name}.rst", text)
    project.write("releasenotes/digest.yaml", "".join(f"{name}: {value}\n" for name, value in SETTINGS.items()))
    project.write("schedules/heron.yaml", CYCLE)
    project.fragment("locks-1", "date: 2026-11-03\nthreads: [{title: Locks}]\nsuccesses: ['lea: won']\n")
    project.fragment("two-2", "date: 2026-10-30\ncountdown: [{series: heron, week: R-2, focus: Freezing}]\n")
    project.write("other/a-0000000000000021.yaml", "date: 2026-11-03\nsuccesses: [elsewhere]\n")
    elsewhere = Notes(project.folder / "elsewhere")
    project.write("elsewhere/releasenotes/notes/x-0000000000000031.yaml", "fixes: [One]\n")
    elsewhere.commit("2026-11-01T00:00:00Z")
    return project


@pytest.fixture
def site(project: Project) -> Project:
    """A project of pages that ask for all kinds of things, all of which are there."""
    return fill(project)


@dataclass
class Whole:
    """A project that is whole between tests, with the outputs of a build from nothing, and a copy of its files."""

    site: Project
    expected: dict[str, str]
    copy: Path

    def mend(self) -> None:
        """Put back all files."""
        for part in PARTS:
            text(part, None)(self.site)
            if (self.copy / part).exists():
                shutil.copytree(self.copy / part, self.site.folder / part)
        self.site.age()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The project that is broken and mended in one place, since building it each time takes long."""
    folder = tmp_path_factory.mktemp("whole")
    site = fill(empty_project(folder / "src", 'exclude_patterns = ["build", "kept"]\n'))
    copy = shutil.copytree(site.folder, folder / "copy")
    site.age()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOVEMBER_4_2026)
        patch.chdir(folder)
        return Whole(site, outputs(site.build()), copy)


def outputs(build: Build) -> dict[str, str]:
    return {
        file.relative_to(build.outdir).as_posix(): file.read_text() for file in sorted(build.outdir.rglob("*.html"))
    }


def assert_as_from_nothing(site: Project, again: Build, **overrides: object) -> None:
    fresh = site.build(output="fresh", doctrees="fresh-doctrees", **overrides)
    assert_same(outputs(again), outputs(fresh))
    forget_fresh(site)


def assert_same(found: dict[str, str], expected: dict[str, str]) -> None:
    assert sorted(name for name, text in expected.items() if found.get(name) != text) == []


def forget_fresh(site: Project) -> None:
    for name in ("fresh", "fresh-doctrees"):
        shutil.rmtree(site.folder / "build" / name)


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


def linked(name: str, away: str) -> Callable[[Project], None]:
    """Put a link in the place of a folder or a file, which goes elsewhere."""

    def link(site: Project) -> None:
        target = site.folder / away
        target.parent.mkdir(exist_ok=True)
        (site.folder / name).rename(target)
        (site.folder / name).symlink_to(target)

    return link


FRAGMENTS = "releasenotes/digests"
LOCKS = f"{FRAGMENTS}/locks-0000000000000001.yaml"
#: What breaks, or is missing. What breaks together has pages of its own.
BROKEN: dict[str, tuple[Callable[[Project], None], ...]] = {
    "no settings": (text("releasenotes/digest.yaml", None),),
    "broken settings": (text("releasenotes/digest.yaml", "schedules: [\n"),),
    "settings that are no text": (text("releasenotes/digest.yaml", b"\xff\xfe\x00"),),
    "settings that are no mapping, no release notes": (
        text("releasenotes/digest.yaml", "- 1\n"),
        text("elsewhere", None),
    ),
    "no schedules, no such collection": (settings(schedules=None, collections=None),),
    "schedules and a collection that are none": (settings(schedules=7, collections=7),),
    "schedules and fragments elsewhere": (settings(schedules=["nowhere"], fragments="nowhere"),),
    "fragments of the other collection": (settings(fragments="other", collections=None),),
    "a broken title, release notes in no repository": (settings(title="{nothing}"), text("elsewhere/.git", None)),
    "no schedule, no fragments": (text("schedules/heron.yaml", None), text(FRAGMENTS, None)),
    "no folder of schedules, a file in place of the fragments": (text("schedules", None), text(FRAGMENTS, "nothing")),
    "a file in place of schedules, broken fragments": (text("schedules", "nothing"), text(LOCKS, "threads: [\n")),
    "a broken schedule, a link to the fragments": (
        text("schedules/heron.yaml", "series: [\n"),
        linked(FRAGMENTS, "moved/digests"),
    ),
    "a schedule of another series, a link to a fragment": (
        text("schedules/heron.yaml", CYCLE.replace("heron", "ibis")),
        linked(LOCKS, "moved/locks.yaml"),
    ),
    "a link to schedules, no other fragments": (linked("schedules", "moved/schedules"), text("other", None)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_and_mended(shared: Whole, name: str) -> None:
    """Whether it breaks after a build or the first one already finds it broken."""
    site, fresh = shared.site, {"output": "fresh", "doctrees": "fresh-doctrees"}
    try:
        for break_it in BROKEN[name]:
            break_it(site)
        site.age()
        broken = outputs(site.build())
        assert_same(broken, outputs(site.build(**fresh)))
        assert broken != shared.expected
        # each page is in the environment now as it was read while something was broken
        shared.mend()
        assert_same(outputs(site.build(**fresh)), shared.expected)
    finally:
        shared.mend()
        again = site.build()
        forget_fresh(site)
    assert_same(outputs(again), shared.expected)


def test_nothing_is_read_where_all_is_mended(shared: Whole) -> None:
    shared.mend()
    shared.site.build()
    assert shared.site.build().read == []


BROKEN_VALUES: dict[str, object] = {
    "digest_schedules": 7, "digest_fragments": 7, "digest_collections": 7, "digest_title": "{nothing}",
    "digest_period": "never", "digest_sections": ["nothing"], "digest_archives": ["nothing"], "digest_pages": "/",
    "digest_project": "nowhere", "digest_week_start": 9,
}  # fmt: skip


def test_values_of_conf_py(site: Project) -> None:
    right = {"digest_schedules": ["schedules"], "digest_title": "News of {period}"}
    expected = outputs(site.build(**right))
    for name, value in BROKEN_VALUES.items():
        broken = {**right, name: value}
        again = site.build(**broken)
        fresh = site.build(output="fresh", doctrees="fresh-doctrees", **broken)
        assert_same(outputs(again), outputs(fresh))
        mended = site.build(output="fresh", doctrees="fresh-doctrees", **right)
        assert_same(outputs(mended), expected)
        forget_fresh(site)
    assert_same(outputs(site.build(**right)), expected)
    assert_as_from_nothing(site, site.build())


def test_a_page_where_a_list_of_digests_has_no_link(site: Project) -> None:
    values = {"digest_automatic": False}
    site.write("index.rst", "Title\n=====\n\n.. toctree::\n   :glob:\n\n   *\n")
    site.write("wins.rst", "Wins\n====\n\n.. digest-collection::\n")
    before = outputs(site.build(**values))
    for name in ("2026", "2026-11", "2026-11-06"):
        site.write(f"digests/{name}.rst", f":orphan:\n\nOwn {name}\n{'=' * 20}\n")
        again = site.build(**values)
        assert "wins" in again.read
    assert_as_from_nothing(site, again, **values)
    shutil.rmtree(site.folder / "digests")
    assert_same(outputs(site.build(**values)), before)


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


@pytest.mark.skipif(sphinx.version_info < (8,), reason="older ones show it below the parent that they read last")
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
    assert "leads out of the folder" in build.warnings[0]
    assert "inside" not in build.text("index.html")
