"""Archives: who finds what there, which outputs lead to them, and what of them a build reads again."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import html

from .building import Build, Project, empty_project
from .catalogues import translate
from .outputs import broken_links, inventory, parse_page

CONF = """
digest_collections = {"other": {"fragments": "releasenotes/other", "pages": "other"}}
"""
INDEX = """Title
=====

:digest:person:`lea`, :digest:channel:`dev`, :digest:series:`heron`.

.. toctree::

   digests/index
   other/index
"""
#: Names that somebody may give himself to do harm, or that are not easy to tell from others.
NICKS = [
    "../../x",
    "a b",
    "index",
    "ttx_",
    "TTX",
    "<script>",
    "`x`",
    "# y",
    ".. x::",
    "-x-",
    "Ωmega",
    "lea-2015",
    "a\\b",
]
FRAGMENTS = {
    "wins-1": "date: 2014-12-02\nsuccesses: [{nick: lea, text: 'Said \"hello\".', channel: '#dev', "
    "url: 'https://e.org/log'}, {nick: ttx, thanks: lea, text: Thanks.}]\n",
    "locks-2": "date: 2014-12-03\nthreads: [{title: 'Locks *and* keys', summary: See `it <https://e.org>`__.}]\n",
    "keys-3": "date: 2015-01-09\nthreads: [{title: Keys, continues: locks, state: done, summary: Over.}]\n",
    "weeks-4": "date: 2015-01-10\ncountdown: [{series: heron, week: R-3, focus: Freeze all.}]\n",
    "later-5": "date: 2015-02-10\nsuccesses: [{nick: ttx, text: More.}, {nick: ttx, thanks: lea, text: Now.}, "
    "{nick: bo, thanks: lea, text: Then.}]\n",
    "draft-6": "date: 2015-02-10\ndraft: true\nsuccesses: ['nobody-yet: x']\n",
    "names-7": "date: 2015-03-10\nsuccesses:\n"
    + "".join(f"  - {{nick: {nick!r}, text: t{number}}}\n" for number, nick in enumerate(NICKS)).replace("\\\\", "\\"),
}
Builds = Callable[..., Build]


def make_project(folder: Path, conf: str = CONF) -> Project:
    project = empty_project(folder, conf)
    project.write("index.rst", INDEX)
    project.write("digests/people/bo.rst", ":orphan:\n\nBo\n==\n\nMy page.\n\n.. digest-archive:: people bo\n")
    for name, text in FRAGMENTS.items():
        project.fragment(name, text)
    project.write("releasenotes/other/a-0000000000000009.yaml", "date: 2015-02-10\nsuccesses: ['lea: elsewhere']\n")
    return project


@pytest.fixture(scope="module")
def builds(tmp_path_factory: pytest.TempPathFactory) -> Builds:
    """Builds the project, once with each builder; they share an environment but for those without archives."""
    project = make_project(tmp_path_factory.mktemp("archives") / "src")
    made: dict[tuple[str, bool], Build] = {}

    def build(builder: str, *, archives: bool = True) -> Build:
        if builder != "html":
            # quotes are those of the builder that read the pages: always the same, in whatever order tests are run
            build("html", archives=archives)
        if (builder, archives) not in made:
            name = builder if archives else f"{builder}-without"
            options = {} if archives else {"digest_archives": ()}
            doctrees = "doctrees" if archives else "doctrees-without"
            made[builder, archives] = project.build(
                builder, fail_on_warning=archives, output=name, doctrees=doctrees, nitpicky=archives, **options
            )
        return made[builder, archives]

    return build


def main_of(build: Build, page: str) -> html.HtmlElement:
    (main,) = parse_page(build.outdir / f"{page}.html").xpath("//div[@role='main']")
    return main


def links(element: html.HtmlElement, xpath: str = ".") -> dict[str, str]:
    """The links in some elements: their words and where they lead, but for marks of headings."""
    return {
        link.text_content(): link.get("href") for link in element.xpath(f"{xpath}//a[contains(@class, 'reference')]")
    }


def test_all_names_have_pages_of_their_own(builds: Builds) -> None:
    build = builds("html")
    assert build.warnings == []
    people = main_of(build, "digests/people/index")
    found = links(people, ".//dl[contains(@class, 'digest-letters')]")
    # spelled in two ways, one person
    assert set(found) == {*NICKS, "lea", "ttx", "bo"} - {"TTX"}
    assert len(set(found.values())) == len(found)
    for nick, href in found.items():
        page = parse_page(build.outdir / "digests" / "people" / href)
        assert page.xpath("string(//h1)").removesuffix("¶") == ("Bo" if nick == "bo" else nick)
    assert not any("nobody" in name for name in build.env.found_docs)
    assert (build.outdir / "other" / "people" / "lea.html").is_file()


def test_a_person_has_what_he_told_and_what_thanks_him(builds: Builds) -> None:
    main = main_of(builds("html"), "digests/people/lea")
    years = [(section.xpath("string(h2)")[:4], [line.text_content().strip() for line in section.xpath(".//li")])
             for section in main.xpath(".//section[h2]")]  # fmt: skip
    assert years == [
        ("2015", ["bo thanks lea: Then. February 10", "ttx thanks lea: Now. February 10"]),
        ("2014", ["Said “hello”. (#dev) December 2", "ttx thanks lea: Thanks. December 2"]),
    ]
    assert main.xpath("string(.//p[@class='digest-counts'])") == "1 success, thanked 3 times"
    assert links(main)["December 2"] == "../2014-12-05.html#success-0000000000000001-2"


def test_digests_lead_to_archives(builds: Builds) -> None:
    digest = main_of(builds("html"), "digests/2015-02-13")
    found = links(digest)
    assert found["ttx"] == "people/ttx.html"
    assert found["lea"] == "people/lea.html"
    assert found["All Successes"] == "successes/index.html"
    for day in ("2014-12-05", "2015-01-09"):
        assert links(main_of(builds("html"), f"digests/{day}"))["All parts of this thread"] == (
            "threads/0000000000000002.html"
        )


def test_a_thread_has_all_its_parts(builds: Builds) -> None:
    main = main_of(builds("html"), "digests/threads/0000000000000002")
    assert main.xpath("string(.//h1)") == "Locks and keys¶"
    assert main.xpath("string(.//p[@class='digest-counts'])") == (
        "2 parts from December 3, 2014 to January 9, 2015 (5 weeks)\xa0Decided"
    )
    assert [(link.text, link.get("href")) for link in main.xpath(".//h2/a[1]/span/..")] == [
        (None, "../2014-12-05.html#thread-0000000000000002"),
        (None, "../2015-01-09.html#thread-0000000000000003"),
    ]
    text = main.text_content()
    assert text.index("See it.") < text.index("Over.")
    # it does not lead to itself
    assert "All parts" not in text
    index = main_of(builds("html"), "digests/threads/index")
    assert links(index)["Locks and keys"] == "0000000000000002.html"


def test_channels_series_and_years(builds: Builds) -> None:
    build = builds("html")
    assert "Said “hello”." in main_of(build, "digests/channels/dev").text_content()
    series = main_of(build, "digests/series/heron").text_content()
    assert "R-3 in January 10–16, 2015" in series
    assert "Freeze all." in series
    assert links(main_of(build, "digests/successes/index"))["2015"] == "2015.html"
    year = main_of(build, "digests/successes/2015")
    assert [heading.text for heading in year.xpath(".//h2")] == ["March", "February"]
    assert "Thanks." not in year.text_content()


def test_the_page_of_a_year_has_a_review(builds: Builds) -> None:
    (review,) = main_of(builds("html"), "digests/2015").xpath(".//ul[contains(@class, 'digest-review')]")
    new, first, thanked, threads = (line.text_content() for line in review)
    assert first == f"{3 + len(NICKS)} successes, 1 countdown, 1 thread; {len(NICKS) + 2} people in the successes"
    assert new.startswith("Here for the first time: ")
    assert "lea," not in new
    assert thanked == "Most thanked: lea (2)"
    assert threads == "Longest threads: Locks and keys (2 parts)"
    (review,) = main_of(builds("html"), "other/2015").xpath(".//ul[contains(@class, 'digest-review')]")
    assert [line.text_content() for line in review] == ["1 success; 1 person in the successes"]


def test_a_year_of_words_alone_has_no_review(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("a-1", "date: 2015-12-02\nprelude: Hello.\n")
    build = project.build(fail_on_warning=True)
    assert "digest-review" not in build.text("digests/2015.html")
    (description,) = parse_page(build.outdir / "digests/2015.html").xpath("//meta[@name='description']/@content")
    assert description == "2015: 1 digest"


def test_a_collection_among_the_archives_of_another(project: Project) -> None:
    """The page of the first one stays, and the build says so."""
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("a-1", "date: 2015-12-02\nsuccesses: ['lea: one']\n")
    project.write("other/b-0000000000000002.yaml", "date: 2015-12-02\nsuccesses: ['bo: two']\n")
    build = project.build(digest_collections={"digests/people": {"fragments": "other"}})
    (warning,) = [line for line in build.warnings if "page-conflict" in line]
    assert "digests/people/index" in warning and "a collection before that of digests/people" in warning
    assert "lea" in main_of(build, "digests/people/index").text_content()


def test_roles_lead_to_archives(builds: Builds) -> None:
    build = builds("html")
    found = links(main_of(build, "index"), ".//p[1]")
    assert found["lea"] == "digests/people/lea.html#people-lea"
    assert found["dev"] == "digests/channels/dev.html#channels-dev"
    objects = inventory(build.outdir)["digest:person"]
    assert all(name == name.strip() and " " not in name for name in objects)


@pytest.mark.parametrize("builder", ["html", "dirhtml", "htmlhelp"])
def test_every_link_leads_somewhere(builds: Builds, builder: str) -> None:
    assert list(broken_links(builds(builder).outdir)) == []


@pytest.mark.parametrize("builder", ["singlehtml", "latex", "man", "texinfo"])
def test_books_have_no_archives(builds: Builds, builder: str) -> None:
    build = builds(builder)
    assert build.warnings == []
    files = [file for file in build.outdir.iterdir() if file.suffix in {".html", ".tex", ".1", ".texi"}]
    text = "".join(file.read_text() for file in files)
    assert "More." in text
    for words in ("people/", "All parts of this thread", "All Successes", "Thanked by others"):
        assert words not in text.replace("\\-", ""), words


@pytest.mark.parametrize("builder", ["text", "digest-mail"])
def test_texts_are_what_they_are_without_archives(builds: Builds, builder: str) -> None:
    outdir, without = builds(builder).outdir, builds(builder, archives=False).outdir
    files = {path.relative_to(without) for path in without.rglob("*.txt")}
    assert len(files) >= 5
    for name in files:
        # the review of a year is text as well
        if len(name.stem) > len("2015"):
            assert (outdir / name).read_text() == (without / name).read_text(), name


def test_without_archives_there_are_none(builds: Builds) -> None:
    build = builds("html", archives=False)
    assert [name for name in build.env.found_docs if name.count("/") > 1] == ["digests/people/bo"]
    assert main_of(build, "digests/2015").xpath(".//ul[contains(@class, 'digest-review')]") == []
    assert "All Successes" not in build.text("digests/2015-02-13.html")


def test_the_search_finds_lists_and_digests(builds: Builds) -> None:
    metadata = builds("html").env.metadata
    assert "nosearch" in metadata["digests/people/lea"]
    assert "nosearch" not in metadata["digests/people/index"]


def test_several_processes_make_the_same(tmp_path: Path) -> None:
    project = make_project(tmp_path / "src")
    one, two = (project.build(parallel=number, output=f"{number}", doctrees=f"d{number}") for number in (1, 2))
    files = {path.relative_to(one.outdir) for path in one.outdir.rglob("*.html")}
    assert len(files) > 30
    for name in files:
        assert (one.outdir / name).read_text() == (two.outdir / name).read_text(), name


def test_what_is_read_again(tmp_path: Path) -> None:
    project = empty_project(tmp_path / "src")
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("a-1", "date: 2015-11-24\nsuccesses: ['lea: one', 'ttx: two']\n")
    project.fragment("b-2", "date: 2015-12-02\nsuccesses: ['ttx: three']\nthreads: [{title: Locks}]\n")
    project.fragment("c-3", "date: 2015-12-08\nthreads: [{title: Keys, continues: b}]\n")
    project.age()
    assert project.build().warnings == []
    assert project.build().read == []

    # an edit of another person
    project.fragment("a-1", "date: 2015-11-24\nsuccesses: ['lea: changed']\n")
    read = project.build().read
    assert {"digests/people/lea", "digests/people/ttx", "digests/people/index", "digests/successes/2015"} <= set(read)
    assert not {"digests/threads/index", "digests/threads/0000000000000002", "digests/2015-12-04"} & set(read)

    # somebody comes, and a name that gives the same slug changes nothing for the others
    project.fragment("d-4", "date: 2015-12-15\nsuccesses: ['ttx_: four']\n")
    build = project.build()
    assert "digests/people/ttx" not in build.read
    assert build.env.found_docs >= {"digests/people/ttx", "digests/people/ttx-481142fb3325"}

    # the beginning of a thread, two parts away, becomes the name of its page
    project.fragment("e-5", "date: 2015-11-24\nthreads: [{title: Doors}]\n")
    project.fragment("b-2", "date: 2015-12-02\nsuccesses: ['ttx: three']\nthreads: [{title: Locks, continues: e}]\n")
    build = project.build()
    assert "digests/threads/0000000000000002" not in build.env.found_docs
    assert "threads/0000000000000005.html" in build.text("digests/2015-12-11.html")

    # a page of the project takes the place of a made one, and leaves it again
    file = project.write("digests/people/lea.rst", ":orphan:\n\nLea\n===\n")
    assert "<h1>Lea" in project.build().text("digests/people/lea.html")
    shutil.rmtree(file.parent.parent)
    assert "changed" in project.build().text("digests/people/lea.html")

    # somebody goes, and so do the links
    project.fragment("d-4", "date: 2015-12-15\nsuccesses: [four]\n")
    build = project.build()
    assert "digests/people/ttx-481142fb3325" not in build.env.found_docs
    assert list(broken_links(build.outdir)) == []
    assert build.warnings == []


def test_more_than_a_hundred_notes_have_pages_by_year(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("a-1", "date: 2014-12-02\nsuccesses: [" + ", ".join(["{nick: x, text: a}"] * 101) + "]\n")
    project.fragment("b-2", "date: 2015-12-02\nsuccesses: ['x: last']\n")
    build = project.build(fail_on_warning=True)
    main = main_of(build, "digests/people/x")
    assert links(main, "(.//ul[contains(@class, 'digest-list')])[last()]") == {
        "2015": "x-2015.html",
        "2014": "x-2014.html",
    }
    year = main_of(build, "digests/people/x-2015")
    assert year.xpath("string(.//h1)") == "x, 2015¶"
    assert year.xpath("string(.//section//section//li)") == "last December 2"


@pytest.mark.parametrize("compact", [True, False])
def test_translations_are_those_of_the_digests(project: Project, compact: bool) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    project.fragment("a-1", "date: 2014-12-02\nsuccesses: ['lea: It works *well*.']\nthreads: [{title: Locks}]\n")
    project.fragment("b-2", "date: 2015-12-02\nthreads: [{title: Keys, continues: a}]\n")
    domain = "digests" if compact else "digests/2014-12-05"
    translate(project, domain, {"lea: It works *well*.": "lea: Es geht *gut*.", "Locks": "Schlösser"})
    build = project.build(language="de", gettext_compact=compact, fail_on_warning=True)
    assert "Es geht <em>gut</em>." in build.text("digests/people/lea.html")
    assert "Es geht <em>gut</em>." in build.text("digests/successes/2014.html")
    for page in ("digests/threads/index", "digests/threads/0000000000000001", "digests/2015"):
        assert "Schlösser" in build.text(f"{page}.html"), page
    catalogues = project.build("gettext", gettext_compact=compact).outdir
    texts = {path.relative_to(catalogues).as_posix(): path.read_text() for path in catalogues.rglob("*.pot")}
    assert sum(text.count('msgid "lea: It works *well*."') for text in texts.values()) == 1
    # but for the head of each file
    assert [name for name, text in texts.items() if name.count("/") > 1 and text.count("msgid") > 1] == []


def test_wrong_arguments_are_reported(project: Project) -> None:
    project.write(
        "index.rst",
        "Title\n=====\n\n.. digest-archive:: tales\n\n.. digest-archive:: people nobody\n\n.. digest-review:: x\n",
    )
    build = project.build(digest_archives=["people", "tales"])
    assert [line.partition("WARNING: ")[2] for line in build.warnings] == [
        "digest_archives: 'archives' may have successes, people, threads, channels, series, and no 'tales' "
        "[digest.bad-setting]",
        "there is no archive 'tales': there are successes, people, threads, channels, series [digest.bad-value]",
        "the archive 'people' has no page 'nobody' [digest.bad-value]",
        "'x' is not a year: write 2015 [digest.bad-value]",
    ]


def test_numbers_in_the_index_are_in_their_order(project: Project) -> None:
    project.write("index.rst", "Title\n=====\n\n.. toctree::\n\n   digests/index\n")
    weeks = ", ".join(f"{{series: ibis, week: R-{number}, focus: x}}" for number in (10, 2, 1))
    project.fragment("weeks-8", f"date: 2015-01-11\ncountdown: [{weeks}]\n")
    build = project.build(fail_on_warning=True)
    text = parse_page(build.outdir / "digest-notes.html").body.text_content()
    places = [re.search(rf"R-{number}\b.*", text, re.DOTALL) for number in (1, 2, 10)]
    assert [place.start() for place in places if place] == sorted(place.start() for place in places if place)
    assert all(places)


def test_pages_say_where_they_belong(builds: Builds) -> None:
    build = builds("html")
    titles = {
        "digests/people/index": "People – Digests",
        "digests/people/lea": "lea – Digests",
        "digests/successes/2015": "Successes of 2015 – Digests",
        "digests/2015-02": "February 2015 – Digests",
        "digests/2015": "2015 – Digests",
        "digests/index": "Digests",
        "digests/2015-02-13": "February 7–13, 2015",
    }
    for page, title in titles.items():
        (found,) = parse_page(build.outdir / f"{page}.html").xpath("//title/text()")
        assert found.startswith((f"{title} — ", f"{title} - ")), page
    page = parse_page(build.outdir / "digests/people/lea.html")
    (description,) = page.xpath("//meta[@name='description']/@content")
    assert description.startswith("lea: 1 success, thanked 3 times; First success: December 2, 2014; ")
    assert [nav.get("aria-label") for nav in page.xpath("//nav[ul[contains(@class, 'digest-archives')]]")] == [
        "Archives of the digests"
    ]
    above = page.xpath("(//div[@class='related'])[1]//li[starts-with(@class, 'nav-item nav-item-')]/a")
    assert [(link.text, link.get("href")) for link in above][1:-1] == [
        ("Digests", "../index.html"),
        ("People", "index.html"),
    ]


def test_sidebars_show_where_a_page_belongs(tmp_path: Path) -> None:
    project = make_project(tmp_path / "src", f"{CONF}\nhtml_sidebars = {{'**': ['globaltoc.html']}}\n")
    build = project.build("html", fail_on_warning=True)
    for page, uri in (("digests/people/lea", "../index.html"), ("digests/people/index", "../index.html")):
        sidebar = parse_page(build.outdir / f"{page}.html").xpath("//div[@class='sphinxsidebarwrapper']")[0]
        assert sidebar.xpath(".//li[contains(@class, 'current')]/a/@href") == [uri]
    # the pages above are those of now
    project.write("index.rst", INDEX.replace("digests/index", "start"))
    project.write("start.rst", "Start\n=====\n\n.. toctree::\n\n   digests/index\n")
    again = project.build("html", fail_on_warning=True)
    related = "(//div[@class='related'])[1]//li[starts-with(@class, 'nav-item nav-item-')]/a/text()"
    assert parse_page(again.outdir / "digests/people/lea.html").xpath(related)[1:-1] == ["Start", "Digests", "People"]
    project.write("start.rst", "Begin\n=====\n\n.. toctree::\n\n   digests/index\n")
    renamed = project.build("html", fail_on_warning=True)
    assert parse_page(renamed.outdir / "digests/people/lea.html").xpath(related)[1:-1] == [
        "Begin",
        "Digests",
        "People",
    ]


def test_all_successes_open_with_the_newest_year(builds: Builds) -> None:
    main = main_of(builds("html"), "digests/successes/index")
    assert list(links(main, ".//ul[contains(@class, 'digest-list')]"))[:2] == ["2015", "2014"]
    assert [heading.text for heading in main.xpath(".//h2 | .//h3")] == ["2015", "March", "February"]
    assert "ttx: More." in main.text_content()
    assert "Said" not in main.text_content()


def test_threads_say_which_they_are(builds: Builds) -> None:
    main = main_of(builds("html"), "digests/threads/index")
    sentence = "Threads that run over several digests. All others are in Digests."
    assert sentence in " ".join(main.text_content().split())
    assert links(main.xpath(f".//p[starts-with(., {sentence[:20]!r})]")[0]) == {"Digests": "../index.html"}
