"""Pages of people: names, records, and what a changed file rebuilds."""

from __future__ import annotations

from pathlib import Path

import pytest

from .building import Build, Project, empty_project
from .outputs import broken_links, parse_page

PEOPLE = """\
tern:
  name: Ada Tern
  link: https://tern.example.org/
  picture: /tern.png
  aliases: [_oftc_tern]
"""
#: The smallest picture there is.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)
INDEX = "Title\n=====\n\n.. toctree::\n\n   digests/index\n"
NOTES = {
    "old-1": "date: 2025-12-01\nsuccesses: [{nick: tern, thanks: auk, text: First.}]\n",
    "new-2": "date: 2026-11-20\nsuccesses: [{nick: _oftc_tern, text: Last.}, {nick: owl, thanks: tern, text: Yes.}]\n",
    "thread-3": "date: 2026-11-21\nthreads: [{title: Long, url: 'https://e.org/t', summary: Begun., "
    "participants: {Ada Tern: 3}}]\nstories: [{title: Story, text: Told., author: tern}]\n",
    "else-4": "date: 2026-10-02\nsuccesses: [{nick: gull, text: Else.}]\n",
}


@pytest.fixture
def site(tmp_path: Path) -> Project:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", INDEX)
    for name, text in NOTES.items():
        project.fragment(name, text)
    (project.folder / "tern.png").write_bytes(PNG)
    return project


def text(build: Build, page: str) -> str:
    return " ".join(parse_page(build.outdir / f"digests/{page}.html").body.text_content().split())


def test_a_page_has_a_name_and_a_record(site: Project) -> None:
    site.write("releasenotes/people.yaml", PEOPLE)
    build = site.build(fail_on_warning=True)
    assert build.warnings == []
    page = text(build, "people/tern")
    for words in (
        "Ada Tern",
        "Nicks: tern, _oftc_tern",
        "https://tern.example.org/",
        "2 successes, thanked 1 time, thanked others 1 time",
        "First success: December 1, 2025",
        "Latest success: November 20, 2026",
        "Thread: Long, November 21, 2026",
        "Story: Story, November 21, 2026",
    ):
        assert words in page
    tree = parse_page(build.outdir / "digests/people/tern.html")
    assert [picture.get("alt") for picture in tree.xpath("//img[contains(@class, 'digest-portrait')]")] == [""]
    assert not list((build.outdir / "digests" / "people").glob("_oftc*"))
    (link,) = parse_page(build.outdir / "digests/2026-11-20.html").xpath("//a[contains(., '_oftc_tern')]")
    assert link.get("href") == "people/tern.html"
    assert list(broken_links(build.outdir)) == []


def test_a_record_has_threads_and_stories_under_every_nick(site: Project) -> None:
    site.write("releasenotes/people.yaml", PEOPLE.replace("[_oftc_tern]", "[_oftc_tern, '@tern:example.org']"))
    site.fragment(
        "more-5",
        "date: 2026-11-21\nthreads: [{title: Short, url: 'https://e.org/s', summary: Begun., "
        "participants: {'@tern:example.org': 1}}]\n",
    )
    assert "Thread: Short, November 21, 2026" in text(site.build(fail_on_warning=True), "people/tern")


@pytest.mark.parametrize("archives", ["people", "year"])
def test_all_nicks_of_a_person_are_one_in_the_index_and_the_filter(site: Project, archives: str) -> None:
    site.write("releasenotes/digest.yaml", f"archives: [{archives}]\n")
    assert {"tern (1 success)", "_oftc_tern (1 success)"} <= set(index_of(site.build(fail_on_warning=True)))
    site.age()
    site.write("releasenotes/people.yaml", PEOPLE)
    build = site.build(fail_on_warning=True)
    assert {line for line in index_of(build) if "tern" in line.lower()} == {"Ada Tern (2 successes)"}
    notes = (build.outdir / "digests/notes.js").read_text(encoding="utf-8")
    assert '"people":[["Ada Tern","tern","_oftc_tern"],' in notes


def index_of(build: Build) -> list[str]:
    rows = parse_page(build.outdir / "digest-notes.html").xpath("//table[contains(@class, 'indextable')]//tr")
    return [" ".join(row.text_content().split()) for row in rows]


def test_who_is_new_this_year_comes_first(site: Project) -> None:
    page = text(site.build(fail_on_warning=True), "people/index")
    assert page.index("New in 2026: _oftc_tern (1 success) gull (1 success) owl") < page.index("auk (thanked 1 time)")
    review = text(site.build(), "2026")
    assert review.index("Here for the first time") < review.index("1 thread")


def test_a_changed_file_rebuilds_the_pages_that_depend_on_it(site: Project) -> None:
    site.age()
    site.build()
    site.age()
    assert site.build().read == []
    site.write("releasenotes/people.yaml", PEOPLE)
    read = set(site.build().read)
    assert {"digests/2026-11-20", "digests/people/index", "digests/people/tern"} <= read
    # nobody whom the file names is on these
    assert read.isdisjoint({"index", "digests/2026-10-02", "digests/people/gull", "digests/people/owl"})
    site.age()
    site.build()
    assert site.build().read == []
    site.write("releasenotes/people.yaml", PEOPLE.replace("Ada", "Adele"))
    assert "digests/people/tern" in site.build().read
    assert "Adele Tern" in text(site.build(), "people/index")
    assert "digests/2026-11-20" not in site.build().read


def test_a_problem_is_a_warning_at_its_place(site: Project) -> None:
    site.write("releasenotes/people.yaml", "tern: {nam: x, picture: /conf.py}\n")
    build = site.build()
    assert any(
        "<src>/releasenotes/people.yaml:1:8: WARNING: 'tern' has no key 'nam'" in line for line in build.warnings
    )
    # what a build copies has to be a picture
    assert any("the picture '/conf.py' does not end in" in line for line in build.warnings)
    assert not list(build.outdir.rglob("conf.py"))


def test_numbers_in_names_are_in_the_order_of_numbers(site: Project) -> None:
    told = "".join(f"- {{nick: {nick}, channel: '#{nick}', text: Done.}}\n" for nick in ("bot10", "Bot9", "bot2"))
    site.fragment("bots-5", f"date: 2026-11-22\nsuccesses:\n{told}")
    build = site.build(fail_on_warning=True)
    for page, place in (("people/index", "//dl"), ("channels/index", "//li")):
        links = parse_page(build.outdir / f"digests/{page}.html").xpath(f"{place}//li//a | {place}[p]//a")
        names = [link.text_content().lstrip("#").lower() for link in links]
        assert [name for name in names if name.startswith("bot")] == ["bot2", "bot9", "bot10"], page
