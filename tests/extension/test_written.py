"""Pages that are written again, though nobody reads them, since they show something of others."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sphinxext.digest.collection.selection import Selection
from sphinxext.digest.extension import rewrite
from sphinxext.digest.extension.dependencies import NotesDependency
from sphinxext.digest.extension.domain import build_state_of

from .building import Build, Project

RECORD = "digest-written.pickle"


@pytest.fixture
def site(project: Project) -> Project:
    """A project in which a page has links to the titles of two others."""
    project.write(
        "index.rst", "Title\n=====\n\n.. toctree::\n\n   sub/links\n   sub/other\n   wins\n   digests/index\n"
    )
    project.write("sub/links.rst", "Links\n=====\n\n:doc:`other` and :doc:`/wins` and :ref:`here`\n")
    project.write("sub/other.rst", "Other\n=====\n")
    project.write("wins.rst", "Wins\n====\n\n.. successbot::\n\n.. _here:\n\nHere\n----\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: ['lea: one']\n")
    project.fragment("two-2", "date: 2015-12-09\nstories: [{title: T, text: two}]\n")
    project.overrides["html_theme"] = "basic"
    project.overrides["html_sidebars"] = {"**": []}
    project.age()
    project.build()
    return project


def retitle(site: Project, name: str, title: str) -> None:
    file = site.folder / f"{name}.rst"
    _old, _line, rest = file.read_text().split("\n", 2)
    file.write_text(f"{title}\n{'=' * len(title)}\n{rest}")


def test_a_title_that_a_relative_link_shows(site: Project) -> None:
    # in plain text, since pages of HTML have neighbours and sidebars with titles
    site.build("text")
    retitle(site, "sub/other", "Renamed")
    build = site.build("text")
    assert build.read == ["sub/other"]
    assert "Renamed" in build.text("sub/links.txt")


def test_a_label_that_a_link_shows(site: Project) -> None:
    file = site.folder / "wins.rst"
    file.write_text(file.read_text().replace("Here\n----", "There\n-----"))
    build = site.build()
    assert build.read == ["wins"]
    assert "There</span></a>" in build.text("sub/links.html")


def test_nothing_is_written_where_nothing_changed(site: Project) -> None:
    pages = sorted((site.folder / "build/html").rglob("*.html"))
    edited = [page for page in pages if page.name in ("links.html", "wins.html", "2015-12-04.html")]
    for page in edited:
        page.write_text("edited")
    build = site.build()
    assert build.read == []
    assert [page.read_text() for page in edited] == ["edited"] * 3


def test_a_build_of_one_file_leaves_links_to_the_next(site: Project) -> None:
    retitle(site, "sub/other", "Renamed")
    site.build(files=["wins.rst"])
    build = site.build()
    assert build.read == []
    assert "Renamed</span></a> and" in build.text("sub/links.html")
    assert_nothing_is_written(site)


def test_builders_that_share_an_environment_remember_their_own_pages(site: Project) -> None:
    for builder in ("html", "text"):
        site.build(builder, doctrees="shared")
    retitle(site, "sub/other", "Renamed")
    for builder, name in (("html", "sub/links.html"), ("text", "sub/links.txt")):
        assert "Renamed" in site.build(builder, doctrees="shared").text(name)


def test_the_same_builder_for_two_folders(site: Project) -> None:
    for output in ("one", "two"):
        site.build(output=output, doctrees="shared")
    retitle(site, "sub/other", "Renamed")
    for output in ("one", "two"):
        assert "Renamed" in site.build(output=output, doctrees="shared").text("sub/links.html")


def assert_nothing_is_written(site: Project) -> None:
    page = site.folder / "build/html/sub/links.html"
    before = page.read_text()
    page.write_text("edited")
    site.build()
    assert page.read_text() == "edited"
    page.write_text(before)


def test_nothing_is_remembered_while_pages_are_written(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that is killed then leaves all pages to the next."""
    record = site.folder / "build/doctrees-html" / RECORD
    seen: list[object] = []
    note_written = rewrite.note_written

    def note(app: object, doctree: object, docname: str) -> None:
        note_written(app, doctree, docname)  # type: ignore[arg-type]
        seen.append(f"html {site.folder / 'build/html'}" in rewrite._read(app))  # type: ignore[arg-type]

    monkeypatch.setattr("sphinxext.digest.extension.rewrite.note_written", note)
    assert record.exists()
    retitle(site, "sub/other", "Renamed")
    site.build()
    assert seen[0] is False


