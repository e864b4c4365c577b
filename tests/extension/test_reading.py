"""What pages of HTML have for their readers beside the words of the digests."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sphinx

from .building import Build, Project, empty_project
from .outputs import parse_page

Kinds = Callable[[str], Build]
LONG = "Some words that are said again and again. " * 20
FRAGMENTS = {
    "one-1": f"date: 2015-12-02\nthreads: [{{title: First, summary: '{LONG}', url: 'https://e.org/1'}}]\n"
    "successes: ['ttx: Done', 'two']\nitems: [{group: Short, text: A line}]",
    "two-2": "date: 2015-12-09\nthreads: [{title: '<Second> & *last*', summary: Few words.}]",
    "three-3": "date: 2015-12-16\nstories: [{title: Third, text: ここに日本語の文章があります。}]",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = empty_project(tmp_path_factory.mktemp("reading") / "src", 'digest_title = "<Week> {period}"\n')
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   latest\n")
    project.write("latest.rst", "Latest\n======\n\n.. digest:: latest\n")
    for name, text in FRAGMENTS.items():
        project.fragment(name, text + "\n")
    project.build(fail_on_warning=True)
    return project


def page_of(site: Project, name: str) -> Any:
    return parse_page(site.folder / "build" / "html" / f"{name}.html")


def test_a_digest_says_what_is_in_it(site: Project) -> None:
    (head,) = page_of(site, "digests/2015-12-04").xpath("//*[contains(@class, 'digest-head')]")
    assert head.xpath("ul[@class='digest-facts']/li/text()") == ["4 notes", "1 minute to read"]
    (contents,) = head.xpath("details[@class='digest-contents']")
    assert contents.get("open") is None
    links = contents.xpath("nav//a")
    assert [link.text for link in links] == ["Successes", "Short", "First"]
    for link in links:
        assert head.xpath(f"//section[@id='{link.get('href').removeprefix('#')}']")


def test_a_digest_on_a_page_with_another_title_says_its_days(site: Project) -> None:
    facts = page_of(site, "latest").xpath("//ul[@class='digest-facts']/li/text()")
    assert facts == ["Dec 12–18, 2015", "1 note", "1 minute to read"]


def test_the_news_come_before_the_way_to_other_digests(site: Project) -> None:
    page = page_of(site, "digests/2015-12-04")
    (around,) = page.xpath("//nav[@class='digest-around']")
    assert around.xpath("preceding::*[@class='digest-thread-section digest-open']")


@pytest.mark.parametrize(
    ("theme", "option", "shown"),
    [
        ("furo", "auto", False),
        ("pydata_sphinx_theme", "auto", False),
        ("alabaster", "auto", True),
        ("furo", "always", True),
        ("alabaster", "never", False),
    ],
)
def test_contents_only_where_the_theme_has_none(tmp_path: Path, theme: str, option: str, shown: bool) -> None:
    pytest.importorskip(theme)
    conf = f'html_theme = "{theme}"\ndigest_contents = "{option}"\ndigest_archives = []\n'
    project = empty_project(tmp_path / "src", conf)
    project.write("index.rst", "Title\n=====\n\n.. digest:: 2015-12-04\n")
    project.fragment("one-1", FRAGMENTS["one-1"] + "\n")
    assert ('class="digest-contents"' in project.build().text("index.html")) is shown


def test_lists_say_what_digests_are_about(site: Project) -> None:
    for name in ("index", "2015", "2015-12"):
        page = page_of(site, f"digests/{name}")
        lines = [
            " ".join(line.text_content().split()) for line in page.xpath("//ul[contains(@class, 'digest-days')]/li")
        ]
        assert lines == [
            "Dec 12–18: Third (1 story)",
            "Dec 5–11: <Second> & last Open (1 thread)",
            "Nov 28 – Dec 4: First Open (2 successes, 1 item, 1 thread)",
        ]


def test_the_newest_digest_is_a_card_above_the_list(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("one-1", FRAGMENTS["one-1"] + "\n")
    project.fragment("two-2", "prelude: A *quiet* week.\n" + FRAGMENTS["two-2"] + "\n")
    project.build(fail_on_warning=True)
    (card,) = page_of(project, "digests/index").xpath("//div[contains(@class, 'digest-latest')]")
    assert [line.text_content() for line in card.iter("p")] == [
        "Latest digest",
        "December 5–11, 2015",
        "A quiet week.",
        "<Second> & last\xa0Open",
        "1 thread",
    ]
    assert card.xpath("p[2]/a/@href") == ["2015-12-11.html"]
    # the prelude of an older digest shows on no list
    project.fragment("two-2", "prelude: A loud week.\n" + FRAGMENTS["two-2"] + "\n")
    assert set(project.build().read) == {"digests/2015-12-11", "digests/index"}


def test_few_sections_need_no_list(site: Project) -> None:
    page = page_of(site, "digests/2015-12-11")
    assert page.xpath("//*[@class='digest-facts']")
    assert not page.xpath("//*[@class='digest-contents']")


def test_digests_lead_to_each_other_in_the_order_of_time(site: Project) -> None:
    found = {}
    for day in ("2015-12-04", "2015-12-11", "2015-12-18"):
        page = page_of(site, f"digests/{day}")
        own = {link.get("rel"): link for link in page.xpath("//nav[@class='digest-around']/a")}
        themes = {link.get("rel"): link.get("href") for link in page.xpath("//head/link[@rel='prev' or @rel='next']")}
        assert {relation: link.get("href") for relation, link in own.items()} == themes
        found[day] = themes
    assert found == {
        "2015-12-04": {"next": "2015-12-11.html"},
        "2015-12-11": {"prev": "2015-12-04.html", "next": "2015-12-18.html"},
        "2015-12-18": {"prev": "2015-12-11.html"},
    }
    assert own["prev"].text_content() == "Previous digest <Week> December 5–11, 2015"


def test_a_digest_on_another_page_leads_to_those_around_it(site: Project) -> None:
    page = page_of(site, "latest")
    assert page.xpath("//nav[@class='digest-around']/a/@href") == ["digests/2015-12-11.html"]
    # but the page itself has its place in the toctree
    assert page.xpath("//head/link[@rel='prev']/@href") == ["digests/2015-12-04.html"]


def test_lines_have_links_to_themselves(site: Project) -> None:
    page = page_of(site, "digests/2015-12-04")
    links = page.xpath("//li//a[@class='headerlink']")
    assert [(link.get("href"), link.get("aria-label")) for link in links] == [
        ("#success-0000000000000001", "Permalink to this success"),
        ("#success-0000000000000001-2", "Permalink to this success"),
        ("#item-0000000000000001", "Permalink to this item"),
    ]
    for link in links:
        # a space that no line breaks at
        assert link.xpath("string(preceding::text()[1])").endswith("\u00a0")
        assert page.xpath(f"//li//*[@id='{link.get('href').removeprefix('#')}']")


def test_only_a_long_summary_can_be_folded(site: Project) -> None:
    (fold,) = page_of(site, "digests/2015-12-04").xpath("//details[@class='digest-fold']")
    assert fold.get("open") is not None
    assert fold.xpath("summary/span/text()") == ["Hide summary", "Summary, 1 minute to read"]
    # the heading and the links that close the thread are there when it is folded
    assert [node.tag for node in fold.getparent()] == ["h2", "details", "ul"]
    assert page_of(site, "digests/2015-12-11").xpath("//details") == []


@pytest.mark.skipif(sphinx.version_info < (8, 2), reason="older ones have all words of a page in its search")
def test_the_search_knows_nothing_of_the_digests_around_one(site: Project) -> None:
    index = (site.folder / "build" / "html" / "searchindex.js").read_text(encoding="utf-8")
    assert '"previou"' not in index


@pytest.mark.parametrize("builder", ["text", "digest-mail", "epub", "latex"])
def test_other_outputs_have_none_of_it(kinds: Kinds, builder: str) -> None:
    out = kinds(builder).outdir
    words = "\n".join(
        file.read_text(encoding="utf-8") for file in Path(out).rglob("*") if file.suffix in (".txt", ".xhtml", ".tex")
    )
    assert "Success" in words
    # a mail begins with its own facts
    times = () if builder == "digest-mail" else ("minute to read", "minutes to read")
    for ours in ("Next digest", *times, "Permalink to this", "<details"):
        assert ours not in words


def test_on_a_single_page_no_link_leads_to_another(kinds: Kinds) -> None:
    body = parse_page(kinds("singlehtml").outdir / "index.html")
    assert len(body.xpath("//*[@class='digest-facts']")) > 2
    assert body.xpath("//*[@class='digest-around']") == []
    for link in body.xpath("//*[@class='digest-contents']//a"):
        assert body.xpath(f"//*[@id='{link.get('href').removeprefix('#')}']")


def test_a_digest_on_another_page_is_written_again_for_a_new_neighbour(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   shown\n")
    project.write("shown.rst", "Shown\n=====\n\n.. digest:: 2015-12-04\n")
    project.fragment("one-1", FRAGMENTS["one-1"] + "\n")
    assert "Next digest" not in project.build().text("shown.html")
    project.fragment("two-2", FRAGMENTS["two-2"] + "\n")
    build = project.build()
    assert 'rel="next" href="digests/2015-12-11.html"' in build.text("shown.html")
    assert "shown" not in build.read


STATES = """
date: 2015-12-02
threads:
  - {title: Locks, state: done, summary: Done.}
  - {title: Names, state: continuing, summary: Later.}
  - {title: Tests, summary: Open.}
