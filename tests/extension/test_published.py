"""The index of notes and the mails beside the pages, and what it takes to keep them as they are."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import unquote, urlsplit

import jsonschema
import lxml.etree
import pytest
from click.testing import CliRunner
from joint import indexes

from sphinxext.digest.cli.group import cli
from sphinxext.digest.collection.people import page_name
from sphinxext.digest.joint.index import index_schema

from .building import Build, Project, copy_root, empty_project
from .outputs import parse_page

BASE = "https://everything.example/"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return copy_root("everything", tmp_path_factory.mktemp("published") / "src")


@pytest.fixture(scope="module")
def build(project: Project) -> Build:
    return project.build(parallel=2)


def mails(build: Build) -> dict[str, bytes]:
    files = (build.outdir / "digests").glob("????-??-??.txt")
    return {file.name: file.read_bytes() for file in sorted(files)}


def test_mails_are_those_of_the_builder_for_mails(project: Project, build: Build) -> None:
    found = mails(build)
    assert list(found) == ["2026-10-30.txt", "2026-11-06.txt"]
    assert found == mails(project.build("digest-mail"))
    assert found == mails(project.build(output="alone", doctrees="alone"))


def test_a_mail_that_is_gone_comes_back(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    before = mails(project.build())
    project.age()
    stamps = {file: file.stat().st_mtime_ns for file in project.build().outdir.glob("digests/*.html")}
    (project.folder / "build/html/digests/2015-12-04.txt").unlink()
    again = project.build()
    assert again.read == []
    assert mails(again) == before != {}
    # that is no reason to write the pages again
    project.build()
    assert stamps == {file: file.stat().st_mtime_ns for file in again.outdir.glob("digests/*.html")}


def test_the_index_is_what_its_schema_says(build: Build) -> None:
    text = build.text("digests/index.json")
    index = json.loads(text)
    jsonschema.validate(index, index_schema())
    assert (index["project"], index["title"], index["home"]) == ("everything", "Everything", BASE)
    assert text.count("\n") == 1
    days = [note["date"] for note in index["notes"]]
    assert days == sorted(days) and len(days) > 5
    for note in index["notes"]:
        page, _, anchor = note["page"].partition("#")
        html = build.text(page.removeprefix(BASE))
        assert f'id="{anchor}"' in html or note["kind"] in ("prelude", "closing")


def test_another_project_reads_the_index(build: Build, tmp_path: Path) -> None:
    other = empty_project(tmp_path / "other")
    arguments = ["collect", "feed", str(build.outdir / "digests/index.json")]
    result = CliRunner().invoke(cli, ["--project", str(other.folder), *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    written = "".join(file.read_text(encoding="utf-8") for file in other.fragments.glob("*.yaml"))
    assert "Everything" in written


def test_further_collections_have_their_own(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   others/index\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    project.write("more/two-0000000000000002.yaml", "date: 2015-12-02\nsuccesses: [two]\n")
    other = {"others": {"fragments": "more", "collection_title": "Others"}}
    build = project.build(digest_collections=other, digest_base_url=BASE)
    main_index, other_index = (json.loads(build.text(f"{name}/index.json")) for name in ("digests", "others"))
    assert [note["text"] for note in main_index["notes"] + other_index["notes"]] == ["one", "two"]
    assert (main_index["title"], other_index["title"]) == ("Test", "Test Others")
    for name, text in (("digests", "one"), ("others", "two")):
        assert text in build.text(f"{name}/atom.xml") and text in build.text(f"{name}/2015-12-04.txt")
    assert "others/atom.xml" not in build.text("digests/2015-12-04.html")


def test_folders_of_any_name(tmp_path: Path) -> None:
    """Addresses are those of the files, and collections have filters of their own."""
    folders = ("c# news/100%?", "\u65e5\u672c", "\u4e2d\u6587")
    others = {name: {"fragments": f"f{number}"} for number, name in enumerate(folders)}
    project = empty_project(tmp_path / "src", f"html_baseurl = {BASE!r}\ndigest_collections = {others!r}\n")
    lists = "".join(f".. digest-collection::\n   :fragments: f{number}\n\n" for number in range(3))
    project.write("index.rst", f"Title\n=====\n\n{lists}")
    for number in range(3):
        project.write(f"f{number}/a-000000000000000{number}.yaml", f"date: 201{number}-12-02\nsuccesses: [one]\n")
    build = project.build(suppress_warnings=["toc"], fail_on_warning=True)
    start = parse_page(build.outdir / "index.html")
    (script,) = start.xpath("//script[@data-notes]")
    notes = json.loads(script.get("data-notes"))
    assert {name for one in start.xpath("//dl/@class") for name in one.split() if "-of-" in name} == notes.keys()
    assert sorted(years for _file, years in notes.values()) == [[2010], [2011], [2012]]
    addresses = [file for file, _years in notes.values()]
    for number, folder in enumerate(folders):
        (page,) = (build.outdir / folder).glob("????-??-??.html")
        links = [link.get("href") for link in parse_page(page).xpath("//head/link[@rel='alternate']")]
        assert [(page.parent / unquote(urlsplit(link).path)).is_file() for link in links] == [True] * 3
        root = lxml.etree.fromstring((build.outdir / folder / "atom.xml").read_bytes())
        addresses += [text for text in root.xpath("//*[local-name()='link']/@href") if text.endswith(".xml")]
        addresses += root.xpath("//*[local-name()='id']/text()")[:1]
        assert notes[f"digest-of-{page_name(folder)}"][1] == [2010 + number]
    for address in addresses:
        assert address.isascii() and not urlsplit(address).fragment and not urlsplit(address).query, address
        file = build.outdir / unquote(address.removeprefix(BASE))
        assert file.is_file() or file.with_suffix(".xml").is_file(), address


def test_digests_that_are_gone_leave_nothing(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    second = project.fragment("two-2", "date: 2015-12-09\nsuccesses: [two]\n")
    assert list(mails(project.build())) == ["2015-12-04.txt", "2015-12-11.txt"]
    second.unlink()
    build = project.build()
    assert list(mails(build)) == ["2015-12-04.txt"]
    assert "two" not in build.text("digests/index.json")


def test_feeds_have_what_pages_have_now(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src", f"digest_base_url = {BASE!r}\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", "date: 2015-12-02\nthreads: [{title: Doors, summary: Closed.}]\n")
    project.fragment("two-2", "date: 2015-12-09\nthreads: [{title: Keys, continues: one}]\n")
    assert "Closed." in project.build().text("digests/atom.xml")
    project.fragment("one-1", "date: 2015-12-02\nthreads: [{title: Doors, summary: Open.}]\n")
    text = project.build().text("digests/atom.xml")
    assert "Open." in text and "Closed." not in text
    # the page of the earlier thread stays as it is, but for a link of it
    project.write("releasenotes/digest.yaml", "title: 'The digest of {period}'\n")
    again, fresh = project.build(), project.build(output="fresh", doctrees="trees-of-fresh")
    assert again.text("digests/atom.xml") == fresh.text("digests/atom.xml")
    assert again.text("digests/feed.json") == fresh.text("digests/feed.json")


def test_nothing_is_made_again(tmp_path: Path) -> None:
    """With nothing changed the modules that make these files are not even imported."""
    project = empty_project(tmp_path / "src", f"digest_base_url = {BASE!r}\nexclude_patterns = ['build']\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.write("releasenotes/digest.yaml", "feeds: [{name: wins, kinds: [success]}]\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    time.sleep(2.1)  # younger ones could change without a new time
    lines = "import sys; from sphinx.cmd.build import main; assert main(sys.argv[1:]) == 0; "
    lines += "print(*sorted(name for name in sys.modules if name.startswith('sphinxext.digest')), file=sys.stderr)"
    command = [sys.executable, "-c", lines, "-q", "-b", "html", ".", "build"]
    modules = []
    for _time in range(2):
        done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True)
        modules.append(set(done.stderr.splitlines()[-1].split()))
    makers = {"collection.load", "doctree.notes", "render.digest", "render.feed", "joint.index"}
    names = {f"sphinxext.digest.{name}" for name in makers}
    assert (modules[0] & names, modules[-1] & names) == (names, set())
    rooms = {name.split(".")[2] for name in modules[-1] if name.count(".") > 1}
    assert not {"gather", "joint", "mail", "release", "render", "schedule"} & rooms, rooms


def test_calendars_are_named_where_digests_are_listed(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src", "exclude_patterns = ['build']\nhtml_sidebars = {'**': []}\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   cycle\n")
    project.write("cycle.rst", "Cycle\n=====\n")
    project.write("releasenotes/digest.yaml", "schedules: [schedules]\n")
    schedule = "title: Gannet Heron\nstart: 2015-11-30\nrelease: 2015-12-24\nmilestones: []\n"
    project.write("schedules/heron.yaml", f"series: heron\n{schedule}")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: [one]\n")
    assert "digest-published" not in project.build().text("digests/index.html")
    project.write("cycle.rst", "Cycle\n=====\n\n.. release-schedule:: heron\n")
    build = project.build()
    assert "digests/index" not in build.read
    assert '<a class="reference external" href="heron.ics">' in build.text("digests/index.html")
    assert "Subscribe: <a" in build.text("digests/index.html")
    assert "digest-published" not in project.build("text").text("digests/index.txt")


def test_what_depends_on_more_than_fragments(tmp_path: Path) -> None:
    """Once they are old, fragments are not looked at for what has changed beside them."""
    project = empty_project(tmp_path / "src", f"html_baseurl = {BASE!r}\n")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   all\n")
    project.write("all.rst", "All\n===\n")
    project.fragment("one-1", "date: 2015-12-02\nsuccesses: ['ann: one']\n")
    settings = "joint: [nova.json]\nfeeds: [{name: wins, kinds: [success]}]\n"
    project.write("releasenotes/digest.yaml", settings)
    project.write("nova.json", indexes.index("nova", indexes.note(2, date="2015-12-03", text="two")).decode())
    time.sleep(2.1)
    assert project.build().warnings == []
    options: dict[str, object] = {}

    def again(name: str) -> Build:
        build = project.build(**options)
        fresh = project.build(output=name, doctrees=f"of-{name}", **options)
        assert project.build(**options).read == []
        for file in fresh.outdir.rglob("digests/**/*"):
            # with other suffixes Sphinx's pages name one of its scripts by what that was before
            if file.is_file() and (not options or file.suffix != ".html"):
                assert file.read_bytes() == (build.outdir / file.relative_to(fresh.outdir)).read_bytes(), file
        return build

    # the page that archives lead back to
    project.write("all.rst", "All\n===\n\n.. digest-collection::\n")
    build = again("listing")
    assert "digests/people/ann" in build.read and "../../all.html" in build.text("digests/people/ann.html")
    # the title of the feed, which is in the head of each page
    project.write("releasenotes/digest.yaml", f"{settings}collection_title: News\n")
    assert 'title="Test: News"' in again("title").text("digests/2015-12-04.html")
    # the addresses of pages
    options["html_link_suffix"] = ""
    assert f'"{BASE}digests/2015-12-04#success' in again("suffix").text("digests/index.json")
    # the notes of others
    told = indexes.note(2, date="2015-12-03", text="changed", nick="bo")
    project.write("nova.json", indexes.index("nova", told).decode())
    (newest, _other) = json.loads(again("joint").text("digests/wins.json"))["items"]
    assert newest["title"] == "bo: changed"