def test_a_record_that_cannot_be_changed_goes(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a full disk, where a build that is killed would leave a record of pages that are not there."""
    record = site.folder / "build/doctrees-html" / RECORD
    seen: list[bool] = []
    forget = rewrite._forget
    monkeypatch.setattr(rewrite, "save_record", lambda *_arguments: False)
    monkeypatch.setattr(rewrite, "_forget", lambda app: (forget(app), seen.append(record.exists())))
    retitle(site, "sub/other", "Renamed")
    site.build()
    assert seen == [False]
    assert not record.exists()


def test_a_record_that_can_be_changed_keeps_the_rest(site: Project) -> None:
    site.build("text", doctrees="doctrees-html")
    before = set(rewrite.load_record(site.folder / "build/doctrees-html" / RECORD, version(site)))
    retitle(site, "sub/other", "Renamed")
    site.build(files=["wins.rst"])
    assert set(rewrite.load_record(site.folder / "build/doctrees-html" / RECORD, version(site))) == before
    assert {key.partition(" ")[0] for key in before} == {"html", "text"}
    # those of folders that are gone go
    shutil.rmtree(site.folder / "build/text")
    retitle(site, "sub/other", "Renamed again")
    site.build()
    after = rewrite.load_record(site.folder / "build/doctrees-html" / RECORD, version(site))
    assert {key.partition(" ")[0] for key in after} == {"html"}


def version(site: Project) -> int:
    return int(site.build("dummy").env.get_domain("digest").data_version)


def test_another_option_of_html(site: Project) -> None:
    assert "<title>Links" in (build := site.build(html_title="Another")).text("sub/links.html")
    assert build.read == []
    assert "Another" in build.text("sub/links.html")


def test_the_list_of_all_digests_is_newest_first(site: Project) -> None:
    for name in ("2015-12", "2015", "index"):
        text = site.build().text(f"digests/{name}.html")
        body = text[text.index('class="body"') :]
        assert body.index("2015-12-11.html") < body.index("2015-12-04.html"), name


def test_wrong_periods_have_answers_of_their_own(site: Project) -> None:
    build: Build = site.build()
    state = build_state_of(build.env)
    collection = state.collection(state.project.main)
    answers = [
        NotesDependency(state.project.main.fragments, Selection(), period).checksum(collection, build.env)
        for period in ("2015-W99", "nothing", "2015-12-04", "2015-12-11")
    ]
    assert len(set(answers)) == 4
    assert all(isinstance(answer, bytes) for answer in answers)


def test_a_page_with_another_file(site: Project) -> None:
    """The source of a generated page is older than the page that stood in its place."""
    page = site.write("digests/2015-12-04.rst", "Own\n===\n")
    assert "digests/2015-12-04" in site.build().read
    site.age()
    site.build()
    page.unlink()
    build = site.build()
    assert "digests/2015-12-04" in build.read
    assert "Own" not in build.text("digests/2015-12-04.html")


def test_a_page_that_shows_what_is_current(site: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read on another day, though no file has changed; others are not."""
    site.write("wins.rst", "Wins\n====\n\n.. _here:\n\nHere\n----\n\n.. countdown:: heron\n")
    for number, day in ((11, "2015-12-01"), (12, "2015-12-05")):
        site.fragment(f"c-{number:x}", f"date: {day}\ncountdown: [{{series: heron, focus: week {number}}}]\n")
    # otherwise files that are as young as these are read anyway
    monkeypatch.setattr("sphinxext.digest.fragments.folder._GRANULARITY_NS", 0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1449144000")
    site.build()
    site.build()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1449403200")
    build = site.build()
    assert build.read == ["wins"]
    assert "week 12" in build.text("wins.html")


def test_the_record_knows_its_folder(site: Project) -> None:
    record = Path(site.folder, "build/doctrees-html", RECORD)
    (key,) = rewrite.load_record(record, version(site))
    assert key == f"html {site.folder / 'build/html'}"


#: The page that has the thread, the lists that name it, and the root, which Sphinx writes with a page of its toctree.
THREAD = {"digests/2015-12-11", "digests/2015-12", "digests/2015", "digests/index", "index"}


def written_pages(build: Build) -> set[str]:
    """The pages that a build wrote, and no others."""
    return build_state_of(build.env).writes.written


@pytest.fixture
def threads(site: Project) -> Callable[[str], None]:
    """Gives the thread that a page links to, with words of its own, a title."""
    site.overrides["digest_archives"] = ()
    site.write("sub/links.rst", "Links\n=====\n\n:digest:thread:`that one <locks>`\n")

    def retitled(title: str) -> None:
        site.fragment("locks-3", f"date: 2015-12-10\nthreads: [{{title: {title}}}]\n")

    retitled("Locks")
    return retitled


def test_a_title_that_only_a_tooltip_shows(site: Project, threads: Callable[[str], None]) -> None:
    """Plain text has none."""
    for builder in ("html", "text"):
        site.build(builder)
    threads("Bolts")
    assert written_pages(site.build("text")) == THREAD
    assert written_pages(build := site.build("html")) == {*THREAD, "sub/links"}
    assert 'title="Bolts"' in build.text("sub/links.html")


def test_a_title_that_plain_text_shows(site: Project, threads: Callable[[str], None]) -> None:
    site.write("sub/links.rst", "Links\n=====\n\n:digest:thread:`locks`, :doc:`/wins`, :any:`locks`\n")
    site.build("text")
    threads("Bolts")
    assert written_pages(build := site.build("text")) == {*THREAD, "sub/links"}
    assert "*Bolts*, Wins, *Bolts*" in build.text("sub/links.txt")
    retitle(site, "wins", "Victories")
    assert written_pages(build := site.build("text")) == {"wins", "sub/links", "index"}
    assert "Victories" in build.text("sub/links.txt")


def test_a_heading_that_no_sidebar_shows(site: Project, threads: Callable[[str], None]) -> None:
    """The theme shows the whole tree on every page, but titles of pages only."""
    site.overrides["html_theme"] = "furo"
    pages = site.build().env.found_docs
    threads("Bolts")
    assert written_pages(site.build()) == {*THREAD, "sub/links"}
    retitle(site, "sub/other", "Renamed")
    assert written_pages(site.build()) == pages
    # a heading in the place of another leaves the tree as it is
    file = site.folder / "wins.rst"
    file.write_text(file.read_text().replace("Here\n----", "There\n-----"))
    assert written_pages(site.build()) == {"wins", "index"}


def test_a_heading_that_every_sidebar_shows(site: Project, threads: Callable[[str], None]) -> None:
    site.overrides["html_sidebars"] = {"**": ["globaltoc.html"]}
    site.overrides["html_theme_options"] = {"globaltoc_collapse": False}
    pages = site.build().env.found_docs
    threads("Bolts")
    build = site.build()
    assert written_pages(build) == pages
