"""The pages that the build makes, and what of them others can find."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .building import Build, Project, empty_project
from .outputs import broken_links, inventory, parse_page

Kinds = Callable[[str], Build]

PAGES = {
    *("digests/index", "digests/2015", "digests/2015-12", "digests/2015-12-04", "digests/2015-12-11"),
    *("digests/2016", "digests/2016-01", "digests/2016-01-08"),
}
#: Those of the archives, which are in no toctree.
ARCHIVES = {
    *("digests/successes/index", "digests/successes/2015", "digests/successes/2016"),
    *("digests/people/index", "digests/people/ajaeger", "digests/people/dhellmann"),
    *("digests/people/stevemar", "digests/people/ttx"),
    *("digests/threads/index", "digests/threads/0000000000000005"),
    *("digests/channels/index", "digests/channels/openstack-dev", "digests/channels/openstack-infra"),
    *("digests/series/index", "digests/series/mitaka"),
}


def test_there_is_a_page_for_each_digest_month_and_year(kinds: Kinds) -> None:
    assert set(kinds("html").env.found_docs) == {*PAGES, *ARCHIVES, "index", "other"}
    assert {name for name in PAGES if (kinds("html").outdir / f"{name}.html").is_file()} == PAGES


def test_all_pages_are_in_the_toctree(kinds: Kinds) -> None:
    env = kinds("html").env
    assert {name: list(env.toctree_includes.get(name, ())) for name in sorted(PAGES)} == {
        "digests/index": ["digests/2016", "digests/2015"],
        "digests/2015": ["digests/2015-12"],
        "digests/2015-12": ["digests/2015-12-11", "digests/2015-12-04"],
        "digests/2015-12-04": [],
        "digests/2015-12-11": [],
        "digests/2016": ["digests/2016-01"],
        "digests/2016-01": ["digests/2016-01-08"],
        "digests/2016-01-08": [],
    }


def test_a_list_that_is_in_no_toctree_is_no_problem(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n")
    project.fragment("a-1", "date: 2015-12-01\nsuccesses: [x]\n")
    assert project.build().warnings == []


def test_pages_are_in_the_search(kinds: Kinds) -> None:
    text = kinds("html").text("searchindex.js")
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    names = index["docnames"]
    assert set(names) >= PAGES
    # a word out of the deepest level of a list
    found = index["terms"]["fourth"]
    assert sorted(names[number] for number in ([found] if isinstance(found, int) else found)) == [
        "digests/2015-12-04",
        "other",
    ]
    found = index["alltitles"].items()
    titles = {title: [(names[page], anchor) for page, anchor in places] for title, places in found}
    assert titles["Gathering in spring"] == [("digests/2015-12-11", "story-0000000000000007-2")]
    assert titles["The Lock Files Saga, concluded"] == [("digests/2015-12-11", "thread-0000000000000006")]
    assert titles["December 2015"] == [("digests/2015-12", None)]
    # the links of Sphinx's search to such objects would lead nowhere
    assert index["objects"] == {}


def test_everything_is_in_the_inventory(kinds: Kinds) -> None:
    objects = inventory(kinds("html").outdir)
    assert set(objects["std:doc"]) == {*PAGES, *ARCHIVES, "index", "other"}
    assert objects["digest:digest"] == {
        "2015-12-04": ("digests/2015-12-04.html#digest-2015-12-04", "November 28 – December 4, 2015"),
        "2015-12-11": ("digests/2015-12-11.html#digest-2015-12-11", "December 5–11, 2015"),
        "2016-01-08": ("digests/2016-01-08.html#digest-2016-01-08", "January 2–8, 2016"),
    }
    first = ("digests/2015-12-04.html#thread-0000000000000005", "The Lock Files Saga (and Where We Can Go From Here)")
    second = ("digests/2015-12-11.html#thread-0000000000000006", "The Lock Files Saga, concluded")
    assert objects["digest:thread"] == {
        "0000000000000005": first,
        "0000000000000006": second,
        "quagga": first,
        "quagga-two": second,
    }
    countdown = ("digests/2015-12-04.html#countdown-0000000000000004", "mitaka R-17")
    assert objects["digest:countdown"] == dict.fromkeys(["0000000000000004", "countdown", "mitaka-R-17"], countdown)
    assert {name: len(items) for name, items in objects.items() if name.startswith("digest:")} == {
        "digest:digest": 3,
        "digest:thread": 4,
        "digest:countdown": 3,
        "digest:success": 7,
        "digest:item": 4,
        "digest:story": 5,
        "digest:person": 5,
        "digest:channel": 2,
        "digest:series": 1,
    }


def test_places_of_the_inventory_exist(kinds: Kinds) -> None:
    build = kinds("html")
    found = {
        type_: objects
        for type_, objects in inventory(build.outdir).items()
        if type_.startswith(("digest:", "std:doc"))
    }
    assert len(found) == 10
    for type_, objects in found.items():
        for name, (place, _) in objects.items():
            file, _, anchor = place.partition("#")
            page = parse_page(build.outdir / file)
            assert not anchor or page.xpath(f"//*[@id='{anchor}']"), (type_, name)


def test_the_source_folder_stays_as_it_is(root: Callable[[str], Project]) -> None:
    project = root("kinds")
    before = project.listing()
    for builder in ("html", "text", "gettext", "epub"):
        assert project.build(builder).warnings == []
    assert project.listing() == before


def test_outputs_inside_of_the_source_folder_are_not_read(root: Callable[[str], Project]) -> None:
    project = root("kinds")
    project.build("html", doctrees="../.doctrees", output="../_build/html")
    build = project.build("text", doctrees="../other-doctrees", output="../_build/text")
    assert build.warnings == []
    assert set(build.env.found_docs) == {*PAGES, *ARCHIVES, "index", "other"}


def test_the_source_of_a_made_page_is_published_with_it(kinds: Kinds) -> None:
    build = kinds("html")
    page = parse_page(build.outdir / "digests" / "2015-12-04.html")
    (link,) = page.xpath("//a[text()='Page source' or text()='Show Source']/@href")
    assert (build.outdir / "digests" / link).resolve().read_text() == (
        "November 28 – December 4, 2015\n============================================================\n\n"
        ".. digest:: 2015-11-28/2015-12-04\n"
    )


def test_a_page_that_is_no_longer_made_goes_away(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    fragment = project.fragment("a-1", "date: 2015-12-01\nsuccesses: [x]\n")
    project.fragment("b-2", "date: 2016-12-01\nsuccesses: [x]\n")
    assert "digests/2015-12-04" in project.build().env.found_docs
    fragment.unlink()
    build = project.build()
    assert build.warnings == []
    assert set(build.env.found_docs) == {
        "index",
        "digests/index",
        "digests/2016",
        "digests/2016-12",
        "digests/2016-12-02",
        "digests/successes/index",
        "digests/successes/2016",
    }
    assert inventory(build.outdir)["digest:digest"].keys() == {"2016-12-02"}


@pytest.fixture
def other_project(kinds: Kinds, tmp_path: Path) -> Project:
    """A project that refers to the one with notes of all kinds."""
    inventory_file = kinds("html").outdir / "objects.inv"
    project = empty_project(
        tmp_path / "other",
        'extensions += ["sphinx.ext.intersphinx"]\ndigest_automatic = False\n'
        f'intersphinx_mapping = {{"kinds": ("https://kinds.example/", {str(inventory_file)!r})}}\n',
    )
    return project


def test_another_project_can_refer_to_everything(other_project: Project) -> None:
    names = {
        "issue": "2015-12-04",
        "digest": "2015-12-11",
        "thread": "quagga",
        "success": "0000000000000002-2",
        "story": "stories",
        "item": "specs",
        "countdown": "mitaka-R-17",
    }
    roles = "".join(f"* :digest:{role}:`{name}`\n" for role, name in names.items())
    other_project.write(
        "index.rst",
        f"Title\n=====\n\n{roles}* :digest:thread:`the saga <kinds:quagga>`\n"
        "* :external+kinds:digest:digest:`2016-01-08`\n* :any:`quagga-two`\n",
    )
    build = other_project.build()
    assert build.warnings == []
    page = parse_page(build.outdir / "index.html")
    links = [(link.text_content(), link.get("href")) for link in page.xpath("//div[@class='body']//li//a")]
    base = "https://kinds.example/digests"
    saga = f"{base}/2015-12-04.html#thread-0000000000000005"
    assert links == [
        ("November 28 – December 4, 2015", f"{base}/2015-12-04.html#digest-2015-12-04"),
        ("December 5–11, 2015", f"{base}/2015-12-11.html#digest-2015-12-11"),
        ("The Lock Files Saga (and Where We Can Go From Here)", saga),
        ("Nova mitaka-1 (13.0.0.0b1) published!", f"{base}/2015-12-04.html#success-0000000000000002-2"),
        ("Announcing a new cloud provider", f"{base}/2015-12-11.html#story-0000000000000007"),
        ("Backwards compatibility for clients", f"{base}/2015-12-04.html#item-0000000000000003"),
        ("mitaka R-17", f"{base}/2015-12-04.html#countdown-0000000000000004"),
        ("the saga", saga),
        ("January 2–8, 2016", f"{base}/2016-01-08.html#digest-2016-01-08"),
        ("The Lock Files Saga, concluded", f"{base}/2015-12-11.html#thread-0000000000000006"),
    ]


def test_a_fragment_can_refer_to_another_project(other_project: Project) -> None:
    other_project.write("index.rst", "Title\n=====\n\n.. digest:: latest\n")
    other_project.fragment(
        "a-1", "date: 2015-12-01\nstories:\n  - text: See :digest:thread:`quagga`, :digest:issue:`x`."
    )
    build = other_project.build()
    assert build.warnings == [
        "<src>/releasenotes/digests/a-0000000000000001.yaml:3: WARNING: digest:issue reference target not found: x "
        "[ref.issue]"
    ]
    assert "https://kinds.example/digests/2015-12-04.html#thread-0000000000000005" in build.text("index.html")


def test_titles_need_no_particular_characters(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("a-1", "date: 2015-12-01\nthreads: ['锁的故事', 'Ünïcode & <b>', '\\*stars\\*']\n")
    build = project.build(digest_title="第 {start} 期 & <b> *{year}*")
    assert build.warnings == []
    assert list(broken_links(build.outdir)) == []
    page = parse_page(build.outdir / "digests" / "2015-12-04.html")
    assert [heading.text_content().removesuffix("¶") for heading in page.xpath("//h1|//h2")] == [
        "第 2015-11-28 期 & <b> *2015*",
        "锁的故事\N{NO-BREAK SPACE}Open",
        "Ünïcode & <b>\N{NO-BREAK SPACE}Open",
        "*stars*\N{NO-BREAK SPACE}Open",
    ]
    assert re.sub(r"\s+", " ", page.xpath("string(//title)")).startswith("第 2015-11-28 期 & <b> *2015*")


def test_summaries_on_pages_may_have_titles_without_latin_letters(project: Project) -> None:
    body = "".join(f".. thread-summary:: {title}\n\n   Text.\n\n" for title in ("锁的故事", "钥匙", "!?"))
    project.write("index.rst", f"Title\n=====\n\n:digest:thread:`锁的故事` :digest:thread:`钥匙`\n\n{body}")
    build = project.build(digest_automatic=False)
    assert build.warnings == []
    assert list(broken_links(build.outdir)) == []
    page = parse_page(build.outdir / "index.html")
    for link in page.xpath("//p/a[contains(@class, 'internal')]"):
        (section,) = page.xpath(f"//section[@id='{link.get('href').removeprefix('#')}']")
        assert section.xpath("string(./h2)").removesuffix("¶") == f"{link.text_content()}\N{NO-BREAK SPACE}Open"


@pytest.mark.parametrize("where", ["root", "below", "own list"])
def test_a_toctree_that_leads_back_to_its_digest(project: Project, where: str) -> None:
    digest = "T\n=\n\n.. digest:: 2026-11-07/2026-11-13\n\n.. toctree::\n\n   digests/index\n"
    page = "news" if where == "below" else "index"
    project.write("index.rst", "Front\n=====\n\n.. toctree::\n\n   news\n")
    listing = digest.partition(".. toctree::")[0] + ".. digest-collection::\n"
    project.write(f"{page}.rst", listing if where == "own list" else digest)
    project.fragment("one-1", "date: 2026-11-10\nsuccesses: [won]\n")
    project.fragment("two-2", "date: 2026-11-17\nsuccesses: [won again]\n")
    for _ in range(2):
        build = project.build()
        (warning,) = build.warnings
        assert f"<src>/{page}.rst: WARNING: the toctree of this page leads to the list of digests" in warning
    # the list has its link, and the digest its neighbour
    assert f'href="../{page}.html' in build.text("digests/2026-11.html")
    assert 'href="digests/2026-11-20.html"' in build.text(f"{page}.html")
    project.write(f"{page}.rst", digest.partition(".. toctree::")[0])
    if page == "news":
        project.write("index.rst", "Front\n=====\n\n.. toctree::\n\n   digests/index\n")
        build = project.build()
        assert build.warnings == []
        assert "news" in build.env.toctree_includes["digests/2026-11"]