"""


@pytest.fixture(scope="module")
def states(tmp_path_factory: pytest.TempPathFactory) -> Project:
    conf = 'html_baseurl = "https://e.org/"\ndigest_base_url = "https://e.org/"\n'
    project = empty_project(tmp_path_factory.mktemp("states") / "src", conf)
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n   links\n")
    project.write("links.rst", "Links\n=====\n\n:digest:thread:`locks`\n\n.. thread-summary:: 2015-12-04\n")
    project.fragment("locks-1", STATES)
    project.build(fail_on_warning=True)
    return project


BADGES = ".//*[contains(@class, 'digest-state')]"


@pytest.mark.parametrize(
    ("page", "place"),
    [
        ("digests/2015-12-04", "//section//h2"),
        ("digests/2015-12-04", "//details[@class='digest-contents']//li"),
        ("digests/index", "//div[contains(@class, 'digest-latest')]//li"),
        ("links", "//section//h2"),
    ],
)
def test_the_state_of_a_thread_is_beside_its_title(states: Project, page: str, place: str) -> None:
    found = page_of(states, page).xpath(place)
    words = [" ".join(one.text_content().replace("¶", "").split()) for one in found]
    assert words == ["Locks Decided", "Names Continues", "Tests Open"]
    assert [one.xpath(f"string({BADGES})") for one in found] == ["Decided", "Continues", "Open"]


def test_lists_show_the_state_of_a_thread(states: Project) -> None:
    (line,) = page_of(states, "digests/2015-12").xpath("//ul[contains(@class, 'digest-days')]/li")
    assert " ".join(line.text_content().split()) == (
        "Nov 28 – Dec 4: Locks Decided; Names Continues; Tests Open (3 threads)"
    )


def test_the_search_and_tables_of_contents_have_titles_without_states(states: Project) -> None:
    index = (states.folder / "build" / "html" / "searchindex.js").read_text(encoding="utf-8")
    titles = json.loads(index.removeprefix("Search.setIndex(").rstrip(");\n"))["alltitles"]
    assert {"Locks", "Names", "Tests"} <= titles.keys()
    toctree = page_of(states, "digests/2015-12-04").xpath("//div[contains(@class, 'sphinxsidebar')]//li/a/text()")
    assert {"Locks", "Names", "Tests"} <= set(toctree)


def test_a_title_in_a_link_has_no_state(states: Project) -> None:
    (link,) = page_of(states, "links").xpath("//p/a[contains(@class, 'internal')]")
    assert link.text_content() == "Locks"


@pytest.mark.parametrize("name", ["2015-12-04.txt", "atom.xml", "feed.json"])
def test_text_has_the_state_of_a_thread_after_its_title(states: Project, name: str) -> None:
    text = (states.folder / "build" / "html" / "digests" / name).read_text(encoding="utf-8")
    assert "Locks [Decided]" in text
    assert "Names [Continues]" in text
    assert "Tests Open" not in text and "Tests [" not in text


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_other_builders_have_the_state_in_words(states: Project, builder: str) -> None:
    build = states.build(builder)
    words = "".join(
        file.read_text(encoding="utf-8") for file in build.outdir.rglob("*") if file.suffix in (".txt", ".tex")
    )
    assert "Locks {[}Decided{]}" in words or "Locks [Decided]" in words
